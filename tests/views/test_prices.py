"""The price screen: typed in place with undo, pasted from a spreadsheet, lists with a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.queries.prices import price_book, price_history
from desktop.services.exchange import save_currency, type_rate
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.prices.screen import PricesScreen
from desktop.views.prices.sheets import HistorySheet, ListSheet, PasteSheet
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """Four goods with shelf prices, the tea with a gold price."""
    return open_stocked(shop)


@pytest.fixture
def around(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's screens."""
    with surroundings(qapp, stocked.shop.acting_as(actors.console()), tmp_path) as made:
        yield made


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> PricesScreen:
    """The price screen with its lists and the shelf prices."""
    made = PricesScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_300)
    qtbot.waitUntil(lambda: len(made.grid.paged.rows) == 4 and bool(made._book))
    return made


def amount(screen: PricesScreen, sku: int) -> int | None:
    """The price the grid shows."""
    value: int | None = screen.grid.paged.rows[screen.grid.paged.row_of(sku)].amount_minor
    return value


@pytest.mark.req("P5")
def test_a_price_is_typed_in_its_cell_and_taken_back(
    screen: PricesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    sku = stocked.skus[TEA]
    screen.grid.edit_row(sku)
    cell = screen.grid._input
    assert cell is not None
    cell.setText("abc")
    qtbot.keyClick(cell, Qt.Key.Key_Return)
    assert screen.grid._input is cell  # what is no price is not left behind
    cell.setText("118")
    qtbot.keyClick(cell, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: amount(screen, sku) == 11_800)
    screen.grid.stop()
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: amount(screen, sku) == 12_800)


@pytest.mark.req("P5")
def test_a_new_list_copies_with_a_factor_and_takes_pasted_rows(
    screen: PricesScreen, around: Surroundings, stocked: Stocked, qtbot: QtBot, qapp: QApplication
) -> None:
    screen.open_new()
    sheet = sheet_of(qapp, ListSheet)
    qtbot.waitUntil(lambda: sheet.tier.count() > 1)
    sheet.name.setText("团购价")
    sheet.like.set_value(screen._book[0].id)
    sheet.factor.setText("90")
    sheet.has_until.setChecked(True)
    sheet.submit()
    qtbot.waitUntil(lambda: screen.name.text() == "团购价" and amount(screen, stocked.skus[TEA]) == 11_520)
    qapp.clipboard().setText("ZH-1003\t99.00\nzh-2001\t15.5\t10\n")
    screen.open_paste()
    paste = sheet_of(qapp, PasteSheet)
    paste.submit()
    qtbot.waitUntil(lambda: amount(screen, stocked.skus[TEA]) == 9_900)
    milk = screen.grid.paged.rows[screen.grid.paged.row_of(stocked.skus[1])]
    assert milk.steps == ((10_000, 1_550),)
    qapp.clipboard().setText("ZH-1003\t1.00\nZH-NONE\t2.00\n")
    screen.open_paste()
    paste = sheet_of(qapp, PasteSheet)
    paste.submit()  # all or nothing
    qtbot.waitUntil(lambda: paste.primary.isEnabled())
    shop = around.context.shop
    assert shop.ask(price_history, stocked.skus[TEA])[0].after_minor == 9_900
    paste.reject()
    screen.open_history()
    assert sheet_of(qapp, HistorySheet).isVisible()
    assert [row.name for row in shop.ask(price_book)][-1] == "团购价"


@pytest.mark.req("M6", "P5")
def test_a_list_in_dollars_is_typed_and_pasted_in_dollars(
    screen: PricesScreen, around: Surroundings, stocked: Stocked, qtbot: QtBot, qapp: QApplication
) -> None:
    shop, tea = around.context.shop, stocked.skus[TEA]
    with ThreadPoolExecutor(1) as lane:
        lane.submit(shop.do, save_currency, "USD").result()
        lane.submit(shop.do, type_rate, "USD", "7.12").result()
    screen.open_new()
    sheet = sheet_of(qapp, ListSheet)
    qtbot.waitUntil(lambda: sheet.currency.count() == 2)
    sheet.name.setText("Export")
    sheet.currency.set_value("USD")
    sheet.submit()
    qtbot.waitUntil(lambda: screen.name.text() == "Export" and "7.12" in screen.rate.text())
    head = [column.title for column in screen.grid.paged.columns]
    assert any(title.endswith("USD") for title in head)
    screen.grid.edit_row(tea)
    cell = screen.grid._input
    assert cell is not None
    assert cell.unit == "USD"
    cell.setText("12.00")
    qtbot.keyClick(cell, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: amount(screen, tea) == 1_200)
    screen.grid.stop()
    row = screen.grid.paged.row_of(tea)
    place = next(i for i, column in enumerate(screen.grid.paged.columns) if column.key == "amount")
    assert screen.grid.paged.columns[place].value(screen.grid.paged.rows[row]) == "12.00 = ¥85.44"
    qapp.clipboard().setText("zh-2001\t1.5\n")
    screen.open_paste()
    sheet_of(qapp, PasteSheet).submit()
    qtbot.waitUntil(lambda: amount(screen, stocked.skus[MILK]) == 150)
    screen.open_list()
    assert not sheet_of(qapp, ListSheet).currency.isEnabled()  # a list keeps its currency
    sheet_of(qapp, ListSheet).reject()
    screen.show_list(screen._book[0].id)
    qtbot.waitUntil(lambda: amount(screen, tea) == 12_800)
    assert not screen.rate.isVisible()
    assert screen.grid.paged.columns[place].value(screen.grid.paged.rows[row]) == "128.00"
