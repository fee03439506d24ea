"""What a filter says, in words: one chip a condition, and what each condition is edited by."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.basics.words import day_text
from desktop.queries.order_fields import CHOICE, COUNT, FIELDS, FLAG, MONEY, TIME, YES
from desktop.queries.order_query import Place
from desktop.queries.order_search import Clause, OrderFilter
from desktop.queries.order_values import CHOICES
from desktop.queries.order_words import channel_word, said, status_word, type_word
from desktop.views.common.context import Context

OPS = {"is": N_("is"), "not": N_("is not"), "between": N_("between"), "contains": N_("contains")}


@dataclass(frozen=True)
class Part:
    """One chip: field and value, the filter without it, and the menu that edits it (empty: the sheet)."""

    title: str
    value: str
    without: OrderFilter
    edit: str = ""


def place_of(context: Context) -> Place:
    """Where queries typed on this screen are read."""
    return Place(context.currency, context.zone, context.now())


def short(minor: int, currency: str) -> str:
    """An amount for a chip: whole units without their zeros."""
    text = str(Money(minor, currency))
    return text[:-3] if text.endswith(".00") else text


def days_word(days: int) -> str:
    """Today, or the last so many days."""
    return _("today") if days == 1 else _("last {count} days").format(count=days)


def parts(f: OrderFilter, context: Context, names: dict[str, str]) -> list[Part]:
    """The chips of a filter; `names` says what a member or goods id is called."""
    found = list(_simple(f, context, names))
    for i, clause in enumerate(f.clauses):
        rest = replace(f, clauses=(*f.clauses[:i], *f.clauses[i + 1 :]))
        title, value = clause_words(clause, context)
        found.append(Part(title, value, rest))
    if f.either:
        words = (" ".join(clause_words(clause, context)).strip() for clause in f.either)
        found.append(Part(_("Any of"), " | ".join(words), replace(f, either=())))
    return found


def _simple(f: OrderFilter, context: Context, names: dict[str, str]) -> Iterator[Part]:
    if f.days is not None or f.since is not None or f.until is not None:
        value = days_word(f.days) if f.days is not None else _stretch(f.since, f.until, context)
        yield Part(_("Placed"), value, f.without("days", "since", "until"), "time")
    if f.due_from is not None or f.due_to is not None:
        value = _range(f.due_from, f.due_to, lambda minor: short(minor, context.currency))
        yield Part(_("Amount"), value, f.without("due_from", "due_to"), "amount")
    lists: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("channels", _("Channel"), channel_word),
        ("statuses", _("Status"), status_word),
        ("types", _("Type"), type_word),
        ("tags", _("Tags"), str),
    )
    for name, title, word in lists:
        if values := getattr(f, name):
            yield Part(title, " / ".join(word(value) for value in values), f.without(name), name)
    for name, title in (("late", _("Overdue")), ("queued", _("Queued")), ("refunded", _("Refunded"))):
        if getattr(f, name):
            yield Part(title, "", f.without(name))
    if f.points_from is not None:
        value = f"≥ {short(f.points_from, context.currency)}"
        yield Part(_("Points used"), value, f.without("points_from"), "points")
    if f.member_id is not None:
        yield Part(_("Customer"), names.get("member_id", "") or f"#{f.member_id}", f.without("member_id"))
    if f.sku_id is not None:
        yield Part(_("Goods"), names.get("sku_id", "") or f"#{f.sku_id}", f.without("sku_id"))


def clause_words(clause: Clause, context: Context) -> tuple[str, str]:
    """A condition as field and value."""
    field = FIELDS.get(clause.field)
    if field is None:
        return clause.field, ""
    title = _(field.label)
    if field.kind == FLAG:
        return title, "" if clause.values == (YES,) else _("no")
    if field.kind == TIME:
        return title, _time(clause, context)
    if field.kind in (MONEY, COUNT):
        low, high = (int(v) if v else None for v in clause.values)
        money = field.kind == MONEY
        return title, _range(low, high, lambda n: short(n, context.currency) if money else f"{n:,}")
    if field.kind == CHOICE:
        words = CHOICES.get(field.key, {})
        value = " / ".join(said(words[v]) if v in words else v for v in clause.values)
    else:
        value = " / ".join(clause.values)
    return title, f"≠ {value}" if clause.op == "not" else value


def _time(clause: Clause, context: Context) -> str:
    if clause.op == "is":
        return days_word(int(clause.values[0]))
    low, high = clause.values
    return _stretch(_day(low, 0, context), _day(high, 1, context), context)


def _day(text: str, more: int, context: Context) -> datetime | None:
    if not text:
        return None
    if len(text) > len("2026-11-21"):
        return datetime.fromisoformat(text)
    day = date.fromisoformat(text) + timedelta(days=more)
    return datetime(day.year, day.month, day.day, tzinfo=context.zone)


def _stretch(since: datetime | None, until: datetime | None, context: Context) -> str:
    now, zone = context.now(), context.zone
    first = day_text(since, now, zone) if since else ""
    last = day_text(until - timedelta(seconds=1), now, zone) if until else ""
    return first if first == last else f"{first}–{last}"


def _range(low: int | None, high: int | None, plain: Callable[[int], str]) -> str:
    if low is not None and high is not None:
        return plain(low) if low == high else f"{plain(low)}–{plain(high)}"
    return f"≥ {plain(low)}" if low is not None else f"≤ {plain(high or 0)}"
