"""The sums behind the statistics: by day or by weekday and hour, and by what they are parted; the database adds up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, literal_column, select

from desktop.basics.clock import day_starts
from desktop.basics.money import MILLI
from desktop.models.orders import CANCELLED, Order, OrderLine
from desktop.models.payments import Refund, RefundLine, RefundTender, Tender
from desktop.models.products import Product, Sku
from desktop.models.system import DailyTotal
from desktop.queries.figure_spans import Span
from desktop.queries.local_days import local_day, local_hour, stretches
from desktop.shop.work import Read

TYPE, CHANNEL, TILL, CATEGORY = "type", "channel", "till", "category"
SPLITS = ("", TYPE, CHANNEL, TILL, CATEGORY)
OF_ORDER: dict[str, Any] = {TYPE: Order.order_type, CHANNEL: Order.channel, TILL: Order.till_id}
OF_DAY: dict[str, Any] = {
    TYPE: DailyTotal.order_type,
    CHANNEL: DailyTotal.channel,
    TILL: DailyTotal.till_id,
}
_WEIGHED = select(Sku.id).join(Product, Product.id == Sku.product_id).where(Product.kind == "weighed")
_PART = (OrderLine.qty_milli % MILLI != 0) | OrderLine.sku_id.in_(_WEIGHED)
_PIECES = case((_PART, MILLI), else_=OrderLine.qty_milli)  # what is weighed is one piece, as in a cart
Moment = date | int  # a day, or weekday × 100 + hour with Sunday as 0
Place = tuple[Moment, str]  # and the part it belongs to


@dataclass(slots=True)
class Tally:
    """What one place of the statistics came to: amounts in minor units, whole pieces in thousandths."""

    orders: int = 0
    cancelled: int = 0
    pieces_milli: int = 0
    amount_minor: int = 0
    refunds_minor: int = 0
    points_minor: int = 0
    loose: int = (
        0  # of the orders, those only the days' own figures know: brought over, without goods and hours
    )

    def add(self, other: Tally) -> None:
        """Add another one to it."""
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


NAMES = ("orders", "cancelled", "pieces_milli", "amount_minor", "refunds_minor", "points_minor", "loose")


@dataclass
class Cells:
    """Adds up what statements find: each row a moment, a part, and the named sums."""

    read: Read
    span: Span
    split: str
    hourly: bool
    found: dict[Place, Tally] = field(default_factory=dict)

    def ask(self) -> dict[Place, Tally]:
        """Everything, by place."""
        if self.split == CATEGORY:
            self._sold_by_category()
            self._back_by_category()
            return self.found
        if self.hourly:
            self._moments()
        else:
            self._days()
            self._cancelled()
        self._pieces()
        return self.found

    def _add(self, statement: Select[Any], *names: str) -> None:
        for row in self.read.rows(statement):
            moment, part, *values = tuple(row)
            if not self.hourly and not isinstance(moment, date):
                moment = date.fromisoformat(moment)
            tally = self.found.setdefault((moment, "" if part is None else str(part)), Tally())
            for name, value in zip(names, values, strict=True):
                setattr(tally, name, getattr(tally, name) + int(value or 0))

    def _when(self, moment: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        """The shop's day or hour of a moment, and the time in which it is reckoned so."""
        first, last = bounds(self.read, self.span)
        for start, end, distance in stretches(self.read.zone, first, last - timedelta(seconds=1)):
            make = local_hour if self.hourly else local_day
            yield (
                make(self.read, moment, distance),
                (moment >= max(start, first), moment < min(end, last)),
            )

    def _part(self, of: dict[str, Any]) -> tuple[Any, ...]:
        return (of[self.split],) if self.split else (literal_column("''"),)

    def _grouped(self, statement: Select[Any], when: Any, *parts: Any) -> Select[Any]:
        return statement.group_by(when, *(parts if self.split else ()))

    def _days(self) -> None:
        """Orders and money from the days' own figures, those brought over included."""
        names = ("orders", "amount_minor", "refunds_minor", "points_minor")
        parts = self._part(OF_DAY)
        sums = [total(getattr(DailyTotal, name)) for name in names]
        loose = total(case((DailyTotal.carried, DailyTotal.orders), else_=0))
        statement = select(DailyTotal.day, *parts, *sums, loose)
        statement = statement.where(DailyTotal.day.between(self.span.first, self.span.last))
        self._add(self._grouped(statement, DailyTotal.day, *parts), *names, "loose")

    def _moments(self) -> None:
        """The same from orders, payments and refunds, which know their hours."""
        parts = self._part(OF_ORDER)
        for when, where in self._when(Order.placed_at):
            gone = total(case((Order.status == CANCELLED, 1), else_=0))
            statement = select(when, *parts, func.count(), gone).where(*where)
            self._add(self._grouped(statement, when, *parts), "orders", "cancelled")
        for when, where in self._when(Tender.at):
            money = total(case((Tender.points == 0, Tender.amount_minor), else_=0))
            points = total(case((Tender.points > 0, Tender.amount_minor), else_=0))
            statement = select(when, *parts, money, points).select_from(Tender).where(*where)
            if self.split:
                statement = statement.join(Order, Order.id == Tender.order_id)
            self._add(self._grouped(statement, when, *parts), "amount_minor", "points_minor")
        for when, where in self._when(RefundTender.at):
            statement = select(when, *parts, total(RefundTender.amount_minor)).select_from(RefundTender)
            statement = statement.join(Refund, Refund.id == RefundTender.refund_id)
            statement = statement.join(Order, Order.id == Refund.order_id)
            statement = statement.where(RefundTender.points == 0, *where)
            self._add(self._grouped(statement, when, *parts), "refunds_minor")

    def _cancelled(self) -> None:
        parts = self._part(OF_ORDER)
        for when, where in self._when(Order.placed_at):
            statement = select(when, *parts, func.count()).where(Order.status == CANCELLED, *where)
            self._add(self._grouped(statement, when, *parts), "cancelled")

    def _pieces(self) -> None:
        parts = self._part(OF_ORDER)
        for when, where in self._when(Order.placed_at):
            statement = select(when, *parts, total(_PIECES)).select_from(Order)
            statement = statement.join(OrderLine, OrderLine.order_id == Order.id)
            statement = statement.where(Order.status != CANCELLED, *where)
            self._add(self._grouped(statement, when, *parts), "pieces_milli")

    def _sold_by_category(self) -> None:
        """Orders with goods of a category, their pieces and what they cost after discounts."""
        for when, where in self._when(Order.placed_at):
            statement = select(
                when, Product.category_id, func.count(OrderLine.order_id.distinct()),
                total(_PIECES), total(OrderLine.total_minor),
            ).select_from(Order)  # fmt: skip
            statement = _to_product(statement.join(OrderLine, OrderLine.order_id == Order.id))
            statement = statement.where(Order.status != CANCELLED, *where)
            self._add(
                self._grouped(statement, when, Product.category_id), "orders", "pieces_milli", "amount_minor"
            )

    def _back_by_category(self) -> None:
        for when, where in self._when(Refund.at):
            statement = select(when, Product.category_id, total(RefundLine.amount_minor)).select_from(Refund)
            statement = statement.join(RefundLine, RefundLine.refund_id == Refund.id)
            statement = _to_product(statement.join(OrderLine, OrderLine.id == RefundLine.line_id))
            self._add(self._grouped(statement.where(*where), when, Product.category_id), "refunds_minor")


def _to_product(statement: Select[Any]) -> Select[Any]:
    return statement.join(Sku, Sku.id == OrderLine.sku_id).join(Product, Product.id == Sku.product_id)


def bounds(read: Read, span: Span) -> tuple[datetime, datetime]:
    """The first moment of a span and the first one after it."""
    return day_starts(span.first, read.zone), day_starts(span.last + timedelta(days=1), read.zone)


def total(column: Any) -> Any:
    """A sum as a whole number; PostgreSQL adds big integers up to a decimal."""
    return func.coalesce(cast(func.sum(column), BigInteger), 0)
