"""Stock set aside for a campaign: normal sales can't have it, the campaign can, and what is left returns once."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, OutOfStock, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.people import Permission
from desktop.models.set_aside import SetAside, SetAsideEntry, SetAsideLine
from desktop.models.stock import Stock
from desktop.queries.checkout import checkout_view
from desktop.queries.verify import verify
from desktop.services.checkout import choose_campaign, save_checkout
from desktop.services.fulfilment import cancel_order
from desktop.services.locations import add_location, set_till_place
from desktop.services.orders import OrderDraft, create_order, edit_order
from desktop.services.set_aside import (
    AsideLine,
    add_goods,
    change_campaign,
    change_quantity,
    end_campaign,
    set_aside,
)
from desktop.services.settlement import Settled, TenderIn, settle
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import CAKE, MILK, Stocked, open_stocked
from tests.helpers.refusals import refused
from tests.helpers.sales import sell
from tests.helpers.tills import PATIENCE

DAY = timedelta(days=1)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database: 8 bottles of milk."""
    return open_stocked(shop)


def campaign(stocked: Stocked, pieces: int, goods: int = MILK, key: str = "", days: int = 2) -> int:
    """Set pieces aside from now on."""
    now = stocked.shop.clock.now()
    line = AsideLine(stocked.skus[goods], pieces * 1000)
    return stocked.shop.do(
        set_aside, "双十二", [line], starts_at=now, ends_at=now + days * DAY, client_key=key or new_key()
    )


def sell_for(stocked: Stocked, set_aside_id: int, pieces: int, goods: int = MILK) -> Settled:
    """A sale at the till that names the campaign."""
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.cart((goods, pieces)))
    version = stocked.kiosk.do(choose_campaign, key, set_aside_id)
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    return stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)


def stock_of(stocked: Stocked, goods: int = MILK) -> tuple[int, int, int]:
    """On hand, reserved and set aside, in pieces."""
    columns = (Stock.on_hand_milli, Stock.reserved_milli, Stock.set_aside_milli)
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(select(*columns).where(Stock.sku_id == stocked.skus[goods])).one()
    return row[0] // 1000, row[1] // 1000, row[2] // 1000


def line_of(stocked: Stocked, set_aside_id: int) -> tuple[int, int, int]:
    """Id, set aside and sold (pieces) of a campaign's only line."""
    columns = (SetAsideLine.id, SetAsideLine.qty_milli, SetAsideLine.sold_milli)
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(select(*columns).where(SetAsideLine.set_aside_id == set_aside_id)).one()
    return row[0], row[1] // 1000, row[2] // 1000


def whole(stocked: Stocked) -> bool:
    """Whether the books balance."""
    return stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I7")
def test_normal_sales_cannot_eat_it_and_the_campaign_can(stocked: Stocked) -> None:
    made = campaign(stocked, 5)
    assert stock_of(stocked) == (8, 0, 5)
    with pytest.raises(OutOfStock, match="3"):
        sell(stocked, stocked.cart((MILK, 4)))
    sell(stocked, stocked.cart((MILK, 3)))
    sell_for(stocked, made, 4)
    assert stock_of(stocked) == (1, 0, 1)
    assert line_of(stocked, made)[1:] == (5, 4)
    with pytest.raises(OutOfStock):
        sell(stocked, stocked.cart((MILK, 1)))
    assert whole(stocked)


@pytest.mark.req("I7")
def test_control_without_it_normal_sales_take_everything(stocked: Stocked) -> None:
    sell(stocked, stocked.cart((MILK, 8)))
    assert stock_of(stocked) == (0, 0, 0)


@pytest.mark.req("I7")
def test_more_than_is_free_cannot_be_set_aside_and_nothing_is(stocked: Stocked) -> None:
    now = stocked.shop.clock.now()
    lines = [AsideLine(stocked.skus[CAKE], 2000), AsideLine(stocked.skus[MILK], 9000)]
    with pytest.raises(OutOfStock, match="8"):
        stocked.shop.do(set_aside, "x", lines, starts_at=now, ends_at=now + DAY, client_key=new_key())
    assert stock_of(stocked) == (8, 0, 0)
    assert stock_of(stocked, CAKE) == (6, 0, 0)


@pytest.mark.req("I7")
def test_overlapping_campaigns_add_up_and_each_has_its_own(stocked: Stocked) -> None:
    first, second = campaign(stocked, 3), campaign(stocked, 4)
    assert stock_of(stocked) == (8, 0, 7)
    sell_for(stocked, first, 4)  # three of its own, the last from what is free
    assert (line_of(stocked, first)[1:], line_of(stocked, second)[1:]) == ((3, 3), (4, 0))
    assert stock_of(stocked) == (4, 0, 4)
    with pytest.raises(OutOfStock):
        sell_for(stocked, first, 1)
    sell_for(stocked, second, 1)
    assert whole(stocked)


