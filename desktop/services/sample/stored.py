"""What members of the sample shop paid in advance, the tiers of bonus, and two foreign currencies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.models.exchange import FIXED, FLOATING, ForeignCurrency, FxRate
from desktop.models.members import Member
from desktop.models.settings import FX_JUMP, FX_OLD
from desktop.models.stored_value import DONE, BonusTier, PayOut, StoredBalance, StoredValueEntry, TopUp
from desktop.models.system import Counter
from desktop.queries.stored_value import Balance
from desktop.services.sample.drafts import Calendar, clock
from desktop.services.sample.people import HER_NUMBER
from desktop.services.settings import set_settings
from desktop.shop.work import Work

CURRENCY, CASHIER, OWNER = "CNY", "staff:2", "staff:1"
TIERS = ((20_000, 2_000, 0), (50_000, 6_000, 0), (100_000, 0, 1_500))  # from, bonus, basis points
BONUS = {20_000: 2_000, 50_000: 6_000, 100_000: 15_000}
REGULARS = 24  # besides her
OUT = (4, -9, "16:20", 12_000, "搬家，不常来了")  # which regular, day, when, minor units, why
RATES = (  # code, mode, rate, day, when
    ("USD", FIXED, "7.1", -30, "09:12"),
    ("EUR", FIXED, "8.2", -30, "09:12"),
    ("USD", FLOATING, "7.1136", -1, "09:00"),
    ("EUR", FLOATING, "8.2405", -1, "09:00"),
    ("USD", FLOATING, "7.1025", 0, "09:00"),
    ("EUR", FLOATING, "8.2310", 0, "09:00"),
)


def write_stored_value(work: Work, calendar: Calendar) -> None:
    """Top-ups by card over two months, one of them paid out again in part."""
    tiers = [{"from_minor": f, "bonus_minor": b, "bonus_bp": bp} for f, b, bp in TIERS]
    work.post(BonusTier, tiers)
    code = f"M-{HER_NUMBER:06d}"
    hers = int(work.value(select(Member.id).where(Member.code == code)))
    often = select(Member.id).where(Member.code != code).order_by(Member.spent_minor.desc(), Member.id)
    regulars = [int(row.id) for row in work.rows(often.limit(REGULARS))]
    plan = [(-2 - 2 * i, clock(f"{10 + i % 9}:{7 * i % 60:02d}"), who) for i, who in enumerate(regulars)]
    wanted = [(day, at, who, (50_000, 20_000, 100_000)[i % 3]) for i, (day, at, who) in enumerate(plan)]
    wanted.append((-12, clock("17:34"), hers, 50_000))
    held: dict[int, list[int]] = {}
    numbers: dict[str, int] = {}
    for day, minute, who, amount in sorted(wanted):
        _top_up(work, calendar.at(day, minute), who, amount, held, numbers)
    which, day, when, amount, why = OUT
    _pay_out(work, calendar.at(day, clock(when)), regulars[which], amount, why, held)
    balances = [
        {"member_id": who, "money_minor": m, "bonus_minor": b} for who, (m, b) in sorted(held.items())
    ]
    work.post(StoredBalance, balances)
    work.post(Counter, [{"name": f"top_up:{day}", "value": count} for day, count in sorted(numbers.items())])


def _top_up(
    work: Work, at: datetime, who: int, amount: int, held: dict[int, list[int]], numbers: dict[str, int]
) -> None:
    day = f"{shop_day(at, work.zone):%Y%m%d}"
    numbers[day] = numbers.get(day, 0) + 1
    row = {
        "number": f"T{day}-{numbers[day]:04d}", "member_id": who, "state": DONE, "amount_minor": amount,
        "bonus_minor": BONUS[amount], "currency": CURRENCY, "method_key": "card", "reference": "", "received_minor": 0,
        "client_key": f"sample:top-up:{day}:{numbers[day]}", "actor": CASHIER, "at": at, "done_at": at,
    }  # fmt: skip
    source = f"top_up:{work.post(TopUp, [row], ids=True)[0]}"
    _entry(work, at, who, "top_up", (amount, 0), source, f"{source}:m", held)
    _entry(work, at, who, "bonus", (0, BONUS[amount]), source, f"{source}:b", held)


def _pay_out(work: Work, at: datetime, who: int, amount: int, why: str, held: dict[int, list[int]]) -> None:
    bonus = Balance(*held[who]).lapses(amount)
    row = {
        "member_id": who, "amount_minor": amount, "bonus_minor": bonus, "currency": CURRENCY, "method_key": "card",
        "reason": why,
        "client_key": "sample:pay-out", "actor": OWNER, "at": at,
    }  # fmt: skip
    source = f"pay_out:{work.post(PayOut, [row], ids=True)[0]}"
    _entry(work, at, who, "pay_out", (-amount, 0), source, source, held, why)
    _entry(work, at, who, "bonus_back", (0, -bonus), source, f"{source}:b", held)


def _entry(
    work: Work,
    at: datetime,
    who: int,
    kind: str,
    parts: tuple[int, int],
    source: str,
    key: str,
    held: dict[int, list[int]],
    note: str = "",
) -> None:
    now = held.setdefault(who, [0, 0])
    now[0], now[1] = now[0] + parts[0], now[1] + parts[1]
    row: dict[str, Any] = {
        "member_id": who, "kind": kind, "money_delta": parts[0], "bonus_delta": parts[1], "money_balance": now[0],
        "bonus_balance": now[1], "source": source, "first": "", "note": note, "client_key": key,
        "actor": OWNER if kind in ("pay_out", "bonus_back") else CASHIER, "at": at,
    }  # fmt: skip
    work.post(StoredValueEntry, [row])


def write_currencies(work: Work, calendar: Calendar) -> None:
    """Dollars and euros that float, with a fixed rate to fall back on; nobody is asked for rates."""
    set_settings.run(work, {FX_JUMP.key: 200, FX_OLD.key: FIXED})
    codes = [
        {"code": code, "enabled": True, "mode": FLOATING, "spread_bp": 100, "trouble": ""}
        for code in ("USD", "EUR")
    ]
    work.post(ForeignCurrency, codes)
    for code, mode, rate, day, when in RATES:
        row = {
            "base_code": CURRENCY, "foreign_code": code, "rate": rate, "mode": mode, "spread_bp": 100, "source": OWNER,
            "fetched_at": calendar.at(day, clock(when)), "actor": OWNER,
        }  # fmt: skip
        work.post(FxRate, [row])
