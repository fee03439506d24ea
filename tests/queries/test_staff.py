"""The list of people, the matrix, the audit trail and the database page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.models.people import DEVICE_ROLES, ROLES, Permission
from desktop.queries.audit import audit_faults, audit_page
from desktop.queries.members import member_phone
from desktop.queries.page import PAGE_ROWS
from desktop.queries.settings import database_facts
from desktop.queries.staff import WORDS, permission_matrix, staff_list
from desktop.services.members import add_tag, sign_up
from desktop.services.staff import record_staff, set_active
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.mark.req("A4")
def test_people_come_with_roles_and_without_secrets(stocked: Stocked) -> None:
    made = stocked.shop.do(
        record_staff,
        username="chen",
        name="陈",
        phone="13900001111",
        password_hash="hush",
        roles=["cashier", "basic_agent"],
    )
    stocked.shop.do(set_active, stocked.cashier_id, False)
    rows = {row.id: row for row in stocked.shop.ask(staff_list)}
    assert rows[made].roles == ("basic_agent", "cashier")
    assert (rows[made].phone, rows[made].has_pin) == ("139****1111", False)
    assert [row.active for row in stocked.shop.ask(staff_list)] == [True, True, False]
    assert "hush" not in str(rows)


@pytest.mark.req("A1")
def test_the_matrix_names_every_right_and_every_role_of_people(stocked: Stocked) -> None:
    matrix = stocked.shop.ask(permission_matrix)
    assert [right.key for right in matrix.rights] == [str(p) for p in WORDS]
    assert set(WORDS) == set(Permission)
    assert {role.key for role in matrix.roles} == set(ROLES) - DEVICE_ROLES
    assert matrix.roles[0].key == "owner"
    for role in matrix.roles:
        has = {right.key for right in matrix.rights if role.key in right.roles}
        assert has == {str(p) for p in ROLES[role.key][1]}
        assert role.fixed == (role.key in ("owner", "guest"))


@pytest.mark.req("A2")
def test_the_trail_is_read_by_who_what_and_when(stocked: Stocked, clock: HandClock) -> None:
    start = clock.now()
    member = stocked.cashier.do(sign_up, "13911112222").member_id
    clock.pass_time(timedelta(hours=2))
    stocked.shop.do(add_tag, member, "熟客")
    stocked.shop.ask(member_phone, member)

    def actions(**filters: object) -> list[str]:
        return [row.action for row in stocked.shop.ask(audit_page, **filters).rows]

    assert actions()[:3] == ["members.member_phone", "members.add_tag", "members.sign_up"]
    assert actions(actor=f"staff:{stocked.cashier_id}") == ["members.sign_up"]
    assert actions(actor="staff") == ["members.sign_up"]
    assert actions(action="members.add") == ["members.add_tag"]
    assert actions(since=start + timedelta(hours=1)) == ["members.member_phone", "members.add_tag"]
    assert "members.sign_up" in actions(until=start + timedelta(hours=1))
    assert actions(action="%") == actions(actor="' OR 1=1") == []
    row = stocked.shop.ask(audit_page, actor="staff").rows[0]
    assert (row.name, row.looked, row.touched["member"]) == ("李收银", False, (member,))


@pytest.mark.req("A2")
def test_a_long_trail_is_paged_without_gaps(stocked: Stocked) -> None:
    for number in range(PAGE_ROWS + 5):
        stocked.shop.do(add_tag, stocked.member_id, f"t{number}")
    first = stocked.shop.ask(audit_page)
    second = stocked.shop.ask(audit_page, after=first.after)
    ids = [row.id for row in (*first.rows, *second.rows)]
    assert len(first.rows) == PAGE_ROWS
    assert second.after is None
    assert ids == list(range(ids[0], 0, -1))
    assert stocked.shop.ask(audit_faults) == ()


def test_the_database_page_tells_the_truth(stocked: Stocked) -> None:
    facts = stocked.shop.ask(database_facts)
    assert facts.kind == stocked.shop.storage.url.get_backend_name()
    assert facts.size > 100_000
    assert facts.schema == facts.newest_schema != ""
    assert facts.version[0].isdigit()
    assert (facts.driver == "psycopg") == (facts.kind == "postgresql")
