"""After-sales cases written to a file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import digits_of
from desktop.queries.after_sale_words import kind_word, state_word
from desktop.queries.after_sales import CaseFilter, CaseRow, cases_for_export
from desktop.queries.order_export import export_begins
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.shop.shop import Shop


def export_cases(shop: Shop, filters: CaseFilter, path: Path, progress: Progress) -> int:
    """Write the cases that fit to a file; returns how many."""
    zone = ZoneInfo(shop.ask(export_begins, "after-sales"))
    headings = [
        _("After-sales no."), _("Opened"), _("Order no."), _("Customer"), _("Kind"), _("What it is about"), _("Reason"),
        _("Worth"), _("Currency"), _("Status"), _("Since"),
    ]  # fmt: skip
    return write_table(path, headings, (_line(row, zone) for row in _rows(shop, filters)), progress)


def _rows(shop: Shop, filters: CaseFilter) -> Iterator[CaseRow]:
    after = None
    while True:
        page = shop.ask(cases_for_export, filters, after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _line(row: CaseRow, zone: ZoneInfo) -> list[Any]:
    return [
        row.code, f"{row.opened_at.astimezone(zone):%Y-%m-%d %H:%M:%S}", row.order_code, row.member_name,
        kind_word(row.kind), row.goods, _(row.reason), Decimal(row.worth_minor).scaleb(-digits_of(row.currency)),
        row.currency, state_word(row.state), f"{row.moved_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
    ]  # fmt: skip
