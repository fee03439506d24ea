"""The shop's accounts with payment providers; keys are in the keyring of each machine, never here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId


class PaymentAccount(Base):
    """One account: address, numbers, public keys and certificates by their names in `gateways.providers`."""

    __tablename__ = "payment_account"
    id: Mapped[RowId]
    gateway: Mapped[str] = mapped_column(unique=True)  # alipay, wechat, unionpay
    details: Mapped[Any] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)  # every saving counts, so that programs look again
    expires_at: Mapped[datetime | None]  # when the first of its certificates ends
    saved_at: Mapped[datetime]
