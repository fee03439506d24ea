"""An order's time to pay is over: its provider is asked, the payment ended, the order closed; no money stays behind."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.basics.ids import new_key
from desktop.queries.attempts import attempt_view
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.fulfilment import cancel_order
from desktop.services.paying import run_due
from desktop.shop.shop import Shop
from tests.helpers.back_office import order_of
from tests.helpers.goods import NUTS, TEA, Stocked, open_stocked
from tests.helpers.pay_office import DEAF, LOST, PayOffice, drive, gateways_of
from tests.helpers.rule_scenes import ordered
from tests.helpers.rules import clockwork, only, runs

HOUR = timedelta(hours=1)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop whose only rule closes unpaid trade orders after 36 hours."""
    opened = open_stocked(shop)
    clockwork(opened.shop)
    only(opened.shop, "trade_unpaid")
    return opened


def trade_order(stocked: Stocked) -> int:
    """A distributor’s order of 32 bags of nuts."""
    return ordered(stocked, (NUTS, 32), order_type="distribution")


def pay_part(stocked: Stocked, order_id: int, amount_minor: int, way: str = "take") -> int:
    """Begin a payment by wallet for an order."""
    return stocked.cashier.do(
        begin_attempt, f"order:{order_id}", "alipay", amount_minor, way=way,
        customer_code="28512345678901234" if way == "take" else "", client_key=new_key(),
    )  # fmt: skip


def state(stocked: Stocked, attempt_id: int) -> str:
    """Where the attempt stands."""
    return stocked.cashier.ask(attempt_view, attempt_id).state


def total(stocked: Stocked, order_id: int) -> int:
    """What the order costs."""
    return int(order_of(stocked, order_id).total_minor)


def whole(stocked: Stocked) -> None:
    """The books fit."""
    assert [str(fault) for fault in stocked.shop.ask(verify).faults] == []


@pytest.mark.req("M3", "M1")
def test_an_order_is_paid_by_two_wallets(stocked: Stocked) -> None:
    office, order = PayOffice(), trade_order(stocked)
    first = pay_part(stocked, order, 100_000)
    run_due(stocked.shop, gateways_of(office))
    assert (order_of(stocked, order).status, state(stocked, first)) == ("unpaid", "succeeded")
    pay_part(stocked, order, total(stocked, order) - 100_000)
    run_due(stocked.shop, gateways_of(office))
    assert order_of(stocked, order).status in ("done", "to_ship")
    assert office.net_minor == total(stocked, order)
    whole(stocked)


@pytest.mark.req("M3")
def test_at_the_deadline_what_was_captured_goes_back(stocked: Stocked, clock: HandClock) -> None:
    office, order = PayOffice(), trade_order(stocked)
    attempt = pay_part(stocked, order, 100_000)
    run_due(stocked.shop, gateways_of(office))
    clock.pass_time(36 * HOUR)
    assert clockwork(stocked.shop).look().fired == 1
    assert order_of(stocked, order).status == "cancelled"
    drive(stocked.shop, office, clock)
    assert (state(stocked, attempt), office.net_minor) == ("refunded", 0)
    whole(stocked)


@pytest.mark.req("M3")
def test_the_order_waits_for_the_answer_of_its_provider(stocked: Stocked, clock: HandClock) -> None:
    office, order = PayOffice(), trade_order(stocked)
    clock.pass_time(36 * HOUR - timedelta(minutes=2))
    attempt = pay_part(stocked, order, total(stocked, order), "show")
    run_due(stocked.shop, gateways_of(office))
    number = stocked.cashier.ask(attempt_view, attempt).number
    clock.pass_time(timedelta(minutes=2))
    assert clockwork(stocked.shop).look().fired == 0  # the provider is asked first
    office.pay(number)
    run_due(stocked.shop, gateways_of(office))
    assert order_of(stocked, order).status in ("done", "to_ship")
    assert (clockwork(stocked.shop).look().fired, runs(stocked.shop)) == (0, [])
    whole(stocked)


@pytest.mark.req("M3")
def test_a_silent_provider_keeps_no_order_and_late_money_goes_back(
    stocked: Stocked, clock: HandClock
) -> None:
    office, order = PayOffice(), trade_order(stocked)
    clock.pass_time(36 * HOUR - timedelta(minutes=1))
    office.script = deque([DEAF, *[LOST] * 500])
    attempt = pay_part(stocked, order, total(stocked, order))
    for _turn in range(12):
        run_due(stocked.shop, gateways_of(office))
        clock.pass_time(timedelta(seconds=30))
    assert (state(stocked, attempt), office.net_minor > 0) == ("cancelling", True)
    assert clockwork(stocked.shop).look().fired == 1
    assert order_of(stocked, order).status == "cancelled"
    office.script.clear()
    drive(stocked.shop, office, clock)
    assert state(stocked, attempt) in ("refunded", "reversed")
    assert office.net_minor == 0
    whole(stocked)


@pytest.mark.req("M3", "O10")
def test_cancelling_an_order_while_it_is_being_paid_loses_nothing(stocked: Stocked, clock: HandClock) -> None:
    office, order = PayOffice(), ordered(stocked, (TEA, 2))
    office.script = deque([DEAF, LOST])
    attempt = pay_part(stocked, order, total(stocked, order))
    run_due(stocked.shop, gateways_of(office))
    stocked.shop.do(cancel_order, order, "x")
    assert (order_of(stocked, order).status, state(stocked, attempt)) == ("cancelled", "cancelling")
    drive(stocked.shop, office, clock)
    assert office.net_minor == 0
    with pytest.raises(Refused):
        pay_part(stocked, order, 1)
    whole(stocked)
