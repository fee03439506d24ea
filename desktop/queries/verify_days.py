"""Days and numbers: daily totals are the sums of their day, receipts of a till have no gaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Integer, case, cast, func, select

from desktop.models.orders import Order
from desktop.models.payments import Refund, RefundTender, Tender
from desktop.models.system import Counter, DailyTotal
from desktop.queries.local_days import local_day, stretches
from desktop.queries.verify_fault import MOST_FAULTS, Fault, Writer, count, money
from desktop.shop.work import Read

Key = tuple[date, int, str, str]
KINDS: tuple[tuple[str, str, Writer], ...] = (
    ("daily orders", "orders", count),
    ("daily money", "amount_minor", money),
    ("daily refunds", "refunds_minor", money),
    ("daily points", "points_minor", money),
)
RECEIPTS = "receipt:"  # how counters of receipts are named


def daily_totals(read: Read) -> Iterator[Fault]:
    """O17: each day's row per till = the sum of that day's orders, payments and refunds."""
    here = (DailyTotal.day, DailyTotal.till_id, DailyTotal.channel, DailyTotal.order_type)
    sums = [getattr(DailyTotal, name) for _kind, name, _write in KINDS]
    kept = {
        tuple(row[:4]): row[4:]
        for row in read.rows(select(*here, *sums).where(DailyTotal.carried.is_(False)))
    }
    made: list[dict[Key, int]] = [_placed(read), *_taken(read)]
    made = [made[0], made[1], _given_back(read), made[2]]
    left = MOST_FAULTS
    for i, (kind, _name, write) in enumerate(KINDS):
        for key in sorted({*kept, *made[i]}):
            expected, found = made[i].get(key, 0), kept[key][i] if key in kept else 0
            if expected != found and left:
                left -= 1
                subject = f"{key[0].isoformat()} · {key[1]} · {key[2]}"
                yield Fault(kind, subject, write(read, expected), write(read, found))


def _placed(read: Read) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for day, where in _days(read, Order.placed_at):
        statement = select(day.label("day"), *_of_order(), func.count()).where(*where)
        _add(found, read, statement.group_by(day, *_of_order()))
    return found


def _taken(read: Read) -> list[dict[Key, int]]:
    """Money and value of points taken."""
    found: list[dict[Key, int]] = []
    for wanted in (Tender.points == 0, Tender.points > 0):
        sums: dict[Key, int] = {}
        for day, where in _days(read, Tender.at):
            total = cast(func.sum(Tender.amount_minor), BigInteger)
            statement = select(day.label("day"), *_of_order(), total).select_from(Tender)
            statement = statement.join(Order, Order.id == Tender.order_id).where(wanted, *where)
            _add(sums, read, statement.group_by(day, *_of_order()))
        found.append(sums)
    return found


def _given_back(read: Read) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for day, where in _days(read, RefundTender.at):
        total = cast(func.sum(RefundTender.amount_minor), BigInteger)
        statement = select(day.label("day"), *_of_order(), total).select_from(RefundTender)
        statement = statement.join(Refund, Refund.id == RefundTender.refund_id).join(
            Order, Order.id == Refund.order_id
        )
        statement = statement.where(RefundTender.points == 0, *where)
        _add(found, read, statement.group_by(day, *_of_order()))
    return found


def _of_order() -> tuple[Any, ...]:
    return (Order.till_id, Order.channel, Order.order_type)


def _add(found: dict[Key, int], read: Read, statement: Any) -> None:
    for row in read.rows(statement):
        day, till, channel, kind, value = tuple(row)
        when = day if isinstance(day, date) else date.fromisoformat(day)
        key = (when, till, channel, kind)
        found[key] = found.get(key, 0) + int(value)


def _days(read: Read, moment: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The local day of a moment as SQL, with the stretch of time in which the zone's offset makes it so."""
    first, last = tuple(read.rows(select(func.min(moment), func.max(moment))).one())
    if first is None:
        return
    for start, end, distance in stretches(read.zone, first, last):
        yield local_day(read, moment, distance), (moment >= start, moment < end)


def receipts(read: Read) -> Iterator[Fault]:
    """Receipt numbers of each till run from 1 without a gap."""
    counters = (
        select(Counter.name, Counter.value).where(Counter.name.like(f"{RECEIPTS}%")).order_by(Counter.name)
    )
    for row in read.rows(counters).all():
        name, given_out = row.name, int(row.value)
        prefix = f"{int(name.removeprefix(RECEIPTS)):02d}-"
        number = cast(func.substr(Order.receipt_number, len(prefix) + 1), Integer)
        inside = case((number <= given_out, Order.receipt_number))
        statement = select(func.count(inside.distinct()), func.count())
        statement = statement.where(Order.receipt_number.like(f"{prefix}%"))
        different, there = tuple(read.rows(statement).one())
        if not different == there == given_out:
            fewer = different if different != given_out else there
            yield Fault("receipts", prefix.rstrip("-"), count(read, given_out), count(read, fewer))


CHECKS = (daily_totals, receipts)
