"""Goods of an order leave the shop, whole or in parts, and come back; each time by movements of their own.

What an order holds is consumed from the front: of a line, `shipped + freed` has left or was given back, the rest is held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import quantity_text
from desktop.models.after_sales import OPEN, AfterSale
from desktop.models.orders import Order, OrderLine
from desktop.models.products import Sku
from desktop.models.stock import Reservation
from desktop.queries.given_back import claim_on
from desktop.services import posting
from desktop.services.order_conditions import hold_wishes
from desktop.services.orders import held_goods
from desktop.services.posting import StockStep
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a line (thousandths of its unit, and of the base unit) leaves or comes back."""

    line_id: int
    sku_id: int
    qty_milli: int
    base_milli: int


def lines_of(work: Work, order_id: int) -> list[OrderLine]:
    """The lines of an order, locked: what is decided about them holds until the commit."""
    statement = select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.id)
    return list(work.session.scalars(statement.with_for_update().execution_options(populate_existing=True)))


def something_open(work: Work, order_id: int) -> bool:
    """Whether anything of an order is still to leave."""
    left = OrderLine.qty_milli > OrderLine.shipped_milli + OrderLine.freed_milli
    found = select(OrderLine.id).where(OrderLine.order_id == order_id, left).limit(1)
    return work.value(found) is not None


def check_parts(lines: Sequence[OrderLine], wanted: Mapping[int, int]) -> None:
    """Raises `Refused` for a line of another order, and for more than is still to leave."""
    known = {line.id: line for line in lines}
    for line_id, qty in wanted.items():
        line = known.get(line_id)
        if line is None:
            raise Refused(N_("That line belongs to another order."))
        if qty <= 0 or qty > line.open_milli:
            raise Refused(
                N_("Of “{name}” {left} are still to be shipped, {wanted} were chosen. Lower the quantity."),
                next_step="look_again", name=line.name, left=quantity_text(line.open_milli),
                wanted=quantity_text(qty),
            )  # fmt: skip


def check_not_asked_back(work: Work, order_id: int, wanted: Mapping[int, int] | None = None) -> None:
    """Raises `Refused` for goods whose money an open case asks back before they have left."""
    cases = select(AfterSale.id).where(AfterSale.order_id == order_id, AfterSale.state.in_(OPEN))
    if work.value(cases.limit(1)) is None:
        return
    for line in lines_of(work, order_id):
        claim = claim_on(work, line.id)
        with_customer = line.shipped_milli - (line.refunded_milli - line.freed_milli) - claim.back_milli
        asked = claim.qty_milli - claim.back_milli - max(0, with_customer)
        qty = line.open_milli if wanted is None else wanted.get(line.id, 0)
        if qty and asked > 0 and qty > line.open_milli - asked:
            raise Refused(
                N_("An open case asks the money for {asked} of “{name}” back. Settle or withdraw it, or ship the others."),
                next_step="look_again", asked=quantity_text(asked), name=line.name,
            )  # fmt: skip


def goods_leave(work: Work, order: Order, key: str, wanted: Mapping[int, int] | None = None) -> list[Part]:
    """These quantities of its lines (all that is still to leave, if not said) leave by movements under this key."""
    lines = lines_of(work, order.id)
    chosen = {line.id: line.open_milli for line in lines if line.open_milli > 0} if wanted is None else wanted
    check_parts(lines, chosen)
    hold_wishes(work, order, set(chosen))
    held: dict[int, list[Reservation]] = {}
    for reservation in held_goods(work, order.id):
        held.setdefault(reservation.line_id, []).append(reservation)
    parts, moved = [], []
    for line in lines:
        qty = chosen.get(line.id, 0)
        if not qty:
            continue
        mine = held.get(line.id, [])
        base = _take(work, line, qty, mine)
        line.shipped_milli += qty
        parts.append(
            Part(line.id, line.sku_id, qty, base if mine else line.base_of(line.shipped_milli - qty, qty))
        )
        if base:
            moved.append(Part(line.id, line.sku_id, qty, base))
    work.flush()
    posting.step_stock(work, _steps("ship", moved), order.location_id)
    _move(work, order, moved, -1, key)
    return parts


