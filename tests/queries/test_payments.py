"""Transactions: tenders and refunds in one list, found by number or amount, summed per method."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed
from desktop.basics.ids import new_key
from desktop.models.payments import Tender
from desktop.queries.order_detail import order_detail
from desktop.queries.payments import PaymentFilter, method_sums, payments_counts, payments_page
from desktop.services.refunds import refund_lines
from desktop.shop.shop import Shop
from tests.helpers.goods import CAKE, MILK, Stocked, open_stocked
from tests.helpers.sales import sell


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.mark.req("M5", "M9")
def test_money_in_and_back_stand_in_one_list(stocked: Stocked, clock: HandClock) -> None:
    _key, sale = sell(stocked, stocked.demo_cart(), points=8_000)
    clock.pass_time(timedelta(hours=1))
    line = stocked.shop.ask(order_detail, sale.order_id).lines[0].id
    back = stocked.shop.do(refund_lines, sale.order_id, [(line, 1_000)], "退", new_key())
    rows = stocked.shop.ask(payments_page).rows
    assert [(r.method, r.amount_minor) for r in rows if not r.refund] == [("points", 8_000), ("cash", 12_370)]
    assert {(r.method, r.amount_minor) for r in rows if r.refund} == {
        ("cash", -back.money_minor),
        ("points", -(10_800 - back.money_minor)),
    }
    assert all(r.order_code == sale.short_code for r in rows)
    assert len({r.id for r in rows}) == 4
    assert stocked.shop.ask(payments_counts) == (4, 2)
    assert len(stocked.shop.ask(payments_page, PaymentFilter(refunds=True)).rows) == 2
    sums = {m.method: m for m in stocked.shop.ask(method_sums)}
    assert (sums["cash"].taken_minor, sums["cash"].taken) == (12_370, 1)
    assert (sums["cash"].given_minor, sums["cash"].given) == (back.money_minor, 1)
    assert (sums["points"].points, sums["wechat"].taken) == (8_000, 0)
    clock.pass_time(timedelta(days=1))
    assert stocked.shop.ask(payments_counts) == (0, 0)
    assert stocked.shop.ask(payments_counts, PaymentFilter(days=1, days_ago=1)) == (4, 2)
    assert stocked.shop.ask(payments_counts, PaymentFilter(days=7, methods=("cash",))) == (2, 1)


@pytest.mark.req("M5")
def test_searching_by_reference_order_and_amount_reaches_all_of_time(
    stocked: Stocked, clock: HandClock
) -> None:
    _key, sale = sell(stocked, stocked.cart((MILK, 2)))
    _key, other = sell(stocked, stocked.cart((CAKE, 1)), method="card")
    row = {
        "order_id": other.order_id, "method_key": "wechat", "amount_minor": 1, "currency": "CNY", "client_key": "w",
        "reference": "4200002611211513", "actor": "staff:1", "at": clock.now(),
    }  # fmt: skip
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(Tender.__table__.insert(), row)
    clock.pass_time(timedelta(days=90))

    def orders(text: str) -> set[int]:
        return {r.order_id for r in stocked.shop.ask(payments_page, PaymentFilter(text=text)).rows}

    assert orders(sale.short_code) == orders(sale.code) == orders("33.80") == {sale.order_id}
    assert orders("42000026") == orders("22") == {other.order_id}
    assert orders("%") == orders("_200") == set()


@pytest.mark.req("M5")
def test_pages_neither_skip_nor_repeat(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.cart((MILK, 1)))
    now = stocked.shop.clock.now()
    rows = [
        {
            "order_id": sale.order_id, "method_key": "card", "amount_minor": 5, "currency": "CNY", "client_key": f"p{i}",
            "actor": "staff:1", "at": now - timedelta(minutes=i // 50),
        }
        for i in range(430)
    ]  # fmt: skip
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(Tender.__table__.insert(), rows)
    seen, after = [], None
    while True:
        page = stocked.shop.ask(payments_page, PaymentFilter(days=None), after)
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 431


@pytest.mark.req("M10")
def test_a_cashier_does_not_see_the_books(stocked: Stocked) -> None:
    with pytest.raises(NotAllowed):
        stocked.cashier.ask(payments_page)
