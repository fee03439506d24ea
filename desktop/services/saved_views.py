"""Keep and drop named filters."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.basics.errors import NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.system import SavedView
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_NAME = 24
MOST_VIEWS = 20


@action(permission=Permission.SEE_ORDERS)
def save_view(work: Work, screen: str, name: str, filters: str, view_id: int | None = None) -> int:
    """Keep filters (the screen's JSON) under a name for this person, or replace those of a view; returns its id."""
    mine = work.actor.id if work.actor.kind == "staff" else None
    if view_id is not None:
        view = _mine(work, view_id)
        view.filters = filters
        return view.id
    title = " ".join(name.split())[:LONGEST_NAME]
    if not title:
        raise Refused(N_("Give the view a name."))
    same = (
        select(func.count())
        .select_from(SavedView)
        .where(SavedView.screen == screen, SavedView.staff_id == mine)
    )
    count = int(work.value(same))
    if count >= MOST_VIEWS:
        raise Refused(N_("There are {most} saved views already. Remove one first."), most=MOST_VIEWS)
    if work.value(same.where(SavedView.name == title)):
        raise Refused(N_("A view named “{name}” is there already. Choose another name."), name=title)
    made = work.add(SavedView(screen=screen, name=title, filters=filters, staff_id=mine, position=count))
    return made.id


@action(permission=Permission.SEE_ORDERS)
def remove_view(work: Work, view_id: int) -> None:
    """Drop one of this person's views."""
    work.remove(_mine(work, view_id))


def _mine(work: Work, view_id: int) -> SavedView:
    view = work.get(SavedView, view_id)
    if view.staff_id not in (None, work.actor.id if work.actor.kind == "staff" else None):
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return view
