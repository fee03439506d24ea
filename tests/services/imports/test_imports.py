"""Imports of real files and of bad ones: nothing doubled, nothing half done, every bad row named."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from sqlalchemy import func, select

from desktop.basics.errors import Malformed, NotAllowed
from desktop.models.members import Member
from desktop.models.orders import Order, OrderLine, OrderReview
from desktop.models.payments import Tender
from desktop.models.products import Barcode, Product, Sku
from desktop.models.stock import Stock
from desktop.queries.verify import verify
from desktop.services import opening
from desktop.services.imports.desk import bring_in
from desktop.shop.shop import Shop
from tests.helpers.goods import movements, open_stocked

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
real_files = pytest.mark.skipif(not DATA.exists(), reason="the real files do not lie beside this checkout")


@pytest.fixture
def opened(shop: Shop) -> Shop:
    """A shop without goods, on each kind of database."""
    opening.open_shop(shop, opening.NewShop("青禾杂货铺", "王掌柜", "wang", "a long password"))
    return shop


def count(shop: Shop, table: type) -> int:
    """Rows of a table."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)


def written(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text, encoding="utf-8")
    return path


@real_files
@pytest.mark.req("O12", "P7")
def test_real_goods_come_in_once_from_either_file(opened: Shop) -> None:
    first = bring_in(opened, "goods", [DATA / "goods_cn" / "goods.csv"])
    again = bring_in(opened, "goods", [DATA / "goods_cn" / "goods_raw.gbk.csv"])
    assert (first.made, first.refused) == (208, 0)
    assert (again.made, again.changed, again.same, again.refused) == (0, 0, 208, 0)
    assert "gb18030" in again.files[0]
    assert (count(opened, Product), count(opened, Barcode)) == (208, 208)
    with opened.storage.read.connect() as connection:
        cola = connection.execute(
            select(Product.initials, Sku.id).join(Sku).where(Product.name == "355ml可口可乐")
        ).one()
        on_hand = connection.execute(select(Stock.on_hand_milli).where(Stock.sku_id == cola.id)).scalar_one()
    assert cola.initials.endswith("kkkl")
    assert on_hand == movements(opened, cola.id) == 100_000


@real_files
@pytest.mark.req("O12")
def test_real_till_lines_come_in_as_receipts(opened: Shop) -> None:
    report = bring_in(opened, "orders", [DATA / "pos_cn" / "pos_lines_store_CDNL.gbk.csv"])
    with (DATA / "pos_cn" / "pos_lines_store_CDNL.gbk.csv").open(encoding="gb18030") as file:
        lines = list(csv.DictReader(file))
    good = [line for line in lines if float(line["销量"]) > 0]
    assert report.refused == len(lines) - len(good) > 0
    assert report.made == count(opened, Order) == len({line["订单ID"] for line in good})
    again = bring_in(opened, "orders", [DATA / "pos_cn" / "pos_lines_store_CDNL.gbk.csv"])
    assert (again.made, again.same) == (0, report.made)
    assert count(opened, Order) == report.made


@real_files
@pytest.mark.req("O12", "O18")
def test_real_orders_come_in_with_payments_and_reviews_from_their_own_files(opened: Shop) -> None:
    names = ("orders", "order_items", "order_payments", "order_reviews", "customers", "products")
    paths = [DATA / "olist" / f"olist_{name}_dataset.csv.gz" for name in names]
    dry = bring_in(opened, "orders", paths, dry=True)
    assert (dry.made, count(opened, Order)) == (4090, 0)
    report = bring_in(opened, "orders", paths)
    assert (report.made, report.refused) == (4090, 0)
    with gzip.open(paths[2], "rt", encoding="utf-8") as file:
        cents = sum(round(float(row["payment_value"]) * 100) for row in csv.DictReader(file))
    with opened.storage.read.connect() as connection:
        taken = connection.execute(select(func.sum(Tender.amount_minor))).scalar_one()
        persons = connection.execute(
            select(func.count()).where(Member.external_ref.is_not(None))
        ).scalar_one()
    assert taken == cents
    with gzip.open(paths[4], "rt", encoding="utf-8") as file:
        people = {row["customer_unique_id"] for row in csv.DictReader(file)}
    assert (count(opened, OrderReview), persons) == (4137, len(people))
    assert opened.ask(verify).faults == ()
    before = count(opened, OrderLine), count(opened, Tender), count(opened, OrderReview)
    assert bring_in(opened, "orders", paths).made == 0
    assert (count(opened, OrderLine), count(opened, Tender), count(opened, OrderReview)) == before


