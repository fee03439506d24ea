"""What the tests of payment providers share: attempts, codes, and which account is spoken to."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from desktop.basics.clock import Clock
from desktop.basics.money import Money
from desktop.gateways.payment import SHOW, Attempt

_numbers = count(1)
CODES = {"alipay": "28{:016d}", "wechat": "13{:016d}", "unionpay": "62{:017d}"}
WAYS = [
    ("alipay", {}), ("wechat", {}), ("wechat", {"code_api": "v2"}), ("wechat", {"public_key_id": ""}), ("unionpay", {})
]  # fmt: skip
NAMES = ["alipay", "wechat", "wechat-v2", "wechat-certificates", "unionpay"]


def attempt(clock: Clock, way: str = SHOW, minor: int = 8888, subject: str = "收银 3 件 /=&") -> Attempt:
    """A new try to be paid, with a number never used before."""
    number = f"ABCDEF{next(_numbers):026d}"
    now = clock.now()
    return Attempt(number, Money(minor, "CNY"), subject, now, now + timedelta(minutes=10), way=way)


def code(provider: str) -> str:
    """What a customer's phone shows, never the same."""
    return CODES[provider].format(next(_numbers))
