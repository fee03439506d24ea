"""Take members of an import back: removed while nothing hangs on them, else put as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from desktop.basics.i18n import N_
from desktop.models.base import Base
from desktop.models.members import Member, PointsEntry
from desktop.services.imports.members import columns
from desktop.services.posting import PointsStep, post_points
from desktop.shop.work import Work

OWN = ("points_entry",)  # what an import itself hangs on a member


def take_back(work: Work, run_id: int, things: Sequence[tuple[int, bool, dict[str, Any]]]) -> list[str]:
    """Remove the members the import made and put back what it changed of others."""
    held = hanging(work, "member", [member for member, made, _detail in things if made], OWN)
    return [
        _remove(work, run_id, member, held) if made else _restore(work, member, detail)
        for member, made, detail in things
    ]


def _restore(work: Work, member_id: int, detail: dict[str, Any]) -> str:
    member = work.session.get(Member, member_id, with_for_update=True)
    if member is None:
        return ""
    after = columns(detail["after"])
    if any(getattr(member, key) != value for key, value in after.items()):
        return N_("It was changed since.")
    for key, value in columns(detail["before"]).items():
        setattr(member, key, value)
    work.flush()
    return ""


def _remove(work: Work, run_id: int, member_id: int, held: set[int]) -> str:
    member = work.session.get(Member, member_id, with_for_update=True)
    if member is None:
        return ""
    if member_id in held:
        return N_("The member has orders, notes or codes since.")
    entries = work.rows(
        select(PointsEntry.source, PointsEntry.delta).where(PointsEntry.member_id == member_id)
    ).all()
    if any(entry.source != f"import:{run_id}" for entry in entries):
        return N_("The member’s points moved since.")
    if not entries:
        work.touch("member", member_id)
        work.note(removed_member=member_id)
        work.rows(delete(Member).where(Member.id == member_id))
        work.session.expunge(member)
        return ""
    points = sum(entry.delta for entry in entries)
    step = PointsStep(-points, "correction", f"import:{run_id}", f"import:{run_id}:undo:{member_id}")
    post_points(work, member_id, [step])
    work.session.refresh(member)
    member.status, member.phone, member.phone_tail, member.external_ref = "closed", None, "", None
    work.flush()
    return ""


def hanging(work: Work, table: str, ids: Sequence[int], own: Sequence[str] = ()) -> set[int]:
    """Those of these rows that a row of another table points at."""
    found: set[int] = set()
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table.name == table and other.name not in own:
                column = other.c[key.parent.name]
                found |= set(work.session.scalars(select(column).where(column.in_(ids)).distinct()))
    return found
