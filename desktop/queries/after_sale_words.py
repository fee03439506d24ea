"""What people call the kinds, states and steps of after-sales cases, and the reasons there are to choose from."""

from __future__ import annotations

import re

from desktop.basics.i18n import N_, _
from desktop.models.after_sales import CONDITION_WORDS, KINDS, RECEIVED, STATE_WORDS
from desktop.models.settings import AFTER_SALES_REASONS
from desktop.shop.work import Read

EVENT_WORDS = {
    **STATE_WORDS,
    "asked": N_("Opened"),
    "approved": N_("Approved"),
    "awaited": N_("Approved, goods awaited"),
    "note": N_("Note"),
    "photos": N_("Photos added"),
}
USUAL_REASONS = (
    N_("Broken or damaged"),
    N_("Not what was ordered"),
    N_("Something is missing"),
    N_("Spoiled or out of date"),
    N_("Lost on the way"),
    N_("Changed their mind"),
    N_("Arrived too late"),
)


def kind_word(key: str) -> str:
    """`return` → Return and refund."""
    return _(KINDS[key].words) if key in KINDS else key


def state_word(key: str) -> str:
    """`awaited` → Goods awaited."""
    return _(STATE_WORDS.get(key, key))


def event_word(key: str) -> str:
    """`photos` → Photos added."""
    return _(EVENT_WORDS.get(key, key))


def event_note(kind: str, note: str) -> str:
    """The remark of a step in the reader's language."""
    if kind == RECEIVED and "/" in note:
        whole, bad = note.split("/", 1)
        if bad == "0":
            return _("{count} arrived").format(count=whole)
        return _("{count} arrived, {bad} of them damaged").format(count=whole, bad=bad)
    if kind == "photos":
        return _("{count} photos").format(count=note)
    return _(note) if note in USUAL_REASONS else note


def condition_word(key: str) -> str:
    """`damaged` → Damaged."""
    return _(CONDITION_WORDS.get(key, key))


def reasons(read: Read) -> tuple[str, ...]:
    """The shop's own reasons, or the usual ones as sentence keys."""
    own = (part.strip() for part in re.split(r"[;；\n]", read.setting(AFTER_SALES_REASONS)))
    return tuple(part for part in own if part) or USUAL_REASONS
