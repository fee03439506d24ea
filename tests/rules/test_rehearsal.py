"""The coming days on a copy: what will fire and why, as it then really happens, and nothing of the shop is touched."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from desktop.basics.clock import HandClock
from desktop.basics.i18n import speaking
from desktop.basics.paths import data_folder
from desktop.rules import rehearsal, trial_copy, trial_look
from desktop.rules.editing import save_rule, switch_rule
from desktop.rules.lists import rules_list
from desktop.rules.log import RunFilter, RunLine, rule_runs
from desktop.rules.rehearsal import Draft, Rehearsal, rehearse
from desktop.rules.shipped import shipped_spec
from desktop.rules.spec import Part, Spec, Step
from desktop.rules.trial_copy import copied, forget_trials
from desktop.scheduler.clockwork import Clockwork
from desktop.scheduler.trust import Trust
from desktop.services.fulfilment import ship_order
from desktop.shop.shop import Shop
from desktop.storage.engine import Storage
from tests.helpers.back_office import order_of, pay, placed
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, open_stocked
from tests.helpers.tables import everything

HOUR = timedelta(hours=1)
AT_ELEVEN = Spec(
    Part("in_state", {"state": "to_ship", "minutes": 1}),
    (Part("time_between", {"from": 11 * 60, "to": 12 * 60}),),
    steps=(Step("tag_order", {"tag": "看过"}),),
)


class Believed(Trust):
    """The test turns the clock itself, so it is right whatever the machine and the server say."""

    def judge(self, *_times: object) -> str:
        """Nothing speaks against it."""
        return ""


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop with the rules every shop starts with, on each kind of database."""
    made = open_stocked(shop)
    Clockwork(shop).prepare()
    return made


def busy(stocked: Stocked, clock: HandClock) -> list[int]:
    """An order that waits to be paid, one to be shipped, one on its way, and hardly any milk."""
    orders = [placed(stocked, (goods, 1)) for goods in (TEA, NUTS, CAKE)]
    orders.append(placed(stocked, (MILK, 2), member_id=stocked.member_id))
    for order_id in orders[1:]:
        pay(stocked, order_id)
    stocked.shop.do(ship_order, orders[2])
    clock.pass_time(timedelta(minutes=7))
    return orders


def tried(stocked: Stocked, **more: Any) -> Rehearsal:
    """A rehearsal in English."""
    with speaking("en"):
        return rehearse(stocked.shop, **more)


def told(found: Rehearsal) -> list[tuple[str, int, float]]:
    """Rule, subject and after how many hours, of the turns about orders."""
    return [
        (row.rule_name, row.subject_id, (row.at - found.begins) / HOUR)
        for row in found.rows
        if row.subject_kind == "order"
    ]


@pytest.mark.req("R5")
def test_it_says_what_will_fire_on_what_when_and_why(stocked: Stocked, clock: HandClock) -> None:
    unpaid, late, _way, of_member = busy(stocked, clock)
    Clockwork(stocked.shop, trust=Believed()).look()  # what is due now is done
    found = tried(stocked)
    assert (found.complete, found.stopped, found.paused, found.draft_id) == (True, False, (), None)
    closed = next(row for row in found.rows if row.subject_id == unpaid)
    assert (closed.rule_name, closed.at) == (
        "Close unpaid retail orders",
        found.begins + timedelta(minutes=23),
    )
    assert closed.effects[0] == "closed, goods freed"
    assert closed.money_minor == order_of(stocked, unpaid).total_minor
    chased = [row for row in found.rows if row.subject_id == of_member]
    assert [round((row.at - found.begins) / HOUR) for row in chased] == list(range(36, 169, 12))
    assert (chased[0].title, chased[0].detail) == (order_of(stocked, of_member).short_code, "林晓梅")
    assert chased[1].why == "waited 48 h"
    assert [(m.to, m.by) for m in chased[0].messages] == [
        ("王掌柜", "desktop message"),
        ("林晓梅", "inbox message"),
    ]
    assert chased[0].messages[0].at.astimezone(found.begins.tzinfo) >= chased[0].at
    assert [row.at for row in found.rows if row.subject_id == late and row.subject_kind == "order"] == [
        row.at for row in chased
    ]
    mornings = [row for row in found.rows if row.rule_name == "Draft the restock list every morning"]
    assert len(mornings) == 7
    assert list(found.rows) == sorted(found.rows, key=lambda row: row.at)


