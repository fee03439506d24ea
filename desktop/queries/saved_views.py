"""Named filters over a list."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from desktop.models.people import Permission
from desktop.models.system import SavedView
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view; `filters` is the JSON its screen wrote."""

    id: int
    name: str
    filters: str
    shared: bool = False  # everybody's
    position: int = 0


@question(permission=Permission.SEE_ORDERS)
def saved_views(read: Read, screen: str) -> tuple[ViewRow, ...]:
    """The views of a screen: everybody's, then this person's, each in their order."""
    mine = read.actor.id if read.actor.kind == "staff" else 0
    statement = (
        select(SavedView.id, SavedView.name, SavedView.filters, SavedView.staff_id, SavedView.position)
        .where(SavedView.screen == screen, or_(SavedView.staff_id.is_(None), SavedView.staff_id == mine))
        .order_by(SavedView.staff_id.is_not(None), SavedView.position, SavedView.id)
    )
    return tuple(
        ViewRow(r.id, r.name, r.filters, r.staff_id is None, r.position) for r in read.rows(statement)
    )
