"""Goods go back to a supplier: out of the stock at what they had cost, and a credit is expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST, MILLI, half_up, quantity_text
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.purchasing import (
    CREDITED,
    EXPECTED,
    RETURN_REASONS,
    GoodsReceipt,
    GoodsReceiptLine,
    Supplier,
    SupplierReturn,
    SupplierReturnLine,
)
from desktop.pricing.average_cost import share
from desktop.queries.places import main_place
from desktop.services import once
from desktop.services.costs import move_averages
from desktop.services.locations import open_place
from desktop.services.posting import StockStep, next_number, post_movements, step_stock
from desktop.services.stock import LARGEST_QTY, MOST_LINES
from desktop.shop.action import action
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class GoesBack:
    """So much of a SKU (thousandths), of the line of a delivery if it is known."""

    sku_id: int
    qty_milli: int
    receipt_line_id: int | None = None


@action(permission=Permission.BUY)
def return_goods(
    work: Work,
    supplier_id: int,
    lines: Sequence[GoesBack],
    *,
    reason: str,
    client_key: str,
    location_id: int | None = None,
    note: str = "",
) -> int:
    """Send goods back; returns the id of the return. The same client key sends them once.

    Goods of a delivery leave at what it cost, others at the average. Raises `Refused` when a delivery had fewer.
    """
    request = ["goes back", supplier_id, [asdict(line) for line in lines], reason, location_id, note]
    given = once.claim(work, client_key, request)
    if given is not None:
        return int(given)
    work.get(Supplier, supplier_id)
    _check(lines, reason)
    place = open_place(work, main_place(work) if location_id is None else location_id).id
    day = shop_day(work.now, work.zone)
    made = work.add(
        SupplierReturn(
            code=f"RT-{day:%Y%m%d}-{next_number(work, f'supplier return:{day:%Y%m%d}'):03d}", supplier_id=supplier_id,
            location_id=place, reason=reason, note=note.strip()[:200], state=EXPECTED, actor=work.actor.key, at=work.now,
        )
    )  # fmt: skip
    _take_out(work, made, lines, client_key)
    once.keep(work, client_key, made.id)
    return made.id


def _take_out(work: Work, made: SupplierReturn, lines: Sequence[GoesBack], client_key: str) -> None:
    """The lines, the stock and its cost; goods in ascending order as every sale locks them."""
    rows = [_row(work, made, line) for line in sorted(lines, key=lambda line: line.sku_id)]
    work.post(SupplierReturnLine, rows)
    made.expected_minor = sum(row["amount_minor"] for row in rows)
    move_averages(work, [(row["sku_id"], -row["qty_milli"], -row["amount_minor"] * MILLI) for row in rows])
    step_stock(work, [StockStep("take", row["sku_id"], row["qty_milli"]) for row in rows], made.location_id)
    deltas = [
        (row["sku_id"], -row["qty_milli"], half_up(row["amount_minor"] * MILLI, row["qty_milli"]))
        for row in rows
    ]
    source, text = f"supplier return:{made.id}", f"{made.code} · {made.note}".rstrip(" ·")
    post_movements(
        work,
        made.location_id,
        "supplier return",
        source,
        client_key,
        deltas,
        text,
        origin=_delivery_of(work, lines),
    )


@action(permission=Permission.BUY)
def record_credit(work: Work, return_id: int, credited_minor: int) -> None:
    """Write down what the supplier gave for a return (minor units)."""
    made = work.get(SupplierReturn, return_id, lock=True)
    if made.state == CREDITED:
        raise Refused(N_("The credit for {code} is written down already."), code=made.code)
    if not 0 <= credited_minor <= LARGEST:
        raise Malformed(N_("An amount can’t be below zero."))
    made.state, made.credited_minor = CREDITED, credited_minor
    made.credited_at, made.credited_by = work.now, work.actor.key


@action(permission=Permission.BUY)
def forget_credit(work: Work, return_id: int) -> None:
    """Take a credit back: it is still expected."""
    made = work.get(SupplierReturn, return_id, lock=True)
    made.state, made.credited_minor, made.credited_at, made.credited_by = EXPECTED, None, None, ""


# -- shared steps -----------------------------------------------------------------------------------------


def _check(lines: Sequence[GoesBack], reason: str) -> None:
    if reason not in RETURN_REASONS:
        raise Malformed(N_("Choose why the goods go back."))
    if not lines:
        raise Malformed(N_("There is nothing to save yet. Add a line first."))
    if len(lines) > MOST_LINES:
        raise Malformed(N_("At most {limit} lines at a time. Save these in parts."), limit=MOST_LINES)
    if any(not 0 < line.qty_milli <= LARGEST_QTY for line in lines):
        raise Malformed(N_("The quantity must be above zero."))
    if len({(line.sku_id, line.receipt_line_id) for line in lines}) < len(lines):
        raise Refused(N_("The same goods stand here twice. Keep one line."))


def _delivery_of(work: Work, lines: Sequence[GoesBack]) -> str:
    """The one delivery all of it came by, so that its batches go back; nothing when there are several."""
    ids = {line.receipt_line_id for line in lines}
    came = {work.get(GoodsReceiptLine, line_id).receipt_id for line_id in ids if line_id is not None}
    return f"delivery:{came.pop()}" if len(came) == 1 and None not in ids else ""


def _row(work: Work, made: SupplierReturn, line: GoesBack) -> dict[str, Any]:
    if line.receipt_line_id is None:
        cost = work.get(Sku, line.sku_id).cost_minor
        amount = half_up(cost * line.qty_milli, MILLI)
    else:
        amount = _of_delivery(work, made.supplier_id, line)
    return {
        "return_id": made.id, "receipt_line_id": line.receipt_line_id, "sku_id": line.sku_id,
        "qty_milli": line.qty_milli, "amount_minor": amount,
    }  # fmt: skip


def _of_delivery(work: Work, supplier_id: int, line: GoesBack) -> int:
    """What these pieces of a delivery cost. The delivery is held, so that two tills return it once."""
    came = work.get(GoodsReceiptLine, line.receipt_line_id)
    receipt = work.get(GoodsReceipt, came.receipt_id, lock=True)
    if receipt.supplier_id != supplier_id or came.sku_id != line.sku_id:
        raise Refused(N_("These goods did not come with that delivery."))
    back = select(func.coalesce(func.sum(SupplierReturnLine.qty_milli), 0)).where(
        SupplierReturnLine.receipt_line_id == came.id
    )
    left = came.qty_milli - int(work.value(back))
    if line.qty_milli > left:
        name = select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == line.sku_id)
        raise Refused(
            N_("Only {left} of “{name}” of this delivery can still go back."),
            left=quantity_text(left), name=work.value(name),
        )  # fmt: skip
    return share(came.amount_minor, line.qty_milli, came.qty_milli)


__all__ = [
    "RETURN_REASONS", "GoesBack", "forget_credit", "record_credit", "return_goods",
]  # fmt: skip
