"""Messages to people: one row a receiver and channel, the texts the shop changed, and the chat services."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId, personal, secret

WAITING, SENT, READ, FAILED, MERGED = "waiting", "sent", "read", "failed", "merged"
DESKTOP, PORTAL, EMAIL, SMS, CHAT = "desktop", "portal", "email", "sms", "chat"
INSIDE = (DESKTOP, PORTAL)  # the row itself is the delivery
OUTBOX_KIND = "notice"  # followed by its channel: notice:email, notice:chat:2
SECURITY = ("starttls", "tls", "none")


class Notice(Base):
    """One message for one receiver by one channel; the same key reaches them once.

    `digest` ones wait for the shop's digest time and leave together as one message, themselves `merged`.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("key", "receiver", "channel"),
        Index("ix_notice_receiver", "receiver", "channel", "id"),
        Index("ix_notice_state", "state", "receiver", "channel", "id"),
    )
    id: Mapped[RowId]
    key: Mapped[str]  # what caused it: rule:3:order:12:2026-11-22T02:00
    receiver: Mapped[str]  # staff:3, member:318, or the chat itself: chat:2
    channel: Mapped[str]  # desktop, portal, email, sms, chat:2
    subject: Mapped[str] = mapped_column(default="")  # what it is about: order:12
    language: Mapped[str]
    title: Mapped[str] = personal()
    body: Mapped[str] = personal(default="")
    digest: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    after: Mapped[datetime]  # not before
    at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")  # a sentence key, without addresses or secrets


class NoticeTemplate(Base):
    """The shop's own words for one message in one language, instead of the shipped ones."""

    __tablename__ = "notice_template"
    key: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]


class NoticeChannel(Base):
    """A chat group or a text-message service; its address with the tokens lies in a machine's keyring."""

    __tablename__ = "notice_channel"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)
    id: Mapped[RowId]
    kind: Mapped[str]  # the service's schema in apprise: wecombot, dingtalk, feishu, twilio, json
    name: Mapped[str]
    by_phone: Mapped[bool] = mapped_column(default=False)  # takes {phone}: text messages to one person
    active: Mapped[bool] = mapped_column(default=True)
    removed_at: Mapped[datetime | None]


class PhoneSession(Base):
    """A member's phone that proves its number for the inbox, and afterwards may read it for a while."""

    __tablename__ = "phone_session"
    id: Mapped[RowId]
    token_hash: Mapped[str] = secret(unique=True)  # of the phone's cookie
    phone: Mapped[str] = personal(default="")  # number being proved
    code_hash: Mapped[str] = secret(default="")
    code_until: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    until: Mapped[datetime]
