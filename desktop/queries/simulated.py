"""Whether payments here only look like payments: an account without encryption can lead to a simulator alone."""

from __future__ import annotations

from sqlalchemy import select

from desktop.models.payment_accounts import PaymentAccount
from desktop.models.people import Permission
from desktop.shop.action import question
from desktop.shop.work import Read


@question(permission=Permission.BROWSE_GOODS)
def payments_simulated(read: Read) -> bool:
    """Whether an account leads to a simulator on this machine. Gateways refuse every other address without TLS."""
    details = read.rows(select(PaymentAccount.details)).scalars()
    return any(str(one.get("base_url", "")).strip().lower().startswith("http:") for one in details)
