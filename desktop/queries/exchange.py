"""What a foreign currency is worth now, by which rate, and whether it may be taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import literal, select

from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.models.exchange import FIXED, FLOATING, ForeignCurrency, FxRate
from desktop.models.orders import Order
from desktop.models.payments import RefundTender, Tender
from desktop.models.people import Permission
from desktop.models.settings import (
    FX_AGE,
    FX_AT,
    FX_INVERSE,
    FX_JUMP,
    FX_OLD,
    FX_PATH,
    FX_REFUND,
    FX_UNITS,
    FX_URL,
    NOTICE_SHOP_KEY,
)
from desktop.pricing import exchange
from desktop.queries.page import PAGE_ROWS, AnySelect, Page, Position
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class Quote:
    """What the shop gives for one foreign unit (`rate`, after its spread) by which market rate, and from when.

    `instead`: the floating rate was too old, so this is the fixed one.
    """

    base: str
    foreign: str
    rate: Decimal
    market: Decimal
    source: str
    fetched_at: datetime
    mode: str
    spread_bp: int
    instead: bool = False

    @property
    def text(self) -> str:
        """The rate as a tender keeps it."""
        return exchange.rate_text(self.rate)


@dataclass(frozen=True, slots=True)
class CurrencyRow:
    """A currency with its newest rates; `quote` is None when it can't be taken now, for `reason`."""

    id: int
    code: str
    enabled: bool
    mode: str
    spread_bp: int
    fixed: str
    floating: str
    floating_at: datetime | None
    floating_source: str
    trouble: str
    troubled_at: datetime | None
    next_fetch_at: datetime | None
    quote: Quote | None
    reason: ShopError | None


@dataclass(frozen=True, slots=True)
class RateSource:
    """Where rates come from, without the key, which is in keyrings; `base` is the shop's own currency."""

    base: str
    shop_key: str
    url: str
    path: str
    inverse: bool
    units: int


@dataclass(frozen=True, slots=True)
class RateRow:
    """One kept rate."""

    id: int
    code: str
    rate: str
    mode: str
    source: str
    fetched_at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class RateLine:
    """The line “rates of foreign money” in one look: the codes taken, how they float, when they are fetched.

    `mode` is `fixed`, `floating`, `mixed`, or empty without any currency.
    """

    codes: tuple[str, ...]
    mode: str
    minute: int
    jump_bp: int
    fetched: bool
    old: tuple[str, ...]  # those that can't be taken now


@dataclass(frozen=True, slots=True)
class ForeignTender:
    """Foreign cash taken, or given back: how much of it, at which rate, and what it is in the shop's currency.

    `id` is unique over both kinds.
    """

    id: int
    at: datetime
    order_id: int
    order_code: str
    currency: str
    foreign_minor: int
    rate: str
    amount_minor: int
    received_minor: int
    refund: bool


@dataclass(frozen=True, slots=True)
class ForeignDue:
    """A sum of the shop's in a foreign currency: shown, and the least that covers it when handed over."""

    quote: Quote
    shown: Money
    needed: Money


def quote(read: Read, base: str, foreign: str) -> Quote:
    """The rate a foreign currency is taken at now. Raises `Refused` when it may not be taken."""
    row = read.first(
        select(ForeignCurrency.enabled, ForeignCurrency.mode, ForeignCurrency.spread_bp).where(
            ForeignCurrency.code == foreign
        )
    )
    if row is None or not row.enabled or base != read.currency:
        raise Refused(N_("This shop does not take {currency}."), currency=foreign)
    newest = {mode: newest_rate(read, base, foreign, mode) for mode in (FIXED, FLOATING)}
    return choose(read, base, foreign, row.mode, row.spread_bp, newest)


def choose(
    read: Read,
    base: str,
    foreign: str,
    mode: str,
    spread_bp: int,
    newest: dict[str, RateRow | None],
    at: datetime | None = None,
) -> Quote:
    """The rate that counts of the newest fixed and floating ones, now or at a moment. Raises `Refused`."""
    kept = newest[mode]
    instead = mode == FLOATING and (kept is None or too_old(read, kept.fetched_at, at))
    if instead and read.setting(FX_OLD) == FIXED:
        kept = newest[FIXED]
    elif instead and kept is not None:
        raise Refused(
            N_("The rate of {currency} is older than {hours} hours. Fetch or type a new one first."),
            next_step="rates", currency=foreign, hours=read.setting(FX_AGE),
        )  # fmt: skip
    if kept is None:
        raise Refused(
            N_("There is no rate for {currency} yet. Fetch or type one first."),
            next_step="rates",
            currency=foreign,
        )
    market = Decimal(kept.rate)
    return Quote(
        base, foreign, exchange.less_spread(market, spread_bp), market, kept.source, kept.fetched_at, kept.mode,
        spread_bp, instead,
    )  # fmt: skip


def too_old(read: Read, fetched_at: datetime, at: datetime | None = None) -> bool:
    """Whether a floating rate of this moment counts no more."""
    return (at or read.now) - fetched_at > timedelta(hours=read.setting(FX_AGE))


def newest_rate(
    read: Read, base: str, foreign: str, mode: str, until: datetime | None = None
) -> RateRow | None:
    """The newest kept rate of a kind, or the newest there was at a moment."""
    statement = _rates().where(FxRate.base_code == base, FxRate.foreign_code == foreign, FxRate.mode == mode)
    if until is not None:
        statement = statement.where(FxRate.fetched_at <= until)
    row = read.first(statement.order_by(FxRate.id.desc()).limit(1))
    return RateRow(*tuple(row)) if row is not None else None


