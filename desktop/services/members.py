"""Members: joining, what is known of them, tiers, tags, and points corrected by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_
from desktop.basics.words import pinyin_keys
from desktop.models.members import Member, MemberTag, PointsEntry, Tier
from desktop.models.people import Permission
from desktop.models.settings import POINTS_DAYS
from desktop.services.joining import checked_phone, find_by_phone, join
from desktop.services.posting import PointsStep, post_points
from desktop.services.receivers import changed_email, checked_language
from desktop.services.tags import tag_called
from desktop.shop.action import action
from desktop.shop.work import Work

LARGEST_CORRECTION = 1_000_000  # points; a slip of the finger, not a gift
GENDERS = ("", "f", "m")


@dataclass(frozen=True, slots=True)
class SignedUp:
    """The member behind a phone number; `is_new` is False when the number was known already."""

    member_id: int
    code: str
    name: str
    is_new: bool
    points: int


@action(permission=Permission.EDIT_MEMBERS)
def sign_up(work: Work, phone: str, *, name: str = "") -> SignedUp:
    """Make somebody a member by phone number alone; a known number gives the member it belongs to."""
    is_new = find_by_phone(work, checked_phone(phone)) is None
    member = join(work, phone, "desktop", name.strip())
    return SignedUp(member.id, member.code, member.name, is_new, member.points)


@action(permission=Permission.EDIT_MEMBERS)
def edit_member(
    work: Work,
    member_id: int,
    *,
    name: str | None = None,
    gender: str | None = None,
    birthday: date | str | None = None,
    note: str | None = None,
    email: str | None = None,
    language: str | None = None,
) -> None:
    """Change what is known of a member; what is None stays, an empty birthday is forgotten.

    An empty e-mail stays too, a single dash takes it away.
    """
    member = work.get(Member, member_id, lock=True)
    if name is not None:
        member.name = name.strip()
        member.pinyin, member.initials = pinyin_keys(member.name)
    if gender is not None:
        if gender not in GENDERS:
            raise ShopError(N_("Choose Ms, Mr or neither."))
        member.gender = gender
    if birthday is not None:
        member.birthday = _birthday(birthday, work.now.astimezone(work.zone).date())
    if note is not None:
        member.note = note.strip()
    member.email = changed_email(member.email, email)
    if language is not None:
        member.language = checked_language(language)


def _birthday(given: date | str, today: date) -> date | None:
    if given == "":
        return None
    try:
        day = given if isinstance(given, date) else date.fromisoformat(given)
    except ValueError:
        raise ShopError(
            N_("“{text}” is not a date. Type it like 1990-12-03."), text=str(given)[:20]
        ) from None
    if not date(1900, 1, 1) <= day <= today:
        raise ShopError(N_("A birthday lies between 1900 and today."))
    return day


@action(permission=Permission.SEE_PERSONAL)
def change_phone(work: Work, member_id: int, phone: str) -> None:
    """Give a member another number; only for those who may see numbers, as the number opens the points."""
    number = checked_phone(phone)
    member = work.get(Member, member_id, lock=True)
    other = find_by_phone(work, number)
    if other is not None and other.id != member_id:
        raise Refused(N_("This number belongs to member {code}."), code=other.code)
    member.phone, member.phone_tail = number, number[-4:]


@action(permission=Permission.EDIT_MEMBERS)
def set_tier(work: Work, member_id: int, tier_key: str) -> None:
    """Move a member to another tier by hand."""
    member = work.get(Member, member_id, lock=True)
    work.get(Tier, tier_key)
    member.tier_key = tier_key


@action(permission=Permission.EDIT_MEMBERS)
def add_tag(work: Work, member_id: int, name: str) -> int:
    """Give a member a tag, making the word if it is new; returns the tag's id. Twice is once."""
    tag_id = tag_called(work, name)
    work.get(Member, member_id, lock=True)
    if work.session.get(MemberTag, (member_id, tag_id)) is None:
        work.add(MemberTag(member_id=member_id, tag_id=tag_id))
        work.touch(Member.__tablename__, member_id)
    return tag_id


@action(permission=Permission.EDIT_MEMBERS)
def remove_tag(work: Work, member_id: int, tag_id: int) -> None:
    """Take a tag off a member; without it nothing happens."""
    worn = work.session.get(MemberTag, (member_id, tag_id))
    if worn is not None:
        work.remove(worn)
        work.touch(Member.__tablename__, member_id)


@action(permission=Permission.ADJUST_POINTS)
def adjust_points(work: Work, member_id: int, delta: int, reason: str, *, client_key: str) -> int:
    """Correct a member's points by hand, with a reason; returns the balance. A key counts once."""
    if not reason.strip():
        raise ShopError(N_("Say why, so that the member and the owner can understand it later."))
    if delta == 0:
        raise ShopError(N_("Type how many points to add or take away."))
    if abs(delta) > LARGEST_CORRECTION:
        raise Refused(N_("At most {limit} points at a time."), limit=f"{LARGEST_CORRECTION:,}")
    work.get(Member, member_id, lock=True)
    given = work.session.scalars(select(PointsEntry).where(PointsEntry.client_key == client_key)).first()
    if given is not None:
        if (given.member_id, given.delta) != (member_id, delta):
            raise Refused(N_("This request was used for something else. Open the dialog again."))
        return given.balance
    until = work.now + timedelta(days=work.setting(POINTS_DAYS)) if delta > 0 else None
    step = PointsStep(delta, "correction", work.actor.key, client_key, note=reason.strip(), expires_at=until)
    return post_points(work, member_id, [step])
