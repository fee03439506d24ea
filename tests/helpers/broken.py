"""Breaking a shop past its door, as a crash of another program or a hand in the database would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import Order, OrderLine, Shipment
from desktop.models.payments import Tender
from desktop.models.stock import Reservation, Stock, StockMovement
from desktop.services.fulfilment import cancel_order, ship_order
from desktop.services.refunds import refund_lines
from tests.helpers.back_office import order_of, pay, placed
from tests.helpers.goods import MILK, TEA, Stocked
from tests.helpers.sales import sell
from tests.queries.test_verify import unlock


def behind(stocked: Stocked, change: Callable[[Connection], object], *, ledgers: bool = False) -> None:
    """Change the database past the shop; with `ledgers` even what may never change."""
    with stocked.shop.storage.write.begin() as connection:
        kept: Sequence[str] = ()
        if ledgers:
            if connection.dialect.name == "sqlite":
                kept = (
                    connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'"))
                    .scalars()
                    .all()
                )
            unlock(connection)
        change(connection)
        for statement in kept:
            connection.exec_driver_sql(statement)


def send_money(stocked: Stocked, order_id: int, amount: int | None = None) -> None:
    """A payment is written, the step after it is not."""
    row = {
        "order_id": order_id, "method_key": "card", "amount_minor": amount or order_of(stocked, order_id).total_minor,
        "points": 0, "currency": "CNY", "client_key": new_key(), "actor": "console", "at": stocked.shop.clock.now(),
    }  # fmt: skip
    behind(stocked, lambda c: c.execute(insert(Tender), row))


def post(stocked: Stocked, delta: int, reason: str, source: str) -> None:
    """One more entry in the member's ledger, the balance with it."""

    def change(connection: Connection) -> None:
        mine = Member.id == stocked.member_id
        connection.execute(update(Member).where(mine).values(points=Member.points + delta))
        balance = connection.execute(select(Member.points).where(mine)).scalar_one()
        connection.execute(insert(PointsEntry), {
            "member_id": stocked.member_id, "delta": delta, "balance": balance, "reason": reason, "source": source,
            "client_key": new_key(), "actor": "console", "at": stocked.shop.clock.now(),
        })  # fmt: skip

    behind(stocked, change)


def forget(stocked: Stocked, reason: str) -> None:
    """The newest entry with this reason was never written, and everything after it did not know it."""

    def change(connection: Connection) -> None:
        newest = select(PointsEntry.id, PointsEntry.delta).where(PointsEntry.reason == reason)
        row = connection.execute(newest.order_by(PointsEntry.id.desc())).first()
        assert row is not None
        connection.execute(delete(PointsEntry).where(PointsEntry.id == row.id))
        later = update(PointsEntry).where(PointsEntry.id > row.id)
        connection.execute(later.values(balance=PointsEntry.balance - row.delta))
        connection.execute(update(Member).values(points=Member.points - row.delta))

    behind(stocked, change, ledgers=True)


def set_order(stocked: Stocked, order_id: int, **values: Any) -> None:
    """Change columns of an order."""
    behind(stocked, lambda c: c.execute(update(Order).where(Order.id == order_id).values(**values)))


def lines_of(stocked: Stocked, order_id: int) -> list[tuple[int, int]]:
    """Every line with its whole quantity."""
    with stocked.shop.storage.read.connect() as connection:
        rows = connection.execute(
            select(OrderLine.id, OrderLine.qty_milli).where(OrderLine.order_id == order_id)
        )
        return [(row.id, row.qty_milli) for row in rows]


def paid_without_step(stocked: Stocked, _clock: HandClock) -> int:
    """Paid in full by a member, still unpaid."""
    order_id = placed(stocked, (MILK, 2), member_id=stocked.member_id)
    send_money(stocked, order_id)
    return order_id


def paid_and_taken_along(stocked: Stocked, _clock: HandClock) -> int:
    """Paid in full, to be taken along, still unpaid."""
    order_id = placed(stocked, (MILK, 2), address="")
    send_money(stocked, order_id)
    return order_id


def parcel_left(stocked: Stocked, _clock: HandClock) -> int:
    """The parcel is on its way, the order waits to be shipped."""
    order_id = placed(stocked, (MILK, 2))
    pay(stocked, order_id)
    row = {"order_id": order_id, "carrier": "顺丰", "tracking": "SF1", "at": stocked.shop.clock.now()}
    behind(stocked, lambda c: c.execute(insert(Shipment), row))
    return order_id


