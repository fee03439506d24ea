"""After-sales as tests need it: orders that left, cases opened, approved, arrived, settled."""

from __future__ import annotations

from sqlalchemy import select

from desktop.basics.ids import new_key
from desktop.models.after_sales import AfterSale
from desktop.models.orders import OrderLine
from desktop.pricing.cart import CartLine
from desktop.services.after_sale_asking import AskedLine
from desktop.services.after_sale_goods import Arrived, receive_goods
from desktop.services.after_sale_settling import Outcome, Settling, settle_case
from desktop.services.after_sales import Asked, Opened, approve_case, open_case
from desktop.services.fulfilment import ship_order
from tests.helpers.back_office import pay, placed
from tests.helpers.goods import Stocked


def shipped(stocked: Stocked, *wanted: tuple[int, int], **more: object) -> int:
    """An order that is paid and has left; its id."""
    order_id = placed(stocked, *wanted, **more)
    pay(stocked, order_id)
    stocked.shop.do(ship_order, order_id)
    return order_id


def lines(stocked: Stocked, order_id: int) -> list[OrderLine]:
    """The lines of an order now."""
    statement = select(OrderLine.__table__).where(OrderLine.order_id == order_id).order_by(OrderLine.id)
    with stocked.shop.storage.read.connect() as connection:
        return list(connection.execute(statement))  # type: ignore[arg-type]


def ask(
    stocked: Stocked, order_id: int, kind: str, *pieces: int, goods: tuple[CartLine, ...] = (), **more: object
) -> Opened:
    """Open a case for so many pieces of each line, in their order; 0 leaves a line out."""
    found = lines(stocked, order_id)
    wanted = tuple(
        AskedLine(line.id, count * 1000) for line, count in zip(found, pieces, strict=False) if count
    )
    asked = Asked(kind, wanted, "坏了", goods=goods, **more)  # type: ignore[arg-type]
    return stocked.shop.do(open_case, order_id, asked, new_key())


def compensate(stocked: Stocked, order_id: int, amount: int, which: int = 0) -> Opened:
    """Ask for money without goods."""
    line = lines(stocked, order_id)[which]
    return stocked.shop.do(
        open_case, order_id, Asked("refund", (AskedLine(line.id, 0, amount),), "包装破损"), new_key()
    )


def arrive(stocked: Stocked, case_id: int, order_id: int, *pieces: tuple[int, int]) -> None:
    """Take down (pieces, of them damaged) of each line."""
    parts = [
        Arrived(line.id, count * 1000, damaged * 1000)
        for line, (count, damaged) in zip(lines(stocked, order_id), pieces, strict=False)
        if count
    ]
    stocked.shop.do(receive_goods, case_id, parts, new_key())


def settle(stocked: Stocked, case_id: int, **how: object) -> Outcome:
    """Settle a case."""
    return stocked.shop.do(settle_case, case_id, new_key(), Settling(**how))  # type: ignore[arg-type]


def approve(stocked: Stocked, case_id: int) -> str:
    """Say yes."""
    return stocked.shop.do(approve_case, case_id)


def case_of(stocked: Stocked, case_id: int) -> AfterSale:
    """The case's row now."""
    with stocked.shop.storage.read.connect() as connection:
        return connection.execute(select(AfterSale.__table__).where(AfterSale.id == case_id)).one()  # type: ignore[return-value]
