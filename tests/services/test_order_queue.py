"""Orders outside their hours: refused, or queued with their goods held until the hours begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.clock import HandClock
from desktop.basics.errors import OutOfStock, Refused
from desktop.basics.hours import Hours
from desktop.basics.ids import new_key
from desktop.models.orders import Order
from desktop.queries.order_hours import queued_until
from desktop.queries.order_search import OrderFilter
from desktop.queries.orders import orders_page
from desktop.services.checkout import save_checkout
from desktop.services.fulfilment import cancel_order, ship_order
from desktop.services.order_queue import release_order
from desktop.services.orders import create_order, edit_order
from desktop.services.settings import set_setting, set_settings
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from tests.helpers.back_office import draft, events, order_of, pay, placed, stock
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 21, 23, 30, tzinfo=ZONE)
SIX = datetime(2026, 11, 22, 6, 0, tzinfo=ZONE)
B2B = {"order_type": "b2b"}


@pytest.fixture
def stocked(shop: Shop, clock: HandClock) -> Stocked:
    """The pictures' shop at half past eleven at night; retail orders are taken from 6:00 to 22:00."""
    made = open_stocked(shop)
    hours(made, "retail", 6 * 60, 22 * 60)
    clock.pass_time(NIGHT - clock.now())
    return made


def hours(stocked: Stocked, order_type: str, start: int, end: int, **more: str) -> None:
    """Set the hours of a type."""
    values: dict[str, int | str] = {f"orders.{order_type}.from": start, f"orders.{order_type}.until": end}
    stocked.shop.do(set_settings, {**values, **{f"orders.{order_type}.{k}": v for k, v in more.items()}})


@pytest.mark.req("O3")
def test_at_night_an_order_is_queued_with_its_goods_until_morning(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 6))
    order = order_of(stocked, order_id)
    assert (order.status, order.queued_until) == ("unpaid", SIX)
    assert order.pay_deadline == SIX + timedelta(minutes=30)
    assert stock(stocked, MILK) == (8, 6)
    assert events(stocked, order_id) == ["placed", "queued"]
    with pytest.raises(OutOfStock):
        placed(stocked, (MILK, 3))
    listed = stocked.shop.ask(orders_page, OrderFilter(queued=True)).rows
    assert [(row.id, row.queued_until) for row in listed] == [(order_id, SIX)]


@pytest.mark.req("O3")
def test_control_by_day_and_in_other_types_nothing_waits(stocked: Stocked, clock: HandClock) -> None:
    other = placed(stocked, (TEA, 1), order_type="b2b", member_id=stocked.member_id)
    assert order_of(stocked, other).queued_until is None
    clock.pass_time(SIX - clock.now())
    by_day = placed(stocked, (TEA, 1))
    order = order_of(stocked, by_day)
    assert (order.queued_until, order.pay_deadline) == (None, SIX + timedelta(minutes=30))
    assert events(stocked, by_day) == ["placed"]
    assert stocked.shop.ask(orders_page, OrderFilter(queued=True)).rows == ()


@pytest.mark.req("O3")
def test_refused_says_when_the_hours_begin_and_writes_nothing(stocked: Stocked) -> None:
    hours(stocked, "retail", 6 * 60, 22 * 60, outside="refuse")
    with pytest.raises(Refused, match="06:00"):
        placed(stocked, (MILK, 1))
    assert stock(stocked, MILK) == (8, 0)
    assert stocked.shop.ask(orders_page).rows == ()


@pytest.mark.req("O3")
def test_a_sale_over_the_counter_is_taken_at_any_hour(stocked: Stocked) -> None:
    hours(stocked, "retail", 6 * 60, 22 * 60, outside="refuse")
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.cart((MILK, 1)))
    sold = stocked.cashier.do(settle, key, [TenderIn("cash", 1690)], 1)
    assert order_of(stocked, sold.order_id).status == "done"


@pytest.mark.req("O3", "O4")
def test_while_it_waits_it_is_changed_and_paid_but_not_shipped(stocked: Stocked, clock: HandClock) -> None:
    order_id = placed(stocked, (MILK, 2))
    stocked.shop.do(edit_order, order_id, draft(stocked, (MILK, 3)))
    pay(stocked, order_id)
    order = order_of(stocked, order_id)
    assert (order.status, order.queued_until) == ("to_ship", SIX)
    assert order.ship_deadline == SIX + timedelta(hours=36)
    with pytest.raises(Refused, match="06:00"):
        stocked.shop.do(ship_order, order_id)
    assert stock(stocked, MILK) == (8, 3)
    clock.pass_time(SIX - clock.now())  # nobody released it: the hours have begun all the same
    stocked.shop.do(ship_order, order_id)
    assert (order_of(stocked, order_id).queued_until, stock(stocked, MILK)) == (None, (5, 0))


