"""Bills fetched from the simulated providers over HTTP, wrong in every way a bill can be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from desktop.basics.clock import HandClock
from desktop.basics.errors import Unavailable
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.statements import Statement
from desktop.models.system import Outbox
from desktop.services import opening
from desktop.services.reconcile import BillReport, take_bill
from desktop.services.reconcile_bills import fetch_ordered, order_bills
from desktop.services.sending import Gateways, Job
from desktop.services.statements.unpacking import Packed
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.databases import MORNING
from tests.simulators.control import PayOffice
from tests.simulators.scene import Scene, scene
from tests.simulators.statements import Mutation

DAY = date(2026, 11, 21)
TO_NEXT_NOON = timedelta(hours=26)


@pytest.fixture(autouse=True)
def opened(sqlite_shop: Shop) -> None:
    """A shop with its ways to pay."""
    opening.open_shop(sqlite_shop, opening.NewShop("青禾杂货铺", "王掌柜", "owner", "a long password"))


def kept(shop: Shop, sale: Scene) -> None:
    """The paid sale as the machine wrote it down."""
    one = sale.attempt
    row = {
        "number": one.number, "subject": f"sale:{one.number}", "method_key": sale.provider, "gateway": sale.provider,
        "way": one.way, "amount_minor": one.amount.amount, "currency": "CNY", "request": {}, "state": "succeeded",
        "paid_minor": one.amount.amount, "next_at": one.created, "deadline_at": one.until, "created_at": one.created,
        "ended_at": shop.clock.now(), "client_key": one.number, "actor": "kiosk:1", "booked": True,
        "reference": one.reference,
    }  # fmt: skip
    with shop.storage.write.begin() as connection:
        connection.execute(insert(PaymentAttempt), [row])


def job(provider: str) -> Job:
    """An ordered bill as the outbox hands it out."""
    payload = {"gateway": provider, "day": DAY.isoformat()}
    return Job(1, f"bill:{provider}", payload, 1, MORNING)


@pytest.mark.req("M12")
@pytest.mark.parametrize("provider", ["alipay", "wechat"])
def test_the_clock_fetches_a_bill_once_it_is_ready(
    sqlite_shop: Shop, pay_office: PayOffice, clock: HandClock, provider: str
) -> None:
    sale = scene(pay_office, clock, provider).paid()
    kept(sqlite_shop, sale)
    machine = sqlite_shop.acting_as(actors.clock())
    with sqlite_shop.storage.write.begin() as connection:
        account = {"gateway": provider, "details": {}, "saved_at": clock.now()}
        connection.execute(insert(PaymentAccount), [account])
    outside = Gateways(pay=lambda _shop, _name: sale.gateway)
    with pytest.raises(Unavailable):
        fetch_ordered(machine, job(provider), outside)  # not ready: the outbox tries again later
    clock.pass_time(TO_NEXT_NOON)
    assert machine.do(order_bills) == 1
    with sqlite_shop.storage.read.connect() as connection:
        waiting = connection.execute(
            select(Outbox.payload).where(Outbox.kind == f"bill:{provider}")
        ).scalars()
        assert DAY.isoformat() in next(iter(waiting))
    fetch_ordered(machine, job(provider), outside)
    fetch_ordered(machine, job(provider), outside)
    with sqlite_shop.storage.read.connect() as connection:
        made = connection.execute(select(Statement.day, Statement.rows, Statement.state)).all()
    assert [tuple(row) for row in made] == [(DAY, 1, "done")]
    assert machine.do(order_bills) == 0, "a day that is there is not asked for again"


@pytest.mark.req("M12")
@pytest.mark.parametrize("provider", ["alipay", "wechat"])
@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("", {"matched": 2}),
        ("missing", {"matched": 1, "ours_only": 1}),
        ("amount", {"matched": 1, "amount": 1}),
        ("duplicate", {"matched": 2, "duplicate": 1}),
        ("extra", {"matched": 2, "provider_only": 1}),
    ],
)
def test_every_way_a_bill_is_wrong_is_found(
    sqlite_shop: Shop,
    pay_office: PayOffice,
    clock: HandClock,
    provider: str,
    kind: str,
    states: dict[str, int],
) -> None:
    done = _wrong(sqlite_shop, pay_office, clock, provider, kind)
    assert done.states == states


@pytest.mark.req("M12")
def test_a_row_booked_on_the_next_day_is_held_over_midnight(
    sqlite_shop: Shop, pay_office: PayOffice, clock: HandClock
) -> None:
    clock.pass_time(timedelta(hours=13, minutes=50))  # ten minutes to midnight
    assert _wrong(sqlite_shop, pay_office, clock, "wechat", "next day").states == {
        "matched": 1,
        "crossed_midnight": 1,
    }
    later = pay_office.make_statement("wechat", DAY + timedelta(days=1))
    take_bill(sqlite_shop, Packed(later, "later"))
    again = take_bill(sqlite_shop, Packed(pay_office.make_statement("wechat", DAY), "first"))
    assert (again.same, again.states) == (True, {"matched": 2})


def _wrong(shop: Shop, office: PayOffice, clock: HandClock, provider: str, kind: str) -> BillReport:
    sales = [scene(office, clock, provider).paid() for _ in range(2)]
    for sale in sales:
        kept(shop, sale)
    number = "NOBODYS0001" if kind == "extra" else sales[0].attempt.number
    made = office.make_statement(provider, DAY, [Mutation(kind, number, 8000)] if kind else [])
    return take_bill(shop, Packed(made, "bill"), gateway=provider, day=DAY)


@pytest.mark.req("M12")
def test_a_day_without_a_payment_has_an_empty_bill(sqlite_shop: Shop) -> None:
    done = take_bill(sqlite_shop, Packed(b"", "empty"), gateway="wechat", day=DAY)
    assert (done.rows, done.open, done.states) == (0, 0, {})
