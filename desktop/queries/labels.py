"""What stands on a label of goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from desktop.basics.unit_price import UnitPrice, unit_price
from desktop.models.people import Permission
from desktop.models.products import Barcode, Product, Sku
from desktop.models.settings import SHOP_NAME
from desktop.queries.offers import read_offers
from desktop.shop.action import question
from desktop.shop.work import Read

MOST = 2_000


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """One SKU on paper: name with variant, shelf price now (minor units), the code that is printed as bars."""

    sku_id: int
    name: str
    pack: str
    unit: str
    code: str
    barcode: str
    price_minor: int | None
    per_unit: UnitPrice | None
    shop: str
    day: date


@question(permission=Permission.BROWSE_GOODS)
def label_facts(read: Read, sku_ids: Sequence[int]) -> tuple[LabelFacts, ...]:
    """The labels of these goods in the order asked for; a code of its own stands in where there is no barcode."""
    wanted = list(dict.fromkeys(sku_ids))[:MOST]
    offers = read_offers(read, wanted)
    statement = (
        select(Sku.id, Sku.code, Sku.unit, Sku.variant, Product.name, Product.pack)
        .join(Product, Product.id == Sku.product_id)
        .where(Sku.id.in_(wanted))
    )
    rows = {row.id: row for row in read.rows(statement)}
    codes: dict[int, str] = {}
    stored = select(Barcode.sku_id, Barcode.code).where(Barcode.sku_id.in_(wanted), Barcode.unit == "")
    for found in read.rows(stored.order_by(Barcode.valid.desc(), Barcode.id)):
        codes.setdefault(found.sku_id, found.code)
    today = read.now.astimezone(read.zone).date()
    made = []
    for sku_id in wanted:
        row, offer = rows.get(sku_id), offers.get((sku_id, ""))
        if row is None:
            continue
        price = offer.list_minor if offer else None
        per = unit_price(price, row.pack, row.unit) if price is not None else None
        made.append(LabelFacts(
            sku_id, f"{row.name} {row.variant}".rstrip(), row.pack, row.unit, row.code, codes.get(sku_id, row.code),
            price, per, read.setting(SHOP_NAME), today,
        ))  # fmt: skip
    return tuple(made)
