"""People who work here: who they are, what their roles are, what the roles may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from desktop.basics.errors import NotFound, Refused, ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.words import clean_phone
from desktop.models.people import DEVICE_ROLES, Permission, Role, RolePermission, Staff, StaffRole
from desktop.services.receivers import changed_email, checked_email, checked_language
from desktop.services.secrets import check_new_password, check_new_pin, hashed
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

OWNER = "owner"
FIXED_ROLES = DEVICE_ROLES | {OWNER, "guest"}  # what these may do is part of the program, not of the matrix


def add_staff(
    shop: Shop,
    *,
    username: str,
    name: str,
    password: str,
    roles: Sequence[str],
    phone: str = "",
    pin: str = "",
    email: str = "",
    language: str = "",
) -> int:
    """Add a person; the password is hashed before the transaction begins. Returns the new id."""
    check_new_password(password)
    if pin:
        check_new_pin(pin)
    return shop.do(
        record_staff,
        username=username,
        name=name,
        phone=phone,
        roles=roles,
        password_hash=hashed(password),
        pin_hash=hashed(pin) if pin else "",
        email=email,
        language=language,
    )


def set_password(shop: Shop, staff_id: int, password: str) -> None:
    """Give a person a new password."""
    check_new_password(password)
    shop.do(record_password, staff_id, hashed(password))


def set_pin(shop: Shop, staff_id: int, pin: str) -> None:
    """Give a person a new PIN; an empty one takes the PIN away."""
    if pin:
        check_new_pin(pin)
    shop.do(record_pin, staff_id, hashed(pin) if pin else "")


@action(permission=Permission.STAFF)
def record_staff(
    work: Work,
    *,
    username: str,
    name: str,
    password_hash: str,
    roles: Sequence[str],
    phone: str = "",
    pin_hash: str = "",
    email: str = "",
    language: str = "",
) -> int:
    """Write a new person with roles; called by `add_staff`, which hashes first."""
    username = username.strip().lower()
    if not username or not name.strip():
        raise ShopError(N_("A person needs a name and a user name."))
    if work.value(select(Staff.id).where(Staff.username == username)):
        raise Refused(N_("The user name “{username}” is taken. Choose another."), username=username)
    person = work.add(
        Staff(
            username=username,
            name=name.strip(),
            phone=clean_phone(phone),
            email=checked_email(email),
            language=checked_language(language),
            password_hash=password_hash,
            pin_hash=pin_hash,
            active=True,
            created_at=work.now,
        )
    )
    _give_roles(work, person, roles)
    return person.id


@action(permission=Permission.STAFF)
def edit_staff(
    work: Work,
    staff_id: int,
    *,
    name: str,
    roles: Sequence[str],
    phone: str | None = None,
    email: str | None = None,
    language: str | None = None,
) -> None:
    """Change a person's name, phone, e-mail, language (None: as it is) and roles; a dash takes the e-mail away."""
    person = _person(work, staff_id)
    if not name.strip():
        raise ShopError(N_("A person needs a name and a user name."))
    person.name = name.strip()
    if phone is not None:
        person.phone = clean_phone(phone)
    person.email = changed_email(person.email, email)
    if language is not None:
        person.language = checked_language(language)
    _give_roles(work, person, roles)


@action(permission=Permission.STAFF)
def set_active(work: Work, staff_id: int, active: bool) -> None:
    """Let a person in again, or keep them out from their next click on."""
    person = _person(work, staff_id)
    if not active:
        if work.actor.kind == "staff" and work.actor.id == staff_id:
            raise Refused(N_("You can't switch yourself off. Ask another owner."))
        _keep_an_owner(work, without=person)
    person.active = active


@action(permission=Permission.STAFF)
def record_password(work: Work, staff_id: int, password_hash: str) -> None:
    """Write a password's hash; called by `set_password`."""
    _person(work, staff_id).password_hash = password_hash


@action(permission=Permission.STAFF)
def record_pin(work: Work, staff_id: int, pin_hash: str) -> None:
    """Write a PIN's hash; called by `set_pin`."""
    _person(work, staff_id).pin_hash = pin_hash


@action(permission=Permission.STAFF)
def set_rights(work: Work, rights: Mapping[str, Sequence[str]]) -> None:
    """Set what roles may do: role to its permissions. Only an owner may; fixed roles stay as they are."""
    if not _is_owner(work):
        raise Refused(N_("Only an owner can change what roles may do."))
    for role_key, permissions in sorted(rights.items()):
        role = work.get(Role, role_key, lock=True)
        if role_key in FIXED_ROLES:
            raise Refused(N_("What “{role}” may do is fixed."), role=_(role.name))
        wanted = {str(Permission(p)) for p in permissions}
        rows = work.session.scalars(select(RolePermission).where(RolePermission.role_key == role_key)).all()
        for row in rows:
            if row.permission not in wanted:
                work.remove(row)
        for permission in sorted(wanted - {row.permission for row in rows}):
            work.add(RolePermission(role_key=role_key, permission=permission))


def _person(work: Work, staff_id: int) -> Staff:
    """The person to change. Raises `Refused` when it is an owner and the actor is none."""
    person = work.get(Staff, staff_id, lock=True)
    if OWNER in _roles_of(work, staff_id) and not _is_owner(work):
        raise Refused(N_("Only an owner can change an owner."))
    return person


def _roles_of(work: Work, staff_id: int) -> set[str]:
    return set(work.session.scalars(select(StaffRole.role_key).where(StaffRole.staff_id == staff_id)))


def _is_owner(work: Work) -> bool:
    if work.actor.kind == "staff":
        return OWNER in _roles_of(work, work.actor.id)
    return work.actor.role == OWNER


def _give_roles(work: Work, person: Staff, wanted: Sequence[str]) -> None:
    """Make the person's roles exactly these; nobody gives rights they don't have."""
    have, want = _roles_of(work, person.id), set(wanted)
    if not want:
        raise ShopError(N_("Choose at least one role."))
    for key in sorted(want - have):
        _check_may_give(work, key)
    if OWNER in have and OWNER not in want:
        _keep_an_owner(work, without=person)
    for key in sorted(have - want):
        work.remove(work.get(StaffRole, (person.id, key)))
    for key in sorted(want - have):
        work.add(StaffRole(staff_id=person.id, role_key=key))
    if want != have:
        work.touch(Staff.__tablename__, person.id)


def _check_may_give(work: Work, role_key: str) -> None:
    if role_key in DEVICE_ROLES or work.session.get(Role, role_key) is None:
        raise NotFound(N_("There is no such role for a person."))
    if _is_owner(work):
        return
    of_role = select(RolePermission.permission).where(RolePermission.role_key == role_key)
    own = select(RolePermission.permission).where(RolePermission.role_key.in_(_roles_of(work, work.actor.id)))
    if set(work.session.scalars(of_role)) - set(work.session.scalars(own)):
        raise Refused(N_("This role may do more than you may. Ask an owner to give it."))


def _keep_an_owner(work: Work, *, without: Staff) -> None:
    """Raises `Refused` when nobody but this person could still open every door."""
    work.get(Role, OWNER, lock=True)  # two owners who remove each other at once wait here for one another
    others = (
        select(func.count())
        .select_from(StaffRole)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(StaffRole.role_key == OWNER, Staff.active, Staff.id != without.id)
    )
    if not work.value(others) and OWNER in _roles_of(work, without.id):
        raise Refused(
            N_("{name} is the last active owner. Make somebody else an owner first."), name=without.name
        )
