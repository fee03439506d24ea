"""Cash sessions (交接班): a drawer is opened with its float, moved by hand, counted blind, and closed with its difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import bindparam, func, select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_, language
from desktop.basics.money import LARGEST
from desktop.basics.paper import PaperLine
from desktop.models.cash_sessions import (
    CLOSED,
    DROP,
    FLOAT,
    IN,
    OPEN,
    OUT,
    CashCount,
    CashForeign,
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
Foreign = Sequence[tuple[str, Pieces]]  # the same of each other currency

# a closing waits for the sale that reads this, and the sale after the closing finds nothing
_OPEN_AT = (
    select(CashSession.id)
    .where(CashSession.till_id == bindparam("till"), CashSession.state == OPEN)
    .with_for_update(read=True, key_share=True)
)


@dataclass(frozen=True, slots=True)
class Tallied:
    """A count and what should have been there then (minor units); `difference` below zero: cash is missing.

    `foreign`: currency, counted and expected of each other currency that was counted or should have been there.
    """

    round: int
    counted_minor: int
    expected_minor: int
    foreign: Sequence[Sequence[Any]] = ()

    @property
    def difference_minor(self) -> int:
        """Counted less expected."""
        return self.counted_minor - self.expected_minor

    @property
    def exact(self) -> bool:
        """Whether nothing is missing or too much in any currency."""
        return not self.difference_minor and all(counted == due for _code, counted, due in self.foreign)


@dataclass(frozen=True, slots=True)
class Closed:
    """What a session was closed with (minor units); `number` is that of its Z report."""

    session_id: int
    number: int
    expected_minor: int
    counted_minor: int
    difference_minor: int
    foreign_off: Sequence[Sequence[Any]] = ()  # currency and difference of each other one that is not exact


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
def open_session(work: Work, till_id: int, pieces: Pieces, *, client_key: str, foreign: Foreign = ()) -> int:
    """Open a till’s drawer with a float counted by coin and note, other currencies apart; returns the session’s id.

    Raises `Refused` when somebody has it open. A retry with the same client key gets the first answer.
    """
    given = once.claim(work, client_key, ["open cash session", till_id, *_told(pieces, foreign)])
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
    floats = [(code, _worth(counted), _worth(counted)) for code, counted in foreign]
    _tally(work, made, Tallied(0, amount, amount, floats), pieces, foreign, f"{client_key}:c")
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
def count_cash(
    work: Work, session_id: int, pieces: Pieces, *, client_key: str, foreign: Foreign = ()
) -> Tallied:
    """Hand in a count of the drawer; only now what should be there is told. Counting again is a further count.

    A currency that is not among `foreign` counts as nothing of it there.
    """
    given = once.claim(work, client_key, ["count cash", session_id, *_told(pieces, foreign)])
    if given is not None:
        return Tallied(**given)
    _still_open(work, session_id)
    last = work.value(select(func.max(CashTally.round)).where(CashTally.session_id == session_id))
    sums = cash_sums(work, session_id)
    found, due = {code: _worth(counted) for code, counted in foreign}, dict(sums.foreign)
    others = [(code, found.get(code, 0), due.get(code, 0)) for code in sorted({*found, *due})]
    kept = [row for row in others if row[1] or row[2]]
    told = Tallied(int(last or 0) + 1, _worth(pieces), sums.expected_minor, kept)
    _tally(work, session_id, told, pieces, foreign, client_key)
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
    last = select(CashTally.id, CashTally.counted_minor, CashTally.expected_minor).where(
        CashTally.session_id == session_id, CashTally.round > 0
    )
    count = work.first(last.order_by(CashTally.round.desc()).limit(1))
    if count is None:
        raise Refused(N_("Count the cash first. An empty drawer counts as zero."), next_step="count_cash")
    expected = cash_sums(work, session_id).expected_minor
    difference = int(count.counted_minor - count.expected_minor)
    foreign_off = _foreign_off(work, count.id)
    if (difference or foreign_off) and not reason.strip():
        raise Malformed(N_("Say what the difference comes from. “Unknown” is an answer too."))
    session.number = next_number(work, f"z:{session.till_id}")
    session.state, session.closed_by, session.closed_at = CLOSED, work.actor.key, work.now
    session.expected_minor, session.counted_minor = expected, int(count.counted_minor)
    session.after_minor = expected - int(count.expected_minor)
    session.difference_minor = difference
    session.foreign_off = " ".join(f"{code} {minor}" for code, minor in foreign_off)
    session.reason, session.note = reason.strip()[:LONGEST], note.strip()[:LONGEST]
    work.flush()
    closed = Closed(session_id, session.number, expected, session.counted_minor, difference, foreign_off)
    once.keep(work, client_key, asdict(closed))
    return closed


@action(permission=Permission.CASH)
def note_print(work: Work, session_id: int) -> int:
    """A Z report is about to be printed; returns the how manieth copy it is, so that later ones are marked."""
    session = work.get(CashSession, session_id, lock=True)
    return _printed(work, session) if session.state == CLOSED else 1  # an X report is only a look


@action(permission=Permission.CASH)
def print_report(
    work: Work, session_id: int, number: int | None, lines: Sequence[PaperLine], till_id: int, client_key: str
) -> int:
    """Queue a report for a till's printer as somebody sees it; `number` is that of a Z report. Returns the job.

    A Z report that came out before, on whatever paper, is a marked copy. Raises `Refused` for an X report of a session
    that was closed meanwhile.
    """
    given = once.claim(work, client_key, ["print report", session_id, number, till_id])
    if given is not None:
        return int(given)
    work.get(Till, till_id)
    session = work.get(CashSession, session_id, lock=True)
    if session.number != number:
        raise Refused(N_("This cash session is closed already."), next_step="look_again")
    document, copy = (
        f"{_document(session)}:{client_key}",
        0,
    )  # each look at an open drawer is a paper of its own
    if number is not None:
        document, copy = _document(session), _printed(work, session) - 1
    job = print_jobs.queue_report(
        work, document, till_id, lines, client_key, least_copy=copy, words=language()
    )
    once.keep(work, client_key, job)
    return job


def _printed(work: Work, session: CashSession) -> int:
    """The how manieth paper of this Z report the next one is; those printed again from the queue count, too."""
    session.prints = max(session.prints, print_jobs.copies(work, "report", _document(session))) + 1
    work.flush()
    return session.prints


def _document(session: CashSession) -> str:
    return f"cash_session:{session.id}"


def _foreign_off(work: Work, tally_id: int) -> list[tuple[str, int]]:
    off = CashForeign.counted_minor - CashForeign.expected_minor
    rows = select(CashForeign.currency, off).where(CashForeign.tally_id == tally_id, off != 0)
    return [
        (str(code), int(minor)) for code, minor in map(tuple, work.rows(rows.order_by(CashForeign.currency)))
    ]


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


def _told(pieces: Pieces, foreign: Foreign) -> list[Any]:
    """A count as the key of a retry keeps it."""
    counted: list[Any] = [[list(p) for p in pieces]]
    return [*counted, [[code, [list(p) for p in parts]] for code, parts in foreign]] if foreign else counted


def _tally(
    work: Work, session_id: int, told: Tallied, pieces: Pieces, foreign: Foreign, client_key: str
) -> None:
    if any(code == work.currency for code, _parts in foreign) or len(dict(foreign)) < len(foreign):
        raise Malformed(N_("Each other currency is counted once, beside the shop’s own."))
    row = {
        "session_id": session_id, "round": told.round, "counted_minor": told.counted_minor,
        "expected_minor": told.expected_minor, "client_key": client_key, "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
    tally = work.post(CashTally, [row], ids=True)[0]
    of = {"tally_id": tally, "session_id": session_id}
    counts = [{**of, **one} for code, parts in (("", pieces), *foreign) for one in _pieces(code, parts)]
    work.post(CashCount, counts)
    others = [
        {**of, "currency": code, "counted_minor": counted, "expected_minor": due}
        for code, counted, due in told.foreign
        if counted or due
    ]
    work.post(CashForeign, others)
    work.touch("cash_session", session_id)


def _pieces(currency: str, pieces: Pieces) -> list[dict[str, Any]]:
    found: dict[int, int] = {}
    for value, count in pieces:
        found[value] = found.get(value, 0) + count
    return [
        {"currency": currency, "denomination_minor": value, "pieces": count}
        for value, count in sorted(found.items(), reverse=True)
        if count
    ]
