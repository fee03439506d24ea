"""Many tills at once: the last pieces and the last points are given once, and each program hears of the others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from desktop.basics.clock import SystemClock
from desktop.basics.errors import ShopError
from desktop.basics.ids import new_key
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import OrderLine
from desktop.models.people import Permission
from desktop.models.stock import Stock
from desktop.queries.checkout import checkout_view
from desktop.queries.verify import verify
from desktop.services.members import add_tag, adjust_points
from desktop.services.refunds import refund_lines
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.changes import Changes
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work
from desktop.storage.engine import open_storage
from tests.helpers.books import check_books
from tests.helpers.goods import MILK, TEA, Stocked, movements, open_stocked
from tests.helpers.sales import member_sale, sell
from tests.helpers.tills import (
    CONTEXT,
    PATIENCE,
    enter,
    finish,
    gather,
    ids_of,
    leave,
    sell_pieces,
    settle_together,
    start,
)

TILLS = 8
PIECES = 50
NEWS_SECONDS = 3.0


@pytest.fixture
def stocked(shop_url: str) -> Any:
    """The pictures' shop, by the machine's own clock, with 50 bottles of milk."""
    opened = open_stocked(Shop(open_storage(shop_url), actor=actors.console(), clock=SystemClock()))
    milk = [ReceivedLine(opened.skus[MILK], (PIECES - 8) * 1000)]
    opened.shop.do(receive_stock, milk, client_key=new_key())
    yield opened
    leave(opened)


def left_of(shop: Shop, sku_id: int) -> int:
    """Thousandths on hand."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(select(Stock.on_hand_milli).where(Stock.sku_id == sku_id)).scalar_one())


@pytest.mark.req("O2", "I1")
def test_eight_tills_sell_the_last_fifty_pieces_exactly_once(stocked: Stocked, shop_url: str) -> None:
    answers = sum(gather(sell_pieces, TILLS, shop_url, ids_of(stocked), 9), [])
    receipts = [answer for answer in answers if answer not in ("out",)]
    assert len(answers) == TILLS * 9
    assert len(receipts) == len(set(receipts)) == PIECES, [a for a in answers if "-" not in a and a != "out"]
    assert left_of(stocked.shop, stocked.skus[MILK]) == movements(stocked.shop, stocked.skus[MILK]) == 0
    numbers = sorted(int(receipt.split("-")[1]) for receipt in receipts)
    assert numbers == list(range(1, PIECES + 1))  # a receipt number is neither given twice nor left out
    check_books(stocked.shop)


@question(permission=Permission.SEE_STOCK)
def _on_hand(read: Read, sku_id: int) -> int:
    """Look first …"""
    return int(read.value(select(Stock.on_hand_milli).where(Stock.sku_id == sku_id)))


@action(permission=Permission.TAKE_PAYMENT)
def _write_on_hand(work: Work, sku_id: int, milli: int) -> None:
    """… and write later: what must not be done."""
    row = work.find(select(Stock).where(Stock.sku_id == sku_id))
    assert row is not None
    row.on_hand_milli = milli


def sell_naively(url: str, ids: Stocked, together: Any, answers: Any) -> None:
    """Look, wait for the others to have looked, sell one."""
    mine = enter(url, ids)
    seen = mine.cashier.ask(_on_hand, mine.skus[MILK])
    together.wait(PATIENCE)
    mine.cashier.do(_write_on_hand, mine.skus[MILK], seen - 1000)
    answers.put("sold")
    leave(mine)


def test_control_looking_first_and_writing_later_oversells(stocked: Stocked, shop_url: str) -> None:
    sold = len(gather(sell_naively, TILLS, shop_url, ids_of(stocked)))
    left = left_of(stocked.shop, stocked.skus[MILK]) // 1000
    assert (sold, left) == (TILLS, PIECES - 1)  # eight went over the counter, one left the books


@pytest.mark.req("C10", "Q3", "O2")
def test_the_last_points_are_spent_once_however_many_settle_at_once(stocked: Stocked, shop_url: str) -> None:
    sales, many = CONTEXT.Queue(), 4
    for _ in range(many):
        key, version = member_sale(stocked, stocked.cart((TEA, 3)), 12_860)
        sales.put((key, version, stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor))
    answers = gather(settle_together, many, shop_url, ids_of(stocked), sales)
    assert [answer[1] for answer in answers if isinstance(answer, tuple)] == [12_860]
    assert len([answer for answer in answers if isinstance(answer, str)]) == many - 1
    with stocked.shop.storage.read.connect() as connection:
        spent = select(PointsEntry.delta).where(PointsEntry.reason == "spent")
        assert connection.execute(spent).scalars().all() == [-12_860]
        balance = connection.execute(select(Member.points).where(Member.id == stocked.member_id)).scalar_one()
    assert 0 <= balance < 12_860
    check_books(stocked.shop)


