"""A shop of many goods, put in by bare inserts."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import insert, select

from desktop.basics.words import pinyin_keys
from desktop.models.products import Barcode, Category, Price, PriceList, Product, Sku
from desktop.models.stock import Location, Stock, StockMovement
from desktop.shop.shop import Shop

GOODS = 20_000
TYPED = ("kqs", "矿泉水", "kuangquan", "ZH-123", "6912", "nainiu 500", "nothing", "")
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


def sell_much(shop: Shop, sales: int) -> None:
    """Eight weeks of sales of these goods, a few of them often."""
    pick = random.Random(2)
    now = shop.clock.now()
    with shop.storage.write.begin() as connection:
        floor = connection.execute(select(Location.id)).scalar_one()
        row = {
            "location_id": floor, "delta_milli": -1_000, "reason": "sale", "source": "order:0", "actor": "console",
            "note": "",
        }  # fmt: skip
        rows = [
            {
                **row,
                "sku_id": int(GOODS * pick.random() ** 3) + 1,
                "client_key": f"s{n}",
                "at": now - timedelta(hours=n % 1_344),
            }
            for n in range(sales)
        ]
        connection.execute(insert(StockMovement), rows)
