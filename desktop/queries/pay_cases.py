"""The payments somebody must see to, and what the shop does about each reason a payment fails for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, and_, cast, func, select

from desktop.gateways.payment import Reason
from desktop.models.orders import Order
from desktop.models.pay_offers import RETRY, PaymentCase, ReasonPlan
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.people import Permission, RolePermission, Staff, StaffRole
from desktop.queries.pay_health import methods_down
from desktop.queries.pay_words import USUAL_WAYS
from desktop.queries.todo import MOST, Step, Todo
from desktop.shop.action import question
from desktop.shop.work import Read

SHOWN = 100


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case: what is wrong, how much (minor units), what to do, who sees to it, and how it ended."""

    id: int
    kind: str
    reason: str
    way: str
    amount_minor: int
    currency: str
    attempt_id: int | None
    number: str
    method: str
    order_id: int | None
    order_code: str
    owner_id: int | None
    owner: str
    note: str
    opened_at: datetime
    done_at: datetime | None
    done_note: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done about a reason: retry, other, refund or negotiate; who sees to it, and a note."""

    reason: str
    way: str
    owner_id: int | None
    owner: str
    note: str
    own: bool  # the shop's own choice, not the usual one


@question(permission=Permission.SEE_PAYMENTS)
def payment_cases(read: Read, done: bool = False) -> tuple[CaseRow, ...]:
    """The open cases, the oldest first; or those closed last."""
    statement = (
        select(
            PaymentCase.id, PaymentCase.kind, PaymentCase.reason, PaymentCase.way, PaymentCase.amount_minor,
            PaymentCase.currency, PaymentCase.attempt_id, PaymentAttempt.number, PaymentAttempt.method_key,
            PaymentCase.order_id, Order.short_code, PaymentCase.owner_id, Staff.name, PaymentCase.note,
            PaymentCase.opened_at, PaymentCase.done_at, PaymentCase.done_note,
        )
        .join(PaymentAttempt, PaymentAttempt.id == PaymentCase.attempt_id, isouter=True)
        .join(Order, Order.id == PaymentCase.order_id, isouter=True)
        .join(Staff, Staff.id == PaymentCase.owner_id, isouter=True)
        .limit(SHOWN)
    )  # fmt: skip
    if done:
        statement = statement.where(PaymentCase.done_at.is_not(None)).order_by(PaymentCase.done_at.desc())
    else:
        statement = statement.where(PaymentCase.done_at.is_(None)).order_by(PaymentCase.opened_at)
    return tuple(
        CaseRow(
            row.id, row.kind, row.reason, row.way, row.amount_minor, row.currency, row.attempt_id, row.number or "",
            row.method_key or "", row.order_id, row.short_code or "", row.owner_id, row.name or "", row.note,
            row.opened_at, row.done_at, row.done_note,
        )
        for row in read.rows(statement.order_by(PaymentCase.id))
    )  # fmt: skip


@question(permission=Permission.SEE_PAYMENTS)
def open_case_count(read: Read) -> int:
    """How many cases are open."""
    return int(read.value(select(func.count()).select_from(PaymentCase).where(PaymentCase.done_at.is_(None))))


@question(permission=Permission.SEE_PAYMENTS)
def case_owners(read: Read) -> tuple[tuple[int, str], ...]:
    """Id and name of the people who may see to cases."""
    mine = (
        StaffRole.role_key == RolePermission.role_key,
        RolePermission.permission == str(Permission.RECONCILE),
    )
    rows = read.rows(
        select(Staff.id, Staff.name)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .join(RolePermission, and_(*mine))
        .where(Staff.active)
        .distinct()
        .order_by(Staff.id)
    )
    return tuple((row.id, row.name) for row in rows)


@question(permission=Permission.SEE_PAYMENTS)
def reason_plans(read: Read) -> tuple[Plan, ...]:
    """What is done about every reason, in the program's order."""
    kept = {row.reason: row for row in read.rows(_PLANS)}
    return tuple(_plan(reason, kept.get(reason)) for reason in Reason if reason is not Reason.NONE)


@question(permission=Permission.KIOSK)
def what_to_do(read: Read, reason: str) -> Plan:
    """What to offer when a payment has just failed for this reason."""
    return plan_of(read, reason)


def plan_of(read: Read, reason: str) -> Plan:
    """The shop's own plan for a reason, or the usual one."""
    return _plan(reason, read.first(_PLANS.where(ReasonPlan.reason == reason)))


_PLANS = select(
    ReasonPlan.reason, ReasonPlan.way, ReasonPlan.owner_id, ReasonPlan.note, Staff.name
).join(Staff, Staff.id == ReasonPlan.owner_id, isouter=True)  # fmt: skip


def _plan(reason: str, row: object) -> Plan:
    if row is None:
        return Plan(reason, USUAL_WAYS.get(reason, RETRY), None, "", "", False)
    return Plan(reason, row.way, row.owner_id, row.name or "", row.note, True)  # type: ignore[attr-defined]


def open_cases(read: Read) -> Iterator[Todo]:
    """For what must be done first: open cases, at stake is what they come to."""
    few = select(PaymentCase.id, PaymentCase.amount_minor, PaymentCase.opened_at, PaymentCase.kind)
    few = few.where(PaymentCase.done_at.is_(None)).order_by(PaymentCase.opened_at).limit(MOST + 1)
    rows = few.subquery("few")
    total = func.coalesce(cast(func.sum(rows.c.amount_minor), BigInteger), 0)
    count, money, since = tuple(
        read.rows(select(func.count(), total, func.min(rows.c.opened_at)).select_from(rows)).one()
    )
    if count:
        first = read.first(few.limit(1))
        step = Step("show", "payments", filters={"tab": "todo"})
        facts = {"kind": first.kind if first else ""}
        yield Todo("payment_case", min(count, MOST), int(money), since, step, facts, count > MOST)


def resting_methods(read: Read) -> Iterator[Todo]:
    """For what must be done first: each method that is down; what hangs on it can't be reckoned."""
    for down in methods_down(read).values():
        step = Step("show", "settings", filters={"page": "health"})
        facts = {"method": down.method, "why": down.reason, "until": down.until}
        yield Todo("method_down", 1, 0, down.since, step, facts)
