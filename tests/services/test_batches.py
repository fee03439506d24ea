"""Batches: what expires first leaves first, what comes back finds its batch, and their sum is what is on hand."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import OutOfStock, Refused
from desktop.basics.ids import new_key
from desktop.models.batches import Batch, BatchMovement, BatchStock
from desktop.models.orders import OrderLine
from desktop.models.people import Permission
from desktop.models.settings import EXPIRED_GOODS
from desktop.models.stock import Location, Stock
from desktop.queries.checkout import find_goods
from desktop.queries.verify import verify
from desktop.services.batches import (
    BatchIn,
    BatchPart,
    edit_batch,
    name_pieces,
    put_back,
    take_off,
    track_batches,
)
from desktop.services.fulfilment import pay_order, ship_order, undo_shipment
from desktop.services.orders import OrderDraft, create_order
from desktop.services.posting import StockStep, post_movements, step_stock
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_setting
from desktop.services.settlement import TenderIn
from desktop.services.stock import AdjustLine, ReceivedLine, adjust_stock, receive_stock
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import GOODS, MILK, NUTS, Stocked, open_stocked
from tests.helpers.sales import sell

TODAY = date(2026, 11, 21)
SOON, LATER = TODAY + timedelta(days=5), TODAY + timedelta(days=60)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop, its milk told apart by batch: 8 without a code."""
    opened = open_stocked(shop)
    opened.shop.do(track_batches, [opened.skus[MILK]])
    return opened


def receive(stocked: Stocked, code: str, expires_on: date | None, pieces: int, goods: int = MILK) -> None:
    """A delivery of one batch."""
    line = ReceivedLine(stocked.skus[goods], pieces * 1000, None, (BatchIn(code, expires_on),))
    stocked.shop.do(receive_stock, [line], client_key=new_key())


