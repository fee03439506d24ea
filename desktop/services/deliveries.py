"""Goods of a purchase order come in: in parts, more or fewer than ordered, at the price that was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Changed, Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST, MILLI, Money, half_up, quantity_text
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.purchasing import (
    CLOSED,
    STEPS,
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseLine,
    PurchaseOrder,
)
from desktop.models.stock import TRANSIT
from desktop.pricing.average_cost import share
from desktop.queries.places import main_place
from desktop.services import once
from desktop.services.batch_book import BatchIn, picks_for
from desktop.services.costs import move_averages
from desktop.services.locations import open_place
from desktop.services.posting import StockStep, next_number, post_movements, step_stock
from desktop.services.purchasing import locked
from desktop.services.stock import LARGEST_QTY
from desktop.shop.action import action
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class CameIn:
    """What came of one line (thousandths); `seen_milli` is what had come before when the screen was made.

    `price_minor` is what a pack cost, None as ordered; another one than ordered has to be `agreed`.
    """

    line_id: int
    qty_milli: int
    seen_milli: int
    price_minor: int | None = None
    agreed: bool = False
    batch: str = ""
    expires_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivery as it was written; `closed` says that nothing of the order is on its way any more."""

    receipt_id: int
    code: str
    lines: int
    qty_milli: int
    closed: bool


@action(permission=Permission.BUY)
def receive_order(
    work: Work,
    order_id: int,
    lines: Sequence[CameIn],
    *,
    client_key: str,
    location_id: int | None = None,
    note: str = "",
) -> Delivered:
    """Bring in what came of an order; its cost moves the average. The same client key brings it in once.

    Raises `Changed` when another till received meanwhile, `Refused` when more came without a reason or at another
    price that nobody agreed to.
    """
    given = once.claim(
        work, client_key, ["deliver", order_id, [asdict(line) for line in lines], location_id, note]
    )
    if given is not None:
        return Delivered(*given)
    order = locked(work, order_id, "receive")
    ordered = _ordered(work, order_id)
    _check(work, lines, ordered)
    place = _place(work, location_id)
    made = _write(work, order, [(line, ordered[line.line_id]) for line in lines], place, (client_key, note))
    once.keep(work, client_key, [made.receipt_id, made.code, made.lines, made.qty_milli, made.closed])
    return made


def _ordered(work: Work, order_id: int) -> dict[int, PurchaseLine]:
    rows = select(PurchaseLine).where(PurchaseLine.order_id == order_id).order_by(PurchaseLine.sku_id)
    found = work.session.scalars(rows.with_for_update().execution_options(populate_existing=True))
    return {line.id: line for line in found}


def _check(work: Work, lines: Sequence[CameIn], ordered: dict[int, PurchaseLine]) -> None:
    if not lines:
        raise Malformed(N_("There is nothing to save yet. Type what came."))
    if len({line.line_id for line in lines}) < len(lines):
        raise Refused(N_("The same goods stand here twice. Keep one line."))
    for came in lines:
        line = ordered.get(came.line_id)
        if line is None:
            raise Changed(N_("Somebody else changed this order meanwhile. Look again, then save."))
        if not 0 < came.qty_milli <= LARGEST_QTY:
            raise Malformed(N_("A quantity that comes in must be above zero."))
        if came.price_minor is not None and not 0 <= came.price_minor <= LARGEST:
            raise Malformed(N_("A cost can’t be below zero."))
        if line.received_milli != came.seen_milli:
            raise Changed(
                N_("Of “{name}” {now} came in meanwhile at another till. Look again, then save."),
                name=_name(work, line.sku_id), now=quantity_text(line.received_milli - came.seen_milli),
            )  # fmt: skip
        _check_more(work, came, line)


