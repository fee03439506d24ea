"""How messages leave the shop: the mail server and the chat services. Secrets go to the keyring of this machine."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field

from sqlalchemy import select

from desktop.basics.errors import NotFound, ShopError, Unavailable
from desktop.basics.i18n import N_, _
from desktop.basics.ids import new_key
from desktop.gateways.chat import PHONE_FIELD, check_address, plain_address, send_chat
from desktop.gateways.keyring_state import keeper
from desktop.gateways.mail import Letter, MailLogin, send_letter
from desktop.gateways.notice_secrets import MAIL, channel_name, check_keeper, get_secret, put_secret
from desktop.models.notices import NoticeChannel
from desktop.models.people import Permission
from desktop.models.settings import (
    MAIL_FROM,
    MAIL_HOST,
    MAIL_PORT,
    MAIL_SECURITY,
    MAIL_USER,
    NOTICE_SHOP_KEY,
)
from desktop.queries.notices import channels_list, mail_server
from desktop.services.joining import checked_phone
from desktop.services.receivers import checked_email
from desktop.services.settings import set_settings
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

HOST = re.compile(r"(?!-)[\w.-]{1,253}(?<!-)|[0-9a-fA-F:]{2,39}")
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class MailForm:
    """What is typed about the mail server; `password` None leaves the kept one, an empty one forgets it."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KeptHere:
    """What this machine's keyring has: `keeper` is its name, empty when there is none."""

    keeper: str
    mail: bool
    channels: frozenset[int]


def checked_host(text: str) -> str:
    """A server's name or address; empty for none. Raises `ShopError`."""
    cleaned = text.strip().rstrip(".")
    if cleaned and not HOST.fullmatch(cleaned):
        raise ShopError(
            N_("“{text}” is not a server’s name. Type it like smtp.example.com."), text=cleaned[:60]
        )
    return cleaned


def checked_form(form: MailForm) -> MailForm:
    """The form as it is kept. Raises `ShopError` for what can't be."""
    host, sender = checked_host(form.host), checked_email(form.sender)
    if host and not sender:
        raise ShopError(N_("Type the address that messages come from."))
    MAIL_PORT.check(form.port)
    MAIL_SECURITY.check(form.security)
    return MailForm(host, form.port, form.security, form.user.strip(), sender, form.password)


def save_mail_server(shop: Shop, form: MailForm) -> None:
    """Keep the mail server, its password in the keyring. Raises `ShopError` with nothing saved."""
    form = checked_form(form)
    _check_server(shop, form)
    if form.password:
        check_keeper()
    key = shop.do(record_mail_server, form.host, form.port, form.security, form.user, form.sender)
    if form.password is not None:
        put_secret(key, MAIL, form.password)


def _check_server(shop: Shop, form: MailForm) -> None:
    """A kept password goes to no other server than the one it was typed for. Raises `ShopError`."""
    kept = shop.ask(mail_server)
    elsewhere = kept.host and form.host and form.host != kept.host
    if elsewhere and form.user and form.password is None and get_secret(kept.shop_key, MAIL):
        raise ShopError(N_("This is another mail server. Type its password."))


@action(permission=Permission.SETTINGS)
def record_mail_server(work: Work, host: str, port: int, security: str, user: str, sender: str) -> str:
    """Write the settings of the mail server; returns the shop's key. Called by `save_mail_server`."""
    values: dict[str, int | str] = {MAIL_HOST.key: host, MAIL_PORT.key: port, MAIL_SECURITY.key: security}
    values |= {MAIL_USER.key: user, MAIL_FROM.key: sender}
    set_settings.run(work, values)
    return shop_key(work)


def shop_key(work: Work) -> str:
    """What this shop is called in keyrings; made when first needed."""
    known = work.setting(NOTICE_SHOP_KEY)
    if known:
        return known
    made = new_key()[:12]
    set_settings.run(work, {NOTICE_SHOP_KEY.key: made})
    return made


def send_test_letter(shop: Shop, form: MailForm, to: str, trust: ssl.SSLContext | None = None) -> None:
    """Send a letter with what is typed, saved or not. Raises `ShopError` saying what to check."""
    form, to = checked_form(form), checked_email(to)
    if not form.host:
        raise ShopError(N_("Type the mail server first."))
    if not to:
        raise ShopError(N_("Type the address the test message goes to."))
    _check_server(shop, form)
    kept = shop.ask(mail_server)
    password = form.password
    if password is None:
        password = get_secret(kept.shop_key, MAIL) if form.user else ""
    title = _("Test message from {shop}").format(shop=kept.shop_name)
    body = _("If you can read this, the shop can send messages by e-mail.")
    letter = Letter(
        f"<test.{new_key()}@{form.sender.rpartition('@')[2]}>",
        form.sender,
        kept.shop_name,
        to,
        title,
        body,
        shop.clock.now(),
    )
    send_letter(MailLogin(form.host, form.port, form.security, form.user, password), letter, trust)


