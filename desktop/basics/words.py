"""How values are written for people: time, points, masked phones, pinyin keys."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _, language


def points_text(points: int) -> str:
    """`8,000 分` / `8,000 pts`."""
    return _("{points} pts").format(points=f"{points:,}".replace("-", "−"))


def percent_text(basis_points: int) -> str:
    """One place at most: `12.4%`."""
    tenths = (abs(basis_points) + 5) // 10
    whole, part = divmod(tenths, 10)
    return f"{'−' if basis_points < 0 else ''}{whole}" + (f".{part}%" if part else "%")


def when_text(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`今天 15:12`, `昨天 20:36`, `11/20 09:05`, with the year when it is another one."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    clock = f"{local:%H:%M}"
    if local.date() == today.date():
        return _("Today {time}").format(time=clock)
    if local.date() == today.date() - timedelta(days=1):
        return _("Yesterday {time}").format(time=clock)
    return f"{day_text(moment, now, zone)} {clock}"


def day_text(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A day in the reader's habit: `11/20` or `23 Nov`, with the year when it is another one."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if language().startswith("zh"):
        text = f"{local:%m/%d}"
        return text if local.year == today.year else f"{local:%Y}/{text}"
    text = f"{local.day} {MONTHS[local.month - 1]}"
    return text if local.year == today.year else f"{text} {local.year}"


def day_name(day: date) -> str:
    """A day as headings name it: `11 月 20 日`, `20 Nov`."""
    if language().startswith("zh"):
        return f"{day.month} 月 {day.day} 日"
    return f"{day.day} {MONTHS[day.month - 1]}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def masked_phone(phone: str) -> str:
    """`138****6621`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "****"


def masked_email(email: str) -> str:
    """`w***@example.com`; nothing for nothing."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}" if at else ""


def clean_phone(text: str) -> str:
    """A phone number as typed, reduced to its digits (`+86` and spaces dropped)."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def pinyin_keys(name: str) -> tuple[str, str]:
    """Full pinyin and initials of a name: `矿泉水` → (`kuangquanshui`, `kqs`)."""
    from pypinyin import Style, lazy_pinyin

    text = unicodedata.normalize("NFKC", name)
    full = lazy_pinyin(text, errors=str)
    first = lazy_pinyin(text, style=Style.FIRST_LETTER, errors=str)
    return (_letters("".join(full)), _letters("".join(first)))


def _letters(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.lower())
