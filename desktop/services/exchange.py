"""Foreign currencies: which the shop takes, at which rates, and where those come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select, update

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_
from desktop.gateways.notice_secrets import check_keeper, get_secret, put_secret
from desktop.gateways.rates import Source, check_url, fetch_answer, rate_in
from desktop.models.exchange import FIXED, FLOATING, ForeignCurrency, FxRate
from desktop.models.people import Permission
from desktop.models.settings import FX_AT, FX_INVERSE, FX_JUMP, FX_PATH, FX_UNITS, FX_URL
from desktop.pricing import exchange
from desktop.queries.exchange import Quote, RateSource, quote, rate_source
from desktop.services.settings import set_settings
from desktop.services.ways_out import shop_key
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

if TYPE_CHECKING:
    import ssl

KEY_NAME = "rates"  # of the key in keyrings, behind the shop's key
AGAIN = timedelta(minutes=30)  # after a source gave no rate
MOST_SPREAD = 5_000
KNOWN = (
    "USD", "EUR", "JPY", "GBP", "HKD", "TWD", "KRW", "SGD", "MYR", "THB", "VND", "AUD", "CAD", "NZD", "CHF", "RUB",
    "AED", "SAR", "KWD", "BHD", "IQD", "MOP", "INR", "IDR", "PHP", "BRL", "CNY",
)  # fmt: skip
JUMPED = N_("The fetched rate is too far from the one before. Look at it, and type it in if it is right.")
Fetch = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class SourceForm:
    """What is typed about the source; `key` None leaves the kept one, an empty one forgets it."""

    url: str
    path: str
    inverse: bool = False
    units: int = 1
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How a round of fetching went: the codes that have a new rate, and why the others have none."""

    taken: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


def to_base(foreign_minor: int, rate: Quote) -> int:
    """What a foreign amount is worth in the shop's currency by this quote, half up."""
    return exchange.to_base(foreign_minor, rate.rate, rate.foreign, rate.base)


def to_foreign(base_minor: int, rate: Quote) -> int:
    """An amount of the shop's in the foreign currency by this quote, half up."""
    return exchange.to_foreign(base_minor, rate.rate, rate.foreign, rate.base)


@action(permission=Permission.SETTINGS)
def save_currency(
    work: Work, code: str, *, enabled: bool = True, mode: str = FIXED, spread_bp: int = 0
) -> int:
    """Take a currency, or change how; returns its id. Raises `ShopError` for one that is not known."""
    if code not in KNOWN or code == work.currency:
        raise ShopError(N_("“{code}” can’t be taken as a foreign currency here."), code=code[:8])
    if mode not in (FIXED, FLOATING):
        raise ShopError(N_("A rate is fixed or floating."))
    if not 0 <= spread_bp <= MOST_SPREAD:
        raise ShopError(N_("A spread lies between 0% and 50%."))
    row = work.find(select(ForeignCurrency).where(ForeignCurrency.code == code).with_for_update())
    if row is None:
        row = work.add(ForeignCurrency(code=code))
    row.enabled, row.mode, row.spread_bp = enabled, mode, spread_bp
    row.next_fetch_at = work.now if enabled and mode == FLOATING else None
    row.trouble, row.troubled_at = "", None
    work.flush()
    return row.id


@action(permission=Permission.SETTINGS)
def float_all(work: Work, mode: str) -> int:
    """Let every currency that is taken be fixed or floating; returns how many were not so before."""
    if mode not in (FIXED, FLOATING):
        raise ShopError(N_("A rate is fixed or floating."))
    rows = work.session.scalars(
        select(ForeignCurrency).where(ForeignCurrency.enabled, ForeignCurrency.mode != mode)
    ).all()
    for row in rows:
        row.mode, row.trouble = mode, ""
        row.next_fetch_at = work.now if mode == FLOATING else None
    work.flush()
    return len(rows)


@action(permission=Permission.SETTINGS)
def type_rate(work: Work, code: str, text: str, mode: str = FIXED) -> str:
    """Keep a rate typed by a person: the shop's fixed one, or the market's in place of the source; returns it."""
    rate = exchange.read_rate(text)
    row = _currency(work, code)
    if mode not in (FIXED, FLOATING):
        raise ShopError(N_("A rate is fixed or floating."))
    _keep(work, row, rate, mode, work.actor.key)
    return exchange.rate_text(rate)


def _currency(work: Work, code: str) -> ForeignCurrency:
    row = work.find(select(ForeignCurrency).where(ForeignCurrency.code == code).with_for_update())
    if row is None:
        raise Refused(N_("This shop does not take {currency}."), currency=code)
    return row


