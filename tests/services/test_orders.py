"""Orders of the back office: what a new one needs, what it holds, and how it is changed."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, update

from desktop.basics.errors import Changed, OutOfStock, Refused
from desktop.basics.ids import new_key
from desktop.models.members import Member
from desktop.models.orders import Order, OrderLine
from desktop.models.people import Permission
from desktop.models.products import Price, PriceList, Product, Sku
from desktop.models.stock import Stock
from desktop.pricing.cart import CartLine
from desktop.queries.verify import verify
from desktop.services.fulfilment import cancel_paid_order, pay_order, ship_order
from desktop.services.orders import OrderDraft, add_note, create_order, edit_order
from desktop.services.settlement import TenderIn
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.back_office import (
    daily,
    draft,
    events,
    order_of,
    pay,
    placed,
    stock,
)
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


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
@pytest.mark.req("C13")
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


@pytest.mark.req("O4", "P4")
def test_a_change_adds_nothing_that_is_off_the_shelf_and_keeps_what_was_promised(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 1))
    goods = (stocked.skus[MILK], stocked.skus[TEA])
    with stocked.shop.storage.write.begin() as connection:
        mine = select(Sku.product_id).where(Sku.id.in_(goods))
        connection.execute(update(Product).where(Product.id.in_(mine)).values(on_shelf=False))
    with pytest.raises(Refused, match="龙井"):
        stocked.shop.do(edit_order, order_id, draft(stocked, (MILK, 1), (TEA, 1)))
    assert stocked.shop.do(edit_order, order_id, draft(stocked, (MILK, 2), (CAKE, 1))) == 2 * 1690 + 2200
    assert stock(stocked, MILK) == (8, 2)


@pytest.mark.req("O4", "O5")
def test_an_order_that_costs_nothing_goes_its_way(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 1), member_id=stocked.member_id, discount_minor=1690)
    with pytest.raises(Changed):
        stocked.shop.do(pay_order, order_id, TenderIn("cash", 100), new_key())
    pay(stocked, order_id, "cash")
    assert (order_of(stocked, order_id).status, order_of(stocked, order_id).paid_minor) == ("to_ship", 0)
    stocked.shop.do(ship_order, order_id)
    other = placed(stocked, (MILK, 1), discount_minor=1690)
    pay(stocked, other)
    stocked.shop.do(cancel_paid_order, other, "不要了", new_key())
    assert (order_of(stocked, other).status, stock(stocked, MILK)) == ("cancelled", (7, 0))
    assert stocked.shop.ask(verify).faults == ()
