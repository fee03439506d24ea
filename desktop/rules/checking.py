"""Whether a rule may be saved: everything filled in, nothing contradicting, everybody reachable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import Malformed, ShopError
from desktop.basics.i18n import N_, _
from desktop.models.members import Tier
from desktop.models.notice_texts import NOTICE_TEXTS
from desktop.models.products import Category, Product, Sku, Tag
from desktop.rules import conditions, effects, triggers
from desktop.rules.catalogue import Condition, Effect, Entry, Trigger, condition_of, effect_of, trigger_of
from desktop.rules.effects.messages import BUYER
from desktop.rules.facts import ALWAYS, FACTS
from desktop.rules.parameters import MINUTES_A_DAY
from desktop.rules.reach import unreachable
from desktop.rules.spec import Limits, Part, Spec
from desktop.shop.work import Read

DECLARED = (conditions, effects, triggers)  # importing them fills the catalogue
MOST_PARTS = 20


class AtField(Malformed):
    """A `Malformed` that knows its field: `trigger.days`, `conditions.1.amount`, `steps.0.receivers`, `limits.times`."""

    def __init__(self, field: str, error: ShopError) -> None:
        super().__init__(error.sentence, **error.fields)
        self.field = field


def checked(read: Read, spec: Spec) -> Spec:
    """The rule with every value cleaned. Raises `AtField` for the first thing that can't be saved."""
    trigger = _at("trigger", trigger_of, spec.trigger)
    assert spec.trigger is not None
    cleaned = replace(
        spec,
        trigger=_part(read, "trigger", trigger, spec.trigger),
        conditions=tuple(_condition(read, trigger, i, part) for i, part in enumerate(spec.conditions)),
        steps=tuple(
            _step(read, trigger, _states(trigger, spec.trigger), i, step) for i, step in enumerate(spec.steps)
        ),
        limits=_limits(trigger, spec.limits),
    )
    if not cleaned.steps:
        raise AtField("steps", Malformed(N_("Say what the rule does: add an action.")))
    if len(cleaned.steps) > MOST_PARTS or len(cleaned.conditions) > MOST_PARTS:
        raise AtField(
            "steps", Malformed(N_("At most {most} of each. Make two rules of it."), most=MOST_PARTS)
        )
    if cleaned.match_all:
        _check_contradictions(trigger, cleaned)
    return cleaned


def _condition(read: Read, trigger: Trigger, index: int, part: Part) -> Part:
    field = f"conditions.{index}"
    condition = _at(field, condition_of, part)
    if condition.subject not in ("", trigger.subject):
        raise AtField(
            field,
            Malformed(
                N_("“{condition}” does not go with “{trigger}”."),
                condition=_(condition.title),
                trigger=_(trigger.title),
            ),
        )
    return _part(read, field, condition, part)


def _states(trigger: Trigger, part: Part) -> frozenset[str]:
    """The states a rule's orders are in; none when it can be any."""
    if "state" in part.values:
        return frozenset({part.values["state"]})
    return dict(trigger.implies).get("status", frozenset())


def _possible(effect: Effect, states: frozenset[str]) -> bool:
    return not effect.states or not states or bool(effect.states & states)


def _step(read: Read, trigger: Trigger, states: frozenset[str], index: int, step: Any) -> Any:
    field = f"steps.{index}"
    effect = _at(field, effect_of, step)
    if trigger.subject not in effect.subjects or not _possible(effect, states):
        raise AtField(
            field,
            Malformed(
                N_("“{action}” does not go with “{trigger}”."),
                action=_(effect.title),
                trigger=_(trigger.title),
            ),
        )
    if type(step.wait_minutes) is not int or not 0 <= step.wait_minutes <= 525_600:
        raise AtField(
            f"{field}.wait", Malformed(N_("The time to wait must be a number of minutes, hours or days."))
        )
    if trigger.subject not in ("order", "member") and BUYER in (step.values.get("receivers") or ()):
        raise AtField(
            f"{field}.receivers", Malformed(N_("There is no member behind this; choose somebody else."))
        )
    cleaned = _part(read, field, effect, step)
    _check_message(trigger, f"{field}.template", cleaned.values.get("template"))
    return replace(step, values=cleaned.values)


def _check_message(trigger: Trigger, field: str, template: str | None) -> None:
    """Whether the rule knows everything its message speaks of."""
    if template is None:
        return
    text = NOTICE_TEXTS[template]
    if set(text.fields) - (FACTS.get(trigger.subject, frozenset()) | ALWAYS):
        raise AtField(
            field,
            Malformed(
                N_("“{message}” speaks of things this rule knows nothing about. Choose another message."),
                message=_(text.name),
            ),
        )