@pytest.mark.req("O4")
def test_a_sale_settled_by_four_tills_at_once_is_one_sale_with_one_answer(
    stocked: Stocked, shop_url: str
) -> None:
    sales, many = CONTEXT.Queue(), 4
    key, version = member_sale(stocked, stocked.cart((TEA, 1)), 500)
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    for _ in range(many):
        sales.put((key, version, due))
    answers = gather(settle_together, many, shop_url, ids_of(stocked), sales)
    assert answers == [answers[0]] * many
    assert answers[0][1] == 500
    check_books(stocked.shop)


def refund_together(
    url: str, ids: Stocked, order_id: int, line: int, key: str, together: Any, answers: Any
) -> None:
    """Give one piece back at the moment others do, with this client key or with one of its own."""
    mine = enter(url, ids)
    together.wait(PATIENCE)
    try:
        answers.put(mine.shop.do(refund_lines, order_id, [(line, 1_000)], "坏了", key or new_key()).refund_id)
    except ShopError as error:
        answers.put(str(error))
    leave(mine)


@pytest.mark.req("O15", "O4", "M9")
@pytest.mark.parametrize("key, refunds", [("one click too many", 1), ("", 2)], ids=["same key", "control"])
def test_a_refund_asked_for_by_four_tills_at_once_never_gives_more_than_was_sold(
    stocked: Stocked, shop_url: str, key: str, refunds: int
) -> None:
    _key, settled = sell(stocked, stocked.cart((TEA, 2)), points=500)
    with stocked.shop.storage.read.connect() as connection:
        line = connection.execute(select(OrderLine.id)).scalar_one()
    answers = gather(refund_together, 4, shop_url, ids_of(stocked), settled.order_id, line, key)
    given = [answer for answer in answers if isinstance(answer, int)]
    assert (len(set(given)), len(given)) == (refunds, 4 if key else refunds), answers
    assert movements(stocked.shop, stocked.skus[TEA]) == (30 - 2 + refunds) * 1000
    assert stocked.shop.ask(verify).faults == ()


# -- each program hears of the others -----------------------------------------------------------------------------


def listen_elsewhere(url: str, ids: Stocked, ready: Any, heard: Any, answered: Any) -> None:
    """Another program with two doors: one follows the news, the control does not; then it commits something itself."""
    following, deaf = enter(url, ids), enter(url, ids)
    news, nothing = CONTEXT.Event(), []
    deaf.shop.listen(nothing.append)
    following.shop.listen(lambda changes: news.set() if changes.touches("points_entry") else None)
    following.shop.news.follow()
    ready.set()
    heard.put((news.wait(PATIENCE), len(nothing)))
    following.shop.do(add_tag, ids.member_id, "熟客")
    answered.wait(PATIENCE)
    leave(following)
    leave(deaf)


@pytest.mark.req("O6")
def test_two_programs_hear_of_each_others_commits_within_three_seconds(
    stocked: Stocked, shop_url: str
) -> None:
    ready, heard, answered = CONTEXT.Event(), CONTEXT.Queue(), CONTEXT.Event()
    told: list[Changes] = []

    def hear(changes: Changes) -> None:
        told.append(changes)
        if changes.touches("member_tag"):
            answered.set()

    stocked.shop.listen(hear)
    stocked.shop.news.follow()
    other = start(listen_elsewhere, shop_url, ids_of(stocked), ready, heard, answered)
    assert ready.wait(PATIENCE)
    stocked.shop.do(adjust_points, stocked.member_id, 10, "补发", client_key=new_key())
    assert heard.get(timeout=NEWS_SECONDS) == (True, 0)  # 0: the door that does not follow heard nothing
    assert answered.wait(NEWS_SECONDS)
    finish(other)
    assert [(c.action, c.here) for c in told] == [("members.adjust_points", True), ("members.add_tag", False)]


@action(permission=Permission.EDIT_MEMBERS)
def _write_and_fail(work: Work, member_id: int) -> None:
    """Written to the trail, and then the commit fails."""
    work.session.info["event"] = work.update(Member, member_id, {"note": "x"})


def test_news_of_another_program_that_got_the_number_of_a_failed_commit_are_heard(sqlite_url: str) -> None:
    """SQLite gives the number of an event that was taken back to the next one, whoever writes it."""
    from sqlalchemy import event

    mine = open_stocked(Shop(open_storage(sqlite_url), actor=actors.console(), clock=SystemClock()))
    other = enter(sqlite_url, ids_of(mine))
    heard: list[str] = []
    mine.shop.news.poll()
    mine.shop.listen(lambda changes: heard.append(changes.action))

    def fail(_connection: Any) -> None:
        raise RuntimeError("the power of this moment")

    event.listen(mine.shop.storage.write, "commit", fail)
    with pytest.raises(RuntimeError):
        mine.shop.do(_write_and_fail, mine.member_id)
    event.remove(mine.shop.storage.write, "commit", fail)
    other.shop.do(add_tag, mine.member_id, "熟客")
    mine.shop.news.poll()
    assert heard == ["members.add_tag"]
    leave(mine)
    leave(other)
