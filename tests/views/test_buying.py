"""Purchasing on the screen: suppliers with prices, orders from draft to closed, returns; keyboard, paper, files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.queries.purchasing import PurchaseFilter, PurchaseSheet, purchase_sheet, purchases_page
from desktop.queries.stock import stock_of
from desktop.queries.supplier_returns import returns_page
from desktop.queries.suppliers import SupplierFilter, goods_of_supplier, supplier_card, suppliers_page
from desktop.services.export import Progress
from desktop.services.purchase_export import export_purchases, export_suppliers
from desktop.services.purchase_papers import save_paper
from desktop.services.purchasing import BY_HAND, LineIn, make_order, send_order
from desktop.services.suppliers import PriceForm, SupplierForm, save_price, save_supplier
from desktop.shop.shop import Shop
from desktop.views.buying import paper
from desktop.views.buying.order_sheet import OrderSheet
from desktop.views.buying.paper import PdfSheet, order_lines
from desktop.views.buying.price_sheet import PriceSheet
from desktop.views.buying.receive_sheet import MOST_SHOWN, ReceiveOrderSheet
from desktop.views.buying.return_sheet import ReturnSheet
from desktop.views.buying.screen import BuyingScreen
from desktop.views.buying.small_sheets import CloseSheet, CreditSheet
from desktop.views.buying.supplier_sheet import SupplierSheet
from desktop.views.common.print_sheet import PrintSheet
from tests.helpers.goods import as_role, new_goods, set_up
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo

PIECE = 1_000


@pytest.fixture
def milk(sqlite_shop: Shop) -> int:
    """A shop with milk, ten of it here."""
    set_up(sqlite_shop)
    return new_goods(sqlite_shop, "鲜牛奶", 1_690, pieces=10, barcodes=("6901000020011",))


@pytest.fixture
def dairy(sqlite_shop: Shop, milk: int) -> int:
    """Its supplier: packs of five at 60.00, 55.00 from ten packs on."""
    made = sqlite_shop.do(save_supplier, None, SupplierForm("光明乳业", email="milk@example.com"))
    sqlite_shop.do(save_price, made, PriceForm(milk, 6_000, 5 * PIECE, steps=((10, 5_500),)))
    return made


@pytest.fixture
def around(qapp: QApplication, sqlite_shop: Shop, milk: int, tmp_path: Path) -> Iterator[Surroundings]:
    """The surroundings of a screen."""
    with surroundings(qapp, sqlite_shop, tmp_path) as made:
        yield made


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> BuyingScreen:
    """The purchasing screen."""
    made = BuyingScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_400)
    return made


def order_of(shop: Shop, milk: int, dairy: int, packs: int = 4, sent: bool = True) -> int:
    """An order of milk."""
    made = shop.do(make_order, dairy, [LineIn(milk, packs, 5 * PIECE, 6_000)], client_key=f"k{packs}{sent}")
    if sent:
        shop.do(send_order, made, BY_HAND)
    return made


def sheet_now(shop: Shop, order: int) -> PurchaseSheet:
    """The order as it is."""
    found = shop.ask(purchase_sheet, order)
    assert found is not None
    return found


@pytest.mark.req("I8")
def test_an_empty_shop_adds_a_supplier_its_goods_and_an_order(
    screen: BuyingScreen, around: Surroundings, milk: int, qapp: QApplication, qtbot: QtBot
) -> None:
    shop = around.context.shop
    qtbot.waitUntil(lambda: screen.orders.pages.currentWidget() is screen.orders.first)
    qtbot.keyClick(screen, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: screen.page == "suppliers")
    qtbot.waitUntil(lambda: screen.suppliers.pages.currentWidget() is screen.suppliers.first)
    screen.new_supplier.click()
    sheet = sheet_of(qapp, SupplierSheet)
    sheet.primary.click()
    assert sheet.isVisible()  # a supplier needs a name
    sheet.texts["name"].setText("光明乳业")
    sheet.days[0].setChecked(True)
    sheet.primary.click()
    qtbot.waitUntil(lambda: len(shop.ask(suppliers_page, SupplierFilter()).rows) == 1)
    (row,) = shop.ask(suppliers_page, SupplierFilter()).rows
    qtbot.waitUntil(lambda: bool(around.went))
    assert around.went[-1] == ("buying", row.id, {"view": "suppliers"})
    qtbot.waitUntil(lambda: len(screen.suppliers.model.rows) == 1)
    screen.open_new()
    order = sheet_of(qapp, OrderSheet)
    qtbot.waitUntil(lambda: order.supplier.value() == row.id)
    order.scan.take("6901000020011")  # not on the supplier's list yet: its price is asked for
    qtbot.waitUntil(lambda: any(isinstance(w, PriceSheet) and w.isVisible() for w in qapp.topLevelWidgets()))
    price = sheet_of(qapp, PriceSheet)
    price.pack.put(5 * PIECE)
    price.price.put(6_000)
    price.add_step(10, 5_500)
    price.primary.click()
    qtbot.waitUntil(lambda: milk in order.lines)
    line = order.lines[milk]
    line.packs.put(10 * PIECE)
    line._packs_changed()
    assert order.total.text() == "¥550.00"  # the price of ten packs
    card = shop.ask(supplier_card, row.id)
    assert card is not None
    assert order.day.day() == card.arrives_on
    assert card.arrives_on.weekday() == 1  # orders are taken on Mondays, a delivery takes a day
    qtbot.keyClick(order.scan.field, Qt.Key.Key_Return)
    assert order.isVisible()  # a scanner ends with Enter
    qtbot.keyClick(order.scan.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(shop.ask(purchases_page, PurchaseFilter()).rows) == 1)
    (made,) = shop.ask(purchases_page, PurchaseFilter()).rows
    assert (made.state, made.total_minor, made.ordered_milli) == ("draft", 55_000, 50 * PIECE)
    assert around.refused == []


@pytest.mark.req("I8")
def test_an_order_is_edited_sent_received_in_parts_and_closed(
    screen: BuyingScreen, around: Surroundings, milk: int, dairy: int, qapp: QApplication, qtbot: QtBot
) -> None:
    shop, panel = around.context.shop, screen.orders.panel
    order = order_of(shop, milk, dairy, sent=False)
    qtbot.waitUntil(lambda: panel.sheet is not None and panel.sheet.id == order)
    qtbot.keyClick(screen, Qt.Key.Key_E)
    edit = sheet_of(qapp, OrderSheet)
    qtbot.waitUntil(lambda: milk in edit.lines)
    edit.lines[milk].packs.put(6 * PIECE)
    edit.lines[milk]._packs_changed()
    edit.primary.click()
    qtbot.waitUntil(lambda: sheet_now(shop, order).lines[0].packs == 6)
    panel._send(BY_HAND)
    qtbot.waitUntil(lambda: panel.sheet.state == "sent")
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    qtbot.keyClick(screen, Qt.Key.Key_R)
    receive = sheet_of(qapp, ReceiveOrderSheet)
    assert not receive.primary.isEnabled()  # the control: nothing came yet
    receive.scan.take("6901000020011")
    qtbot.waitUntil(lambda: receive.lines[milk].quantity.milli() == PIECE)
    receive.lines[milk].put(20 * PIECE)
    receive.lines[milk].price.put(7_000)
    assert receive.lines[milk].agreed.isVisible()
    receive.primary.click()
    qtbot.waitUntil(receive._error.isVisible)
    assert shop.ask(stock_of, milk).on_hand_milli == 10 * PIECE  # another price has to be agreed to
    receive.lines[milk].agreed.setChecked(True)
    qtbot.waitUntil(receive.primary.isEnabled)
    receive.primary.click()
    qtbot.waitUntil(lambda: shop.ask(stock_of, milk).on_hand_milli == 30 * PIECE)
    qtbot.waitUntil(lambda: panel.sheet.state == "part")
    panel._close()
    close = sheet_of(qapp, CloseSheet)
    close.words.setText("厂家缺货")
    close.primary.click()
    qtbot.waitUntil(lambda: panel.sheet.state == "closed")
    assert around.refused == []


@pytest.mark.req("I8")
def test_cancelling_can_be_undone_and_goods_go_back_with_their_credit(
    screen: BuyingScreen, around: Surroundings, milk: int, dairy: int, qapp: QApplication, qtbot: QtBot
) -> None:
    shop, panel = around.context.shop, screen.orders.panel
    order = order_of(shop, milk, dairy)
    qtbot.waitUntil(lambda: panel.sheet is not None and panel.sheet.id == order)
    panel.open_receive()
    receive = sheet_of(qapp, ReceiveOrderSheet)
    receive.take_all()
    receive.primary.click()
    qtbot.waitUntil(lambda: panel.sheet.state == "closed")
    panel._return()
    back = sheet_of(qapp, ReturnSheet)
    qtbot.waitUntil(lambda: len(back.lines) == 1)
    back.scan.take("6901000020011")
    qtbot.waitUntil(lambda: back.total.text() == "¥12.00")
    back.primary.click()
    qtbot.waitUntil(lambda: shop.ask(stock_of, milk).on_hand_milli == 29 * PIECE)
    screen.open_filters(view="returns")
    qtbot.waitUntil(lambda: screen.returns.panel.row is not None)
    screen.returns.panel.open_credit()
    credit = sheet_of(qapp, CreditSheet)
    credit.primary.click()
    qtbot.waitUntil(lambda: shop.ask(returns_page).rows[0].state == "credited")
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(returns_page).rows[0].state == "expected")
    assert around.refused == []


@pytest.mark.req("I8")
def test_prices_change_and_come_back(
    screen: BuyingScreen, around: Surroundings, milk: int, dairy: int, qapp: QApplication, qtbot: QtBot
) -> None:
    shop = around.context.shop
    screen.show_page("suppliers")
    panel = screen.suppliers.panel
    qtbot.waitUntil(lambda: panel.card is not None and panel.card.id == dairy)
    (row,) = shop.ask(goods_of_supplier, dairy)
    panel._price(row)
    sheet = sheet_of(qapp, PriceSheet)
    assert [step.packs.number() for step in sheet.prices] == [10]
    sheet.price.put(6_100)
    sheet.primary.click()
    qtbot.waitUntil(lambda: shop.ask(goods_of_supplier, dairy)[0].price_minor == 6_100)
    panel._remove(shop.ask(goods_of_supplier, dairy)[0])
    qtbot.waitUntil(lambda: not shop.ask(goods_of_supplier, dairy))
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: len(shop.ask(goods_of_supplier, dairy)) == 1)
    panel._switch(dairy, False)
    qtbot.waitUntil(lambda: not shop.ask(suppliers_page, SupplierFilter()).rows)
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: len(shop.ask(suppliers_page, SupplierFilter()).rows) == 1)


@pytest.mark.req("I8")
def test_orders_go_on_paper_and_into_files(
    screen: BuyingScreen,
    around: Surroundings,
    milk: int,
    dairy: int,
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    shop, panel = around.context.shop, screen.orders.panel
    order = order_of(shop, milk, dairy)
    qtbot.waitUntil(lambda: panel.sheet is not None and panel.sheet.id == order)
    lines = order_lines(panel.sheet)
    assert ("Total", "¥240.00") in [(line.left, line.right) for line in lines]
    paper.open_print(panel, around.context, panel.sheet)
    sheet_of(qapp, PrintSheet).reject()
    paper.open_pdf(panel, around.context, panel.sheet)
    sheet_of(qapp, PdfSheet).reject()
    save_paper(shop, order, tmp_path / "order.pdf")
    assert (tmp_path / "order.pdf").read_bytes().startswith(b"%PDF-")
    assert export_purchases(shop, PurchaseFilter(), tmp_path / "orders.csv", Progress()) == 1
    head, row = (line.split(",") for line in (tmp_path / "orders.csv").read_text("utf-8-sig").splitlines())
    assert (row[head.index("Quantity")], row[head.index("Amount")]) == ("20", "240.00")
    assert export_suppliers(shop, SupplierFilter(), tmp_path / "prices.csv", Progress()) == 2  # with its step


@pytest.mark.req("I8")
def test_a_long_order_shows_its_rows_as_they_are_scanned(
    around: Surroundings, milk: int, dairy: int, qapp: QApplication, qtbot: QtBot
) -> None:
    shop = around.context.shop
    more = [new_goods(shop, f"货{n}") for n in range(MOST_SHOWN + 5)]
    lines = [LineIn(sku, 1, PIECE, 100) for sku in (*more, milk)]
    order = shop.do(make_order, dairy, lines, client_key="long")
    shop.do(send_order, order, BY_HAND)
    sheet = ReceiveOrderSheet(None, around.context, sheet_now(shop, order))  # type: ignore[arg-type]
    sheet.open()
    assert len(sheet.lines) == MOST_SHOWN
    assert milk not in sheet.lines
    sheet.scan.take("6901000020011")
    qtbot.waitUntil(lambda: milk in sheet.lines)
    sheet.take_all()
    assert sheet.primary.text() == f"Receive {MOST_SHOWN + 6} lines"
    sheet.primary.click()
    qtbot.waitUntil(lambda: sheet_now(shop, order).state == "closed")


def test_who_may_not_buy_is_shown_nothing_to_press(
    qapp: QApplication, sqlite_shop: Shop, milk: int, dairy: int, tmp_path: Path, qtbot: QtBot
) -> None:
    with surroundings(qapp, as_role(sqlite_shop, "cashier"), tmp_path) as around:
        screen = BuyingScreen(around.context)
        qtbot.addWidget(screen)
        assert not screen.new.isEnabled()
        assert not screen.new_supplier.isEnabled()
