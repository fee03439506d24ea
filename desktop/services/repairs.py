"""Repairs of what the check of orders and points found: a legal step or a counter-entry, never a changed entry.

Each looks again first and refuses when the finding no longer holds, so a second try changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.queries import stuck, wrong_points
from desktop.queries.findings import KINDS, ORDER, Finding
from desktop.queries.order_check import look_again
from desktop.services import once
from desktop.services.fulfilment import NOT_PAID, cancel_order, receive_order
from desktop.services.order_queue import release_order
from desktop.services.orders import tell
from desktop.services.posting import PointsStep, post_points
from desktop.services.repair_orders import book_out, finish_payment, free_goods, mark_shipped
from desktop.shop.action import action
from desktop.shop.work import Work

Key = tuple[str, int, int, int]  # Finding.key
ENDINGS = {"twice": wrong_points.SPENT, "earned": wrong_points.EARNED}


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was repaired; `KINDS[kind].undo` says how to take it back."""

    kind: str
    number: str


@action(permission=Permission.HANDLE_ORDERS)
def repair_order(work: Work, finding: Key, client_key: str) -> Repaired:
    """Bring a stuck order to where everything else says it is. Raises `Changed` when it is not stuck any more."""
    return _once(work, finding, client_key, frozenset(stuck.CHECKS))


@action(permission=Permission.ADJUST_POINTS)
def repair_points(work: Work, finding: Key, client_key: str) -> Repaired:
    """Put points right by a correction of their own. Raises `Changed` when nothing is wrong any more."""
    return _once(work, finding, client_key, frozenset(wrong_points.CHECKS))


def _once(work: Work, key: Key, client_key: str, kinds: frozenset[str]) -> Repaired:
    kind, subject_id = key[0], key[1]
    if kind not in kinds:
        raise Refused(N_("There is no repair of this kind here."))
    work.get(Order if KINDS[kind].subject == ORDER else Member, subject_id, lock=True)
    given = once.claim(work, client_key, list(key))
    if given is not None:
        return Repaired(**given)
    finding = look_again(work, kind, subject_id)
    if finding is None or finding.key != tuple(key):
        raise Changed(N_("This is no longer as it was found. Check again."), next_step="look_again")
    if kind not in REPAIRS:
        raise Refused(N_("Nothing repairs this by itself. Look at the order and decide."))
    REPAIRS[kind](work, finding)
    if KINDS[kind].subject == ORDER:
        tell(work, subject_id, "repaired", KINDS[kind].title)
    work.note(repaired=kind, expected=finding.expected, found=finding.found)
    once.keep(work, client_key, {"kind": kind, "number": finding.number})
    return Repaired(kind, finding.number)


def _correct(work: Work, finding: Finding) -> None:
    """One correction over what is missing or too much, named after the document it puts right."""
    order = work.get(Order, finding.subject_id)
    if order.member_id is None:
        raise Refused(N_("This order has no member, so there are no points to put right."))
    missing = finding.expected - finding.found
    delta = missing if finding.kind in ("kept", "promised", "earned") else -missing
    source = f"order:{order.id}{ENDINGS.get(finding.kind, '')}"
    key = f"repair:{finding.kind}:{order.id}:{finding.expected}:{finding.found}"
    step = PointsStep(delta, wrong_points.CORRECTION, source, key, note=KINDS[finding.kind].title)
    post_points(work, order.member_id, [step])


def _recount(work: Work, finding: Finding) -> None:
    """The balance is only a sum kept at hand; the ledger it is counted from stays."""
    if finding.expected < 0:
        raise Refused(N_("The ledger adds up to less than nothing. Look at its entries first."))
    member = Member.points == finding.found
    if not work.update(Member, finding.subject_id, {"points": finding.expected}, member):
        raise Changed(N_("This is no longer as it was found. Check again."), next_step="look_again")


def _step(verb: Callable[..., object], *more: object) -> Callable[[Work, Finding], None]:
    return lambda work, finding: (verb(work, finding.subject_id, *more), None)[1]


REPAIRS: dict[str, Callable[[Work, Finding], None]] = {
    "paid": finish_payment,
    "parcel": mark_shipped,
    "holding": free_goods,
    "not moved": book_out,
    "queue": _step(release_order.run),
    "unpaid": _step(cancel_order.run, NOT_PAID),
    "shipped": _step(receive_order.run),
    "kept": _correct,
    "promised": _correct,
    "twice": _correct,
    "earned": _correct,
    "balance": _recount,
}
