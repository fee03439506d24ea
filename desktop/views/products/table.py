"""The columns of the goods table."""

from desktop.basics.i18n import _
from desktop.basics.money import SYMBOLS, Money, quantity_text
from desktop.queries.products import ProductRow
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.products.words import shelf_badge, title_of


def columns(currency: str, with_stock: bool) -> list[Column]:
    """Goods, category, barcode, price, stock (for who may see it), shelf."""
    symbol = SYMBOLS.get(currency, currency)
    shown = [
        Column("tick", "", 45, "tick"),
        Column("name", _("Product"), 184, "two_line", sortable=True, stretch=True, value=_goods),
        Column("category", _("Category"), 92, sortable=True),
        Column("barcode", _("Barcode"), 136, "muted", value=lambda row: row.barcode or None),
        Column("price", _("Price {symbol}").format(symbol=symbol), 84, "money", sortable=True,
               value=lambda row: _price(row, currency)),
        Column("shelf", _("Shelf"), 112, "badge", value=lambda row: BadgeCell(*shelf_badge(row.on_shelf))),
    ]  # fmt: skip
    if with_stock:
        shown.insert(5, Column("stock", _("Stock"), 84, "number", value=_stock))
    return shown


def _goods(row: ProductRow) -> TwoLine:
    return TwoLine(title_of(row), row.code, picture=row.picture or "box", product_id=row.product_id)


def _price(row: ProductRow, currency: str) -> str | None:
    return None if row.price_minor is None else Money(row.price_minor, currency).plain()


def _stock(row: ProductRow) -> Toned | None:
    if row.on_hand_milli is None or row.kind not in ("goods", "weighed"):
        return None
    tone = "danger" if (row.available_milli or 0) <= 0 else "text"
    return Toned(quantity_text(row.on_hand_milli), tone, row.unit)
