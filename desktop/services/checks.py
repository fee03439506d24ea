"""The results of periodic checks are kept, so that whoever comes in the morning sees what was found at night."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from desktop.models.people import Permission
from desktop.models.system import CheckRun
from desktop.queries import findings
from desktop.queries.order_check import CHECKS, check_orders_and_points
from desktop.queries.verify import Verdict, verify
from desktop.queries.verify_fault import SENTENCES
from desktop.shop.action import Question, action
from desktop.shop.work import Work

BOOKS, ORDERS = "books", "orders"  # the books; orders that are stuck and points that are wrong
KEPT = 100  # findings of one run kept in words; the number of all is kept beside


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit: a sentence key with its fields, the money in doubt, and what it is about."""

    words: str
    fields: Mapping[str, str] = field(default_factory=dict)
    money_minor: int = 0
    subject: str = ""  # order:12, member:318


def from_verdict(verdict: Verdict) -> tuple[Finding, ...]:
    """The faults of a check of the books as findings."""
    return tuple(
        Finding(
            SENTENCES[fault.kind],
            {"subject": fault.subject, "expected": fault.expected, "found": fault.found},
        )
        for fault in verdict.faults
    )


def from_findings(found: Sequence[findings.Finding]) -> tuple[Finding, ...]:
    """What a check of orders and points found, as findings to keep."""
    return tuple(
        Finding(findings.KINDS[one.kind].sentence, one.fields, one.minor, one.subject) for one in found
    )


# The question of each check, and how its answer is kept. It reads everything, so it is asked outside a verb.
QUESTIONS: dict[str, Question[..., Any]] = {BOOKS: verify, ORDERS: check_orders_and_points}
_KEEP: dict[str, Callable[[Any], tuple[Finding, ...]]] = {BOOKS: from_verdict, ORDERS: from_findings}


def to_keep(kind: str, answer: Any) -> tuple[tuple[Finding, ...], int]:
    """The findings in the answer of a check, and how many checks were made: what `record_check` takes."""
    return _KEEP[kind](answer), answer.checks if kind == BOOKS else len(CHECKS)


@action(permission=Permission.RUN_RULES)
def record_check(work: Work, kind: str, findings: Sequence[Finding], checks: int = 0) -> int:
    """Keep what a check found; earlier runs of its kind are settled by it. Returns the id of the run."""
    if kind not in QUESTIONS:
        raise ValueError(f"there is no check called {kind}")
    for run in work.session.scalars(select(CheckRun).where(CheckRun.kind == kind, CheckRun.open)):
        run.open = False
    kept = json.dumps([asdict(finding) for finding in findings[:KEPT]], ensure_ascii=False, default=dict)
    made = work.add(
        CheckRun(
            kind=kind,
            at=work.now,
            checks=checks,
            found=len(findings),
            minor=sum(finding.money_minor for finding in findings),
            findings=kept,
            open=bool(findings),
        )
    )
    return made.id
