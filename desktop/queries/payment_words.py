"""Where a transaction stands, in words, with the tone and mark of its badge."""

from __future__ import annotations

from desktop.basics.i18n import N_, _
from desktop.queries.payment_rows import PaymentRow

STATES: dict[str, tuple[str, str, str]] = {
    "taken": (N_("Succeeded"), "success", "done"),
    "returned": (N_("Given back"), "danger", "alert"),
    "created": (N_("To be paid"), "warn", "wait"),
    "sent": (N_("To be paid"), "warn", "wait"),
    "pending": (N_("To be paid"), "warn", "wait"),
    "unknown": (N_("Under way"), "info", "half"),
    "processing": (N_("Under way"), "info", "half"),
    "refunding": (N_("Under way"), "info", "half"),
    "cancelling": (N_("Reversing"), "info", "half"),
    "closed": (N_("Closed"), "neutral", "closed"),
    "reversed": (N_("Reversed"), "neutral", "closed"),
    "failed": (N_("Failed"), "danger", "alert"),
    "partly refunded": (N_("Part given back"), "danger", "alert"),
    "refunded": (N_("Given back"), "danger", "alert"),
    "refund abnormal": (N_("Refund failed"), "danger", "alert"),
    "abnormal": (N_("Refund failed"), "danger", "alert"),
    "refused": (N_("Refund failed"), "danger", "alert"),
}
MOVING = ("created", "sent", "unknown", "processing")


def state_key(row: PaymentRow) -> str:
    """The state its words stand under; a refund is under way before it is given back."""
    if row.refund and row.state in MOVING:
        return "processing"
    return row.state if row.state in STATES else "unknown"


def payment_state(row: PaymentRow) -> str:
    """Where a transaction stands."""
    return _(STATES[state_key(row)][0])
