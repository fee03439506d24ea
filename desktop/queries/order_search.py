"""Which orders a person means: filters and typed words turned into conditions the indexes answer."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, literal_column, or_, select, union

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.words import clean_phone
from desktop.models.members import Member
from desktop.models.orders import TO_SHIP, UNPAID, Order, OrderLine, OrderTag, Shipment
from desktop.models.products import Tag
from desktop.queries.page import contains, starts_with
from desktop.shop.work import Read

_CODE = re.compile(r"[A-Z]?(\d{4}-?\d{0,6}|\d{8}-?\d{0,6})")
_ZERO: ColumnElement[int] = literal_column("0")  # a bound 0 would hide the few-rows indexes from SQLite


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list of orders is narrowed to; everything given must hold. Amounts in minor units, times UTC.

    `days` counts back from today's end in the shop's zone (1 = today); `due` is the money paid or to be paid.
    """

    text: str = ""
    days: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    statuses: tuple[str, ...] = ()
    late: bool = False
    channels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    due_from: int | None = None
    due_to: int | None = None
    points_from: int | None = None
    refunded: bool = False
    member_id: int | None = None
    sku_id: int | None = None
    queued: bool = False
    tags: tuple[str, ...] = ()

    def to_json(self) -> str:
        """For a saved view: only what differs from an open filter."""
        start = asdict(OrderFilter())
        plain = {k: v for k, v in asdict(self).items() if v != start[k]}
        return json.dumps(plain, default=lambda moment: moment.isoformat(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> OrderFilter:
        """Back from a saved view; what this version does not know is left out."""
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {k: v for k, v in json.loads(text).items() if k in known}
        for name in ("since", "until"):
            if values.get(name):
                values[name] = datetime.fromisoformat(values[name])
        lists = {k: tuple(v) for k, v in values.items() if isinstance(v, list)}
        return cls(**(values | lists))

    def without(self, *names: str) -> OrderFilter:
        """The same filter with these fields open again."""
        open_filter = OrderFilter()
        return replace(self, **{name: getattr(open_filter, name) for name in names})


def conditions(read: Read, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    """The WHERE of this filter."""
    found = _when(read, wanted) + _amounts(wanted)
    for column, values in ((Order.status, wanted.statuses), (Order.channel, wanted.channels)):
        if values:
            found.append(_one_of(column, values))
    if wanted.types:
        found.append(_one_of(Order.order_type, wanted.types))
        if "retail" not in wanted.types:
            found.append(Order.order_type != literal_column("'retail'"))
    if wanted.late:
        found.append(is_late(read.now))
    if wanted.queued:
        found.append(Order.queued_until.is_not(None))
    if wanted.tags:
        worn = select(OrderTag.order_id).join(Tag, Tag.id == OrderTag.tag_id)
        found.append(Order.id.in_(worn.where(Tag.name.in_(wanted.tags))))
    if wanted.refunded:
        found.append(Order.refunded_minor > _ZERO)
    if wanted.member_id is not None:
        found.append(Order.member_id == wanted.member_id)
    if wanted.sku_id is not None:
        found.append(Order.id.in_(select(OrderLine.order_id).where(OrderLine.sku_id == wanted.sku_id)))
    if wanted.text.strip():
        found.append(Order.id.in_(_meant(read, wanted.text.strip())))
    return found


def is_late(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether the order waits for payment or shipment past its deadline."""
    return and_(
        Order.status.in_((UNPAID, TO_SHIP)),
        or_(
            and_(Order.status == TO_SHIP, Order.ship_deadline < now),
            and_(Order.status == UNPAID, Order.pay_deadline < now),
        ),
    )


def _one_of(column: Any, values: tuple[str, ...]) -> ColumnElement[bool]:
    only: ColumnElement[bool] = column == values[0] if len(values) == 1 else column.in_(values)
    return only


def _when(read: Read, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    since, until = wanted.since, wanted.until
    if wanted.days is not None:
        today = shop_day(read.now, read.zone)
        since = day_starts(today - timedelta(days=wanted.days - 1), read.zone)
        until = day_starts(today + timedelta(days=1), read.zone)
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(Order.placed_at >= since)
    if until is not None:
        found.append(Order.placed_at < until)
    return found


def _amounts(wanted: OrderFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.due_from is not None:
        found.append(Order.due_minor >= wanted.due_from)
    if wanted.due_to is not None:
        found.append(Order.due_minor <= wanted.due_to)
    if wanted.points_from is not None:
        found += [Order.points_minor > _ZERO, Order.points_minor >= wanted.points_from]
    return found


def _meant(read: Read, text: str) -> Select[int] | CompoundSelect[int]:
    """Ids of the orders these words may mean: number, phone, name, parcel."""
    code = text.upper()
    ways: list[Select[int]] = [select(Shipment.order_id).where(Shipment.tracking == text)]
    if _CODE.fullmatch(code):
        ways.append(select(Order.id).where(starts_with(Order.short_code, code)))
        if len(code) >= 8:
            ways.append(select(Order.id).where(starts_with(Order.code, code)))
    elif len(text) >= 8 and text.isascii() and text.isalnum():
        ways.append(select(Shipment.order_id).where(starts_with(Shipment.tracking, code)))
    if text.isascii() and text.isdigit() and len(text) <= 4:  # the number alone: the order of today
        today = shop_day(read.now, read.zone)
        ways.append(select(Order.id).where(Order.short_code == f"{today:%m%d}-{int(text):04d}"))
    members = meant_members(read, text)
    if members is not None:
        ways.append(select(Order.id).where(Order.member_id.in_(select(Member.id).where(members))))
    return union(*ways) if len(ways) > 1 else ways[0]


def meant_members(read: Read, text: str) -> ColumnElement[bool] | None:
    """The members meant: by phone (whole or its last four), by the beginning of name, pinyin or initials.

    A part from the middle of a Chinese name is looked for only when nothing begins with it.
    """
    digits = clean_phone(text)
    if digits and digits == re.sub(r"[\s+-]", "", text).removeprefix("86"):
        if len(digits) == 4:
            return Member.phone_tail == digits
        return starts_with(Member.phone, digits) if len(digits) >= 7 else None
    if text.upper().startswith("M-"):
        return Member.code == text.upper()
    if not text.isascii():
        begins = starts_with(Member.name, text, by_code_point=read.is_sqlite)
        found = read.value(select(Member.id).where(begins).limit(1)) is not None
        return begins if found else contains(Member.name, text)
    keys = re.sub(r"[^0-9a-z]", "", text.lower())
    if not re.search("[a-z]", keys):
        return None
    return or_(
        starts_with(Member.pinyin, keys), starts_with(Member.initials, keys), starts_with(Member.name, text)
    )
