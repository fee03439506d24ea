"""Goods from one place to another: written down, sent into transit, received whole or in part, or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import quantity_text
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import DAMAGED, TRANSIT
from desktop.models.transfers import (
    CANCELLED,
    CLOSED,
    DRAFT,
    PART,
    RETURNED,
    SENT,
    UNDERWAY,
    Transfer,
    TransferLine,
)
from desktop.services import once, posting
from desktop.services.locations import open_place, special
from desktop.services.posting import StockStep
from desktop.services.stock import LARGEST_QTY, lock_stock
from desktop.shop.action import action
from desktop.shop.work import Work

MOST_LINES = 500
LONGEST_NOTE = 200
MISSING = {
    "lost": N_("Lost on the way"),
    "damaged": N_("Arrived damaged"),
    "not sent": N_("Was never sent"),
}


@dataclass(frozen=True, slots=True)
class TransferItem:
    """So much of a SKU (thousandths of its base unit) is to be moved."""

    sku_id: int
    qty_milli: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a SKU that was sent: so much arrived, so much did not and why (`MISSING`); thousandths."""

    sku_id: int
    received_milli: int = 0
    missing_milli: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A transfer that was written down."""

    id: int
    code: str


@action(permission=Permission.EDIT_STOCK)
def draft_transfer(
    work: Work, from_id: int, to_id: int, items: Sequence[TransferItem], *, client_key: str, note: str = ""
) -> Made:
    """Write down what is to go where; nothing moves yet. The same client key writes one transfer."""
    given = once.claim(work, client_key, ["transfer", from_id, to_id, [asdict(i) for i in items], note])
    if given is not None:
        return Made(*given)
    _check_places(work, from_id, to_id)
    day = shop_day(work.now, work.zone)
    code = f"T{day:%Y%m%d}-{posting.next_number(work, f'transfer:{day:%Y%m%d}'):02d}"
    made = work.add(
        Transfer(
            code=code, from_id=from_id, to_id=to_id, note=note.strip()[:LONGEST_NOTE], client_key=client_key,
            made_by=work.actor.key, made_at=work.now,
        )
    )  # fmt: skip
    _write_lines(work, made, items)
    once.keep(work, client_key, [made.id, code])
    return Made(made.id, code)


@action(permission=Permission.EDIT_STOCK)
def save_transfer(
    work: Work, transfer_id: int, from_id: int, to_id: int, items: Sequence[TransferItem], note: str = ""
) -> None:
    """Change a draft. Raises `Refused` once it is sent."""
    transfer = _in_state(work, transfer_id, (DRAFT,))
    _check_places(work, from_id, to_id)
    transfer.from_id, transfer.to_id, transfer.note = from_id, to_id, note.strip()[:LONGEST_NOTE]
    for line in lines_of(work, transfer_id):
        work.remove(line)
    _write_lines(work, transfer, items)


@action(permission=Permission.EDIT_STOCK)
def send_transfer(work: Work, transfer_id: int, *, client_key: str) -> None:
    """Let the goods leave: out of the first place, into transit. Raises `OutOfStock` for more than is available."""
    if once.claim(work, client_key, ["send", transfer_id]) is not None:
        return
    transfer = _in_state(work, transfer_id, (DRAFT,))
    _check_places(work, transfer.from_id, transfer.to_id)
    lines = lines_of(work, transfer_id)
    if not lines:
        raise Malformed(N_("There is nothing to send yet. Add a line first."))
    costs = _costs(work, [line.sku_id for line in lines])
    for line in lines:
        line.unit_cost_minor = costs[line.sku_id]
    moving = {line.sku_id: line.qty_milli for line in lines}
    _move(work, transfer, moving, (transfer.from_id, special(work, TRANSIT)), f"{client_key}:s")
    transfer.state, transfer.sent_at, transfer.sent_by = SENT, work.now, work.actor.key
    once.keep(work, client_key, True)


@action(permission=Permission.EDIT_STOCK)
def receive_transfer(work: Work, transfer_id: int, arrivals: Sequence[Arrival], *, client_key: str) -> str:
    """Say what arrived, and of what is missing why; returns the state. What is not named stays on its way.

    Goods that arrived damaged go to the place of damaged goods; what was never sent is back where it came from.
    """
    given = once.claim(work, client_key, ["arrive", transfer_id, [asdict(a) for a in arrivals]])
    if given is not None:
        return str(given)
    transfer = _in_state(work, transfer_id, UNDERWAY)
    lines = {line.sku_id: line for line in lines_of(work, transfer_id)}
    _check_arrivals(work, lines, arrivals)
    open_place(work, transfer.to_id)
    here, transit = {a.sku_id: a.received_milli for a in arrivals if a.received_milli}, special(work, TRANSIT)
    _move(work, transfer, here, (transit, transfer.to_id), f"{client_key}:r")
    for reason in MISSING:
        missing = {a.sku_id: a.missing_milli for a in arrivals if a.missing_milli and a.reason == reason}
        _miss(work, transfer, missing, reason, f"{client_key}:{reason}")
    for arrival in arrivals:
        line = lines[arrival.sku_id]
        line.received_milli += arrival.received_milli
        if arrival.missing_milli:
            line.reason = arrival.reason
            if arrival.reason == "not sent":
                line.returned_milli += arrival.missing_milli
            else:
                line.lost_milli += arrival.missing_milli
    if any(arrival.received_milli or arrival.missing_milli for arrival in arrivals):
        transfer.state = PART
    _end_when_done(work, transfer, list(lines.values()))
    once.keep(work, client_key, transfer.state)
    return transfer.state


@action(permission=Permission.EDIT_STOCK)
def return_transfer(work: Work, transfer_id: int, *, client_key: str) -> None:
    """Take back what is still on its way, to where it came from."""
    if once.claim(work, client_key, ["return", transfer_id]) is not None:
        return
    transfer = _in_state(work, transfer_id, UNDERWAY)
    lines = lines_of(work, transfer_id)
    left = {line.sku_id: open_milli(line) for line in lines if open_milli(line)}
    open_place(work, transfer.from_id)
    _move(work, transfer, left, (special(work, TRANSIT), transfer.from_id), f"{client_key}:b")
    for line in lines:
        line.returned_milli += left.get(line.sku_id, 0)
    _end_when_done(work, transfer, lines)
    once.keep(work, client_key, True)


@action(permission=Permission.EDIT_STOCK)
def cancel_transfer(work: Work, transfer_id: int) -> None:
    """Drop a draft; nothing has moved yet."""
    transfer = _in_state(work, transfer_id, (DRAFT,))
    transfer.state, transfer.ended_at, transfer.ended_by = CANCELLED, work.now, work.actor.key


@action(permission=Permission.EDIT_STOCK)
def restore_transfer(work: Work, transfer_id: int) -> None:
    """Take a cancelled draft up again."""
    transfer = _in_state(work, transfer_id, (CANCELLED,))
    transfer.state, transfer.ended_at, transfer.ended_by = DRAFT, None, ""


# -- steps ------------------------------------------------------------------------------------------------


def lines_of(work: Work, transfer_id: int) -> list[TransferLine]:
    """Its lines in the order of their SKUs; the transfer itself is locked by the caller."""
    statement = select(TransferLine).where(TransferLine.transfer_id == transfer_id)
    return list(work.session.scalars(statement.order_by(TransferLine.sku_id)))


def open_milli(line: TransferLine) -> int:
    """What of a sent line is still on its way."""
    return line.qty_milli - line.received_milli - line.lost_milli - line.returned_milli


def _in_state(work: Work, transfer_id: int, states: Sequence[str]) -> Transfer:
    transfer = work.get(Transfer, transfer_id, lock=True)
    if transfer.state not in states:
        raise Refused(
            N_("Transfer {code} is no longer open for this. Look at it again."),
            next_step="look_again", code=transfer.code,
        )  # fmt: skip
    return transfer


def _check_places(work: Work, from_id: int, to_id: int) -> None:
    if from_id == to_id:
        raise Refused(N_("Goods can’t be transferred to the place where they are. Choose another one."))
    for place in sorted((from_id, to_id)):
        if open_place(work, place).kind == TRANSIT:
            raise Refused(N_("Choose the place the goods go to; transit is only their way."))


def _write_lines(work: Work, transfer: Transfer, items: Sequence[TransferItem]) -> None:
    if len(items) > MOST_LINES:
        raise Malformed(N_("At most {limit} lines at a time. Save these in parts."), limit=MOST_LINES)
    if any(not 0 < item.qty_milli <= LARGEST_QTY for item in items):
        raise Malformed(N_("A quantity to transfer must be above zero."))
    lock_stock(work, [item.sku_id for item in items], transfer.from_id)  # known, stocked, no goods twice
    lines = [
        {"transfer_id": transfer.id, "sku_id": item.sku_id, "qty_milli": item.qty_milli} for item in items
    ]
    work.post(TransferLine, lines)


def _check_arrivals(work: Work, lines: dict[int, TransferLine], arrivals: Sequence[Arrival]) -> None:
    for arrival in arrivals:
        line = lines.get(arrival.sku_id)
        if line is None or len([a for a in arrivals if a.sku_id == arrival.sku_id]) > 1:
            raise Malformed(N_("Each line of the transfer is named once."))
        if arrival.missing_milli and arrival.reason not in MISSING:
            raise Malformed(N_("Say why “{name}” did not arrive."), name=_name(work, arrival.sku_id))
        if min(arrival.received_milli, arrival.missing_milli) < 0:
            raise Malformed(N_("A quantity can’t be below zero."))
        if arrival.received_milli + arrival.missing_milli > open_milli(line):
            raise Refused(
                N_("Only {left} of “{name}” are on their way. If more came, adjust the stock here afterwards."),
                left=quantity_text(open_milli(line)), name=_name(work, arrival.sku_id),
            )  # fmt: skip


def _move(work: Work, transfer: Transfer, moving: dict[int, int], way: tuple[int, int], key: str) -> None:
    """Out of one place and into the other; the place in transit is always locked first, whichever way they go."""
    if not moving:
        return
    transit, costs = special(work, TRANSIT), _costs(work, sorted(moving))
    steps = [("take", way[0]), ("put", way[1])]
    for kind, place in sorted(steps, key=lambda step: step[1] != transit):
        posting.step_stock(work, [StockStep(kind, sku, qty) for sku, qty in moving.items()], place)
    for sign, place, part in ((-1, way[0], "o"), (1, way[1], "i")):
        deltas = [(sku, sign * qty, costs[sku]) for sku, qty in sorted(moving.items())]
        posting.post_movements(
            work, place, "transfer", f"transfer:{transfer.id}", f"{key}:{part}", deltas, transfer.code
        )


def _miss(work: Work, transfer: Transfer, missing: dict[int, int], reason: str, key: str) -> None:
    if not missing:
        return
    transit = special(work, TRANSIT)
    if reason == "damaged":
        _move(work, transfer, missing, (transit, special(work, DAMAGED)), key)
    elif reason == "not sent":
        _move(work, transfer, missing, (transit, transfer.from_id), key)
    else:
        posting.step_stock(work, [StockStep("take", sku, qty) for sku, qty in missing.items()], transit)
        costs = _costs(work, sorted(missing))
        deltas = [(sku, -qty, costs[sku]) for sku, qty in sorted(missing.items())]
        posting.post_movements(
            work, transit, "adjust", f"transfer:{transfer.id}", key, deltas, f"lost: {transfer.code}"
        )


def _end_when_done(work: Work, transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    if any(open_milli(line) for line in lines):
        return
    nothing_came = all(line.returned_milli == line.qty_milli for line in lines)
    transfer.state = RETURNED if nothing_came else CLOSED
    transfer.ended_at, transfer.ended_by = work.now, work.actor.key


def _costs(work: Work, sku_ids: Sequence[int]) -> dict[int, int]:
    rows = work.rows(select(Sku.id, Sku.cost_minor).where(Sku.id.in_(sku_ids)))
    return {row.id: row.cost_minor for row in rows}


def _name(work: Work, sku_id: int) -> str:
    return str(
        work.value(select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == sku_id))
    )
