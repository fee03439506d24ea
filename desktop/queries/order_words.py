"""What people call the states, kinds, channels, methods and steps of orders, in their language."""

from __future__ import annotations

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.models.orders import CHANNEL_WORDS, ORDER_TYPES, STATUS_WORDS
from desktop.models.payments import METHOD_WORDS

STATUSES = tuple(STATUS_WORDS)
CHANNELS = tuple(CHANNEL_WORDS)
TYPES = tuple(ORDER_TYPES)
METHODS = tuple(METHOD_WORDS)
EVENT_WORDS = {
    "placed": N_("Order placed"),
    "paid": N_("Paid"),
    "shipped": N_("Shipped"),
    "part shipped": N_("Shipped in part"),
    "delivered": N_("Delivered"),
    "parcel changed": N_("Parcel corrected"),
    "return asked": N_("Customer wants to give it back"),
    "code made": N_("New pick-up code"),
    "fetched": N_("Fetched in the store"),
    "to_ship": N_("Shipment taken back"),
    "done": N_("Done"),
    "cancelled": N_("Cancelled"),
    "refunded": N_("Refunded"),
    "approved": N_("Approved by PIN"),
    "edited": N_("Changed"),
    "note": N_("Note"),
    "printed": N_("Printed"),
    "imported": N_("Imported"),
    "import undone": N_("Import taken back"),
    "queued": N_("Queued"),
    "released": N_("Released"),
    "chased": N_("Chased"),
    "late reason": N_("Why it is late"),
    "repaired": N_("Repaired"),
    "after-sales": N_("After-sales opened"),
    "after-sales over": N_("After-sales ended"),
    "exchanged": N_("Exchanged"),
}


def said(text: str) -> str:
    """A stored sentence key in the reader's language; names people gave stay as they are."""
    return _(text) if text else ""


def status_word(key: str) -> str:
    """`to_ship` → To ship."""
    return said(STATUS_WORDS.get(key, key))


def channel_word(key: str) -> str:
    """`kiosk` → Self-checkout."""
    return said(CHANNEL_WORDS.get(key, key))


def type_word(key: str) -> str:
    """`b2b` → B2B."""
    return said(ORDER_TYPES[key].words) if key in ORDER_TYPES else key


def method_word(key: str) -> str:
    """`wechat` → WeChat Pay."""
    return said(METHOD_WORDS.get(key, key))


def discount_lines(discount_minor: int, pay_minor: int, note: str) -> list[tuple[str, int]]:
    """What was taken off, as lines of (words, minor units): for the goods, and of its own for the way it was paid."""
    lines = [(said(note) or _("Discount"), discount_minor - pay_minor), (_("Payment discount"), pay_minor)]
    return [(words, minor) for words, minor in lines if minor]


def given_back_words(money_minor: int, currency: str, points: int) -> str:
    """What a refund gave back: money, points or both, and nothing that was none."""
    money, count = Money(money_minor, currency), f"{points:,}"
    if money_minor and points:
        return _("{money} and {points} points given back").format(money=money, points=count)
    if points:
        return _("{points} points given back").format(points=count)
    return _("{money} given back").format(money=money)


def event_word(key: str) -> str:
    """`placed` → Placed."""
    return said(EVENT_WORDS.get(key, key))
