"""A missed step made up for leaves the same order as if nobody had missed it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.basics.ids import new_key
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.stock import Reservation, Stock
from desktop.models.system import DailyTotal
from desktop.queries.order_check import check_orders_and_points
from desktop.queries.verify import verify
from desktop.services.repairs import Repaired, repair_order
from desktop.shop.shop import Shop
from tests.helpers.back_office import daily, pay, placed
from tests.helpers.broken import behind, cancelled_holding, paid_without_step
from tests.helpers.goods import MILK, Stocked, open_stocked

OWN = {"id", "code", "short_code", "client_key", "receipt_number"}  # of each order alone


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def mend(stocked: Stocked) -> Repaired:
    """Repair the first thing that is found."""
    finding = stocked.shop.ask(check_orders_and_points)[0]
    return stocked.shop.do(repair_order, finding.key, new_key())


def life(stocked: Stocked, order_id: int) -> dict[str, Any]:
    """The order and what it holds, without what is its own alone."""
    with stocked.shop.storage.read.connect() as connection:
        order = connection.execute(select(Order.__table__).where(Order.id == order_id)).mappings().one()
        held = select(Reservation.state, Reservation.qty_milli, Reservation.expires_at)
        rows = connection.execute(held.where(Reservation.order_id == order_id)).all()
    assert order["receipt_number"]
    return {
        **{key: value for key, value in order.items() if key not in OWN},
        "held": sorted(map(tuple, rows)),
    }


def bought(stocked: Stocked) -> tuple[int, ...]:
    """Orders, money and points of the member."""
    columns = (Member.orders_count, Member.spent_minor, Member.points)
    with stocked.shop.storage.read.connect() as connection:
        return tuple(connection.execute(select(*columns).where(Member.id == stocked.member_id)).one())


@pytest.mark.req("O21")
def test_a_payment_made_up_for_is_as_good_as_any(stocked: Stocked, clock: HandClock) -> None:
    nothing = bought(stocked)
    usual = placed(stocked, (MILK, 2), member_id=stocked.member_id)
    pay(stocked, usual)
    once, day = bought(stocked), daily(stocked)
    repaired = paid_without_step(stocked, clock)
    mend(stocked)
    assert life(stocked, repaired) == life(stocked, usual)
    assert bought(stocked) == tuple(2 * b - a for a, b in zip(nothing, once, strict=True))
    assert daily(stocked) == tuple(2 * part for part in day)
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("O21", "O3")
def test_a_queued_payment_made_up_for_counts_from_its_hours(stocked: Stocked, clock: HandClock) -> None:
    order_id, opens = paid_without_step(stocked, clock), clock.now() + timedelta(hours=8)
    behind(stocked, lambda c: c.execute(update(Order).values(queued_until=opens)))
    mend(stocked)
    assert life(stocked, order_id)["ship_deadline"] == opens + timedelta(hours=36)


@pytest.mark.req("O21")
def test_a_day_that_counts_the_money_already_is_left_alone(stocked: Stocked, clock: HandClock) -> None:
    pay(stocked, placed(stocked, (MILK, 1)))
    order_id = paid_without_step(stocked, clock)
    due = total_of(stocked, order_id)
    most = DailyTotal.amount_minor == select(func.max(DailyTotal.amount_minor)).scalar_subquery()
    behind(stocked, lambda c: c.execute(update(DailyTotal).where(most).values(
        amount_minor=DailyTotal.amount_minor + due // 2
    )))  # fmt: skip
    mend(stocked)
    assert stocked.shop.ask(verify).faults == ()


def total_of(stocked: Stocked, order_id: int) -> int:
    """What the order comes to."""
    with stocked.shop.storage.read.connect() as connection:
        return int(connection.execute(select(Order.total_minor).where(Order.id == order_id)).scalar_one())


@pytest.mark.req("O21")
def test_goods_whose_holding_fits_no_order_are_left_to_a_person(stocked: Stocked, clock: HandClock) -> None:
    cancelled_holding(stocked, clock)
    behind(stocked, lambda c: c.execute(
        update(Stock).where(Stock.reserved_milli > 0).values(reserved_milli=Stock.reserved_milli + 500)
    ))  # fmt: skip
    with pytest.raises(Refused, match="占用与订单不符"):
        mend(stocked)
