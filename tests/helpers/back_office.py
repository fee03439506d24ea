"""Orders of the back office as tests need them: placed, paid, and what stock, story and day say of them."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.basics.ids import new_key
from desktop.models.orders import Order, OrderEvent
from desktop.models.stock import Reservation, Stock
from desktop.models.system import DailyTotal
from desktop.services.fulfilment import pay_order
from desktop.services.orders import OrderDraft, create_order
from desktop.services.settlement import TenderIn
from tests.helpers.goods import Stocked, movements

HOME = "杭州市西湖区文三路 9 号"


def draft(stocked: Stocked, *wanted: tuple[int, int], **more: object) -> OrderDraft:
    """An order of (goods, pieces) pairs to be shipped."""
    return OrderDraft(tuple(stocked.cart(*wanted)), **{"address": HOME, **more})  # type: ignore[arg-type]


def placed(stocked: Stocked, *wanted: tuple[int, int], **more: object) -> int:
    """A new unpaid order; its id."""
    return stocked.shop.do(create_order, draft(stocked, *wanted, **more), new_key()).order_id


def order_of(stocked: Stocked, order_id: int) -> Order:
    """The order's row now."""
    with stocked.shop.storage.read.connect() as connection:
        return connection.execute(select(Order.__table__).where(Order.id == order_id)).one()  # type: ignore[return-value]


def pay(stocked: Stocked, order_id: int, method: str = "card") -> str:
    """Take the whole amount."""
    tender = TenderIn(method, order_of(stocked, order_id).total_minor)
    return stocked.shop.do(pay_order, order_id, tender, new_key())


def stock(stocked: Stocked, goods: int) -> tuple[int, int]:
    """(on hand, held) of one of the goods, in pieces."""
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(
            select(Stock.on_hand_milli, Stock.reserved_milli).where(Stock.sku_id == stocked.skus[goods])
        ).one()
    held = open_reservations(stocked, goods)
    assert held == row.reserved_milli  # what is held is what reservations say
    assert row.on_hand_milli == movements(stocked.shop, stocked.skus[goods])
    return row.on_hand_milli // 1000, row.reserved_milli // 1000


def open_reservations(stocked: Stocked, goods: int) -> int:
    """Σ open reservations of one of the goods."""
    total = select(func.coalesce(func.sum(Reservation.qty_milli), 0))
    with stocked.shop.storage.read.connect() as connection:
        statement = total.where(Reservation.sku_id == stocked.skus[goods], Reservation.state == "open")
        return int(connection.execute(statement).scalar_one())


def events(stocked: Stocked, order_id: int) -> list[str]:
    """The kinds on the order's timeline."""
    with stocked.shop.storage.read.connect() as connection:
        statement = select(OrderEvent.kind).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)
        return list(connection.execute(statement).scalars())


def daily(stocked: Stocked) -> tuple[int, int, int]:
    """Orders, money taken, money given back today."""
    sums = (func.sum(c) for c in (DailyTotal.orders, DailyTotal.amount_minor, DailyTotal.refunds_minor))
    with stocked.shop.storage.read.connect() as connection:
        return tuple(int(v or 0) for v in connection.execute(select(*sums)).one())  # type: ignore[return-value]
