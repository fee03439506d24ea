"""From the settings to the money: an account is saved, a sale is begun, and the shop's own gateway is paid."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.queries.attempts import attempt_view
from desktop.queries.checkout import checkout_view
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt, stop_attempt
from desktop.services.checkout import save_checkout
from desktop.services.pay_accounts import AccountForm, forget_account, save_account, try_account
from desktop.services.paying import run_due
from desktop.shop.shop import Shop
from tests.gateways.pay_cases import code
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault

pytestmark = pytest.mark.req("M1", "M11")


def connected(shop: Shop, office: PayOffice) -> Stocked:
    """A shop with an account at each provider."""
    stocked = open_stocked(shop)
    for gateway, given in office.account().items():
        save_account(stocked.shop, AccountForm(gateway, given["account"], given["secrets"]))
        tried = try_account(stocked.shop, gateway)
        assert tried.works, (gateway, tried)
    return stocked


def begun(stocked: Stocked, method: str, way: str = "take") -> tuple[int, int]:
    """An attempt for a new sale, and what is due."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)))
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    attempt = stocked.kiosk.do(
        begin_attempt, f"sale:{key}", method, due, way=way, version=version, client_key=new_key(),
        customer_code=code(method) if way == "take" else "",
    )  # fmt: skip
    return attempt, due


def until(stocked: Stocked, clock: HandClock, attempt: int, states: set[str]) -> str:
    """Work it off until it stands in one of these states."""
    for _go in range(60):
        run_due(stocked.shop)
        state = stocked.kiosk.ask(attempt_view, attempt).state
        if state in states:
            return state
        clock.pass_time(timedelta(seconds=15))
    return state


def test_saved_accounts_are_paid_through(
    shop: Shop, clock: HandClock, pay_office: PayOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stocked = connected(shop, pay_office)
    for method in ("alipay", "wechat", "unionpay"):
        attempt, due = begun(stocked, method)
        assert until(stocked, clock, attempt, {"succeeded"}) == "succeeded"
        view = stocked.kiosk.ask(attempt_view, attempt)
        assert (view.booked, pay_office.net(view.number)) == (True, due)
        shown, _due = begun(stocked, method, "show")
        assert until(stocked, clock, shown, {"pending"}) == "pending"
        view = stocked.kiosk.ask(attempt_view, shown)
        stocked.kiosk.do(stop_attempt, shown)
        assert until(stocked, clock, shown, {"closed"}) == "closed"
        assert not pay_office.pay(view.code)
    assert [str(fault) for fault in stocked.shop.ask(verify).faults] == []
    for given in pay_office.account().values():
        for secret in given["secrets"].values():
            assert secret.splitlines()[-2:][0][:24] not in caplog.text


def test_an_answer_that_is_lost_or_forged_pays_nothing_twice(
    sqlite_shop: Shop, clock: HandClock, pay_office: PayOffice
) -> None:
    stocked = connected(sqlite_shop, pay_office)
    for fault in (Fault.CUT, Fault.BAD_SIGNATURE, Fault.DONE_BAD_GATEWAY):
        for method in ("alipay", "wechat"):
            attempt, due = begun(stocked, method)
            pay_office.inject(fault)
            run_due(stocked.shop)
            assert until(stocked, clock, attempt, {"succeeded"}) == "succeeded"
            assert pay_office.net(stocked.kiosk.ask(attempt_view, attempt).number) == due


def test_without_its_account_a_payment_waits(
    sqlite_shop: Shop, clock: HandClock, pay_office: PayOffice
) -> None:
    stocked = connected(sqlite_shop, pay_office)
    forget_account(stocked.shop, "alipay")
    calls = len(pay_office.calls)
    attempt, _due = begun(stocked, "alipay")
    assert run_due(stocked.shop) == 0
    assert (stocked.kiosk.ask(attempt_view, attempt).state, len(pay_office.calls)) == ("created", calls)
    given = pay_office.account()["alipay"]
    save_account(stocked.shop, AccountForm("alipay", given["account"], given["secrets"]))
    assert until(stocked, clock, attempt, {"succeeded"}) == "succeeded"  # control
