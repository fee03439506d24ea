"""Messages from payment providers: a hint to ask at once, never the truth; twice or forged they change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import or_, select

from desktop.basics.errors import Unavailable
from desktop.basics.i18n import N_
from desktop.gateways.payment import Gateway
from desktop.models.payment_attempts import OPEN, PaymentAttempt, ProviderRefund
from desktop.models.people import Permission
from desktop.services.pay_accounts import gateway_for
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

LATE = timedelta(days=30)  # money that comes after an attempt has ended is looked for that long
MOVING = ("created", "sent", "unknown", "processing")
_A, _R = PaymentAttempt, ProviderRefund


@action(permission=Permission.PAY)
def ask_soon(work: Work, gateway: str, number: str, refund_number: str = "") -> bool:
    """Have the machine ask for this attempt, or this refund of it, now; False when it is none of ours or settled."""
    row = work.first(
        select(_A.id, _A.state, _A.sent_at, _A.created_at).where(_A.number == number, _A.gateway == gateway)
    )
    if row is None:
        return False
    asked = False
    open_ = row.state in OPEN
    late = row.state in ("closed", "failed") and row.sent_at is not None and row.created_at > work.now - LATE
    if open_ or late:
        asked = work.update(
            _A, row.id, {"next_at": work.now}, or_(_A.next_at.is_(None), _A.next_at > work.now)
        )
    if refund_number:
        refund = work.first(
            select(_R.id).where(_R.number == refund_number, _R.attempt_id == row.id, _R.state.in_(MOVING))
        )
        if refund is not None:
            asked = work.update(_R, refund.id, {"next_at": work.now}, _R.next_at > work.now) or asked
    return asked


def take_notice(
    shop: Shop,
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    make: Callable[[Shop, str], Gateway | None] = gateway_for,
) -> bool:
    """Check a message and have the machine ask; whether that was worth it.

    Raises `Unavailable` where this machine has no keys for the provider, `Refused` for a message that is not signed by
    it or not for this shop.
    """
    gateway = make(shop, name)
    if gateway is None:
        raise Unavailable(N_("This machine has no account with that provider."))
    notice = gateway.read_notice(headers, body)
    return shop.acting_as(actors.clock()).do(ask_soon, name, notice.number, notice.refund_number)
