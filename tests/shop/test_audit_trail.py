"""The audit trail: derived from what was written, without personal values, in a chain that shows every change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from desktop.models.members import Member
from desktop.models.people import Permission, Staff
from desktop.models.products import Tag
from desktop.models.system import AuditEvent
from desktop.services.members import add_tag, edit_member, remove_tag, sign_up
from desktop.services.staff import record_staff
from desktop.shop import audit_trail
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import Storage
from tests.helpers.goods import Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def newest(shop: Shop) -> Any:
    """The newest row of the audit trail."""
    with shop.storage.read.connect() as connection:
        return connection.execute(select(AuditEvent.__table__).order_by(AuditEvent.id.desc())).first()


@pytest.mark.req("A2")
def test_an_audit_row_tells_new_changed_and_removed_without_anybody_writing_it(stocked: Stocked) -> None:
    tag = stocked.cashier.do(add_tag, stocked.member_id, "熟客")
    row = newest(stocked.shop)
    assert (row.actor, row.chain) == (f"staff:{stocked.cashier_id}", f"till:{stocked.kiosk_till}")
    new = {part["table"]: part["new"] for part in json.loads(row.detail)}
    assert new["tag"] == {"id": tag, "name": "熟客"}
    stocked.cashier.do(edit_member, stocked.member_id, gender="m")
    assert json.loads(newest(stocked.shop).detail) == [
        {"table": "member", "id": stocked.member_id, "changed": {"gender": "changed"}}
    ]
    stocked.shop.do(_rename_tag, tag, "老客")
    assert json.loads(newest(stocked.shop).detail) == [
        {"table": "tag", "id": tag, "changed": {"name": ["熟客", "老客"]}}
    ]
    stocked.cashier.do(remove_tag, stocked.member_id, tag)
    assert json.loads(newest(stocked.shop).detail) == [
        {"table": "member_tag", "id": f"{stocked.member_id}/{tag}", "removed": {}}
    ]


@action(permission=Permission.EDIT_MEMBERS)
def _rename_tag(work: Work, tag_id: int, name: str) -> None:
    """A verb that says nothing of audit or news."""
    work.get(Tag, tag_id).name = name


@pytest.mark.req("A2", "A4")
def test_personal_and_secret_values_never_reach_the_trail(stocked: Stocked) -> None:
    made = stocked.shop.do(sign_up, "13911112222", name="周敏").member_id
    stocked.shop.do(edit_member, made, name="周慧敏", birthday="1990-12-03", note="对花生过敏")
    stocked.shop.do(
        record_staff,
        username="chen",
        name="陈",
        phone="13900001111",
        password_hash="argon$x",
        roles=["cashier"],
    )
    with stocked.shop.storage.read.connect() as connection:
        trail = " ".join(f"{row.touched} {row.detail}" for row in connection.execute(select(AuditEvent)))
    for value in (
        "13911112222",
        "2222",
        "周敏",
        "周慧敏",
        "zhouhuimin",
        "1990-12-03",
        "花生",
        "13900001111",
        "argon$x",
    ):
        assert value not in trail, value
    for table in (Member.__table__, Staff.__table__):  # every classified column, not only those written above
        hidden = [c.name for c in table.columns if c.info.get("data")]
        assert hidden
        for part in _parts(trail_rows(stocked.shop), table.name):
            assert all(part.get(name, "changed") == "changed" for name in hidden)
    assert '"username":"chen"' in trail  # control: other values are told


def trail_rows(shop: Shop) -> list[str]:
    """Every detail of the trail."""
    with shop.storage.read.connect() as connection:
        return list(connection.execute(select(AuditEvent.detail)).scalars())


def _parts(details: list[str], table: str) -> Iterator[dict[str, Any]]:
    for detail in details:
        for part in json.loads(detail):
            if isinstance(part, dict) and part.get("table") == table:
                for how in ("new", "changed", "set"):
                    shown = part.get(how, {})
                    yield from shown if isinstance(shown, list) else [shown]


def _without_triggers(storage: Storage, statement: str) -> None:
    """What somebody with the file in hand can do."""
    with storage.write.begin() as connection:
        if storage.is_sqlite:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_event_no_{verb}"))
        else:
            connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


SABOTAGE = {
    "another deed": "UPDATE audit_event SET action = 'orders.ship_order' WHERE id = 3",
    "another person": "UPDATE audit_event SET actor = 'staff:9' WHERE id = 3",
    "another detail": "UPDATE audit_event SET detail = '[]' WHERE id = 3",
    "one taken out": "DELETE FROM audit_event WHERE id = 3",
    "the end cut off": "DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)",
    "the head set back": "UPDATE audit_chain SET number = number - 1",
    "the head removed": "DELETE FROM audit_chain",
    "one slipped in": (
        "INSERT INTO audit_event (chain, number, at, actor, action, touched, detail, prev_hash, hash) "
        "SELECT chain, 99, at, actor, action, touched, detail, prev_hash, hash FROM audit_event WHERE id = 3"
    ),
}


@pytest.mark.req("A2")
def test_every_sabotage_of_the_trail_is_found(stocked: Stocked) -> None:
    for number in range(6):
        stocked.shop.do(add_tag, stocked.member_id, f"t{number}")
    for name, statement in SABOTAGE.items():
        assert faults(stocked.shop.storage) == [], name  # control: the whole chain has none
        with undone(stocked.shop.storage) as storage:
            _without_triggers(storage, statement)
            assert faults(storage), name


def faults(storage: Storage) -> list[Any]:
    """What the walk over the chains finds."""
    with storage.read.connect() as connection:
        return list(audit_trail.faults(connection))


@contextmanager
def undone(storage: Storage) -> Iterator[Storage]:
    """Put the trail back afterwards."""
    with storage.read.connect() as connection:
        kept = {
            t: connection.execute(text(f"SELECT * FROM {t}")).mappings().all()
            for t in ("audit_event", "audit_chain")
        }
    yield storage
    with storage.write.begin() as connection:
        for table, rows in kept.items():
            connection.execute(text(f"DELETE FROM {table}"))
            names = ", ".join(rows[0])
            marks = ", ".join(f":{name}" for name in rows[0])
            connection.execute(
                text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), [dict(row) for row in rows]
            )


@pytest.mark.req("A2")
def test_the_trail_cannot_be_changed_by_accident(stocked: Stocked) -> None:
    for statement in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(DBAPIError, match="append-only"), stocked.shop.storage.write.begin() as connection:
            connection.execute(text(statement))
    assert faults(stocked.shop.storage) == []


def waiting(storage: Storage) -> int:
    """How many transactions wait for another one."""
    with storage.read.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


@pytest.mark.req("A2")
def test_two_programs_begin_a_chain_at_the_same_moment(stocked: Stocked) -> None:
    storage, begun, ended = stocked.shop.storage, Event(), list[int]()
    row = {"chain": "till:99", "at": stocked.shop.clock.now(), "actor": "x", "action": "x", "touched": "{}"}

    def second() -> None:
        begun.set()
        with storage.write.begin() as connection:
            ended.append(audit_trail.append(connection, detail=[], **row))  # type: ignore[arg-type]

    with storage.write.begin() as connection:
        first = audit_trail.append(connection, detail=[], **row)  # type: ignore[arg-type]
        helper = Thread(target=second)
        helper.start()
        begun.wait()
        while not storage.is_sqlite and helper.is_alive() and not waiting(storage):
            pass  # SQLite's second writer waits at its BEGIN; PostgreSQL's must have come as far as the first's row
    helper.join()
    assert len(ended) == 1
    assert ended[0] > first
    with storage.read.connect() as connection:
        assert not list(audit_trail.faults(connection))
