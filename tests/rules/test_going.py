"""Who may set rules going, and from when on a rule acts that looks at something else now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed
from desktop.basics.ids import new_key
from desktop.queries.order_detail import order_detail
from desktop.rules.editing import restore_rule, resume_rule, save_rule, switch_rule
from desktop.rules.firing import pause_broken
from desktop.rules.spec import Part, Spec, Step
from desktop.services.fulfilment import ship_order
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import pay, placed
from tests.helpers.goods import MILK, TEA, Stocked, as_role, open_stocked
from tests.helpers.rules import clockwork, new_rule, only, rule_of, runs, tell_owner

MINUTE = timedelta(minutes=1)
GIFT = Step("give_points", {"points": 100_000})


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop with its rules off."""
    made = open_stocked(shop)
    clockwork(shop)
    only(shop)
    return made


@pytest.mark.req("O7")
def test_nobody_sets_going_what_they_may_not_do_themselves(stocked: Stocked) -> None:
    number = new_rule(stocked.shop, "order_is", GIFT, happening="paid")
    harmless = Spec(Part("order_is", {"happening": "paid"}), steps=(tell_owner(),))
    stocked.shop.do(save_rule, number, "谢礼", harmless)
    manager = as_role(stocked.shop, "merchant")  # may change rules, may not give points
    with pytest.raises(NotAllowed):
        manager.do(restore_rule, number, 1)
    stocked.shop.do(restore_rule, number, 1)
    stocked.shop.do(switch_rule, number, False)
    with pytest.raises(NotAllowed):
        manager.do(switch_rule, number, True)
    stocked.shop.do(switch_rule, number, True)
    stocked.shop.acting_as(actors.clock()).do(pause_broken, number, "why")
    with pytest.raises(NotAllowed):
        manager.do(resume_rule, number)
    manager.do(switch_rule, number, False)  # the controls: stopping, and what they may do themselves
    manager.do(restore_rule, number, 2)
    manager.do(switch_rule, number, True)


@pytest.mark.req("O7")
def test_a_version_that_looks_at_something_else_begins_anew(stocked: Stocked, clock: HandClock) -> None:
    number = new_rule(stocked.shop, "order_is", happening="paid")
    stocked.shop.do(save_rule, number, "每天", Spec(Part("daily", {"time": 540}), steps=(tell_owner(),)))
    order_id = placed(stocked, (TEA, 1))
    clock.pass_time(MINUTE)
    pay(stocked, order_id)
    clock.pass_time(MINUTE)
    stocked.shop.do(restore_rule, number, 1)
    assert rule_of(stocked.shop, number).topic == "orders"
    assert clockwork(stocked.shop).look().fired == 0


@pytest.mark.req("O7")
def test_another_happening_leaves_what_happened_before_alone(stocked: Stocked, clock: HandClock) -> None:
    number = new_rule(stocked.shop, "order_is", happening="shipped")
    orders = [placed(stocked, (TEA, 1)) for _ in range(2)]
    clock.pass_time(MINUTE)
    pay(stocked, orders[0])
    clock.pass_time(MINUTE)
    paid = Spec(Part("order_is", {"happening": "paid"}), steps=(tell_owner(),))
    stocked.shop.do(save_rule, number, "付款", paid)
    work = clockwork(stocked.shop)
    assert work.look().fired == 0
    clock.pass_time(MINUTE)
    pay(stocked, orders[1])
    assert work.look().fired == 1  # the control
    assert [run.subject_id for run in runs(stocked.shop, number)] == [orders[1]]


@pytest.mark.req("O7", "O5")
def test_each_parcel_of_an_order_is_told_once(stocked: Stocked, clock: HandClock) -> None:
    number = new_rule(stocked.shop, "order_is", happening="shipped")
    order_id = placed(stocked, (TEA, 1), (MILK, 1))
    pay(stocked, order_id)
    work = clockwork(stocked.shop)
    first = stocked.shop.ask(order_detail, order_id).lines[0].id
    clock.pass_time(MINUTE)
    stocked.shop.do(ship_order, order_id, "SF1", "", [(first, 1_000)], new_key())
    assert (work.look().fired, work.look().fired) == (1, 0)
    clock.pass_time(MINUTE)
    stocked.shop.do(ship_order, order_id, "SF2")
    assert (work.look().fired, work.look().fired) == (1, 0)
    assert [run.subject_id for run in runs(stocked.shop, number)] == [order_id, order_id]