@pytest.mark.req("O18", "P3", "P7")
def test_customers_reviews_and_goods_come_in_from_small_files(opened: Shop, tmp_path: Path) -> None:
    bring_in(opened, "goods", [written(tmp_path / "g.csv", "name,code,price\n鲜牛奶,S1,5.00\n")])
    orders = written(
        tmp_path / "o.csv", "order_id,customer_id,placed_at,status,paid\nA,C9,2026-11-01 10:00,已完成,5.00\n"
    )
    lines = written(tmp_path / "l.csv", "order_id,product_id,price\nA,S1,5.00\n")
    reviews = written(
        tmp_path / "r.csv", "review_id,order_id,review_score,review_comment_message\nR1,A,5,很好\nR2,A,9,x\n"
    )
    people = written(tmp_path / "c.csv", "customer_id,customer_unique_id\nC9,P1\n")
    report = bring_in(opened, "orders", [orders, lines, reviews, people])
    assert (report.made, report.refused) == (1, 1)
    with opened.storage.read.connect() as connection:
        person = connection.execute(
            select(Member.external_ref, Member.orders_count, Member.spent_minor)
        ).one()
        review = connection.execute(select(OrderReview.score, OrderReview.message)).one()
        line = connection.execute(select(OrderLine.name, OrderLine.total_minor)).one()
    assert tuple(person) == ("P1", 1, 500)
    assert tuple(review) == (5, "很好")
    assert tuple(line) == ("鲜牛奶", 500)
    assert opened.ask(verify).faults == ()


@pytest.mark.req("O12")
def test_ten_thousand_bad_rows_are_listed_and_the_good_ones_taken_in(opened: Shop, tmp_path: Path) -> None:
    bad = ("X,abc,1", "Y,-1,2", "Z,99999999999999,3", ",1,4", "W,1")
    rows = [bad[i % len(bad)] for i in range(10_000)] + [
        "鲜牛奶,16.90,5",
        "=1+1,2.00,6",
        "<script>alert(1)</script>,3.00,7",
    ]
    report = bring_in(
        opened, "goods", [written(tmp_path / "g.csv", "name,price,stock\n" + "\n".join(rows) + "\n")]
    )
    assert (report.refused, report.made, report.rows) == (10_000, 3, 10_003)
    assert {row.line for row in report.bad.first(3)} == {2, 3, 4}
    assert all(row.reason for row in report.bad)
    assert len(report.reasons()) >= 5
    with opened.storage.read.connect() as connection:
        names = set(connection.execute(select(Product.name)).scalars())
    assert names == {"鲜牛奶", "=1+1", "<script>alert(1)</script>"}


@pytest.mark.req("O12")
def test_other_headings_are_mapped_and_remembered(opened: Shop, tmp_path: Path) -> None:
    path = written(tmp_path / "g.csv", "Artikel,Preis\nMilch,1.20\n")
    with pytest.raises(Malformed, match="Artikel"):
        bring_in(opened, "goods", [path])
    with pytest.raises(Malformed):
        bring_in(opened, "goods", [path], given={"Artikel": "nothing"})
    with pytest.raises(Malformed):
        bring_in(opened, "goods", [path], given={"Nowhere": "name"})
    assert bring_in(opened, "goods", [path], given={"Artikel": "name", "Preis": "price"}).made == 1
    assert bring_in(opened, "goods", [path]).same == 1


def test_a_changed_price_is_brought_up_to_date(opened: Shop, tmp_path: Path) -> None:
    bring_in(
        opened, "goods", [written(tmp_path / "a.csv", "name,barcode,price\n鲜牛奶,6901000020011,16.90\n")]
    )
    report = bring_in(
        opened, "goods", [written(tmp_path / "b.csv", "name,barcode,price\n鲜牛奶,6901000020011,17.50\n")]
    )
    assert (report.made, report.changed) == (0, 1)
    assert count(opened, Sku) == 1


def test_one_unreadable_file_among_several_writes_nothing(opened: Shop, tmp_path: Path) -> None:
    good = written(tmp_path / "good.csv", "name,price\nA,1.00\n")
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"PK\x03\x04")
    with pytest.raises(Malformed):
        bring_in(opened, "goods", [good, bad])
    assert count(opened, Product) == 0


def test_stopping_keeps_whole_batches(opened: Shop, tmp_path: Path) -> None:
    text = "name,price\n" + "".join(f"goods {i},1.00\n" for i in range(1_200))
    report = bring_in(
        opened, "goods", [written(tmp_path / "g.csv", text)], progress=lambda done, _all: done < 500
    )
    assert report.made == count(opened, Product) == 500


def test_rows_of_unknown_orders_are_listed(opened: Shop, tmp_path: Path) -> None:
    orders = written(
        tmp_path / "o.csv",
        "order_id,placed_at,status,paid\nA,2026-11-01 10:00,已完成,5.00\nB,not a date,done,1\n",
    )
    lines = written(tmp_path / "l.csv", "order_id,product_id,price\nA,S1,5.00\nC,S1,5.00\n")
    report = bring_in(opened, "orders", [orders, lines])
    assert (report.made, report.refused) == (1, 2)


@pytest.mark.req("A1")
def test_a_cashier_may_not_import(shop: Shop, tmp_path: Path) -> None:
    stocked = open_stocked(shop)
    with pytest.raises(NotAllowed):
        bring_in(stocked.cashier, "goods", [written(tmp_path / "g.csv", "name,price\nA,1\n")])
