"""Cash at a kiosk: the rounded sum is what is shown and taken, and staff opens and closes the drawer there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.models.cash_sessions import CashForeign, CashSession
from desktop.models.cash_settings import CASH_ROUND_TO
from desktop.models.orders import Order
from desktop.models.payments import Tender
from desktop.services.exchange import save_currency, type_rate
from desktop.services.settings import set_settings
from desktop.views.kiosk.keypad import BACK
from desktop.views.kiosk.overlays import Notice
from desktop.views.kiosk.pages_pay import StaffPage
from desktop.views.kiosk.staff_cash import Verdict
from desktop.views.kiosk.typed_sum import TypedSum
from tests.views.kiosk.conftest import Kiosk, aside
from tests.views.kiosk.test_sale import to_bill
from tests.views.kiosk.test_staff import menu
from tests.views.kiosk.test_window import touch


@pytest.mark.req("M1")
def test_the_rounded_sum_is_due_in_cash_and_only_in_cash(kiosk: Kiosk) -> None:
    aside(lambda: kiosk.stocked.shop.do(set_settings, {CASH_ROUND_TO.key: 100}))
    kiosk.open()
    to_bill(kiosk, member=False)
    exact = kiosk.sale.bill.to_pay_minor
    assert exact == 22_370
    kiosk.sale.pay("card")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    assert kiosk.sale.due_minor == exact
    kiosk.sale.back_to_bill()
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    assert kiosk.sale.due_minor == 22_300
    kiosk.to_staff()
    kiosk.sale.settle(22_500)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert kiosk.sale.settled.change_minor == 200
    with kiosk.stocked.shop.storage.read.connect() as connection:
        row = connection.execute(select(Order.total_minor, Order.rounding_minor)).one()
    assert tuple(row) == (22_300, -70)


def sums(kiosk: Kiosk, *digits: str) -> None:
    """Type a sum on the pad and hand it in."""
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, TypedSum))
    asked = kiosk.window.overlay
    assert isinstance(asked, TypedSum)
    for digit in digits:
        asked._entry.press(digit)
    asked._enter()


@pytest.mark.req("M13")
def test_staff_opens_counts_and_closes_the_drawer(kiosk: Kiosk) -> None:
    kiosk.open()
    menu(kiosk)
    touch(kiosk, "交接班")
    sums(kiosk, "2", "0", "0")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    kiosk.window.close_overlay()
    menu(kiosk)
    touch(kiosk, "交接班")
    sums(kiosk, "1", "9", "9")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Verdict))
    touch(kiosk, "复盘")
    sums(kiosk, "1", "9", "8")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Verdict))
    touch(kiosk, "找错零钱")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    with kiosk.stocked.shop.storage.read.connect() as connection:
        row = connection.execute(
            select(CashSession.state, CashSession.difference_minor, CashSession.reason)
        ).one()
    assert tuple(row) == ("closed", -200, "找错零钱")


@pytest.mark.req("M13", "M6")
def test_notes_of_other_currencies_are_counted_one_after_the_other(kiosk: Kiosk) -> None:
    aside(lambda: kiosk.stocked.shop.do(save_currency, "USD"))
    kiosk.open()

    def typed(*amounts: str) -> None:
        menu(kiosk)
        touch(kiosk, "交接班")
        before = None
        for amount in amounts:
            kiosk.qtbot.waitUntil(
                lambda last=before: (
                    isinstance(kiosk.window.overlay, TypedSum) and kiosk.window.overlay is not last
                )
            )
            before = kiosk.window.overlay
            sums(kiosk, *amount)

    typed("100", "20")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    kiosk.window.close_overlay()
    typed("100", "15")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Verdict))
    touch(kiosk, "找错零钱")  # a reason is asked for, though the shop's own notes are all there
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    with kiosk.stocked.shop.storage.read.connect() as connection:
        rows = connection.execute(
            select(CashForeign.currency, CashForeign.counted_minor, CashForeign.expected_minor).order_by(
                CashForeign.id
            )
        )
        assert [tuple(row) for row in rows] == [("USD", 2_000, 2_000), ("USD", 1_500, 2_000)]
        assert connection.execute(select(CashSession.difference_minor)).scalar() == 0


@pytest.mark.req("M6", "M13")
def test_foreign_notes_are_taken_with_the_change_in_the_shops_own(kiosk: Kiosk) -> None:
    def rates() -> None:
        kiosk.stocked.shop.do(save_currency, "USD")
        kiosk.stocked.shop.do(type_rate, "USD", "7")

    aside(rates)
    kiosk.open()
    to_bill(kiosk, member=False)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    kiosk.to_staff()
    page = kiosk.window.page
    assert isinstance(page, StaffPage)
    notes = page._notes
    assert notes is not None
    notes.choose("USD")
    assert page._entry.value == "31.96"  # the least that covers ¥223.70 at 7
    assert page._ok.isEnabled()
    page._entry.press(BACK)
    assert not page._ok.isEnabled()  # $31.9 are ¥223.30
    assert page._told.text() == "还差 ¥0.40"
    notes.choose("")
    assert (page._entry.value, notes.handed()) == ("", ("", 0, ""))
    notes.choose("USD")
    page._entry.clear()
    for digit in "40":
        page._entry.press(digit)
    page._settle()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert kiosk.sale.settled.change_minor == 28_000 - 22_370
    with kiosk.stocked.shop.storage.read.connect() as connection:
        kept = connection.execute(select(Tender.foreign_currency, Tender.foreign_minor, Tender.rate)).one()
    assert tuple(kept) == ("USD", 4_000, "7")


@pytest.mark.req("M6")
def test_a_rate_that_moved_while_staff_counted_is_said(kiosk: Kiosk) -> None:
    def rate(text: str) -> None:
        kiosk.stocked.shop.do(save_currency, "USD")
        kiosk.stocked.shop.do(type_rate, "USD", text)

    aside(lambda: rate("7"))
    kiosk.open()
    to_bill(kiosk, member=False)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    kiosk.to_staff()
    page = kiosk.window.page
    assert isinstance(page, StaffPage)
    assert page._notes is not None
    page._notes.choose("USD")
    aside(lambda: rate("6.5"))
    page._settle()
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    assert kiosk.sale.page == "bill"
    assert kiosk.sale.settled is None
