"""Which goods, and which place, a row of a file means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from desktop.basics.i18n import _
from desktop.models.products import Barcode, Product, Sku
from desktop.models.stock import Location
from desktop.shop.work import Read

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A SKU of the shop."""

    sku_id: int
    name: str
    kind: str


class Shelf:
    """The goods some rows name, read at once."""

    def __init__(self, read: Read, rows: Sequence[Row]) -> None:
        columns = (Sku.id, Product.name, Product.kind)
        self._by: dict[tuple[str, str], dict[int, Found]] = {}
        plain = select(*columns).join(Product, Product.id == Sku.product_id)
        for field, column, statement in (
            ("code", Sku.code, plain),
            ("barcode", Barcode.code, plain.join(Barcode, Barcode.sku_id == Sku.id)),
            ("name", Product.name, plain),
        ):
            wanted = sorted({row[field] for row in rows if row.get(field)})
            if wanted:
                for row in read.rows(statement.add_columns(column.label("said")).where(column.in_(wanted))):
                    named = self._by.setdefault((field, row.said), {})
                    named[row.id] = Found(row.id, row.name, row.kind)

    def find(self, row: Row) -> Found | str:
        """The goods of a row by code, else barcode, else name; a sentence when there is none, or more than one."""
        for field in ("code", "barcode", "name"):
            if row.get(field):
                found = self._by.get((field, row[field]), {})
                if len(found) == 1:
                    return next(iter(found.values()))
                if found:
                    return _("“{text}” stands for several goods. Give their code.").format(text=row[field])
                if field != "name" and not row.get("name"):
                    return _("The shop has no goods “{text}”.").format(text=row[field])
        named = row.get("code") or row.get("barcode") or row.get("name")
        if named:
            return _("The shop has no goods “{text}”.").format(text=named)
        return _("The row names no goods: it needs a code, a barcode or a name.")


def places(read: Read) -> tuple[int, dict[str, int]]:
    """The shop floor, and every place by its code and its name."""
    found = read.rows(select(Location.id, Location.code, Location.name)).all()
    by_name = {str(text): row.id for row in found for text in (row.name, row.code)}
    floor = read.value(select(func.min(Location.id)).where(Location.kind == "floor"))
    return int(floor), by_name
