"""The list of batches and the report of slow goods as files, page by page through the questions the screens ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import MILLI, digits_of
from desktop.queries.batches import BatchFilter, BatchRow, batches_page, batches_with_cost
from desktop.queries.order_export import export_begins
from desktop.queries.page import Page
from desktop.queries.shell import shop_card
from desktop.queries.slow_goods import ADVICE, SlowRow, slow_page, slow_with_cost
from desktop.queries.stock import StockFilter
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_batches(shop: Shop, which: BatchFilter, path: Path, progress: Progress) -> int:
    """Write the batches that fit, what expires first on top; costs only for who may see them. Returns the rows.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    shop.ask(export_begins, "stock")
    cost = shop.may(batches_with_cost)
    question = batches_with_cost if cost else batches_page
    headings = [
        _("Code"), _("Product name"), _("Pack"), _("Batch"), _("Last day"), _("Days left"), _("Made on"), _("Place"),
        _("Quantity"), _("Unit"), _("Note"),
    ]  # fmt: skip
    if cost:
        headings.append(_("At cost"))
    currency = shop.ask(shop_card).currency
    rows = pages(lambda after: shop.ask(question, which, after))
    return write_table(path, headings, (_batch(row, currency) for row in rows), progress)


def pages(ask: Callable[[Any], Page[Any]]) -> Iterator[Any]:
    """The rows of every page."""
    after: Any = None
    while True:
        page = ask(after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _batch(row: BatchRow, currency: str) -> list[Any]:
    name = " ".join(part for part in (row.name, row.variant) if part)
    cells: list[Any] = [
        row.sku_code, name, row.pack, row.code, f"{row.expires_on or ''}",
        "" if row.days_left is None else row.days_left, f"{row.made_on or ''}", _(row.location),
        Decimal(row.qty_milli) / MILLI, row.unit, row.note,
    ]  # fmt: skip
    if row.cost_minor is not None:
        cells.append(Decimal(row.cost_minor).scaleb(-digits_of(currency)))
    return cells


def export_slow(shop: Shop, which: StockFilter, path: Path, progress: Progress) -> int:
    """Write the slow or surplus goods with what they tie up and what may be done; returns the rows."""
    shop.ask(export_begins, "stock")
    cost = shop.may(slow_with_cost)
    question = slow_with_cost if cost else slow_page
    headings = [
        _("Code"), _("Product name"), _("Pack"), _("Unit"), _("Available"), _("Not needed"), _("Sold a day"),
        _("Days left"), _("Last sale"), _("Suggestion"),
    ]  # fmt: skip
    if cost:
        headings.append(_("Money tied up"))
    card = shop.ask(shop_card)
    zone = ZoneInfo(card.zone)
    rows = pages(lambda after: shop.ask(question, which.view, after))
    return write_table(path, headings, (_slow(row, card.currency, zone) for row in rows), progress)


def _slow(row: SlowRow, currency: str, zone: ZoneInfo) -> list[Any]:
    name = " ".join(part for part in (row.name, row.variant) if part)
    cells: list[Any] = [
        row.code, name, row.pack, row.unit, Decimal(row.available_milli) / MILLI, Decimal(row.spare_milli) / MILLI,
        Decimal(row.daily_milli) / MILLI, "" if row.cover_tenths is None else Decimal(row.cover_tenths) / 10,
        f"{row.last_sale.astimezone(zone):%Y-%m-%d}" if row.last_sale else "", _(ADVICE[row.advice]),
    ]  # fmt: skip
    if row.tied_minor is not None:
        cells.append(Decimal(row.tied_minor).scaleb(-digits_of(currency)))
    return cells
