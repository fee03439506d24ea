"""Passwords and PINs: argon2id, always outside a transaction, since hashing takes long on purpose."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD = 8
PIN = re.compile(r"\d{6,8}")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)  # RFC 9106, second choice


def hashed(text: str) -> str:
    """The argon2id hash of a password or PIN."""
    return _hasher().hash(text)


def matches(stored: str, text: str) -> bool:
    """Whether the text is what was hashed; an empty hash matches nothing."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    if not stored:
        return False
    try:
        return _hasher().verify(stored, text)
    except (Argon2Error, InvalidHashError):
        return False


def check_new_password(text: str) -> None:
    """Refuse a password that is too short. Raises `ShopError`."""
    if len(text) < SHORTEST_PASSWORD:
        raise ShopError(N_("A password needs at least {count} characters."), count=SHORTEST_PASSWORD)


def check_new_pin(text: str) -> None:
    """Refuse a PIN that is not 6 to 8 digits or all the same digit. Raises `ShopError`."""
    if not PIN.fullmatch(text) or len(set(text)) == 1:
        raise ShopError(N_("A PIN has 6 to 8 digits, not all the same."))
