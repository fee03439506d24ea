"""What rules are made of: triggers, conditions and effects, each declared once with its words and parameters."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.rules.parameters import Parameter
from desktop.rules.spec import Part, Spec, Values
from desktop.services.notices import Value
from desktop.shop.work import Read, Work

TOPICS = {"orders": N_("Orders"), "stock": N_("Stock"), "members": N_("Members"), "system": N_("System")}
SUBJECTS = {
    "order": N_("Order"),
    "sku": N_("Product"),
    "member": N_("Member"),
    "purchase": N_("Purchase order"),
    "shop": N_("Shop"),
}
BATCH = 500  # subjects of one rule looked at in one go
_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as the engine reads it; `seen_event` is the newest timeline row every rule has already looked at."""

    id: int
    name: str
    spec: Spec
    version: int
    since: datetime
    seen_event: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """A subject whose turn it is: since `start_at` in the state, the rule's first turn at `base_at` (both UTC)."""

    subject_id: int
    start_at: datetime
    base_at: datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every entry of the catalogue has: a key for the database, a title for lists, a clause with its blanks."""

    key: str
    title: str
    words: str
    parameters: tuple[Parameter, ...] = ()

    def parameter(self, key: str) -> Parameter:
        """The parameter of this name."""
        return next(p for p in self.parameters if p.key == key)

    def values(self, read: Read, part: Part) -> dict[str, Any]:
        """The part's values, those that live in settings read from there, missing ones as declared."""
        return {
            p.key: read.setting(p.setting) if p.setting else part.values.get(p.key, p.default)
            for p in self.parameters
        }


@dataclass(frozen=True, kw_only=True)
class Trigger(Entry, ABC):
    """When a rule looks, and at what.

    `implies` says what is already sure of its subjects, as (axis, values), so that contradictions are seen.
    """

    topic: str
    subject: str
    implies: tuple[tuple[str, frozenset[str]], ...] = ()
    repeats: bool = True  # whether "again every …" makes sense
    timed: bool = True  # whether a turn comes because time passed, and not because something happened

    @abstractmethod
    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """Subjects whose turn has come, oldest first; with `only`, whether it has come for this one."""

    @abstractmethod
    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Whose turn came between the two moments, from what the shop remembers."""

    @abstractmethod
    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The next moment at which a turn comes if nothing else happens; None when none is known."""


@dataclass(frozen=True, kw_only=True)
class Condition(Entry):
    """What must also be true; `axis` and `domain` let contradictions be found before anything is saved."""

    subject: str  # "" for any
    test: Callable[[Read, Values], ColumnElement[bool]]
    axis: str = ""
    domain: Callable[[Values], frozenset[Any] | tuple[int | None, int | None]] | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule acting on one subject; `facts` are the words templates may use, `quiet_until` when people may be told.

    `step` counts the rule's actions from 0: several may act in one turn, the same one twice.
    """

    rule_id: int
    rule_name: str
    subject_kind: str
    subject_id: int
    due_at: datetime
    facts: Mapping[str, Value]
    quiet_until: datetime | None
    step: int = 0

    @property
    def subject(self) -> str:
        """How rows name the subject: `order:12`."""
        return f"{self.subject_kind}:{self.subject_id}"

    @property
    def key(self) -> str:
        """This firing's own name; what it writes carries it, so that nothing is written twice."""
        return f"rule:{self.rule_id}:{self.subject}:{self.due_at:%Y-%m-%dT%H:%M:%S.%f}"


@dataclass(frozen=True, kw_only=True)
class Effect(Entry):
    """What a rule does. `needs` is the right for it; `bold` effects wait while the machine's clock is in doubt.

    `states` are the states an order must be in for it, none for any.

    `run` returns the blanks of `done`, the sentence of the log, which later steps may use as facts; None: there was
    nothing to do, and what follows is left out.
    """

    subjects: frozenset[str]
    needs: Permission
    run: Callable[[Work, Firing, Values], Mapping[str, Any] | None]
    done: str
    bold: bool = False
    states: frozenset[str] = frozenset()


