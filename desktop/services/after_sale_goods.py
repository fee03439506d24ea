"""Goods of a case arrive, counted and looked at: what can be sold again goes on the shelf, the rest to the damaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, cast, func, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import quantity_text
from desktop.models.after_sales import AWAITED, RECEIVED, AfterSale, AfterSaleLine
from desktop.models.orders import OrderLine
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import DAMAGED, StockMovement
from desktop.queries.given_back import claim_on
from desktop.services import once, posting
from desktop.services.after_sale_steps import lines_of_case, lock_case, move, record
from desktop.services.locations import back_to, special
from desktop.services.posting import StockStep
from desktop.services.settlement import NOT_STOCKED
from desktop.shop.action import action
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class Arrived:
    """So much of an order line came back (thousandths), of which so much can't be sold again."""

    line_id: int
    qty_milli: int
    damaged_milli: int = 0


@action(permission=Permission.REFUND)
def receive_goods(work: Work, case_id: int, arrived: Sequence[Arrived], client_key: str) -> None:
    """Take down what arrived, with its movements. Raises `Refused` for more than was asked or than had left."""
    case, order = lock_case(work, case_id)
    if once.claim(work, client_key, [case_id, "arrived", [repr(part) for part in arrived]]) is not None:
        return
    parts = {part.line_id: part for part in arrived}
    rows = lines_of_case(work, case)
    if set(parts) - {asked.line_id for asked, _line in rows} or not any(p.qty_milli for p in arrived):
        raise Refused(N_("Count what arrived first."))
    case.step(RECEIVED, work.now)
    shelf: list[tuple[int, int, int]] = []
    broken: list[tuple[int, int, int]] = []
    for asked, line in rows:
        part = parts.get(asked.line_id)
        if part is None or not part.qty_milli:
            continue
        good, bad = _take_down(work, case, asked, line, part)
        if _stocked(work, line):
            shelf += [(line.sku_id, good, line.cost_minor)] if good else []
            broken += [(line.sku_id, bad, line.cost_minor)] if bad else []
    _put(work, case, back_to(work, order.location_id), shelf, f"{client_key}:s")
    if broken:
        _put(work, case, special(work, DAMAGED), broken, f"{client_key}:d")
    work.flush()
    _say(work, case, arrived)
    once.keep(work, client_key, True)


def _take_down(
    work: Work, case: AfterSale, asked: AfterSaleLine, line: OrderLine, part: Arrived
) -> tuple[int, int]:
    """Write the count on the case; returns the base quantities, good and damaged."""
    if not 0 <= part.damaged_milli <= part.qty_milli or part.qty_milli > asked.qty_milli:
        raise Refused(
            N_("Of “{name}” {asked} were to come back. Take more down as a case of its own."),
            name=line.name, asked=quantity_text(asked.qty_milli),
        )  # fmt: skip
    here = line.refunded_milli - line.freed_milli + claim_on(work, line.id, case.id).received_milli
    if here + part.qty_milli > line.shipped_milli:
        raise Refused(N_("“{name}” has not left the shop, so it can't come back."), name=line.name)
    asked.received_milli, asked.damaged_milli = part.qty_milli, part.damaged_milli
    good = part.qty_milli - part.damaged_milli
    return line.base_of(here, good), line.base_of(here + good, part.damaged_milli)


def _stocked(work: Work, line: OrderLine) -> bool:
    kind = select(Product.kind).join(Sku, Sku.product_id == Product.id).where(Sku.id == line.sku_id)
    return work.value(kind) not in NOT_STOCKED


def _put(
    work: Work, case: AfterSale, location_id: int, deltas: Sequence[tuple[int, int, int]], key: str
) -> None:
    _step(work, "put", location_id, deltas)
    posting.post_movements(work, location_id, "refund", f"aftersale:{case.id}", key, deltas, case.code)


def _step(work: Work, kind: str, location_id: int, deltas: Sequence[tuple[int, int, int]]) -> None:
    sums: dict[int, int] = {}
    for sku, qty, _cost in deltas:
        sums[sku] = sums.get(sku, 0) + abs(qty)
    posting.step_stock(work, [StockStep(kind, sku, qty) for sku, qty in sums.items()], location_id)


def _say(work: Work, case: AfterSale, arrived: Sequence[Arrived]) -> None:
    whole, bad = sum(p.qty_milli for p in arrived), sum(p.damaged_milli for p in arrived)
    record(work, case.id, RECEIVED, f"{quantity_text(whole)}/{quantity_text(bad)}")


@action(permission=Permission.REFUND)
def undo_receipt(work: Work, case_id: int, client_key: str) -> None:
    """Taken down by mistake: the goods leave the books again and are awaited. Raises `OutOfStock` when sold since."""
    case, _order = lock_case(work, case_id)
    if case.state != RECEIVED:
        raise Refused(N_("No goods of this case are here, so there is nothing to take back."))
    goods_leave_again(work, case, client_key)
    move(work, case, AWAITED)


def goods_leave_again(work: Work, case: AfterSale, client_key: str) -> None:
    """Reverse the movements of what arrived."""
    total = cast(func.sum(StockMovement.delta_milli), BigInteger)
    columns = (StockMovement.sku_id, StockMovement.location_id, StockMovement.unit_cost_minor)
    mine = select(*columns, total.label("qty")).where(StockMovement.source == f"aftersale:{case.id}")
    places: dict[int, list[tuple[int, int, int]]] = {}
    for row in work.rows(mine.group_by(*columns).order_by(*columns)):
        if row.qty:
            places.setdefault(row.location_id, []).append((row.sku_id, -int(row.qty), row.unit_cost_minor))
    for number, (location_id, deltas) in enumerate(places.items()):
        _step(work, "take", location_id, deltas)
        key = f"{client_key}:b{number}"
        posting.post_movements(work, location_id, "refund", f"aftersale:{case.id}", key, deltas, case.code)
    for asked, _line in lines_of_case(work, case):
        asked.received_milli = asked.damaged_milli = 0
    work.flush()
