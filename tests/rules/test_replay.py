"""Trying a rule on the last days: what really happened is found with its reason, and nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Malformed
from desktop.basics.i18n import speaking
from desktop.rules.replay import PastTurn, Replayed, replay
from desktop.rules.shipped import shipped_spec
from desktop.rules.spec import Limits, Part, Spec, Step
from desktop.services.fulfilment import cancel_order, ship_order
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import order_of, pay, placed
from tests.helpers.goods import MILK, NUTS, TEA, Stocked, open_stocked
from tests.helpers.tables import everything

HOUR = timedelta(hours=1)
TELL = (
    Step("tell", {"receivers": ["role:owner"], "channels": ["desktop"], "template": "plain", "when": "now"}),
)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def tried(stocked: Stocked, spec: Spec | None, days: int = 7, **figures: int) -> Replayed:
    """What the rule would have done, in English."""
    assert spec is not None
    with speaking("en"):
        return stocked.shop.ask(
            replay, spec, days, {key.replace("_", ".", 1): v for key, v in figures.items()}
        )


def on(rows: Sequence[PastTurn]) -> list[int]:
    """The subjects, newest turn first."""
    return [row.subject_id for row in rows]


def late_orders(stocked: Stocked, clock: HandClock) -> list[int]:
    """Three paid orders: one shipped in time, one after 41 hours, one still here after 70."""
    orders = []
    for goods in (MILK, TEA, NUTS):
        orders.append(placed(stocked, (goods, 1)))
        pay(stocked, orders[-1])
    clock.pass_time(HOUR * 35)
    stocked.shop.do(ship_order, orders[0])
    clock.pass_time(HOUR * 6)
    stocked.shop.do(ship_order, orders[1])
    clock.pass_time(HOUR * 29)
    return orders


@pytest.mark.req("R5", "O8")
def test_orders_that_waited_too_long_are_found_with_how_long(stocked: Stocked, clock: HandClock) -> None:
    _in_time, late, here = late_orders(stocked, clock)
    found = tried(stocked, shipped_spec("unshipped"))
    assert (found.total, found.days) == (2, 7)
    by_order = {row.subject_id: row for row in found.rows}
    assert by_order.keys() == {late, here}
    assert (by_order[late].reason, by_order[late].times) == ("waited 41 h 0 min, then it went on", 1)
    assert (by_order[here].reason, by_order[here].times) == ("has waited 70 h 0 min", 3)  # after 36, 48, 60 h
    assert by_order[here].at == clock.now() - HOUR * 34
    assert by_order[here].money_minor == order_of(stocked, here).total_minor
    assert by_order[here].done[0] == "chase it and ask for the reason"
    clock.pass_time(HOUR * 24 * 8)
    assert tried(stocked, shipped_spec("unshipped")).total == 0  # its turn lies further back
    assert tried(stocked, shipped_spec("unshipped"), 30).total == 2


@pytest.mark.req("R5", "O8")
def test_hours_not_yet_saved_find_other_late_orders(stocked: Stocked, clock: HandClock) -> None:
    """An order keeps the deadline of the day it was paid; a trial asks what other hours would have found."""
    in_time, late, here = late_orders(stocked, clock)
    chase = shipped_spec("unshipped")
    assert on(tried(stocked, chase, orders_ship_hours=48).rows) == [here]
    assert tried(stocked, chase, orders_ship_hours=48).rows[0].at == clock.now() - HOUR * 22
    assert set(on(tried(stocked, chase, orders_ship_hours=24).rows)) == {in_time, late, here}
    assert tried(stocked, chase, orders_ship_hours=71).total == 0


@pytest.mark.req("R5")
def test_control_another_figure_finds_others(stocked: Stocked, clock: HandClock) -> None:
    """Were the turns not reckoned from the rule, the number of hours would change nothing."""
    in_time, late, here = late_orders(stocked, clock)
    rule = Spec(Part("in_state", {"state": "to_ship", "minutes": 24 * 60}), steps=TELL)
    assert set(on(tried(stocked, rule).rows)) == {in_time, late, here}
    rule = replace(rule, trigger=Part("in_state", {"state": "to_ship", "minutes": 50 * 60}))
    assert on(tried(stocked, rule).rows) == [here]
    assert tried(stocked, replace(rule, limits=Limits(every_minutes=5 * 60, times=3))).rows[0].times == 3
    assert tried(stocked, replace(rule, limits=Limits(every_minutes=5 * 60))).rows[0].times == 5


@pytest.mark.req("R5", "O9")
def test_a_closed_order_still_shows_that_the_rule_would_have_closed_it(
    stocked: Stocked, clock: HandClock
) -> None:
    closed, paid_late = placed(stocked, (MILK, 1)), placed(stocked, (TEA, 1))
    by_b2b = placed(stocked, (NUTS, 1), order_type="b2b", member_id=stocked.member_id)
    by_hand = placed(stocked, (MILK, 1))
    clock.pass_time(timedelta(minutes=5))
    stocked.shop.do(cancel_order, by_hand, "doch nicht")
    clock.pass_time(timedelta(hours=48))
    stocked.shop.acting_as(actors.clock()).do(cancel_order, closed, "Not paid in time")
    pay(stocked, paid_late)
    pay(stocked, by_b2b)
    assert set(on(tried(stocked, shipped_spec("retail_unpaid")).rows)) == {closed, paid_late}
    assert on(tried(stocked, shipped_spec("trade_unpaid")).rows) == [by_b2b]


@pytest.mark.req("R5")
def test_conditions_of_time_and_state_are_taken_as_they_were(stocked: Stocked, clock: HandClock) -> None:
    first = placed(stocked, (MILK, 1))  # paid on a Saturday, 10:00
    pay(stocked, first)
    clock.pass_time(HOUR * 47)
    second = placed(stocked, (TEA, 1))  # and on a Monday, 09:00
    pay(stocked, second)
    stocked.shop.do(ship_order, first)
    paid = Part("order_is", {"happening": "paid"})
    to_ship = Part("order_status", {"which": ["to_ship"]})
    saturday, early = Part("weekday", {"weekdays": ["5"]}), Part("time_between", {"from": 8 * 60, "to": 570})
    milk = Part("order_with_goods", {"goods": [stocked.skus[MILK]]})

    def found(*conditions: Part, match_all: bool = True) -> list[int]:
        return on(tried(stocked, Spec(paid, conditions, match_all, TELL)).rows)

    assert found(to_ship) == [second, first]  # the first has left since
    assert found(saturday) == [first]
    assert found(early) == [second]
    assert found(saturday, early) == found(saturday, Part("order_status", {"which": ["done"]})) == []
    assert found(saturday, early, match_all=False) == [second, first]
    assert found(milk, early, match_all=False) == [second, first]
    assert found(milk, saturday, match_all=False) == [first]
    assert found(milk) == [first]


@pytest.mark.req("R5")
def test_times_of_day_and_goods_are_found(stocked: Stocked, clock: HandClock) -> None:
    clock.pass_time(timedelta(days=7))
    found = tried(stocked, shipped_spec("replenishment"))
    assert found.total == 7
    assert (found.rows[0].title, found.rows[0].reason) == ("The shop", "it is 07:30, time to restock")
    order = placed(stocked, (NUTS, 5))
    pay(stocked, order)
    stocked.shop.do(ship_order, order)
    rule = Spec(Part("stock_under", {"quantity": 30_000}), steps=TELL)
    assert on(tried(stocked, rule).rows) == [stocked.skus[NUTS]]
    lower = Spec(Part("stock_under", {"quantity": 27_000}), steps=TELL)
    assert tried(stocked, lower).total == 0


@pytest.mark.req("R5")
def test_settings_are_tried_before_they_are_saved(stocked: Stocked, clock: HandClock) -> None:
    clock.pass_time(timedelta(days=3))
    told = tried(stocked, shipped_spec("replenishment"), 3, stock_replenish_at=9 * 60)
    assert told.rows[0].reason == "it is 09:00, time to restock"


@pytest.mark.req("R5")
def test_half_a_rule_is_named_and_nothing_is_changed(stocked: Stocked, clock: HandClock) -> None:
    late_orders(stocked, clock)
    before = everything(stocked.shop.storage)
    for wrong in (
        Spec(None),
        Spec(Part("gone")),
        Spec(Part("in_state", {"state": "to_ship", "minutes": "36h"})),
        Spec(Part("unshipped"), (Part("order_tagged", {"tags": []}),)),
    ):
        with pytest.raises(Malformed):
            tried(stocked, wrong)
    assert tried(stocked, Spec(Part("unshipped"), steps=(Step("gone"),))).total == 2
    assert everything(stocked.shop.storage) == before
