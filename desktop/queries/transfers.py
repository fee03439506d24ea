"""Transfers as a list and one by one: what was sent, what arrived, what is still on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import aliased

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import Location, Stock
from desktop.models.transfers import (
    CANCELLED,
    CLOSED,
    DRAFT,
    PART,
    RETURNED,
    SENT,
    UNDERWAY,
    Transfer,
    TransferLine,
)
from desktop.queries.order_detail import actor_names
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

STATE_WORDS = {
    DRAFT: N_("Draft"),
    SENT: N_("On its way"),
    PART: N_("Partly received"),
    CLOSED: N_("Received"),
    CANCELLED: N_("Cancelled"),
    RETURNED: N_("Returned"),
}
VIEWS = {
    "open": (DRAFT, *UNDERWAY),
    "underway": UNDERWAY,
    "draft": (DRAFT,),
    "ended": (CLOSED, CANCELLED, RETURNED),
}


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer; sums in thousandths over all its goods."""

    id: int
    code: str
    from_name: str
    to_name: str
    state: str
    lines: int
    sent_milli: int
    open_milli: int
    missing_milli: int
    made_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class TransferCounts:
    """How many transfers stand in each view."""

    open: int
    underway: int
    draft: int
    ended: int


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One SKU of a transfer, thousandths; `available_milli` is what may still leave the first place."""

    sku_id: int
    code: str
    name: str
    pack: str
    unit: str
    picture: str
    qty_milli: int
    received_milli: int
    lost_milli: int
    returned_milli: int
    reason: str
    available_milli: int

    @property
    def open_milli(self) -> int:
        """What is still on its way once the transfer is sent."""
        return self.qty_milli - self.received_milli - self.lost_milli - self.returned_milli


@dataclass(frozen=True, slots=True)
class TransferSheet:
    """One transfer with its lines and who did what."""

    row: TransferRow
    from_id: int
    to_id: int
    made_by: str
    sent_by: str
    ended_by: str
    lines: tuple[MovedLine, ...]


def _rows() -> Select[Any]:
    source, target, line = aliased(Location), aliased(Location), TransferLine
    gone = line.received_milli + line.lost_milli + line.returned_milli
    sums = (
        select(
            line.transfer_id,
            func.count().label("lines"),
            cast(func.sum(line.qty_milli), BigInteger).label("sent"),
            cast(func.sum(line.qty_milli - gone), BigInteger).label("open"),
            cast(func.sum(line.lost_milli), BigInteger).label("missing"),
        )
        .group_by(line.transfer_id)
        .subquery("sums")
    )
    return (
        select(
            *Transfer.__table__.c, source.name.label("from_name"), target.name.label("to_name"),
            *(func.coalesce(sums.c[name], 0).label(name) for name in ("lines", "sent", "open", "missing")),
        )
        .join(source, source.id == Transfer.from_id)
        .join(target, target.id == Transfer.to_id)
        .join(sums, sums.c.transfer_id == Transfer.id, isouter=True)
    )  # fmt: skip


def _row(row: Any) -> TransferRow:
    return TransferRow(
        row.id, row.code, _(row.from_name), _(row.to_name), row.state, row.lines, int(row.sent),
        int(row.open) if row.state in UNDERWAY else 0, int(row.missing), row.made_at, row.sent_at, row.ended_at,
        row.note,
    )  # fmt: skip


@question(permission=Permission.SEE_STOCK)
def transfers_page(read: Read, view: str = "open", after: Position | None = None) -> Page[TransferRow]:
    """Transfers of a view (open, underway, draft, ended), newest first."""
    statement = _rows().where(Transfer.state.in_(VIEWS[view]))
    rows = read.rows(in_order(statement, (Transfer.id,), after)).all()
    return page_of(rows, _row, lambda row: (row.id,))


@question(permission=Permission.SEE_STOCK)
def transfers_count(read: Read, view: str = "open") -> int:
    """How many there are in a view."""
    return int(read.value(select(func.count()).where(Transfer.state.in_(VIEWS[view]))) or 0)


@question(permission=Permission.SEE_STOCK)
def transfer_counts(read: Read) -> TransferCounts:
    """The figures at the tabs."""
    found = {
        row.state: int(row.many)
        for row in read.rows(select(Transfer.state, func.count().label("many")).group_by(Transfer.state))
    }
    sums = {view: sum(found.get(state, 0) for state in states) for view, states in VIEWS.items()}
    return TransferCounts(**sums)


@question(permission=Permission.SEE_STOCK)
def transfer_sheet(read: Read, transfer_id: int) -> TransferSheet:
    """One transfer with its lines. Raises `NotFound`."""
    row = read.first(_rows().where(Transfer.id == transfer_id))
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    names = actor_names(read, {row.made_by, row.sent_by, row.ended_by})
    line, free = TransferLine, Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
    statement = (
        select(
            line.sku_id, Sku.code, Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture, line.qty_milli,
            line.received_milli, line.lost_milli, line.returned_milli, line.reason,
            func.coalesce(free, 0).label("free"),
        )
        .join(Sku, Sku.id == line.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(Stock, (Stock.sku_id == line.sku_id) & (Stock.location_id == row.from_id), isouter=True)
        .where(line.transfer_id == transfer_id)
        .order_by(line.id)
    )  # fmt: skip
    lines = tuple(
        MovedLine(
            r.sku_id, r.code, " ".join(part for part in (r.name, r.variant) if part), r.pack, r.unit, r.picture,
            r.qty_milli, r.received_milli, r.lost_milli, r.returned_milli, r.reason, int(r.free),
        )
        for r in read.rows(statement)
    )  # fmt: skip
    made, sent, ended = (names.get(key, "") for key in (row.made_by, row.sent_by, row.ended_by))
    return TransferSheet(_row(row), row.from_id, row.to_id, made, sent, ended, lines)
