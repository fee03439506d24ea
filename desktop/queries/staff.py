"""People who work here, and what their roles may do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from desktop.basics.i18n import N_
from desktop.basics.words import masked_email, masked_phone
from desktop.models.people import DEVICE_ROLES, Permission, Role, RolePermission, Staff, StaffRole
from desktop.shop.action import question
from desktop.shop.work import Read

FIXED_ROLES = ("owner", "guest")  # shown in the matrix, but not to be changed
P = Permission
WORDS: dict[Permission, tuple[str, str]] = {  # the right in words, and its group
    P.BROWSE_GOODS: (N_("Look at goods and prices"), N_("Goods")),
    P.SEE_STOCK: (N_("See stock"), N_("Goods")),
    P.EDIT_GOODS: (N_("Change goods and prices"), N_("Goods")),
    P.EDIT_STOCK: (N_("Receive and correct stock"), N_("Goods")),
    P.COUNT_STOCK: (N_("Count stock"), N_("Goods")),
    P.BUY: (N_("Buy from suppliers"), N_("Goods")),
    P.SEE_COST: (N_("See cost prices"), N_("Goods")),
    P.SEE_ORDERS: (N_("See order status"), N_("Orders and money")),
    P.HANDLE_ORDERS: (N_("Handle orders"), N_("Orders and money")),
    P.TAKE_PAYMENT: (N_("Take payment"), N_("Orders and money")),
    P.REFUND: (N_("Refund"), N_("Orders and money")),
    P.CASH: (N_("Open, count and close drawers"), N_("Orders and money")),
    P.RECONCILE: (N_("Reconcile payments"), N_("Orders and money")),
    P.TAKE_BILLS: (N_("Bring in providers’ bills"), N_("Orders and money")),
    P.PAY: (N_("Follow payments (programs)"), N_("Orders and money")),
    P.APPROVE: (N_("Approve after-sales"), N_("Orders and money")),
    P.SEE_PAYMENTS: (N_("See payments"), N_("Orders and money")),
    P.PAY_OUT: (N_("Pay out and correct stored value"), N_("Orders and money")),
    P.SEE_MEMBERS: (N_("See members"), N_("Members")),
    P.SEE_PERSONAL: (N_("See whole phones, addresses"), N_("Members")),
    P.EDIT_MEMBERS: (N_("Sign up and edit members"), N_("Members")),
    P.ADJUST_POINTS: (N_("Correct points"), N_("Members")),
    P.SEE_REPORTS: (N_("See figures"), N_("The shop")),
    P.IMPORT: (N_("Import files"), N_("The shop")),
    P.EXPORT: (N_("Export files"), N_("The shop")),
    P.SEE_RULES: (N_("See the rules"), N_("The shop")),
    P.EDIT_RULES: (N_("Change rules"), N_("The shop")),
    P.SETTINGS: (N_("Change settings"), N_("The shop")),
    P.STAFF: (N_("Manage staff and roles"), N_("The shop")),
    P.AUDIT: (N_("Read the audit trail"), N_("The shop")),
    P.KIOSK: (N_("Run the kiosk"), N_("Devices")),
    P.RUN_RULES: (N_("Carry out rules"), N_("Devices")),
    P.CONFIRM_OWN: (N_("Confirm own points"), N_("Devices")),
    P.SIGN_IN: (N_("Sign in"), N_("Devices")),
}


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person, phone and e-mail masked; without a `language` messages come in the shop's."""

    id: int
    username: str
    name: str
    phone: str
    active: bool
    has_pin: bool
    roles: tuple[str, ...]
    email: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role a person may have; `fixed` ones keep their rights."""

    key: str
    name: str
    fixed: bool
    people: int


@dataclass(frozen=True, slots=True)
class RightRow:
    """One right: its key, its words and its group (sentences to translate), and the roles that have it."""

    key: str
    words: str
    group: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Roles across, rights down."""

    roles: tuple[RoleRow, ...]
    rights: tuple[RightRow, ...]


@question(permission=Permission.STAFF)
def staff_list(read: Read) -> tuple[StaffRow, ...]:
    """Everybody, active ones first."""
    roles: dict[int, list[str]] = {}
    for row in read.rows(select(StaffRole.staff_id, StaffRole.role_key).order_by(StaffRole.role_key)):
        roles.setdefault(row.staff_id, []).append(row.role_key)
    columns = (
        Staff.id, Staff.username, Staff.name, Staff.phone, Staff.active, Staff.pin_hash, Staff.email, Staff.language,
    )  # fmt: skip
    people = read.rows(select(*columns).order_by(Staff.active.desc(), Staff.id))
    return tuple(
        StaffRow(
            row.id, row.username, row.name, masked_phone(row.phone) if row.phone else "", row.active,
            bool(row.pin_hash), tuple(roles.get(row.id, ())), masked_email(row.email), row.language,
        )
        for row in people
    )  # fmt: skip


@question(permission=Permission.STAFF)
def permission_matrix(read: Read) -> Matrix:
    """What each role of people may do; the programs' own roles are not for people to change."""
    people: dict[str, int] = {}
    for row in read.rows(
        select(StaffRole.role_key).join(Staff, Staff.id == StaffRole.staff_id).where(Staff.active)
    ):
        people[row.role_key] = people.get(row.role_key, 0) + 1
    granted: dict[str, set[str]] = {}
    for row in read.rows(select(RolePermission.permission, RolePermission.role_key)):
        granted.setdefault(row.permission, set()).add(row.role_key)
    roles = tuple(
        RoleRow(row.key, row.name, row.key in FIXED_ROLES, people.get(row.key, 0))
        for row in read.rows(select(Role.key, Role.name))
        if row.key not in DEVICE_ROLES
    )
    ranked = sorted(roles, key=lambda role: -sum(role.key in holders for holders in granted.values()))
    rights = tuple(
        RightRow(str(right), words, group, frozenset(granted.get(str(right), ())))
        for right, (words, group) in WORDS.items()
    )
    return Matrix(tuple(ranked), rights)
