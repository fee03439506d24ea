"""Messages are hints and bills add up, whatever is wrong with them."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused, Unavailable
from desktop.basics.money import Money
from desktop.gateways.payment import SHOW, Notice, Reason, State
from desktop.gateways.providers import ACCOUNTS, Secrets, make
from desktop.services.statements.bill import read_bill
from desktop.services.statements.unpacking import Packed
from tests.simulators.client import Shop, scanned
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault
from tests.simulators.fixture import gateway_to
from tests.simulators.keys import cert_pem, certificate, private_pem
from tests.simulators.scene import scene
from tests.simulators.statements import Mutation

pytestmark = pytest.mark.req("M11", "M12")
DAY = date(2026, 11, 21)
NEXT_NOON = timedelta(hours=26)
CAN_NOTIFY = ("alipay", "wechat", "unionpay")


@pytest.mark.parametrize("provider", CAN_NOTIFY)
def test_a_message_names_the_order_and_decides_nothing(
    pay_office: PayOffice, clock: HandClock, provider: str
) -> None:
    """Twice, before the answer was heard, or with another amount: it is a number to ask about."""
    sale = scene(pay_office, clock, provider, SHOW).paid()
    sent = pay_office.messages(sale.attempt.number, k=2)
    sent += pay_office.messages(sale.attempt.number, wrong_amount=True)
    for one in sent:
        assert sale.gateway.read_notice(one.headers, one.body) == Notice(sale.attempt.number)


@pytest.mark.parametrize("provider", CAN_NOTIFY)
@pytest.mark.parametrize("wrong", ["bad_sign", "other_merchant", "stale", "probe", "other_serial"])
def test_a_message_of_somebody_else_is_refused(
    pay_office: PayOffice, clock: HandClock, provider: str, wrong: str
) -> None:
    if wrong in ("stale", "probe", "other_serial") and provider != "wechat":
        return  # only WeChat's messages carry a time, a serial, and are sent as probes
    sale = scene(pay_office, clock, provider, SHOW).paid()
    sent = pay_office.messages(sale.attempt.number, 1, "", **{wrong: True})[0]
    with pytest.raises(Refused):
        sale.gateway.read_notice(sent.headers, sent.body)


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
def test_a_refund_is_told_of_before_the_payment_is(
    pay_office: PayOffice, clock: HandClock, provider: str
) -> None:
    sale = scene(pay_office, clock, provider).paid()
    sale.gateway.refund(sale.attempt, "R" + sale.attempt.number[1:], Money(100, "CNY"), "")
    pay_office.settle_refunds()
    sent = pay_office.messages(sale.attempt.number, refund="R" + sale.attempt.number[1:])[0]
    told = sale.gateway.read_notice(sent.headers, sent.body)
    assert told == Notice(sale.attempt.number, "R" + sale.attempt.number[1:])


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
def test_the_bill_adds_up_to_the_ledger(pay_office: PayOffice, clock: HandClock, provider: str) -> None:
    sales = [scene(pay_office, clock, provider).paid() for _ in range(3)]
    sales[0].gateway.refund(sales[0].attempt, "R" + sales[0].attempt.number[1:], Money(100, "CNY"), "")
    pay_office.settle_refunds()
    with pytest.raises(Refused):
        sales[0].gateway.bill(DAY)  # it comes with the next morning
    clock.pass_time(NEXT_NOON)
    bill = read_bill(Packed(sales[0].gateway.bill(DAY), "bill"))
    assert (bill.gateway, bill.day) == (provider, DAY)
    assert (bill.totals.paid_minor, bill.totals.refunded_minor) == (3 * 8888, 100)
    assert bill.totals.paid_minor - bill.totals.refunded_minor == pay_office.ledger.total()


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
@pytest.mark.parametrize(
    "kind, rows, paid",
    [("missing", 1, 8888), ("amount", 2, 8888 + 8000), ("duplicate", 3, 3 * 8888), ("extra", 3, 2 * 8888 + 8000),
     ("next day", 1, 8888)],
)  # fmt: skip
def test_a_bill_can_be_wrong(
    pay_office: PayOffice, clock: HandClock, provider: str, kind: str, rows: int, paid: int
) -> None:
    clock.pass_time(timedelta(hours=13, minutes=50))  # ten minutes to midnight
    sales = [scene(pay_office, clock, provider).paid() for _ in range(2)]
    number = "NOBODYS0001" if kind == "extra" else sales[0].attempt.number
    made = pay_office.make_statement(provider, DAY, [Mutation(kind, number, 8000)])
    totals = read_bill(Packed(made, "bill")).totals
    assert (totals.rows, totals.paid_minor) == (rows, paid)
    if kind == "next day":
        later = pay_office.make_statement(provider, DAY + timedelta(days=1))
        assert [row.number for row in read_bill(Packed(later, "bill")).rows()] == [number]


def test_a_bill_that_is_not_what_it_was_said_to_be(pay_office: PayOffice, clock: HandClock) -> None:
    sale = scene(pay_office, clock, "wechat").paid()
    clock.pass_time(NEXT_NOON)
    pay_office.inject(Fault.WRONG_HASH, on="wechat.bill")
    with pytest.raises(Unavailable):
        sale.gateway.bill(DAY)
    pay_office.inject(Fault.NOT_READY, on="wechat.bill")
    with pytest.raises((Refused, Unavailable)):
        sale.gateway.bill(DAY)
    assert sale.gateway.bill(DAY)


def test_the_address_of_a_bill_lives_half_a_minute(pay_office: PayOffice) -> None:
    shop = Shop(pay_office)
    shop.alipay("trade.pay", scanned())
    pay_office.advance_clock(NEXT_NOON.total_seconds())
    wanted = {"bill_type": "trade", "bill_date": DAY.isoformat()}
    asked = "data.dataservice.bill.downloadurl.query"
    address = shop.alipay(asked, wanted)["bill_download_url"]
    assert httpx.get(address).status_code == 200
    pay_office.advance_clock(30)
    assert httpx.get(address).status_code == 403


# Keys and clocks


@pytest.mark.parametrize("provider", ["alipay", "wechat", "unionpay"])
def test_a_key_that_is_not_ours_is_named(pay_office: PayOffice, clock: HandClock, provider: str) -> None:
    given, stranger = pay_office.account()[provider], pay_office.keys.stranger
    settings = dict(given["account"])
    if provider == "wechat":
        settings["merchant_cert"] = ""
    if provider == "unionpay":
        settings["sign_cert"] = cert_pem(certificate(stranger, "777290058110048"))
    gateway = make(
        ACCOUNTS[provider](**settings),
        Secrets(given["secrets"] | {"private_key": private_pem(stranger)}),
        clock,
    )
    sale = scene(pay_office, clock, provider)
    answer = gateway.take_code(sale.attempt, sale.code)
    assert (answer.state, answer.reason) == (State.FAILED, Reason.KEYS)
    assert pay_office.standing() == []


@pytest.mark.parametrize("provider", ["alipay", "wechat"])
@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_ten_minutes_off_is_named(
    pay_office: PayOffice, clock: HandClock, provider: str, minutes: int
) -> None:
    sale = scene(pay_office, clock, provider)
    pay_office.set_clock(clock.now() + timedelta(minutes=minutes))
    answer = sale.begin()
    assert answer.reason is Reason.CLOCK
    assert pay_office.standing() == []


def test_wechats_certificates_change_under_a_running_shop(pay_office: PayOffice, clock: HandClock) -> None:
    """Without a public key the certificates are fetched; the next one is found when it first signs."""
    gateway = gateway_to(pay_office, "wechat", clock, public_key_id="", public_key="")
    sale = scene(pay_office, clock, "wechat")
    sale.gateway = gateway
    assert sale.begin().state is State.SUCCEEDED
    pay_office.rotate()
    assert gateway.query(sale.attempt).state is State.SUCCEEDED
    assert pay_office.calls.count("wechat.certificates") == 2


def test_alipay_by_certificates(pay_office: PayOffice, clock: HandClock) -> None:
    """An answer under another certificate's number is nobody's, whatever its signature."""
    ours, theirs = pay_office.keys.alipay_certificates
    sale = scene(pay_office, clock, "alipay")
    sale.gateway = gateway_to(
        pay_office, "alipay", clock, alipay_public_key="", app_cert=cert_pem(ours), alipay_cert=cert_pem(theirs),
        root_cert=cert_pem(pay_office.keys.alipay_root.cert),
    )  # fmt: skip
    pay_office.inject(Fault.OTHER_SERIAL)
    answer = sale.begin()
    assert (answer.state, answer.reason) == (State.UNKNOWN, Reason.SIGNATURE)
    assert sale.gateway.query(sale.attempt).state is State.SUCCEEDED


def test_an_expired_certificate_of_unionpay_is_named(pay_office: PayOffice, clock: HandClock) -> None:
    sale = scene(pay_office, clock, "unionpay").paid()
    pay_office.inject(Fault.OTHER_SERIAL)
    answer = sale.gateway.query(sale.attempt)
    assert (answer.state, answer.reason) == (State.UNKNOWN, Reason.CERTIFICATE)


def test_a_merchant_without_the_new_call_for_codes_takes_the_older_one(
    pay_office: PayOffice, clock: HandClock
) -> None:
    pay_office.wechat.codepay_allowed = False
    refused = scene(pay_office, clock, "wechat").begin()
    assert (refused.state, refused.reason) == (State.FAILED, Reason.SETUP)
    assert scene(pay_office, clock, "wechat v2").begin().state is State.SUCCEEDED


def test_the_wallet_gives_a_part(pay_office: PayOffice, clock: HandClock) -> None:
    """What was paid is the whole sum, though the buyer gave less of it."""
    for provider in ("alipay", "wechat"):
        sale = scene(pay_office, clock, provider)
        pay_office.inject(Fault.DISCOUNT)
        answer = sale.begin()
        assert answer.paid == Money(8888, "CNY")
        assert answer.buyer_paid == Money(8000, "CNY")


def test_the_office_lives_at_the_shops_time(pay_office: PayOffice, clock: HandClock) -> None:
    assert pay_office.clock.signing() == clock.now()
    pay_office.set_clock(datetime(2027, 1, 1, tzinfo=UTC))
    clock.pass_time(timedelta(minutes=1))
    assert pay_office.clock.signing() == datetime(2027, 1, 1, 0, 1, tzinfo=UTC)
