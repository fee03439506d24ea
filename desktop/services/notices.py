"""Telling people: a message is written with what caused it, delivered inside the shop at once, sent outside later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from desktop.basics.errors import NotFound, ShopError
from desktop.basics.i18n import N_, languages, speaking
from desktop.basics.money import Money
from desktop.basics.templates import check_fields, fill
from desktop.basics.words import when_text
from desktop.models.notice_texts import LONGEST_BODY, LONGEST_TITLE, NOTICE_TEXTS, SHOP_FIELD, NoticeText
from desktop.models.notices import (
    CHAT,
    DESKTOP,
    INSIDE,
    OUTBOX_KIND,
    READ,
    SENT,
    WAITING,
    Notice,
    NoticeTemplate,
)
from desktop.models.people import Permission
from desktop.models.settings import DIGEST_AT, SHOP_NAME
from desktop.queries.notices import next_digest, words_of
from desktop.services.receivers import chat_channel, people_of, shop_language
from desktop.shop.action import action
from desktop.shop.work import Work

Value = str | int | Money | datetime

_INSERT = {
    name: insert(Notice).on_conflict_do_nothing().returning(Notice.id, Notice.channel, Notice.state)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_MINE = (Notice.receiver == bindparam("me"), Notice.channel == DESKTOP, Notice.state == SENT)
_READ = {"state": READ, "read_at": bindparam("moment")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message to be: `key` says what caused it and reaches each receiver once by each channel.

    Receivers are `role:owner`, `staff:3`, `member:318`; channels `desktop`, `portal`, `email`, `sms`, `chat:2` (a
    chat is told once, whoever the receivers are). Nothing leaves before `not_before`; `digest` waits for the shop's
    digest time and leaves together with the others.
    """

    key: str
    template: str
    receivers: Sequence[str] = ()
    channels: Sequence[str] = (DESKTOP,)
    fields: Mapping[str, Value] = field(default_factory=dict)
    subject: str = ""
    not_before: datetime | None = None
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told by what (`staff:3 desktop`), and who could not be (`member:318 email`, `role:cashier`)."""

    sent_to: tuple[str, ...] = ()
    without_address: tuple[str, ...] = ()


def post_notice(work: Work, wanted: Wanted) -> Told:
    """Write a message for each receiver and channel; part of its caller's transaction.

    The same key again changes nothing. Whoever has no address for a channel is reported, not refused.
    """
    text = NOTICE_TEXTS[wanted.template]
    people, missing = people_of(work, wanted.receivers)
    goals: list[tuple[str, str, str]] = []  # receiver, channel, language
    for channel in dict.fromkeys(wanted.channels):
        if channel.startswith(f"{CHAT}:"):
            if chat_channel(work, channel) is None:
                missing.append(channel)
            else:
                goals.append((channel, channel, shop_language(work)))
            continue
        reached = [person for person in people if person.address(channel)]
        goals += [(person.key, channel, person.language) for person in reached]
        missing += [f"{person.key} {channel}" for person in people if person not in reached]
    _write(work, wanted, text, goals)
    return Told(tuple(f"{receiver} {channel}" for receiver, channel, _l in goals), tuple(missing))


def _write(work: Work, wanted: Wanted, text: NoticeText, goals: Sequence[tuple[str, str, str]]) -> None:
    """The rows of the messages that are new, and an outbox row for each that does not arrive with its row."""
    if not goals:
        return
    after = max(wanted.not_before or work.now, work.now)
    if wanted.digest:
        after = next_digest(after, work.zone, work.setting(DIGEST_AT))
    spoken = {language: worded(work, text, wanted.fields, language) for _r, _c, language in goals}
    rows = []
    for receiver, channel, language in goals:
        here = channel in INSIDE and after <= work.now
        rows.append({
            "key": wanted.key, "receiver": receiver, "channel": channel, "subject": wanted.subject, "language": language,
            "title": spoken[language][0], "body": spoken[language][1], "digest": wanted.digest,
            "state": SENT if here else WAITING, "tries": 0, "after": after, "at": work.now,
            "sent_at": work.now if here else None, "read_at": None, "error": "",
        })  # fmt: skip
    written = work.rows(_INSERT[work.connection.dialect.name], rows).all()
    for row in written:
        work.touch(Notice.__tablename__, row.id)
        if row.state == WAITING:
            work.send_later(f"{OUTBOX_KIND}:{row.channel}", {"notice": row.id}, after=after)
    if written:
        work.note(notices=len(written), key=wanted.key, template=wanted.template)


def worded(work: Work, text: NoticeText, values: Mapping[str, Value], language: str) -> tuple[str, str]:
    """Title and body in a language, with the shop's own words where it has some."""
    title, body = words_of(work, text, language)
    with speaking(language):
        shown = {name: _shown(work, value) for name, value in values.items()}
    shown[SHOP_FIELD] = work.setting(SHOP_NAME)
    return " ".join(fill(title, shown).split()), fill(body, shown).strip()


