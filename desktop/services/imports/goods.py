"""Import goods: known ones are found by barcode, code or name and brought up to date, new ones are made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from desktop.basics.i18n import _
from desktop.basics.ids import ean_ok, new_key
from desktop.basics.words import pinyin_keys
from desktop.models.people import Permission
from desktop.models.products import Barcode, Category, Price, PriceList, Product, Sku
from desktop.models.stock import Location, Stock
from desktop.models.system import ImportRun
from desktop.queries.offers import BASE_LIST
from desktop.services import posting
from desktop.services.imports.fields import GOODS
from desktop.services.imports.reading import (
    Progress,
    checked_rows,
    import_setting,
    mapped,
    never_stop,
    open_tables,
    remembered_mapping,
    shape,
)
from desktop.services.imports.report import Report
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

BATCH = 500
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A SKU the shop already has."""

    sku_id: int
    product_id: int
    name: str
    cost_minor: int
    price_minor: int | None
    base_list: int


def import_goods(
    shop: Shop,
    paths: list[Path],
    *,
    given: Mapping[str, str] | None = None,
    dry: bool = False,
    progress: Progress = never_stop,
) -> Report:
    """Import goods files; `given` maps columns to fields, `dry` only says what would happen.

    Raises `Malformed` for a file that cannot be read; bad rows are listed, good ones taken in.
    """
    report = Report("goods", dry)
    tables = open_tables(paths)
    setting = shop.ask(import_setting)
    for table in tables:
        remembered = shop.ask(remembered_mapping, table.columns, "goods")
        chosen = remembered | dict(given or {})
        mapping = mapped(table, GOODS, chosen, report)
        rows = [values for _line, values in checked_rows(table, GOODS, mapping, setting, report)]
        _remark(rows, report)
        counts = [0, 0, 0]
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            done = shop.ask(weigh_goods, batch) if dry else shop.do(write_goods, batch, new_key())
            counts = [have + more for have, more in zip(counts, done, strict=True)]
            if not progress(start + len(batch), len(rows)):
                break
        report.made, report.changed, report.same = (
            report.made + counts[0],
            report.changed + counts[1],
            report.same + counts[2],
        )
        if not dry:
            names = {table.columns[index]: key for key, index in mapping.items()}
            shop.do(record_run, "goods", table.name, names, shape(table.columns), (*counts, report.refused))
    return report


def _remark(rows: Sequence[Row], report: Report) -> None:
    seen: set[str] = set()
    for row in rows:
        code = row.get("barcode", "")
        if code and not ean_ok(code):
            report.remarks[_("Barcode with a wrong check digit or length: taken in and marked")] += 1
        if code and code in seen:
            report.remarks[_("Barcode twice in the file: the later row brings the first up to date")] += 1
        seen.add(code)
        if "price" not in row:
            report.remarks[_("Without a price: can’t be sold until it has one")] += 1


@question(permission=Permission.IMPORT)
def weigh_goods(read: Read, rows: Sequence[Row]) -> tuple[int, int, int]:
    """How many rows would be new, changed and the same."""
    known = _known(read, rows)
    verdicts = [_verdict(row, _find(known, row)) for row in rows]
    fresh = {_identity(row) for row, verdict in zip(rows, verdicts, strict=True) if verdict == "new"}
    return len(fresh), verdicts.count("changed"), verdicts.count("same") + verdicts.count("new") - len(fresh)


@action(permission=Permission.IMPORT)
def write_goods(work: Work, rows: Sequence[Row], run: str) -> tuple[int, int, int]:
    """Write a batch of checked rows; returns how many were new, changed and the same."""
    known = _known(work, rows)
    fresh: dict[str, Row] = {}
    changed = same = 0
    for row in rows:
        found = _find(known, row)
        verdict = _verdict(row, found)
        if verdict == "new":
            same += _identity(row) in fresh
            fresh[_identity(row)] = row
        elif verdict == "changed" and found is not None:
            _bring_up_to_date(work, found, row)
            changed += 1
        else:
            same += 1
    _make(work, list(fresh.values()), run)
    return len(fresh), changed, same


@action(permission=Permission.IMPORT)
def record_run(
    work: Work, kind: str, file_name: str, mapping: dict[str, str], of_shape: str, counts: tuple[int, ...]
) -> None:
    """Remember an import and its columns for the next file of this shape."""
    made, changed, same, refused = counts
    row = {
        "kind": kind,
        "file_name": file_name,
        "mapping": json.dumps(mapping, ensure_ascii=False),
        "shape": of_shape,
        "at": work.now,
    }
    work.post(ImportRun, [{**row, "made": made, "changed": changed, "same": same, "refused": refused}])


def _identity(row: Row) -> str:
    return (
        f"b:{row['barcode']}"
        if row.get("barcode")
        else f"c:{row['code']}"
        if row.get("code")
        else f"n:{row['name']}"
    )


def _find(known: dict[str, Known], row: Row) -> Known | None:
    return known.get(_identity(row))


def _verdict(row: Row, found: Known | None) -> str:
    if found is None:
        return "new"
    other_price = "price" in row and row["price"] != found.price_minor
    other_cost = "cost" in row and row["cost"] != found.cost_minor
    return "changed" if other_price or other_cost or row["name"] != found.name else "same"


