"""Ways to pay: switched, limited and offered by place; each use is checked and counted where the payment begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from desktop.basics.clock import shop_day
from desktop.basics.errors import NotFound, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import BASIS, CURRENCIES, LARGEST
from desktop.models.pay_offers import (
    DEFAULT,
    FALLBACK,
    OFF,
    OFFERED,
    SHOP_SCOPE,
    USES,
    MethodOffer,
    MethodUse,
    MethodUsePart,
)
from desktop.models.payments import PaymentMethod
from desktop.models.people import Permission, Till
from desktop.pricing.pay_discount import pay_discount
from desktop.queries.order_words import method_word
from desktop.queries.pay_health import WALLET, methods_down
from desktop.queries.pay_offer import method_at, refusal, too_much, too_often, where_of
from desktop.shop.action import action
from desktop.shop.work import Work

CHANNELS = ("store", "kiosk", "online")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class MethodTerms:
    """Limits and discount of a method (minor units, basis points; 0 and empty: none)."""

    fee_bp: int = 0
    discount_bp: int = 0
    discount_cap_minor: int = 0
    least_minor: int = 0
    most_minor: int = 0
    member_day_count: int = 0
    day_sum_minor: int = 0
    channels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()


# What payments ask, inside their own transaction


def check_offer(
    work: Work,
    method_key: str,
    *,
    channel: str = "",
    till_id: int | None,
    member_id: int | None,
    amount_minor: int,
    currency: str,
) -> None:
    """May this be paid that way here and now? Raises `Refused` with the reason. Limits look at what is due, before discount."""
    where = where_of(work, till_id, channel)
    row, use = method_at(work, method_key, where)
    down = methods_down(work, (method_key,)).get(method_key) if row.kind == WALLET else None
    why = refusal(work, row, where, use, amount_minor, currency, member_id, down)
    if why is not None:
        raise why


def discount_of(work: Work, method_key: str, covered_minor: int, given_minor: int = 0) -> int:
    """What this method takes off when it pays so much of what is due, after what it took off of earlier parts (minor units)."""
    columns = (PaymentMethod.discount_bp, PaymentMethod.discount_cap_minor)
    row = work.first(select(*columns).where(PaymentMethod.key == method_key))
    if row is None:
        return 0
    return pay_discount(covered_minor, row.discount_bp, row.discount_cap_minor, given_minor)


def count_use(
    work: Work, method_key: str, source: str, *, member_id: int | None, amount_minor: int, currency: str
) -> None:
    """Count one use against the day's limits, once per source. Raises `Refused` when it would pass one.

    Two tills at once can't both take the last: the guarded update decides.
    """
    limits = (PaymentMethod.member_day_count, PaymentMethod.day_sum_minor)
    row = work.first(select(*limits).where(PaymentMethod.key == method_key))
    if row is None or not (row.member_day_count or row.day_sum_minor):
        return
    day = shop_day(work.now, work.zone).isoformat()
    part = {"source": source, "method_key": method_key, "day": day, "member_id": member_id or 0}
    if work.offer(MethodUsePart, {**part, "amount_minor": amount_minor}) is None:
        return
    name = method_word(method_key)
    within = MethodUse.sum_minor + amount_minor <= row.day_sum_minor
    if not _step(work, method_key, day, 0, amount_minor, *((within,) if row.day_sum_minor else ())):
        raise too_much(name, row.day_sum_minor - _sum(work, method_key, day), currency)
    often = MethodUse.count < row.member_day_count
    if member_id and not _step(
        work, method_key, day, member_id, amount_minor, *((often,) if row.member_day_count else ())
    ):
        raise too_often(name, row.member_day_count)


def release_use(work: Work, source: str) -> None:
    """A payment was closed or reversed: it counts no longer. Does nothing for one that was not counted."""
    taken_back = (
        update(MethodUsePart)
        .where(MethodUsePart.source == source, MethodUsePart.released_at.is_(None))
        .values(released_at=work.now)
        .returning(
            MethodUsePart.method_key, MethodUsePart.day, MethodUsePart.member_id, MethodUsePart.amount_minor
        )
    )
    part = work.rows(taken_back).first()
    if part is None:
        return
    for who in {0, part.member_id}:
        _step(work, part.method_key, part.day, who, -part.amount_minor, count=-1)


def _step(
    work: Work, method_key: str, day: str, member_id: int, amount_minor: int, *guards: Any, count: int = 1
) -> bool:
    key = {"method_key": method_key, "day": day, "member_id": member_id}
    empty = work.insert(MethodUse).values({**key, "count": 0, "sum_minor": 0})
    work.rows(empty.on_conflict_do_nothing())
    changed = work.rows(
        update(MethodUse)
        .where(*(getattr(MethodUse, name) == value for name, value in key.items()), *guards)
        .values(count=MethodUse.count + count, sum_minor=MethodUse.sum_minor + amount_minor)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _sum(work: Work, method_key: str, day: str) -> int:
    mine = (MethodUse.method_key == method_key, MethodUse.day == day, MethodUse.member_id == 0)
    return int(work.value(select(MethodUse.sum_minor).where(*mine)) or 0)


# What the owner decides


@action(permission=Permission.SETTINGS)
def switch_method(work: Work, method_key: str, on: bool) -> None:
    """Take this way to pay in the whole shop, or no longer; what was paid by it stays."""
    work.get(PaymentMethod, method_key, lock=True).enabled = on


@action(permission=Permission.SETTINGS)
def edit_method(work: Work, method_key: str, terms: MethodTerms) -> None:
    """Set limits, discount and fee of a method. Raises `Refused` naming what can't be."""
    method = work.get(PaymentMethod, method_key, lock=True)
    _check_terms(work, method, terms)
    for name in ("fee_bp", "discount_bp", "discount_cap_minor", "least_minor", "most_minor", "member_day_count",
                 "day_sum_minor"):  # fmt: skip
        setattr(method, name, getattr(terms, name))
    for name in ("channels", "regions", "currencies"):
        setattr(method, name, ",".join(getattr(terms, name)))


