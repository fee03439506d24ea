"""Goods that expire and campaigns that end, by the clock and at eight tills at once, on both kinds of database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from desktop.basics.clock import HandClock, SystemClock
from desktop.basics.errors import OutOfStock, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.batches import Batch, BatchMovement, BatchStock
from desktop.models.people import Permission
from desktop.models.set_aside import SetAsideEntry, SetAsideLine
from desktop.models.stock import Stock
from desktop.queries.checkout import checkout_view
from desktop.queries.verify import verify
from desktop.services.batch_book import BatchIn
from desktop.services.batches import track_batches
from desktop.services.checkout import choose_campaign, save_checkout
from desktop.services.set_aside import AsideLine, end_campaign, set_aside
from desktop.services.settlement import TenderIn, settle
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work
from desktop.storage.engine import open_storage
from tests.helpers.goods import MILK, Stocked, open_stocked
from tests.helpers.rules import clockwork, only, told
from tests.helpers.tills import PATIENCE, enter, gather, ids_of, insist, leave, sell_pieces

TILLS, EACH = 8, 4
DAY = timedelta(days=1)
TODAY = date(2026, 11, 21)


@pytest.fixture
def crowded(shop_url: str) -> Any:
    """The pictures' shop by the machine's own clock, with 8 bottles of milk."""
    opened = open_stocked(Shop(open_storage(shop_url), actor=actors.console(), clock=SystemClock()))
    yield opened
    leave(opened)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop with its rules, by a clock turned by hand."""
    made = open_stocked(shop)
    clockwork(made.shop)
    return made


def receive(stocked: Stocked, code: str, expires_on: date, pieces: int) -> None:
    """A delivery of one batch of milk."""
    line = ReceivedLine(stocked.skus[MILK], pieces * 1000, None, (BatchIn(code, expires_on),))
    stocked.shop.do(receive_stock, [line], client_key=new_key())


# -- eight tills --------------------------------------------------------------------------------------------------


