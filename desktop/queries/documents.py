"""What movements belong to: orders, transfers, stocktakes, purchase orders, called as people call them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from desktop.models.after_sales import AfterSale
from desktop.models.orders import Order
from desktop.models.purchasing import GoodsReceipt, SupplierReturn
from desktop.models.stocktakes import Stocktake
from desktop.models.transfers import Transfer
from desktop.shop.work import Read

CODES: dict[str, tuple[Any, Any]] = {
    "order": (Order.id, Order.short_code),
    "transfer": (Transfer.id, Transfer.code),
    "stocktake": (Stocktake.id, Stocktake.code),
    "delivery": (GoodsReceipt.id, GoodsReceipt.code),
    "supplier return": (SupplierReturn.id, SupplierReturn.code),
    "aftersale": (AfterSale.id, AfterSale.code),
}


def document_codes(read: Read, sources: Iterable[str]) -> dict[str, str]:
    """The codes of those of these documents (`order:12`) that have one."""
    wanted = set(sources)
    codes: dict[str, str] = {}
    for kind, (key, code) in CODES.items():
        ids = sorted({found for source in wanted if (found := id_of(source, kind)) is not None})
        if ids:
            found_rows = read.rows(select(key.label("id"), code.label("code")).where(key.in_(ids)))
            codes |= {f"{kind}:{row.id}": row.code for row in found_rows}
    return codes


def id_of(text: str, kind: str) -> int | None:
    """The number of `order:12`, when it is of this kind."""
    name, _colon, number = text.partition(":")
    return int(number) if name == kind and number.isdigit() else None
