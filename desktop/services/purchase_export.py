"""Purchase orders and suppliers' prices as files, page by page through the questions the screens ask."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.basics.i18n import _
from desktop.basics.money import MILLI, digits_of
from desktop.models.purchasing import STATES
from desktop.queries.order_export import export_begins
from desktop.queries.purchasing import PurchaseFilter, purchase_sheet, purchases_page
from desktop.queries.suppliers import SupplierFilter, goods_of_supplier, supplier_card, suppliers_page
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_purchases(shop: Shop, which: PurchaseFilter, path: Path, progress: Progress) -> int:
    """Write the orders that fit, a row for each line. Returns how many rows.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    shop.ask(export_begins, "purchases")
    headings = [
        _("Order"), _("Supplier"), _("Status"), _("Order date"), _("Due on"), _("Code"), _("Goods"), _("Their code"),
        _("Packs"), _("One pack holds"), _("Unit"), _("Quantity"), _("Received"), _("Price of a pack"), _("Amount"),
        _("Currency"),
    ]  # fmt: skip
    return write_table(path, headings, _orders(shop, which), progress)


def export_suppliers(shop: Shop, which: SupplierFilter, path: Path, progress: Progress) -> int:
    """Write the suppliers that fit with what they sell, a row for each price. Returns how many rows."""
    shop.ask(export_begins, "suppliers")
    headings = [
        _("Supplier"), _("Supplier code"), _("Contact"), _("Phone"), _("E-mail"), _("Payment terms"), _("A delivery takes"),
        _("Goods"), _("Code"), _("Their code"), _("One pack holds"), _("Unit"), _("From packs"), _("Price of a pack"), _("Currency"),
    ]  # fmt: skip
    return write_table(path, headings, _prices(shop, which), progress)


def _orders(shop: Shop, which: PurchaseFilter) -> Iterator[list[Any]]:
    after: Any = None
    while True:
        page = shop.ask(purchases_page, which, after)
        for row in page.rows:
            sheet = shop.ask(purchase_sheet, row.id)
            for line in sheet.lines if sheet else ():
                money = [
                    Decimal(m).scaleb(-digits_of(row.currency)) for m in (line.price_minor, line.amount_minor)
                ]
                yield [
                    row.code, row.supplier, _(STATES[row.state]), row.made_at.date().isoformat(),
                    row.expected_on.isoformat() if row.expected_on else "", line.code, line.name, line.their_code,
                    line.packs, Decimal(line.pack_milli) / MILLI, line.unit, Decimal(line.qty_milli) / MILLI,
                    Decimal(line.received_milli) / MILLI, *money, row.currency,
                ]  # fmt: skip
        after = page.after
        if after is None:
            return


def _prices(shop: Shop, which: SupplierFilter) -> Iterator[list[Any]]:
    after: Any = None
    while True:
        page = shop.ask(suppliers_page, which, after)
        for row in page.rows:
            card = shop.ask(supplier_card, row.id)
            if card is None:
                continue
            head = [card.name, card.code, card.contact, card.phone, card.email, card.terms, card.lead_days]
            goods = shop.ask(goods_of_supplier, row.id)
            for sold in goods:
                for packs, price in ((1, sold.price_minor), *sold.steps):
                    yield [
                        *head, sold.name, sold.code, sold.their_code, Decimal(sold.pack_milli) / MILLI, sold.unit, packs,
                        Decimal(price).scaleb(-digits_of(card.currency)), card.currency,
                    ]  # fmt: skip
            if not goods:
                yield [*head, "", "", "", "", "", "", "", card.currency]
        after = page.after
        if after is None:
            return
