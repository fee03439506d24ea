"""Import goods: known ones are found by barcode, code or name and brought up to date, new ones are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from desktop.basics.i18n import _
from desktop.basics.ids import ean_ok
from desktop.basics.words import pinyin_keys
from desktop.models.people import Permission
from desktop.models.products import Barcode, Category, Price, PriceList, Product, Sku
from desktop.models.stock import Stock
from desktop.queries.offers import BASE_LIST
from desktop.services import posting
from desktop.services.imports.entries import Run
from desktop.services.imports.finding import places
from desktop.services.imports.prices import put_price
from desktop.services.imports.report import CHANGED, NEW, REFUSED, SAME, Verdict
from desktop.shop.work import Read, Work

RIGHT = Permission.EDIT_GOODS
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A SKU the shop already has."""

    sku_id: int
    product_id: int
    name: str
    cost_minor: int
    price_minor: int | None
    barcodes: frozenset[str]


@dataclass
class _Shop:
    """What the shop has of the goods some rows name."""

    base: int  # the usual price list
    by: dict[str, Known] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)  # names of several goods


def remark(row: Row, remarks: Counter[str], first_time: bool) -> None:
    """Say what is odd about a row that is taken in all the same."""
    code = row.get("barcode", "")
    if code and not ean_ok(code):
        remarks[_("Barcode with a wrong check digit or length: taken in and marked")] += 1
    if code and not first_time:
        remarks[_("Barcode twice in the file: the later row brings the first up to date")] += 1
    if "price" not in row:
        remarks[_("Without a price: can’t be sold until it has one")] += 1


def judge(read: Read, rows: Sequence[Row]) -> list[Verdict]:
    """Which rows are new, changed and the same; of new goods that stand here twice the last row is made."""
    known, fresh, codes = _known(read, rows), set[str](), dict[str, str]()
    now: dict[int, Known] = {}
    verdicts = []
    for row in rows:
        found, key = _find(known, row, now), identity(row)
        code = row.get("code", "")
        if found is None and key in known.shared:
            said = _("“{text}” stands for several goods. Give their code.").format(text=row["name"])
            verdicts.append(Verdict(REFUSED, said))
        elif found is not None:
            changes = _changes(row, found)
            now[found.sku_id] = _after(found, changes)
            verdicts.append(Verdict(CHANGED if changes else SAME))
        elif code and codes.setdefault(code, key) != key:
            said = _("The code {code} stands in the file for other goods too.").format(code=code)
            verdicts.append(Verdict(REFUSED, said))
        else:
            verdicts.append(Verdict(SAME if key in fresh else NEW))
            fresh.add(key)
    return verdicts


