"""The rates prices in other currencies are reckoned by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.exchange import FIXED, FLOATING, ForeignCurrency
from desktop.models.payment_attempts import OPEN, PaymentAttempt
from desktop.queries.exchange import Quote, choose, newest_rate
from desktop.shop.work import Read


def price_rates(read: Read, codes: Collection[str], at: datetime | None = None) -> dict[str, Quote | Refused]:
    """What one unit of each currency is worth for prices, now or at a moment: the market rate (`Quote.market`).

    The spread is not taken off: it is what the shop keeps for changing notes, not a discount on its goods. Where no
    rate may be used now, the reason stands in its place. A currency no longer taken as cash still prices goods.
    """
    known = select(ForeignCurrency.code, ForeignCurrency.mode, ForeignCurrency.spread_bp)
    rows = {row.code: row for row in read.rows(known.where(ForeignCurrency.code.in_(sorted(codes))))}
    return {code: _rate(read, code, rows.get(code), at) for code in codes}


def _rate(read: Read, code: str, row: object, at: datetime | None) -> Quote | Refused:
    mode, spread_bp = getattr(row, "mode", FIXED), getattr(row, "spread_bp", 0)
    newest = {kind: newest_rate(read, read.currency, code, kind, at) for kind in (FIXED, FLOATING)}
    try:
        return choose(read, read.currency, code, mode, spread_bp, newest, at)
    except Refused as error:
        return error


def price_rate(read: Read, code: str) -> Quote:
    """What one unit of a currency is worth for prices now. Raises `Refused` without a rate that may be used."""
    found = price_rates(read, (code,))[code]
    if isinstance(found, Refused):
        raise found
    return found


def check_list_currency(read: Read, code: str) -> None:
    """Raises `Refused` for a currency the shop does not know, so that no list is kept in it."""
    known = select(ForeignCurrency.id).where(ForeignCurrency.code == code, ForeignCurrency.enabled)
    if read.value(known) is None:
        raise Refused(
            N_("This shop has no rate for {currency}. Add it under Settings, Currencies first."),
            currency=code,
        )


def agreed_at(read: Read, subject: str) -> datetime | None:
    """Since when something is being paid by a provider: until that is over, its prices keep the rate of then."""
    a = PaymentAttempt
    counts = or_(a.state.in_(OPEN), and_(a.state == "succeeded", a.booked.is_(False)))
    moment: datetime | None = read.value(select(func.min(a.created_at)).where(a.subject == subject, counts))
    return moment
