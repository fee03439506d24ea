"""What staff does at a till: park, take back, sell what has no code."""

from __future__ import annotations

import pytest

from desktop.views.kiosk.overlays import Calling, Notice, Pin
from desktop.views.kiosk.staff import OpenPrice, ParkedSales, StaffMenu
from tests.views.kiosk.conftest import PIN, Kiosk
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
