"""What the query box does with half-typed text: finished conditions leave it, and it proposes how to go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.basics.i18n import _
from desktop.basics.matching import find, prepare
from desktop.basics.order_links import number_in
from desktop.queries import order_values
from desktop.queries.order_fields import CHOICE, COUNT, FIELDS, FLAG, MONEY, NO, TIME, YES, Field
from desktop.queries.order_filter import OrderFilter
from desktop.queries.order_query import BadToken, Place, known, parse, pieces, spread, tidy, typed

MOST = 8
RELATIVE = (1, 7, 30, 90)


@dataclass(frozen=True, slots=True)
class Taken:
    """`wanted`: the filter with what was finished; `rest`: what stays in the box; `error`: why something does."""

    wanted: OrderFilter
    rest: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A way to go on: the whole new text of the box, what the list says, and a word beside it."""

    text: str
    label: str
    hint: str
    finished: bool = False  # nothing needs to be typed behind it


def take(text: str, now: OrderFilter, place: Place, *, ended: bool = False) -> Taken:
    """Move finished conditions from the box into the filter; free words stay in both.

    A condition is finished by a space behind it, or by Enter (`ended`).
    """
    text = number_in(text)
    done, open_part = _cut(text, ended)
    try:
        found = parse(done, place)
    except BadToken as error:
        words = " ".join(p.text for p in pieces(text) if p.kind == "word")
        return Taken(replace(now, text=words), text, str(error))
    held = open_part if _conditional(open_part) else ""
    words = found.text if held else " ".join(f"{found.text} {open_part}".split())
    started = replace(now, text=words, either=found.either or now.either)
    wanted = tidy(started, spread(found, place), place)
    if wanted.clauses != now.clauses or replace(wanted, text=now.text) != now:
        return Taken(wanted, f"{words} {held}".strip())
    return Taken(wanted, text)


def _cut(text: str, ended: bool) -> tuple[str, str]:
    """What is finished, and the last part still being typed."""
    found = list(pieces(text))
    if ended or not found or found[-1].end < len(text) or found[-1].kind == ")":
        return text, ""
    if any(p.kind == "(" for p in found) and found[-1].kind != ")":
        start = next(p.start for p in found if p.kind == "(")
        return text[:start], text[start:]
    return text[: found[-1].start], text[found[-1].start :]


def _conditional(text: str) -> bool:
    """Whether this may become a condition, so that it is no word to search for yet."""
    found = list(pieces(text))
    return bool(found) and (
        found[0].kind in ("(", "quoted") or (found[0].kind == "clause" and known(found[0].name) is not None)
    )


def propose(text: str, place: Place, own: Mapping[str, Sequence[str]]) -> tuple[Proposal, ...]:
    """Fields whose name begins so, or the values of the field just typed; `own`: the shop's tills and tags."""
    found = list(pieces(text))
    if not found or found[-1].end < len(text) or found[-1].kind not in ("word", "clause"):
        return ()
    last = found[-1]
    before = text[: last.start]
    if last.kind == "word":
        return _fields(before, last.text)
    field = known(last.name)
    if field is None or last.op != ":" or len(last.values) > 1:
        return ()
    sign = "-" if last.minus else ""
    return _values(f"{before}{sign}{typed(field)}:", field, last.values[0] if last.values else "", place, own)


def _fields(before: str, word: str) -> tuple[Proposal, ...]:
    wanted, sign = (word[1:], "-") if word.startswith("-") else (word, "")
    found = []
    for field in FIELDS.values():
        names = (typed(field), _(field.label))
        if wanted and any(
            (span := find(prepare(name), wanted)) is not None and span[0] == 0 for name in names
        ):
            text = f"{before}{sign}{typed(field)}:"
            found.append(Proposal(text, f"{sign}{typed(field)}:", _(field.label)))
    return tuple(found[:MOST])


def _values(
    start: str, field: Field, begun: str, place: Place, own: Mapping[str, Sequence[str]]
) -> tuple[Proposal, ...]:
    if field.kind == CHOICE:
        known_keys = order_values.CHOICES.get(field.key)
        words = (
            [order_values.choice_typed(field, key) for key in known_keys]
            if known_keys
            else own.get(field.key, ())
        )
    elif field.kind == FLAG:
        words = [_(YES), _(NO)]
    elif field.kind == TIME:
        words = [order_values.days_typed(days) for days in RELATIVE]
    elif field.kind in (MONEY, COUNT):
        words = [] if begun else ["100..500"]
    else:
        words = []
    fitting = [w for w in words if not begun or (find(prepare(w), begun) or (1, 1))[0] == 0]
    quoted = [f'"{w}"' if any(sign in w for sign in ' ,"()|') else w for w in fitting if w != begun]
    return tuple(Proposal(f"{start}{w} ", w, _(field.label), finished=True) for w in quoted[:MOST])