def _check_more(work: Work, came: CameIn, line: PurchaseLine) -> None:
    over = line.received_milli + came.qty_milli - line.packs * line.pack_milli
    if over > 0 and not came.reason.strip():
        raise Refused(
            N_("{over} more of “{name}” came than was ordered. Say why, or take fewer."),
            over=quantity_text(over), name=_name(work, line.sku_id), next_step="say_why",
        )  # fmt: skip
    if came.price_minor not in (None, line.price_minor) and not came.agreed:
        currency = work.get(PurchaseOrder, line.order_id).currency
        raise Refused(
            N_("A pack of “{name}” was ordered at {ordered} and costs {paid}. Agree to it, or correct it."),
            name=_name(work, line.sku_id), ordered=Money(line.price_minor, currency),
            paid=Money(came.price_minor or 0, currency), next_step="agree_price",
        )  # fmt: skip


def _place(work: Work, location_id: int | None) -> int:
    place = open_place(work, main_place(work) if location_id is None else location_id)
    if place.kind == TRANSIT:
        raise Refused(N_("Goods come in at a real place. Choose another one."))
    return place.id


def _write(
    work: Work,
    order: PurchaseOrder,
    came: Sequence[tuple[CameIn, PurchaseLine]],
    place: int,
    why: tuple[str, str],
) -> Delivered:
    client_key, note = why
    day = shop_day(work.now, work.zone)
    receipt = work.add(
        GoodsReceipt(
            code=f"GR-{day:%Y%m%d}-{next_number(work, f'delivery:{day:%Y%m%d}'):03d}", order_id=order.id,
            supplier_id=order.supplier_id, location_id=place, note=note.strip()[:200], actor=work.actor.key, at=work.now,
        )
    )  # fmt: skip
    in_order = sorted(came, key=lambda pair: pair[1].sku_id)  # as every sale locks them
    rows = [_receipt_row(receipt.id, line, ordered) for line, ordered in in_order]
    work.post(GoodsReceiptLine, rows)
    move_averages(work, [(row["sku_id"], row["qty_milli"], row["amount_minor"] * MILLI) for row in rows])
    step_stock(work, [StockStep("put", row["sku_id"], row["qty_milli"]) for row in rows], place)
    deltas = [
        (row["sku_id"], row["qty_milli"], half_up(row["amount_minor"] * MILLI, row["qty_milli"]))
        for row in rows
    ]
    picks = picks_for(work, [(row["sku_id"], row["qty_milli"], _batches(row)) for row in rows])
    source, text = f"delivery:{receipt.id}", " · ".join(part for part in (order.code, receipt.note) if part)
    post_movements(work, place, "receive", source, client_key, deltas, text, picks=picks)
    for line, ordered in in_order:
        ordered.received_milli += line.qty_milli
    whole = all(line.received_milli >= line.packs * line.pack_milli for line in _ordered_now(work, order.id))
    order.state = CLOSED if whole else STEPS[order.state]["receive"]
    if whole:
        order.closed_at, order.closed_by = work.now, work.actor.key
    order.revision += 1
    return Delivered(receipt.id, receipt.code, len(rows), sum(row["qty_milli"] for row in rows), whole)


def _ordered_now(work: Work, order_id: int) -> list[PurchaseLine]:
    work.flush()
    return list(work.session.scalars(select(PurchaseLine).where(PurchaseLine.order_id == order_id)))


def _receipt_row(receipt_id: int, came: CameIn, line: PurchaseLine) -> dict[str, Any]:
    price = line.price_minor if came.price_minor is None else came.price_minor
    return {
        "receipt_id": receipt_id, "line_id": line.id, "sku_id": line.sku_id, "qty_milli": came.qty_milli,
        "amount_minor": share(price, came.qty_milli, line.pack_milli), "batch": came.batch.strip()[:40],
        "expires_on": came.expires_on, "reason": came.reason.strip()[:200],
    }  # fmt: skip


def _batches(row: dict[str, Any]) -> tuple[BatchIn, ...]:
    if not row["batch"] and row["expires_on"] is None:
        return ()
    return (BatchIn(row["batch"], row["expires_on"]),)


def _name(work: Work, sku_id: int) -> str:
    name = select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == sku_id)
    return str(work.value(name))
