"""The stock screen over a real shop: what runs out first, adjusting with undo, receiving by scanner."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.ids import new_key
from desktop.queries.product_detail import product_cost
from desktop.queries.stock import StockFilter, stock_of, stock_page
from desktop.services.export import Progress
from desktop.services.goods_export import export_stock
from desktop.services.products import add_barcode, add_unit
from desktop.services.stock import AdjustLine, ReceivedLine, adjust_stock, receive_stock
from desktop.shop.shop import Shop
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.inventory.adjust import AdjustSheet
from desktop.views.inventory.levels import LevelsSheet
from desktop.views.inventory.receive import ReceiveSheet
from desktop.views.inventory.screen import InventoryScreen
from tests.helpers.goods import as_role, new_goods, set_up
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo

PIECE = 1_000


@pytest.fixture
def goods(sqlite_shop: Shop) -> dict[str, int]:
    """A shop with three kinds of goods; their SKUs by name."""
    set_up(sqlite_shop)
    return {
        name: new_goods(sqlite_shop, name, pieces=pieces)
        for name, pieces in (("鲜牛奶", 8), ("抽纸", 58), ("酸奶", 0))
    }


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> InventoryScreen:
    """The stock screen, its list read."""
    made = InventoryScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_400)
    qtbot.waitUntil(lambda: len(made.model.rows) == 3 and bool(made.summary.text()))
    return made


def names(screen: InventoryScreen) -> list[str]:
    """What stands in the list."""
    return [row.name for row in screen.model.rows]


def shown(screen: InventoryScreen, qtbot: QtBot, sku: int) -> None:
    """Select goods and wait until the panel shows them."""
    screen.open_item(sku)
    qtbot.waitUntil(lambda: screen.panel._row is not None and screen.panel._row.id == sku)
    qtbot.waitUntil(lambda: screen.panel._level_sheet is not None)


@pytest.mark.req("I1")
def test_figures_tabs_and_list_agree(screen: InventoryScreen, qtbot: QtBot) -> None:
    assert names(screen)[0] == "酸奶"  # out of stock stands first
    screen.tabs.picked.emit("out")
    qtbot.waitUntil(lambda: names(screen) == ["酸奶"])
    screen.open_filters(view="low")
    qtbot.waitUntil(lambda: sorted(names(screen)) == ["酸奶", "鲜牛奶"])
    screen.open_filters(text="cz")
    qtbot.waitUntil(lambda: names(screen) == ["抽纸"])
    screen.open_filters(text="no such goods")
    qtbot.waitUntil(lambda: screen.pages.currentWidget() is screen.nothing)
    screen.clear_filters()
    qtbot.waitUntil(lambda: len(screen.model.rows) == 3)


@pytest.mark.req("I5")
def test_adjusting_shows_the_effect_and_can_be_undone(
    screen: InventoryScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop, sku = around.context.shop, goods["鲜牛奶"]
    shown(screen, qtbot, sku)
    screen.panel.open_adjust()
    sheet = sheet_of(qapp, AdjustSheet)
    sheet.amount.setText("5")
    assert (sheet.effect.text(), sheet.difference.text()) == ("8 → 5 件", "−3")
    sheet.how.set_value("minus")
    sheet.how.picked.emit("minus")
    assert sheet.effect.text() == "8 → 3 件"
    sheet.reason.set_value("damaged")
    sheet.submit()
    qtbot.waitUntil(lambda: shop.ask(stock_of, sku).on_hand_milli == 3 * PIECE)
    qtbot.waitUntil(lambda: screen.model.row_at(screen.model.row_of(sku)).on_hand_milli == 3 * PIECE)
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(stock_of, sku).on_hand_milli == 8 * PIECE)


def test_a_count_after_a_sale_meanwhile_is_not_saved(
    screen: InventoryScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop, sku = around.context.shop, goods["鲜牛奶"]
    shown(screen, qtbot, sku)
    screen.panel.open_adjust()
    sheet = sheet_of(qapp, AdjustSheet)
    shop.do(adjust_stock, [AdjustLine(sku, -PIECE)], reason="lost", client_key=new_key())
    sheet.amount.setText("8")
    sheet.submit()
    qtbot.waitUntil(lambda: "changed from 8 to 7" in sheet._error.label.text())
    assert sheet.isVisible()
    assert shop.ask(stock_of, sku).on_hand_milli == 7 * PIECE
    sheet.reject()


def scan(sheet: ReceiveSheet, qtbot: QtBot, text: str) -> None:
    """Type as a scanner does, Enter at the end."""
    sheet.scan.field.setFocus()
    sheet.scan.field.setText(text)
    qtbot.keyClick(sheet.scan.field, Qt.Key.Key_Return)


@pytest.mark.req("I1")
def test_each_scan_adds_a_line_or_a_piece_and_one_press_brings_all_in(
    screen: InventoryScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop, milk, tissue = around.context.shop, goods["鲜牛奶"], goods["抽纸"]
    shop.do(add_unit, tissue, "箱", 12 * PIECE)
    shop.do(add_barcode, milk, "6901234567892")
    shop.do(add_barcode, tissue, "6901234567908", "箱")
    screen.open_receive()
    sheet = sheet_of(qapp, ReceiveSheet)
    for code, count in (("6901234567892", 1), ("6901234567892", 1), ("6901234567908", 2)):
        scan(sheet, qtbot, code)
        qtbot.waitUntil(lambda count=count: len(sheet.lines) == count)
    qtbot.waitUntil(lambda: sheet.lines[milk].quantity.milli() == 2 * PIECE)
    assert sheet.lines[tissue].quantity.milli() == 12 * PIECE  # a case is twelve pieces
    scan(sheet, qtbot, "4000000000006")
    qtbot.waitUntil(lambda: "4000000000006" in sheet.scan._trouble.label.text())
    scan(sheet, qtbot, "奶")  # two goods fit: the person chooses
    qtbot.waitUntil(lambda: sheet.scan._choices.count() == 3)
    assert (
        "4000000000006" in sheet.scan._trouble.label.text()
    )  # still said: the scanner was quicker than the eye
    assert sheet.isVisible()  # Enter in the scan field posts nothing
    sheet.lines[milk].cost.setText("11.50")
    assert sheet.total.text() == "¥23.00"
    sheet.supplier.setText("光明乳业")
    sheet.submit()
    qtbot.waitUntil(lambda: shop.ask(stock_of, milk).on_hand_milli == 10 * PIECE)
    assert shop.ask(stock_of, tissue).on_hand_milli == 70 * PIECE
    assert shop.ask(product_cost, milk) == 230  # 8 pieces of unknown cost and 2 of 11.50
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(stock_of, tissue).on_hand_milli == 58 * PIECE)


@pytest.mark.req("I2")
def test_levels_of_one_and_of_many(
    screen: InventoryScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop, milk, tissue = around.context.shop, goods["鲜牛奶"], goods["抽纸"]
    shown(screen, qtbot, milk)
    screen.panel.edit_levels.click()
    sheet = sheet_of(qapp, LevelsSheet)
    assert sheet.alert.placeholderText() == "Inherits 50"
    sheet.minimum.setText("10")
    sheet.safety.setText("20")
    sheet.submit()
    qtbot.waitUntil(lambda: shop.ask(stock_of, milk).minimum_milli == 10 * PIECE)
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(stock_of, milk).minimum_milli == 0)
    screen.model.check([milk, tissue], True)
    assert screen.bulk.isVisible()
    screen.deeds.set_levels()
    sheet = sheet_of(qapp, LevelsSheet)
    sheet.safety.setText("5")
    sheet.submit()
    qtbot.waitUntil(
        lambda: [shop.ask(stock_of, sku).safety_milli for sku in (milk, tissue)] == [5_000, 5_000]
    )


def test_another_till_s_sale_shows_without_losing_the_place(
    screen: InventoryScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot
) -> None:
    sku = goods["抽纸"]
    shown(screen, qtbot, sku)
    around.context.shop.do(receive_stock, [ReceivedLine(sku, 2 * PIECE)], client_key=new_key())
    qtbot.waitUntil(lambda: screen.model.row_at(screen.model.row_of(sku)).on_hand_milli == 60 * PIECE)
    qtbot.waitUntil(lambda: screen.panel._row.on_hand_milli == 60 * PIECE)
    assert screen.table.current_id() == sku


def test_in_a_narrow_window_the_panel_lies_over_the_list(
    screen: InventoryScreen, goods: dict[str, int], qtbot: QtBot
) -> None:
    screen.resize(1_000, 668)
    qtbot.waitUntil(lambda: not screen.panel.isVisible())
    screen.open_item(goods["抽纸"])
    assert screen.panel.isVisible()
    assert screen.panel.geometry().right() <= screen.width()
    screen.panel.dismissed.emit()
    assert not screen.panel.isVisible()


def test_who_may_only_look_sees_greyed_buttons_and_no_value(
    qapp: QApplication, sqlite_shop: Shop, goods: dict[str, int], tmp_path: Path, qtbot: QtBot
) -> None:
    looking = as_role(sqlite_shop, "senior_agent")
    with surroundings(qapp, looking, tmp_path) as around:
        screen = InventoryScreen(around.context)
        qtbot.addWidget(screen)
        around.window(screen)
        qtbot.waitUntil(lambda: len(screen.model.rows) == 3 and bool(screen.summary.text()))
        assert not screen.receive.isEnabled()
        assert not screen.panel.adjust.isEnabled()
        assert not screen.export.isVisible()
        assert "¥" not in screen.summary.text()
        assert around.refused == []


def test_the_list_goes_into_a_file(
    screen: InventoryScreen, around: Surroundings, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    screen.open_export()
    sheet_of(qapp, ExportSheet).reject()
    file = tmp_path / "stock.csv"
    assert export_stock(around.context.shop, StockFilter(), file, Progress()) == 3
    lines = file.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Code,Product name")
    rows = around.context.shop.ask(stock_page, StockFilter()).rows
    assert [line.split(",")[1] for line in lines[1:]] == [row.name for row in rows]
