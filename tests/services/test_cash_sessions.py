"""Cash sessions: one open per till, blind counts, a difference with its sign, and nothing that stops a closing."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update

from desktop.basics.errors import Malformed, NotAllowed, Refused
from desktop.basics.ids import new_key
from desktop.models.cash_sessions import CashSession
from desktop.models.cash_settings import CASH_NEEDS_SESSION, CASH_ROUND_HOW, CASH_ROUND_TO
from desktop.models.orders import Order
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.payments import RefundTender, Tender
from desktop.queries.cash_report import cash_report
from desktop.queries.cash_sessions import CashFilter, counted_currencies, sessions_count
from desktop.queries.checkout import checkout_view
from desktop.queries.refund_preview import refund_preview
from desktop.queries.verify import verify
from desktop.services.cash_sessions import close_session, count_cash, move_cash, open_session
from desktop.services.checkout import save_checkout
from desktop.services.exchange import save_currency, type_rate
from desktop.services.parking import park_sale
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_settings
from desktop.services.settlement import TenderIn, settle
from desktop.services.stored_value import pay_out, top_up
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, NUTS, TEA, Stocked, open_stocked
from tests.helpers.sales import sell

FLOAT = ((10_000, 3), (1_000, 10), (100, 20))  # ¥420


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.fixture
def local(sqlite_shop: Shop) -> Stocked:
    """The same in one file, where the database makes no difference."""
    return open_stocked(sqlite_shop)


def opened(stocked: Stocked) -> int:
    """The session of the cashier's till, with ¥420 in its drawer."""
    return stocked.cashier.do(open_session, stocked.kiosk_till, FLOAT, client_key=new_key())


def closed(stocked: Stocked, session: int, counted: int, reason: str = "") -> object:
    """The session counted as one sum and closed."""
    stocked.cashier.do(count_cash, session, [(1, counted)], client_key=new_key())
    return stocked.cashier.do(close_session, session, reason=reason, client_key=new_key())


def column(stocked: Stocked, what: Any, *where: Any) -> list[Any]:
    """One column of a table."""
    statement = select(what).where(*where)
    if hasattr(what, "class_"):
        statement = statement.order_by(what.class_.id)
    with stocked.shop.storage.read.connect() as connection:
        return list(connection.execute(statement).scalars())


@pytest.mark.req("M13", "M1")
def test_a_shift_ends_with_its_difference_stated(stocked: Stocked) -> None:
    session = opened(stocked)
    cashier = stocked.cashier
    _key, sale = sell(stocked, stocked.cart((MILK, 2), (NUTS, 1)))  # 73.70 in cash
    _key, _card = sell(stocked, stocked.cart((TEA, 1)), method="card")
    line = column(stocked, text("id FROM order_line WHERE order_id = 1 AND qty_milli = 2000"))[0]
    stocked.shop.do(refund_lines, sale.order_id, [(line, 1_000)], "打翻了", new_key())  # −16.90
    cashier.do(move_cash, session, "in", 5_000, "零钱", client_key=new_key())
    cashier.do(move_cash, session, "out", 1_250, "买水", document="收据 18", client_key=new_key())
    cashier.do(move_cash, session, "drop", 20_000, "放进保险柜", client_key=new_key())
    expected = 42_000 + 7_370 - 1_690 + 5_000 - 1_250 - 20_000
    first = cashier.do(count_cash, session, [(10_000, 3), (1, 1_200)], client_key=new_key())
    assert (first.round, first.expected_minor, first.difference_minor) == (1, expected, 31_200 - expected)
    again = cashier.do(count_cash, session, [(10_000, 3), (1, 1_380)], client_key=new_key())
    assert (again.round, again.difference_minor) == (2, -50)
    with pytest.raises(Malformed):  # a difference needs its reason …
        cashier.do(close_session, session, client_key=new_key())
    key = new_key()
    done = cashier.do(close_session, session, reason="找错零钱", client_key=key)
    assert (done.number, done.expected_minor, done.counted_minor, done.difference_minor) == (
        1,
        expected,
        31_380,
        -50,
    )
    assert cashier.do(close_session, session, reason="找错零钱", client_key=key) == done
    assert column(stocked, Tender.session_id) == [session, session]
    assert column(stocked, RefundTender.session_id) == [session]
    second = opened(stocked)
    assert closed(stocked, second, 42_000).number == 2  # type: ignore[attr-defined]
    assert not stocked.shop.ask(verify).faults


