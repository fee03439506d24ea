"""Cash as it is asked for: reports, a blind cashier, a day against its counts, the list, and books that are checked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from desktop.basics.clock import HandClock, shop_day
from desktop.basics.errors import NotAllowed, Refused
from desktop.basics.ids import new_key
from desktop.basics.paper import PaperLine
from desktop.models.cash_settings import CASH_ROUND_TO
from desktop.queries.cash_report import cash_report
from desktop.queries.cash_sessions import (
    CashFilter,
    cash_of_day,
    drawers,
    sessions_count,
    sessions_page,
)
from desktop.queries.print_jobs import job_state
from desktop.queries.today import today
from desktop.queries.verify import verify
from desktop.services.cash_export import export_sessions
from desktop.services.cash_sessions import (
    close_session,
    count_cash,
    move_cash,
    note_print,
    open_session,
    print_report,
)
from desktop.services.export import Progress
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_settings
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.sales import sell

FLOAT = [(10_000, 4), (1, 20)]


@pytest.fixture
def shift(shop: Shop) -> tuple[Stocked, int]:
    """The shift on each kind of database."""
    return shift_in(shop)


@pytest.fixture
def local(sqlite_shop: Shop) -> tuple[Stocked, int]:
    """The shift in one file, where the database makes no difference."""
    return shift_in(sqlite_shop)


def shift_in(shop: Shop) -> tuple[Stocked, int]:
    """A shift of the kiosk's till: cash before it, cash, card and points in it, a refund, cash taken out."""
    stocked = open_stocked(shop)
    shop.do(set_settings, {CASH_ROUND_TO.key: 100})
    sell(stocked, stocked.cart((MILK, 1)))  # nobody had opened
    session = stocked.cashier.do(open_session, stocked.kiosk_till, FLOAT, client_key=new_key())
    _key, sale = sell(stocked, stocked.cart((MILK, 2)))
    sell(stocked, stocked.cart((TEA, 1)), points=1_000, method="card")
    with shop.storage.read.connect() as connection:
        line = connection.execute(
            text(f"SELECT id FROM order_line WHERE order_id = {sale.order_id}")
        ).scalar_one()
    shop.do(refund_lines, sale.order_id, [(line, 1_000)], "x", new_key())
    stocked.cashier.do(move_cash, session, "out", 500, "买水", client_key=new_key())
    return stocked, session


EXPECTED = 40_020 + 3_380 - 1_690 - 500


@pytest.mark.req("M13")
def test_the_report_says_what_a_session_took(shift: tuple[Stocked, int]) -> None:
    stocked, session = shift
    report = stocked.shop.ask(cash_report, session)
    assert report.cash is not None
    assert report.cash.expected_minor == EXPECTED
    assert [(m.method, m.count, m.taken_minor, m.back_minor) for m in report.methods] == [
        ("cash", 1, 3_380, 1_690),
        ("card", 1, 9_800, 0),
        ("points", 1, 1_000, 0),
    ]
    assert (report.sales, report.refunds, report.refunds_minor, report.points) == (2, 1, 1_690, 1_000)
    assert (report.discount_minor, report.outside_count, report.outside_minor) == (2_000, 1, 1_690)
    assert [(c.name, c.sales, c.taken_minor) for c in report.cashiers] == [("李收银", 2, 13_180)]
    assert not report.is_z


@pytest.mark.req("M13")
def test_a_cashier_is_told_nothing_before_the_count(local: tuple[Stocked, int]) -> None:
    stocked, session = local
    blind = stocked.cashier.ask(cash_report, session)
    assert (blind.cash, blind.methods, blind.cashiers, blind.goods_minor) == (None, (), (), 0)
    with pytest.raises(NotAllowed):
        stocked.cashier.ask(cash_of_day, shop_day(stocked.shop.clock.now(), ZoneInfo("Asia/Shanghai")))
    assert str(EXPECTED) not in str(stocked.cashier.ask(drawers))
    stocked.cashier.do(count_cash, session, [(1, EXPECTED)], client_key=new_key())
    told = stocked.cashier.ask(cash_report, session)  # control: afterwards it is told
    assert told.cash is not None
    assert told.cash.expected_minor == EXPECTED