def _known(read: Read, rows: Sequence[Row]) -> dict[str, Known]:
    base = int(read.value(select(PriceList.id).where(PriceList.key == BASE_LIST)))
    price = select(Price.amount_minor).where(
        Price.sku_id == Sku.id, Price.list_id == base, Price.unit == "", Price.min_qty_milli == 0
    )
    columns = (Sku.id, Sku.product_id, Product.name, Sku.cost_minor, price.scalar_subquery().label("price"))
    joined = select(*columns, Sku.code, Barcode.code.label("barcode")).join(
        Product, Product.id == Sku.product_id
    )
    joined = joined.join(Barcode, Barcode.sku_id == Sku.id, isouter=True)
    found: dict[str, Known] = {}
    for letter, column, values in (
        ("b", Barcode.code, [r["barcode"] for r in rows if r.get("barcode")]),
        ("c", Sku.code, [r["code"] for r in rows if r.get("code") and not r.get("barcode")]),
        ("n", Product.name, [r["name"] for r in rows if not r.get("code") and not r.get("barcode")]),
    ):
        if values:
            for row in read.rows(joined.where(column.in_(values)).order_by(Sku.id)):
                key = {"b": row.barcode, "c": row.code, "n": row.name}[letter]
                found.setdefault(
                    f"{letter}:{key}",
                    Known(row.id, row.product_id, row.name, row.cost_minor, row.price, base),
                )
    return found


def _bring_up_to_date(work: Work, found: Known, row: Row) -> None:
    if row["name"] != found.name:
        pinyin, initials = pinyin_keys(row["name"])
        work.update(Product, found.product_id, {"name": row["name"], "pinyin": pinyin, "initials": initials})
    if "cost" in row and row["cost"] != found.cost_minor:
        work.update(Sku, found.sku_id, {"cost_minor": row["cost"]})
    if "price" in row and row["price"] != found.price_minor:
        if found.price_minor is None:
            work.post(Price, [_price(found.base_list, found.sku_id, row["price"])])
        else:
            at = (
                Price.sku_id == found.sku_id,
                Price.list_id == found.base_list,
                Price.unit == "",
                Price.min_qty_milli == 0,
            )
            work.rows(update(Price).where(*at).values(amount_minor=row["price"]))
        work.touch("price", found.sku_id)
        work.touch("product", found.product_id)


def _price(list_id: int, sku_id: int, amount: int) -> Row:
    return {"list_id": list_id, "sku_id": sku_id, "unit": "", "min_qty_milli": 0, "amount_minor": amount}


def _make(work: Work, rows: list[Row], run: str) -> None:
    if not rows:
        return
    categories = _categories(work, {row["category"] for row in rows if row.get("category")})
    products = work.post(Product, [_product(work, row, categories) for row in rows], ids=True)
    skus = work.post(
        Sku, [_sku(work, row, product) for row, product in zip(rows, products, strict=True)], ids=True
    )
    pairs = list(zip(rows, skus, strict=True))
    codes = [(row["barcode"], sku) for row, sku in pairs if row.get("barcode")]
    work.post(
        Barcode, [{"code": code, "sku_id": sku, "unit": "", "valid": ean_ok(code)} for code, sku in codes]
    )
    base = int(work.value(select(PriceList.id).where(PriceList.key == BASE_LIST)))
    work.post(Price, [_price(base, sku, row["price"]) for row, sku in pairs if "price" in row])
    place = int(work.value(select(Location.id).order_by(Location.id).limit(1)))
    stocked = [(sku, row.get("stock", 0), row.get("cost", 0)) for row, sku in pairs]
    shelves = [
        {"sku_id": s, "location_id": place, "on_hand_milli": q, "reserved_milli": 0, "set_aside_milli": 0}
        for s, q, _c in stocked
    ]
    work.post(Stock, shelves)
    posting.post_movements(
        work, place, "opening", f"import:{run}", run, [entry for entry in stocked if entry[1]]
    )


def _product(work: Work, row: Row, categories: dict[str, int]) -> Row:
    pinyin, initials = pinyin_keys(row["name"])
    weighed = row.get("unit", "").lower() in ("kg", "千克", "公斤", "斤", "g", "克")
    return {
        "name": row["name"], "pack": row.get("pack", ""), "pinyin": pinyin, "initials": initials,
        "kind": "weighed" if weighed else "goods", "category_id": categories.get(row.get("category", "")), "picture": "",
        "on_shelf": True, "note": " ".join(x for x in (row.get("origin", ""), row.get("note", "")) if x),
        "created_at": work.now,
    }  # fmt: skip


def _sku(work: Work, row: Row, product: int) -> Row:
    code = row.get("code") or f"G-{posting.next_number(work, 'sku'):06d}"
    return {
        "product_id": product,
        "code": code,
        "variant": "",
        "unit": row.get("unit") or _("pc"),
        "cost_minor": row.get("cost", 0),
    }


def _categories(work: Work, names: set[str]) -> dict[str, int]:
    have = {
        row.name: row.id
        for row in work.rows(select(Category.name, Category.id).where(Category.name.in_(names)))
    }
    fresh = sorted(names - have.keys())
    made = work.post(Category, [{"name": name} for name in fresh], ids=True)
    return have | dict(zip(fresh, made, strict=True))
