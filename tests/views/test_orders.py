"""The orders screen over a real shop: what a person sees and does, by keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.basics.ids import new_key
from desktop.models.orders import Shipment
from desktop.queries.order_detail import order_detail
from desktop.queries.order_search import OrderFilter
from desktop.services.fulfilment import pay_order
from desktop.services.orders import OrderDraft, create_order
from desktop.services.settings import set_setting
from desktop.services.settlement import TenderIn
from desktop.shop.shop import Shop
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.print_sheet import PrintSheet
from desktop.views.common.toast import host_of
from desktop.views.orders.order_sheet import OrderSheet
from desktop.views.orders.pay_sheet import PaySheet
from desktop.views.orders.refund_sheet import RefundSheet
from desktop.views.orders.screen import OrdersScreen
from desktop.views.orders.sheets import CancelSheet
from desktop.views.orders.ship_sheet import ShipManySheet, ShipSheet
from desktop.views.orders.view_tabs import SaveViewSheet
from tests.helpers.goods import MILK, PHONE, TEA, Stocked, open_stocked
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


def place(stocked: Stocked, *wanted: tuple[int, int], paid: bool = True, **more: Any) -> int:
    """An order to ship, or an unpaid one."""
    draft = OrderDraft(tuple(stocked.cart(*wanted)), **{"address": "文三路 9 号", **more})
    made = stocked.shop.do(create_order, draft, new_key())
    if paid:
        stocked.shop.do(pay_order, made.order_id, TenderIn("card", made.total_minor), new_key())
    return made.order_id


def open_screen(qtbot: QtBot, context: Context, width: int = 1440) -> OrdersScreen:
    """The screen, shown and loaded."""
    screen = OrdersScreen(context)
    qtbot.addWidget(screen)
    screen.resize(width, 860)
    screen.show()
    quiet(qtbot, context)
    return screen


def quiet(qtbot: QtBot, context: Context) -> None:
    """Wait until nothing is asked or done any more."""
    qtbot.waitUntil(lambda: context.background.running == 0)


def ids(screen: OrdersScreen) -> list[int]:
    """The orders in the list."""
    return [row.id for row in screen.list.model.rows]


def status(stocked: Stocked, order_id: int) -> str:
    """The order's state now."""
    return stocked.shop.ask(order_detail, order_id).status


def sheet(screen: OrdersScreen, kind: type[Sheet]) -> Any:
    """The open sheet of this kind."""
    found = [s for s in screen.findChildren(kind) if s.isVisible()]
    assert found, f"no {kind.__name__} is open"
    return found[-1]


@pytest.mark.req("R4")
def test_an_empty_shop_says_what_comes_next(qtbot: QtBot, context: Context) -> None:
    screen = open_screen(qtbot, context)
    assert screen.list.pages.currentWidget() is screen.list.first
    screen.list.show_view("to_ship")
    quiet(qtbot, context)
    assert screen.list.pages.currentWidget() is screen.list.done
    screen.list.bar.search.setText("林")
    qtbot.waitUntil(lambda: screen.list.filters.text == "林")
    quiet(qtbot, context)
    assert screen.list.pages.currentWidget() is screen.list.none
    assert "林" in screen.list.none.hint.text()


