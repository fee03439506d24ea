"""Orders that leave in several parcels: never more than is left, each parcel back by itself, the rest given back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from desktop.basics.errors import NotFound, Refused
from desktop.basics.ids import new_key
from desktop.models.orders import OrderLine, Shipment
from desktop.queries.stuck import stuck_orders
from desktop.queries.verify import verify
from desktop.services.fulfilment import cancel_order, receive_order, ship_order, undo_shipment
from desktop.services.refunds import refund_lines
from desktop.shop.shop import Shop
from tests.helpers.back_office import events, order_of, pay, placed, stock
from tests.helpers.goods import CAKE, MILK, TEA, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def lines(stocked: Stocked, order_id: int) -> list[OrderLine]:
    """The lines as they are now, in order."""
    with stocked.shop.storage.read.connect() as connection:
        statement = select(OrderLine.__table__).where(OrderLine.order_id == order_id).order_by(OrderLine.id)
        return list(connection.execute(statement).all())  # type: ignore[arg-type]


def left(stocked: Stocked, order_id: int) -> list[int]:
    """Pieces of each line that are still to leave."""
    return [
        (line.qty_milli - line.shipped_milli - line.freed_milli) // 1_000 for line in lines(stocked, order_id)
    ]


def paid(stocked: Stocked) -> tuple[int, int, int]:
    """A paid order of five milk and two tea, to be shipped; with the ids of its lines."""
    order_id = placed(stocked, (MILK, 5), (TEA, 2))
    pay(stocked, order_id)
    milk, tea = lines(stocked, order_id)
    return order_id, milk.id, tea.id


@pytest.mark.req("O5")
def test_an_order_leaves_in_three_parcels_and_is_shipped_with_the_last(stocked: Stocked) -> None:
    order_id, milk, tea = paid(stocked)
    shop, key = stocked.shop, new_key()
    first = shop.do(ship_order, order_id, "SF1", "顺丰", [(milk, 2_000)], key)
    assert shop.do(ship_order, order_id, "SF1", "顺丰", [(milk, 2_000)], key) == first  # a second click
    order = order_of(stocked, order_id)
    assert (order.status, order.shipped_at is not None) == ("to_ship", True)
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((6, 3), (30, 2))
    shop.do(ship_order, order_id, "SF2", "顺丰", [(milk, 1_000), (tea, 2_000)], new_key())
    assert left(stocked, order_id) == [2, 0]
    assert shop.ask(stuck_orders) == ()
    shop.do(ship_order, order_id, "SF3")
    assert order_of(stocked, order_id).status == "shipped"
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((3, 0), (28, 0))
    assert events(stocked, order_id) == ["placed", "paid", "part shipped", "part shipped", "shipped"]
    shop.do(receive_order, order_id)
    assert shop.ask(verify).faults == ()


@pytest.mark.req("O5")
def test_more_than_is_left_and_shipping_after_the_end_are_refused_in_a_sentence(stocked: Stocked) -> None:
    order_id, milk, tea = paid(stocked)
    other, foreign, _tea = paid_small(stocked)
    shop = stocked.shop
    shop.do(ship_order, order_id, "SF1", "", [(milk, 4_000)], new_key())
    for parts, sentence in (
        ([(milk, 2_000)], "鲜牛奶"), ([(milk, 0)], "鲜牛奶"), ([(milk, -1_000)], "鲜牛奶"), ([(foreign, 1_000)], "another|别的")
    ):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            shop.do(ship_order, order_id, "SF2", "", parts, new_key())
    assert left(stocked, order_id) == [1, 2]
    gone = placed(stocked, (CAKE, 1))
    shop.do(cancel_order, gone)
    with pytest.raises(Refused, match="cancelled|已取消"):
        shop.do(ship_order, gone, "SF9")
    shop.do(
        ship_order, order_id, "SF2", "", [(milk, 1_000), (tea, 2_000)], new_key()
    )  # control: what is left leaves
    with pytest.raises(Refused):
        shop.do(ship_order, order_id, "SF3")
    assert order_of(stocked, other).status == "to_ship"
    assert shop.ask(verify).faults == ()


def paid_small(stocked: Stocked) -> tuple[int, int, int]:
    """Another paid order."""
    order_id = placed(stocked, (CAKE, 1), (TEA, 1))
    pay(stocked, order_id)
    cake, tea = lines(stocked, order_id)
    return order_id, cake.id, tea.id


@pytest.mark.req("O5")
def test_each_parcel_is_taken_back_by_itself(stocked: Stocked) -> None:
    order_id, milk, tea = paid(stocked)
    shop = stocked.shop
    first = shop.do(ship_order, order_id, "SF1", "", [(milk, 2_000)], new_key())
    second = shop.do(ship_order, order_id, "SF2")
    shop.do(undo_shipment, order_id, first)
    assert (order_of(stocked, order_id).status, left(stocked, order_id)) == ("to_ship", [2, 0])
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((5, 2), (28, 0))
    with pytest.raises(NotFound):
        shop.do(undo_shipment, order_id, first)
    shop.do(undo_shipment, order_id, second)
    order = order_of(stocked, order_id)
    assert (order.status, order.shipped_at, left(stocked, order_id)) == ("to_ship", None, [5, 2])
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((8, 5), (30, 2))
    with pytest.raises(Refused):
        shop.do(undo_shipment, order_id)
    shop.do(ship_order, order_id, "SF3")
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((3, 0), (28, 0))
    assert shop.ask(verify).faults == ()


@pytest.mark.req("O5", "O15")
def test_giving_the_rest_back_frees_it_and_ends_the_shipping(stocked: Stocked) -> None:
    order_id, milk, tea = paid(stocked)
    shop = stocked.shop
    parcel = shop.do(ship_order, order_id, "SF1", "", [(milk, 2_000)], new_key())
    shop.do(refund_lines, order_id, [(milk, 3_000)], "缺货", new_key())
    assert (order_of(stocked, order_id).status, left(stocked, order_id)) == ("to_ship", [0, 2])
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((6, 0), (30, 2))
    shop.do(refund_lines, order_id, [(tea, 2_000)], "缺货", new_key())
    assert order_of(stocked, order_id).status == "shipped"
    assert stock(stocked, TEA) == (30, 0)
    shop.do(refund_lines, order_id, [(milk, 1_000)], "破损", new_key())  # of what had left: back on the shelf
    assert stock(stocked, MILK) == (7, 0)
    with pytest.raises(Refused):
        shop.do(undo_shipment, order_id, parcel)
    assert shop.ask(verify).faults == ()


@pytest.mark.req("O5", "O21")
def test_the_check_finds_what_parcels_and_lines_say_differently(stocked: Stocked) -> None:
    order_id, milk, _tea = paid(stocked)
    stocked.shop.do(ship_order, order_id, "SF1", "", [(milk, 2_000)], new_key())
    assert stocked.shop.ask(verify).faults == ()
    for values, kind in (
        ({"shipped_milli": 3_000}, "in parcels"),
        ({"shipped_milli": 9_000}, "shipped quantity"),
        ({"freed_milli": 1_000}, "returned quantity"),
    ):
        with stocked.shop.storage.write.begin() as connection:
            before = connection.execute(
                select(OrderLine.shipped_milli, OrderLine.freed_milli).where(OrderLine.id == milk)
            ).one()
            connection.execute(update(OrderLine).where(OrderLine.id == milk).values(values))
        assert kind in {fault.kind for fault in stocked.shop.ask(verify).faults}
        with stocked.shop.storage.write.begin() as connection:
            connection.execute(update(OrderLine).where(OrderLine.id == milk).values(before._asdict()))
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("O5")
def test_many_tills_never_ship_more_than_is_there(stocked: Stocked) -> None:
    order_id, milk, _tea = paid(stocked)

    def one(_number: int) -> bool:
        try:
            stocked.shop.do(ship_order, order_id, "", "", [(milk, 1_000)], new_key())
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as tills:
        left_with = list(tills.map(one, range(8)))
    assert sum(left_with) == 5  # as many as were sold; control: eight tried
    assert stock(stocked, MILK) == (3, 0)
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("O5")
def test_parcels_taken_back_are_kept(stocked: Stocked) -> None:
    order_id, milk, _tea = paid(stocked)
    stocked.shop.do(ship_order, order_id, "SF1", "", [(milk, 2_000)], new_key())
    stocked.shop.do(undo_shipment, order_id)
    with stocked.shop.storage.read.connect() as connection:
        rows = connection.execute(select(Shipment.tracking, Shipment.undone_at)).all()
    assert [(row.tracking, row.undone_at is None) for row in rows] == [("SF1", False)]