@pytest.mark.req("I7")
def test_what_is_left_returns_once_when_it_is_ended(stocked: Stocked) -> None:
    made = campaign(stocked, 5)
    sell_for(stocked, made, 2)
    assert stocked.shop.do(end_campaign, made) == 3000
    assert stocked.shop.do(end_campaign, made) == 0
    assert stock_of(stocked) == (6, 0, 0)
    with pytest.raises(Refused):
        sell_for(stocked, made, 1)
    sell(stocked, stocked.cart((MILK, 6)))
    assert whole(stocked)


@pytest.mark.req("I7")
def test_a_campaign_sells_only_in_its_time(stocked: Stocked, clock: HandClock) -> None:
    now = clock.now()
    lines = [AsideLine(stocked.skus[MILK], 2000)]
    made = stocked.shop.do(
        set_aside, "later", lines, starts_at=now + DAY, ends_at=now + 2 * DAY, client_key="k"
    )
    assert stock_of(stocked) == (8, 0, 2)
    with pytest.raises(Refused, match="later"):
        sell_for(stocked, made, 1)
    clock.pass_time(DAY)
    sell_for(stocked, made, 1)
    clock.pass_time(DAY)
    with pytest.raises(Refused):
        sell_for(stocked, made, 1)


@pytest.mark.req("I7", "O10")
def test_an_order_draws_from_it_and_a_cancelled_one_gives_back(stocked: Stocked) -> None:
    made = campaign(stocked, 5)
    draft = OrderDraft(tuple(stocked.cart((MILK, 4))), set_aside_id=made)
    order = stocked.shop.do(create_order, draft, new_key())
    assert stock_of(stocked) == (8, 4, 1)
    stocked.shop.do(edit_order, order.order_id, OrderDraft(tuple(stocked.cart((MILK, 2)))))
    assert stock_of(stocked) == (8, 2, 3)
    assert line_of(stocked, made)[1:] == (5, 2)
    stocked.shop.do(cancel_order, order.order_id, "x")
    assert stock_of(stocked) == (8, 0, 5)
    assert line_of(stocked, made)[1:] == (5, 0)
    assert whole(stocked)


@pytest.mark.req("I7", "O10")
def test_what_a_cancelled_order_drew_is_free_when_the_campaign_is_over(stocked: Stocked) -> None:
    made = campaign(stocked, 5)
    draft = OrderDraft(tuple(stocked.cart((MILK, 4))), set_aside_id=made)
    order = stocked.shop.do(create_order, draft, new_key())
    stocked.shop.do(end_campaign, made)
    stocked.shop.do(cancel_order, order.order_id, "x")
    assert stock_of(stocked) == (8, 0, 0)
    assert whole(stocked)


@pytest.mark.req("I7")
def test_the_quantity_grows_and_shrinks_but_not_below_what_is_sold(stocked: Stocked) -> None:
    made = campaign(stocked, 4)
    sell_for(stocked, made, 2)
    line = line_of(stocked, made)[0]
    stocked.shop.do(change_quantity, line, 6000, 4000)
    assert stock_of(stocked) == (6, 0, 4)
    with pytest.raises(Refused, match="2"):
        stocked.shop.do(change_quantity, line, 1000, 6000)
    with pytest.raises(Changed):
        stocked.shop.do(change_quantity, line, 3000, 4000)
    with pytest.raises(OutOfStock):
        stocked.shop.do(change_quantity, line, 20_000, 6000)
    stocked.shop.do(change_quantity, line, 2000, 6000)
    assert stock_of(stocked) == (6, 0, 0)
    assert whole(stocked)


@pytest.mark.req("I7")
def test_the_same_key_sets_aside_once(stocked: Stocked) -> None:
    assert campaign(stocked, 3, key="same") == campaign(stocked, 3, key="same")
    assert stock_of(stocked) == (8, 0, 3)
    with pytest.raises(Refused):
        campaign(stocked, 4, key="same")


@pytest.mark.req("I7")
def test_goods_are_added_and_the_time_is_moved(stocked: Stocked) -> None:
    made, now = campaign(stocked, 3), stocked.shop.clock.now()
    for _again in range(2):
        stocked.shop.do(add_goods, made, AsideLine(stocked.skus[CAKE], 1000), "key")
    assert stock_of(stocked, CAKE) == (6, 0, 1)
    with pytest.raises(Refused):
        stocked.shop.do(add_goods, made, AsideLine(stocked.skus[CAKE], 1000), "again")
    with pytest.raises(Refused):
        stocked.shop.do(change_campaign, made, name="x", starts_at=now, ends_at=now)
    stocked.shop.do(change_campaign, made, name="双旦", starts_at=now, ends_at=now + 9 * DAY)
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(SetAside.name)).scalar_one() == "双旦"
    assert whole(stocked)


