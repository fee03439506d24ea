"""What staff does at a till: park, take back, sell what has no code."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from desktop.basics.ids import new_key
from desktop.basics.scale_codes import encode
from desktop.gateways.printer import Setup
from desktop.services.print_jobs import set_till_paper
from desktop.services.print_run import run_queue
from desktop.services.products import NewProduct, create_product
from desktop.services.scale_codes import add_layout
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.views.kiosk.overlays import Calling, Notice, Pin
from desktop.views.kiosk.staff import OpenPrice, ParkedSales, StaffMenu
from desktop.views.kiosk.staff_papers import Papers, WhyDrawer
from desktop.views.kiosk.widgets import Button
from tests.helpers.goods import TEA
from tests.helpers.sales import sell
from tests.helpers.till_printer import TillPrinter
from tests.views.kiosk.conftest import CODES, PIN, Kiosk
from tests.views.kiosk.test_window import touch


def menu(kiosk: Kiosk) -> None:
    """Call staff, type the PIN."""
    touch(kiosk, "叫店员")
    assert isinstance(kiosk.window.overlay, Calling)
    touch(kiosk, "店员操作")
    pin = kiosk.window.overlay
    assert isinstance(pin, Pin)
    pin.entered.emit(PIN)
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, StaffMenu))


@pytest.mark.req("Q6")
def test_a_sale_is_parked_and_comes_back(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan_demo()
    before = kiosk.sale.lines
    menu(kiosk)
    touch(kiosk, "挂单")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    assert kiosk.sale.lines == ()
    assert kiosk.sale.page == "idle"
    kiosk.window.close_overlay()
    menu(kiosk)
    touch(kiosk, "取单")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, ParkedSales))
    parked = kiosk.window.overlay
    assert isinstance(parked, ParkedSales)
    parked.taken.emit(1)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.lines == before)
    kiosk.settle_down()
    assert kiosk.sale.page == "basket"
    assert kiosk.window.overlay is None


@pytest.mark.req("P6")
def test_goods_without_a_code_join_the_cart_and_leave_it(kiosk: Kiosk) -> None:
    kiosk.open()
    for amount in ("3.5", "3.5", "12"):
        menu(kiosk)
        touch(kiosk, "无码商品")
        asked = kiosk.window.overlay
        assert isinstance(asked, OpenPrice)
        assert not asked._ok.isEnabled()
        for key in amount:
            asked._entry.press(key)
        touch(kiosk, "加入订单")
        kiosk.qtbot.waitUntil(lambda: kiosk.window.overlay is None)
        kiosk.settle_down()
    assert [line.total_minor for line in kiosk.sale.bill.lines] == [350, 350, 1_200]
    rows = list(kiosk.window.page._goods._rows.values())
    assert len(rows) == 3
    rows[0]._less.click()
    kiosk.settle_down()
    assert [line.total_minor for line in kiosk.sale.bill.lines] == [350, 1_200]
    kiosk.scan("6901000020011")
    assert kiosk.sale.bill.total_minor == 350 + 1_200 + 1_690


@pytest.mark.req("P6")
def test_a_second_touch_or_enter_neither_adds_nor_breaks_anything(kiosk: Kiosk) -> None:
    kiosk.open()
    menu(kiosk)
    touch(kiosk, "无码商品")
    asked = kiosk.window.overlay
    assert isinstance(asked, OpenPrice)
    asked._entry.press("5")
    for _press in range(2):
        kiosk.qtbot.keyClick(asked, Qt.Key.Key_Return)
    kiosk.settle_down()
    assert [line.total_minor for line in kiosk.sale.bill.lines] == [500]
    [row] = kiosk.window.page._goods._rows.values()
    for _press in range(2):  # the row stands there until the cart without it is priced
        row._less.click()
    kiosk.settle_down()
    assert kiosk.sale.lines == ()


@pytest.mark.req("P6")
def test_what_was_weighed_stays_weighed_or_leaves(kiosk: Kiosk) -> None:
    shop = kiosk.stocked.shop
    shop.do(add_layout, "g", "21CCCCCWWWWWK")
    apples = shop.do(create_product, NewProduct("苹果", 1_280, kind="weighed", unit="千克", code="00123"))
    shop.do(receive_stock, [ReceivedLine(apples.sku_id, 9_000)], client_key=new_key())
    kiosk.open()
    kiosk.scan(encode("21CCCCCWWWWWK", "00123", 1_756))
    assert [line.qty_milli for line in kiosk.sale.lines] == [1_756]
    [row] = kiosk.window.page._goods._rows.values()
    assert not row._more.isVisible()
    row._less.click()
    kiosk.settle_down()
    assert kiosk.sale.lines == ()
    kiosk.scan(CODES[1], CODES[1])  # control: pieces leave one by one
    [row] = kiosk.window.page._goods._rows.values()
    assert row._more.isVisible()
    row._less.click()
    kiosk.settle_down()
    assert [line.qty_milli for line in kiosk.sale.lines] == [1_000]


@pytest.mark.req("Q6")
def test_staff_print_a_copy_and_open_the_drawer_with_a_reason(
    kiosk: Kiosk, till_printer: TillPrinter
) -> None:
    stocked = kiosk.stocked
    till, setup = stocked.kiosk_till, Setup(till_printer.address, 58)
    stocked.shop.do(set_till_paper, till, "always", True)
    sell(stocked, stocked.cart((TEA, 1)))
    run_queue(stocked.kiosk, till, setup, "here")
    kiosk.open()
    menu(kiosk)
    touch(kiosk, "打印任务")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Papers))
    before = kiosk.window.overlay
    touch(kiosk, "补打一张")
    kiosk.qtbot.waitUntil(
        lambda: isinstance(kiosk.window.overlay, Papers) and kiosk.window.overlay is not before
    )
    touch(kiosk, "返回")
    menu(kiosk)
    touch(kiosk, "开钱箱")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, WhyDrawer))
    touch(kiosk, "换零钱")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    run_queue(stocked.kiosk, till, setup, "here")
    assert len(till_printer.papers) == 2
    assert "补打 1" in till_printer.papers[1].decode("gbk", "ignore")
    assert till_printer.kicks == 2  # the sale's own, and this one; none for the copy


@pytest.mark.req("Q6")
def test_without_a_drawer_none_is_offered(kiosk: Kiosk) -> None:
    kiosk.open()
    menu(kiosk)
    assert "开钱箱" not in [b.text() for b in kiosk.window.findChildren(Button)]
