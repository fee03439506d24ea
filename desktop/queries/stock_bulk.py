"""What a change of many goods' stock would do, line by line, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_, _
from desktop.basics.money import MILLI, half_up, quantity_text
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import TRANSIT, Location, Stock
from desktop.queries.goods_scope import GoodsScope, goods_in
from desktop.shop.action import question
from desktop.shop.work import Read

SET, ADD, TAKE, PERCENT = "set", "add", "take", "percent"
MOST = 2_000
WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class BulkChange:
    """Set to, add, take away (thousandths), or by a percentage of what is there (basis points, may be negative)."""

    how: str = SET
    amount: int = 0


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One SKU before and after, thousandths; with a `problem` it can't be changed so."""

    sku_id: int
    code: str
    name: str
    unit: str
    before_milli: int
    after_milli: int
    problem: str


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """The rows that would change or can't; how many stay as they are."""

    rows: tuple[BulkRow, ...]
    unchanged: int

    @property
    def good(self) -> tuple[BulkRow, ...]:
        """Those that can be changed."""
        return tuple(row for row in self.rows if not row.problem)


@question(permission=Permission.EDIT_STOCK)
def bulk_preview(read: Read, scope: GoodsScope, change: BulkChange, location_id: int) -> BulkPreview:
    """What the change would do to the goods of the scope at a place. Raises `Refused` for too many."""
    if read.value(select(Location.kind).where(Location.id == location_id)) == TRANSIT:
        raise Refused(N_("Goods in transit change by their transfer. Open it to say what arrived."))
    goods = goods_in(read, scope, location_id)
    if len(goods) > MOST:
        raise Refused(N_("At most {limit} kinds of goods at once. Choose fewer."), limit=f"{MOST:,}")
    held = func.coalesce(Stock.reserved_milli + Stock.set_aside_milli, 0)
    statement = (
        select(
            Sku.id, Sku.code, Product.name, Sku.variant, Product.pack, Product.kind, Sku.unit,
            func.coalesce(Stock.on_hand_milli, 0).label("lying"), held.label("held"), Stock.frozen_by,
        )
        .join(Product, Product.id == Sku.product_id)
        .join(Stock, (Stock.sku_id == Sku.id) & (Stock.location_id == location_id), isouter=True)
        .where(Sku.id.in_(goods))
        .order_by(Product.pinyin, Sku.id)
    )  # fmt: skip
    rows, unchanged = [], 0
    for row in read.rows(statement):
        after = after_change(change, int(row.lying), whole_pieces=row.kind != "weighed")
        if after == row.lying:
            unchanged += 1
            continue
        name = " ".join(part for part in (row.name, row.variant, row.pack) if part)
        problem = _problem(after, int(row.held), bool(row.frozen_by))
        rows.append(BulkRow(row.id, row.code, name, row.unit, int(row.lying), after, problem))
    return BulkPreview(tuple(rows), unchanged)


def after_change(change: BulkChange, before_milli: int, *, whole_pieces: bool) -> int:
    """What would be on hand; a percentage of pieces is rounded half up to whole ones."""
    if change.how == SET:
        return change.amount
    if change.how in (ADD, TAKE):
        return before_milli + (change.amount if change.how == ADD else -change.amount)
    if change.how != PERCENT:
        raise Malformed(N_("Choose how the stock changes."))
    unit = MILLI if whole_pieces else 1
    return unit * half_up(before_milli * (WHOLE + change.amount), WHOLE * unit)


def _problem(after: int, held: int, frozen: bool) -> str:
    if frozen:
        return _("is being counted")
    if after < 0:
        return _("would be below zero")
    if after < held:
        return _("{held} are promised to orders").format(held=quantity_text(held))
    return ""
