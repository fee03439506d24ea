"""Papers of orders: pick lists add up, invoice numbers have no gaps, delivery notes leave out what has gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from desktop.basics.errors import NotAllowed, NotFound, Refused
from desktop.models.order_terms import TERMS
from desktop.queries.order_papers import order_papers, pick_list
from desktop.services.fulfilment import cancel_order, ship_order
from desktop.services.invoices import invoice_papers, number_invoices
from desktop.services.settings import set_settings
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import HOME, pay, placed
from tests.helpers.goods import CAKE, MILK, TEA, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A small shop."""
    return open_stocked(shop)


def order(stocked: Stocked, *wanted: tuple[int, int]) -> int:
    return placed(stocked, *wanted, member_id=stocked.member_id)


@pytest.mark.req("O14")
def test_a_pick_list_names_each_of_the_goods_once(stocked: Stocked) -> None:
    first, second = order(stocked, (TEA, 2), (MILK, 1)), order(stocked, (MILK, 3), (CAKE, 1))
    gone = order(stocked, (TEA, 5))
    pay(stocked, gone)
    stocked.shop.do(ship_order, gone)
    found = stocked.shop.ask(pick_list, [first, second, gone])
    picked = {row.code: (row.qty_milli, len(row.orders)) for row in found.rows}
    assert picked == {"ZH-1003": (2_000, 1), "ZH-2001": (4_000, 2), "ZH-2017": (1_000, 1)}
    assert [row.code for row in found.rows] == sorted(picked)
    assert all(row.qty_milli == sum(qty for _number, qty in row.orders) for row in found.rows)
    assert found.rows[1].barcode == "6901000020011"
    assert len(found.orders) == 2


@pytest.mark.req("O14")
def test_papers_tell_what_is_still_to_be_sent(stocked: Stocked) -> None:
    one, two = order(stocked, (TEA, 2)), order(stocked, (MILK, 3))
    papers = stocked.shop.ask(order_papers, [two, one]).orders
    assert [paper.id for paper in papers] == [two, one]
    assert papers[0].address == HOME
    assert papers[0].lines[0].to_send_milli == papers[0].lines[0].qty_milli == 3_000
    pay(stocked, two)
    stocked.shop.do(ship_order, two)
    assert stocked.shop.ask(order_papers, [two]).orders[0].lines[0].to_send_milli == 0
    with pytest.raises(Refused, match="200"):
        stocked.shop.ask(pick_list, list(range(201)))


@pytest.mark.req("O14")
def test_invoice_numbers_are_given_once_and_have_no_gaps(stocked: Stocked) -> None:
    orders = [order(stocked, (TEA, 1)) for _ in range(4)]
    given = stocked.shop.do(number_invoices, orders[:2])
    assert list(given.values()) == ["2026-000001", "2026-000002"]
    assert stocked.shop.do(number_invoices, orders[:2]) == given
    with ThreadPoolExecutor(4) as tills:
        answers = list(tills.map(lambda _n: stocked.shop.do(number_invoices, orders[1:]), range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert sorted(answers[0].values()) == ["2026-000002", "2026-000003", "2026-000004"]
    stocked.shop.do(cancel_order, orders[0])
    late = order(stocked, (CAKE, 1))
    stocked.shop.do(cancel_order, late)
    with pytest.raises(Refused, match="已取消"):
        invoice_papers(stocked.shop, [late])
    assert invoice_papers(stocked.shop, [orders[0]]).orders[0].invoice_number == "2026-000001"
    assert list(stocked.shop.do(number_invoices, [order(stocked, (CAKE, 1))]).values()) == ["2026-000005"]


def test_a_cashier_prints_pick_lists_but_no_addresses(stocked: Stocked) -> None:
    number = order(stocked, (TEA, 1))
    cashier = stocked.shop.acting_as(actors.staff(stocked.cashier_id, stocked.kiosk_till))
    assert cashier.ask(pick_list, [number]).rows
    with pytest.raises(NotAllowed):
        cashier.ask(order_papers, [number])


@pytest.mark.req("O14")
def test_an_order_that_is_gone_is_named_and_none_gets_a_number(stocked: Stocked) -> None:
    one = order(stocked, (TEA, 1))
    with pytest.raises(NotFound):
        stocked.shop.do(number_invoices, [one, one + 1])
    assert stocked.shop.do(number_invoices, [one])[one].endswith("-000001"), "control"


@pytest.mark.req("O14")
def test_a_delivery_note_names_goods_nothing_is_held_of(stocked: Stocked) -> None:
    stocked.shop.do(set_settings, {TERMS["retail"].need_stock.key: False})
    both = order(stocked, (TEA, 1), (MILK, 100))  # of the milk there are eight
    pay(stocked, both)
    (paper,) = stocked.shop.ask(order_papers, [both]).orders
    assert [line.to_send_milli for line in paper.lines] == [1_000, 100_000]
    (picked,) = stocked.shop.ask(pick_list, [both]).rows
    assert picked.code == "ZH-1003", "control: only what lies here can be fetched"
