"""Which ways to pay are down, told by the newest tries alone: so many failures in a row, then a pause that doubles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, select

from desktop.gateways.payment import Reason
from desktop.models.base import UtcDateTime
from desktop.models.pay_rules import PAY_DOWN_AFTER, PAY_PAUSE
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.payments import PaymentMethod
from desktop.shop.work import Read

TROUBLE = frozenset({
    Reason.NO_CONNECTION, Reason.NO_ANSWER, Reason.BUSY, Reason.UNREADABLE, Reason.SIGNATURE, Reason.CLOCK,
    Reason.KEYS, Reason.CERTIFICATE, Reason.SETUP,
})  # fmt: skip
HOPELESS = frozenset({Reason.KEYS, Reason.CERTIFICATE, Reason.SETUP})  # the next customer would meet the same
LOOKED_AT = 16
LOOK_BACK = timedelta(days=2)
LONGEST_PAUSE = timedelta(hours=1)
WALLET = "wallet"


@dataclass(frozen=True, slots=True)
class Down:
    """A method taken out of the offer: why, since when, after how many failures, and when it is tried again (UTC)."""

    method: str
    reason: str
    since: datetime
    failures: int
    until: datetime


def methods_down(read: Read, keys: Iterable[str] | None = None) -> dict[str, Down]:
    """The methods that rest now, by their key."""
    wanted = select(PaymentMethod.key, PaymentMethod.trusted_at).where(PaymentMethod.kind == WALLET)
    if keys is not None:
        wanted = wanted.where(PaymentMethod.key.in_(tuple(keys)))
    found = {row.key: _down(read, row.key, row.trusted_at) for row in read.rows(wanted).all()}
    return {key: down for key, down in found.items() if down is not None and down.until > read.now}


_NEWEST = (
    select(
        PaymentAttempt.state, PaymentAttempt.paid_minor, PaymentAttempt.created_at,
        case((PaymentAttempt.trouble != "", PaymentAttempt.trouble), else_=PaymentAttempt.reason).label("reason"),
        PaymentAttempt.sent_at, PaymentAttempt.ended_at,
    )
    .where(PaymentAttempt.method_key == bindparam("method"))
    .where(PaymentAttempt.created_at > bindparam("after", type_=UtcDateTime()))
    .order_by(PaymentAttempt.id.desc())
    .limit(LOOKED_AT)
)  # fmt: skip


def _down(read: Read, key: str, trusted_at: datetime | None) -> Down | None:
    after = read.now - LOOK_BACK
    if trusted_at is not None:
        after = max(after, trusted_at)
    failed: list[Any] = []
    for row in read.rows(_NEWEST, {"method": key, "after": after}).all():
        if row.state in ("created", "sent") and not row.reason:
            continue  # nothing is known of it yet
        if row.paid_minor or row.reason not in TROUBLE:
            break
        failed.append(row)
    needed = 1 if failed and failed[0].reason in HOPELESS else read.setting(PAY_DOWN_AFTER)
    if len(failed) < needed:
        return None
    pause = timedelta(minutes=read.setting(PAY_PAUSE)) * 2 ** min(len(failed) - needed, 10)
    last = max(_when(row) for row in failed)
    return Down(key, failed[0].reason, _when(failed[-1]), len(failed), last + min(pause, LONGEST_PAUSE))


def _when(row: Any) -> datetime:
    moment: datetime = row.ended_at or row.sent_at or row.created_at
    return moment
