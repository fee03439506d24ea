"""O13: an order is shown to whoever knows its number and the end of its member's phone number, and to nobody who guesses."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, NotFound, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.members import Member
from desktop.models.order_looks import OrderLook
from desktop.models.orders import Order
from desktop.models.people import SignInBrake
from desktop.queries.order_detail import order_detail
from desktop.queries.order_filter import OrderFilter
from desktop.queries.order_looks import OrderSeen, dashed, tidy_number
from desktop.queries.order_query import Place
from desktop.queries.order_typing import take
from desktop.services.fulfilment import ship_order
from desktop.services.members import change_phone
from desktop.services.order_looks import (
    MINUTES,
    ask_on_phone,
    leave_order,
    look_up_at_kiosk,
    look_up_on_phone,
    order_on_phone,
)
from desktop.services.order_messages import AN_HOUR, answer_member
from desktop.services.pickup import new_pick_up_code
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import HOME, order_of, pay, placed
from tests.helpers.goods import MILK, PHONE, TEA, Stocked, open_stocked

TAIL = PHONE[-4:]
HERE, DEVICE = "192.168.1.30", "a phone's cookie"


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def bought(stocked: Stocked, **more: object) -> str:
    """The member's paid order, by its short number."""
    order_id = placed(stocked, (TEA, 1), (MILK, 2), **{"member_id": stocked.member_id, **more})
    pay(stocked, order_id)
    return str(order_of(stocked, order_id).short_code)


def phone(stocked: Stocked) -> Shop:
    """The shop as a phone sees it that has not said whose it is."""
    return stocked.shop.acting_as(actors.phone())


def said(call: object, *args: object) -> str:
    """The sentence a look is refused with, whatever kind of refusal it is."""
    with pytest.raises(ShopError) as found:
        call(*args)  # type: ignore[operator]
    return f"{type(found.value).__name__}: {found.value}"


@pytest.mark.req("O13")
def test_number_and_last_digits_show_the_order_and_nothing_personal(stocked: Stocked) -> None:
    number = bought(stocked)
    seen = look_up_at_kiosk(stocked.kiosk, number, TAIL)
    order_id = seen.order_id
    assert (seen.short_code, seen.status, seen.name) == (number, "to_ship", "林**")
    assert [line.qty_milli for line in seen.lines] == [1_000, 2_000]
    stocked.shop.do(ship_order, order_id, "SF1234567890", "顺丰")
    look_up_on_phone(phone(stocked), DEVICE, HERE, number.replace("-", " "), f" {TAIL} ")
    after = phone(stocked).ask(order_on_phone, DEVICE)
    assert [parcel.tracking for parcel in after.parcels] == ["SF1234567890"]
    assert [(s.words, s.state) for s in after.steps] == [
        ("Order placed", "past"), ("Paid", "past"), ("Shipped", "past"), ("On the way", "now"), ("Done", "later"),
    ]  # fmt: skip
    everything = repr((seen, after))
    assert HOME not in everything
    assert PHONE not in everything
    assert "林晓梅" not in everything
    whole = repr(stocked.shop.ask(order_detail, order_id).buyer)
    assert "林晓梅" in whole  # the control: the staff's view has what this one leaves out


@pytest.mark.req("O13", "A5")
def test_a_number_nobody_has_and_wrong_digits_are_answered_alike(stocked: Stocked) -> None:
    number = bought(stocked)
    guests = order_of(stocked, placed(stocked, (MILK, 1))).short_code

    def sentences() -> set[str]:
        tries = (
            (number, "0000"),
            ("0101-0001", TAIL),
            (guests, TAIL),
            ("nonsense", "0000"),
            (number, "12345678"),
        )
        at_kiosk = {said(look_up_at_kiosk, stocked.kiosk, *one) for one in tries}
        return at_kiosk | {said(look_up_on_phone, phone(stocked), DEVICE, HERE, *one) for one in tries[:3]}

    assert len(sentences()) == 1
    told = {said(naive, stocked, *one) for one in ((number, "0000"), ("0101-0001", TAIL))}
    assert len(told) == 2  # the control: this one tells whose numbers are orders


