"""Messages as people see them: the inbox, the texts with their fields, the ways out, and what is stuck there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from desktop.basics.errors import Malformed, NotFound
from desktop.basics.hours import Hours
from desktop.basics.i18n import N_, _, languages, speaking
from desktop.basics.templates import check_fields, fields_of, fill
from desktop.models.notice_texts import NOTICE_TEXTS, SHOP_FIELD, NoticeText
from desktop.models.notices import DESKTOP, FAILED, READ, SENT, WAITING, Notice, NoticeChannel, NoticeTemplate
from desktop.models.people import Permission
from desktop.models.settings import (
    MAIL_FROM,
    MAIL_HOST,
    MAIL_PORT,
    MAIL_SECURITY,
    MAIL_USER,
    NOTICE_SHOP_KEY,
    SHOP_NAME,
)
from desktop.shop.action import question
from desktop.shop.work import Read

SHOWN = 30  # messages of one look at the inbox
LATE = timedelta(minutes=10)  # a message that should have left this long ago is stuck


def next_digest(moment: datetime, zone: ZoneInfo, minute: int) -> datetime:
    """The shop's next digest time (minutes of its day) from a moment on, in UTC."""
    return Hours(minute, minute + 1).opens(moment, zone)


def words_of(read: Read, text: NoticeText, language: str) -> tuple[str, str]:
    """Title and body of a message in a language: the shop's own words, else the shipped ones."""
    statement = select(NoticeTemplate.title, NoticeTemplate.body)
    own = read.first(statement.where(NoticeTemplate.key == text.key, NoticeTemplate.language == language))
    if own is not None:
        return own.title, own.body
    with speaking(language):
        return _(text.title), _(text.body)


# -- the inbox --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One message in the inbox; `subject` says what to open: order:12, sku:7, rule:3."""

    id: int
    title: str
    body: str
    subject: str
    at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """The newest messages, how many are unread in all, and the id to go on before (None at the end)."""

    rows: tuple[NoticeRow, ...]
    unread: int
    before: int | None


@question(permission=Permission.SEE_ORDERS)
def inbox(read: Read, before: int | None = None) -> Inbox:
    """The asking person's own messages on the desktop, newest first."""
    me = read.actor.key if read.actor.kind == "staff" else ""
    return inbox_of(read, me, DESKTOP, before)


def inbox_of(read: Read, receiver: str, channel: str, before: int | None = None) -> Inbox:
    """The messages of one receiver inside the shop."""
    mine = (Notice.receiver == receiver, Notice.channel == channel)
    statement = (
        select(Notice.id, Notice.title, Notice.body, Notice.subject, Notice.sent_at, Notice.at, Notice.state)
        .where(*mine, Notice.state.in_((SENT, READ)))
        .order_by(Notice.id.desc())
        .limit(SHOWN + 1)
    )
    if before is not None:
        statement = statement.where(Notice.id < before)
    found = read.rows(statement).all()
    unread = read.value(select(func.count()).select_from(Notice).where(*mine, Notice.state == SENT))
    rows = tuple(
        NoticeRow(r.id, r.title, r.body, r.subject, r.sent_at or r.at, r.state == SENT) for r in found[:SHOWN]
    )
    return Inbox(rows, int(unread or 0), rows[-1].id if len(found) > SHOWN else None)


