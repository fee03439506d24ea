"""The audit trail to read: who did or looked at what, and when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from desktop.models.people import Permission, Staff, Till
from desktop.models.system import AuditEvent
from desktop.queries.page import PAGE_ROWS, Page, Position, like, starts_with
from desktop.shop import audit_trail
from desktop.shop.action import QUESTIONS, question
from desktop.shop.work import Read

_COLUMNS: tuple[Any, ...] = (
    AuditEvent.id, AuditEvent.at, AuditEvent.actor, AuditEvent.action, AuditEvent.chain, AuditEvent.number,
    AuditEvent.touched, AuditEvent.detail,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One deed, or a look that changed nothing (`looked`); `name` is the actor's: a person or a device."""

    id: int
    at: datetime
    actor: str
    name: str
    action: str
    looked: bool
    chain: str
    number: int
    touched: dict[str, tuple[int, ...]]
    detail: str


@question(permission=Permission.AUDIT)
def audit_page(
    read: Read,
    *,
    actor: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: Position | None = None,
) -> Page[AuditRow]:
    """The trail, newest first; `actor`: `staff:3` or a kind such as `kiosk`, `action`: how it begins."""
    statement = select(*_COLUMNS)
    if actor:
        statement = statement.where(
            or_(AuditEvent.actor == actor, starts_with(AuditEvent.actor, f"{actor}:"))
        )
    if action:
        statement = statement.where(starts_with(AuditEvent.action, action))
    if since is not None:
        statement = statement.where(AuditEvent.at >= since)
    if until is not None:
        statement = statement.where(AuditEvent.at < until)
    return _page(read, statement, after, lambda row: True)


@question(permission=Permission.AUDIT)
def member_audit(read: Read, member_id: int, *, after: Position | None = None) -> Page[AuditRow]:
    """Who changed this member or looked at what is masked, newest first."""
    looks = [name for name, asked in QUESTIONS.items() if asked.personal and name.startswith("members.")]
    shape = like('"member":[') + "%" + str(int(member_id)) + "%"
    touched: ColumnElement[bool] = AuditEvent.touched.like(f"%{shape}", escape="\\")
    looked = and_(AuditEvent.action.in_(looks), AuditEvent.detail.like(f"%{int(member_id)}%"))
    return _page(
        read, select(*_COLUMNS).where(or_(touched, looked)), after, lambda row: _about(row, member_id)
    )


def _about(row: Any, member_id: int) -> bool:
    """The patterns find 18 in 318 too; the parsed row decides."""
    if member_id in json.loads(row.touched).get("member", ()):
        return True
    detail = json.loads(row.detail)
    return isinstance(detail, dict) and member_id in detail.get("args", ())


def _page(
    read: Read, statement: Select[Any], after: Position | None, fits: Callable[[Any], bool]
) -> Page[AuditRow]:
    kept: list[Any] = []
    while len(kept) <= PAGE_ROWS:
        page = statement.where(AuditEvent.id < after[0]) if after else statement
        rows = read.rows(page.order_by(AuditEvent.id.desc()).limit(PAGE_ROWS + 1)).all()
        kept += [row for row in rows if fits(row)]
        if len(rows) <= PAGE_ROWS:
            break
        after = (rows[-1].id,)
    shown = kept[:PAGE_ROWS]
    names = _names(read, {row.actor for row in shown})
    made = tuple(_row(row, names) for row in shown)
    return Page(made, (shown[-1].id,) if len(kept) > PAGE_ROWS else None)


def _row(row: Any, names: dict[str, str]) -> AuditRow:
    touched = {table: tuple(ids) for table, ids in json.loads(row.touched).items()}
    looked = row.action in QUESTIONS
    name = names.get(row.actor, "")
    return AuditRow(
        row.id, row.at, row.actor, name, row.action, looked, row.chain, row.number, touched, row.detail
    )


def _names(read: Read, actors: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, entity in (("staff", Staff), ("kiosk", Till)):
        ids = [int(a.partition(":")[2]) for a in actors if a.startswith(f"{kind}:")]
        if ids:
            rows = read.rows(select(entity.id, entity.name).where(entity.id.in_(ids)))
            found |= {f"{kind}:{row.id}": row.name for row in rows}
    return found


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the trail that does not fit the one before it."""

    chain: str
    number: int
    what: str


@question(permission=Permission.AUDIT)
def audit_faults(read: Read) -> tuple[Fault, ...]:
    """Walk every chain; empty when nothing was changed, removed or slipped in."""
    return tuple(Fault(*fault) for fault in audit_trail.faults(read.connection))
