"""Which ways to pay a customer is offered: the default first, then the fallbacks; and for each other one why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.models.pay_offers import DEFAULT, FALLBACK, OFF, OFFERED, SHOP_SCOPE, MethodOffer, MethodUse
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.payment_attempts import OPEN, PaymentAttempt
from desktop.models.payments import PaymentMethod
from desktop.models.people import Permission, Till
from desktop.pricing.pay_discount import pay_discount
from desktop.queries.order_words import method_word
from desktop.queries.pay_health import WALLET, Down, methods_down
from desktop.queries.pay_words import reason_word
from desktop.shop.action import question
from desktop.shop.work import Read

CHANNELS = {"counter": "store", "kiosk": "kiosk", "online": "online"}
RANKS = {DEFAULT: 0, FALLBACK: 1, OFFERED: 2, OFF: 3}


@dataclass(frozen=True, slots=True)
class OfferedMethod:
    """One way to pay: whether it is offered, else `why` (a sentence); what it takes off and what is then paid.

    `use` is default, fallback or offered; `proposed` marks the one to begin with. Minor units.
    """

    key: str
    kind: str
    use: str
    offered: bool
    proposed: bool
    why: Refused | None
    discount_minor: int
    pays_minor: int
    down: Down | None = None
    discount_bp: int = 0
    discount_cap_minor: int = 0

    def discount_for(self, covered_minor: int) -> int:
        """What it takes off when it pays another part of what is due."""
        return pay_discount(covered_minor, self.discount_bp, self.discount_cap_minor)


@dataclass(frozen=True, slots=True)
class Where:
    """Where a payment is taken: the channel, and the till with its region if there is one."""

    channel: str
    till_id: int | None
    region: str

    @property
    def scopes(self) -> tuple[str, ...]:
        """From the narrowest to the whole shop."""
        till = (f"till:{self.till_id}",) if self.till_id else ()
        return (*till, f"channel:{self.channel}", SHOP_SCOPE)


SHOP = Where("", None, "")  # no place of its own: only what holds for the whole shop


@question(permission=Permission.KIOSK)
def offered(
    read: Read,
    till_id: int | None = None,
    member_id: int | None = None,
    amount_minor: int = 0,
    *,
    channel: str = "",
    currency: str = "",
    subject: str = "",
) -> tuple[OfferedMethod, ...]:
    """All methods, those offered first; with `subject`, what an open try for it blocks and which one failed last.

    A fallback is proposed by itself once the default is down or has failed for this subject; never while a try is open.
    """
    where = where_of(read, till_id, channel)
    money = currency or read.currency
    methods = read.rows(
        select(PaymentMethod.__table__).order_by(PaymentMethod.position, PaymentMethod.key)
    ).all()
    uses = uses_at(read, where)
    down, accounts = methods_down(read), accounts_of(read)
    running, failed = _tries(read, subject)
    found = []
    for place, row in enumerate(methods):
        use, position = uses.get(row.key, (OFFERED, place))
        why = running or refusal(read, row, where, use, amount_minor, money, member_id, down.get(row.key))
        if why is None and row.kind == WALLET and row.key not in accounts:
            why = Refused(N_("{method} is not connected yet."), method=method_word(row.key))
        off = pay_discount(amount_minor, row.discount_bp, row.discount_cap_minor)
        shown = OfferedMethod(
            row.key, row.kind, use, why is None, False, why, off, amount_minor - off, down.get(row.key),
            row.discount_bp, row.discount_cap_minor,
        )  # fmt: skip
        found.append((why is not None, row.key in failed, RANKS[use], position, place, shown))
    found.sort(key=lambda one: one[:5])
    return tuple(
        replace(one[-1], proposed=number == 0 and one[-1].offered) for number, one in enumerate(found)
    )


def accounts_of(read: Read) -> dict[str, datetime | None]:
    """The providers the shop has an account with, and when the first certificate of each ends."""
    rows = read.rows(select(PaymentAccount.gateway, PaymentAccount.expires_at))
    return {row.gateway: row.expires_at for row in rows}


def _tries(read: Read, subject: str) -> tuple[Refused | None, frozenset[str]]:
    """What blocks a new try for this subject, and the methods whose tries for it ended without money."""
    if not subject:
        return None, frozenset()
    columns = (PaymentAttempt.method_key, PaymentAttempt.state, PaymentAttempt.paid_minor)
    rows = read.rows(select(*columns).where(PaymentAttempt.subject == subject)).all()
    if any(row.state in OPEN for row in rows):
        return Refused(N_("A payment is still running. Wait for it or cancel it.")), frozenset()
    return None, frozenset(row.method_key for row in rows if not row.paid_minor)


def where_of(read: Read, till_id: int | None, channel: str = "") -> Where:
    """The place as the offer sees it; a till says its own channel unless another is named."""
    till = read.first(_TILL, {"till": till_id}) if till_id else None
    return Where(
        channel or (CHANNELS.get(till.kind, "store") if till else "store"),
        till_id,
        till.region if till else "",
    )


def uses_at(read: Read, where: Where) -> dict[str, tuple[str, int]]:
    """(use, position) of each method by the narrowest scope that says something of it."""
    rows = read.rows(select(MethodOffer.__table__).where(MethodOffer.scope.in_(where.scopes)))
    found: dict[str, tuple[int, str, int]] = {}
    for row in rows:
        width = where.scopes.index(row.scope)
        if row.method_key not in found or width < found[row.method_key][0]:
            found[row.method_key] = (width, row.use, row.position)
    return {key: (use, position) for key, (_width, use, position) in found.items()}


_METHOD = select(PaymentMethod.__table__).where(PaymentMethod.key == bindparam("method"))
_USES = select(MethodOffer.scope, MethodOffer.use).where(
    MethodOffer.method_key == bindparam("method"),
    MethodOffer.scope.in_(bindparam("scopes", expanding=True)),
)
_TILL = select(Till.kind, Till.region).where(Till.id == bindparam("till"))


def method_at(read: Read, key: str, where: Where) -> tuple[Any, str]:
    """A method's row and its use here, by two statements. Raises `Refused` for one there is not."""
    row = read.first(_METHOD, {"method": key})
    if row is None:
        raise Refused(N_("This way to pay is not known. Choose another one."))
    rows = read.rows(_USES, {"method": key, "scopes": where.scopes})
    said = {one.scope: one.use for one in rows}
    return row, next((said[scope] for scope in where.scopes if scope in said), OFFERED)


