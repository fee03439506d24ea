"""Whatever moves cash at a till opens its drawer, once: an order’s money, a top-up, stored value paid out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.basics.ids import new_key
from desktop.models.print_jobs import PrintJob
from desktop.services.fulfilment import pay_order
from desktop.services.print_jobs import set_till_paper
from desktop.services.settlement import TenderIn
from desktop.services.stored_value import pay_out, top_up
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import order_of, placed
from tests.helpers.goods import MILK, Stocked, open_stocked


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """A shop whose till has a drawer."""
    found = open_stocked(sqlite_shop)
    found.shop.do(set_till_paper, found.kiosk_till, "ask", True)
    return found


def kicks(stocked: Stocked) -> list[str]:
    """The cash events that open the drawer."""
    with stocked.shop.storage.read.connect() as connection:
        events = select(PrintJob.drawer_event).where(PrintJob.drawer_event != "")
        return list(connection.execute(events.order_by(PrintJob.id)).scalars())


@pytest.mark.req("M13", "Q6")
def test_an_order_paid_in_cash_opens_the_drawer_once(stocked: Stocked) -> None:
    for method, wanted in (("card", 0), ("cash", 1)):
        order, key = placed(stocked, (MILK, 1)), new_key()
        due = order_of(stocked, order).total_minor
        first = stocked.cashier.do(pay_order, order, TenderIn(method, due, due), key)
        assert stocked.cashier.do(pay_order, order, TenderIn(method, due, due), key) == first
        assert len(kicks(stocked)) == wanted
    order = placed(stocked, (MILK, 1))
    due = order_of(stocked, order).total_minor
    stocked.shop.do(pay_order, order, TenderIn("cash", due, due), new_key())  # not from a till
    assert len(kicks(stocked)) == 1


@pytest.mark.req("M13", "Q6")
def test_an_order_paid_at_a_till_that_always_prints_gets_its_paper(stocked: Stocked) -> None:
    stocked.shop.do(set_till_paper, stocked.kiosk_till, "always", True)
    order = placed(stocked, (MILK, 1))
    due = order_of(stocked, order).total_minor
    stocked.cashier.do(pay_order, order, TenderIn("cash", due, due), new_key())
    with stocked.shop.storage.read.connect() as connection:
        jobs = connection.execute(select(PrintJob.kind, PrintJob.document)).all()
    assert [tuple(job) for job in jobs] == [("receipt", f"order:{order}")]
    assert len(kicks(stocked)) == 1


@pytest.mark.req("C14", "M13", "Q6")
def test_stored_value_topped_up_and_paid_out_in_cash_opens_the_drawer(stocked: Stocked) -> None:
    for method in ("card", "cash"):
        key = new_key()
        for _again in range(2):
            stocked.cashier.do(top_up, stocked.member_id, 5_000, method, client_key=key)
    assert len(kicks(stocked)) == 1
    owner = stocked.shop.acting_as(actors.staff(1, stocked.kiosk_till))
    for method in ("card", "cash"):
        owner.do(pay_out, stocked.member_id, 1_000, method, "搬家", client_key=new_key())
    assert len(kicks(stocked)) == 2
