"""Settings of cash: whether a drawer must be opened first, and how what is paid in cash is rounded."""

from __future__ import annotations

from desktop.basics.i18n import N_
from desktop.models.settings import SettingSpec

CASH_NEEDS_SESSION = SettingSpec(
    "cash.needs_session",
    False,
    N_("Cash only in an open cash session"),
    N_("Off: cash taken while the drawer is not opened belongs to no session, and the day’s report says so."),
)
CASH_ROUND_TO = SettingSpec(
    "cash.round_to_minor",
    0,
    N_("Round cash to"),
    N_("Such as 0.10 or 1.00, when all that is due is paid in cash. Zero: to the last cent."),
    "minor",
    0,
    10_000,
)
CASH_ROUND_HOW = SettingSpec(
    "cash.round_how",
    "down",
    N_("Cash is rounded"),
    N_("Down leaves the small change to the customer."),
    choices=("down", "nearest"),
)
