"""Many clocks on one shop, one of them killed again and again: every effect happens exactly once."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from sqlalchemy import func, select

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.notices import Notice
from desktop.models.orders import OrderEvent
from desktop.models.rules import ClockBeat, RuleRun
from desktop.models.system import AuditEvent
from desktop.queries.verify import verify
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop.shop import Shop
from tests.helpers.back_office import placed, stock
from tests.helpers.crowd import hammer, hammer_naively, many_goods, many_unpaid, take_turns
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.rules import clockwork, only, rule_id
from tests.helpers.tills import CONTEXT, PATIENCE, finish, gather, ids_of, start

LONG = 5 * PATIENCE  # so many effects on a loaded machine
GOODS = 200


@pytest.fixture
def shop_at(
    request: pytest.FixtureRequest, clock: HandClock
) -> Iterator[Callable[[str], tuple[Stocked, str]]]:
    """Opens the pictures' shop on the database asked for; with its address."""
    from desktop.shop import actors
    from desktop.storage.engine import open_storage

    opened: list[Shop] = []

    def open_at(kind: str) -> tuple[Stocked, str]:
        url = str(request.getfixturevalue(f"{kind}_url"))
        shop = Shop(open_storage(url), actor=actors.console(), clock=clock)
        opened.append(shop)
        return open_stocked(shop), url

    yield open_at
    for shop in opened:
        shop.news.close()
        shop.storage.close()


def crowded(stocked: Stocked, clock: HandClock, orders: int, goods: int = 0) -> None:
    """So many orders unpaid too long, so many goods of which there is too little."""
    clockwork(stocked.shop)
    only(stocked.shop, "retail_unpaid", *(["stock_alert"] if goods else []))
    line = ReceivedLine(stocked.skus[NUTS], (orders + 100) * 1_000)
    stocked.shop.do(receive_stock, [line], client_key=new_key())
    many_unpaid(stocked, placed(stocked, (NUTS, 1)), orders)
    many_goods(stocked, goods)
    clock.pass_time(timedelta(minutes=31))


def count(stocked: Stocked, *columns: Any, **where: Any) -> list[tuple[Any, ...]]:
    """Rows by a straight select."""
    with stocked.shop.storage.read.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).filter_by(**where))]


def once_each(stocked: Stocked, orders: int, goods: int) -> None:
    """Fail unless every order was closed once, every alert written once, every run kept once and no goods held."""
    closing, alert = rule_id(stocked.shop, "retail_unpaid"), rule_id(stocked.shop, "stock_alert")
    closed = Counter(row[0] for row in count(stocked, OrderEvent.order_id, kind="cancelled"))
    assert (len(closed), set(closed.values())) == (orders, {1})
    runs = Counter(count(stocked, RuleRun.rule_id, RuleRun.subject_id, state="done"))
    low = goods + (3 if goods else 0)  # tea, milk and cake as well
    assert Counter(rule for rule, _subject in runs) == Counter({closing: orders, alert: low})
    assert set(runs.values()) == {1}
    assert len(count(stocked, AuditEvent.id, action="firing.fire")) == orders + low
    told = Counter(row[0] for row in count(stocked, Notice.subject, receiver="staff:1"))
    assert (len(told), set(told.values()) or {1}) == (low, {1})
    assert stock(stocked, NUTS) == (orders + 100 + 32, 0)
    assert stocked.shop.ask(verify).faults == ()


def crowd(stocked: Stocked, url: str, clocks: int) -> tuple[list[tuple[int, int, int]], int]:
    """Let so many clocks hammer, one of them killed and started again all the time; their answers and the kills."""
    ids, moment, answers = ids_of(stocked), stocked.shop.clock.now(), CONTEXT.Queue()
    kills, said, begun = 0, CONTEXT.Queue(), CONTEXT.Event()
    others = [start(hammer, url, ids, moment, begun, answers) for _ in range(clocks - 1)]
    while any(process.is_alive() for process in others):
        ready = CONTEXT.Event()
        victim = start(hammer, url, ids, moment, ready, said)
        assert ready.wait(PATIENCE)
        victim.join(random.uniform(0.02, 0.6))
        kills += kill(victim)
    finish(*others)
    return [answers.get(timeout=PATIENCE) for _ in others], kills


def kill(process: BaseProcess) -> bool:
    """As the power does; whether it was still at work."""
    alive = process.is_alive()
    if alive:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
    process.join(PATIENCE)
    return alive


@pytest.mark.req("O6", "O7", "O9")
@pytest.mark.parametrize(
    "kind, clocks, orders", [("postgres", 8, 2_000), ("sqlite", 4, 300)], ids=["postgresql", "sqlite"]
)
def test_every_effect_happens_exactly_once_however_many_clocks_meet_and_die(
    shop_at: Any, clock: HandClock, kind: str, clocks: int, orders: int
) -> None:
    stocked, url = shop_at(kind)
    crowded(stocked, clock, orders, GOODS)
    answers, kills = crowd(stocked, url, clocks)
    once_each(stocked, orders, GOODS)
    assert kills >= 2
    assert sum(1 for fired, _passed, _busy in answers if fired) >= 2  # more than one of them worked
    assert sum(passed for _fired, passed, _busy in answers) > 0  # and they met


@pytest.mark.req("O6", "O9")
def test_with_the_lease_one_works_and_another_goes_on_when_it_is_killed(
    shop_at: Any, clock: HandClock
) -> None:
    stocked, url = shop_at("postgres")
    crowded(stocked, clock, 600)
    who, answers, many = CONTEXT.Queue(), CONTEXT.Queue(), 8
    ids, moment = ids_of(stocked), clock.now()
    processes = {p.pid: p for p in (start(take_turns, url, ids, moment, who, answers) for _ in range(many))}
    holders = {holder: pid for pid, holder in (who.get(timeout=PATIENCE) for _ in range(many))}

    def done() -> int:
        return int(count(stocked, func.count(RuleRun.id))[0][0])

    pause = CONTEXT.Event()
    while done() < 100:
        pause.wait(0.02)
    holder = count(stocked, ClockBeat.holder)[0][0]
    dead = processes.pop(holders[holder])
    assert kill(dead)
    before = done()
    finish(*processes.values(), patience=LONG)
    fired = [answers.get(timeout=PATIENCE) for _ in processes]
    once_each(stocked, 600, 0)
    assert before < 600  # it died in the middle
    assert 600 - before - 1 <= sum(fired) <= 600


def test_control_acting_first_and_noting_it_later_acts_twice(shop_at: Any, clock: HandClock) -> None:
    stocked, url = shop_at("postgres")
    crowded(stocked, clock, 50)
    closing = rule_id(stocked.shop, "retail_unpaid")
    gather(hammer_naively, 4, url, ids_of(stocked), clock.now(), closing)
    chased = Counter(row[0] for row in count(stocked, OrderEvent.order_id, kind="chased"))
    assert (len(chased), set(chased.values())) == (50, {4})
