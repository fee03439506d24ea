"""The catalogue is whole: every entry has its words in each language, its parameters, and what the engine asks of it."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.basics.i18n import _, languages, set_language
from desktop.models.notice_texts import NOTICE_TEXTS
from desktop.models.people import ROLES
from desktop.models.settings import REGISTRY
from desktop.rules import conditions, effects, triggers
from desktop.rules.catalogue import (
    CONDITIONS,
    EFFECTS,
    SUBJECTS,
    TOPICS,
    TRIGGERS,
    Effect,
    Entry,
    RuleRow,
    blanks,
    declare,
    pieces,
)  # fmt: skip
from desktop.rules.lists import rule_detail, rules_list
from desktop.rules.sentence import sentence
from desktop.rules.shipped import SHIPPED
from desktop.rules.spec import Part, Spec
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from tests.helpers.goods import open_stocked
from tests.helpers.rules import clockwork

DECLARED = (conditions, effects, triggers)
ENTRIES: dict[str, Entry] = {
    f"{kind} {key}": entry
    for kind, kept in (("trigger", TRIGGERS), ("condition", CONDITIONS), ("effect", EFFECTS))
    for key, entry in kept.items()
}
SNAPSHOT = Path(__file__).with_name("sentences.csv")
KINDS = {
    "number", "points", "minutes", "time", "money", "quantity", "choice", "choices", "text", "goods", "categories",
    "tiers", "tags", "receivers", "channels", "templates",
}  # fmt: skip


@pytest.mark.req("O14")
@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_entry_has_its_words_in_every_language_and_its_parameters(name: str) -> None:
    entry = ENTRIES[name]
    said = {}
    for language in languages():
        set_language(language)
        words = [entry.title, entry.words, *(p.label for p in entry.parameters)]
        words += [option for p in entry.parameters for option in p.options.values()]
        words += [entry.done] if isinstance(entry, Effect) else []
        said[language] = [_(text) for text in words]
        assert sorted(blanks(_(entry.words))) == sorted(blanks(entry.words))
        if language == "zh_CN":
            untranslated = [
                text for text in said[language] if re.search("[a-z]{4}", re.sub(r"{\w+}", "", text))
            ]
            assert untranslated == []
    assert {p.kind for p in entry.parameters} <= KINDS
    for parameter in entry.parameters:
        assert parameter.kind not in ("choice", "choices") or parameter.options
        assert parameter.setting is None or REGISTRY[parameter.setting.key] is parameter.setting
        assert (
            parameter.say(parameter.default if parameter.setting is None else parameter.setting.default, {})
            is not None
        )
    assert [part for kind, part in pieces(entry.words) if kind == "blank"] == blanks(entry.words)


def test_every_entry_belongs_somewhere_and_the_clock_may_do_all_of_it() -> None:
    assert all(trigger.topic in TOPICS and trigger.subject in SUBJECTS for trigger in TRIGGERS.values())
    assert all(condition.subject in ("", *SUBJECTS) for condition in CONDITIONS.values())
    assert all(effect.subjects <= set(SUBJECTS) for effect in EFFECTS.values())
    assert {effect.needs for effect in EFFECTS.values()} <= ROLES["clock"][1]
    covered = {subject for effect in EFFECTS.values() for subject in effect.subjects}
    assert covered == {trigger.subject for trigger in TRIGGERS.values()}
    assert {key for key, effect in EFFECTS.items() if effect.bold} == {
        "close_order",
        "receive_order",
        "give_points",
        "return_set_aside",
    }
    shipped = {step.values["template"] for rule in SHIPPED for step in rule.spec.steps if step.key == "tell"}
    assert shipped <= set(NOTICE_TEXTS)


@pytest.mark.req("O14")
@pytest.mark.parametrize("key", list(TRIGGERS))
def test_every_trigger_answers_all_four_questions_in_an_empty_shop(shop: Shop, key: str) -> None:
    open_stocked(shop)
    now = shop.clock.now()
    since = now - timedelta(days=7)
    with shop.storage.read.connect() as connection:
        read = Read(connection, actors.clock(), now, {})
        for condition in [None, *CONDITIONS.values()]:
            if condition is not None and condition.subject not in ("", TRIGGERS[key].subject):
                continue
            on = (Part(condition.key, condition.values(read, Part(condition.key))),) if condition else ()
            trigger = TRIGGERS[key]
            spec = Spec(Part(key, trigger.values(read, Part(key))), on)
            row = RuleRow(1, "x", spec, 1, now)
            assert trigger.due(read, row, only=999) == []
            assert isinstance(trigger.due(read, row), list)
            assert all(since <= due.base_at <= now for due in trigger.past(read, row, since, now))
            moment = trigger.upcoming(read, row)
            assert moment is None or moment > now


def test_an_entry_is_declared_once_and_with_all_its_blanks() -> None:
    known = next(iter(EFFECTS.values()))
    with pytest.raises(ValueError, match="twice"):
        declare(known)
    values = {name: getattr(known, name) for name in ("title", "subjects", "needs", "run", "done")}
    with pytest.raises(ValueError, match="blanks"):
        declare(Effect(key="new", words="give {something}", **values))
    assert "new" not in EFFECTS


def sentences(shop: Shop) -> list[list[str]]:
    """Each shipped rule in each language, as the editor says it."""
    said = []
    for language in ("en", "zh_CN"):
        set_language(language)
        for line in shop.ask(rules_list):
            detail = shop.ask(rule_detail, line.id)
            said.append([language, detail.key or "", sentence(detail.spec, detail.names, detail.figures)])
    return said


@pytest.mark.req("O14")
def test_the_shipped_rules_read_as_they_did(sqlite_shop: Shop) -> None:
    open_stocked(sqlite_shop)
    clockwork(sqlite_shop)
    with SNAPSHOT.open(encoding="utf-8", newline="") as file:
        kept = list(csv.reader(file))[1:]
    assert sentences(sqlite_shop) == kept


def test_control_a_figure_changed_in_the_settings_changes_the_sentence() -> None:
    set_language("en")
    rule = next(rule for rule in SHIPPED if rule.key == "retail_unpaid")
    usual, changed = (sentence(rule.spec, {}, figures) for figures in ({}, {"orders.pay_minutes": 45}))
    assert ("30 minutes" in usual, "45 minutes" in changed) == (True, True)
