"""Late parcels are chased with their reason kept, orders wear tags, and the clock closes what was not paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused, ShopError
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.queries.order_detail import OrderDetail, order_detail
from desktop.queries.order_search import OrderFilter
from desktop.queries.order_waits import order_wait
from desktop.queries.orders import order_tags, orders_count, orders_page
from desktop.services.chasing import chase, give_late_reason
from desktop.services.fulfilment import NOT_PAID, cancel_order, ship_order
from desktop.services.order_tags import tag_order, untag_order
from desktop.services.orders import add_note
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.back_office import events, order_of, pay, placed, stock
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@action(permission=Permission.RUN_RULES)
def chase_by_clock(work: Work, order_id: int) -> int:
    """As a rule's effect does."""
    return chase(work, order_id)


def by_clock(stocked: Stocked) -> Shop:
    """The shop as the clock sees it."""
    return stocked.shop.acting_as(actors.clock())


def detail(stocked: Stocked, order_id: int) -> OrderDetail:
    """The order as the panel shows it."""
    return stocked.shop.ask(order_detail, order_id)


def listed(stocked: Stocked) -> int:
    """How often the list says the newest order was chased."""
    return stocked.shop.ask(orders_page).rows[0].chased


@pytest.mark.req("O8")
def test_it_is_asked_until_somebody_answers_or_it_ships(stocked: Stocked, clock: HandClock) -> None:
    order_id = placed(stocked, (MILK, 1))
    assert by_clock(stocked).do(chase_by_clock, order_id) == 0  # not paid: nothing to ship
    pay(stocked, order_id)
    assert (listed(stocked), detail(stocked, order_id).chased) == (0, 0)
    clock.pass_time(timedelta(hours=37))
    assert [by_clock(stocked).do(chase_by_clock, order_id) for _ in range(2)] == [1, 2]
    assert listed(stocked) == detail(stocked, order_id).chased == 2
    stocked.shop.do(give_late_reason, order_id, " 缺货，周二到货 ")
    assert (listed(stocked), detail(stocked, order_id).chased) == (0, 0)
    wait = stocked.shop.ask(order_wait, order_id)
    assert wait is not None
    assert (wait.waited, wait.chased, wait.reason) == (timedelta(hours=37), 2, "缺货，周二到货")
    assert by_clock(stocked).do(chase_by_clock, order_id) == 3
    assert listed(stocked) == 3
    stocked.shop.do(ship_order, order_id)
    assert (listed(stocked), detail(stocked, order_id).chased) == (0, 0)
    assert by_clock(stocked).do(chase_by_clock, order_id) == 0
    assert stocked.shop.ask(order_wait, order_id) is None
    assert events(stocked, order_id) == [
        "placed", "paid", "chased", "chased", "late reason", "chased", "shipped"
    ]  # fmt: skip


@pytest.mark.req("O8")
def test_an_empty_too_long_or_late_reason_is_refused(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 1))
    for text in ("  ", "久" * 1_001, "还没付款"):
        with pytest.raises(Refused):
            stocked.shop.do(give_late_reason, order_id, text)
    pay(stocked, order_id)
    stocked.shop.do(give_late_reason, order_id, "久" * 1_000)
    assert events(stocked, order_id) == ["placed", "paid", "late reason"]


@pytest.mark.req("O9", "M3")
def test_the_clock_closes_an_unpaid_order_and_frees_its_goods(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 8))
    by_clock(stocked).do(cancel_order, order_id, NOT_PAID)
    assert (order_of(stocked, order_id).status, stock(stocked, MILK)) == ("cancelled", (8, 0))
    closed = detail(stocked, order_id).events[-1]
    assert (closed.kind, closed.note) == ("cancelled", "Not paid in time")


@pytest.mark.req("O9")
def test_money_that_came_meanwhile_stands_in_the_way(stocked: Stocked) -> None:
    paid, half = placed(stocked, (MILK, 1)), placed(stocked, (TEA, 1))
    pay(stocked, paid)
    row = {
        "order_id": half, "method_key": "card", "amount_minor": 100, "points": 0, "currency": "CNY",
        "client_key": "early", "actor": "console", "at": stocked.shop.clock.now(),
    }  # fmt: skip
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(insert(Tender), row)
    for order_id, status in ((paid, "to_ship"), (half, "unpaid")):
        with pytest.raises(Refused):
            by_clock(stocked).do(cancel_order, order_id, NOT_PAID)
        assert order_of(stocked, order_id).status == status
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((8, 1), (30, 1))


@pytest.mark.req("O16")
def test_tags_are_worn_once_found_and_taken_off(stocked: Stocked) -> None:
    first, second = placed(stocked, (MILK, 1)), placed(stocked, (TEA, 1))
    tag = by_clock(stocked).do(tag_order, first, " 加急  单 ")
    assert (
        stocked.shop.do(tag_order, first, "加急 单") == tag == stocked.shop.do(tag_order, second, "加急 单")
    )
    stocked.shop.do(tag_order, second, "礼盒")
    assert [t.name for t in detail(stocked, second).tags] == ["加急 单", "礼盒"]
    assert stocked.shop.ask(order_tags) == ("加急 单", "礼盒")
    wanted = OrderFilter(tags=("礼盒",))
    assert OrderFilter.from_json(wanted.to_json()) == wanted
    assert [row.id for row in stocked.shop.ask(orders_page, wanted).rows] == [second]
    assert stocked.shop.ask(orders_count, OrderFilter(tags=("加急 单", "礼盒"))) == 2
    for _twice in range(2):
        stocked.shop.do(untag_order, first, tag)
    assert detail(stocked, first).tags == ()
    assert stocked.shop.ask(orders_count, OrderFilter(tags=("加急 单",))) == 1
    for wrong in ("", "  ", "字" * 21):
        with pytest.raises(ShopError):
            stocked.shop.do(tag_order, first, wrong)


@pytest.mark.req("O8")
def test_control_achase_by_clock_with_no_answer_stays_on_the_list(stocked: Stocked) -> None:
    """A note or a print is no answer."""
    order_id = placed(stocked, (MILK, 1))
    pay(stocked, order_id)
    by_clock(stocked).do(chase_by_clock, order_id)
    stocked.shop.do(add_note, order_id, "已电话联系")
    assert listed(stocked) == 1
    assert order_of(stocked, order_id).status == "to_ship"
