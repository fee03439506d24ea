"""Stored value too little for the whole bill, at the kiosk: it pays what it can with its owner's word, another way the rest."""

from __future__ import annotations

from collections import deque

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.services.pay_methods import MethodTerms, edit_method
from desktop.services.stored_value import pay_out
from desktop.views.kiosk.bill import Due, StoredPart
from desktop.views.kiosk.overlays import Notice
from desktop.views.kiosk.page_wallet import WalletPage
from desktop.views.kiosk.pages_pay import ConfirmPage, WaitPage
from desktop.views.kiosk.widgets import Text
from tests.helpers.pay_office import DECLINED, PayOffice
from tests.views.kiosk.conftest import CODES, Kiosk, aside
from tests.views.kiosk.test_sale import to_bill
from tests.views.kiosk.test_stored import DUE, fill, has, tenders
from tests.views.kiosk.test_wallet import ALIPAY_CODE, begun, books_fit, connected, later, work

PART = 6_000
REST = DUE - PART


@pytest.fixture
def office() -> PayOffice:
    """A provider for whom everything goes well."""
    return PayOffice()


def at_bill(kiosk: Kiosk, minor: int = PART) -> None:
    """The pictures' cart, a member with so much stored value, and two wallets."""
    fill(kiosk, minor)
    connected(kiosk)
    kiosk.open()
    to_bill(kiosk)
    kiosk.qtbot.waitUntil(lambda: bool(kiosk.sale.offers))
    kiosk.settle_down()


def choice(kiosk: Kiosk) -> StoredPart | None:
    """The choice on the bill, when it is there."""
    found = [one for one in kiosk.window.findChildren(StoredPart) if one.isVisible()]
    return found[0] if found else None


def choose(kiosk: Kiosk) -> None:
    """The customer touches it."""
    button = choice(kiosk)
    assert button is not None
    button.click()
    kiosk.settle_down()


def left_to_pay(kiosk: Kiosk) -> str:
    """The large amount of the bill."""
    (due,) = [one for one in kiosk.window.findChildren(Due) if one.isVisible()]
    return due.amount.text()


def confirmed(kiosk: Kiosk, method: str) -> None:
    """The member touches a way to pay and types the code."""
    kiosk.sale.pay(method)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "confirm" and not kiosk.sale.busy)
    kiosk.settle_down()
    kiosk.sale.send_code()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.code_sent and not kiosk.sale.busy)
    assert kiosk.pocket is not None
    kiosk.sale.type_code(kiosk.pocket.code)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    kiosk.settle_down()


def paid_at_desk(kiosk: Kiosk, minor: int) -> None:
    """Meanwhile the desk pays so much of it out."""
    shop, lin = kiosk.stocked.shop, kiosk.stocked.member_id
    aside(lambda: shop.do(pay_out, lin, minor, "card", "moves away", client_key=new_key()))
    kiosk.settle_down()


@pytest.mark.req("C14", "M1", "K4")
def test_stored_value_pays_a_part_and_a_wallet_the_rest(
    any_kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    kiosk = any_kiosk
    at_bill(kiosk)
    assert left_to_pay(kiosk) == "¥203.70"  # the control: before it is chosen
    button = choice(kiosk)
    assert button is not None
    assert "¥60.00" in button.text()
    assert "¥143.70" in button.text()
    choose(kiosk)
    assert left_to_pay(kiosk) == "¥143.70"
    confirmed(kiosk, "alipay")
    page = kiosk.window.page
    assert isinstance(page, WalletPage)
    assert "¥143.70" in [text.text() for text in page.findChildren(Text)]
    work(kiosk, office)
    assert has(kiosk) == PART  # nothing local before the wallet
    office.pay(kiosk.sale.wallet.view.number)
    later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert sorted(tenders(kiosk)) == [("alipay", REST), ("stored_value", PART)]
    assert (has(kiosk), office.net_minor) == (0, REST)
    shown = " ".join(text.text() for text in kiosk.window.page.findChildren(Text))  # type: ignore[union-attr]
    assert "¥60.00" in shown
    assert "¥143.70" in shown
    assert books_fit(kiosk)


@pytest.mark.req("C14", "M8")
def test_cash_pays_the_rest_with_the_discount_of_the_rest_alone(kiosk: Kiosk) -> None:
    kiosk.stocked.shop.do(edit_method, "cash", MethodTerms(discount_bp=1_000))
    at_bill(kiosk)
    choose(kiosk)
    confirmed(kiosk, "cash")
    assert isinstance(kiosk.window.page, WaitPage)
    off = REST // 10
    assert kiosk.sale.due_minor == REST - off
    kiosk.to_staff()
    kiosk.sale.settle(20_000)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert sorted(tenders(kiosk)) == [("cash", REST - off), ("stored_value", PART)]
    assert kiosk.sale.settled.change_minor == 20_000 - REST + off
    assert has(kiosk) == 0
    assert books_fit(kiosk)


@pytest.mark.req("C14")
def test_without_the_choice_it_is_left_alone(kiosk: Kiosk) -> None:
    """The control: the same member touches a way to pay and nothing else."""
    at_bill(kiosk)
    kiosk.sale.pay("card")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait" and not kiosk.sale.busy)
    kiosk.to_staff()
    kiosk.sale.settle(0, "slip 7")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    kiosk.settle_down()
    assert (tenders(kiosk), has(kiosk)) == ([("card", DUE)], PART)


@pytest.mark.req("C14")
@pytest.mark.parametrize("minor", [DUE, 90_000])
def test_it_is_offered_only_where_it_is_a_part(kiosk: Kiosk, minor: int) -> None:
    fill(kiosk, minor)
    kiosk.open()
    to_bill(kiosk)
    kiosk.qtbot.waitUntil(lambda: bool(kiosk.sale.offers))
    kiosk.settle_down()
    assert choice(kiosk) is None
    kiosk.scan(*CODES)  # what is left is more now
    assert (choice(kiosk) is not None) == (minor == DUE)


@pytest.mark.req("C14")
def test_who_gives_no_word_goes_back_to_the_whole_bill(kiosk: Kiosk) -> None:
    at_bill(kiosk)
    choose(kiosk)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "confirm" and not kiosk.sale.busy)
    kiosk.settle_down()
    page = kiosk.window.page
    assert isinstance(page, ConfirmPage)
    page._without()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    kiosk.settle_down()
    assert left_to_pay(kiosk) == "¥203.70"
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait" and not kiosk.sale.busy)
    assert (kiosk.sale.stored, kiosk.sale.due_minor) == (0, DUE)
    kiosk.settle_down()
    assert has(kiosk) == PART


