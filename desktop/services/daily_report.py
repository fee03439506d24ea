"""The daily report as a file: what each till took in on each day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.basics.i18n import _
from desktop.basics.money import digits_of
from desktop.queries.order_words import channel_word, said
from desktop.queries.report_days import ReportDay, report_days
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop

report_allowed = report_days  # the question whose right a button asks for


def export_daily(shop: Shop, days: int, path: Path, progress: Progress) -> int:
    """Write the last days, newest first, one row for each till and channel; returns how many rows.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    rows = shop.ask(report_days, days)
    return write_table(path, _headings(), _rows(rows), progress)


def _headings() -> list[str]:
    return [
        _("Day"),
        _("Till"),
        _("Channel"),
        _("Orders"),
        _("Sales"),
        _("Refunds"),
        _("Paid with points"),
        _("Currency"),
    ]


def _rows(found: tuple[ReportDay, ...]) -> Iterator[list[Any]]:
    for row in found:
        amounts = [
            _decimal(minor, row.currency) for minor in (row.sales_minor, row.refunds_minor, row.points_minor)
        ]
        yield [
            row.day.isoformat(),
            said(row.till),
            channel_word(row.channel),
            row.orders,
            *amounts,
            row.currency,
        ]


def _decimal(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-digits_of(currency))