# -- texts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One message and the languages the shop has own words for; `name` is a sentence to translate."""

    key: str
    name: str
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A message in one language: its words, the fields with their own words, and whether they are the shop's."""

    key: str
    language: str
    title: str
    body: str
    fields: tuple[tuple[str, str], ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A message with sample values; a problem is said for the part it is in."""

    title: str
    body: str
    title_problem: str = ""
    body_problem: str = ""


@question(permission=Permission.SEE_RULES)
def templates_list(read: Read) -> tuple[TemplateRow, ...]:
    """Every message the shop can send."""
    own: dict[str, list[str]] = {}
    columns = (NoticeTemplate.key, NoticeTemplate.language)
    for row in read.rows(select(*columns).order_by(*columns)):
        own.setdefault(row.key, []).append(row.language)
    return tuple(
        TemplateRow(text.key, text.name, tuple(own.get(text.key, ()))) for text in NOTICE_TEXTS.values()
    )


@question(permission=Permission.SEE_RULES)
def template_view(read: Read, key: str, language: str) -> TemplateView:
    """One message as it is sent in a language. Raises `NotFound`."""
    text = _text(key, language)
    title, body = words_of(read, text, language)
    fields = (*text.fields.items(), (SHOP_FIELD, N_("Shop")))
    kept = select(NoticeTemplate.key).where(NoticeTemplate.key == key, NoticeTemplate.language == language)
    return TemplateView(key, language, title, body, fields, read.value(kept) is not None)


@question(permission=Permission.SEE_RULES)
def preview_template(read: Read, key: str, language: str, title: str, body: str) -> Preview:
    """How words would look with sample values; what is wrong with them is said, not raised."""
    text = _text(key, language)
    sample = {**text.sample, SHOP_FIELD: read.setting(SHOP_NAME) or text.sample[SHOP_FIELD]}
    shown, problems = [], []
    for part in (" ".join(title.split()), body.strip()):
        try:
            check_fields(part, text.allowed)
            problems.append("")
            shown.append(fill(part, sample))
        except Malformed as problem:
            problems.append(str(problem))
            shown.append(_known_filled(part, sample))
    return Preview(shown[0], shown[1], problems[0], problems[1])


def _known_filled(part: str, sample: dict[str, str]) -> str:
    """As much of a faulty text as can be shown."""
    try:
        return fill(part, {**{name: f"{{{name}}}" for name in fields_of(part)}, **sample})
    except Malformed:
        return part


def _text(key: str, language: str) -> NoticeText:
    text = NOTICE_TEXTS.get(key)
    if text is None or language not in languages():
        raise NotFound(N_("There is no such message."))
    return text


# -- ways out ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A chat group or text-message service; its address is in the keyring and nowhere else."""

    id: int
    kind: str
    name: str
    by_phone: bool
    active: bool


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where the shop's mail leaves; the password is in the keyring. Without a host no mail leaves."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    shop_key: str
    shop_name: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """Messages that should have left 10 minutes ago and did not, and those given up."""

    late: int
    failed: int


@question(permission=Permission.SEE_RULES)
def channels_list(read: Read) -> tuple[ChannelRow, ...]:
    """The chat and text-message services, as a rule may choose them."""
    columns = (
        NoticeChannel.id,
        NoticeChannel.kind,
        NoticeChannel.name,
        NoticeChannel.by_phone,
        NoticeChannel.active,
    )
    statement = select(*columns).where(NoticeChannel.removed_at.is_(None)).order_by(NoticeChannel.id)
    return tuple(ChannelRow(r.id, r.kind, r.name, r.by_phone, r.active) for r in read.rows(statement))


@question(permission=Permission.SEE_RULES)
def mail_server(read: Read) -> MailServer:
    """The mail server as it is set."""
    return MailServer(
        read.setting(MAIL_HOST), read.setting(MAIL_PORT), read.setting(MAIL_SECURITY), read.setting(MAIL_USER),
        read.setting(MAIL_FROM), read.setting(NOTICE_SHOP_KEY), read.setting(SHOP_NAME),
    )  # fmt: skip


@question(permission=Permission.SEE_RULES)
def stuck_notices(read: Read) -> Stuck:
    """How many messages do not get out."""
    late = (Notice.state == WAITING, Notice.after < read.now - LATE)
    counts = [
        int(read.value(select(func.count()).select_from(Notice).where(*where)) or 0)
        for where in (late, (Notice.state == FAILED,))
    ]
    return Stuck(counts[0], counts[1])
