"""Counting on screen: each scan is kept and seen, differences are worth money, posting changes the books."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.ids import new_key
from desktop.queries.stock import stock_of
from desktop.queries.stocktakes import newest_scans
from desktop.services.stocktakes import count_goods
from desktop.shop.shop import Shop
from desktop.views.stocktakes.end_sheets import PostSheet, TakeBackSheet
from desktop.views.stocktakes.new_sheet import NewStocktakeSheet
from desktop.views.stocktakes.screen import StocktakesScreen
from tests.helpers.goods import GOODS, MILK, NUTS
from tests.helpers.stage import Stage, open_stage


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the stocktakes."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.fixture
def cashier(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The cashier before them."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path, staff_id=0)


def begun(stage: Stage, *, blind: bool = False) -> StocktakesScreen:
    """A stocktake of all goods, opened to count."""
    screen = stage.show(StocktakesScreen)
    assert screen.pages.currentWidget() is screen.first
    screen.open_new()
    stage.settle()
    sheet = stage.sheet(screen.window(), NewStocktakeSheet)
    stage.until(lambda: sheet.size_words.text().startswith("4 "))
    sheet.blind.setChecked(blind)
    sheet.primary.click()
    stage.until(lambda: screen.take.row is not None)
    stage.settle()
    return screen


def scan(stage: Stage, screen: StocktakesScreen, goods: int) -> None:
    """What a scanner types."""
    QTest.keyClicks(screen.take.counter.scan.field, GOODS[goods][3])
    QTest.keyClick(screen.take.counter.scan.field, Qt.Key.Key_Return)
    stage.settle()


@pytest.mark.req("I9")
def test_scans_show_at_once_and_survive_the_screen(stage: Stage) -> None:
    screen = begun(stage)
    for _scan in range(3):
        scan(stage, screen, MILK)
    assert screen.take.counter.number.text() == "3"
    assert screen.take.row is not None
    assert screen.take.row.counted == 1
    newest = stage.outside(lambda: stage.context.shop.ask(newest_scans, screen.take.take_id))[0]
    line = next(row for row in screen.take.model.rows if row.id == newest.sku_id)
    assert newest.name == f"{line.name} {line.pack}".strip()  # told apart from goods of the same name
    QTest.keyClicks(screen.take.counter.total, "7")
    QTest.keyClick(screen.take.counter.total, Qt.Key.Key_Return)
    stage.settle()
    assert screen.take.counter.number.text() == "7"
    again = stage.show(StocktakesScreen)  # the program was started anew
    again.open_item(screen.take.take_id)
    stage.settle()
    stage.until(lambda: again.take.row is not None)
    line = next(row for row in again.take.model.rows if row.id == stage.stocked.skus[MILK])
    assert (line.counted_milli, line.difference_milli) == (7_000, -1_000)


@pytest.mark.req("I9")
def test_somebody_elses_scans_add_up_on_this_screen(stage: Stage) -> None:
    screen, nuts = begun(stage), stage.stocked.skus[NUTS]
    scan(stage, screen, NUTS)
    take = screen.take.take_id
    stage.outside(lambda: stage.stocked.shop.do(count_goods, take, nuts, 4_000, client_key=new_key()))
    counted = lambda: [row.counted_milli for row in screen.take.model.rows if row.id == nuts]  # noqa: E731
    stage.until(lambda: counted() != [1_000])
    assert counted() == [5_000]


@pytest.mark.req("I9")
def test_posting_asks_about_uncounted_lines_and_changes_stock(stage: Stage) -> None:
    screen = begun(stage)
    scan(stage, screen, MILK)
    screen.take.model.check_all(True)
    assert screen.take.bulk.isVisible()
    screen.take.open_post()
    sheet = stage.sheet(screen.window(), PostSheet)
    assert sheet.leave.isChecked()
    assert not sheet.none.isChecked()
    sheet.primary.click()
    stage.until(lambda: screen.take.row is not None and screen.take.row.state == "posted")
    skus = stage.stocked.skus
    left = stage.outside(lambda: [stage.stocked.shop.ask(stock_of, sku).on_hand_milli for sku in skus])
    assert left == [30_000, 1_000, 6_000, 32_000]  # only milk was counted
    assert not screen.take.counter.isVisible()
    assert not screen.take.bulk.isVisible()  # nothing is counted again once it is in the books
    assert screen.take.back.isVisible()
    screen.take.open_take_back()
    why = stage.sheet(screen.window(), TakeBackSheet)
    why.primary.click()
    assert why.isVisible(), "control: it asks why"
    why.why.control.setText("盘错了库位")
    why.primary.click()
    stage.until(lambda: screen.take.row is not None and screen.take.row.state == "undone")
    left = stage.outside(lambda: [stage.stocked.shop.ask(stock_of, sku).on_hand_milli for sku in skus])
    assert left == [30_000, 8_000, 6_000, 32_000]
    assert not screen.take.back.isVisible()
    assert "盘错了库位" in screen.take.facts.text()


@pytest.mark.req("I9")
def test_unknown_codes_are_said_and_count_nothing(stage: Stage) -> None:
    screen = begun(stage)
    QTest.keyClicks(screen.take.counter.scan.field, "6999999999999")
    QTest.keyClick(screen.take.counter.scan.field, Qt.Key.Key_Return)
    stage.settle()
    assert screen.take.counter.scan._unknown == ["6999999999999"]
    assert screen.take.row is not None
    assert screen.take.row.counted == 0


@pytest.mark.req("I9")
def test_a_blind_count_hides_what_should_be_there(cashier: Stage) -> None:
    screen = begun(cashier, blind=True)
    assert {row.expected_milli for row in screen.take.model.rows} == {None}
    assert "differ" not in [tab.key for tab in screen.take._tabs()]
    assert not screen.take.post.isEnabled()
    scan(cashier, screen, MILK)
    line = next(row for row in screen.take.model.rows if row.id == cashier.stocked.skus[MILK])
    assert (line.counted_milli, line.difference_milli) == (1_000, None)