def held(shop: Shop, sku_id: int) -> dict[str, int]:
    """Pieces of each batch that are here, by code."""
    statement = select(Batch.code, func.sum(BatchStock.qty_milli)).join(
        Batch, Batch.id == BatchStock.batch_id
    )
    statement = statement.where(BatchStock.sku_id == sku_id, BatchStock.qty_milli > 0).group_by(Batch.code)
    with shop.storage.read.connect() as connection:
        return {code: int(qty) // 1000 for code, qty in connection.execute(statement)}


def batch_id(shop: Shop, code: str) -> int:
    """The batch with this code."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(select(Batch.id).where(Batch.code == code)).scalar_one())


def balanced(shop: Shop) -> bool:
    """Whether the batches of every tracked SKU add up to what is on hand, in plain SQL."""
    statement = text(
        "SELECT count(*) FROM stock s JOIN sku k ON k.id = s.sku_id AND k.batch_tracked WHERE s.on_hand_milli <> "
        "(SELECT coalesce(sum(b.qty_milli), 0) FROM batch_stock b "
        "WHERE b.sku_id = s.sku_id AND b.location_id = s.location_id)"
    )
    with shop.storage.read.connect() as connection:
        return connection.execute(statement).scalar_one() == 0


@pytest.mark.req("I11")
def test_what_expires_first_is_sold_first(stocked: Stocked) -> None:
    milk = stocked.skus[MILK]
    receive(stocked, "LATE", LATER, 4)
    receive(stocked, "SOON", SOON, 3)
    sell(stocked, stocked.cart((MILK, 5)))
    assert held(stocked.shop, milk) == {"LATE": 2, "": 8}  # what nobody dated goes last
    assert balanced(stocked.shop)
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I11")
def test_goods_that_are_not_tracked_know_no_batches(stocked: Stocked) -> None:
    receive(stocked, "N1", LATER, 5, NUTS)
    sell(stocked, stocked.cart((NUTS, 2)))
    assert held(stocked.shop, stocked.skus[NUTS]) == {}


@pytest.mark.req("I11")
def test_expired_goods_are_not_sold_unless_the_shop_says_so(stocked: Stocked, clock: HandClock) -> None:
    milk = stocked.skus[MILK]
    receive(stocked, "SOON", SOON, 3)
    edit_batch_of(stocked, "", LATER)
    clock.pass_time(timedelta(days=5))
    assert sell(stocked, stocked.cart((MILK, 1)))  # its last day still counts
    clock.pass_time(timedelta(days=1))
    with pytest.raises(OutOfStock, match="2"):
        sell(stocked, stocked.cart((MILK, 9)))  # 8 in date, 2 expired
    assert held(stocked.shop, milk) == {"SOON": 2, f"{LATER:%Y%m%d}": 8}
    sell(stocked, stocked.cart((MILK, 7)))
    assert held(stocked.shop, milk) == {"SOON": 2, f"{LATER:%Y%m%d}": 1}
    stocked.shop.do(set_setting, EXPIRED_GOODS.key, "warn")  # control: the setting is what stops it
    sell(stocked, stocked.cart((MILK, 2)))
    assert held(stocked.shop, milk) == {"SOON": 1}
    assert balanced(stocked.shop)


@pytest.mark.req("I11")
def test_a_till_does_not_offer_what_it_would_refuse_when_it_is_paid(
    stocked: Stocked, clock: HandClock
) -> None:
    def offered() -> int:
        [milk] = stocked.kiosk.ask(find_goods, GOODS[MILK][3])
        return milk.available_milli // 1000

    receive(stocked, "SOON", SOON, 3)
    clock.pass_time(timedelta(days=5))
    assert offered() == 11  # its last day still counts
    clock.pass_time(timedelta(days=1))
    assert offered() == 8
    sell(stocked, stocked.cart((MILK, 8)))
    assert offered() == 0
    stocked.shop.do(set_setting, EXPIRED_GOODS.key, "warn")  # control: the setting is what hides them
    assert offered() == 3


def edit_batch_of(stocked: Stocked, code: str, expires_on: date) -> None:
    """Date the batch with this code."""
    stocked.shop.do(edit_batch, batch_id(stocked.shop, code), code="", expires_on=expires_on, made_on=None)


@pytest.mark.req("I11")
def test_a_refund_goes_back_to_the_batches_it_came_from(stocked: Stocked) -> None:
    milk = stocked.skus[MILK]
    receive(stocked, "SOON", SOON, 2)
    receive(stocked, "LATE", LATER, 9)
    _key, settled = sell(stocked, stocked.cart((MILK, 4)))
    assert held(stocked.shop, milk) == {"LATE": 7, "": 8}
    with stocked.shop.storage.read.connect() as connection:
        line = connection.execute(select(OrderLine.id)).scalar_one()
    stocked.shop.do(refund_lines, settled.order_id, [(line, 3_000)], "坏了", new_key())
    assert held(stocked.shop, milk) == {"SOON": 2, "LATE": 8, "": 8}
    stocked.shop.do(refund_lines, settled.order_id, [(line, 1_000)], "坏了", new_key())
    assert held(stocked.shop, milk) == {"SOON": 2, "LATE": 9, "": 8}
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I11")
def test_a_shipment_taken_back_finds_its_batch(stocked: Stocked) -> None:
    receive(stocked, "SOON", SOON, 2)
    draft = OrderDraft(tuple(stocked.cart((MILK, 2))), address="桂花路 18 号")
    made = stocked.shop.do(create_order, draft, new_key())
    stocked.shop.do(pay_order, made.order_id, TenderIn("cash", made.total_minor), new_key())
    stocked.shop.do(ship_order, made.order_id, "顺丰", "SF1")
    assert held(stocked.shop, stocked.skus[MILK]) == {"": 8}
    stocked.shop.do(undo_shipment, made.order_id)
    assert held(stocked.shop, stocked.skus[MILK]) == {"": 8, "SOON": 2}


@pytest.mark.req("I11")
def test_the_same_code_with_another_date_is_refused(stocked: Stocked) -> None:
    receive(stocked, "A7", SOON, 2)
    receive(stocked, " A7 ", SOON, 1)
    with pytest.raises(Refused, match="A7"):
        receive(stocked, "A7", LATER, 1)
    assert held(stocked.shop, stocked.skus[MILK]) == {"": 8, "A7": 3}


@pytest.mark.req("I11")
def test_batches_that_come_to_more_than_the_line_are_refused(stocked: Stocked) -> None:
    line = ReceivedLine(
        stocked.skus[MILK], 2000, None, (BatchIn("A", SOON, None, 1500), BatchIn("B", SOON, None, 600))
    )
    with pytest.raises(Refused):
        stocked.shop.do(receive_stock, [line], client_key=new_key())
    assert held(stocked.shop, stocked.skus[MILK]) == {"": 8}


@pytest.mark.req("I11")
def test_without_a_date_the_shelf_life_gives_one(stocked: Stocked) -> None:
    milk = stocked.skus[MILK]
    stocked.shop.do(track_batches, [milk], shelf_life_days=7)
    stocked.shop.do(receive_stock, [ReceivedLine(milk, 3000)], client_key=new_key())
    assert held(stocked.shop, milk) == {"": 8, f"{TODAY + timedelta(days=7):%Y%m%d}": 3}


@pytest.mark.req("I11")
def test_out_of_date_pieces_are_taken_off_and_put_back_once(stocked: Stocked) -> None:
    milk = stocked.skus[MILK]
    receive(stocked, "SOON", SOON, 3)
    receive(stocked, "LATE", LATER, 3)
    part = BatchPart(batch_id(stocked.shop, "LATE"), stocked.location_id, 2000)
    for _again in range(2):
        assert stocked.shop.do(take_off, [part], client_key="off") == 2000
    assert held(stocked.shop, milk) == {"": 8, "SOON": 3, "LATE": 1}
    with pytest.raises(Refused):
        stocked.shop.do(take_off, [part], client_key="more than there is")
    for _again in range(2):
        stocked.shop.do(put_back, [part], client_key="back")
    assert held(stocked.shop, milk) == {"": 8, "SOON": 3, "LATE": 3}
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I11")
def test_pieces_without_a_batch_are_named_and_nothing_moves(stocked: Stocked) -> None:
    milk = stocked.skus[MILK]
    part = BatchPart(batch_id(stocked.shop, ""), stocked.location_id, 5000)
    for _again in range(2):
        stocked.shop.do(name_pieces, part, BatchIn("B9", SOON), "key")
    assert held(stocked.shop, milk) == {"": 3, "B9": 5}
    with pytest.raises(Refused):
        stocked.shop.do(name_pieces, part, BatchIn("B9", SOON), "more than there is")
    assert held(stocked.shop, milk) == {"": 3, "B9": 5}
    assert stocked.shop.ask(verify).faults == ()


@action(permission=Permission.EDIT_STOCK)
def _step(work: Work, place: int, sku_id: int, reason: str, pieces: int) -> None:
    """One movement of an order's goods; below 0 they leave."""
    step_stock(work, [StockStep("put" if pieces > 0 else "take", sku_id, abs(pieces) * 1000)], place)
    post_movements(work, place, reason, "order:7", new_key(), [(sku_id, pieces * 1000, 0)])


@pytest.mark.req("I11")
def test_a_return_taken_back_leaves_the_batch_it_came_to(stocked: Stocked) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    edit_batch_of(stocked, "", LATER)
    late = f"{LATER:%Y%m%d}"
    shop.do(_step, stocked.location_id, milk, "sale", -2)
    shop.do(_step, stocked.location_id, milk, "refund", 1)
    receive(stocked, "SOON", SOON, 3)
    assert held(shop, milk) == {late: 7, "SOON": 3}
    shop.do(_step, stocked.location_id, milk, "refund", -1)
    assert held(shop, milk) == {late: 6, "SOON": 3}
    shop.do(_step, stocked.location_id, milk, "sale", -1)  # control: a sale takes what expires first
    assert held(shop, milk) == {late: 6, "SOON": 2}
    assert balanced(shop)


@action(permission=Permission.EDIT_STOCK)
def _carry(work: Work, sku_id: int, start: int, end: int, pieces: int, document: str) -> None:
    """Goods from one place to another, as a transfer moves them."""
    for place, kind, sign in ((start, "take", -1), (end, "put", 1)):
        step_stock(work, [StockStep(kind, sku_id, pieces * 1000)], place)
        key = f"{document}:{place}:{kind}:{start}"
        post_movements(work, place, "transfer", document, key, [(sku_id, sign * pieces * 1000, 0)])


@action(permission=Permission.EDIT_STOCK)
def _place(work: Work, code: str) -> int:
    return work.add(Location(code=code, name=code, kind="store")).id


@pytest.mark.req("I10", "I11")
def test_a_transfer_hands_its_own_batches_over(stocked: Stocked) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    road, far = shop.do(_place, "road"), shop.do(_place, "far")
    receive(stocked, "SOON", SOON, 2)
    shop.do(_carry, milk, stocked.location_id, road, 2, "transfer:1")  # the two that expire first
    receive(stocked, "SOONER", SOON - timedelta(days=2), 2)
    shop.do(_carry, milk, stocked.location_id, road, 2, "transfer:2")
    shop.do(_carry, milk, road, far, 2, "transfer:1")
    statement = select(Batch.code, BatchStock.qty_milli).join(Batch, Batch.id == BatchStock.batch_id)
    with shop.storage.read.connect() as connection:
        there = {row[0]: row[1] for row in connection.execute(statement.where(BatchStock.location_id == far))}
    assert there == {"SOON": 2000}
    assert balanced(shop)
    assert shop.ask(verify).faults == ()


@pytest.mark.req("I11")
def test_tracking_can_end_and_begin_again(stocked: Stocked) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    receive(stocked, "SOON", SOON, 2)
    assert shop.do(track_batches, [milk], on=False) == 1
    assert held(shop, milk) == {}
    sell(stocked, stocked.cart((MILK, 3)))
    assert shop.do(track_batches, [milk]) == 1
    assert held(shop, milk) == {"": 7}
    assert shop.ask(verify).faults == ()


@pytest.mark.req("I11", "A2")
def test_verify_finds_batches_that_do_not_add_up(stocked: Stocked) -> None:
    receive(stocked, "SOON", SOON, 2)
    shop = stocked.shop
    assert shop.ask(verify).faults == ()
    wrong = update(BatchStock).where(BatchStock.batch_id == batch_id(shop, "SOON")).values(qty_milli=1000)
    with shop.storage.write.begin() as connection:
        connection.execute(wrong)
    assert {fault.kind for fault in shop.ask(verify).faults} == {"batches", "batch"}


@action(permission=Permission.EDIT_STOCK)
def _naive_sale(work: Work, sku_id: int, place: int) -> None:
    """What must not be done: goods leave, and no batch hears of it."""
    step_stock(work, [StockStep("take", sku_id, 1000)], place)


@pytest.mark.req("I11")
def test_control_a_movement_past_the_book_is_found(stocked: Stocked) -> None:
    stocked.shop.do(_naive_sale, stocked.skus[MILK], stocked.location_id)
    assert not balanced(stocked.shop)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), st.integers(0, 3), st.integers(1, 9)),
        st.tuples(st.just("sell"), st.just(0), st.integers(1, 6)),
        st.tuples(st.just("adjust"), st.just(0), st.integers(-4, 4)),
    ),
    max_size=8,
)


