"""A sum of money in the characters nobody can alter: ¥1,234.50 is 壹仟贰佰叁拾肆元伍角."""

from __future__ import annotations

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def capital_amount(minor: int) -> str:
    """A sum of 分 as Chinese bills write it (《正确填写票据和结算凭证的基本规定》); 整 ends a sum without 分."""
    if minor < 0:
        return "负" + capital_amount(-minor)
    yuan, rest = divmod(minor, 100)
    jiao, fen = divmod(rest, 10)
    if not minor:
        return "零元整"
    text = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    return text + (f"{DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    """Groups of four digits, a single 零 where places are empty in between."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1_000):
            text += "零"
        text += _four(group) + GROUPS[place]
        gap = False
    return text


def _four(group: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return text
