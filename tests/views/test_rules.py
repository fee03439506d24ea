"""Automation: rules written by clicking and typing, the sentence in step, each mistake named at its field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from desktop.basics.clock import HandClock
from desktop.models.people import RolePermission
from desktop.models.rules import Rule, RuleVersion
from desktop.models.settings import SHIP_HOURS
from desktop.models.system import Setting
from desktop.rules.beat import doubt_clock
from desktop.rules.catalogue import TRIGGERS
from desktop.rules.editing import save_rule
from desktop.rules.lists import rule_detail
from desktop.rules.log_export import export_runs
from desktop.rules.shipped import add_shipped_rules
from desktop.rules.spec import Limits, Part, Spec, Step
from desktop.services.export import Progress
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.common.buttons import Button
from desktop.views.rules import draft as drafts
from desktop.views.rules.draft import Draft
from desktop.views.rules.log_card import HappeningRow
from desktop.views.rules.row import ClauseRow
from desktop.views.rules.screen import RulesScreen
from desktop.views.rules.templates import TemplateSheet
from desktop.views.rules.versions import VersionSheet
from tests.helpers.back_office import pay, placed
from tests.helpers.goods import MILK, Stocked, as_role, open_stocked
from tests.helpers.rules import clockwork, new_rule, rule_id, rule_of, tell_owner
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


def opened(around: Surroundings, qtbot: QtBot) -> RulesScreen:
    """The screen, wide enough for everything, with its first rule open."""
    made = RulesScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_440)
    qtbot.waitUntil(lambda: made.editor.detail is not None and bool(made.offers.by_kind))
    return made


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> RulesScreen:
    """The screen as the owner sees it."""
    return opened(around, qtbot)


def show(screen: RulesScreen, qtbot: QtBot, number: int) -> None:
    """Open a rule and wait for it."""
    screen.open_item(number)
    qtbot.waitUntil(lambda: screen.rule_id == number)


def row(screen: RulesScreen, place: str) -> ClauseRow:
    """A row of the builder."""
    return screen.editor.builder.rows[place]


def field(screen: RulesScreen, place: str, key: str) -> QLineEdit:
    """The text field of a blank."""
    found = row(screen, place).blanks[key].findChild(QLineEdit)
    assert found is not None
    return found


def retype(qtbot: QtBot, entry: QLineEdit, text: str) -> None:
    """Replace what stands in a field, key by key."""
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, text)


def choose(control: Any, value: Any) -> None:
    """Choose in a list as a person would."""
    index = control._values.index(value)
    control.setCurrentIndex(index)
    control.activated.emit(index)


def add(screen: RulesScreen, group: str, words: str) -> None:
    """Press the button of a block and choose in its menu."""
    button = screen.editor.builder.blocks[group].findChildren(Button)
    next(b for b in button if b.icon_name == "add-line").click()
    menu = screen.editor.builder.menu
    next(a for a in menu.actions() if a.text() == words).trigger()
    menu.close()


def tick(screen: RulesScreen, qtbot: QtBot, place: str, key: str, words: str) -> None:
    """Open the list of a blank and tick one of its lines with the keyboard."""
    picked = row(screen, place).blanks[key].focusProxy()
    qtbot.keyClick(picked, Qt.Key.Key_Space)
    popup = picked.popup
    texts = [popup.list.item(i).text() for i in range(popup.list.count())]
    popup.list.setCurrentRow(texts.index(words))
    qtbot.keyClick(popup.list, Qt.Key.Key_Return)
    popup.close()


def sentence(screen: RulesScreen) -> str:
    """What the band says."""
    return screen.editor.quote.label.text()


def kept(shop: Shop) -> tuple[int, int]:
    """How many rules and versions there are."""
    with shop.storage.read.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (Rule, RuleVersion)
        ]
    return counts[0], counts[1]


def save(screen: RulesScreen, qtbot: QtBot) -> None:
    """Press Ctrl S and wait for the answer."""
    screen.editor.save_button.click()
    qtbot.waitUntil(lambda: not screen.editor._saving and screen.context.background.running == 0)


@pytest.mark.req("R6")
def test_a_rule_is_built_by_clicking_and_typing_with_its_sentence_in_step(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    shop, editor = stocked.shop, screen.editor
    screen.new_button.click()
    assert sentence(screen) == "When …: …."
    qtbot.keyClicks(editor.name.entry, "Late big orders")
    choose(row(screen, "trigger").choice, "in_state")
    retype(qtbot, field(screen, "trigger", "minutes"), "36")
    assert sentence(screen).startswith("When an order is “To ship” for 36 hours: …")
    add(screen, "conditions", "Order total at least")
    retype(qtbot, field(screen, "conditions.0", "amount"), "250")
    assert "and the order comes to at least ¥250.00" in sentence(screen)
    add(screen, "conditions", "Order type")
    tick(screen, qtbot, "conditions.1", "which", "B2B")
    assert "the order type is Retail, B2B" in sentence(screen)
    add(screen, "steps", "Tag the order")
    retype(qtbot, field(screen, "steps.0", "tag"), "Late")
    add(screen, "steps", "Give the member points")
    row(screen, "steps.1").wait.click()
    retype(qtbot, field(screen, "steps.1", "points"), "150")
    assert "if it still holds 12 hours later, give the member 150 points" in sentence(screen)
    add(screen, "limits", "Quiet hours")
    retype(qtbot, field(screen, "limits.quiet", "first"), "21:30")
    assert sentence(screen).endswith("Nobody is disturbed from 21:30 to 08:00.")
    save(screen, qtbot)
    qtbot.waitUntil(lambda: screen.rule_id > 0)
    made = shop.ask(rule_detail, screen.rule_id)
    assert (made.name, made.topic, made.version) == ("Late big orders", "orders", 1)
    assert made.spec == Spec(
        Part("in_state", {"state": "to_ship", "minutes": 36 * 60}),
        (Part("total_at_least", {"amount": 25_000}), Part("order_type", {"which": ["retail", "b2b"]})),
        steps=(Step("tag_order", {"tag": "Late"}), Step("give_points", {"points": 150}, 12 * 60)),
        limits=Limits(quiet=(21 * 60 + 30, 8 * 60)),
    )
    assert not editor.dirty()
    undo(screen)
    qtbot.waitUntil(lambda: rule_of(shop, made.id).removed_at is not None)


@pytest.mark.req("R6")
def test_36h_typed_as_text_is_named_at_its_field_and_never_sent(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    before = kept(stocked.shop)
    late = rule_id(stocked.shop, "unshipped")
    show(screen, qtbot, late)
    retype(qtbot, field(screen, "trigger", "ship_hours"), "36h")
    assert "…" in sentence(screen)  # half typed
    save(screen, qtbot)
    trigger = row(screen, "trigger")
    assert trigger.error.isVisible()
    assert trigger.error.label.text() == "“Ship within” needs a whole number, such as 36. “36h” is none."
    assert field(screen, "trigger", "ship_hours").property("bad")
    retype(qtbot, field(screen, "limits.every", "minutes"), "x")
    save(screen, qtbot)
    assert row(screen, "limits.every").error.isVisible()
    assert kept(stocked.shop) == before
    retype(qtbot, field(screen, "trigger", "ship_hours"), "48")  # the control: a number is kept
    assert not trigger.error.isVisible()
    retype(qtbot, field(screen, "limits.every", "minutes"), "24")
    save(screen, qtbot)
    assert rule_of(stocked.shop, late).version == 2
    assert setting(stocked.shop) == "48"


def setting(shop: Shop) -> str | None:
    """What the shop's setting for shipping is."""
    with shop.storage.read.connect() as connection:
        wanted = select(Setting.value).where(Setting.key == SHIP_HOURS.key)
        found: str | None = connection.execute(wanted).scalar()
        return found


