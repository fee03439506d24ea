"""Members: the list and one member's page. Phone numbers come masked, but for one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.basics.money import digits_of, half_up
from desktop.basics.words import clean_phone, masked_email, masked_phone
from desktop.models.members import Member, MemberTag, PointsEntry, Tier
from desktop.models.orders import CANCELLED, Order
from desktop.models.people import Permission, Till
from desktop.models.products import Tag
from desktop.models.settings import POINTS_PER_UNIT
from desktop.queries.page import Page, Position, contains, in_order, page_of, starts_with
from desktop.shop.action import question
from desktop.shop.work import Read

SOON = timedelta(days=30)  # points expiring within this are shown as expiring
RECENT = timedelta(days=90)
SORTS: dict[str, Any] = {
    "joined": Member.id,
    "points": Member.points,
    "orders": Member.orders_count,
    "spent": Member.spent_minor,
    "last": func.coalesce(Member.last_order_at, Member.created_at),
}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the list; money in minor units, phone masked."""

    id: int
    code: str
    name: str
    phone: str
    tier_key: str
    tier_name: str
    points: int
    orders: int
    spent_minor: int
    last_order_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TierCount:
    """A tier with how many members it has."""

    key: str
    name: str
    earn_bp: int
    from_minor: int
    members: int


@dataclass(frozen=True, slots=True)
class TagRow:
    """A word members may carry."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Tiers:
    """Where a member stands: the tier, and the next one with what is missing (minor units)."""

    key: str
    name: str
    earn_bp: int
    from_minor: int
    next_name: str
    next_from_minor: int
    missing_minor: int


@dataclass(frozen=True, slots=True)
class MemberDetail:
    """What the member's page shows; money in minor units, phone and e-mail masked."""

    id: int
    code: str
    name: str
    gender: str
    phone: str
    birthday: date | None
    origin: str
    status: str
    note: str
    created_at: datetime
    referred_by: str
    brought: int
    usual_till: str
    tier: Tiers
    tags: tuple[TagRow, ...]
    points: int
    points_worth_minor: int
    points_entries: int
    expiring: int
    expiring_at: datetime | None
    orders: int
    spent_minor: int
    spent_recent_minor: int
    average_minor: int
    days_between_orders: int
    last_order_at: datetime | None
    email: str = ""
    language: str = ""


@question(permission=Permission.SEE_MEMBERS)
def members_page(
    read: Read,
    *,
    text: str = "",
    tier: str = "",
    tag_id: int = 0,
    sort: str = "joined",
    descending: bool = True,
    after: Position | None = None,
) -> Page[MemberRow]:
    """Members in an order, by name, pinyin, initials, code, whole phone number or its last four digits."""
    key = SORTS.get(sort, Member.id)
    keys = [key] if key is Member.id else [key, Member.id]
    columns = (
        Member.id, Member.code, Member.name, Member.phone, Member.tier_key, Tier.name.label("tier_name"),
        Member.points, Member.orders_count, Member.spent_minor, Member.last_order_at, Member.created_at,
        key.label("sort_key"),
    )  # fmt: skip
    statement = select(*columns).join(Tier, Tier.key == Member.tier_key)
    statement = in_order(_filtered(statement, text, tier, tag_id), keys, after, descending=descending)
    rows = read.rows(statement).all()
    return page_of(rows, _row, lambda row: (row.id,) if len(keys) == 1 else (row.sort_key, row.id))


@question(permission=Permission.SEE_MEMBERS)
def members_count(read: Read, *, text: str = "", tier: str = "", tag_id: int = 0) -> int:
    """How many members these filters leave."""
    return int(read.value(_filtered(select(func.count(Member.id)), text, tier, tag_id)))


def _filtered(statement: Select[Any], text: str, tier: str, tag_id: int) -> Select[Any]:
    statement = statement.where(Member.status == "active")
    if tier:
        statement = statement.where(Member.tier_key == tier)
    if tag_id:
        worn = select(MemberTag.member_id).where(MemberTag.tag_id == tag_id)
        statement = statement.where(Member.id.in_(worn))
    if text.strip():
        statement = statement.where(matching(text.strip()))
    return statement


def matching(text: str) -> ColumnElement[bool]:
    """Members this text may mean. Parts of a number don't count: they would uncover masked ones."""
    word = text.lower()
    ways = [
        contains(Member.name, text),
        starts_with(Member.pinyin, word),
        starts_with(Member.initials, word),
        starts_with(Member.code, text.upper()),
    ]
    digits = clean_phone(text)
    if digits and digits == text:
        ways.append(Member.code == f"M-{digits:0>6}")
    if len(digits) == 4:
        ways.append(Member.phone_tail == digits)
    elif len(digits) > 6:
        ways.append(Member.phone == digits)
    return or_(*ways)


def _row(row: Any) -> MemberRow:
    return MemberRow(
        row.id, row.code, row.name, masked_phone(row.phone or ""), row.tier_key, row.tier_name, row.points,
        row.orders_count, row.spent_minor, row.last_order_at, row.created_at,
    )  # fmt: skip


@question(permission=Permission.SEE_MEMBERS)
def tier_counts(read: Read) -> tuple[TierCount, ...]:
    """The tiers from the lowest, each with its members."""
    counted = select(Member.tier_key, func.count().label("members")).where(Member.status == "active")
    sizes = {row.tier_key: row.members for row in read.rows(counted.group_by(Member.tier_key))}
    tiers = read.rows(select(Tier.key, Tier.name, Tier.earn_bp, Tier.from_minor).order_by(Tier.position))
    return tuple(TierCount(t.key, t.name, t.earn_bp, t.from_minor, sizes.get(t.key, 0)) for t in tiers)


