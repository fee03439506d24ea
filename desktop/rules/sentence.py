"""A rule as one plain sentence, always made from what it holds, never written by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from desktop.basics.i18n import N_, _, ngettext
from desktop.models.settings import SettingSpec
from desktop.rules.catalogue import CONDITIONS, EFFECTS, TRIGGERS, Entry
from desktop.rules.parameters import Names, figure_text
from desktop.rules.spec import Limits, Part, Spec

_BETWEEN_CHINESE = re.compile(
    r"(?<=[。，；：]) |(?<=[\u3000-\u9fff\uff00-\uffef”]) (?=[\u3000-\u9fff\uff00-\uffef“])"
)
Figures = Mapping[str, Any]  # setting key → its value now


def sentence(spec: Spec, names: Names, figures: Figures, currency: str = "CNY") -> str:
    """当 …，且 …，就 …。但 …: the whole rule in the reader's language, blanks filled in."""

    def said(kept: Mapping[str, Entry], part: Part) -> str:
        return clause(kept.get(part.key), part, names, figures, currency)

    when = said(TRIGGERS, spec.trigger) if spec.trigger else "…"
    conditions = [said(CONDITIONS, part) for part in spec.conditions]
    steps = []
    for step in spec.steps:
        words = said(EFFECTS, step)
        if step.wait_minutes:
            words = _("if it still holds {time} later, {action}").format(
                time=_said("minutes", step.wait_minutes), action=words
            )
        steps.append(words)
    then = joined(steps, _("{first}, then {second}")) or "…"
    if conditions:
        glue = _("{first} and {second}") if spec.match_all else _("{first} or {second}")
        text = _("When {when}, and {conditions}: {then}.").format(
            when=when, conditions=joined(conditions, glue), then=then
        )
    else:
        text = _("When {when}: {then}.").format(when=when, then=then)
    return closed_up(" ".join([_first_capital(text), *limit_sentences(spec.limits)]).strip())


def when_words(spec: Spec, figures: Figures, currency: str = "CNY") -> str:
    """The trigger alone, for lists."""
    if spec.trigger is None:
        return ""
    words = clause(TRIGGERS.get(spec.trigger.key), spec.trigger, {}, figures, currency)
    return closed_up(_first_capital(words))


def clause(entry: Entry | None, part: Part, names: Names, figures: Figures, currency: str = "CNY") -> str:
    """One clause with its blanks filled."""
    if entry is None:
        return _("something unknown here ({key})").format(key=part.key)
    filled = {}
    for parameter in entry.parameters:
        spec: SettingSpec[int] | None = parameter.setting
        value = (
            figures.get(spec.key, spec.default) if spec else part.values.get(parameter.key, parameter.default)
        )
        try:
            filled[parameter.key] = parameter.say(value, names, currency) or "…"
        except (TypeError, ValueError):
            filled[parameter.key] = "…"  # half typed
    words = _(entry.words).format(**filled)
    for parameter in entry.parameters:
        if parameter.only_with is not None and parameter.wanted(part.values):
            words = _("{words}: “{text}”").format(words=words, text=filled[parameter.key])
    return words


def limit_sentences(limits: Limits) -> list[str]:
    """What holds the rule back, a sentence each."""
    said = []
    again = _said("minutes", limits.every_minutes)
    if limits.every_minutes and limits.times:
        most = limits.times if isinstance(limits.times, int) else 2
        said.append(
            ngettext(
                "Again every {time}, at most once.", "Again every {time}, at most {count} times.", most
            ).format(time=again, count=_said("number", limits.times))
        )
    elif limits.every_minutes:
        said.append(_("Again every {time}.").format(time=again))
    if limits.apart_minutes:
        apart = _said("minutes", limits.apart_minutes)
        said.append(_("Not more often than every {time}.").format(time=apart))
    if limits.quiet and limits.quiet[0] != limits.quiet[1]:
        first, last = (_said("time", minute) for minute in limits.quiet)
        said.append(_("Nobody is disturbed from {first} to {last}.").format(first=first, last=last))
    return said


def _said(kind: str, value: Any) -> str:
    """A figure in words, or … while it is half typed."""
    return figure_text(kind, value) if isinstance(value, int) else "…"


def joined(parts: Sequence[str], glue: str) -> str:
    """Several clauses by a glue of two blanks."""
    text = ""
    for part in parts:
        text = glue.format(first=text, second=part) if text else part
    return text


def closed_up(text: str) -> str:
    """The text without the spaces that a filled-in blank left between two Chinese characters."""
    return _BETWEEN_CHINESE.sub("", text)


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


LIMIT_WORDS = {
    "every": N_("again every {minutes}, at most {times} times for one"),
    "apart": N_("not more often than every {minutes} for one"),
    "quiet": N_("disturb nobody from {first} to {last}"),
    "retries": N_("after a failure try at most {retries} times"),
}
