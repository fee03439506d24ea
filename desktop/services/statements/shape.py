"""What every provider's bill comes down to: who, which day, rows, and what the bill itself adds them up to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST
from desktop.models.statements import PROVIDER_ZONE

CURRENCY = "CNY"
DIGITS = 2
_USUAL = re.compile(r"[0-9]{1,12}\.[0-9]{2}")  # as nearly every cell is
_LONG = re.compile(r"[0-9]+\.[0-9]{3,8}")  # as nearly every fee is
_SIGNED = re.compile(r"[+-]?[0-9]+\.[0-9]{3,8}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class BillRow:
    """A payment or refund as the provider tells it (minor units, UTC); `occurrence` counts the same one in a file."""

    line: int
    kind: str  # pay, refund
    number: str
    reference: str
    refund_number: str
    refund_reference: str
    amount_minor: int
    order_minor: int
    fee_minor: int
    at: datetime
    raw_state: str
    remark: str
    occurrence: int = 1

    @property
    def key(self) -> str:
        """What it is known by, in every file that tells it."""
        parts = [self.kind, self.reference, self.number]
        if self.kind == "refund":
            parts.append(self.refund_reference or self.refund_number)
        return ":".join(parts) + (f"#{self.occurrence}" if self.occurrence > 1 else "")


@dataclass(slots=True)
class Totals:
    """Sums over rows (minor units)."""

    rows: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    fee_minor: int = 0

    def add(self, row: BillRow) -> None:
        """Count a row."""
        self.rows += 1
        self.fee_minor += row.fee_minor
        if row.kind == "pay":
            self.paid_minor += row.amount_minor
        else:
            self.refunded_minor += row.amount_minor


@dataclass
class Bill:
    """A bill that was read through once and found whole; `rows()` reads it again."""

    gateway: str
    account: str
    day: date
    variant: str
    file_hash: str
    file_name: str
    totals: Totals
    rows: Callable[[], Iterator[BillRow]]
    remarks: list[str] = field(default_factory=list)
    currency: str = CURRENCY


def cents(text: str, line: int) -> int:
    """Yuan with at most two digits after the point as 分, exactly. Raises `Malformed` naming the line."""
    if _USUAL.fullmatch(text):
        return int(text.replace(".", ""))
    cleaned = text.strip().replace(",", "").removeprefix("¥").removesuffix("元")
    if cleaned in ("", "--", "-"):
        return 0
    try:
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", cleaned):
            raise InvalidOperation
        value = Decimal(cleaned).scaleb(DIGITS)
        if value != value.to_integral_value() or abs(value) > LARGEST:
            raise InvalidOperation
    except InvalidOperation:
        raise Malformed(
            N_("Line {line} of the bill has the amount “{text}”. The file is damaged: download it again."),
            line=line, text=text.strip()[:30],
        ) from None  # fmt: skip
    return int(value)


def fee_cents(text: str, line: int) -> int:
    """A fee as 分; providers write more digits than there are coins, halves go up as on their own totals."""
    if _LONG.fullmatch(text):
        whole, _point, parts = text.partition(".")
        return int(whole + parts[:2]) + (parts[2] >= "5")
    cleaned = text.strip().replace(",", "")
    if not _SIGNED.fullmatch(cleaned):
        return cents(text, line)
    value = Decimal(cleaned).scaleb(DIGITS)
    return int(value.to_integral_value("ROUND_HALF_UP"))


def moment(text: str, line: int) -> datetime:
    """A provider's time in UTC. Raises `Malformed` naming the line."""
    if _MOMENT.fullmatch(text):
        cleaned = text
    else:
        cleaned = text.strip().replace("/", "-").replace("T", " ")[:19]
    if cleaned is text or _MOMENT.fullmatch(cleaned):
        with suppress(ValueError):
            return datetime.fromisoformat(cleaned).replace(tzinfo=PROVIDER_ZONE).astimezone(UTC)
    raise Malformed(
        N_("Line {line} of the bill has the time “{text}”. The file is damaged: download it again."),
        line=line, text=text.strip()[:30],
    )  # fmt: skip


def day_of(at: datetime) -> date:
    """The provider's day of a moment."""
    return at.astimezone(PROVIDER_ZONE).date()
