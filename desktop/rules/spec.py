"""What a rule says, as data: 当 a trigger, 且 conditions, 就 steps, 但 limits; stored as JSON in `rule.spec`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One entry of the catalogue with its parameters filled in."""

    key: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Step(Part):
    """One action, perhaps only when the state still holds this many minutes after the rule came due."""

    wait_minutes: int = 0


@dataclass(frozen=True)
class Limits:
    """What holds a rule back: once, or again every so many minutes, at most so many times, so far apart.

    `quiet` are the minutes of the day from and to which nobody is disturbed; messages wait until then.
    """

    every_minutes: int = 0
    times: int | None = None
    apart_minutes: int = 0
    quiet: tuple[int, int] | None = None
    retries: int = 3


@dataclass(frozen=True)
class Spec:
    """A whole rule; `trigger` is None only while somebody writes it."""

    trigger: Part | None
    conditions: tuple[Part, ...] = ()
    match_all: bool = True
    steps: tuple[Step, ...] = ()
    limits: Limits = Limits()


def write(spec: Spec) -> str:
    """The rule as JSON."""
    limits = spec.limits
    return json.dumps(
        {
            "trigger": _part(spec.trigger) if spec.trigger else None,
            "conditions": [_part(part) for part in spec.conditions],
            "match_all": spec.match_all,
            "steps": [{**_part(step), "wait_minutes": step.wait_minutes} for step in spec.steps],
            "limits": {
                "every_minutes": limits.every_minutes,
                "times": limits.times,
                "apart_minutes": limits.apart_minutes,
                "quiet": list(limits.quiet) if limits.quiet else None,
                "retries": limits.retries,
            },
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def read(text: str) -> Spec:
    """The rule behind the JSON. Raises `Malformed` when it is none."""
    try:
        return _spec(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Malformed(N_("This rule can't be read. Open it, put it right and save it again.")) from error


def _part(part: Part) -> dict[str, Any]:
    return {"key": part.key, "values": dict(part.values)}


def _spec(raw: dict[str, Any]) -> Spec:
    limits = raw["limits"]
    trigger = raw["trigger"]
    quiet = limits["quiet"]
    return Spec(
        trigger=Part(trigger["key"], trigger["values"]) if trigger else None,
        conditions=tuple(Part(part["key"], part["values"]) for part in raw["conditions"]),
        match_all=bool(raw["match_all"]),
        steps=tuple(Step(step["key"], step["values"], int(step["wait_minutes"])) for step in raw["steps"]),
        limits=Limits(
            every_minutes=int(limits["every_minutes"]),
            times=limits["times"],
            apart_minutes=int(limits["apart_minutes"]),
            quiet=(int(quiet[0]), int(quiet[1])) if quiet else None,
            retries=int(limits["retries"]),
        ),
    )