def _part(read: Read, field: str, entry: Entry, part: Part) -> Part:
    """The part with every value checked; figures that live in settings are dropped."""
    values: dict[str, Any] = {}
    for parameter in entry.parameters:
        if parameter.setting is not None or not parameter.wanted(values):
            continue
        here = f"{field}.{parameter.key}"
        value = _at(here, parameter.check, part.values.get(parameter.key, parameter.default))
        _at(here, lambda kind=parameter.kind, v=value: check_known(read, kind, v))
        values[parameter.key] = value
    if "receivers" in values and "channels" in values:
        without = unreachable(read, values["receivers"], values["channels"])
        if without:
            raise AtField(
                f"{field}.receivers",
                Malformed(
                    N_("{who} has no address for {channel}. Give one under Settings, or choose another way."),
                    who=without[0][0],
                    channel=without[0][1],
                ),
            )
    return Part(part.key, values)


def check_known(read: Read, kind: str, value: Any) -> None:
    """Whether what is named still exists. Raises `Malformed`."""
    gone: Iterable[Any] = ()
    if kind == "goods":
        there = select(Sku.id).join(Product, Product.id == Sku.product_id).where(Sku.id.in_(value))
        gone = set(value) - {row.id for row in read.rows(there)}
    elif kind == "categories":
        gone = set(value) - {row.id for row in read.rows(select(Category.id).where(Category.id.in_(value)))}
    elif kind == "tiers":
        gone = set(value) - {row.key for row in read.rows(select(Tier.key))}
    elif kind == "tags":
        gone = set(value) - {row.name for row in read.rows(select(Tag.name).where(Tag.name.in_(value)))}
    elif kind == "templates" and value not in NOTICE_TEXTS:
        gone = [value]
    if gone:
        raise Malformed(
            N_("{count} of what this rule names no longer exist. Open the rule and choose anew."),
            count=len(list(gone)),
        )


def _limits(trigger: Trigger, limits: Limits) -> Limits:
    for name, value, low, high in (
        ("every_minutes", limits.every_minutes, 0, 525_600),
        ("apart_minutes", limits.apart_minutes, 0, 525_600),
        ("times", limits.times if limits.times is not None else 1, 1, 1_000),
        ("retries", limits.retries, 1, 10),
    ):
        if type(value) is not int or not low <= value <= high:
            raise AtField(
                f"limits.{name}",
                Malformed(N_("A whole number from {low} to {high} belongs here."), low=low, high=high),
            )
    if limits.quiet and not all(
        type(minute) is int and 0 <= minute < MINUTES_A_DAY for minute in limits.quiet
    ):
        raise AtField(
            "limits.quiet", Malformed(N_("Quiet hours need two times of day, such as 22:00 and 08:00."))
        )
    if limits.every_minutes and not trigger.repeats:
        raise AtField("limits.every_minutes", Malformed(N_("This happens once; there is nothing to repeat.")))
    return limits


def _check_contradictions(trigger: Trigger, spec: Spec) -> None:
    """Two conditions that can't both be true, or one that the trigger rules out."""
    sets: dict[str, frozenset[Any]] = dict(trigger.implies)
    ranges: dict[str, tuple[int | None, int | None]] = {}
    for index, part in enumerate(spec.conditions):
        condition: Condition = condition_of(part)
        if condition.domain is None:
            continue
        domain = condition.domain(part.values)
        if isinstance(domain, frozenset):
            both = sets.get(condition.axis, domain) & domain
            sets[condition.axis] = both
            impossible = not both
        else:
            low, high = _narrower(ranges.get(condition.axis, (None, None)), domain)
            ranges[condition.axis] = (low, high)
            impossible = low is not None and high is not None and low > high
        if impossible:
            raise AtField(
                f"conditions.{index}",
                Malformed(
                    N_("“{condition}” contradicts what stands above it: the rule could never act."),
                    condition=_(condition.title),
                ),
            )


def _narrower(
    a: tuple[int | None, int | None], b: tuple[int | None, int | None]
) -> tuple[int | None, int | None]:
    lows = [value for value in (a[0], b[0]) if value is not None]
    highs = [value for value in (a[1], b[1]) if value is not None]
    return max(lows, default=None), min(highs, default=None)


def _at(field: str, check: Any, *values: Any) -> Any:
    try:
        return check(*values)
    except AtField:
        raise
    except ShopError as error:
        raise AtField(field, error) from error
