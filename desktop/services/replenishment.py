"""The list of goods to buy: reckoned by the clock or a person, changed, marked as ordered, dismissed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from desktop.basics.clock import shop_day
from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.replenishment import DISMISSED, DONE, OPEN, Replenishment, ReplenishmentLine
from desktop.queries.replenishment import Need, Needs, needs
from desktop.queries.supply import supply_of
from desktop.services.stock import LARGEST_QTY
from desktop.shop.action import action
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class Drafted:
    """What reckoning made: the open list (None: nothing to buy), its lines, and whether the list is new."""

    id: int | None
    lines: int
    fresh: bool = False


def draft_replenishment(work: Work) -> Drafted:
    """Reckon what to buy into the one open list, making it if there is none.

    Quantities a person changed stay; lines a person removed come back on a later day; a list that has
    nothing left is dismissed.
    """
    kept = _open_list(work)
    lines = {} if kept is None else {line.sku_id: line for line in _lines(work, kept.id)}
    found = needs(work, {sku_id for sku_id, line in lines.items() if line.changed and not line.removed})
    fresh = kept is None
    if kept is None:
        if not found.rows:
            return Drafted(None, 0)
        kept, fresh = _new_list(work, found)
        lines = {line.sku_id: line for line in _lines(work, kept.id)}
    count = _write(work, kept, lines, found)
    if not count:
        _close(work, kept, DISMISSED)
        return Drafted(None, 0)
    return Drafted(kept.id, count, fresh)


@action(permission=Permission.EDIT_STOCK)
def draft_now(work: Work) -> Drafted:
    """Reckon what to buy as somebody asked for it."""
    return draft_replenishment(work)


@action(permission=Permission.EDIT_STOCK)
def change_quantity(work: Work, line_id: int, wanted_milli: int | None) -> int | None:
    """Want another quantity (thousandths), whole packs where it has a supplier; None goes back to the suggestion.

    Returns what takes the change back. Raises `Refused` when the list is closed.
    """
    line = _line(work, line_id)
    if wanted_milli is not None and not 0 < wanted_milli <= LARGEST_QTY:
        raise Malformed(N_("The quantity must be above zero. Remove the line if nothing is wanted."))
    before = line.wanted_milli if line.changed else None
    line.changed = wanted_milli is not None
    line.wanted_milli = line.suggested_milli if wanted_milli is None else _whole_packs(line, wanted_milli)
    if line.supplier_id is not None and (source := supply_of(work, [line.sku_id]).get(line.sku_id)):
        line.price_minor = source.price(source.packs(line.wanted_milli))
    return before


@action(permission=Permission.EDIT_STOCK)
def remove_line(work: Work, line_id: int) -> None:
    """Leave these goods off the list for today."""
    _line(work, line_id).removed = True


@action(permission=Permission.EDIT_STOCK)
def put_line_back(work: Work, line_id: int) -> None:
    """Take a removed line back onto the list."""
    _line(work, line_id).removed = False


@action(permission=Permission.EDIT_STOCK)
def mark_ordered(work: Work, list_id: int) -> int:
    """Close the list as ordered: its goods count as on their way until they are received. Returns its lines."""
    kept = still_open(work, list_id)
    count = sum(not line.removed for line in _lines(work, list_id))
    if not count:
        raise Refused(N_("Every line was removed. Dismiss the list, or reckon it again."))
    _close(work, kept, DONE)
    return count


@action(permission=Permission.EDIT_STOCK)
def dismiss_list(work: Work, list_id: int) -> None:
    """Close the list without ordering anything."""
    _close(work, still_open(work, list_id), DISMISSED)


@action(permission=Permission.EDIT_STOCK)
def reopen_list(work: Work, list_id: int) -> None:
    """Take closing a list back. Raises `Refused` when a newer one is open."""
    kept = work.get(Replenishment, list_id, lock=True)
    kept.state, kept.closed_at, kept.closed_by = OPEN, None, ""
    try:
        work.flush()
    except IntegrityError as error:  # the index allows one open list
        raise Refused(N_("A newer list is open already. Close it first.")) from error


# -- shared steps -----------------------------------------------------------------------------------------


def _open_list(work: Work) -> Replenishment | None:
    return work.find(select(Replenishment).where(Replenishment.state == OPEN).with_for_update())


def _lines(work: Work, list_id: int) -> list[ReplenishmentLine]:
    wanted = select(ReplenishmentLine).where(ReplenishmentLine.list_id == list_id)
    return list(work.session.scalars(wanted.order_by(ReplenishmentLine.id)))


def _new_list(work: Work, found: Needs) -> tuple[Replenishment, bool]:
    """A list of today, or the one another program made this moment: then it is not new."""
    row = {
        "day": shop_day(work.now, work.zone), "state": OPEN, "origin": _origin(work), "actor": work.actor.key,
        "at": work.now, "cover_days": found.cover_days, "left_out": found.left_out, "closed_by": "",
    }  # fmt: skip
    insert = work.insert(Replenishment).values(row)
    made = work.rows(insert.on_conflict_do_nothing().returning(Replenishment.id)).scalar()
    kept = _open_list(work)
    if kept is None:  # the other one was closed in between
        raise Refused(N_("Somebody else just closed the list. Reckon it again."))
    if made is not None:
        work.touch(Replenishment.__tablename__, kept.id)
        work.note(list=kept.id, goods=len(found.rows))
    return kept, made is not None


def _write(work: Work, kept: Replenishment, lines: dict[int, ReplenishmentLine], found: Needs) -> int:
    """Bring the list's lines to what is needed now; returns how many there are to see."""
    today = shop_day(work.now, work.zone)
    later, kept.day = today != kept.day, today
    kept.origin, kept.actor, kept.at = _origin(work), work.actor.key, work.now
    kept.cover_days, kept.left_out = found.cover_days, found.left_out
    wanted = {need.sku_id: need for need in found.rows}
    seen = len(wanted)
    for sku_id, line in lines.items():
        if sku_id not in wanted:
            work.remove(line)
            continue
        _refresh(line, wanted.pop(sku_id), later)
        seen -= line.removed
    work.post(ReplenishmentLine, [_row(kept.id, need) for need in wanted.values()])
    return seen


