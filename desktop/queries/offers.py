"""What goods cost for whom: the prices a cart is priced with, and finding goods by code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import MILLI
from desktop.models.base import UtcDateTime
from desktop.models.members import Member, Tier
from desktop.models.products import Barcode, Price, PriceList, Product, Sku, SkuUnit
from desktop.models.settings import POINTS_CAP, POINTS_EARN, POINTS_PER_UNIT
from desktop.models.shelves import Shelf
from desktop.models.stock import Stock
from desktop.pricing.cart import Bill, ListPrice, Offer, Terms
from desktop.pricing.exchange import rate_text
from desktop.pricing.foreign_prices import ForeignPrice
from desktop.queries.exchange import Quote
from desktop.queries.exchange_prices import agreed_at, price_rates
from desktop.queries.lasting import short_lived
from desktop.shop.work import Read

BASE_LIST = "retail"


@dataclass(frozen=True, slots=True)
class Buyer:
    """What pricing and the till need to know of a member."""

    member_id: int
    name: str
    gender: str
    phone_tail: str
    tier_key: str
    tier_name: str
    earn_bp: int
    points: int


_BUYER = (
    select(
        Member.id, Member.name, Member.gender, Member.phone_tail, Member.tier_key, Tier.name.label("tier_name"),
        Tier.earn_bp, Member.points,
    )
    .join(Tier, Tier.key == Member.tier_key)
    .where(Member.id == bindparam("member_id"), Member.status == "active")
)  # fmt: skip

_OFFERS = (
    select(
        Sku.id, Sku.code, Sku.cost_minor, Sku.unit.label("base_unit"), Product.name, Product.pack, Product.kind,
        Product.picture, Product.on_shelf, Price.unit, Price.min_qty_milli, Price.amount_minor,
        PriceList.key, PriceList.currency, SkuUnit.factor_milli, Sku.retired, Sku.variant, Sku.product_id,
        Shelf.is_open, Shelf.from_at, Shelf.until_at,
    )
    .join(Product, Product.id == Sku.product_id)
    .join(Price, Price.sku_id == Sku.id)
    .join(PriceList, PriceList.id == Price.list_id)
    .join(SkuUnit, and_(SkuUnit.sku_id == Sku.id, SkuUnit.name == Price.unit), isouter=True)
    .join(Shelf, and_(Shelf.product_id == Sku.product_id, Shelf.channel == bindparam("channel")), isouter=True)
    .where(
        Sku.id.in_(bindparam("skus", expanding=True)),
        or_(
            PriceList.key == BASE_LIST,
            and_(
                PriceList.order_type == bindparam("order_type"),
                or_(PriceList.tier_key.is_(None), PriceList.tier_key == bindparam("tier")),
                or_(PriceList.channel.is_(None), PriceList.channel == bindparam("channel")),
                PriceList.active,
                or_(PriceList.valid_from.is_(None), PriceList.valid_from <= bindparam("moment", type_=UtcDateTime())),
                or_(PriceList.valid_until.is_(None), PriceList.valid_until > bindparam("moment", type_=UtcDateTime())),
            ),
        ),
    )
)  # fmt: skip

_BY_BARCODE = (
    select(Barcode.sku_id, Barcode.unit).where(Barcode.code == bindparam("code")).order_by(Barcode.id)
)
_BY_CODE = select(Sku.id).where(func.lower(Sku.code) == bindparam("code"))


def read_buyer(read: Read, member_id: int | None) -> Buyer | None:
    """The member as the till sees them, or None."""
    if member_id is None:
        return None
    row = read.first(_BUYER, {"member_id": member_id})
    return Buyer(*tuple(row)) if row else None


def terms_for(read: Read, buyer: Buyer | None, points: int) -> Terms:
    """The rules this buyer's cart is priced under."""
    tier_bp = buyer.earn_bp if buyer else 0
    return Terms(
        currency=read.currency,
        points_balance=buyer.points if buyer else 0,
        points_wanted=points,
        cap_bp=read.setting(POINTS_CAP),
        points_per_unit=read.setting(POINTS_PER_UNIT),
        earn_bp=tier_bp * read.setting(POINTS_EARN) // 10_000,
    )


def read_offers(
    read: Read,
    sku_ids: Iterable[int],
    *,
    order_type: str = "retail",
    tier: str = "",
    channel: str = "store",
    subject: str = "",
) -> dict[tuple[int, str], Offer]:
    """Offers by (sku, unit) with every price this buyer may have; one statement, more for lists in other currencies.

    `subject`: what is paid for these goods (`sale:…`): while a provider takes money for it, rates stay as they were.
    """
    wanted = sorted(set(sku_ids))
    if not wanted:
        return {}
    values = {
        "skus": wanted,
        "order_type": order_type,
        "tier": tier,
        "channel": channel,
        "moment": read.now,
    }
    grouped: dict[tuple[int, str], list[Row[Any]]] = {}
    codes = set()
    for row in read.rows(_OFFERS, values):
        grouped.setdefault((row.id, row.unit), []).append(row)
        if row.currency:
            codes.add(row.currency)
    rates = _rates(read, codes, subject) if codes else {}
    made = {key: _offer(key, rows, read.now, rates) for key, rows in grouped.items()}
    return {key: offer for key, offer in made.items() if offer is not None}