def _check_terms(work: Work, method: PaymentMethod, terms: MethodTerms) -> None:
    numbers = (terms.discount_cap_minor, terms.least_minor, terms.most_minor, terms.day_sum_minor)
    if any(not 0 <= number <= LARGEST for number in (*numbers, terms.member_day_count)):
        raise Refused(N_("An amount or a number here is not possible."))
    if not 0 <= terms.discount_bp <= BASIS // 2 or not 0 <= terms.fee_bp <= BASIS:
        raise Refused(N_("A discount for a way to pay is at most 50 %."))
    if terms.discount_bp and method.kind in ("points", "stored_value"):
        raise Refused(N_("Points and stored value have a value of their own; they take no discount."))
    if terms.most_minor and terms.least_minor > terms.most_minor:
        raise Refused(N_("The smallest amount is above the largest one."))
    if not set(terms.channels) <= set(CHANNELS) or not set(terms.currencies) <= set(CURRENCIES):
        raise Refused(N_("A channel or a currency here is not known."))
    if sum(len(name) + 1 for name in terms.regions) > LONGEST or any("," in name for name in terms.regions):
        raise Refused(N_("The names of the regions are too long."))


@action(permission=Permission.SETTINGS)
def set_offer(work: Work, scope: str, wanted: Sequence[tuple[str, str]]) -> None:
    """Say in which order and how (default, fallback, offered, off) a place offers all methods.

    `scope` is `shop`, `channel:kiosk` or `till:3`. Exactly one is the default. Raises `Refused` otherwise.
    """
    _check_scope(work, scope)
    known = set(work.session.scalars(select(PaymentMethod.key)))
    keys = [key for key, _use in wanted]
    if set(keys) != known or len(keys) != len(known):
        raise Refused(N_("The list of ways to pay changed meanwhile. Look again."), next_step="look_again")
    uses = [use for _key, use in wanted]
    if not set(uses) <= set(USES) or uses.count(DEFAULT) != 1:
        raise Refused(N_("Exactly one way to pay is the usual one."))
    _clear(work, scope)
    for place, (key, use) in enumerate(wanted):
        work.add(MethodOffer(scope=scope, method_key=key, position=place, use=use))
    if scope == SHOP_SCOPE:
        for place, key in enumerate(keys):
            work.get(PaymentMethod, key, lock=True).position = place
    work.touch("payment_method", 0)


@action(permission=Permission.SETTINGS)
def clear_offer(work: Work, scope: str) -> None:
    """A channel or till offers what the wider place offers again."""
    _check_scope(work, scope)
    _clear(work, scope)
    work.touch("payment_method", 0)


@action(permission=Permission.SETTINGS)
def trust_method(work: Work, method_key: str) -> None:
    """Offer a method that rests at once: the failures up to now count no longer."""
    work.get(PaymentMethod, method_key, lock=True).trusted_at = work.now


@action(permission=Permission.SETTINGS)
def set_till_region(work: Work, till_id: int, region: str) -> None:
    """Say where a till stands, for methods that are limited to some regions."""
    name = " ".join(region.split())
    if len(name) > 40 or "," in name:
        raise Refused(N_("A region’s name has at most 40 letters and no comma."))
    work.get(Till, till_id, lock=True).region = name


def _clear(work: Work, scope: str) -> None:
    for row in work.session.scalars(select(MethodOffer).where(MethodOffer.scope == scope)).all():
        work.remove(row)


def _check_scope(work: Work, scope: str) -> None:
    kind, _colon, name = scope.partition(":")
    if scope == SHOP_SCOPE or (kind == "channel" and name in CHANNELS):
        return
    if kind == "till" and name.isdigit() and work.value(select(Till.id).where(Till.id == int(name))):
        return
    raise NotFound(N_("This entry no longer exists. Refresh the list."))


__all__ = [
    "DEFAULT", "FALLBACK", "OFF", "OFFERED", "MethodTerms", "check_offer", "clear_offer", "count_use", "discount_of",
    "edit_method", "release_use", "set_offer", "set_till_region", "switch_method", "trust_method",
]  # fmt: skip
