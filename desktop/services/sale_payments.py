"""What a till asks about a sale that is paid through providers."""

from __future__ import annotations

import json

from sqlalchemy import select

from desktop.models.people import Permission
from desktop.models.system import Idempotency
from desktop.services.settlement import Settled
from desktop.shop.action import question
from desktop.shop.work import Read


@question(permission=Permission.KIOSK)
def settled_sale(read: Read, key: str) -> Settled | None:
    """What the sale with this client key became, whoever settled it; None while it is open."""
    answer = read.value(select(Idempotency.result).where(Idempotency.client_key == key))
    return Settled(**json.loads(answer)) if answer else None
