"""Paying by phone at the kiosk: a code to scan, the customer's own code, silence, another way, a power cut, a late success."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.payments import Tender
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.paying import run_due
from desktop.views.kiosk.overlays import Notice
from desktop.views.kiosk.page_wallet import WalletPage
from desktop.views.kiosk.pages_pay import WaitPage
from desktop.views.kiosk.widgets import Tile
from tests.helpers.goods import PHONE
from tests.helpers.pay_office import DEAF, DECLINED, NoClosing, PayOffice, gateways_of
from tests.views.kiosk.conftest import CODES, Kiosk, aside

WECHAT_CODE, ALIPAY_CODE = "134567890123456789", "280123456789012345"
SOON = timedelta(seconds=11)


@pytest.fixture
def office() -> PayOffice:
    """A provider for whom everything goes well."""
    return PayOffice()


def connected(kiosk: Kiosk, *more: str) -> None:
    """The shop has accounts with two providers."""
    rows = [
        {"gateway": name, "details": {}, "saved_at": kiosk.stocked.shop.clock.now()}
        for name in ("wechat", "alipay", *more)
    ]
    with kiosk.stocked.shop.storage.write.begin() as connection:
        connection.execute(insert(PaymentAccount), rows)


def at_bill(kiosk: Kiosk, *more: str) -> None:
    """The pictures' cart without a member, ready to pay."""
    connected(kiosk, *more)
    kiosk.open()
    kiosk.scan_demo()
    kiosk.sale.go("bill")
    kiosk.settle_down()
    kiosk.qtbot.waitUntil(lambda: bool(kiosk.sale.offers))


def work(kiosk: Kiosk, office: PayOffice) -> None:
    """The machine of payments looks once, in a program of its own."""
    aside(lambda: run_due(kiosk.stocked.shop, gateways_of(office)))
    kiosk.settle_down()


def later(kiosk: Kiosk, office: PayOffice, clock: HandClock) -> None:
    """Some seconds later it looks again."""
    clock.pass_time(SOON)
    work(kiosk, office)


def begun(kiosk: Kiosk, method: str = "wechat") -> WalletPage:
    """The customer chose a way to pay by phone."""
    kiosk.sale.pay(method)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.wallet is not None and kiosk.sale.wallet.view is not None)
    kiosk.settle_down()
    page = kiosk.window.page
    assert isinstance(page, WalletPage)
    return page


def tenders(kiosk: Kiosk) -> list[tuple[str, int]]:
    """What stands in the books."""
    with kiosk.stocked.shop.storage.read.connect() as connection:
        return [tuple(row) for row in connection.execute(select(Tender.method_key, Tender.amount_minor))]  # type: ignore[misc]


def books_fit(kiosk: Kiosk) -> bool:
    """Nothing is wrong anywhere."""
    return aside(lambda: kiosk.stocked.shop.ask(verify)).faults == ()  # type: ignore[no-any-return]


