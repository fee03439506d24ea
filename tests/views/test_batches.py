"""The pages of batches and campaigns over a real shop: lists, sheets, undo, files."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.ids import new_key
from desktop.queries.batches import BatchFilter, batches_of, batches_page, shelf_price, tracking_of
from desktop.queries.checkout import search_goods
from desktop.queries.places import places
from desktop.queries.set_aside import campaign_sheet, campaigns_page
from desktop.queries.stock import StockFilter, stock_of, stock_page
from desktop.services.batch_book import BatchIn
from desktop.services.batch_export import export_batches
from desktop.services.batches import track_batches
from desktop.services.export import Progress
from desktop.services.set_aside import AsideLine, set_aside
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop.shop import Shop
from desktop.views.batches.screen import BatchesScreen
from desktop.views.batches.sheets import EditBatchSheet, MarkDownSheet, NamePiecesSheet, TakeOffSheet
from desktop.views.common.batch_fields import BatchFields
from desktop.views.common.dialogs import Confirm
from desktop.views.inventory.batch_part import TrackSheet
from desktop.views.inventory.screen import InventoryScreen
from desktop.views.orders.order_sheet import OrderSheet
from desktop.views.setaside.screen import SetasideScreen
from desktop.views.setaside.sheets import CampaignSheet, EditSheet, QuantitySheet
from tests.helpers.goods import new_goods, set_up
from tests.helpers.screens import Surroundings, sheet_of, undo

PIECE = 1_000
TODAY = date(2026, 11, 21)


@pytest.fixture
def goods(sqlite_shop: Shop) -> dict[str, int]:
    """Milk told apart by batch: 4 without a code, 3 that expire in five days, 6 later; and tissues."""
    set_up(sqlite_shop)
    milk, tissues = new_goods(sqlite_shop, "鲜牛奶", pieces=4), new_goods(sqlite_shop, "抽纸", pieces=20)
    sqlite_shop.do(track_batches, [milk])
    for code, days, pieces in (("SOON", 5, 3), ("LATE", 90, 6)):
        line = ReceivedLine(milk, pieces * PIECE, None, (BatchIn(code, TODAY + timedelta(days=days)),))
        sqlite_shop.do(receive_stock, [line], client_key=new_key())
    return {"milk": milk, "tissues": tissues}


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> BatchesScreen:
    """The page of batches, its list read."""
    made = BatchesScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_400)
    qtbot.waitUntil(lambda: len(made.model.rows) == 3 and bool(made.summary.text()))
    return made


def codes(screen: BatchesScreen) -> list[str]:
    """The batches in the list."""
    return [row.code for row in screen.model.rows]


def here(shop: Shop, code: str) -> int:
    """Pieces of a batch."""
    found = [row for row in shop.ask(batches_page, BatchFilter()).rows if row.code == code]
    return found[0].qty_milli // PIECE if found else 0


@pytest.mark.req("I11")
def test_what_expires_first_stands_on_top_and_tabs_count(screen: BatchesScreen, qtbot: QtBot) -> None:
    assert codes(screen) == ["SOON", "LATE", ""]
    qtbot.waitUntil(lambda: screen.panel.row is not None and screen.panel.row.code == "SOON")
    screen.strip.picked.emit(1)
    qtbot.waitUntil(lambda: codes(screen) == ["SOON"])
    screen.open_filters(view="expired")
    qtbot.waitUntil(lambda: screen.pages.currentWidget() is screen.calm)
    screen.open_filters(view="undated")
    qtbot.waitUntil(lambda: codes(screen) == [""])
    screen.open_filters(text="no such goods")
    qtbot.waitUntil(lambda: screen.pages.currentWidget() is screen.nothing)


@pytest.mark.req("I11")
def test_pieces_are_taken_off_and_put_back(
    screen: BatchesScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    qtbot.waitUntil(lambda: screen.panel.row is not None)
    screen.panel.open_take_off()
    sheet = sheet_of(qapp, TakeOffSheet)
    sheet.amount.setText("4")
    sheet.submit()
    assert sheet.isVisible()  # only three are there
    sheet.amount.setText("2")
    sheet.submit()
    qtbot.waitUntil(lambda: here(shop, "SOON") == 1)
    assert shop.ask(stock_of, goods["milk"]).on_hand_milli == 11 * PIECE
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: here(shop, "SOON") == 3)


@pytest.mark.req("I11")
def test_ticked_batches_leave_together_after_a_question(
    screen: BatchesScreen, around: Surroundings, qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    screen.model.check_all(True)
    qtbot.waitUntil(lambda: screen.bulk.isVisible())
    screen.off.click()
    sheet_of(qapp, Confirm).submit()
    qtbot.waitUntil(lambda: not shop.ask(batches_page, BatchFilter()).rows)
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: len(shop.ask(batches_page, BatchFilter()).rows) == 3)


@pytest.mark.req("I11")
def test_a_batch_is_corrected_and_pieces_are_named(
    screen: BatchesScreen, around: Surroundings, qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    qtbot.waitUntil(lambda: screen.panel.row is not None)
    screen.panel.open_edit()
    sheet = sheet_of(qapp, EditBatchSheet)
    sheet.expires.setText("next week")
    sheet.submit()
    assert sheet.isVisible()
    sheet.expires.setText("20261130")
    sheet.submit()
    qtbot.waitUntil(lambda: shop.ask(batches_page, BatchFilter()).rows[0].expires_on == date(2026, 11, 30))
    undated = next(row for row in screen.model.rows if not row.code)
    screen.open_item(undated.id)
    qtbot.waitUntil(lambda: screen.panel.row is not None and not screen.panel.row.code)
    screen.panel.open_name_pieces()
    named = sheet_of(qapp, NamePiecesSheet)
    named.amount.setText("3")
    named.code.setText("B9")
    named.expires.setText("2026-12-24")
    named.submit()
    qtbot.waitUntil(lambda: (here(shop, "B9"), here(shop, "")) == (3, 1))


@pytest.mark.req("I11")
def test_goods_are_marked_down_and_up_again(
    screen: BatchesScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    before = shop.ask(shelf_price, goods["milk"]).amount_minor
    qtbot.waitUntil(lambda: screen.panel.row is not None)
    screen.panel.open_mark_down()
    qtbot.waitUntil(lambda: any(isinstance(w, MarkDownSheet) for w in qapp.topLevelWidgets()))
    sheet = sheet_of(qapp, MarkDownSheet)
    sheet.amount.put(before)
    sheet.submit()
    assert sheet.isVisible()  # that is no lower price
    sheet.share.picked.emit(50)
    sheet.submit()
    qtbot.waitUntil(lambda: shop.ask(shelf_price, goods["milk"]).amount_minor == before // 2)
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(shelf_price, goods["milk"]).amount_minor == before)


@pytest.mark.req("I11")
def test_the_list_is_written_to_a_file(around: Surroundings, tmp_path: Path) -> None:
    path = tmp_path / "batches.csv"
    assert export_batches(around.context.shop, BatchFilter(), path, Progress()) == 3
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert "SOON" in lines[1]
    assert "2026-11-26" in lines[1]


@pytest.mark.req("I11")
def test_the_fields_of_a_batch_read_what_packs_print(qtbot: QtBot, around: Surroundings) -> None:
    fields = BatchFields()
    qtbot.addWidget(fields)
    assert fields.batch() is None
    fields.code.setText("L7")
    for text in ("2026-12-05", "20261205", "2026/12/05", "261205"):
        fields.expires.setText(text)
        assert fields.batch(2_000) == BatchIn("L7", date(2026, 12, 5), None, 2_000)
    fields.expires.setText("2026-13-05")
    assert fields.problem()


@pytest.mark.req("I1", "I11")
def test_the_stock_page_counts_and_lists_what_expires(
    around: Surroundings, goods: dict[str, int], qtbot: QtBot
) -> None:
    screen = InventoryScreen(around.context)
    qtbot.addWidget(screen)
    around.window(screen, 1_400)
    qtbot.waitUntil(lambda: len(screen.model.rows) == 2)
    screen.strip.picked.emit(3)
    qtbot.waitUntil(lambda: [row.id for row in screen.model.rows] == [goods["milk"]])
    rows = around.context.shop.ask(stock_page, StockFilter(view="expiring")).rows
    assert [row.expires_on for row in rows] == [TODAY + timedelta(days=5)]


# -- campaigns ----------------------------------------------------------------------------------------------------


@pytest.fixture
def aside(around: Surroundings, goods: dict[str, int], qtbot: QtBot) -> SetasideScreen:
    """The page of campaigns with one on it: 8 packs of tissues for two days."""
    now = around.context.now()
    line = AsideLine(goods["tissues"], 8 * PIECE)
    ends = now + timedelta(days=2)
    around.context.shop.do(set_aside, "双十二", [line], starts_at=now, ends_at=ends, client_key=new_key())
    made = SetasideScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_400)
    qtbot.waitUntil(lambda: made.panel.shown is not None and bool(made.summary.text()))
    return made


@pytest.mark.req("I7")
def test_stock_is_set_aside_by_scanning(
    aside: SetasideScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    sheet = CampaignSheet(aside, around.context, shop.ask(places), aside._made)
    sheet.open()
    from desktop.queries.products import ProductFilter, products_page

    row = next(r for r in shop.ask(products_page, ProductFilter()).rows if r.id == goods["tissues"])
    sheet.add_goods(row, 13 * PIECE)
    line = sheet.lines[goods["tissues"]]
    qtbot.waitUntil(lambda: line.free == 12 * PIECE)
    assert not sheet.primary.isEnabled()  # more than is free
    line.quantity.put(5 * PIECE)
    line.quantity.changed.emit(5 * PIECE)
    sheet.name.setText("周末")
    sheet.ends.time.setText("25:00")
    sheet.submit()
    assert sheet.isVisible()
    sheet.ends.time.setText("18:30")
    sheet.submit()
    qtbot.waitUntil(lambda: len(shop.ask(campaigns_page).rows) == 2)
    assert shop.ask(stock_of, goods["tissues"]).set_aside_milli == 13 * PIECE


@pytest.mark.req("I7")
def test_a_campaign_gets_less_is_renamed_and_ends(
    aside: SetasideScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop, number = around.context.shop, aside.panel.number
    aside.panel._open_quantity(shop.ask(campaign_sheet, number).lines[0])
    sheet = sheet_of(qapp, QuantitySheet)
    sheet.amount.setText("3")
    sheet.submit()
    qtbot.waitUntil(lambda: shop.ask(stock_of, goods["tissues"]).set_aside_milli == 3 * PIECE)
    aside.panel.open_edit()
    edit = sheet_of(qapp, EditSheet)
    edit.name.setText("双旦")
    edit.submit()
    qtbot.waitUntil(lambda: shop.ask(campaigns_page).rows[0].name == "双旦")
    aside.panel.ask_end()
    sheet_of(qapp, Confirm).submit()
    qtbot.waitUntil(lambda: shop.ask(stock_of, goods["tissues"]).set_aside_milli == 0)
    aside.open_filters(view="ended")
    qtbot.waitUntil(lambda: [row.name for row in aside.model.rows] == ["双旦"])


@pytest.mark.req("I11")
def test_goods_are_told_apart_from_the_stock_page(
    around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    screen, shop = InventoryScreen(around.context), around.context.shop
    qtbot.addWidget(screen)
    around.window(screen, 1_400)
    qtbot.waitUntil(lambda: len(screen.model.rows) == 2)
    screen.open_item(goods["tissues"])
    part = screen.panel.batches
    qtbot.waitUntil(lambda: part._sku == goods["tissues"])
    part.open_sheet()
    sheet = sheet_of(qapp, TrackSheet)
    sheet.days.setText("30")
    sheet.submit()
    qtbot.waitUntil(lambda: shop.ask(tracking_of, goods["tissues"]) == (True, 30))
    qtbot.waitUntil(lambda: part.tracked)
    assert [row.qty_milli for row in shop.ask(batches_of, goods["tissues"])] == [20 * PIECE]


@pytest.mark.req("I7", "O1")
def test_an_order_is_written_for_a_campaign(
    around: Surroundings, goods: dict[str, int], aside: SetasideScreen, qtbot: QtBot
) -> None:
    shop, written = around.context.shop, []
    sheet = OrderSheet(aside, around.context, written.append)
    qtbot.addWidget(sheet)
    sheet.open()
    qtbot.waitUntil(sheet.campaign.isVisible)
    found = shop.ask(search_goods, "抽纸", 5)
    sheet._add(found[0])
    qtbot.waitUntil(lambda: sheet.bill is not None)
    sheet.campaign.choice.set_value(aside.panel.number)
    sheet.submit()
    qtbot.waitUntil(lambda: bool(written))
    assert shop.ask(campaign_sheet, aside.panel.number).row.sold_milli == PIECE