@pytest.mark.req("M13")
def test_a_till_has_one_open_session_and_a_retry_opens_none(local: Stocked) -> None:
    key = new_key()
    first = local.cashier.do(open_session, local.kiosk_till, FLOAT, client_key=key)
    assert local.cashier.do(open_session, local.kiosk_till, FLOAT, client_key=key) == first
    with pytest.raises(Refused):
        opened(local)
    other = next(t for t in column(local, text("id FROM till")) if t != local.kiosk_till)
    assert local.cashier.do(open_session, other, (), client_key=new_key()) != first
    assert len(column(local, CashSession.id)) == 2
    with pytest.raises(NotAllowed):
        local.kiosk.do(move_cash, first, "out", 100, "x", client_key=new_key())


def _open_sale(stocked: Stocked) -> None:
    stocked.kiosk.do(save_checkout, new_key(), stocked.cart((TEA, 1)))


def _parked_sale(stocked: Stocked) -> None:
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.cart((TEA, 1)))
    stocked.cashier.do(park_sale, key)


def _waiting_payment(stocked: Stocked) -> None:
    """A wallet was asked and has not answered yet."""
    now = stocked.shop.clock.now()
    row = {
        "number": "T1" + "0" * 10, "subject": "sale:x", "method_key": "wechat", "gateway": "wechat", "way": "show",
        "amount_minor": 100, "currency": "CNY", "request": {}, "state": "pending", "till_id": stocked.kiosk_till,
        "next_at": now, "deadline_at": now, "created_at": now, "client_key": new_key(), "actor": "x",
    }  # fmt: skip
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(insert(PaymentAttempt), [row])


def _unpaid_change(stocked: Stocked) -> None:
    """More was taken out than ever came in."""
    stocked.cashier.do(move_cash, 1, "out", 9_000_000, "x", client_key=new_key())


def _nothing(stocked: Stocked) -> None:
    pass


@pytest.mark.req("M13")
@pytest.mark.parametrize("trouble", [_open_sale, _parked_sale, _waiting_payment, _unpaid_change, _nothing])
def test_nothing_stops_a_closing(local: Stocked, trouble: Callable[[Stocked], None]) -> None:
    session = opened(local)
    trouble(local)
    done = closed(local, session, 41_900, "不知道")
    more = 9_000_000 if trouble is _unpaid_change else 0
    assert done.difference_minor == more - 100  # type: ignore[attr-defined]
    assert column(local, CashSession.state) == ["closed"]


@pytest.mark.req("M13")
def test_a_closing_waits_for_a_slow_neighbour(stocked: Stocked) -> None:
    session = opened(stocked)
    begun, said = Event(), list[object]()

    def close() -> None:
        begun.set()
        said.append(closed(stocked, session, 42_000))

    with stocked.shop.storage.write.connect() as neighbour:  # somebody else writes and takes their time
        held = neighbour.begin()
        neighbour.execute(update(CashSession).values(note="x"))
        helper = Thread(target=close)
        helper.start()
        begun.wait()
        held.rollback()
    helper.join()
    assert [one.difference_minor for one in said] == [0]  # type: ignore[attr-defined]


@pytest.mark.req("M13")
def test_cash_between_the_count_and_the_closing_is_no_difference(stocked: Stocked) -> None:
    session = opened(stocked)
    stocked.cashier.do(count_cash, session, FLOAT, client_key=new_key())
    sell(stocked, stocked.cart((MILK, 1)))
    done = stocked.cashier.do(close_session, session, client_key=new_key())
    assert (done.expected_minor, done.difference_minor) == (43_690, 0)
    assert column(stocked, CashSession.after_minor) == [1_690]
    sell(stocked, stocked.cart((MILK, 1)))  # after the closing it belongs to none
    assert column(stocked, Tender.session_id) == [session, None]
    assert not stocked.shop.ask(verify).faults
    with pytest.raises(Refused):
        stocked.cashier.do(count_cash, session, FLOAT, client_key=new_key())


@pytest.mark.req("M13")
def test_a_shop_may_want_an_open_session_before_cash(local: Stocked) -> None:
    sell(local, local.cart((MILK, 1)))  # as shipped, cash is taken anyway
    local.shop.do(set_settings, {CASH_NEEDS_SESSION.key: True})
    with pytest.raises(Refused) as said:
        sell(local, local.cart((MILK, 1)))
    assert said.value.next_step == "open_session"
    sell(local, local.cart((MILK, 1)), method="card")
    opened(local)
    sell(local, local.cart((MILK, 1)))


def rounded(stocked: Stocked, unit: int, how: str = "down") -> None:
    """Cash is rounded from now on."""
    stocked.shop.do(set_settings, {CASH_ROUND_TO.key: unit, CASH_ROUND_HOW.key: how})


