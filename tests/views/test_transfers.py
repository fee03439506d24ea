"""Transfers on screen: written by scanner, sent, received with what is missing, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.queries.places import stock_by_place
from desktop.services.locations import add_location
from desktop.shop.shop import Shop
from desktop.views.common.toast import host_of
from desktop.views.transfers.arrive_sheet import ArriveSheet
from desktop.views.transfers.draft_sheet import DraftSheet
from desktop.views.transfers.screen import TransfersScreen
from desktop.views.transfers.words import note_lines
from tests.helpers.goods import GOODS, MILK, NUTS
from tests.helpers.stage import Stage, open_stage


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the transfers."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


def lying(stage: Stage, goods: int) -> dict[str, int]:
    """Pieces by kind of place."""
    sku = stage.stocked.skus[goods]
    found = stage.outside(lambda: stage.stocked.shop.ask(stock_by_place, sku))
    return {row.kind: row.on_hand_milli // 1_000 for row in found}


def drafted(stage: Stage) -> TransfersScreen:
    """Two milk and one nuts from the floor to a store room, not sent yet."""
    stage.outside(lambda: stage.stocked.shop.do(add_location, "store room", "Back room"))
    screen = stage.show(TransfersScreen, width=1_500)
    screen.open_new()
    stage.settle()
    sheet = stage.sheet(screen.window(), DraftSheet)
    assert not sheet.primary.isEnabled()
    for goods in (MILK, MILK, NUTS):
        sheet.scan.take(GOODS[goods][3])
        stage.settle()
    assert [line.quantity.milli() for line in sheet.lines.values()] == [2_000, 1_000]
    assert [line.left.text() for line in sheet.lines.values()] == ["8 available", "32 available"]
    sheet.target.set_value(sheet.source.value())
    sheet._count()
    assert not sheet.primary.isEnabled()  # to itself
    sheet.target.set_value(2)
    sheet._count()
    sheet.primary.click()
    stage.until(lambda: screen.panel.sheet is not None)
    stage.settle()
    return screen


@pytest.mark.req("I10")
def test_a_shop_with_one_place_is_told_so(stage: Stage) -> None:
    screen = stage.show(TransfersScreen)
    assert screen.pages.currentWidget() is screen.lonely


@pytest.mark.req("I10")
def test_goods_are_sent_received_in_part_and_named_missing(stage: Stage) -> None:
    screen = drafted(stage)
    assert lying(stage, MILK) == {"floor": 8}
    screen.panel.send()
    stage.until(lambda: screen.panel.sheet is not None and screen.panel.sheet.row.state == "sent")
    assert lying(stage, MILK) == {"floor": 6, "store room": 0, "transit": 2}
    screen.panel.receive()
    sheet = stage.sheet(screen.window(), ArriveSheet)
    milk, nuts = (sheet.lines[stage.stocked.skus[goods]] for goods in (MILK, NUTS))
    assert (milk.arrived.milli(), nuts.arrived.milli()) == (2_000, 1_000)
    sheet.scan.take(GOODS[MILK][3])  # whoever scans counts from nothing
    stage.settle()
    assert (milk.arrived.milli(), nuts.arrived.milli()) == (1_000, 0)
    milk.rest.set_value("lost")
    sheet.primary.click()
    stage.until(lambda: screen.panel.sheet is not None and screen.panel.sheet.row.state == "part")
    assert lying(stage, MILK) == {"floor": 6, "store room": 1}
    screen.panel._go_back()
    stage.until(lambda: screen.panel.sheet is not None and screen.panel.sheet.row.state == "closed")
    assert lying(stage, NUTS) == {"floor": 32}


@pytest.mark.req("I10")
def test_a_cancelled_draft_comes_back_and_its_note_prints(stage: Stage) -> None:
    screen = drafted(stage)
    number = screen.panel._id
    screen.panel.cancel()
    stage.settle()
    host_of(screen).undo_newest()  # also when the list has moved on to another one
    stage.until(lambda: screen.panel._id == number)
    stage.until(lambda: screen.panel.sheet is not None and screen.panel.sheet.row.state == "draft")
    assert screen.panel.sheet is not None
    words = [line.cells for line in note_lines(screen.panel.sheet, stage.context)]
    assert any(GOODS[MILK][0] in " ".join(cells) and "2" in " ".join(cells) for cells in words)
