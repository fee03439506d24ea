"""Each of the shipped rules in a shop at work: it acts at its moment, not before, once, and as the clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.settings import ALERT_AT, PAY_MINUTES, REPLENISH_AT
from desktop.queries.replenishment import open_restock
from desktop.queries.verify import verify
from desktop.rules.editing import switch_rule
from desktop.rules.shipped import SHIPPED
from desktop.services.fulfilment import receive_order, ship_order
from desktop.services.members import adjust_points
from desktop.services.settings import set_setting
from desktop.services.stock import ReceivedLine, receive_stock
from tests.helpers.back_office import events, order_of, pay, placed, stock
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, as_role, new_goods, open_stocked
from tests.helpers.rule_scenes import (
    DAY,
    HOUR,
    MINUTE,
    MOMENTS,
    SCENES,
    ordered,
    scene_at_two,
    scene_on_the_way,
    scene_points_expiring,
    scene_replenishment,
    scene_shipped,
    scene_stock_alert,
    scene_unshipped,
    scene_window_open,
    until,
)
from tests.helpers.rules import actors_of, clockwork, did, only, rule_id, runs, told, waiting
from tests.helpers.sales import sell


@pytest.fixture
def stocked(shop: object, clock: HandClock) -> Stocked:
    """The pictures' shop with its rules, a merchant beside the owner, and enough of everything."""
    made = open_stocked(shop)  # type: ignore[arg-type]
    as_role(made.shop, "merchant")  # staff 3
    enough = [ReceivedLine(sku, 100_000) for sku in made.skus]
    made.shop.do(receive_stock, enough, client_key=new_key())
    clockwork(made.shop)
    return made


def test_every_shipped_rule_has_its_journey() -> None:
    assert sorted(SCENES) == sorted(rule.key for rule in SHIPPED)


@pytest.mark.req("O7", "O14", "M3")
@pytest.mark.parametrize("key", list(SCENES))
def test_it_acts_at_its_moment_once_as_the_clock_and_not_a_minute_before(
    stocked: Stocked, clock: HandClock, key: str
) -> None:
    only(stocked.shop, key)
    spark, work = SCENES[key](stocked, clock), clockwork(stocked.shop)
    before = work.look()
    assert (before.fired, before.failed, runs(stocked.shop)) == (0, 0, [])
    spark()
    assert (work.look().fired, work.look().fired) == (1, 0)  # the second look finds nothing to do
    run = runs(stocked.shop)[0]
    assert (run.rule_id, run.state, run.tries) == (rule_id(stocked.shop, key), "done", 1)
    assert did(run) == [step.key for step in next(r for r in SHIPPED if r.key == key).spec.steps]
    assert run.due_at == MOMENTS.get(key, run.at)
    assert actors_of(stocked.shop, "firing.fire") == {"clock"}
    another = clockwork(stocked.shop)  # the program closed and opened again
    assert (another.look().fired, len(runs(stocked.shop))) == (0, 1)


@pytest.mark.parametrize("key", list(SCENES))
def test_control_switched_off_it_does_nothing(stocked: Stocked, clock: HandClock, key: str) -> None:
    only(stocked.shop, key)
    stocked.shop.do(switch_rule, rule_id(stocked.shop, key), False)
    SCENES[key](stocked, clock)()
    assert (clockwork(stocked.shop).look().fired, runs(stocked.shop), told(stocked.shop)) == (0, [], [])


# -- what each of them leaves behind --------------------------------------------------------------------------------


