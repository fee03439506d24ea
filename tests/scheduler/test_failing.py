"""A rule that fails: nothing half done, tried again with patience, stopped after three, and nothing lost meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.ids import new_key
from desktop.models.orders import OrderEvent
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.models.rules import Rule
from desktop.queries.today import today
from desktop.queries.todo import Todo
from desktop.rules.catalogue import EFFECTS, Effect, Firing
from desktop.rules.editing import resume_rule
from desktop.rules.spec import Limits, Step, Values
from desktop.scheduler.clockwork import Clockwork
from desktop.services.orders import tell
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.back_office import events, order_of, pay, placed, stock
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.rules import clockwork, new_rule, only, rule_of, runs, spoil, told

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WHY = N_("Nothing was changed.")


class Trouble:
    """What makes the effect of these tests fail."""

    def __init__(self) -> None:
        self.now = False
        self.bug = False


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch, logs: Logs) -> Trouble:
    """An effect that writes on the order and then fails, or doesn't."""
    kept = Trouble()
    logs.allow("rule .* failed")

    def run(work: Work, firing: Firing, _values: Values) -> Mapping[str, Any]:
        if firing.subject_kind == "order":
            tell(work, firing.subject_id, "note", "half")
        if kept.bug:
            raise KeyError("a bug of ours")
        if kept.now:
            raise Refused(WHY)
        return {}

    subjects = frozenset({"order", "sku", "shop"})
    stumble = Effect(
        key="stumble", title="stumble", words="stumble", subjects=subjects, needs=Permission.RUN_RULES, run=run,
        done="stumbled",
    )  # fmt: skip
    monkeypatch.setitem(EFFECTS, "stumble", stumble)
    return kept


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop with its rules off."""
    made = open_stocked(shop)
    clockwork(shop)
    only(shop)
    return made


def paid_order(stocked: Stocked, clock: HandClock) -> int:
    """An order that is paid a minute later."""
    order_id = placed(stocked, (TEA, 1))
    clock.pass_time(MINUTE)
    pay(stocked, order_id)
    return order_id


def state(shop: Shop) -> list[tuple[int, str, int]]:
    """(subject, state, tries) of every run."""
    return [(run.subject_id, run.state, run.tries) for run in runs(shop)]


def to_do(shop: Shop) -> list[Todo]:
    """What the dashboard says of rules."""
    return [row for row in shop.ask(today) if row.kind == "rule_paused"]


def fail_three_times(work: Clockwork, clock: HandClock) -> list[int]:
    """Let it be tried, minute by minute, until it is given up; the minutes of the tries."""
    tries = []
    for minute in range(6):
        if work.look().failed:
            tries.append(minute)
        clock.pass_time(MINUTE)
    return tries


@pytest.mark.req("O7", "O6")
def test_an_effect_that_refuses_leaves_nothing_but_the_reason(
    stocked: Stocked, clock: HandClock, trouble: Trouble
) -> None:
    new_rule(stocked.shop, "order_is", Step("stumble"), happening="paid")
    order_id = paid_order(stocked, clock)
    work, trouble.now = clockwork(stocked.shop), True
    look = work.look()
    assert (look.fired, look.failed) == (0, 1)
    assert events(stocked, order_id) == ["placed", "paid"]  # the note is gone with the rest
    run = runs(stocked.shop)[0]
    assert (run.state, run.error, run.retry_at) == ("failed", str(Refused(WHY)), clock.now() + MINUTE)
    trouble.now = False
    assert work.look().fired == 0  # not before its time
    clock.pass_time(MINUTE)
    assert work.look().fired == 1  # the control: without trouble the note stands
    assert events(stocked, order_id) == ["placed", "paid", "note"]
    assert state(stocked.shop) == [(order_id, "done", 2)]


@pytest.mark.req("O7", "R11")
def test_after_three_failures_it_stops_says_why_and_goes_on_where_it_was(
    stocked: Stocked, clock: HandClock, trouble: Trouble
) -> None:
    number = new_rule(stocked.shop, "order_is", Step("stumble"), happening="paid")
    first = paid_order(stocked, clock)
    work, trouble.now = clockwork(stocked.shop), True
    assert fail_three_times(work, clock) == [0, 1, 3]  # a minute, then two
    assert (rule_of(stocked.shop, number).paused_why, len(to_do(stocked.shop))) == (str(Refused(WHY)), 1)
    assert state(stocked.shop) == [(first, "given_up", 3)]
    assert len(told(stocked.shop, "staff:1")) == 1
    meanwhile = [paid_order(stocked, clock) for _ in range(2)]
    assert (work.look().fired, work.look().failed) == (0, 0)
    trouble.now = False
    stocked.shop.do(resume_rule, number)
    assert work.look().fired == 3
    assert [events(stocked, order_id).count("note") for order_id in (first, *meanwhile)] == [1, 1, 1]
    assert (work.look().fired, to_do(stocked.shop)) == (0, [])


def many_events(stocked: Stocked, order_id: int, many: int = 1_200) -> None:
    """So much happens that the newest rows are other people's."""
    row = {
        "order_id": order_id,
        "kind": "edited",
        "note": "",
        "actor": "console",
        "at": stocked.shop.clock.now(),
    }
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(insert(OrderEvent), [row] * many)


