"""Becoming a member: a phone number is enough; the welcome points are a ledger entry like any other."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import func, select, update

from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_
from desktop.basics.words import clean_phone, pinyin_keys
from desktop.models.members import Member
from desktop.models.settings import POINTS_DAYS, POINTS_WELCOME
from desktop.models.system import Counter
from desktop.services.posting import PointsStep, next_number, post_points
from desktop.shop.work import Work

PHONE = re.compile(r"\d{6,15}")


def checked_phone(text: str) -> str:
    """The digits of a phone number. Raises `ShopError` when it cannot be one."""
    digits = clean_phone(text)
    if not PHONE.fullmatch(digits):
        raise ShopError(N_("“{text}” is not a phone number. Type all its digits."), text=text.strip()[:20])
    return digits


def find_by_phone(work: Work, phone: str) -> Member | None:
    """The member with this phone number."""
    return work.find(select(Member).where(Member.phone == phone))


def join(work: Work, phone: str, origin: str, name: str = "") -> Member:
    """Sign a phone number up; an existing member is returned as is."""
    digits = checked_phone(phone)
    known = find_by_phone(work, digits)
    if known is None:
        code = _next_code(work)  # its row stays locked: of two tills with the same number one waits here
        known = find_by_phone(work, digits)
    if known is not None:
        if known.status != "active":
            raise Refused(N_("This member’s account is closed. Ask the shop."))
        return known
    pinyin, initials = pinyin_keys(name) if name else ("", "")
    member = Member(
        code=code, phone=digits, phone_tail=digits[-4:], name=name, pinyin=pinyin,
        initials=initials, origin=origin, created_at=work.now,
    )  # fmt: skip
    work.add(member)
    welcome = work.setting(POINTS_WELCOME)
    if welcome:
        until = work.now + timedelta(days=work.setting(POINTS_DAYS))
        step = PointsStep(welcome, "welcome", f"member:{member.id}", f"welcome:{member.id}", expires_at=until)
        member.points = post_points(work, member.id, [step])
        work.session.expire(member, ["points"])
    return member


def _next_code(work: Work) -> str:
    """The next free code; members who came before the counter did are counted past."""
    number = next_number(work, "member")
    if work.value(select(Member.id).where(Member.code == f"M-{number:06d}")):
        last = work.value(select(func.max(Member.code)).where(Member.code.like("M-______")))
        number = int(last[2:]) + 1
        work.rows(update(Counter).where(Counter.name == "member").values(value=number))
    return f"M-{number:06d}"
