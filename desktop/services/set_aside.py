"""Stock set aside for a campaign: taken from what is free, sold by the campaign alone, returned when it ends.

A campaign's sale first frees its pieces and then takes them as every sale does, under the same lock of the stock row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, cast, func, select, update

from desktop.basics.errors import Changed, Malformed, OutOfStock, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import quantity_text
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.set_aside import ENDED, OPEN, SetAside, SetAsideEntry, SetAsideLine
from desktop.models.stock import SELLING_KINDS, Stock
from desktop.queries.places import main_place
from desktop.services import once
from desktop.services.locations import open_place
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_NAME = 60
MOST_LINES = 500
MOST_MILLI = 10**12
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class AsideLine:
    """So much of a SKU, in thousandths of its base unit."""

    sku_id: int
    qty_milli: int


_AT = (Stock.sku_id == bindparam("at_sku"), Stock.location_id == bindparam("at_location"))
_QTY = bindparam("qty", type_=Stock.__table__.c.set_aside_milli.type)
_FREE = Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
_ASIDE = update(Stock).where(*_AT, _FREE >= _QTY).values(set_aside_milli=Stock.set_aside_milli + _QTY)
_LOOSE = update(Stock).where(*_AT, Stock.set_aside_milli >= _QTY)
_LOOSE = _LOOSE.values(set_aside_milli=Stock.set_aside_milli - _QTY)


@action(permission=Permission.EDIT_STOCK)
def set_aside(
    work: Work,
    name: str,
    lines: Sequence[AsideLine],
    *,
    starts_at: datetime,
    ends_at: datetime,
    client_key: str,
    location_id: int | None = None,
    note: str = "",
) -> int:
    """Set stock aside for a campaign from now on, to be sold between the two moments; returns the campaign's id.

    All of it or nothing. Raises `OutOfStock` naming the goods. The same client key sets aside once.
    """
    request = ["set aside", name, [asdict(line) for line in lines], str(starts_at), str(ends_at), location_id]
    given = once.claim(work, client_key, request)
    if given is not None:
        return int(given)
    _check_lines(lines)
    _check_times(work, starts_at, ends_at)
    place = _place(work, location_id)
    made = work.add(SetAside(
        name=_named(name), location_id=place, starts_at=starts_at, ends_at=ends_at, state=OPEN,
        note=note.strip()[:500], made_by=work.actor.key, made_at=work.now,
    ))  # fmt: skip
    for line in sorted(lines, key=lambda line: line.sku_id):
        _take(work, line.sku_id, place, line.qty_milli)
        row = work.add(
            SetAsideLine(set_aside_id=made.id, sku_id=line.sku_id, qty_milli=line.qty_milli, sold_milli=0)
        )
        _enter(work, row.id, "set", line.qty_milli, "")
    once.keep(work, client_key, made.id)
    return made.id


@action(permission=Permission.EDIT_STOCK)
def change_quantity(work: Work, line_id: int, qty_milli: int, seen_milli: int) -> int:
    """Give a campaign more or less of its goods, never less than it has sold; `seen_milli` is what the screen showed."""
    if not 0 <= qty_milli <= MOST_MILLI:
        raise Malformed(N_("The quantity must be above zero."))
    line = work.get(SetAsideLine, line_id)
    campaign = work.get(SetAside, line.set_aside_id)
    _lock(work, campaign.location_id, [line.sku_id])
    work.session.refresh(line)
    _check_open(work, campaign)
    if line.qty_milli != seen_milli:
        raise Changed(N_("The campaign’s stock changed meanwhile. Look again, then save."))
    if qty_milli < line.sold_milli:
        raise Refused(
            N_("{sold} are sold already; the campaign can't have fewer."), sold=quantity_text(line.sold_milli)
        )
    more = qty_milli - line.qty_milli
    if more > 0:
        _take(work, line.sku_id, campaign.location_id, more)
    elif more < 0:
        _loosen(work, line.sku_id, campaign.location_id, -more)
    if more:
        line.qty_milli = qty_milli
        _enter(work, line.id, "more" if more > 0 else "less", more, "")
    return more


@action(permission=Permission.EDIT_STOCK)
def add_goods(work: Work, set_aside_id: int, line: AsideLine, client_key: str) -> int:
    """Set more goods aside for an open campaign; returns the new line's id."""
    given = once.claim(work, client_key, ["aside goods", set_aside_id, asdict(line)])
    if given is not None:
        return int(given)
    _check_lines([line])
    campaign = work.get(SetAside, set_aside_id)
    _lock(work, campaign.location_id, [line.sku_id])
    _check_open(work, campaign)
    _take(work, line.sku_id, campaign.location_id, line.qty_milli)
    row = {"set_aside_id": set_aside_id, "sku_id": line.sku_id, "qty_milli": line.qty_milli, "sold_milli": 0}
    made = work.offer(SetAsideLine, row)
    if made is None:
        raise Refused(N_("The campaign has these goods already. Change their quantity."))
    _enter(work, made, "set", line.qty_milli, "")
    once.keep(work, client_key, made)
    return made


