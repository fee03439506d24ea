"""Attempts to be paid: sent once, asked, cancelled, booked once; what can't be booked goes back by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.pricing.cart import CartLine
from desktop.queries.attempts import AttemptView, attempt_view, payments_of
from desktop.queries.checkout import checkout_view
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt, stop_attempt
from desktop.services.checkout import drop_checkout, save_checkout
from desktop.services.paying import recover, run_due
from desktop.services.provider_refunds import give_back_attempt
from desktop.services.settlement import TenderIn, settle
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, NUTS, Stocked, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.pay_office import DEAF, DOWN, LOST, WAIT, NoClosing, PayOffice, drive, gateways_of

SCAN = "285123456789012345"


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop with goods."""
    return open_stocked(shop)


@pytest.fixture
def office() -> PayOffice:
    """A provider for whom everything goes well."""
    return PayOffice()


def a_sale(stocked: Stocked, pieces: int = 1) -> tuple[str, int, int]:
    """An open sale: key, version, what is due."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, pieces)))
    return key, version, stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor


def begin(
    stocked: Stocked, key: str, amount: int, version: int = 0, *, way: str = "take", again: str = ""
) -> int:
    """An attempt for a sale by Alipay."""
    code = SCAN if way == "take" else ""
    return stocked.kiosk.do(
        begin_attempt, f"sale:{key}", "alipay", amount, way=way, customer_code=code, version=version,
        client_key=again or new_key(),
    )  # fmt: skip


def seen(stocked: Stocked, attempt_id: int) -> AttemptView:
    """The attempt as a front sees it."""
    return stocked.kiosk.ask(attempt_view, attempt_id)


@contextmanager
def refusing(next_step: str) -> Iterator[None]:
    """What is done inside is refused, and the front may offer this step."""
    with pytest.raises(Refused) as refused:
        yield
    assert refused.value.next_step == next_step


def whole(stocked: Stocked) -> None:
    """The books fit."""
    assert [str(fault) for fault in stocked.shop.ask(verify).faults] == []


@pytest.mark.req("M1", "K4")
def test_a_scanned_code_pays_the_sale(stocked: Stocked, office: PayOffice) -> None:
    key, version, due = a_sale(stocked)
    attempt = begin(stocked, key, due, version)
    assert office.calls == []  # written down before anything leaves
    assert run_due(stocked.shop, gateways_of(office)) == 1
    view = seen(stocked, attempt)
    assert (view.state, view.booked, office.net_minor) == ("succeeded", True, due)
    assert view.order_id is not None
    assert stocked.kiosk.ask(checkout_view, key).state == "done"
    whole(stocked)


@pytest.mark.req("M1")
def test_a_shown_code_is_asked_after_until_it_is_paid(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    key, version, due = a_sale(stocked)
    attempt = begin(stocked, key, due, version, way="show")
    outside = gateways_of(office)
    run_due(stocked.shop, outside)
    view = seen(stocked, attempt)
    assert view.state == "pending"
    assert view.code
    clock.pass_time(timedelta(seconds=10))
    run_due(stocked.shop, outside)
    assert seen(stocked, attempt).state == "pending"
    office.pay(view.number)
    clock.pass_time(timedelta(seconds=10))
    run_due(stocked.shop, outside)
    assert seen(stocked, attempt).booked
    whole(stocked)


@pytest.mark.req("M2")
def test_no_answer_is_no_failure(stocked: Stocked, office: PayOffice, clock: HandClock) -> None:
    key, version, due = a_sale(stocked)
    office.script = deque([DEAF])
    attempt = begin(stocked, key, due, version)
    run_due(stocked.shop, gateways_of(office))
    view = seen(stocked, attempt)
    assert (view.state, view.may_try_again, view.may_take_cash) == ("unknown", False, False)
    with refusing("wait_for_payment"):
        begin(stocked, key, due, version)
    with refusing("stop_payment"):
        stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
    drive(stocked.shop, office, clock)
    assert seen(stocked, attempt).booked
    assert office.net_minor == due
    whole(stocked)


@pytest.mark.req("M2")
def test_what_waits_too_long_is_cancelled_and_another_may_begin(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    key, version, due = a_sale(stocked)
    office.script = deque([WAIT])
    attempt = begin(stocked, key, due, version)
    drive(stocked.shop, office, clock)
    view = seen(stocked, attempt)
    assert (view.state, view.reason, view.may_try_again) == ("closed", "expired", True)
    assert office.net_minor == 0
    again = begin(stocked, key, due, version)
    drive(stocked.shop, office, clock)
    assert seen(stocked, again).booked
    assert office.net_minor == due
    whole(stocked)


@pytest.mark.req("M2")
def test_without_a_connection_the_same_number_is_sent_again(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    key, version, due = a_sale(stocked)
    office.script = deque([DOWN, DOWN])
    attempt = begin(stocked, key, due, version)
    drive(stocked.shop, office, clock)
    assert seen(stocked, attempt).booked
    assert office.calls == ["take"] * 3
    assert len(office.trades) == 1


@pytest.mark.req("M1", "Q6")
def test_a_sale_being_paid_stays_as_it_was_agreed(stocked: Stocked, office: PayOffice) -> None:
    key, version, due = a_sale(stocked)
    attempt = begin(stocked, key, due, version, way="show")
    more = [*stocked.cart((NUTS, 1)), CartLine(stocked.skus[MILK], "", 1_000)]
    with refusing("stop_payment"):
        stocked.kiosk.do(save_checkout, key, more)
    assert stocked.kiosk.do(stop_attempt, attempt) == "closed"  # nothing of it was ever sent
    stocked.kiosk.do(save_checkout, key, more)
    assert run_due(stocked.shop, gateways_of(office)) == 0
    assert office.calls == []


@pytest.mark.req("M1", "Q6")
def test_a_part_by_wallet_and_the_rest_in_cash(stocked: Stocked, office: PayOffice) -> None:
    key, version, due = a_sale(stocked, 2)
    attempt = begin(stocked, key, 3_000, version)
    run_due(stocked.shop, gateways_of(office))
    view = seen(stocked, attempt)
    assert (view.state, view.booked) == ("succeeded", False)
    assert stocked.kiosk.ask(payments_of, f"sale:{key}").held_minor == 3_000
    with pytest.raises(Refused):  # more than the rest is not taken
        stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
    settled = stocked.cashier.do(settle, key, [TenderIn("cash", due - 3_000)], version)
    view = seen(stocked, attempt)
    assert view.booked
    assert view.order_id == settled.order_id
    whole(stocked)


@pytest.mark.req("M1")
def test_two_wallets_one_after_the_other(stocked: Stocked, office: PayOffice) -> None:
    key, version, due = a_sale(stocked, 2)
    first = begin(stocked, key, 3_000, version)
    run_due(stocked.shop, gateways_of(office))
    second = begin(stocked, key, due - 3_000, version)
    run_due(stocked.shop, gateways_of(office))
    assert seen(stocked, first).booked
    assert seen(stocked, second).booked
    assert office.net_minor == due
    whole(stocked)


@pytest.mark.req("M3")
def test_a_part_whose_rest_never_comes_goes_back(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    key, version, _due = a_sale(stocked, 2)
    attempt = begin(stocked, key, 3_000, version)
    run_due(stocked.shop, gateways_of(office))
    clock.pass_time(timedelta(minutes=29))
    assert recover(stocked.shop) == 0
    clock.pass_time(timedelta(minutes=2))
    drive(stocked.shop, office, clock)
    assert seen(stocked, attempt).state == "refunded"
    assert office.net_minor == 0
    whole(stocked)


@pytest.mark.req("M3")
def test_a_cleared_sale_gives_its_part_back(stocked: Stocked, office: PayOffice, clock: HandClock) -> None:
    key, version, _due = a_sale(stocked, 2)
    attempt = begin(stocked, key, 3_000, version)
    run_due(stocked.shop, gateways_of(office))
    stocked.kiosk.do(drop_checkout, key)
    drive(stocked.shop, office, clock)
    assert seen(stocked, attempt).state == "refunded"
    assert office.net_minor == 0


@pytest.mark.req("M3")
def test_money_for_goods_that_were_sold_meanwhile_goes_back(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    key, version, due = a_sale(stocked, 32)
    attempt = begin(stocked, key, due, version)
    other, its_version, its_due = a_sale(stocked, 1)
    stocked.cashier.do(settle, other, [TenderIn("cash", its_due)], its_version)
    drive(stocked.shop, office, clock)
    view = seen(stocked, attempt)
    assert (view.state, view.booked) == ("refunded", False)
    assert "31" in view.why_not_booked  # pieces left, 32 wanted
    assert office.net_minor == 0
    whole(stocked)


@pytest.mark.req("M2")
def test_cash_after_silence_and_the_late_money_goes_back(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    key, version, due = a_sale(stocked)
    office.script = deque([DEAF, *[LOST] * 200])
    attempt = begin(stocked, key, due, version)
    run_due(stocked.shop, gateways_of(office))
    stocked.kiosk.do(stop_attempt, attempt)
    for _turn in range(3):
        assert not seen(stocked, attempt).may_take_cash
        clock.pass_time(timedelta(minutes=1))
        run_due(stocked.shop, gateways_of(office))
    assert seen(stocked, attempt).may_take_cash
    with refusing("take_despite_payment"):
        stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
    stocked.cashier.do(settle, key, [TenderIn("cash", due)], version, warned=True)
    office.script.clear()
    drive(stocked.shop, office, clock)
    assert seen(stocked, attempt).state in ("refunded", "reversed")
    assert office.net_minor == 0
    whole(stocked)


@pytest.mark.req("M2", "M4")
def test_why_a_payment_was_cancelled_stays_when_the_provider_is_silent(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    key, version, due = a_sale(stocked)
    office.script = deque([WAIT, *[LOST] * 5])
    attempt = begin(stocked, key, due, version)
    run_due(stocked.shop, gateways_of(office))
    assert seen(stocked, attempt).reason == ""  # the control: nobody had stopped it yet
    stocked.kiosk.do(stop_attempt, attempt)
    for _turn in range(3):
        run_due(stocked.shop, gateways_of(office))
        assert seen(stocked, attempt).reason == "cancelled by the customer"
        clock.pass_time(timedelta(minutes=1))
    with stocked.shop.storage.read.connect() as connection:  # that it is silent counts against the provider
        kept = connection.execute(text("SELECT trouble FROM payment_attempt")).scalar_one()
    assert kept == "no answer in time"
    drive(stocked.shop, office, clock)
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(text("SELECT trouble FROM payment_attempt")).scalar_one() == ""
    assert seen(stocked, attempt).reason == "cancelled by the customer"
    assert office.net_minor == 0


@pytest.mark.req("M2", "M4")
def test_a_code_that_nothing_takes_back_is_short_and_leaves_the_till_free_for_cash(
    stocked: Stocked, clock: HandClock
) -> None:
    office = NoClosing()
    office.clock = clock
    for method, free in (("unionpay", True), ("wechat", False)):  # the control: one that can be taken back
        key, version, due = a_sale(stocked)
        attempt = stocked.kiosk.do(
            begin_attempt, f"sale:{key}", method, due, way="show", version=version, client_key=new_key()
        )
        assert (seen(stocked, attempt).deadline_at - clock.now() <= timedelta(minutes=2)) == free
        run_due(stocked.shop, gateways_of(office))
        assert seen(stocked, attempt).code
        stocked.kiosk.do(stop_attempt, attempt)
        run_due(stocked.shop, gateways_of(office))
        view = seen(stocked, attempt)
        assert (view.state, view.may_take_cash, view.lasts_minutes) == ("cancelling", free, 3 * free)
        if free:
            with refusing("take_despite_payment"):  # staff is told
                stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
            stocked.cashier.do(settle, key, [TenderIn("cash", due)], version, warned=True)
            office.pay(view.number)  # the customer scans the code all the same
            drive(stocked.shop, office, clock)
            assert office.net_minor == 0
    drive(stocked.shop, office, clock)
    assert office.net_minor == 0
    whole(stocked)


@pytest.mark.req("M12")
def test_another_amount_is_never_accepted(
    stocked: Stocked, office: PayOffice, logs: Logs, clock: HandClock
) -> None:
    logs.allow("another amount than asked for")
    key, version, due = a_sale(stocked)
    office.paid_amount = Money(due - 1, "CNY")
    attempt = begin(stocked, key, due, version)
    run_due(stocked.shop, gateways_of(office))
    view = seen(stocked, attempt)
    assert (view.state, view.booked, view.mismatch, view.reason) == (
        "succeeded",
        False,
        True,
        "amount differs",
    )
    with refusing("payment_doubtful"):
        begin(stocked, key, due, version)
    with refusing("payment_doubtful"):
        stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
    with refusing("payment_doubtful"):
        stocked.kiosk.do(drop_checkout, key)
    stocked.shop.do(give_back_attempt, attempt, "x")
    with refusing(""):
        stocked.shop.do(give_back_attempt, attempt, "x")
    drive(stocked.shop, office, clock)
    assert (seen(stocked, attempt).state, office.trades[view.number].refunds) != ("succeeded", {})
    stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
    whole(stocked)


@pytest.mark.req("C14")
def test_no_code_of_a_customer_stands_in_the_trail_the_news_or_a_log(
    stocked: Stocked, office: PayOffice, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    news: list[str] = []
    stocked.shop.listen(lambda changes: news.append(changes.to_json()))
    key, version, due = a_sale(stocked)
    office.script = deque([DEAF])
    attempt = begin(stocked, key, due, version)
    with stocked.shop.storage.read.connect() as connection:  # control: it stands where the machine needs it
        assert connection.execute(text("SELECT customer_code FROM payment_attempt")).scalar_one() == SCAN
    drive(stocked.shop, office, clock)
    assert seen(stocked, attempt).booked
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(text("SELECT customer_code FROM payment_attempt")).scalar_one() == ""
        trail = [str(tuple(row)) for row in connection.execute(text("SELECT * FROM audit_event"))]
        trail += [str(tuple(row)) for row in connection.execute(text("SELECT * FROM payment_event"))]
    assert len(trail) > 5
    assert not any(SCAN in line for line in (*trail, *news, caplog.text))


@pytest.mark.req("M1")
def test_the_same_click_twice_is_one_attempt(stocked: Stocked) -> None:
    key, version, due = a_sale(stocked)
    click = new_key()
    assert begin(stocked, key, due, version, again=click) == begin(stocked, key, due, version, again=click)
    with pytest.raises(Refused):
        begin(stocked, key, due - 1, version, again=click)
