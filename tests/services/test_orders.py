"""Orders of the back office: conditions, stock held, legal steps, and every way back."""

from __future__ import annotations

import threading
from itertools import product as pairs_of

import pytest
from sqlalchemy import func, select, update

from desktop.basics.errors import Changed, NotAllowed, OutOfStock, Refused
from desktop.basics.ids import new_key
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import STATUS_WORDS, STEPS, Order, OrderEvent, OrderLine, Shipment
from desktop.models.payments import RefundTender, Tender
from desktop.models.people import Permission
from desktop.models.products import Price, PriceList
from desktop.models.stock import Reservation, Stock
from desktop.models.system import DailyTotal
from desktop.pricing.cart import CartLine
from desktop.services.fulfilment import (
    cancel_order,
    cancel_paid_order,
    pay_order,
    receive_order,
    ship_order,
    undo_shipment,
)
from desktop.services.orders import OrderDraft, add_note, create_order, edit_order
from desktop.services.refunds import refund_lines
from desktop.services.settlement import TenderIn
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, movements, open_stocked

HOME = "杭州市西湖区文三路 9 号"


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def draft(stocked: Stocked, *wanted: tuple[int, int], **more: object) -> OrderDraft:
    """An order of (goods, pieces) pairs to be shipped."""
    return OrderDraft(tuple(stocked.cart(*wanted)), **{"address": HOME, **more})  # type: ignore[arg-type]


def placed(stocked: Stocked, *wanted: tuple[int, int], **more: object) -> int:
    """A new unpaid order; its id."""
    return stocked.shop.do(create_order, draft(stocked, *wanted, **more), new_key()).order_id


def order_of(stocked: Stocked, order_id: int) -> Order:
    """The order's row now."""
    with stocked.shop.storage.read.connect() as connection:
        return connection.execute(select(Order.__table__).where(Order.id == order_id)).one()  # type: ignore[return-value]


def pay(stocked: Stocked, order_id: int, method: str = "card") -> str:
    """Take the whole amount."""
    tender = TenderIn(method, order_of(stocked, order_id).total_minor)
    return stocked.shop.do(pay_order, order_id, tender, new_key())


def stock(stocked: Stocked, goods: int) -> tuple[int, int]:
    """(on hand, held) of one of the goods, in pieces."""
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(
            select(Stock.on_hand_milli, Stock.reserved_milli).where(Stock.sku_id == stocked.skus[goods])
        ).one()
    held = open_reservations(stocked, goods)
    assert held == row.reserved_milli  # what is held is what reservations say
    assert row.on_hand_milli == movements(stocked.shop, stocked.skus[goods])
    return row.on_hand_milli // 1000, row.reserved_milli // 1000


def open_reservations(stocked: Stocked, goods: int) -> int:
    """Σ open reservations of one of the goods."""
    total = select(func.coalesce(func.sum(Reservation.qty_milli), 0))
    with stocked.shop.storage.read.connect() as connection:
        statement = total.where(Reservation.sku_id == stocked.skus[goods], Reservation.state == "open")
        return int(connection.execute(statement).scalar_one())


def events(stocked: Stocked, order_id: int) -> list[str]:
    """The kinds on the order's timeline."""
    with stocked.shop.storage.read.connect() as connection:
        statement = select(OrderEvent.kind).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)
        return list(connection.execute(statement).scalars())


def daily(stocked: Stocked) -> tuple[int, int, int]:
    """Orders, money taken, money given back today."""
    sums = (func.sum(c) for c in (DailyTotal.orders, DailyTotal.amount_minor, DailyTotal.refunds_minor))
    with stocked.shop.storage.read.connect() as connection:
        return tuple(int(v or 0) for v in connection.execute(select(*sums)).one())  # type: ignore[return-value]


# -- creating -----------------------------------------------------------------------------------------------------


@pytest.mark.req("O2", "O4")
def test_a_new_order_holds_its_goods_and_is_written_once(stocked: Stocked) -> None:
    key = new_key()
    wanted = draft(
        stocked, (MILK, 2), (TEA, 1), member_id=stocked.member_id, discount_minor=500, freight_minor=800
    )
    made = stocked.shop.do(create_order, wanted, key)
    assert stocked.shop.do(create_order, wanted, key) == made
    with pytest.raises(Refused):
        stocked.shop.do(create_order, draft(stocked, (MILK, 1)), key)
    order = order_of(stocked, made.order_id)
    assert (order.goods_minor, order.discount_minor, order.freight_minor) == (12800 + 3380, 2000 + 500, 800)
    assert (
        order.total_minor == order.goods_minor - order.discount_minor + order.freight_minor == order.due_minor
    )
    with stocked.shop.storage.read.connect() as connection:
        lines = connection.execute(
            select(func.sum(OrderLine.total_minor), func.sum(OrderLine.discount_minor))
        ).one()
        count = connection.execute(select(func.count()).select_from(Order)).scalar()
    assert count == 1
    assert tuple(lines) == (order.total_minor - 800, order.discount_minor)
    assert stock(stocked, MILK) == (8, 2)
    assert daily(stocked) == (1, 0, 0)


