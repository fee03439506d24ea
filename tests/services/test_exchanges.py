"""Exchanges: the new order by itself, the difference to the last coin, and money that stays where it was paid."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from desktop.basics.errors import Changed, OutOfStock, Refused
from desktop.basics.ids import new_key
from desktop.models.members import Member
from desktop.models.notices import Notice
from desktop.models.products import Price
from desktop.pricing.cart import CartLine
from desktop.queries.verify import verify
from desktop.services.after_sales import close_case
from desktop.services.fulfilment import cancel_order, cancel_paid_order, ship_order
from desktop.services.orders import edit_order
from desktop.shop.shop import Shop
from tests.helpers.after_sales import approve, arrive, ask, case_of, settle, shipped
from tests.helpers.back_office import draft, order_of, pay, stock
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.fixture
def local(sqlite_shop: Shop) -> Stocked:
    """The same on SQLite, for what is not about the database."""
    return open_stocked(sqlite_shop)


def one(stocked: Stocked, statement: object) -> int:
    with stocked.shop.storage.read.connect() as connection:
        return int(connection.execute(statement).scalar() or 0)  # type: ignore[call-overload]


def whole(stocked: Stocked) -> None:
    """The books fit."""
    assert stocked.shop.ask(verify).faults == ()


def exchanged(
    stocked: Stocked, goods: int, pieces: int, *wanted: tuple[int, int], **more: object
) -> tuple[int, int]:
    """An order exchanged whole for (goods, pieces); returns the order and the case, its goods arrived."""
    order_id = shipped(stocked, *wanted, **more)
    new = (CartLine(stocked.skus[goods], "", pieces * 1000),)
    case = ask(stocked, order_id, "exchange", *(count for _g, count in wanted), goods=new)
    approve(stocked, case.case_id)
    arrive(stocked, case.case_id, order_id, *((count, 0) for _g, count in wanted))
    return order_id, case.case_id


@pytest.mark.req("O15")
def test_an_exchange_makes_its_order_collects_the_difference_and_tells_the_member(stocked: Stocked) -> None:
    order_id, case_id = exchanged(stocked, NUTS, 1, (MILK, 1), member_id=stocked.member_id)
    outcome = settle(stocked, case_id, difference_minor=3990 - 1690)
    new = order_of(stocked, outcome.replacement_id)
    assert (outcome.collect_minor, new.total_minor, new.status) == (2300, 2300, "unpaid")
    assert (new.member_id, new.address) == (stocked.member_id, order_of(stocked, order_id).address)
    assert stock(stocked, NUTS) == (32, 1)
    assert one(stocked, select(func.count()).where(Notice.receiver == f"member:{stocked.member_id}")) == 1
    with pytest.raises(Refused):
        stocked.shop.do(edit_order, new.id, draft(stocked, (TEA, 1)))
    pay(stocked, new.id)
    stocked.shop.do(ship_order, new.id)
    stocked.shop.do(close_case, case_id)
    assert order_of(stocked, order_id).refunded_minor == 0
    whole(stocked)
    back = ask(stocked, new.id, "return", 1)  # and it comes back after all: both parts of its price go back
    approve(stocked, back.case_id)
    arrive(stocked, back.case_id, new.id, (1, 0))
    assert settle(stocked, back.case_id).money_minor == 3990
    assert order_of(stocked, order_id).refunded_minor == 1690
    assert one(stocked, select(Member.spent_minor).where(Member.id == stocked.member_id)) == 0
    whole(stocked)


@pytest.mark.req("O15")
def test_an_exchange_for_something_cheaper_gives_the_difference_back(stocked: Stocked) -> None:
    order_id, case_id = exchanged(stocked, MILK, 1, (NUTS, 1))
    outcome = settle(stocked, case_id)
    assert outcome.money_minor == 3990 - 1690
    assert order_of(stocked, outcome.replacement_id).status == "to_ship"
    assert order_of(stocked, order_id).refunded_minor == 2300
    whole(stocked)
    stocked.shop.do(cancel_paid_order, outcome.replacement_id, "不要了", new_key())
    assert order_of(stocked, order_id).refunded_minor == 3990
    assert order_of(stocked, outcome.replacement_id).status == "cancelled"
    whole(stocked)


@pytest.mark.req("O15")
def test_an_exchange_of_an_exchange_keeps_the_money_where_it_was_paid(local: Stocked) -> None:
    first, case_id = exchanged(local, NUTS, 1, (MILK, 1))
    second = settle(local, case_id).replacement_id
    pay(local, second)
    local.shop.do(ship_order, second)
    case = ask(local, second, "exchange", 1, goods=(CartLine(local.skus[CAKE], "", 1000),))
    approve(local, case.case_id)
    arrive(local, case.case_id, second, (1, 0))
    outcome = settle(local, case.case_id)
    assert outcome.money_minor == 3990 - 2200
    whole(local)
    third = outcome.replacement_id
    local.shop.do(ship_order, third)
    case = ask(local, third, "return", 1)
    approve(local, case.case_id)
    arrive(local, case.case_id, third, (1, 0))
    assert settle(local, case.case_id).money_minor == 2200
    assert sum(order_of(local, o).refunded_minor for o in (first, second, third)) == 3990
    whole(local)


@pytest.mark.req("O15")
def test_the_same_goods_again_cost_nothing_whatever_their_price_is_now(local: Stocked) -> None:
    order_id = shipped(local, (MILK, 2))
    with local.shop.storage.write.begin() as connection:
        connection.exec_driver_sql("UPDATE price SET amount_minor = amount_minor + 100")
    case = ask(local, order_id, "exchange", 2)
    approve(local, case.case_id)
    arrive(local, case.case_id, order_id, (2, 2))
    outcome = settle(local, case.case_id)
    assert (outcome.money_minor, outcome.collect_minor) == (0, 0)
    assert order_of(local, outcome.replacement_id).status == "to_ship"
    whole(local)


@pytest.mark.req("O15")
def test_an_exchange_order_nobody_pays_gives_back_what_came_back(local: Stocked) -> None:
    order_id, case_id = exchanged(local, NUTS, 1, (MILK, 1))
    outcome = settle(local, case_id)
    local.shop.do(cancel_order, outcome.replacement_id, "不要了")
    assert order_of(local, order_id).refunded_minor == 1690
    whole(local)


@pytest.mark.req("O15")
def test_settling_an_exchange_changes_nothing_when_its_goods_are_gone_or_its_price_moved(
    local: Stocked,
) -> None:
    _order, case_id = exchanged(local, CAKE, 7, (MILK, 1))  # six are here
    with pytest.raises(OutOfStock):
        settle(local, case_id)
    with pytest.raises(Changed):
        settle(local, case_id, goods=(CartLine(local.skus[CAKE], "", 1000),), difference_minor=1)
    assert case_of(local, case_id).state == "received"
    whole(local)


@pytest.mark.req("O15")
def test_goods_named_twice_in_an_exchange_get_the_old_price_once(stocked: Stocked) -> None:
    order_id = shipped(stocked, (MILK, 1), (MILK, 1))
    case = ask(stocked, order_id, "exchange", 1, 1)
    approve(stocked, case.case_id)
    arrive(stocked, case.case_id, order_id, (1, 0), (1, 0))
    with stocked.shop.storage.write.begin() as connection:
        dearer = update(Price).where(Price.sku_id == stocked.skus[MILK])
        connection.execute(dearer.values(amount_minor=3000))
    three = (CartLine(stocked.skus[MILK], "", 1000),) * 3
    outcome = settle(stocked, case.case_id, goods=three)
    assert outcome.collect_minor == 3000, "two for what was paid, the third as it is today"
    whole(stocked)
