"""An attempt nobody wants any more: over when it was never sent, otherwise cancelled with the provider."""

from __future__ import annotations

from typing import Any

from desktop.gateways.payment import Reason, State
from desktop.services import pay_steps
from desktop.services.pay_methods import release_use
from desktop.services.provider_refunds import move_attempt
from desktop.shop.work import Work


def stop_row(work: Work, row: Any) -> None:
    """Stop an attempt that is locked, or whose subject is, inside another deed."""
    leased = row.lease_until is not None and row.lease_until > work.now
    steps = pay_steps.stopped(State(row.state), under_way=leased)
    if not steps:
        return
    values: dict[str, Any] = {"tries": 0, "next_at": work.now, "reason": str(Reason.CANCELLED)}
    if steps[-1] is State.CLOSED:
        values |= ended(work, row)
    move_attempt(work, row, steps, **values)


def ended(work: Work, row: Any) -> dict[str, Any]:
    """What an attempt that is over keeps: not the customer's code, no lease, and no place in the day's limits."""
    release_use(work, f"attempt:{row.client_key}")
    return {
        "ended_at": work.now, "customer_code": "", "next_at": None, "lease_owner": "", "lease_until": None,
    }  # fmt: skip