@pytest.mark.req("C14", "M1")
def test_a_scanned_payment_code_serves_the_payment_it_was_scanned_for(
    kiosk: Kiosk, office: PayOffice
) -> None:
    at_bill(kiosk)
    choose(kiosk)
    kiosk.scan(ALIPAY_CODE)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "confirm" and not kiosk.sale.busy)
    assert kiosk.sale.method == "alipay"  # the control: it was taken
    page = kiosk.window.page
    assert isinstance(page, ConfirmPage)
    page._without()
    begun(kiosk, "wechat")
    work(kiosk, office)
    assert office.calls == ["show"]
    assert kiosk.sale.wallet.view.amount_minor == DUE


@pytest.mark.req("C14", "M4")
def test_a_declined_wallet_takes_no_stored_value_and_cash_pays_the_same_rest(
    kiosk: Kiosk, office: PayOffice
) -> None:
    at_bill(kiosk)
    choose(kiosk)
    office.script = deque([DECLINED])
    confirmed(kiosk, "wechat")
    work(kiosk, office)
    page = kiosk.window.page
    assert isinstance(page, WalletPage)
    kiosk.qtbot.waitUntil(page._again.isVisible)
    assert (has(kiosk), tenders(kiosk)) == (PART, [])
    kiosk.sale.pay_otherwise("cash")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.page, WaitPage))
    kiosk.to_staff()
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert sorted(tenders(kiosk)) == [("cash", REST), ("stored_value", PART)]
    assert has(kiosk) == 0
    assert books_fit(kiosk)


@pytest.mark.req("C14", "M1")
def test_a_wallets_money_goes_back_when_the_stored_value_is_gone_and_the_bill_asks_anew(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    choose(kiosk)
    confirmed(kiosk, "alipay")
    work(kiosk, office)
    paid_at_desk(kiosk, 4_500)
    office.pay(kiosk.sale.wallet.view.number)
    for _look in range(3):
        later(kiosk, office, clock)
    assert (has(kiosk), tenders(kiosk), office.net_minor) == (1_500, [], 0)
    assert kiosk.sale.page == "wait"
    assert len(office.trades) == 1
    kiosk.sale.pay_again()  # the same once more would come and go back again: it does not begin
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill" and not kiosk.sale.busy)
    assert isinstance(kiosk.window.overlay, Notice)
    kiosk.settle_down()
    assert len(office.trades) == 1
    assert left_to_pay(kiosk) == "¥188.70"
    kiosk.window.close_overlay()
    confirmed(kiosk, "alipay")  # another amount: the member's word is asked for once more
    work(kiosk, office)
    office.pay(kiosk.sale.wallet.view.number)
    later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert sorted(tenders(kiosk)) == [("alipay", DUE - 1_500), ("stored_value", 1_500)]
    assert (has(kiosk), office.net_minor) == (0, DUE - 1_500)
    assert books_fit(kiosk)


@pytest.mark.req("C14", "R6")
def test_after_a_power_cut_the_choice_and_the_wallet_go_on(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    choose(kiosk)
    confirmed(kiosk, "alipay")
    work(kiosk, office)
    number, key = kiosk.sale.wallet.view.number, kiosk.sale.key
    kiosk.window._may_leave = True
    kiosk.window.close()
    kiosk.open()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.key == key and kiosk.sale.page == "wait")
    kiosk.settle_down()
    assert kiosk.sale.due_minor == REST
    office.pay(number)
    later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert sorted(tenders(kiosk)) == [("alipay", REST), ("stored_value", PART)]
    assert books_fit(kiosk)