@action(permission=Permission.EDIT_STOCK)
def change_campaign(
    work: Work, set_aside_id: int, *, name: str, starts_at: datetime, ends_at: datetime, note: str = ""
) -> None:
    """Rename an open campaign or move its time."""
    campaign = work.get(SetAside, set_aside_id, lock=True)
    _check_open(work, campaign)
    _check_times(work, starts_at, ends_at)
    campaign.name, campaign.note = _named(name), note.strip()[:500]
    campaign.starts_at, campaign.ends_at = starts_at, ends_at


@action(permission=Permission.EDIT_STOCK)
def end_campaign(work: Work, set_aside_id: int) -> int:
    """End a campaign now: what it has left is free for everybody. Returns the thousandths; 0 when it was over."""
    return end(work, set_aside_id)


def end(work: Work, set_aside_id: int) -> int:
    """End a campaign, exactly once, whoever is first: a person, the clock or both."""
    campaign = work.get(SetAside, set_aside_id)
    lines = select(SetAsideLine.id, SetAsideLine.sku_id).where(SetAsideLine.set_aside_id == set_aside_id)
    skus = [row.sku_id for row in work.rows(lines)]
    _lock(work, campaign.location_id, skus)
    over = {"state": ENDED, "ended_at": work.now}
    if not work.update(SetAside, set_aside_id, over, SetAside.state == OPEN):
        return 0
    left = (SetAsideLine.qty_milli - SetAsideLine.sold_milli).label("left")
    returned = 0
    for row in work.rows(lines.add_columns(left).order_by(SetAsideLine.sku_id)).all():
        if row.left:
            _loosen(work, row.sku_id, campaign.location_id, int(row.left))
            _enter(work, row.id, "returned", -int(row.left), "")
            returned += int(row.left)
    return returned


def end_over(work: Work) -> tuple[int, str]:
    """End every campaign whose time is over; how many there were, and the name of the first."""
    over = select(SetAside.id, SetAside.name).where(SetAside.state == OPEN, SetAside.ends_at <= work.now)
    rows = work.rows(over.order_by(SetAside.ends_at, SetAside.id)).all()
    for row in rows:
        end(work, row.id)
    return len(rows), rows[0].name if rows else ""


# -- sales --------------------------------------------------------------------------------------------------------


def draw(work: Work, set_aside_id: int, location_id: int, wanted: Mapping[int, int], document: str) -> None:
    """Free what a sale (SKU → thousandths) may have of its campaign, for the sale to take in the same transaction.

    What the campaign does not have comes from the free stock. Raises `Refused` when the campaign is not on now.
    """
    _lock(work, location_id, wanted)
    campaign = work.rows(select(SetAside.__table__).where(SetAside.id == set_aside_id)).first()
    if campaign is None or campaign.state != OPEN or campaign.ends_at <= work.now:
        raise Refused(N_("The campaign is over. Sell the goods without it."), next_step="drop_campaign")
    if campaign.starts_at > work.now:
        raise Refused(N_("The campaign “{name}” has not begun yet."), name=campaign.name)
    if campaign.location_id != location_id:
        raise Refused(N_("The stock of “{name}” lies at another place."), name=campaign.name)
    lines = select(
        SetAsideLine.id, SetAsideLine.sku_id, (SetAsideLine.qty_milli - SetAsideLine.sold_milli).label("left")
    ).where(SetAsideLine.set_aside_id == set_aside_id, SetAsideLine.sku_id.in_(sorted(wanted)))
    for row in work.rows(lines.order_by(SetAsideLine.sku_id)).all():
        part = min(int(row.left), wanted[row.sku_id])
        if part > 0:
            _loosen(work, row.sku_id, location_id, part)
            _sell(work, row.id, part)
            _enter(work, row.id, "sold", -part, document)


def of_order(work: Work, order_id: int) -> int | None:
    """The campaign an order's goods were drawn from."""
    statement = select(SetAsideLine.set_aside_id).join(
        SetAsideEntry, SetAsideEntry.line_id == SetAsideLine.id
    )
    found = work.value(statement.where(SetAsideEntry.document == f"order:{order_id}").limit(1))
    return int(found) if found is not None else None