@pytest.mark.req("O3")
def test_the_clock_releases_it_once_and_a_person_may_do_so_before(stocked: Stocked, clock: HandClock) -> None:
    first, second = placed(stocked, (MILK, 1)), placed(stocked, (TEA, 1))
    assert stocked.shop.do(release_order, first)
    assert events(stocked, first)[-1] == "released"
    clock.pass_time(SIX - clock.now())
    by_clock = stocked.shop.acting_as(actors.clock())
    assert by_clock.do(release_order, second)
    assert not by_clock.do(release_order, second)
    assert not by_clock.do(release_order, first)
    assert events(stocked, second).count("released") == 1
    assert order_of(stocked, second).pay_deadline == SIX + timedelta(minutes=30)


@pytest.mark.req("O3", "O9")
def test_a_cancelled_or_taken_along_order_leaves_the_queue(stocked: Stocked) -> None:
    dropped, carried = placed(stocked, (MILK, 1)), placed(stocked, (MILK, 1), address="")
    stocked.shop.do(cancel_order, dropped)
    pay(stocked, carried)
    for order_id, status in ((dropped, "cancelled"), (carried, "done")):
        order = order_of(stocked, order_id)
        assert (order.status, order.queued_until) == (status, None)
        assert not stocked.shop.do(release_order, order_id)
    assert stock(stocked, MILK) == (7, 0)


@pytest.mark.req("O3")
def test_hours_changed_meanwhile_bring_orders_forward_and_never_back(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 1))
    hours(stocked, "retail", 8 * 60, 22 * 60)
    assert order_of(stocked, order_id).queued_until == SIX  # as it was promised
    hours(stocked, "retail", 4 * 60, 22 * 60)
    assert order_of(stocked, order_id).queued_until == SIX - timedelta(hours=2)
    stocked.shop.do(set_setting, "shop.zone", "Asia/Tokyo")
    assert order_of(stocked, order_id).queued_until == SIX - timedelta(hours=3)
    hours(stocked, "retail", 0, 24 * 60)
    order = order_of(stocked, order_id)
    assert order.queued_until == NIGHT
    assert order.pay_deadline == SIX + timedelta(minutes=30)


@pytest.mark.req("O3")
def test_over_midnight_and_a_retry_after_closing_time(stocked: Stocked, clock: HandClock) -> None:
    hours(stocked, "retail", 22 * 60, 6 * 60)
    key, wanted = new_key(), draft(stocked, (MILK, 1))
    made = stocked.shop.do(create_order, wanted, key)
    assert order_of(stocked, made.order_id).queued_until is None
    clock.pass_time(SIX - clock.now())
    assert stocked.shop.do(create_order, wanted, key) == made  # the answer already given
    late = order_of(stocked, placed(stocked, (MILK, 1)))
    assert late.queued_until == datetime(2026, 11, 22, 22, 0, tzinfo=ZONE)


@pytest.mark.req("O3")
@given(
    start=st.integers(0, 1439), end=st.integers(0, 1440), zone=st.sampled_from(("Asia/Shanghai", "Europe/Berlin")),
    at=st.datetimes(datetime(2026, 3, 28), datetime(2026, 3, 31), timezones=st.just(UTC)),
)  # fmt: skip
def test_whoever_waits_waits_only_until_the_hours_begin(
    start: int, end: int, zone: str, at: datetime
) -> None:
    kept = {"orders.retail.from": str(start), "orders.retail.until": str(end), "shop.zone": f'"{zone}"'}
    found = queued_until(Read(None, actors.console(), at, kept), "retail")  # type: ignore[arg-type]
    hours_of = Hours(start, end)
    if found is None:
        assert hours_of.open_at(at, ZoneInfo(zone))
        return
    assert found > at
    assert hours_of.open_at(found, ZoneInfo(zone))
    assert not hours_of.open_at(found - timedelta(seconds=1), ZoneInfo(zone))


@pytest.mark.req("O3")
def test_the_queue_is_read_by_its_own_index(sqlite_shop: Shop) -> None:
    statement = Order.__table__.select().where(Order.queued_until <= NIGHT)
    with sqlite_shop.storage.read.connect() as connection:
        text = str(statement.compile(connection, compile_kwargs={"literal_binds": False}))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("2026-11-22",)).all()
    assert "ix_sale_order_queued" in str(plan)
