"""All or nothing, cancelling, and taking a whole import back, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from desktop.basics.errors import Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.imports import ImportEntry
from desktop.models.members import Member
from desktop.models.orders import CANCELLED, Order
from desktop.models.products import Barcode, Price, Product, Sku
from desktop.models.stock import Stock
from desktop.queries.imports import import_runs, kept_of_import
from desktop.queries.verify import verify
from desktop.services import opening
from desktop.services.fulfilment import pay_order
from desktop.services.imports.desk import BATCH, Desk, bring_in, said_of
from desktop.services.imports.report import NOT_WRITTEN, STOPPED
from desktop.services.imports.runs import ALL
from desktop.services.imports.undo import undo_import
from desktop.services.settlement import TenderIn
from desktop.services.stock import AdjustLine, adjust_stock
from desktop.shop.shop import Shop

GOODS = "商品名称,条码,编码,售价,库存\n鲜牛奶,6901000020011,S1,16.90,5\n云片糕,,S2,22.00,\n"
MEMBERS = "手机号,姓名,积分,等级\n138 0571 6621,林晓梅,12860,金卡\n13900000002,王建国,,\n"
ORDERS = "订单ID,商品ID,单价,销量,成交时间,客户ID\nR1,S1,16.90,2,2026-11-01 10:00,C1\nR2,S2,22.00,1,2026-11-02 11:00,C1\n"


@pytest.fixture
def opened(shop: Shop) -> Shop:
    """A shop without goods, on each kind of database."""
    opening.open_shop(shop, opening.NewShop("青禾杂货铺", "王掌柜", "wang", "a long password"))
    return shop


def written(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text, encoding="utf-8")
    return path


def count(shop: Shop, table: type) -> int:
    """Rows of a table."""
    return int(rows(shop, select(func.count()).select_from(table))[0][0])


def rows(shop: Shop, statement: Any) -> list[Any]:
    """What a select finds."""
    with shop.storage.read.connect() as connection:
        return list(connection.execute(statement).all())


@pytest.mark.req("O12")
def test_one_bad_row_among_all_or_nothing_writes_nothing(opened: Shop, tmp_path: Path) -> None:
    path = written(tmp_path / "g.csv", GOODS + "坏行,,S3,abc,\n")
    report = bring_in(opened, "goods", [path], mode=ALL)
    assert (report.state, report.refused, count(opened, Product)) == (NOT_WRITTEN, 1, 0)
    assert "1" in said_of(report)
    assert bring_in(opened, "goods", [path]).made == 2, "control: only the good rows come in otherwise"


@pytest.mark.req("O12")
def test_a_row_the_shop_refuses_also_stops_all(opened: Shop, tmp_path: Path) -> None:
    bring_in(opened, "goods", [written(tmp_path / "g.csv", GOODS)])
    counts = written(tmp_path / "c.csv", "编码,实盘\nS1,9\nS9,3\n")
    report = bring_in(opened, "stock", [counts], mode=ALL)
    assert (report.state, report.refused) == (NOT_WRITTEN, 1)
    assert rows(opened, select(Stock.on_hand_milli).join(Sku).where(Sku.code == "S1")) == [(5_000,)]


@pytest.mark.req("O12")
@pytest.mark.parametrize("mode, left", [("all", 0), ("good", 250)])
def test_cancelling_leaves_nothing_or_what_is_said(
    opened: Shop, tmp_path: Path, mode: str, left: int
) -> None:
    text = "name,price\n" + "".join(f"goods {i},1.00\n" for i in range(600))
    desk = Desk(opened)
    desk.open([written(tmp_path / "g.csv", text)])
    desk.choose("goods")
    report = desk.write(desk.check(), mode, lambda done, _all: done < 200)
    desk.close()
    assert (report.state, report.made, count(opened, Product)) == (STOPPED, left, left)


@pytest.mark.req("O12")
def test_goods_are_taken_back_and_can_come_again(opened: Shop, tmp_path: Path) -> None:
    path = written(tmp_path / "g.csv", GOODS)
    run = bring_in(opened, "goods", [path], mode=ALL).run_id
    undone = undo_import(opened, run)
    assert (undone.out, undone.kept, undone.left) == (2, 0, 0)
    assert count(opened, Barcode) == count(opened, Price) == 0
    assert rows(opened, select(Product.name, Product.on_shelf)) == [("鲜牛奶", False)], "its movements stay"
    assert rows(opened, select(Stock.on_hand_milli)) == [(0,)]
    assert opened.ask(verify).faults == ()
    with pytest.raises(Refused):
        undo_import(opened, run)
    assert bring_in(opened, "goods", [path]).made == 2
    assert [r.state for r in opened.ask(import_runs).rows] == ["done", "undone"]


@pytest.mark.req("O12")
def test_goods_that_moved_since_stay_with_their_reason(opened: Shop, tmp_path: Path) -> None:
    run = bring_in(opened, "goods", [written(tmp_path / "g.csv", GOODS)]).run_id
    (sku,) = rows(opened, select(Sku.id).where(Sku.code == "S1"))[0]
    opened.do(adjust_stock, [AdjustLine(sku, 1_000)], reason="found", client_key=new_key())
    assert undo_import(opened, run).kept == 1
    (kept,) = opened.ask(kept_of_import, run)
    assert (kept.subject, kept.count) == ("goods", 1)
    assert kept.reason
    assert opened.ask(import_runs).rows[0].state == "partly"


@pytest.mark.req("O12")
def test_changed_goods_get_their_old_price_back_unless_somebody_changed_it(
    opened: Shop, tmp_path: Path
) -> None:
    bring_in(opened, "goods", [written(tmp_path / "g.csv", GOODS)])
    again = written(
        tmp_path / "h.csv", "编码,商品名称,售价,条码\nS1,纯牛奶,18.00,6901000020028\nS2,云片糕,25.00,\n"
    )
    run = bring_in(opened, "goods", [again]).run_id
    with opened.storage.write.begin() as connection:
        sku = select(Sku.id).where(Sku.code == "S2").scalar_subquery()
        connection.execute(update(Price).where(Price.sku_id == sku).values(amount_minor=1))
    undone = undo_import(opened, run)
    assert (undone.out, undone.kept) == (1, 1)
    joined = select(Product.name, Price.amount_minor).select_from(Product).join(Sku).join(Price)
    found = rows(opened, joined.order_by(Sku.code))
    assert found == [("鲜牛奶", 1690), ("云片糕", 1)]
    assert count(opened, Barcode) == 1


@pytest.mark.req("O12")
def test_members_come_in_once_and_go_again(opened: Shop, tmp_path: Path) -> None:
    path = written(tmp_path / "m.csv", MEMBERS + "12,坏号,,\n13800000003,坏等级,,钻石\n")
    report = bring_in(opened, "members", [path])
    assert (report.made, report.refused) == (2, 2)
    found = rows(
        opened, select(Member.phone, Member.name, Member.points, Member.tier_key).order_by(Member.id)
    )
    assert found == [("13805716621", "林晓梅", 12860, "gold"), ("13900000002", "王建国", 0, "ordinary")]
    assert bring_in(opened, "members", [path]).same == 2
    assert opened.ask(verify).faults == ()
    assert undo_import(opened, report.run_id).kept == 0
    assert rows(opened, select(Member.status, Member.phone, Member.points)) == [("closed", None, 0)]
    assert opened.ask(verify).faults == ()
    assert bring_in(opened, "members", [path]).made == 2


@pytest.mark.req("O12", "I1")
def test_counts_become_movements_and_go_back(opened: Shop, tmp_path: Path) -> None:
    bring_in(opened, "goods", [written(tmp_path / "g.csv", GOODS)])
    counts = written(tmp_path / "c.csv", "编码,商品名称,实盘\nS1,,9\n,云片糕,4\n,没有的,1\n")
    report = bring_in(opened, "stock", [counts])
    assert (report.changed, report.refused) == (2, 1)
    assert opened.ask(verify).faults == ()
    assert bring_in(opened, "stock", [counts]).same == 2
    undo_import(opened, report.run_id)
    assert sorted(rows(opened, select(Stock.on_hand_milli))) == [(0,), (5_000,)]
    assert opened.ask(verify).faults == ()


@pytest.mark.req("O12", "P7")
def test_prices_come_in_and_go_back(opened: Shop, tmp_path: Path) -> None:
    bring_in(opened, "goods", [written(tmp_path / "g.csv", GOODS)])
    path = written(
        tmp_path / "p.csv",
        "条码,商品名称,售价,价格表\n6901000020011,,15.00,\n,云片糕,20.00,b2b\n,云片糕,9,nirgends\n",
    )
    report = bring_in(opened, "prices", [path])
    assert (report.changed, report.made, report.refused) == (1, 1, 1), report.reasons()
    assert undo_import(opened, report.run_id).out == 2
    assert sorted(rows(opened, select(Price.amount_minor))) == [(1690,), (2200,)]


@pytest.mark.req("O12")
def test_orders_are_taken_back_with_their_money_on_their_own_day(opened: Shop, tmp_path: Path) -> None:
    bring_in(opened, "goods", [written(tmp_path / "g.csv", GOODS)])
    path = written(tmp_path / "o.csv", ORDERS)
    report = bring_in(opened, "orders", [path])
    assert report.made == 2
    undone = undo_import(opened, report.run_id)
    assert (undone.kept, undone.left) == (0, 0)
    found = rows(opened, select(Order.status, Order.external_ref, Order.refunded_minor).order_by(Order.id))
    assert found == [(CANCELLED, None, 3380), (CANCELLED, None, 2200)]
    assert count(opened, Member) == 0, "the customer the file named hangs on nothing any more"
    assert opened.ask(verify).faults == ()
    assert bring_in(opened, "orders", [path]).made == 2
    assert bring_in(opened, "orders", [path]).same == 2
    assert opened.ask(verify).faults == ()


@pytest.mark.req("O12", "S1")
def test_what_an_import_changed_of_people_is_personal(opened: Shop) -> None:
    column = ImportEntry.__table__.c.detail
    assert column.info == {"data": "personal"}
    with pytest.raises(ShopError):
        bring_in(opened, "nothing", [Path("x.csv")])


@pytest.mark.req("O12")
def test_an_imported_order_somebody_paid_since_stays(opened: Shop, tmp_path: Path) -> None:
    bring_in(opened, "goods", [written(tmp_path / "g.csv", GOODS)])
    heads = "订单编号,订单创建时间,订单状态\nR1,2026-11-01 10:00,待付款\nR2,2026-11-01 11:00,待付款\n"
    lines = "订单编号,货号,单价,数量\nR1,S1,16.90,1\nR2,S1,16.90,1\n"
    files = [written(tmp_path / "h.csv", heads), written(tmp_path / "l.csv", lines)]
    run = bring_in(opened, "orders", files).run_id
    paid = rows(opened, select(Order.id).where(Order.external_ref == "R1"))[0][0]
    opened.do(pay_order, paid, TenderIn("cash", 1690), new_key())
    undone = undo_import(opened, run)
    assert undone.kept == 1, "the money in the drawer is nobody's to give back"
    found = rows(opened, select(Order.status, Order.refunded_minor).order_by(Order.id))
    assert found == [("done", 0), (CANCELLED, 0)], "control: the other one went"
    assert opened.ask(verify).faults == ()


@pytest.mark.req("O12", "I1")
def test_goods_counted_in_two_batches_of_a_file_go_back_by_both(opened: Shop, tmp_path: Path) -> None:
    names = [f"C{i}" for i in range(BATCH + 10)]
    text = "name,code,price\n" + "".join(f"goods {name},{name},1.00\n" for name in names)
    bring_in(opened, "goods", [written(tmp_path / "g.csv", text)])
    counts = "code,counted\nC0,5\n" + "".join(f"{name},1\n" for name in names[1:]) + "C0,7\n"
    run = bring_in(opened, "stock", [written(tmp_path / "c.csv", counts)]).run_id
    assert rows(opened, select(Stock.on_hand_milli).join(Sku).where(Sku.code == "C0")) == [(7_000,)]
    assert undo_import(opened, run).kept == 0
    assert rows(opened, select(Stock.on_hand_milli).where(Stock.on_hand_milli != 0)) == []
    assert opened.ask(verify).faults == ()


@pytest.mark.req("O12")
def test_the_last_row_of_goods_named_twice_holds_and_all_of_it_goes_back(
    opened: Shop, tmp_path: Path
) -> None:
    bring_in(opened, "goods", [written(tmp_path / "g.csv", GOODS)])
    again = written(
        tmp_path / "h.csv",
        "编码,商品名称,售价,条码\nS2,云片糕,18.00,6901000020172\nS2,云片糕,22.00,6901000020172\n",
    )
    report = bring_in(opened, "goods", [again])
    assert report.changed == 2
    mine = select(Sku.id).where(Sku.code == "S2").scalar_subquery()
    assert rows(opened, select(Price.amount_minor).where(Price.sku_id == mine)) == [(2200,)]
    assert rows(opened, select(Barcode.code).where(Barcode.sku_id == mine)) == [("6901000020172",)]
    undone = undo_import(opened, report.run_id)
    assert (undone.out, undone.kept, count(opened, Barcode)) == (2, 0, 1)
