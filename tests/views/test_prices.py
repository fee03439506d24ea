"""The price screen: typed in place with undo, pasted from a spreadsheet, lists with a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.queries.prices import price_book, price_history
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.prices.screen import PricesScreen
from desktop.views.prices.sheets import HistorySheet, ListSheet, PasteSheet
from tests.helpers.goods import TEA, Stocked, open_stocked
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