@pytest.mark.req("O8", "O7")
def test_a_late_parcel_is_chased_every_twelve_hours_until_it_leaves(
    stocked: Stocked, clock: HandClock
) -> None:
    only(stocked.shop, "unshipped")
    scene_unshipped(stocked, clock)()
    work, seen = clockwork(stocked.shop), []
    for hours in (0, 11, 1, 11, 1, 60, 12):  # 60: the shop was closed, one chase for all of them
        clock.pass_time(hours * HOUR)
        seen.append(work.look().fired)
    assert seen == [1, 0, 1, 0, 1, 1, 1]
    assert events(stocked, 1) == ["placed", "paid", *["chased"] * 5]
    assert [run.due_at - runs(stocked.shop)[0].due_at for run in runs(stocked.shop)] == [
        0 * HOUR, 12 * HOUR, 24 * HOUR, 84 * HOUR, 96 * HOUR,
    ]  # fmt: skip
    stocked.shop.do(ship_order, 1)
    clock.pass_time(48 * HOUR)
    assert (work.look().fired, len(runs(stocked.shop))) == (0, 5)


@pytest.mark.req("O8", "R6")
def test_a_chase_tells_each_of_them_once_and_at_night_nobody_until_eight(
    stocked: Stocked, clock: HandClock
) -> None:
    only(stocked.shop, "unshipped")
    pay(stocked, ordered(stocked))
    clock.pass_time(36 * HOUR)  # 22:00, quiet from now on
    work = clockwork(stocked.shop)
    assert work.look().fired == 1
    people = [("staff:1", "desktop"), ("staff:3", "desktop"), (f"member:{stocked.member_id}", "portal")]
    assert told(stocked.shop) == [(*person, "waiting") for person in people]
    clock.pass_time(12 * HOUR)
    assert work.look().fired == 1
    assert told(stocked.shop)[3:] == [(*person, "sent") for person in people]  # 10:00: at once


@pytest.mark.req("O9", "M3", "O7")
@pytest.mark.parametrize(
    "key, goods, more", [("retail_unpaid", (TEA, 2), {}), ("trade_unpaid", (NUTS, 60), {"order_type": "b2b"})]
)
def test_an_unpaid_order_is_closed_and_its_goods_are_free(
    stocked: Stocked, clock: HandClock, key: str, goods: tuple[int, int], more: dict[str, str]
) -> None:
    only(stocked.shop, key)
    kept = ordered(stocked, goods, **more)
    pay(stocked, kept)
    late = ordered(stocked, goods, **more)
    on_hand = 100 + {TEA: 30, NUTS: 32}[goods[0]]
    assert stock(stocked, goods[0]) == (on_hand, 2 * goods[1])
    clock.pass_time(30 * MINUTE if key == "retail_unpaid" else 36 * HOUR)
    assert clockwork(stocked.shop).look().fired == 1
    assert (order_of(stocked, late).status, order_of(stocked, kept).status) == ("cancelled", "to_ship")
    assert stock(stocked, goods[0]) == (on_hand, goods[1])
    assert events(stocked, late) == ["placed", "cancelled"]
    assert told(stocked.shop, f"member:{stocked.member_id}") == [
        (f"青禾杂货铺：订单 {order_of(stocked, late).short_code} 已关闭", "portal", "sent")
    ]
    assert len(told(stocked.shop, "staff:1")) == (key == "trade_unpaid")


@pytest.mark.req("O9", "O14")
def test_the_times_to_pay_are_settings(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "retail_unpaid")
    stocked.shop.do(set_setting, PAY_MINUTES.key, 45)
    order_id = ordered(stocked)
    work = clockwork(stocked.shop)
    clock.pass_time(44 * MINUTE)
    assert work.look().fired == 0
    clock.pass_time(MINUTE)
    assert (work.look().fired, order_of(stocked, order_id).status) == (1, "cancelled")


@pytest.mark.req("O7")
def test_paid_orders_are_announced_to_those_who_ship_and_goods_taken_along_are_not(
    stocked: Stocked, clock: HandClock
) -> None:
    only(stocked.shop, "paid")
    clock.pass_time(MINUTE)
    pay(stocked, ordered(stocked))
    pay(stocked, ordered(stocked, address=""))  # done at once
    assert clockwork(stocked.shop).look().fired == 1
    assert [(who, state) for who, _c, state in told(stocked.shop)] == [
        ("staff:1", "sent"),
        ("staff:3", "sent"),
    ]


