"""Every provider × every fault: no success that is none, and what is not known is never called failed."""

from collections.abc import Iterator

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.money import Money
from desktop.gateways.payment import SHOW, TAKE, Answer, Back, Reason, RefundState, State
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault
from tests.simulators.fixture import open_pay_office
from tests.simulators.scene import MORNING, PROVIDERS, Scene, patience, scene

pytestmark = pytest.mark.req("M1", "M11")
BUSY, NO_ANSWER, UNREADABLE = Reason.BUSY, Reason.NO_ANSWER, Reason.UNREADABLE
ANY_UNREADABLE = {UNREADABLE, Reason.SIGNATURE}
NOT_SIGNED = {Reason.SIGNATURE, Reason.CLOCK, Reason.CERTIFICATE}
UNKNOWN_BECAUSE = {
    Fault.LOST: {NO_ANSWER}, Fault.HELD: {NO_ANSWER}, Fault.CUT: {NO_ANSWER}, Fault.SILENT: {NO_ANSWER},
    Fault.DRIP: {NO_ANSWER}, Fault.BAD_GATEWAY: {BUSY}, Fault.DONE_BAD_GATEWAY: {BUSY}, Fault.TOO_MANY: {BUSY},
    Fault.SYSTEM_ERROR: {BUSY}, Fault.DONE_SYSTEM_ERROR: {BUSY}, Fault.UNKNOWN_20000: {BUSY},
    Fault.HTML: ANY_UNREADABLE, Fault.TRUNCATED: ANY_UNREADABLE, Fault.NOT_JSON: ANY_UNREADABLE,
    Fault.BAD_SIGNATURE: NOT_SIGNED, Fault.OTHER_KEY: NOT_SIGNED, Fault.SHA1: NOT_SIGNED,
    Fault.UNSIGNED: NOT_SIGNED, Fault.STALE: NOT_SIGNED, Fault.OTHER_SERIAL: NOT_SIGNED, Fault.PROBE: NOT_SIGNED,
}  # fmt: skip
SOME = (
    Fault.LOST,
    Fault.CUT,
    Fault.DONE_BAD_GATEWAY,
    Fault.DONE_SYSTEM_ERROR,
    Fault.BAD_SIGNATURE,
    Fault.TRUNCATED,
)
PENNY = Money(100, "CNY")
GOING = (RefundState.SUCCEEDED, RefundState.PROCESSING)


@pytest.fixture(scope="module")
def clock_of_all() -> HandClock:
    return HandClock(MORNING)


@pytest.fixture(scope="module")
def running(clock_of_all: HandClock) -> Iterator[PayOffice]:
    with open_pay_office(clock_of_all) as office:
        yield office


@pytest.fixture
def office(running: PayOffice) -> Iterator[PayOffice]:
    yield running
    running.clear()
    running.set_polls(0)
    running.set_polls(0, "never", "shown")
    running.set_refund_polls(1)
    running.wechat.certificate = 0
    running.wechat.only_certificates = False


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_that_goes_wrong_is_no_answer(
    office: PayOffice, clock_of_all: HandClock, provider: str
) -> None:
    """Charging a code under every fault: unknown, with the reason, and the truth comes out by asking."""
    for fault, reasons in UNKNOWN_BECAUSE.items():
        sale = scene(office, clock_of_all, provider, seconds=patience(fault))
        office.inject(fault)
        answer = sale.begin()
        assert (answer.state, answer.reason in reasons) == (State.UNKNOWN, True), (fault, answer)
        ended = sale.end()
        assert (ended.state is State.SUCCEEDED) == (sale.net > 0), (fault, ended)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_asking_about_a_paid_order(office: PayOffice, clock_of_all: HandClock, provider: str) -> None:
    for fault, reasons in UNKNOWN_BECAUSE.items():
        sale = scene(office, clock_of_all, provider, seconds=patience(fault))
        sale.begin()
        office.inject(fault)
        answer = sale.gateway.query(sale.attempt)
        assert (answer.state, answer.reason in reasons) == (State.UNKNOWN, True), (fault, answer)
        known = sale.gateway.query(sale.attempt)
        assert (known.state, known.paid) == (State.SUCCEEDED, sale.attempt.amount), (fault, known)


