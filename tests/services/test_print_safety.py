"""Drawers open once, and a program that ends at any step prints nothing twice and loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, NotFound, Refused
from desktop.basics.ids import new_key
from desktop.gateways import printer as ways
from desktop.gateways.printer import Setup, printer_of
from desktop.gateways.printer_lines import NetLine
from desktop.models.people import Permission
from desktop.models.print_jobs import DrawerKick, PrintJob
from desktop.queries.print_jobs import job_lines, print_jobs
from desktop.services.cash_sessions import move_cash, open_session
from desktop.services.print_jobs import (
    open_drawer,
    print_again,
    print_receipt,
    settle_doubt,
)
from desktop.services.print_run import (
    KICK_WITHIN,
    LEASE,
    claim_job,
    claim_kick,
    record_print,
    run_queue,
)
from desktop.services.refunds import refund_lines
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import CAKE, NUTS, TEA, Stocked, open_stocked
from tests.helpers.papers import always, at, kicks, only, run
from tests.helpers.sales import sell
from tests.helpers.till_printer import TillPrinter


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The small shop, on each kind of database."""
    return open_stocked(shop)


@pytest.fixture
def small(sqlite_shop: Shop) -> Stocked:
    """The same on SQLite only."""
    return open_stocked(sqlite_shop)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is told sooner than by a real printer."""
    monkeypatch.setattr(ways, "ANSWER_SECONDS", 0.25)
    monkeypatch.setattr(ways, "CONFIRM_SECONDS", 0.4)


# -- a program that ends --


@pytest.mark.req("Q6")
def test_a_program_that_died_while_printing_is_asked_about(
    stocked: Stocked, till_printer: TillPrinter, clock: HandClock
) -> None:
    always(stocked)
    sell(stocked, stocked.cart((TEA, 1)))
    claimed = stocked.kiosk.do(claim_job, only(stocked).id, "a program that dies")
    assert claimed is not None
    run(stocked, at(till_printer), "the next one")
    assert only(stocked).state == "printing"  # its lease is not over
    clock.pass_time(LEASE)
    run(stocked, at(till_printer), "the next one")
    assert (only(stocked).state, only(stocked).problem) == ("unsure", "program_ended")
    assert not till_printer.papers
    assert not stocked.kiosk.do(
        record_print, claimed, "a program that dies", "sent"
    )  # it comes back too late
    assert only(stocked).state == "unsure"


@action(permission=Permission.KIOSK)
def naive_start(work: Work, till_id: int) -> None:
    """What must not be done: take every job that was under way for not printed."""
    lost = (PrintJob.till_id == till_id, PrintJob.state == "printing")
    work.rows(update(PrintJob).where(*lost).values(state="queued", next_at=work.now))


@pytest.mark.req("Q6")
def test_control_a_program_that_starts_over_prints_twice(small: Stocked, till_printer: TillPrinter) -> None:
    always(small)
    sell(small, small.cart((TEA, 1)))
    claimed = small.kiosk.do(claim_job, only(small).id, "dies after sending")
    assert claimed is not None
    printer = printer_of(at(till_printer))
    assert printer is not None
    lines = small.kiosk.ask(job_lines, claimed.id, 32)
    printer.print(lines)  # … and dies before it writes that down
    small.kiosk.do(naive_start, small.kiosk_till)
    run(small, at(till_printer))
    assert len(till_printer.papers) == 2


# -- drawers -------------------------------------------------------------------------------------------------------


@pytest.mark.req("Q6")
def test_a_cash_sale_opens_the_drawer_once_whatever_happens(
    stocked: Stocked, till_printer: TillPrinter, clock: HandClock
) -> None:
    always(stocked, drawer=True)
    _key, sale = sell(stocked, stocked.cart((TEA, 1)))
    run(stocked, at(till_printer))
    assert (till_printer.kicks, kicks(stocked)) == (1, 1)
    stocked.cashier.do(print_receipt, sale.order_id, new_key())  # a copy
    run(stocked, at(till_printer))
    assert till_printer.kicks == 1
    sell(stocked, stocked.cart((TEA, 1)), method="card")
    run(stocked, at(till_printer))
    assert till_printer.kicks == 1  # no cash, no drawer


@pytest.mark.req("Q6")
def test_a_drawer_without_paper_opens_too(small: Stocked, till_printer: TillPrinter) -> None:
    always(small, drawer=True, receipts="ask")
    sell(small, small.cart((TEA, 1)))
    assert only(small).kind == "drawer"
    run(small, at(till_printer, drawer=5))
    assert till_printer.kicks == 1
    assert not till_printer.papers
    assert only(small).state == "sent"


@pytest.mark.req("Q6")
def test_a_crash_between_row_and_kick_opens_nothing_later(
    stocked: Stocked, till_printer: TillPrinter, clock: HandClock
) -> None:
    always(stocked, drawer=True)
    sell(stocked, stocked.cart((TEA, 1)))
    job = only(stocked).id
    claimed = stocked.kiosk.do(claim_job, job, "dies")
    assert claimed is not None
    assert stocked.kiosk.do(claim_kick, claimed, "dies")  # the row stands; the program dies before the kick
    assert not stocked.kiosk.do(claim_kick, claimed, "dies")
    clock.pass_time(LEASE)
    run(stocked, at(till_printer))
    stocked.cashier.do(settle_doubt, job, False, new_key())
    run(stocked, at(till_printer))
    assert len(till_printer.papers) == 1
    assert (till_printer.kicks, kicks(stocked)) == (0, 1)


@pytest.mark.req("Q6")
def test_a_drawer_never_springs_open_long_after_the_sale(
    small: Stocked, till_printer: TillPrinter, clock: HandClock
) -> None:
    always(small, drawer=True)
    till_printer.out_of_paper()
    sell(small, small.cart((TEA, 1)))
    run(small, at(till_printer))
    clock.pass_time(KICK_WITHIN + timedelta(seconds=1))
    till_printer.refill()
    run(small, at(till_printer))
    assert len(till_printer.papers) == 1
    assert till_printer.kicks == 0


@pytest.mark.req("Q6")
def test_control_within_the_time_the_drawer_opens_with_the_paper(
    small: Stocked, till_printer: TillPrinter, clock: HandClock
) -> None:
    always(small, drawer=True)
    till_printer.out_of_paper()
    sell(small, small.cart((TEA, 1)))
    run(small, at(till_printer))
    clock.pass_time(timedelta(seconds=30))
    till_printer.refill()
    run(small, at(till_printer))
    assert till_printer.kicks == 1


@pytest.mark.req("Q6")
def test_opening_without_a_sale_needs_right_and_reason_and_is_written_down(
    small: Stocked, till_printer: TillPrinter
) -> None:
    till, key = small.kiosk_till, new_key()
    with pytest.raises(Refused):  # no drawer there
        small.cashier.do(open_drawer, till, "找零", new_key())
    always(small, drawer=True, receipts="ask")
    with pytest.raises(Refused):
        small.cashier.do(open_drawer, till, "  ", new_key())
    with pytest.raises(NotAllowed):
        small.kiosk.do(open_drawer, till, "找零", new_key())
    job = small.cashier.do(open_drawer, till, "找零", key)
    assert small.cashier.do(open_drawer, till, "找零", key) == job
    run(small, at(till_printer))
    run(small, at(till_printer))
    assert till_printer.kicks == 1
    with small.shop.storage.read.connect() as connection:
        said = connection.execute(
            text("SELECT detail FROM audit_event WHERE action = 'print_jobs.open_drawer' ORDER BY id")
        ).scalars()
        assert any("找零" in detail for detail in said)
        assert connection.execute(select(DrawerKick.note)).scalar_one() == "找零"
    with pytest.raises(Refused):
        small.cashier.do(print_again, job, new_key())


@pytest.mark.req("Q6", "M13")
def test_cash_that_moves_at_the_till_opens_its_drawer_once(small: Stocked, till_printer: TillPrinter) -> None:
    always(small, drawer=True, receipts="ask")
    session = small.cashier.do(open_session, small.kiosk_till, [(10_000, 2)], client_key=new_key())
    key = new_key()
    for _retry in range(2):
        small.cashier.do(move_cash, session, "out", 2_600, "买胶带", client_key=key)
    run(small, at(till_printer))
    assert till_printer.kicks == 1
    small.shop.do(
        move_cash, session, "out", 2_600, "在办公室记的", client_key=new_key()
    )  # nobody stands there
    run(small, at(till_printer))
    assert till_printer.kicks == 1


@pytest.mark.req("Q6")
def test_cash_given_back_at_the_till_opens_its_drawer(small: Stocked, till_printer: TillPrinter) -> None:
    always(small, drawer=True, receipts="ask")
    _key, sale = sell(small, small.cart((NUTS, 2)))
    run(small, at(till_printer))
    with small.shop.storage.read.connect() as connection:
        line = connection.execute(text("SELECT id FROM order_line")).scalar_one()
    there = small.shop.acting_as(actors.staff(1, small.kiosk_till))  # the owner, at this till
    there.do(refund_lines, sale.order_id, [(line, 1_000)], "坏了", new_key())
    run(small, at(till_printer))
    assert till_printer.kicks == 2


# -- crashes --------------------------------------------------------------------------------------------------------


class Died(BaseException):
    """The program ends here."""


class Fuse:
    """Lets so many steps pass, then ends the program before or after the next one."""

    def __init__(self, steps: int, *, after: bool) -> None:
        self.left, self._after, self.burnt = steps, after, False

    def around(self, step: Any) -> Any:
        def guarded(*args: Any, **more: Any) -> Any:
            if self.burnt:
                raise Died
            dies = self.left == 0
            self.left -= 1
            if dies and not self._after:
                self.burnt = True
                raise Died
            answer = step(*args, **more)
            if dies:
                self.burnt = True
                raise Died
            return answer

        return guarded


class Mortal:
    """The shop of a program that may end at any step."""

    def __init__(self, shop: Shop, fuse: Fuse) -> None:
        self.do, self.ask = fuse.around(shop.do), fuse.around(shop.ask)


def dying_run(stocked: Stocked, setup: Setup, fuse: Fuse, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Work the queue off as a program that ends when the fuse burns; whether it did."""
    with monkeypatch.context() as patched:
        for name in ("write", "ask"):  # a line is closed by the system, whatever ends
            patched.setattr(NetLine, name, fuse.around(getattr(NetLine, name)))
        try:
            run_queue(Mortal(stocked.kiosk, fuse), stocked.kiosk_till, setup, "mortal")  # type: ignore[arg-type]
        except Died:
            return True
    return False