@pytest.mark.req("O7", "R6")
def test_the_member_hears_of_the_parcel_and_a_guest_does_not(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "shipped")
    scene_shipped(stocked, clock)()
    guests = placed(stocked, (TEA, 1))
    pay(stocked, guests)
    stocked.shop.do(ship_order, guests)
    assert clockwork(stocked.shop).look().fired == 1
    assert [who for who, _c, _s in told(stocked.shop)] == [f"member:{stocked.member_id}"]


@pytest.mark.req("O7", "O9")
def test_a_parcel_nobody_confirmed_is_complete_after_ten_days(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "on_the_way")
    spark = scene_on_the_way(stocked, clock)
    confirmed = ordered(stocked)
    pay(stocked, confirmed)
    stocked.shop.do(ship_order, confirmed)
    stocked.shop.do(receive_order, confirmed)
    spark()
    assert clockwork(stocked.shop).look().fired == 1
    assert (order_of(stocked, 1).status, events(stocked, 1)) == (
        "done",
        ["placed", "paid", "shipped", "done"],
    )
    assert order_of(stocked, 1).done_at == clock.now()
    assert [who for who, _c, _s in told(stocked.shop)] == [f"member:{stocked.member_id}"]


@pytest.mark.req("O3")
def test_an_order_of_the_night_is_let_go_when_its_hours_begin(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "window_open")
    scene_window_open(stocked, clock)()
    assert clockwork(stocked.shop).look().fired == 1
    order = order_of(stocked, 1)
    assert (order.queued_until, order.status) == (None, "unpaid")
    assert events(stocked, 1) == ["placed", "queued", "released"]
    assert order.pay_deadline == clock.now() + 30 * MINUTE  # its time to pay begins now


@pytest.mark.req("I3", "O7")
def test_low_stock_is_told_once_a_fall_and_again_after_it_recovered(
    stocked: Stocked, clock: HandClock
) -> None:
    only(stocked.shop, "stock_alert")
    scene_stock_alert(stocked, clock)()
    work = clockwork(stocked.shop)
    assert work.look().fired == 1
    for _day in range(3):
        clock.pass_time(DAY)
        sell(stocked, stocked.cart((TEA, 1)))
        assert work.look().fired == 0  # lower still, said already
    stocked.shop.do(receive_stock, [ReceivedLine(stocked.skus[TEA], 60_000)], client_key=new_key())
    assert work.look().fired == 0
    placed(stocked, (TEA, 80))  # held goods are not available either
    assert (work.look().fired, work.look().fired) == (1, 0)
    titles = [title for title, _c, _s in told(stocked.shop, "staff:1")]
    assert len(titles) == 2
    assert ["49" in titles[0], "26" in titles[1]] == [True, True], titles


@pytest.mark.req("I3")
def test_the_level_of_the_alert_is_a_setting(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "stock_alert")
    work = clockwork(stocked.shop)
    assert work.look().fired == 0
    stocked.shop.do(set_setting, ALERT_AT.key, 131_000)
    assert (work.look().fired, work.look().fired) == (3, 0)  # tea 130, milk 108, cake 106; nuts 132


@pytest.mark.req("I4")
def test_the_replenishment_list_stands_at_half_past_seven_of_the_shop(
    stocked: Stocked, clock: HandClock
) -> None:
    only(stocked.shop, "replenishment")
    scene_replenishment(stocked, clock)()
    work = clockwork(stocked.shop)
    assert stocked.shop.ask(open_restock) is None
    assert work.look().fired == 1
    drafted = stocked.shop.ask(open_restock)
    assert drafted is not None
    assert (drafted.by_clock, sorted(line.sku_id for line in drafted.lines)) == (
        True, sorted([stocked.skus[MILK], stocked.skus[CAKE]]),
    )  # fmt: skip
    assert len(told(stocked.shop)) == 2
    clock.pass_time(DAY)
    assert (work.look().fired, len(runs(stocked.shop))) == (1, 2)
    stocked.shop.do(set_setting, REPLENISH_AT.key, 18 * 60)  # moved to the evening: today was had
    clock.pass_time(12 * HOUR)
    assert work.look().fired == 0
    clock.pass_time(DAY)
    assert work.look().fired == 1


