"""How rules, runs and versions are worded in lists."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _, language, ngettext
from desktop.basics.words import when_text
from desktop.rules.lists import RuleLine
from desktop.rules.log import STATES, RunLine

STATE_TONES = {"done": ("success", "done"), "failed": ("warn", "alert"), "given_up": ("danger", "closed")}
SCREENS = {"order": "orders", "sku": "inventory", "member": "members", "purchase": "buying"}


def result_words(line: RuleLine) -> tuple[str, str]:
    """What a rule did today, and the token that colours it."""
    if line.paused_why:
        return _("paused"), "danger_fg"
    if line.failed_today:
        return (
            ngettext("{count} failure today", "{count} failures today", line.failed_today).format(
                count=line.failed_today
            ),
            "danger_fg",
        )
    if not line.enabled:
        return _("off"), "text2"
    return (
        _("{count} today").format(count=f"{line.today:,}"),
        "text2",
    )


def short_time(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`15:20` today, else `11/19` or `19 Nov`."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if local.year != today.year:
        return f"{local:%Y-%m-%d}"
    if language().startswith("zh"):
        return f"{local.month}/{local.day}"
    return when_text(moment, now, zone).rsplit(" ", 1)[0]


def state_words(state: str) -> str:
    """A run's state in words."""
    return _(STATES.get(state, state))


def run_title(run: RunLine) -> str:
    """What a run was about: its subject, or for the shop what was done."""
    if run.subject_kind == "shop" and run.effects:
        return run.effects[0]
    return " ".join(part for part in dict.fromkeys((run.title, run.detail)) if part)


def run_caption(run: RunLine) -> str:
    """What a run did, or why it could not."""
    if run.error:
        return run.error
    effects = run.effects[1:] if run.subject_kind == "shop" else run.effects
    parts = [run.cause, *effects] if run.cause else list(effects)
    return " · ".join(parts) or state_words(run.state)
