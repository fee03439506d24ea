"""Rules at the owner's terminal: listed, tried, run once, looked up, and the clock without a window."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from desktop.__main__ import main
from desktop.basics.clock import SystemClock
from desktop.models.rules import ClockBeat, RuleRun
from desktop.rules.editing import switch_rule
from desktop.rules.lists import rules_list
from desktop.rules.shipped import SHIPPED
from desktop.scheduler.clockwork import Clockwork
from desktop.services.sample import make_sample
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.goods import open_stocked
from tests.helpers.tables import everything

ROOT = Path(__file__).parents[1]


@contextmanager
def entered(url: str) -> Iterator[Shop]:
    """The shop at this address, today."""
    storage = open_storage(url)
    yield Shop(storage, actor=actors.console(), clock=SystemClock())
    storage.close()


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command line in this process: exit code and what was printed, as JSON where it was asked for."""

    def run(*words: str) -> tuple[int, Any]:
        code = main([*words, "--lang", "en"])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, json.loads(out) if "--json" in words else out + err

    return run


@pytest.fixture
def small_url(shop_url: str) -> str:
    """The pictures' shop, opened today, milk running low."""
    with entered(shop_url) as shop:
        open_stocked(shop)
    return shop_url


@pytest.mark.req("R6")
def test_one_look_does_what_is_due_and_the_log_says_so(terminal: Any, small_url: str) -> None:
    place = ("--database", small_url)
    code, told = terminal("rules", "list", *place)
    assert (code, "no rules yet" in told) == (0, True)
    code, facts = terminal("rules", "run-once", "--json", *place)
    assert (code, facts["held"], facts["complete"], facts["failed"]) == (0, True, True, 0)
    assert facts["fired"] == len(facts["runs"]) > 0
    assert {run["rule_name"] for run in facts["runs"]} == {"Alert when stock runs low"}
    code, again = terminal("rules", "run-once", "--json", *place)
    assert (code, again["fired"], again["runs"]) == (0, 0, [])
    code, listed = terminal("rules", "list", "--json", *place)
    by_key = {rule["key"]: rule for rule in listed["rules"]}
    assert list(by_key) == [rule.key for rule in SHIPPED]
    assert (by_key["stock_alert"]["today"], by_key["stock_alert"]["state"]) == (facts["fired"], "on")
    code, log = terminal("rules", "log", "--rule", "stock_alert", "--state", "done", "--json", *place)
    assert [run["id"] for run in log["runs"]] == [run["id"] for run in facts["runs"]]
    assert terminal("rules", "log", "--state", "trouble", *place) == (0, "Nothing happened in this time.\n")
    with entered(small_url) as shop, shop.storage.read.connect() as connection:
        assert connection.execute(select(ClockBeat.holder)).scalar() == ""  # given back


@pytest.mark.req("R6")
def test_another_program_holds_the_clock(terminal: Any, small_url: str) -> None:
    with entered(small_url) as shop:
        other = Clockwork(shop)
        other.look()
        code, told = terminal("rules", "run-once", "--database", small_url)
        assert (code, "Another program" in told) == (0, True)
        other.stop()
    assert "Another program" not in terminal("rules", "run-once", "--database", small_url)[1]


@pytest.mark.req("R5")
def test_rules_are_tried_without_touching_the_shop(terminal: Any, shop_url: str) -> None:
    with entered(shop_url) as shop:
        make_sample(shop)
        Clockwork(shop).look()
        before = everything(shop.storage)
        rule = next(rule for rule in shop.ask(rules_list) if rule.key == "stuck")
    place = ("--database", shop_url)
    code, tried = terminal("rules", "try", "--days", "2", "--json", *place)
    assert (code, tried["days"], tried["complete"]) == (0, 2, True)
    assert [found["rule_name"] for found in tried["past"]][:1] == ["Chase orders not shipped in time"]
    assert {"Draft the restock list every morning", "Check the books every day"} <= {
        row["rule_name"] for row in tried["ahead"]
    }
    code, one = terminal("rules", "try", "replenishment", "--days", "2", *place)
    assert code == 0
    assert one.count("it is 07:30, time to restock") == 2
    assert one.count("listed ") >= 1
    assert "Check the books" not in one
    with entered(shop_url) as shop:
        assert everything(shop.storage) == before
        shop.do(switch_rule, rule.id, False)
    code, off = terminal("rules", "try", "stuck", "--days", "1", "--json", *place)
    assert [row["rule_id"] for row in off["ahead"]] == [rule.id]


@pytest.mark.req("R6")
def test_wrong_words_are_named(terminal: Any, small_url: str) -> None:
    place = ("--database", small_url)
    assert terminal("rules", *place)[0] == 2
    assert terminal("rules", "try", "--days", "99", *place)[0] == 2
    assert terminal("rules", "log", "--state", "lost", *place)[0] == 2
    code, told = terminal("rules", "try", "nonsense", *place)
    assert code == 2
    assert "There is no rule “nonsense”" in told


@pytest.mark.req("R6", "O6")
@pytest.mark.skipif(os.name == "nt", reason="an end from outside is asked for by a signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_clock_runs_without_a_window_until_it_is_told(
    small_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    env = os.environ | {"ZHANGGUI_HOME": str(tmp_path / "own"), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "desktop", "clock", "--json", "--lang", "en", "--database", small_url]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        seen: list[dict[str, Any]] = []
        for line in program.stdout:
            seen.append(json.loads(line))
            if seen[-1]["kind"] == "run" and len(seen) > 2:
                program.send_signal(number)
            if seen[-1]["kind"] == "ended":
                break
        rest, errors = program.communicate(timeout=120)
    assert (program.returncode, rest, errors) == (0, "", "")
    assert seen[0]["kind"] == "started"
    assert {line["rule_name"] for line in seen if line["kind"] == "run"} == {"Alert when stock runs low"}
    with entered(small_url) as shop, shop.storage.read.connect() as connection:
        assert connection.execute(select(ClockBeat.holder)).scalar() == ""
        assert len(connection.execute(select(RuleRun.id)).all()) >= 2
