"""Give lines of an order back: points as points pro rata, money by the routes it came, earned points taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, Order, OrderEvent, OrderLine
from desktop.models.payments import Refund, RefundLine, RefundTender, Tender
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import Reservation
from desktop.pricing.refund import Paid, line_refund, split_refund
from desktop.queries.given_back import read_given, read_given_of_line
from desktop.services import posting
from desktop.services.posting import PointsStep, StockStep
from desktop.services.settlement import NOT_STOCKED
from desktop.shop.action import action
from desktop.shop.work import Work

ROUTE_ORDER = (
    "wechat",
    "alipay",
    "unionpay",
    "card",
    "other",
    "cash",
)  # wallets first: they cost the shop a fee


@dataclass(frozen=True, slots=True)
class Refunded:
    """What a refund gave back: money (minor units), points returned, earned points taken back."""

    refund_id: int
    money_minor: int
    points_returned: int
    points_taken_back: int


@action(permission=Permission.REFUND)
def refund_lines(
    work: Work,
    order_id: int,
    lines: Sequence[tuple[int, int]],
    reason: str,
    client_key: str,
    restock: bool = True,
    with_freight: bool = False,
) -> Refunded:
    """Refund (line id, quantity in thousandths) pairs of a paid order.

    `restock` puts goods that had left back on the shelf. A retry with the same client key gets the first answer.
    Raises `Refused` for more than was sold, an unpaid order or an empty list.
    """
    order = work.get(
        Order, order_id, lock=True
    )  # before looking for an answer: a second click waits for the first
    done = work.first(select(Refund.__table__).where(Refund.client_key == client_key))
    if done is not None:
        return _answer(work, done.id)
    return give_back(work, order, lines, reason, client_key, restock, with_freight)


def give_back(
    work: Work,
    order: Order,
    lines: Sequence[tuple[int, int]],
    reason: str,
    client_key: str,
    restock: bool,
    with_freight: bool,
) -> Refunded:
    """The refund itself, for an order that is already locked; also a part of cancelling a paid order."""
    if order.status not in (TO_SHIP, SHIPPED, DONE):
        raise Refused(N_("Only a paid order can be refunded."))
    if not lines and not with_freight:
        raise Refused(N_("Choose what to give back."))
    parts = [_line_part(work, order, line_id, qty) for line_id, qty in sorted(lines)]
    amount = sum(part["amount_minor"] for part in parts) + (
        order.freight_minor + order.rounding_minor if with_freight else 0
    )
    amount = min(amount, order.paid_minor - order.refunded_minor)
    paid = Paid(order.paid_minor, order.points_minor, order.points_spent, order.points_earned)
    split = split_refund(paid, read_given(work, order.id), amount)
    money, value, points = split.money_minor, split.value_minor, split.points
    back = _at_hand(work, order, split.taken_back, points)
    row = {
        "order_id": order.id, "amount_minor": amount, "points_returned": points, "points_taken_back": back,
        "reason": reason, "restock": restock, "client_key": client_key, "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
    refund_id = work.post(Refund, [row], ids=True)[0]
    work.post(
        RefundLine,
        [
            {k: part[k] for k in ("line_id", "qty_milli", "amount_minor")} | {"refund_id": refund_id}
            for part in parts
        ],
    )
    _money_back(work, order, refund_id, money, value, points)
    _goods_back(work, order, parts, f"refund:{refund_id}", client_key, restock)
    _member_back(work, order, refund_id, (money, points, back), client_key)
    _close(work, order, amount, money, reason)
    return Refunded(refund_id, money, points, back)


def _line_part(work: Work, order: Order, line_id: int, qty: int) -> dict[str, Any]:
    line = work.get(OrderLine, line_id, lock=True)
    if line.order_id != order.id:
        raise Refused(N_("That line belongs to another order."))
    left = line.qty_milli - line.refunded_milli
    if qty <= 0 or qty > left:
        raise Refused(N_("No more of “{name}” can be given back than was sold."), name=line.name)
    given = read_given_of_line(work, line_id)
    amount = line_refund(line.total_minor, line.qty_milli, line.refunded_milli, given, qty)
    freed = min(qty, line.open_milli) if order.status == TO_SHIP else 0  # what has not left goes back first
    base_free = line.base_of(line.shipped_milli + line.freed_milli, freed)
    base = line.base_of(line.refunded_milli - line.freed_milli, qty - freed)
    line.refunded_milli += qty
    line.freed_milli += freed
    return {
        "line_id": line_id,
        "qty_milli": qty,
        "amount_minor": amount,
        "sku_id": line.sku_id,
        "base_free": base_free,
        "base": base,
        "cost": line.cost_minor,
    }


def _at_hand(work: Work, order: Order, wanted: int, returned: int) -> int:
    """How many earned points can be taken back: never more than the member has."""
    if not wanted or order.member_id is None:
        return 0
    have = work.value(select(Member.points).where(Member.id == order.member_id))
    return min(wanted, int(have) + returned)


def _money_back(work: Work, order: Order, refund_id: int, money: int, value: int, points: int) -> None:
    given = (
        select(RefundTender.tender_id, func.sum(RefundTender.amount_minor).label("given"))
        .group_by(RefundTender.tender_id)
        .subquery()
    )
    statement = (
        select(
            Tender.id, Tender.method_key, Tender.amount_minor, func.coalesce(given.c.given, 0).label("given")
        )
        .join(given, given.c.tender_id == Tender.id, isouter=True)
        .where(Tender.order_id == order.id)
    )
    rows = []
    tenders = work.rows(statement).all()
    for tender in sorted(
        (t for t in tenders if t.method_key != "points"), key=lambda t: ROUTE_ORDER.index(t.method_key)
    ):
        part = min(money, tender.amount_minor - int(tender.given))
        if part > 0:
            money -= part
            rows.append({"tender_id": tender.id, "amount_minor": part, "points": 0})
    if money:
        raise Refused(N_("More money would go back than was taken. Nothing was changed."))
    for tender in (t for t in tenders if t.method_key == "points" and value):
        rows.append({"tender_id": tender.id, "amount_minor": value, "points": points})
    work.post(RefundTender, [{"refund_id": refund_id, "at": work.now, **row} for row in rows])


def _goods_back(
    work: Work, order: Order, parts: Sequence[dict[str, Any]], source: str, key: str, restock: bool
) -> None:
    kinds = {
        row.id: row.kind
        for row in work.rows(
            select(Sku.id, Product.kind)
            .join(Product, Product.id == Sku.product_id)
            .where(Sku.id.in_([p["sku_id"] for p in parts]))
        )
    }
    stocked = [part for part in parts if kinds[part["sku_id"]] not in NOT_STOCKED]
    held = [part for part in stocked if part["base_free"]]
    for part in held:
        _free(work, part)
    posting.step_stock(work, _steps("free", held, "base_free"), order.location_id)
    gone = [part for part in stocked if part["base"]]
    if restock and gone:
        posting.step_stock(work, _steps("put", gone, "base"), order.location_id)
        deltas = [(part["sku_id"], part["base"], part["cost"]) for part in gone]
        posting.post_movements(work, order.location_id, "refund", source, key, deltas)


def _steps(kind: str, parts: Sequence[dict[str, Any]], base: str) -> list[StockStep]:
    wanted: dict[int, int] = {}
    for part in parts:
        wanted[part["sku_id"]] = wanted.get(part["sku_id"], 0) + part[base]
    return [StockStep(kind, sku, qty) for sku, qty in wanted.items()]


def _free(work: Work, part: dict[str, Any]) -> None:
    held = work.find(
        select(Reservation).where(Reservation.line_id == part["line_id"], Reservation.state == "open")
    )
    if held is None:
        raise Refused(N_("These goods are no longer held for the order. Refresh and look again."))
    if held.qty_milli > part["base_free"]:
        held.qty_milli -= part["base_free"]
    else:
        held.state = "released"


def _member_back(work: Work, order: Order, refund_id: int, parts: tuple[int, int, int], key: str) -> None:
    if order.member_id is None:
        return
    money, points, back = parts
    work.rows(
        update(Member).where(Member.id == order.member_id).values(spent_minor=Member.spent_minor - money)
    )
    work.touch("member", order.member_id)
    source = f"refund:{refund_id}"
    steps = []
    if points:
        steps.append(PointsStep(points, "refund returned", source, f"{key}:pr"))
    if back:
        steps.append(PointsStep(-back, "refund taken back", source, f"{key}:pb"))
    for step in steps:  # one by one: what comes back may be needed for what is taken
        posting.post_points(work, order.member_id, [step])


def _close(work: Work, order: Order, amount: int, money: int, reason: str) -> None:
    order.refunded_minor += amount
    if order.status == TO_SHIP and order.refunded_minor == order.paid_minor:
        order.step(CANCELLED)
    elif order.part_shipped and not _something_open(work, order.id):
        order.step(SHIPPED)  # the rest was given back: what had left is all there is
    work.post(
        OrderEvent,
        [{"order_id": order.id, "kind": "refunded", "note": reason, "actor": work.actor.key, "at": work.now}],
    )
    work.touch("sale_order", order.id)
    posting.add_to_daily(
        work, till_id=order.till_id, channel=order.channel, order_type=order.order_type, refunds_minor=money
    )


def _something_open(work: Work, order_id: int) -> bool:
    left = OrderLine.qty_milli > OrderLine.shipped_milli + OrderLine.freed_milli
    return work.value(select(OrderLine.id).where(OrderLine.order_id == order_id, left).limit(1)) is not None


def _answer(work: Work, refund_id: int) -> Refunded:
    row = work.get(Refund, refund_id)
    statement = select(func.coalesce(func.sum(RefundTender.amount_minor), 0))
    money = work.value(statement.where(RefundTender.refund_id == refund_id, RefundTender.points == 0))
    return Refunded(refund_id, int(money), row.points_returned, row.points_taken_back)
