"""Suppliers and their price lists from files: found again, brought up to date, taken back, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.queries.imports import kept_of_import
from desktop.queries.suppliers import SupplierFilter, goods_of_supplier, supplier_card, suppliers_page
from desktop.services.export import Progress
from desktop.services.imports.desk import Desk, bring_in
from desktop.services.imports.report import NOT_WRITTEN
from desktop.services.imports.runs import ALL
from desktop.services.imports.templates import write_template
from desktop.services.imports.undo import undo_import
from desktop.services.purchase_export import export_suppliers
from desktop.services.suppliers import SupplierForm, save_supplier
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked, as_role, open_stocked

SUPPLIERS = (
    "供应商名称,编码,联系人,电话,邮箱,付款方式,交期,订货日,截单时间,起订金额\n"
    "江南茶庄,,周敏,0571-88,zhou@example.com,月结,3 天,周一、周三,16:00,500\n"
    "光明乳业,MILK,,,,,1,,,\n"
)
PRICES = (
    "供应商,商品编码,对方货号,每包数量,起订包数,每包进价\n"
    "江南茶庄,ZH-1003,LJ-100,12,,912.00\n"
    "江南茶庄,ZH-1003,LJ-100,12,10,888.00\n"
    "MILK,ZH-2001,,24,,240.00\n"
)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' goods, on each kind of database."""
    return open_stocked(shop)


@pytest.fixture
def one(sqlite_shop: Shop) -> Stocked:
    """The same where no statement differs."""
    return open_stocked(sqlite_shop)


def written(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text, encoding="utf-8")
    return path


def names(shop: Shop) -> dict[str, int]:
    """The suppliers there are."""
    return {row.name: row.id for row in shop.ask(suppliers_page, SupplierFilter()).rows}


def sold(shop: Shop, name: str) -> dict[str, Any]:
    """What a supplier sells, by the goods' code."""
    return {row.code: row for row in shop.ask(goods_of_supplier, names(shop)[name])}


@pytest.mark.req("O12", "I3")
def test_suppliers_come_in_and_are_found_again(stocked: Stocked, tmp_path: Path) -> None:
    shop, path = stocked.shop, written(tmp_path / "s.csv", SUPPLIERS)
    dry = bring_in(shop, "suppliers", [path], dry=True)
    assert (dry.made, names(shop)) == (2, {}), "a dry run writes nothing"
    assert bring_in(shop, "suppliers", [path]).made == 2
    card = shop.ask(supplier_card, names(shop)["江南茶庄"])
    assert card is not None
    assert (card.contact, card.lead_days, card.order_days, card.cut_off) == ("周敏", 3, (0, 2), 960)
    assert (card.least_minor, card.terms, card.code) == (50_000, "月结", "S001")
    assert bring_in(shop, "suppliers", [path]).same == 2
    again = written(tmp_path / "s2.csv", "编码,供应商名称,交期,电话\nMILK,光明乳业有限公司,2,\n")
    run = bring_in(shop, "suppliers", [again])
    assert (run.changed, sorted(names(shop))) == (1, ["光明乳业有限公司", "江南茶庄"])
    assert undo_import(shop, run.run_id).out == 1
    card = shop.ask(supplier_card, names(shop)["光明乳业"])
    assert card is not None
    assert card.lead_days == 1


@pytest.mark.req("O12")
def test_bad_supplier_rows_are_named_and_all_or_nothing_holds(stocked: Stocked, tmp_path: Path) -> None:
    shop = stocked.shop
    bad = "别处,,,,x@,,3,,,\n远方,,,,,,900,,,\n某日,,,,,,1,每天,,\n夜里,,,,,,1,,25:00,\n江南茶庄,,,,,,9,,,\n"
    path = written(tmp_path / "s.csv", SUPPLIERS + bad)
    report = bring_in(shop, "suppliers", [path], mode=ALL)
    assert (report.state, report.refused, names(shop)) == (NOT_WRITTEN, 5, {})
    assert bring_in(shop, "suppliers", [path]).made == 2, "control: the good rows come in otherwise"


@pytest.mark.req("O12", "I3")
def test_price_lists_come_in_with_packs_and_steps(stocked: Stocked, tmp_path: Path) -> None:
    shop = stocked.shop
    bring_in(shop, "suppliers", [written(tmp_path / "s.csv", SUPPLIERS)])
    path = written(tmp_path / "p.csv", PRICES + "谁家,ZH-2001,,1,,1.00\nMILK,ZH-9999,,1,,1.00\n")
    report = bring_in(shop, "supplier-prices", [path])
    assert (report.made, report.changed, report.refused) == (2, 1, 2)
    tea = sold(shop, "江南茶庄")["ZH-1003"]
    assert (tea.price_minor, tea.pack_milli, tea.their_code) == (91_200, 12_000, "LJ-100")
    assert (tea.steps, tea.preferred) == (((10, 88_800),), True)
    assert bring_in(shop, "supplier-prices", [path]).same == 3
    cheaper = written(tmp_path / "p2.csv", "供应商,编码,进价\n江南茶庄,ZH-1003,880\n")
    run = bring_in(shop, "supplier-prices", [cheaper]).run_id
    assert sold(shop, "江南茶庄")["ZH-1003"].steps == (), "a further price that is no longer lower"
    undo_import(shop, run)
    assert sold(shop, "江南茶庄")["ZH-1003"] == tea


