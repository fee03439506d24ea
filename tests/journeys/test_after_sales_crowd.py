"""After-sales at eight tills at once: what was sold is asked for once, comes back once and is paid once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from desktop.basics.clock import SystemClock
from desktop.basics.errors import ShopError
from desktop.basics.ids import new_key
from desktop.models.after_sales import AfterSale, AfterSaleLine
from desktop.models.orders import OrderLine
from desktop.models.payments import RefundTender
from desktop.models.people import Permission
from desktop.queries.verify import verify
from desktop.services.after_sale_asking import AskedLine
from desktop.services.after_sale_goods import Arrived, receive_goods
from desktop.services.after_sale_settling import settle_case
from desktop.services.after_sales import Asked, approve_case, open_case
from desktop.services.refunds import refund_lines
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work
from desktop.storage.engine import open_storage
from tests.helpers.after_sales import lines, shipped
from tests.helpers.goods import MILK, Stocked, movements, open_stocked
from tests.helpers.tills import PATIENCE, enter, gather, ids_of, insist, leave

TILLS, SOLD = 8, 5


@pytest.fixture
def stocked(shop_url: str) -> Any:
    """The pictures' shop, by the machine's own clock."""
    opened = open_stocked(Shop(open_storage(shop_url), actor=actors.console(), clock=SystemClock()))
    yield opened
    leave(opened)


def value(stocked: Stocked, statement: Any) -> int:
    with stocked.shop.storage.read.connect() as connection:
        return int(connection.execute(statement).scalar() or 0)


def ask_one_by_one(
    url: str, ids: Stocked, order_id: int, line: int, quick: bool, together: Any, answers: Any
) -> None:
    """Each till asks for one piece after the other until none is left; every second till refunds at once instead."""
    mine, said = enter(url, ids), []
    together.wait(PATIENCE)
    for _ in range(SOLD):
        try:
            if quick and mine.shop.clock.now().microsecond % 2:
                insist(mine.shop, refund_lines, order_id, [(line, 1000)], "坏了", new_key())
                said.append("refunded")
            else:
                asked = Asked("return", (AskedLine(line, 1000),), "坏了")
                insist(mine.shop, open_case, order_id, asked, new_key())
                said.append("asked")
        except ShopError as error:
            said.append(str(error))
    answers.put(said)
    leave(mine)


@pytest.mark.req("O15")
def test_eight_tills_ask_for_no_more_than_was_sold(stocked: Stocked, shop_url: str) -> None:
    order_id = shipped(stocked, (MILK, SOLD))
    [line] = lines(stocked, order_id)
    said = sum(gather(ask_one_by_one, TILLS, shop_url, ids_of(stocked), order_id, line.id, True), [])
    done = [word for word in said if word in ("asked", "refunded")]
    assert len(said) == TILLS * SOLD
    assert len(done) == SOLD
    claimed = select(func.sum(AfterSaleLine.qty_milli))
    refunded = select(OrderLine.refunded_milli).where(OrderLine.id == line.id)
    assert value(stocked, claimed) + value(stocked, refunded) == SOLD * 1000
    assert stocked.shop.ask(verify).faults == ()


@question(permission=Permission.SEE_ORDERS)
def _left(read: Read, line_id: int) -> int:
    """Look first …"""
    asked = select(func.coalesce(func.sum(AfterSaleLine.qty_milli), 0)).where(
        AfterSaleLine.line_id == line_id
    )
    sold = select(OrderLine.qty_milli - OrderLine.refunded_milli).where(OrderLine.id == line_id)
    return int(read.value(sold)) - int(read.value(asked))


@action(permission=Permission.HANDLE_ORDERS)
def _ask_blindly(work: Work, order_id: int, line_id: int) -> None:
    """… and write later: what must not be done."""
    case = work.add(AfterSale(
        code=new_key(), order_id=order_id, kind="return", state="asked", reason="x", opened_at=work.now,
        moved_at=work.now, opened_by="x", client_key=new_key(),
    ))  # fmt: skip
    row = {"case_id": case.id, "line_id": line_id, "qty_milli": SOLD * 1000, "amount_minor": 0}
    work.post(AfterSaleLine, [{**row, "condition": "resaleable", "received_milli": 0, "damaged_milli": 0}])


def ask_naively(url: str, ids: Stocked, order_id: int, line: int, together: Any, answers: Any) -> None:
    """Look, wait for the others to have looked, ask for all that is left."""
    mine = enter(url, ids)
    left = mine.shop.ask(_left, line)
    together.wait(PATIENCE)
    if left:
        mine.shop.do(_ask_blindly, order_id, line)
    answers.put(left)
    leave(mine)


@pytest.mark.req("O15")
def test_control_looking_first_and_asking_later_asks_for_more_than_was_sold(
    stocked: Stocked, shop_url: str
) -> None:
    order_id = shipped(stocked, (MILK, SOLD))
    [line] = lines(stocked, order_id)
    gather(ask_naively, TILLS, shop_url, ids_of(stocked), order_id, line.id)
    assert value(stocked, select(func.sum(AfterSaleLine.qty_milli))) == TILLS * SOLD * 1000
    assert {fault.kind for fault in stocked.shop.ask(verify).faults} == {"asked for"}


def finish_together(url: str, ids: Stocked, case_id: int, line: int, together: Any, answers: Any) -> None:
    """Take the goods in and settle at the moment the others do."""
    mine, said = enter(url, ids), []
    for deed, more in ((receive_goods, ([Arrived(line, SOLD * 1000)],)), (settle_case, ())):
        together.wait(PATIENCE)
        try:
            mine.shop.do(deed, case_id, *more, new_key())
            said.append("done")
        except ShopError as error:
            said.append(str(error))
    answers.put(said)
    leave(mine)


@pytest.mark.req("O15", "O4")
def test_a_case_settled_by_eight_tills_at_once_is_paid_once(stocked: Stocked, shop_url: str) -> None:
    order_id = shipped(stocked, (MILK, SOLD))
    [line] = lines(stocked, order_id)
    asked = Asked("return", (AskedLine(line.id, SOLD * 1000),), "坏了")
    case = stocked.shop.do(open_case, order_id, asked, new_key())
    stocked.shop.do(approve_case, case.case_id)
    said = gather(finish_together, TILLS, shop_url, ids_of(stocked), case.case_id, line.id)
    assert [sum(words[step] == "done" for words in said) for step in (0, 1)] == [1, 1]
    assert value(stocked, select(func.sum(RefundTender.amount_minor))) == SOLD * 1690
    assert movements(stocked.shop, stocked.skus[MILK]) == 8_000
    assert stocked.shop.ask(verify).faults == ()
