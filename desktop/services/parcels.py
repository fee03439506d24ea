"""One message on its way out: what is sent to whom is looked up at the last moment, the secret on this machine."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from desktop.basics.errors import Refused, Unavailable
from desktop.basics.i18n import N_, _, speaking
from desktop.gateways.chat import send_chat
from desktop.gateways.mail import Letter, MailLogin, send_letter
from desktop.gateways.notice_secrets import MAIL, channel_name, get_secret
from desktop.models.notices import CHAT, EMAIL, FAILED, INSIDE, MERGED, OUTBOX_KIND, SENT, WAITING, Notice
from desktop.models.people import Permission
from desktop.models.settings import SHOP_NAME
from desktop.queries.notices import MailServer, mail_server
from desktop.services.receivers import chat_channel, people_behind
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

NO_ADDRESS = N_("The receiver has no address for this channel any more.")
NO_SERVICE = N_("The chat or text-message service was switched off or removed.")
NO_SERVER = N_("No mail server is set in Settings, Notifications.")
NO_SECRET = N_("The keyring of this machine doesn’t have the address or password for sending.")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave: `to` is an e-mail address or phone number, `service` the id of a chat service."""

    notice_id: int
    channel: str
    to: str = field(repr=False)
    service: int
    title: str = field(repr=False)
    body: str = field(repr=False)
    at: datetime


def can_carry(shop: Shop, kind: str) -> bool:
    """Whether this machine can send rows of a kind: it has the secret, or there is nothing to be had any more."""
    channel = kind.partition(":")[2]
    if channel in INSIDE:
        return True
    server = shop.ask(mail_server)
    if channel == EMAIL:
        return bool(server.host) and (not server.user or bool(get_secret(server.shop_key, MAIL)))
    service = shop.ask(service_of, channel)
    return service is None or bool(get_secret(server.shop_key, channel_name(service)))


@question(permission=Permission.RUN_RULES)
def service_of(read: Read, channel: str) -> int | None:
    """The id of the service that carries a channel, None when it was switched off or removed."""
    return chat_channel(read, channel)


def carry(shop: Shop, notice_id: int, trust: ssl.SSLContext | None) -> None:
    """Bring one message to its receiver. Raises `Refused` for never, `Unavailable` for later."""
    parcel = shop.do(open_parcel, notice_id)
    if parcel is None:
        return
    server = shop.ask(mail_server)
    if parcel.channel == EMAIL:
        send_letter(login_of(server), letter_of(server, parcel), trust)
        return
    address = get_secret(server.shop_key, channel_name(parcel.service))
    if not address:
        raise Unavailable(NO_SECRET)
    send_chat(address, parcel.title, parcel.body, parcel.to)


def login_of(server: MailServer) -> MailLogin:
    """The way to the mail server with the password of this machine's keyring."""
    if not server.host:
        raise Unavailable(NO_SERVER)
    password = get_secret(server.shop_key, MAIL) if server.user else ""
    return MailLogin(server.host, server.port, server.security, server.user, password)


def letter_of(server: MailServer, parcel: Parcel) -> Letter:
    """The letter for a parcel; the same message always has the same id, whoever sends it and how often."""
    domain = server.sender.rpartition("@")[2] or "localhost"
    number = f"<notice.{parcel.notice_id}.{server.shop_key or 'shop'}@{domain}>"
    return Letter(number, server.sender, server.shop_name, parcel.to, parcel.title, parcel.body, parcel.at)


@action(permission=Permission.RUN_RULES)
def open_parcel(work: Work, notice_id: int) -> Parcel | None:
    """What is to be sent, None when nothing is: delivered inside the shop, merged with others, sent already."""
    notice = work.session.get(Notice, notice_id)
    if notice is None or notice.state not in (WAITING, FAILED):
        return None
    if notice.digest and notice.state == WAITING and _merged(work, notice):
        return None
    if notice.channel in INSIDE:
        notice.state, notice.sent_at, notice.error = SENT, work.now, ""
        return None
    to, service = _whereto(work, notice)
    return Parcel(notice.id, notice.channel, to, service, notice.title, notice.body, work.now)


def _whereto(work: Work, notice: Notice) -> tuple[str, int]:
    service = 0
    if notice.channel != EMAIL:
        found = chat_channel(work, notice.channel)
        if found is None:
            raise Refused(NO_SERVICE)
        service = found
    if notice.receiver.startswith(f"{CHAT}:"):
        return "", service
    people = people_behind(work, notice.receiver)
    to = people[0].address(notice.channel) if people else ""
    if not to:
        raise Refused(NO_ADDRESS)
    return to, service


def _merged(work: Work, notice: Notice) -> bool:
    """Whether this message became part of one that gathers all of its receiver's; one alone stays itself.

    The guarded update decides between programs that gather at once: what one has taken the other finds gone.
    """
    group = (
        Notice.receiver == notice.receiver,
        Notice.channel == notice.channel,
        Notice.state == WAITING,
        Notice.digest,
        Notice.after <= work.now,
    )
    if len(work.rows(select(Notice.id).where(*group).limit(2)).all()) < 2:
        return False
    taken = update(Notice).where(*group).values(state=MERGED)
    rows = sorted(work.rows(taken.returning(Notice.id, Notice.title, Notice.body)).all())
    if rows:
        _gather(work, notice, [(row.title, row.body) for row in rows], rows[0].id)
    return True


def _gather(work: Work, first: Notice, parts: list[tuple[str, str]], number: int) -> None:
    """Write the one message that stands for many."""
    with speaking(first.language):
        title = _("{shop}: {count} messages").format(shop=work.setting(SHOP_NAME), count=len(parts))
    body = "\n\n".join("\n".join(line for line in part if line) for part in parts)
    inside = first.channel in INSIDE
    made = work.add(
        Notice(
            key=f"digest:{number}", receiver=first.receiver, channel=first.channel, language=first.language,
            title=title, body=body, state=SENT if inside else WAITING, after=work.now, at=work.now,
            sent_at=work.now if inside else None,
        )
    )  # fmt: skip
    if not inside:
        work.send_later(f"{OUTBOX_KIND}:{first.channel}", {"notice": made.id})
