"""A customer's code says by its shape which wallet it belongs to."""

from __future__ import annotations

import pytest

from desktop.basics.pay_codes import route


@pytest.mark.req("M1", "M2")
@pytest.mark.parametrize(
    ("code", "wallet"),
    [
        ("134650000000000011", "wechat"),
        ("100000000000000000", "wechat"),
        ("159999999999999999", "wechat"),
        ("2512345678901234", "alipay"),
        ("280763000000000000000012", "alipay"),
        ("309999999999999999", "alipay"),
        ("6212345678901234567", "unionpay"),
        (" 1346 5000 0000 0000 11\n", "wechat"),
        ("１３４６５００００００００００011", "wechat"),  # full width, as some scanners type
    ],
)
def test_the_wallet_is_known_by_length_and_first_digits(code: str, wallet: str) -> None:
    assert route(code) == wallet


@pytest.mark.req("M1")
@pytest.mark.parametrize(
    "code",
    [
        "", "13", "160000000000000000", "090000000000000000", "13465000000000001", "1346500000000000111",
        "251234567890123", "2512345678901234567890123", "3112345678901234", "621234567890123456",
        "62123456789012345678", "6901000010036", "1346500000000000a1", "fp0123456789abcdef0",
        "-34650000000000011", "13465000000000001.",
    ],
)  # fmt: skip
def test_what_is_no_payment_code_belongs_to_nobody(code: str) -> None:
    assert route(code) is None
