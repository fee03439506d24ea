"""A case is settled: money and points go back, an exchange writes its new order, a lost parcel is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money, allocate
from desktop.models.after_sales import (
    CLOSED,
    EXCHANGE,
    KINDS,
    RESHIP,
    SETTLED,
    AfterSale,
    AfterSaleGoods,
    AfterSaleLine,
    check_step,
)
from desktop.models.notices import EMAIL, PORTAL
from desktop.models.orders import RESHIP as SENT_AGAIN
from desktop.models.orders import Order, OrderLine
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.pricing.cart import CartLine
from desktop.queries.exchange_bill import bill_for, reckon
from desktop.services import once, posting
from desktop.services.after_sale_steps import lines_of_case, lock_case, move, tell_order
from desktop.services.exchange_order import write_exchange_order
from desktop.services.leaving import Part
from desktop.services.notices import Wanted, post_notice
from desktop.services.parcel_rows import add_parcel, keep_parts
from desktop.services.posting import StockStep
from desktop.services.refunds import Refunded, Wish, grant
from desktop.services.settlement import NOT_STOCKED
from desktop.shop.action import action
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class Settling:
    """How a case is settled: what an exchange sends (None: as planned), the difference the person saw, the parcel.

    `route` is another way for the money than it came by, `approval` a manager's yes to more than who acts may give back; that one
    is no part of what a retry is known by.
    """

    goods: tuple[CartLine, ...] | None = None
    difference_minor: int | None = None
    tracking: str = ""
    carrier: str = ""
    carrier_id: int | None = None
    route: str = ""
    approval: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: money (minor units) and points that went back, the new order, what is to be collected for it."""

    money_minor: int = 0
    points_returned: int = 0
    points_taken_back: int = 0
    replacement_id: int = 0
    replacement_code: str = ""
    collect_minor: int = 0
    shipment_id: int = 0


@action(permission=Permission.REFUND)
def settle_case(work: Work, case_id: int, client_key: str, how: Settling = Settling()) -> Outcome:  # noqa: B008
    """Do what the case is for, once; a retry with the same key gets the first answer.

    Raises `Refused` before it is approved or its goods are here and above the person's amount, `OutOfStock` for goods
    to be sent that are gone, `Changed` when an exchange comes to another difference than the person saw.
    """
    case, order = lock_case(work, case_id)
    given = once.claim(work, client_key, [case_id, repr(how)])
    if given is not None:
        return Outcome(**given)
    check_step(case.state, SETTLED)
    rows = lines_of_case(work, case)
    if case.kind == EXCHANGE:
        outcome = _exchange(work, case, order, rows, client_key, how)
    elif case.kind == RESHIP:
        outcome = _send_again(work, case, order, rows, client_key, how)
    else:
        outcome = _refund(work, case, order, rows, client_key, how)
    move(work, case, SETTLED)
    if not KINDS[case.kind].followed:
        move(work, case, CLOSED)
    tell_order(work, case)
    once.keep(work, client_key, asdict(outcome))
    return outcome


def _counted(case: AfterSale, rows: Sequence[tuple[AfterSaleLine, OrderLine]]) -> list[tuple[OrderLine, int]]:
    """How much of each line the case gives back: what arrived, or what was asked where nothing has to."""
    pairs = [
        (line, asked.received_milli if KINDS[case.kind].goods else asked.qty_milli) for asked, line in rows
    ]
    return [(line, qty) for line, qty in pairs if qty]


def _wish(
    case: AfterSale, rows: Sequence[tuple[AfterSaleLine, OrderLine]], client_key: str, how: Settling
) -> Wish:
    returned = _counted(case, rows)
    return Wish(
        lines=tuple((line.id, qty) for line, qty in returned),
        extras=tuple((asked.line_id, asked.amount_minor) for asked, _line in rows if asked.amount_minor),
        reason=f"{case.code} {case.reason}",
        client_key=client_key,
        restock=False,  # what came back is on its shelf since it arrived
        with_freight=case.with_freight,
        case_id=case.id,
        gone=KINDS[case.kind].goods,
        route=how.route,
        approval=how.approval,
    )


def _refund(
    work: Work,
    case: AfterSale,
    order: Order,
    rows: Sequence[tuple[AfterSaleLine, OrderLine]],
    key: str,
    how: Settling,
) -> Outcome:
    refunded = grant(work, order, _wish(case, rows, key, how))
    case.refund_id = refunded.refund_id
    return _outcome(refunded)


def _outcome(refunded: Refunded) -> Outcome:
    return Outcome(refunded.money_minor, refunded.points_returned, refunded.points_taken_back)


