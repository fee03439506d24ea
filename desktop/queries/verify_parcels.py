"""Parcels: what has left, what was given back before and what parcels hold fit the lines of orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from desktop.models.orders import CANCELLED, DONE, SALE, SHIPPED, UNPAID, Order, OrderLine, Shipment
from desktop.models.parcels import ShipmentLine
from desktop.queries.page import AnySelect
from desktop.queries.verify_fault import Fault, finding, pieces
from desktop.shop.work import Read

HERE = OrderLine.qty_milli - OrderLine.shipped_milli - OrderLine.freed_milli


def shipped_quantity(read: Read) -> Iterator[Fault]:
    """O5: of a line no more leaves than was sold; all of it when its order is on its way or done, nothing unpaid."""
    most = OrderLine.qty_milli - OrderLine.freed_milli
    wrong = or_(
        HERE < 0,
        and_(Order.status.in_((SHIPPED, DONE)), HERE != 0),
        and_(Order.status == UNPAID, OrderLine.shipped_milli != 0),
    )
    expected = case((Order.status == UNPAID, literal(0, BigInteger)), else_=most)
    statement = _lines(expected, OrderLine.shipped_milli).where(wrong, Order.status != CANCELLED)
    yield from finding(read, "shipped quantity", statement, pieces)


def returned_quantity(read: Read) -> Iterator[Fault]:
    """O15: of a line no more comes back than has left."""
    back = OrderLine.refunded_milli - OrderLine.freed_milli
    wrong = or_(back > OrderLine.shipped_milli, back < 0)
    yield from finding(read, "returned quantity", _lines(OrderLine.shipped_milli, back).where(wrong), pieces)


def in_parcels(read: Read) -> Iterator[Fault]:
    """O5: what parcels hold is what has left, for every order whose parcels are listed."""
    listed = (
        select(ShipmentLine.line_id, cast(func.sum(ShipmentLine.qty_milli), BigInteger).label("quantity"))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.undone_at.is_(None), Shipment.kind == SALE)
        .group_by(ShipmentLine.line_id)
        .subquery("listed")
    )
    held = func.coalesce(listed.c.quantity, 0)
    sent = exists().where(
        Shipment.order_id == Order.id, Shipment.undone_at.is_(None), Shipment.kind == SALE,
        exists().where(ShipmentLine.shipment_id == Shipment.id),
    )  # fmt: skip
    statement = _lines(held, OrderLine.shipped_milli).join(
        listed, listed.c.line_id == OrderLine.id, isouter=True
    )
    yield from finding(read, "in parcels", statement.where(sent, held != OrderLine.shipped_milli), pieces)


def _lines(
    expected: ColumnElement[Any] | InstrumentedAttribute[int],
    found: ColumnElement[Any] | InstrumentedAttribute[int],
) -> AnySelect:
    columns = (Order.code.label("subject"), expected.label("expected"), found.label("found"))
    return select(*columns).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id)


CHECKS = (shipped_quantity, returned_quantity, in_parcels)