@pytest.mark.req("I11")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_the_batches_add_up(batched: Stocked, steps: list[tuple[str, int, int]]) -> None:
    for kind, which, pieces in steps:
        with contextlib.suppress(Refused):
            take_step(batched, kind, which, pieces)
        assert balanced(batched.shop)
    with batched.shop.storage.read.connect() as connection:
        moved = connection.execute(select(func.sum(BatchMovement.delta_milli))).scalar_one()
        on_hand = connection.execute(
            select(Stock.on_hand_milli).where(Stock.sku_id == batched.skus[MILK])
        ).scalar_one()
    assert moved == on_hand


def take_step(stocked: Stocked, kind: str, which: int, pieces: int) -> None:
    """One step of the property."""
    if kind == "receive":
        receive(
            stocked,
            "ABC"[which] if which < 3 else "",
            TODAY + timedelta(days=which) if which else None,
            pieces,
        )
    elif kind == "sell":
        sell(stocked, stocked.cart((MILK, pieces)))
    elif pieces:
        line = AdjustLine(stocked.skus[MILK], delta_milli=pieces * 1000)
        stocked.shop.do(adjust_stock, [line], reason="found", client_key=new_key())


@pytest.fixture
def batched(sqlite_shop: Shop) -> Stocked:
    """The same shop on SQLite, for what is not about the database."""
    opened = open_stocked(sqlite_shop)
    opened.shop.do(track_batches, [opened.skus[MILK]])
    return opened
