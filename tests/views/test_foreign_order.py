"""An order priced by a list in dollars: sheet, panel and invoice say how it was reckoned; a moved rate is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.queries.order_detail import order_detail
from desktop.queries.order_draft import DraftLine
from desktop.queries.order_papers import order_papers
from desktop.services.exchange import save_currency, type_rate
from desktop.services.price_lists import Cell, ListFacts, make_list, set_cells
from desktop.services.prices import PriceChange
from desktop.shop.shop import Shop
from desktop.views.common.labels import Label
from desktop.views.orders.detail_parts import line_part
from desktop.views.orders.order_sheet import OrderSheet
from desktop.views.orders.papers import invoice_lines
from tests.helpers.goods import MILK, TEA
from tests.helpers.stage import Stage, open_stage


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner, with tea at US$12.00."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.mark.req("M6", "O19")
def test_an_order_says_how_its_price_was_reckoned_and_asks_when_the_rate_moved(stage: Stage) -> None:
    shop, tea = stage.context.shop, stage.stocked.skus[TEA]

    def dollars() -> None:
        shop.do(save_currency, "USD")
        shop.do(type_rate, "USD", "7.12")
        made = shop.do(make_list, ListFacts("export", currency="USD"))
        shop.do(set_cells, [Cell(tea, PriceChange(made, 1_200))])

    stage.outside(dollars)
    made: list[int] = []
    window = stage.show(lambda _context: QWidget())
    sheet = OrderSheet(window, stage.context, made.append)
    sheet.open()
    stage.settle()
    for sku, name in ((tea, "明前龙井"), (stage.stocked.skus[MILK], "鲜牛奶")):
        sheet.lines.append(DraftLine(sku, "", 2_000, name, "", "", False))
    sheet._changed()
    stage.until(lambda: sheet.bill is not None)
    assert sheet.prices[0].text() == "¥170.88"
    assert [c.text() for c in sheet.captions] == ["100 g · USD 12.00 × 7.12 = ¥85.44", "950 ml"]
    stage.outside(lambda: shop.do(type_rate, "USD", "7.2"))
    sheet.submit()
    stage.until(sheet._step.isVisible)
    assert (sheet._step.text(), made) == ("Show the new amounts", [])
    assert "7.2 instead of 7.12" in sheet._error.label.text()
    sheet._step.click()
    stage.until(lambda: sheet.prices[0].text() == "¥172.80")
    sheet.submit()
    stage.until(lambda: bool(made))
    order = stage.outside(lambda: shop.ask(order_detail, made[0]))
    layout = line_part(order.lines[0], order.currency)
    shown = [label.text() for label in _labels(layout)]
    assert "USD 12.00 × 7.2 = ¥86.40" in shown
    papers = stage.outside(lambda: shop.ask(order_papers, made))
    assert "USD 12.00 × 7.2 = ¥86.40" in [line.left.strip() for line in invoice_lines(papers)]


def _labels(layout: object) -> list[Label]:
    found: list[Label] = []
    for place in range(layout.count()):  # type: ignore[attr-defined]
        item = layout.itemAt(place)  # type: ignore[attr-defined]
        if isinstance(item.widget(), Label):
            found.append(item.widget())
        elif item.layout() is not None:
            found += _labels(item.layout())
    return found
