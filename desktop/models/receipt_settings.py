"""What receipts say and how long they wait: settings of the shop."""

from __future__ import annotations

from desktop.basics.i18n import N_
from desktop.models.settings import SettingSpec

RECEIPT_HEAD = SettingSpec(
    "receipts.head", "", N_("Lines under the shop’s name"), N_("Separate them with semicolons.")
)
RECEIPT_LANGUAGE = SettingSpec(
    "receipts.language",
    "customer",
    N_("Language of receipts"),
    N_("As the till’s screen speaks when it is asked for, or always the same."),
    choices=("customer", "zh_CN", "en"),
)
RECEIPT_CODE = SettingSpec(
    "receipts.code",
    "order",
    N_("QR code on receipts"),
    N_("The order’s number: scanned in the search of orders it finds what was bought, for returns."),
    choices=("order", "none"),
)
RECEIPT_PAGE = SettingSpec(
    "receipts.page",
    "",
    N_("Address of the members’ page"),
    N_(
        "The code then opens the order on a phone in the shop’s Wi-Fi, and is still found when scanned. For example http://192.168.1.20:8420, the machine of the self-checkout; it takes this port at its next start. Empty: the number alone."  # noqa: E501
    ),
    pattern=r"(http://\d{1,3}(\.\d{1,3}){3}:([1-9]\d{3}|[1-5]\d{4}))?",
)
RECEIPT_BRANCH = SettingSpec("receipts.show_branch", True, N_("Branch and address"))
RECEIPT_PHONE = SettingSpec("receipts.show_phone", False, N_("Shop’s phone"))
RECEIPT_TAX = SettingSpec("receipts.show_tax", False, N_("Tax number"))
RECEIPT_TILL = SettingSpec("receipts.show_till", True, N_("Till"))
RECEIPT_REFERENCE = SettingSpec(
    "receipts.show_reference", True, N_("Payment numbers"), N_("Of the terminal or the wallet.")
)
RECEIPT_POINTS = SettingSpec("receipts.show_points", True, N_("Member’s points"))
RECEIPT_KEEP = SettingSpec(
    "receipts.keep_minutes",
    60,
    N_("Papers wait for the printer"),
    N_(
        "Later they are not printed by themselves any more, so that a new roll is not used up by old receipts."
    ),
    "minutes",
    5,
    1_440,
)
