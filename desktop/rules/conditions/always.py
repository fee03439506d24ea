"""Conditions that look at no subject: the day of the week, the time of day."""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal

from desktop.basics.i18n import N_
from desktop.rules.catalogue import Condition, declare
from desktop.rules.parameters import WEEKDAYS, Parameter
from desktop.rules.spec import Values
from desktop.shop.work import Read


def _weekday(read: Read, values: Values) -> ColumnElement[bool]:
    return literal(str(read.now.astimezone(read.zone).weekday()) in values["weekdays"])


def _between(read: Read, values: Values) -> ColumnElement[bool]:
    local = read.now.astimezone(read.zone)
    return literal(inside(local.hour * 60 + local.minute, values["from"], values["to"]))


def inside(minute: int, first: int, last: int) -> bool:
    """Whether a minute of the day lies in a window, which may run over midnight; the same twice is the whole day."""
    if first == last:
        return True
    return first <= minute < last if first < last else minute >= first or minute < last


declare(
    Condition(
        key="weekday",
        title=N_("Day of the week"),
        words=N_("today is {weekdays}"),
        parameters=(
            Parameter(
                "weekdays", "choices", N_("Days of the week"), default=["0"],
                options={str(i): name for i, name in enumerate(WEEKDAYS)},
            ),
        ),
        subject="",
        test=_weekday,
        axis="weekday",
        domain=lambda v: frozenset(v["weekdays"]),
    )
)  # fmt: skip
declare(
    Condition(
        key="time_between",
        title=N_("Time of day"),
        words=N_("it is between {from} and {to}"),
        parameters=(
            Parameter("from", "time", N_("From"), default=8 * 60),
            Parameter("to", "time", N_("Until"), default=22 * 60),
        ),
        subject="",
        test=_between,
    )
)