@pytest.mark.req("O7")
@pytest.mark.parametrize("floor, fired", [(True, 2), (False, 0)], ids=["kept", "control"])
def test_what_happened_while_it_was_stopped_is_not_lost(
    stocked: Stocked, clock: HandClock, trouble: Trouble, floor: bool, fired: int
) -> None:
    number = new_rule(stocked.shop, "order_is", Step("stumble"), happening="paid")
    work, trouble.now = clockwork(stocked.shop), True
    first = paid_order(stocked, clock)
    fail_three_times(work, clock)
    paid_order(stocked, clock)
    many_events(stocked, first)
    work.look()
    many_events(stocked, first)
    work.look()
    if not floor:  # without the mark where it stopped
        with stocked.shop.storage.write.begin() as connection:
            connection.execute(update(Rule).values(event_floor=None))
    trouble.now = False
    stocked.shop.do(resume_rule, number)
    assert work.look().fired == fired


@pytest.mark.req("O7")
def test_our_own_bug_is_named_by_its_kind_and_holds_nobody_else_up(
    stocked: Stocked, clock: HandClock, trouble: Trouble
) -> None:
    new_rule(stocked.shop, "order_is", Step("stumble"), happening="paid")
    new_rule(stocked.shop, "order_is", Step("tag_order", {"tag": "已付"}), happening="paid")
    paid_order(stocked, clock)
    trouble.bug = True
    look = clockwork(stocked.shop).look()
    assert (look.fired, look.failed) == (1, 1)
    failed = next(run for run in runs(stocked.shop) if run.state == "failed")
    assert "KeyError" in failed.error
    assert "a bug of ours" not in failed.error


@pytest.mark.req("O7", "O9")
def test_an_order_that_can_not_be_closed_is_given_up_alone(
    stocked: Stocked, clock: HandClock, logs: Logs
) -> None:
    logs.allow("rule .* failed")
    shop = stocked.shop
    new_rule(shop, "in_state", Step("close_order"), state="unpaid", minutes=30)
    half = placed(stocked, (MILK, 1))
    row = {
        "order_id": half, "method_key": "card", "amount_minor": 100, "points": 0, "currency": "CNY",
        "client_key": "early", "actor": "console", "at": clock.now(),
    }  # fmt: skip
    with shop.storage.write.begin() as connection:
        connection.execute(insert(Tender), row)
    work, others = clockwork(shop), []
    for _ten_minutes in range(10):
        others.append(placed(stocked, (TEA, 1)))
        work.look()
        clock.pass_time(10 * MINUTE)
    assert [order_of(stocked, order_id).status for order_id in others[:6]] == ["cancelled"] * 6
    given_up = [run for run in runs(shop) if run.subject_id == half]
    assert [(run.state, run.tries) for run in given_up] == [("given_up", 3)]
    assert (order_of(stocked, half).status, stock(stocked, MILK)) == ("unpaid", (8, 1))


@pytest.mark.req("O7", "O8")
def test_a_repetition_that_failed_is_made_up_for_and_the_next_one_keeps_its_time(
    stocked: Stocked, clock: HandClock, trouble: Trouble
) -> None:
    limits = Limits(every_minutes=12 * 60)
    number = new_rule(stocked.shop, "in_state", Step("stumble"), limits=limits, state="to_ship", minutes=60)
    order_id = paid_order(stocked, clock)
    start = clock.now()
    clock.pass_time(HOUR)
    work = clockwork(stocked.shop)
    assert work.look().fired == 1
    clock.pass_time(12 * HOUR)
    trouble.now = True
    assert fail_three_times(work, clock) == [0, 1, 3]
    trouble.now = False
    stocked.shop.do(resume_rule, number)
    assert (work.look().fired, work.look().fired) == (1, 0)
    clock.pass_time(start + 25 * HOUR - clock.now())
    assert work.look().fired == 1
    assert events(stocked, order_id).count("note") == 3
    assert [run.due_at - start for run in runs(stocked.shop)] == [1 * HOUR, 13 * HOUR, 25 * HOUR]


@pytest.mark.req("O7")
def test_a_failure_whose_turn_passed_is_no_longer_waited_for(
    stocked: Stocked, clock: HandClock, trouble: Trouble
) -> None:
    new_rule(stocked.shop, "in_state", Step("stumble"), state="unpaid", minutes=10)
    order_id = placed(stocked, (TEA, 1))
    clock.pass_time(10 * MINUTE)
    work, trouble.now = clockwork(stocked.shop), True
    assert work.look().failed == 1
    pay(stocked, order_id)
    clock.pass_time(3 * MINUTE)
    assert (work.look().failed, state(stocked.shop)) == (0, [(order_id, "given_up", 1)])


@pytest.mark.req("I3", "O7")
def test_a_fall_of_stock_that_failed_stays_one_run(
    stocked: Stocked, clock: HandClock, trouble: Trouble
) -> None:
    number = new_rule(stocked.shop, "stock_below", Step("stumble"), level="alert")
    others = [ReceivedLine(sku, 100_000) for sku in stocked.skus[1:]]
    stocked.shop.do(receive_stock, others, client_key=new_key())
    work, trouble.now = clockwork(stocked.shop), True
    seen = clock.now()
    assert work.look().failed == 1
    trouble.now = False
    clock.pass_time(2 * MINUTE)
    assert work.look().fired == 1
    assert [(run.state, run.tries, run.due_at) for run in runs(stocked.shop, number)] == [("done", 2, seen)]


@pytest.mark.req("O7")
def test_a_rule_that_can_not_be_read_stops_alone(stocked: Stocked, clock: HandClock) -> None:
    number = new_rule(stocked.shop, "order_is", happening="paid")
    new_rule(stocked.shop, "order_is", Step("tag_order", {"tag": "已付"}), happening="paid")
    spoil(stocked.shop, number, '{"trigger": 7}')
    paid_order(stocked, clock)
    work = clockwork(stocked.shop)
    assert (work.look().fired, work.look().fired) == (1, 0)
    assert rule_of(stocked.shop, number).paused_why
    assert len(to_do(stocked.shop)) == 1
