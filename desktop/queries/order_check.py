"""The whole check of orders and points: what is stuck, what was wrongly deducted, and whether it still is."""

from __future__ import annotations

from desktop.models.people import Permission
from desktop.queries import stuck, wrong_points
from desktop.queries.findings import Finding
from desktop.shop.action import question
from desktop.shop.work import Read

CHECKS = {**stuck.CHECKS, **wrong_points.CHECKS}


@question(permission=Permission.ADJUST_POINTS)
def check_orders_and_points(read: Read) -> tuple[Finding, ...]:
    """Everything that is stuck or wrong, orders first; about a dozen statements, whatever the number of orders."""
    return tuple(finding for check in CHECKS.values() for finding in check(read, None))


def look_again(read: Read, kind: str, subject_id: int) -> Finding | None:
    """What is wrong in this way with this one order or member now."""
    return next(iter(CHECKS[kind](read, subject_id)), None)
