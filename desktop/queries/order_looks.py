"""What somebody who has proved an order may see of it: no address, no full name, nobody else's parcels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from desktop.basics.i18n import N_, _
from desktop.basics.order_links import number_in
from desktop.basics.words import day_text
from desktop.models.members import Member
from desktop.models.order_talk import FROM_MEMBER, PickUp
from desktop.models.order_terms import TERMS
from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, UNPAID, Order, OrderEvent, OrderLine
from desktop.models.products import Sku
from desktop.models.settings import SHOP_BRANCH, SHOP_NAME
from desktop.queries.order_messages import read_talk
from desktop.queries.order_parcels import ENDED, ParcelRow, read_parcels
from desktop.shop.work import Read

PAST, NOW, LATER, STOPPED = "past", "now", "later", "stopped"
LONGEST_NUMBER = 40
SAME_NUMBER = 20  # a short number comes again every year


@dataclass(frozen=True, slots=True)
class SeenStep:
    """One step of the order's way; `words` is a sentence key, `at` None while it is to come or nobody knows."""

    words: str
    at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class SeenLine:
    """Goods of the order, in thousandths of `unit`."""

    name: str
    qty_milli: int
    unit: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `mine`: the member wrote it."""

    mine: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order as its buyer sees it; amounts in minor units of `currency`, times UTC.

    `expected` is the last day a parcel under way comes, `leaves_by` when it is to leave the shop, `fetch_at` where it
    waits to be fetched (empty: it is sent) and `fetch_until` how long.
    """

    order_id: int
    code: str
    short_code: str
    status: str
    name: str
    steps: tuple[SeenStep, ...]
    lines: tuple[SeenLine, ...]
    parcels: tuple[ParcelRow, ...]
    expected: datetime | None
    leaves_by: datetime | None
    fetch_at: str
    fetch_until: datetime | None
    total_minor: int
    refunded_minor: int
    currency: str
    member_id: int | None
    talk: tuple[Said, ...]

    @property
    def unpaid(self) -> bool:
        """Whether the amount is still to be paid."""
        return self.status == UNPAID


def tidy_number(text: str) -> str:
    """A number as typed, scanned or read from the code on a paper: ` 1121 0096` → `11210096`."""
    plain = number_in(unicodedata.normalize("NFKC", text).strip())
    return "".join(plain.split())[:LONGEST_NUMBER]


def dashed(number: str) -> str:
    """As the shop writes it: `11210096` → `1121-0096`; numbers of others stay as they are."""
    found = re.fullmatch(r"([A-Z]{0,3})(\d{8}|\d{4})(\d{4,})", number.upper())
    return f"{found[1]}{found[2]}-{found[3]}" if found else number.upper()


def find_proved(read: Read, number: str, digits: str, code_hash: str) -> int:
    """The order with this number whose member's phone ends in `digits`, or whose pick-up code has this hash; else 0.

    Short numbers come again every year: the newest that fits.
    """
    names = _names(read, number)
    matching = [Order.code.in_(names), Order.short_code.in_(names), Order.external_ref == number]
    found: set[int] = set()
    for one in matching:
        tail = select(Order.id, Member.phone_tail).join(Member, Member.id == Order.member_id, isouter=True)
        rows = read.rows(tail.where(one).order_by(Order.id.desc()).limit(SAME_NUMBER)).all()
        found |= {row.id for row in rows if digits and row.phone_tail == digits}
        coded = select(PickUp.order_id).join(Order, Order.id == PickUp.order_id).where(one)
        known = coded.where(PickUp.code_hash == code_hash, PickUp.state != "replaced")
        found |= set(read.rows(known).scalars()) if code_hash else set()
    return max(found, default=0)


def _names(read: Read, number: str) -> list[str]:
    """The number itself, and with the letters each type of order begins with: keys of a kiosk are digits."""
    own = dashed(number)
    letters = {read.setting(terms.prefix) for terms in TERMS.values()} if own[:1].isdigit() else set()
    return sorted({own, *(f"{prefix}{own}" for prefix in letters)})


def read_order_seen(read: Read, order_id: int, *, talk: bool) -> OrderSeen | None:
    """The safe view of an order, with what was written about it when asked for; None when it is gone."""
    row = read.first(
        select(Order.__table__, Member.name.label("buyer"))
        .join(Member, Member.id == Order.member_id, isouter=True)
        .where(Order.id == order_id)
    )
    if row is None:
        return None
    parcels = tuple(parcel for parcel in read_parcels(read, order_id) if not parcel.undone)
    coming = [p.eta for p in parcels if p.eta is not None and p.state not in ENDED]
    waits = row.collect and row.status in (UNPAID, TO_SHIP)
    return OrderSeen(
        order_id=row.id, code=row.code, short_code=row.short_code, status=row.status, name=_masked(row.buyer or ""),
        steps=tuple(_steps(row, parcels, _cancelled_at(read, row))), lines=_lines(read, order_id), parcels=parcels,
        expected=max(coming, default=None),
        leaves_by=row.ship_deadline if row.status == TO_SHIP and not row.collect else None,
        fetch_at=_place(read) if waits else "", fetch_until=_fetch_until(read, order_id) if waits else None,
        total_minor=row.due_minor, refunded_minor=row.refunded_minor, currency=row.currency,
        member_id=row.member_id, talk=_talk(read, order_id) if talk else (),
    )  # fmt: skip


