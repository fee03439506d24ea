"""Which wallet a customer's payment code belongs to, by its shape alone."""

from __future__ import annotations

import unicodedata

WECHAT, ALIPAY, UNIONPAY = "wechat", "alipay", "unionpay"


def route(code: str) -> str | None:
    """`wechat`, `alipay` or `unionpay` for the code a customer shows; None for anything else.

    WeChat: 18 digits from 10 to 15; Alipay: 16 to 24 digits from 25 to 30; UnionPay: 19 digits from 62.
    """
    digits = cleaned(code)
    if not digits.isascii() or not digits.isdigit():
        return None
    start, length = int(digits[:2]), len(digits)
    if length == 18 and 10 <= start <= 15:
        return WECHAT
    if 16 <= length <= 24 and 25 <= start <= 30:
        return ALIPAY
    if length == 19 and start == 62:
        return UNIONPAY
    return None


def cleaned(code: str) -> str:
    """The code as it is sent: half-width, without the blanks of a scanner or a person."""
    return "".join(unicodedata.normalize("NFKC", code).split())
