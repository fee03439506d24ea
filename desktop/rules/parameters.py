"""The kinds of figures and choices a rule can hold: each knows what it accepts and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.money import LARGEST, Money, quantity_text
from desktop.models.settings import SettingSpec

Names = Mapping[tuple[str, Any], str]  # (kind, value) → words, for what only the database knows
MINUTES_A_DAY = 24 * 60
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
# Kinds whose choices stand in the database; `lists.rule_choices` reads them.
KNOWN_BY_SHOP = ("goods", "categories", "tiers", "tags", "receivers", "channels", "templates")


@dataclass(frozen=True)
class Parameter:
    """One blank of a clause.

    `kind`: number, points, minutes, time (minutes of the day), money (minor units), quantity (thousandths), choice,
    choices, text, or one of `KNOWN_BY_SHOP`. With a `setting` the value lives in the shop's settings, not in the rule.
    """

    key: str
    kind: str
    label: str
    default: Any = None
    low: int = 0
    high: int = LARGEST
    options: Mapping[str, str] = field(default_factory=dict)
    setting: SettingSpec[int] | None = None
    unit: int = 1  # minutes: what the field counts in (1, 60, 1440)
    only_with: tuple[str, Any] | None = (
        None  # stands behind the clause, and only while that blank has this value
    )

    @property
    def many(self) -> bool:
        """Whether its value is a list."""
        return self.kind in (
            "choices",
            "goods",
            "categories",
            "tiers",
            "tags",
            "receivers",
            "channels",
        )

    def wanted(self, values: Mapping[str, Any]) -> bool:
        """Whether it is asked for beside these values."""
        return self.only_with is None or values.get(self.only_with[0]) == self.only_with[1]

    def check(self, value: Any) -> Any:
        """The value if a rule may hold it. Raises `Malformed` naming the field and what it needs."""
        if self.setting is not None:
            return self.setting.check(value)
        if self.many:
            return self._check_many(value)
        if self.kind == "choice":
            if value not in self.options:
                raise Malformed(N_("“{label}”: choose one of the list."), label=_(self.label))
            return value
        if self.kind in ("text", "templates"):
            if not isinstance(value, str) or not value.strip():
                raise Malformed(N_("“{label}” is empty."), label=_(self.label))
            return value.strip()[:500]
        return self._check_number(value)

    def _check_number(self, value: Any) -> int:
        if value is None or value == "":
            raise Malformed(N_("“{label}” is empty."), label=_(self.label))
        if type(value) is not int:
            raise Malformed(
                N_("“{label}” needs a whole number, such as {example}. “{value}” is none."),
                label=_(self.label),
                example=self.default // self.unit if isinstance(self.default, int) else self.low + 1,
                value=value,
            )
        high = MINUTES_A_DAY - 1 if self.kind == "time" else self.high
        if not self.low <= value <= high:
            raise Malformed(
                N_("“{label}” must lie between {low} and {high}."),
                label=_(self.label),
                low=self.say(self.low, {}),
                high=self.say(high, {}),
            )
        return value

    def _check_many(self, value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or not value:
            raise Malformed(N_("“{label}”: choose at least one."), label=_(self.label))
        if self.kind == "choices" and set(value) - set(self.options):
            raise Malformed(N_("“{label}”: choose from the list."), label=_(self.label))
        return list(dict.fromkeys(value))

    def say(self, value: Any, names: Names, currency: str = "CNY") -> str:
        """The value in words, in the reader's language."""
        if self.setting is not None:
            return setting_text(self.setting, value)
        if self.many:
            words = [
                _(self.options[v]) if v in self.options else names.get((self.kind, v), str(v)) for v in value
            ]
            if len(words) < 2:
                return "".join(words)
            all_of_them = self.kind in ("receivers", "channels")
            glue = _("{list} and {last}") if all_of_them else _("{list} or {last}")
            return glue.format(list=", ".join(words[:-1]), last=words[-1])
        if self.kind == "choice":
            return _(self.options.get(value, str(value)))
        if self.kind == "templates":
            return names.get((self.kind, value), str(value))
        return figure_text(self.kind, value, currency)


def figure_text(kind: str, value: Any, currency: str = "CNY") -> str:
    """A figure of this kind in words."""
    if kind == "minutes":
        return duration_text(int(value))
    if kind == "time":
        return clock_text(int(value))
    if kind == "money":
        return str(Money(int(value), currency))
    if kind == "quantity":
        return quantity_text(int(value))
    if kind in ("number", "points"):
        return f"{int(value):,}"
    return str(value)


def clock_text(minutes: int) -> str:
    """Minutes of the day as `07:30`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def duration_text(minutes: int) -> str:
    """`30 minutes`, `36 hours`, `10 days`: in the largest unit that needs no fraction; up to 72 h stay hours."""
    if minutes and minutes % MINUTES_A_DAY == 0 and minutes > 3 * MINUTES_A_DAY:
        days = minutes // MINUTES_A_DAY
        return ngettext("{count} day", "{count} days", days).format(count=days)
    if minutes and minutes % 60 == 0:
        return ngettext("{count} hour", "{count} hours", minutes // 60).format(count=minutes // 60)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def setting_text(spec: SettingSpec[int], value: int) -> str:
    """A setting's value in words."""
    if spec.unit == "minutes":
        return duration_text(value)
    if spec.unit == "hours":
        return ngettext("{count} hour", "{count} hours", value).format(count=value)
    if spec.unit == "days":
        return ngettext("{count} day", "{count} days", value).format(count=value)
    if spec.unit == "time":
        return clock_text(value)
    return quantity_text(value) if spec.unit == "milli" else f"{value:,}"