@action(permission=Permission.EDIT_STOCK)
def _add_slowly(work: Work, made: int, line: AsideLine, added: Event, go: Event) -> None:
    add_goods.run(work, made, line, new_key())
    added.set()
    assert go.wait(PATIENCE)


@pytest.mark.req("I7")
def test_goods_added_while_somebody_ends_the_campaign_come_back_too(stocked: Stocked) -> None:
    made, added, go = campaign(stocked, 3), Event(), Event()
    with ThreadPoolExecutor(2) as pool:
        adding = pool.submit(
            stocked.shop.do, _add_slowly, made, AsideLine(stocked.skus[CAKE], 2000), added, go
        )
        assert added.wait(PATIENCE)
        ending = pool.submit(stocked.shop.do, end_campaign, made)
        early, _waiting = wait([ending], timeout=0.3)
        go.set()
        adding.result()
        assert not early
        assert ending.result() == 5000
    assert (stock_of(stocked), stock_of(stocked, CAKE)) == ((8, 0, 0), (6, 0, 0))
    assert whole(stocked)


@pytest.mark.req("I7")
def test_a_campaign_sells_only_what_lies_where_the_shop_sells(stocked: Stocked) -> None:
    shop, sku = stocked.shop, stocked.skus[MILK]
    room = shop.do(add_location, "store room", "后仓")
    other = shop.do(add_location, "other shop", "分店")
    for place in (room, other):
        shop.do(receive_stock, [ReceivedLine(sku, 2000)], client_key=new_key(), location_id=place)
    now = shop.clock.now()
    times = {"starts_at": now, "ends_at": now + DAY}
    with refused("sells from"):
        shop.do(set_aside, "x", [AsideLine(sku, 1000)], **times, client_key="a", location_id=other)
    made = shop.do(set_aside, "x", [AsideLine(sku, 1000)], **times, client_key="b", location_id=room)
    with refused("another place"):
        sell_for(stocked, made, 1)
    shop.do(set_till_place, stocked.kiosk_till, room)  # control: where it lies, it is sold
    sell_for(stocked, made, 1)
    assert line_of(stocked, made)[1:] == (1, 1)


@pytest.mark.req("I7", "A2")
def test_verify_finds_set_aside_stock_that_no_campaign_has(stocked: Stocked) -> None:
    campaign(stocked, 3)
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(
            update(Stock).where(Stock.sku_id == stocked.skus[MILK]).values(set_aside_milli=2000)
        )
    assert [fault.kind for fault in stocked.shop.ask(verify).faults] == ["set aside"]
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(
            update(Stock).where(Stock.sku_id == stocked.skus[MILK]).values(set_aside_milli=3000)
        )
        connection.execute(update(SetAsideLine).values(sold_milli=1000))
    assert {fault.kind for fault in stocked.shop.ask(verify).faults} == {"set aside", "campaign"}


DEEDS = st.lists(
    st.tuples(st.sampled_from(["aside", "sell", "campaign", "change", "end"]), st.integers(0, 6)), max_size=9
)


@pytest.fixture
def quick(sqlite_shop: Shop) -> Stocked:
    """The same shop on SQLite, for what is not about the database."""
    return open_stocked(sqlite_shop)


@pytest.mark.req("I7")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_whatever_happens_the_books_balance(quick: Stocked, deeds: list[tuple[str, int]]) -> None:
    made: list[int] = []
    for kind, pieces in deeds:
        with contextlib.suppress(ShopError):
            take_step(quick, made, kind, pieces)
        on_hand, reserved, aside = stock_of(quick)
        assert on_hand - reserved - aside >= 0
    assert whole(quick)
    with quick.shop.storage.read.connect() as connection:
        entries = connection.execute(select(SetAsideEntry.delta_milli)).scalars().all()
    assert sum(entries) == stock_of(quick)[2] * 1000


def take_step(stocked: Stocked, made: list[int], kind: str, pieces: int) -> None:
    """One deed of the property."""
    if kind == "aside":
        made.append(campaign(stocked, pieces))
    elif kind == "sell":
        sell(stocked, stocked.cart((MILK, pieces)))
    elif made and kind == "campaign":
        sell_for(stocked, made[-1], pieces)
    elif made and kind == "change":
        line, qty, _sold = line_of(stocked, made[-1])
        stocked.shop.do(change_quantity, line, pieces * 1000, qty * 1000)
    elif made:
        stocked.shop.do(end_campaign, made[pieces % len(made)])
