"""The fields orders can be searched by: what they are called, what they take, and the condition they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, literal_column, not_, or_, select, union

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.order_talk import OrderMessage
from desktop.models.orders import TO_SHIP, UNPAID, Order, OrderLine, OrderTag, Shipment
from desktop.models.payments import Tender
from desktop.models.people import Till
from desktop.models.products import Barcode, Sku, Tag
from desktop.queries.order_filter import BETWEEN, CONTAINS, IS, NOT, Clause
from desktop.queries.order_finding import GOODS, NOTE, any_days, in_texts, meant_members, numbered
from desktop.queries.page import contains, starts_with
from desktop.shop.work import Read

CHOICE, TEXT, MONEY, COUNT, TIME, FLAG = "choice", "text", "money", "count", "time", "flag"
YES, NO = "yes", "no"
OPS = {
    CHOICE: (IS, NOT),
    TEXT: (CONTAINS, NOT),
    MONEY: (BETWEEN,),
    COUNT: (BETWEEN,),
    TIME: (IS, BETWEEN),
    FLAG: (IS,),
}
ZERO: ColumnElement[int] = literal_column("0")  # a bound 0 would hide the few-rows indexes from SQLite
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: `label` on screens, `typed` how it is written in the query box (several parted by `/`)."""

    key: str
    label: str
    typed: str
    kind: str
    make: Callable[[Read, Clause], Condition]

    @property
    def ops(self) -> tuple[str, ...]:
        """The ways its values can be asked for."""
        return OPS[self.kind]


def condition(read: Read, clause: Clause) -> Condition:
    """The WHERE of one clause; a field this version does not know finds nothing."""
    field = FIELDS.get(clause.field)
    if field is None or not clause.values:
        return false()
    made = field.make(read, clause)
    return not_(made) if clause.op == NOT else made


def is_late(now: datetime | ColumnElement[datetime]) -> Condition:
    """Whether the order waits for payment or shipment past its deadline."""
    return and_(
        Order.status.in_((UNPAID, TO_SHIP)),
        or_(
            and_(Order.status == TO_SHIP, Order.ship_deadline < now),
            and_(Order.status == UNPAID, Order.pay_deadline < now),
        ),
    )


def one_of(column: Any, values: tuple[str, ...]) -> Condition:
    """A column is one of these: a plain comparison for one, which the indexes like better."""
    only: Condition = column == values[0] if len(values) == 1 else column.in_(values)
    return only


def within(column: Any, low: Any, high: Any) -> Condition:
    """From low to high, both included; None is open."""
    parts = [column >= low] if low is not None else []
    parts += [column <= high] if high is not None else []
    return and_(*parts) if parts else column.is_not(None)


def of_days(read: Read, days: int) -> tuple[datetime, datetime]:
    """The last so many days of the shop, today included, up to tonight."""
    today = shop_day(read.now, read.zone)
    return day_starts(today - timedelta(days=days - 1), read.zone), day_starts(
        today + timedelta(days=1), read.zone
    )


def any_order(orders: Select[int]) -> Condition:
    """The order is one of these."""
    return Order.id.in_(orders)


def _each(make: Callable[[Read, str], Condition]) -> Callable[[Read, Clause], Condition]:
    return lambda read, clause: or_(false(), *(make(read, value) for value in clause.values))


def _bounds(clause: Clause) -> tuple[int | None, int | None]:
    low, high = ([*clause.values, ""])[:2]
    return (int(low) if low else None), (int(high) if high else None)


def _column(column: Any) -> Callable[[Read, Clause], Condition]:
    return lambda _read, clause: one_of(column, clause.values)


def _amount(column: Any) -> Callable[[Read, Clause], Condition]:
    return lambda _read, clause: within(column, *_bounds(clause))


def _used(column: Any) -> Callable[[Read, Clause], Condition]:
    """Few orders used points, and they have an index."""

    def make(_read: Read, clause: Clause) -> Condition:
        low, high = _bounds(clause)
        wanted = within(column, low, high)
        return and_(Order.points_minor > ZERO, wanted) if low is not None and low > 0 else wanted

    return make


def _flag(make: Callable[[Read], Condition]) -> Callable[[Read, Clause], Condition]:
    return lambda read, clause: make(read) if clause.values[0] == YES else not_(make(read))


def _types(_read: Read, clause: Clause) -> Condition:
    wanted = one_of(Order.order_type, clause.values)
    few = clause.op == IS and "retail" not in clause.values
    return and_(wanted, Order.order_type != literal_column("'retail'")) if few else wanted


def _placed(read: Read, clause: Clause) -> Condition:
    if clause.op == IS:
        since, until = of_days(read, int(clause.values[0]))
        return and_(Order.placed_at >= since, Order.placed_at < until)
    low, high = ([*clause.values, ""])[:2]
    parts: list[Condition] = [Order.placed_at.is_not(None)]
    if low:
        parts.append(Order.placed_at >= _moment(read, low, 0))
    if high:
        parts.append(Order.placed_at < _moment(read, high, 1))
    return and_(*parts)


