"""Lists of orders: what a search finds, that pages neither skip nor repeat, and which index answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, NotFound
from desktop.basics.ids import new_key
from desktop.models.orders import Order
from desktop.models.system import AuditEvent
from desktop.queries.order_detail import order_contact, order_detail
from desktop.queries.order_search import OrderFilter
from desktop.queries.orders import (
    PAGE,
    orders_by_id,
    orders_count,
    orders_counts_by_view,
    orders_page,
    orders_sum,
    orders_today,
)
from desktop.services.fulfilment import cancel_order, pay_order, ship_order
from desktop.services.orders import OrderDraft, create_order
from desktop.services.refunds import refund_lines
from desktop.services.settlement import TenderIn
from desktop.shop.shop import Shop
from tests.helpers.goods import CAKE, MILK, PHONE, TEA, Stocked, open_stocked
from tests.helpers.sales import sell


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def place(stocked: Stocked, *wanted: tuple[int, int], **more: Any) -> int:
    """A new unpaid order to be shipped."""
    draft = OrderDraft(tuple(stocked.cart(*wanted)), **{"address": "文三路 9 号", **more})
    return stocked.shop.do(create_order, draft, new_key()).order_id


def found(stocked: Stocked, sort: str = "-placed", **wanted: Any) -> list[int]:
    """Ids a filter finds, in order."""
    return [row.id for row in stocked.shop.ask(orders_page, OrderFilter(**wanted), sort).rows]


@pytest.mark.req("O16", "O18")
def test_every_way_of_searching_finds_the_order(stocked: Stocked) -> None:
    mine = place(stocked, (MILK, 1), member_id=stocked.member_id)
    other = place(stocked, (TEA, 1))
    stocked.shop.do(pay_order, mine, TenderIn("card", 1690), new_key())
    stocked.shop.do(ship_order, mine, "SF1000777", "顺丰")
    code = stocked.shop.ask(order_detail, mine).code
    for words in (
        code,
        code[4:],
        code[4:8],
        "1",
        PHONE,
        "+86 138-0571-6621",
        "6621",
        "林",
        "晓梅",
        "SF1000777",
        "M-000318",
    ):
        assert mine in found(stocked, text=words), words
    for words in ("0002", code[4:] + "9", "1380571", "林梅", "SF1", "%", "_", "'", "\\", "zz"):
        assert (mine in found(stocked, text=words)) == (words == "1380571"), words
    assert set(found(stocked, text=code[:9])) == {mine, other}
    assert found(stocked, member_id=stocked.member_id) == [mine]
    assert found(stocked, sku_id=stocked.skus[TEA]) == [other]


@pytest.mark.req("O16")
def test_filters_combine(stocked: Stocked, clock: HandClock) -> None:
    _key, sale = sell(stocked, stocked.demo_cart(), points=8_000)
    clock.pass_time(timedelta(days=2))
    unpaid, paid = place(stocked, (MILK, 1)), place(stocked, (CAKE, 1))
    stocked.shop.do(pay_order, paid, TenderIn("card", 2200), new_key())
    assert found(stocked) == [paid, unpaid, sale.order_id]
    assert found(stocked, sort="placed") == [sale.order_id, unpaid, paid]
    assert found(stocked, sort="-due") == [sale.order_id, paid, unpaid]
    assert found(stocked, sort="-points") == [sale.order_id]
    assert found(stocked, days=2) == [paid, unpaid]
    assert found(stocked, statuses=("unpaid",)) == [unpaid]
    assert found(stocked, statuses=("unpaid", "to_ship"), due_from=2000) == [paid]
    assert found(stocked, channels=("kiosk",)) == found(stocked, points_from=8_000) == [sale.order_id]
    assert found(stocked, types=("b2b",)) == []
    assert found(stocked, late=True) == []
    clock.pass_time(timedelta(minutes=31))
    assert found(stocked, late=True) == [unpaid]
    clock.pass_time(timedelta(hours=36))
    assert set(found(stocked, late=True)) == {unpaid, paid}
    line = stocked.shop.ask(order_detail, paid).lines[0].id
    stocked.shop.do(refund_lines, paid, [(line, 1_000)], "不要了", new_key())
    assert found(stocked, refunded=True) == [paid]
    assert stocked.shop.ask(orders_by_id, frozenset({paid}))[0].refunded == "whole"


@pytest.mark.req("O16")
@pytest.mark.parametrize("sort", ["-placed", "placed", "-due", "due", "-points"])
def test_pages_neither_skip_nor_repeat(stocked: Stocked, sort: str) -> None:
    ids = many(stocked, 450)
    seen: list[int] = []
    page = stocked.shop.ask(orders_page, None, sort)
    while True:
        seen += [row.id for row in page.rows]
        if page.after is None:
            break
        assert len(page.rows) == PAGE
        page = stocked.shop.ask(orders_page, None, sort, page.after)
    assert sorted(seen) == sorted(ids)
    assert stocked.shop.ask(orders_count) == 450


def many(stocked: Stocked, count: int) -> list[int]:
    """So many orders, many of them placed in the same instant; each used points."""
    now = stocked.shop.clock.now()
    rows = [
        {
            "code": f"20260101-{i:04d}", "short_code": f"0101-{i:04d}", "channel": "store", "till_id": stocked.kiosk_till,
            "location_id": stocked.location_id, "status": "done", "currency": "CNY", "goods_minor": 100 + i % 3,
            "total_minor": 100 + i % 3, "paid_minor": 100, "points_minor": 1 + i % 2, "client_key": f"m{i}",
            "placed_at": now - timedelta(hours=i // 100),
        }
        for i in range(count)
    ]  # fmt: skip
    with stocked.shop.storage.write.begin() as connection:
        statement = Order.__table__.insert().returning(Order.id)
        return [int(row[0]) for row in connection.execute(statement, rows)]


@pytest.mark.req("O16")
@pytest.mark.parametrize(
    "wanted, index",
    [
        ({}, "ix_sale_order_placed_at_id"),
        ({"statuses": ("to_ship",)}, "ix_sale_order_status_placed_at_id"),
        ({"late": True}, "ix_sale_order_status_placed_at_id"),
        ({"refunded": True}, "ix_sale_order_refunded"),
        ({"types": ("b2b",)}, "ix_sale_order_other_types"),
        ({"channels": ("import",)}, "ix_sale_order_channel_placed_at_id"),
        ({"member_id": 1}, "ix_sale_order_member_id_placed_at"),
        ({"days": 7}, "ix_sale_order_placed_at_id"),
        ({"text": "1121-0096"}, "ix_sale_order_short_code"),
        ({"text": "6621"}, "ix_member_phone_tail"),
        ({"text": "linxiao"}, "ix_member_pinyin"),
        ({"text": "SF1000777"}, "ix_shipment_tracking"),
    ],
)
def test_an_index_answers(sqlite_shop: Shop, wanted: dict[str, Any], index: str) -> None:
    said: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        said.append((statement, values))

    event.listen(sqlite_shop.storage.read, "before_cursor_execute", listen)
    sqlite_shop.ask(orders_page, OrderFilter(**wanted))
    event.remove(sqlite_shop.storage.read, "before_cursor_execute", listen)
    with sqlite_shop.storage.read.connect() as connection:
        plan = [
            str(row[-1])
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[-1][0]}", said[-1][1])
        ]
    assert any(index in step for step in plan), plan
    assert not any(step == "SCAN sale_order" for step in plan), plan


@pytest.mark.req("O17")
def test_counts_and_sums_agree_with_the_rows(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.demo_cart(), points=8_000)
    gone = place(stocked, (CAKE, 1))
    stocked.shop.do(cancel_order, gone)
    total = stocked.shop.ask(orders_sum)
    assert (total.count, total.due_minor, total.points_minor) == (2, sale.to_pay_minor, 8_000)
    today = stocked.shop.ask(orders_today)
    assert (today.count, today.due_minor, today.points_minor) == (2, sale.to_pay_minor, 8_000)
    views = {
        "all": OrderFilter(),
        "done": OrderFilter(statuses=("done",)),
        "big": OrderFilter(points_from=8_001),
    }
    assert stocked.shop.ask(orders_counts_by_view, views) == {"all": 2, "done": 1, "big": 0}


@pytest.mark.req("O16")
def test_a_filter_survives_being_saved(stocked: Stocked) -> None:
    now = stocked.shop.clock.now()
    wanted = OrderFilter(
        text="林", since=now, statuses=("done", "shipped"), late=True, due_from=0, points_from=5
    )
    assert OrderFilter.from_json(wanted.to_json()) == wanted
    assert OrderFilter.from_json('{"later_version": 1}') == OrderFilter()
    assert wanted.without("text", "late", "due_from") == OrderFilter(
        since=now, statuses=("done", "shipped"), points_from=5
    )


@pytest.mark.req("O13")
def test_detail_shows_the_whole_story_with_the_phone_masked(stocked: Stocked) -> None:
    order_id = place(stocked, (MILK, 2), member_id=stocked.member_id, note="放快递柜")
    stocked.shop.do(pay_order, order_id, TenderIn("cash", 3380, 5000), new_key())
    stocked.shop.do(ship_order, order_id, "SF1", "顺丰")
    detail = stocked.shop.ask(order_detail, order_id)
    assert detail.buyer is not None
    assert (detail.buyer.phone, detail.buyer.name) == ("138****6621", "林晓梅")
    assert [e.kind for e in detail.events] == ["placed", "paid", "shipped"]
    assert [(p.carrier, p.tracking, p.undone) for p in detail.parcels] == [("顺丰", "SF1", False)]
    assert (detail.lines[0].unit_name, detail.lines[0].code, detail.lines[0].left_milli) == (
        "件",
        "ZH-2001",
        2_000,
    )
    assert PHONE not in str(detail)
    assert "文三路" not in str(detail)
    with pytest.raises(NotFound):
        stocked.shop.ask(order_detail, order_id + 1)


def test_looking_at_the_address_needs_the_right_and_is_written_down(stocked: Stocked) -> None:
    order_id = place(stocked, (MILK, 1), member_id=stocked.member_id)
    with pytest.raises(NotAllowed):
        stocked.cashier.ask(order_contact, order_id)
    contact = stocked.shop.ask(order_contact, order_id)
    assert (contact.phone, contact.address) == (PHONE, "文三路 9 号")
    with stocked.shop.storage.read.connect() as connection:
        looks = connection.execute(
            AuditEvent.__table__.select().where(AuditEvent.action == "order_detail.order_contact")
        ).all()
    assert len(looks) == 1
