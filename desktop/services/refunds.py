"""Give lines of an order back: points as points pro rata, money by the routes it came, earned points taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.models.after_sales import RefundExtra
from desktop.models.members import Member
from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, Order, OrderEvent, OrderLine
from desktop.models.payments import Refund, RefundLine, RefundTender
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import Reservation
from desktop.queries.given_back import (
    besides_goods,
    claim_on,
    credit_of_line,
    held_by_line,
    left_of_order,
    split_now,
    worth_of,
)
from desktop.services import exchange_credit, posting
from desktop.services.approving import check_approved
from desktop.services.locations import back_to
from desktop.services.order_conditions import WANTED
from desktop.services.pay_limits import REFUND as REFUND_MONEY
from desktop.services.pay_limits import check_amount, tell_approval
from desktop.services.posting import PointsStep, StockStep
from desktop.services.refund_routes import money_back
from desktop.services.settlement import NOT_STOCKED
from desktop.shop.action import action
from desktop.shop.work import Work

MOST_SOURCES = 20  # orders whose money one exchanged line may hold


@dataclass(frozen=True, slots=True)
class Refunded:
    """What a refund gave back: money (minor units), points returned, earned points taken back."""

    refund_id: int
    money_minor: int
    points_returned: int
    points_taken_back: int

    def plus(self, more: Refunded) -> Refunded:
        """Together with what went back of another order."""
        return Refunded(
            self.refund_id,
            self.money_minor + more.money_minor,
            self.points_returned + more.points_returned,
            self.points_taken_back + more.points_taken_back,
        )


@action(permission=Permission.REFUND)
def refund_lines(
    work: Work,
    order_id: int,
    lines: Sequence[tuple[int, int]],
    reason: str,
    client_key: str,
    restock: bool = True,
    with_freight: bool = False,
    route: str = "",
    approval: int = 0,
) -> Refunded:
    """Refund (line id, quantity in thousandths) pairs of a paid order.

    `restock` puts goods that had left back on the shelf, `route` sends the money another way than it came.
    A retry with the same client key gets the first answer.
    Raises `Refused` for more than was sold, an unpaid order, an empty list, and where the shop wants it approved.
    """
    order = work.get(
        Order, order_id, lock=True
    )  # before looking for an answer: a second click waits for the first
    done = work.first(select(Refund.__table__).where(Refund.client_key == client_key))
    if done is not None:
        return _answer(work, done.id, client_key)
    before = order.refunded_minor
    back = grant(
        work, order, Wish(lines, reason, client_key, restock, with_freight, route=route, approval=approval)
    )
    check_approved(work, max(order.refunded_minor - before, back.money_minor))
    return back


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to go back of a paid order.

    `lines` are (line id, thousandths) pairs, `extras` (line id, minor units) without goods. A case names itself, so that
    what it asks for is not held against it; with `gone` only goods that had left count. `keep_minor` of the worth
    stays in the shop and pays for what is sent instead. `route` is another way for the money than it came by.
    """

    lines: Sequence[tuple[int, int]]
    reason: str
    client_key: str
    restock: bool = True
    with_freight: bool = False
    extras: Sequence[tuple[int, int]] = ()
    case_id: int = 0
    gone: bool = False
    keep_minor: int = 0
    route: str = ""
    approval: int = 0  # a manager's yes, for more than who acts may give back at once


def give_back(
    work: Work,
    order: Order,
    lines: Sequence[tuple[int, int]],
    reason: str,
    client_key: str,
    restock: bool,
    with_freight: bool,
    approval: int = 0,
) -> Refunded:
    """Give goods and their money back of an order that is already locked; also a part of cancelling a paid order."""
    return grant(work, order, Wish(lines, reason, client_key, restock, with_freight, approval=approval))


def grant(work: Work, order: Order, wish: Wish) -> Refunded:
    """The refund itself, for an order that is already locked."""
    if order.status not in (TO_SHIP, SHIPPED, DONE):
        raise Refused(N_("Only a paid order can be refunded."))
    if not wish.lines and not wish.extras and not wish.with_freight:
        raise Refused(N_("Choose what to give back."))
    left = left_of_order(work, order)
    wanted: dict[int, int] = {}
    for line_id, qty in wish.lines:
        wanted[line_id] = wanted.get(line_id, 0) + qty if qty > 0 else qty
    parts = [_line_part(work, order, wish, line_id, qty) for line_id, qty in sorted(wanted.items())]
    parts += [_extra_part(work, order, wish, line_id, amount) for line_id, amount in wish.extras]
    own = sum(part["amount_minor"] - part["credit"] for part in parts)
    work.flush()
    own = min(own + besides_goods(work, order, wish.with_freight), left)
    elsewhere: exchange_credit.Parts = {}
    for part in parts:
        for source, amount in exchange_credit.draw(work, part["line_id"], part["credit"]).items():
            elsewhere[source] = elsewhere.get(source, 0) + amount
    back = own + sum(elsewhere.values()) - wish.keep_minor
    if back < 0:
        raise Refused(N_("The goods that came back are worth less than that. Look at the amounts again."))
    at_once, kept = exchange_credit.take_first(elsewhere, back - min(own, back))
    if wish.keep_minor:
        exchange_credit.keep(work, wish.case_id, [(order.id, own - min(own, back)), *kept.items()])
    refunded = _pay_back(work, order, min(own, back), wish, wish.client_key)
    _write_lines(work, refunded.refund_id, parts)
    _goods_back(work, order, parts, f"refund:{refunded.refund_id}", wish.client_key, wish.restock)
    _close(work, order)
    for number, (source, amount) in enumerate(at_once.items()):
        other = work.get(Order, source, lock=True)
        more = _pay_back(work, other, amount, wish, f"{wish.client_key}:x{number}")
        refunded = refunded.plus(more)
    check_amount(work, REFUND_MONEY, refunded.money_minor, wish.approval)
    tell_approval(work, order.id, wish.approval)
    _tell(work, (order.id, *at_once), wish.reason)
    return refunded


