"""Paying, shipping, receiving, cancelling: only the steps of the table, and every one moves goods, money and points once."""

from __future__ import annotations

from itertools import product as pairs_of

import pytest
from sqlalchemy import func, select

from desktop.basics.errors import Changed, NotAllowed, OutOfStock, Refused
from desktop.basics.ids import new_key
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import STATUS_WORDS, STEPS, OrderLine, Shipment
from desktop.models.payments import RefundTender, Tender
from desktop.queries.verify import verify
from desktop.services.fulfilment import (
    cancel_order,
    cancel_paid_order,
    pay_order,
    receive_order,
    ship_order,
    undo_shipment,
)
from desktop.services.orders import edit_order
from desktop.services.refunds import refund_lines
from desktop.services.settlement import TenderIn
from desktop.shop.shop import Shop
from tests.helpers.back_office import (
    daily,
    draft,
    events,
    order_of,
    pay,
    placed,
    stock,
)
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def _deed(stocked: Stocked, order_id: int, to: str) -> None:
    """Try to bring an order into a status by the verb that leads there."""
    status = order_of(stocked, order_id).status
    if to == "to_ship":
        pay(stocked, order_id) if status != "shipped" else stocked.shop.do(undo_shipment, order_id)
    elif to == "shipped":
        stocked.shop.do(ship_order, order_id, "SF100", "顺丰")
    elif to == "done":
        stocked.shop.do(receive_order, order_id)
    elif to == "cancelled" and status == "unpaid":
        stocked.shop.do(cancel_order, order_id)
    else:
        stocked.shop.do(cancel_paid_order, order_id, "不要了", new_key())


ROADS = {
    "unpaid": (),
    "to_ship": ("to_ship",),
    "shipped": ("to_ship", "shipped"),
    "done": ("to_ship", "shipped", "done"),
    "cancelled": ("cancelled",),
}


@pytest.mark.req("O5")
@pytest.mark.parametrize("start, to", [p for p in pairs_of(ROADS, ROADS) if p[1] != "unpaid"])
def test_only_the_steps_of_the_table_can_be_taken(sqlite_shop: Shop, start: str, to: str) -> None:
    stocked = open_stocked(sqlite_shop)
    order_id = placed(stocked, (MILK, 1))
    for step in ROADS[start]:
        _deed(stocked, order_id, step)
    before = events(stocked, order_id)
    assert order_of(stocked, order_id).status == start
    legal = (start, to) in STEPS and (start, to) != ("unpaid", "done")  # that one is a sale taken along
    if legal:
        _deed(stocked, order_id, to)
        assert order_of(stocked, order_id).status == to
    else:
        with pytest.raises(Refused):
            _deed(stocked, order_id, to)
        assert order_of(stocked, order_id).status == start
        assert events(stocked, order_id) == before


@pytest.mark.req("O5")
def test_no_step_leads_back_to_unpaid_and_every_status_has_its_word() -> None:
    assert not any(to == "unpaid" for _from, to in STEPS)
    assert {status for step in STEPS for status in step} == set(STATUS_WORDS) == set(ROADS)


@pytest.mark.req("O5", "O4")
def test_paid_shipped_received_moves_goods_money_and_points_once(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 2), member_id=stocked.member_id)
    key, tender = new_key(), TenderIn("cash", 3380, 5000)
    receipt = stocked.shop.do(pay_order, order_id, tender, key)
    assert stocked.shop.do(pay_order, order_id, tender, key) == receipt
    assert (stock(stocked, MILK), daily(stocked)) == ((8, 2), (1, 3380, 0))
    order = order_of(stocked, order_id)
    assert (order.status, order.paid_minor, order.points_earned) == (
        "to_ship",
        3380,
        40,
    )  # gold: 1.2 × ¥33.80
    assert order.ship_deadline > order.paid_at
    stocked.shop.do(ship_order, order_id, "SF100", "顺丰")
    assert stock(stocked, MILK) == (6, 0)
    stocked.shop.do(undo_shipment, order_id)
    assert stock(stocked, MILK) == (8, 2)
    stocked.shop.do(ship_order, order_id, "SF101", "顺丰")
    stocked.shop.do(receive_order, order_id)
    assert stock(stocked, MILK) == (6, 0)
    assert events(stocked, order_id) == ["placed", "paid", "shipped", "to_ship", "shipped", "done"]
    with stocked.shop.storage.read.connect() as connection:
        parcels = connection.execute(
            select(Shipment.tracking, Shipment.undone_at).order_by(Shipment.id)
        ).all()
        member = connection.execute(select(Member.points, Member.orders_count, Member.spent_minor)).one()
        entries = connection.execute(select(func.sum(PointsEntry.delta))).scalar()
        money = connection.execute(
            select(Tender.method_key, Tender.amount_minor, Tender.received_minor)
        ).all()
    assert [(p.tracking, p.undone_at is None) for p in parcels] == [("SF100", False), ("SF101", True)]
    assert tuple(member) == (12_900, 1, 3380)
    assert entries == 12_900
    assert [tuple(m) for m in money] == [("cash", 3380, 5000)]


