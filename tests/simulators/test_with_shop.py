"""A real shop, its real gateways and a provider that goes wrong at random: the books and the ledger agree in the end."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.gateways.payment import SHOW, TAKE
from desktop.queries.attempts import AttemptView, attempt_view
from desktop.queries.checkout import checkout_view
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import save_checkout
from desktop.services.paying import run_due
from desktop.services.sending import Gateways
from desktop.shop.shop import Shop
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.pay_office import drive
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault
from tests.simulators.fixture import gateway_to

FAULTS = (
    Fault.LOST, Fault.HELD, Fault.CUT, Fault.BAD_GATEWAY, Fault.DONE_BAD_GATEWAY, Fault.SYSTEM_ERROR,
    Fault.DONE_SYSTEM_ERROR, Fault.UNKNOWN_20000, Fault.HTML, Fault.TRUNCATED, Fault.BAD_SIGNATURE, Fault.UNSIGNED,
    Fault.TOO_MANY, Fault.NO_TOMBSTONE, Fault.RETRY_FLAG,
)  # fmt: skip
CODES = {"alipay": "28", "wechat": "13"}
OUTCOMES = ("pay", "pay", "password", "money", "expired")
RUNS = 6


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop with goods."""
    return open_stocked(shop)


def begin(stocked: Stocked, method: str, way: str, code: str) -> tuple[int, int]:
    """A sale on its way to be paid: the attempt and what is due."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)))
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    attempt = stocked.kiosk.do(
        begin_attempt, f"sale:{key}", method, due, way=way, customer_code=code if way == TAKE else "",
        version=version, client_key=new_key(),
    )  # fmt: skip
    return attempt, due


def seen(stocked: Stocked, attempt: int) -> AttemptView:
    """The attempt as a front sees it."""
    return stocked.kiosk.ask(attempt_view, attempt)


@pytest.mark.req("M1", "M11")
@pytest.mark.parametrize("method", ["alipay", "wechat"])
def test_whatever_goes_wrong_the_books_and_the_ledger_agree(
    stocked: Stocked, clock: HandClock, pay_office: PayOffice, logs: Logs, method: str
) -> None:
    gateway = gateway_to(pay_office, method, clock)
    booked = 0
    for run in range(RUNS):
        random = Random(f"{method} {run}")  # noqa: S311 - the same faults in every run of the tests
        way = random.choice((SHOW, TAKE))
        code = CODES[method] + str(run).rjust(16, "7")
        pay_office.script_code(code, random.choice(OUTCOMES))
        pay_office.set_polls(random.randint(0, 3), random.choice(("pay", "pay", "decline", "never")))
        pay_office.set_polls(random.randint(0, 3), random.choice(("pay", "pay", "never")), "shown")
        for _fault in range(random.randint(0, 4)):
            pay_office.inject(random.choice(FAULTS))
        attempt, due = begin(stocked, method, way, code)
        drive(stocked.shop, gateway, clock)
        pay_office.clear()
        pay_office.line.land()
        clock.pass_time(timedelta(minutes=30))
        drive(stocked.shop, gateway, clock)
        view = seen(stocked, attempt)
        taken = due if view.booked else 0
        assert pay_office.net(view.number) == taken, (run, way, view, pay_office.faults.struck)
        booked += taken
    assert pay_office.ledger.total() == booked > 0
    assert [str(fault) for fault in stocked.shop.ask(verify).faults] == []


@pytest.mark.req("M1", "M4")
def test_why_a_code_was_declined_is_still_said_when_it_is_over(
    stocked: Stocked, clock: HandClock, pay_office: PayOffice
) -> None:
    """That the provider then finds nothing left to cancel is no news for the customer."""
    code = "28" + "5" * 16
    pay_office.script_code(code, "money")
    attempt, _due = begin(stocked, "alipay", TAKE, code)
    outside = Gateways(pay=lambda _shop, name: gateway_to(pay_office, name, clock))
    run_due(stocked.shop, outside)
    view = seen(stocked, attempt)
    assert (view.state, view.reason, view.may_try_again) == ("closed", "not enough money", True)
