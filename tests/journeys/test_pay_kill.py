"""Processes that are killed while they talk to payment providers over HTTP: no money is lost, none is taken twice."""

from __future__ import annotations

import random

import pytest

from desktop.queries.verify import verify
from tests.helpers.databases import MORNING
from tests.helpers.pay_kill import (
    PayingTill,
    come_to_rest,
    compare,
    enter,
    fill,
    kill_again_and_again,
    shared_clock,
)
from tests.simulators.control import ROOM
from tests.simulators.fixture import open_pay_office

KILLS = 6  # on each kind of database; `python -m tests.bench pay_kill` makes 200


@pytest.mark.req("M1", "M2", "M3", "C10")
def test_no_kill_loses_or_doubles_money(shop_url: str) -> None:
    clock = shared_clock(MORNING)
    ids = fill(shop_url, clock)
    with open_pay_office(clock) as office:
        kill_again_and_again(shop_url, ids, clock, office, KILLS, random.Random(20261122))
        office.clear()
        stocked = enter(shop_url, ids, clock)
        till = PayingTill(stocked, clock, office.account(), office.base + ROOM)
        come_to_rest(till)
        found = compare(stocked, office)
        assert (found.lost, found.doubled, found.strangers) == ((), (), ())
        assert found.paid > 0
        assert [str(fault) for fault in stocked.shop.ask(verify).faults] == []
        till.close()
