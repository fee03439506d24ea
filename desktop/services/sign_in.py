"""Signing in: a try is counted before it is checked, so neither a crash nor a restart resets the brake.

A password names its person, so a right one forgets that person's tries. A PIN is typed at a till by whoever stands there: a right
one takes back its own try and nobody's guesses, which fade by time alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_
from desktop.models.people import Permission, RolePermission, SignInBrake, Staff, StaffRole
from desktop.services.secrets import matches
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.actors import Actor
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

_NOBODY = "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
_FIRST = {  # two who try at once count both
    name: insert(SignInBrake).on_conflict_do_nothing()
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


class Braked(Refused):
    """Too many wrong tries; `fields["seconds"]` says how long to wait."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A try at a till: the seconds still to wait (then it was not counted), and what stood before it."""

    seconds: int
    failures: int
    last_try: datetime


@action(permission=Permission.SIGN_IN)
def count_try(work: Work, subject: str) -> int:
    """Count one more try; returns the seconds still to wait, in which case nothing was counted."""
    brake = _brake_of(work, subject)
    seconds = _wait(work, brake)
    if not seconds:
        brake.failures += 1
        brake.last_try = work.now
    return seconds


@action(permission=Permission.SIGN_IN)
def count_till_try(work: Work, subject: str) -> Tried:
    """Count one more try where several people type; earlier ones have faded with time."""
    brake = _brake_of(work, subject)
    seconds = _wait(work, brake)
    tried = Tried(seconds, brake.failures, brake.last_try)
    if not seconds:
        brake.failures = brake.left_at(work.now) + 1
        brake.last_try = work.now
    return tried


@action(permission=Permission.SIGN_IN)
def take_try_back(work: Work, subject: str, failures: int, last_try: datetime) -> None:
    """The try was right: it counts no more, and what stood before it still does."""
    brake = work.get(SignInBrake, subject, lock=True)
    faded = SignInBrake(failures=failures, last_try=last_try).left_at(brake.last_try)
    if brake.failures == faded + 1:
        brake.failures, brake.last_try = failures, last_try
    else:  # somebody else guessed meanwhile
        brake.failures = max(0, brake.failures - 1)


def _brake_of(work: Work, subject: str) -> SignInBrake:
    work.rows(_FIRST[work.connection.dialect.name], {"subject": subject, "failures": 0, "last_try": work.now})
    return work.get(SignInBrake, subject, lock=True)


def _wait(work: Work, brake: SignInBrake) -> int:
    wait = (brake.opens_at() - work.now).total_seconds()
    if wait > 0 and brake.last_try <= work.now:
        return int(wait) + 1
    if brake.last_try > work.now:  # the clock was set back: start its wait again from now
        brake.last_try = work.now
        return int((brake.opens_at() - work.now).total_seconds()) + 1
    return 0


@action(permission=Permission.SIGN_IN)
def forget_tries(work: Work, subject: str) -> None:
    """A right answer opens the brake."""
    brake = work.session.get(SignInBrake, subject, with_for_update=True)
    if brake is not None:
        work.remove(brake)


@action(permission=Permission.SIGN_IN)
def record_sign_in(work: Work, staff_id: int, how: str) -> None:
    """Leave a row in the audit trail that somebody signed in."""
    work.touch("sign_in", staff_id)
    work.note(staff=staff_id, how=how)


@question(permission=Permission.SIGN_IN)
def password_hash(read: Read, username: str) -> tuple[int, str]:
    """Id and hash of an active person, or a hash nothing matches, so that both answers take as long."""
    row = read.first(select(Staff.id, Staff.password_hash).where(Staff.username == username, Staff.active))
    return (row.id, row.password_hash) if row else (0, _NOBODY)


@question(permission=Permission.SIGN_IN)
def pin_hashes(read: Read) -> tuple[tuple[int, str], ...]:
    """Ids and PIN hashes of the active people who may take money."""
    statement = (
        select(Staff.id, Staff.pin_hash)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .join(RolePermission, RolePermission.role_key == StaffRole.role_key)
        .where(Staff.active, Staff.pin_hash != "", RolePermission.permission == str(Permission.TAKE_PAYMENT))
        .distinct()
        .order_by(Staff.id)
    )
    return tuple((row.id, row.pin_hash) for row in read.rows(statement))


@question(permission=Permission.SIGN_IN)
def anybody(read: Read) -> bool:
    """Whether the shop has been set up."""
    return read.value(select(Staff.id).limit(1)) is not None


def sign_in(shop: Shop, username: str, password: str, till_id: int) -> Actor:
    """Check a password; returns the person as an actor at this till. Raises `Braked` or `ShopError`."""
    door = shop.acting_as(actors.guest())
    name = username.strip().lower()
    subject = f"password:{name}"
    brake(door, subject)
    staff_id, stored = door.ask(password_hash, name)
    if not matches(stored, password):
        raise ShopError(N_("User name or password is wrong. Try again."))
    door.do(forget_tries, subject)
    return _let_in(shop, staff_id, till_id, "password")


def check_pin(shop: Shop, till_id: int, pin: str) -> Actor:
    """Find the person a PIN belongs to, at a kiosk. Raises `Braked` or `ShopError`.

    The own PIN between guesses at another's opens nothing: wrong ones at a till fade by time alone.
    """
    door = shop.acting_as(actors.guest())
    subject = f"pin:{till_id}"
    tried = till_brake(door, subject)
    for staff_id, stored in door.ask(pin_hashes):
        if matches(stored, pin):
            door.do(take_try_back, subject, tried.failures, tried.last_try)
            return _let_in(shop, staff_id, till_id, "pin")
    raise ShopError(N_("This PIN is not known. Try again."))


def brake(door: Shop, subject: str) -> None:
    """Count a try before it is looked at. Raises `Braked` after too many."""
    _refuse_within(door.do(count_try, subject))


def till_brake(door: Shop, subject: str) -> Tried:
    """Count a try at a till before it is looked at; a right one is taken back. Raises `Braked`."""
    tried = door.do(count_till_try, subject)
    _refuse_within(tried.seconds)
    return tried


def _refuse_within(seconds: int) -> None:
    if seconds:
        raise Braked(N_("Too many wrong tries. Wait {seconds} seconds, then try again."), seconds=seconds)


def _let_in(shop: Shop, staff_id: int, till_id: int, how: str) -> Actor:
    actor = actors.staff(staff_id, till_id)
    person = shop.acting_as(actor)
    person.learn_rights()
    shop.acting_as(actors.guest()).do(record_sign_in, staff_id, how)
    return actor


__all__ = ["Braked", "anybody", "check_pin", "sign_in"]
