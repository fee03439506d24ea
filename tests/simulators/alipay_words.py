"""How Alipay writes money, times and refusals."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
AMOUNT = re.compile(r"(0|[1-9]\d{0,8})(\.\d{1,2})?")
Body = dict[str, Any]


class Refusal(Exception):
    """An answer that is not a success."""

    def __init__(self, sub_code: str, code: str = "40004", msg: str = "Business Failed") -> None:
        super().__init__(sub_code)
        self.body: Body = {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_code}


def invalid(sub_code: str) -> Refusal:
    """A request that is not well formed."""
    return Refusal(sub_code, "40002", "Invalid Arguments")


def yuan(minor: int) -> str:
    """Minor units as Alipay writes money."""
    return f"{minor // 100}.{minor % 100:02d}"


def fen(text: object) -> int:
    """Money as Alipay writes it, in minor units."""
    if not isinstance(text, str) or not AMOUNT.fullmatch(text):
        raise invalid("isv.invalid-parameter")
    whole, _dot, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def moment(at: datetime) -> str:
    """A time as Alipay writes it."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
