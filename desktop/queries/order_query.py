"""The query box: `status:to-ship amount>100 tea` to a filter and back, in every language the program speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _, languages, speaking
from desktop.queries import order_values
from desktop.queries.order_fields import CHOICE, COUNT, FIELDS, FLAG, MONEY, TEXT, TIME, YES, Field
from desktop.queries.order_filter import BETWEEN, CONTAINS, IS, NOT, Clause, OrderFilter

_UNSEEN = re.compile("[\x00\ud800-\udfff]")  # no letters: a clipboard may hold them, no database does
_WIDE = str.maketrans("：＞＜＝，、（）｜“”－", ':><=,,()|""-')  # what a Chinese keyboard gives
_NAME = r"[^\W\d_][\w-]*"
_PART = r'"(?:[^"\\]|\\.)*"|[^\s,()|"]+'
_TOKEN = re.compile(
    rf"""\s*(?:(?P<sign>[()|])
    |(?P<minus>-)?(?P<name>{_NAME})\s*(?P<op>>=|<=|:|>|<|=)\s*(?P<value>(?:{_PART})(?:\s?,\s?(?:{_PART}))*)?
    |(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()|"]+|"))""",
    re.VERBOSE,
)
_PLAIN = re.compile(r'[^\s,()|"\\:<>=：＞＜＝，、（）｜“”－-][^\s,()|"\\:<>=：＞＜＝，、（）｜“”－]*')
OR = N_("or/either")
# What a filter keeps in fields of its own, by the field typed.
SIMPLE = {"status": "statuses", "channel": "channels", "type": "types", "tag": "tags"}
FLAGS = ("late", "queued", "refunded")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a query is read: currency of its amounts, zone and today of its days."""

    currency: str
    zone: ZoneInfo
    now: datetime


class BadToken(ShopError):
    """A part of a query that can't be read; `start` and `end` say where it stands."""

    def __init__(self, msgid: str, start: int, end: int, **fields: Any) -> None:
        super().__init__(msgid, **fields)
        self.start, self.end = start, end


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands at one place of a query: ( ) |, a word, or a condition."""

    kind: str
    text: str
    start: int
    end: int
    name: str = ""
    op: str = ""
    values: tuple[str, ...] = ()
    minus: bool = False


def parse(text: str, place: Place) -> OrderFilter:
    """The filter a query means. Raises `BadToken`."""
    text = _UNSEEN.sub(" ", text)
    clauses: list[Clause] = []
    either: list[Clause] = []
    words: list[str] = []
    inside = False
    for piece in pieces(text):
        if piece.kind == "(" and not inside and not either:
            inside = True
        elif piece.kind == ")" and inside:
            inside = False
        elif piece.kind in ("(", ")") or (piece.kind == "|" and not inside):
            raise _bad(
                N_("“{token}” stands alone. Write once (… | …): at least one of these must hold."), piece
            )
        elif piece.kind == "|" or (
            inside and piece.kind == "word" and piece.text.lower() in _alternatives(OR)
        ):
            continue
        elif piece.kind == "clause":
            (either if inside else clauses).append(_clause(piece, place))
        elif inside:
            raise _bad(N_("Between ( and ) stand only conditions such as {example}."), piece)
        else:
            words.append(_bare(piece.text))
    if inside:
        raise BadToken(N_("The closing ) is missing."), len(text), len(text))
    return tidy(OrderFilter(text=" ".join(" ".join(words).split()), either=tuple(either)), clauses, place)


def write(wanted: OrderFilter, place: Place) -> str:
    """The query that means this filter, in the language of the running context."""
    parts = [
        word if _PLAIN.fullmatch(word) and word not in _alternatives(OR) else _quoted(word)
        for word in wanted.text.split()
    ]
    parts += [said(clause, place) for clause in spread(wanted, place)]
    if wanted.either:
        inner = " | ".join(said(clause, place) for clause in wanted.either)
        parts.append(f"({inner})")
    return " ".join(parts)


def said(clause: Clause, place: Place) -> str:
    """One clause as it is typed: `status:to-ship`, `-tag:urgent`, `amount:10..20`."""
    field = FIELDS[clause.field]
    values = order_values.written(field, clause, place)
    sign, quoted = "-" if clause.op == NOT else "", [v if not v or _safe(v) else _quoted(v) for v in values]
    if clause.op == BETWEEN:
        low, high = quoted
        op = ":" if low and high else ">=" if low else "<="
        return f"{typed(field)}{op}{f'{low}..{high}' if low and high else low or high}"
    return f"{sign}{typed(field)}:{','.join(quoted)}"


def typed(field: Field) -> str:
    """How a field is written in the reader's language."""
    return _(field.typed).split("/")[0]


def spread(wanted: OrderFilter, place: Place) -> list[Clause]:
    """Everything a filter asks besides its words, as clauses."""
    found: list[Clause] = []
    for name, attribute in SIMPLE.items():
        if values := getattr(wanted, attribute):
            found.append(Clause(name, IS, values))
    found += [Clause(name, IS, (YES,)) for name in FLAGS if getattr(wanted, name)]
    if wanted.days is not None:
        found.append(Clause("placed", IS, (str(wanted.days),)))
    if wanted.since is not None or wanted.until is not None:
        found.append(Clause("placed", BETWEEN, order_values.stretch(wanted.since, wanted.until, place.zone)))
    if wanted.due_from is not None or wanted.due_to is not None:
        found.append(Clause("amount", BETWEEN, (_or_open(wanted.due_from), _or_open(wanted.due_to))))
    if wanted.points_from is not None:
        found.append(Clause("points_value", BETWEEN, (str(wanted.points_from), "")))
    if wanted.member_id is not None:
        found.append(Clause("member", CONTAINS, (f"#{wanted.member_id}",)))
    if wanted.sku_id is not None:
        found.append(Clause("goods", CONTAINS, (f"#{wanted.sku_id}",)))
    return [*found, *wanted.clauses]


