"""The simulated Alipay keeps the rules of the real one."""

from datetime import timedelta

import pytest

from tests.simulators.client import CODE, TRADE, Shop, scanned
from tests.simulators.control import PayOffice

NUMBER = TRADE["out_trade_no"]
ONE = {"out_trade_no": NUMBER}
pytestmark = pytest.mark.req("M1", "M11")


@pytest.fixture
def shop(pay_office: PayOffice) -> Shop:
    return Shop(pay_office)


def test_a_shown_code_is_no_trade_until_it_is_scanned(pay_office: PayOffice, shop: Shop) -> None:
    made = shop.alipay("trade.precreate", TRADE)
    assert made["code"] == "10000"
    assert shop.alipay("trade.query", ONE)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert pay_office.scan(made["qr_code"])
    assert shop.alipay("trade.query", ONE)["trade_status"] == "WAIT_BUYER_PAY"
    assert pay_office.net(NUMBER) == 0
    assert pay_office.enter_password(NUMBER)
    paid = shop.alipay("trade.query", ONE)
    assert (paid["trade_status"], paid["total_amount"]) == ("TRADE_SUCCESS", "88.88")
    assert pay_office.net(NUMBER) == 8888
    assert shop.alipay("trade.precreate", TRADE)["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"


def test_a_code_closed_before_the_scan_is_dead(pay_office: PayOffice, shop: Shop) -> None:
    shop.alipay("trade.precreate", TRADE)
    assert shop.alipay("trade.close", ONE) | {"msg": ""} == {
        "code": "40004", "msg": "", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "ACQ.TRADE_NOT_EXIST",
    }  # fmt: skip
    assert not pay_office.pay(NUMBER)
    assert shop.alipay("trade.precreate", TRADE)["sub_code"] == "ACQ.TRADE_HAS_CLOSE"


def test_control_a_code_that_is_not_closed_can_be_paid(pay_office: PayOffice, shop: Shop) -> None:
    shop.alipay("trade.precreate", TRADE)
    assert pay_office.pay(NUMBER)


def test_the_code_lives_two_hours_whatever_was_asked_for(pay_office: PayOffice, shop: Shop) -> None:
    life = {"timeout_express": "15d", "qr_code_timeout_express": "10h"}
    shop.alipay("trade.precreate", TRADE | life)
    pay_office.advance_clock(2 * 3600 - 1)
    assert pay_office.scan(NUMBER)
    shop.alipay("trade.precreate", TRADE | life | {"out_trade_no": "OTHER000000000000001"})
    pay_office.advance_clock(2 * 3600)
    assert not pay_office.scan("OTHER000000000000001")


def test_a_password_makes_the_till_wait(pay_office: PayOffice, shop: Shop) -> None:
    pay_office.set_polls(2)
    assert shop.alipay("trade.pay", scanned())["code"] == "10003"
    states = [shop.alipay("trade.query", ONE)["trade_status"] for _ in range(3)]
    assert states == ["WAIT_BUYER_PAY", "WAIT_BUYER_PAY", "TRADE_SUCCESS"]


def test_large_amounts_take_a_password(pay_office: PayOffice, shop: Shop) -> None:
    assert shop.alipay("trade.pay", scanned(total_amount="1000.00"))["code"] == "10000"
    dear = scanned("280000000000000002", total_amount="1000.01", out_trade_no="DEAR000000000000001")
    assert shop.alipay("trade.pay", dear)["code"] == "10003"
    assert pay_office.enter_password("DEAR000000000000001")
    assert pay_office.net("DEAR000000000000001") == 100_001


@pytest.mark.parametrize(
    "outcome, sub_code",
    [
        ("expired", "ACQ.PAYMENT_AUTH_CODE_INVALID"),
        ("money", "ACQ.BUYER_BALANCE_NOT_ENOUGH"),
        ("limit", "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR"),
        ("risk", "ACQ.PAYMENT_REQUEST_HAS_RISK"),
    ],
)
def test_codes_that_are_refused(pay_office: PayOffice, shop: Shop, outcome: str, sub_code: str) -> None:
    pay_office.script_code(CODE, outcome)
    assert shop.alipay("trade.pay", scanned())["sub_code"] == sub_code
    assert pay_office.net(NUMBER) == 0


def test_a_code_pays_once(pay_office: PayOffice, shop: Shop) -> None:
    assert shop.alipay("trade.pay", scanned())["code"] == "10000"
    again = shop.alipay("trade.pay", scanned(out_trade_no="OTHER000000000000001"))
    assert again["sub_code"] == "ACQ.PAYMENT_AUTH_CODE_INVALID"
    assert shop.alipay("trade.pay", scanned())["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"
    assert pay_office.ledger.total() == 8888


def test_the_same_number_is_the_same_trade(pay_office: PayOffice, shop: Shop) -> None:
    made = shop.alipay("trade.precreate", TRADE)
    assert shop.alipay("trade.precreate", TRADE)["qr_code"] == made["qr_code"]
    other = shop.alipay("trade.precreate", TRADE | {"total_amount": "88.89"})
    assert other["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"


def test_cancelling_closes_or_pays_back_for_a_day(pay_office: PayOffice, shop: Shop) -> None:
    assert "action" not in shop.alipay("trade.cancel", ONE)
    pay_office.set_polls(0, "never")
    shop.alipay("trade.pay", scanned())
    assert shop.alipay("trade.cancel", ONE)["action"] == "close"
    pay_office.set_polls(0)
    second = {"out_trade_no": "OTHER000000000000001"}
    shop.alipay("trade.pay", scanned("280000000000000002", **second))
    assert shop.alipay("trade.cancel", second)["action"] == "refund"
    assert shop.alipay("trade.query", second)["trade_status"] == "TRADE_CLOSED"
    assert pay_office.ledger.total() == 0
    third = {"out_trade_no": "OTHER000000000000003"}
    shop.alipay("trade.pay", scanned("280000000000000003", **third))
    pay_office.advance_clock(24 * 3600 + 1)
    assert shop.alipay("trade.cancel", third)["sub_code"] == "ACQ.TRADE_CANCEL_TIME_OUT"
    assert pay_office.ledger.total() == 8888


def test_refunds_go_back_once_slowly_and_never_above(pay_office: PayOffice, shop: Shop) -> None:
    shop.alipay("trade.pay", scanned())

    def refund(number: str, amount: str) -> dict[str, str]:
        return shop.alipay("trade.refund", ONE | {"out_request_no": number, "refund_amount": amount})

    assert refund("R1", "30.00")["fund_change"] == "Y"
    assert refund("R1", "30.00")["fund_change"] == "N"
    assert refund("R1", "30.01")["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
    assert refund("R2", "10.00")["sub_code"] == "ACQ.REFUND_TOO_FREQUENT"
    pay_office.advance_clock(3)
    assert refund("R2", "58.89")["sub_code"] == "ACQ.REASON_TRADE_REFUND_FEE_ERR"
    assert refund("R2", "58.88")["fund_change"] == "Y"
    assert pay_office.net(NUMBER) == 0
    asked = shop.alipay("trade.fastpay.refund.query", ONE | {"out_request_no": "R1"})
    assert (asked["refund_status"], asked["refund_amount"]) == ("REFUND_SUCCESS", "30.00")
    assert "refund_status" not in shop.alipay("trade.fastpay.refund.query", ONE | {"out_request_no": "R9"})
    assert shop.alipay("trade.query", ONE)["trade_status"] == "TRADE_CLOSED"


@pytest.mark.parametrize(
    "spoil, code",
    [
        ({"sign": "AAAA"}, "isv.invalid-signature"),
        ({"biz_content": "{}"}, "isv.invalid-signature"),
        ({"sign": ""}, "isv.missing-signature"),
        ({"app_id": "1"}, "isv.invalid-app-id"),
    ],
)
def test_wrong_signatures_are_refused(shop: Shop, spoil: dict[str, str], code: str) -> None:
    shop.spoil = spoil
    assert shop.alipay("trade.precreate", TRADE)["sub_code"] == code
    shop.spoil = {}
    assert shop.alipay("trade.precreate", TRADE)["code"] == "10000"


@pytest.mark.parametrize("minutes, code", [(4, "10000"), (-4, "10000"), (6, "40002"), (-6, "40002")])
def test_a_clock_that_differs_is_refused(shop: Shop, minutes: int, code: str) -> None:
    shop.skew = timedelta(minutes=minutes)
    assert shop.alipay("trade.precreate", TRADE)["code"] == code


@pytest.mark.parametrize(
    "wrong",
    [{"total_amount": "0.00"}, {"total_amount": "1e2"}, {"total_amount": 8}, {"subject": "a=b"}, {"subject": ""},
     {"out_trade_no": "a b"}, {"timeout_express": "30s"}, {"timeout_express": "16d"}],
)  # fmt: skip
def test_fields_that_are_not_right_are_refused(shop: Shop, wrong: dict[str, object]) -> None:
    assert shop.alipay("trade.precreate", TRADE | wrong)["code"] in ("40002", "40004")
