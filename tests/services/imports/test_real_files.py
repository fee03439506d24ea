"""Every table of the real files is taken in, or is named as what it is not."""

from __future__ import annotations

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from desktop.basics.errors import Malformed
from desktop.models.orders import Order
from desktop.models.payments import Tender
from desktop.models.products import Product, Sku
from desktop.queries.verify import verify
from desktop.services import opening
from desktop.services.imports.desk import Desk, bring_in
from desktop.shop.shop import Shop

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real files do not lie beside this checkout")
GOODS, TMALL = DATA / "goods_cn", DATA / "tmall_cn" / "tmall_orders_2020-02-01_21.csv.gz"
PRICES = GOODS / "vegetable_wholesale_prices_2020-07_2021-12.csv.gz"
KNOWN_ELSEWHERE = {  # taken in by tests/services/imports/test_imports.py
    "goods.csv", "goods_raw.gbk.csv", "pos_lines_store_CDNL.gbk.csv", "olist_customers_dataset.csv.gz",
    "olist_order_items_dataset.csv.gz", "olist_order_payments_dataset.csv.gz", "olist_order_reviews_dataset.csv.gz",
    "olist_orders_dataset.csv.gz", "olist_products_dataset.csv.gz",
}  # fmt: skip
NO_TABLE_OF_OURS = ("olist_sellers_dataset.csv.gz", "product_category_name_translation.csv.gz")


@pytest.fixture
def opened(sqlite_shop: Shop) -> Shop:
    """A shop without goods."""
    opening.open_shop(sqlite_shop, opening.NewShop("青禾杂货铺", "王掌柜", "wang", "a long password"))
    return sqlite_shop


def test_no_real_table_is_forgotten() -> None:
    here = {path.name for path in DATA.rglob("*.csv*")}
    tried = {path.name for path in GOODS.glob("veg*")} | {TMALL.name} | set(NO_TABLE_OF_OURS)
    assert here == KNOWN_ELSEWHERE | tried


@pytest.mark.req("O12", "P1")
def test_vegetables_come_in_by_their_codes_and_their_prices_are_weighed(opened: Shop) -> None:
    report = bring_in(opened, "goods", [GOODS / "vegetables.csv"])
    assert (report.made, report.refused) == (251, 0)
    losses = bring_in(opened, "goods", [GOODS / "vegetable_loss_rates.csv"])
    assert (losses.made, losses.refused, losses.same + losses.changed) == (0, 0, 251)
    prices = bring_in(
        opened, "prices", [PRICES], dry=True, given={"单品编码": "code", "批发价格(元/千克)": "price"}
    )
    assert prices.rows == 26_630
    assert prices.made + prices.changed + prices.same == 26_630 - prices.refused
    with opened.storage.read.connect() as connection:
        codes = connection.execute(
            select(func.count(Sku.code.distinct()), func.count(Product.id.distinct())).join(Product)
        )
        assert tuple(codes.one()) == (251, 251)


@pytest.mark.req("O12", "O18")
def test_orders_of_a_web_shop_come_in_with_what_was_paid(opened: Shop) -> None:
    with gzip.open(TMALL, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    report = bring_in(opened, "orders", [TMALL])
    assert (report.rows, report.made + report.refused) == (len(rows), len(rows))
    assert report.refused == 0
    paid = sum(Decimal(row["买家实际支付金额"]) for row in rows if row["订单付款时间"].strip())
    with opened.storage.read.connect() as connection:
        taken = connection.execute(select(func.sum(Tender.amount_minor))).scalar_one()
        orders = connection.execute(select(func.count()).select_from(Order)).scalar_one()
    assert (orders, Decimal(taken) / 100) == (len(rows), paid)
    assert opened.ask(verify).faults == ()


@pytest.mark.req("O12")
@pytest.mark.parametrize("name", NO_TABLE_OF_OURS)
def test_a_table_of_another_kind_is_named_with_its_columns(opened: Shop, name: str) -> None:
    desk = Desk(opened)
    desk.open([DATA / "olist" / name])
    assert desk.likely_kinds() == []
    desk.choose("orders")
    with pytest.raises(Malformed, match="zip_code|category_name"):
        desk.check()
    desk.close()
