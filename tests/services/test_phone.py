"""The phone's side: one phone, one sale, the number proved, the word bound to what was shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, NotAllowed, NotFound, Refused
from desktop.basics.ids import new_key
from desktop.queries.checkout import checkout_view, phone_view
from desktop.services.checkout import (
    agree_by_staff,
    drop_checkout,
    join_by_phone,
    offer_to_phone,
    save_checkout,
)
from desktop.services.phone import agree, choose_points, send_phone_code, sign_in_by_code, take_offer
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, NUTS, PHONE, Stocked, open_stocked
from tests.helpers.sales import Pocket


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.fixture
def phone(stocked: Stocked) -> Shop:
    """The shop as a phone sees it."""
    return stocked.shop.acting_as(actors.phone())


def offered(stocked: Stocked) -> tuple[str, str]:
    """A sale with a code on the screen; its key and token."""
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.demo_cart())
    return key, stocked.kiosk.do(offer_to_phone, key).token


@pytest.mark.req("Q2", "C7")
def test_the_member_signs_in_chooses_points_and_agrees(stocked: Stocked, phone: Shop) -> None:
    key, token = offered(stocked)
    pocket = Pocket()
    assert phone.do(take_offer, token, "phone-1") == key
    send_phone_code(phone, pocket, token, "phone-1", "138 0571 6621")
    sign_in_by_code(phone, token, "phone-1", pocket.code)
    assert phone.do(choose_points, token, "phone-1", 99_999) == 10_185
    assert phone.do(choose_points, token, "phone-1", 8_000) == 8_000
    view = phone.ask(phone_view, token, "phone-1")
    assert view.member is not None
    assert (view.bill.to_pay_minor, view.member.phone_tail, view.member.points) == (12370, "6621", 12_860)
    phone.do(agree, token, "phone-1", view.version)
    seen = stocked.kiosk.ask(checkout_view, key)
    assert seen.agreed
    stocked.cashier.do(settle, key, [TenderIn("cash", 12370)], seen.version)
    after = phone.ask(phone_view, token, "phone-1")
    assert after.state == "done"


@pytest.mark.req("Q2")
def test_a_second_phone_cannot_take_it_over(stocked: Stocked, phone: Shop) -> None:
    _key, token = offered(stocked)
    phone.do(take_offer, token, "phone-1")
    with pytest.raises(NotFound):
        phone.do(take_offer, token, "phone-2")
    with pytest.raises(NotFound):
        phone.ask(phone_view, token, "phone-2")
    with pytest.raises(NotFound):
        phone.do(choose_points, token, "phone-2", 5)
    assert phone.do(take_offer, token, "phone-1")  # the first one may reload its page


@pytest.mark.req("Q2")
def test_a_code_is_short_lived_and_dies_with_the_sale(
    stocked: Stocked, phone: Shop, clock: HandClock
) -> None:
    _key, token = offered(stocked)
    clock.pass_time(timedelta(seconds=121))
    with pytest.raises(NotFound):
        phone.do(take_offer, token, "phone-1")
    key, token = offered(stocked)
    phone.do(take_offer, token, "phone-1")
    stocked.kiosk.do(drop_checkout, key)
    with pytest.raises(NotFound):
        phone.ask(phone_view, token, "phone-1")


def test_control_the_same_steps_in_time_do_work(stocked: Stocked, phone: Shop, clock: HandClock) -> None:
    _key, token = offered(stocked)
    clock.pass_time(timedelta(seconds=119))
    assert phone.do(take_offer, token, "phone-1")


@pytest.mark.req("Q2")
def test_the_word_is_for_the_bill_that_was_shown(stocked: Stocked, phone: Shop) -> None:
    key, token = offered(stocked)
    pocket = Pocket()
    phone.do(take_offer, token, "p")
    with pytest.raises(Refused):
        phone.do(agree, token, "p", 1)
    send_phone_code(phone, pocket, token, "p", PHONE)
    sign_in_by_code(phone, token, "p", pocket.code)
    version = phone.ask(phone_view, token, "p").version
    stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1), (MILK, 1)))
    with pytest.raises(Changed):
        phone.do(agree, token, "p", version)


def test_wrong_codes_run_out(stocked: Stocked, phone: Shop) -> None:
    _key, token = offered(stocked)
    pocket = Pocket()
    phone.do(take_offer, token, "p")
    send_phone_code(phone, pocket, token, "p", PHONE)
    wrong = f"{(int(pocket.code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(Refused):
            sign_in_by_code(phone, token, "p", wrong)
    with pytest.raises(Refused):
        sign_in_by_code(phone, token, "p", pocket.code)


def test_codes_cannot_flood_a_number(stocked: Stocked, phone: Shop) -> None:
    _key, token = offered(stocked)
    phone.do(take_offer, token, "p")
    pocket = Pocket()
    for _ in range(5):
        send_phone_code(phone, pocket, token, "p", PHONE)
    with pytest.raises(Refused):
        send_phone_code(phone, pocket, token, "p", PHONE)
    assert len(pocket.messages) == 5


@pytest.mark.req("C7", "C8")
def test_an_unknown_number_becomes_a_member_with_welcome_points(stocked: Stocked, phone: Shop) -> None:
    _key, token = offered(stocked)
    pocket = Pocket()
    phone.do(take_offer, token, "p")
    send_phone_code(phone, pocket, token, "p", "13900001234")
    sign_in_by_code(phone, token, "p", pocket.code)
    view = phone.ask(phone_view, token, "p")
    assert view.member is not None
    assert (view.member.points, view.member.phone_tail) == (200, "1234")


@pytest.mark.req("A1")
def test_a_phone_can_neither_scan_nor_settle(stocked: Stocked, phone: Shop) -> None:
    key, _token = offered(stocked)
    with pytest.raises(NotAllowed):
        phone.do(save_checkout, key, stocked.demo_cart())
    with pytest.raises(NotAllowed):
        phone.do(settle, key, [TenderIn("cash", 1)], 1)
    with pytest.raises(NotAllowed):
        phone.ask(checkout_view, key)


@pytest.mark.req("C10", "A1")
def test_staff_may_vouch_for_a_member_where_no_message_goes_out(stocked: Stocked) -> None:
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.demo_cart())
    stocked.kiosk.do(join_by_phone, key, PHONE)
    version = stocked.kiosk.do(save_checkout, key, stocked.demo_cart(), 8_000)
    pay = [TenderIn("cash", 12370)]
    with pytest.raises(Refused):  # nobody's word yet
        stocked.cashier.do(settle, key, pay, version)
    with pytest.raises(NotAllowed):  # the customer alone cannot
        stocked.kiosk.do(agree_by_staff, key, version)
    with pytest.raises(Changed):
        stocked.cashier.do(agree_by_staff, key, version - 1)
    stocked.cashier.do(agree_by_staff, key, version)
    seen = stocked.kiosk.ask(checkout_view, key)
    assert (seen.agreed, seen.agreed_by, seen.version) == (True, "staff", version)
    assert stocked.cashier.do(settle, key, pay, version).points_spent == 8_000


def test_what_staff_vouched_for_ends_with_the_next_change(stocked: Stocked) -> None:
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.demo_cart())
    with pytest.raises(Refused):  # nobody to vouch for
        stocked.cashier.do(agree_by_staff, key, version)
    stocked.kiosk.do(join_by_phone, key, PHONE)
    version = stocked.kiosk.do(save_checkout, key, stocked.demo_cart(), 8_000)
    stocked.cashier.do(agree_by_staff, key, version)
    stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)), 100)
    assert not stocked.kiosk.ask(checkout_view, key).agreed
