"""Goods written to files, in the columns the import understands again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.basics.i18n import _
from desktop.basics.money import MILLI, digits_of
from desktop.queries.order_export import export_begins
from desktop.queries.products import ProductFilter, ProductRow, products_with_stock
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_goods(shop: Shop, path: Path, currency: str, progress: Progress | None = None) -> int:
    """Write the goods with price and stock; returns how many."""
    shop.ask(export_begins, "goods")
    headings = [
        _("Code"), _("Barcode"), _("Goods name"), _("Pack"), _("Category"), _("Unit"), _("Price"), _("Currency"),
        _("On hand"), _("Available"), _("On shelf"),
    ]  # fmt: skip
    return write_table(path, headings, (_goods(row, currency) for row in _all(shop)), progress or Progress())


def _all(shop: Shop) -> Iterator[ProductRow]:
    after = None
    while True:
        page = shop.ask(products_with_stock, ProductFilter(), after, sort="code")
        yield from page.rows
        if (after := page.after) is None:
            return


def _goods(row: ProductRow, currency: str) -> list[Any]:
    price = "" if row.price_minor is None else Decimal(row.price_minor).scaleb(-digits_of(currency))
    name = f"{row.name} {row.variant}".strip()
    shelf = _("yes") if row.on_shelf else _("no")
    return [
        row.code, row.barcode, name, row.pack, row.category, row.unit, price, currency, _pieces(row.on_hand_milli),
        _pieces(row.available_milli), shelf,
    ]  # fmt: skip


def _pieces(milli: int | None) -> Any:
    return "" if milli is None else Decimal(milli) / MILLI
