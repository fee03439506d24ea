"""The payments screen over a real shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.ids import new_key
from desktop.queries.order_detail import order_detail
from desktop.services.refunds import refund_lines
from desktop.shop.shop import Shop
from desktop.views.common.context import Context
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.print_sheet import PrintSheet
from desktop.views.common.span_sheet import SpanSheet
from desktop.views.payments.cards import MethodCard
from desktop.views.payments.screen import PaymentsScreen
from tests.helpers.goods import MILK, Stocked, open_stocked
from tests.helpers.sales import sell
from tests.helpers.screens import Surroundings, surroundings


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def here(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's surroundings."""
    with surroundings(qapp, stocked.shop, tmp_path) as made:
        yield made


@pytest.fixture
def context(here: Surroundings) -> Context:
    """What the screens are handed."""
    return here.context


def quiet(qtbot: QtBot, context: Context) -> None:
    """Wait until nothing is asked or done any more."""
    qtbot.waitUntil(lambda: context.background.running == 0)


def open_screen(qtbot: QtBot, context: Context) -> PaymentsScreen:
    """The screen, shown and loaded."""
    screen = PaymentsScreen(context)
    qtbot.addWidget(screen)
    screen.resize(1220, 840)
    screen.show()
    quiet(qtbot, context)
    return screen


def sheet(screen: PaymentsScreen, kind: Any) -> Any:
    """The open sheet of this kind."""
    return [s for s in screen.findChildren(kind) if s.isVisible()][-1]


@pytest.mark.req("M5")
def test_cards_list_and_counts_agree(
    qtbot: QtBot, context: Context, here: Surroundings, stocked: Stocked
) -> None:
    _key, sale = sell(stocked, stocked.demo_cart(), points=8_000)
    sell(stocked, stocked.cart((MILK, 1)), method="card")
    line = stocked.shop.ask(order_detail, sale.order_id).lines[1].id
    stocked.shop.do(refund_lines, sale.order_id, [(line, 1_000)], "退", new_key())
    screen = open_screen(qtbot, context)
    assert [row.method for row in screen.model.rows].count("card") == 1
    assert screen._counts == (5, 2)
    cards = {card.method: card for card in screen.cards.findChildren(MethodCard)}
    assert set(cards) == {"wechat", "alipay", "card", "cash", "points"}
    cards["card"].picked.emit("card")
    quiet(qtbot, context)
    assert [row.amount_minor for row in screen.model.rows] == [1690]
    screen._method("card")
    screen.tabs.picked.emit("refunds")
    quiet(qtbot, context)
    assert all(row.refund for row in screen.model.rows)
    assert len(screen.model.rows) == 2
    screen._open(screen.model.rows[0].id)
    assert here.went == [("orders", sale.order_id, {})]


@pytest.mark.req("M5")
def test_periods_search_and_live_news(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    screen = open_screen(qtbot, context)
    assert screen.pages.currentWidget() is screen.none
    _key, sale = sell(stocked, stocked.cart((MILK, 1)))
    qtbot.waitUntil(lambda: len(screen.model.rows) == 1)
    screen._period("yesterday")
    quiet(qtbot, context)
    assert screen.model.rows == []
    screen.search.setText("16.90")
    qtbot.waitUntil(lambda: len(screen.model.rows) == 1)
    screen.search.setText("")
    qtbot.waitUntil(lambda: not screen.model.rows)
    screen._period("span")
    sheet(screen, SpanSheet).submit()
    quiet(qtbot, context)
    assert [row.order_id for row in screen.model.rows] == [sale.order_id]


@pytest.mark.req("M12")
@pytest.mark.parametrize("anew", ["restored", "filtered"])
def test_the_day_of_the_bills_shows_whatever_way_the_screen_is_opened(
    qtbot: QtBot, context: Context, anew: str
) -> None:
    first = open_screen(qtbot, context)
    screen = PaymentsScreen(context)
    qtbot.addWidget(screen)
    if anew == "restored":  # as after a change of language
        screen.restore(first.state())
    else:  # as from the palette
        screen.open_filters(text="16.90")
    quiet(qtbot, context)
    assert screen.day.seen is None  # the control: neither asks for it
    screen.show()
    quiet(qtbot, context)
    assert screen.day.seen is not None
    assert screen.day.seen == first.day.seen


@pytest.mark.req("M5")
def test_the_list_goes_to_paper_and_file(
    qtbot: QtBot, context: Context, stocked: Stocked, tmp_path: Path
) -> None:
    sell(stocked, stocked.cart((MILK, 1)))
    screen = open_screen(qtbot, context)
    screen.printing.click()
    quiet(qtbot, context)
    paper: PrintSheet = sheet(screen, PrintSheet)
    paper.file.entry.setText(str(tmp_path / "list.pdf"))
    paper.submit()
    quiet(qtbot, context)
    assert (tmp_path / "list.pdf").read_bytes().startswith(b"%PDF")
    screen.export.click()
    out: ExportSheet = sheet(screen, ExportSheet)
    out.file.entry.setText(str(tmp_path / "nowhere" / "list.csv"))
    out.submit()
    assert out.progress is None  # the folder is not there, the sheet says so
    out.file.entry.setText(str(tmp_path / "list.csv"))
    out.submit()
    quiet(qtbot, context)
    assert len((tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
