"""The rows of a day's bill as a file, page by page through the question the screen asks."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import digits_of
from desktop.queries.order_export import export_begins
from desktop.queries.order_words import method_word
from desktop.queries.reconcile_words import RESOLUTION_WORDS, explain, state_word
from desktop.queries.reconciliation import BillRowSeen, RowFilter, bill_rows
from desktop.queries.shell import shop_card
from desktop.services.batch_export import pages
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_differences(shop: Shop, which: RowFilter, path: Path, progress: Progress) -> int:
    """Write the rows that fit; returns how many. Raises `ShopError`, or `Stopped` when cancelled."""
    shop.ask(export_begins, "payments")
    card = shop.ask(shop_card)
    headings = [
        _("Day"), _("Channel"), _("Kind"), _("Time"), _("Our number"), _("Provider’s number"), _("Refund number"),
        _("Order no."), _("Ours"), _("Bill"), _("Gap"), _("Fee"), _("Status"), _("Explanation"), _("Decision"),
        _("Note"), _("Decided by"),
    ]  # fmt: skip
    zone = ZoneInfo(card.zone)
    rows = pages(lambda after: shop.ask(bill_rows, which, after))
    return write_table(path, headings, (_row(row, card.currency, zone) for row in rows), progress)


def _row(row: BillRowSeen, currency: str, zone: ZoneInfo) -> list[Any]:
    def amount(minor: int) -> Decimal:
        return Decimal(minor).scaleb(-digits_of(currency))

    decision = _(RESOLUTION_WORDS[row.resolution]) if row.resolution in RESOLUTION_WORDS else row.resolution
    return [
        f"{row.day:%Y-%m-%d}", method_word(row.gateway), _("Payment") if row.kind == "pay" else _("Refund"),
        f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", row.number, row.reference, row.refund_number, row.order_code,
        amount(row.ours_minor), amount(row.amount_minor), amount(row.gap_minor), amount(row.fee_minor),
        state_word(row.state), explain(row, currency), decision, row.note, row.resolved_by,
    ]  # fmt: skip
