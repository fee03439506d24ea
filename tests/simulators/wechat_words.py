"""How WeChat writes times and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
Body = dict[str, Any]


class Refusal(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.body = status, {"code": code, "message": message or code}


def moment(at: datetime) -> str:
    """A time as WeChat writes it."""
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


def parsed(text: object) -> datetime:
    """A time the shop wrote. Raises `Refusal`."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise Refusal(400, "PARAM_ERROR", "time_expire") from None
    if at.tzinfo is None:
        raise Refusal(400, "PARAM_ERROR", "time_expire")
    return at


def matches(sent: Mapping[str, Any], **wanted: str) -> None:
    """Refuse what is not for this merchant. Raises `Refusal`."""
    for name, value in wanted.items():
        if sent.get(name) != value:
            raise Refusal(400, "PARAM_ERROR" if name not in sent else "MCH_NOT_EXISTS", name)
