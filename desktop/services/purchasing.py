"""Purchase orders: drafted, changed, sent, closed, cancelled. What may be done when stands in `STEPS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Changed, Malformed, Refused
from desktop.basics.i18n import N_, _
from desktop.basics.money import LARGEST
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.purchasing import (
    BY_HAND,
    BY_MAIL,
    STATES,
    STEPS,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    arrival,
)
from desktop.models.settings import MAIL_HOST
from desktop.services import once
from desktop.services.posting import next_number
from desktop.services.stock import LARGEST_QTY, STOCKED_KINDS
from desktop.services.suppliers import MOST_PACKS
from desktop.shop.action import action
from desktop.shop.work import Work

MOST_LINES = 2_000
PURCHASE = "purchase"  # kind of the outbox row that carries an order to its supplier
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class LineIn:
    """So many packs of a size (thousandths of the base unit) at a price of one pack (minor units)."""

    sku_id: int
    packs: int
    pack_milli: int
    price_minor: int
    their_code: str = ""


@action(permission=Permission.BUY)
def make_order(
    work: Work,
    supplier_id: int,
    lines: Sequence[LineIn],
    *,
    client_key: str,
    expected_on: date | None = None,
    note: str = "",
) -> int:
    """Draft an order; returns its id. The same client key drafts one."""
    request = ["purchase", supplier_id, [asdict(line) for line in lines], expected_on, note]
    given = once.claim(work, client_key, request)
    if given is not None:
        return int(given)
    order = draft_order(work, supplier_id, lines, expected_on=expected_on, note=note)
    once.keep(work, client_key, order.id)
    return order.id


def draft_order(
    work: Work,
    supplier_id: int,
    lines: Sequence[LineIn],
    *,
    expected_on: date | None = None,
    note: str = "",
    list_id: int | None = None,
) -> PurchaseOrder:
    """A new draft; part of its caller's transaction. Raises `Refused` when the supplier is switched off."""
    supplier = _active(work, supplier_id)
    _check_lines(work, lines)
    day = shop_day(work.now, work.zone)
    order = work.add(
        PurchaseOrder(
            code=f"PO-{day:%Y%m%d}-{next_number(work, f'purchase:{day:%Y%m%d}'):03d}", supplier_id=supplier_id,
            list_id=list_id, expected_on=expected_on or _arrival(work, supplier),
            currency=supplier.currency, note=note.strip()[:LONGEST_NOTE], made_by=work.actor.key, made_at=work.now,
            total_minor=_total(lines),
        )
    )  # fmt: skip
    _post_lines(work, order.id, lines)
    return order


@action(permission=Permission.BUY)
def change_order(
    work: Work,
    order_id: int,
    lines: Sequence[LineIn],
    *,
    expected_on: date | None,
    note: str = "",
    seen: int,
) -> int:
    """Put other lines on a draft; returns its new revision. Raises `Changed` when it is not the one `seen`."""
    order = locked(work, order_id, "change")
    if order.revision != seen:
        raise Changed(N_("Somebody else changed this order meanwhile. Look again, then save."))
    _active(work, order.supplier_id)
    _check_lines(work, lines)
    work.rows(delete(PurchaseLine).where(PurchaseLine.order_id == order_id))
    _post_lines(work, order_id, lines)
    order.total_minor, order.expected_on = _total(lines), expected_on
    order.note, order.revision = note.strip()[:LONGEST_NOTE], order.revision + 1
    return order.revision


@action(permission=Permission.BUY)
def send_order(work: Work, order_id: int, how: str) -> None:
    """Send an order by e-mail, or say that it was sent by hand; its goods then count as on their way.

    By e-mail again sends the letter again. Raises `Refused` naming what is missing.
    """
    send(work, locked(work, order_id, "send"), how)


def send(work: Work, order: PurchaseOrder, how: str) -> None:
    """Send a locked order; part of its caller's transaction."""
    supplier = _active(work, order.supplier_id)
    if how == BY_MAIL:
        if not supplier.email:
            raise Refused(
                N_("“{name}” has no e-mail address. Add one, or mark the order as sent."),
                name=supplier.name, next_step="edit_supplier",
            )  # fmt: skip
        if not work.setting(MAIL_HOST):
            raise Refused(N_("No mail server is set in Settings, Notifications."), next_step="mail_settings")
        order.outbox_id = work.send_later(PURCHASE, {"order": order.id})
    elif how != BY_HAND:
        raise Malformed(N_("Choose how the order is sent."))
    if order.sent_at is None:
        order.sent_at, order.sent_by = work.now, work.actor.key
    order.sent_how, order.revision = how, order.revision + 1
    order.state = STEPS[order.state]["send"]


