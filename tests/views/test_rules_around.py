"""Automation around the editor: list and switch, other programs, trials, the run log, versions, rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.clock import HandClock
from desktop.basics.i18n import _, set_language
from desktop.models.people import RolePermission
from desktop.models.rules import Rule
from desktop.rules.beat import doubt_clock
from desktop.rules.editing import save_rule
from desktop.rules.lists import rule_detail
from desktop.rules.log_export import export_runs
from desktop.rules.shipped import add_shipped_rules
from desktop.rules.spec import Step
from desktop.services.export import Progress
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.common.buttons import Button
from desktop.views.rules.log_card import HappeningRow
from desktop.views.rules.screen import RulesScreen
from desktop.views.rules.templates import TemplateSheet
from desktop.views.rules.versions import VersionSheet
from tests.helpers.back_office import pay, placed
from tests.helpers.goods import MILK, Stocked, as_role, open_stocked
from tests.helpers.rule_editor import (
    add,
    choose,
    field,
    kept,
    opened,
    retype,
    row,
    save,
    sentence,
    show,
)
from tests.helpers.rules import clockwork, new_rule, rule_id, rule_of
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo

pytestmark = pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing", extend=True)


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop with the rules every shop starts with."""
    made = open_stocked(sqlite_shop)
    made.shop.acting_as(actors.clock()).do(add_shipped_rules)
    return made


@pytest.fixture
def around(qapp: QApplication, sqlite_shop: Shop, stocked: Stocked, tmp_path: Path) -> Iterator[Surroundings]:
    """The surroundings of a screen."""
    with surroundings(qapp, sqlite_shop, tmp_path) as made:
        yield made


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> RulesScreen:
    """The screen as the owner sees it."""
    return opened(around, qtbot)


@pytest.mark.req("R6")
def test_leaving_with_something_typed_asks_once(screen: RulesScreen, stocked: Stocked, qtbot: QtBot) -> None:
    first, second = rule_id(stocked.shop, "unshipped"), rule_id(stocked.shop, "stock_alert")
    show(screen, qtbot, first)
    assert screen.may_leave(lambda: None)
    row(screen, "steps.0").remove.click()
    left: list[int] = []
    assert not screen.may_leave(lambda: left.append(1))
    ask: Any = QApplication.activeModalWidget()
    ask.reject()
    assert not left
    assert screen.editor.dirty()
    screen.list.opened.emit(second)
    ask = QApplication.activeModalWidget()
    next(b for b in ask.findChildren(Button) if b.text() == "Take back and leave").click()
    qtbot.waitUntil(lambda: screen.rule_id == second)
    assert rule_of(stocked.shop, first).version == 1


