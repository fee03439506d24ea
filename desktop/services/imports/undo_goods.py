"""Take goods and prices of an import back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from desktop.basics.i18n import N_
from desktop.models.aliases import ProductAlias
from desktop.models.products import Barcode, Image, Price, Product, Sku
from desktop.models.stock import Stock, StockMovement
from desktop.services.imports.prices import at, drop_price, put_price
from desktop.services.imports.undo_members import hanging
from desktop.services.imports.undo_stock import counter
from desktop.shop.work import Work

OWN = ("barcode", "price", "stock", "stock_movement", "product_alias")  # what goods come with
OWN_OF_PRODUCT = ("sku", "image", "product_tag")


def take_back(work: Work, run_id: int, things: Sequence[tuple[int, bool, dict[str, Any]]]) -> list[str]:
    """Remove the goods the import made and put back what it changed of others.

    Goods that came with stock can't vanish, as their movements stay: the stock is taken back and they leave the
    shelf without code, barcode and price.
    """
    held = hanging(work, "sku", [sku for sku, made, _detail in things if made], OWN)
    return [
        _remove(work, run_id, sku, held) if made else _restore(work, sku, detail)
        for sku, made, detail in things
    ]


def prices_back(work: Work, _run_id: int, things: Sequence[tuple[int, bool, dict[str, Any]]]) -> list[str]:
    """Put the prices back that still are what the import wrote."""
    return [_price_back(work, (sku, d["list"]), d["before"], d["after"]) for sku, _made, d in things]


def _price_back(work: Work, place: tuple[int, int], before: int | None, after: int) -> str:
    now = work.value(select(Price.amount_minor).where(*at(place)))
    if now != after:
        return N_("The price was changed since.")
    if before is None:
        drop_price(work, place, after)
    else:
        put_price(work, place, before)
    return ""


def _restore(work: Work, sku_id: int, detail: dict[str, Any]) -> str:
    changes = detail["changes"]
    sku = work.get(Sku, sku_id, lock=True)
    product = work.get(Product, sku.product_id, lock=True)
    place = (sku_id, detail["base"])
    now = {
        "name": product.name, "cost": sku.cost_minor, "price": work.value(select(Price.amount_minor).where(*at(place))),
    }  # fmt: skip
    if any(key in now and now[key] != after for key, (_before, after) in changes.items()):
        return N_("It was changed since.")
    if "name" in changes:
        from desktop.services.imports.goods import rename

        rename(work, product.id, changes["name"][0])
    if "cost" in changes:
        work.update(Sku, sku_id, {"cost_minor": changes["cost"][0]})
    if "price" in changes:
        _price_back(work, place, *changes["price"])
    if "barcode" in changes:
        work.rows(delete(Barcode).where(Barcode.sku_id == sku_id, Barcode.code == changes["barcode"][1]))
    work.touch("product", product.id)
    return ""


def _remove(work: Work, run_id: int, sku_id: int, held: set[int]) -> str:
    sku = work.session.get(Sku, sku_id, with_for_update=True)
    if sku is None:
        return ""
    if sku_id in held:
        return N_("The goods were sold, ordered or counted since.")
    others = select(Sku.id).where(Sku.product_id == sku.product_id, Sku.id != sku_id)
    if work.first(others) or hanging(work, "product", [sku.product_id], OWN_OF_PRODUCT):
        return N_("Something was added to the goods since.")
    moved = work.rows(select(StockMovement.source, StockMovement.location_id, StockMovement.delta_milli).where(
        StockMovement.sku_id == sku_id
    )).all()  # fmt: skip
    if any(row.source != f"import:{run_id}" for row in moved):
        return N_("The goods’ stock moved since.")
    for row in moved:
        refused = counter(work, run_id, sku_id, row.location_id, -row.delta_milli, "opening")
        if refused:
            return refused
    _strip(work, sku, keep=bool(moved))
    return ""


def _strip(work: Work, sku: Sku, keep: bool) -> None:
    """Take everything off the goods that finds or sells them, and themselves when nothing refers to them."""
    for table in (Barcode, Price, ProductAlias):
        work.rows(delete(table).where(table.sku_id == sku.id))
    work.touch("product", sku.product_id)
    if keep:
        product = work.get(Product, sku.product_id, lock=True)
        product.on_shelf, sku.code = False, f"{sku.code}~{sku.id}"
        work.flush()
        return
    work.note(removed_goods=sku.code)
    work.rows(delete(Stock).where(Stock.sku_id == sku.id))
    work.rows(delete(Image).where(Image.product_id == sku.product_id))
    work.rows(delete(Sku).where(Sku.id == sku.id))
    work.rows(delete(Product).where(Product.id == sku.product_id))
    work.session.expunge(sku)