@pytest.mark.req("O12")
def test_a_price_list_is_taken_back_and_the_old_seller_is_preferred_again(
    stocked: Stocked, tmp_path: Path
) -> None:
    shop = stocked.shop
    made = bring_in(shop, "suppliers", [written(tmp_path / "s.csv", SUPPLIERS)]).run_id
    bring_in(shop, "supplier-prices", [written(tmp_path / "p.csv", PRICES)])
    other = written(
        tmp_path / "p2.csv", "供应商,编码,进价,首选\n光明乳业,ZH-1003,70,是\n江南茶庄,ZH-1003,920,\n"
    )
    run = bring_in(shop, "supplier-prices", [other]).run_id
    assert sold(shop, "光明乳业")["ZH-1003"].preferred
    assert (undo_import(shop, run).kept, undo_import(shop, made).kept) == (0, 2)
    assert list(sold(shop, "光明乳业")) == ["ZH-2001"]
    tea = sold(shop, "江南茶庄")["ZH-1003"]
    assert (tea.preferred, tea.price_minor) == (True, 91_200)
    (kept,) = shop.ask(kept_of_import, made)
    assert (kept.subject, kept.count) == ("supplier", 2), "control: suppliers with prices stay"


@pytest.mark.req("O12")
def test_suppliers_nothing_hangs_on_vanish_with_their_import(stocked: Stocked, tmp_path: Path) -> None:
    shop = stocked.shop
    run = bring_in(shop, "suppliers", [written(tmp_path / "s.csv", SUPPLIERS)]).run_id
    changed = names(shop)["江南茶庄"]
    assert undo_import(shop, run).out == 2
    assert names(shop) == {}
    assert changed


@pytest.mark.req("O12")
def test_two_suppliers_of_one_name_need_their_code(stocked: Stocked, tmp_path: Path) -> None:
    shop = stocked.shop
    for code in ("A", "B"):
        shop.do(save_supplier, None, SupplierForm("同名", code))
    text = "供应商,编码,进价\n同名,ZH-1003,10\nB,ZH-1003,10\n"
    report = bring_in(shop, "supplier-prices", [written(tmp_path / "p.csv", text)])
    assert (report.made, report.refused) == (1, 1)


@pytest.mark.req("O12")
def test_what_the_screen_exports_comes_in_unchanged(stocked: Stocked, tmp_path: Path) -> None:
    shop = stocked.shop
    bring_in(shop, "suppliers", [written(tmp_path / "s.csv", SUPPLIERS)])
    bring_in(shop, "supplier-prices", [written(tmp_path / "p.csv", PRICES)])
    for ending in ("csv", "xlsx"):
        path = tmp_path / f"out.{ending}"
        assert export_suppliers(shop, SupplierFilter(), path, Progress()) == 3
        desk = Desk(shop)
        desk.open([path])
        assert desk.likely_kinds()[0] == "supplier-prices"
        desk.close()
        assert bring_in(shop, "supplier-prices", [path]).same == 3


@pytest.mark.req("O12")
@pytest.mark.parametrize("kind", ["suppliers", "supplier-prices"])
def test_templates_are_recognised_as_what_they_are(one: Stocked, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "t.xlsx"
    write_template(kind, path)
    desk = Desk(one.shop)
    desk.open([path])
    assert desk.likely_kinds()[0] == kind
    desk.choose(kind)
    report = desk.check()
    desk.close()
    assert report.unread == 0


@pytest.mark.req("O12")
def test_control_members_and_goods_are_not_taken_for_suppliers(one: Stocked, tmp_path: Path) -> None:
    for kind, heads in (("members", "姓名,手机号,邮箱,备注,地址"), ("goods", "名称,编码,备注,进价")):
        desk = Desk(one.shop)
        desk.open([written(tmp_path / f"{kind}.csv", heads + "\n1,2,3,4,5\n")])
        assert desk.likely_kinds()[0] == kind
        desk.close()


@pytest.mark.req("O12")
def test_who_may_not_buy_may_not_bring_suppliers_in(one: Stocked, tmp_path: Path) -> None:
    from desktop.basics.errors import NotAllowed

    path = written(tmp_path / "s.csv", SUPPLIERS)
    with pytest.raises(NotAllowed):
        bring_in(as_role(one.shop, "cashier"), "suppliers", [path])
    assert bring_in(as_role(one.shop, "merchant"), "suppliers", [path]).made == 2
