"""What each type of order asks for, in which hours it is taken by channel, and who may cancel what: settings, all of it."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.basics.i18n import N_
from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, UNPAID
from desktop.models.settings import B2B_CREDIT, ORDER_HOURS, QUEUE, REFUSE, Hours, SettingSpec

TYPES = ("retail", "distribution", "b2b")
ANYONE, APPROVERS, OWNERS = (
    "handlers",
    "approvers",
    "owners",
)  # who may create; each needs the right to handle orders
AS_TYPE, OWN = "type", "own"


@dataclass(frozen=True)
class Terms:
    """The settings of one type of order."""

    prefix: SettingSpec[str]
    prices: SettingSpec[str]
    who: SettingSpec[str]
    need_stock: SettingSpec[bool]
    need_member: SettingSpec[bool]
    score: SettingSpec[int]
    credit: SettingSpec[bool]
    minimum: SettingSpec[int]
    pay_hours: SettingSpec[int]
    online: SettingSpec[str]
    online_hours: Hours


def _terms(key: str, prefix: str, member: bool, score: int) -> Terms:
    at = f"orders.{key}"
    return Terms(
        SettingSpec(f"{at}.prefix", prefix, N_("Numbers begin with"), N_("Letters, or nothing"), pattern="[A-Z]{0,3}"),
        SettingSpec(f"{at}.prices", key, N_("Prices of"), N_("Goods without such a price cost the retail one."), choices=TYPES),
        SettingSpec(f"{at}.who", ANYONE, N_("Who may create them"), choices=(ANYONE, APPROVERS, OWNERS)),
        SettingSpec(f"{at}.need_stock", True, N_("Only with enough stock"), N_("Off: goods that are not here are ordered all the same, and are shipped when they are.")),  # noqa: E501
        SettingSpec(f"{at}.need_member", member, N_("Only for members")),
        SettingSpec(f"{at}.score", score, N_("Credit score needed"), N_("0: not asked"), "", 0, 1_000)
        if key != "b2b"
        else B2B_CREDIT,
        SettingSpec(f"{at}.credit_limit", False, N_("Only within the credit limit"), N_("The member’s unpaid orders and this one together.")),  # noqa: E501
        SettingSpec(f"{at}.minimum_milli", 0, N_("Smallest quantity"), N_("Pieces of all goods together"), "milli", 0, 10**9),
        SettingSpec(f"{at}.pay_hours", 0, N_("Paid within"), N_("0: as set for orders in general"), "hours", 0, 720),
        SettingSpec(f"{at}.online.hours", AS_TYPE, N_("Hours of online orders"), choices=(AS_TYPE, OWN)),
        (
            SettingSpec(f"{at}.online.from", 0, N_("Online from"), "", "clock", 0, 24 * 60 - 1),
            SettingSpec(f"{at}.online.until", 24 * 60, N_("Online until"), "", "clock", 0, 24 * 60),
            SettingSpec(f"{at}.online.outside", QUEUE, N_("Online orders outside these hours"), choices=(QUEUE, REFUSE)),
        ),
    )  # fmt: skip


TERMS: dict[str, Terms] = {
    "retail": _terms("retail", "", False, 0),
    "distribution": _terms("distribution", "D", False, 0),
    "b2b": _terms("b2b", "B", True, 600),
}
CREDIT_LIMIT = SettingSpec(
    "orders.credit_minor",
    500_000,
    N_("Credit limit"),
    N_("What a member’s unpaid orders may come to; a member may have a limit of their own."),
    "minor",
    0,
    10**12,
)
PICK_UP_DAYS = SettingSpec("orders.pick_up_days", 7, N_("Pick-up codes are good for"), "", "days", 1, 90)


def hours_of(order_type: str, online: bool) -> Hours:
    """The three settings of a type's own hours, or of its online orders'."""
    return TERMS[order_type].online_hours if online else ORDER_HOURS[order_type]


# O10: what happens when somebody asks to cancel an order, by its state and who asks.
PART_SHIPPED = "part_shipped"
FREE, GIVE_BACK, REST, ASK_RETURN, NEVER = "free", "refund", "rest", "return", "no"
MEMBER, STAFF, CLOCK = "member", "staff", "clock"
ASKERS = (MEMBER, STAFF, CLOCK)
HANDLINGS: dict[str, tuple[str, ...]] = {  # what may be chosen for a state
    UNPAID: (FREE, NEVER),
    TO_SHIP: (GIVE_BACK, NEVER),
    PART_SHIPPED: (REST, ASK_RETURN, NEVER),
    SHIPPED: (ASK_RETURN, NEVER),
    DONE: (ASK_RETURN, NEVER),
    CANCELLED: (NEVER,),
}
_USUAL = {
    (UNPAID, MEMBER): FREE, (UNPAID, STAFF): FREE, (UNPAID, CLOCK): FREE,
    (TO_SHIP, MEMBER): GIVE_BACK, (TO_SHIP, STAFF): GIVE_BACK, (TO_SHIP, CLOCK): NEVER,
    (PART_SHIPPED, MEMBER): ASK_RETURN, (PART_SHIPPED, STAFF): REST, (PART_SHIPPED, CLOCK): NEVER,
    (SHIPPED, MEMBER): ASK_RETURN, (SHIPPED, STAFF): ASK_RETURN, (SHIPPED, CLOCK): NEVER,
    (DONE, MEMBER): ASK_RETURN, (DONE, STAFF): ASK_RETURN, (DONE, CLOCK): NEVER,
}  # fmt: skip
CANCELLING: dict[tuple[str, str], SettingSpec[str]] = {
    (status, asker): SettingSpec(
        f"orders.cancel.{status}.{asker}", usual, N_("Cancelling"), choices=HANDLINGS[status]
    )
    for (status, asker), usual in _USUAL.items()
}
