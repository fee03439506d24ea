"""A check that a rule asks for is made once the rule has committed, is kept, and tells the owner what differs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from desktop.basics.clock import HandClock
from desktop.models.notices import Notice
from desktop.models.people import Permission
from desktop.models.system import CheckRun, Outbox
from desktop.services.check_job import CHECK, check_and_tell
from desktop.services.checks import BOOKS, ORDERS
from desktop.services.sending import send_due
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import MILK, Stocked, open_stocked


@action(permission=Permission.RUN_RULES)
def _asked(work: Work, what: str) -> None:
    """As a rule's effect does."""
    work.send_later(CHECK, {"what": what, "rule": 11})


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def spoil(stocked: Stocked, pieces: int) -> None:
    """Change what stock of milk says, behind the ledger's back."""
    with stocked.shop.storage.write.begin() as connection:
        statement = text("UPDATE stock SET on_hand_milli = :pieces WHERE sku_id = :sku")
        connection.execute(statement, {"pieces": pieces * 1_000, "sku": stocked.skus[MILK]})


def told(shop: Shop) -> list[tuple[str, str, str]]:
    """Receiver, title and text of every message."""
    with shop.storage.read.connect() as connection:
        rows = connection.execute(select(Notice.receiver, Notice.title, Notice.body).order_by(Notice.id))
        return [(row.receiver, row.title, row.body) for row in rows]


@pytest.mark.req("O21", "O6")
def test_what_differs_is_kept_and_told(stocked: Stocked) -> None:
    spoil(stocked, 9)
    clock = stocked.shop.acting_as(actors.clock())
    clock.do(_asked, BOOKS)
    clock.do(_asked, ORDERS)
    assert send_due(stocked.shop).done == 2
    with stocked.shop.storage.read.connect() as connection:
        columns = (CheckRun.kind, CheckRun.found, CheckRun.open)
        kept = connection.execute(select(*columns).order_by(CheckRun.kind)).all()
        assert connection.execute(select(Outbox.state)).scalars().all() == ["done", "done"]
    assert [tuple(row) for row in kept] == [(BOOKS, 1, True), (ORDERS, 0, False)]
    ((receiver, title, body),) = told(stocked.shop)
    assert receiver == "staff:1"
    assert "1" in title
    assert "ZH-2001" in body


@pytest.mark.req("O21")
def test_made_again_after_a_power_cut_it_tells_nobody_twice(stocked: Stocked, clock: HandClock) -> None:
    spoil(stocked, 9)
    shop = stocked.shop.acting_as(actors.clock())
    for key in ("check:1", "check:1"):
        assert check_and_tell(shop, BOOKS, key) == 1
    assert len(told(shop)) == 1
    clock.pass_time(timedelta(days=1))
    check_and_tell(shop, BOOKS, "check:2")
    assert len(told(shop)) == 2


@pytest.mark.req("O21")
def test_control_books_that_balance_tell_nobody(stocked: Stocked) -> None:
    spoil(stocked, 8)
    stocked.shop.acting_as(actors.clock()).do(_asked, BOOKS)
    assert send_due(stocked.shop).done == 1
    assert told(stocked.shop) == []


def test_a_check_that_does_not_exist_is_given_up(stocked: Stocked) -> None:
    stocked.shop.acting_as(actors.clock()).do(_asked, "weather")
    assert send_due(stocked.shop).failed == 1
