"""The queue of a till's papers: at most once by itself, asked about when nobody knows, drawers opened once."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, NotAllowed, NotFound, Refused
from desktop.basics.ids import new_key
from desktop.basics.paper import PaperLine
from desktop.gateways import printer as ways
from desktop.gateways.printer import Setup
from desktop.models.people import Permission
from desktop.models.print_jobs import PrintJob
from desktop.queries.print_jobs import job_state, print_jobs, print_troubles
from desktop.scheduler.printing import PrintLane
from desktop.services.checkout import save_checkout
from desktop.services.exchange import save_currency, type_rate
from desktop.services.print_jobs import (
    cancel_job,
    print_again,
    print_receipt,
    print_refund,
    queue_report,
    settle_doubt,
)
from desktop.services.print_run import (
    TRIES,
    claim_job,
    run_queue,
)
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_settings
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import MILK, NUTS, TEA, Stocked, open_stocked
from tests.helpers.papers import always, at, only, run
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


# -- the sale and its paper ---------------------------------------------------------------------------------------


@pytest.mark.req("Q6")
def test_the_receipt_is_queued_with_the_sale_and_printed_once(
    stocked: Stocked, till_printer: TillPrinter
) -> None:
    always(stocked)
    _key, sale = sell(stocked, stocked.cart((TEA, 1)))
    assert only(stocked).document == f"order:{sale.order_id}"
    assert not till_printer.papers  # nothing is printed inside the sale
    assert run(stocked, at(till_printer)).printed == 1
    assert only(stocked).state == "confirmed"
    assert run(stocked, at(till_printer)).printed == 0
    assert len(till_printer.papers) == 1
    assert sale.code.encode() in till_printer.papers[0]
    assert "补打" not in till_printer.papers[0].decode("gbk", "ignore")


@pytest.mark.req("Q6")
def test_a_sale_that_fails_leaves_no_paper(small: Stocked) -> None:
    always(small)
    with pytest.raises(Refused):
        sell(small, small.cart((MILK, 9)))
    with small.shop.storage.read.connect() as connection:
        assert connection.execute(select(func.count()).select_from(PrintJob)).scalar_one() == 0


@pytest.mark.req("Q6")
def test_a_till_that_prints_when_asked_queues_nothing_by_itself(
    small: Stocked, till_printer: TillPrinter
) -> None:
    _key, sale = sell(small, small.cart((TEA, 1)))
    assert not small.cashier.ask(print_jobs).rows
    job = small.kiosk.do(print_receipt, sale.order_id, new_key())
    assert small.kiosk.do(print_receipt, sale.order_id, new_key()) == job  # an impatient second touch
    run(small, at(till_printer))
    assert small.kiosk.ask(job_state, job).state == "confirmed"
    assert small.kiosk.do(print_receipt, sale.order_id, new_key()) == job  # a customer gets one
    run(small, at(till_printer))
    assert len(till_printer.papers) == 1


@pytest.mark.req("Q6")
def test_staff_print_it_again_and_each_copy_says_so(small: Stocked, till_printer: TillPrinter) -> None:
    _key, sale = sell(small, small.cart((TEA, 1)))
    for _time in range(3):
        small.cashier.do(print_receipt, sale.order_id, new_key())
        run(small, at(till_printer))
    said = [paper.decode("gbk", "ignore") for paper in till_printer.papers]
    assert "补打" not in said[0]
    assert "补打 1" in said[1]
    assert "补打 2" in said[2]
    assert [row.copy_no for row in small.cashier.ask(print_jobs).rows] == [2, 1, 0]


@pytest.mark.req("Q6")
def test_a_retry_with_the_same_key_prints_nothing_more(small: Stocked, till_printer: TillPrinter) -> None:
    _key, sale = sell(small, small.cart((TEA, 1)))
    key = new_key()
    first = small.cashier.do(print_receipt, sale.order_id, key)
    run(small, at(till_printer))
    assert small.cashier.do(print_receipt, sale.order_id, key) == first
    run(small, at(till_printer))
    assert len(till_printer.papers) == 1


@pytest.mark.req("Q6")
def test_a_refund_has_a_paper_of_its_own(small: Stocked, till_printer: TillPrinter) -> None:
    _key, sale = sell(small, small.cart((NUTS, 2)))
    with small.shop.storage.read.connect() as connection:
        line = connection.execute(text("SELECT id FROM order_line")).scalar_one()
    refund = small.shop.do(refund_lines, sale.order_id, [(line, 1_000)], "坏了", new_key())
    small.cashier.do(print_refund, refund.refund_id, new_key(), small.kiosk_till)
    run(small, at(till_printer))
    said = till_printer.papers[0].decode("gbk", "ignore")
    for words in ("退款", "每日坚果", "-￥39.90", sale.code, "现金"):
        assert words in said, words


@pytest.mark.req("Q6", "M6")
def test_foreign_notes_stand_on_the_receipt_with_their_rate_and_on_the_refund(
    small: Stocked, till_printer: TillPrinter
) -> None:
    small.shop.do(save_currency, "USD")
    small.shop.do(type_rate, "USD", "7.1025")
    key = new_key()
    version = small.kiosk.do(save_checkout, key, small.cart((TEA, 1)))
    notes = TenderIn("cash", 12_800, foreign_currency="USD", foreign_minor=2_000, rate="7.1025")
    sale = small.cashier.do(settle, key, [notes], version)
    small.cashier.do(print_receipt, sale.order_id, new_key())
    run(small, at(till_printer))
    assert "$20.00 × 7.1025" in till_printer.papers[0].decode("gbk", "ignore")
    with small.shop.storage.read.connect() as connection:
        line = connection.execute(text("SELECT id FROM order_line")).scalar_one()
    back = small.shop.do(refund_lines, sale.order_id, [(line, 1_000)], "坏了", new_key())
    small.cashier.do(print_refund, back.refund_id, new_key(), small.kiosk_till)
    run(small, at(till_printer))
    said = till_printer.papers[1].decode("gbk", "ignore")
    assert "× 7.1025" in said
    assert "$" in said


# -- trouble -------------------------------------------------------------------------------------------------------


@pytest.mark.req("Q6")
def test_out_of_paper_is_said_waited_for_and_printed_once(
    stocked: Stocked, till_printer: TillPrinter, clock: HandClock
) -> None:
    always(stocked)
    sell(stocked, stocked.cart((TEA, 1)))
    till_printer.out_of_paper()
    assert run(stocked, at(till_printer)).troubled == 1
    job = only(stocked)
    assert (job.state, job.problem, job.attempts) == ("queued", "paper_out", 1)
    assert run(stocked, at(till_printer)).troubled == 0  # not before its pause is over
    till_printer.refill()
    clock.pass_time(timedelta(seconds=5))
    run(stocked, at(till_printer))
    assert only(stocked).state == "confirmed"
    assert len(till_printer.papers) == 1


@pytest.mark.req("Q6")
@pytest.mark.parametrize(
    ("cause", "problem"), [(0x16, "cover_open"), (0x32, "paper_out"), (0x12, "not_ready")]
)
def test_what_the_printer_says_is_named(
    small: Stocked, till_printer: TillPrinter, cause: int, problem: str
) -> None:
    always(small)
    sell(small, small.cart((TEA, 1)))
    till_printer.state, till_printer.cause = 0x1A, cause
    run(small, at(till_printer))
    assert only(small).problem == problem
    assert not till_printer.papers


@pytest.mark.req("Q6")
def test_a_printer_that_is_off_is_tried_a_bounded_number_of_times(small: Stocked, clock: HandClock) -> None:
    always(small)
    sell(small, small.cart((TEA, 1)))
    printer = TillPrinter()
    printer.off()
    for _time in range(TRIES + 5):
        run(small, at(printer))
        clock.pass_time(timedelta(seconds=31))
    job = only(small)
    assert (job.state, job.problem, job.attempts) == ("failed", "offline", TRIES)
    assert small.cashier.ask(print_troubles) == 1
    again = small.cashier.do(print_again, job.id, new_key())
    assert again == job.id  # nothing of it came out: the same paper, not a copy
    assert (only(small).state, only(small).copy_no, only(small).attempts) == ("queued", 0, 0)


@pytest.mark.req("Q6")
def test_a_printer_that_cannot_tell_is_sent_not_confirmed(small: Stocked, till_printer: TillPrinter) -> None:
    always(small)
    till_printer.mute = True
    sell(small, small.cart((TEA, 1)))
    run(small, at(till_printer))
    assert only(small).state == "sent"
    assert len(till_printer.papers) == 1
    till_printer.mute, till_printer.confirms = False, False
    sell(small, small.cart((TEA, 1)))
    run(small, at(till_printer))
    assert small.cashier.ask(print_jobs).rows[0].state == "sent"


def test_a_printer_that_must_not_be_asked_is_not_asked(small: Stocked, till_printer: TillPrinter) -> None:
    always(small)
    till_printer.out_of_paper()
    sell(small, small.cart((TEA, 1)))
    run(small, at(till_printer, asks=False))
    assert only(small).state == "sent"
    assert len(till_printer.papers) == 1


@pytest.mark.req("Q6")
@pytest.mark.parametrize("how", ["cable", "roll"])
def test_broken_in_the_middle_is_asked_about_and_never_printed_again_by_itself(
    small: Stocked, till_printer: TillPrinter, clock: HandClock, how: str
) -> None:
    always(small)
    till_printer.cut_after = 40 if how == "cable" else 0
    till_printer.ends_in_paper = how == "roll"
    sell(small, small.cart((TEA, 1)))
    run(small, at(till_printer))
    job = only(small)
    assert (job.state, job.problem) == ("unsure", "cut_off" if how == "cable" else "ran_out")
    till_printer.cut_after = 0
    till_printer.refill()
    clock.pass_time(timedelta(minutes=10))
    run(small, at(till_printer))
    assert len(till_printer.papers) == 1  # what came out before the break, no second one
    copy = small.cashier.do(settle_doubt, job.id, False, new_key())
    run(small, at(till_printer))
    assert len(till_printer.papers) == 2
    assert "补打 1" in till_printer.papers[1].decode("gbk", "ignore")
    assert copy != job.id


@pytest.mark.req("Q6")
def test_a_person_s_word_settles_the_doubt(small: Stocked, till_printer: TillPrinter) -> None:
    always(small)
    till_printer.cut_after = 40
    sell(small, small.cart((TEA, 1)))
    run(small, at(till_printer))
    job = only(small)
    assert small.cashier.do(settle_doubt, job.id, True, new_key()) == job.id
    assert only(small).state == "confirmed"
    with pytest.raises(Changed):
        small.cashier.do(settle_doubt, job.id, True, new_key())


@pytest.mark.req("Q6")
def test_old_papers_do_not_use_up_a_new_roll(
    small: Stocked, till_printer: TillPrinter, clock: HandClock
) -> None:
    always(small)
    small.shop.do(set_settings, {"receipts.keep_minutes": 15})
    for _time in range(3):
        sell(small, small.cart((NUTS, 1)))
    clock.pass_time(timedelta(minutes=15))
    sell(small, small.cart((NUTS, 1)))
    run(small, at(till_printer))
    assert [row.state for row in small.cashier.ask(print_jobs).rows] == ["confirmed"] + ["failed"] * 3
    assert {row.problem for row in small.cashier.ask(print_jobs, troubled=True).rows} == {"too_old"}
    assert len(till_printer.papers) == 1


def test_what_waits_can_be_cancelled_what_is_out_can_t(small: Stocked, till_printer: TillPrinter) -> None:
    always(small)
    sell(small, small.cart((TEA, 1)))
    job = only(small).id
    small.cashier.do(cancel_job, job)
    assert run(small, at(till_printer)).printed == 0
    assert small.cashier.do(print_again, job, new_key()) == job
    run(small, at(till_printer))
    with pytest.raises(Changed):
        small.cashier.do(cancel_job, job)


# -- tills ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("Q6")
def test_no_other_till_prints_it(small: Stocked, till_printer: TillPrinter) -> None:
    always(small)
    sell(small, small.cart((TEA, 1)))
    job = only(small).id
    other = small.shop.acting_as(actors.kiosk(1))
    assert small.kiosk_till != 1
    assert other.do(claim_job, job, "another till") is None
    with pytest.raises(Refused):
        run_queue(other, small.kiosk_till, at(till_printer), "another till")
    with pytest.raises(NotFound):
        other.ask(job_state, job)
    assert run_queue(other, 1, at(till_printer), "another till").printed == 0
    assert run(small, at(till_printer)).printed == 1


@pytest.mark.req("Q6")
def test_two_programs_of_one_till_print_it_once(stocked: Stocked, till_printer: TillPrinter) -> None:
    always(stocked)
    for _time in range(6):
        sell(stocked, stocked.cart((NUTS, 1)))
    threads = [
        threading.Thread(target=run, args=(stocked, at(till_printer), f"program {n}")) for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run(stocked, at(till_printer))
    assert len(till_printer.papers) == 6


def test_a_kiosk_prints_no_receipt_of_another_till(small: Stocked) -> None:
    _key, sale = sell(small, small.cart((TEA, 1)))
    with pytest.raises(NotFound):
        small.shop.acting_as(actors.kiosk(1)).do(print_receipt, sale.order_id, new_key())
    with pytest.raises(NotAllowed):
        small.kiosk.do(print_again, 1, new_key())


def test_a_till_without_a_printer_leaves_its_papers_waiting(small: Stocked, clock: HandClock) -> None:
    always(small)
    sell(small, small.cart((TEA, 1)))
    assert run(small, Setup("")).printed == 0
    assert only(small).state == "queued"
    clock.pass_time(timedelta(hours=2))
    run(small, Setup(""))
    assert (only(small).state, only(small).problem) == ("failed", "too_old")


def test_the_lane_prints_at_once_and_after_a_pause(
    small: Stocked, till_printer: TillPrinter, tmp_path: Path
) -> None:
    always(small)
    lane = PrintLane(small.shop, small.kiosk_till, lambda: at(till_printer)).start()
    try:
        sell(small, small.cart((TEA, 1)))
        with till_printer.arrived:
            assert till_printer.arrived.wait_for(lambda: till_printer.papers, timeout=20)
    finally:
        lane.stop()
    assert len(till_printer.papers) == 1


# -- reports -------------------------------------------------------------------------------------------------------


@action(permission=Permission.CASH)
def print_day(work: Work, till_id: int, key: str) -> int:
    """A report as the cash sessions queue it."""
    return queue_report(
        work, "cash_session:1", till_id, [PaperLine("Z 1", bold=True), PaperLine("合计 ¥1.00")], key
    )


def test_a_report_stays_as_it_was_and_its_copy_is_marked(small: Stocked, till_printer: TillPrinter) -> None:
    first = small.cashier.do(print_day, small.kiosk_till, new_key())
    run(small, at(till_printer))
    second = small.cashier.do(print_again, first, new_key())
    run(small, at(till_printer))
    assert second != first
    assert "合计 ￥1.00" in till_printer.papers[0].decode("gbk", "ignore")
    assert "补打 1" in till_printer.papers[1].decode("gbk", "ignore")