def test_control_without_a_fault_every_provider_is_paid(office: PayOffice, clock_of_all: HandClock) -> None:
    for provider in PROVIDERS:
        assert scene(office, clock_of_all, provider).paid().net == 8888


@pytest.mark.parametrize("provider", [one for one in PROVIDERS if one != "wechat v2"])
def test_a_shown_code_under_faults(office: PayOffice, clock_of_all: HandClock, provider: str) -> None:
    for fault in SOME:
        sale = scene(office, clock_of_all, provider, SHOW)
        office.inject(fault)
        answer = sale.begin()
        assert answer.state is State.UNKNOWN, (fault, answer)
        again = sale.begin()  # the very same order again may be asked for, and is one order still
        sale.is_true(again)
        assert again.state is State.PENDING, (fault, again)
        assert office.pay(sale.attempt.number)
        assert sale.gateway.query(sale.attempt).state is State.SUCCEEDED
        assert sale.net == 8888


@pytest.mark.parametrize("provider", PROVIDERS)
def test_cancelling_under_faults(office: PayOffice, clock_of_all: HandClock, provider: str) -> None:
    for fault in SOME:
        sale = scene(office, clock_of_all, provider).paid()
        office.inject(fault)
        answer = sale.gateway.cancel(sale.attempt)
        sale.is_true(answer)
        assert answer.state in (State.CANCELLING, State.REVERSED, State.SUCCEEDED), (fault, answer)
        ended = sale.end()
        assert (ended.state is State.REVERSED) == (sale.net == 0), (fault, ended)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_refunding_under_faults(office: PayOffice, clock_of_all: HandClock, provider: str) -> None:
    """An unknown refund is repeated with its number until it is known; the money goes back once."""
    for fault in SOME:
        sale = scene(office, clock_of_all, provider).paid()
        number = "R" + sale.attempt.number[1:]
        office.inject(fault)
        back = sale.gateway.refund(sale.attempt, number, PENNY, "")
        assert back.state is RefundState.UNKNOWN, (fault, back)
        office.inject(fault, on="refund query")
        assert sale.net in (8888, 8788)
        assert _settled(sale, number).state is RefundState.SUCCEEDED
        assert sale.net == 8788