def _rates() -> AnySelect:
    return select(
        FxRate.id,
        FxRate.foreign_code,
        FxRate.rate,
        FxRate.mode,
        FxRate.source,
        FxRate.fetched_at,
        FxRate.actor,
    )


@question(permission=Permission.BROWSE_GOODS)
def currencies_list(read: Read) -> tuple[CurrencyRow, ...]:
    """Every foreign currency with what it is worth, in the order they were added."""
    found = []
    for row in read.rows(select(ForeignCurrency.__table__).order_by(ForeignCurrency.id)).all():
        newest = {mode: newest_rate(read, read.currency, row.code, mode) for mode in (FIXED, FLOATING)}
        found.append(_row(read, row, newest))
    return tuple(found)


def _row(read: Read, row: Any, newest: dict[str, RateRow | None]) -> CurrencyRow:
    fixed, floating = newest[FIXED], newest[FLOATING]
    found: Quote | None = None
    reason: ShopError | None = None
    try:
        found = choose(read, read.currency, row.code, row.mode, row.spread_bp, newest)
    except Refused as error:
        reason = error
    return CurrencyRow(
        id=row.id, code=row.code, enabled=row.enabled, mode=row.mode, spread_bp=row.spread_bp,
        fixed=fixed.rate if fixed else "", floating=floating.rate if floating else "",
        floating_at=floating.fetched_at if floating else None,
        floating_source=floating.source if floating else "", trouble=row.trouble, troubled_at=row.troubled_at,
        next_fetch_at=row.next_fetch_at, quote=found, reason=reason,
    )  # fmt: skip


@question(permission=Permission.SETTINGS)
def rate_source(read: Read) -> RateSource:
    """Where rates are fetched from."""
    return RateSource(
        read.currency, read.setting(NOTICE_SHOP_KEY), read.setting(FX_URL), read.setting(FX_PATH), read.setting(FX_INVERSE),
        read.setting(FX_UNITS),
    )  # fmt: skip


@question(permission=Permission.SEE_PAYMENTS)
def rate_history(read: Read, code: str, limit: int = 60) -> tuple[RateRow, ...]:
    """The kept rates of a currency, newest first."""
    statement = _rates().where(FxRate.base_code == read.currency, FxRate.foreign_code == code)
    return tuple(RateRow(*tuple(row)) for row in read.rows(statement.order_by(FxRate.id.desc()).limit(limit)))


@question(permission=Permission.SEE_PAYMENTS)
def rate_line(read: Read) -> RateLine:
    """What the page of payments says about rates."""
    rows = [row for row in currencies_list.run(read) if row.enabled]
    modes = {row.mode for row in rows}
    return RateLine(
        codes=tuple(row.code for row in rows),
        mode=modes.pop() if len(modes) == 1 else ("mixed" if modes else ""),
        minute=read.setting(FX_AT),
        jump_bp=read.setting(FX_JUMP),
        fetched=bool(read.setting(FX_URL)),
        old=tuple(row.code for row in rows if row.quote is None),
    )


@question(permission=Permission.BROWSE_GOODS)
def due_in_foreign(read: Read, amount_minor: int) -> tuple[ForeignDue, ...]:
    """A sum of the shop's in every currency that may be taken now; those without a good rate are left out."""
    found = []
    for row in currencies_list.run(read):
        if row.enabled and row.quote is not None:
            facts = (row.quote.rate, row.code, read.currency)
            shown = Money(exchange.to_foreign(amount_minor, *facts), row.code)
            found.append(ForeignDue(row.quote, shown, Money(exchange.needed(amount_minor, *facts), row.code)))
    return tuple(found)


@question(permission=Permission.SEE_PAYMENTS)
def foreign_page(read: Read, after: Position | None = None) -> Page[ForeignTender]:
    """The same as a page of a list."""
    return Page(foreign_tenders.run(read) if after is None else (), None)


@question(permission=Permission.SEE_PAYMENTS)
def foreign_tenders(read: Read, limit: int = PAGE_ROWS) -> tuple[ForeignTender, ...]:
    """The newest of what was taken and given back in foreign money, with the rate of each."""
    taken = (
        select(
            (Tender.id * 2).label("number"), Tender.at,
            Order.id, Order.short_code, Tender.foreign_currency, Tender.foreign_minor, Tender.rate,
            Tender.amount_minor, Tender.received_minor, literal(False),
        )
        .join(Order, Order.id == Tender.order_id)
        .where(Tender.foreign_currency != "")
        .order_by(Tender.id.desc())
        .limit(limit)
    )  # fmt: skip
    back = (
        select(
            (RefundTender.id * 2 + 1).label("number"), RefundTender.at,
            Order.id, Order.short_code, RefundTender.foreign_currency, RefundTender.foreign_minor,
            Tender.rate, RefundTender.amount_minor, RefundTender.amount_minor, literal(True),
        )
        .join(Tender, Tender.id == RefundTender.tender_id)
        .join(Order, Order.id == Tender.order_id)
        .where(RefundTender.foreign_currency != "")
        .order_by(RefundTender.id.desc())
        .limit(limit)
    )  # fmt: skip
    rows = [ForeignTender(*tuple(row)) for statement in (taken, back) for row in read.rows(statement)]
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True)[:limit])


def refund_in_foreign(read: Read) -> bool:
    """Whether foreign cash goes back as what it was."""
    return read.setting(FX_REFUND) == "foreign"