@pytest.mark.req("O5")
def test_without_an_address_paying_hands_the_goods_over(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 3), address="")
    pay(stocked, order_id, "other")
    assert order_of(stocked, order_id).status == "done"
    assert stock(stocked, MILK) == (5, 0)
    assert events(stocked, order_id) == ["placed", "paid", "done"]


@pytest.mark.req("O10")
def test_cancelling_an_unpaid_order_frees_what_it_held(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 8))
    with pytest.raises(OutOfStock):
        placed(stocked, (MILK, 1))
    stocked.shop.do(cancel_order, order_id, "顾客不要了")
    assert stock(stocked, MILK) == (8, 0)
    placed(stocked, (MILK, 8))


@pytest.mark.req("O10", "M9")
def test_cancelling_a_paid_order_gives_everything_back(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 2), (TEA, 1), member_id=stocked.member_id, freight_minor=600)
    pay(stocked, order_id)
    with pytest.raises(Refused):
        stocked.shop.do(cancel_order, order_id)
    with stocked.shop.storage.read.connect() as connection:
        line = connection.execute(
            select(OrderLine.id).where(OrderLine.sku_id == stocked.skus[MILK])
        ).scalar_one()
    stocked.shop.do(refund_lines, order_id, [(line, 1_000)], "少一盒", new_key())
    key = new_key()
    back = stocked.shop.do(cancel_paid_order, order_id, "不要了", key)
    assert stocked.shop.do(cancel_paid_order, order_id, "不要了", key) == back
    order = order_of(stocked, order_id)
    assert (order.status, order.refunded_minor) == ("cancelled", order.paid_minor)
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((8, 0), (30, 0))
    with stocked.shop.storage.read.connect() as connection:
        given = connection.execute(select(func.sum(RefundTender.amount_minor))).scalar()
        points = connection.execute(select(Member.points, Member.spent_minor)).one()
    assert given == order.paid_minor == back.money_minor + 1690
    assert tuple(points) == (12_860, 0)
    assert daily(stocked)[2] == order.paid_minor


@pytest.mark.req("O4", "M10")
def test_wrong_money_wrong_method_and_missing_rights_change_nothing(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 1))
    for tender, error in (
        (TenderIn("card", 1689), Changed),
        (TenderIn("wechat", 1690), Refused),
        (TenderIn("cash", 1690, 1600), Refused),
    ):
        with pytest.raises(error):
            stocked.shop.do(pay_order, order_id, tender, new_key())
    with pytest.raises(NotAllowed):
        stocked.cashier.do(ship_order, order_id)
    assert events(stocked, order_id) == ["placed"]
    assert order_of(stocked, order_id).receipt_number == ""


@pytest.mark.req("O4")
def test_a_shipment_with_a_refund_behind_it_stays(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 2))
    pay(stocked, order_id)
    stocked.shop.do(ship_order, order_id)
    with stocked.shop.storage.read.connect() as connection:
        line = connection.execute(select(OrderLine.id)).scalar_one()
    stocked.shop.do(refund_lines, order_id, [(line, 1_000)], "破损", new_key())
    with pytest.raises(Refused):
        stocked.shop.do(undo_shipment, order_id)
    assert stock(stocked, MILK) == (7, 0)


@pytest.mark.req("O4", "O21")
def test_after_every_kind_of_end_the_books_agree(stocked: Stocked) -> None:
    mine = {"member_id": stocked.member_id, "discount_minor": 35, "freight_minor": 600}
    done, gone, back, part, taken = (placed(stocked, (MILK, 1), (TEA, 1), **mine) for _ in range(5))
    stocked.shop.do(cancel_order, gone)
    for order_id in (done, back, part):
        pay(stocked, order_id)
    stocked.shop.do(edit_order, taken, draft(stocked, (MILK, 1), address=""))
    pay(stocked, taken, "cash")
    stocked.shop.do(ship_order, done, "SF1")
    stocked.shop.do(receive_order, done)
    stocked.shop.do(cancel_paid_order, back, "不要了", new_key())
    with stocked.shop.storage.read.connect() as connection:
        lines = select(OrderLine.id).where(OrderLine.order_id == part).order_by(OrderLine.id)
        first = connection.execute(lines).scalars().first()
    stocked.shop.do(refund_lines, part, [(first, 1_000)], "破损", new_key())
    stocked.shop.do(ship_order, part)
    stocked.shop.do(undo_shipment, part)
    verdict = stocked.shop.ask(verify)
    assert verdict.faults == ()
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((6, 0), (29, 1))