def _rates(read: Read, codes: Collection[str], subject: str) -> dict[str, Quote | Refused]:
    return price_rates(read, codes, agreed_at(read, subject) if subject else None)


def _abroad(row: Any, rate: Quote | Refused) -> ForeignPrice:
    facts = (row.key, row.currency, row.amount_minor, row.min_qty_milli)
    if isinstance(rate, Refused):
        return ForeignPrice(*facts, refusal=rate)
    return ForeignPrice(*facts, rate_text(rate.market), rate.fetched_at)


def _offer(
    key: tuple[int, str], rows: list[Row[Any]], now: datetime, rates: Mapping[str, Quote | Refused]
) -> Offer | None:
    prices = tuple(ListPrice(r.key, r.amount_minor, r.min_qty_milli) for r in rows if not r.currency)
    base = [p.amount_minor for p in prices if p.list_key == BASE_LIST and p.min_qty_milli == 0]
    if not base:
        return None
    row = rows[0]
    return Offer(
        sku_id=key[0],
        unit=key[1],
        unit_name=key[1] or row.base_unit,
        name=f"{row.name} {row.variant}".rstrip(),
        pack=row.pack,
        code=row.code,
        kind=row.kind,
        picture=row.picture,
        factor_milli=row.factor_milli if row.factor_milli and key[1] else MILLI,
        cost_minor=row.cost_minor,
        list_minor=base[0],
        prices=prices,
        on_shelf=bool(row.on_shelf) and not row.retired and shelf_open(row, now),
        product_id=row.product_id,
        product=row.name,
        variant=row.variant,
        foreign=tuple(_abroad(r, rates[r.currency]) for r in rows if r.currency) if rates else (),
    )


def shelf_open(row: Any, now: datetime) -> bool:
    """Whether a channel offers the goods now; a row without a shelf of its own follows the product."""
    if row.is_open is None:
        return True
    begun = row.from_at is None or row.from_at <= now
    return bool(row.is_open) and begun and (row.until_at is None or now < row.until_at)


def offered_in(read: Read, channel: str) -> tuple[ColumnElement[bool], ...]:
    """What a channel offers now, for any statement that reads `Product` and `Sku`: few shelves are written down."""
    closed = or_(
        ~Shelf.is_open,
        Shelf.from_at > bindparam(None, read.now, type_=UtcDateTime()),
        Shelf.until_at <= bindparam(None, read.now, type_=UtcDateTime()),
    )
    shut = select(Shelf.product_id).where(Shelf.channel == channel, closed)
    return Product.on_shelf.is_(True), ~Sku.retired, Product.id.not_in(shut)


def check_offered(bill: Bill, promised: Collection[int] = ()) -> None:
    """Refuse to sell what this channel does not offer now, but for SKUs promised before. Raises `Refused`."""
    for line in bill.lines:
        if not line.offer.on_shelf and line.offer.sku_id not in promised:
            raise Refused(
                N_("“{name}” is off the shelf here. Put it on the shelf or take it off the order."),
                name=line.offer.name,
            )


def find_codes(read: Read, code: str) -> list[tuple[int, str]]:
    """(sku, unit) pairs a scanned or typed code stands for: barcodes first, then the shop's own code."""
    found = [(row.sku_id, row.unit) for row in read.rows(_BY_BARCODE, {"code": code})]
    if not found and len(code) == 12 and code.isdigit():  # a scanner may send UPC-A without its leading zero
        found = [(row.sku_id, row.unit) for row in read.rows(_BY_BARCODE, {"code": "0" + code})]
    return found or [(row.id, "") for row in read.rows(_BY_CODE, {"code": code.lower()})]


def available_milli(
    read: Read, sku_ids: Collection[int], location_id: int, lasting: date | None = None
) -> dict[int, int]:
    """What can still be promised per SKU at a location, in thousandths; expired pieces only if the shop sells them.

    Pieces whose last day is before `lasting` are left out: they would be gone when they are wanted.
    Goods that a frozen stocktake holds still can't be promised at all.
    """
    free = Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
    statement = select(Stock.sku_id, free.label("free")).where(
        Stock.sku_id.in_(sorted(set(sku_ids))), Stock.location_id == location_id, Stock.frozen_by.is_(None)
    )
    short = short_lived(read, sku_ids, location_id, lasting or shop_day(read.now, read.zone))
    return {row.sku_id: row.free - short.get(row.sku_id, 0) for row in read.rows(statement)}