def tidy(start: OrderFilter, clauses: list[Clause], place: Place) -> OrderFilter:
    """The filter of these clauses: what has a field of its own goes there, the first of its kind."""
    kept: list[Clause] = []
    wanted = start
    for clause in clauses:
        values = _own_place(clause, wanted, place)
        if values is None:
            kept.append(clause)
        else:
            wanted = replace(wanted, **values)
    return replace(wanted, clauses=(*start.clauses, *kept))


def _own_place(clause: Clause, now: OrderFilter, place: Place) -> dict[str, Any] | None:
    field, op, values = clause.field, clause.op, clause.values
    if field in SIMPLE and op == IS:
        attribute = SIMPLE[field]
        return {attribute: tuple(dict.fromkeys((*getattr(now, attribute), *values)))}
    if field in FLAGS and values == (YES,):
        return {field: True}
    timed = (now.days, now.since, now.until) != (None, None, None)
    if field == "placed" and not timed:
        if op == IS:
            return {"days": int(values[0])}
        since, until = order_values.moments(values, place.zone)
        return {"since": since, "until": until}
    if field == "amount" and now.due_from is None and now.due_to is None:
        return {"due_from": _number(values[0]), "due_to": _number(values[1])}
    if field == "points_value" and values[0] and not values[1] and now.points_from is None:
        return {"points_from": int(values[0])}
    for name, attribute in (("member", "member_id"), ("goods", "sku_id")):
        one = op == CONTAINS and len(values) == 1 and re.fullmatch(r"#\d{1,18}", values[0])
        if field == name and one and getattr(now, attribute) is None:
            return {attribute: int(values[0][1:])}
    return None


def _number(text: str) -> int | None:
    return int(text) if text else None


def _or_open(number: int | None) -> str:
    return "" if number is None else str(number)


# Reading


def pieces(text: str) -> Iterator[Piece]:
    """The parts of a query, one behind the other."""
    narrow = text.translate(
        _WIDE
    )  # one sign for one: positions stay, and what is meant as written is taken from there
    end = 0
    while found := _TOKEN.match(narrow, end):
        name, end = found["name"] or "", found.end()
        start = end - len(found[0].lstrip())
        if name and not known(name) and re.search(r"\s", narrow[start:end]):  # `foo : bar` are three words
            end = start + len(narrow[start:end].split()[0])
            yield Piece("word", text[start:end], start, end)
        elif name:
            spans = (part.span() for part in re.compile(_PART).finditer(narrow, *found.span("value")))
            values = tuple(text[first:last] for first, last in spans) if found["value"] else ()
            minus = bool(found["minus"])
            yield Piece("clause", text[start:end], start, end, name, found["op"], values, minus)
        else:
            kind = found["sign"] or ("quoted" if found["quoted"] else "word")
            yield Piece(kind, text[start:end], start, end)


def _clause(piece: Piece, place: Place) -> Clause:
    field = known(piece.name)
    if field is None:
        names = ", ".join(typed(f) for f in FIELDS.values())
        raise _bad(
            N_("There is no field “{name}”. Write {example}, or another field: {names}."),
            piece,
            name=piece.name,
            names=names,
        )
    op = ":" if piece.op == "=" else piece.op
    made = order_values.read(field, op, [_bare(value) for value in piece.values], place)
    if made is None or (piece.minus and NOT not in field.ops):
        raise _bad(
            N_("“{token}” can't be read. Write for example {example}."), piece, example=example(field, place)
        )
    return replace(made, op=NOT) if piece.minus else made


def example(field: Field, place: Place) -> str:
    """How a condition on this field is written."""
    name = typed(field)
    return {
        CHOICE: f"{name}:{order_values.sample(field)}",
        TEXT: f"{name}:{_(order_values.SAMPLES.get(field.key, N_('tea')))}",
        MONEY: f"{name}>100",
        COUNT: f"{name}>=1000",
        TIME: f"{name}:{order_values.days_typed(7)}",
        FLAG: f"{name}:{_(YES)}",
    }[field.kind]


def _bad(msgid: str, piece: Piece, **more: object) -> BadToken:
    facts = {
        "token": piece.text,
        "example": f"{typed(FIELDS['status'])}:{order_values.sample(FIELDS['status'])}",
    }
    return BadToken(msgid, piece.start, piece.end, **{**facts, **more})


def known(name: str) -> Field | None:
    """The field called so in any language."""
    return next((f for f in FIELDS.values() if name.lower() in _alternatives(f.typed)), None)


_names: dict[str, frozenset[str]] = {}


def _alternatives(msgid: str) -> frozenset[str]:
    """All ways to write this, in all languages."""
    if msgid not in _names:
        found = set(msgid.split("/"))
        for lang in languages():
            with speaking(lang):
                found.update(_(msgid).split("/"))
        _names[msgid] = frozenset(word.lower() for word in found)
    return _names[msgid]


def _safe(value: str) -> bool:
    return bool(_PLAIN.fullmatch(value)) or bool(re.fullmatch(r"#?[\w.:+-]+", value) and ".." not in value)


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["“”\\])', r"\\\1", text) + '"'


def _bare(text: str) -> str:
    if len(text) < 2 or text[0] not in '"“”':
        return text
    return re.sub(r"\\(.)", r"\1", text[1:-1])
