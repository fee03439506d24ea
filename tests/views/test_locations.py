"""Places on screen: added and closed in the settings, chosen in the stock list, changed many goods at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.ids import new_key
from desktop.queries.places import places_list, stock_by_place, till_places
from desktop.queries.stock import stock_of
from desktop.services.locations import add_location
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop.shop import Shop
from desktop.views.common.toast import host_of
from desktop.views.inventory.adjust import AdjustSheet
from desktop.views.inventory.bulk_sheet import BulkSheet
from desktop.views.inventory.screen import InventoryScreen
from desktop.views.settings.locations_page import LocationsPage, PlaceSheet
from desktop.views.settings.screen import SettingsScreen
from tests.helpers.goods import CAKE, MILK, Stocked
from tests.helpers.stage import Stage, open_stage

PIECE = 1_000


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the program; charts are read first, as the program does."""
    from desktop.views.common.chart import loading

    loading().finish()
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


def room_of(stocked: Stocked) -> int:
    """A store room with 20 milk in it."""
    room = stocked.shop.do(add_location, "store room", "Back room")
    line = ReceivedLine(stocked.skus[MILK], 20 * PIECE)
    stocked.shop.do(receive_stock, [line], client_key=new_key(), location_id=room)
    return room


@pytest.mark.req("I10")
def test_a_place_is_added_given_to_a_till_and_closed(stage: Stage) -> None:
    screen = stage.show(SettingsScreen)
    screen.go("locations")
    stage.settle()
    page, shop = screen.pages["locations"], stage.stocked.shop
    assert isinstance(page, LocationsPage)
    page.add()
    sheet = stage.sheet(screen.window(), PlaceSheet)
    sheet.name.setText("Cold room")
    sheet.primary.click()
    stage.until(lambda: len(stage.outside(lambda: shop.ask(places_list))) == 2)
    room = stage.outside(lambda: shop.ask(places_list))[1]
    page._do(page_verb("set_till_place"), stage.stocked.kiosk_till, room.id)
    stage.settle()
    sells = {row.id: row.location_id for row in stage.outside(lambda: shop.ask(till_places))}
    assert sells[stage.stocked.kiosk_till] == room.id
    page.close_place(room)  # refused: a till sells from it
    stage.settle()
    assert stage.refused
    page._do(page_verb("set_till_place"), stage.stocked.kiosk_till, stage.stocked.location_id)
    page.close_place(room)
    stage.until(lambda: stage.outside(lambda: shop.ask(places_list))[1].closed_at is not None)
    stage.settle()
    host_of(page).undo_newest()
    stage.until(lambda: stage.outside(lambda: shop.ask(places_list))[1].closed_at is None)


def page_verb(name: str) -> object:
    """A verb of the places by its name."""
    from desktop.services import locations

    return getattr(locations, name)


@pytest.mark.req("I1", "I10")
def test_the_list_shows_one_place_and_adjusts_it_alone(stage: Stage) -> None:
    stocked = stage.stocked
    room = stage.outside(lambda: room_of(stocked))
    screen = stage.show(InventoryScreen, width=1_400)
    stage.until(lambda: screen.place.isVisible())
    screen.open_item(stocked.skus[MILK])
    screen.place.set_value(room)
    screen.place.picked.emit(room)
    stage.until(lambda: [row.on_hand_milli for row in screen.model.rows] == [20 * PIECE])
    stage.until(lambda: len(screen.panel.places.found) == 2 and screen.panel._row is not None)
    screen.panel.open_adjust()
    sheet = stage.sheet(screen.window(), AdjustSheet)
    sheet.place.set_value(room)
    sheet.amount.setText("15")
    assert sheet.effect.text().startswith("20 → 15")
    sheet.primary.click()
    stage.settle()
    found = stage.outside(lambda: stocked.shop.ask(stock_by_place, stocked.skus[MILK]))
    assert {row.location_id: row.on_hand_milli for row in found} == {
        stocked.location_id: 8 * PIECE,
        room: 15 * PIECE,
    }
    host_of(screen).undo_newest()
    stage.until(
        lambda: (
            stage.outside(lambda: stocked.shop.ask(stock_of, stocked.skus[MILK], room)).on_hand_milli
            == 20 * PIECE
        )
    )


@pytest.mark.req("I5")
def test_many_goods_are_previewed_changed_and_taken_back(stage: Stage) -> None:
    stocked = stage.stocked
    screen = stage.show(InventoryScreen, width=1_400)
    screen.model.check_all(True)
    screen.deeds.adjust_many()
    stage.settle()
    sheet = stage.sheet(screen.window(), BulkSheet)
    sheet.how.set_value("take")
    sheet.how.picked.emit("take")
    sheet.amount.setText("7")
    stage.until(lambda: sheet.preview is not None and len(sheet.preview.rows) == 4)
    assert sheet.preview is not None
    assert [row.sku_id for row in sheet.preview.rows if row.problem] == [
        stocked.skus[CAKE]
    ]  # only 6 are there
    sheet.primary.click()
    stage.until(lambda: left(stage) == [23, 1, 6, 25])
    stage.settle()
    host_of(screen).undo_newest()
    stage.until(lambda: left(stage) == [30, 8, 6, 32])


def left(stage: Stage) -> list[int]:
    """Pieces on hand of all goods."""
    shop, skus = stage.stocked.shop, stage.stocked.skus
    rows = stage.outside(lambda: [shop.ask(stock_of, sku) for sku in skus])
    return [row.on_hand_milli // PIECE for row in rows]