def _steps(row: Any, parcels: tuple[ParcelRow, ...], cancelled_at: datetime | None) -> Iterable[SeenStep]:
    yield SeenStep(N_("Order placed"), row.placed_at, PAST)
    if row.status == CANCELLED:
        if row.paid_at is not None:
            yield SeenStep(N_("Paid"), row.paid_at, PAST)
        yield SeenStep(N_("Cancelled"), cancelled_at, STOPPED)
        return
    if row.status == UNPAID:
        yield SeenStep(N_("Waiting for payment"), None, NOW)
    else:
        yield SeenStep(N_("Paid"), row.paid_at, PAST)
    if row.collect:
        words = N_("Waiting in the store") if row.status == TO_SHIP else N_("Fetched in the store")
        yield SeenStep(words, row.done_at, {UNPAID: LATER, TO_SHIP: NOW}.get(row.status, PAST))
        return
    if row.status != DONE or parcels or row.shipped_at is not None:
        yield from _journey(row, parcels)
    yield SeenStep(N_("Done"), row.done_at, PAST if row.status == DONE else LATER)


def _journey(row: Any, parcels: tuple[ParcelRow, ...]) -> Iterable[SeenStep]:
    if row.status == TO_SHIP:
        words = N_("Shipped in part") if row.shipped_at else N_("Being packed")
        yield SeenStep(words, row.shipped_at, NOW)
        return
    yield SeenStep(N_("Shipped"), row.shipped_at, LATER if row.status == UNPAID else PAST)
    there = [parcel.delivered_at for parcel in parcels if parcel.delivered_at is not None]
    if there and len(there) == len(parcels):
        yield SeenStep(N_("Delivered"), max(there), PAST)
    elif row.status == SHIPPED:
        yield SeenStep(N_("On the way"), None, NOW)


def _cancelled_at(read: Read, row: Any) -> datetime | None:
    if row.status != CANCELLED:
        return None
    found = select(OrderEvent.at).where(OrderEvent.order_id == row.id, OrderEvent.kind == "cancelled")
    at: datetime | None = read.value(found.order_by(OrderEvent.id.desc()).limit(1))
    return at


def _lines(read: Read, order_id: int) -> tuple[SeenLine, ...]:
    statement = select(OrderLine.name, OrderLine.qty_milli, OrderLine.unit, Sku.unit.label("base"))
    rows = read.rows(
        statement.join(Sku, Sku.id == OrderLine.sku_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
    )
    return tuple(SeenLine(r.name, r.qty_milli, r.unit or r.base) for r in rows)


def _place(read: Read) -> str:
    return " · ".join(part for part in (read.setting(SHOP_NAME), read.setting(SHOP_BRANCH)) if part)


def _fetch_until(read: Read, order_id: int) -> datetime | None:
    kept = select(PickUp.expires_at).where(PickUp.order_id == order_id, PickUp.state == "open")
    at: datetime | None = read.value(kept.order_by(PickUp.id.desc()).limit(1))
    return at


def _talk(read: Read, order_id: int) -> tuple[Said, ...]:
    return tuple(
        Said(row.sender == FROM_MEMBER, row.text, row.at) for row, _actor in read_talk(read, order_id)
    )


def hint_of(seen: OrderSeen, now: datetime, zone: ZoneInfo) -> str:
    """What comes next, in a sentence; empty when nothing does."""
    if seen.fetch_at:
        until = day_text(seen.fetch_until, now, zone) if seen.fetch_until is not None else ""
        kept = _("Kept for you until {day}").format(day=until) if until else ""
        return " · ".join(
            part for part in (_("Fetch it at {place}").format(place=seen.fetch_at), kept) if part
        )
    if seen.expected is not None:
        return _("Expected {day}").format(day=day_text(seen.expected, now, zone))
    if seen.leaves_by is not None and seen.leaves_by > now:
        return _("Leaves the shop by {day}").format(day=day_text(seen.leaves_by, now, zone))
    return ""


def _masked(name: str) -> str:
    """`林**`, `J**`: enough to know one's own."""
    return f"{name[:1]}**" if name else ""
