"""The columns of the statistics, and the same as paper."""

from collections.abc import Callable

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.queries.figure_cells import CATEGORY
from desktop.queries.figure_words import full_word, span_word
from desktop.queries.order_figures import FigureRow, FiguresWanted, OrderFigures
from desktop.views.common.cells import Column, Toned
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine

SHARES = (34, 10, 12, 15, 13, 13, 13, 9)


def columns(wanted: Callable[[], FiguresWanted], currency: str) -> list[Column]:
    """What stands in the table; `wanted` tells what is shown now."""

    def money(row: FigureRow, minor: int) -> Toned:
        return Toned(Money(minor, currency).plain(), "" if minor else "muted", strong=row.id == 0)

    def label(row: FigureRow) -> Toned:
        return Toned(full_word(wanted(), row), strong=row.id == 0)

    def pieces(row: FigureRow) -> Toned | None:
        return None if row.loose else Toned(quantity_text(row.pieces_milli), strong=row.id == 0)

    def unless_goods(row: FigureRow, cell: Toned) -> Toned | None:
        return None if wanted().split == CATEGORY else cell

    return [
        Column("when", _("Period"), 220, value=label, sortable=True, stretch=True),
        Column("orders", _("Orders"), 92, "number", value=lambda row: Toned(f"{row.orders:,}", strong=row.id == 0), sortable=True),
        Column("pieces", _("Pieces"), 100, "number", value=pieces, sortable=True),
        Column("amount", _("Amount paid"), 124, "money", value=lambda row: money(row, row.amount_minor), sortable=True),
        Column("average", _("Average order"), 120, "money", value=lambda row: money(row, row.average_minor), sortable=True),
        Column("refunds", _("Refunds"), 120, "money", value=lambda row: money(row, row.refunds_minor), sortable=True),
        Column(
            "points", _("Paid with points"), 124, "money", value=lambda row: unless_goods(row, money(row, row.points_minor)),
            sortable=True,
        ),
        Column(
            "cancelled", _("Cancelled"), 90, "number", sortable=True,
            value=lambda row: unless_goods(row, Toned(f"{row.cancelled:,}", "" if row.cancelled else "muted")),
        ),
    ]  # fmt: skip


def titles(wanted: FiguresWanted) -> dict[int, str]:
    """The headings that change: by place of the column."""
    goods = wanted.split == CATEGORY
    return {
        3: _("Goods sold") if goods else _("Amount paid"),
        5: _("Goods returned") if goods else _("Refunds"),
    }


def lines(found: OrderFigures, context: Context) -> list[PrintLine]:
    """The table on paper, the total last."""
    now = context.now().astimezone(context.zone)
    cells = columns(lambda: found.wanted, context.currency)
    named = titles(found.wanted)
    sides = "l" + "r" * (len(cells) - 1)
    made = [
        PrintLine(_("Statistics"), f"{now:%Y-%m-%d %H:%M}", 14, True),
        PrintLine(span_word(found.wanted.span), context.currency, 9),
        PrintLine(rule=True),
        PrintLine(
            cells=tuple(named.get(place, cell.title) for place, cell in enumerate(cells)),
            shares=SHARES,
            sides=sides,
            size=7,
            bold=True,
            head=True,
        ),
    ]
    for row in (*found.rows[1:], found.total):
        values = (cell.value(row) if cell.value else None for cell in cells)
        texts = tuple("" if value is None else value.text for value in values)
        made.append(PrintLine(cells=texts, shares=SHARES, sides=sides, size=7, bold=row.id == 0))
    return made
