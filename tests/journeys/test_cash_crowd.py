"""Eight machines at one drawer: one opens it; what is sold while it is closed belongs to one session or to none."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text

from desktop.basics.clock import SystemClock
from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.ids import new_key
from desktop.models.cash_sessions import CashSession
from desktop.models.payments import Tender
from desktop.queries.verify import verify
from desktop.services.cash_sessions import close_session, count_cash, open_session
from desktop.services.checkout import save_checkout
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.tills import PATIENCE, enter, gather, ids_of, leave

MACHINES, SALES, SHIFTS = 8, 4, 3


@pytest.fixture
def stocked(shop_url: str) -> Any:
    """The pictures' shop, by the machine's own clock."""
    opened = open_stocked(Shop(open_storage(shop_url), actor=actors.console(), clock=SystemClock()))
    yield opened
    leave(opened)


def value(stocked: Stocked, statement: Any) -> int:
    """One number of the database."""
    with stocked.shop.storage.read.connect() as connection:
        return int(connection.execute(statement).scalar() or 0)


def open_together(url: str, ids: Stocked, together: Any, answers: Any) -> None:
    """Open the till's session at the moment the others do."""
    mine = enter(url, ids)
    together.wait(PATIENCE)
    try:
        surely(mine.cashier, open_session, ids.kiosk_till, [(100, 5)], client_key=new_key())
        answers.put("opened")
    except ShopError as error:
        answers.put(str(error))
    leave(mine)


@pytest.mark.req("M13")
def test_one_of_eight_machines_opens_the_drawer(stocked: Stocked, shop_url: str) -> None:
    said = gather(open_together, MACHINES, shop_url, ids_of(stocked))
    assert said.count("opened") == 1
    assert value(stocked, select(func.count()).select_from(CashSession)) == 1
    with (
        stocked.shop.storage.write.begin() as connection
    ):  # control: without its index nothing holds them back
        connection.execute(text("DROP INDEX ux_cash_session_open_till"))
    assert gather(open_together, 2, shop_url, ids_of(stocked)).count("opened") == 2
    assert {fault.kind for fault in stocked.shop.ask(verify).faults} == {"cash open"}


def surely(door: Shop, deed: Any, *args: Any, **kwargs: Any) -> Any:
    """Do it, again while somebody else holds the database: the client key makes sure that it is done once."""
    while True:
        try:
            return door.do(deed, *args, **kwargs)
        except Unavailable:
            continue


def sell_or_change_shift(url: str, ids: Stocked, together: Any, answers: Any) -> None:
    """The first to come closes and opens the drawer again and again, the others sell for cash meanwhile."""
    mine = enter(url, ids)
    place = together.wait(PATIENCE)
    for _ in range(SHIFTS if place == 0 else SALES):
        if place == 0:
            _change_shift(mine)
            continue
        key = new_key()
        version = surely(mine.kiosk, save_checkout, key, mine.cart((NUTS, 1)))
        surely(mine.cashier, settle, key, [TenderIn("cash", 3_990)], version)
    answers.put(place)
    leave(mine)


def _change_shift(mine: Stocked) -> None:
    session = surely(mine.cashier, open_session, mine.kiosk_till, [(100, 5)], client_key=new_key())
    surely(mine.cashier, count_cash, session, [(100, 5)], client_key=new_key())
    surely(mine.cashier, close_session, session, reason="卖着货", client_key=new_key())


@pytest.mark.req("M13")
def test_sales_during_a_change_of_shifts_belong_to_one_or_to_none(stocked: Stocked, shop_url: str) -> None:
    gather(sell_or_change_shift, 4, shop_url, ids_of(stocked))
    assert value(stocked, select(func.count()).select_from(Tender)) == 3 * SALES
    closed = select(func.count()).select_from(CashSession).where(CashSession.state == "closed")
    assert value(stocked, closed) == SHIFTS
    assert value(stocked, select(func.max(CashSession.number))) == SHIFTS
    assert stocked.shop.ask(verify).faults == ()  # no tender joined a session after its sum was taken
