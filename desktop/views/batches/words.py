"""How batches are said: last days, how near they are, what changed."""

from datetime import date

from desktop.basics.i18n import N_, _, ngettext
from desktop.queries.batches import WEEK, BatchRow

REASONS = {
    "opening": N_("Opening stock"),
    "closing": N_("No longer told apart"),
    "sale": N_("Sold"),
    "refund": N_("Returned by a customer"),
    "receive": N_("Received"),
    "adjust": N_("Adjusted"),
    "count": N_("Counted"),
    "transfer": N_("Transferred"),
    "import": N_("Imported"),
    "renamed": N_("Put to another batch"),
    "supplier return": N_("Returned to the supplier"),
}


def title_of(row: BatchRow) -> str:
    """Name with variant and pack."""
    return " ".join(part for part in (row.name, row.variant, row.pack) if part)


def code_of(row: BatchRow) -> str:
    """The batch's code, or what is said of goods nobody looked at yet."""
    return row.code or _("No batch code")


def day_text(day: date | None) -> str:
    """`2026-12-05`, or that there is no date."""
    return f"{day:%Y-%m-%d}" if day else _("No date")


def left_text(days: int | None) -> str:
    """How far off the last day is."""
    if days is None:
        return ""
    if days < 0:
        return ngettext("{count} day over", "{count} days over", -days).format(count=-days)
    if days == 0:
        return _("Last day today")
    return ngettext("{count} day left", "{count} days left", days).format(count=days)


def state_badge(row: BatchRow, warn_days: int) -> tuple[str, str, str]:
    """Words, tone and pip of how near a batch's end is."""
    if row.days_left is None:
        return _("No date"), "neutral", "wait"
    if row.days_left < 0:
        return _("Expired"), "danger", "closed"
    if row.days_left <= WEEK:
        return _("Within a week"), "danger", "alert"
    if row.days_left <= warn_days:
        return _("Expires soon"), "warn", "wait"
    return _("In date"), "success", "done"
