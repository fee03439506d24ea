"""Cash sessions (交接班): a drawer is opened with its float, moved by hand, counted blind, and closed with its difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, func, select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST
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
from desktop.models.cash_settings import CASH_NEEDS_SESSION
from desktop.models.people import Permission, Till
from desktop.queries.cash_sums import cash_sums
from desktop.services import once, print_jobs
from desktop.services.posting import next_number
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST = 200
MOST_PIECES = 1_000_000
Pieces = Sequence[tuple[int, int]]  # (value of the coin or note in minor units, how many)

# a closing waits for the sale that reads this, and the sale after the closing finds nothing
_OPEN_AT = (
    select(CashSession.id)
    .where(CashSession.till_id == bindparam("till"), CashSession.state == OPEN)
    .with_for_update(read=True, key_share=True)
)


@dataclass(frozen=True, slots=True)
class Tallied:
    """A count and what should have been there then (minor units); `difference` below zero: cash is missing."""

    round: int
    counted_minor: int
    expected_minor: int

    @property
    def difference_minor(self) -> int:
        """Counted less expected."""
        return self.counted_minor - self.expected_minor


@dataclass(frozen=True, slots=True)
class Closed:
    """What a session was closed with (minor units); `number` is that of its Z report."""

    session_id: int
    number: int
    expected_minor: int
    counted_minor: int
    difference_minor: int


def session_of(work: Work, till_id: int, *, cash: bool = False) -> int | None:
    """The session open at this till, for the tenders taken there; it can't be closed before the caller’s commit.

    Raises `Refused` when `cash` is to be taken, none is open and the shop wants one.
    """
    found = work.value(_OPEN_AT, {"till": till_id})
    if found is None and cash and work.setting(CASH_NEEDS_SESSION):
        raise Refused(
            N_("The till’s cash session is not open. Open it with its float, then take cash."),
            next_step="open_session",
        )
    return int(found) if found is not None else None


@action(permission=Permission.CASH)
def open_session(work: Work, till_id: int, pieces: Pieces, *, client_key: str) -> int:
    """Open a till’s drawer with a float counted by coin and note; returns the session’s id.

    Raises `Refused` when somebody has it open. A retry with the same client key gets the first answer.
    """
    given = once.claim(work, client_key, ["open cash session", till_id, [list(p) for p in pieces]])
    if given is not None:
        return int(given)
    work.get(Till, till_id)
    amount = _worth(pieces)
    row = {
        "till_id": till_id, "state": OPEN, "currency": work.currency, "float_minor": amount,
        "opened_by": work.actor.key, "opened_at": work.now, "closed_by": "", "after_minor": 0, "reason": "",
        "note": "", "prints": 0, "client_key": client_key,
    }  # fmt: skip
    made = work.offer(CashSession, row)
    if made is None:
        raise Refused(
            N_("This till’s cash session is open already. Go on with it, or close it first."),
            next_step="look_again",
        )
    if amount:
        _move(work, made, FLOAT, amount, "", "", f"{client_key}:f")
    _tally(work, made, 0, pieces, amount, f"{client_key}:c")
    once.keep(work, client_key, made)
    return made


@action(permission=Permission.CASH)
def move_cash(
    work: Work,
    session_id: int,
    kind: str,
    amount_minor: int,
    reason: str,
    *,
    document: str = "",
    client_key: str,
) -> int:
    """Put cash in, take it out, or drop it in the safe (`in`, `out`, `drop`), with the reason; returns the entry’s id."""
    given = once.claim(work, client_key, ["move cash", session_id, kind, amount_minor, reason, document])
    if given is not None:
        return int(given)
    if kind not in (IN, OUT, DROP):
        raise Malformed(N_("Cash is put in, taken out, or dropped in the safe."))
    if not 0 < amount_minor <= LARGEST:
        raise Malformed(N_("The amount must be above zero."))
    if not reason.strip():
        raise Malformed(N_("Say why, so that the drawer can be explained later."))
    till_id = _still_open(work, session_id).till_id
    made = _move(work, session_id, kind, amount_minor, reason, document, client_key)
    print_jobs.open_here(work, till_id, f"cash:{made}", reason.strip())
    once.keep(work, client_key, made)
    return made


@action(permission=Permission.CASH)
def count_cash(work: Work, session_id: int, pieces: Pieces, *, client_key: str) -> Tallied:
    """Hand in a count of the drawer; only now what should be there is told. Counting again is a further count."""
    given = once.claim(work, client_key, ["count cash", session_id, [list(p) for p in pieces]])
    if given is not None:
        return Tallied(**given)
    _still_open(work, session_id)
    worth = _worth(pieces)
    last = work.value(select(func.max(CashTally.round)).where(CashTally.session_id == session_id))
    told = Tallied(int(last or 0) + 1, worth, cash_sums(work, session_id).expected_minor)
    _tally(work, session_id, told.round, pieces, told.expected_minor, client_key)
    once.keep(work, client_key, asdict(told))
    return told


@action(permission=Permission.CASH)
def close_session(
    work: Work, session_id: int, *, reason: str = "", note: str = "", client_key: str
) -> Closed:
    """Close a counted session with its last count; a difference needs its reason, and nothing else stands in the way.

    Cash that came after the count counts with it. The Z report’s number is the till’s next one.
    """
    given = once.claim(work, client_key, ["close cash session", session_id, reason, note])
    if given is not None:
        return Closed(**given)
    session = _still_open(work, session_id)
    last = select(CashTally.counted_minor, CashTally.expected_minor).where(
        CashTally.session_id == session_id, CashTally.round > 0
    )
    count = work.first(last.order_by(CashTally.round.desc()).limit(1))
    if count is None:
        raise Refused(N_("Count the cash first. An empty drawer counts as zero."), next_step="count_cash")
    expected = cash_sums(work, session_id).expected_minor
    difference = int(count.counted_minor - count.expected_minor)
    if difference and not reason.strip():
        raise Malformed(N_("Say what the difference comes from. “Unknown” is an answer too."))
    session.number = next_number(work, f"z:{session.till_id}")
    session.state, session.closed_by, session.closed_at = CLOSED, work.actor.key, work.now
    session.expected_minor, session.counted_minor = expected, int(count.counted_minor)
    session.after_minor = expected - int(count.expected_minor)
    session.difference_minor = difference
    session.reason, session.note = reason.strip()[:LONGEST], note.strip()[:LONGEST]
    work.flush()
    closed = Closed(session_id, session.number, expected, session.counted_minor, difference)
    once.keep(work, client_key, asdict(closed))
    return closed


@action(permission=Permission.CASH)
def note_print(work: Work, session_id: int) -> int:
    """A Z report is about to be printed; returns the how manieth copy it is, so that later ones are marked."""
    session = work.get(CashSession, session_id, lock=True)
    if session.state != CLOSED:
        return 1  # an X report is only a look
    session.prints += 1
    work.flush()
    return session.prints


def _still_open(work: Work, session_id: int) -> CashSession:
    session = work.get(CashSession, session_id, lock=True)
    if session.state != OPEN:
        raise Refused(N_("This cash session is closed already."), next_step="look_again")
    return session


def _worth(pieces: Pieces) -> int:
    if any(not 0 < value <= LARGEST or not 0 <= count <= LARGEST for value, count in pieces):
        raise Malformed(N_("A count has whole pieces, none below zero."))
    total = sum(value * count for value, count in pieces)
    if total > LARGEST:
        raise Malformed(N_("That is more cash than a drawer holds. Look at the pieces again."))
    return total


def _move(
    work: Work, session_id: int, kind: str, amount: int, reason: str, document: str, client_key: str
) -> int:
    row = {
        "session_id": session_id, "kind": kind, "amount_minor": amount, "reason": reason.strip()[:LONGEST],
        "document": document.strip()[:LONGEST], "client_key": client_key, "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
    work.touch("cash_session", session_id)
    return work.post(CashMovement, [row], ids=True)[0]


def _tally(work: Work, session_id: int, number: int, pieces: Pieces, expected: int, client_key: str) -> None:
    row = {
        "session_id": session_id, "round": number, "counted_minor": _worth(pieces), "expected_minor": expected,
        "client_key": client_key, "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
    tally = work.post(CashTally, [row], ids=True)[0]
    found: dict[int, int] = {}
    for value, count in pieces:
        found[value] = found.get(value, 0) + count
    rows = [
        {"tally_id": tally, "session_id": session_id, "denomination_minor": value, "pieces": count}
        for value, count in sorted(found.items(), reverse=True)
        if count
    ]
    work.post(CashCount, rows)
    work.touch("cash_session", session_id)
