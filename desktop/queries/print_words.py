"""The words for papers of a till: their states, kinds and what stands in the way."""

from __future__ import annotations

from desktop.basics.i18n import _
from desktop.models.print_jobs import (
    CANCELLED,
    CONFIRMED,
    FAILED,
    KIND_WORDS,
    OPEN,
    PRINTING,
    PROBLEM_WORDS,
    QUEUED,
    SENT,
    STATE_WORDS,
    UNSURE,
)

TONES = {
    QUEUED: ("info", "wait"), PRINTING: ("info", "half"), SENT: ("neutral", "done"), CONFIRMED: ("success", "done"),
    UNSURE: ("warn", "alert"), FAILED: ("danger", "alert"), CANCELLED: ("neutral", "closed"),
}  # fmt: skip


def state_words(state: str) -> str:
    """What a state is called."""
    return _(STATE_WORDS.get(state, state))


def problem_words(problem: str) -> str:
    """What stands in the way, with the next step; empty for nothing."""
    return _(PROBLEM_WORDS.get(problem, problem)) if problem else ""


def paper_words(kind: str, copy: int) -> str:
    """What a paper is called, with its number when it is a copy."""
    name = _(KIND_WORDS.get(kind, kind))
    return f"{name} · " + _("Reprint {number}").format(number=copy) if copy else name


__all__ = [
    "CANCELLED", "CONFIRMED", "FAILED", "OPEN", "PRINTING", "QUEUED", "SENT", "TONES", "UNSURE", "paper_words",
    "problem_words", "state_words",
]  # fmt: skip
