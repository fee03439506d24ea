"""Write the sample shop's drafts as rows, in few statements and one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import insert, select, update

from desktop.basics.i18n import N_
from desktop.basics.money import MILLI
from desktop.basics.words import pinyin_keys
from desktop.models.members import Member, MemberTag
from desktop.models.people import Till
from desktop.models.products import (
    Barcode,
    Category,
    Price,
    PriceList,
    Product,
    ProductTag,
    Sku,
    SkuUnit,
    Tag,
)
from desktop.models.settings import PAY_MINUTES, RESTOCK_DAYS, SHOP_BRANCH, SHOP_SAMPLE
from desktop.models.stock import Level
from desktop.models.system import Setting
from desktop.services.sample.drafts import Calendar, Person
from desktop.services.sample.goods import (
    MINIMUM,
    NEW,
    PRICES_OF_GOLD,
    SAFETY,
    SHOWN,
    Good,
    barcodes,
    goods,
    levels_of,
)
from desktop.services.sample.ledger import paid_at, refund_of
from desktop.shop.work import Work

SETTINGS: dict[str, object] = {
    SHOP_BRANCH.key: "总店 · 桂花路 18 号",
    SHOP_SAMPLE.key: True,
    PAY_MINUTES.key: 36 * 60,
    RESTOCK_DAYS.key: 7,
}
FIRST_SHELVED = -1_000  # days
DEALS = {"distribution": (88, 0), "b2b": (82, 12)}  # percent of the price, from so many pieces


def add_rows(work: Work, entity: type[Any], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert many rows; their new ids in order. The audit trail is told the table, not every id."""
    work.post(entity, [])
    statement = insert(entity).returning(entity.id, sort_by_parameter_order=True)
    made = [int(row[0]) for row in work.rows(statement, list(rows))]
    work.note(table=entity.__tablename__, rows=len(made))
    return made


def write_settings(work: Work) -> dict[str, int]:
    """Branch, sample flag, second kiosk; returns till ids by code."""
    work.post(
        Setting, [{"key": key, "value": json.dumps(v, ensure_ascii=False)} for key, v in SETTINGS.items()]
    )
    work.post(Till, [{"code": "K2", "name": N_("Self-checkout 2"), "kind": "kiosk", "seen_at": None}])
    work.rows(update(Till).where(Till.kind == "kiosk").values(seen_at=work.now))
    return {row.code: row.id for row in work.rows(select(Till.code, Till.id))}


def write_goods(work: Work, rng: Random, calendar: Calendar) -> tuple[dict[str, int], dict[str, datetime]]:
    """Categories, products, units, barcodes, prices and levels; returns SKU ids and first days by code."""
    shelf = goods()
    places = _categories(work, shelf)
    shelved = [_shelved(rng, calendar, good) for good in shelf]
    products = add_rows(
        work, Product, [_product(g, places[g.category], at) for g, at in zip(shelf, shelved, strict=True)]
    )
    skus = add_rows(work, Sku, [
        {"product_id": p, "code": g.code, "variant": "", "unit": g.unit, "cost_minor": g.cost}
        for g, p in zip(shelf, products, strict=True)
    ])  # fmt: skip
    ids = {g.code: sku for g, sku in zip(shelf, skus, strict=True)}
    work.post(
        SkuUnit,
        [
            {"sku_id": ids[g.code], "name": g.carton[0], "factor_milli": g.carton[1]}
            for g in shelf
            if g.carton
        ],
    )
    work.post(Barcode, [
        {"code": code, "sku_id": ids[g.code], "unit": unit, "valid": True} for g in shelf for code, unit in barcodes(g)
    ])  # fmt: skip
    work.post(Price, _prices(work, shelf, ids))
    work.post(Level, [_level(ids[g.code], *levels_of(g)) for g in shelf if g.code in SHOWN])
    tags = dict(zip(("招牌", "新品"), add_rows(work, Tag, [{"name": "招牌"}, {"name": "新品"}]), strict=True))
    marked = [(g, "招牌") for g in shelf if g.code in SHOWN or g.code in PRICES_OF_GOLD] + [
        (g, "新品") for g in shelf if g.code in NEW
    ]
    by_code = {g.code: p for g, p in zip(shelf, products, strict=True)}
    work.post(ProductTag, [{"product_id": by_code[g.code], "tag_id": tags[tag]} for g, tag in marked])
    return ids, {g.code: at for g, at in zip(shelf, shelved, strict=True)}


