"""Automation: rules written by clicking and typing, the sentence in step, each mistake named at its field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.models.rules import Rule
from desktop.rules.catalogue import TRIGGERS
from desktop.rules.lists import rule_detail
from desktop.rules.shipped import add_shipped_rules
from desktop.rules.spec import Limits, Part, Spec, Step
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.rules import draft as drafts
from desktop.views.rules.draft import Draft
from desktop.views.rules.screen import RulesScreen
from tests.helpers.goods import Stocked, open_stocked
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
    setting,
    show,
    tick,
)
from tests.helpers.rules import new_rule, rule_id, rule_of, tell_owner
from tests.helpers.screens import Surroundings, surroundings, undo

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
    tick(screen, "conditions.1", "which", "B2B")
    assert "the order type is Retail or B2B" in sentence(screen)
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
    qtbot.waitUntil(lambda: screen.rule_id != made.id and screen.editor.draft.rule_id != made.id)
    assert screen.may_leave(lambda: None)  # nothing of the rule that is gone waits to be saved


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
