"""A provider's message through a relay: it makes the machine ask, and can neither pay nor change anything by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.models.payment_attempts import PaymentAttempt
from desktop.portal.server import PortalServer
from desktop.queries.attempts import attempt_view
from desktop.queries.verify import verify
from desktop.services.paying import run_due
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked
from tests.helpers.sales import Pocket
from tests.services.test_pay_accounts_at_work import begun, connected
from tests.simulators.control import PayOffice

pytestmark = pytest.mark.req("M1", "M11")
HEARD = {"alipay": "success", "wechat": '{"code":"SUCCESS"}', "unionpay": "ok"}


@pytest.fixture
def stocked(sqlite_shop: Shop, pay_office: PayOffice) -> Stocked:
    """A shop with an account at each provider."""
    return connected(sqlite_shop, pay_office)


@pytest.fixture
def portal(stocked: Stocked) -> Iterator[str]:
    """The running portal's address."""
    server = PortalServer(stocked.shop, Pocket(), host="127.0.0.1")
    server.start()
    yield server.address() or ""
    server.stop()


def row(stocked: Stocked, attempt: int) -> tuple[object, str]:
    """When it is asked next, and its state."""
    with stocked.shop.storage.read.connect() as connection:
        found = connection.execute(
            select(PaymentAttempt.next_at, PaymentAttempt.state).where(PaymentAttempt.id == attempt)
        ).one()
    return found[0], found[1]


@pytest.mark.parametrize("provider", sorted(HEARD))
def test_a_message_is_a_hint_and_the_query_is_the_truth(
    stocked: Stocked, portal: str, pay_office: PayOffice, clock: HandClock, provider: str
) -> None:
    attempt, due = begun(stocked, provider, "show")
    run_due(stocked.shop)
    view = stocked.kiosk.ask(attempt_view, attempt)
    assert pay_office.pay(view.number)
    later, _state = row(stocked, attempt)
    assert later > clock.now()  # type: ignore[operator]
    for one in pay_office.messages(view.number, k=2):  # twice, and before any answer of ours
        heard = httpx.post(f"{portal}/pay/{provider}", content=one.body, headers=dict(one.headers))
        assert (heard.status_code, heard.text) == (200, HEARD[provider])
    assert row(stocked, attempt) == (clock.now(), "pending")  # nothing was believed
    run_due(stocked.shop)
    assert stocked.kiosk.ask(attempt_view, attempt).booked
    for one in pay_office.messages(view.number):  # and once more, after the end
        assert httpx.post(f"{portal}/pay/{provider}", content=one.body, headers=dict(one.headers)).is_success
    assert pay_office.net(view.number) == due
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.parametrize("wrong", ["bad_sign", "other_merchant"])
@pytest.mark.parametrize("provider", sorted(HEARD))
def test_a_forged_one_is_refused_and_hastens_nothing(
    stocked: Stocked, portal: str, pay_office: PayOffice, provider: str, wrong: str
) -> None:
    attempt, _due = begun(stocked, provider, "show")
    run_due(stocked.shop)
    view = stocked.kiosk.ask(attempt_view, attempt)
    assert pay_office.pay(view.number)
    before = row(stocked, attempt)
    forged = pay_office.messages(view.number, 1, "", **{wrong: True})[0]
    answer = httpx.post(f"{portal}/pay/{provider}", content=forged.body, headers=dict(forged.headers))
    assert (answer.status_code, answer.text) == (400, "fail")
    assert row(stocked, attempt) == before


def test_another_amount_in_a_message_pays_nothing(
    stocked: Stocked, portal: str, pay_office: PayOffice, clock: HandClock
) -> None:
    attempt, due = begun(stocked, "wechat", "show")
    run_due(stocked.shop)
    view = stocked.kiosk.ask(attempt_view, attempt)
    pay_office.pay(view.number)
    told = pay_office.messages(view.number, wrong_amount=True)[0]
    httpx.post(f"{portal}/pay/wechat", content=told.body, headers=dict(told.headers))
    clock.pass_time(timedelta(seconds=1))
    run_due(stocked.shop)
    seen = stocked.kiosk.ask(attempt_view, attempt)
    assert (seen.state, seen.mismatch, seen.paid_minor) == ("succeeded", False, due)


def test_where_no_account_is_and_for_what_is_no_provider(counter: object) -> None:
    address = counter.address  # type: ignore[attr-defined]
    assert httpx.post(f"{address}/pay/alipay", content=b"x").status_code == 503
    assert httpx.post(f"{address}/pay/stripe", content=b"x").status_code == 404
    assert httpx.post(f"{address}/pay/alipay", content=b"x" * 20_000).status_code == 413
