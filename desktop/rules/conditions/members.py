"""Conditions on a member."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select

from desktop.basics.i18n import N_
from desktop.models.members import Member, MemberTag
from desktop.models.products import Tag
from desktop.rules.catalogue import Condition, declare
from desktop.rules.parameters import Parameter
from desktop.rules.spec import Values
from desktop.shop.work import Read


def _tagged(_read: Read, values: Values) -> ColumnElement[bool]:
    tags = select(MemberTag.member_id).join(Tag, Tag.id == MemberTag.tag_id)
    return exists(tags.where(MemberTag.member_id == Member.id, Tag.name.in_(values["tags"])))


declare(
    Condition(
        key="member_tier",
        title=N_("Tier of the member"),
        words=N_("the member’s tier is {tiers}"),
        parameters=(Parameter("tiers", "tiers", N_("Tiers"), default=[]),),
        subject="member",
        test=lambda _read, v: Member.tier_key.in_(v["tiers"]),
        axis="tier",
        domain=lambda v: frozenset(v["tiers"]),
    )
)
declare(
    Condition(
        key="points_at_least",
        title=N_("Points at least"),
        words=N_("the member has at least {points} points"),
        parameters=(Parameter("points", "points", N_("Points"), default=100, high=10**9),),
        subject="member",
        test=lambda _read, v: Member.points >= v["points"],
        axis="points",
        domain=lambda v: (v["points"], None),
    )
)
declare(
    Condition(
        key="points_at_most",
        title=N_("Points at most"),
        words=N_("the member has at most {points} points"),
        parameters=(Parameter("points", "points", N_("Points"), default=100, high=10**9),),
        subject="member",
        test=lambda _read, v: Member.points <= v["points"],
        axis="points",
        domain=lambda v: (None, v["points"]),
    )
)
declare(
    Condition(
        key="member_tagged",
        title=N_("Member has a tag"),
        words=N_("the member is tagged {tags}"),
        parameters=(Parameter("tags", "tags", N_("Tags"), default=[]),),
        subject="member",
        test=_tagged,
    )
)
