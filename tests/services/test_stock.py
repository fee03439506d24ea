"""Stock is the sum of its movements, never below zero, and no two people can take the same piece."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from desktop.basics.errors import Changed, Malformed, NotAllowed, OutOfStock, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.stock import Stock, StockMovement
from desktop.models.system import AuditEvent
from desktop.queries.product_detail import product_cost
from desktop.queries.stock import stock_of
from desktop.services.stock import AdjustLine, Levels, ReceivedLine, adjust_stock, receive_stock, set_levels
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.goods import new_goods, set_up

PIECE = 1_000


@pytest.fixture
def open_shop(shop: Shop) -> Shop:
    """A shop that is set up."""
    return set_up(shop)


def balances(shop: Shop) -> list[tuple[int, int, int]]:
    """SKU, on hand and Σ movements of every SKU that has either."""
    summed = (
        select(StockMovement.sku_id, func.sum(StockMovement.delta_milli).label("whole"))
        .group_by(StockMovement.sku_id)
        .subquery()
    )
    statement = select(Stock.sku_id, Stock.on_hand_milli, func.coalesce(summed.c.whole, 0))
    with shop.storage.read.connect() as connection:
        rows = connection.execute(statement.join(summed, summed.c.sku_id == Stock.sku_id, isouter=True)).all()
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def on_hand(shop: Shop, sku: int) -> int:
    """Pieces on hand."""
    return shop.ask(stock_of, sku).on_hand_milli // PIECE


@pytest.mark.req("I8")
def test_cost_follows_as_a_moving_average(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "鲜牛奶")

    def receive(qty, cost):
        return open_shop.do(receive_stock, [ReceivedLine(sku, qty * PIECE, cost)], client_key=new_key())  # noqa: E731

    receive(10, 1_000)
    receive(30, 1_200)  # (10 × 10.00 + 30 × 12.00) / 40 = 11.50
    assert open_shop.ask(product_cost, sku) == 1_150
    receive(1, None)  # cost unknown: the average stays
    assert open_shop.ask(product_cost, sku) == 1_150
    open_shop.do(adjust_stock, [AdjustLine(sku, counted_milli=0)], reason="lost", client_key=new_key())
    receive(3, 100)  # nothing was left: the new cost alone
    assert open_shop.ask(product_cost, sku) == 100
    with pytest.raises(NotAllowed):
        open_shop.acting_as(actors.kiosk(1)).ask(product_cost, sku)


def test_the_same_receipt_sent_twice_comes_in_once(open_shop: Shop) -> None:
    sku, key = new_goods(open_shop, "鲜牛奶"), new_key()
    first = open_shop.do(
        receive_stock, [ReceivedLine(sku, 5 * PIECE, 100)], client_key=key, supplier="光明乳业"
    )
    again = open_shop.do(
        receive_stock, [ReceivedLine(sku, 5 * PIECE, 100)], client_key=key, supplier="光明乳业"
    )
    assert first == again
    assert on_hand(open_shop, sku) == 5
    with pytest.raises(Refused):  # the key of one receipt is no key for another
        open_shop.do(receive_stock, [ReceivedLine(sku, 6 * PIECE, 100)], client_key=key, supplier="光明乳业")
    assert on_hand(open_shop, sku) == 5


def test_one_key_from_many_tills_at_once_comes_in_once(open_shop: Shop) -> None:
    sku, key = new_goods(open_shop, "鲜牛奶"), new_key()
    send = lambda _n: open_shop.do(receive_stock, [ReceivedLine(sku, 5 * PIECE)], client_key=key)  # noqa: E731
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(send, range(12)))) == 1
    assert balances(open_shop) == [(sku, 5 * PIECE, 5 * PIECE)]


@pytest.mark.req("I5")
def test_an_adjustment_has_a_reason_and_a_way_back(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "云片糕", pieces=6)
    (change,) = open_shop.do(
        adjust_stock,
        [AdjustLine(sku, counted_milli=4 * PIECE, seen_milli=6 * PIECE)],
        reason="damaged",
        client_key=new_key(),
        note="包装破了",
    )
    assert (change.before_milli, change.after_milli) == (6 * PIECE, 4 * PIECE)
    open_shop.do(adjust_stock, [change.back], reason="undone", client_key=new_key())
    with open_shop.storage.read.connect() as connection:
        notes = connection.execute(
            select(StockMovement.reason, StockMovement.note, StockMovement.delta_milli).order_by(
                StockMovement.id
            )
        ).all()
    assert [tuple(row) for row in notes[1:]] == [
        ("adjust", "damaged: 包装破了", -2_000),
        ("adjust", "undone", 2_000),
    ]
    with pytest.raises(Malformed):
        open_shop.do(adjust_stock, [AdjustLine(sku, -PIECE)], reason="", client_key=new_key())
    with pytest.raises(Changed):  # somebody sold one between looking and saving
        open_shop.do(
            adjust_stock,
            [AdjustLine(sku, counted_milli=PIECE, seen_milli=7 * PIECE)],
            reason="count",
            client_key=new_key(),
        )


def test_reserved_goods_cannot_be_adjusted_away(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "云片糕", pieces=6)
    with open_shop.storage.write.begin() as connection:
        connection.execute(update(Stock).where(Stock.sku_id == sku).values(reserved_milli=4 * PIECE))
    with pytest.raises(OutOfStock):
        open_shop.do(adjust_stock, [AdjustLine(sku, -3 * PIECE)], reason="lost", client_key=new_key())
    open_shop.do(adjust_stock, [AdjustLine(sku, -2 * PIECE)], reason="lost", client_key=new_key())
    with pytest.raises(Refused):
        open_shop.do(adjust_stock, [AdjustLine(sku, -5 * PIECE)], reason="lost", client_key=new_key())
    assert on_hand(open_shop, sku) == 4


def test_a_refused_line_undoes_the_whole_paper(open_shop: Shop) -> None:
    milk, cake = new_goods(open_shop, "鲜牛奶", pieces=5), new_goods(open_shop, "云片糕", pieces=5)
    lines = [AdjustLine(milk, -PIECE), AdjustLine(cake, -9 * PIECE)]
    with pytest.raises(Refused):
        open_shop.do(adjust_stock, lines, reason="lost", client_key="k")
    assert (on_hand(open_shop, milk), on_hand(open_shop, cake)) == (5, 5)
    open_shop.do(adjust_stock, lines[:1], reason="lost", client_key="k")  # the key is free again
    assert on_hand(open_shop, milk) == 4


@pytest.mark.parametrize("bad", [0, -1, 10**12 + 1])
def test_only_a_real_quantity_comes_in(open_shop: Shop, bad: int) -> None:
    sku = new_goods(open_shop, "鲜牛奶")
    with pytest.raises(Malformed):
        open_shop.do(receive_stock, [ReceivedLine(sku, bad)], client_key=new_key())


def test_services_have_no_stock(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "送货", kind="service")
    with pytest.raises(Refused):
        open_shop.do(receive_stock, [ReceivedLine(sku, PIECE)], client_key=new_key())


def test_stock_work_is_in_the_audit_trail(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "鲜牛奶", pieces=2)
    open_shop.do(set_levels, Levels(minimum_milli=PIECE), sku_ids=[sku])
    with open_shop.storage.read.connect() as connection:
        actions = [
            row.action for row in connection.execute(select(AuditEvent.action).order_by(AuditEvent.id))
        ]
    assert actions[-2:] == ["stock.receive_stock", "stock.set_levels"]
    with pytest.raises(Refused):
        open_shop.do(set_levels, Levels(minimum_milli=2 * PIECE, safety_milli=PIECE), sku_ids=[sku])


# -- any sequence -----------------------------------------------------------------------------------------------------

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "plus", "minus", "count"]),
        st.integers(0, 2),
        st.integers(0, 9_000),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=14,
)


@pytest.mark.req("I1")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_on_hand_is_always_the_sum_of_movements(
    open_shop: Shop, deeds: list[tuple[str, int, int, int]]
) -> None:
    skus = [new_goods(open_shop, f"货 {n}") for n in range(3)]
    expected = dict.fromkeys(skus, 0)
    for kind, which, milli, key in deeds:
        sku, before = skus[which], dict(expected)
        try:
            if kind == "receive":
                open_shop.do(receive_stock, [ReceivedLine(sku, milli, 100)], client_key=new_key())
                expected[sku] += milli
            elif kind == "count":
                open_shop.do(
                    adjust_stock, [AdjustLine(sku, counted_milli=milli)], reason="count", client_key=new_key()
                )
                expected[sku] = milli
            else:
                delta = milli if kind == "plus" else -milli
                open_shop.do(
                    adjust_stock, [AdjustLine(sku, delta)], reason="found", client_key=f"{sku}-{key}"
                )
                expected[sku] += delta
        except ShopError:
            expected = before
        else:
            if kind in ("plus", "minus"):  # a key used before changed nothing: look, and go on from there
                now = {s: held for s, held, _sum in balances(open_shop)}
                assert now.get(sku, 0) in (before[sku], expected[sku])
                expected[sku] = now.get(sku, 0)
    for sku, held, summed in balances(open_shop):
        assert held == summed
        assert held >= 0
        assert sku not in expected or held == expected[sku]


def test_the_check_of_sums_can_fail(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "鲜牛奶", pieces=2)
    with open_shop.storage.write.begin() as connection:  # control: stock changed past its movements
        connection.execute(update(Stock).where(Stock.sku_id == sku).values(on_hand_milli=PIECE))
    ((_sku, held, summed),) = balances(open_shop)
    assert held != summed


# -- the last fifty pieces --------------------------------------------------------------------------------------------


def take_at_once(take: Callable[[int], bool], takers: int = 8, each: int = 10) -> int:
    """How many of `takers` × `each` tries to take one piece succeeded, all starting together."""
    start = threading.Barrier(takers)

    def run(taker: int) -> int:
        start.wait()
        return sum(take(taker * each + n) for n in range(each))

    with ThreadPoolExecutor(takers) as pool:
        return sum(pool.map(run, range(takers)))


@pytest.mark.req("I1")
def test_eighty_takers_get_exactly_the_fifty_pieces(open_shop: Shop, shop_url: str) -> None:
    sku = new_goods(open_shop, "限量茶", pieces=50)
    tills = [Shop(open_storage(shop_url), actor=actors.console(), clock=open_shop.clock) for _ in range(4)]

    def take(n: int) -> bool:
        try:
            tills[n % 4].do(adjust_stock, [AdjustLine(sku, -PIECE)], reason="own use", client_key=f"take-{n}")
        except Refused:
            return False
        return True

    taken = take_at_once(take)
    for till in tills:
        till.storage.close()
    assert taken == 50
    assert balances(open_shop) == [(sku, 0, 0)]


def test_reading_first_and_writing_later_oversells(open_shop: Shop) -> None:
    """Control: without the guard the same eighty takers get more than there is."""
    sku = new_goods(open_shop, "限量茶", pieces=50)
    storage = open_shop.storage
    together = threading.Barrier(2)

    def take(_n: int) -> bool:
        with storage.read.connect() as connection:
            held = connection.execute(select(Stock.on_hand_milli).where(Stock.sku_id == sku)).scalar_one()
        together.wait(timeout=30)  # both have read before either writes
        if held < PIECE:
            return False
        with storage.write.begin() as connection:
            connection.execute(update(Stock).where(Stock.sku_id == sku).values(on_hand_milli=held - PIECE))
        return True

    assert take_at_once(take, takers=2, each=40) > 50