def write(work: Work, run: Run, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Make the new goods, bring the known ones up to date."""
    known = _known(work, rows)
    fresh: dict[str, Row] = {}
    now: dict[int, Known] = {}
    for row, verdict in zip(rows, verdicts, strict=True):
        found = _find(known, row, now)
        if verdict.deed == CHANGED and found is not None:
            now[found.sku_id] = _bring_up_to_date(work, run, known.base, found, row)
        elif found is None and verdict.deed != REFUSED:
            fresh[identity(row)] = row
    _make(work, run, known.base, list(fresh.values()))


def identity(row: Row) -> str:
    """What a row of goods is told apart by."""
    for letter, key in (("b", "barcode"), ("c", "code")):
        if row.get(key):
            return f"{letter}:{row[key]}"
    return f"n:{row['name']}"


def _find(known: _Shop, row: Row, now: dict[int, Known]) -> Known | None:
    """The goods of a row, as the rows before it left them."""
    found = known.by.get(identity(row))
    if found is None and row.get("code"):
        found = known.by.get(f"c:{row['code']}")
    return None if found is None else now.get(found.sku_id, found)


def _after(found: Known, changes: dict[str, tuple[Any, Any]]) -> Known:
    said = {key: after for key, (_before, after) in changes.items()}
    return replace(
        found,
        name=said.get("name", found.name),
        cost_minor=said.get("cost", found.cost_minor),
        price_minor=said.get("price", found.price_minor),
        barcodes=found.barcodes | ({said["barcode"]} if "barcode" in said else frozenset()),
    )


def _changes(row: Row, found: Known) -> dict[str, tuple[Any, Any]]:
    """What the row says otherwise: field → (before, after)."""
    said: dict[str, tuple[Any, Any]] = {
        "name": (found.name, row["name"]),
        "cost": (found.cost_minor, row.get("cost", found.cost_minor)),
        "price": (found.price_minor, row.get("price", found.price_minor)),
    }
    changes = {key: pair for key, pair in said.items() if pair[0] != pair[1]}
    if row.get("barcode") and row["barcode"] not in found.barcodes:
        changes["barcode"] = ("", row["barcode"])
    return changes


def _known(read: Read, rows: Sequence[Row]) -> _Shop:
    base = int(read.value(select(PriceList.id).where(PriceList.key == BASE_LIST)))
    price = select(Price.amount_minor).where(
        Price.sku_id == Sku.id, Price.list_id == base, Price.unit == "", Price.min_qty_milli == 0
    )
    columns = (
        Sku.id,
        Sku.product_id,
        Sku.code,
        Product.name,
        Sku.cost_minor,
        price.scalar_subquery().label("price"),
    )
    joined = select(*columns).join(Product, Product.id == Sku.product_id).order_by(Sku.id)
    barcoded = joined.join(Barcode, Barcode.sku_id == Sku.id)
    names = [r["name"] for r in rows if not r.get("code") and not r.get("barcode")]
    shop = _Shop(base)
    for letter, column, statement, values in (
        ("b", Barcode.code, barcoded, [r["barcode"] for r in rows if r.get("barcode")]),
        ("c", Sku.code, joined, [r["code"] for r in rows if r.get("code")]),
        ("n", Product.name, joined, names),
    ):
        if values:
            found = read.rows(statement.add_columns(column.label("said")).where(column.in_(values))).all()
            codes = _barcodes(read, [row.id for row in found])
            for row in found:
                key = f"{letter}:{row.said}"
                if letter == "n" and key in shop.by:
                    shop.shared.add(key)
                own = codes.get(row.id, frozenset())
                shop.by.setdefault(
                    key, Known(row.id, row.product_id, row.name, row.cost_minor, row.price, own)
                )
    for key in shop.shared:
        del shop.by[key]
    return shop


def _barcodes(read: Read, skus: Sequence[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for row in read.rows(select(Barcode.sku_id, Barcode.code).where(Barcode.sku_id.in_(sorted(set(skus))))):
        found.setdefault(row.sku_id, set()).add(row.code)
    return {sku: frozenset(codes) for sku, codes in found.items()}


def _bring_up_to_date(work: Work, run: Run, base: int, found: Known, row: Row) -> Known:
    changes = _changes(row, found)
    if "name" in changes:
        rename(work, found.product_id, row["name"])
    if "cost" in changes:
        work.update(Sku, found.sku_id, {"cost_minor": row["cost"]})
    if "price" in changes:
        put_price(work, (found.sku_id, base), row["price"])
    if "barcode" in changes:
        work.post(Barcode, [_barcode(row["barcode"], found.sku_id)])
        work.touch("product", found.product_id)
    run.note("goods", found.sku_id, made=False, changes=changes, base=base)
    return _after(found, changes)


def rename(work: Work, product_id: int, name: str) -> None:
    """Give a product another name and what it is found by."""
    pinyin, initials = pinyin_keys(name)
    work.update(Product, product_id, {"name": name, "pinyin": pinyin, "initials": initials})


def _barcode(code: str, sku_id: int) -> Row:
    return {"code": code, "sku_id": sku_id, "unit": "", "valid": ean_ok(code)}


def _make(work: Work, run: Run, base: int, rows: list[Row]) -> None:
    if not rows:
        return
    categories = _categories(work, {row["category"] for row in rows if row.get("category")})
    products = work.post(Product, [_product(work, row, categories) for row in rows], ids=True)
    codes = iter(_free_codes(work, sum(not row.get("code") for row in rows)))
    made = [
        {"product_id": product, "code": row.get("code") or next(codes), "variant": "", "unit": row.get("unit") or _("pc"),
         "cost_minor": row.get("cost", 0)}
        for row, product in zip(rows, products, strict=True)
    ]  # fmt: skip
    pairs = list(zip(rows, work.post(Sku, made, ids=True), strict=True))
    work.post(Barcode, [_barcode(row["barcode"], sku) for row, sku in pairs if row.get("barcode")])
    priced = [
        {"list_id": base, "sku_id": sku, "unit": "", "min_qty_milli": 0, "amount_minor": row["price"]}
        for row, sku in pairs if "price" in row
    ]  # fmt: skip
    work.post(Price, priced)
    _put_on_stock(work, run, pairs)
    for _row, sku in pairs:
        run.note("goods", sku)


def _put_on_stock(work: Work, run: Run, pairs: Sequence[tuple[Row, int]]) -> None:
    floor = places(work)[0]
    shared = {"location_id": floor, "reserved_milli": 0, "set_aside_milli": 0}
    lying = [(sku, row.get("stock", 0), row.get("cost", 0)) for row, sku in pairs]
    work.post(Stock, [{"sku_id": sku, "on_hand_milli": qty, **shared} for sku, qty, _cost in lying])
    posting.post_movements(
        work, floor, "opening", run.source, run.key, [entry for entry in lying if entry[1]]
    )


def _free_codes(work: Work, count: int) -> list[str]:
    """So many codes of the shop's own series nobody uses."""
    codes: list[str] = []
    while len(codes) < count:
        first = posting.next_number(work, "sku")
        more = count - len(codes)
        if more > 1:
            posting.skip_numbers(work, "sku", more - 1)
        made = [f"G-{first + i:06d}" for i in range(more)]
        taken = {row.code for row in work.rows(select(Sku.code).where(Sku.code.in_(made)))}
        codes += [code for code in made if code not in taken]
    return codes


def _product(work: Work, row: Row, categories: dict[str, int]) -> Row:
    pinyin, initials = pinyin_keys(row["name"])
    weighed = row.get("unit", "").lower() in ("kg", "千克", "公斤", "斤", "g", "克")
    return {
        "name": row["name"], "pack": row.get("pack", ""), "pinyin": pinyin, "initials": initials,
        "kind": "weighed" if weighed else "goods", "category_id": categories.get(row.get("category", "")), "picture": "",
        "on_shelf": True, "note": " ".join(x for x in (row.get("origin", ""), row.get("note", "")) if x),
        "created_at": work.now,
    }  # fmt: skip


def _categories(work: Work, names: set[str]) -> dict[str, int]:
    have = {
        row.name: row.id
        for row in work.rows(select(Category.name, Category.id).where(Category.name.in_(names)))
    }
    fresh = sorted(names - have.keys())
    made = work.post(Category, [{"name": name} for name in fresh], ids=True)
    return have | dict(zip(fresh, made, strict=True))