@question(permission=Permission.SEE_MEMBERS)
def member_tags(read: Read) -> tuple[TagRow, ...]:
    """The tags members carry, the most common first."""
    statement = (
        select(Tag.id, Tag.name)
        .join(MemberTag, MemberTag.tag_id == Tag.id)
        .group_by(Tag.id, Tag.name)
        .order_by(func.count().desc(), Tag.id)
    )
    return tuple(TagRow(row.id, row.name) for row in read.rows(statement))


@question(permission=Permission.SEE_MEMBERS)
def member_detail(read: Read, member_id: int) -> MemberDetail:
    """One member's page. Raises `NotFound`."""
    row = read.first(select(*Member.__table__.columns).where(Member.id == member_id))
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    expiring, expiring_at = _expiring(read, row.id, row.points)
    average = half_up(row.spent_minor, row.orders_count) if row.orders_count else 0
    days = max(1, ((row.last_order_at or read.now) - row.created_at).days)
    per_unit, one = read.setting(POINTS_PER_UNIT), 10 ** digits_of(read.currency)
    return MemberDetail(
        id=row.id, code=row.code, name=row.name, gender=row.gender, phone=masked_phone(row.phone or ""),
        birthday=row.birthday, origin=row.origin, status=row.status, note=row.note, created_at=row.created_at,
        referred_by=_name_of(read, row.referred_by), brought=_brought(read, row.id),
        usual_till=_usual_till(read, row.id), tier=_standing(read, row.tier_key, row.spent_minor),
        tags=_tags_of(read, row.id), points=row.points, points_worth_minor=row.points * one // per_unit,
        points_entries=_entries(read, row.id), expiring=expiring, expiring_at=expiring_at,
        orders=row.orders_count, spent_minor=row.spent_minor, spent_recent_minor=_spent_since(read, row.id),
        average_minor=average, days_between_orders=half_up(days, max(1, row.orders_count)),
        last_order_at=row.last_order_at, email=masked_email(row.email), language=row.language,
    )  # fmt: skip


def _standing(read: Read, tier_key: str, spent_minor: int) -> Tiers:
    columns = (Tier.key, Tier.name, Tier.earn_bp, Tier.from_minor, Tier.position)
    tiers = read.rows(select(*columns).order_by(Tier.position)).all()
    here = next(tier for tier in tiers if tier.key == tier_key)
    above = next((tier for tier in tiers if tier.position > here.position), None)
    missing = max(0, above.from_minor - spent_minor) if above else 0
    to = (above.name, above.from_minor, missing) if above else ("", 0, 0)
    return Tiers(here.key, here.name, here.earn_bp, here.from_minor, *to)


def _expiring(read: Read, member_id: int, balance: int) -> tuple[int, datetime | None]:
    """Points that end soon, and when the first do: spending takes the oldest, so the newest remain."""
    gained = (PointsEntry.member_id == member_id, PointsEntry.delta > 0)
    until = read.now + SOON
    lasting = select(func.coalesce(func.sum(PointsEntry.delta), 0)).where(
        *gained, or_(PointsEntry.expires_at.is_(None), PointsEntry.expires_at > until)
    )
    soon = max(0, balance - int(read.value(lasting)))
    first = select(func.min(PointsEntry.expires_at)).where(
        *gained, PointsEntry.expires_at > read.now, PointsEntry.expires_at <= until
    )
    return soon, read.value(first) if soon else None


def _spent_since(read: Read, member_id: int) -> int:
    money = func.coalesce(func.sum(Order.paid_minor - Order.points_minor - Order.refunded_minor), 0)
    since = (Order.member_id == member_id, Order.placed_at >= read.now - RECENT, Order.status != CANCELLED)
    return int(read.value(select(money).where(*since)))


def _usual_till(read: Read, member_id: int) -> str:
    statement = (
        select(Till.name)
        .join(Order, Order.till_id == Till.id)
        .where(Order.member_id == member_id)
        .group_by(Till.id, Till.name)
        .order_by(func.count().desc(), Till.id)
    )
    return str(read.value(statement.limit(1)) or "")


def _tags_of(read: Read, member_id: int) -> tuple[TagRow, ...]:
    worn = select(Tag.id, Tag.name).join(MemberTag, MemberTag.tag_id == Tag.id)
    worn = worn.where(MemberTag.member_id == member_id).order_by(Tag.id)
    return tuple(TagRow(row.id, row.name) for row in read.rows(worn))


def _name_of(read: Read, member_id: int | None) -> str:
    named = select(func.coalesce(func.nullif(Member.name, ""), Member.code))
    return str(read.value(named.where(Member.id == member_id)) or "") if member_id else ""


def _brought(read: Read, member_id: int) -> int:
    return int(read.value(select(func.count()).where(Member.referred_by == member_id)))


def _entries(read: Read, member_id: int) -> int:
    return int(read.value(select(func.count()).where(PointsEntry.member_id == member_id)))


@question(permission=Permission.SEE_PERSONAL, personal=True)
def member_phone(read: Read, member_id: int) -> str:
    """The whole phone number; who asked is in the audit trail."""
    phone = read.value(select(Member.phone).where(Member.id == member_id))
    if not phone:
        raise NotFound(N_("This member has no phone number."))
    return str(phone)


@question(permission=Permission.EXPORT, personal=True)
def members_to_export(read: Read) -> str:
    """Leave who exports the list of members in the audit trail; gives the zone its times are written in."""
    return str(read.zone)
