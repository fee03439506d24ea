"""Orders that stand in a state although everything else says otherwise, each with its proof (O21).

One statement for each kind; only orders of the state in question are read, by the indexes of their states.
Orders that were imported are history and are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, and_, cast, exists, func, literal, or_, select

from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, UNPAID, Order, OrderLine, Shipment
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.settings import RECEIVE_DAYS
from desktop.models.stock import Reservation, StockMovement
from desktop.queries import expiring_orders, proofs
from desktop.queries.findings import Finding, findings_of
from desktop.shop.action import question
from desktop.shop.work import Read

Check = Callable[[Read, int | None], Iterator[Finding]]
GRACE_DAYS = {
    "queue": 1,
    "unpaid": 2,
    "to ship": 7,
    "shipped": 7,
}  # beyond its time before it counts as stuck
NOT_STOCKED = ("virtual", "service")
OURS = Order.channel != "import"
ZERO = literal(0, BigInteger)


def _sum(column: Any) -> Any:
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def only_this(statement: Any, column: Any, only: int | None) -> Any:
    """The statement for one row alone, when asked for."""
    return statement if only is None else statement.where(column == only)


def document() -> ColumnElement[str]:
    """How ledgers name the order of the row: `order:12`."""
    return literal("order:", String) + cast(Order.id, String)


def paid(read: Read, only: int | None = None) -> Iterator[Finding]:
    """Payments cover the total, the order still waits for them. More than the total needs a person."""
    waiting = only_this(select(Order.id).where(Order.status == UNPAID, OURS), Order.id, only)
    taken = select(Tender.order_id, _sum(Tender.amount_minor).label("amount"))
    taken = taken.where(Tender.order_id.in_(waiting)).group_by(Tender.order_id)
    sums = taken.subquery("taken")
    statement = (
        select(
            Order.id, Order.code.label("number"), Order.total_minor.label("expected"),
            sums.c.amount.label("found"), sums.c.amount.label("minor"),
        )
        .join(sums, sums.c.order_id == Order.id)
        .where(sums.c.amount >= Order.total_minor, Order.total_minor > 0)
    )  # fmt: skip
    proof = (proofs.state, proofs.payments)
    yield from findings_of(read, "paid", statement, proof, lambda row: row.expected == row.found)


def parcel(read: Read, only: int | None = None) -> Iterator[Finding]:
    """A parcel left and was not taken back, the order still waits to be shipped and does not know of it."""
    left = exists().where(Shipment.order_id == Order.id, Shipment.undone_at.is_(None))
    missed = and_(
        Order.status == TO_SHIP, Order.shipped_at.is_(None)
    )  # it has the moment when a part has left
    statement = _orders(ZERO, literal(1, BigInteger)).where(missed, OURS, left)
    proof = (proofs.state, proofs.parcels, proofs.held)
    yield from findings_of(read, "parcel", only_this(statement, Order.id, only), proof)


def holding(read: Read, only: int | None = None) -> Iterator[Finding]:
    """Cancelled, or gone by a movement, and goods are still held."""
    gone = and_(Order.status.in_((SHIPPED, DONE)), _moved())
    total = _sum(Reservation.qty_milli)
    statement = (
        select(Order.id, Order.code.label("number"), ZERO.label("expected"), total.label("found"), ZERO.label("minor"))
        .join(Reservation, Reservation.order_id == Order.id)
        .where(Reservation.state == "open", or_(Order.status == CANCELLED, gone))
        .group_by(Order.id, Order.code)
    )  # fmt: skip
    proof = (proofs.state, proofs.held)
    yield from findings_of(read, "holding", only_this(statement, Order.id, only), proof)


def not_moved(read: Read, only: int | None = None) -> Iterator[Finding]:
    """Shipped or done, and no stock movement names it, though goods of it were never given back."""
    quiet = select(Order.id, Order.code, Order.total_minor).where(
        Order.status.in_((SHIPPED, DONE)), OURS, ~_moved()
    )
    orders = only_this(quiet, Order.id, only).subquery("quiet")
    statement = (
        select(
            orders.c.id, orders.c.code.label("number"), _sum(OrderLine.base_milli).label("expected"),
            ZERO.label("found"), func.max(orders.c.total_minor).label("minor"),
        )
        .join(OrderLine, OrderLine.order_id == orders.c.id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(Product.kind.not_in(NOT_STOCKED), OrderLine.refunded_milli == 0, OrderLine.base_milli > 0)
        .group_by(orders.c.id, orders.c.code)
    )  # fmt: skip
    yield from findings_of(read, "not moved", statement, (proofs.state, proofs.moved, proofs.held))


def queue(read: Read, only: int | None = None) -> Iterator[Finding]:
    """Its hours began more than a day ago, and nobody let it go."""
    yield from _overdue(read, "queue", Order.queued_until, Order.queued_until.is_not(None), 0, only)


def unpaid(read: Read, only: int | None = None) -> Iterator[Finding]:
    """Far beyond its time to pay, without a payment."""
    nothing = ~exists().where(Tender.order_id == Order.id)
    waiting = and_(Order.status == UNPAID, nothing)
    yield from _overdue(read, "unpaid", Order.pay_deadline, waiting, 0, only)


def to_ship(read: Read, only: int | None = None) -> Iterator[Finding]:
    """Far beyond its time to ship, and no parcel left, or not all of it."""
    nothing = ~exists().where(Shipment.order_id == Order.id, Shipment.undone_at.is_(None))
    waiting = and_(Order.status == TO_SHIP, or_(nothing, Order.shipped_at.is_not(None)))
    yield from _overdue(read, "to ship", Order.ship_deadline, waiting, 0, only)


def shipped(read: Read, only: int | None = None) -> Iterator[Finding]:
    """On its way for longer than any parcel takes."""
    days = read.setting(RECEIVE_DAYS)
    yield from _overdue(read, "shipped", Order.shipped_at, Order.status == SHIPPED, days, only)


def _overdue(
    read: Read, kind: str, since: Any, waiting: ColumnElement[bool], days: int, only: int | None
) -> Iterator[Finding]:
    """Orders that wait since before `days` and the kind's grace; found is how many days they wait."""
    allowed = days + GRACE_DAYS[kind]
    statement = _orders(literal(allowed, BigInteger), since)
    statement = statement.where(waiting, OURS, since < read.now - timedelta(days=allowed)).order_by(since)
    yield from findings_of(read, kind, only_this(statement, Order.id, only), (proofs.state, proofs.buyer))


def _orders(expected: Any, found: Any) -> Any:
    return select(
        Order.id, Order.code.label("number"), expected.label("expected"), found.label("found"),
        Order.due_minor.label("minor"),
    )  # fmt: skip


def _moved() -> ColumnElement[bool]:
    return exists().where(StockMovement.source == document(), StockMovement.reason == "sale")


CHECKS: dict[str, Check] = {
    "paid": paid, "parcel": parcel, "holding": holding, "not moved": not_moved, "queue": queue,
    "unpaid": unpaid, "to ship": to_ship, "expiring": expiring_orders.expiring, "shipped": shipped,
}  # fmt: skip


@question(permission=Permission.HANDLE_ORDERS)
def stuck_orders(read: Read) -> tuple[Finding, ...]:
    """Every order that is stuck."""
    return tuple(finding for check in CHECKS.values() for finding in check(read, None))