@pytest.mark.req("M1", "K4")
def test_the_customer_scans_our_code_and_the_receipt_comes_by_itself(
    any_kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    kiosk = any_kiosk
    at_bill(kiosk)
    shown = [tile.text() for tile in kiosk.window.page.findChildren(Tile)]  # type: ignore[union-attr]
    assert len(shown) == 4
    page = begun(kiosk)
    assert page._code.address == ""  # nothing to scan before the provider made it
    work(kiosk, office)
    assert page._code.address.startswith("https://pay.example/")
    assert page._code.isVisible()
    due = kiosk.sale.bill.to_pay_minor
    later(kiosk, office, clock)
    assert kiosk.sale.page == "wait"
    office.pay(kiosk.sale.wallet.view.number)
    later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert kiosk.sale.settled.to_pay_minor == due
    assert tenders(kiosk) == [("wechat", due)]
    assert books_fit(kiosk)


@pytest.mark.req("M1", "K4")
def test_the_customers_own_code_is_charged_wherever_it_is_scanned(kiosk: Kiosk, office: PayOffice) -> None:
    at_bill(kiosk)
    kiosk.scan(ALIPAY_CODE)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    assert kiosk.sale.method == "alipay"
    work(kiosk, office)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert office.calls == ["take"]
    assert [method for method, _amount in tenders(kiosk)] == ["alipay"]


def test_a_code_of_goods_is_still_a_code_of_goods(kiosk: Kiosk) -> None:
    at_bill(kiosk)
    pieces = kiosk.sale.pieces
    kiosk.scan(CODES[1])
    assert kiosk.sale.pieces == pieces + 1
    assert kiosk.sale.page == "bill"


@pytest.mark.req("M2", "M4")
def test_silence_is_confirming_and_never_failed_and_nothing_is_charged_twice(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    office.script = deque([DEAF, DEAF])
    kiosk.scan(WECHAT_CODE)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    work(kiosk, office)
    page = kiosk.window.page
    assert isinstance(page, WalletPage)
    assert kiosk.sale.wallet.view.state == "unknown"
    assert not page._again.isVisible()
    assert page._help.isVisible()
    kiosk.sale.pay_again()  # a second touch of anything begins nothing
    kiosk.settle_down()
    assert len(office.trades) == 1
    for _look in range(4):
        later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert len(office.trades) == 1
    assert office.net_minor == sum(amount for _method, amount in tenders(kiosk))
    assert books_fit(kiosk)


@pytest.mark.req("M4")
def test_a_refusal_says_why_and_another_try_is_a_new_one(kiosk: Kiosk, office: PayOffice) -> None:
    at_bill(kiosk)
    office.script = deque([DECLINED])
    kiosk.scan(WECHAT_CODE)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    work(kiosk, office)
    page = kiosk.window.page
    assert isinstance(page, WalletPage)
    kiosk.qtbot.waitUntil(page._again.isVisible)
    first = kiosk.sale.wallet.view.number
    page._again.click()
    kiosk.settle_down()
    kiosk.qtbot.waitUntil(
        lambda: kiosk.sale.wallet.view is not None and kiosk.sale.wallet.view.number != first
    )
    assert tenders(kiosk) == []


@pytest.mark.req("M1", "K4")
def test_the_customers_own_code_is_charged_while_ours_is_shown(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    begun(kiosk)
    work(kiosk, office)
    kiosk.window._switch_language()  # draws the page anew; what can be chosen stays
    kiosk.settle_down()
    page = kiosk.window.page
    assert isinstance(page, WalletPage)
    assert {key for key, way in page._ways.items() if way.isVisible()} == {"alipay", "card", "cash"}
    kiosk.scan(ALIPAY_CODE)
    for _look in range(3):
        later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert [method for method, _amount in tenders(kiosk)] == ["alipay"]
    assert office.net_minor == sum(amount for _method, amount in tenders(kiosk))
    assert books_fit(kiosk)


@pytest.mark.req("M2")
def test_another_way_waits_until_the_first_is_sure_to_be_over(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    begun(kiosk)
    work(kiosk, office)
    kiosk.sale.pay_otherwise("cash")
    kiosk.settle_down()
    assert isinstance(kiosk.window.page, WalletPage)  # the first may still be paid
    for _look in range(3):
        later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.page, WaitPage))
    kiosk.to_staff()
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert [method for method, _amount in tenders(kiosk)] == ["cash"]
    assert office.net_minor == 0
    assert books_fit(kiosk)


@pytest.mark.req("M2", "M4")
def test_cash_is_taken_after_a_warning_when_the_provider_stays_silent(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    begun(kiosk)
    work(kiosk, office)
    page = kiosk.window.page
    assert isinstance(page, WalletPage)
    office.script = deque([DEAF] * 40)
    kiosk.sale.leave_wallet()
    kiosk.settle_down()
    assert not page._ways["cash"].isEnabled()
    for _look in range(4):
        clock.pass_time(timedelta(minutes=2))
        work(kiosk, office)
    kiosk.qtbot.waitUntil(page._ways["cash"].isEnabled)
    assert not page._ways["alipay"].isEnabled()
    page._ways["cash"].click()
    kiosk.to_staff()
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    assert kiosk.sale.page == "staff"
    assert tenders(kiosk) == []
    kiosk.sale.settle_despite()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert [method for method, _amount in tenders(kiosk)] == ["cash"]
    work(kiosk, office)
    assert kiosk.sale.page == "receipt"
    assert books_fit(kiosk)


@pytest.mark.req("M2")
def test_a_payment_faster_than_its_cancelling_is_the_payment(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    begun(kiosk)
    work(kiosk, office)
    office.pay(kiosk.sale.wallet.view.number)
    office.trades[kiosk.sale.wallet.view.number].state = "paid"
    kiosk.sale.pay_otherwise("cash")
    kiosk.settle_down()
    for _look in range(6):
        later(kiosk, office, clock)
    # either it was booked as paid, or the provider gave it back before cash is asked for: never both
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt" or isinstance(kiosk.window.page, WaitPage))
    paid = sum(amount for _method, amount in tenders(kiosk))
    assert office.net_minor == paid
    assert books_fit(kiosk)


@pytest.mark.req("M2", "R6")
def test_after_a_power_cut_the_kiosk_goes_on_with_the_payment_that_was_under_way(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    begun(kiosk)
    work(kiosk, office)
    number, key = kiosk.sale.wallet.view.number, kiosk.sale.key
    kiosk.window._may_leave = True
    kiosk.window.close()
    kiosk.open()  # the same till, made anew: nothing of the old one is asked
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.key == key and kiosk.sale.page == "wait")
    assert kiosk.sale.wallet.view.number == number
    kiosk.settle_down()
    assert kiosk.window.page._ways["cash"].isVisible()  # type: ignore[union-attr]
    office.pay(number)
    later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert len(office.trades) == 1


@pytest.mark.req("M2", "M4")
def test_a_payment_begun_by_another_program_is_shown_and_can_be_left(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    at_bill(kiosk)
    sale, till = kiosk.sale, kiosk.stocked.kiosk
    aside(
        lambda: till.do(
            begin_attempt, f"sale:{sale.key}", "alipay", sale.bill.to_pay_minor, way="show", version=sale.version,
            client_key=new_key(),
        )
    )  # fmt: skip
    assert sale.page == "bill"  # the control: nobody told this screen
    sale.pay("wechat")
    kiosk.qtbot.waitUntil(lambda: sale.wallet is not None and sale.wallet.view is not None)
    kiosk.settle_down()
    page = kiosk.window.page
    assert isinstance(page, WalletPage)
    assert (sale.page, sale.method, sale.wallet.view.method_key) == ("wait", "alipay", "alipay")
    work(kiosk, office)
    assert page._code.address.startswith("https://pay.example/")
    sale.leave_wallet()
    kiosk.settle_down()
    for _look in range(3):
        later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: sale.page == "bill")
    assert office.net_minor == 0


@pytest.mark.req("K4", "M2")
def test_drawing_the_page_anew_gives_no_more_time(kiosk: Kiosk, office: PayOffice) -> None:
    at_bill(kiosk)
    page = begun(kiosk)
    work(kiosk, office)
    for _second in range(100):
        page.tick(0)
    kiosk.window._switch_language()
    kiosk.settle_down()
    again = kiosk.window.page
    assert isinstance(again, WalletPage)
    assert again is not page  # the control: it was built anew
    assert not kiosk.sale.wallet.stopping
    for _second in range(21):
        again.tick(0)
    assert kiosk.sale.wallet.stopping  # two minutes in all


@pytest.mark.req("M2", "M4", "K4")
def test_a_code_nothing_takes_back_says_how_long_and_cash_goes_on_by_itself(
    kiosk: Kiosk, clock: HandClock
) -> None:
    office = NoClosing()
    office.clock = clock
    at_bill(kiosk, "unionpay")
    page = begun(kiosk, "unionpay")
    work(kiosk, office)
    assert page._code.address
    kiosk.sale.leave_wallet()
    kiosk.settle_down()
    assert not page._ways["cash"].isEnabled()  # the control: nobody has asked the provider yet
    work(kiosk, office)
    kiosk.qtbot.waitUntil(page._ways["cash"].isEnabled)
    assert "3" in page._more.text()
    assert not page._ways["alipay"].isEnabled()
    kiosk.sale.pay_otherwise("cash")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.page, WaitPage))
    kiosk.to_staff()
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    kiosk.sale.settle_despite()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert [method for method, _amount in tenders(kiosk)] == ["cash"]
    clock.pass_time(timedelta(minutes=3))
    work(kiosk, office)
    assert books_fit(kiosk)


@pytest.mark.req("M1", "C10")
def test_a_member_pays_half_with_points_and_the_rest_by_phone(
    kiosk: Kiosk, office: PayOffice, clock: HandClock
) -> None:
    kiosk.open()
    kiosk.scan_demo()
    kiosk.sale.go("member")
    kiosk.sale.join(PHONE)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill" and not kiosk.sale.busy)
    kiosk.sale.set_points(8_000)
    kiosk.settle_down()
    kiosk.sale.pay("alipay")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "confirm")
    kiosk.sale.send_code()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.code_sent and not kiosk.sale.busy)
    assert kiosk.pocket is not None
    kiosk.sale.type_code(kiosk.pocket.code)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait" and kiosk.sale.wallet is not None)
    kiosk.settle_down()
    work(kiosk, office)
    office.pay(kiosk.sale.wallet.view.number)
    later(kiosk, office, clock)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert sorted(tenders(kiosk)) == [("alipay", 12_370), ("points", 8_000)]
    assert books_fit(kiosk)
