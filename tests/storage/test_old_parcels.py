"""Schema 0003 says of orders made before it what has left, what was given back before, and what is in a parcel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, delete, select, text, update

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.orders import OrderLine
from desktop.models.parcels import Carrier, ShipmentLine
from desktop.queries.verify import verify
from desktop.services.fulfilment import receive_order, ship_order, undo_shipment
from desktop.services.refunds import refund_lines
from desktop.shop.shop import Shop
from desktop.storage.migrations.v0003_parcels import bring_parcels
from tests.helpers.back_office import order_of, pay, placed, stock
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.sales import sell


def line_of(stocked: Stocked, order_id: int) -> int:
    """The first line of an order."""
    with stocked.shop.storage.read.connect() as connection:
        return int(
            connection.execute(select(OrderLine.id).where(OrderLine.order_id == order_id)).scalars().first()
            or 0
        )


def figures(stocked: Stocked) -> list[tuple[int, int, int]]:
    """(sold, left, freed) of every line in pieces."""
    columns = (OrderLine.qty_milli, OrderLine.shipped_milli, OrderLine.freed_milli)
    with stocked.shop.storage.read.connect() as connection:
        rows = connection.execute(select(*columns).order_by(OrderLine.id)).all()
    return [(a // 1_000, b // 1_000, c // 1_000) for a, b, c in rows]


def forget(connection: Connection, sqlite: bool) -> None:
    """What a shop of schema 0002 did not have."""
    if sqlite:
        connection.execute(text("DROP TRIGGER shipment_line_no_delete"))
    else:
        connection.execute(text("ALTER TABLE shipment_line DISABLE TRIGGER ALL"))
    connection.execute(delete(ShipmentLine))
    connection.execute(delete(Carrier))
    connection.execute(update(OrderLine).values(shipped_milli=0, freed_milli=0))


@pytest.mark.req("O5", "O21")
def test_an_old_shop_goes_on_where_it_was(shop: Shop) -> None:
    stocked = open_stocked(shop)
    _key, sale = sell(stocked, stocked.cart((TEA, 3)))
    shop.do(refund_lines, sale.order_id, [(line_of(stocked, sale.order_id), 1_000)], "坏了", new_key())
    unpaid, waiting, sent, done = (placed(stocked, (MILK, 2)) for _ in range(4))
    for order_id in (waiting, sent, done):
        pay(stocked, order_id)
    for order_id in (waiting, sent):  # one of two is given back before it leaves
        shop.do(refund_lines, order_id, [(line_of(stocked, order_id), 1_000)], "缺货", new_key())
    later(shop)
    for order_id in (sent, done):
        shop.do(ship_order, order_id, "SF1")
    later(shop)
    shop.do(receive_order, done)
    shop.do(refund_lines, done, [(line_of(stocked, done), 1_000)], "破损", new_key())
    wanted = figures(stocked)
    assert wanted == [(3, 3, 0), (2, 0, 0), (2, 0, 1), (2, 1, 1), (2, 2, 0)]
    with shop.storage.write.begin() as connection:
        forget(connection, shop.storage.is_sqlite)
    assert shop.ask(verify).faults  # control: without the figures nothing fits
    with shop.storage.write.begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            bring_parcels()
    assert figures(stocked) == wanted
    assert shop.ask(verify).faults == ()
    shop.do(undo_shipment, sent)
    assert order_of(stocked, sent).status == "to_ship"
    assert order_of(stocked, unpaid).status == "unpaid"
    assert stock(stocked, MILK)[1] == 4
    assert shop.ask(verify).faults == ()


def later(shop: Shop) -> None:
    """Refunds before and after a parcel are told apart by their time."""

    assert isinstance(shop.clock, HandClock)
    shop.clock.pass_time(timedelta(minutes=5))
