"""What expires when: batches where they lie, the soonest on top, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, distinct, func, literal, or_, select

from desktop.basics.clock import shop_day
from desktop.basics.money import MILLI, half_up
from desktop.models.batches import Batch, BatchMovement, BatchStock
from desktop.models.people import Permission
from desktop.models.products import Price, PriceList, Product, Sku
from desktop.models.settings import EXPIRY_WARN
from desktop.models.shelves import Photo
from desktop.models.stock import Location
from desktop.queries.page import AnySelect, Page, Position, contains, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

NEVER = date(9999, 12, 31)  # stands for no date, last in every order
WEEK = 7
ALL, EXPIRED, WITHIN_WEEK, SOON, UNDATED = "all", "expired", "week", "soon", "undated"
VIEWS = (ALL, EXPIRED, WITHIN_WEEK, SOON, UNDATED)


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """Which batches: one of `VIEWS`, words in name or codes, a place, one SKU."""

    view: str = ALL
    text: str = ""
    location_id: int | None = None
    sku_id: int | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch at a place; `days_left` until its last day (below 0: expired), `cost_minor` only for who may see it."""

    id: int  # of the batch at this place
    batch_id: int
    sku_id: int
    product_id: int
    code: str
    sku_code: str
    name: str
    variant: str
    pack: str
    unit: str
    picture: str
    has_photo: bool
    location_id: int
    location: str
    qty_milli: int
    expires_on: date | None
    made_on: date | None
    note: str
    days_left: int | None
    cost_minor: int | None


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """How many batches each view holds, and how many kinds of goods expire soon or have."""

    all: int
    expired: int
    week: int
    soon: int
    undated: int
    goods_soon: int
    goods_expired: int
    warn_days: int


@dataclass(frozen=True, slots=True)
class BatchWorth:
    """What the batches of some views cost, in minor units."""

    all_minor: int
    expired_minor: int
    week_minor: int
    soon_minor: int


@dataclass(frozen=True, slots=True)
class BatchMove:
    """One change of a batch in thousandths."""

    id: int
    delta_milli: int
    reason: str
    document: str
    location: str
    actor: str
    at: Any


def today_of(read: Read) -> date:
    """The shop's day."""
    return shop_day(read.now, read.zone)


def expires_soon(read: Read) -> ColumnElement[bool]:
    """A batch in date that won't be for long."""
    today = today_of(read)
    return and_(
        Batch.expires_on >= today, Batch.expires_on <= today + timedelta(days=read.setting(EXPIRY_WARN))
    )


def soon_skus(read: Read, places: Sequence[int] = ()) -> AnySelect:
    """SKUs with pieces that expire soon or have expired (at these places, or anywhere), for lists of goods."""
    last = today_of(read) + timedelta(days=read.setting(EXPIRY_WARN))
    here = select(BatchStock.sku_id).join(Batch, Batch.id == BatchStock.batch_id)
    here = here.where(BatchStock.qty_milli > 0, Batch.expires_on <= last)
    return here.where(BatchStock.location_id.in_(places)) if places else here


def expiring_goods(read: Read, places: Sequence[int]) -> tuple[int, int, int]:
    """How many kinds of goods at these places expire soon or have, how many have, and what soon means in days."""
    near = select(func.count(distinct(BatchStock.sku_id))).where(
        BatchStock.sku_id.in_(soon_skus(read, places))
    )
    over = soon_skus(read, places).where(Batch.expires_on < today_of(read)).distinct().subquery("over")
    expired = read.value(select(func.count()).select_from(over))
    return int(read.value(near) or 0), int(expired or 0), read.setting(EXPIRY_WARN)


def expiring_minor(read: Read, places: Sequence[int]) -> int:
    """What the pieces at these places that expire soon or have cost, in minor units."""
    near = soon_skus(read, places).join(Sku, Sku.id == BatchStock.sku_id)
    worth = near.with_only_columns(cast(func.sum(BatchStock.qty_milli * Sku.cost_minor), BigInteger))
    return half_up(int(read.value(worth) or 0), MILLI)


def next_days(read: Read, sku_ids: Sequence[int], places: Sequence[int] = ()) -> dict[int, date]:
    """The soonest last day of what is here, of those of these SKUs that expire soon or have expired."""
    if not sku_ids:
        return {}
    found = soon_skus(read, places).add_columns(func.min(Batch.expires_on).label("day"))
    found = found.where(BatchStock.sku_id.in_(sorted(set(sku_ids)))).group_by(BatchStock.sku_id)
    return {row.sku_id: row.day for row in read.rows(found)}


