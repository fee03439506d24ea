"""The restock list beside the stock table: reckoned, changed, left off, ordered, all with undo; print and file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.i18n import set_language
from desktop.queries.purchasing import PurchaseFilter, purchases_page
from desktop.queries.replenishment import RestockLine, RestockList, open_restock
from desktop.services.export import Progress
from desktop.services.goods_export import export_restock
from desktop.services.replenishment import change_quantity, draft_now
from desktop.services.restock_orders import choose_supplier
from desktop.services.stock import Levels, set_levels
from desktop.services.suppliers import PriceForm, SupplierForm, save_price, save_supplier
from desktop.shop.shop import Shop
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.print_sheet import PrintSheet
from desktop.views.inventory.paper import restock_lines
from desktop.views.inventory.restock import RestockPanel
from desktop.views.inventory.restock_words import method_of, reason_of
from desktop.views.inventory.screen import InventoryScreen
from tests.helpers.goods import as_role, new_goods, set_up
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo
from tests.services.test_replenishment import sell

PIECE = 1_000


@pytest.fixture
def goods(sqlite_shop: Shop) -> dict[str, int]:
    """A shop with milk under its minimum and enough tissues; their SKUs by name."""
    set_up(sqlite_shop)
    made = {name: new_goods(sqlite_shop, name, pieces=n) for name, n in (("鲜牛奶", 8), ("抽纸", 58))}
    levels = Levels(minimum_milli=10 * PIECE, safety_milli=20 * PIECE)
    sqlite_shop.do(set_levels, levels, sku_ids=[made["鲜牛奶"]])
    sell(sqlite_shop, made["鲜牛奶"], 61, days=10)
    return made


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> InventoryScreen:
    """The stock screen, wide enough for the list beside it."""
    made = InventoryScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_400)
    qtbot.waitUntil(lambda: len(made.model.rows) == 2)
    return made


def drafted(screen: InventoryScreen, qtbot: QtBot) -> RestockPanel:
    """Press “Reckon now” and wait for the line."""
    screen.restock.reckon.click()
    qtbot.waitUntil(lambda: len(screen.restock.rows) == 1)
    return screen.restock


def kept(shop: Shop) -> RestockList:
    """The open list."""
    made = shop.ask(open_restock)
    assert made is not None
    return made


def on_the_way(screen: InventoryScreen) -> list[str]:
    """What the stock bars say of goods on their way."""
    cells = [screen.model.cell(place, 2) for place in range(len(screen.model.rows))]
    return [cell.hint for cell in cells if cell.incoming]


@pytest.mark.req("I4")
def test_the_list_is_reckoned_with_its_arithmetic_and_changed(
    screen: InventoryScreen, around: Surroundings, qtbot: QtBot
) -> None:
    shop, panel = around.context.shop, screen.restock
    assert panel.idle.isVisible()  # the control: nothing is there before
    assert not panel.sheet.isVisible()
    drafted(screen, qtbot)
    assert panel.sheet.isVisible()
    (row,) = panel.rows.values()
    said = "6.1 a day × 14 days + safety 20 − 8 here\u00a0=\u00a098"
    assert panel.why.reason.text() == said
    assert panel.why.title.text() == "Why 98 件 of 鲜牛奶"
    assert row.quantity.milli() == 98 * PIECE
    row.quantity._more.click()
    row.quantity._more.click()
    qtbot.waitUntil(lambda: kept(shop).lines[0].wanted_milli == 100 * PIECE)
    qtbot.waitUntil(panel.why.back.isVisible)
    assert panel.why.back.text() == "Back to 98"
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: not kept(shop).lines[0].changed)
    qtbot.waitUntil(lambda: row.quantity.milli() == 98 * PIECE)


@pytest.mark.req("I4")
def test_leaving_off_ordering_and_dismissing_can_be_undone(
    screen: InventoryScreen, around: Surroundings, qtbot: QtBot
) -> None:
    shop, panel = around.context.shop, drafted(screen, qtbot)
    panel.why.remove.click()
    qtbot.waitUntil(lambda: not panel.rows)
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: len(panel.rows) == 1)
    for button in (panel.ordered, panel.dismiss):
        button.click()
        qtbot.waitUntil(panel.idle.isVisible)
        assert shop.ask(open_restock) is None
        wanted = ["On the way +98"] if button is panel.ordered else []
        qtbot.waitUntil(lambda wanted=wanted: on_the_way(screen) == wanted)
        qtbot.waitUntil(lambda: undo(screen))
        qtbot.waitUntil(panel.sheet.isVisible)
    panel.fold.click()
    assert not panel.sheet.isVisible()
    screen.open_filters(view="restock")
    assert panel.sheet.isVisible()
    assert around.refused == []


@pytest.mark.req("I4", "O6")
def test_what_another_person_changes_shows_and_what_is_typed_stays(
    screen: InventoryScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot
) -> None:
    shop, panel = around.context.shop, drafted(screen, qtbot)
    (row,) = panel.rows.values()
    shop.do(change_quantity, row.line.id, 120 * PIECE)
    qtbot.waitUntil(lambda: row.quantity.milli() == 120 * PIECE)
    field = row.quantity._field
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    qtbot.keyClicks(field, "13")
    shop.do(set_levels, Levels(minimum_milli=60 * PIECE), sku_ids=[goods["抽纸"]])
    shop.do(draft_now)
    qtbot.waitUntil(lambda: len(panel.rows) == 2)
    assert field.text() == "13"
    assert field.hasFocus()
    qtbot.keyClicks(field, "0\r")
    qtbot.waitUntil(lambda: {line.wanted_milli for line in kept(shop).lines} >= {130 * PIECE})


def test_the_reason_fits_what_is_known() -> None:
    set_language("en")
    facts = dict.fromkeys(RestockLine.__slots__, 0) | {"id": 1, "changed": False, "cover_tenths": None}
    facts |= {"supplier_id": None, "error_milli": None, "naive_milli": None}
    words = dict.fromkeys(
        ("code", "name", "variant", "pack", "picture", "category", "supplier", "method"), ""
    )
    words |= {"unit": "件"}
    plain = RestockLine(**(facts | words | {"safety_milli": 5_000, "suggested_milli": 5_000}))  # type: ignore[arg-type]
    assert reason_of(plain, 14).startswith("Not sold lately: safety 5 − 0 here")
    coming = RestockLine(**(facts | words | {"coming_milli": 2_000, "suggested_milli": 1_000}))  # type: ignore[arg-type]
    assert "2 coming" in reason_of(coming, 14)
    enough = RestockLine(**(facts | words | {"available_milli": 9_000, "safety_milli": 5_000}))  # type: ignore[arg-type]
    assert reason_of(enough, 14) == "Enough is here now: 9 of 5"


@pytest.mark.req("I4")
def test_the_list_goes_on_paper_and_into_a_file(
    screen: InventoryScreen, around: Surroundings, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    shop, panel = around.context.shop, drafted(screen, qtbot)
    made = kept(shop)
    lines = restock_lines(made, around.context)
    assert lines[2].left.startswith("☐  鲜牛奶")
    assert lines[2].right == "98 件"
    panel.open_print()
    sheet_of(qapp, PrintSheet).reject()
    panel.open_export()
    sheet_of(qapp, ExportSheet).reject()
    file = tmp_path / "restock.csv"
    assert export_restock(shop, made.id, file, Progress()) == 1
    head, row = (line.split(",") for line in file.read_text("utf-8-sig").splitlines())
    assert row[head.index("To order")] == row[head.index("Suggested")] == "98"
    assert row[head.index("Sum")] == "0.00"


def test_who_may_only_look_can_change_nothing(
    qapp: QApplication, sqlite_shop: Shop, goods: dict[str, int], tmp_path: Path, qtbot: QtBot
) -> None:
    sqlite_shop.do(draft_now)
    with surroundings(qapp, as_role(sqlite_shop, "cashier"), tmp_path) as around:
        screen = InventoryScreen(around.context)
        qtbot.addWidget(screen)
        around.window(screen, 1_400)
        qtbot.waitUntil(lambda: len(screen.restock.rows) == 1)
        (row,) = screen.restock.rows.values()
        for control in (
            row.quantity,
            screen.restock.why.remove,
            screen.restock.ordered,
            screen.restock.dismiss,
        ):
            assert not control.isEnabled()
        assert not row.sum.isVisible()  # what goods cost is not for everybody
        assert around.refused == []


@pytest.mark.req("I4", "I6")
def test_a_line_with_a_supplier_says_its_packs_and_how_sure_the_forecast_is() -> None:
    set_language("en")
    facts = dict.fromkeys(RestockLine.__slots__, 0) | {"changed": False, "cover_tenths": 19, "supplier_id": 1}
    facts |= {"days": 7, "expected_milli": 21_700, "daily_milli": 3_100, "safety_milli": 15_000}
    facts |= {"available_milli": 6_000, "suggested_milli": 40_000, "pack_milli": 20_000}
    facts |= {"method": "smoothed", "low_milli": 15_800, "high_milli": 28_100}
    facts |= {"error_milli": 600, "naive_milli": 800}
    line = RestockLine(**(facts | {"name": "云片糕", "unit": "件", "supplier": "老街糕点坊"}))  # type: ignore[arg-type]
    assert reason_of(line, 14).replace("\u00a0", " ") == (
        "3.1 a day × 7 days + safety 15 − 6 here = 31 → in packs of 20: 40"
    )
    assert method_of(line).startswith("Forecast 16–28 in 7 days")
    assert "0.6 off a day" in method_of(line)


@pytest.mark.req("I4", "I8")
def test_the_list_becomes_an_order_for_each_supplier_and_can_be_taken_back(
    screen: InventoryScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot
) -> None:
    shop, panel = around.context.shop, drafted(screen, qtbot)
    assert panel.ordered.isVisible()  # the control: nobody sells the milk yet
    assert not panel.order_button.isVisible()
    supplier = shop.do(save_supplier, None, SupplierForm("光明乳业"))
    price = shop.do(save_price, supplier, PriceForm(goods["鲜牛奶"], 6_200, 5 * PIECE))
    shop.do(choose_supplier, kept(shop).lines[0].id, price)
    qtbot.waitUntil(panel.order_button.isVisible)
    assert not panel.ordered.isVisible()
    assert panel.order_button.text() == "Create 1 draft"
    qtbot.waitUntil(lambda: panel.total.text() == "¥1,240.00")  # 20 packs
    assert panel.heads[supplier].name.text() == "光明乳业"
    panel.order_button.click()
    qtbot.waitUntil(panel.idle.isVisible)
    (order,) = shop.ask(purchases_page, PurchaseFilter()).rows
    assert (order.state, order.total_minor, order.ordered_milli) == ("draft", 124_000, 100 * PIECE)
    qtbot.waitUntil(lambda: around.context.background.running == 0)  # the newest toast is this one's
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(panel.sheet.isVisible)
    assert not shop.ask(purchases_page, PurchaseFilter()).rows
    assert around.refused == []


@pytest.mark.req("I6")
def test_the_forecast_shows_when_goods_run_out_and_what_an_order_changes(
    screen: InventoryScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot
) -> None:
    drafted(screen, qtbot)
    screen.open_item(goods["鲜牛奶"])
    forecast = screen.side.forecast
    qtbot.waitUntil(lambda: forecast.shown is not None and forecast.shown.sku_id == goods["鲜牛奶"])
    assert forecast.shown is not None
    assert forecast.shown.past[forecast.shown.today] == 8 * PIECE
    assert forecast.shown.more_milli == 98 * PIECE
    assert forecast.shown.suggested
    forecast.details.click()
    qtbot.waitUntil(screen.panel.isVisible)
    screen.panel.forecast.click()
    qtbot.waitUntil(forecast.isVisible)
