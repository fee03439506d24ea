"""Places goods lie: added, renamed, closed when empty; which one a till sells from."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.basics.errors import NotFound, Refused
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission, Till
from desktop.models.stock import (
    DAMAGED,
    FLOOR,
    OTHER_SHOP,
    SELLING_KINDS,
    STORE_ROOM,
    TRANSIT,
    Location,
    Stock,
)
from desktop.models.stocktakes import OPEN, Stocktake
from desktop.models.transfers import DRAFT, UNDERWAY, Transfer
from desktop.queries.places import KIND_WORDS, main_place
from desktop.services.posting import next_number
from desktop.shop.action import action
from desktop.shop.work import Work

ADDED_KINDS = (
    FLOOR,
    STORE_ROOM,
    DAMAGED,
    OTHER_SHOP,
)  # goods in transit lie in one place the shop makes itself
LONGEST = 40
PREFIXES = {FLOOR: "F", STORE_ROOM: "S", DAMAGED: "D", OTHER_SHOP: "O"}


def special(work: Work, kind: str) -> int:
    """The open place of this kind (damaged, transit), made when first needed; two tills at once make one."""
    first = select(func.min(Location.id)).where(Location.kind == kind, Location.closed_at.is_(None))
    found = work.value(first)
    if found is None:
        work.offer(Location, {"code": kind, "name": KIND_WORDS[kind], "kind": kind, "closed_at": None})
        found = work.value(first)
    if found is None:  # the shop's own one was closed: it opens again
        found = work.value(select(Location.id).where(Location.code == kind))
        work.update(Location, found, {"closed_at": None})
    return int(found)


def open_place(work: Work, location_id: int) -> Location:
    """The place, if goods may still come and go there; nobody closes it meanwhile. Raises `Refused`, `NotFound`."""
    # held softly (NO KEY UPDATE): sales refer to the place and must not wait for a count or a delivery
    place = work.session.get(
        Location, location_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if place is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    if place.closed_at is not None:
        raise Refused(N_("“{name}” is closed. Choose another place."), name=_(place.name))
    return place


def back_to(work: Work, location_id: int) -> int:
    """Where goods that left from this place come back to: the shop floor when it has been closed since."""
    closed = work.value(select(Location.closed_at).where(Location.id == location_id))
    return location_id if closed is None else main_place(work)


@action(permission=Permission.SETTINGS)
def add_location(work: Work, kind: str, name: str) -> int:
    """Add a place; returns its id."""
    if kind not in ADDED_KINDS:
        raise Refused(N_("Choose what kind of place this is."))
    named = _named(work, name)
    taken = set(work.session.scalars(select(Location.code)))
    code = ""
    while not code or code in taken:
        code = f"{PREFIXES[kind]}{next_number(work, f'location:{kind}')}"
    return work.add(Location(code=code, name=named, kind=kind)).id


@action(permission=Permission.SETTINGS)
def rename_location(work: Work, location_id: int, name: str) -> None:
    """Call a place something else; what lies there stays."""
    work.get(Location, location_id, lock=True).name = _named(work, name, location_id)


@action(permission=Permission.SETTINGS)
def close_location(work: Work, location_id: int) -> None:
    """Close a place nothing lies in and nothing is on its way to or from. Raises `Refused`."""
    place = open_place(work, location_id)
    if place.id == main_place(work):
        raise Refused(N_("This is the shop floor all tills start with. It stays open."))
    lying = select(Stock.id).where(Stock.location_id == place.id)
    if work.value(lying.where((Stock.on_hand_milli > 0) | (Stock.reserved_milli > 0)).limit(1)) is not None:
        raise Refused(N_("Goods still lie in “{name}”. Transfer them first."), name=_(place.name))
    if place.kind == TRANSIT:
        raise Refused(N_("Goods in transit always have their place."))
    tills = select(Till.name).where(Till.location_id == place.id).limit(1)
    if (till := work.value(tills)) is not None:
        raise Refused(N_("{till} sells from here. Give it another place first."), till=_(till))
    moving = select(Transfer.id).where(Transfer.state.in_((DRAFT, *UNDERWAY)))
    if (
        work.value(moving.where((Transfer.from_id == place.id) | (Transfer.to_id == place.id)).limit(1))
        is not None
    ):
        raise Refused(N_("A transfer from or to here is still open. Finish it first."))
    counted = select(Stocktake.id).where(Stocktake.location_id == place.id, Stocktake.state == OPEN)
    if work.value(counted.limit(1)) is not None:
        raise Refused(N_("A stocktake is still open here. Finish it first."))
    place.closed_at = work.now


@action(permission=Permission.SETTINGS)
def reopen_location(work: Work, location_id: int) -> None:
    """Use a closed place again."""
    work.get(Location, location_id, lock=True).closed_at = None


@action(permission=Permission.SETTINGS)
def set_till_place(work: Work, till_id: int, location_id: int | None) -> None:
    """Let a till sell from this place; None: the shop floor. Sales being made go on from the new one."""
    till = work.get(Till, till_id, lock=True)
    if location_id is not None and open_place(work, location_id).kind not in SELLING_KINDS:
        raise Refused(N_("A till sells from a shop floor or a store room."))
    till.location_id = location_id


def _named(work: Work, name: str, own: int = 0) -> str:
    words = " ".join(name.split())
    if not 0 < len(words) <= LONGEST:
        raise Refused(N_("A place’s name has 1 to {count} characters."), count=LONGEST)
    same = select(Location.id).where(Location.name == words, Location.id != own, Location.closed_at.is_(None))
    if work.value(same.limit(1)) is not None:
        raise Refused(N_("A place is called “{name}” already."), name=words)
    return words