def _categories(work: Work, shelf: Sequence[Good]) -> dict[str, int]:
    """The tree, roots first; every branch has levels of its own."""
    paths = sorted({g.category for g in shelf} | {g.category.split("/")[0] for g in shelf})
    levels = {"minimum_milli": MINIMUM * MILLI, "safety_milli": SAFETY * MILLI, "alert_milli": SAFETY * MILLI}
    roots = [path for path in paths if "/" not in path]
    found = dict(
        zip(
            roots,
            add_rows(work, Category, [{"name": r, "parent_id": None, **levels} for r in roots]),
            strict=True,
        )
    )
    leaves = [path for path in paths if "/" in path]
    rows = [{"name": p.split("/")[1], "parent_id": found[p.split("/")[0]], **levels} for p in leaves]
    return found | dict(zip(leaves, add_rows(work, Category, rows), strict=True))


def _shelved(rng: Random, calendar: Calendar, good: Good) -> datetime:
    day = (
        -1 - NEW.index(good.code) % 4
        if good.code in NEW
        else rng.randrange(FIRST_SHELVED - 60, FIRST_SHELVED)
    )
    return calendar.at(day, 8 * 3600 + rng.randrange(3600))


def _product(good: Good, category: int, shelved: datetime) -> dict[str, Any]:
    pinyin, initials = pinyin_keys(good.name)
    return {
        "name": good.name, "pack": good.pack, "pinyin": pinyin, "initials": initials, "kind": good.kind,
        "category_id": category, "picture": good.picture, "on_shelf": True, "note": "", "created_at": shelved,
    }  # fmt: skip


def _level(sku: int, minimum: int, safety: int) -> dict[str, int]:
    return {
        "sku_id": sku,
        "minimum_milli": minimum * MILLI,
        "safety_milli": safety * MILLI,
        "alert_milli": safety * MILLI,
    }


def _prices(work: Work, shelf: Sequence[Good], ids: dict[str, int]) -> list[dict[str, Any]]:
    lists = {row.key: row.id for row in work.rows(select(PriceList.key, PriceList.id))}
    rows = [_price(lists["retail"], ids[g.code], g.price) for g in shelf]
    for good in shelf:
        if good.carton:
            whole = good.price * good.carton[1] // MILLI * 95 // 1_000 * 10
            rows.append(_price(lists["retail"], ids[good.code], whole, unit=good.carton[0]))
    for code, amount in PRICES_OF_GOLD.items():
        rows += [_price(lists[f"retail.{tier}"], ids[code], amount) for tier in ("gold", "vip")]
    traded = [g for i, g in enumerate(shelf) if i % 7 == 0 and not g.weighed]
    for key, (percent, least) in DEALS.items():
        rows += [
            _price(lists[key], ids[g.code], g.price * percent // 1_000 * 10, least=least) for g in traded
        ]
    return rows


def _price(price_list: int, sku: int, amount: int, *, unit: str = "", least: int = 0) -> dict[str, Any]:
    return {
        "list_id": price_list,
        "sku_id": sku,
        "unit": unit,
        "min_qty_milli": least * MILLI,
        "amount_minor": amount,
    }


def write_people(work: Work, people: Sequence[Person], calendar: Calendar) -> None:
    """Members with the sums of what stands behind them; fills in their ids."""
    rows = []
    for person in people:
        pinyin, initials = pinyin_keys(person.name)
        back = sum(given.money for draft in person.orders if (given := refund_of(draft)))
        rows.append({
            "code": person.code, "phone": person.phone, "phone_tail": person.phone[-4:], "name": person.name,
            "pinyin": pinyin, "initials": initials, "gender": person.gender, "birthday": person.birthday,
            "tier_key": person.tier, "status": "active", "credit_score": 640 if person.tier == "vip" else 600,
            "origin": person.origin, "note": person.note, "points": sum(entry.delta for entry in person.entries),
            "orders_count": person.carried_orders + len(person.orders),
            "spent_minor": person.carried_minor + sum(draft.money for draft in person.orders) - back,
            "carried_orders": person.carried_orders, "carried_minor": person.carried_minor,
            "last_order_at": max((paid_at(d, calendar) for d in person.orders), default=None), "created_at": person.joined,
        })  # fmt: skip
    for person, row_id in zip(people, add_rows(work, Member, rows), strict=True):
        person.id = row_id
    for person in people:
        if person.referred_by is not None:
            work.update(Member, person.id, {"referred_by": person.referred_by.id})
    tags = sorted({tag for person in people for tag in person.tags})
    words = dict(zip(tags, add_rows(work, Tag, [{"name": tag} for tag in tags]), strict=True))
    work.post(MemberTag, [{"member_id": p.id, "tag_id": words[tag]} for p in people for tag in p.tags])