def give_credit_back(work: Work, order: Order, reason: str, approval: int = 0) -> None:
    """A cancelled order gives back what an exchange had paid of it, from where that money lies; limits hold for it, too."""
    lines = work.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id))
    found: exchange_credit.Parts = {}
    for line_id in lines.all():
        for source, amount in exchange_credit.draw(work, line_id, credit_of_line(work, line_id)[1]).items():
            found[source] = found.get(source, 0) + amount
    if found:
        work.require(Permission.REFUND)
    money = 0
    for source, amount in found.items():
        key = f"order:{order.id}:credit:{source}"
        back = _pay_back(work, work.get(Order, source, lock=True), amount, Wish((), reason, key, False), key)
        money += back.money_minor
    check_amount(work, REFUND_MONEY, money, approval)
    tell_approval(work, order.id, approval)
    _tell(work, tuple(found), reason)


def _tell(work: Work, order_ids: Sequence[int], reason: str) -> None:
    """A refund on the timeline of each order whose money went back."""
    event = {"kind": "refunded", "note": reason, "actor": work.actor.key, "at": work.now}
    work.post(OrderEvent, [{**event, "order_id": order_id} for order_id in order_ids])


def _pay_back(work: Work, order: Order, amount: int, wish: Wish, key: str) -> Refunded:
    """An amount of an order's own money goes back: money by the routes it came, points as points."""
    split = split_now(work, order, amount)
    back = _at_hand(work, order, split.taken_back, split.points)
    row = {
        "order_id": order.id, "amount_minor": amount, "points_returned": split.points, "points_taken_back": back,
        "reason": wish.reason, "restock": wish.restock, "client_key": key, "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
    refund_id = work.post(Refund, [row], ids=True)[0]
    money_back(work, order, refund_id, split, wish.route)
    _member_back(work, order, refund_id, (split.money_minor, split.points, back), key)
    order.refunded_minor += amount
    work.touch("sale_order", order.id)
    posting.add_to_daily(
        work, till_id=order.till_id, channel=order.channel, order_type=order.order_type, refunds_minor=split.money_minor,
    )  # fmt: skip
    work.flush()
    return Refunded(refund_id, split.money_minor, split.points, back)


def _write_lines(work: Work, refund_id: int, parts: Sequence[dict[str, Any]]) -> None:
    rows = [
        {k: part[k] for k in ("line_id", "qty_milli", "amount_minor")} | {"refund_id": refund_id}
        for part in parts
    ]
    for row in rows:  # what an exchange paid of a line is no money of this order
        row["amount_minor"] -= next(p["credit"] for p in parts if p["line_id"] == row["line_id"])
    work.post(RefundLine, [row for row in rows if row["qty_milli"]])
    extras = [{k: row[k] for k in ("refund_id", "line_id", "amount_minor")} for row in rows]
    work.post(
        RefundExtra,
        [e for e, row in zip(extras, rows, strict=True) if not row["qty_milli"] and e["amount_minor"]],
    )


def _line_part(work: Work, order: Order, wish: Wish, line_id: int, qty: int) -> dict[str, Any]:
    line = _line(work, order, line_id)
    left = line.qty_milli - line.refunded_milli
    if wish.gone:
        left = min(left, line.shipped_milli - (line.refunded_milli - line.freed_milli))
    if qty <= 0 or qty > left:
        raise Refused(N_("No more of “{name}” can be given back than was sold."), name=line.name)
    if qty > left - claim_on(work, line_id, wish.case_id).qty_milli:
        raise Refused(
            N_("An open after-sales case asks for “{name}” already. Settle or withdraw it first."),
            name=line.name,
        )
    worth = worth_of(work, line, qty)
    # what has not left goes back first
    freed = min(qty, line.open_milli) if order.status == TO_SHIP and not wish.gone else 0
    base_free = line.base_of(line.shipped_milli + line.freed_milli, freed)
    base = line.base_of(line.refunded_milli - line.freed_milli, qty - freed)
    line.refunded_milli += qty
    line.freed_milli += freed
    return {
        "line_id": line_id,
        "qty_milli": qty,
        "amount_minor": worth.total_minor,
        "credit": worth.credit_minor,
        "sku_id": line.sku_id,
        "base_free": base_free,
        "base": base,
        "cost": line.cost_minor,
    }


def _extra_part(work: Work, order: Order, wish: Wish, line_id: int, amount: int) -> dict[str, Any]:
    """Money for a line without goods: of its own first, then of what an exchange paid of it."""
    line = _line(work, order, line_id)
    held, claim = held_by_line(work, line), claim_on(work, line_id, wish.case_id)
    asked = claim.amount_minor + (worth_of(work, line, claim.qty_milli).total_minor if claim.qty_milli else 0)
    if amount <= 0 or amount > held.total_minor - asked:
        left = Money(max(0, held.total_minor - asked), order.currency)
        raise Refused(
            N_("Only {left} of “{name}” can still be given back. Lower the amount."),
            left=str(left), name=line.name,
        )  # fmt: skip
    part = {"line_id": line_id, "qty_milli": 0, "amount_minor": amount, "sku_id": line.sku_id}
    return {
        **part,
        "credit": max(0, amount - held.own_minor),
        "base_free": 0,
        "base": 0,
        "cost": line.cost_minor,
    }


def _line(work: Work, order: Order, line_id: int) -> OrderLine:
    line = work.get(OrderLine, line_id, lock=True)
    if line.order_id != order.id:
        raise Refused(N_("That line belongs to another order."))
    return line


def _at_hand(work: Work, order: Order, wanted: int, returned: int) -> int:
    """How many earned points can be taken back: never more than the member has."""
    if not wanted or order.member_id is None:
        return 0
    have = work.value(select(Member.points).where(Member.id == order.member_id))
    return min(wanted, int(have) + returned)


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
    held = [part for part in stocked if part["base_free"] and _free(work, part)]
    posting.step_stock(work, _steps("free", held, "base_free"), order.location_id)
    gone = [part for part in stocked if part["base"]]
    if restock and gone:
        place = back_to(work, order.location_id)
        posting.step_stock(work, _steps("put", gone, "base"), place)
        deltas = [(part["sku_id"], part["base"], part["cost"]) for part in gone]
        posting.post_movements(work, place, "refund", source, key, deltas)


def _steps(kind: str, parts: Sequence[dict[str, Any]], base: str) -> list[StockStep]:
    wanted: dict[int, int] = {}
    for part in parts:
        wanted[part["sku_id"]] = wanted.get(part["sku_id"], 0) + part[base]
    return [StockStep(kind, sku, qty) for sku, qty in wanted.items()]


def _free(work: Work, part: dict[str, Any]) -> bool:
    """Shorten what a line holds; False when that was only wished for and nothing in stock is to be freed."""
    mine = select(Reservation).where(
        Reservation.line_id == part["line_id"], Reservation.state.in_(("open", WANTED))
    )
    held = work.find(mine.order_by(Reservation.state))
    if held is None:
        raise Refused(N_("These goods are no longer held for the order. Refresh and look again."))
    if held.qty_milli > part["base_free"]:
        held.qty_milli -= part["base_free"]
        return held.state != WANTED
    wished, held.state = held.state == WANTED, "released"
    return not wished


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


def _close(work: Work, order: Order) -> None:
    """Nothing left to ship and all of the money back: cancelled. Nothing left to ship, a part had left: shipped."""
    if order.status != TO_SHIP or _something_open(work, order.id):
        return
    if order.part_shipped:
        order.step(SHIPPED)
    elif left_of_order(work, order) == 0:
        order.step(CANCELLED)


def _something_open(work: Work, order_id: int) -> bool:
    left = OrderLine.qty_milli > OrderLine.shipped_milli + OrderLine.freed_milli
    return work.value(select(OrderLine.id).where(OrderLine.order_id == order_id, left).limit(1)) is not None


def _answer(work: Work, refund_id: int, client_key: str) -> Refunded:
    """What a refund that was made gave back, with its parts that lay with other orders."""
    keys = [client_key, *(f"{client_key}:x{number}" for number in range(MOST_SOURCES))]
    rows = work.rows(select(Refund.__table__).where(Refund.client_key.in_(keys))).all()
    statement = select(func.coalesce(func.sum(RefundTender.amount_minor), 0))
    mine = RefundTender.refund_id.in_([row.id for row in rows])
    money = work.value(statement.where(mine, RefundTender.points == 0))
    returned, taken = sum(r.points_returned for r in rows), sum(r.points_taken_back for r in rows)
    return Refunded(refund_id, int(money), returned, taken)