def _view(read: Read, view: str) -> list[ColumnElement[bool]]:
    today = today_of(read)
    if view == EXPIRED:
        return [Batch.expires_on < today]
    if view == WITHIN_WEEK:
        return [Batch.expires_on >= today, Batch.expires_on <= today + timedelta(days=WEEK)]
    if view == SOON:
        return [expires_soon(read)]
    if view == UNDATED:
        return [Batch.expires_on.is_(None)]
    return []


def _conditions(read: Read, which: BatchFilter) -> list[ColumnElement[bool]]:
    found = [BatchStock.qty_milli > 0, *_view(read, which.view)]
    if which.location_id is not None:
        found.append(BatchStock.location_id == which.location_id)
    if which.sku_id is not None:
        found.append(BatchStock.sku_id == which.sku_id)
    words = which.text.strip()
    if words:
        columns = (Product.name, Product.pinyin, Product.initials, Sku.code, Batch.code)
        found.append(or_(*(contains(column, words) for column in columns)))
    return found


def _joined(*columns: Any) -> AnySelect:
    return (
        select(*columns)
        .select_from(BatchStock)
        .join(Batch, Batch.id == BatchStock.batch_id)
        .join(Sku, Sku.id == BatchStock.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(Location, Location.id == BatchStock.location_id)
    )


def _sorted_by(key: str) -> Any:
    return {
        "expires": func.coalesce(Batch.expires_on, literal(NEVER)),
        "name": Product.pinyin,
        "quantity": BatchStock.qty_milli,
    }[key]


def _page(
    read: Read, which: BatchFilter, after: Position | None, sort: str, descending: bool, cost: bool
) -> Page[BatchRow]:
    column = _sorted_by(sort)
    statement = _joined(
        BatchStock.id, BatchStock.batch_id, BatchStock.sku_id, Sku.product_id, Batch.code,
        Sku.code.label("sku_code"), Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture,
        BatchStock.location_id, Location.name.label("location"), BatchStock.qty_milli, Batch.expires_on,
        Batch.made_on, Batch.note, Sku.cost_minor, column.label("sorted_by"),
    ).where(*_conditions(read, which))  # fmt: skip
    ordered = in_order(statement, (column, BatchStock.id), after, descending=descending)
    rows = read.rows(ordered).all()
    pictured = select(Photo.product_id).where(Photo.product_id.in_({row.product_id for row in rows}))
    photos, today = set(read.rows(pictured).scalars()), today_of(read)
    return page_of(
        rows,
        lambda row: _row(row, row.product_id in photos, today, cost),
        lambda row: (row.sorted_by, row.id),
    )


def _row(row: Any, has_photo: bool, today: date, cost: bool) -> BatchRow:
    worth = half_up(row.qty_milli * row.cost_minor, MILLI) if cost else None
    return BatchRow(
        id=row.id, batch_id=row.batch_id, sku_id=row.sku_id, product_id=row.product_id, code=row.code,
        sku_code=row.sku_code, name=row.name, variant=row.variant, pack=row.pack, unit=row.unit,
        picture=row.picture, has_photo=has_photo, location_id=row.location_id, location=row.location,
        qty_milli=row.qty_milli, expires_on=row.expires_on, made_on=row.made_on, note=row.note,
        days_left=(row.expires_on - today).days if row.expires_on else None, cost_minor=worth,
    )  # fmt: skip


# -- questions ----------------------------------------------------------------------------------------------------


@question(permission=Permission.SEE_STOCK)
def batches_page(
    read: Read,
    which: BatchFilter,
    after: Position | None = None,
    *,
    sort: str = "expires",
    descending: bool = False,
) -> Page[BatchRow]:
    """200 batches where they lie, what expires first on top."""
    return _page(read, which, after, sort, descending, cost=False)


@question(permission=Permission.SEE_COST)
def batches_with_cost(
    read: Read,
    which: BatchFilter,
    after: Position | None = None,
    *,
    sort: str = "expires",
    descending: bool = False,
) -> Page[BatchRow]:
    """The same with what each cost."""
    return _page(read, which, after, sort, descending, cost=True)


@question(permission=Permission.SEE_STOCK)
def batches_count(read: Read, which: BatchFilter) -> int:
    """How many batches the filter finds."""
    return int(read.value(_joined(func.count()).where(*_conditions(read, which))) or 0)


@question(permission=Permission.SEE_STOCK)
def expiring_counts(read: Read) -> BatchCounts:
    """How many batches each view holds."""
    soon, expired = _view(read, SOON), _view(read, EXPIRED)
    views = [func.count().filter(*_view(read, view)) for view in (EXPIRED, WITHIN_WEEK, SOON, UNDATED)]
    goods = [func.count(distinct(BatchStock.sku_id)).filter(*where) for where in (soon, expired)]
    statement = _joined(func.count(), *views, *goods).where(BatchStock.qty_milli > 0)
    whole, over, week, near, undated, goods_near, goods_over = (int(n) for n in read.rows(statement).one())
    return BatchCounts(whole, over, week, near, undated, goods_near, goods_over, read.setting(EXPIRY_WARN))


@question(permission=Permission.SEE_COST)
def expiring_worth(read: Read) -> BatchWorth:
    """What the batches cost, all of them and those of the urgent views."""
    worth = BatchStock.qty_milli * Sku.cost_minor
    sums = [cast(func.sum(worth), BigInteger)]
    sums += [
        cast(func.sum(worth).filter(*_view(read, view)), BigInteger) for view in (EXPIRED, WITHIN_WEEK, SOON)
    ]
    row = read.rows(_joined(*sums).where(BatchStock.qty_milli > 0)).one()
    return BatchWorth(*(half_up(int(number or 0), MILLI) for number in row))


@question(permission=Permission.SEE_STOCK)
def batches_of(read: Read, sku_id: int) -> tuple[BatchRow, ...]:
    """The batches of one SKU that are here, the soonest first."""
    return _page(read, BatchFilter(sku_id=sku_id), None, "expires", False, cost=False).rows


@question(permission=Permission.SEE_STOCK)
def batch_moves(read: Read, batch_id: int) -> tuple[BatchMove, ...]:
    """The newest changes of a batch."""
    columns = (
        BatchMovement.id, BatchMovement.delta_milli, BatchMovement.reason, BatchMovement.document,
        Location.name.label("location"), BatchMovement.actor, BatchMovement.at,
    )  # fmt: skip
    statement = select(*columns).join(Location, Location.id == BatchMovement.location_id)
    statement = (
        statement.where(BatchMovement.batch_id == batch_id).order_by(BatchMovement.id.desc()).limit(50)
    )
    return tuple(BatchMove(**row) for row in read.rows(statement).mappings())


@question(permission=Permission.SEE_STOCK)
def tracking_of(read: Read, sku_id: int) -> tuple[bool, int | None]:
    """Whether a SKU is told apart by batch, and how many days it keeps."""
    row = read.rows(select(Sku.batch_tracked, Sku.shelf_life_days).where(Sku.id == sku_id)).first()
    return (bool(row.batch_tracked), row.shelf_life_days) if row else (False, None)


@question(permission=Permission.SEE_STOCK)
def tracked_skus(read: Read, sku_ids: Sequence[int]) -> frozenset[int]:
    """Those of these SKUs that are told apart by batch: the sheets that bring goods in ask for their batch."""
    statement = select(Sku.id).where(Sku.batch_tracked, Sku.id.in_(sorted(set(sku_ids))))
    return frozenset(int(row[0]) for row in read.rows(statement))


@dataclass(frozen=True, slots=True)
class ShelfPrice:
    """The usual price of a SKU and the list it stands in, and how it is written, in minor units."""

    list_id: int
    amount_minor: int
    unit: str


@question(permission=Permission.SEE_STOCK)
def shelf_price(read: Read, sku_id: int) -> ShelfPrice | None:
    """What goods cost a customer in the usual price list, for marking them down."""
    statement = (
        select(Price.list_id, Price.amount_minor, Sku.unit)
        .join(PriceList, PriceList.id == Price.list_id)
        .join(Sku, Sku.id == Price.sku_id)
        .where(Price.sku_id == sku_id, PriceList.key == "retail", Price.unit == "", Price.min_qty_milli == 0)
    )
    row = read.rows(statement).first()
    return ShelfPrice(row.list_id, row.amount_minor, row.unit) if row else None