@pytest.mark.req("R5")
def test_the_shop_stays_as_it_is_and_nothing_is_left_behind(stocked: Stocked, clock: HandClock) -> None:
    busy(stocked, clock)
    before = everything(stocked.shop.storage)
    assert len(tried(stocked).rows) > 20
    assert everything(stocked.shop.storage) == before
    assert list((data_folder() / trial_copy.FOLDER).iterdir()) == []


@pytest.mark.req("R5")
def test_control_on_the_shop_itself_the_same_changes_it(
    stocked: Stocked, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the copy the shop, the comparison would see it."""
    busy(stocked, clock)

    class NoCopy:
        def __init__(self, storage: Storage, *_more: Any) -> None:
            self.storage = storage

        def __enter__(self) -> Storage:
            return self.storage

        def __exit__(self, *_error: object) -> None:
            return None

    before = everything(stocked.shop.storage)
    monkeypatch.setattr(rehearsal, "copied", NoCopy)
    tried(stocked, days=1)
    changed = {name for name, rows in everything(stocked.shop.storage).items() if rows != before[name]}
    assert {"sale_order", "rule_run", "rule_watch", "notice", "audit_event", "clock_beat"} <= changed


@pytest.mark.req("R5")
def test_what_it_said_is_what_then_happens(stocked: Stocked, clock: HandClock) -> None:
    """The agreement: the same seven days with the real clockwork, looking every hour."""
    busy(stocked, clock)
    stocked.shop.do(save_rule, None, "收尾", AT_ELEVEN)
    found = tried(stocked)
    clockwork = Clockwork(stocked.shop, trust=Believed())
    for _hour in range(7 * 24 + 1):
        clockwork.look()
        clock.pass_time(HOUR)
    runs: list[RunLine] = []
    for rule in stocked.shop.ask(rules_list):
        runs += stocked.shop.ask(rule_runs, RunFilter(rule_id=rule.id)).rows
    real = sorted((run.rule_id, run.subject_kind, run.subject_id, run.due_at) for run in runs)
    said = sorted((row.rule_id, row.subject_kind, row.subject_id, row.at) for row in found.rows)
    assert [row[:3] for row in said] == [row[:3] for row in real]
    assert all(abs(a[3] - b[3]) <= HOUR for a, b in zip(said, real, strict=True))
    assert len(real) > 40


@pytest.mark.req("R5")
def test_control_without_the_times_of_day_a_turn_would_be_missed(
    sqlite_shop: Shop, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that only ran from order to order would pass over 11 o'clock."""
    stocked = open_stocked(sqlite_shop)
    Clockwork(sqlite_shop).prepare()
    waiting = busy(stocked, clock)[1::2]
    stocked.shop.do(save_rule, None, "收尾", AT_ELEVEN)

    def tags() -> list[int]:
        return [row.subject_id for row in tried(stocked, days=1).rows if row.rule_name == "收尾"]

    assert tags() == waiting
    monkeypatch.setattr(trial_look, "_edges", lambda _spec: ())
    assert tags() == []


@pytest.mark.req("R5")
def test_a_draft_acts_as_if_it_were_saved(stocked: Stocked, clock: HandClock) -> None:
    orders = busy(stocked, clock)
    spec = Spec(
        Part("in_state", {"state": "to_ship", "minutes": 60}),
        steps=(Step("tag_order", {"tag": "已催单"}), Step("give_points", {"points": 200}, wait_minutes=120)),
    )
    found = tried(stocked, days=1, draft=Draft(None, "催一催", spec))
    mine = [row for row in found.rows if row.rule_id == found.draft_id]
    assert {row.rule_name for row in mine} == {"催一催"}
    assert [(row.subject_id, row.effects) for row in mine] == [
        (orders[1], ("tagged 已催单",)), (orders[3], ("tagged 已催单",)),
        (orders[1], ("gave 0 points",)), (orders[3], ("gave 200 points",)),
    ]  # fmt: skip
    assert found.draft_id not in [rule.id for rule in stocked.shop.ask(rules_list)]
    rule = next(rule for rule in stocked.shop.ask(rules_list) if rule.key == "retail_unpaid")
    stocked.shop.do(switch_rule, rule.id, False)
    assert rule.id not in [row.rule_id for row in tried(stocked, days=1).rows]
    shipped = shipped_spec("retail_unpaid")
    assert shipped is not None
    on = tried(stocked, days=1, draft=Draft(rule.id, rule.name, shipped))
    assert [row.subject_id for row in on.rows if row.rule_id == on.draft_id == rule.id] == [orders[0]]


@pytest.mark.req("R5")
def test_settings_of_a_draft_are_tried_too(stocked: Stocked, clock: HandClock) -> None:
    busy(stocked, clock)
    rule = next(rule for rule in stocked.shop.ask(rules_list) if rule.key == "replenishment")
    spec = shipped_spec("replenishment")
    assert spec is not None
    found = tried(stocked, days=1, draft=Draft(rule.id, rule.name, spec, {"stock.replenish_at": 9 * 60}))
    moments = [f"{row.at:%H:%M}" for row in found.rows if row.rule_id == rule.id]
    assert moments == ["01:00"]  # 09:00 in Shanghai


@pytest.mark.req("R5")
def test_a_rule_that_fails_says_so_and_pauses(stocked: Stocked, clock: HandClock) -> None:
    busy(stocked, clock)
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(
            text("DELETE FROM role_permission WHERE role_key = 'clock' AND permission = 'handle orders'")
        )
    found = tried(stocked, days=2)
    assert "Close unpaid retail orders" in [name for name, _why in found.paused] or found.paused
    assert any("handle orders" in row.error for row in found.rows)


@pytest.mark.req("R5")
def test_it_stops_at_once_and_says_how_far_it_is(stocked: Stocked, clock: HandClock) -> None:
    busy(stocked, clock)
    seen: list[int] = []
    tried(stocked, tell=lambda done, total, _words: seen.append(done * 100 // total))
    assert seen == sorted(seen)
    assert len(seen) > 30
    for at in (1, 10, len(seen) - 5):
        ending, steps = threading.Event(), [0]

        def count(
            _done: int, _total: int, _words: str, at: int = at, ending: threading.Event = ending,
            steps: list[int] = steps,
        ) -> None:  # fmt: skip
            steps[0] += 1
            if steps[0] == at:
                ending.set()

        found = tried(stocked, tell=count, stop=ending)
        assert (found.stopped, found.complete) == (True, False)
        assert steps[0] == at
        assert list((data_folder() / trial_copy.FOLDER).iterdir()) == []


@pytest.mark.req("R5")
def test_the_copy_holds_no_secret_and_no_address(stocked: Stocked, clock: HandClock) -> None:
    busy(stocked, clock)
    with copied(stocked.shop.storage, clock.now(), lambda _done, _total: None) as copy:
        held = str(everything(copy))
        assert "林晓梅" in held
        assert "龙井" in held
        for hidden in ("13805716621", "杭州市西湖区", "argon2", "xiaomei"):
            assert hidden not in held
        here = str(everything(stocked.shop.storage))
        assert "13805716621" in here
        assert "杭州市西湖区" in here


@pytest.mark.req("R5")
def test_what_a_killed_program_left_is_deleted_at_the_next_trial(stocked: Stocked) -> None:
    home = data_folder() / trial_copy.FOLDER
    (home / "999999999-left").mkdir(parents=True)
    (home / "999999999-left" / trial_copy.FILE).write_text("x")
    (home / "1-of-another-program-that-runs").mkdir()
    forget_trials()
    assert [folder.name for folder in home.iterdir()] == ["1-of-another-program-that-runs"]


@pytest.mark.req("R5")
def test_a_rule_that_acts_too_often_does_not_hide_the_others(
    stocked: Stocked, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpaid = busy(stocked, clock)[0]
    often = Spec(Part("interval", {"minutes": 30}), steps=(Step("check_books"),))
    stocked.shop.do(save_rule, None, "每半小时", often)
    monkeypatch.setattr(rehearsal, "MOST_OF_RULE", 10)
    found = tried(stocked, days=2)
    assert [(name, (until - found.begins) < HOUR * 6) for name, until in found.cut] == [("每半小时", True)]
    assert sum(row.rule_name == "每半小时" for row in found.rows) == 10
    assert (found.complete, found.paused) == (True, ())
    assert {row.rule_name for row in found.rows if row.at > found.begins + HOUR * 30} > set()
    assert unpaid in [row.subject_id for row in found.rows if row.subject_kind == "order"]
    monkeypatch.setattr(rehearsal, "MOST_TURNS", 5)
    short = tried(stocked, days=2)
    assert (len(short.rows), short.complete) == (5, False)
