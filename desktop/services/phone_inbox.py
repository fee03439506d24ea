"""A member's messages on the own phone: the number is proved by a code, then this phone may read for a while.

There is no lasting sign-in yet: a phone is forgotten after half a day, and the page goes over the shop's own network.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select, update

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.basics.ids import six_digits
from desktop.models.members import Member
from desktop.models.notices import PORTAL, READ, SENT, Notice, PhoneSession
from desktop.models.people import Permission
from desktop.queries.notices import Inbox, inbox_of
from desktop.services.checkout import CODE_MINUTES, MOST_TRIES, Proof, code_text, digest, say_proof
from desktop.services.joining import checked_phone, find_by_phone
from desktop.services.phone import spare_number
from desktop.shop.action import action, question
from desktop.shop.work import Read, Work

if TYPE_CHECKING:
    from desktop.gateways.notify import Notify
    from desktop.shop.shop import Shop

PROVING = timedelta(minutes=15)
SIGNED_IN = timedelta(hours=12)
_SIGN_IN = N_("Sign in with your phone number first.")
_MINE = (Notice.receiver == bindparam("me"), Notice.channel == PORTAL, Notice.state == SENT)


@action(permission=Permission.CONFIRM_OWN)
def issue_inbox_code(work: Work, device: str, phone: str) -> tuple[str, str]:
    """A six-digit code for a member's number; returns (phone, code), both empty for a number nobody has.

    The phone is answered alike either way, so that nobody learns whose number is a member's.
    """
    digits = checked_phone(phone)
    spare_number(work, digits)
    work.rows(delete(PhoneSession).where(PhoneSession.until < work.now))
    session = _session(work, device)
    if session is None:
        session = work.add(PhoneSession(token_hash=digest(device), until=work.now + PROVING))
    code, member = six_digits(), find_by_phone(work, digits)
    session.phone, session.code_tries, session.member_id = digits, 0, None
    session.code_hash, session.code_until = (
        digest(device, digits, code),
        work.now + timedelta(minutes=CODE_MINUTES),
    )
    session.until = work.now + PROVING
    known = member is not None and member.status == "active"
    return (digits, code) if known else ("", "")


@action(permission=Permission.CONFIRM_OWN)
def try_inbox_code(work: Work, device: str, code: str) -> Proof:
    """Check a typed code, counting the try; a good one lets this phone read its member's messages."""
    session = _session(work, device)
    if (
        session is None
        or not session.code_hash
        or session.code_until is None
        or session.code_until < work.now
    ):
        return Proof("late")
    if session.code_tries >= MOST_TRIES:
        return Proof("spent")
    session.code_tries += 1
    member = find_by_phone(work, session.phone)
    if member is None or digest(device, session.phone, code.strip()) != session.code_hash:
        return Proof("wrong", MOST_TRIES - session.code_tries)
    session.code_hash, session.member_id, session.until = "", member.id, work.now + SIGNED_IN
    return Proof("good")


@question(permission=Permission.CONFIRM_OWN)
def member_inbox(read: Read, device: str) -> Inbox:
    """The messages of the member whose phone this is. Raises `NotFound` until it has proved its number."""
    return inbox_of(read, f"member:{_member_of(read, device)}", PORTAL)


@action(permission=Permission.CONFIRM_OWN)
def read_member_inbox(work: Work, device: str) -> int:
    """Mark the member's messages as read; returns how many were not."""
    me = f"member:{_member_of(work, device)}"
    values = {"state": READ, "read_at": work.now}
    rows = work.rows(update(Notice).where(*_MINE).values(values).returning(Notice.id), {"me": me}).all()
    for row in rows:
        work.touch(Notice.__tablename__, row.id)
    return len(rows)


@action(permission=Permission.CONFIRM_OWN)
def leave_inbox(work: Work, device: str) -> None:
    """Forget this phone."""
    session = _session(work, device)
    if session is not None:
        work.remove(session)


def _session(work: Work, device: str) -> PhoneSession | None:
    found = select(PhoneSession).where(PhoneSession.token_hash == digest(device)).with_for_update()
    return work.find(found)


def _member_of(read: Read, device: str) -> int:
    """Whose phone this is, as long as the number that was proved is still theirs."""
    known = (
        select(PhoneSession.member_id)
        .join(Member, Member.id == PhoneSession.member_id)
        .where(PhoneSession.token_hash == digest(device), PhoneSession.until > read.now)
        .where(Member.phone == PhoneSession.phone, Member.status == "active")
    )
    member_id = read.value(known)
    if member_id is None:
        raise NotFound(_SIGN_IN, next_step="sign_in")
    return int(member_id)


def send_inbox_code(shop: Shop, notify: Notify, device: str, phone: str) -> None:
    """Send a code to a member's number; for any other number nothing goes out and nothing is said."""
    number, code = shop.do(issue_inbox_code, device, phone)
    if number:
        notify.send(number, code_text(shop, code))


def sign_in_to_inbox(shop: Shop, device: str, code: str) -> None:
    """Let this phone read its member's messages. Raises `Refused` with the tries left."""
    say_proof(shop.do(try_inbox_code, device, code))