def cancelled_holding(stocked: Stocked, _clock: HandClock) -> int:
    """Cancelled, three pieces of milk still held."""
    order_id = placed(stocked, (MILK, 3))
    stocked.shop.do(cancel_order, order_id)

    def change(connection: Connection) -> None:
        mine = Reservation.order_id == order_id
        connection.execute(update(Reservation).where(mine).values(state="open"))
        milk = Stock.sku_id == stocked.skus[MILK]
        connection.execute(update(Stock).where(milk).values(reserved_milli=Stock.reserved_milli + 3_000))

    behind(stocked, change)
    return order_id


def done_without_movement(stocked: Stocked, _clock: HandClock) -> int:
    """Sold, and the goods never left the books."""
    _key, sold = sell(stocked, stocked.cart((MILK, 2)))

    def change(connection: Connection) -> None:
        mine = StockMovement.source == f"order:{sold.order_id}"
        connection.execute(delete(StockMovement).where(mine))
        milk = Stock.sku_id == stocked.skus[MILK]
        connection.execute(update(Stock).where(milk).values(on_hand_milli=Stock.on_hand_milli + 2_000))

    behind(stocked, change, ledgers=True)
    return sold.order_id


def forgotten_in_the_queue(stocked: Stocked, _clock: HandClock) -> int:
    """Two days over its hours."""
    order_id = placed(stocked, (TEA, 1))
    since = stocked.shop.clock.now() - timedelta(days=2)
    set_order(stocked, order_id, queued_until=since, pay_deadline=None)
    return order_id


def unpaid_for_days(stocked: Stocked, clock: HandClock) -> int:
    """Nobody paid and nobody closed it."""
    order_id = placed(stocked, (MILK, 1))
    clock.pass_time(timedelta(days=3))
    return order_id


def on_its_way_for_weeks(stocked: Stocked, clock: HandClock) -> int:
    """Nobody said it arrived."""
    order_id = placed(stocked, (MILK, 1))
    pay(stocked, order_id)
    stocked.shop.do(ship_order, order_id)
    clock.pass_time(timedelta(days=18))
    return order_id


def points_not_returned(stocked: Stocked, _clock: HandClock) -> int:
    """Given back whole, its points were not."""
    _key, sold = sell(stocked, stocked.cart((TEA, 1)), points=1_000)
    stocked.shop.do(refund_lines, sold.order_id, lines_of(stocked, sold.order_id), "不要了", new_key())
    forget(stocked, "refund returned")
    return sold.order_id


def points_of_a_part_not_returned(stocked: Stocked, _clock: HandClock) -> int:
    """A refund of a part promised points that never came."""
    _key, sold = sell(stocked, stocked.cart((TEA, 2)), points=1_000)
    line = lines_of(stocked, sold.order_id)[0][0]
    stocked.shop.do(refund_lines, sold.order_id, [(line, 1_000)], "少一盒", new_key())
    forget(stocked, "refund returned")
    return sold.order_id


def deducted_twice(stocked: Stocked, _clock: HandClock) -> int:
    """The points of one sale were taken two times."""
    _key, sold = sell(stocked, stocked.cart((TEA, 1)), points=1_000)
    post(stocked, -1_000, "spent", f"order:{sold.order_id}")
    return sold.order_id


def earned_unpaid(stocked: Stocked, _clock: HandClock) -> int:
    """Points for an order nobody paid."""
    order_id = placed(stocked, (MILK, 2), member_id=stocked.member_id)
    post(stocked, 40, "purchase", f"order:{order_id}")
    return order_id


def earned_twice(stocked: Stocked, _clock: HandClock) -> int:
    """The points of one order were given two times."""
    order_id = placed(stocked, (MILK, 2), member_id=stocked.member_id)
    pay(stocked, order_id)
    post(stocked, 40, "purchase", f"order:{order_id}")
    return order_id


def balance_off(stocked: Stocked, _clock: HandClock) -> int:
    """Seven points the ledger knows nothing of."""
    behind(stocked, lambda c: c.execute(update(Member).values(points=Member.points + 7)))
    return stocked.member_id
