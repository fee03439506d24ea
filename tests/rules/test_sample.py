"""The sample shop's run log: two weeks to read, nothing that the clock would have to do again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.basics.clock import HandClock
from desktop.commands.init import fill_sample
from desktop.commands.places import connect
from desktop.queries.verify import verify
from desktop.rules.lists import rule_history, rules_list
from desktop.scheduler.clockwork import Clockwork
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.rules import Believing, runs
from tests.helpers.sample import PICTURED


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Shop]:
    """The sample shop as `init --sample` makes it."""
    address = f"sqlite:///{tmp_path / 'sample.db'}"
    fill_sample(address, HandClock(PICTURED))
    storage = connect(address)
    shop = Shop(storage, actor=actors.console(), clock=HandClock(PICTURED))
    yield shop
    shop.news.close()
    storage.close()


@pytest.mark.req("R6")
def test_it_has_a_past_and_the_clock_repeats_none_of_it(sample: Shop) -> None:
    before = {(run.rule_id, run.subject_id, run.due_at) for run in runs(sample)}
    by_key = {line.id: line.key for line in sample.ask(rules_list)}
    assert {"books", "replenishment", "stock_alert", "shipped"} <= {by_key[rule] for rule, _s, _d in before}
    assert all(due < PICTURED for _rule, _subject, due in before)
    look = Clockwork(sample, trust=Believing()).look()
    assert look.failed == 0
    after = Counter((run.rule_id, run.subject_id, run.due_at) for run in runs(sample))
    assert set(after.values()) == {1}
    again = {by_key[rule] for rule, _s, _d in after.keys() - before}
    assert not again & {"books", "replenishment", "paid", "shipped"}  # these were had
    assert not sample.ask(verify).faults


@pytest.mark.req("R6")
def test_its_rules_stand_for_three_weeks(sample: Shop) -> None:
    books = next(line for line in sample.ask(rules_list) if line.key == "books")
    history = sample.ask(rule_history, books.id)
    assert [count for _day, count in history.days] == [1] * 14
    assert (PICTURED - history.versions[0].at).days == 21
