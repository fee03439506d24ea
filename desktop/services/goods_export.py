"""Lists of goods and of stock as files, page by page through the same questions the screens ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.basics.i18n import _
from desktop.basics.money import MILLI, digits_of, half_up
from desktop.queries.order_export import export_begins
from desktop.queries.page import Page
from desktop.queries.products import ProductFilter, ProductRow, products_page, products_with_stock
from desktop.queries.replenishment import RestockLine, restock_costs, restock_list
from desktop.queries.shell import shop_card
from desktop.queries.stock import OUT, UNDER_MINIMUM, UNDER_SAFETY, StockFilter, StockRow, stock_page
from desktop.services.export import Progress, write_table
from desktop.services.products import KINDS

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_goods(shop: Shop, which: ProductFilter, path: Path, progress: Progress) -> int:
    """Write the goods that fit; stock only for who may see it. Returns how many.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    shop.ask(export_begins, "goods")
    stock = shop.may(products_with_stock)
    question = products_with_stock if stock else products_page
    headings = [
        _("Code"), _("Product name"), _("Pack"), _("Kind"), _("Category"), _("Barcode"), _("Unit"), _("Price"), _("On the shelf"),
    ]  # fmt: skip
    if stock:
        headings += [_("On hand"), _("Available")]
    currency = shop.ask(shop_card).currency
    rows = _pages(lambda after: shop.ask(question, which, after, sort="code"))
    return write_table(path, headings, (_goods(row, currency, stock) for row in rows), progress)


def export_stock(shop: Shop, which: StockFilter, path: Path, progress: Progress) -> int:
    """Write the stock that fits, what runs out first on top. Returns how many rows."""
    shop.ask(export_begins, "stock")
    headings = [
        _("Code"), _("Product name"), _("Pack"), _("Category"), _("Unit"), _("On hand"), _("Reserved"), _("Available"),
        _("Minimum stock"), _("Safety stock"), _("Sold a day"), _("Days left"), _("Status"),
    ]  # fmt: skip
    rows = _pages(lambda after: shop.ask(stock_page, which, after))
    return write_table(path, headings, (_stock(row) for row in rows), progress)


def export_restock(shop: Shop, list_id: int, path: Path, progress: Progress) -> int:
    """Write a restock list; costs only for who may see them. Returns how many rows."""
    shop.ask(export_begins, "restock")
    found = shop.ask(restock_list, list_id)
    costs = shop.ask(restock_costs, list_id).of_sku if shop.may(restock_costs) else None
    currency = shop.ask(shop_card).currency
    headings = [
        _("Code"), _("Product name"), _("Pack"), _("Category"), _("Unit"), _("To order"), _("Suggested"), _("Available"),
        _("On the way"), _("Minimum stock"), _("Safety stock"), _("Sold a day"), _("Days left"),
    ]  # fmt: skip
    if costs is not None:
        headings += [_("Cost"), _("Sum")]
    lines = found.lines if found else ()
    return write_table(path, headings, (_restock(line, costs, currency) for line in lines), progress)


def _pages(ask: Callable[[Any], Page[Any]]) -> Iterator[Any]:
    after: Any = None
    while True:
        page = ask(after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _quantity(milli: int) -> Decimal:
    return Decimal(milli) / MILLI


def _goods(row: ProductRow, currency: str, stock: bool) -> Sequence[Any]:
    price: Any = "" if row.price_minor is None else Decimal(row.price_minor).scaleb(-digits_of(currency))
    cells = [
        row.code, row.name, row.pack, _(KINDS[row.kind]), row.category, row.barcode, row.unit, price,
        _("Yes") if row.on_shelf else _("No"),
    ]  # fmt: skip
    if stock:
        cells += [_quantity(row.on_hand_milli or 0), _quantity(row.available_milli or 0)]
    return cells


def _stock(row: StockRow) -> Sequence[Any]:
    states = {OUT: _("Out of stock"), UNDER_MINIMUM: _("Under minimum"), UNDER_SAFETY: _("Under safety")}
    cover: Any = "" if row.cover_tenths is None else Decimal(row.cover_tenths) / 10
    return (
        row.code, row.name, row.pack, row.category, row.unit, _quantity(row.on_hand_milli),
        _quantity(row.reserved_milli), _quantity(row.available_milli), _quantity(row.minimum_milli),
        _quantity(row.safety_milli), _quantity(row.daily_milli), cover, states.get(row.state, _("Enough")),
    )  # fmt: skip


def _restock(line: RestockLine, costs: dict[int, tuple[int, int]] | None, currency: str) -> list[Any]:
    cover: Any = "" if line.cover_tenths is None else Decimal(line.cover_tenths) / 10
    name = " ".join(part for part in (line.name, line.variant) if part)
    cells: list[Any] = [line.code, name, line.pack, line.category, line.unit]
    cells += [
        _quantity(milli)
        for milli in (
            line.wanted_milli, line.suggested_milli, line.available_milli, line.coming_milli, line.minimum_milli,
            line.safety_milli, line.daily_milli,
        )
    ]  # fmt: skip
    cells.append(cover)
    if costs is not None:
        minor, milli = costs.get(line.sku_id, (0, MILLI))
        places = -digits_of(currency)
        worth = half_up(minor * line.wanted_milli, milli)
        cells += [Decimal(m).scaleb(places) for m in (half_up(minor * MILLI, milli), worth)]
    return cells
