"""The values of the query box: amounts, days, states … as they are typed, and as a clause keeps them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _, languages, speaking
from desktop.basics.money import Money
from desktop.models.orders import CHANNEL_WORDS, ORDER_TYPES, STATUS_WORDS
from desktop.models.payments import METHOD_WORDS
from desktop.queries.order_fields import CHOICE, COUNT, FLAG, MONEY, NO, TEXT, TIME, YES, Field
from desktop.queries.order_filter import BETWEEN, CONTAINS, IS, Clause

CHOICES = {  # the words of what a field can be; tills and tags are the shop's own
    "status": STATUS_WORDS,
    "channel": CHANNEL_WORDS,
    "type": {kind.key: kind.words for kind in ORDER_TYPES.values()},
    "method": METHOD_WORDS,
}
SAMPLES = {
    "number": N_("1121-0096"),
    "member": N_("lin"),
    "carrier": N_("SF Express"),
    "tracking": N_("SF1000777"),
    "note": N_("gift"),
}
DAYS = N_("{count}d")
LONG_DAYS = N_("last {count} days")
_YES = {YES: (YES, "y", "1", "是", "有"), NO: (NO, "n", "0", "否", "无")}
YESTERDAY = N_("yesterday")
MOST_DAYS = 36_500
LONGEST_ID = 19  # with its #
LARGEST = 10**15  # beyond that nobody counts
YEARS = range(1970, 2101)  # no order was placed in any other


class Where(Protocol):
    """Where a query is read."""

    @property
    def currency(self) -> str:
        """The shop's currency."""

    @property
    def zone(self) -> ZoneInfo:
        """The shop's zone."""

    @property
    def now(self) -> datetime:
        """This moment."""


def read(field: Field, op: str, values: Sequence[str], place: Where) -> Clause | None:
    """The clause of an operator (`:`, `>`, `>=`, `<`, `<=`) and what was typed behind it, or None."""
    if not values:
        return None
    if field.kind in (MONEY, COUNT):
        return _numbers(field, op, values, place)
    if field.kind == TIME:
        return _times(field, op, values, place)
    if op != ":":
        return None
    if field.kind == FLAG:
        chosen = [key for key, words in _YES.items() if values[0].lower() in {*words, *_spoken(key)}]
        return Clause(field.key, IS, (chosen[0],)) if chosen and len(values) == 1 else None
    if field.kind == CHOICE:
        keys = [_key(field, value) for value in values]
        return Clause(field.key, IS, tuple(k for k in keys if k)) if all(keys) else None
    if any(not _fits(value) for value in values):
        return None
    return Clause(field.key, CONTAINS, tuple(values))


def _fits(value: str) -> bool:
    known = value[1:].isdecimal() and len(value) <= LONGEST_ID
    return bool(value.strip()) and (not value.startswith("#") or known)


def written(field: Field, clause: Clause, place: Where) -> list[str]:
    """The values of a clause as they are typed."""
    if field.kind == MONEY:
        return [_plain(int(v), place.currency) if v else "" for v in clause.values]
    if field.kind == TIME and clause.op == IS:
        return [days_typed(int(clause.values[0]))]
    if field.kind == TIME:
        return [v if len(v) <= len("2026-11-21") else _local(v, place.zone) for v in clause.values]
    if field.kind == FLAG:
        return [_(clause.values[0])]
    if field.kind == CHOICE:
        return [choice_typed(field, value) for value in clause.values]
    return list(clause.values)


def choice_typed(field: Field, key: str) -> str:
    """`to_ship` → `to-ship`, 待发货."""
    words = CHOICES.get(field.key, {}).get(key)
    return re.sub(r"\s+", "-", _(words)).lower() if words else key


def sample(field: Field) -> str:
    """One value this field can have."""
    keys = CHOICES.get(field.key)
    return choice_typed(field, next(iter(keys))) if keys else {"till": "T1"}.get(field.key, _("urgent"))


def days_typed(days: int) -> str:
    """`today`, `7d`; 今天, 近7天."""
    return _("today") if days == 1 else _(DAYS).format(count=days)


def _key(field: Field, value: str) -> str:
    known = CHOICES.get(field.key)
    return _by_word(field.key).get(_folded(value), "") if known else value.strip()


@cache
def _by_word(field_key: str) -> dict[str, str]:
    found = {}
    for key, words in CHOICES[field_key].items():
        for spoken in (key, words, *_spoken(words)):
            found[_folded(spoken)] = key
    return found


@cache
def _spoken(msgid: str) -> tuple[str, ...]:
    said = []
    for lang in languages():
        with speaking(lang):
            said.append(_(msgid))
    return tuple(said)


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).lower()


