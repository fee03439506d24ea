"""What holds a rule back, whatever sets it off; and what it gives in one go after a pause."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.members import Member
from desktop.models.settings import POINTS_DAYS
from desktop.rules.firing import NotDue, arm_again, fire
from desktop.rules.spec import Limits, Part, Step
from desktop.scheduler.clockwork import Clockwork
from desktop.services.fulfilment import ship_order, undo_shipment
from desktop.services.members import adjust_points
from desktop.services.order_tags import tag_order
from desktop.services.settings import set_setting
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import pay, placed
from tests.helpers.goods import TEA, Stocked, open_stocked
from tests.helpers.rules import clockwork, new_rule, only, runs, tell_owner
from tests.helpers.sales import sell

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop with its rules off."""
    made = open_stocked(shop)
    clockwork(shop)
    only(shop)
    return made


def tea_rule(stocked: Stocked, limits: Limits | None = None) -> int:
    """Tell the owner when fewer than 25 of the 30 pieces of tea are left."""
    tea = (Part("only_goods", {"goods": [stocked.skus[TEA]]}),)
    return new_rule(stocked.shop, "stock_under", limits=limits, conditions=tea, quantity=25_000)


def falls_and_recovers(stocked: Stocked, work: Clockwork, pieces: int) -> None:
    """So many pieces are sold, looked at, and received again."""
    sell(stocked, stocked.cart((TEA, pieces)))
    work.look()
    line = ReceivedLine(stocked.skus[TEA], pieces * 1000, 1_000)
    stocked.shop.do(receive_stock, [line], client_key=new_key())
    work.look()


def points_of(stocked: Stocked) -> int:
    """The member's balance."""
    with stocked.shop.storage.read.connect() as connection:
        mine = select(Member.points).where(Member.id == stocked.member_id)
        return int(connection.execute(mine).scalar_one())


@pytest.mark.req("R5", "I2")
@pytest.mark.parametrize(("apart", "alerts"), [(0, 2), (24 * 60, 1)])
def test_goods_that_fall_again_are_told_as_far_apart_as_the_rule_says(
    stocked: Stocked, clock: HandClock, apart: int, alerts: int
) -> None:
    number = tea_rule(stocked, Limits(apart_minutes=apart))
    work = clockwork(stocked.shop)
    for _ in range(2):
        falls_and_recovers(stocked, work, 10)
        clock.pass_time(HOUR)
    assert len(runs(stocked.shop, number)) == alerts
    clock.pass_time(DAY)
    falls_and_recovers(stocked, work, 10)
    assert len(runs(stocked.shop, number)) == alerts + 1


@pytest.mark.req("O7")
@pytest.mark.parametrize(("apart", "told"), [(0, 2), (24 * 60, 1)])
def test_what_happens_twice_is_told_as_far_apart_as_the_rule_says(
    stocked: Stocked, clock: HandClock, apart: int, told: int
) -> None:
    limits = Limits(apart_minutes=apart)
    number = new_rule(stocked.shop, "order_is", limits=limits, happening="shipped")
    order_id = placed(stocked, (TEA, 1))
    pay(stocked, order_id)
    work = clockwork(stocked.shop)
    for _ in range(2):
        clock.pass_time(HOUR)
        ship_and_take_back(stocked, work, order_id)
    assert len(runs(stocked.shop, number)) == told


def ship_and_take_back(stocked: Stocked, work: Clockwork, order_id: int) -> None:
    """The parcel leaves, the clock looks, the parcel comes back."""
    stocked.shop.do(ship_order, order_id, "SF1", "顺丰")
    work.look()
    stocked.shop.do(undo_shipment, order_id)


@pytest.mark.req("O7")
def test_a_condition_that_comes_true_later_does_not_bring_back_what_happened(
    stocked: Stocked, clock: HandClock
) -> None:
    tagged = (Part("order_tagged", {"tags": ["急"]}),)
    orders = [placed(stocked, (TEA, 1)) for _ in range(2)]
    stocked.shop.do(tag_order, orders[1], "急")
    number = new_rule(stocked.shop, "order_is", conditions=tagged, happening="paid")
    clock.pass_time(MINUTE)
    for order_id in orders:
        pay(stocked, order_id)
    work = clockwork(stocked.shop)
    assert work.look().fired == 1  # the control: the one that was tagged when it was paid
    clock.pass_time(3 * HOUR)
    stocked.shop.do(tag_order, orders[0], "急")
    assert work.look().fired == 0
    assert [run.subject_id for run in runs(stocked.shop, number)] == [orders[1]]


@pytest.mark.req("O7")
def test_gifts_of_several_steps_that_come_due_together_are_all_given(
    stocked: Stocked, clock: HandClock
) -> None:
    gifts = (Step("give_points", {"points": 100}), Step("give_points", {"points": 200}, 12 * 60))
    number = new_rule(stocked.shop, "in_state", *gifts, state="to_ship", minutes=60)
    pay(stocked, placed(stocked, (TEA, 1), member_id=stocked.member_id))
    before = points_of(stocked)
    clock.pass_time(2 * DAY)  # closed meanwhile
    look = clockwork(stocked.shop).look()
    assert (look.fired, look.failed) == (1, 0)
    assert points_of(stocked) == before + 300
    assert len(runs(stocked.shop, number)) == 1


@pytest.mark.req("I2")
def test_goods_that_fell_again_meanwhile_are_not_armed(stocked: Stocked, clock: HandClock) -> None:
    number = tea_rule(stocked)
    sell(stocked, stocked.cart((TEA, 10)))
    work = clockwork(stocked.shop)
    assert work.look().fired == 1
    late = stocked.shop.acting_as(actors.clock())
    late.do(arm_again, number, (stocked.skus[TEA],))  # seen as recovered by a program that was held up since
    assert work.look().fired == 0
    assert len(runs(stocked.shop, number)) == 1


@pytest.mark.req("O14")
def test_a_later_step_for_points_comes_only_while_they_still_expire(
    stocked: Stocked, clock: HandClock
) -> None:
    steps = (tell_owner(), Step("give_points", {"points": 10}, 24 * 60))
    number = new_rule(stocked.shop, "points_expiring", *steps)
    stocked.shop.do(set_setting, POINTS_DAYS.key, 30)
    stocked.shop.do(adjust_points, stocked.member_id, 500, "补发", client_key=new_key())
    clock.pass_time(23 * DAY)
    work = clockwork(stocked.shop)
    assert work.look().fired == 1
    clock.pass_time(DAY)
    assert work.look().fired == 1  # the control
    assert len(runs(stocked.shop, number)) == 2


@pytest.mark.req("O7")
def test_with_a_clock_in_doubt_nothing_is_given_even_for_what_just_happened(
    stocked: Stocked, clock: HandClock
) -> None:
    gift = new_rule(stocked.shop, "order_is", Step("give_points", {"points": 100}), happening="placed")
    words = new_rule(stocked.shop, "order_is", happening="placed")
    clock.pass_time(MINUTE)
    order_id = placed(stocked, (TEA, 1), member_id=stocked.member_id)
    hands = stocked.shop.acting_as(actors.clock())
    with pytest.raises(NotDue):
        hands.do(fire, gift, order_id, False)
    hands.do(fire, words, order_id, False)  # the controls: words can be said, and a believed clock gives
    hands.do(fire, gift, order_id, True)