@pytest.mark.req("O2")
def test_nothing_is_promised_twice(stocked: Stocked) -> None:
    placed(stocked, (MILK, 6))
    with pytest.raises(OutOfStock, match="2"):
        placed(stocked, (TEA, 1), (MILK, 3))
    assert stock(stocked, TEA) == (30, 0)  # the whole order was undone
    assert stock(stocked, MILK) == (8, 6)
    placed(stocked, (MILK, 2))


@action(permission=Permission.HANDLE_ORDERS)
def _naive_hold(work: Work, sku_id: int, qty: int, meet: threading.Barrier) -> None:
    """What not to do: look first, then write what was seen."""
    row = work.rows(select(Stock.on_hand_milli, Stock.reserved_milli).where(Stock.sku_id == sku_id)).one()
    if row.on_hand_milli - row.reserved_milli < qty:
        raise Refused("none left")
    meet.wait(timeout=10)
    work.rows(update(Stock).where(Stock.sku_id == sku_id).values(reserved_milli=row.reserved_milli + qty))


def _at_once(*deeds: object) -> list[object]:
    """Run these at the same time; their results or errors."""
    results: list[object] = [None] * len(deeds)

    def run(i: int) -> None:
        try:
            results[i] = deeds[i]()  # type: ignore[operator]
        except Exception as error:
            results[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.req("O2")
def test_orders_racing_for_the_last_pieces_never_oversell(stocked: Stocked) -> None:
    results = _at_once(*[lambda: placed(stocked, (CAKE, 4)) for _ in range(4)])
    assert sum(isinstance(r, int) for r in results) == 1
    assert sum(isinstance(r, OutOfStock) for r in results) == 3
    assert stock(stocked, CAKE) == (6, 4)


@pytest.mark.req("O2")
def test_control_looking_first_would_oversell(stocked: Stocked) -> None:
    """On PostgreSQL two tills really meet; the guarded update above is what keeps them apart."""
    if stocked.shop.storage.is_sqlite:
        pytest.skip("a local file has one writer at a time")
    meet = threading.Barrier(2)
    sku = stocked.skus[CAKE]
    results = _at_once(*[lambda: stocked.shop.do(_naive_hold, sku, 4_000, meet) for _ in range(2)])
    assert results == [None, None]  # both were promised 4 of 6


@pytest.mark.req("O1", "O2")
def test_the_type_decides_prefix_price_minimum_and_credit(stocked: Stocked) -> None:
    with stocked.shop.storage.write.begin() as connection:
        trade = connection.execute(select(PriceList.id).where(PriceList.key == "b2b")).scalar_one()
        row = {
            "list_id": trade,
            "sku_id": stocked.skus[NUTS],
            "unit": "",
            "min_qty_milli": 6_000,
            "amount_minor": 3_000,
        }
        connection.execute(Price.__table__.insert(), row)
    b2b = {"order_type": "b2b", "member_id": stocked.member_id}
    made = stocked.shop.do(create_order, draft(stocked, (NUTS, 6), **b2b), new_key())
    assert made.short_code.startswith("B")
    assert made.total_minor == 18_000
    assert (
        order_of(stocked, made.order_id).pay_deadline
        > order_of(stocked, placed(stocked, (TEA, 1))).pay_deadline
    )
    with pytest.raises(Refused, match="6"):
        stocked.shop.do(create_order, draft(stocked, (NUTS, 5), **b2b), new_key())
    with pytest.raises(Refused):
        stocked.shop.do(create_order, draft(stocked, (NUTS, 6), order_type="b2b"), new_key())
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(Member).where(Member.id == stocked.member_id).values(credit_score=599))
    with pytest.raises(Refused, match="599"):
        stocked.shop.do(create_order, draft(stocked, (NUTS, 6), **b2b), new_key())
    retail = stocked.shop.do(create_order, draft(stocked, (NUTS, 6), member_id=stocked.member_id), new_key())
    assert retail.total_minor == 6 * 3990


@pytest.mark.req("O4")
def test_an_unpaid_order_is_edited_and_a_paid_one_is_not(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 6))
    total = stocked.shop.do(edit_order, order_id, draft(stocked, (MILK, 8), (TEA, 1), discount_minor=20))
    assert total == 8 * 1690 + 12800 - 20
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((8, 8), (30, 1))
    with pytest.raises(OutOfStock):
        stocked.shop.do(edit_order, order_id, draft(stocked, (MILK, 9)))
    assert stock(stocked, MILK) == (8, 8)
    stocked.shop.do(add_note, order_id, "已电话确认")
    pay(stocked, order_id)
    with pytest.raises(Refused):
        stocked.shop.do(edit_order, order_id, draft(stocked, (MILK, 1)))
    assert events(stocked, order_id) == ["placed", "edited", "note", "paid"]


# -- steps --------------------------------------------------------------------------------------------------------


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


@pytest.mark.req("O4")
def test_an_empty_order_and_impossible_amounts_are_refused(stocked: Stocked) -> None:
    for wrong in (
        OrderDraft(()),
        draft(stocked, (MILK, 1), discount_minor=1691),
        draft(stocked, (MILK, 1), freight_minor=-1),
        draft(stocked, (MILK, 1), order_type="gift"),
        OrderDraft((CartLine(stocked.skus[MILK], "", 500),)),
    ):
        with pytest.raises(Refused):
            stocked.shop.do(create_order, wrong, new_key())
    assert stock(stocked, MILK) == (8, 0)
