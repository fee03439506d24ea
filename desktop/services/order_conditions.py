"""O1 and O2: what an order of a type must fulfil before it is made; every condition is a switch in the settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from desktop.basics.errors import OutOfStock, Refused
from desktop.basics.i18n import N_, _
from desktop.basics.money import Money, quantity_text
from desktop.models.members import Member
from desktop.models.order_terms import APPROVERS, CREDIT_LIMIT, OWNERS, TERMS
from desktop.models.orders import ORDER_TYPES, UNPAID, Order
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.settings import PAY_MINUTES, TRADE_PAY_HOURS
from desktop.models.stock import Reservation, Stock
from desktop.pricing.cart import CartLine, Offer
from desktop.queries.lasting import short_lived
from desktop.queries.offers import Buyer, read_buyer
from desktop.services import posting
from desktop.services.posting import StockStep
from desktop.shop.work import Read, Work

WANTED = "wanted"  # a reservation of goods that were not here; held when they leave


def check_who(work: Work, order_type: str) -> None:
    """Raises `NotAllowed` for somebody who may not create orders of this type."""
    who = work.setting(TERMS[order_type].who)
    if who == APPROVERS:
        work.require(Permission.APPROVE)
    elif who == OWNERS:
        work.require(Permission.SETTINGS)


def check_buyer(work: Work, member_id: int | None, order_type: str) -> Buyer | None:
    """The member behind an order of this type. Raises `Refused`: none where one is needed, or one not trusted enough."""
    terms, word = TERMS[order_type], _(ORDER_TYPES[order_type].words)
    buyer = read_buyer(work, member_id)
    if member_id is not None and buyer is None:
        raise Refused(
            N_("This member’s account is closed. Choose another member or none."), next_step="choose_member"
        )
    if buyer is None:
        if work.setting(terms.need_member) or work.setting(terms.credit):
            raise Refused(
                N_("An order of the type {type} needs a member."), next_step="choose_member", type=word
            )
        return None
    needed = work.setting(terms.score)
    score = int(work.value(select(Member.credit_score).where(Member.id == buyer.member_id)))
    if score < needed:
        raise Refused(
            N_("{name} has a credit score of {score}; {type} needs {needed}. Choose another type or raise the score."),
            next_step="choose_type", name=buyer.name, score=score, needed=needed, type=word,
        )  # fmt: skip
    return buyer


def check_credit(
    work: Work, buyer: Buyer | None, order_type: str, total_minor: int, order_id: int = 0
) -> None:
    """Raises `Refused` when the member's unpaid orders and this one together pass the limit.

    The member's row is locked first, so that two tills can't both use the same rest.
    """
    if buyer is None or not work.setting(TERMS[order_type].credit):
        return
    member = work.get(Member, buyer.member_id, lock=True)
    owed = select(func.coalesce(func.sum(Order.total_minor), 0)).where(
        Order.member_id == member.id, Order.status == UNPAID, Order.id != order_id
    )
    open_minor = int(work.value(owed))
    limit = work.setting(CREDIT_LIMIT) if member.credit_minor is None else member.credit_minor
    if open_minor + total_minor > limit:
        amounts = {"open": open_minor, "new": total_minor, "limit": limit}
        raise Refused(
            N_("{name} owes {open}; with {new} more the limit of {limit} is passed. Take payment first."),
            next_step="unpaid_orders", name=buyer.name,
            **{key: str(Money(minor, work.currency)) for key, minor in amounts.items()},
        )  # fmt: skip


def check_minimum(
    work: Work, lines: Sequence[CartLine], offers: dict[tuple[int, str], Offer], order_type: str
) -> None:
    """The type's own minimum, and that of its price list for each of the goods."""
    least = max(work.setting(TERMS[order_type].minimum), ORDER_TYPES[order_type].minimum_milli)
    if sum(line.qty_milli for line in lines) < least:
        raise Refused(
            N_("This type of order starts at {least} pieces."), next_step="change_quantity",
            least=quantity_text(least),
        )  # fmt: skip
    own_list = price_type(work, order_type)
    for line in lines:
        offer = offers.get((line.sku_id, line.unit))
        own = [p.min_qty_milli for p in offer.prices if p.list_key == own_list] if offer else []
        if offer and own and line.qty_milli < min(own):
            raise Refused(
                N_("“{name}” is sold from {least} {unit} on in this type of order."), next_step="change_quantity",
                name=offer.name, least=quantity_text(min(own)), unit=offer.unit_name,
            )  # fmt: skip


