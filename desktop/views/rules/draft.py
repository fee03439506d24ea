"""A rule while somebody writes it: what is in it, every change as a new draft, and how far it is from what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktop.basics.i18n import N_, _
from desktop.rules.catalogue import CONDITIONS, EFFECTS, TRIGGERS, Entry, Trigger
from desktop.rules.checking import DECLARED
from desktop.rules.lists import RuleDetail
from desktop.rules.parameters import MINUTES_A_DAY, Parameter
from desktop.rules.spec import Limits, Part, Spec, Step

assert DECLARED  # the catalogue is filled
FIRST_WAIT = 12 * 60
LONGEST = 525_600  # minutes: a year
WAIT = Parameter("wait", "minutes", N_("Wait"), default=FIRST_WAIT, low=1, high=LONGEST, unit=60)
LIMITS: dict[str, tuple[Parameter, ...]] = {
    "every": (
        Parameter("minutes", "minutes", N_("Again every"), default=FIRST_WAIT, low=1, high=LONGEST, unit=60),
        Parameter("times", "number", N_("At most so many times"), low=1, high=1_000),
    ),
    "apart": (
        Parameter("minutes", "minutes", N_("Apart"), default=MINUTES_A_DAY, low=1, high=LONGEST, unit=60),
    ),
    "quiet": (
        Parameter("first", "time", N_("Quiet from"), default=22 * 60),
        Parameter("last", "time", N_("Quiet until"), default=8 * 60),
    ),
    "retries": (Parameter("retries", "number", N_("Tries"), default=3, low=1, high=10),),
}
LIMIT_TITLES = {
    "every": N_("Repeat"),
    "apart": N_("Keep apart"),
    "quiet": N_("Quiet hours"),
    "retries": N_("Tries after a failure"),
}
LIMIT_FIELDS = {  # where the check of a rule names it → the row and blank that show it
    "every_minutes": ("every", "minutes"),
    "times": ("every", "times"),
    "apart_minutes": ("apart", "minutes"),
    "quiet": ("quiet", "first"),
    "retries": ("retries", "retries"),
}
OFF: dict[str, dict[str, Any]] = {
    "every": {"every_minutes": 0, "times": None},
    "apart": {"apart_minutes": 0},
    "quiet": {"quiet": None},
    "retries": {"retries": 3},
}


@dataclass(frozen=True)
class Draft:
    """`figures` are settings of the shop changed here; text that is no number stays as typed until it is."""

    rule_id: int | None = None
    name: str = ""
    spec: Spec = field(default_factory=lambda: Spec(None))
    figures: Mapping[str, Any] = field(default_factory=dict)


def of_rule(detail: RuleDetail) -> Draft:
    """What is kept of a rule."""
    return Draft(detail.id, detail.name, detail.spec)


def trigger_in(draft: Draft) -> Trigger | None:
    """The trigger of a draft, if one is chosen."""
    return TRIGGERS.get(draft.spec.trigger.key) if draft.spec.trigger else None


def values_of(entry: Entry, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The values an entry begins with; those already given stay when they fit."""
    values = {}
    for parameter in entry.parameters:
        if parameter.setting is not None:
            continue
        default = parameter.default
        if parameter.kind == "text":
            default = _(default) if default else ""
        values[parameter.key] = list(default or ()) if parameter.many else default
        if kept is not None and parameter.key in kept and _fits(parameter, kept[parameter.key]):
            values[parameter.key] = kept[parameter.key]
    return values


def _fits(parameter: Parameter, value: Any) -> bool:
    if parameter.options:
        wanted = value if isinstance(value, list | tuple) else [value]
        return parameter.many == isinstance(value, list | tuple) and set(wanted) <= set(parameter.options)
    return parameter.many == isinstance(value, list | tuple)


def fitting_conditions(draft: Draft) -> list[tuple[str, str]]:
    """Conditions that go with the trigger, as (key, title)."""
    trigger = trigger_in(draft)
    subjects = ("", trigger.subject) if trigger else ("",)
    return [(c.key, _(c.title)) for c in CONDITIONS.values() if c.subject in subjects]


def fitting_effects(draft: Draft) -> list[tuple[str, str]]:
    """Actions that go with the trigger, as (key, title)."""
    trigger = trigger_in(draft)
    return [(e.key, _(e.title)) for e in EFFECTS.values() if trigger and trigger.subject in e.subjects]


def may_wait(draft: Draft) -> bool:
    """Whether a step may wait: the calendar has no state that could still hold later."""
    trigger = trigger_in(draft)
    return trigger is not None and trigger.subject != "shop"


def with_trigger(draft: Draft, key: str) -> tuple[Draft, list[str]]:
    """Another trigger; what no longer fits is taken off and named."""
    trigger, spec, dropped = TRIGGERS[key], draft.spec, list[str]()
    kept = spec.trigger.values if spec.trigger else None
    conditions, steps = [], []
    for part in spec.conditions:
        condition = CONDITIONS.get(part.key)
        if condition is not None and condition.subject in ("", trigger.subject):
            conditions.append(part)
        else:
            dropped.append(_(condition.title) if condition else part.key)
    for step in spec.steps:
        effect = EFFECTS.get(step.key)
        if effect is not None and trigger.subject in effect.subjects:
            steps.append(replace(step, wait_minutes=0) if trigger.subject == "shop" else step)
        else:
            dropped.append(_(effect.title) if effect else step.key)
    limits = spec.limits
    if not trigger.repeats and limits.every_minutes:
        limits = replace(limits, **OFF["every"])
        repeat = LIMIT_TITLES["every"]
        dropped.append(_(repeat))
    changed = replace(
        spec,
        trigger=Part(key, values_of(trigger, kept)),
        conditions=tuple(conditions),
        steps=tuple(steps),
        limits=limits,
    )
    return replace(draft, spec=changed), dropped


