"""When a way to pay rests, how long a manager's yes is good, and by which tenders money goes back first: settings."""

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
REFUND_SAME_WAY = SettingSpec(
    "pay.refund_same_way",
    True,
    N_("Money goes back the way it came"),
    N_("Off: it is given back in cash, whichever way it was paid. Points always go back as points."),
)
_TENDER = "wechat|alipay|unionpay|card|stored_value|cash|other"
REFUND_ORDER = SettingSpec(
    "pay.refund_order",
    "wechat,alipay,unionpay,card,stored_value,other,cash",
    N_("Money goes back first by"),
    N_("When an order was paid in several ways. Points always go back as points."),
    pattern=rf"(?:(?:{_TENDER})(?:,(?={_TENDER})|$))+",
)


def refund_rank(order: str) -> dict[str, int]:
    """The place of each way to pay in this setting; what it leaves out comes last."""
    return {key: place for place, key in enumerate(order.split(","))}