def batches_of(shop: Shop) -> dict[str, int]:
    """Pieces of each batch."""
    statement = select(Batch.code, BatchStock.qty_milli).join(Batch, Batch.id == BatchStock.batch_id)
    with shop.storage.read.connect() as connection:
        return {code: qty // 1000 for code, qty in connection.execute(statement)}


@pytest.mark.req("I11")
def test_eight_tills_share_the_last_pieces_of_every_batch(crowded: Stocked, shop_url: str) -> None:
    crowded.shop.do(track_batches, [crowded.skus[MILK]])
    far = crowded.shop.clock.now().date() + 90 * DAY
    for number in range(3):
        receive(crowded, f"B{number}", far + number * DAY, 6)
    answers = sum(gather(sell_pieces, TILLS, shop_url, ids_of(crowded), EACH), [])
    sold = [answer for answer in answers if answer != "out"]
    assert len(sold) == 26, [answer for answer in answers if "-" not in answer]
    assert batches_of(crowded.shop) == {"": 0, "B0": 0, "B1": 0, "B2": 0}
    assert crowded.shop.ask(verify).faults == ()


@question(permission=Permission.SEE_STOCK)
def look_at_batch(read: Read) -> tuple[int, int]:
    """What must not be done: look which batch has a piece …"""
    statement = select(BatchStock.batch_id, BatchStock.qty_milli).join(Batch, Batch.id == BatchStock.batch_id)
    row = read.rows(statement.where(BatchStock.qty_milli > 0).order_by(Batch.expires_on)).first()
    return (row.batch_id, row.qty_milli) if row else (0, 0)


@action(permission=Permission.EDIT_STOCK)
def write_batch(work: Work, batch_id: int, left: int) -> None:
    """… and write what is left afterwards."""
    table = BatchStock.__table__
    work.connection.execute(table.update().where(BatchStock.batch_id == batch_id).values(qty_milli=left))


def sell_naively(url: str, ids: Stocked, together: Any, answers: Any) -> None:
    """Take one piece the wrong way."""
    stocked = enter(url, ids)
    batch_id, there = stocked.shop.ask(look_at_batch)
    together.wait(PATIENCE)
    stocked.shop.do(write_batch, batch_id, there - 1000)
    answers.put(1)
    leave(stocked)


@pytest.mark.req("I11")
def test_control_looking_first_sells_the_same_piece_eight_times(crowded: Stocked, shop_url: str) -> None:
    crowded.shop.do(track_batches, [crowded.skus[MILK]])
    assert sum(gather(sell_naively, TILLS, shop_url, ids_of(crowded))) == TILLS
    assert batches_of(crowded.shop) == {"": 7}


def sell_for_campaign(url: str, ids: Stocked, set_aside_id: int, together: Any, answers: Any) -> None:
    """Try to sell milk for the campaign; the answers are receipts, "out" or another sentence."""
    stocked, said = enter(url, ids), []
    together.wait(PATIENCE)
    for _ in range(EACH):
        key = new_key()
        insist(stocked.kiosk, save_checkout, key, stocked.cart((MILK, 1)))
        version = insist(stocked.kiosk, choose_campaign, key, set_aside_id)
        try:
            sold = insist(stocked.cashier, settle, key, [TenderIn("cash", 1690)], version)
            said.append(sold.receipt_number)
        except OutOfStock:
            said.append("out")
        except ShopError as error:
            said.append(str(error))
    answers.put(said)
    leave(stocked)


def aside(stocked: Stocked, pieces: int) -> int:
    """Milk set aside for a day."""
    now = stocked.shop.clock.now()
    line = AsideLine(stocked.skus[MILK], pieces * 1000)
    return stocked.shop.do(set_aside, "午市", [line], starts_at=now, ends_at=now + DAY, client_key=new_key())


def milk(stocked: Stocked) -> tuple[int, int]:
    """On hand and set aside, in pieces."""
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(
            select(Stock.on_hand_milli, Stock.set_aside_milli).where(Stock.sku_id == stocked.skus[MILK])
        ).one()
    return row[0] // 1000, row[1] // 1000


@pytest.mark.req("I7")
def test_eight_tills_cannot_eat_a_campaigns_stock_and_the_campaign_sells_exactly_its_own(
    crowded: Stocked, shop_url: str
) -> None:
    made = aside(crowded, 5)
    answers = sum(gather(sell_pieces, TILLS, shop_url, ids_of(crowded), EACH), [])
    assert len([answer for answer in answers if answer != "out"]) == 3
    assert milk(crowded) == (5, 5)
    answers = sum(gather(sell_for_campaign, TILLS, shop_url, ids_of(crowded), made), [])
    assert len([answer for answer in answers if answer != "out"]) == 5, answers
    assert milk(crowded) == (0, 0)
    with crowded.shop.storage.read.connect() as connection:
        assert connection.execute(select(SetAsideLine.sold_milli)).scalar_one() == 5000
    assert crowded.shop.ask(verify).faults == ()


@pytest.mark.req("I7")
def test_control_without_a_campaign_the_tills_take_everything(crowded: Stocked, shop_url: str) -> None:
    answers = sum(gather(sell_pieces, TILLS, shop_url, ids_of(crowded), 2), [])
    assert len([answer for answer in answers if answer != "out"]) == 8
    assert milk(crowded) == (0, 0)


def end_together(url: str, ids: Stocked, set_aside_id: int, together: Any, answers: Any) -> None:
    """End the campaign at the moment the others do."""
    stocked = enter(url, ids)
    together.wait(PATIENCE)
    answers.put(stocked.shop.do(end_campaign, set_aside_id))
    leave(stocked)


@pytest.mark.req("I7")
def test_ended_by_eight_at_once_the_rest_returns_once(crowded: Stocked, shop_url: str) -> None:
    made = aside(crowded, 5)
    assert sorted(gather(end_together, TILLS, shop_url, ids_of(crowded), made)) == [*[0] * 7, 5000]
    assert milk(crowded) == (8, 0)
    with crowded.shop.storage.read.connect() as connection:
        assert connection.execute(select(func.sum(SetAsideEntry.delta_milli))).scalar_one() == 0
    assert crowded.shop.ask(verify).faults == ()


# -- the clock ----------------------------------------------------------------------------------------------------


@pytest.mark.req("I7", "O14")
def test_after_three_days_without_the_clock_every_campaign_returns_once(
    stocked: Stocked, clock: HandClock
) -> None:
    only(stocked.shop, "campaign_over")
    first, _second = aside(stocked, 2), aside(stocked, 3)
    now = clock.now()
    line = AsideLine(stocked.skus[MILK], 1000)
    stocked.shop.do(set_aside, "长", [line], starts_at=now, ends_at=now + 9 * DAY, client_key=new_key())
    clock.pass_time(3 * DAY)
    assert milk(stocked) == (8, 6)
    work = clockwork(stocked.shop)
    assert work.look().fired == 1
    assert milk(stocked) == (8, 1)
    assert ["2" in title for title, *_rest in told(stocked.shop, "staff:1")] == [True]
    assert stocked.shop.do(end_campaign, first) == 0
    assert work.look().fired == 0
    clock.pass_time(6 * DAY)
    assert work.look().fired == 1
    assert milk(stocked) == (8, 0)
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I7")
def test_control_a_campaign_stopped_by_hand_leaves_the_clock_nothing(
    stocked: Stocked, clock: HandClock
) -> None:
    only(stocked.shop, "campaign_over")
    assert stocked.shop.do(end_campaign, aside(stocked, 5)) == 5000
    clock.pass_time(2 * DAY)
    assert clockwork(stocked.shop).look().fired == 0
    assert milk(stocked) == (8, 0)


@pytest.mark.req("I11", "O14")
def test_each_batch_is_announced_once_before_it_expires(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "batch_expires")
    stocked.shop.do(track_batches, [stocked.skus[MILK]])
    receive(stocked, "A", TODAY + 32 * DAY, 3)
    receive(stocked, "B", TODAY + 35 * DAY, 3)
    work = clockwork(stocked.shop)
    fired = []
    for _day in range(8):
        fired.append(work.look().fired)
        clock.pass_time(DAY)
    assert fired == [0, 0, 1, 0, 0, 1, 0, 0]
    assert "2026-12-23" in told(stocked.shop, "staff:1")[0][0]
    receive(stocked, "C", TODAY + 12 * DAY, 1)  # comes as it is about to expire
    assert (work.look().fired, work.look().fired) == (1, 0)
    receive(stocked, "FAR", TODAY + 300 * DAY, 1)
    assert work.look().fired == 0


@pytest.mark.req("I11")
def test_batches_that_came_due_while_the_clock_stood_are_one_turn(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "batch_expires")
    stocked.shop.do(track_batches, [stocked.skus[MILK]])
    receive(stocked, "A", TODAY + 32 * DAY, 3)
    receive(stocked, "B", TODAY + 35 * DAY, 3)
    clock.pass_time(10 * DAY)
    work = clockwork(stocked.shop)
    assert (work.look().fired, work.look().fired) == (1, 0)


@pytest.mark.req("I11")
def test_control_goods_that_sold_out_are_not_announced(stocked: Stocked, clock: HandClock) -> None:
    only(stocked.shop, "batch_expires")
    receive(stocked, "A", TODAY + 31 * DAY, 3)  # not told apart by batch
    clock.pass_time(5 * DAY)
    assert clockwork(stocked.shop).look().fired == 0
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(func.count()).select_from(BatchMovement)).scalar_one() == 0


@pytest.mark.req("I7")
def test_nothing_is_sold_for_a_campaign_that_is_over_before_the_clock_looks(
    stocked: Stocked, clock: HandClock
) -> None:
    made, key = aside(stocked, 5), new_key()
    stocked.kiosk.do(save_checkout, key, stocked.cart((MILK, 1)))
    version = stocked.kiosk.do(choose_campaign, key, made)
    clock.pass_time(DAY)
    with pytest.raises(Refused):
        stocked.cashier.do(settle, key, [TenderIn("cash", 1690)], version)
    assert stocked.kiosk.ask(checkout_view, key).state == "open"