def goods_return(work: Work, order: Order, key: str, parts: Sequence[tuple[int, int, int]]) -> None:
    """(line, quantity, base quantity) triples that had left are here again, and held for the order.

    Raises `Refused` when a part of them was given back or came back by an after-sales case meanwhile.
    """
    lines, moved = {line.id: line for line in lines_of(work, order.id)}, []
    for line_id, qty, base in parts:
        line = lines[line_id]
        here = line.refunded_milli - line.freed_milli + claim_on(work, line_id).received_milli
        if line.shipped_milli - qty < here:
            raise Refused(
                N_("Part of this order was refunded after it left, so the shipment can't be taken back.")
            )
        line.shipped_milli -= qty
        again = _hold_again(work, line_id, base)
        if again:
            moved.append(Part(line_id, line.sku_id, qty, again))
    work.flush()
    posting.step_stock(work, _steps("put", moved), order.location_id)
    posting.step_stock(work, _steps("hold", moved), order.location_id)
    _move(work, order, moved, 1, f"{key}:back")


def _take(work: Work, line: OrderLine, qty: int, held: Sequence[Reservation]) -> int:
    """Use up what is held for a line; returns how much of the base unit that was."""
    there = sum(reservation.qty_milli for reservation in held)
    whole = qty == line.open_milli
    base = there if whole else min(line.base_of(line.shipped_milli + line.freed_milli, qty), there)
    left = base
    for reservation in held:
        used = min(left, reservation.qty_milli)
        left -= used
        if used == reservation.qty_milli:
            reservation.state = "used"
        elif used:
            reservation.qty_milli -= used
            work.session.add(_twin(reservation, used, "used"))
    return base


def _hold_again(work: Work, line_id: int, base: int) -> int:
    """Make used reservations of a line open ones; returns how much of the base unit there was to hold."""
    rows = work.session.scalars(
        select(Reservation).where(Reservation.line_id == line_id, Reservation.state.in_(("open", "used")))
    ).all()
    opened = next((row for row in rows if row.state == "open"), None)
    left = base
    for row in rows:
        part = min(left, row.qty_milli) if row.state == "used" else 0
        if not part:
            continue
        left -= part
        if opened is None and part == row.qty_milli:
            row.state, opened = "open", row
            continue
        row.qty_milli -= part
        if opened is None:
            opened = _twin(row, part, "open")
            work.session.add(opened)
        else:
            opened.qty_milli += part
        if not row.qty_milli:
            row.qty_milli, row.state = part, "released"
    work.flush()
    return base - left


def _twin(reservation: Reservation, qty: int, state: str) -> Reservation:
    return Reservation(
        order_id=reservation.order_id, line_id=reservation.line_id, sku_id=reservation.sku_id,
        location_id=reservation.location_id, qty_milli=qty, state=state, expires_at=None,
    )  # fmt: skip


def _steps(kind: str, parts: Sequence[Part]) -> list[StockStep]:
    wanted: dict[int, int] = {}
    for part in parts:
        wanted[part.sku_id] = wanted.get(part.sku_id, 0) + part.base_milli
    return [StockStep(kind, sku_id, qty) for sku_id, qty in wanted.items()]


def _move(work: Work, order: Order, parts: Sequence[Part], sign: int, key: str) -> None:
    skus = {part.sku_id for part in parts}
    rows = work.rows(select(Sku.id, Sku.cost_minor).where(Sku.id.in_(skus)))
    costs = {row.id: row.cost_minor for row in rows}
    deltas = [(part.sku_id, sign * part.base_milli, costs[part.sku_id]) for part in parts]
    posting.post_movements(work, order.location_id, "sale", f"order:{order.id}", key, deltas)
