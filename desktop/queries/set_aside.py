"""Stock set aside for campaigns: what each has, sold and has left, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, literal, select

from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.set_aside import ENDED, OPEN, SetAside, SetAsideEntry, SetAsideLine
from desktop.models.shelves import Photo
from desktop.models.stock import Location, Stock
from desktop.queries.order_detail import actor_names
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

ON, COMING, OVER = "on", "coming", "over"
OPEN_VIEW, ENDED_VIEW = OPEN, ENDED


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign: `state` is coming, on, over (its time is up, the stock not back yet) or ended; thousandths."""

    id: int
    name: str
    location: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    state: str
    note: str
    goods: int
    first: str
    qty_milli: int
    sold_milli: int


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """What a campaign has of a SKU (thousandths), and how much of it is free besides."""

    id: int
    sku_id: int
    product_id: int
    code: str
    name: str
    variant: str
    pack: str
    unit: str
    picture: str
    has_photo: bool
    qty_milli: int
    sold_milli: int
    free_milli: int


@dataclass(frozen=True, slots=True)
class CampaignMove:
    """One change of what a campaign holds, in thousandths."""

    id: int
    at: datetime
    kind: str
    name: str
    delta_milli: int
    who: str
    order_id: int | None


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign with its goods and newest changes."""

    row: CampaignRow
    lines: tuple[CampaignLine, ...]
    moves: tuple[CampaignMove, ...]


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """How many campaigns each tab holds, and what the open ones have left (thousandths)."""

    open: int
    ended: int
    left_milli: int


def _state(row: Any, now: datetime) -> str:
    if row.state == ENDED:
        return ENDED_VIEW
    if row.ends_at <= now:
        return OVER
    return ON if row.starts_at <= now else COMING


def _rows() -> Any:
    sums = (
        select(
            SetAsideLine.set_aside_id,
            func.count().label("goods"),
            cast(func.sum(SetAsideLine.qty_milli), BigInteger).label("qty"),
            cast(func.sum(SetAsideLine.sold_milli), BigInteger).label("sold"),
            func.min(SetAsideLine.id).label("first_line"),
        )
        .group_by(SetAsideLine.set_aside_id)
        .subquery("sums")
    )
    return (
        select(
            SetAside.id, SetAside.name, Location.name.label("location"), SetAside.starts_at, SetAside.ends_at,
            SetAside.ended_at, SetAside.state, SetAside.note, sums.c.goods, sums.c.qty, sums.c.sold,
            Product.name.label("first"),
        )
        .join(Location, Location.id == SetAside.location_id)
        .join(sums, sums.c.set_aside_id == SetAside.id)
        .join(SetAsideLine, SetAsideLine.id == sums.c.first_line)
        .join(Sku, Sku.id == SetAsideLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
    )  # fmt: skip


def _row(row: Any, now: datetime) -> CampaignRow:
    return CampaignRow(
        id=row.id, name=row.name, location=row.location, starts_at=row.starts_at, ends_at=row.ends_at,
        ended_at=row.ended_at, state=_state(row, now), note=row.note, goods=row.goods, first=row.first,
        qty_milli=int(row.qty), sold_milli=int(row.sold),
    )  # fmt: skip


@question(permission=Permission.SEE_STOCK)
def campaigns_page(read: Read, view: str = OPEN_VIEW, after: Position | None = None) -> Page[CampaignRow]:
    """200 campaigns: open ones by their end, ended ones newest first."""
    if view == OPEN_VIEW:
        statement, keys, down = _rows().where(SetAside.state == OPEN), (SetAside.ends_at, SetAside.id), False
    else:
        statement, keys, down = _rows().where(SetAside.state == ENDED), (SetAside.ends_at, SetAside.id), True
    rows = read.rows(in_order(statement, keys, after, descending=down)).all()
    return page_of(rows, lambda row: _row(row, read.now), lambda row: (row.ends_at, row.id))


@question(permission=Permission.SEE_STOCK)
def campaign_counts(read: Read) -> CampaignCounts:
    """How many campaigns there are."""
    states = dict.fromkeys((OPEN, ENDED), 0)
    counted = select(SetAside.state, func.count().label("count")).group_by(SetAside.state)
    states |= {row.state: row.count for row in read.rows(counted)}
    left = select(cast(func.sum(SetAsideLine.qty_milli - SetAsideLine.sold_milli), BigInteger))
    left = left.join(SetAside, SetAside.id == SetAsideLine.set_aside_id).where(SetAside.state == OPEN)
    return CampaignCounts(states[OPEN], states[ENDED], int(read.value(left) or 0))


@question(permission=Permission.SEE_STOCK)
def campaign_sheet(read: Read, set_aside_id: int) -> Campaign | None:
    """One campaign; None when it is gone."""
    found = read.rows(_rows().where(SetAside.id == set_aside_id)).first()
    if found is None:
        return None
    return Campaign(_row(found, read.now), _lines(read, set_aside_id), _moves(read, set_aside_id))


def _lines(read: Read, set_aside_id: int) -> tuple[CampaignLine, ...]:
    free = Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
    pictured = select(literal(1)).where(Photo.product_id == Product.id).exists()
    statement = (
        select(
            SetAsideLine.id, SetAsideLine.sku_id, Sku.product_id, Sku.code, Product.name, Sku.variant, Product.pack,
            Sku.unit, Product.picture, pictured.label("has_photo"), SetAsideLine.qty_milli, SetAsideLine.sold_milli,
            func.coalesce(free, 0).label("free_milli"),
        )
        .join(SetAside, SetAside.id == SetAsideLine.set_aside_id)
        .join(Sku, Sku.id == SetAsideLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(Stock, (Stock.sku_id == Sku.id) & (Stock.location_id == SetAside.location_id), isouter=True)
        .where(SetAsideLine.set_aside_id == set_aside_id)
        .order_by(SetAsideLine.id)
    )  # fmt: skip
    return tuple(CampaignLine(**row) for row in read.rows(statement).mappings())


def _moves(read: Read, set_aside_id: int) -> tuple[CampaignMove, ...]:
    statement = (
        select(
            SetAsideEntry.id, SetAsideEntry.at, SetAsideEntry.kind, Product.name, SetAsideEntry.delta_milli,
            SetAsideEntry.actor, SetAsideEntry.document,
        )
        .join(SetAsideLine, SetAsideLine.id == SetAsideEntry.line_id)
        .join(Sku, Sku.id == SetAsideLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(SetAsideLine.set_aside_id == set_aside_id)
        .order_by(SetAsideEntry.id.desc())
        .limit(50)
    )  # fmt: skip
    rows = read.rows(statement).all()
    names = actor_names(read, {row.actor for row in rows})
    return tuple(
        CampaignMove(
            row.id,
            row.at,
            row.kind,
            row.name,
            row.delta_milli,
            names.get(row.actor, ""),
            _order_of(row.document),
        )
        for row in rows
    )


def _order_of(document: str) -> int | None:
    kind, _colon, number = document.partition(":")
    return int(number) if kind == "order" and number.isdigit() else None


@question(permission=Permission.BROWSE_GOODS)
def open_campaigns(read: Read) -> tuple[tuple[int, str], ...]:
    """The campaigns that are on now, for tills and the order sheet: (id, name)."""
    now = (SetAside.state == OPEN, SetAside.starts_at <= read.now, SetAside.ends_at > read.now)
    statement = select(SetAside.id, SetAside.name).where(*now).order_by(SetAside.ends_at, SetAside.id)
    return tuple((row.id, row.name) for row in read.rows(statement))
