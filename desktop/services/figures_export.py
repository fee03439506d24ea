"""Statistics of orders as a file: the same rows as on the screen, the total last."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.basics.i18n import _
from desktop.basics.money import MILLI, digits_of
from desktop.queries.figure_cells import CATEGORY
from desktop.queries.figure_words import SPLIT_WORDS, part_word, row_word
from desktop.queries.order_export import export_begins
from desktop.queries.order_figures import FigureRow, FiguresWanted, order_figures
from desktop.queries.shell import shop_card
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_figures(shop: Shop, wanted: FiguresWanted, path: Path, progress: Progress) -> int:
    """Write the statistics; returns the rows.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    shop.ask(export_begins, "statistics")
    currency = shop.ask(shop_card).currency
    found = shop.ask(order_figures, wanted)
    goods = wanted.split == CATEGORY
    headings = [
        _("Period"), *([_(SPLIT_WORDS[wanted.split])] if wanted.split else []), _("From"), _("To"),
        _("Orders"), _("Pieces"),
        _("Goods sold") if goods else _("Amount paid"), _("Average order"),
        _("Goods returned") if goods else _("Refunds"), _("Paid with points"), _("Cancelled"), _("Currency"),
    ]  # fmt: skip
    rows = (_cells(row, wanted, currency) for row in (*found.rows[1:], found.total))
    return write_table(path, headings, rows, progress)


def _cells(row: FigureRow, wanted: FiguresWanted, currency: str) -> list[Any]:
    def amount(minor: int) -> Decimal:
        return Decimal(minor).scaleb(-digits_of(currency))

    part = [part_word(wanted.split, row) if row.id else ""] if wanted.split else []
    by_goods = wanted.split == CATEGORY
    return [
        row_word(wanted, row), *part, f"{row.start or wanted.first}", f"{row.end or wanted.last}", row.orders,
        "" if row.loose else Decimal(row.pieces_milli) / MILLI, amount(row.amount_minor), amount(row.average_minor),
        amount(row.refunds_minor), "" if by_goods else amount(row.points_minor), "" if by_goods else row.cancelled,
        currency,
    ]  # fmt: skip