def naive(stocked: Stocked, number: str, digits: str) -> None:
    """A look-up as one writes it first: the order by its number, then its digits."""
    with stocked.shop.storage.read.connect() as connection:
        found = connection.execute(
            select(Member.phone_tail)
            .join(Order, Order.member_id == Member.id)
            .where(Order.short_code == number)
        ).scalar()
    if found is None:
        raise NotFound("There is no such order.")
    if found != digits:
        raise Refused("These digits are wrong.")


@pytest.mark.req("O13", "A5")
def test_guessing_stops_for_the_number_wherever_it_is_tried(stocked: Stocked, clock: HandClock) -> None:
    number = bought(stocked)
    for place in range(5):
        with pytest.raises(NotFound):
            look_up_on_phone(phone(stocked), DEVICE, f"192.168.1.{place}", number, "0000")
    for wrong in ("0101-0001",) * 5:  # a number nobody has runs out alike
        with pytest.raises(NotFound):
            look_up_at_kiosk(stocked.kiosk, wrong, "0000")
    full = said(look_up_on_phone, phone(stocked), DEVICE, "192.168.1.99", number.replace("-", ""), TAIL)
    assert full.startswith("Refused")
    assert full == said(look_up_on_phone, phone(stocked), DEVICE, "192.168.1.98", "0101-0001", TAIL)
    clock.pass_time(timedelta(minutes=15))
    look_up_on_phone(phone(stocked), DEVICE, "192.168.1.99", number, TAIL)
    with pytest.raises(NotFound):
        look_up_on_phone(phone(stocked), DEVICE, "192.168.1.99", number, "0000")
    with pytest.raises(Refused):  # the right one before has opened nothing
        look_up_on_phone(phone(stocked), DEVICE, "192.168.1.99", number, "0001")


@pytest.mark.req("O13", "A5")
def test_guessing_many_numbers_stops_at_its_place_and_right_ones_cost_nothing(
    stocked: Stocked, clock: HandClock
) -> None:
    number = bought(stocked)
    for _again in range(12):
        look_up_at_kiosk(stocked.kiosk, number, TAIL)
    for guess in range(10):
        with pytest.raises(NotFound):
            look_up_at_kiosk(stocked.kiosk, f"0101-{guess:04d}", TAIL)
    with pytest.raises(Refused):
        look_up_at_kiosk(stocked.kiosk, number, TAIL)
    look_up_on_phone(phone(stocked), DEVICE, HERE, number, TAIL)  # others go on
    clock.pass_time(timedelta(minutes=3))
    assert look_up_at_kiosk(stocked.kiosk, number, TAIL).short_code == number
    clock.pass_time(timedelta(hours=4))
    look_up_at_kiosk(stocked.kiosk, number, TAIL)
    with stocked.shop.storage.read.connect() as connection:
        assert len(connection.execute(select(SignInBrake)).all()) == 2  # what faded is swept away


@pytest.mark.req("O13")
def test_a_phone_forgets_and_sees_no_other_order(stocked: Stocked, clock: HandClock) -> None:
    mine, door = bought(stocked), phone(stocked)
    other = placed(stocked, (MILK, 1))
    look_up_on_phone(door, DEVICE, HERE, mine, TAIL)
    assert door.ask(order_on_phone, DEVICE).short_code == mine
    for stranger in ("", "another cookie"):
        with pytest.raises(NotFound):
            door.ask(order_on_phone, stranger)
    with pytest.raises(NotFound):  # a wrong try takes the earlier look away
        look_up_on_phone(door, DEVICE, HERE, str(order_of(stocked, other).code), TAIL)
    with pytest.raises(NotFound):
        door.ask(order_on_phone, DEVICE)
    look_up_on_phone(door, DEVICE, HERE, mine, TAIL)
    clock.pass_time(timedelta(minutes=MINUTES))
    with pytest.raises(NotFound):
        door.ask(order_on_phone, DEVICE)
    look_up_on_phone(door, DEVICE, HERE, mine, TAIL)
    door.do(leave_order, DEVICE)
    with pytest.raises(NotFound):
        door.ask(order_on_phone, DEVICE)
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(OrderLook)).all() == []


