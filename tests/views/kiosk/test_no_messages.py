"""A machine that reaches no phones: staff vouch for the member, and no code is shown that nobody could use."""

from __future__ import annotations

import pytest

from desktop.views.kiosk.overlays import Pin
from desktop.views.kiosk.qr import QrCode
from desktop.views.kiosk.widgets import Button
from tests.views.kiosk.conftest import PIN, Kiosk
from tests.views.kiosk.test_sale import to_bill

STAFF, SEND = "请店员确认", "发 6 位数字到尾号 6621 的手机"


def to_confirm(kiosk: Kiosk, *, messages: bool) -> None:
    """Points chosen, nobody's word yet."""
    if not messages:
        kiosk.pocket = None
    kiosk.open()
    to_bill(kiosk, 8_000)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "confirm")
    kiosk.settle_down()


def offered(kiosk: Kiosk) -> set[str]:
    """The buttons to be seen."""
    return {b.text() for b in kiosk.window.findChildren(Button) if b.isVisible()}


def codes(kiosk: Kiosk) -> list[QrCode]:
    """The QR codes to be seen."""
    return [code for code in kiosk.window.findChildren(QrCode) if code.isVisible()]


def touch_staff(kiosk: Kiosk) -> Pin:
    """Touch the button; the PIN page it opens."""
    next(b for b in kiosk.window.findChildren(Button) if b.text() == STAFF and b.isVisible()).click()
    overlay = kiosk.window.overlay
    assert isinstance(overlay, Pin)
    return overlay


@pytest.mark.req("Q2", "C10")
def test_staff_confirm_with_their_pin(kiosk: Kiosk) -> None:
    to_confirm(kiosk, messages=False)
    assert STAFF in offered(kiosk)
    assert SEND not in offered(kiosk)
    touch_staff(kiosk).entered.emit(PIN)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait" and not kiosk.sale.busy)
    assert kiosk.window.overlay is None
    kiosk.settle_down()
    kiosk.to_staff()
    kiosk.sale.settle(15_000)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert kiosk.sale.settled.points_spent == 8_000


@pytest.mark.req("Q2")
def test_a_wrong_pin_confirms_nothing(kiosk: Kiosk) -> None:
    to_confirm(kiosk, messages=False)
    pin = touch_staff(kiosk)
    pin.entered.emit("999999")
    kiosk.qtbot.waitUntil(lambda: bool(pin._told.text()) and not kiosk.sale.busy)
    assert (kiosk.sale.page, kiosk.sale.agreed) == ("confirm", False)


def test_no_code_is_shown_for_phones_that_could_not_prove_their_number(kiosk: Kiosk) -> None:
    to_confirm(kiosk, messages=False)
    assert codes(kiosk) == []
    kiosk.sale.back_to_bill()
    kiosk.sale.go("member")
    kiosk.settle_down()
    assert codes(kiosk) == []


def test_control_with_messages_the_code_and_the_six_digits_are_offered(kiosk: Kiosk) -> None:
    to_confirm(kiosk, messages=True)
    kiosk.qtbot.waitUntil(lambda: bool(codes(kiosk)))
    assert SEND in offered(kiosk)
    assert STAFF not in offered(kiosk)
