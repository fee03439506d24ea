"""What a check found is kept until a later check of its kind; what could not be sent may be tried again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed
from desktop.models.system import CheckRun, Outbox
from desktop.queries.verify import verify
from desktop.services.checks import (
    BOOKS,
    KEPT,
    ORDERS,
    QUESTIONS,
    Finding,
    from_verdict,
    record_check,
    to_keep,
)
from desktop.services.outbox import retry_outbox
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, as_role, open_stocked, set_up

ODD = Finding("Order {number} is paid and still unpaid.", {"number": "1121-0001"}, 7_690, "order:1")


def runs(shop: Shop) -> list[tuple[str, int, int, bool]]:
    """(kind, found, money in doubt, open) of every run."""
    columns = (CheckRun.kind, CheckRun.found, CheckRun.minor, CheckRun.open)
    with shop.storage.read.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(CheckRun.id))]


@pytest.mark.req("A5", "R11")
def test_a_later_run_settles_the_earlier_ones_of_its_kind(shop: Shop) -> None:
    clock = set_up(shop).acting_as(actors.clock())
    clock.do(record_check, BOOKS, [ODD, ODD], 32)
    clock.do(record_check, ORDERS, [ODD])
    assert runs(shop) == [(BOOKS, 2, 15_380, True), (ORDERS, 1, 7_690, True)]
    clock.do(record_check, BOOKS, [], 32)
    assert runs(shop) == [(BOOKS, 2, 15_380, False), (ORDERS, 1, 7_690, True), (BOOKS, 0, 0, False)]
    with pytest.raises(ValueError, match="no check called"):
        clock.do(record_check, "weather", [])


def test_many_findings_are_counted_and_some_kept(shop: Shop) -> None:
    shop.do(record_check, BOOKS, [ODD] * (KEPT + 5))
    with shop.storage.read.connect() as connection:
        row = connection.execute(select(CheckRun.found, CheckRun.findings)).one()
    assert (row.found, len(json.loads(row.findings))) == (KEPT + 5, KEPT)
    assert json.loads(row.findings)[0]["fields"] == {"number": "1121-0001"}


@pytest.mark.req("A5")
def test_the_faults_of_the_books_become_findings(shop: Shop) -> None:
    stocked = open_stocked(shop)
    assert from_verdict(shop.ask(verify)) == ()
    with shop.storage.write.begin() as connection:
        connection.execute(text(f"UPDATE stock SET on_hand_milli = 9000 WHERE sku_id = {stocked.skus[MILK]}"))
    (finding,) = from_verdict(shop.ask(verify))
    assert finding.words.startswith("Stock of {subject}")
    assert finding.fields["expected"] == "8"


def run_check(shop: Shop, kind: str) -> int:
    """Make a check and keep what it finds; returns how much that is."""
    kept, checks = to_keep(kind, shop.ask(QUESTIONS[kind]))
    assert checks > 10
    shop.do(record_check, kind, kept, checks)
    return len(kept)


@pytest.mark.req("A5", "O21")
def test_what_a_check_finds_is_kept_with_its_subject(shop: Shop) -> None:
    stocked = open_stocked(shop)
    assert (run_check(shop, BOOKS), run_check(shop, ORDERS)) == (0, 0)
    with shop.storage.write.begin() as connection:
        connection.execute(text(f"UPDATE member SET points = 5 WHERE id = {stocked.member_id}"))
    assert (run_check(shop, BOOKS), run_check(shop, ORDERS)) == (1, 1)
    assert [row[:2] for row in runs(shop) if row[3]] == [(BOOKS, 1), (ORDERS, 1)]
    with shop.storage.read.connect() as connection:
        kept = connection.execute(
            select(CheckRun.findings).order_by(CheckRun.id.desc()).limit(1)
        ).scalar_one()
    (finding,) = json.loads(kept)
    assert finding["subject"] == f"member:{stocked.member_id}"
    assert finding["words"].format(**finding["fields"]).startswith("Member M-000318")


def outbox(shop: Shop) -> list[tuple[str, int]]:
    """(state, tries) of every row."""
    with shop.storage.read.connect() as connection:
        return [
            tuple(row) for row in connection.execute(select(Outbox.state, Outbox.tries).order_by(Outbox.id))
        ]


@pytest.mark.req("A5")
def test_only_what_was_given_up_is_tried_again(shop: Shop, clock: HandClock) -> None:
    open_stocked(shop)
    row = {"kind": "notice", "payload": "{}", "after": clock.now(), "at": clock.now()}
    states = [("failed", 8), ("waiting", 2), ("done", 1), ("failed", 8)]
    with shop.storage.write.begin() as connection:
        connection.execute(
            insert(Outbox), [{**row, "state": state, "tries": tries} for state, tries in states]
        )
    clock.pass_time(timedelta(hours=1))
    with pytest.raises(NotAllowed):
        as_role(shop, "cashier").do(retry_outbox)
    assert outbox(shop) == states
    assert shop.do(retry_outbox) == 2
    assert outbox(shop) == [("waiting", 0), ("waiting", 2), ("done", 1), ("waiting", 0)]
    assert shop.do(retry_outbox) == 0
