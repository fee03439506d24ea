"""Sums in capital characters, by examples and by reading them back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.amount_words import DIGITS, capital_amount

PLACE = {"拾": 10, "佰": 100, "仟": 1_000}


def read_back(text: str) -> int:
    """The sum in 分 a person reads from the characters."""
    sign, text = (-1, text[1:]) if text.startswith("负") else (1, text)
    yuan, _mark, rest = text.rpartition("元") if "元" in text else ("", "", text)
    total = 0
    for mark, size in (("亿", 100_000_000), ("万", 10_000), ("", 1)):
        part, yuan = yuan.split(mark, 1) if mark and mark in yuan else ("" if mark else yuan, yuan)
        total += size * _section(part)
    minor = total * 100
    for ch, following in zip(rest, rest[1:], strict=False):
        if following in "角分":
            minor += DIGITS.index(ch) * {"角": 10, "分": 1}[following]
    return sign * minor


def _section(text: str) -> int:
    total = digit = 0
    for ch in text.replace("万", ""):
        if ch in PLACE:
            total, digit = total + digit * PLACE[ch], 0
        else:
            digit = DIGITS.index(ch)
    return total + digit


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (123_450, "壹仟贰佰叁拾肆元伍角整"),
        (100_005, "壹仟元零伍分"),
        (10_000_000, "壹拾万元整"),
        (1_000_100_000, "壹仟万壹仟元整"),
        (100_010_007, "壹佰万零壹佰元零柒分"),
        (12_345_678_901_23, "壹佰贰拾叁亿肆仟伍佰陆拾柒万捌仟玖佰零壹元贰角叁分"),
        (-100, "负壹元整"),
    ],
)
def test_examples(minor: int, words: str) -> None:
    assert capital_amount(minor) == words


@given(st.integers(-(10**12), 10**12))
def test_every_sum_reads_back(minor: int) -> None:
    assert read_back(capital_amount(minor)) == minor
    assert "零零" not in capital_amount(minor)
