"""How stocktakes are said, on screen and on paper."""

from desktop.basics.i18n import _
from desktop.basics.money import Money, half_up, quantity_text
from desktop.basics.words import when_text
from desktop.queries.stocktakes import SCOPE_WORDS, STATE_WORDS, CountLine, StocktakeRow
from desktop.services.stocktakes import REASONS
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine

LOOKS = {"open": ("info", "half"), "posted": ("success", "done"), "cancelled": ("neutral", "closed"),
         "undone": ("neutral", "arrow-go-back-line")}  # fmt: skip


def state_badge(row: StocktakeRow) -> tuple[str, str, str]:
    """Words, tone and pip of its state."""
    tone, pip = LOOKS.get(row.state, ("neutral", "wait"))
    return _(STATE_WORDS.get(row.state, row.state)), tone, pip


def scope_of(row: StocktakeRow) -> str:
    """What is counted: `全部商品`, `分类 乳品`."""
    words = _(SCOPE_WORDS.get(row.scope, row.scope))
    return f"{words} {row.scope_words}".strip()


def facts_of(row: StocktakeRow) -> str:
    """Where, what and how: `卖场 · 全部商品 · 冻结`."""
    parts = [row.place, scope_of(row)]
    if row.frozen:
        parts.append(_("goods held still"))
    if row.blind:
        parts.append(_("blind"))
    return " · ".join(parts)


def history_of(row: StocktakeRow, context: Context) -> str:
    """Who began it and when; of one that was taken back who did and why."""
    when = when_text(row.undone_at or row.started_at, context.now(), context.zone)
    if row.undone_at is not None:
        return _("taken back {when} by {who}: {why}").format(
            when=when, who=row.undone_by or "—", why=row.note
        )
    return _("begun {when} by {who}").format(when=when, who=row.started_by) if row.started_by else when


def signed(milli: int) -> str:
    """A difference with its sign."""
    return f"+{quantity_text(milli)}" if milli > 0 else quantity_text(milli)


def name_of(line: CountLine) -> str:
    """Name and pack."""
    return " ".join(part for part in (line.name, line.pack) if part)


def worth(milli: int, cost_minor: int, currency: str) -> Money:
    """What so many cost, in minor units; below zero when they are missing."""
    whole = half_up(abs(milli) * cost_minor, 1000)
    return Money(whole if milli > 0 else -whole, currency)


def reason_words(reason: str) -> str:
    """Why it differs; nothing for a plain count."""
    return _(REASONS[reason]) if reason in REASONS and reason else reason


SHARES, SIDES = (16, 44, 20, 20), "llrr"


def count_sheet(row: StocktakeRow, lines: list[CountLine], context: Context) -> list[PrintLine]:
    """A sheet to walk along the shelves with: every line with room for the count, nothing expected on it."""
    moment = row.started_at.astimezone(context.zone)
    paper = [
        PrintLine(_("Count sheet"), row.code, 16, True),
        PrintLine(row.name, f"{moment:%Y-%m-%d %H:%M}", 11),
        PrintLine(facts_of(row), "", 9),
        PrintLine(rule=True),
        PrintLine(
            cells=(_("Code"), _("Goods"), _("Unit"), _("Counted")),
            shares=SHARES,
            sides=SIDES,
            bold=True,
            head=True,
        ),
        PrintLine(rule=True),
    ]
    for line in lines:
        cells = (line.code, name_of(line), line.unit, "________")
        paper.append(PrintLine(cells=cells, shares=SHARES, sides=SIDES, size=10))
    paper += [
        PrintLine(rule=True),
        PrintLine(" ", "", 12),
        PrintLine(_("Counted by: ______________"), "", 10),
    ]
    return paper


def result_sheet(
    row: StocktakeRow, lines: list[CountLine], costs: dict[int, int] | None, context: Context
) -> list[PrintLine]:
    """What differed, with its worth for who may see costs."""
    moment = (row.ended_at or row.started_at).astimezone(context.zone)
    paper = [
        PrintLine(_("Stocktake result"), row.code, 16, True),
        PrintLine(row.name, f"{moment:%Y-%m-%d %H:%M}", 11),
        PrintLine(facts_of(row), "", 9),
        PrintLine(_("{counted} of {lines} counted").format(counted=row.counted, lines=row.lines), "", 9),
        PrintLine(rule=True),
        PrintLine(
            cells=(_("Code"), _("Goods"), _("Expected"), _("Counted"), _("Difference"), _("Worth")),
            shares=(14, 34, 13, 13, 13, 13), sides="llrrrr", bold=True, head=True,
        ),
        PrintLine(rule=True),
    ]  # fmt: skip
    total = Money(0, context.currency)
    for line in lines:
        delta = line.difference_milli or 0
        value = worth(delta, costs.get(line.id, 0), context.currency) if costs is not None else None
        total = total + value if value is not None else total
        cells = (
            line.code, name_of(line), quantity_text(line.expected_milli or 0), quantity_text(line.counted_milli or 0),
            signed(delta), value.plain() if value is not None else "",
        )  # fmt: skip
        paper.append(PrintLine(cells=cells, shares=(14, 34, 13, 13, 13, 13), sides="llrrrr", size=9))
    paper.append(PrintLine(rule=True))
    if not lines:
        paper.append(PrintLine(_("Nothing differs."), "", 10))
    elif costs is not None:
        paper.append(PrintLine(_("Sum"), str(total), 11, True))
    return paper
