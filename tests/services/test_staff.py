"""Staff: hashed secrets, roles, the matrix, and an owner that always remains."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from desktop.basics.errors import NotAllowed, NotFound, Refused, ShopError
from desktop.models.people import Permission, RolePermission, Staff, StaffRole
from desktop.models.system import AuditEvent
from desktop.services.members import sign_up
from desktop.services.secrets import matches
from desktop.services.sign_in import sign_in
from desktop.services.staff import (
    add_staff,
    edit_staff,
    record_staff,
    set_active,
    set_password,
    set_pin,
    set_rights,
)
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import Stocked, open_stocked

OWNER = 1


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def person(shop: Shop, name: str, *roles: str) -> int:
    """Somebody who signs in with nothing: these tests are not about hashing."""
    return shop.do(record_staff, username=name, name=name, password_hash="x", roles=roles)


def row_of(shop: Shop, staff_id: int) -> object:
    """The stored row."""
    with shop.storage.read.connect() as connection:
        return connection.execute(select(Staff.__table__).where(Staff.id == staff_id)).one()


@pytest.mark.req("A1")
def test_a_new_person_signs_in_and_only_hashes_are_kept(stocked: Stocked) -> None:
    made = add_staff(
        stocked.shop,
        username=" Chen ",
        name="陈店员",
        password="correct horse",
        roles=["cashier"],
        pin="246813",
    )
    row = row_of(stocked.shop, made)
    assert row.username == "chen"
    assert "correct" not in row.password_hash + row.pin_hash
    assert matches(row.password_hash, "correct horse")
    assert matches(row.pin_hash, "246813")
    assert sign_in(stocked.shop, "chen", "correct horse", 1) == actors.staff(made, 1)
    set_password(stocked.shop, made, "battery staple")
    set_pin(stocked.shop, made, "")
    with pytest.raises(ShopError):
        sign_in(stocked.shop, "chen", "correct horse", 1)
    assert row_of(stocked.shop, made).pin_hash == ""


@pytest.mark.req("A2", "A4")
def test_hashes_and_numbers_never_reach_the_audit_trail(stocked: Stocked) -> None:
    made = add_staff(
        stocked.shop,
        username="chen",
        name="陈",
        phone="13900001111",
        password="correct horse",
        roles=["cashier"],
    )
    set_password(stocked.shop, made, "battery staple")
    row = row_of(stocked.shop, made)
    with stocked.shop.storage.read.connect() as connection:
        trail = " ".join(connection.execute(select(AuditEvent.detail)).scalars())
    for value in (row.password_hash, "13900001111", "argon2"):
        assert value not in trail
    assert '"username":"chen"' in trail  # control: the trail does tell what is not personal


@pytest.mark.parametrize(
    "password, pin", [("short", ""), ("long enough", "12345"), ("long enough", "111111")]
)
def test_weak_secrets_are_refused(stocked: Stocked, password: str, pin: str) -> None:
    with pytest.raises(ShopError):
        add_staff(stocked.shop, username="x", name="X", password=password, roles=["cashier"], pin=pin)


def test_names_must_be_there_and_user_names_free(stocked: Stocked) -> None:
    for username, name, roles in (
        ("li", "李", ["cashier"]),
        ("", "A", ["cashier"]),
        ("a", " ", ["cashier"]),
        ("a", "A", []),
    ):
        with pytest.raises(ShopError):
            stocked.shop.do(record_staff, username=username, name=name, password_hash="x", roles=roles)


@pytest.mark.req("A1")
def test_who_is_switched_off_is_out_with_the_next_click(stocked: Stocked) -> None:
    stocked.cashier.do(sign_up, "13905710001")
    stocked.shop.do(set_active, stocked.cashier_id, False)
    with pytest.raises(NotAllowed):
        stocked.cashier.do(sign_up, "13905710002")
    stocked.shop.do(set_active, stocked.cashier_id, True)
    stocked.cashier.do(sign_up, "13905710002")


@pytest.mark.req("A1")
def test_the_matrix_is_obeyed_at_once(stocked: Stocked) -> None:
    rights = [str(p) for p in (Permission.BROWSE_GOODS, Permission.SIGN_IN)]
    stocked.shop.do(set_rights, {"cashier": rights})
    with pytest.raises(NotAllowed):
        stocked.cashier.do(sign_up, "13905710001")
    stocked.shop.do(set_rights, {"cashier": [*rights, str(Permission.EDIT_MEMBERS)]})
    stocked.cashier.do(sign_up, "13905710001")


@pytest.mark.req("A1")
def test_fixed_roles_and_unknown_rights_are_refused_and_nothing_is_half_done(stocked: Stocked) -> None:
    for role in ("owner", "guest", "kiosk", "member", "clock"):
        with pytest.raises(Refused):
            stocked.shop.do(set_rights, {"cashier": [], role: []})
    with pytest.raises(ValueError):
        stocked.shop.do(set_rights, {"cashier": ["fly"]})
    with stocked.shop.storage.read.connect() as connection:
        left = connection.execute(
            select(func.count()).where(RolePermission.role_key == "cashier")
        ).scalar_one()
    assert left > 5


@pytest.mark.req("A1")
def test_the_last_active_owner_stays(stocked: Stocked) -> None:
    with pytest.raises(Refused, match="王掌柜"):
        stocked.shop.do(edit_staff, OWNER, name="王掌柜", phone="", roles=["merchant"])
    with pytest.raises(Refused, match="王掌柜"):
        stocked.shop.do(set_active, OWNER, False)
    second = person(stocked.shop, "zhao", "owner")
    stocked.shop.do(set_active, second, False)
    with pytest.raises(Refused):
        stocked.shop.do(set_active, OWNER, False)  # the second is off, so the first is the last again
    stocked.shop.do(set_active, second, True)
    stocked.shop.do(set_active, OWNER, False)  # control: with another active owner it works
    with pytest.raises(Refused):
        stocked.shop.acting_as(actors.staff(second, 1)).do(set_active, second, False)


def race(stocked: Stocked, remove: object) -> int:
    """Two owners switch each other off at the same moment; how many remain."""
    second = person(stocked.shop, "zhao", "owner")
    start = threading.Barrier(2)

    def one(me: int, other: int) -> None:
        door = stocked.shop.acting_as(actors.staff(me, me))
        start.wait()
        with suppress(ShopError):
            door.do(remove, other, False)

    threads = [threading.Thread(target=one, args=pair) for pair in ((OWNER, second), (second, OWNER))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stocked.shop.storage.read.connect() as connection:
        owners = (
            select(func.count())
            .select_from(StaffRole)
            .join(Staff)
            .where(StaffRole.role_key == "owner", Staff.active)
        )
        return int(connection.execute(owners).scalar_one())


@pytest.mark.req("A1")
def test_two_owners_cannot_remove_each_other_at_once(stocked: Stocked) -> None:
    assert race(stocked, set_active) == 1


@action(permission=Permission.STAFF)
def naive_set_active(work: Work, staff_id: int, active: bool) -> None:
    """Switch off without looking whether an owner remains."""
    work.get(Staff, staff_id).active = active


def test_control_without_the_guard_no_owner_may_remain(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    stocked.shop.do(naive_set_active, OWNER, False)
    with stocked.shop.storage.read.connect() as connection:
        assert (
            connection.execute(select(func.count()).where(Staff.active, Staff.id == OWNER)).scalar_one() == 0
        )


@pytest.mark.req("A1")
@pytest.mark.parametrize("roles", [["owner"], ["merchant"]])
def test_nobody_gives_rights_they_do_not_have(stocked: Stocked, roles: Sequence[str]) -> None:
    keeper = person(stocked.shop, "keeper", "cashier")
    rights = [str(p) for p in (Permission.STAFF, Permission.SIGN_IN, Permission.BROWSE_GOODS)]
    stocked.shop.do(set_rights, {"cashier": rights})
    door = stocked.shop.acting_as(actors.staff(keeper, 1))
    with pytest.raises(Refused):
        door.do(edit_staff, keeper, name="keeper", phone="", roles=[*roles, "cashier"])
    for deed in (
        lambda: door.do(set_rights, {"cashier": [str(p) for p in Permission]}),
        lambda: door.do(set_active, OWNER, False),
        lambda: set_password(door, OWNER, "mine from now on"),
    ):
        with pytest.raises(Refused):
            deed()
    assert person(door, "helper", "cashier")  # control: what one has oneself one may give


def test_a_programs_role_is_not_for_people(stocked: Stocked) -> None:
    for role in ("kiosk", "clock", "no such"):
        with pytest.raises(NotFound):
            person(stocked.shop, "robot", role)