@pytest.mark.req("R6")
def test_undo_brings_back_the_rule_and_the_setting_it_changed(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    late = rule_id(stocked.shop, "unshipped")
    show(screen, qtbot, late)
    retype(qtbot, field(screen, "trigger", "ship_hours"), "24")
    assert screen.editor.count.text() == "1 unsaved change"
    row(screen, "steps.0").remove.click()
    save(screen, qtbot)
    qtbot.waitUntil(lambda: setting(stocked.shop) == "24")
    assert len(stocked.shop.ask(rule_detail, late).spec.steps) == 2
    assert undo(screen)
    qtbot.waitUntil(lambda: setting(stocked.shop) == "36")
    assert len(stocked.shop.ask(rule_detail, late).spec.steps) == 3
    qtbot.waitUntil(lambda: field(screen, "trigger", "ship_hours").text() == "36")


@pytest.mark.req("R6")
@pytest.mark.parametrize(
    ("spec", "place", "said"),
    [
        (Spec(None, steps=(tell_owner(),)), "trigger", "Choose when the rule looks."),
        (Spec(Part("unshipped")), "steps", "Say what the rule does: add an action."),
        (
            Spec(
                Part("unshipped"),
                (Part("total_at_least", {"amount": 900}), Part("total_at_most", {"amount": 800})),
                steps=(tell_owner(),),
            ),
            "conditions.1",
            "“Order total at most” contradicts what stands above it: the rule could never act.",
        ),
        (
            Spec(Part("unshipped"), (Part("order_status", {"which": ["done"]}),), steps=(tell_owner(),)),
            "conditions.0",
            "“Order status” contradicts what stands above it: the rule could never act.",
        ),
        (
            Spec(
                Part("unshipped"),
                steps=(replace(tell_owner(), values={**tell_owner().values, "channels": ["email"]}),),
            ),
            "steps.0",
            "Owner has no address for e-mail. Give one under Settings, or choose another way.",
        ),
    ],
    ids=["no trigger", "no action", "two conditions", "trigger and condition", "no address"],
)
def test_what_is_wrong_is_named_where_it_stands_and_nothing_is_saved(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot, spec: Spec, place: str, said: str
) -> None:
    before = kept(stocked.shop)
    screen._show_new(Draft(None, "Mine", spec))
    save(screen, qtbot)
    builder = screen.editor.builder
    shown = builder.rows[place].error if place in builder.rows else builder.blocks[place].error
    assert shown.isVisible()
    assert shown.label.text() == said
    assert kept(stocked.shop) == before
    assert screen.editor.dirty()


@pytest.mark.req("R6")
def test_a_rule_without_a_name_is_not_saved(screen: RulesScreen, stocked: Stocked, qtbot: QtBot) -> None:
    before = kept(stocked.shop)
    screen._show_new(Draft(None, "", Spec(Part("unshipped"), steps=(tell_owner(),))))
    save(screen, qtbot)
    assert screen.editor.name_error.isVisible()
    assert kept(stocked.shop) == before
    qtbot.keyClicks(screen.editor.name.entry, "With a name")
    save(screen, qtbot)
    assert kept(stocked.shop)[0] == before[0] + 1


@pytest.mark.req("R6")
def test_goods_that_are_gone_are_marked_in_the_rule(
    around: Surroundings, stocked: Stocked, qtbot: QtBot
) -> None:
    gone = 9_999
    number = new_rule(stocked.shop, "stock_under", quantity=5_000)
    with stocked.shop.storage.write.begin() as connection:
        text = connection.execute(select(Rule.spec).where(Rule.id == number)).scalar_one()
        spoilt = text.replace(
            '"conditions": []', f'"conditions": [{{"key": "only_goods", "values": {{"goods": [{gone}]}}}}]'
        )
        assert spoilt != text
        connection.execute(Rule.__table__.update().where(Rule.id == number).values(spec=spoilt))
    screen = opened(around, qtbot)
    show(screen, qtbot, number)
    picked = row(screen, "conditions.0").blanks["goods"].focusProxy()
    assert picked.words() == ["no longer there"]
    retype(qtbot, field(screen, "trigger", "quantity"), "6")
    save(screen, qtbot)
    assert "no longer exist" in row(screen, "conditions.0").error.label.text()
    assert rule_of(stocked.shop, number).version == 1


@pytest.mark.req("R6")
def test_another_trigger_takes_off_what_does_not_fit_and_says_so(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    show(screen, qtbot, rule_id(stocked.shop, "unshipped"))
    before = screen.editor.draft
    choose(row(screen, "trigger").choice, "daily")
    after = screen.editor.draft.spec
    assert [step.key for step in after.steps] == ["tell", "tell"]  # chasing needs an order
    assert after.limits.every_minutes == 0
    assert undo(screen)
    assert screen.editor.draft == before
    assert not screen.editor.dirty()


@pytest.mark.req("R6")
def test_rows_move_by_keyboard_and_conditions_may_be_any(
    screen: RulesScreen, stocked: Stocked, qtbot: QtBot
) -> None:
    show(screen, qtbot, rule_id(stocked.shop, "unshipped"))
    first = screen.editor.draft.spec.steps
    qtbot.keyClick(row(screen, "steps.1").handle, Qt.Key.Key_Up)
    assert screen.editor.draft.spec.steps == (first[1], first[0], first[2])
    assert row(screen, "steps.0").handle.hasFocus()
    qtbot.keyClick(row(screen, "steps.0").handle, Qt.Key.Key_Down)
    assert not screen.editor.dirty()
    add(screen, "conditions", "A member’s order")
    add(screen, "conditions", "Order has a tag")
    screen.editor.builder.match._choose(1)
    assert "the buyer is a member or the order is tagged" in sentence(screen)


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


@pytest.mark.req("R6", "S9")
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


@pytest.mark.req("R6")
def test_every_entry_of_the_catalogue_has_its_row(screen: RulesScreen, qtbot: QtBot) -> None:
    for key in TRIGGERS:
        draft, _gone = drafts.with_trigger(drafts.Draft(), key)
        for group, offered in (
            ("conditions", drafts.fitting_conditions(draft)),
            ("steps", drafts.fitting_effects(draft)),
        ):
            parts = [drafts.new_part(group, part) for part, _words in offered]
            draft = drafts.with_parts(draft, group, parts)
        for limit, _words in drafts.free_limits(draft):
            draft = drafts.with_limit(draft, limit, True)
        screen.editor.builder.show_draft(draft)
        rows = screen.editor.builder.rows
        for place, shown in rows.items():
            wanted = {p.key for p in shown.plan.parameters if p.wanted(shown.plan.values or {})}
            assert wanted <= shown.blanks.keys(), (key, place)
            for name, blank in shown.blanks.items():
                assert blank.value() == (shown.plan.values or {"wait": shown.plan.waits}).get(
                    name, blank.parameter.default
                ), (key, place, name)