TRIGGERS: dict[str, Trigger] = {}
CONDITIONS: dict[str, Condition] = {}
EFFECTS: dict[str, Effect] = {}
E = TypeVar("E", bound=Entry)


def declare(entry: E) -> E:
    """Put an entry into the catalogue. Raises `ValueError` for a key already taken or a blank without a parameter."""
    kept: dict[str, Any] = (
        TRIGGERS if isinstance(entry, Trigger) else EFFECTS if isinstance(entry, Effect) else CONDITIONS
    )
    if entry.key in kept:
        raise ValueError(f"{entry.key} is declared twice")
    if set(blanks(entry.words)) != {p.key for p in entry.parameters if p.only_with is None}:
        raise ValueError(f"{entry.key}: the blanks of its clause are not its parameters")
    kept[entry.key] = entry
    return entry


def blanks(words: str) -> list[str]:
    """The blanks of a clause, in order."""
    return _BLANK.findall(words)


def pieces(words: str) -> list[tuple[str, str]]:
    """A clause cut at its blanks: ("text", words) and ("blank", key)."""
    parts = _BLANK.split(words)
    cut = [("blank" if i % 2 else "text", part) for i, part in enumerate(parts)]
    return [(kind, part) for kind, part in cut if part.strip()]


def trigger_of(part: Part | None) -> Trigger:
    """The trigger of a rule. Raises `Malformed`."""
    if part is None or part.key not in TRIGGERS:
        raise Malformed(N_("Choose when the rule looks."))
    return TRIGGERS[part.key]


def condition_of(part: Part) -> Condition:
    """The condition behind a part. Raises `Malformed`."""
    if part.key not in CONDITIONS:
        raise Malformed(N_("This condition is not known here: {key}."), key=part.key)
    return CONDITIONS[part.key]


def effect_of(part: Part) -> Effect:
    """The effect behind a step. Raises `Malformed`."""
    if part.key not in EFFECTS:
        raise Malformed(N_("This action is not known here: {key}."), key=part.key)
    return EFFECTS[part.key]


def latest_offset(spec: Spec, lasted: timedelta) -> timedelta:
    """The newest turn, counted from the first, when the state has lasted this long; earlier missed ones fold into it."""
    waits = [timedelta(minutes=step.wait_minutes) for step in spec.steps]
    reached = [wait for wait in waits if wait <= lasted]
    every = timedelta(minutes=spec.limits.every_minutes)
    if every:
        most = spec.limits.times
        count = int(lasted / every)
        reached.append(every * (count if most is None else min(count, most - 1)))
    return max(reached, default=timedelta())


def next_offset(spec: Spec, after: timedelta) -> timedelta | None:
    """The first offset behind `after`, or None when the rule is through with this subject."""
    later = [
        timedelta(minutes=step.wait_minutes)
        for step in spec.steps
        if timedelta(minutes=step.wait_minutes) > after
    ]
    every = timedelta(minutes=spec.limits.every_minutes)
    if every:
        k = int(after / every) + 1
        if spec.limits.times is None or k < spec.limits.times:
            later.append(every * k)
    return min(later, default=None)


def steps_at(spec: Spec, after: timedelta | None, until: timedelta) -> list[int]:
    """Which steps run for a turn reached at `until` when the one before was at `after` (None: the first)."""
    every = timedelta(minutes=spec.limits.every_minutes)
    first = after is None
    passed = timedelta(0) if after is None else after
    again = bool(every) and not first and int(until / every) > int(passed / every)
    if again and spec.limits.times is not None:
        again = int(passed / every) + 1 < spec.limits.times
    chosen = []
    for index, step in enumerate(spec.steps):
        wait = timedelta(minutes=step.wait_minutes)
        if (not wait and (first or again)) or (wait and (first or wait > passed) and wait <= until):
            chosen.append(index)
    return chosen
