"""Write what follows from the orders: stock with its openings, ledgers of points, daily totals, numbers."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from desktop.basics.money import allocate
from desktop.models.members import PointsEntry
from desktop.models.stock import Stock, StockMovement
from desktop.models.system import Counter, DailyTotal
from desktop.services.sample.buying import delivered
from desktop.services.sample.drafts import Calendar, Draft, Entry, Person
from desktop.services.sample.goods import by_code, final_stock
from desktop.services.sample.ledger import paid_at, placed_at, refund_of
from desktop.services.sample.story import LIVE_DAYS, MONTHS, MONTHS_LAST_YEAR
from desktop.services.sample.write_orders import Desk, reserved, sold
from desktop.shop.work import Work

THOUSAND_YUAN = 100_000  # minor units
WEEK = (96, 93, 94, 98, 105, 116, 110)  # how lively Monday … Sunday are
AVERAGE_ORDER = 7_400  # minor units, before
SUMS = ("orders", "amount_minor", "refunds_minor", "points_minor")


def write_stock(work: Work, desk: Desk, drafts: Sequence[Draft], shelved: dict[str, datetime]) -> None:
    """Balances, and movements in front of the sales so that they explain them."""
    held, gone = reserved(drafts), sold(drafts)
    final, later = final_stock(held, gone), delivered()
    came, rows = [], []
    for code, on_hand in final.items():
        place = {"sku_id": desk.skus[code], "location_id": desk.location}
        rows.append(
            {**place, "on_hand_milli": on_hand, "reserved_milli": held.get(code, 0), "set_aside_milli": 0}
        )
        start = on_hand + gone.get(code, 0) - later.get(code, 0)
        if start:
            came.append({
                **place, "delta_milli": start, "unit_cost_minor": by_code()[code].cost, "reason": "opening",
                "source": "opening", "note": "", "client_key": f"sample:opening:{code}", "actor": "staff:1",
                "at": shelved[code],
            })  # fmt: skip
    work.post(Stock, rows)
    work.post(StockMovement, came)


def write_ledgers(work: Work, people: Sequence[Person]) -> None:
    """Every member's entries with the balance after each."""
    rows: list[tuple[Entry, dict[str, Any]]] = []
    for person in people:
        balance = 0
        for i, entry in enumerate(person.entries):
            balance += entry.delta
            rows.append((entry, {
                "member_id": person.id, "delta": entry.delta, "balance": balance, "reason": entry.reason,
                "source": _source(entry, person), "note": entry.note, "expires_at": entry.expires, "frozen_until": None,
                "client_key": f"sample:{person.code}:{i}", "actor": entry.actor, "at": entry.at,
            }))  # fmt: skip
    work.post(PointsEntry, [row for _, row in sorted(rows, key=lambda pair: pair[0].at)])


def _source(entry: Entry, person: Person) -> str:
    if entry.order is None:
        return entry.actor if entry.reason == "correction" else f"member:{person.id}"
    return f"refund:{entry.order.refund_id}" if entry.refund else f"order:{entry.order.id}"


def write_daily(work: Work, rng: Random, calendar: Calendar, drafts: Sequence[Draft]) -> None:
    """Totals of the days with orders, and carried figures for 24 months of days before."""
    sums = _sums(calendar, drafts)
    rows = [
        {"day": day, "till_id": till, "channel": channel, "order_type": "retail", "carried": False, **totals}
        for (day, till, channel), totals in sums.items()
    ]
    lived: Tally[tuple[int, int]] = Tally()
    for (day, _till, _channel), totals in sums.items():
        lived[day.year, day.month] += totals["amount_minor"]
    counter, online = (next(d.till for d in drafts if d.channel == c) for c in ("store", "online"))
    for back, amount in enumerate(reversed((*MONTHS_LAST_YEAR, *MONTHS))):
        month = _month(calendar.today, back)
        days = [d for d in _days_of(month) if d < calendar.day(1 - LIVE_DAYS)]
        rest = _jittered(rng, amount * THOUSAND_YUAN) - lived[month.year, month.month]
        if days and back and rest > 0:
            rows += _carried(days, rest, {"store": counter, "online": online})
        elif days and not back:  # a month that is still young: what its days bring on average
            rows += _carried(
                days, amount * THOUSAND_YUAN * len(days) // 21, {"store": counter, "online": online}
            )
    work.post(DailyTotal, rows)


def _sums(calendar: Calendar, drafts: Sequence[Draft]) -> dict[tuple[date, int, str], dict[str, int]]:
    found: dict[tuple[date, int, str], dict[str, int]] = {}

    def add(moment: datetime, draft: Draft, name: str, value: int) -> None:
        key = (moment.astimezone(calendar.zone).date(), draft.till, draft.channel)
        found.setdefault(key, dict.fromkeys(SUMS, 0))[name] += value

    for draft in drafts:
        add(placed_at(draft, calendar), draft, "orders", 1)
        if draft.paid:
            paid = paid_at(draft, calendar)
            add(paid, draft, "amount_minor", draft.money)
            add(paid, draft, "points_minor", draft.points)
        back = refund_of(draft)
        if back is not None:
            add(calendar.at(draft.day, draft.refund_second), draft, "refunds_minor", back.money)
    return found


def _month(today: date, back: int) -> date:
    """The first of the month so many months before."""
    index = today.year * 12 + today.month - 1 - back
    return date(index // 12, index % 12 + 1, 1)


def _days_of(month: date) -> list[date]:
    days = [month + timedelta(days=i) for i in range(31)]
    return [day for day in days if day.month == month.month]


def _jittered(rng: Random, amount: int) -> int:
    """The rounded amount of the picture with some odd change, which rounds to the same again."""
    return amount + rng.randrange(-40_000, 40_000)


def _carried(days: Sequence[date], amount: int, tills: dict[str, int]) -> list[dict[str, Any]]:
    rows = []
    for day, part in zip(
        days, allocate(amount, [WEEK[day.weekday()] * (97 + day.day % 7) for day in days]), strict=True
    ):
        for channel, share in zip(tills, allocate(part, [58, 42]), strict=True):
            rows.append({
                "day": day, "till_id": tills[channel], "channel": channel, "order_type": "retail", "carried": True,
                "orders": share // AVERAGE_ORDER, "amount_minor": share, "refunds_minor": 0, "points_minor": share * 6 // 100,
            })  # fmt: skip
    return rows


def write_counters(work: Work, desk: Desk, drafts: Sequence[Draft], members: int) -> None:
    """Where the gapless numbers go on."""
    last: dict[str, int] = {"member": members}
    for draft in drafts:
        name = f"order:{desk.calendar.day(draft.day):%Y%m%d}"
        last[name] = max(last.get(name, 0), draft.number)
    last |= {f"receipt:{till}": count for till, count in desk.receipts.items()}
    work.post(Counter, [{"name": name, "value": value} for name, value in last.items()])