def give_back(work: Work, order_id: int) -> None:
    """What an order drew and does not want any more is its campaign's again, while that is on."""
    document = f"order:{order_id}"
    net = cast(func.sum(SetAsideEntry.delta_milli), BigInteger).label("net")
    statement = (
        select(SetAsideLine.id, SetAsideLine.sku_id, SetAsideLine.set_aside_id, SetAside.location_id, net)
        .join(SetAsideEntry, SetAsideEntry.line_id == SetAsideLine.id)
        .join(SetAside, SetAside.id == SetAsideLine.set_aside_id)
        .where(SetAsideEntry.document == document)
        .group_by(SetAsideLine.id, SetAsideLine.sku_id, SetAsideLine.set_aside_id, SetAside.location_id)
        .order_by(SetAsideLine.sku_id)
    )
    for row in work.rows(statement).all():
        part = -int(row.net)
        if part <= 0:
            continue
        _lock(work, row.location_id, [row.sku_id])
        state = work.value(select(SetAside.state).where(SetAside.id == row.set_aside_id))
        if state == OPEN and _change(work, _ASIDE, row.sku_id, row.location_id, part):
            _sell(work, row.id, -part)
            _enter(work, row.id, "back", part, document)


# -- shared steps -------------------------------------------------------------------------------------------------


def _lock(work: Work, location_id: int, sku_ids: Sequence[int] | Mapping[int, int]) -> None:
    """The stock rows, in the order every sale takes them."""
    here = select(Stock.id).where(Stock.location_id == location_id, Stock.sku_id.in_(sorted(sku_ids)))
    work.rows(here.order_by(Stock.sku_id).with_for_update()).all()


def _change(work: Work, statement: Any, sku_id: int, location_id: int, qty: int) -> bool:
    values = {"at_sku": sku_id, "at_location": location_id, "qty": qty}
    row_id = work.rows(statement.returning(Stock.id), values).scalar()
    if row_id is not None:
        work.touch("stock", int(row_id))
        work.touch("sku", sku_id)
    return row_id is not None


def _take(work: Work, sku_id: int, location_id: int, qty: int) -> None:
    if _change(work, _ASIDE, sku_id, location_id, qty):
        return
    name = work.value(select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == sku_id))
    left = work.value(select(_FREE).where(Stock.sku_id == sku_id, Stock.location_id == location_id)) or 0
    raise OutOfStock(
        N_("Only {left} of “{name}” are free, {wanted} wanted. Set fewer aside."),
        next_step="change_quantity", left=quantity_text(max(left, 0)), name=name or "?", wanted=quantity_text(qty),
    )  # fmt: skip


def _loosen(work: Work, sku_id: int, location_id: int, qty: int) -> None:
    if not _change(work, _LOOSE, sku_id, location_id, qty):
        raise Changed(N_("The campaign’s stock changed meanwhile. Look again, then save."))


def _sell(work: Work, line_id: int, part: int) -> None:
    room = SetAsideLine.qty_milli - SetAsideLine.sold_milli >= part
    values = {"sold_milli": SetAsideLine.sold_milli + part}
    if not work.update(SetAsideLine, line_id, values, room, SetAsideLine.sold_milli + part >= 0):
        raise Changed(N_("The campaign’s stock changed meanwhile. Look again, then save."))


def _enter(work: Work, line_id: int, kind: str, delta: int, document: str) -> None:
    row = {"line_id": line_id, "kind": kind, "delta_milli": delta, "document": document}
    work.post(SetAsideEntry, [{**row, "actor": work.actor.key, "at": work.now}])
    work.touch("set_aside_line", line_id)


def _place(work: Work, location_id: int | None) -> int:
    place = location_id if location_id is not None else main_place(work)
    if not place:
        raise Refused(N_("The shop is not set up yet. Finish the first steps before adding goods."))
    if open_place(work, place).kind not in SELLING_KINDS:
        raise Refused(N_("A campaign sells from a shop floor or a store room."))
    return place


def _named(name: str) -> str:
    text = " ".join(name.split())[:LONGEST_NAME]
    if not text:
        raise Malformed(N_("Give the campaign a name."))
    return text


def _check_open(work: Work, campaign: SetAside) -> None:
    """Locked until the commit: who ends the campaign meanwhile waits, and returns what is added here as well."""
    if work.value(select(SetAside.state).where(SetAside.id == campaign.id).with_for_update()) != OPEN:
        raise Refused(N_("The campaign is over. What it had left is free again."))


def _check_times(work: Work, starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= work.now:
        raise Refused(N_("The campaign must end in the future."))
    if not starts_at < ends_at <= max(starts_at, work.now) + LONGEST:
        raise Refused(N_("The campaign must end after it begins, and within a year."))


def _check_lines(lines: Sequence[AsideLine]) -> None:
    if not lines:
        raise Malformed(N_("There is nothing to save yet. Add a line first."))
    if len(lines) > MOST_LINES:
        raise Malformed(N_("At most {limit} lines at a time. Save these in parts."), limit=MOST_LINES)
    if any(not 0 < line.qty_milli <= MOST_MILLI for line in lines):
        raise Malformed(N_("The quantity must be above zero."))
    if len({line.sku_id for line in lines}) < len(lines):
        raise Refused(N_("The same goods stand here twice. Keep one line."))
