"""When a way to pay rests, and how long a manager's yes is good: settings."""

from __future__ import annotations

from desktop.basics.i18n import N_
from desktop.models.settings import SettingSpec

PAY_DOWN_AFTER = SettingSpec(
    "pay.down_after",
    3,
    N_("A way to pay rests after so many failures"),
    N_("One after the other, and only for reasons that are not the customer’s. Wrong keys count at once."),
    "",
    1,
    10,
)
PAY_PAUSE = SettingSpec(
    "pay.pause_minutes",
    2,
    N_("Then it is tried again after"),
    N_("Twice as long each time it fails again, an hour at most."),
    "minutes",
    1,
    60,
)
APPROVAL_MINUTES = SettingSpec(
    "pay.approval_minutes",
    5,
    N_("A manager’s PIN is good for"),
    N_("For one payment or refund."),
    "minutes",
    1,
    60,
)
