"""The list of goods to buy: what stands on it and why, what a person changed stays, one open list at most."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from desktop.basics.clock import HandClock
from desktop.basics.errors import Malformed, NotAllowed, NotFound, Refused
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.models.people import Permission
from desktop.models.replenishment import OPEN, Replenishment
from desktop.models.settings import ALERT_AT, RESTOCK_DAYS
from desktop.models.stock import StockMovement
from desktop.queries.replenishment import RestockLine, RestockList, open_restock, restock_costs, restock_list
from desktop.queries.stock import stock_of
from desktop.services.categories import add_category
from desktop.services.products import set_on_shelf
from desktop.services.replenishment import (
    Drafted,
    change_quantity,
    dismiss_list,
    draft_now,
    draft_replenishment,
    mark_ordered,
    put_line_back,
    remove_line,
    reopen_list,
)
from desktop.services.settings import set_setting
from desktop.services.stock import AdjustLine, Levels, ReceivedLine, adjust_stock, receive_stock, set_levels
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import open_storage
from tests.helpers.goods import as_role, new_goods, set_up

PIECE = 1_000


@action(permission=Permission.RUN_RULES)
def fire(work: Work) -> Drafted:
    """What the clock's rule does."""
    return draft_replenishment(work)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are read in English here."""
    with speaking("en"):
        yield


@pytest.fixture
def milk(shop: Shop) -> int:
    """A shop whose milk is as pictured: 8 pieces, minimum 10, safety 20, 6.1 sold a day; 7 days to cover."""
    set_up(shop)
    shop.do(set_setting, RESTOCK_DAYS.key, 7)
    shop.do(set_setting, ALERT_AT.key, 0)
    sku = new_goods(shop, "鲜牛奶", 1_690, pieces=8)
    shop.do(set_levels, Levels(minimum_milli=10 * PIECE, safety_milli=20 * PIECE), sku_ids=[sku])
    sell(shop, sku, 61, days=10)
    return sku


def sell(shop: Shop, sku: int, pieces: int, days: int) -> None:
    """Let the shop look as if it had sold these pieces in the last days; what is there stays."""
    row = {
        "location_id": 1,
        "reason": "sale",
        "source": "order:0",
        "actor": "console",
        "note": "",
        "sku_id": sku,
    }
    for at, delta in ((days - 1, -pieces), (0, 0)):
        moment = shop.clock.now() - timedelta(days=at, seconds=1)
        values = {**row, "delta_milli": delta * PIECE, "client_key": new_key(), "at": moment}
        with shop.storage.write.begin() as connection:
            connection.execute(insert(StockMovement), values)


def found(shop: Shop) -> RestockList:
    """The open list."""
    made = shop.ask(open_restock)
    assert made is not None
    return made


def only(shop: Shop) -> RestockLine:
    """Its only line."""
    (line,) = found(shop).lines
    return line


def clock_of(shop: Shop) -> Shop:
    """The shop as its clock sees it."""
    return shop.acting_as(actors.clock())


@pytest.mark.req("I4")
def test_the_pictured_milk_needs_fifty_five(shop: Shop, milk: int) -> None:
    tissue = new_goods(shop, "抽纸", pieces=58)
    assert clock_of(shop).do(fire) == Drafted(1, 1, fresh=True)
    line = only(shop)
    assert (line.sku_id, line.suggested_milli, line.wanted_milli) == (milk, 55 * PIECE, 55 * PIECE)
    assert (line.available_milli, line.minimum_milli, line.safety_milli) == (8_000, 10_000, 20_000)
    assert (line.daily_milli, line.cover_tenths, line.coming_milli) == (6_100, 13, 0)
    made = found(shop)
    assert (made.by_clock, made.cover_days, made.left_out) == (True, 7, 0)
    shop.do(
        set_levels, Levels(minimum_milli=59 * PIECE), sku_ids=[tissue]
    )  # the control: now it is short too
    clock_of(shop).do(fire)
    assert [line.sku_id for line in found(shop).lines] == [milk, tissue]


@pytest.mark.req("I2", "I4")
def test_goods_nobody_gave_a_minimum_are_bought_at_their_alert_level(shop: Shop) -> None:
    set_up(shop)
    food = shop.do(add_category, "食品")
    tea = new_goods(shop, "茶", pieces=49, category_id=food)
    assert shop.do(draft_now).lines == 1  # 49 of the 50 that the shop's setting says
    assert only(shop).minimum_milli == 50 * PIECE
    shop.do(set_levels, Levels(minimum_milli=5 * PIECE), category_id=food)
    assert shop.do(draft_now) == Drafted(None, 0)
    assert shop.ask(open_restock) is None  # nothing left on it: dismissed by itself
    shop.do(set_levels, Levels(alert_milli=60 * PIECE, minimum_milli=49 * PIECE), sku_ids=[tea])
    assert shop.do(draft_now).id is None  # 49 is not below 49
    shop.do(set_levels, Levels(minimum_milli=50 * PIECE), sku_ids=[tea])
    assert shop.do(draft_now).lines == 1
    shop.do(set_on_shelf, [shop.ask(stock_of, tea).product_id], on=False)
    assert shop.do(draft_now).id is None  # what is off the shelf is not bought


@pytest.mark.req("I4")
def test_reckoning_again_keeps_what_a_person_changed(shop: Shop, milk: int, clock: HandClock) -> None:
    yogurt = new_goods(shop, "酸奶", pieces=0)
    shop.do(set_levels, Levels(minimum_milli=PIECE, safety_milli=3 * PIECE), sku_ids=[yogurt])
    first = clock_of(shop).do(fire)
    by_sku = {line.sku_id: line for line in found(shop).lines}
    assert shop.do(change_quantity, by_sku[milk].id, 60 * PIECE) is None
    shop.do(remove_line, by_sku[yogurt].id)
    shop.do(adjust_stock, [AdjustLine(milk, -PIECE)], reason="lost", client_key=new_key())
    again = clock_of(shop).do(fire)
    assert again == Drafted(first.id, 1)  # the same list, and not a new one
    line = only(shop)
    assert (line.suggested_milli, line.wanted_milli, line.changed) == (56 * PIECE, 60 * PIECE, True)
    assert shop.do(change_quantity, line.id, None) == 60 * PIECE  # back to the suggestion
    assert only(shop).wanted_milli == 56 * PIECE
    clock.pass_time(timedelta(days=1))
    assert clock_of(shop).do(fire) == Drafted(first.id, 2)  # what was left off yesterday is there again
    shop.do(change_quantity, line.id, 60 * PIECE)
    shop.do(receive_stock, [ReceivedLine(milk, 30 * PIECE)], client_key=new_key())
    shop.do(receive_stock, [ReceivedLine(yogurt, 30 * PIECE)], client_key=new_key())
    shop.do(draft_now)
    line = only(shop)  # the yogurt is gone, what a person wanted is not
    assert (line.sku_id, line.suggested_milli, line.wanted_milli) == (milk, 0, 60 * PIECE)
    assert not found(shop).by_clock


@pytest.mark.req("I4")
def test_what_was_ordered_is_on_its_way_until_it_comes_or_two_weeks_pass(
    shop: Shop, milk: int, clock: HandClock
) -> None:
    first = shop.do(draft_now)
    assert first.id is not None
    assert shop.do(mark_ordered, first.id) == 1
    assert shop.ask(open_restock) is None
    assert shop.ask(stock_of, milk).coming_milli == 55 * PIECE
    assert shop.do(draft_now).id is None  # the control below: without the order it is suggested
    clock.pass_time(timedelta(days=1))
    shop.do(receive_stock, [ReceivedLine(milk, 54 * PIECE)], client_key=new_key())
    shop.do(adjust_stock, [AdjustLine(milk, -54 * PIECE)], reason="damaged", client_key=new_key())
    second = shop.do(draft_now)  # one is still to come: 9 of 10
    assert (only(shop).coming_milli, only(shop).suggested_milli) == (PIECE, 50 * PIECE)
    assert second.id != first.id
    shop.do(dismiss_list, second.id)
    clock.pass_time(timedelta(days=14))
    shop.do(draft_now)
    assert only(shop).coming_milli == shop.ask(stock_of, milk).coming_milli == 0


@pytest.mark.req("I4")
def test_closing_can_be_taken_back_while_no_newer_list_is_open(shop: Shop, milk: int) -> None:
    first = shop.do(draft_now).id
    assert first is not None
    shop.do(dismiss_list, first)
    shop.do(reopen_list, first)
    assert found(shop).id == first
    shop.do(mark_ordered, first)
    with pytest.raises(Refused, match="closed"):
        shop.do(mark_ordered, first)
    shop.do(adjust_stock, [AdjustLine(milk, -8 * PIECE)], reason="lost", client_key=new_key())
    shop.do(set_levels, Levels(minimum_milli=90 * PIECE), sku_ids=[milk])
    second = shop.do(draft_now).id
    assert second not in (None, first)
    with pytest.raises(Refused, match="newer list"):
        shop.do(reopen_list, first)
    closed = shop.ask(restock_list, first)
    assert closed is not None
    assert closed.state == "done"
    with pytest.raises(Refused, match="closed"):
        shop.do(change_quantity, closed.lines[0].id, PIECE)


@pytest.mark.req("I4")
def test_what_makes_no_sense_is_named_and_changes_nothing(shop: Shop, milk: int) -> None:
    made = shop.do(draft_now)
    line = only(shop)
    for bad in (0, -PIECE, 10**13):
        with pytest.raises(Malformed, match="above zero"):
            shop.do(change_quantity, line.id, bad)
    with pytest.raises(NotFound):
        shop.do(change_quantity, 999, PIECE)
    shop.do(remove_line, line.id)
    with pytest.raises(Refused, match="Every line"):
        shop.do(mark_ordered, made.id)
    shop.do(put_line_back, line.id)
    assert only(shop) == line
    assert shop.ask(restock_costs, made.id).of_sku == {milk: (0, PIECE)}
    with pytest.raises(NotAllowed):
        as_role(shop, "cashier").do(change_quantity, line.id, PIECE)


@pytest.mark.req("I4")
def test_a_large_shop_gets_its_most_urgent_goods_and_is_told_of_the_rest(
    shop: Shop, milk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.queries.replenishment.MOST_LINES", 2)
    shop.do(set_setting, ALERT_AT.key, 50 * PIECE)
    slow, gone = new_goods(shop, "慢", pieces=20), new_goods(shop, "断", pieces=0)
    sell(shop, gone, 5, days=5)
    assert shop.do(draft_now).lines == 2
    assert [line.sku_id for line in found(shop).lines] == [gone, milk]  # out and wanted first
    assert found(shop).left_out == 1
    assert slow not in [line.sku_id for line in found(shop).lines]


@pytest.mark.req("I4")
def test_programs_that_reckon_at_once_make_one_list(
    shop: Shop, shop_url: str, milk: int, clock: HandClock
) -> None:
    programs = [Shop(open_storage(shop_url), actor=actors.clock(), clock=clock) for _ in range(4)]
    start, made = threading.Barrier(len(programs)), []

    def reckon(program: Shop) -> None:
        start.wait()
        made.append(program.do(fire))

    threads = [threading.Thread(target=reckon, args=(program,)) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for program in programs:
        program.storage.close()
    assert len({drafted.id for drafted in made}) == 1
    assert sum(drafted.fresh for drafted in made) == 1
    with shop.storage.read.connect() as connection:
        open_lists = select(func.count()).where(Replenishment.state == OPEN)
        assert connection.execute(open_lists).scalar_one() == 1
    assert only(shop).sku_id == milk
