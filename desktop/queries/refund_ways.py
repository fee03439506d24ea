"""By which ways money of an order goes back, what may be chosen instead, and whose drawer gives the cash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.cash_sessions import OPEN, CashSession
from desktop.models.pay_times import REFUND_CHOICE, REFUND_ORDER, REFUND_ROUTE, SAME
from desktop.models.payments import PaymentMethod, RefundTender, Tender
from desktop.models.people import Till
from desktop.queries.order_words import said
from desktop.shop.work import Read

STORED, CASH = "stored_value", "cash"
ROUTES = (CASH, "card", "other", STORED)  # other ways than the tender's own: none of them through a provider
_GIVEN = (
    select(RefundTender.tender_id, func.sum(RefundTender.amount_minor).label("given"))
    .group_by(RefundTender.tender_id)
    .subquery()
)


@dataclass(frozen=True, slots=True)
class Ways:
    """How money goes back: (way, minor units) parts, and `route`, `same` or one of `choices` (empty: no choice).

    `drawer` is the till whose cash it is, empty when no cash leaves; `in_session` whether its cash is counted.
    """

    parts: tuple[tuple[str, int], ...] = ()
    choices: tuple[str, ...] = ()
    route: str = SAME
    drawer: str = ""
    in_session: bool = False


def refund_order(read: Read) -> tuple[str, ...]:
    """The ways to pay in the order in which money goes back by them; those the setting leaves out come last."""
    chosen = [key.strip() for key in read.setting(REFUND_ORDER).split(",") if key.strip()]
    rest = [key for key in REFUND_ORDER.default.split(",") if key not in chosen]
    return (*chosen, *rest)


def route_of(read: Read, route: str) -> str:
    """The other way for all of the money; empty: the way it came. Raises `Refused` for one that can't be chosen."""
    usual = read.setting(REFUND_ROUTE)
    if route and route != usual and not read.setting(REFUND_CHOICE):
        raise Refused(N_("The shop’s settings say which way money goes back. Another one can’t be chosen."))
    route = route or usual
    if route == SAME:
        return ""
    if route not in ROUTES:
        raise Refused(
            N_("Money can’t be sent back that way. Choose cash, card, stored value or another way by hand.")
        )
    return route


def tenders_left(read: Read, order_id: int) -> list[Any]:
    """The parts of an order's payment with what went back of each (`given`), in the owner's order for refunds."""
    statement = (
        select(
            Tender.id, Tender.method_key, Tender.amount_minor, func.coalesce(_GIVEN.c.given, 0).label("given"),
            Tender.currency, Tender.foreign_currency, Tender.rate, Tender.attempt_id,
        )
        .join(_GIVEN, _GIVEN.c.tender_id == Tender.id, isouter=True)
        .where(Tender.order_id == order_id)
        .order_by(Tender.id)
    )  # fmt: skip
    order = refund_order(read)
    return sorted(
        read.rows(statement).all(),
        key=lambda t: order.index(t.method_key) if t.method_key in order else len(order),
    )


def shares(tenders: Sequence[Any], money_minor: int) -> list[tuple[Any, int]]:
    """How much of this money each tender gives back, the first ones first; less in all when that is not there."""
    found = []
    for tender in tenders:
        part = min(money_minor, tender.amount_minor - int(tender.given))
        if part > 0 and tender.method_key != "points":
            money_minor -= part
            found.append((tender, part))
    return found


def own_way(method: str, route: str) -> bool:
    """Whether a tender goes back the way it came: stored value always, for its bonus is never paid out."""
    return not route or method in (route, STORED)


def ways_back(read: Read, order: Any, amounts: Sequence[tuple[int, int]], route: str = "") -> Ways:
    """How (order id, minor units) of money would go back for this order now."""
    other = route_of(read, route)
    sums: dict[str, int] = {}
    came: set[str] = set()
    for order_id, money in amounts:
        for tender, part in shares(tenders_left(read, order_id), money):
            came.add(tender.method_key)
            way = tender.method_key if own_way(tender.method_key, other) else other
            sums[way] = sums.get(way, 0) + part
    drawer, in_session = _drawer(read, order) if CASH in sums else ("", False)
    choices = _choices(read, order) if came - {STORED} else ()
    return Ways(tuple(sums.items()), choices, other or SAME, drawer, in_session)


def _choices(read: Read, order: Any) -> tuple[str, ...]:
    if not read.setting(REFUND_CHOICE):
        return ()
    stored = read.value(select(PaymentMethod.enabled).where(PaymentMethod.key == STORED))
    keeps = bool(stored) and order.member_id is not None
    return (SAME, *(key for key in ROUTES if key != STORED or keeps))


def _drawer(read: Read, order: Any) -> tuple[str, bool]:
    """The till that gives the cash: where the person stands, else that of the sale; and whether it is open."""
    till_id = read.actor.till_id or order.till_id
    name = read.value(select(Till.name).where(Till.id == till_id)) or ""
    mine = select(CashSession.id).where(CashSession.till_id == till_id, CashSession.state == OPEN)
    return said(name), read.value(mine) is not None


__all__ = [
    "ROUTES",
    "SAME",
    "Ways",
    "own_way",
    "refund_order",
    "route_of",
    "shares",
    "tenders_left",
    "ways_back",
]