def _exchange(
    work: Work,
    case: AfterSale,
    order: Order,
    rows: Sequence[tuple[AfterSaleLine, OrderLine]],
    key: str,
    how: Settling,
) -> Outcome:
    returned = _counted(case, rows)
    goods = how.goods if how.goods is not None else planned_goods(work, case, rows)
    if not goods:
        raise Refused(N_("Choose what is sent instead."))
    bill = bill_for(work, order, goods)
    sums = reckon(work, returned, bill)
    if how.difference_minor is not None and how.difference_minor != sums.difference_minor:
        raise Changed(
            N_("The difference is {amount} now: a price changed. Look again, then settle."),
            next_step="look_again", amount=str(Money(sums.difference_minor, order.currency)),
        )  # fmt: skip
    wish = replace(_wish(case, rows, key, how), keep_minor=sums.keep_minor, with_freight=False)
    refunded = grant(work, order, wish)
    made = write_exchange_order(work, order, case.code, goods, sums.discount_minor, f"{key}:new")
    _credit(work, case, made.order_id, goods, sums.keep_minor, [line.total_minor for line in bill.lines])
    case.refund_id, case.replacement_id = refunded.refund_id, made.order_id
    case.difference_minor = sums.difference_minor
    collect = max(0, sums.difference_minor)
    _tell_member(work, case, order, made.short_code, sums.difference_minor)
    outcome = _outcome(refunded)
    return replace(
        outcome, replacement_id=made.order_id, replacement_code=made.short_code, collect_minor=collect
    )


def planned_goods(
    work: Work, case: AfterSale, rows: Sequence[tuple[AfterSaleLine, OrderLine]]
) -> tuple[CartLine, ...]:
    """What was planned to be sent; when nothing was, the same again as came back."""
    found = select(AfterSaleGoods).where(AfterSaleGoods.case_id == case.id).order_by(AfterSaleGoods.id)
    planned = tuple(CartLine(row.sku_id, row.unit, row.qty_milli) for row in work.session.scalars(found))
    return planned or tuple(CartLine(line.sku_id, line.unit, qty) for line, qty in _counted(case, rows))


def _credit(
    work: Work, case: AfterSale, order_id: int, goods: Sequence[CartLine], keep: int, prices: Sequence[int]
) -> None:
    """Write down which line of the new order how much of what came back paid."""
    for row in work.session.scalars(select(AfterSaleGoods).where(AfterSaleGoods.case_id == case.id)):
        work.remove(row)
    lines = work.rows(select(OrderLine.id).where(OrderLine.order_id == order_id).order_by(OrderLine.id))
    shares = allocate(keep, list(prices) if any(prices) else [1] * len(prices))
    work.post(AfterSaleGoods, [
        {
            "case_id": case.id, "sku_id": line.sku_id, "unit": line.unit, "qty_milli": line.qty_milli,
            "line_id": row.id, "credit_minor": share, "spent_minor": 0,
        }
        for line, row, share in zip(goods, lines, shares, strict=True)
    ])  # fmt: skip


def _tell_member(work: Work, case: AfterSale, order: Order, number: str, difference: int) -> None:
    if order.member_id is None:
        return
    template = "exchange_to_pay" if difference > 0 else "exchange_made"
    fields: dict[str, str | int | Money | datetime] = {
        "number": order.short_code,
        "replacement": number,
        "amount": Money(abs(difference), order.currency),
    }
    post_notice(work, Wanted(
        key=f"aftersale:{case.id}:exchange", template=template, receivers=(f"member:{order.member_id}",),
        channels=(PORTAL, EMAIL), fields=fields, subject=f"order:{case.replacement_id}",
    ))  # fmt: skip


def _send_again(
    work: Work,
    case: AfterSale,
    order: Order,
    rows: Sequence[tuple[AfterSaleLine, OrderLine]],
    key: str,
    how: Settling,
) -> Outcome:
    """A parcel with the same goods for nothing: they leave the shelf, the order's own quantities stay."""
    kinds = select(Sku.id, Product.kind).join(Product, Product.id == Sku.product_id)
    skus = [line.sku_id for _asked, line in rows]
    kind_of = {row.id: row.kind for row in work.rows(kinds.where(Sku.id.in_(skus)))}
    parcel = add_parcel(work, order, how.tracking, how.carrier, how.carrier_id, SENT_AGAIN)
    keep_parts(work, parcel, [
        Part(line.id, line.sku_id, asked.qty_milli, line.base_of(0, asked.qty_milli)) for asked, line in rows
    ])  # fmt: skip
    moved = [
        (line.sku_id, line.base_of(0, asked.qty_milli), line.cost_minor)
        for asked, line in rows
        if kind_of[line.sku_id] not in NOT_STOCKED
    ]
    sums: dict[int, int] = {}
    for sku, qty, _cost in moved:
        sums[sku] = sums.get(sku, 0) + qty
    posting.step_stock(work, [StockStep("take", sku, qty) for sku, qty in sums.items()], order.location_id)
    deltas = [(sku, -qty, cost) for sku, qty, cost in moved]
    posting.post_movements(
        work, order.location_id, "reship", f"aftersale:{case.id}", f"{key}:s", deltas, case.code
    )
    case.shipment_id = parcel.id
    return Outcome(shipment_id=parcel.id)
