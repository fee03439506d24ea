"""Goods are found by everything people type, in one frame, also among twenty thousand."""

from __future__ import annotations

import random
import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from desktop.basics.errors import NotAllowed
from desktop.basics.words import pinyin_keys
from desktop.models.products import Barcode, Category, Price, PriceList, Product, Sku
from desktop.models.stock import Location, Stock
from desktop.queries.categories import category_tree
from desktop.queries.product_detail import all_tags
from desktop.queries.products import SORTS, ProductFilter, products_count, products_page, products_with_stock
from desktop.services.categories import add_category
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import new_goods, set_up

FRAME = 0.016  # seconds: one of sixty a second
GOODS = 20_000
THINGS = [
    "矿泉水",
    "鲜牛奶",
    "云片糕",
    "坚果",
    "大米",
    "抽纸",
    "苏打饼干",
    "乌龙茶",
    "龙井",
    "酸奶",
    "酱油",
    "香醋",
    "白糖",
    "面条",
    "牙膏",
    "毛巾",
    "薯片",
    "橙汁",
]
MAKERS = [
    "农夫",
    "光明",
    "康师傅",
    "统一",
    "海天",
    "金龙鱼",
    "蓝月亮",
    "维达",
    "心相印",
    "百草味",
    "旺旺",
    "王老吉",
    "东方",
]


@pytest.fixture
def open_shop(shop: Shop) -> Shop:
    """A shop that is set up."""
    return set_up(shop)


def fill(shop: Shop, goods: int) -> None:
    """Put many goods into the shop by bare inserts."""
    pick = random.Random(1)
    now = shop.clock.now()
    products, skus, prices, codes, stock = [], [], [], [], []
    with shop.storage.write.begin() as connection:
        base = connection.execute(select(PriceList.id).where(PriceList.key == "retail")).scalar_one()
        floor = connection.execute(select(Location.id)).scalar_one()
        rows = [
            {"id": i + 1, "name": f"类 {i}", "parent_id": None if i < 15 else i % 15 + 1} for i in range(120)
        ]
        connection.execute(insert(Category), rows)
        for i in range(1, goods + 1):
            name = f"{pick.choice(MAKERS)}{pick.choice(THINGS)} {pick.choice(['250ml', '500g', '6 连杯'])} {i % 97} 号"
            pinyin, initials = pinyin_keys(name)
            born = now - timedelta(days=i % 400)
            products.append(
                {
                    "id": i,
                    "name": name,
                    "pinyin": pinyin,
                    "initials": initials,
                    "category_id": i % 120 + 1,
                    "created_at": born,
                }
            )
            skus.append({"id": i, "product_id": i, "code": f"ZH-{i:05d}", "cost_minor": 500})
            prices.append({"list_id": base, "sku_id": i, "amount_minor": 1_000 + i})
            codes.append({"code": f"69{pick.randrange(10**11):011d}", "sku_id": i})
            stock.append({"sku_id": i, "location_id": floor, "on_hand_milli": i % 90 * 1_000})
        for entity, values in (
            (Product, products),
            (Sku, skus),
            (Price, prices),
            (Barcode, codes),
            (Stock, stock),
        ):
            connection.execute(insert(entity), values)


@pytest.mark.req("P1")
def test_twenty_thousand_goods_are_searched_in_one_frame(sqlite_shop: Shop) -> None:
    fill(set_up(sqlite_shop), GOODS)
    for typed in ("kqs", "矿泉水", "kuangquan", "ZH-123", "6912", "nainiu 500", "nothing", ""):
        spans = []
        for _ in range(9):
            started = time.thread_time()  # this thread's own work: other programs don't count
            found = sqlite_shop.ask(products_page, ProductFilter(typed))
            spans.append(time.thread_time() - started)
        assert statistics.median(spans) < FRAME, f"{typed}: {statistics.median(spans) * 1000:.1f} ms"
        assert bool(found.rows) == (typed not in ("nothing", "nainiu 500"))
    assert len(sqlite_shop.ask(products_page, ProductFilter("kqs")).rows) == 200
    assert sqlite_shop.ask(products_count, ProductFilter("kqs")) == sqlite_shop.ask(
        products_count, ProductFilter("矿泉水")
    )


@pytest.mark.parametrize("sort", sorted(SORTS))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_without_gap_or_double(open_shop: Shop, sort: str, descending: bool) -> None:
    fill(open_shop, 450)
    seen, after = [], None
    while True:
        page = open_shop.ask(products_page, ProductFilter(), after, sort=sort, descending=descending)
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert sorted(seen) == list(range(1, 451))
    assert open_shop.ask(products_count, ProductFilter()) == 450


def test_filters_narrow_each_other(open_shop: Shop) -> None:
    food = open_shop.do(add_category, "食品")
    dairy = open_shop.do(add_category, "乳品", food)
    milk = new_goods(open_shop, "鲜牛奶", category_id=dairy, tags=("早餐",))
    cake = new_goods(open_shop, "牛奶云片糕", category_id=food)
    loose = new_goods(open_shop, "牛奶皂")

    def ids(**wanted: object) -> set[int]:
        return {row.id for row in open_shop.ask(products_page, ProductFilter(**wanted)).rows}  # type: ignore[arg-type]

    assert ids(text="牛奶") == {milk, cake, loose}
    assert ids(text="牛奶", category_id=food) == {milk, cake}
    assert ids(text="牛奶", category_id=dairy) == {milk}
    assert ids(category_id=0) == {loose}
    assert ids(tag="早餐") == {milk}
    assert ids(text="牛奶 糕") == {cake}
    assert ids(text="_") == set()
    assert open_shop.ask(all_tags) == ("早餐",)
    assert open_shop.ask(category_tree).loose == 1


def test_stock_is_seen_only_by_who_may(open_shop: Shop) -> None:
    new_goods(open_shop, "鲜牛奶", pieces=3)
    (row,) = open_shop.ask(products_with_stock, ProductFilter()).rows
    assert (row.on_hand_milli, row.available_milli) == (3_000, 3_000)
    kiosk = open_shop.acting_as(actors.kiosk(2))
    (row,) = kiosk.ask(products_page, ProductFilter()).rows
    assert (row.on_hand_milli, row.available_milli) == (None, None)
    with pytest.raises(NotAllowed):
        kiosk.ask(products_with_stock, ProductFilter())