@pytest.mark.req("O16")
def test_views_count_and_narrow_the_list(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    unpaid, waiting = place(stocked, (MILK, 1), paid=False), place(stocked, (TEA, 1))
    screen = open_screen(qtbot, context)
    assert ids(screen) == [waiting, unpaid]
    assert {tab.key: tab.count for tab in screen.list.tabs._tabs}["unpaid"] == 1
    screen.list.show_view("unpaid")
    quiet(qtbot, context)
    assert ids(screen) == [unpaid]
    screen.list.bar.search.setText("0002")
    quiet(qtbot, context)
    qtbot.waitUntil(lambda: screen.list.filters.text == "0002")
    quiet(qtbot, context)
    assert ids(screen) == []
    assert screen.list.restore.isVisible()
    screen.list.restore.click()
    quiet(qtbot, context)
    assert ids(screen) == [unpaid]


@pytest.mark.req("R4")
def test_searching_keeps_the_keyboard_in_the_field(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    place(stocked, (MILK, 1))
    screen = open_screen(qtbot, context)
    search = screen.list.bar.search
    search.setFocus()
    for letters in ("zz", "0001"):
        search.setText(letters)
        qtbot.waitUntil(lambda: screen.list.filters.text == search.value())
        quiet(qtbot, context)
        assert screen.focusWidget() is search
    assert len(ids(screen)) == 1


@pytest.mark.req("O16")
def test_a_saved_view_comes_back_and_can_be_removed_and_undone(
    qtbot: QtBot, context: Context, stocked: Stocked
) -> None:
    place(stocked, (MILK, 1))
    screen = open_screen(qtbot, context)
    screen.list.bar._set(OrderFilter(due_from=5_000))
    quiet(qtbot, context)
    screen.list.keep.click()
    saving = sheet(screen, SaveViewSheet)
    saving.words.setText("大单")
    saving.submit()
    quiet(qtbot, context)
    key = screen.list.tabs.value()
    assert screen.list.views[key].label == "大单"
    again = open_screen(qtbot, context)
    assert again.list.views[key].filters == OrderFilter(due_from=5_000)
    screen.list.shelf.remove()
    quiet(qtbot, context)
    assert key not in screen.list.views
    assert host_of(screen).undo_newest()
    quiet(qtbot, context)
    assert "大单" in {view.label for view in screen.list.views.values()}


@pytest.mark.req("O5", "R4")
def test_s_ships_and_the_toast_takes_it_back(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    order_id = place(stocked, (MILK, 1))
    screen = open_screen(qtbot, context)
    assert screen.panel.order is not None
    screen.list.table.setFocus()
    qtbot.keyClick(screen.list.table, Qt.Key.Key_S)
    if not [s for s in screen.findChildren(ShipSheet) if s.isVisible()]:
        screen.act("ship")  # without a window manager no window is active, so no shortcut fires
    shipping = sheet(screen, ShipSheet)
    shipping.tracking.setText("SF1")
    shipping.submit()
    quiet(qtbot, context)
    assert status(stocked, order_id) == "shipped"
    qtbot.waitUntil(lambda: screen.panel.order.status == "shipped")
    assert host_of(screen).undo_newest()
    quiet(qtbot, context)
    assert status(stocked, order_id) == "to_ship"


@pytest.mark.req("O5")
def test_the_bulk_bar_ships_what_waits_and_leaves_the_rest(
    qtbot: QtBot, context: Context, stocked: Stocked
) -> None:
    one, two = place(stocked, (MILK, 1)), place(stocked, (TEA, 1))
    unpaid = place(stocked, (TEA, 1), paid=False)
    screen = open_screen(qtbot, context)
    screen.list.model.check([one, two, unpaid], True)
    assert screen.list.foot.currentIndex() == 1
    assert "3" in screen.list.bulk_bar.count.text()
    screen.act("ship")
    many: ShipManySheet = sheet(screen, ShipManySheet)
    assert set(many.numbers) == {one, two}
    many.numbers[two].setText("SF2")  # a scanner types and presses Enter: the next number, not yet the end
    qtbot.keyClick(many.numbers[two], Qt.Key.Key_Return)
    assert many.isVisible()
    many.submit()
    quiet(qtbot, context)
    assert [status(stocked, i) for i in (one, two, unpaid)] == ["shipped", "shipped", "unpaid"]
    with stocked.shop.storage.read.connect() as connection:
        numbers = dict(connection.execute(select(Shipment.order_id, Shipment.tracking)).all())
    assert numbers == {one: "", two: "SF2"}
    assert screen.list.foot.currentIndex() == 0


@pytest.mark.req("M9", "O15")
def test_a_refund_shows_its_money_before_and_pays_it_back(
    qtbot: QtBot, context: Context, stocked: Stocked
) -> None:
    order_id = place(stocked, (MILK, 3), member_id=stocked.member_id)
    screen = open_screen(qtbot, context)
    screen.act("refund")
    quiet(qtbot, context)
    refund: RefundSheet = sheet(screen, RefundSheet)
    assert "50.70" in refund.primary.text()
    stepper = next(iter(refund.steppers.values()))
    stepper.put(1_000)
    stepper.changed.emit(1_000)
    quiet(qtbot, context)
    assert "16.90" in refund.primary.text()
    refund.submit()
    assert refund.isVisible()  # a reason is asked for
    refund.why.setText("破损")
    refund.submit()
    quiet(qtbot, context)
    detail = stocked.shop.ask(order_detail, order_id)
    assert (detail.refunded_minor, detail.lines[0].left_milli) == (1690, 2_000)


@pytest.mark.req("O1")
def test_a_new_order_starts_with_the_usual_type(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    screen = open_screen(qtbot, context)
    assert started_with(qtbot, context, screen) == "retail"  # the control: as the shop came
    stocked.shop.do(set_setting, "orders.default_type", "distribution")
    assert started_with(qtbot, context, screen) == "distribution"


def started_with(qtbot: QtBot, context: Context, screen: OrdersScreen) -> str:
    """The type a new order has before anybody chose."""
    screen.new_order()
    writing: OrderSheet = sheet(screen, OrderSheet)
    quiet(qtbot, context)
    found: str = writing.kind.value()
    writing.reject()
    return found


@pytest.mark.req("O4", "O18")
def test_a_new_order_by_phone_and_scan(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    screen = open_screen(qtbot, context)
    screen.new_order()
    writing: OrderSheet = sheet(screen, OrderSheet)
    writing.member.field.setText(PHONE)
    qtbot.waitUntil(lambda: bool(writing.member._found))
    qtbot.keyClick(writing.member.field, Qt.Key.Key_Return)
    for _scan in range(2):  # a scanner types fast and ends with Enter
        writing.goods.field.setText("6901000010036")
        qtbot.keyClick(writing.goods.field, Qt.Key.Key_Return)
        quiet(qtbot, context)
    assert [(line.sku_id, line.qty_milli) for line in writing.lines] == [(stocked.skus[TEA], 2_000)]
    assert writing.bill is not None
    assert writing.bill.total_minor == 2 * 10_800  # the member's own price
    writing.address.setText("文三路 9 号")
    writing.submit()
    quiet(qtbot, context)
    qtbot.waitUntil(lambda: screen.panel.order is not None)
    quiet(qtbot, context)
    order = screen.panel.order
    assert order is not None
    assert (order.status, order.due_minor, order.buyer.name) == ("unpaid", 21_600, "林晓梅")  # type: ignore[union-attr]
    screen.act("pay")
    paying: PaySheet = sheet(screen, PaySheet)
    paying.handed.setText("220")
    assert "4.00" in paying.change.text()
    paying.submit()
    quiet(qtbot, context)
    assert status(stocked, order.id) == "to_ship"


@pytest.mark.req("O19")
def test_what_is_refused_stays_in_the_sheet_with_its_reason(
    qtbot: QtBot, context: Context, stocked: Stocked
) -> None:
    screen = open_screen(qtbot, context)
    screen.new_order()
    writing: OrderSheet = sheet(screen, OrderSheet)
    writing.goods.field.setText("鲜牛奶")
    qtbot.keyClick(writing.goods.field, Qt.Key.Key_Return)
    quiet(qtbot, context)
    writing._count(0, 9_000)  # eight are there
    quiet(qtbot, context)
    writing.submit()
    quiet(qtbot, context)
    assert writing.isVisible()
    assert "Only 8" in writing._error.label.text()
    writing._count(0, 8_000)
    quiet(qtbot, context)
    writing.submit()
    quiet(qtbot, context)
    assert not writing.isVisible()


@pytest.mark.req("O10")
def test_cancelling_asks_once_and_frees_the_goods(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    order_id = place(stocked, (MILK, 8), paid=False)
    screen = open_screen(qtbot, context)
    screen.act("cancel")
    sheet(screen, CancelSheet).submit()
    quiet(qtbot, context)
    assert status(stocked, order_id) == "cancelled"
    place(stocked, (MILK, 8))


@pytest.mark.req("R4")
def test_news_of_other_tills_shows_without_losing_the_place(
    qtbot: QtBot, context: Context, stocked: Stocked
) -> None:
    first = place(stocked, (TEA, 1))
    screen = open_screen(qtbot, context)
    screen.list.model.check([first], True)
    second = place(stocked, (TEA, 1))
    qtbot.waitUntil(lambda: ids(screen) == [second, first])
    assert screen.list.table.current_id() == first
    assert screen.list.model.checked == {first}


@pytest.mark.req("R4")
def test_narrow_windows_lay_the_panel_over_the_list(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    order_id = place(stocked, (TEA, 1))
    screen = open_screen(qtbot, context, width=1064)
    assert not screen.panel.isVisible()
    screen.list.table.opened.emit(order_id)
    quiet(qtbot, context)
    assert screen.panel.isVisible()
    assert screen.panel.geometry().intersects(screen.list.geometry())
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert not screen.panel.isVisible()


@pytest.mark.req("O13")
def test_an_order_outside_the_list_opens_beside_it(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    old, new = place(stocked, (TEA, 1)), place(stocked, (TEA, 1), paid=False)
    screen = OrdersScreen(context)
    qtbot.addWidget(screen)
    screen.resize(1440, 860)
    screen.open_filters(view="unpaid")
    screen.show()
    quiet(qtbot, context)
    assert ids(screen) == [new]
    screen.open_item(old)
    quiet(qtbot, context)
    assert screen.panel.order is not None
    assert screen.panel.order.id == old
    assert screen.list.table.current_id() is None  # no row of the list claims to be what is shown


@pytest.mark.req("M5", "O14")
def test_each_paper_of_an_order_becomes_a_pdf(
    qtbot: QtBot, context: Context, stocked: Stocked, tmp_path: Path
) -> None:
    place(stocked, (MILK, 2), member_id=stocked.member_id)
    screen = open_screen(qtbot, context)
    screen.act("print")
    quiet(qtbot, context)
    printing: PrintSheet = sheet(screen, PrintSheet)
    words = "\n".join(line.left + line.right for line in printing._documents["receipt"].lines)
    assert all(part in words for part in ("青禾杂货铺", "33.80"))
    assert PHONE not in words  # the receipt of a phone order tells nobody’s number
    assert list(printing._documents) == ["receipt", "pick", "delivery", "label", "invoice"]
    for kind in printing._documents:
        printing.kind.set_value(kind)
        printing.file.entry.setText(str(tmp_path / f"{kind}.pdf"))
        printing.submit()
        qtbot.waitUntil((tmp_path / f"{kind}.pdf").exists)
        quiet(qtbot, context)
        assert (tmp_path / f"{kind}.pdf").read_bytes().startswith(b"%PDF")
        screen.act("print")
        quiet(qtbot, context)
        printing = sheet(screen, PrintSheet)