def _refresh(line: ReplenishmentLine, need: Need, later: bool) -> None:
    for field, value in asdict(need).items():
        setattr(line, field, value)
    if line.changed:
        line.wanted_milli = _whole_packs(line, line.wanted_milli)
    else:
        line.wanted_milli = need.suggested_milli
    if later:
        line.removed = False


def _row(list_id: int, need: Need) -> dict[str, Any]:
    shown = {"wanted_milli": need.suggested_milli, "changed": False, "removed": False}
    return {"list_id": list_id, **asdict(need), **shown}


def _whole_packs(line: ReplenishmentLine, wanted_milli: int) -> int:
    if line.supplier_id is None:
        return wanted_milli
    return -(-wanted_milli // line.pack_milli) * line.pack_milli


def _origin(work: Work) -> str:
    return "clock" if work.actor.kind == "clock" else "person"


def _line(work: Work, line_id: int) -> ReplenishmentLine:
    line = work.get(ReplenishmentLine, line_id)
    still_open(work, line.list_id)
    return work.get(ReplenishmentLine, line_id, lock=True)


def still_open(work: Work, list_id: int) -> Replenishment:
    """The list, held, if it still waits. Raises `Refused`."""
    kept = work.get(Replenishment, list_id, lock=True)
    if kept.state != OPEN:
        raise Refused(N_("This list is closed. Reckon a new one."))
    return kept


def _close(work: Work, kept: Replenishment, state: str) -> None:
    kept.state, kept.closed_at, kept.closed_by = state, work.now, work.actor.key
