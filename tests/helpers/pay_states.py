"""The same paths as `pay_model` goes, far more of them: what happens next depends on the present alone.

Two paths that come to the same rows, ledger and time to go are one from there on, so each state is left in every way
once; how many paths lead through it is counted, not walked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count
from typing import Any

from desktop.gateways.payment import Attempt
from desktop.queries.checkout import checkout_view
from desktop.services.checkout import save_checkout
from desktop.services.paying import LEASE_SECONDS, next_at, recover, run_due
from tests.helpers.goods import NUTS, Stocked
from tests.helpers.pay_model import MOST_TURNS, Chosen, Counted, Front, Killed, Paths, Street, booked_for
from tests.helpers.pay_office import BEHAVIOURS, PayOffice, Trade, gateways_of

TRAILS = ("audit_chain", "audit_event", "payment_case", "payment_event")  # never asked by what pays
COUNTS = ("ended_at",)  # how long ago matters; of other moments only whether they are over
TILL, CALLS, OVER = range(3)  # the parts of a turn: the program's start and the till, then the provider
_sales = count()
_WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
_KEY = re.compile(
    r"[0-9A-Z]{26,32}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)


@dataclass
class State:
    """One moment between two parts of a turn; the rows are those in the database."""

    now: datetime
    calls: int  # of the provider that may still go wrong
    kills: int
    part: int = TILL
    at_rest: bool = False  # nothing is left to do at the till
    trades: dict[str, Trade] = field(default_factory=dict)
    delayed: list[tuple[str, Attempt]] = field(default_factory=list)

    @property
    def branches(self) -> bool:
        """Whether the next part can go in more than one way."""
        return bool(self.kills or (self.calls and self.part == CALLS))


class States:
    """Every state of one sale, from its beginning."""

    def __init__(self, stocked: Stocked, street: Street, among: tuple[str, ...] = BEHAVIOURS) -> None:
        self._stocked, self._street, self._among = stocked, street, among
        self._key = f"state-{next(_sales)}"
        version = stocked.kiosk.do(save_checkout, self._key, stocked.cart((NUTS, 1)))
        self._due = stocked.kiosk.ask(checkout_view, self._key).bill.to_pay_minor
        self._front = Front(stocked, self._key, version, self._due, street.clock)
        self._file = street.raw()
        self._before: dict[str, set[Any]] = {}  # tables that are written, with the rows they had
        self._columns: dict[str, list[str]] = {}
        self.branching = 0  # states that could be left in several ways
        self._known: dict[bytes, Counted | None] = {}

    @property
    def many(self) -> int:
        """How many states there are."""
        return len(self._known)

    def explore(self, *, free: int, kills: int) -> Counted:
        """Count all paths: `free` calls behave in every way, and the program is killed up to `kills` times."""
        kept, now = _copy(self._file), self._street.clock.now()
        with self._street.told_of(self._written):
            counted = self._from(State(now, free, kills))
        self._put_back(kept, now)
        return counted

    def _written(self, statement: str) -> None:
        found = _WRITES.match(statement)
        if found and found[1] not in TRAILS and found[1] not in self._before:
            self._before[found[1]] = set(
                self._rows(found[1])
            )  # the transaction is open: others see the old rows

    def _rows(self, table: str) -> list[Any]:
        found = self._file.execute(f'SELECT * FROM "{table}"')  # noqa: S608
        self._columns.setdefault(table, [column[0] for column in found.description])
        return list(found.fetchall())

    def _from(self, state: State) -> Counted:
        """What follows from where the database stands now."""
        names: list[bytes] = []  # of the states on the way that can be left in one way only
        while state.part != OVER:
            assert len(names) < MOST_TURNS, "payments never come to rest"
            name = self._name(state)
            found = self._known.get(name)
            if found is None:
                assert name not in self._known, "payments never come to rest"
                self._known[name] = None
                names.append(name)
                if not state.branches:
                    state, _killed = self._part(state, Paths())
                    continue
                found = self._every_way(state)
            return self._keep(names, found)
        return self._keep(names, self._judged(state))

    def _keep(self, names: list[bytes], found: Counted) -> Counted:
        self._known.update(dict.fromkeys(names, found))
        return found

    def _every_way(self, state: State) -> Counted:
        self.branching += 1
        kept, paths, total = _copy(self._file), Paths(), Counted()
        for again in _all(paths):
            if again:
                self._put_back(kept, state.now)
            after, killed = self._part(state, paths)
            total.add(self._from(after), killed=killed)
        kept.close()
        return total

    def _put_back(self, kept: Any, now: datetime) -> None:
        kept.backup(self._file)
        self._street.clock.pass_time(now - self._street.clock.now())

    def _part(self, state: State, paths: Paths) -> tuple[State, bool]:
        """One part of a turn on this path: the state after it, and whether the program was killed."""
        kills = state.kills

        def maybe(_where: str) -> None:
            nonlocal kills
            if kills and paths.choose(2):
                kills -= 1
                raise Killed

        script = Chosen(paths, state.calls, self._among)
        office = PayOffice(script, deepcopy(state.trades), before_call=maybe, after_call=maybe)
        office.delayed = list(state.delayed)
        try:
            with self._street.killed_by(maybe):
                part, at_rest = self._do(state, office)
        except Killed:
            part, at_rest = TILL, False
            self._street.clock.pass_time(timedelta(seconds=LEASE_SECONDS + 1))
        left = State(
            self._street.clock.now(), len(script), kills, part, at_rest, office.trades, office.delayed
        )
        return left, kills < state.kills

    def _do(self, state: State, office: PayOffice) -> tuple[int, bool]:
        """The part itself; says which comes next."""
        shop, clock = self._stocked.shop, self._street.clock
        if state.part == TILL:
            recover(shop)
            return CALLS, self._front.step()
        outside = gateways_of(office)
        due = next_at(shop, outside)
        if due is None:
            assert state.at_rest, "nothing is due, and the till waits"
            return OVER, True
        clock.pass_time(max(timedelta(), due - clock.now()))
        run_due(shop, outside, lanes=1)
        return TILL, False

    def _judged(self, state: State) -> Counted:
        counted, net = Counted(), sum(trade.net_minor for trade in state.trades.values())
        counted.note("", net=net, booked=booked_for(self._stocked, self._key), due=self._due)
        return counted

    def _name(self, state: State) -> bytes:
        """The same for states from which the same follows."""
        names: dict[str, str] = {}
        numbers = count()

        def plain(value: object) -> object:
            return (
                _KEY.sub(lambda found: names.setdefault(found[0], f"#{next(numbers)}"), value)
                if isinstance(value, str)
                else value
            )

        def seen(column: str, value: object) -> object:
            if not isinstance(value, str) or not _MOMENT.fullmatch(value):
                return plain(value)
            left = (_at(value) - state.now.replace(tzinfo=None)).total_seconds()
            return left if left > 0 or column in COUNTS else "past"

        rows = [
            (
                table,
                [
                    tuple(map(seen, self._columns[table], row))
                    for row in self._rows(table)
                    if row not in before
                ],
            )
            for table, before in sorted(self._before.items())
        ]
        trades = [
            (
                plain(number),
                one.state,
                one.amount,
                [(plain(back), minor) for back, minor in one.refunds.items()],
            )
            for number, one in state.trades.items()
        ]
        late = [(what, plain(attempt.number)) for what, attempt in state.delayed]
        present = (state.calls, state.kills, state.part, state.at_rest, state.now.date())
        return blake2b(repr((present, rows, trades, late)).encode(), digest_size=16).digest()


def _all(paths: Paths) -> Iterator[bool]:
    """Once for each way; whether it is not the first."""
    yield False
    while paths.go_on():
        yield True


def _copy(file: Any) -> Any:
    kept = type(file)(":memory:")
    file.backup(kept)
    return kept


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f")
