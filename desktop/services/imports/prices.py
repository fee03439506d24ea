"""Import prices: one amount per SKU in a price list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.models.people import Permission
from desktop.models.products import Price, PriceList, Sku
from desktop.queries.offers import BASE_LIST
from desktop.services.imports.entries import Run
from desktop.services.imports.fields import Setting, price
from desktop.services.imports.finding import Shelf
from desktop.services.imports.report import CHANGED, NEW, REFUSED, SAME, Verdict
from desktop.services.prices import PriceChange, remember
from desktop.services.prices import put_price as one_price
from desktop.shop.work import Read, Work

RIGHT = Permission.EDIT_GOODS
Row = dict[str, Any]
Place = tuple[int, int]  # SKU, price list


def judge(read: Read, rows: Sequence[Row]) -> list[Verdict]:
    """Which prices are new, other or the same."""
    meant = _meant(read, rows)
    now = _now(read, [found[0] for found in meant if not isinstance(found, str)])
    verdicts = []
    for found in meant:
        if isinstance(found, str):
            verdicts.append(Verdict(REFUSED, found))
            continue
        place, amount = found
        before = now.get(place)
        verdicts.append(Verdict(NEW if before is None else SAME if before == amount else CHANGED))
        now[place] = amount
    return verdicts


def write(work: Work, run: Run, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Write the prices; the last one of the same goods holds."""
    wanted = dict(found for found in _meant(work, rows) if not isinstance(found, str))
    now = _now(work, list(wanted))
    for place, amount in sorted(wanted.items()):
        before = now.get(place)
        if before != amount:
            put_price(work, place, amount)
            run.note("price", place[0], made=before is None, list=place[1], before=before, after=amount)


def put_price(work: Work, place: Place, amount: int) -> None:
    """Set the usual price of a SKU in a list; the change stands in the price history."""
    sku_id, list_id = place
    one_price(work, sku_id, PriceChange(list_id, amount))
    work.flush()  # the next row may be about the same goods
    _touch(work, sku_id)


def drop_price(work: Work, place: Place, before: int) -> None:
    """Take a price away that an import had added."""
    work.rows(delete(Price).where(*at(place)))
    remember(work, place[0], PriceChange(place[1], None), before)
    _touch(work, place[0])


def _touch(work: Work, sku_id: int) -> None:
    work.touch("price", sku_id)
    work.touch("product", int(work.value(select(Sku.product_id).where(Sku.id == sku_id))))


def at(place: Place) -> tuple[Any, ...]:
    """Where the usual price of a SKU in a list stands."""
    return (Price.sku_id == place[0], Price.list_id == place[1], Price.unit == "", Price.min_qty_milli == 0)


def _meant(read: Read, rows: Sequence[Row]) -> list[tuple[Place, int] | str]:
    """Which price in which list at what amount, in the list's own currency; a sentence for what can't be meant."""
    shelf = Shelf(read, rows)
    columns = (PriceList.key, PriceList.id, PriceList.currency)
    lists = {row.key: (row.id, row.currency or read.currency) for row in read.rows(select(*columns))}
    meant: list[tuple[Place, int] | str] = []
    for row in rows:
        found, key = shelf.find(row), row.get("list") or BASE_LIST
        if isinstance(found, str):
            meant.append(found)
        elif key not in lists:
            known = ", ".join(lists)
            meant.append(
                _("There is no price list “{text}”. There are: {known}.").format(text=key, known=known)
            )
        else:
            list_id, currency = lists[key]
            try:
                meant.append(((found.sku_id, list_id), price(row["price"], Setting(currency, read.zone))))
            except ShopError as error:
                meant.append(str(error))
    return meant


def _now(read: Read, places: Sequence[Place]) -> dict[Place, int]:
    skus = sorted({sku for sku, _list in places})
    statement = select(Price.sku_id, Price.list_id, Price.amount_minor)
    statement = statement.where(Price.sku_id.in_(skus), Price.unit == "", Price.min_qty_milli == 0)
    return {(row.sku_id, row.list_id): row.amount_minor for row in read.rows(statement)}
