"""Numbers of payments and refunds as every provider takes them: 32 characters of 0-9 and A-Z, never used twice."""

from __future__ import annotations

import hashlib
import secrets

from desktop.models.settings import NOTICE_SHOP_KEY, SHOP_NAME
from desktop.shop.work import Read

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32, as ULIDs are written


def pay_number(read: Read, till_id: int | None) -> str:
    """Six characters for shop and till, then a ULID: the time in milliseconds and 80 random bits."""
    shop = read.setting(NOTICE_SHOP_KEY) or read.setting(SHOP_NAME)
    digest = int.from_bytes(hashlib.sha256(shop.encode()).digest()[:4], "big")
    when = int(read.now.timestamp() * 1000)
    return (
        _written(digest, 3)
        + _written(till_id or 0, 3)
        + _written(when, 10)
        + _written(secrets.randbits(80), 16)
    )


def _written(number: int, places: int) -> str:
    """The last so many digits of a number."""
    digits = []
    for _place in range(places):
        number, digit = divmod(number, 32)
        digits.append(_LETTERS[digit])
    return "".join(reversed(digits))