# Numbers


def _numbers(field: Field, op: str, values: Sequence[str], place: Where) -> Clause | None:
    if len(values) != 1:
        return None
    low, dots, high = values[0].partition("..")
    if op == ":" and not dots:
        low, high = values[0], values[0]
    elif dots and op != ":":
        return None
    try:
        first, last = (_amount(field, part, place) if part else None for part in (low, high))
    except (ShopError, ValueError):
        return None
    if op != ":":
        assert first is not None or not low
        bounds = {
            ">": (first, 1, None),
            ">=": (first, 0, None),
            "<": (None, -1, first),
            "<=": (None, 0, first),
        }
        least, step, most = bounds[op]
        first, last = (least + step if least is not None else None, most + step if most is not None else None)
    if first is None and last is None:
        return None
    return Clause(
        field.key, BETWEEN, ("" if first is None else str(first), "" if last is None else str(last))
    )


def _amount(field: Field, text: str, place: Where) -> int:
    found = Money.parse(text, place.currency).amount if field.kind == MONEY else int(text.replace(",", ""))
    if abs(found) > LARGEST:
        raise ValueError(text)
    return found


def _plain(minor: int, currency: str) -> str:
    text = Money(minor, currency).plain().replace(",", "").replace("−", "-")
    return text.removesuffix(".00")


# Times


def _times(field: Field, op: str, values: Sequence[str], place: Where) -> Clause | None:
    if len(values) != 1:
        return None
    typed = values[0]
    if op == ":":
        days = _days(typed)
        if days:
            return Clause(field.key, IS, (str(days),))
        if _folded(typed) in {_folded(word) for word in _spoken(YESTERDAY)}:
            before = shop_day(place.now, place.zone) - timedelta(days=1)
            return Clause(field.key, BETWEEN, (f"{before}", f"{before}"))
    low, dots, high = typed.partition("..")
    if op == ":" and not dots:
        high = low
    ends = [_end(part, place.zone) if part else "" for part in (low, high)]
    if None in ends or not any(ends) or (op != ":" and (dots or not ends[0])):
        return None
    first = ends[0] or ""
    if op == ":" and not dots and len(first) > len("2026-11-21"):
        return None  # one moment is no time to look in
    if op != ":":
        first, last = {
            ">": (_after(first), ""),
            ">=": (first, ""),
            "<": ("", _before(first)),
            "<=": ("", first),
        }[op]
        return Clause(field.key, BETWEEN, (first, last))
    return Clause(field.key, BETWEEN, (first, ends[1] or ""))


def _days(typed: str) -> int | None:
    word = _folded(typed)
    if word in {_folded(said) for said in _spoken("today")}:
        return 1
    for msgid in (DAYS, LONG_DAYS, "{count}d"):
        for said in _spoken(msgid):
            pattern = re.escape(_folded(said.replace("{count}", "0000"))).replace("0000", r"(\d{1,5})")
            if (found := re.fullmatch(pattern, word)) and 0 < int(found[1]) <= MOST_DAYS:
                return int(found[1])
    return None


def _end(typed: str, zone: ZoneInfo) -> str | None:
    try:
        if len(typed) <= len("2026-11-21"):
            day = date.fromisoformat(typed.replace("/", "-"))
            return f"{day}" if day.year in YEARS else None
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _after(first: str) -> str:
    return f"{date.fromisoformat(first) + timedelta(days=1)}" if len(first) == 10 else first


def _before(last: str) -> str:
    return f"{date.fromisoformat(last) - timedelta(days=1)}" if len(last) == 10 else last


def _local(moment: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(moment).astimezone(zone).replace(tzinfo=None).isoformat()


def stretch(since: datetime | None, until: datetime | None, zone: ZoneInfo) -> tuple[str, str]:
    """Two moments as a clause keeps them: whole days as days, the last one included."""
    low = high = ""
    if since is not None:
        day = shop_day(since, zone)
        low = f"{day}" if day_starts(day, zone) == since else since.isoformat()
    if until is not None:
        day = shop_day(until, zone)
        high = f"{day - timedelta(days=1)}" if day_starts(day, zone) == until else until.isoformat()
    return low, high


def moments(values: Sequence[str], zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The other way round: from, and until (excluded)."""
    low, high = values
    since = until = None
    if low:
        since = day_starts(date.fromisoformat(low), zone) if len(low) == 10 else datetime.fromisoformat(low)
    if high:
        after = date.fromisoformat(high) + timedelta(days=1) if len(high) == 10 else None
        until = day_starts(after, zone) if after else datetime.fromisoformat(high)
    return since, until


__all__ = ["TEXT", "moments", "read", "stretch", "written"]
