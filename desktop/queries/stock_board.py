"""The columns every question about stock reads: what lies where, the levels it goes by, what sold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, cached_property, reduce
from operator import add
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, literal, select
from sqlalchemy.orm import aliased

from desktop.models.levels import LocationLevel
from desktop.models.products import Category, Product, Sku
from desktop.models.settings import ALERT_AT
from desktop.models.stock import SELLING_KINDS, Level, Location, Stock, StockMovement
from desktop.queries.places import main_place
from desktop.queries.products import ProductFilter, conditions_of
from desktop.shop.work import Read

STOCKED_KINDS = ("goods", "weighed")
AVERAGE_DAYS = 28
ENDLESS = 10**9  # tenths of a day, for goods that do not sell


class Board:
    """The joined columns every question here reads; levels are inherited down the category tree.

    Without a `place` the board adds up all shop floors and store rooms. `available`, `alert`, `minimum`, `safety` and
    `reorder` are SQL expressions (thousandths) for
    `select(…, levels=True, sales=False)`; only `sales`, `cover` and `urgency` need what sold.
    """

    def __init__(self, read: Read, sku_id: int | None = None, place: int | None = None) -> None:
        self._read, self._sku_id = read, sku_id
        self.places, self.sells = _places(read, place)
        self.own = place is not None and place != main_place(read)
        # one join a place: each is one look into an index, and one SKU is read without adding up all others
        self._lying: list[Any] = [Stock, *(aliased(Stock) for _more in self.places[1:])]
        self.branch = _branch_levels()
        self.on_hand = self._sum(lambda stock: stock.on_hand_milli)
        self.set_aside = self._sum(lambda stock: stock.set_aside_milli)
        self.reserved = self._sum(lambda stock: stock.reserved_milli + stock.set_aside_milli)
        # what is damaged, on its way or in another shop is nobody's to promise
        self.available = self.on_hand - self.reserved if self.sells else self.on_hand * 0
        branch, default = self.branch.c, literal(read.setting(ALERT_AT), BigInteger())
        self.one_place = self.places[0] if len(self.places) == 1 else None  # which may have levels of its own
        self.alert = func.coalesce(*self._levels("alert_milli"), branch.alert, default)
        self.minimum = func.coalesce(*self._levels("minimum_milli"), branch.minimum, 0)
        # own safety stock, then the category's; goods with neither are measured by the alert level
        self.safety = func.coalesce(*self._levels("safety_milli"), branch.safety, self.alert)
        # below it goods are to be bought: the minimum; goods that nobody gave one by the alert level
        self.reorder = func.coalesce(*self._levels("minimum_milli"), branch.minimum, self.alert)

    def _levels(self, name: str) -> list[Any]:
        """The level of the place, where there is but one, before that of the SKU."""
        here = [getattr(LocationLevel, name)] if self.one_place is not None else []
        return [*here, getattr(Level, name)]

    def _sum(self, column: Callable[[Any], Any]) -> Any:
        parts = [func.coalesce(column(stock), 0) for stock in self._lying]
        return reduce(add, parts)

    @cached_property
    def _window(self) -> tuple[datetime, int]:
        return _window(self._read)

    @property
    def since(self) -> datetime:
        """From when sales count."""
        return self._window[0]

    @property
    def days(self) -> int:
        """How many days of sales count."""
        return self._window[1]

    @cached_property
    def sold(self) -> Any:
        """What each SKU sold in them."""
        return _sold_since(self.since, self._sku_id, self.places if self.own else ())

    @property
    def sales(self) -> ColumnElement[int]:
        """What a SKU sold in them, as a column."""
        return func.coalesce(self.sold.c.quantity, 0)

    @property
    def cover(self) -> ColumnElement[int]:
        """Tenths of a day the available goods last at the average sale."""
        lasts = self.available * (10 * self.days) // self.sales
        return case((self.available <= 0, 0), (self.sales <= 0, ENDLESS), else_=lasts)

    @property
    def urgency(self) -> ColumnElement[int]:
        """Days of cover; among goods that are out, those that sell most come first."""
        return case((self.available <= 0, -self.sales), else_=self.cover)

    def select(self, *columns: Any, levels: bool = False, sales: bool = True) -> Select[Any]:
        """These columns of all stocked goods; `levels` joins what minimum and safety read, `sales` what sold."""
        statement = (
            select(*columns)
            .select_from(Sku)
            .join(Product, Product.id == Sku.product_id)
            .where(Product.kind.in_(STOCKED_KINDS))
        )
        for stock, place in zip(self._lying, self.places, strict=True):
            here = (stock.sku_id == Sku.id) & (stock.location_id == place)
            statement = statement.join(stock, here, isouter=True)
        if sales:
            statement = statement.join(self.sold, self.sold.c.sku_id == Sku.id, isouter=True)
        return self.with_levels(statement) if levels else statement

    def with_levels(self, statement: Select[Any]) -> Select[Any]:
        """The statement with the levels of each SKU and its category."""
        statement = statement.join(Level, Level.sku_id == Sku.id, isouter=True)
        if self.one_place is not None:
            here = (LocationLevel.sku_id == Sku.id) & (LocationLevel.location_id == self.one_place)
            statement = statement.join(LocationLevel, here, isouter=True)
        return statement.join(self.branch, self.branch.c.id == Product.category_id, isouter=True)

    def sort_by(self, key: str) -> Any:
        """The column a sort key stands for."""
        columns = {
            "cover": self.urgency,
            "on_hand": self.on_hand,
            "daily": self.sales,
            "name": Product.pinyin,
        }
        return columns[key]

    def seen(self, read: Read, which: Any) -> list[ColumnElement[bool]]:
        """The conditions of a filter; `low` needs the levels joined."""
        on_shelf = None if self.own else which.view != "off"
        words = ProductFilter(which.text, which.category_id, on_shelf=on_shelf)
        found = conditions_of(read, words)
        if self.own:  # what is kept there, not what might be
            found.append(self.on_hand > 0)
        if which.view == "low":
            found.append(self.available < self.safety)
        elif which.view == "out":
            found.append(self.available <= 0)
        return found


def _places(read: Read, place: int | None) -> tuple[tuple[int, ...], bool]:
    """The places a board adds up, and whether what lies there is for sale."""
    statement = select(Location.id, Location.kind).where(Location.closed_at.is_(None)).order_by(Location.id)
    if place is not None:
        kind = read.value(select(Location.kind).where(Location.id == place))
        return (place,), kind in SELLING_KINDS
    found = tuple(row.id for row in read.rows(statement) if row.kind in SELLING_KINDS)
    return found or (0,), True


def _window(read: Read) -> tuple[datetime, int]:
    """From when sales count, and how many days that is: 28, fewer in a shop that sells since less."""
    since = read.now - timedelta(days=AVERAGE_DAYS)
    first = read.value(select(func.min(StockMovement.at)).where(StockMovement.reason == "sale"))
    if first is None or first <= since:
        return since, AVERAGE_DAYS
    return since, max(1, min(AVERAGE_DAYS, (read.now - first).days + 1))


def _sold_since(since: datetime, sku_id: int | None, places: tuple[int, ...]) -> Any:
    sold = func.sum(-StockMovement.delta_milli)
    statement = select(StockMovement.sku_id, cast(sold, BigInteger()).label("quantity"))
    statement = statement.where(StockMovement.reason == "sale", StockMovement.at >= since)
    if sku_id is not None:
        statement = statement.where(StockMovement.sku_id == sku_id)
    if places:
        statement = statement.where(StockMovement.location_id.in_(places))
    return statement.group_by(StockMovement.sku_id).subquery("sold")


@cache
def _branch_levels() -> Any:
    """Every category with the levels it has or inherits."""
    top = select(
        Category.id, Category.alert_milli.label("alert"), Category.minimum_milli.label("minimum"),
        Category.safety_milli.label("safety"),
    ).where(Category.parent_id.is_(None))  # fmt: skip
    tree = top.cte("branch", recursive=True)
    child = aliased(Category)
    return tree.union_all(
        select(
            child.id, func.coalesce(child.alert_milli, tree.c.alert),
            func.coalesce(child.minimum_milli, tree.c.minimum), func.coalesce(child.safety_milli, tree.c.safety),
        ).join(tree, child.parent_id == tree.c.id)
    )  # fmt: skip