def _keep(work: Work, row: ForeignCurrency, rate: Decimal, mode: str, source: str) -> None:
    kept = {
        "base_code": work.currency, "foreign_code": row.code, "rate": exchange.rate_text(rate), "mode": mode,
        "spread_bp": row.spread_bp, "source": source, "fetched_at": work.now, "actor": work.actor.key,
    }  # fmt: skip
    work.post(FxRate, [kept])
    work.touch("fx_currency", row.id)
    if mode == FLOATING:
        row.trouble, row.troubled_at = "", None
        row.next_fetch_at = next_fetch(work) if row.mode == FLOATING and row.enabled else None
        work.flush()


def next_fetch(read: Read) -> datetime:
    """The next time of day at which rates are fetched."""
    today = shop_day(read.now, read.zone)
    at = timedelta(minutes=read.setting(FX_AT))
    first = day_starts(today, read.zone) + at
    return first if first > read.now else day_starts(today + timedelta(days=1), read.zone) + at


# -- the source ---------------------------------------------------------------------------------------------------


def save_source(shop: Shop, form: SourceForm) -> None:
    """Keep where rates come from, the key in the keyring. Raises `ShopError` with nothing saved."""
    url = check_url(form.url)
    if url and not form.path.strip():
        raise ShopError(N_("Say where in the answer the rate stands."), next_step="change_path")
    known = shop.ask(rate_source)
    kept = get_secret(known.shop_key, KEY_NAME)
    moved = bool(known.url) and bool(url) and urlsplit(known.url).netloc != urlsplit(url).netloc
    if moved and kept and form.key is None:
        raise ShopError(N_("This is another server. Type its key."))
    if form.key:
        check_keeper()
    of_shop = shop.do(record_source, url, form.path.strip(), form.inverse, form.units)
    if form.key or (kept and form.key is not None):
        put_secret(of_shop, KEY_NAME, form.key)


@action(permission=Permission.SETTINGS)
def record_source(work: Work, url: str, path: str, inverse: bool, units: int) -> str:
    """Write the source without its key; every floating currency is asked for at once. Called by `save_source`."""
    values: dict[str, str | int | bool] = {
        FX_URL.key: url, FX_PATH.key: path or FX_PATH.default, FX_INVERSE.key: inverse, FX_UNITS.key: units,
    }  # fmt: skip
    set_settings.run(work, values)
    due = update(ForeignCurrency).where(ForeignCurrency.enabled, ForeignCurrency.mode == FLOATING)
    work.rows(due.values(next_fetch_at=work.now if url else None, trouble="", troubled_at=None))
    return shop_key(work)


def has_key(shop: Shop) -> bool:
    """Whether this machine's keyring has the source's key."""
    return bool(get_secret(shop.ask(rate_source).shop_key, KEY_NAME))


def try_source(shop: Shop, code: str, form: SourceForm, trust: ssl.SSLContext | None = None) -> str:
    """What a currency is worth by a source as it is typed; nothing is kept. Raises `ShopError` saying what to check."""
    known = shop.ask(rate_source)
    key = form.key if form.key is not None else get_secret(known.shop_key, KEY_NAME)
    if urlsplit(known.url).netloc != urlsplit(form.url).netloc and form.key is None:
        key = ""  # a kept key goes to no other server than its own
    source = Source(check_url(form.url), form.path.strip(), key, form.inverse, form.units)
    return exchange.rate_text(
        rate_in(fetch_answer(source.address(known.base, code), trust), source, known.base, code)
    )


# -- fetching -----------------------------------------------------------------------------------------------------


def fetch_due_rates(shop: Shop, trust: ssl.SSLContext | None = None) -> Fetched:
    """Fetch the rates whose time has come; several programs may do so at once, each currency is asked for by one."""
    clock = shop.acting_as(actors.clock())
    due = clock.ask(due_rates)
    if not due:
        return Fetched()
    source = clock.ask(source_for_clock)
    if not source.url or ("{key}" in source.url and not get_secret(source.shop_key, KEY_NAME)):
        return Fetched()  # another machine has the key
    return _fetch(clock, [code for code, seen in due if clock.do(claim_rate, code, seen)], source, trust)


def fetch_now(shop: Shop, trust: ssl.SSLContext | None = None) -> Fetched:
    """Fetch all floating rates at once, because somebody asked. Raises `ShopError` without a source."""
    source = shop.ask(rate_source)
    if not source.url:
        raise Refused(N_("There is no address to fetch rates from. Type it under Settings, Currencies."))
    return _fetch(shop, [*shop.ask(floating_codes)], source, trust)