@action(permission=Permission.BUY)
def cancel_order(work: Work, order_id: int) -> None:
    """Order nothing after all; only while nothing came."""
    _end(work, locked(work, order_id, "cancel"), "cancel", "")


@action(permission=Permission.BUY)
def restore_order(work: Work, order_id: int) -> None:
    """Make a cancelled order a draft again."""
    order = locked(work, order_id, "restore")
    order.state, order.closed_at, order.closed_by = STEPS[order.state]["restore"], None, ""
    order.sent_at, order.sent_by, order.sent_how, order.outbox_id = None, "", "", None
    order.revision += 1


@action(permission=Permission.BUY)
def close_order(work: Work, order_id: int, reason: str) -> None:
    """Close an order that not all came of: the rest is no longer on its way. Needs a reason."""
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Malformed(N_("Say why the rest does not come."))
    _end(work, locked(work, order_id, "close"), "close", reason)


@action(permission=Permission.BUY)
def set_expected(work: Work, order_id: int, expected_on: date) -> date | None:
    """Say when an order is expected now; returns when it was before."""
    order = locked(work, order_id, "receive")
    before, order.expected_on = order.expected_on, expected_on
    order.revision += 1
    return before


def locked(work: Work, order_id: int, step: str) -> PurchaseOrder:
    """The order, held, if this may be done with it now. Raises `Refused` saying what it is."""
    order = work.get(PurchaseOrder, order_id, lock=True)
    if step not in STEPS[order.state]:
        raise Refused(
            N_("Order {code} is “{state}” now; that can’t be done any more."),
            code=order.code, state=_(STATES[order.state]),
        )  # fmt: skip
    return order


# -- shared steps -----------------------------------------------------------------------------------------


def _end(work: Work, order: PurchaseOrder, step: str, reason: str) -> None:
    order.state = STEPS[order.state][step]
    order.closed_at, order.closed_by, order.close_reason = work.now, work.actor.key, reason
    order.revision += 1


def _arrival(work: Work, supplier: Supplier) -> date:
    local = work.now.astimezone(work.zone)
    return arrival(local, supplier.lead_days, supplier.order_days, supplier.cut_off)


def _active(work: Work, supplier_id: int) -> Supplier:
    supplier = work.get(Supplier, supplier_id)
    if not supplier.active:
        raise Refused(
            N_("Nothing is bought from “{name}” any more. Choose another supplier."), name=supplier.name
        )
    return supplier


def _check_lines(work: Work, lines: Sequence[LineIn]) -> None:
    if not lines:
        raise Malformed(N_("There is nothing to save yet. Add a line first."))
    if len(lines) > MOST_LINES:
        raise Malformed(N_("At most {limit} lines at a time. Save these in parts."), limit=MOST_LINES)
    wanted = {line.sku_id for line in lines}
    if len(wanted) < len(lines):
        raise Refused(N_("The same goods stand here twice. Keep one line."))
    for line in lines:
        if not 0 < line.packs <= MOST_PACKS or not 0 < line.pack_milli <= LARGEST_QTY:
            raise Malformed(N_("Order at least one pack, and a pack holds more than nothing."))
        if line.packs * line.pack_milli > LARGEST_QTY:
            raise Malformed(N_("That quantity is too large."))
        if line.price_minor < 0 or line.packs * line.price_minor > LARGEST:
            raise Malformed(N_("A cost can’t be below zero, nor beyond what can be reckoned."))
    kinds = select(Sku.id, Product.kind, Product.name).join(Product, Product.id == Sku.product_id)
    known = {row.id: row for row in work.rows(kinds.where(Sku.id.in_(wanted)))}
    for sku_id in wanted:
        if sku_id not in known:
            raise Refused(N_("Some of these goods are gone. Refresh the list."))
        if known[sku_id].kind not in STOCKED_KINDS:
            raise Refused(N_("“{name}” has no stock: it is a service or virtual."), name=known[sku_id].name)


def _post_lines(work: Work, order_id: int, lines: Sequence[LineIn]) -> None:
    rows = [{**asdict(line), "order_id": order_id, "received_milli": 0} for line in lines]
    work.post(PurchaseLine, rows)
    for line in lines:
        work.touch("sku", line.sku_id)


def _total(lines: Sequence[LineIn]) -> int:
    return sum(line.packs * line.price_minor for line in lines)


__all__ = [
    "PURCHASE",
    "BY_HAND", "BY_MAIL", "LineIn", "cancel_order", "change_order", "close_order", "draft_order", "locked",
    "make_order", "restore_order", "send", "send_order", "set_expected",
]  # fmt: skip
