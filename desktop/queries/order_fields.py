"""The fields orders can be searched by: what they are called, what they take, and the condition they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal_column, not_, or_, select, union

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.order_talk import OrderMessage
from desktop.models.orders import TO_SHIP, UNPAID, Order, OrderLine, OrderTag, Shipment
from desktop.models.payments import Tender
from desktop.models.people import Till
from desktop.models.products import Barcode, Sku, Tag
from desktop.queries.order_filter import BETWEEN, CONTAINS, IS, NOT, Clause
from desktop.queries.order_finding import GOODS, NOTE, any_days, meant_members, numbered, parcel_begins, said
from desktop.queries.page import holds, inside
from desktop.queries.ways import Way, either, one_of
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
    make: Callable[[Read, Clause], Way]

    @property
    def ops(self) -> tuple[str, ...]:
        """The ways its values can be asked for."""
        return OPS[self.kind]


def way(read: Read, clause: Clause) -> Way:
    """The condition of one clause; a field this version does not know finds nothing."""
    field = FIELDS.get(clause.field)
    if field is None or not clause.values:
        return Way(false)
    made = field.make(read, clause)
    return Way(not_, (made,)) if clause.op == NOT else made


def is_late(now: datetime | ColumnElement[datetime]) -> Condition:
    """Whether the order waits for payment or shipment past its deadline."""
    return and_(
        Order.status.in_((UNPAID, TO_SHIP)),
        or_(
            and_(Order.status == TO_SHIP, Order.ship_deadline < now),
            and_(Order.status == UNPAID, Order.pay_deadline < now),
        ),
    )


def within(column: Any, low: Any, high: Any) -> Way:
    """From low to high, both included; None is open."""
    ends = [Way(_from, (low,), (column,))] if low is not None else []
    ends += [Way(_to, (high,), (column,))] if high is not None else []
    return Way(and_, tuple(ends)) if ends else Way(_given, (), (column,))


def between(column: Any, since: datetime | None, until: datetime | None) -> tuple[Way, ...]:
    """From a moment on, and before another; None is open."""
    first = () if since is None else (Way(_from, (since,), (column,)),)
    return first if until is None else (*first, Way(_before, (until,), (column,)))


def _from(column: Any, low: Any) -> Condition:
    found: Condition = column >= low
    return found


def _to(column: Any, high: Any) -> Condition:
    found: Condition = column <= high
    return found


def _before(column: Any, until: Any) -> Condition:
    found: Condition = column < until
    return found


def _given(column: Any) -> Condition:
    found: Condition = column.is_not(None)
    return found


def of_days(read: Read, days: int) -> tuple[datetime, datetime]:
    """The last so many days of the shop, today included, up to tonight."""
    today = shop_day(read.now, read.zone)
    return day_starts(today - timedelta(days=days - 1), read.zone), day_starts(
        today + timedelta(days=1), read.zone
    )


def _each(make: Callable[[Read, str], Way]) -> Callable[[Read, Clause], Way]:
    return lambda read, clause: Way(either, tuple(make(read, value) for value in clause.values))


def _bounds(clause: Clause) -> tuple[int | None, int | None]:
    low, high = ([*clause.values, ""])[:2]
    return (int(low) if low else None), (int(high) if high else None)


def _column(column: Any) -> Callable[[Read, Clause], Way]:
    return lambda _read, clause: one_of(column, clause.values)


def _amount(column: Any) -> Callable[[Read, Clause], Way]:
    return lambda _read, clause: within(column, *_bounds(clause))


def _used(column: Any) -> Callable[[Read, Clause], Way]:
    """Few orders used points, and they have an index."""

    def make(_read: Read, clause: Clause) -> Way:
        low, high = _bounds(clause)
        wanted = within(column, low, high)
        return Way(and_, (USED_POINTS, wanted)) if low is not None and low > 0 else wanted

    return make


def _flag(make: Callable[[Read], Way]) -> Callable[[Read, Clause], Way]:
    return lambda read, clause: make(read) if clause.values[0] == YES else Way(not_, (make(read),))


def _positive(column: Any) -> Condition:
    found: Condition = column > ZERO
    return found


USED_POINTS = Way(_positive, (), (Order.points_minor,))
REFUNDED = Way(_positive, (), (Order.refunded_minor,))
QUEUED = Way(_given, (), (Order.queued_until,))


def _types(_read: Read, clause: Clause) -> Way:
    wanted = one_of(Order.order_type, clause.values)
    few = clause.op == IS and "retail" not in clause.values
    return Way(_not_retail, (wanted,)) if few else wanted


def _not_retail(wanted: Condition) -> Condition:
    return and_(wanted, Order.order_type != literal_column("'retail'"))


def _placed(read: Read, clause: Clause) -> Way:
    if clause.op == IS:
        return Way(and_, between(Order.placed_at, *of_days(read, int(clause.values[0]))))
    low, high = ([*clause.values, ""])[:2]
    since, until = _moment(read, low, 0) if low else None, _moment(read, high, 1) if high else None
    return Way(and_, (Way(_given, (), (Order.placed_at,)), *between(Order.placed_at, since, until)))


def _moment(read: Read, text: str, days: int) -> datetime:
    if len(text) == len("2026-11-21"):
        return day_starts(date.fromisoformat(text) + timedelta(days=days), read.zone)
    return datetime.fromisoformat(text)


def goods_coded(value: str) -> Way:
    """The orders with the goods of this code or barcode."""
    return Way(_goods_coded, (value.upper(), value))


def _goods_coded(code: Any, barcode: Any) -> Condition:
    skus = union(
        select(Sku.id).where(Sku.code == code), select(Barcode.sku_id).where(Barcode.code == barcode)
    )
    return Order.id.in_(select(OrderLine.order_id).where(OrderLine.sku_id.in_(skus)))


def with_goods(sku_id: Any) -> Condition:
    """The order holds these goods."""
    return Order.id.in_(select(OrderLine.order_id).where(OrderLine.sku_id == sku_id))


def tagged(names: tuple[str, ...]) -> Way:
    """The orders that wear one of these tags."""
    return Way(_tagged, (one_of(Tag.name, names),))


def _tagged(named: Condition) -> Condition:
    worn = select(OrderTag.order_id).join(Tag, Tag.id == OrderTag.tag_id)
    return Order.id.in_(worn.where(named))


def _number(read: Read, value: str) -> Way:
    short = value.isascii() and value.isdigit() and len(value) <= 4
    return Way(either, (*numbered(read, value), *([any_days(value)] if short else [])))


def _member(read: Read, value: str) -> Way:
    if value.startswith("#"):
        return Way(_of_one, (int(value[1:]),))
    meant = meant_members(read, value)
    return Way(false) if meant is None else Way(_of_such, (meant,))


def _of_one(member_id: Any) -> Condition:
    return and_(Order.member_id.is_not(None), Order.member_id == member_id)


def _of_such(meant: Condition) -> Condition:
    return and_(Order.member_id.is_not(None), Order.member_id.in_(select(Member.id).where(meant)))


def _goods(read: Read, value: str) -> Way:
    if value.startswith("#"):
        return Way(with_goods, (int(value[1:]),))
    called = said(read, value, GOODS)
    return Way(either, (goods_coded(value), *([] if called is None else [called])))


def _note(read: Read, value: str) -> Way:
    return said(read, value, NOTE) or Way(false)


def _method(_read: Read, clause: Clause) -> Way:
    return Way(_paid, (one_of(Tender.method_key, clause.values),))


def _paid(by: Condition) -> Condition:
    return select(Tender.id).where(Tender.order_id == Order.id, by).exists()


def _till(_read: Read, clause: Clause) -> Way:
    return Way(_at_till, (one_of(Till.code, clause.values),))


def _at_till(such: Condition) -> Condition:
    return Order.till_id.in_(select(Till.id).where(such))


def _carrier(_read: Read, value: str) -> Way:
    return Way(_carried, (inside(value),))


def _carried(pattern: Any) -> Condition:
    found = select(Shipment.id).where(Shipment.order_id == Order.id, holds(Shipment.carrier, pattern))
    return found.exists()


def _messages() -> Condition:
    return Order.id.in_(select(OrderMessage.order_id))


FIELDS: dict[str, Field] = {
    field.key: field
    for field in (
        Field("number", N_("Order no."), N_("no/number/order"), TEXT, _each(_number)),
        Field("member", N_("Customer"), N_("member/customer"), TEXT, _each(_member)),
        Field("goods", N_("Goods"), N_("goods/product"), TEXT, _each(_goods)),
        Field("placed", N_("Placed"), N_("time/date/placed"), TIME, _placed),
        Field("status", N_("Status"), N_("status/state"), CHOICE, _column(Order.status)),
        Field("late", N_("Overdue"), N_("overdue/late"), FLAG, _flag(lambda r: Way(is_late, (r.now,)))),
        Field("queued", N_("Queued"), N_("queued"), FLAG, _flag(lambda r: QUEUED)),
        Field("channel", N_("Channel"), N_("channel"), CHOICE, _column(Order.channel)),
        Field("type", N_("Type"), N_("type"), CHOICE, _types),
        Field("till", N_("Till"), N_("till"), CHOICE, _till),
        Field("amount", N_("Amount"), N_("amount/total"), MONEY, _amount(Order.due_minor)),
        Field("points", N_("Points spent"), N_("points"), COUNT, _used(Order.points_spent)),
        Field("points_value", N_("Points used"), N_("points-value"), MONEY, _used(Order.points_minor)),
        Field("discount", N_("Discount"), N_("discount"), MONEY, _amount(Order.discount_minor)),
        Field("refunded", N_("Refunded"), N_("refunded"), FLAG, _flag(lambda r: REFUNDED)),
        Field("method", N_("Payment method"), N_("payment/method"), CHOICE, _method),
        Field("carrier", N_("Carrier"), N_("carrier"), TEXT, _each(_carrier)),
        Field("tracking", N_("Tracking number"), N_("tracking/parcel"), TEXT, _each(lambda r, value: parcel_begins(value))),
        Field("tag", N_("Tags"), N_("tag"), CHOICE, lambda r, clause: tagged(clause.values)),
        Field("note", N_("Buyer’s note"), N_("note"), TEXT, _each(_note)),
        Field("messages", N_("Has messages"), N_("messages"), FLAG, _flag(lambda r: Way(_messages))),
    )
}  # fmt: skip
