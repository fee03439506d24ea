"""Who works here: staff, roles as data, permissions, tills, and the brake on wrong passwords."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.i18n import N_
from desktop.models.base import Base, RowId, personal, secret


class Permission(StrEnum):
    """Every right there is; an action or question names exactly one."""

    BROWSE_GOODS = "browse goods"
    SEE_STOCK = "see stock"
    EDIT_GOODS = "edit goods"
    EDIT_STOCK = "edit stock"
    COUNT_STOCK = "count stock"
    BUY = "buy goods"
    SEE_COST = "see cost"
    SEE_ORDERS = "see order status"
    HANDLE_ORDERS = "handle orders"
    TAKE_PAYMENT = "take payment"
    REFUND = "refund"
    APPROVE = "approve after-sales"
    SEE_PAYMENTS = "see payments"
    SEE_MEMBERS = "see members"
    SEE_PERSONAL = "see phone numbers"
    EDIT_MEMBERS = "edit members"
    ADJUST_POINTS = "adjust points"
    SEE_REPORTS = "see figures"
    IMPORT = "import"
    EXPORT = "export"
    SEE_RULES = "see rules"
    EDIT_RULES = "change rules"
    RUN_RULES = "run the clock"
    SETTINGS = "change settings"
    STAFF = "manage staff"
    AUDIT = "read the audit trail"
    KIOSK = "run the kiosk"
    CONFIRM_OWN = "confirm own settlement"
    SIGN_IN = "sign in"
    CASH = "keep the cash"
    RECONCILE = "reconcile payments"
    TAKE_BILLS = "bring in bills"
    PAY = "follow payments"
    PAY_OUT = "pay out stored value"


P = Permission
_CASHIER = {
    P.BROWSE_GOODS,
    P.SEE_STOCK,
    P.COUNT_STOCK,
    P.SEE_ORDERS,
    P.TAKE_PAYMENT,
    P.SEE_MEMBERS,
    P.EDIT_MEMBERS,
    P.KIOSK,
    P.SIGN_IN,
    P.CASH,
}
_MERCHANT = _CASHIER | {
    P.EDIT_GOODS, P.EDIT_STOCK, P.SEE_COST, P.HANDLE_ORDERS, P.REFUND, P.APPROVE, P.BUY, P.SEE_PAYMENTS,
    P.SEE_PERSONAL, P.SEE_REPORTS, P.IMPORT, P.EXPORT, P.SEE_RULES, P.EDIT_RULES, P.RECONCILE, P.TAKE_BILLS,
    P.PAY_OUT,
}  # fmt: skip

# What the clock may do by itself: its rules act with these rights and no others.
_CLOCK = frozenset({
    P.RUN_RULES, P.HANDLE_ORDERS, P.SEE_ORDERS, P.SEE_STOCK, P.EDIT_STOCK, P.SEE_MEMBERS, P.ADJUST_POINTS,
    P.SEE_REPORTS, P.SEE_RULES, P.AUDIT, P.BUY, P.PAY, P.TAKE_BILLS,
})  # fmt: skip

# The roles a new shop starts with. Roles are data: the owner may change every row but the owner's own.
ROLES: dict[str, tuple[str, frozenset[Permission]]] = {
    "owner": (N_("Owner"), frozenset(P)),
    "merchant": (N_("Merchant"), frozenset(_MERCHANT)),
    "cashier": (N_("Cashier"), frozenset(_CASHIER)),
    "basic_agent": (N_("Basic agent"), frozenset({P.BROWSE_GOODS, P.SEE_ORDERS})),
    "senior_agent": (N_("Senior agent"), frozenset({P.BROWSE_GOODS, P.SEE_STOCK, P.COUNT_STOCK, P.SEE_ORDERS, P.HANDLE_ORDERS, P.SEE_MEMBERS, P.EDIT_MEMBERS, P.SEE_PERSONAL})),  # noqa: E501
    "guest": (N_("Guest"), frozenset({P.BROWSE_GOODS, P.SIGN_IN})),
    "kiosk": (N_("Kiosk"), frozenset({P.BROWSE_GOODS, P.KIOSK, P.SIGN_IN})),
    "member": (N_("Member’s phone"), frozenset({P.BROWSE_GOODS, P.CONFIRM_OWN})),
    "clock": (N_("Clock"), _CLOCK),
}  # fmt: skip
DEVICE_ROLES = frozenset({"kiosk", "member", "clock"})  # held by programs, never given to staff


class Staff(Base):
    """A person who signs in."""

    __tablename__ = "staff"
    id: Mapped[RowId]
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str] = personal(default="")
    email: Mapped[str] = personal(default="", server_default="")
    language: Mapped[str] = mapped_column(default="", server_default="")  # empty: the shop's, for notices
    password_hash: Mapped[str] = secret()
    pin_hash: Mapped[str] = secret(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Role(Base):
    """A named set of permissions."""

    __tablename__ = "role"
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]  # a sentence key for the shipped ones


class RolePermission(Base):
    """One right of one role."""

    __tablename__ = "role_permission"
    role_key: Mapped[str] = mapped_column(ForeignKey("role.key"), primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)


class StaffRole(Base):
    """One role of one person."""

    __tablename__ = "staff_role"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role_key: Mapped[str] = mapped_column(ForeignKey("role.key"), primary_key=True)


class Till(Base):
    """A place where money is taken: a counter, a kiosk, the online shop."""

    __tablename__ = "till"
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]  # counter, kiosk, online
    seen_at: Mapped[datetime | None]
    location_id: Mapped[int | None]  # what it sells from; none: the shop floor
    region: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # where it stands, for limits of methods
    receipts: Mapped[str] = mapped_column(
        default="ask", server_default="ask"
    )  # printed when asked, or always
    drawer: Mapped[bool] = mapped_column(default=False, server_default=false())  # opens at cash sales


FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FADES = timedelta(minutes=15)  # then one wrong try at a till counts no more


class SignInBrake(Base):
    """Wrong tries of one account at one place; counted before the check, so that a crash resets nothing."""

    __tablename__ = "sign_in_brake"
    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_try: Mapped[datetime]

    def opens_at(self) -> datetime:
        """When the next try may be made: 5 free ones, then 30 s doubling to 15 min."""
        if self.failures < FREE_TRIES:
            return self.last_try
        wait: timedelta = min(FIRST_WAIT * 2 ** min(self.failures - FREE_TRIES, 10), LONGEST_WAIT)
        return self.last_try + wait

    def left_at(self, now: datetime) -> int:
        """How many wrong tries still count where they fade by time."""
        return max(0, self.failures - max(0, (now - self.last_try) // FADES))
