"""The gateways against the simulated providers: paid, declined, ended, given back, the day's bill, messages."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused, ShopError, Unavailable
from desktop.basics.money import Money
from desktop.gateways.payment import SHOW, TAKE, Gateway, Reason, RefundState, State
from tests.gateways.pay_cases import NAMES, WAYS, attempt, code
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault
from tests.simulators.fixture import gateway_to

pytestmark = pytest.mark.req("M1", "M11")
EVERY = pytest.mark.parametrize("provider, changed", WAYS, ids=NAMES)
A_PAYMENT = Money(8888, "CNY")


def settled(gateway: Gateway, clock: HandClock, tried, tries: int = 8):
    """Cancel until it is over, waiting as long as is said."""
    for _go in range(tries):
        answer = gateway.cancel(tried)
        if answer.state is not State.CANCELLING:
            return answer
        clock.pass_time(timedelta(seconds=max(answer.wait, 3)))
    return answer


@EVERY
def test_a_shown_code_is_scanned_and_paid(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    tried = attempt(clock)
    shown = gateway.show_code(tried)
    assert (shown.state, bool(shown.code)) == (State.PENDING, True)
    assert gateway.query(tried).state is State.PENDING  # nobody has scanned it
    shown = gateway.show_code(tried)  # the same once more: still one payment
    assert pay_office.scan(shown.code)
    assert pay_office.enter_password(shown.code, by_wallet=88)
    answer = gateway.query(tried)
    assert (answer.state, answer.paid, answer.reason) == (State.SUCCEEDED, A_PAYMENT, Reason.NONE)
    assert answer.reference
    if provider != "unionpay":
        assert answer.buyer_paid == Money(8800, "CNY")
    assert pay_office.net(tried.number) == 8888


@EVERY
def test_a_scanned_code_is_paid_or_waits_for_a_password(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    tried = attempt(clock, TAKE)
    answer = gateway.take_code(tried, code(provider))
    if provider == "unionpay":  # accepted is not paid
        assert answer.state is State.PENDING
        answer = gateway.query(tried)
    assert (answer.state, answer.paid) == (State.SUCCEEDED, A_PAYMENT)
    dear = attempt(clock, TAKE, 200_000)
    assert gateway.take_code(dear, code(provider)).state is State.PENDING
    assert gateway.query(dear).state is State.PENDING
    pay_office.enter_password(dear.number)
    answer = gateway.query(dear)
    assert (answer.state, answer.paid) == (State.SUCCEEDED, Money(200_000, "CNY"))


@EVERY
@pytest.mark.parametrize(
    "outcome, reason",
    [("expired", Reason.CODE), ("invalid", Reason.CODE), ("money", Reason.MONEY), ("limit", Reason.LIMIT)],
)
def test_a_declined_code_says_why_and_is_over_without_waiting(
    pay_office: PayOffice,
    clock: HandClock,
    provider: str,
    changed: dict[str, str],
    outcome: str,
    reason: Reason,
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    tried, customer_code = attempt(clock, TAKE), code(provider)
    pay_office.script_code(customer_code, outcome)
    answer = gateway.take_code(tried, customer_code)
    if provider == "unionpay":
        answer = gateway.query(tried)
    assert (answer.state, answer.reason) == (State.CANCELLING, reason)
    assert gateway.cancel(tried).state is State.CLOSED
    assert pay_office.net(tried.number) == 0


@EVERY
def test_what_is_cancelled_can_not_be_paid_afterwards_and_what_was_paid_goes_back(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    shown = attempt(clock)
    scan = gateway.show_code(shown).code
    assert settled(gateway, clock, shown, 40).state is State.CLOSED
    assert not pay_office.pay(scan)
    paid = attempt(clock)
    pay_office.pay(gateway.show_code(paid).code)
    ended = settled(gateway, clock, paid)
    went_back = {
        State.REVERSED: 0,
        State.SUCCEEDED: 8888,
    }  # WeChat closes nothing that is paid: it is refunded
    assert pay_office.net(paid.number) == went_back[ended.state]
    scanned = attempt(clock, TAKE)
    gateway.take_code(scanned, code(provider))
    ended = settled(gateway, clock, scanned)
    assert (ended.state, pay_office.net(scanned.number)) == (State.REVERSED, 0)
    again = settled(gateway, clock, scanned)
    assert (again.state, pay_office.net(scanned.number)) == (State.REVERSED, 0)
    asking = attempt(clock, TAKE, 200_000)
    gateway.take_code(asking, code(provider))
    assert settled(gateway, clock, asking, 40).state is State.CLOSED
    assert not pay_office.enter_password(asking.number)


def test_wechat_takes_nothing_back_within_15_seconds(pay_office: PayOffice, clock: HandClock) -> None:
    gateway = gateway_to(pay_office, "wechat", clock)
    tried = attempt(clock, TAKE)
    clock.pass_time(timedelta(seconds=20))  # begun long ago, charged only now
    assert gateway.take_code(tried, code("wechat")).state is State.SUCCEEDED
    early = gateway.cancel(tried)
    assert (early.state, early.wait) == (State.CANCELLING, 15)
    assert "wechat.reverse" not in pay_office.calls
    clock.pass_time(timedelta(seconds=15))
    assert gateway.cancel(tried).state is State.REVERSED


@EVERY
def test_a_number_nobody_knows(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    tried = attempt(clock, TAKE)
    answer = gateway.query(tried)
    assert (answer.state, answer.reason) == (State.UNKNOWN, Reason.NOT_FOUND)
    clock.pass_time(timedelta(minutes=12))
    answer = settled(gateway, clock, tried)
    assert (answer.state, answer.reason) == (State.CLOSED, Reason.NOT_FOUND)
    assert gateway.query_refund(tried, "R" + tried.number[1:]).reason is Reason.NOT_FOUND


@EVERY
def test_a_part_goes_back_once_whatever_is_repeated(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    tried = attempt(clock, TAKE)
    gateway.take_code(tried, code(provider))
    tried = replace(tried, reference=gateway.query(tried).reference)
    number, amount = "R" + tried.number[1:], Money(1000, "CNY")
    first = gateway.refund(tried, number, amount, "碎了")
    assert first.state in (RefundState.SUCCEEDED, RefundState.PROCESSING)
    early = gateway.refund(tried, number, amount, "碎了")
    if provider == "alipay":  # it wants 3 seconds between two: nothing was sent
        assert (early.state, early.reason) == (RefundState.CREATED, Reason.BUSY)
    clock.pass_time(timedelta(seconds=4))
    gateway.refund(tried, number, amount, "碎了")
    found = [gateway.query_refund(tried, number).state for _ask in range(3)]
    assert found[-1] is RefundState.SUCCEEDED
    assert pay_office.net(tried.number) == 7888
    clock.pass_time(timedelta(seconds=4))
    over = gateway.refund(tried, "S" + tried.number[1:], Money(7889, "CNY"), "")
    assert (over.state, over.reason) == (RefundState.REFUSED, Reason.REFUND_REFUSED)
    assert pay_office.net(tried.number) == 7888


@pytest.mark.parametrize("provider, changed", WAYS[1:3], ids=NAMES[1:3])
def test_a_refund_the_bank_refuses_is_for_a_person(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    tried = attempt(clock, TAKE)
    gateway.take_code(tried, code(provider))
    pay_office.inject(Fault.REFUND_ABNORMAL, on="refund")
    number = "R" + tried.number[1:]
    gateway.refund(tried, number, Money(1000, "CNY"), "")
    found = [gateway.query_refund(tried, number) for _ask in range(3)]
    assert (found[-1].state, found[-1].reason) == (RefundState.ABNORMAL, Reason.REFUND_REFUSED)


def test_the_bill_of_a_day_comes_as_the_provider_made_it(pay_office: PayOffice, clock: HandClock) -> None:
    day = clock.now().date()
    for provider in ("alipay", "wechat"):
        gateway = gateway_to(pay_office, provider, clock)
        gateway.take_code(attempt(clock, TAKE), code(provider))
        with pytest.raises(Refused, match="no statement|还没有"):
            gateway.bill(day)
    clock.pass_time(timedelta(days=2))
    packed = gateway_to(pay_office, "alipay", clock).bill(day)
    assert zipfile.ZipFile(BytesIO(packed)).namelist()
    wechat = gateway_to(pay_office, "wechat", clock)
    assert gzip.decompress(wechat.bill(day)).startswith(b"\xef\xbb\xbf")
    pay_office.inject(Fault.WRONG_HASH, on="wechat.bill")
    with pytest.raises(Unavailable, match="damaged|损坏"):
        wechat.bill(day)
    for wrong in (Fault.BAD_SIGNATURE, Fault.BAD_GATEWAY, Fault.UNSIGNED):
        pay_office.inject(wrong, on="bill")
        with pytest.raises(Unavailable):
            wechat.bill(day)
    with pytest.raises(Refused, match="own site|自己的网站"):
        gateway_to(pay_office, "unionpay", clock).bill(day)


@EVERY
def test_messages_are_hints_signed_by_the_provider_and_for_us(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    pay_office.wechat.only_certificates = "public_key_id" in changed
    tried = attempt(clock)
    pay_office.pay(gateway.show_code(tried).code)
    (sent,) = pay_office.messages(tried.number)
    assert gateway.read_notice(sent.headers, sent.body).number == tried.number
    for wrong in ({"bad_sign": True}, {"other_merchant": True}, {"stale": True}):
        (sent,) = pay_office.messages(tried.number, **wrong)
        if wrong == {"stale": True} and provider != "wechat":
            continue  # only WeChat's carry a time that is signed
        with pytest.raises(ShopError):
            gateway.read_notice(sent.headers, sent.body)
    for body in (b"", b"{}", b"\xff\xfe", b"a=b&a=c", b"sign=x&out_trade_no=" + tried.number.encode()):
        with pytest.raises(ShopError):
            gateway.read_notice(sent.headers, body)


def test_wechat_signs_with_a_new_certificate_and_goes_on(pay_office: PayOffice, clock: HandClock) -> None:
    gateway = gateway_to(pay_office, "wechat", clock, public_key_id="")
    assert gateway.take_code(attempt(clock, TAKE), code("wechat")).state is State.SUCCEEDED
    pay_office.rotate()
    assert gateway.take_code(attempt(clock, TAKE), code("wechat")).state is State.SUCCEEDED
    assert pay_office.calls.count("wechat.certificates") == 2
    pay_office.wechat.only_certificates = True  # asked for the public key, answered by certificate
    assert gateway_to(pay_office, "wechat", clock).take_code(attempt(clock, TAKE), code("wechat")).state is (
        State.SUCCEEDED
    )


def test_made_up_serial_numbers_are_not_looked_for_without_end(
    pay_office: PayOffice, clock: HandClock
) -> None:
    gateway = gateway_to(pay_office, "wechat", clock)
    tried = attempt(clock)
    gateway.show_code(tried)
    (sent,) = pay_office.messages(tried.number)
    for made_up in range(40):
        headers = dict(sent.headers) | {"Wechatpay-Serial": f"AB{made_up:030X}"}
        for _again in range(2):
            with pytest.raises(Refused):
                gateway.read_notice(headers, sent.body)
    assert pay_office.calls.count("wechat.certificates") == 20
    clock.pass_time(timedelta(minutes=4))
    assert gateway.query(tried).state is State.PENDING  # control: messages of a known key go on
    clock.pass_time(timedelta(minutes=10))
    pay_office.wechat.only_certificates = True
    pay_office.rotate()
    assert gateway.show_code(attempt(clock)).state is State.PENDING  # and real new ones are fetched again


def test_a_merchant_without_the_new_call_is_told_to_set_it_up(
    pay_office: PayOffice, clock: HandClock
) -> None:
    pay_office.wechat.codepay_allowed = False
    answer = gateway_to(pay_office, "wechat", clock).take_code(attempt(clock, TAKE), code("wechat"))
    assert (answer.state, answer.reason, answer.detail) == (State.FAILED, Reason.SETUP, "NO_AUTH")
    older = gateway_to(pay_office, "wechat", clock, code_api="v2")  # control
    assert older.take_code(attempt(clock, TAKE), code("wechat")).state is State.SUCCEEDED


def test_only_yuan_are_sent(pay_office: PayOffice, clock: HandClock) -> None:
    for provider in ("alipay", "wechat", "unionpay"):
        gateway = gateway_to(pay_office, provider, clock)
        dollars = replace(attempt(clock), amount=Money(100, "USD"))
        for answer in (
            gateway.show_code(dollars),
            gateway.take_code(replace(dollars, way=TAKE), code(provider)),
        ):
            assert (answer.state, answer.reason, answer.detail) == (State.FAILED, Reason.SETUP, "currency")
    assert pay_office.calls == []
    assert gateway_to(pay_office, "alipay", clock).show_code(attempt(clock, SHOW)).code  # control
