"""Numbers and tokens people and phones see."""

from __future__ import annotations

import secrets

LOOKALIKE_FREE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L


def new_key() -> str:
    """A client key: 128 random bits that make a retry harmless."""
    return secrets.token_hex(16)


def new_token() -> str:
    """A token a phone carries: 192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def six_digits() -> str:
    """A one-time code to type."""
    return f"{secrets.randbelow(1_000_000):06d}"


def check_letter(text: str) -> str:
    """One letter that catches a mistyped digit or two swapped ones (weighted sum modulo 31)."""
    total = sum((i + 1) * (ord(ch) % 31) for i, ch in enumerate(text))
    return LOOKALIKE_FREE[total % len(LOOKALIKE_FREE)]


def ean_ok(code: str) -> bool:
    """Whether an EAN-8/13 or UPC-A has the right check digit (GS1 General Specifications 7.9)."""
    if not code.isascii() or not code.isdigit() or len(code) not in (8, 12, 13):
        return False
    digits = [int(ch) for ch in reversed(code)]
    return (sum(digits[1::2]) * 3 + sum(digits[0::2])) % 10 == 0
