"""Tries to be paid as a test needs them, written as the machine writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from desktop.basics.ids import new_key
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.payments import PaymentMethod
from desktop.shop.shop import Shop


def attempt(shop: Shop, method: str = "wechat", state: str = "failed", reason: str = "", **more: Any) -> int:
    """An attempt of ¥10.00 a minute long that stands like this; its id."""
    at: datetime = more.pop("at", shop.clock.now())
    row = {
        "number": new_key().replace("-", "").upper()[:32], "subject": f"sale:{new_key()}", "method_key": method,
        "gateway": method, "way": "show", "amount_minor": 1_000, "currency": "CNY", "request": {}, "state": state,
        "reason": reason, "next_at": at, "deadline_at": at + timedelta(minutes=5), "created_at": at, "sent_at": at,
        "ended_at": at if state not in ("created", "sent", "pending", "unknown", "cancelling") else None,
        "client_key": new_key(), "actor": "kiosk:2",
        **more,
    }  # fmt: skip
    with shop.storage.write.begin() as connection:
        return int(connection.execute(insert(PaymentAttempt).returning(PaymentAttempt.id), row).scalar_one())


def provider_refund(shop: Shop, attempt_id: int, state: str = "abnormal", **more: Any) -> int:
    """A refund of ¥4.00 that stands like this; its id."""
    at = shop.clock.now()
    row = {
        "number": new_key().replace("-", "").upper()[:32], "attempt_id": attempt_id, "amount_minor": 400,
        "currency": "CNY", "state": state, "next_at": at, "created_at": at, "client_key": new_key(), "actor": "staff:1",
        **more,
    }  # fmt: skip
    with shop.storage.write.begin() as connection:
        return int(connection.execute(insert(ProviderRefund).returning(ProviderRefund.id), row).scalar_one())


def change(shop: Shop, attempt_id: int, **values: Any) -> None:
    """What the machine wrote since."""
    with shop.storage.write.begin() as connection:
        connection.execute(update(PaymentAttempt).where(PaymentAttempt.id == attempt_id).values(values))


def terms(shop: Shop, method: str, **values: Any) -> None:
    """What the owner set for a way to pay."""
    with shop.storage.write.begin() as connection:
        connection.execute(update(PaymentMethod).where(PaymentMethod.key == method).values(values))


def refuse_again(shop: Shop, refund_id: int) -> None:
    """The provider refused a refund once more."""
    with shop.storage.write.begin() as connection:
        mine = update(ProviderRefund).where(ProviderRefund.id == refund_id)
        connection.execute(mine.values(state="refused"))
        attempt_id = connection.execute(
            mine.values(reason="").returning(ProviderRefund.attempt_id)
        ).scalar_one()
        connection.execute(
            update(PaymentAttempt).where(PaymentAttempt.id == attempt_id).values(state="refund abnormal")
        )