@pytest.mark.req("I4")
def test_nothing_to_buy_is_no_list_and_no_message(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "replenishment")
    until(clock, datetime(2026, 11, 22, 7, 30))
    assert clockwork(stocked.shop).look().fired == 1
    assert (did(runs(stocked.shop)[0]), told(stocked.shop), stocked.shop.ask(open_restock)) == ([], [], None)


@pytest.mark.req("O7", "R6")
def test_points_are_named_seven_days_before_they_go_once_a_lot(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "points_expiring")
    scene_points_expiring(stocked, clock)()
    work = clockwork(stocked.shop)
    assert work.look().fired == 1
    titles = told(stocked.shop, f"member:{stocked.member_id}")
    assert len(titles) == 1
    assert all(word in titles[0][0] for word in ("500", "2026-12-21")), titles
    for _day in range(6):
        clock.pass_time(DAY)
        assert work.look().fired == 0
    stocked.shop.do(adjust_points, stocked.member_id, 40, "补发", client_key=new_key())
    clock.pass_time(23 * DAY)
    assert work.look().fired == 1  # the next lot


def test_control_points_spent_in_time_are_not_named(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "points_expiring")
    spark = scene_points_expiring(stocked, clock)
    stocked.shop.do(adjust_points, stocked.member_id, -500, "用掉", client_key=new_key())
    spark()
    assert clockwork(stocked.shop).look().fired == 0


@pytest.mark.req("O14", "O21")
@pytest.mark.parametrize("key, what", [("books", "books"), ("stuck", "orders")])
def test_the_daily_checks_are_asked_for_once_a_day(
    stocked: Stocked, clock: HandClock, key: str, what: str
) -> None:
    only(stocked.shop, key)
    scene_at_two(stocked, clock)()
    work = clockwork(stocked.shop)
    fired = []
    for _hour in range(72):
        fired.append(work.look().fired)
        clock.pass_time(HOUR)
    assert fired == [1, *[0] * 23] * 3
    assert [row["what"] for row in waiting(stocked.shop, "check")] == [what] * 3


@pytest.mark.req("O7", "O14")
def test_all_of_them_together_leave_the_books_in_order(stocked: Stocked, clock: HandClock) -> None:
    stocked.shop.do(set_setting, ALERT_AT.key, 120_000)
    clock.pass_time(MINUTE)
    pay(stocked, ordered(stocked))
    sell(stocked, stocked.cart((TEA, 5)))
    ordered(stocked, (MILK, 1))
    work = clockwork(stocked.shop)
    for _third in range(14 * 8):
        clock.pass_time(3 * HOUR)
        look = work.look()
        assert (look.failed, look.complete) == (0, True)
    keys = {rule.key: len(runs(stocked.shop, rule_id(stocked.shop, rule.key))) for rule in SHIPPED}
    assert keys == {
        "unshipped": 26, "retail_unpaid": 1, "trade_unpaid": 0, "paid": 1, "shipped": 0, "on_the_way": 0,
        "window_open": 0, "stock_alert": 2, "replenishment": 14, "points_expiring": 0, "batch_expires": 0, "campaign_over": 0,
        "books": 14, "bills": 0, "stuck": 14,
    }  # fmt: skip
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I3")
def test_goods_that_never_were_here_have_not_fallen(stocked: Stocked) -> None:
    """An import of thousands of new goods is no reason for thousands of alerts; the first sale below the level is one."""
    only(stocked.shop, "stock_alert")
    work = clockwork(stocked.shop)
    new = [new_goods(stocked.shop, f"新品 {n}") for n in range(3)]
    assert work.look().fired == 0
    stocked.shop.do(receive_stock, [ReceivedLine(new[0], 2_000)], client_key=new_key())
    assert (work.look().fired, work.look().fired) == (1, 0)
