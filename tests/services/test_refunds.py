"""Refunds: points come back as points, earned ones go, never more than was sold, retries change nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from desktop.basics.errors import NotAllowed, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import Order, OrderLine
from desktop.models.payments import RefundTender, Tender
from desktop.models.people import Permission
from desktop.models.settings import AFTER_SALES_ABOVE, AFTER_SALES_APPROVAL
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_settings
from desktop.services.staff import set_rights
from desktop.shop.shop import Shop
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, as_role, movements, open_stocked
from tests.helpers.sales import sell


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def lines_of(shop: Shop, order_id: int) -> list[tuple[int, int]]:
    """(line, quantity) of an order."""
    with shop.storage.read.connect() as connection:
        rows = connection.execute(
            select(OrderLine.id, OrderLine.qty_milli).where(OrderLine.order_id == order_id)
        )
        return [(row.id, row.qty_milli) for row in rows]


def one(shop: Shop, statement: object) -> int:
    """One number from the tables."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(statement).scalar() or 0)  # type: ignore[call-overload]


@pytest.mark.req("C9", "C10", "M9")
def test_giving_everything_back_undoes_the_sale_exactly(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.demo_cart(), points=8_000)
    done = stocked.shop.do(
        refund_lines, sale.order_id, lines_of(stocked.shop, sale.order_id), "changed mind", new_key()
    )
    assert (done.money_minor, done.points_returned, done.points_taken_back) == (12370, 8000, 148)
    assert one(stocked.shop, select(Member.points).where(Member.id == stocked.member_id)) == 12_860
    assert movements(stocked.shop, stocked.skus[MILK]) == 8_000


@pytest.mark.req("C9", "C10")
def test_line_by_line_comes_to_the_same_as_all_at_once(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.demo_cart(), points=7_777)
    parts = [
        stocked.shop.do(refund_lines, sale.order_id, [line], "r", new_key())
        for line in lines_of(stocked.shop, sale.order_id)
    ]
    assert sum(p.money_minor for p in parts) == sale.to_pay_minor
    assert sum(p.points_returned for p in parts) == 7_777
    assert sum(p.points_taken_back for p in parts) == sale.points_earned
    assert one(stocked.shop, select(Order.refunded_minor)) == 20_370


def test_control_rounding_each_refund_alone_would_not_add_up() -> None:
    """The naive pro rata per line, rounded down each time, loses points; the cumulative one may not."""
    weights, points = (10800, 3380, 2200, 3990), 7_777
    assert sum(points * w // sum(weights) for w in weights) < points


@pytest.mark.req("O15")
def test_never_more_than_was_sold(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.cart((MILK, 2)))
    [(line, qty)] = lines_of(stocked.shop, sale.order_id)
    with pytest.raises(Refused):
        stocked.shop.do(refund_lines, sale.order_id, [(line, qty + 1000)], "r", new_key())
    stocked.shop.do(refund_lines, sale.order_id, [(line, 1000)], "r", new_key())
    with pytest.raises(Refused):
        stocked.shop.do(refund_lines, sale.order_id, [(line, 2000)], "r", new_key())
    for bad in (0, -1000):
        with pytest.raises(ShopError):
            stocked.shop.do(refund_lines, sale.order_id, [(line, bad)], "r", new_key())
    assert one(stocked.shop, select(func.sum(RefundTender.amount_minor))) == 1690


def test_a_retry_with_the_same_key_gets_the_same_answer(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.demo_cart(), points=1_000)
    key, lines = new_key(), lines_of(stocked.shop, sale.order_id)[:2]
    first = stocked.shop.do(refund_lines, sale.order_id, lines, "r", key)
    assert stocked.shop.do(refund_lines, sale.order_id, lines, "r", key) == first


@pytest.mark.req("O15")
def test_two_tills_refunding_the_same_line_at_once_give_it_back_once(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.cart((TEA, 1), (CAKE, 1)))
    lines = lines_of(stocked.shop, sale.order_id)

    def attempt(_n: int) -> bool:
        try:
            stocked.shop.do(refund_lines, sale.order_id, lines, "race", new_key())
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, range(4)))
    assert outcomes.count(True) == 1
    assert one(stocked.shop, select(Order.refunded_minor)) == sale.to_pay_minor


@pytest.mark.req("M10")
def test_a_cashier_may_sell_but_not_refund(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.cart((NUTS, 1)))
    with pytest.raises(NotAllowed):
        stocked.cashier.do(refund_lines, sale.order_id, lines_of(stocked.shop, sale.order_id), "r", new_key())


@pytest.mark.req("C10", "M9")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=12), st.integers(1, 10_185)
)
def test_any_order_of_partial_refunds_keeps_the_books(
    sqlite_books: Stocked, steps: list[tuple[int, int]], points: int
) -> None:
    shop = sqlite_books.shop
    _key, sale = sell(sqlite_books, sqlite_books.demo_cart(), points=min(points, 2_000))
    lines = lines_of(shop, sale.order_id)
    for which, pieces in steps:
        try:
            shop.do(refund_lines, sale.order_id, [(lines[which][0], pieces * 1000)], "r", new_key())
        except Refused:
            continue
    refunded = one(shop, select(Order.refunded_minor).where(Order.id == sale.order_id))
    back = select(func.sum(RefundTender.amount_minor)).join(Tender, Tender.id == RefundTender.tender_id)
    assert one(shop, back.where(Tender.order_id == sale.order_id)) == refunded <= 20_370
    balance = one(shop, select(Member.points))
    assert balance == one(shop, select(func.sum(PointsEntry.delta))) >= 0


@pytest.fixture
def sqlite_books(sqlite_shop: Shop) -> Stocked:
    """One shop for many random refunds, with full shelves."""
    stocked = open_stocked(sqlite_shop)
    with sqlite_shop.storage.write.begin() as connection:
        connection.exec_driver_sql("UPDATE stock SET on_hand_milli = on_hand_milli + 1000000")
        connection.exec_driver_sql("UPDATE member SET points = 1000000")
        connection.exec_driver_sql(
            "INSERT INTO points_entry (member_id, delta, balance, reason, source, note, client_key, actor, at) "
            f"VALUES ({stocked.member_id}, 987140, 1000000, 'correction', 'test', '', 'top-up', 'test', '2026-11-21 02:00:00.000000')"
        )
    return stocked


@pytest.mark.req("O15")
def test_a_quick_refund_is_no_way_around_the_approval(stocked: Stocked) -> None:
    rights = [Permission.SEE_ORDERS, Permission.HANDLE_ORDERS, Permission.REFUND]
    stocked.shop.do(set_rights, {"senior_agent": [str(right) for right in rights]})
    agent = as_role(stocked.shop, "senior_agent")
    order_id = sell(stocked, stocked.cart((MILK, 2)))[1].order_id
    ((line, _qty),) = lines_of(stocked.shop, order_id)
    with pytest.raises(Refused) as refused:
        agent.do(refund_lines, order_id, [(line, 1000)], "坏了", new_key())
    assert refused.value.next_step == "aftersales"
    assert one(stocked.shop, select(func.count()).select_from(RefundTender)) == 0
    stocked.shop.do(set_settings, {AFTER_SALES_APPROVAL.key: "above", AFTER_SALES_ABOVE.key: 2000})
    assert agent.do(refund_lines, order_id, [(line, 1000)], "坏了", new_key()).money_minor == 1690
    stocked.shop.do(set_settings, {AFTER_SALES_APPROVAL.key: "always"})
    approver = as_role(stocked.shop, "merchant")
    assert approver.do(refund_lines, order_id, [(line, 1000)], "坏了", new_key()).money_minor == 1690