def paid(stocked: Stocked, *tenders: TenderIn) -> int:
    """The milk (¥16.90) paid so; the order's id."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((MILK, 1)))
    return stocked.cashier.do(settle, key, list(tenders), version).order_id


@pytest.mark.req("M1", "M13")
def test_small_change_is_left_away_as_a_line_of_its_own(local: Stocked) -> None:
    rounded(local, 100)
    session = opened(local)
    order = paid(local, TenderIn("cash", 1_600, 2_000))
    with local.shop.storage.read.connect() as connection:
        row = connection.execute(select(Order.__table__)).one()
    assert (row.total_minor, row.rounding_minor, row.paid_minor) == (1_600, -90, 1_600)
    line = column(local, text("id FROM order_line"))[0]
    back = local.shop.do(refund_lines, order, [(line, 1_000)], "x", new_key())
    assert back.money_minor == 1_600  # what was really paid
    paid(local, TenderIn("card", 890), TenderIn("cash", 800))  # all the card leaves is paid in cash
    paid(local, TenderIn("card", 891), TenderIn("cash", 700))
    paid(local, TenderIn("card", 1_690))
    paid(local, TenderIn("cash", 1_690))  # the exact sum is taken too
    for wrong in (TenderIn("card", 1_600), TenderIn("cash", 1_650)):  # controls
        with pytest.raises(Refused):
            paid(local, wrong)
    assert column(local, Order.rounding_minor) == [-90, 0, -99, 0, 0]
    assert closed(local, session, 42_000 + 800 + 700 + 1_690).difference_minor == 0  # type: ignore[attr-defined]
    assert not local.shop.ask(verify).faults


moves = st.lists(st.tuples(st.sampled_from(["in", "out", "drop"]), st.integers(1, 10**9)), max_size=6)


@pytest.mark.req("M13")
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    float_minor=st.integers(0, 10**9),
    moved=moves,
    counted=st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 99))),
)
def test_expected_is_the_sum_of_what_moved(
    local: Stocked, float_minor: int, moved: list[tuple[str, int]], counted: list[tuple[int, int]]
) -> None:
    cashier = local.cashier
    session = cashier.do(open_session, local.kiosk_till, [(1, float_minor)], client_key=new_key())
    for kind, amount in moved:
        cashier.do(move_cash, session, kind, amount, "x", client_key=new_key())
    told = cashier.do(count_cash, session, counted, client_key=new_key())
    want = float_minor + sum(amount if kind == "in" else -amount for kind, amount in moved)
    assert told.expected_minor == want
    assert told.counted_minor == sum(value * pieces for value, pieces in counted)
    done = cashier.do(close_session, session, reason="x", client_key=new_key())
    assert done.difference_minor == told.counted_minor - want


def test_a_checkout_still_shows_what_is_due_without_rounding(local: Stocked) -> None:
    rounded(local, 100)
    key = new_key()
    local.kiosk.do(save_checkout, key, local.cart((MILK, 1)))
    view = local.kiosk.ask(checkout_view, key)
    assert (view.bill.to_pay_minor, view.cash_due_minor) == (1_690, 1_600)


@pytest.mark.req("M1")
def test_rounding_upwards_goes_back_with_the_last_of_the_goods(local: Stocked) -> None:
    rounded(local, 100, "nearest")
    key = new_key()
    version = local.kiosk.do(save_checkout, key, local.cart((MILK, 2), (NUTS, 1)))  # 73.70
    order = local.cashier.do(settle, key, [TenderIn("cash", 7_400)], version).order_id
    milk, nuts = column(local, text("id FROM order_line ORDER BY id"))
    first = local.shop.do(refund_lines, order, [(milk, 1_000)], "x", new_key())
    last = [(milk, 1_000), (nuts, 1_000)]
    preview = local.shop.ask(refund_preview, order, last)
    second = local.shop.do(refund_lines, order, last, "x", new_key())
    assert (first.money_minor, second.money_minor) == (1_690, 5_710)
    assert preview.money_minor == 5_710
    assert not local.shop.ask(verify).faults


@pytest.mark.req("M13", "M6")
def test_foreign_notes_lie_beside_the_shops_own_and_change_goes_out(local: Stocked) -> None:
    local.shop.do(save_currency, "USD")
    local.shop.do(type_rate, "USD", "7")
    session, key = opened(local), new_key()
    version = local.kiosk.do(save_checkout, key, local.cart((MILK, 1)))
    notes = TenderIn("cash", 1_690, foreign_currency="USD", foreign_minor=500, rate="7")
    local.cashier.do(settle, key, [notes], version)  # $5 are ¥35.00: ¥18.10 of change
    drawer = local.shop.ask(cash_report, session).cash
    assert drawer is not None
    assert (drawer.taken_minor, drawer.foreign, drawer.expected_minor) == (-1_810, (("USD", 500),), 40_190)
    five = [("USD", [(500, 1)])]
    assert local.cashier.do(count_cash, session, [(1, 40_190)], client_key=new_key(), foreign=five).exact
    local.cashier.do(close_session, session, client_key=new_key())
    assert not local.shop.ask(verify).faults


@pytest.mark.req("M13", "M6")
def test_notes_of_each_currency_are_counted_blind_and_differ_apart(stocked: Stocked) -> None:
    for code, rate in (("USD", "7"), ("JPY", "0.05")):
        stocked.shop.do(save_currency, code)
        stocked.shop.do(type_rate, code, rate)
    assert stocked.cashier.ask(counted_currencies) == ("USD", "JPY")
    at_first = [("JPY", [(1_000, 2)])]
    session = stocked.cashier.do(
        open_session, stocked.kiosk_till, [(1, 42_000)], client_key=new_key(), foreign=at_first
    )
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((MILK, 1)))
    notes = TenderIn("cash", 1_690, foreign_currency="USD", foreign_minor=500, rate="7")
    stocked.cashier.do(settle, key, [notes], version)
    blind = stocked.cashier.ask(cash_report, session)
    assert blind.cash is None  # not told before the count
    retry = new_key()
    short = [("USD", [(100, 4)]), ("JPY", [(1_000, 2)])]
    told = stocked.cashier.do(count_cash, session, [(1, 40_190)], client_key=retry, foreign=short)
    again = stocked.cashier.do(count_cash, session, [(1, 40_190)], client_key=retry, foreign=short)
    assert [tuple(row) for row in told.foreign] == [("JPY", 2_000, 2_000), ("USD", 400, 500)]
    assert (told.difference_minor, told.exact, again.exact) == (0, False, False)
    with pytest.raises(Malformed):  # the shop's own notes are exact, a dollar is missing
        stocked.cashier.do(close_session, session, client_key=new_key())
    stocked.cashier.do(close_session, session, reason="Unknown", client_key=new_key())
    report = stocked.shop.ask(cash_report, session)
    first, last = report.tallies
    assert [(one.currency, one.pieces) for one in first.foreign] == [("JPY", ((1_000, 2),))]
    assert [(one.currency, one.difference_minor, one.pieces) for one in last.foreign] == [
        ("JPY", 0, ((1_000, 2),)), ("USD", -100, ((100, 4),)),
    ]  # fmt: skip
    assert last.pieces == ((1, 40_190),)
    assert (report.session.difference_minor, report.session.foreign_off) == (0, (("USD", -100),))
    assert stocked.shop.ask(sessions_count, CashFilter(view="different")) == 1
    assert not stocked.shop.ask(verify).faults
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(text(
            "INSERT INTO cash_count (tally_id, session_id, currency, denomination_minor, pieces) "
            "SELECT max(id), max(session_id), 'USD', 100, 1 FROM cash_tally"
        ))  # fmt: skip
    assert {fault.kind for fault in stocked.shop.ask(verify).faults} == {"cash foreign"}


@pytest.mark.req("M13", "M6")
def test_a_currency_nobody_counted_is_missing(local: Stocked) -> None:
    session = local.cashier.do(
        open_session, local.kiosk_till, [], client_key=new_key(), foreign=[("USD", [(100, 1)])]
    )
    told = local.cashier.do(count_cash, session, [], client_key=new_key())
    assert [tuple(row) for row in told.foreign] == [("USD", 0, 100)]
    for wrong in ([("CNY", [(100, 1)])], [("USD", [(100, 1)]), ("USD", [(100, 1)])], [("USD", [(100, -1)])]):
        with pytest.raises(Malformed):
            local.cashier.do(count_cash, session, [], client_key=new_key(), foreign=wrong)


@pytest.mark.req("M13", "M7")
def test_stored_value_paid_in_advance_in_cash_lies_in_the_drawer(local: Stocked) -> None:
    session = opened(local)
    local.cashier.do(top_up, local.member_id, 10_000, "cash", client_key=new_key())
    at_till = local.shop.acting_as(actors.staff(1, local.kiosk_till))
    at_till.do(pay_out, local.member_id, 2_500, "cash", "搬家了", client_key=new_key())
    drawer = local.shop.ask(cash_report, session).cash
    assert drawer is not None
    assert (drawer.topped_up_minor, drawer.paid_out_minor, drawer.expected_minor) == (10_000, 2_500, 49_500)
    closed(local, session, 49_500)
    assert not local.shop.ask(verify).faults
