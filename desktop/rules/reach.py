"""Whether the people a rule would tell can be told that way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from desktop.basics.i18n import N_, _
from desktop.models.notices import CHAT, DESKTOP, EMAIL, PORTAL, SMS, NoticeChannel
from desktop.models.people import Role, Staff
from desktop.rules.effects.messages import BUYER
from desktop.services.receivers import chat_channel, people_behind
from desktop.shop.work import Read

CHANNEL_WORDS = {
    DESKTOP: N_("desktop message"),
    PORTAL: N_("inbox message"),
    EMAIL: N_("e-mail"),
    SMS: N_("text message"),
}


def unreachable(read: Read, receivers: Sequence[str], channels: Sequence[str]) -> list[tuple[str, str]]:
    """Who is reached by none of the ways, and ways that reach nobody: (who, way) in words.

    A role that nobody holds at the moment is passed over, unless there is nobody else.
    """
    held = [r for r in receivers if not r.startswith("role:") or people_behind(read, r)]
    receivers = held or receivers
    ways = {receiver: _ways(read, receiver, channels) for receiver in receivers}
    chats = {c for c in channels if c.startswith(f"{CHAT}:") and chat_channel(read, c) is not None}
    listed = ", ".join(channel_words(read, channel) for channel in channels)
    vacant = {r for r in receivers if r.startswith("role:") and not people_behind(read, r)}
    if any(ways.values()):
        ways = {receiver: found for receiver, found in ways.items() if receiver not in vacant}
    alone = [receiver for receiver, found in ways.items() if not found and not chats]
    silent = [channel for channel in channels if channel not in chats.union(*ways.values())]
    everybody = ", ".join(receiver_words(read, receiver) for receiver in receivers)
    return [(receiver_words(read, receiver), listed) for receiver in alone] + [
        (everybody, channel_words(read, channel)) for channel in silent
    ]


def _ways(read: Read, receiver: str, channels: Sequence[str]) -> set[str]:
    """The ways that reach a receiver; members are not known yet, so their usual ones count."""
    possible = set(channels)
    if SMS in possible and chat_channel(read, SMS) is None:
        possible.discard(SMS)
    if receiver == BUYER:
        return possible & {PORTAL, EMAIL, SMS}
    people = people_behind(read, receiver)
    return {channel for channel in possible if any(person.address(channel) for person in people)}


def channel_words(read: Read, channel: str) -> str:
    """A way to tell people, in words."""
    kind, _sep, number = channel.partition(":")
    if kind != CHAT:
        return _(CHANNEL_WORDS.get(channel, channel))
    name = read.value(select(NoticeChannel.name).where(NoticeChannel.id == int(number or 0)))
    return str(name or channel)


def receiver_words(read: Read, receiver: str) -> str:
    """A receiver in words."""
    kind, _sep, name = receiver.partition(":")
    if receiver == BUYER:
        return _("the member")
    if kind == "role":
        words = read.value(select(Role.name).where(Role.key == name))
        return _(words) if words else name
    if kind == "staff" and name.isdigit():
        return str(read.value(select(Staff.name).where(Staff.id == int(name))) or receiver)
    return receiver
