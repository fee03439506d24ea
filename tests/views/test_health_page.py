"""The health page: what runs, what stopped, and buttons that mend it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, text

from desktop.basics.errors import Unavailable
from desktop.models.rules import ClockBeat, Rule
from desktop.models.system import Outbox
from desktop.queries.health import health
from desktop.rules.shipped import add_shipped_rules
from desktop.services.checks import BOOKS, record_check
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.settings.health_page import HealthPage
from desktop.views.settings.health_rows import OK, PROBLEM
from desktop.views.settings.screen import SettingsScreen
from tests.helpers.goods import MILK
from tests.helpers.stage import Stage, open_stage


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner, on each kind of database."""
    yield from open_stage(qapp, qtbot, shop, tmp_path)


@pytest.fixture
def cashier(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The cashier."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path, staff_id=0)


def opened(stage: Stage) -> HealthPage:
    """The page, filled."""
    screen = stage.show(SettingsScreen)
    screen.go("health")
    page = screen.pages["health"]
    assert isinstance(page, HealthPage)
    stage.until(lambda: page.clock.rows and page.machine.rows)
    stage.settle()
    return page


def states(card: Any) -> dict[str, str]:
    """Key and state of each row."""
    return {row.key: row.state for row in card.rows}


def change(stage: Stage, *statements: Any) -> None:
    """What another program writes, without any news of it."""

    def write() -> None:
        with stage.stocked.shop.storage.write.begin() as connection:
            for statement in statements:
                connection.execute(statement)

    stage.outside(write)


def beat_row(stage: Stage, **more: Any) -> dict[str, Any]:
    """The clock's row, as a program that works keeps it."""
    now = stage.stocked.shop.clock.now()
    until = now + timedelta(days=3_650)  # a server reckons with its own time
    return {
        "id": 1,
        "holder": "x",
        "until": until,
        "fence": 1,
        "swept_at": now,
        "day": now.date(),
        "sweeps": 7,
    } | more


@pytest.mark.req("A5")
def test_all_is_well_only_while_everything_runs(stage: Stage) -> None:
    change(stage, insert(ClockBeat).values(**beat_row(stage)))
    page = opened(stage)
    time = states(page.database)["time"]  # the test's clock is not the server's
    assert states(page.clock) == {"clock": OK, "paused": OK, "waiting": OK}
    assert page.well.isVisible() == (time == OK)
    assert "7 times today" in page.clock.rows[0].caption
    assert {row.key for row in page.missing.rows} == {"backups", "certificate", "updates"}
    change(stage, text("UPDATE clock_beat SET holder = ''"))
    page.load()
    stage.until(lambda: states(page.clock)["clock"] == PROBLEM)
    stage.until(page.warn.isVisible)
    assert not page.well.isVisible()


@pytest.mark.req("A5", "R11")
def test_a_paused_rule_goes_on_at_the_press_of_its_button(stage: Stage) -> None:
    clock = stage.stocked.shop.acting_as(actors.clock())
    stage.outside(lambda: clock.do(add_shipped_rules))
    change(
        stage,
        text("UPDATE rule SET paused_why = 'No mail server', failures = 3 WHERE key = 'retail_unpaid'"),
        Rule.__table__.update().where(Rule.key == "retail_unpaid").values(paused_at=clock.clock.now()),
    )
    page = opened(stage)
    (row,) = [row for row in page.clock.rows if row.key == "paused"]
    assert row.state == PROBLEM
    assert row.caption.endswith("No mail server")
    page.clock.buttons[("resume", row.target)].click()
    stage.until(lambda: states(page.clock)["paused"] == OK)
    assert stage.outside(lambda: stage.stocked.shop.ask(health)).paused == ()
    assert stage.refused == []


@pytest.mark.req("A5")
def test_what_was_given_up_is_sent_again(stage: Stage) -> None:
    now = stage.stocked.shop.clock.now()
    row = {"kind": "notice", "payload": "{}", "state": "failed", "tries": 8, "after": now, "at": now}
    change(stage, insert(Outbox).values([row, row]))
    page = opened(stage)
    assert page.clock.rows[-2].title == "2 messages could not be sent"
    page.clock.buttons[("retry", 0)].click()
    stage.until(lambda: "failed" not in states(page.clock))
    assert "2 wait to be sent" in page.clock.rows[-1].caption


@pytest.mark.req("A5")
def test_a_doubtful_clock_is_confirmed_by_a_person(stage: Stage) -> None:
    doubt = {"doubt": "The machine’s clock was set back.", "doubt_at": stage.stocked.shop.clock.now()}
    change(stage, insert(ClockBeat).values(**beat_row(stage, **doubt)))
    page = opened(stage)
    assert states(page.clock)["doubt"] == PROBLEM
    page.clock.buttons[("confirm", 0)].click()
    stage.until(lambda: "doubt" not in states(page.clock))


@pytest.mark.req("A5")
def test_the_books_are_checked_and_what_differs_stays_written(stage: Stage) -> None:
    page = opened(stage)
    page.checks.buttons[("books", 0)].click()
    stage.until(lambda: states(page.checks)["books"] == OK)
    sku = stage.stocked.skus[MILK]
    change(stage, text(f"UPDATE stock SET on_hand_milli = 9000 WHERE sku_id = {sku}"))
    page.checks.buttons[("books", 0)].click()
    stage.until(lambda: states(page.checks)["books"] == PROBLEM)
    assert page.checks.rows[0].more[0].startswith("Stock of ")
    (run,) = stage.outside(lambda: stage.stocked.shop.ask(health)).checks
    assert run.found == 1


@pytest.mark.req("A5")
def test_news_of_another_program_changes_only_what_differs(stage: Stage) -> None:
    page = opened(stage)
    button = page.checks.buttons[("books", 0)]
    button.setFocus()
    page.load()
    stage.settle()
    assert page.checks.buttons[("books", 0)] is button
    clock = stage.stocked.shop.acting_as(actors.clock())
    stage.outside(lambda: clock.do(record_check, BOOKS, [], 32))
    stage.until(lambda: states(page.checks)["books"] == OK)


@pytest.mark.req("A5")
def test_without_its_database_the_page_says_so_and_still_shows_the_machine(stage: Stage) -> None:
    page = opened(stage)
    page._unreachable(Unavailable("The database can’t be reached."))
    assert page.trouble.isVisible()
    assert page.machine.isVisible()
    assert not page.clock.isVisible()
    assert not page.well.isVisible()
    page.load()
    stage.until(page.clock.isVisible)
    assert not page.trouble.isVisible()


@pytest.mark.req("A5")
def test_who_may_not_see_rules_has_no_such_page(cashier: Stage) -> None:
    assert "health" not in cashier.show(SettingsScreen).entries