def _fetch(shop: Shop, codes: list[str], known: RateSource, trust: ssl.SSLContext | None) -> Fetched:
    base = known.base
    key = get_secret(known.shop_key, KEY_NAME)
    source = Source(known.url, known.path, key, known.inverse, known.units)
    answers: dict[str, Any] = {}
    taken: list[str] = []
    failed: list[tuple[str, str]] = []
    for code in codes:
        found, trouble = _one(source, base, code, answers, partial(fetch_answer, trust=trust))
        sentence = shop.do(record_rate, code, found, trouble, urlsplit(known.url).hostname or "")
        if sentence:
            failed.append((code, sentence))
        else:
            taken.append(code)
    return Fetched(tuple(taken), tuple(failed))


def _one(source: Source, base: str, code: str, answers: dict[str, Any], fetch: Fetch) -> tuple[str, str]:
    """The rate of one currency, or why there is none; one answer may hold several."""
    address = source.address(base, code)
    try:
        if address not in answers:
            answers[address] = fetch(address)
        return exchange.rate_text(rate_in(answers[address], source, base, code)), ""
    except ShopError as error:
        return "", error.sentence


@question(permission=Permission.RUN_RULES)
def due_rates(read: Read) -> tuple[tuple[str, datetime], ...]:
    """The floating currencies whose time has come, with that time."""
    mine = select(ForeignCurrency.code, ForeignCurrency.next_fetch_at).where(
        ForeignCurrency.enabled, ForeignCurrency.mode == FLOATING, ForeignCurrency.next_fetch_at <= read.now
    )
    rows = read.rows(mine.order_by(ForeignCurrency.id))
    return tuple((row.code, row.next_fetch_at) for row in rows if row.next_fetch_at is not None)


@question(permission=Permission.RUN_RULES)
def floating_codes(read: Read) -> tuple[str, ...]:
    """Every floating currency that is taken."""
    mine = select(ForeignCurrency.code).where(ForeignCurrency.enabled, ForeignCurrency.mode == FLOATING)
    return tuple(read.rows(mine.order_by(ForeignCurrency.id)).scalars())


@question(permission=Permission.RUN_RULES)
def source_for_clock(read: Read) -> RateSource:
    """The source, for the program that fetches by itself."""
    return rate_source.run(read)


@action(permission=Permission.RUN_RULES)
def claim_rate(work: Work, code: str, seen: datetime) -> bool:
    """Take a fetching upon oneself; False when another program was faster. Failing it, it is due again soon."""
    mine = update(ForeignCurrency).where(ForeignCurrency.code == code, ForeignCurrency.next_fetch_at == seen)
    mine = mine.values(next_fetch_at=work.now + AGAIN).returning(ForeignCurrency.id)
    return work.rows(mine).first() is not None


@action(permission=Permission.RUN_RULES)
def record_rate(work: Work, code: str, rate: str, trouble: str, source: str) -> str:
    """Keep a fetched rate, or why there is none; returns that reason, empty when it was kept.

    A jump against the newest floating rate is not kept: a shop must not sell by a slip of somebody's server.
    """
    row = _currency(work, code)
    if not trouble:
        fresh = exchange.read_rate(rate)
        trouble = JUMPED if _jumps(work, code, fresh) else ""
        if not trouble:
            _keep(work, row, fresh, FLOATING, source)
            return ""
    row.trouble, row.troubled_at = trouble, work.now
    row.next_fetch_at = next_fetch(work) if trouble == JUMPED else work.now + AGAIN
    work.flush()
    return trouble


def _jumps(work: Work, code: str, fresh: Decimal) -> bool:
    mine = select(FxRate.rate).where(FxRate.base_code == work.currency, FxRate.foreign_code == code)
    before = work.value(mine.where(FxRate.mode == FLOATING).order_by(FxRate.id.desc()).limit(1))
    if before is None:  # against the shop's own idea of it, if it has one
        before = work.value(mine.order_by(FxRate.id.desc()).limit(1))
    return before is not None and exchange.moved_bp(Decimal(before), fresh) > work.setting(FX_JUMP)


__all__ = [
    "FIXED", "FLOATING", "KNOWN", "Fetched", "Quote", "SourceForm", "fetch_due_rates", "fetch_now",
    "float_all", "has_key", "quote", "save_currency", "save_source", "to_base", "to_foreign", "try_source", "type_rate",
]  # fmt: skip