def refusal(
    read: Read,
    row: Any,
    where: Where,
    use: str,
    amount_minor: int,
    currency: str,
    member_id: int | None,
    down: Down | None,
) -> Refused | None:
    """Why this method can't be taken here for this amount, or None."""
    name = method_word(row.key)
    if not row.enabled:
        return Refused(N_("{method} is switched off."), method=name)
    if use == OFF or not _within(row.channels, where.channel) or not _within(row.regions, where.region):
        return Refused(N_("{method} is not offered here."), method=name)
    if not _within(row.currencies, currency):
        return Refused(N_("{method} takes no {currency}."), method=name, currency=currency)
    if 0 < amount_minor < row.least_minor:
        return Refused(
            N_("{method} is for amounts from {least}."),
            method=name,
            least=str(Money(row.least_minor, currency)),
        )
    if 0 < row.most_minor < amount_minor:
        return Refused(
            N_("{method} is for amounts up to {most}."),
            method=name,
            most=str(Money(row.most_minor, currency)),
        )
    if down is not None:
        again = when_text(down.until, read.now, read.zone)
        return Refused(
            N_("{method} does not work now: {why}. It is tried again {when}."),
            method=name, why=reason_word(down.reason), when=again,
        )  # fmt: skip
    return _used_up(read, row, name, amount_minor, currency, member_id)


def _used_up(
    read: Read, row: Any, name: str, amount_minor: int, currency: str, member_id: int | None
) -> Refused | None:
    """Whether today's uses leave room for one more."""
    if not row.day_sum_minor and not (row.member_day_count and member_id):
        return None
    day = shop_day(read.now, read.zone).isoformat()
    used = {
        one.member_id: one
        for one in read.rows(
            select(MethodUse.member_id, MethodUse.count, MethodUse.sum_minor).where(
                MethodUse.method_key == row.key,
                MethodUse.day == day,
                MethodUse.member_id.in_((0, member_id or 0)),
            )
        )
    }
    mine = used.get(member_id) if member_id else None
    if row.member_day_count and mine is not None and mine.count >= row.member_day_count:
        return too_often(name, row.member_day_count)
    spent = used[0].sum_minor if 0 in used else 0
    if row.day_sum_minor and spent + amount_minor > row.day_sum_minor:
        return too_much(name, row.day_sum_minor - spent, currency)
    return None


def too_often(name: str, count: int) -> Refused:
    """The sentence for a member who used it often enough today."""
    return Refused(
        N_("This member has used {method} {count} times today, which is the limit."), method=name, count=count
    )


def too_much(name: str, left_minor: int, currency: str) -> Refused:
    """The sentence for a day's sum that is used up."""
    left = str(Money(max(0, left_minor), currency))
    return Refused(N_("{method} has {left} left for today."), method=name, left=left)


def _within(kept: str, value: str) -> bool:
    """Whether a list kept as text (empty: everything) names this value."""
    return not kept or value in kept.split(",")


__all__ = ["WALLET", "OfferedMethod", "Where", "method_at", "offered", "refusal", "uses_at", "where_of"]
