"""Transactions: tenders and refunds in one list, found by number or amount, summed per method."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed
from desktop.basics.ids import new_key
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.payments import PaymentMethod, Tender
from desktop.queries.order_detail import order_detail
from desktop.queries.payment_words import payment_state
from desktop.queries.payments import PaymentFilter, method_sums, payments_counts, payments_page
from desktop.services.reconcile import take_bill
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_setting
from desktop.shop.shop import Shop
from tests.helpers.bills import Line, wechat
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


@pytest.mark.req("M5")
def test_older_ones_leave_the_list_and_are_still_found(stocked: Stocked, clock: HandClock) -> None:
    _key, old = sell(stocked, stocked.cart((MILK, 2)))
    clock.pass_time(timedelta(days=30))
    _key, new = sell(stocked, stocked.cart((MILK, 1)))
    shop, live = stocked.shop, PaymentFilter(days=None, live=True)
    assert [r.order_id for r in shop.ask(payments_page, live).rows] == [new.order_id]
    found = shop.ask(payments_page, PaymentFilter(text=old.short_code)).rows
    assert [(r.order_id, r.archived) for r in found] == [(old.order_id, True)]
    since = clock.now() - timedelta(days=40)
    span = shop.ask(payments_page, PaymentFilter(since=since, until=clock.now())).rows
    assert [r.order_id for r in span if r.archived] == [old.order_id]
    assert shop.ask(payments_counts, PaymentFilter(days=None)) == (2, 0), "nothing is ever deleted"
    shop.do(set_setting, "payments.live_days", 60)
    assert len(shop.ask(payments_page, live).rows) == 2


@pytest.mark.req("M5", "M12")
def test_payments_that_brought_nothing_and_fees_stand_in_the_list(stocked: Stocked, clock: HandClock) -> None:
    shop, now = stocked.shop, clock.now()
    _key, sale = sell(stocked, stocked.cart((CAKE, 1)))
    attempt = {
        "subject": f"order:{sale.order_id}", "order_id": sale.order_id, "method_key": "wechat", "gateway": "wechat",
        "way": "show", "amount_minor": 8_900, "currency": "CNY", "request": {}, "next_at": now, "deadline_at": now,
        "actor": "kiosk:1",
    }  # fmt: skip
    with shop.storage.write.begin() as connection:
        connection.execute(update(PaymentMethod).where(PaymentMethod.key == "wechat").values(fee_bp=38))
        rows = [
            {**attempt, "number": f"ZGSHOP{state.upper():0<10}", "state": state, "client_key": state,
             "created_at": now + timedelta(seconds=i)}
            for i, state in enumerate(("pending", "closed"))
        ]  # fmt: skip
        connection.execute(insert(PaymentAttempt), rows)
        tender = {
            "order_id": sale.order_id, "method_key": "wechat", "amount_minor": 16_840, "currency": "CNY", "client_key": "w",
            "reference": "42FEE", "actor": "staff:1", "at": now,
        }  # fmt: skip
        connection.execute(Tender.__table__.insert(), tender)
    listed = {r.state: r for r in shop.ask(payments_page, PaymentFilter(methods=("wechat",))).rows}
    assert {state: row.fee_minor for state, row in listed.items()} == {
        "pending": None,
        "closed": None,
        "taken": 64,
    }
    assert not listed["taken"].fee_told
    assert payment_state(listed["closed"])
    by_number = shop.ask(payments_page, PaymentFilter(text="zgshopclosed")).rows
    assert [r.state for r in by_number] == ["closed"]
    day = (now + timedelta(hours=8)).date()
    take_bill(shop, wechat([Line("", "42FEE", 16_840, fee=70)], day))
    told = shop.ask(payments_page, PaymentFilter(text="42FEE")).rows[0]
    assert (told.fee_minor, told.fee_told) == (70, True)
    assert shop.ask(payments_counts, PaymentFilter(methods=("wechat",))) == (3, 0)


@pytest.mark.req("M5")
def test_pages_of_three_kinds_leave_nothing_out(stocked: Stocked, clock: HandClock) -> None:
    shop, now = stocked.shop, clock.now()
    _key, sale = sell(stocked, stocked.cart((CAKE, 1)))
    shared = {"method_key": "wechat", "amount_minor": 100, "currency": "CNY"}
    with shop.storage.write.begin() as connection:
        connection.execute(insert(PaymentAttempt), [
            {**shared, "gateway": "wechat", "way": "show", "number": f"ZGSHOP{i:06d}", "subject": f"sale:{i}",
             "state": "closed", "request": {}, "client_key": f"a{i}", "actor": "kiosk:1", "next_at": now,
             "deadline_at": now, "created_at": now - timedelta(seconds=i // 5)}
            for i in range(260)
        ])  # fmt: skip
        connection.execute(Tender.__table__.insert(), [
            {**shared, "order_id": sale.order_id, "reference": f"R{i}", "client_key": f"t{i}", "actor": "staff:1",
             "at": now - timedelta(seconds=i // 5)}
            for i in range(260)
        ])  # fmt: skip
    seen, after = [], None
    while True:
        page = shop.ask(payments_page, PaymentFilter(), after)
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 521
