"""Who a message is for: roles become people, people have addresses and a language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, languages
from desktop.models.members import Member
from desktop.models.notices import CHAT, DESKTOP, EMAIL, PORTAL, SMS, NoticeChannel
from desktop.models.people import Staff, StaffRole
from desktop.models.settings import NOTICE_LANGUAGE
from desktop.shop.work import Read

TAKE_AWAY = "-"  # typed instead of an address, where an empty field leaves the kept one
LONGEST_EMAIL = 254  # RFC 5321
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")


def checked_email(text: str) -> str:
    """An e-mail address as it is kept; empty stays empty. Raises `ShopError` when it cannot be one."""
    cleaned = text.strip()
    name_is_plain = cleaned.rpartition("@")[0].isascii()  # few servers take others
    if cleaned and not (len(cleaned) <= LONGEST_EMAIL and name_is_plain and _EMAIL.fullmatch(cleaned)):
        raise ShopError(
            N_("“{text}” is not an e-mail address. Type it like name@example.com."), text=cleaned[:60]
        )
    return cleaned


def changed_email(kept: str, typed: str | None) -> str:
    """The address after an edit: None or empty leaves it, a single dash takes it away. Raises `ShopError`."""
    cleaned = (typed or "").strip()
    if cleaned == TAKE_AWAY:
        return ""
    return checked_email(cleaned) or kept


def checked_language(code: str) -> str:
    """A language we speak, or empty for the shop's own. Raises `ShopError`."""
    if code and code not in languages():
        raise ShopError(N_("“{language}” is no language of this program."), language=code[:20])
    return code


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to tell: `key` is staff:3 or member:318, addresses are empty where there are none."""

    key: str
    language: str
    email: str
    phone: str

    def address(self, channel: str) -> str:
        """Where a channel reaches this person; empty when it doesn't."""
        kind = self.key.partition(":")[0]
        if channel == DESKTOP:
            return self.key if kind == "staff" else ""
        if channel == PORTAL:
            return self.key if kind == "member" else ""
        return {EMAIL: self.email, SMS: self.phone}.get(channel, "")


def shop_language(read: Read) -> str:
    """The language for those who have none of their own."""
    return read.setting(NOTICE_LANGUAGE)


def people_behind(read: Read, receiver: str) -> list[Person]:
    """The active people a receiver (`role:owner`, `staff:3`, `member:318`) stands for."""
    kind, _sep, name = receiver.partition(":")
    columns = (Staff.id, Staff.language, Staff.email, Staff.phone)
    if kind == "role":
        holders = select(StaffRole.staff_id).where(StaffRole.role_key == name)
        return _people(
            read, "staff", select(*columns).where(Staff.id.in_(holders), Staff.active).order_by(Staff.id)
        )
    if kind not in ("staff", "member") or not name.isdigit():
        return []
    if kind == "staff":
        return _people(read, "staff", select(*columns).where(Staff.id == int(name), Staff.active))
    of_member = select(Member.id, Member.language, Member.email, Member.phone)
    return _people(read, "member", of_member.where(Member.id == int(name), Member.status == "active"))


def _people(read: Read, kind: str, statement: Select[*tuple[Any, ...]]) -> list[Person]:
    usual, spoken = shop_language(read), set(languages())
    return [
        Person(
            f"{kind}:{row.id}",
            row.language if row.language in spoken else usual,
            row.email,
            row.phone or "",
        )
        for row in read.rows(statement)
    ]


def people_of(read: Read, receivers: Sequence[str]) -> tuple[list[Person], list[str]]:
    """Everybody behind these receivers, each once, and the receivers behind whom there is nobody."""
    found: dict[str, Person] = {}
    nobody = []
    for receiver in receivers:
        people = people_behind(read, receiver)
        found.update((person.key, person) for person in people)
        if not people:
            nobody.append(receiver)
    return list(found.values()), nobody


def chat_channel(read: Read, channel: str) -> int | None:
    """The id of the chat service a channel (`chat:2`, or `sms` for whichever takes numbers) uses, if it is on."""
    active = select(NoticeChannel.id).where(NoticeChannel.active, NoticeChannel.removed_at.is_(None))
    kind, _sep, number = channel.partition(":")
    if channel == SMS:
        found = read.value(active.where(NoticeChannel.by_phone).order_by(NoticeChannel.id))
    elif kind == CHAT and number.isdigit():
        found = read.value(active.where(NoticeChannel.id == int(number), ~NoticeChannel.by_phone))
    else:
        found = None
    return int(found) if found is not None else None
