"""The health of a shop: the database, its clock, rules that stopped, what could not be sent, the last checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed
from desktop.models.rules import Rule
from desktop.models.system import Outbox
from desktop.queries.health import health
from desktop.rules.beat import doubt_clock, finish_sweep, give_up_lease, take_lease
from desktop.services.checks import BOOKS, ORDERS, Finding, record_check
from desktop.services.machine_health import machine_health
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import as_role, set_up

WRONG = Finding("Order {number} is wrong.", {"number": "1121-0001"}, 7_690)


def write(shop: Shop, table: Any, *rows: dict[str, Any]) -> None:
    """Put rows into a table as another program would."""
    with shop.storage.write.begin() as connection:
        connection.execute(insert(table), list(rows))


def paused_rule(shop: Shop, name: str = "Chase", **more: Any) -> dict[str, Any]:
    """The row of a rule that stopped an hour ago."""
    now = shop.clock.now()
    return {
        "name": name, "topic": "orders", "since": now, "spec": "{}", "edited_at": now, "edited_by": "clock",
        "paused_at": now - timedelta(hours=1), "paused_why": "The server refused it.", "removed_at": None, **more,
    }  # fmt: skip


@pytest.mark.req("A5")
def test_of_a_new_shop_everything_is_quiet(shop: Shop) -> None:
    found = set_up(shop).ask(health)
    assert found.database.kind == ("sqlite" if shop.storage.is_sqlite else "postgresql")
    assert found.database.schema == found.database.newest_schema
    assert (found.paused, found.checks, found.future) == ((), (), None)
    assert (found.post.waiting, found.post.failed, found.beat) == (0, 0, None)


@pytest.mark.req("A5")
def test_it_says_whether_a_program_runs_the_clock_and_how_often_it_looked(
    sqlite_shop: Shop, clock: HandClock
) -> None:
    shop = set_up(sqlite_shop)
    ours = shop.acting_as(actors.clock())
    ours.do(take_lease, "here", 60)
    for _time in range(3):
        ours.do(finish_sweep, "here", 0)
    beat = shop.ask(health).beat
    assert beat is not None
    assert (beat.running, beat.sweeps, beat.swept_at, beat.doubt) == (True, 3, clock.now(), "")
    clock.pass_time(timedelta(seconds=61))  # killed: nobody prolongs the lease
    assert not shop.ask(health).beat.running  # type: ignore[union-attr]
    ours.do(take_lease, "here", 60)
    assert shop.ask(health).beat.running  # type: ignore[union-attr]
    ours.do(give_up_lease, "here")
    ours.do(doubt_clock, "The clock was set back.")
    clock.pass_time(timedelta(days=1))
    beat = shop.ask(health).beat
    assert beat is not None
    assert (beat.running, beat.sweeps, beat.doubt) == (False, 0, "The clock was set back.")


@pytest.mark.req("A5", "R11")
def test_it_lists_what_stopped_and_what_was_given_up(shop: Shop) -> None:
    set_up(shop)
    removed = paused_rule(shop, "Gone", removed_at=shop.clock.now())
    write(shop, Rule, paused_rule(shop), paused_rule(shop, "Works", paused_at=None), removed)
    now = shop.clock.now()
    row = {"kind": "notice", "payload": "{}", "after": now, "at": now - timedelta(hours=2)}
    write(shop, Outbox, *({**row, "state": state} for state in ("failed", "waiting", "done", "failed")))
    found = shop.ask(health)
    assert [(rule.name, rule.why) for rule in found.paused] == [("Chase", "The server refused it.")]
    assert (found.post.failed, found.post.waiting, found.post.oldest) == (2, 1, now - timedelta(hours=2))


@pytest.mark.req("A5")
def test_of_each_check_the_newest_run_counts(shop: Shop) -> None:
    set_up(shop)
    shop.do(record_check, BOOKS, [WRONG])
    shop.do(record_check, BOOKS, [], 32)
    shop.do(record_check, ORDERS, [WRONG] * 7)
    books, orders = shop.ask(health).checks
    assert (books.kind, books.found, books.checks) == (BOOKS, 0, 32)
    assert (orders.found, orders.minor, len(orders.findings)) == (7, 7 * 7_690, 5)
    assert orders.findings[0] == ("Order {number} is wrong.", {"number": "1121-0001"})


@pytest.mark.req("A5")
def test_a_clock_that_was_put_back_is_seen(sqlite_shop: Shop, clock: HandClock) -> None:
    shop = set_up(sqlite_shop)
    assert shop.ask(health).future is None
    clock.pass_time(timedelta(hours=-1))
    assert shop.ask(health).future == clock.now() + timedelta(hours=1)


@pytest.mark.req("A5")
def test_the_servers_time_is_compared(shop: Shop, clock: HandClock) -> None:
    apart = set_up(shop).ask(health).apart
    if shop.storage.is_sqlite:
        assert apart is None
    else:
        assert apart is not None
        clock.pass_time(timedelta(hours=3))
        later = shop.ask(health).apart
        assert later is not None
        assert timedelta(hours=2, minutes=50) < later - apart < timedelta(hours=3, minutes=10)


@pytest.mark.req("A5")
def test_where_the_database_lies_is_for_who_may_change_settings(shop: Shop) -> None:
    place = set_up(shop).ask(health).database.place
    assert place
    merchant = as_role(shop, "merchant").ask(health)
    assert (merchant.database.place, merchant.checks) == ("", ())
    assert merchant.database.size > 0
    with pytest.raises(NotAllowed):
        as_role(shop, "cashier").ask(health)


@pytest.mark.req("A5")
def test_the_machine_says_what_it_has(shop: Shop) -> None:
    found = machine_health(shop)
    assert 0 < found.free < found.size
    assert found.program.count(".") == 2
    assert found.python.startswith("3.")
    assert found.qt.startswith("6.")
