"""Writing rules: saved whole and checked, each version kept, switched, resumed, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import Changed, Malformed, NotFound, Refused
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.rules import Rule, RuleVersion
from desktop.models.settings import REGISTRY
from desktop.rules.catalogue import effect_of, trigger_of
from desktop.rules.checking import AtField, checked
from desktop.rules.firing import try_again
from desktop.rules.shipped import shipped_spec
from desktop.rules.spec import Spec, read, write
from desktop.services.settings import set_setting
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_NAME = 80


@action(permission=Permission.EDIT_RULES)
def save_rule(
    work: Work,
    rule_id: int | None,
    name: str,
    spec: Spec,
    *,
    version: int | None = None,
    figures: Mapping[str, Any] | None = None,
) -> int:
    """Write a rule as a new version, or a new rule; returns its id.

    `version` is the one the editor started from; `figures` are settings its blanks show (key → value). Whoever saves a
    rule needs the rights its actions need. Raises `AtField`, `Changed` when somebody else saved meanwhile.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise AtField(
            "name", Malformed(N_("Give the rule a name of at most {most} letters."), most=LONGEST_NAME)
        )
    cleaned = checked(work, spec)
    _may_do(work, cleaned)
    _set_figures(work, figures or {})
    if rule_id is None:
        return _make(work, name, cleaned)
    rule = _rule(work, rule_id)
    if rule.key is not None and name == _(rule.name):
        name = rule.name  # ours keeps its words in every language until the owner gives another name
    if version is not None and rule.version != version:
        raise Changed(N_("Somebody else saved this rule meanwhile. Look at it again before you save."))
    text = write(cleaned)
    if rule.spec == text and rule.name == name:
        return rule.id
    _rewrite(work, rule, name, cleaned)
    return rule.id


@action(permission=Permission.EDIT_RULES)
def switch_rule(work: Work, rule_id: int, on: bool) -> None:
    """Switch a rule on or off; what happened while it was off stays past. Setting it going needs its actions' rights."""
    rule = _rule(work, rule_id)
    if rule.enabled == on:
        return
    rule.enabled = on
    if on:
        _may_do(work, read(rule.spec))
        rule.since, rule.failures, rule.paused_at, rule.paused_why = work.now, 0, None, ""


@action(permission=Permission.EDIT_RULES)
def resume_rule(work: Work, rule_id: int) -> None:
    """Let a paused rule act again; what came due meanwhile is done now. Raises what is still wrong with it."""
    rule = _rule(work, rule_id)
    if rule.paused_at is None:
        return
    _may_do(work, checked(work, read(rule.spec)))
    rule.failures, rule.paused_at, rule.paused_why = 0, None, ""
    try_again(work, rule)


@action(permission=Permission.EDIT_RULES)
def remove_rule(work: Work, rule_id: int) -> None:
    """Take an own rule away; its log stays. Ours can only be switched off."""
    rule = _rule(work, rule_id)
    if rule.key is not None:
        raise Refused(N_("This rule came with the program. Switch it off instead."))
    rule.removed_at, rule.enabled = work.now, False


@action(permission=Permission.EDIT_RULES)
def put_rule_back(work: Work, rule_id: int) -> None:
    """Undo taking a rule away; it stays off."""
    rule = work.get(Rule, rule_id, lock=True)
    rule.removed_at = None


@action(permission=Permission.EDIT_RULES)
def restore_rule(work: Work, rule_id: int, version: int | None = None) -> None:
    """Make an earlier version the newest again; without one, what the program came with."""
    rule = _rule(work, rule_id)
    if version is None:
        spec = shipped_spec(rule.key or "")
        if spec is None:
            raise Refused(N_("This rule is your own; choose one of its versions."))
        name = rule.name
    else:
        kept = work.find(
            select(RuleVersion).where(RuleVersion.rule_id == rule.id, RuleVersion.version == version)
        )
        if kept is None:
            raise NotFound(N_("This version no longer exists."))
        spec, name = read(kept.spec), kept.name
    _may_do(work, checked(work, spec))
    _rewrite(work, rule, name, spec)


def begins_anew(before: str, spec: Spec) -> bool:
    """Whether a rule that was `before` now looks at something else: then what happened until now is not its business."""
    try:
        kept = read(before).trigger
    except Malformed:
        return True
    assert spec.trigger is not None
    if kept is None or kept.key != spec.trigger.key:
        return True
    return not trigger_of(spec.trigger).timed and dict(kept.values) != dict(spec.trigger.values)


def _may_do(work: Work, spec: Spec) -> None:
    """Whoever sets a rule going needs the rights its actions need. Raises `NotAllowed`."""
    for step in spec.steps:
        needs = effect_of(step).needs
        if needs != Permission.RUN_RULES:
            work.require(str(needs))


def _rewrite(work: Work, rule: Rule, name: str, spec: Spec) -> None:
    if begins_anew(rule.spec, spec):
        rule.since = work.now
    rule.name, rule.spec, rule.topic = name, write(spec), trigger_of(spec.trigger).topic
    _new_version(work, rule)


def _rule(work: Work, rule_id: int) -> Rule:
    rule = work.get(Rule, rule_id, lock=True)
    if rule.removed_at is not None:
        raise NotFound(N_("This rule was removed."))
    return rule


def _make(work: Work, name: str, spec: Spec) -> int:
    last = work.value(select(func.max(Rule.position))) or 0
    rule = Rule(
        key=None, name=name, topic=trigger_of(spec.trigger).topic, position=int(last) + 1, enabled=True,
        since=work.now, spec=write(spec), version=0, edited_at=work.now, edited_by=work.actor.key,
    )  # fmt: skip
    work.add(rule)
    _new_version(work, rule)
    return rule.id


def _new_version(work: Work, rule: Rule) -> None:
    rule.version += 1
    rule.edited_at, rule.edited_by = work.now, work.actor.key
    rule.failures, rule.paused_at, rule.paused_why = 0, None, ""
    row = {"rule_id": rule.id, "version": rule.version, "name": rule.name, "spec": rule.spec}
    work.post(RuleVersion, [{**row, "actor": work.actor.key, "at": work.now}])


def _set_figures(work: Work, figures: Mapping[str, Any]) -> None:
    for key, value in figures.items():
        spec = REGISTRY.get(key)
        if spec is None:
            raise NotFound(N_("This setting does not exist."))
        if work.setting(spec) != value:
            work.require(str(Permission.SETTINGS))
            set_setting.run(work, key, value)
