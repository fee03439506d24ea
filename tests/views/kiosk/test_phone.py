"""The kiosk follows the member's phone, and lives on without it."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.basics.errors import NotFound
from desktop.services import phone as phone_side
from desktop.services.phone import send_phone_code, sign_in_by_code, take_offer
from desktop.shop import actors
from tests.helpers.goods import PHONE
from tests.helpers.sales import Pocket
from tests.views.kiosk.conftest import CODES, Kiosk, aside
from tests.views.kiosk.test_sale import confirm_by_code, to_bill


class Phone:
    """A member's phone: takes the code from the screen, signs in, chooses, confirms."""

    def __init__(self, kiosk: Kiosk, device: str = "a-phone") -> None:
        self.kiosk, self.device, self.pocket = kiosk, device, Pocket()
        self.door = kiosk.stocked.shop.acting_as(actors.phone())
        kiosk.qtbot.waitUntil(lambda: kiosk.sale.offer is not None)
        self.token = kiosk.sale.offer.token
        self.do(take_offer, self.token, device)

    def do(self, deed: Any, *args: Any) -> Any:
        """Act away from the screen's thread, as a phone does."""
        return aside(lambda: self.door.do(deed, *args))

    def sign_in(self) -> None:
        """Prove the number."""
        aside(lambda: send_phone_code(self.door, self.pocket, self.token, self.device, PHONE))
        aside(lambda: sign_in_by_code(self.door, self.token, self.device, self.pocket.code))

    def agree(self) -> None:
        """Confirm what the screen shows."""
        self.do(phone_side.agree, self.token, self.device, self.kiosk.sale.version)


@pytest.mark.req("Q2")
def test_the_kiosk_follows_the_phone(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan_demo()
    kiosk.sale.go("member")
    phone = Phone(kiosk)
    phone.sign_in()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    assert kiosk.sale.member.shown_name == "林女士"
    phone.do(phone_side.choose_points, phone.token, phone.device, 8_000)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.points == 8_000)
    phone.agree()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.agreed)
    kiosk.sale.pay("card")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")  # no second word needed


@pytest.mark.req("Q2")
def test_goods_scanned_after_the_members_word_need_it_again(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 2_000)
    confirm_by_code(kiosk)
    kiosk.sale.back_to_bill()
    kiosk.scan(CODES[3])
    kiosk.sale.pay("cash")
    kiosk.settle_down()
    assert kiosk.sale.page == "confirm"


@pytest.mark.req("Q2")
def test_a_phone_lost_in_the_middle_leaves_three_ways_on(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 2_000)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "confirm")
    first = Phone(kiosk)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.phone_joined)
    old = kiosk.sale.offer
    kiosk.sale.show_code(anew=True)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.offer is not old and not kiosk.sale.phone_joined)
    with pytest.raises(NotFound):  # the lost phone is out
        first.do(phone_side.agree, first.token, first.device, kiosk.sale.version)
    kiosk.window.page._without()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    assert (kiosk.sale.points, kiosk.sale.bill.to_pay_minor) == (0, 20_370)
