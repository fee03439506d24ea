"""Lists written to CSV or XLSX files: row by row, safe to open in a spreadsheet, whole or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.money import digits_of
from desktop.queries.order_export import OrderOut, export_begins, orders_for_export, payments_for_export
from desktop.queries.order_search import OrderFilter
from desktop.queries.order_words import channel_word, method_word, said, status_word, type_word
from desktop.queries.payment_rows import PaymentRow
from desktop.queries.payment_words import payment_state
from desktop.queries.payments import PaymentFilter

if TYPE_CHECKING:
    from desktop.shop.shop import Shop

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
FORMATS = ("xlsx", "csv")


class Stopped(Exception):
    """The person pressed cancel; nothing is left behind."""


@dataclass
class Progress:
    """How far an export is; another thread may read it and ask it to stop."""

    done: int = 0
    _stop: Event = field(default_factory=Event)

    def stop(self) -> None:
        """Ask the export to end without a file."""
        self._stop.set()

    def step(self) -> None:
        """Count a row. Raises `Stopped` when asked to."""
        self.done += 1
        if self._stop.is_set():
            raise Stopped


def safe_text(value: str) -> str:
    """A text no spreadsheet takes for a formula: a leading sign that could start one gets an apostrophe."""
    return f"'{value}" if value.startswith(DANGEROUS) else value


def write_table(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]], progress: Progress
) -> int:
    """Write rows of text, whole numbers and `Decimal`s; the file appears only when complete. Returns the rows.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    draft = path.with_name(f".{path.name}.part")
    counted = _counted(rows, progress)
    try:
        draft.touch()  # says at once, and in one way for both kinds, when nothing can be written there
        if path.suffix.lower() == ".xlsx":
            _write_xlsx(draft, headings, counted)
        else:
            _write_csv(draft, headings, counted)
        os.replace(draft, path)
    except (OSError, XlsxFileError) as error:
        reason = getattr(error, "strerror", None) or type(error.__context__ or error).__name__
        raise ShopError(
            N_("The file {name} can't be written: {reason}. Close it elsewhere or choose another folder."),
            name=path.name, reason=reason,
        ) from error  # fmt: skip
    finally:
        draft.unlink(missing_ok=True)
    return progress.done


def _counted(rows: Iterable[Sequence[Any]], progress: Progress) -> Iterator[Sequence[Any]]:
    for row in rows:
        progress.step()
        yield row


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells Excel it is UTF-8
        writer = csv.writer(file)
        writer.writerow(headings)
        for row in rows:
            writer.writerow([safe_text(v) if isinstance(v, str) else v for v in row])


def _write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "in_memory": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    try:
        page = book.add_worksheet()
        page.freeze_panes(1, 0)
        page.set_column(0, len(headings) - 1, 16)
        page.write_row(0, 0, headings, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, column, value)
                else:
                    page.write_number(number, column, value)
    finally:
        book.close()


def export_orders(shop: Shop, filters: OrderFilter, path: Path, progress: Progress) -> int:
    """Write the orders that fit to a file; returns how many."""
    zone = ZoneInfo(shop.ask(export_begins, "orders"))
    headings = [
        _("Order no."), _("Placed"), _("Type"), _("Channel"), _("Till"), _("Status"), _("Member no."), _("Member"),
        _("Goods"), _("Discount"), _("Freight"), _("Total"), _("Points value"), _("Paid or to pay"),
        _("Refunded"), _("Currency"), _("Receipt no."), _("Paid at"), _("Prices in other currencies"),
    ]  # fmt: skip
    rows = _pages(lambda after: shop.ask(orders_for_export, filters, after))
    return write_table(path, headings, (_order(row, zone) for row in rows), progress)


def export_payments(shop: Shop, filters: PaymentFilter, path: Path, progress: Progress) -> int:
    """Write the transactions that fit to a file; returns how many."""
    zone = ZoneInfo(shop.ask(export_begins, "payments"))
    headings = [
        _("Time"), _("Kind"), _("Method"), _("Reference"), _("Order no."), _("Amount"), _("Points"), _("Currency"),
        _("Fee"), _("Status"),
    ]  # fmt: skip
    rows = _pages(lambda after: shop.ask(payments_for_export, filters, after))
    return write_table(path, headings, (_payment(row, zone) for row in rows), progress)


def _pages(ask: Callable[[Any], Any]) -> Iterator[Any]:
    after = None
    while True:
        page = ask(after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _order(row: OrderOut, zone: ZoneInfo) -> list[Any]:
    def amount(minor: int) -> Decimal:
        return Decimal(minor).scaleb(-digits_of(row.currency))

    return [
        row.code, _time(row.placed_at, zone), type_word(row.order_type), channel_word(row.channel), said(row.till),
        status_word(row.status), row.member_code or "", row.member_name or "", amount(row.goods_minor),
        amount(row.discount_minor), amount(row.freight_minor), amount(row.total_minor), amount(row.points_minor),
        amount(row.due_minor), amount(row.refunded_minor), row.currency, row.receipt_number,
        _time(row.paid_at, zone) if row.paid_at else "", row.foreign,
    ]  # fmt: skip


def _payment(row: PaymentRow, zone: ZoneInfo) -> list[Any]:
    amount = Decimal(row.amount_minor).scaleb(-digits_of(row.currency))
    kind = _("Refund") if row.refund else _("Payment")
    fee: Any = "" if row.fee_minor is None else Decimal(row.fee_minor).scaleb(-digits_of(row.currency))
    return [
        _time(row.at, zone), kind, method_word(row.method), row.reference, row.order_code, amount, row.points,
        row.currency, fee, payment_state(row),
    ]  # fmt: skip


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
