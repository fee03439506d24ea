"""How campaigns are said."""

from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.basics.i18n import N_, _
from desktop.queries.set_aside import COMING, ENDED_VIEW, ON, OVER, CampaignLine, CampaignRow

STATES = {
    ON: (N_("On now"), "success", "done"),
    COMING: (N_("Coming"), "info", "wait"),
    OVER: (N_("Time is up"), "warn", "alert"),
    ENDED_VIEW: (N_("Ended"), "neutral", "closed"),
}
MOVES = {
    "set": N_("Set aside"),
    "sold": N_("Sold by the campaign"),
    "back": N_("Back from an order"),
    "more": N_("More set aside"),
    "less": N_("Less set aside"),
    "returned": N_("Returned to the free stock"),
}


def state_badge(state: str) -> tuple[str, str, str]:
    """Words, tone and pip."""
    words, tone, pip = STATES[state]
    return _(words), tone, pip


def span_text(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """`11-21 10:00 – 11-23 22:00`."""
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return f"{first:%m-%d %H:%M} – {last:%m-%d %H:%M}"


def line_title(line: CampaignLine) -> str:
    """Name with variant and pack."""
    return " ".join(part for part in (line.name, line.variant, line.pack) if part)


def goods_text(row: CampaignRow) -> str:
    """The goods of a campaign in a word or two."""
    if row.goods == 1:
        return row.first
    return _("{first} and {count} more").format(first=row.first, count=row.goods - 1)
