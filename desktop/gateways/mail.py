"""Letters by SMTP. What went wrong is sorted once: `Unavailable` may work later, `Refused` never will."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from desktop.basics.errors import Refused, ShopError, Unavailable
from desktop.basics.i18n import N_

SECONDS = 10.0  # for each answer of the server
LOOPBACK = ("localhost", "127.0.0.1", "::1")

# Sentences without a field: they are kept beside the message, where neither address nor secret may stand.
NO_ANSWER = N_("The mail server doesn’t answer. Check its name and port, and the network.")
NO_TRUST = N_("The mail server’s certificate can’t be trusted, so nothing was sent. Check the server’s name.")
NO_STARTTLS = N_("The mail server offers no encryption on this port. Choose TLS, or another port.")
NO_LOGIN = N_("The mail server refuses the user name or the password. Many need a code for programs instead.")
NO_CLEAR = N_("A password is not sent without encryption. Choose STARTTLS or TLS.")
NO_SENDER = N_("The mail server refuses the sender’s address. Use the one that belongs to the user name.")
NO_RECEIVER = N_("The mail server refuses the receiver’s address.")
NO_LETTER = N_("The mail server refuses the message.")
LATER = N_("The mail server asks to try again later.")


@dataclass(frozen=True, slots=True)
class MailLogin:
    """How to reach a mail server: `security` is starttls, tls or none."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes with a letter; `kind` is like `application/pdf`."""

    name: str
    data: bytes = field(repr=False)
    kind: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person; the same `message_id` says that it is the same letter."""

    message_id: str
    sender: str
    sender_name: str
    to: str = field(repr=False)
    title: str = field(repr=False)
    body: str = field(repr=False)
    at: datetime
    enclosed: tuple[Enclosed, ...] = ()


def send_letter(login: MailLogin, letter: Letter, trust: ssl.SSLContext | None = None) -> None:
    """Hand one letter to the server. Raises `Unavailable` (later, or with other settings) or `Refused` (never)."""
    try:
        message, to = _message(letter), _by_wire(letter.to)
        line = _connected(login, trust or ssl.create_default_context())
        try:
            line.send_message(message, _by_wire(letter.sender), [to])
            with suppress(smtplib.SMTPException, OSError):
                line.quit()  # however the server says good-bye, it has the letter
        finally:
            line.close()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _sorted(error) from error


def _connected(login: MailLogin, trust: ssl.SSLContext) -> smtplib.SMTP:
    line: smtplib.SMTP
    if login.security == "tls":
        line = smtplib.SMTP_SSL(
            login.host, login.port, local_hostname="localhost", timeout=SECONDS, context=trust
        )
    else:
        line = smtplib.SMTP(login.host, login.port, local_hostname="localhost", timeout=SECONDS)
    try:
        if login.security == "starttls":
            line.starttls(context=trust)
        if login.user:
            if login.security == "none" and login.host not in LOOPBACK:
                raise Unavailable(NO_CLEAR)
            line.login(login.user, login.password)
    except BaseException:
        line.close()
        raise
    return line


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = letter.message_id
    message["Date"] = letter.at
    message["From"] = Address(_one_line(letter.sender_name), addr_spec=_by_wire(letter.sender))
    message["To"] = Address(addr_spec=_by_wire(letter.to))
    message["Subject"] = _one_line(letter.title)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(letter.body or letter.title)
    for file in letter.enclosed:
        kind, _slash, sort = file.kind.partition("/")
        message.add_attachment(file.data, kind, sort, filename=file.name)
    return message


def _by_wire(address: str) -> str:
    """The address with a domain every server understands: 例子.中国 as xn--…. Raises `ValueError`."""
    name, _at, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode('ascii')}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sorted(error: Exception) -> ShopError:
    """What it means for the letter; the server's own words may hold addresses and are not repeated."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unavailable(NO_TRUST)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Unavailable(NO_LOGIN if error.smtp_code >= 500 else LATER)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Unavailable(NO_SENDER if error.smtp_code >= 500 else LATER)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _words in error.recipients.values())
        return Refused(NO_RECEIVER) if code >= 500 else Unavailable(LATER)
    if isinstance(error, smtplib.SMTPDataError):
        return Refused(NO_LETTER) if error.smtp_code >= 500 else Unavailable(LATER)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        said = str(error)
        if "STARTTLS" in said:
            return Unavailable(NO_STARTTLS)
        return Unavailable(NO_LOGIN) if "AUTH" in said else Refused(NO_RECEIVER)
    if isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code < 500:
        return Unavailable(LATER)
    if isinstance(error, ValueError):
        return Refused(NO_RECEIVER)
    return Unavailable(NO_ANSWER)