def _shown(work: Work, value: Value) -> str:
    if isinstance(value, datetime):
        return when_text(value, work.now, work.zone)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _me(work: Work) -> str:
    """The receiver this person is; nobody else's messages are touched."""
    return work.actor.key if work.actor.kind == "staff" else ""


@action(permission=Permission.SEE_ORDERS)
def read_notice(work: Work, notice_id: int) -> None:
    """Mark one of one's own messages as read; a read one stays as it is. Raises `NotFound` for somebody else's."""
    notice = work.session.get(Notice, notice_id)
    if notice is None or notice.receiver != _me(work) or notice.channel != DESKTOP:
        raise NotFound(N_("This message is gone. Refresh the list."))
    if notice.state == SENT:
        notice.state, notice.read_at = READ, work.now


@action(permission=Permission.SEE_ORDERS)
def read_all_notices(work: Work) -> int:
    """Mark all of one's own messages as read; returns how many were not."""
    statement = update(Notice).where(*_MINE).values(_READ).returning(Notice.id)
    rows = work.rows(statement, {"me": _me(work), "moment": work.now}).all()
    for row in rows:
        work.touch(Notice.__tablename__, row.id)
    return len(rows)


@action(permission=Permission.EDIT_RULES)
def save_template(work: Work, key: str, language: str, title: str, body: str) -> None:
    """Use the shop's own words for a message. Raises `ShopError` naming a field that can't be there."""
    text = _text(key, language)
    title, body = check_words(text, title, body)
    kept = work.session.get(NoticeTemplate, (key, language))
    if kept is None:
        work.add(NoticeTemplate(key=key, language=language, title=title, body=body))
    else:
        kept.title, kept.body = title, body


@action(permission=Permission.EDIT_RULES)
def reset_template(work: Work, key: str, language: str) -> None:
    """Go back to the shipped words of a message; without own words nothing happens."""
    _text(key, language)
    kept = work.session.get(NoticeTemplate, (key, language))
    if kept is not None:
        work.remove(kept)


def check_words(text: NoticeText, title: str, body: str) -> tuple[str, str]:
    """The words as they are kept. Raises `ShopError` when they are empty, too long or name an unknown field.

    Its next step (change_title, change_body) says in which of the two.
    """
    title, body = " ".join(title.split()), body.strip()
    if not title:
        raise ShopError(N_("A message needs a title."), next_step="change_title")
    for part, longest, step in (
        (title, LONGEST_TITLE, "change_title"),
        (body, LONGEST_BODY, "change_body"),
    ):
        if len(part) > longest:
            raise ShopError(N_("At most {limit} characters."), next_step=step, limit=f"{longest:,}")
        try:
            check_fields(part, text.allowed)
        except ShopError as problem:
            problem.next_step = step
            raise
    return title, body


def _text(key: str, language: str) -> NoticeText:
    text = NOTICE_TEXTS.get(key)
    if text is None or language not in languages():
        raise NotFound(N_("There is no such message."))
    return text
