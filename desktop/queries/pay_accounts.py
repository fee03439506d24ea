"""Accounts with payment providers, as a screen may show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from desktop.gateways.providers import PROVIDERS
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.models.settings import NOTICE_SHOP_KEY
from desktop.queries.todo import Step, Todo
from desktop.shop.action import question
from desktop.shop.work import Read

SOON, DAYS = timedelta(days=14), 7
_NUMBERS = ("mchid", "seller_id", "mer_id", "app_id")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account; `merchant` is masked, `details` are its plain fields, `expires_at` is of its first certificate."""

    gateway: str
    merchant: str
    details: Mapping[str, str] = field(repr=False, hash=False)
    version: int
    expires_at: datetime | None
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Accounts:
    """All of them, and what this shop is called in keyrings."""

    rows: tuple[AccountRow, ...]
    shop_key: str

    def of(self, gateway: str) -> AccountRow | None:
        """The account with a provider."""
        return next((row for row in self.rows if row.gateway == gateway), None)


@question(permission=Permission.SEE_PAYMENTS)
def payment_accounts(read: Read) -> Accounts:
    """The accounts with payment providers."""
    return _all(read)


@question(permission=Permission.PAY)
def accounts_to_pay_by(read: Read) -> Accounts:
    """The same for whoever calls the providers."""
    return _all(read)


def _all(read: Read) -> Accounts:
    rows = read.rows(select(PaymentAccount.__table__).order_by(PaymentAccount.id))
    found = (
        AccountRow(r.gateway, _merchant(r.details), dict(r.details), r.version, r.expires_at, r.saved_at)
        for r in rows
    )
    return Accounts(tuple(found), read.setting(NOTICE_SHOP_KEY))


def ending_certificates(read: Read) -> Iterator[Todo]:
    """Certificates that end within two weeks; on the last day what comes in by that provider is at stake."""
    statement = select(PaymentAccount.gateway, PaymentAccount.expires_at).where(
        PaymentAccount.gateway.in_(PROVIDERS), PaymentAccount.expires_at <= read.now + SOON
    )
    for row in read.rows(statement).all():
        taken = select(func.coalesce(func.sum(Tender.amount_minor), 0)).where(
            Tender.at > read.now - timedelta(days=DAYS), Tender.method_key == row.gateway
        )
        last_day = row.expires_at <= read.now + timedelta(days=1)
        stake = int(read.value(taken)) // DAYS if last_day else 0
        facts = {"method": row.gateway, "at": row.expires_at, "over": row.expires_at <= read.now}
        step = Step("show", "settings", filters={"page": "payments"})
        yield Todo("certificate", 1, stake, row.expires_at, step, facts)


def _merchant(details: Mapping[str, str]) -> str:
    return masked(next((details[name] for name in _NUMBERS if details.get(name)), ""))


def masked(number: str) -> str:
    """The first and last figures of a merchant's number."""
    return number if len(number) < 8 else f"{number[:4]}…{number[-3:]}"