def price_type(read: Read, order_type: str) -> str:
    """Whose price lists an order of this type uses."""
    return read.setting(TERMS[order_type].prices)


def pay_within(work: Work, order_type: str) -> timedelta:
    """How long an order of this type may wait for its money."""
    own = work.setting(TERMS[order_type].pay_hours)
    if own:
        return timedelta(hours=own)
    if order_type == "retail":
        return timedelta(minutes=work.setting(PAY_MINUTES))
    return timedelta(hours=work.setting(TRADE_PAY_HOURS))


# Goods that are not here, for types that do not need them to be.


def put_on_wish(work: Work, held: Sequence[Reservation], location_id: int, day: date) -> list[Reservation]:
    """Of what is to be held, what is not here, or expires before this day, is only wished for; returns the rest."""
    skus = {reservation.sku_id for reservation in held}
    free = Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
    rows = work.rows(
        select(Stock.sku_id, free.label("free")).where(
            Stock.sku_id.in_(skus), Stock.location_id == location_id
        )
    )
    short = short_lived(work, skus, location_id, day)
    left = {row.sku_id: int(row.free) - short.get(row.sku_id, 0) for row in rows}
    here = []
    for reservation in held:
        if left.get(reservation.sku_id, 0) >= reservation.qty_milli:
            left[reservation.sku_id] -= reservation.qty_milli
            here.append(reservation)
        else:
            reservation.state = WANTED
    return here


def check_lasting(work: Work, steps: Sequence[StockStep], location_id: int, day: date) -> None:
    """What was just held must be covered by pieces that last until this day. Raises `OutOfStock`."""
    short = short_lived(work, [step.sku_id for step in steps], location_id, day) if steps else {}
    if not short:
        return
    free = Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
    here = select(Stock.sku_id, free.label("free")).where(
        Stock.sku_id.in_(short), Stock.location_id == location_id
    )
    missing = {row.sku_id: short[row.sku_id] - row.free for row in work.rows(here)}
    held: dict[int, int] = {}
    for step in steps:
        held[step.sku_id] = held.get(step.sku_id, 0) + step.qty_milli
    for sku_id, milli in sorted(missing.items()):
        if milli > 0:
            name = work.value(
                select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == sku_id)
            )
            raise OutOfStock(
                N_("Only {left} of “{name}” last until the order leaves on {day}, {wanted} are wanted. Take fewer, or fresh goods."),
                next_step="change_quantity", name=name or "?", day=f"{day:%Y-%m-%d}",
                left=quantity_text(max(held[sku_id] - milli, 0)), wanted=quantity_text(held[sku_id]),
            )  # fmt: skip


def wishes_of(work: Work, order_id: int) -> list[Reservation]:
    """What an order waits for."""
    statement = select(Reservation).where(Reservation.order_id == order_id, Reservation.state == WANTED)
    return list(work.session.scalars(statement.order_by(Reservation.id).with_for_update()))


def hold_wishes(work: Work, order: Order, line_ids: set[int]) -> None:
    """What these lines waited for is held now. Raises `OutOfStock` when it still is not here."""
    found = [wish for wish in wishes_of(work, order.id) if wish.line_id in line_ids]
    wanted: dict[int, int] = {}
    for wish in found:
        wanted[wish.sku_id] = wanted.get(wish.sku_id, 0) + wish.qty_milli
        wish.state = "open"
    work.flush()
    posting.step_stock(work, [StockStep("hold", sku, qty) for sku, qty in wanted.items()], order.location_id)
