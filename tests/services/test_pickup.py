"""Q8: orders fetched with a code: it works once, in its time, for one order, and wrong ones make whoever types wait."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, NotFound, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.notices import Notice
from desktop.models.order_talk import PickUp
from desktop.models.system import AuditEvent
from desktop.queries.verify import verify
from desktop.services.fulfilment import cancel_paid_order
from desktop.services.pickup import find_pick_up, hand_over, new_pick_up_code
from desktop.services.sign_in import Braked
from desktop.shop.shop import Shop
from tests.helpers.back_office import events, order_of, pay, placed, stock
from tests.helpers.goods import MILK, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def waiting(stocked: Stocked) -> int:
    """A paid order of two milk that is fetched in the store."""
    order_id = placed(stocked, (MILK, 2), member_id=stocked.member_id, address="", collect=True)
    pay(stocked, order_id)
    return order_id


def told(stocked: Stocked, order_id: int) -> str:
    """The code in the member's newest message about this order."""
    with stocked.shop.storage.read.connect() as connection:
        rows = select(Notice.body).where(Notice.subject == f"order:{order_id}").order_by(Notice.id.desc())
        body = str(connection.execute(rows).scalar())
    found = re.search(r"\d{4} \d{4}", body)
    assert found, body
    return found.group()


@pytest.mark.req("Q8", "O7")
def test_the_member_is_told_a_code_that_hands_the_goods_over_once(stocked: Stocked) -> None:
    order_id = waiting(stocked)
    assert (order_of(stocked, order_id).status, stock(stocked, MILK)) == ("to_ship", (8, 2))
    code = told(stocked, order_id)
    found = find_pick_up(stocked.cashier, code)
    assert found.order_id == order_id
    key = new_key()
    number = stocked.cashier.do(hand_over, found.code_hash, key)
    assert stocked.cashier.do(hand_over, found.code_hash, key) == number  # a second click
    assert (order_of(stocked, order_id).status, stock(stocked, MILK)) == ("done", (6, 0))
    assert events(stocked, order_id)[-2:] == ["fetched", "done"]
    for again in (
        lambda: find_pick_up(stocked.cashier, code),
        lambda: stocked.cashier.do(hand_over, found.code_hash, new_key()),
    ):
        with pytest.raises(Refused, match="fetched|取走|取货"):
            again()
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("Q8", "M11")
def test_neither_the_table_nor_the_trail_holds_a_code(stocked: Stocked) -> None:
    order_id = waiting(stocked)
    code = told(stocked, order_id).replace(" ", "")
    with stocked.shop.storage.read.connect() as connection:
        kept = [str(row) for row in connection.execute(select(PickUp.__table__))]
        trail = [str(row) for row in connection.execute(select(AuditEvent.detail)).scalars()]
    assert kept
    assert not any(code in row or code[:4] + " " + code[4:] in row for row in (*kept, *trail))


@pytest.mark.req("Q8")
def test_replaced_cancelled_and_late_codes_say_so(stocked: Stocked) -> None:
    order_id = waiting(stocked)
    old = told(stocked, order_id)
    new = stocked.shop.do(new_pick_up_code, order_id)
    with pytest.raises(Refused, match="newer|新"):
        find_pick_up(stocked.cashier, old)
    assert find_pick_up(stocked.cashier, new).order_id == order_id
    clock = stocked.shop.clock
    assert isinstance(clock, HandClock)
    clock.pass_time(timedelta(days=8))
    with pytest.raises(Refused) as said:
        find_pick_up(stocked.cashier, new)
    assert said.value.next_step == "new_pick_up_code"
    fresh = stocked.shop.do(new_pick_up_code, order_id)
    stocked.shop.do(cancel_paid_order, order_id, "不要了", new_key())
    with pytest.raises(Refused, match="cancelled|取消"):
        find_pick_up(stocked.cashier, fresh)
    with pytest.raises(Refused):
        stocked.shop.do(new_pick_up_code, order_id)
    assert stock(stocked, MILK) == (8, 0)


@pytest.mark.req("Q8", "M11")
def test_after_five_wrong_codes_the_till_waits_even_for_the_right_one(stocked: Stocked) -> None:
    order_id = waiting(stocked)
    code = told(stocked, order_id)
    for number in range(5):
        with pytest.raises(NotFound):
            find_pick_up(stocked.cashier, f"0000000{number}")
    with pytest.raises(Braked):
        find_pick_up(stocked.cashier, code)
    assert find_pick_up(stocked.shop, code).order_id == order_id  # another person is not held up
    clock = stocked.shop.clock
    assert isinstance(clock, HandClock)
    clock.pass_time(timedelta(minutes=16))
    assert find_pick_up(stocked.cashier, code).order_id == order_id  # control: the wait ends


@pytest.mark.req("Q8")
def test_only_orders_that_are_fetched_have_codes_and_only_tills_hand_over(stocked: Stocked) -> None:
    plain = placed(stocked, (MILK, 1))
    pay(stocked, plain)
    with pytest.raises(ShopError):
        stocked.shop.do(new_pick_up_code, plain)
    order_id = waiting(stocked)
    found = find_pick_up(stocked.cashier, told(stocked, order_id))
    with pytest.raises(NotAllowed):
        stocked.kiosk.do(hand_over, found.code_hash, new_key())
    sent = placed(stocked, (MILK, 1), address="文三路", collect=True)  # what is sent is not fetched
    assert not order_of(stocked, sent).collect
