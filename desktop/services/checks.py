"""The results of periodic checks are kept, so that whoever comes in the morning sees what was found at night."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import select

from desktop.models.people import Permission
from desktop.models.system import CheckRun
from desktop.queries.verify import Verdict
from desktop.queries.verify_fault import SENTENCES
from desktop.shop.action import action
from desktop.shop.work import Work

BOOKS, ORDERS = "books", "orders"  # the books; orders that are stuck and points that are wrong
KINDS = (BOOKS, ORDERS)
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


@action(permission=Permission.RUN_RULES)
def record_check(work: Work, kind: str, findings: Sequence[Finding], checks: int = 0) -> int:
    """Keep what a check found; earlier runs of its kind are settled by it. Returns the id of the run."""
    if kind not in KINDS:
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