@pytest.mark.req("O13", "Q8")
def test_a_pick_up_code_proves_its_own_order_only(stocked: Stocked) -> None:
    number = bought(stocked, address="", collect=True)
    other = bought(stocked, address="", collect=True)
    order_id = look_up_at_kiosk(stocked.kiosk, number, TAIL).order_id
    code = stocked.shop.do(new_pick_up_code, order_id)
    seen = look_up_at_kiosk(stocked.kiosk, number, code)
    assert seen.fetch_at.startswith("青禾杂货铺")
    assert seen.fetch_until is not None
    with pytest.raises(NotFound):
        look_up_at_kiosk(stocked.kiosk, other, code)
    newer = stocked.shop.do(new_pick_up_code, order_id)
    with pytest.raises(NotFound):
        look_up_at_kiosk(stocked.kiosk, number, code)
    assert look_up_at_kiosk(stocked.kiosk, number, newer).order_id == order_id


@pytest.mark.req("O13", "A1")
def test_who_may_ask_and_whose_number_counts(stocked: Stocked) -> None:
    number = bought(stocked)
    with pytest.raises(NotAllowed):
        look_up_at_kiosk(phone(stocked), number, TAIL)
    with pytest.raises(NotAllowed):
        look_up_on_phone(stocked.kiosk, DEVICE, HERE, number, TAIL)
    stocked.shop.do(change_phone, stocked.member_id, "13900001111")
    with pytest.raises(NotFound):
        look_up_at_kiosk(stocked.kiosk, number, TAIL)
    assert look_up_at_kiosk(stocked.kiosk, number, "1111").short_code == number


@pytest.mark.req("O20")
def test_the_member_asks_from_the_proved_order_and_reads_the_answer(stocked: Stocked) -> None:
    number, door, key = bought(stocked), phone(stocked), new_key()
    with pytest.raises(NotFound):
        ask_on_phone(door, DEVICE, "几时到？", key)
    look_up_on_phone(door, DEVICE, HERE, number, TAIL)
    ask_on_phone(door, DEVICE, "几时到？", key)
    ask_on_phone(door, DEVICE, "几时到？", key)  # a second touch
    seen: OrderSeen = door.ask(order_on_phone, DEVICE)
    stocked.shop.do(answer_member, seen.order_id, "明天", new_key())
    seen = door.ask(order_on_phone, DEVICE)
    assert [(s.mine, s.text) for s in seen.talk] == [(True, "几时到？"), (False, "明天")]
    assert look_up_at_kiosk(stocked.kiosk, number, TAIL).talk == ()  # not on a screen in the shop
    for text in ("", "x" * 1_001):
        with pytest.raises(Refused):
            ask_on_phone(door, DEVICE, text, new_key())
    for more in range(AN_HOUR - 1):
        ask_on_phone(door, DEVICE, f"{more}", new_key())
    with pytest.raises(Refused):
        ask_on_phone(door, DEVICE, "一条太多", new_key())
    stocked.shop.clock.pass_time(timedelta(minutes=61))  # type: ignore[attr-defined]
    look_up_on_phone(door, DEVICE, HERE, number, TAIL)
    ask_on_phone(door, DEVICE, "一小时后可以", new_key())


@pytest.mark.req("O13")
@pytest.mark.parametrize(
    "typed, number",
    [
        (" 1121 0096 ", "1121-0096"),
        ("１１２１-００９６", "1121-0096"),
        ("202611210096", "20261121-0096"),
        ("d11210096", "D1121-0096"),
        ("http://192.168.1.20:8420/order?n=20261121-0096&lang=en", "20261121-0096"),
        ("SO-99812345", "SO-99812345"),
        ("", ""),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: str) -> None:
    assert dashed(tidy_number(typed)) == number


@pytest.mark.req("O13", "O16")
def test_the_code_on_a_receipt_finds_the_order_in_the_search(stocked: Stocked) -> None:
    place = Place("CNY", ZoneInfo("Asia/Shanghai"), stocked.shop.clock.now())
    taken = take("http://192.168.1.20:8420/order?n=20261121-0096", OrderFilter(), place)
    assert (taken.wanted.text, taken.rest) == ("20261121-0096", "20261121-0096")