def _settled(sale: Scene, number: str) -> Back:
    for _try in range(6):
        sale.pass_time(20)
        back = sale.gateway.query_refund(sale.attempt, number)
        sale.is_true_of(back, number)
        if back.state in (RefundState.SUCCEEDED, RefundState.ABNORMAL, RefundState.REFUSED):
            return back
        if back.reason is Reason.NOT_FOUND:
            sale.is_true_of(sale.gateway.refund(sale.attempt, number, PENNY, ""), number)
    return back


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "fault, state, reason",
    [
        (Fault.WRONG_AMOUNT, State.SUCCEEDED, Reason.AMOUNT),
        (Fault.OTHER_ORDER, State.UNKNOWN, Reason.UNREADABLE),
        (Fault.OTHER_MERCHANT, State.UNKNOWN, Reason.SETUP),
    ],
)
def test_an_answer_rightly_signed_about_something_else(
    office: PayOffice, clock_of_all: HandClock, provider: str, fault: Fault, state: State, reason: Reason
) -> None:
    if (provider, fault) == ("alipay", Fault.OTHER_MERCHANT):
        return  # its answers name no merchant: the key is the application's
    sale = scene(office, clock_of_all, provider)
    sale.begin()
    office.inject(fault)
    answer = sale.gateway.query(sale.attempt)
    assert (answer.state, answer.reason) == (state, reason)
    if state is State.SUCCEEDED:
        assert answer.paid == Money(8988, "CNY")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_password_that_comes_late_or_never(
    office: PayOffice, clock_of_all: HandClock, provider: str
) -> None:
    office.set_polls(2)
    late = scene(office, clock_of_all, provider)
    states = [late.begin().state, *(late.gateway.query(late.attempt).state for _ in range(3))]
    assert states == [State.PENDING] * 3 + [State.SUCCEEDED]
    office.set_polls(0, "never")
    never = scene(office, clock_of_all, provider)
    assert never.begin().state is State.PENDING
    ended = never.end()
    assert (ended.state, never.net) == (State.CLOSED, 0)
    assert not office.enter_password(never.attempt.number)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "outcome, reason",
    [("expired", Reason.CODE), ("invalid", Reason.CODE), ("money", Reason.MONEY), ("limit", Reason.LIMIT)],
)
def test_a_declined_code_says_why_and_is_cancelled(
    office: PayOffice, clock_of_all: HandClock, provider: str, outcome: str, reason: Reason
) -> None:
    """Declined is not final: it is cancelled before anything else is tried."""
    sale = scene(office, clock_of_all, provider)
    office.script_code(sale.code, outcome)
    answer = sale.begin()
    if answer.state is State.PENDING:  # UnionPay only accepts; why it was declined comes with the question
        answer = sale.gateway.query(sale.attempt)
    assert (answer.state, answer.reason) == (State.CANCELLING, reason)
    assert (sale.end().state, sale.net) == (State.CLOSED, 0)


def test_a_customer_who_says_no(office: PayOffice, clock_of_all: HandClock) -> None:
    office.set_polls(0, "decline")
    for provider in PROVIDERS:
        sale = scene(office, clock_of_all, provider)
        assert sale.begin().state is State.PENDING
        sale.is_true(sale.gateway.query(sale.attempt))
        assert (sale.end().state, sale.net) == (State.CLOSED, 0)


@pytest.mark.parametrize("provider", [one for one in PROVIDERS if one != "unionpay"])
def test_a_payment_that_lands_after_it_was_cancelled(
    office: PayOffice, clock_of_all: HandClock, provider: str
) -> None:
    """Nothing was there to cancel, so nothing stops the delayed request: asking again later finds it."""
    sale = scene(office, clock_of_all, provider)
    office.inject(Fault.HELD)
    assert sale.begin().state is State.UNKNOWN
    ended = sale.end()
    assert (ended.state, ended.reason) == (State.CLOSED, Reason.NOT_FOUND)
    assert office.land() == 1
    late = sale.gateway.query(sale.attempt)
    assert (late.state, late.paid) == (State.SUCCEEDED, sale.attempt.amount)
    sale.pass_time(20)
    assert sale.gateway.cancel(sale.attempt).state is State.REVERSED
    assert sale.net == 0


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
def test_a_code_paid_although_it_was_closed(
    office: PayOffice, clock_of_all: HandClock, provider: str
) -> None:
    sale = scene(office, clock_of_all, provider, SHOW)
    sale.begin()
    office.inject(Fault.NO_TOMBSTONE, 9)
    answer: Answer = sale.gateway.cancel(sale.attempt)
    assert answer.state in (State.CLOSED, State.CANCELLING)
    assert office.pay(sale.attempt.number)
    assert sale.gateway.query(sale.attempt).state is State.SUCCEEDED


def test_alipay_asks_to_cancel_again(office: PayOffice, clock_of_all: HandClock) -> None:
    sale = scene(office, clock_of_all, "alipay").paid()
    office.inject(Fault.RETRY_FLAG)
    assert sale.gateway.cancel(sale.attempt).state is State.CANCELLING
    assert sale.gateway.cancel(sale.attempt).state is State.REVERSED
    assert sale.net == 0