# -- chat and text messages -------------------------------------------------------------------------------------


def save_channel(shop: Shop, channel_id: int | None, name: str, address: str | None) -> int:
    """Add or change a chat or text-message service; the address (None: as it is) goes to the keyring.

    Raises `ShopError` with nothing saved.
    """
    if channel_id is None and not (address or "").strip():
        raise ShopError(N_("Copy the address of the group’s robot or of the text-message service here."))
    kind, by_phone, kept = "", None, ""
    if address and address.strip():
        kept = plain_address(address)
        kind, by_phone = check_address(kept), PHONE_FIELD in kept
        check_keeper()
    saved_id, shop_key = shop.do(record_channel, channel_id, name, kind, by_phone)
    if not kept:
        return saved_id
    try:
        put_secret(shop_key, channel_name(saved_id), kept)
    except Unavailable:
        if channel_id is None:
            shop.do(remove_channel, saved_id)
        raise
    return saved_id


@action(permission=Permission.SETTINGS)
def record_channel(
    work: Work, channel_id: int | None, name: str, kind: str, by_phone: bool | None
) -> tuple[int, str]:
    """Write a service without its address; returns its id and the shop's key. Called by `save_channel`."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise ShopError(
            N_("A service needs a name of at most {most} characters."),
            next_step="change_name",
            most=LONGEST_NAME,
        )
    same = select(NoticeChannel.id).where(NoticeChannel.name == name, NoticeChannel.removed_at.is_(None))
    if work.value(same.where(NoticeChannel.id != (channel_id or 0))) is not None:
        raise ShopError(
            N_("A service named “{name}” is there already. Choose another name."),
            next_step="change_name",
            name=name,
        )
    if channel_id is None:
        row = work.add(NoticeChannel(kind=kind, name=name, by_phone=bool(by_phone), active=True))
    else:
        row = _channel(work, channel_id)
        row.name = name
        if kind:
            row.kind, row.by_phone = kind, bool(by_phone)
    return row.id, shop_key(work)


@action(permission=Permission.SETTINGS)
def switch_channel(work: Work, channel_id: int, active: bool) -> None:
    """Let messages leave by a service again, or no more."""
    _channel(work, channel_id).active = active


@action(permission=Permission.SETTINGS)
def remove_channel(work: Work, channel_id: int) -> str:
    """Take a service away; what was sent by it stays. Returns the shop's key."""
    _channel(work, channel_id).removed_at = work.now
    return work.setting(NOTICE_SHOP_KEY)


def forget_channel(shop: Shop, channel_id: int) -> None:
    """Take a service away with its address."""
    shop_key = shop.do(remove_channel, channel_id)
    if keeper():
        put_secret(shop_key, channel_name(channel_id), "")


def send_test_chat(shop: Shop, channel_id: int, phone: str = "") -> None:
    """Send a test message by a kept service. Raises `ShopError` saying what to check."""
    row = next((row for row in shop.ask(channels_list) if row.id == channel_id), None)
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    number = checked_phone(phone) if row.by_phone else ""
    server = shop.ask(mail_server)
    address = get_secret(server.shop_key, channel_name(channel_id))
    if not address:
        raise Unavailable(
            N_("The keyring of this machine doesn’t have the address of “{name}”. Type it again here."),
            name=row.name,
        )
    title = _("Test message from {shop}").format(shop=server.shop_name)
    send_chat(address, title, _("If you can read this, the shop can send messages here."), number)


def kept_here(shop: Shop) -> KeptHere:
    """Which secrets this machine's keyring has; the secrets themselves stay there."""
    server, rows = shop.ask(mail_server), shop.ask(channels_list)
    has = frozenset(row.id for row in rows if get_secret(server.shop_key, channel_name(row.id)))
    return KeptHere(keeper(), bool(get_secret(server.shop_key, MAIL)), has)


def _channel(work: Work, channel_id: int) -> NoticeChannel:
    row = work.get(NoticeChannel, channel_id, lock=True)
    if row.removed_at is not None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return row
