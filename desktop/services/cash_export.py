"""The list of cash sessions as a file, page by page through the question the screen asks."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import Money, digits_of
from desktop.queries.cash_sessions import CashFilter, SessionRow, sessions_page
from desktop.queries.order_export import export_begins
from desktop.queries.shell import shop_card
from desktop.services.batch_export import pages
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_sessions(shop: Shop, which: CashFilter, path: Path, progress: Progress) -> int:
    """Write the sessions that fit, newest first; returns the rows.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    shop.ask(export_begins, "payments")
    headings = [
        _("Till"), _("Z report"), _("Opened at"), _("Opened by"), _("Closed at"), _("Closed by"), _("Float"),
        _("Expected"), _("Cash counted"), _("Cash difference"), _("Reason"), _("Note"),
        _("Differences in other currencies"),
    ]  # fmt: skip
    zone = ZoneInfo(shop.ask(shop_card).zone)
    rows = pages(lambda after: shop.ask(sessions_page, which, after))
    return write_table(path, headings, (_row(row, zone) for row in rows), progress)


def _row(row: SessionRow, zone: ZoneInfo) -> list[Any]:
    def amount(minor: int | None) -> Any:
        return "" if minor is None else Decimal(minor).scaleb(-digits_of(row.currency))

    closed = f"{row.closed_at.astimezone(zone):%Y-%m-%d %H:%M}" if row.closed_at else ""
    return [
        row.till, row.number or "", f"{row.opened_at.astimezone(zone):%Y-%m-%d %H:%M}", row.opened_by, closed,
        row.closed_by, amount(row.float_minor), amount(row.expected_minor), amount(row.counted_minor),
        amount(row.difference_minor), row.reason, row.note,
        " ".join(f"{code} {Money(off, code).plain()}" for code, off in row.foreign_off),
    ]  # fmt: skip