def test_a_bare_202_is_waiting(office: PayOffice, clock_of_all: HandClock) -> None:
    office.set_polls(1)
    sale = scene(office, clock_of_all, "wechat")
    office.inject(Fault.BARE_202)
    assert sale.begin().state is State.PENDING


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_connection_is_nothing_sent(clock_of_all: HandClock, provider: str) -> None:
    for way in (TAKE, SHOW):
        with open_pay_office(clock_of_all) as closed:
            sale = scene(closed, clock_of_all, provider, way)
        answer = sale.begin()
        assert (answer.state, answer.reason) == (State.CREATED, Reason.NO_CONNECTION)
        assert sale.gateway.query(sale.attempt).state is State.UNKNOWN


# Money going back


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_refund_above_what_is_left_is_refused_and_moves_nothing(
    office: PayOffice, clock_of_all: HandClock, provider: str
) -> None:
    sale = scene(office, clock_of_all, provider).paid()
    first, second = ("R" + letter + sale.attempt.number[2:] for letter in "12")
    assert sale.gateway.refund(sale.attempt, first, Money(8000, "CNY"), "").state in GOING
    assert _settled(sale, first).state is RefundState.SUCCEEDED
    sale.pass_time(20)
    refused = sale.gateway.refund(sale.attempt, second, Money(889, "CNY"), "")
    assert (refused.state, sale.net) == (RefundState.REFUSED, 888)
    sale.pass_time(20)
    assert sale.gateway.refund(sale.attempt, second, Money(888, "CNY"), "").state in GOING
    assert _settled(sale, second).state is RefundState.SUCCEEDED
    assert sale.net == 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_refund_again_gives_back_once(
    office: PayOffice, clock_of_all: HandClock, provider: str
) -> None:
    sale = scene(office, clock_of_all, provider).paid()
    number = "R" + sale.attempt.number[1:]
    for _time in range(3):
        sale.is_true_of(sale.gateway.refund(sale.attempt, number, PENNY, ""), number)
        sale.pass_time(20)
    assert _settled(sale, number).state is RefundState.SUCCEEDED
    assert sale.net == 8788
    other = sale.gateway.refund(sale.attempt, number, Money(200, "CNY"), "")
    assert (other.state is RefundState.SUCCEEDED, sale.net) == (False, 8788)


def test_alipay_says_that_no_money_moved_until_it_is_asked(
    office: PayOffice, clock_of_all: HandClock
) -> None:
    sale = scene(office, clock_of_all, "alipay").paid()
    number = "R" + sale.attempt.number[1:]
    office.inject(Fault.NO_FUND_CHANGE)
    assert sale.gateway.refund(sale.attempt, number, PENNY, "").state is RefundState.PROCESSING
    assert sale.gateway.query_refund(sale.attempt, number).state is RefundState.SUCCEEDED


@pytest.mark.parametrize("provider", ["wechat", "wechat v2"])
def test_a_bank_refuses_a_refund(office: PayOffice, clock_of_all: HandClock, provider: str) -> None:
    """A person has to see to it; until then the money is still the shop's."""
    office.set_refund_polls(0)
    sale = scene(office, clock_of_all, provider).paid()
    number = "R" + sale.attempt.number[1:]
    office.inject(Fault.REFUND_ABNORMAL)
    assert sale.gateway.refund(sale.attempt, number, PENNY, "").state is RefundState.PROCESSING
    assert sale.gateway.query_refund(sale.attempt, number).state is RefundState.ABNORMAL
    assert sale.net == 8888
    office.settle_refunds(number)
    assert sale.gateway.query_refund(sale.attempt, number).state is RefundState.SUCCEEDED


def test_a_refund_that_was_closed_moved_nothing(office: PayOffice, clock_of_all: HandClock) -> None:
    office.set_refund_polls(0)
    sale = scene(office, clock_of_all, "wechat").paid()
    number = "R" + sale.attempt.number[1:]
    office.inject(Fault.REFUND_CLOSED)
    sale.gateway.refund(sale.attempt, number, PENNY, "")
    assert sale.gateway.query_refund(sale.attempt, number).state is RefundState.REFUSED
    assert sale.net == 8888