@pytest.mark.req("R6")
def test_another_program_is_seen_and_never_takes_what_is_typed(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    shop, late = stocked.shop, rule_id(stocked.shop, "unshipped")
    show(screen, qtbot, late)
    theirs = shop.ask(rule_detail, late)
    shop.do(save_rule, late, "Renamed elsewhere", theirs.spec)  # nothing is typed: theirs is shown
    qtbot.waitUntil(lambda: screen.editor.draft.name == "Renamed elsewhere")
    retype(qtbot, field(screen, "limits.every", "minutes"), "6")
    shop.do(save_rule, late, "Again elsewhere", theirs.spec)
    qtbot.waitUntil(screen.editor.meanwhile.isVisible)
    assert field(screen, "limits.every", "minutes").text() == "6"
    qtbot.waitUntil(lambda: screen.list.items[late].line.name == "Again elsewhere")
    save(screen, qtbot)  # mine replaces theirs, knowingly
    assert rule_of(shop, late).name == "Renamed elsewhere"
    assert shop.ask(rule_detail, late).spec.limits.every_minutes == 6 * 60


@pytest.mark.req("R6")
def test_another_language_keeps_what_is_typed_and_renames_nothing(
    screen: RulesScreen, around: Surroundings, stocked: Stocked, qtbot: QtBot
) -> None:
    late = rule_id(stocked.shop, "unshipped")
    show(screen, qtbot, late)
    name = rule_of(stocked.shop, late).name
    retype(qtbot, field(screen, "limits.every", "minutes"), "6")
    set_language("zh_CN")
    made = RulesScreen(around.context)
    qtbot.addWidget(made)
    made.restore(screen.state())
    around.window(made, 1_440)
    qtbot.waitUntil(lambda: made.editor.detail is not None and made.editor.dirty())
    assert made.editor.unsaved() == 1
    assert made.editor.draft.name == _(name) != name
    save(made, qtbot)
    assert rule_of(stocked.shop, late).name == name
    assert stocked.shop.ask(rule_detail, late).spec.limits.every_minutes == 6 * 60


@pytest.mark.req("R6")
def test_saving_over_somebody_else_unseen_is_refused(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    shop, late = stocked.shop, rule_id(stocked.shop, "unshipped")
    show(screen, qtbot, late)
    retype(qtbot, field(screen, "limits.every", "minutes"), "6")
    detail = screen.editor.detail
    assert detail is not None
    shop.do(save_rule, late, "Theirs", detail.spec)
    screen.editor.detail = detail  # the news has not come yet
    save(screen, qtbot)
    qtbot.waitUntil(screen.editor.meanwhile.isVisible)
    assert rule_of(shop, late).name == "Theirs"
    screen.editor.meanwhile.acted.emit()
    assert screen.editor.draft.name == "Theirs"
    assert not screen.editor.dirty()


@pytest.mark.req("R6")
def test_the_switch_acts_at_once_with_undo_and_by_keyboard(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    late = rule_id(stocked.shop, "unshipped")
    show(screen, qtbot, late)
    item = screen.list.items[late]
    item.setFocus()
    qtbot.keyClick(item, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not rule_of(stocked.shop, late).enabled)
    qtbot.waitUntil(
        lambda: not screen.editor.toggle.isChecked() and not screen.list.items[late].toggle.isChecked()
    )
    assert undo(screen)
    qtbot.waitUntil(lambda: rule_of(stocked.shop, late).enabled)
    qtbot.waitUntil(lambda: screen.editor.toggle.isChecked())


@pytest.mark.req("R6", "R5")
def test_f5_shows_what_the_unsaved_rule_would_have_done_and_nothing_happens(
    screen: RulesScreen, stocked: Stocked, clock: HandClock, qtbot: QtBot
) -> None:
    order = placed(stocked, (MILK, 1))
    pay(stocked, order)
    clock.pass_time(timedelta(hours=40))
    before = kept(stocked.shop)
    screen.new_button.click()
    qtbot.keyClicks(screen.editor.name.entry, "Trial")
    choose(row(screen, "trigger").choice, "in_state")
    retype(qtbot, field(screen, "trigger", "minutes"), "36")
    add(screen, "steps", "Chase the order")
    screen.editor.trial.click()
    qtbot.waitUntil(lambda: screen.trial.result is not None)
    assert screen.trial.number.text() == "1"
    retype(qtbot, field(screen, "trigger", "minutes"), "48")
    assert screen.trial.head.hint.text() == "changed since, F5"
    screen.trial.result = None
    screen.try_rule()
    qtbot.waitUntil(lambda: screen.trial.result is not None)
    assert screen.trial.number.text() == "0"
    screen.trial.span._choose(1)
    qtbot.waitUntil(lambda: screen.trial.result is not None and hasattr(screen.trial.result, "draft_id"))
    assert kept(stocked.shop) == before


@pytest.mark.req("R6")
def test_the_log_shows_runs_filters_them_and_writes_a_file(
    around: Surroundings, stocked: Stocked, clock: HandClock, qtbot: QtBot, tmp_path: Path
) -> None:
    order = placed(stocked, (MILK, 1))
    number = new_rule(stocked.shop, "order_is", Step("tag_order", {"tag": "Seen"}), happening="paid")
    clock.pass_time(timedelta(minutes=1))
    pay(stocked, order)
    clockwork(stocked.shop).look()
    screen = opened(around, qtbot)
    show(screen, qtbot, number)
    qtbot.waitUntil(lambda: any(r.what.run for r in screen.log.findChildren(HappeningRow)))
    run = next(r for r in screen.log.findChildren(HappeningRow) if r.what.run is not None)
    assert "tagged Seen" in run.what.caption
    run.setFocus()
    qtbot.keyClick(run, Qt.Key.Key_Return)
    assert around.went == [("orders", order, {})]
    screen.open_log(number)
    page = screen.log_page
    qtbot.waitUntil(lambda: len(page.model.rows) == 1)
    page.state._choose(2)
    qtbot.waitUntil(lambda: page.pages.currentWidget() is page.none)
    page.state._choose(0)
    path = tmp_path / "runs.xlsx"
    assert export_runs(stocked.shop, page.which(), path, Progress()) == 1
    cells = [cell.value for cell in openpyxl.load_workbook(path).active[2]]
    assert "tagged Seen" in cells
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert screen.pages.currentWidget() is screen.main


@pytest.mark.req("R6")
def test_templates_versions_duplicates_and_what_came_with_the_program(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot, qapp: QApplication
) -> None:
    shop, late = stocked.shop, rule_id(stocked.shop, "unshipped")
    screen.template_button.click()
    sheet = sheet_of(qapp, TemplateSheet)
    assert {"apology", "big_orders", "weekly_stock", "unshipped", "books"} <= sheet.cards.keys()
    qtbot.keyClick(sheet.cards["apology"], Qt.Key.Key_Return)
    assert "give the member 200 points" in sentence(screen)
    save(screen, qtbot)
    qtbot.waitUntil(lambda: screen.rule_id > 0)
    own = screen.rule_id
    assert rule_of(shop, own).key is None
    show(screen, qtbot, late)
    row(screen, "steps.0").remove.click()
    save(screen, qtbot)
    qtbot.waitUntil(lambda: screen.editor.detail is not None and screen.editor.detail.version == 2)
    screen.editor.more.click()
    words = [a.text() for a in screen.editor.menu.actions() if a.text()]
    assert words == ["Runs of this rule", "Duplicate", "Go back to an earlier version…", "As it came"]
    next(a for a in screen.editor.menu.actions() if a.text().startswith("Go back")).trigger()
    screen.editor.menu.close()
    versions = sheet_of(qapp, VersionSheet)
    qtbot.waitUntil(lambda: versions.column.count() == 3)
    versions._choose(1)
    qtbot.waitUntil(lambda: rule_of(shop, late).version == 3)
    assert len(shop.ask(rule_detail, late).spec.steps) == 3
    show(screen, qtbot, own)
    screen._duplicate(screen.editor.draft)
    assert screen.editor.draft.name.endswith("(copy)")
    assert screen.editor.detail is None


@pytest.mark.req("R6")
def test_a_paused_rule_and_a_doubted_clock_say_why_and_go_on(
    around: Surroundings, stocked: Stocked, qtbot: QtBot
) -> None:
    shop, late = stocked.shop, rule_id(stocked.shop, "unshipped")
    clockwork(shop)
    with shop.storage.write.begin() as connection:
        values = {"paused_at": shop.clock.now(), "paused_why": "No printer"}
        connection.execute(Rule.__table__.update().where(Rule.id == late).values(values))
    shop.acting_as(actors.clock()).do(doubt_clock, "The clock went back")
    screen = opened(around, qtbot)
    show(screen, qtbot, late)
    assert screen.editor.paused.isVisible()
    assert "No printer" in screen.editor.paused.text.text()
    screen.editor.paused.acted.emit()
    qtbot.waitUntil(lambda: rule_of(shop, late).paused_at is None)
    qtbot.waitUntil(lambda: not screen.editor.paused.isVisible())


@pytest.mark.req("R6")
def test_who_may_only_look_changes_nothing(
    qapp: QApplication, stocked: Stocked, sqlite_shop: Shop, tmp_path: Path, qtbot: QtBot
) -> None:
    with sqlite_shop.storage.write.begin() as connection:
        connection.execute(
            RolePermission.__table__.insert(), {"role_key": "cashier", "permission": "see rules"}
        )
    with surroundings(qapp, as_role(sqlite_shop, "cashier"), tmp_path) as around:
        screen = opened(around, qtbot)
        assert not screen.new_button.isEnabled()
        assert not screen.editor.toggle.isEnabled()
        assert not screen.editor.save_button.isEnabled()
        blanks = [b for r in screen.editor.builder.rows.values() for b in r.blanks.values()]
        assert blanks
        assert not any(blank.isEnabled() for blank in blanks)