def with_parts(draft: Draft, group: str, parts: list[Any]) -> Draft:
    """Other conditions or steps."""
    if group == "conditions":
        return replace(draft, spec=replace(draft.spec, conditions=tuple(parts)))
    return replace(draft, spec=replace(draft.spec, steps=tuple(parts)))


def parts_of(draft: Draft, group: str) -> list[Any]:
    """The conditions or the steps."""
    return list(draft.spec.conditions if group == "conditions" else draft.spec.steps)


def new_part(group: str, key: str, like: Part | None = None) -> Part:
    """A condition or step of this kind, with what it can keep of the one before."""
    kept = like.values if like else None
    if group == "conditions":
        return Part(key, values_of(CONDITIONS[key], kept))
    wait = like.wait_minutes if isinstance(like, Step) else 0
    return Step(key, values_of(EFFECTS[key], kept), wait)


def with_value(draft: Draft, place: str, key: str, value: Any) -> Draft:
    """Another value at a place such as `trigger`, `conditions.1`, `steps.0` (key `wait` too) or `limits.every`."""
    group, _dot, rest = place.partition(".")
    if group == "limits":
        return replace(draft, spec=replace(draft.spec, limits=_limit(draft.spec.limits, rest, key, value)))
    if group == "trigger":
        assert draft.spec.trigger is not None
        part = draft.spec.trigger
        return replace(
            draft, spec=replace(draft.spec, trigger=replace(part, values={**part.values, key: value}))
        )
    parts, index = parts_of(draft, group), int(rest)
    if key == "wait":
        parts[index] = replace(parts[index], wait_minutes=value)
    else:
        parts[index] = replace(parts[index], values={**parts[index].values, key: value})
    return with_parts(draft, group, parts)


def _limit(limits: Limits, row: str, key: str, value: Any) -> Limits:
    if row == "quiet":
        first, last = limits.quiet or (22 * 60, 8 * 60)
        return replace(limits, quiet=(value, last) if key == "first" else (first, value))
    name = next(name for name, there in LIMIT_FIELDS.items() if there == (row, key))
    return replace(limits, **{name: value})


def limit_rows(draft: Draft) -> list[str]:
    """Which limits are set, in the order they are shown."""
    limits = draft.spec.limits
    there = {
        "every": limits.every_minutes != 0,
        "apart": limits.apart_minutes != 0,
        "quiet": limits.quiet is not None,
        "retries": True,
    }
    return [row for row in LIMITS if there[row]]


def limit_values(draft: Draft, row: str) -> dict[str, Any]:
    """The values of one limit's blanks."""
    limits = draft.spec.limits
    if row == "quiet":
        first, last = limits.quiet or (22 * 60, 8 * 60)
        return {"first": first, "last": last}
    return {there[1]: getattr(limits, name) for name, there in LIMIT_FIELDS.items() if there[0] == row}


def free_limits(draft: Draft) -> list[tuple[str, str]]:
    """Limits that could be added, as (row, title)."""
    trigger, there = trigger_in(draft), limit_rows(draft)
    return [
        (row, _(LIMIT_TITLES[row]))
        for row in LIMITS
        if row not in there and (row != "every" or trigger is None or trigger.repeats)
    ]


def with_limit(draft: Draft, row: str, on: bool) -> Draft:
    """Set a limit to what it begins with, or take it off."""
    limits = replace(draft.spec.limits, **OFF[row])
    if on:
        for parameter in LIMITS[row]:
            limits = _limit(limits, row, parameter.key, parameter.default)
    return replace(draft, spec=replace(draft.spec, limits=limits))


def differences(kept: Draft, now: Draft) -> int:
    """How many things differ: the name, the trigger, each condition, step and limit, each figure."""
    a, b = kept.spec, now.spec
    count = int(kept.name != now.name) + int(_same(a.trigger) != _same(b.trigger))
    count += int(a.match_all != b.match_all)
    for group in ("conditions", "steps"):
        before, after = parts_of(kept, group), parts_of(now, group)
        pairs = zip(before, after, strict=False)
        differing = sum(_same(x) != _same(y) for x, y in pairs) + abs(len(before) - len(after))
        count += min(differing, 1) if sorted(map(str, before)) == sorted(map(str, after)) else differing
    for name in ("every_minutes", "times", "apart_minutes", "quiet", "retries"):
        count += int(getattr(a.limits, name) != getattr(b.limits, name))
    return count + len(now.figures)


def _same(part: Part | None) -> Any:
    if part is None:
        return None
    values = {key: list(v) if isinstance(v, tuple) else v for key, v in part.values.items()}
    return part.key, values, getattr(part, "wait_minutes", 0)
