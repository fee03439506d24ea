"""The simulated WeChat Pay keeps the rules of the real one."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.client import NATIVE, ORDER, Shop, codepay
from tests.simulators.control import PayOffice
from tests.simulators.wechat import WeChat

NUMBER = str(ORDER["out_trade_no"])
ORDERS = "/v3/pay/transactions"
ONE = f"{ORDERS}/out-trade-no/{NUMBER}"
ASK = f"{ONE}?mchid={WeChat.mchid}"
MERCHANT = {"mchid": WeChat.mchid}
BOTH = MERCHANT | {"appid": WeChat.appid}
REFUNDS = "/v3/refund/domestic/refunds"
pytestmark = pytest.mark.req("M1", "M11")


@pytest.fixture
def shop(pay_office: PayOffice) -> Shop:
    return Shop(pay_office)


def refund(shop: Shop, number: str, minor: int) -> Any:
    amount = {"refund": minor, "total": 8888, "currency": "CNY"}
    return shop.wechat("POST", REFUNDS, {"out_trade_no": NUMBER, "out_refund_no": number, "amount": amount})


def test_a_shown_code_is_paid_by_whoever_scans_it(pay_office: PayOffice, shop: Shop) -> None:
    made = shop.wechat("POST", f"{ORDERS}/native", NATIVE)
    assert made.status_code == 200
    assert shop.wechat("GET", ASK).json()["trade_state"] == "NOTPAY"
    assert pay_office.pay(made.json()["code_url"])
    paid = shop.wechat("GET", ASK).json()
    assert (paid["trade_state"], paid["amount"]["total"]) == ("SUCCESS", 8888)
    assert pay_office.net(NUMBER) == 8888
    assert shop.wechat("POST", f"{ONE}/close", MERCHANT).json()["code"] == "ORDER_PAID"


def test_the_same_order_again_gets_a_new_code_and_the_old_one_dies(pay_office: PayOffice, shop: Shop) -> None:
    first = shop.wechat("POST", f"{ORDERS}/native", NATIVE).json()["code_url"]
    second = shop.wechat("POST", f"{ORDERS}/native", NATIVE).json()["code_url"]
    with pytest.raises(KeyError):
        pay_office.scan(first)
    assert pay_office.scan(second)
    changed = NATIVE | {"amount": {"total": 8889, "currency": "CNY"}}
    assert shop.wechat("POST", f"{ORDERS}/native", changed).json()["code"] == "OUT_TRADE_NO_USED"


def test_a_closed_order_is_closed_again_and_not_paid(pay_office: PayOffice, shop: Shop) -> None:
    shop.wechat("POST", f"{ORDERS}/native", NATIVE)
    assert shop.wechat("POST", f"{ONE}/close", MERCHANT).status_code == 204
    assert shop.wechat("POST", f"{ONE}/close", MERCHANT).status_code == 204
    assert not pay_office.pay(NUMBER)
    assert shop.wechat("GET", ASK).json()["trade_state"] == "CLOSED"


def test_a_code_lives_two_hours_and_its_order_longer(pay_office: PayOffice, shop: Shop) -> None:
    shop.wechat("POST", f"{ORDERS}/native", NATIVE)
    pay_office.advance_clock(2 * 3600)
    assert not pay_office.scan(NUMBER)
    assert shop.wechat("GET", ASK).json()["trade_state"] == "NOTPAY"


def test_a_scanned_code_is_paid_at_once_or_waits_for_the_password(pay_office: PayOffice, shop: Shop) -> None:
    assert shop.wechat("POST", f"{ORDERS}/codepay", codepay()).status_code == 200
    pay_office.set_polls(1)
    other = codepay("134567890123456780", out_trade_no="OTHER0001")
    waiting = shop.wechat("POST", f"{ORDERS}/codepay", other)
    assert (waiting.status_code, waiting.json()["trade_state"]) == (202, "USERPAYING")
    asked = f"{ORDERS}/out-trade-no/OTHER0001?mchid={WeChat.mchid}"
    assert [shop.wechat("GET", asked).json()["trade_state"] for _ in range(2)] == ["USERPAYING", "SUCCESS"]


def test_a_declined_password_is_a_payment_error(pay_office: PayOffice, shop: Shop) -> None:
    pay_office.set_polls(0, "decline")
    assert shop.wechat("POST", f"{ORDERS}/codepay", codepay()).status_code == 202
    assert shop.wechat("GET", ASK).json()["trade_state"] == "PAYERROR"


def test_reversing_waits_fifteen_seconds_and_is_refused_while_the_customer_types(
    pay_office: PayOffice, shop: Shop
) -> None:
    pay_office.set_polls(9)
    shop.wechat("POST", f"{ORDERS}/codepay", codepay())
    assert shop.wechat("POST", f"{ONE}/reverse", BOTH).json()["code"] == "INVALID_REQUEST"
    pay_office.advance_clock(15)
    assert shop.wechat("POST", f"{ONE}/reverse", BOTH).json()["code"] == "USERPAYING"
    assert shop.wechat("POST", f"{ONE}/reverse", BOTH).status_code == 200
    assert shop.wechat("GET", ASK).json()["trade_state"] == "REVOKED"
    assert not pay_office.enter_password(NUMBER)


def test_reversing_a_paid_one_gives_the_money_back(pay_office: PayOffice, shop: Shop) -> None:
    shop.wechat("POST", f"{ORDERS}/codepay", codepay())
    assert pay_office.net(NUMBER) == 8888
    assert shop.wechat("POST", f"{ONE}/close", MERCHANT).status_code == 400
    pay_office.advance_clock(15)
    assert shop.wechat("POST", f"{ONE}/reverse", BOTH).status_code == 200
    assert shop.wechat("POST", f"{ONE}/reverse", BOTH).status_code == 200
    assert pay_office.net(NUMBER) == 0


def test_refunds_are_accepted_first_and_done_later(pay_office: PayOffice, shop: Shop) -> None:
    shop.wechat("POST", f"{ORDERS}/codepay", codepay())
    assert refund(shop, "R1", 3000).json()["status"] == "PROCESSING"
    assert pay_office.net(NUMBER) == 8888
    assert [shop.wechat("GET", f"{REFUNDS}/R1").json()["status"] for _ in range(2)] == [
        "PROCESSING",
        "SUCCESS",
    ]
    assert refund(shop, "R1", 3000).json()["status"] == "SUCCESS"
    assert refund(shop, "R1", 3001).status_code == 400
    assert refund(shop, "R2", 5889).status_code == 403
    assert refund(shop, "R2", 5888).status_code == 200
    pay_office.settle_refunds()
    assert pay_office.net(NUMBER) == 0
    assert shop.wechat("GET", f"{REFUNDS}/R9").status_code == 404
    assert shop.wechat("GET", ASK).json()["trade_state"] == "REFUND"


def test_a_bank_may_refuse_a_refund_until_staff_see_to_it(pay_office: PayOffice, shop: Shop) -> None:
    shop.wechat("POST", f"{ORDERS}/codepay", codepay())
    pay_office.inject("refund abnormal", on="wechat.refund")
    pay_office.set_refund_polls(0)
    refund(shop, "R1", 8888)
    assert shop.wechat("GET", f"{REFUNDS}/R1").json()["status"] == "ABNORMAL"
    assert pay_office.net(NUMBER) == 8888
    pay_office.settle_refunds("R1")
    assert pay_office.net(NUMBER) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        {"signature": "AAAA"},
        {"nonce_str": "other"},
        {"mchid": "1"},
        {"serial_no": "77"},
        {"timestamp": "soon"},
    ],
)
def test_wrong_signatures_are_refused(shop: Shop, spoil: dict[str, str]) -> None:
    shop.spoil = spoil
    refused = shop.wechat("POST", f"{ORDERS}/native", NATIVE)
    assert (refused.status_code, refused.json()["code"]) == (401, "SIGN_ERROR")
    shop.spoil = {}
    assert shop.wechat("POST", f"{ORDERS}/native", NATIVE).status_code == 200


@pytest.mark.parametrize("minutes, status", [(4, 200), (-4, 200), (6, 401), (-6, 401)])
def test_a_clock_that_differs_is_refused(shop: Shop, minutes: int, status: int) -> None:
    shop.skew = timedelta(minutes=minutes)
    assert shop.wechat("POST", f"{ORDERS}/native", NATIVE).status_code == status


@pytest.mark.parametrize(
    "wrong",
    [{"mchid": "2"}, {"amount": {"total": 0}}, {"amount": {"total": 1.5}}, {"amount": {"total": True}},
     {"description": ""}, {"out_trade_no": "a b c d"}, {"notify_url": "https://x.example.com/n?a=1"},
     {"time_expire": "2020-01-01T00:00:00+08:00"}],
)  # fmt: skip
def test_fields_that_are_not_right_are_refused(shop: Shop, wrong: dict[str, object]) -> None:
    assert shop.wechat("POST", f"{ORDERS}/native", NATIVE | wrong).status_code == 400


def test_answers_are_signed_by_the_key_the_shop_named(pay_office: PayOffice, shop: Shop) -> None:
    made = shop.wechat("POST", f"{ORDERS}/native", NATIVE)
    assert made.headers["wechatpay-serial"] == pay_office.keys.wechat_platform_id
    shop.mode = "certificates"
    first = shop.wechat("GET", ASK).headers["wechatpay-serial"]
    pay_office.rotate()
    assert shop.wechat("GET", ASK).headers["wechatpay-serial"] != first
    assert len(shop.wechat("GET", "/v3/certificates").json()["data"]) == 2