@pytest.mark.req("Q6")
@pytest.mark.parametrize("after", [False, True])
def test_ended_at_any_step_nothing_is_printed_or_opened_twice_and_nothing_is_lost(
    small: Stocked, clock: HandClock, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    always(small, drawer=True)
    deaths = step = doubts = 0
    while True:
        printer = TillPrinter()
        _key, sale = sell(small, small.cart((CAKE, 1)) if step == 0 else small.cart((NUTS, 1)))
        died = dying_run(small, at(printer), Fuse(step, after=after), monkeypatch)
        clock.pass_time(LEASE)
        run(small, at(printer), "the next program")
        row = small.cashier.ask(print_jobs, size=1).rows[0]
        printer.close()
        said = [paper for paper in printer.papers if sale.code.encode() in paper]
        assert row.number == sale.code
        assert len(said) <= 1, step
        assert printer.kicks <= 1, step
        assert row.state in ("confirmed", "unsure"), step
        assert row.state == "unsure" or said, step  # what is not on paper is asked about
        doubts += row.state == "unsure"
        if not died:
            break
        deaths, step = deaths + 1, step + 1
    assert deaths > 10
    assert doubts < deaths  # the control: before the job is claimed a crash costs nothing


@pytest.mark.req("Q6")
def test_control_starting_over_by_itself_prints_twice_after_some_crash(
    small: Stocked, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    always(small)
    twice = step = 0
    while True:
        printer = TillPrinter()
        _key, sale = sell(small, small.cart((NUTS, 1)))
        died = dying_run(small, at(printer), Fuse(step, after=True), monkeypatch)
        if small.cashier.ask(print_jobs, size=1).rows[0].state == "printing":
            small.kiosk.do(naive_start, small.kiosk_till)
        run(small, at(printer), "the next program")
        printer.close()
        twice += sum(sale.code.encode() in paper for paper in printer.papers) > 1
        if not died:
            break
        step += 1
    assert twice


def test_a_kiosk_reads_and_prints_at_its_own_till_only(small: Stocked) -> None:
    always(small)
    _key, sale = sell(small, small.cart((TEA, 1)))
    job, other = only(small).id, small.shop.acting_as(actors.kiosk(1))
    assert small.kiosk.ask(job_lines, job, 32)  # the control
    with pytest.raises(NotFound):
        other.ask(job_lines, job, 32)
    with pytest.raises(NotFound):
        small.kiosk.do(print_receipt, sale.order_id, new_key(), 1)
