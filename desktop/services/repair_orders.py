"""How a stuck order is brought to where its payments, parcels and movements say it is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.members import PointsEntry
from desktop.models.orders import DONE, SHIPPED, TO_SHIP, Order, OrderLine, Shipment
from desktop.models.payments import Tender
from desktop.models.products import Product, Sku
from desktop.models.settings import SHIP_HOURS
from desktop.models.stock import Reservation, Stock, StockMovement
from desktop.models.system import DailyTotal
from desktop.queries.findings import Finding
from desktop.services import posting
from desktop.services.fulfilment import credit_buyer
from desktop.services.leaving import goods_leave, lines_of
from desktop.services.orders import held_goods, stock_steps
from desktop.services.parcel_rows import keep_parts
from desktop.services.posting import StockStep
from desktop.services.settlement import NOT_STOCKED
from desktop.shop.work import Work


def finish_payment(work: Work, finding: Finding) -> None:
    """The step that was missed after the money came: paid, counted with the member and the day, to ship or done."""
    if finding.found != finding.expected:
        raise Refused(N_("More was paid than the order costs. Give the rest back first."))
    order = work.get(Order, finding.subject_id)
    tenders = work.rows(select(Tender.__table__).where(Tender.order_id == order.id)).all()
    taken_along, key = not order.address and not order.collect, f"repair:paid:{order.id}"
    order.step(DONE if taken_along else TO_SHIP)
    order.receipt_number = order.receipt_number or posting.next_receipt(work, order.till_id)
    order.paid_minor, order.paid_at = finding.found, max(t.at for t in tenders)
    order.points_minor = sum(t.amount_minor for t in tenders if t.points)
    order.points_spent = sum(t.points for t in tenders)
    order.pay_deadline = None
    work.flush()
    earned = select(func.coalesce(func.sum(PointsEntry.delta), 0)).where(
        PointsEntry.reason == "purchase", PointsEntry.source == f"order:{order.id}"
    )
    credit_buyer(work, order, order.paid_minor - order.points_minor, key, int(work.value(earned)))
    _count_on_its_day(work, order)
    if taken_along:
        goods_leave(work, order, key)
        order.done_at = work.now
        return
    order.ship_deadline = max(work.now, order.queued_until or work.now) + timedelta(
        hours=work.setting(SHIP_HOURS)
    )
    for reservation in held_goods(work, order.id):
        reservation.expires_at = None


def _count_on_its_day(work: Work, order: Order) -> None:
    """Add the money to the day it came on, unless that day already counts it."""
    day = shop_day(order.paid_at or work.now, work.zone)
    until = day_starts(day + timedelta(days=1), work.zone)
    same = (
        Order.till_id == order.till_id,
        Order.channel == order.channel,
        Order.order_type == order.order_type,
    )
    for column, mine, wanted in (
        (DailyTotal.amount_minor, order.paid_minor - order.points_minor, Tender.points == 0),
        (DailyTotal.points_minor, order.points_minor, Tender.points > 0),
    ):
        total = select(func.coalesce(func.sum(Tender.amount_minor), 0)).join(
            Order, Order.id == Tender.order_id
        )
        came = total.where(Tender.at >= day_starts(day, work.zone), Tender.at < until, wanted, *same)
        kept = select(func.coalesce(func.sum(column), 0)).where(
            DailyTotal.day == day, DailyTotal.carried.is_(False), DailyTotal.till_id == order.till_id,
            DailyTotal.channel == order.channel, DailyTotal.order_type == order.order_type,
        )  # fmt: skip
        missing = min(mine, int(work.value(came)) - int(work.value(kept)))
        if missing > 0:
            place = {"till_id": order.till_id, "channel": order.channel, "order_type": order.order_type}
            posting.add_to_daily(work, **place, day=day, **{column.key: missing})  # type: ignore[arg-type]


def mark_shipped(work: Work, finding: Finding) -> None:
    """The parcel has left: the step that was missed, and the goods with it unless they left already."""
    order = work.get(Order, finding.subject_id)
    left = select(Shipment).where(Shipment.order_id == order.id, Shipment.undone_at.is_(None))
    parcel = work.find(left.order_by(Shipment.id.desc()))
    assert parcel is not None
    order.step(SHIPPED)
    order.shipped_at = parcel.at
    if _out(work, order.id) > 0:
        _release(work, order)
        _say_shipped(work, order)
    else:
        keep_parts(work, parcel, goods_leave(work, order, f"repair:parcel:{parcel.id}"))


def free_goods(work: Work, finding: Finding) -> None:
    """Nothing is held for an order that is closed."""
    _release(work, work.get(Order, finding.subject_id))


def book_out(work: Work, finding: Finding) -> None:
    """The movement that was missed: what the order still holds leaves, else what its lines say."""
    order = work.get(Order, finding.subject_id)
    key = f"repair:out:{order.id}"
    if held_goods(work, order.id):
        goods_leave(work, order, key)
        return
    _say_shipped(work, order)
    statement = (
        select(OrderLine.sku_id, OrderLine.base_milli, OrderLine.cost_minor)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(
            OrderLine.order_id == order.id, Product.kind.not_in(NOT_STOCKED), OrderLine.refunded_milli == 0
        )
    )
    lines = work.rows(statement).all()
    wanted: dict[int, int] = {}
    for line in lines:
        wanted[line.sku_id] = wanted.get(line.sku_id, 0) + line.base_milli
    posting.step_stock(work, [StockStep("take", sku, qty) for sku, qty in wanted.items()], order.location_id)
    deltas = [(line.sku_id, -line.base_milli, line.cost_minor) for line in lines]
    posting.post_movements(work, order.location_id, "sale", f"order:{order.id}", key, deltas)


def _say_shipped(work: Work, order: Order) -> None:
    """The lines say what the parcel or the movements said already: nothing of them is here any more."""
    for line in lines_of(work, order.id):
        line.shipped_milli += line.open_milli
    work.flush()


def _out(work: Work, order_id: int) -> int:
    """How much has left for an order by its movements (thousandths)."""
    total = select(func.coalesce(-func.sum(StockMovement.delta_milli), 0))
    return int(
        work.value(total.where(StockMovement.source == f"order:{order_id}", StockMovement.reason == "sale"))
    )


def _release(work: Work, order: Order) -> None:
    """Close the order's reservations and free what the balances still hold for them."""
    held = held_goods(work, order.id)
    for step in stock_steps("free", held):
        here = (Reservation.sku_id == step.sku_id, Reservation.location_id == order.location_id)
        total = select(func.coalesce(func.sum(Reservation.qty_milli), 0)).where(
            *here, Reservation.state == "open"
        )
        kept = select(Stock.reserved_milli).where(
            Stock.sku_id == step.sku_id, Stock.location_id == order.location_id
        )
        of_others = int(work.value(total)) - step.qty_milli
        over = int(work.value(kept) or 0) - of_others
        if over == step.qty_milli:
            posting.step_stock(work, [step], order.location_id)
        elif over:
            raise Refused(N_("What these goods hold does not fit their orders. Check the books first."))
    for reservation in held:
        reservation.state = "released"
    work.flush()
