"""The counter's cash sessions of two weeks: one a day, closed each evening, once with a small difference; today's is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from desktop.basics.denominations import denominations
from desktop.models.cash_sessions import (
    CLOSED,
    DROP,
    FLOAT,
    IN,
    OPEN,
    OUT,
    CashCount,
    CashMovement,
    CashSession,
    CashTally,
)
from desktop.models.system import Counter
from desktop.queries.cash_sums import cash_sums
from desktop.services.sample.drafts import Calendar, clock
from desktop.shop.work import Work

DAYS = 14
CURRENCY, CASHIER = "CNY", "staff:2"
FLOATS = (
    (10_000, 2),
    (5_000, 2),
    (2_000, 4),
    (1_000, 8),
    (500, 4),
    (100, 15),
    (50, 6),
    (10, 20),
)  # ¥500 together
FLOAT_SUM = sum(value * pieces for value, pieces in FLOATS)
OFF = {-4: (-200, "找错零钱")}  # day: minor units, reason
BY_HAND = {  # day: kind, minor units, when, reason, number of the paper
    -6: (IN, 20_000, "11:20", "零钱不够，从保险柜取", ""),
    -2: (OUT, 2_600, "16:05", "买保鲜袋和胶带", "收据 0318"),
}


class Shifts:
    """The sessions of one till; they are closed by `finish`, once its money is written."""

    def __init__(self, work: Work, till_id: int, calendar: Calendar) -> None:
        self._till, self._calendar = till_id, calendar
        self._spans: list[tuple[int, int, datetime, datetime]] = []
        for number, day in enumerate(range(1 - DAYS, 1), start=1):
            start, end = calendar.at(day, clock("08:50")), calendar.at(day, clock("21:40"))
            self._spans.append((self._begin(work, number, day, start), day, start, end))

    def at(self, till_id: int, moment: datetime) -> int | None:
        """The session open at a till at a moment."""
        if till_id != self._till:
            return None
        return next((one for one, day, start, end in self._spans if start <= moment <= end), None)

    def _begin(self, work: Work, number: int, day: int, at: datetime) -> int:
        row = {
            "till_id": self._till, "number": number if day else None, "state": CLOSED if day else OPEN,
            "currency": CURRENCY, "float_minor": FLOAT_SUM, "opened_by": CASHIER, "opened_at": at,
            "closed_by": CASHIER if day else "", "closed_at": at if day else None, "after_minor": 0,
            "expected_minor": 0 if day else None, "counted_minor": 0 if day else None,
            "difference_minor": 0 if day else None, "reason": "", "note": "", "prints": 1 if day else 0,
            "client_key": f"sample:cash:{day}",
        }  # fmt: skip
        made = work.post(CashSession, [row], ids=True)[0]
        self._tally(work, made, day, 0, FLOATS, FLOAT_SUM, at)
        self._move(work, made, day, FLOAT, FLOAT_SUM, at)
        return made

    def finish(self, work: Work) -> None:
        """Put in and take out what was moved by hand, count each day's drawer and close it."""
        for session, day, _start, end in self._spans:
            if day in BY_HAND:
                kind, minor, when, reason, paper = BY_HAND[day]
                self._move(
                    work, session, day, kind, minor, self._calendar.at(day, clock(when)), reason, paper
                )
            if not day:
                continue
            taken = cash_sums(work, session).expected_minor - FLOAT_SUM
            if taken > 0:  # what was taken goes to the safe, the float stays for tomorrow
                self._move(work, session, day, DROP, taken, end, "营业款入保险柜")
            self._close(work, session, day, end)
        last = sum(1 for _session, day, _start, _end in self._spans if day)
        work.post(Counter, [{"name": f"z:{self._till}", "value": last}])

    def _close(self, work: Work, session: int, day: int, end: datetime) -> None:
        off, reason = OFF.get(day, (0, ""))
        expected = cash_sums(work, session).expected_minor
        self._tally(work, session, day, 1, _pieces(expected + off), expected, end)
        values = {
            "closed_at": end, "expected_minor": expected, "counted_minor": expected + off, "difference_minor": off,
            "reason": reason,
        }  # fmt: skip
        work.update(CashSession, session, values)

    def _move(
        self, work: Work, session: int, day: int, kind: str, minor: int, at: datetime, *words: str
    ) -> None:
        reason, paper = (*words, "", "")[:2]
        row = {
            "session_id": session, "kind": kind, "amount_minor": minor, "reason": reason, "document": paper,
            "client_key": f"sample:cash:{day}:{kind}", "actor": CASHIER, "at": at,
        }  # fmt: skip
        work.post(CashMovement, [row])

    def _tally(
        self, work: Work, session: int, day: int, number: int, pieces: Any, expected: int, at: datetime
    ) -> None:
        row = {
            "session_id": session, "round": number, "counted_minor": sum(v * n for v, n in pieces),
            "expected_minor": expected, "client_key": f"sample:cash:{day}:t{number}", "actor": CASHIER, "at": at,
        }  # fmt: skip
        tally = work.post(CashTally, [row], ids=True)[0]
        shared = {"tally_id": tally, "session_id": session}
        work.post(CashCount, [{**shared, "denomination_minor": v, "pieces": n} for v, n in pieces])


def _pieces(minor: int) -> list[tuple[int, int]]:
    """An amount in few notes and coins; what no coin is small enough for as a sum."""
    found = []
    for value in (*denominations(CURRENCY), 1):
        if minor >= value:
            found.append((value, minor // value))
            minor %= value
    return found