def _moment(read: Read, text: str, days: int) -> datetime:
    if len(text) == len("2026-11-21"):
        return day_starts(date.fromisoformat(text) + timedelta(days=days), read.zone)
    return datetime.fromisoformat(text)


def of_goods_code(value: str) -> Select[int]:
    """Ids of the orders with the goods of this code or barcode."""
    skus = union(
        select(Sku.id).where(Sku.code == value.upper()), select(Barcode.sku_id).where(Barcode.code == value)
    )
    return select(OrderLine.order_id).where(OrderLine.sku_id.in_(skus))


def _number(read: Read, value: str) -> Condition:
    short = value.isascii() and value.isdigit() and len(value) <= 4
    return or_(false(), *numbered(read, value), *([any_days(value)] if short else []))


def _member(read: Read, value: str) -> Condition:
    if value.startswith("#"):
        return and_(Order.member_id.is_not(None), Order.member_id == int(value[1:]))
    meant = meant_members(read, value)
    if meant is None:
        return false()
    return and_(Order.member_id.is_not(None), Order.member_id.in_(select(Member.id).where(meant)))


def _goods(read: Read, value: str) -> Condition:
    if value.startswith("#"):
        return any_order(select(OrderLine.order_id).where(OrderLine.sku_id == int(value[1:])))
    said = in_texts(read, value, GOODS)
    of_code = any_order(of_goods_code(value))
    return of_code if said is None else or_(of_code, any_order(said))


def _note(read: Read, value: str) -> Condition:
    said = in_texts(read, value, NOTE)
    return false() if said is None else any_order(said)


def _tag(_read: Read, clause: Clause) -> Condition:
    worn = select(OrderTag.order_id).join(Tag, Tag.id == OrderTag.tag_id)
    return any_order(worn.where(Tag.name.in_(clause.values)))


def _method(_read: Read, clause: Clause) -> Condition:
    paid = select(Tender.id).where(Tender.order_id == Order.id, Tender.method_key.in_(clause.values))
    return paid.exists()


def _till(_read: Read, clause: Clause) -> Condition:
    return Order.till_id.in_(select(Till.id).where(Till.code.in_(clause.values)))


def _parcel(read: Read, value: str) -> Condition:
    return any_order(select(Shipment.order_id).where(starts_with(Shipment.tracking, value)))


def _carrier(read: Read, value: str) -> Condition:
    return (
        select(Shipment.id).where(Shipment.order_id == Order.id, contains(Shipment.carrier, value)).exists()
    )


def _messages(_read: Read) -> Condition:
    return any_order(select(OrderMessage.order_id))


FIELDS: dict[str, Field] = {
    field.key: field
    for field in (
        Field("number", N_("Order no."), N_("no/number/order"), TEXT, _each(_number)),
        Field("member", N_("Customer"), N_("member/customer"), TEXT, _each(_member)),
        Field("goods", N_("Goods"), N_("goods/product"), TEXT, _each(_goods)),
        Field("placed", N_("Placed"), N_("time/date/placed"), TIME, _placed),
        Field("status", N_("Status"), N_("status/state"), CHOICE, _column(Order.status)),
        Field("late", N_("Overdue"), N_("overdue/late"), FLAG, _flag(lambda r: is_late(r.now))),
        Field("queued", N_("Queued"), N_("queued"), FLAG, _flag(lambda r: Order.queued_until.is_not(None))),
        Field("channel", N_("Channel"), N_("channel"), CHOICE, _column(Order.channel)),
        Field("type", N_("Type"), N_("type"), CHOICE, _types),
        Field("till", N_("Till"), N_("till"), CHOICE, _till),
        Field("amount", N_("Amount"), N_("amount/total"), MONEY, _amount(Order.due_minor)),
        Field("points", N_("Points spent"), N_("points"), COUNT, _used(Order.points_spent)),
        Field("points_value", N_("Points used"), N_("points-value"), MONEY, _used(Order.points_minor)),
        Field("discount", N_("Discount"), N_("discount"), MONEY, _amount(Order.discount_minor)),
        Field("refunded", N_("Refunded"), N_("refunded"), FLAG, _flag(lambda r: Order.refunded_minor > ZERO)),
        Field("method", N_("Payment method"), N_("payment/method"), CHOICE, _method),
        Field("carrier", N_("Carrier"), N_("carrier"), TEXT, _each(_carrier)),
        Field("tracking", N_("Tracking number"), N_("tracking/parcel"), TEXT, _each(_parcel)),
        Field("tag", N_("Tags"), N_("tag"), CHOICE, _tag),
        Field("note", N_("Buyer’s note"), N_("note"), TEXT, _each(_note)),
        Field("messages", N_("Has messages"), N_("messages"), FLAG, _flag(_messages)),
    )
}  # fmt: skip
