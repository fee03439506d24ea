"""Keep, name, share, order and drop named filters."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select

from desktop.basics.errors import NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.system import SavedView
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_NAME = 24
MOST_VIEWS = 20


@action(permission=Permission.SEE_ORDERS)
def save_view(
    work: Work,
    screen: str,
    name: str,
    filters: str,
    view_id: int | None = None,
    *,
    shared: bool = False,
    position: int | None = None,
) -> int:
    """Keep filters (the screen's JSON) under a name, or replace those of a view; returns its id.

    A shared view is everybody's and needs the right to handle orders; `position` puts one back where it was.
    """
    if view_id is not None:
        view = _mine(work, view_id)
        view.filters = filters
        return view.id
    if shared:
        work.require(Permission.HANDLE_ORDERS)
    owner = None if shared else _staff(work)
    title = _free_name(work, screen, owner, name)
    place = int(work.value(_of(screen, owner))) if position is None else position
    made = SavedView(screen=screen, name=title, filters=filters, staff_id=owner, position=place)
    return work.add(made).id


@action(permission=Permission.SEE_ORDERS)
def rename_view(work: Work, view_id: int, name: str) -> None:
    """Call a view otherwise."""
    view = _mine(work, view_id)
    if " ".join(name.split()) != view.name:
        view.name = _free_name(work, view.screen, view.staff_id, name, more=0)


@action(permission=Permission.HANDLE_ORDERS)
def share_view(work: Work, view_id: int, shared: bool) -> None:
    """Make one's own view everybody's, or everybody's one's own."""
    view = _mine(work, view_id)
    owner = None if shared else _staff(work)
    if owner == view.staff_id:
        return
    view.name = _free_name(work, view.screen, owner, view.name)
    view.position = int(work.value(_of(view.screen, owner)))
    view.staff_id = owner


@action(permission=Permission.SEE_ORDERS)
def order_views(work: Work, view_ids: Sequence[int]) -> None:
    """Put these views in this order."""
    for position, view_id in enumerate(view_ids):
        view = _mine(work, view_id)
        view.position = position


@action(permission=Permission.SEE_ORDERS)
def remove_view(work: Work, view_id: int) -> None:
    """Drop a view."""
    work.remove(_mine(work, view_id))


def _staff(work: Work) -> int | None:
    return work.actor.id if work.actor.kind == "staff" else None


def _of(screen: str, owner: int | None) -> Select[int]:
    """How many views of this screen are this person's, or with None everybody's."""
    return (
        select(func.count())
        .select_from(SavedView)
        .where(SavedView.screen == screen, SavedView.staff_id.is_not_distinct_from(owner))
    )


def _free_name(work: Work, screen: str, owner: int | None, name: str, *, more: int = 1) -> str:
    title = " ".join(name.split())[:LONGEST_NAME]
    if not title:
        raise Refused(N_("Give the view a name."))
    same = _of(screen, owner)
    if int(work.value(same)) + more > MOST_VIEWS:
        raise Refused(N_("There are {most} saved views already. Remove one first."), most=MOST_VIEWS)
    if work.value(same.where(SavedView.name == title)):
        raise Refused(N_("A view named “{name}” is there already. Choose another name."), name=title)
    return title


def _mine(work: Work, view_id: int) -> SavedView:
    """A view this person may change: the own ones, and shared ones with the right to handle orders."""
    view = work.get(SavedView, view_id, lock=True)
    mine = _staff(work)
    if view.staff_id not in (None, mine):
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    if view.staff_id is None and mine is not None:
        work.require(Permission.HANDLE_ORDERS)
    return view
