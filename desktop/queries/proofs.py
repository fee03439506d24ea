"""The rows behind a finding, one line of words each: payments, parcels, goods held and moved, points, the story."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import points_text
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import Order, OrderEvent, OrderLine, Shipment
from desktop.models.payments import Refund, Tender
from desktop.models.stock import Reservation, StockMovement
from desktop.queries.findings import moment
from desktop.queries.order_words import event_word, method_word, said, status_word
from desktop.shop.work import Read

REASONS = {
    "purchase": N_("Earned with a purchase"),
    "spent": N_("Points used"),
    "refund returned": N_("Given back with a refund"),
    "refund taken back": N_("Taken back with a refund"),
    "correction": N_("Corrected by hand"),
}
NEWEST = 5  # steps of the story, entries of a ledger


def state(read: Read, order_id: int) -> Iterator[str]:
    """Status, total, and the last steps of the story."""
    row = read.rows(select(Order.__table__).where(Order.id == order_id)).one()
    yield _("Status “{status}”, total {total}, placed {when}").format(
        status=status_word(row.status), total=Money(row.total_minor, row.currency), when=moment(read, row.placed_at)
    )  # fmt: skip
    steps = select(OrderEvent.kind, OrderEvent.at).where(OrderEvent.order_id == order_id)
    for event in reversed(read.rows(steps.order_by(OrderEvent.id.desc()).limit(NEWEST)).all()):
        yield _("{step}: {when}").format(step=event_word(event.kind), when=moment(read, event.at))


def payments(read: Read, order_id: int) -> Iterator[str]:
    """Each part of what was paid."""
    statement = select(Tender.__table__).where(Tender.order_id == order_id).order_by(Tender.id)
    for row in read.rows(statement):
        yield _("Payment {id}: {method} {amount}, {when}").format(
            id=row.id, method=method_word(row.method_key), amount=Money(row.amount_minor, row.currency),
            when=moment(read, row.at),
        )  # fmt: skip


def parcels(read: Read, order_id: int) -> Iterator[str]:
    """Parcels that left and were not taken back."""
    statement = select(Shipment).where(Shipment.order_id == order_id, Shipment.undone_at.is_(None))
    for row in read.rows(statement.with_only_columns(Shipment.carrier, Shipment.tracking, Shipment.at)):
        name = " ".join(part for part in (row.carrier, row.tracking) if part) or _("No tracking number")
        yield _("Parcel left: {name}, {when}").format(name=name, when=moment(read, row.at))


def held(read: Read, order_id: int) -> Iterator[str]:
    """Goods the order still holds."""
    statement = (
        select(OrderLine.name, Reservation.qty_milli)
        .join(OrderLine, OrderLine.id == Reservation.line_id)
        .where(Reservation.order_id == order_id, Reservation.state == "open")
        .order_by(Reservation.id)
    )
    for row in read.rows(statement):
        yield _("Held: {quantity} of “{name}”").format(quantity=quantity_text(row.qty_milli), name=row.name)


def moved(read: Read, order_id: int) -> Iterator[str]:
    """What the order's lines are, and how many stock movements name it."""
    lines = select(OrderLine.name, OrderLine.base_milli).where(OrderLine.order_id == order_id)
    for row in read.rows(lines.order_by(OrderLine.id)):
        yield _("Sold: {quantity} of “{name}”").format(quantity=quantity_text(row.base_milli), name=row.name)
    statement = select(func.count()).where(StockMovement.source == f"order:{order_id}")
    yield _("Stock movements of this order: {count}").format(count=read.value(statement))


def entries(read: Read, order_id: int) -> Iterator[str]:
    """Points entries of the order and of its refunds, with the reason of each."""
    refunds = read.rows(select(Refund.id).where(Refund.order_id == order_id)).scalars().all()
    sources = [f"order:{order_id}{end}" for end in ("", ":spent", ":earned")]
    sources += [f"refund:{refund_id}" for refund_id in refunds]
    statement = select(PointsEntry.__table__).where(
        PointsEntry.reason.in_(REASONS), PointsEntry.source.in_(sources)
    )
    for row in read.rows(statement.order_by(PointsEntry.id)):
        yield _("Points entry {id}: {points}, {reason}, {when}").format(
            id=row.id,
            points=points_text(row.delta),
            reason=said(REASONS[row.reason]),
            when=moment(read, row.at),
        )


def refunds(read: Read, order_id: int) -> Iterator[str]:
    """Each refund with the points it says it returned."""
    order = read.rows(select(Order.currency, Order.points_spent).where(Order.id == order_id)).one()
    yield _("Paid with {points}").format(points=points_text(order.points_spent))
    for row in read.rows(select(Refund.__table__).where(Refund.order_id == order_id).order_by(Refund.id)):
        yield _("Refund {id}: {amount}, {points} returned, {when}").format(
            id=row.id, amount=Money(row.amount_minor, order.currency), points=points_text(row.points_returned),
            when=moment(read, row.at),
        )  # fmt: skip


def ledger(read: Read, member_id: int) -> Iterator[str]:
    """How many entries a member's ledger has, and the balances its newest ones say."""
    mine = PointsEntry.member_id == member_id
    yield _("Entries in the ledger: {count}").format(count=read.value(select(func.count()).where(mine)))
    newest = select(PointsEntry.__table__).where(mine).order_by(PointsEntry.id.desc()).limit(NEWEST)
    for row in read.rows(newest):
        yield _("Points entry {id}: {points}, balance {balance}, {when}").format(
            id=row.id,
            points=points_text(row.delta),
            balance=points_text(row.balance),
            when=moment(read, row.at),
        )


def buyer(read: Read, order_id: int) -> Iterator[str]:
    """The member behind the order with the balance of now."""
    mine = select(Member.code, Member.points).join(Order, Order.member_id == Member.id)
    row = read.first(mine.where(Order.id == order_id))
    if row is not None:
        yield _("Member {code} has {points} now").format(code=row.code, points=points_text(row.points))