@pytest.mark.req("M13", "M12")
def test_a_day_is_held_against_its_counts(shift: tuple[Stocked, int]) -> None:
    stocked, session = shift
    day = shop_day(stocked.shop.clock.now(), ZoneInfo("Asia/Shanghai"))
    before = stocked.shop.ask(cash_of_day, day)
    assert (before.system_minor, before.counted_minor, before.outside_minor, before.open) == (
        3_380,
        None,
        1_690,
        1,
    )
    stocked.cashier.do(count_cash, session, [(1, EXPECTED - 30)], client_key=new_key())
    stocked.cashier.do(close_session, session, reason="x", client_key=new_key())
    after = stocked.shop.ask(cash_of_day, day)
    assert (after.counted_minor, after.difference_minor, after.closed, after.open) == (3_350, -30, 1, 0)
    assert stocked.shop.ask(cash_of_day, day - timedelta(days=1)).system_minor == 0
    report = stocked.shop.ask(cash_report, session)
    assert (report.is_z, report.session.number, report.outside_minor) == (True, 1, 1_690)
    assert [stocked.cashier.do(note_print, session) for _ in range(2)] == [1, 2]
    key, paper = new_key(), [PaperLine("Z 1")]
    job = stocked.cashier.do(print_report, session, 1, paper, stocked.kiosk_till, key)
    assert stocked.cashier.do(print_report, session, 1, paper, stocked.kiosk_till, key) == job  # asked twice
    assert stocked.shop.ask(job_state, job).copy_no == 2  # two came out another way before
    assert stocked.cashier.do(note_print, session) == 4
    with pytest.raises(Refused):  # the control: what was seen was another report
        stocked.cashier.do(print_report, session, None, paper, stocked.kiosk_till, new_key())


@pytest.mark.req("M13")
def test_a_forgotten_session_is_named_and_seen_from_other_tills(
    local: tuple[Stocked, int], clock: HandClock, tmp_path: Path
) -> None:
    stocked, session = local
    [mine] = [d for d in stocked.shop.ask(drawers) if d.session is not None]
    assert (mine.session and mine.session.id, mine.session and mine.session.overnight) == (session, False)
    assert mine.session is not None
    assert mine.session.opened_by == "李收银"
    assert "cash_open" not in {one.kind for one in stocked.shop.ask(today)}
    clock.pass_time(timedelta(days=1))
    [late] = [d for d in stocked.shop.ask(drawers) if d.session is not None]
    assert late.session is not None
    assert late.session.overnight
    todo = next(one for one in stocked.shop.ask(today) if one.kind == "cash_open")
    assert (todo.count, todo.step.screen, todo.step.filters["view"]) == (1, "cash", "open")
    assert stocked.shop.ask(sessions_count, CashFilter(view="open")) == 1
    assert stocked.shop.ask(sessions_count, CashFilter(view="different")) == 0
    assert not stocked.shop.ask(sessions_page, CashFilter(days=1)).rows
    stocked.cashier.do(count_cash, session, [], client_key=new_key())
    stocked.cashier.do(close_session, session, reason="=忘了", client_key=new_key())
    assert stocked.shop.ask(sessions_count, CashFilter(view="different", till_id=stocked.kiosk_till)) == 1
    file = tmp_path / "cash.csv"
    assert export_sessions(stocked.shop, CashFilter(), file, Progress()) == 1
    assert ",'=忘了," in file.read_text("utf-8-sig")


EDITS = {
    "cash expected": "UPDATE cash_session SET expected_minor = expected_minor + 1, counted_minor = counted_minor + 1",
    "cash float": "UPDATE cash_session SET float_minor = float_minor + 1",
    "z reports": "UPDATE cash_session SET number = number + 1",
    "cash count": (
        "INSERT INTO cash_count (tally_id, session_id, denomination_minor, pieces) "
        "SELECT max(id), max(session_id), 100, 1 FROM cash_tally"
    ),
}


@pytest.mark.req("M13")
def test_every_edit_behind_the_drawers_back_is_named(local: tuple[Stocked, int]) -> None:
    stocked, session = local
    stocked.cashier.do(count_cash, session, [(1, EXPECTED)], client_key=new_key())
    stocked.cashier.do(close_session, session, client_key=new_key())
    assert stocked.shop.ask(verify).faults == ()
    for kind, edit in EDITS.items():
        with stocked.shop.storage.write.begin() as connection:
            connection.execute(text(edit))
        assert kind in {fault.kind for fault in stocked.shop.ask(verify).faults}, kind
