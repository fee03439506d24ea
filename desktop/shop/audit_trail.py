"""The audit trail: one row per deed, chained by hash, so that a change of any row shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from desktop.models.system import AuditChain, AuditEvent

START = "0" * 64
_HEAD = (
    select(AuditChain.number, AuditChain.hash).where(AuditChain.chain == bindparam("name")).with_for_update()
)
_ADVANCE = update(AuditChain).where(AuditChain.chain == bindparam("name"))
_ADVANCE = _ADVANCE.values(number=bindparam("new_number"), hash=bindparam("new_hash"))
_INSERT = insert(AuditEvent).returning(AuditEvent.id)
_BEGIN = {  # two programs may begin a chain at once: the second waits here, then goes on from the first
    name: made(AuditChain).values(chain=bindparam("name"), number=0, hash=START).on_conflict_do_nothing()
    for name, made in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def link(
    prev: str, chain: str, number: int, at: datetime, actor: str, action: str, touched: str, detail: str
) -> str:
    """The hash of one row, over everything in it and the hash before it (SHA-256)."""
    body = "\x1f".join(
        (prev, chain, str(number), at.isoformat(timespec="microseconds"), actor, action, touched, detail)
    )
    return hashlib.sha256(body.encode()).hexdigest()


def append(
    connection: Connection, *, chain: str, at: datetime, actor: str, action: str, touched: str, detail: Any
) -> int:
    """Write the next row of a chain; returns its id."""
    head = connection.execute(_HEAD, {"name": chain}).first()
    if head is None:
        connection.execute(_BEGIN[connection.dialect.name], {"name": chain})
        head = connection.execute(_HEAD, {"name": chain}).one()
    number, prev = head.number + 1, head.hash
    text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"), default=_plain)
    row = {
        "chain": chain, "number": number, "at": at, "actor": actor, "action": action, "touched": touched,
        "detail": text, "prev_hash": prev, "hash": link(prev, chain, number, at, actor, action, touched, text),
    }  # fmt: skip
    event_id = connection.execute(_INSERT, row).scalar_one()
    connection.execute(_ADVANCE, {"name": chain, "new_number": number, "new_hash": row["hash"]})
    return int(event_id)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)


def faults(connection: Connection) -> Iterable[tuple[str, int, str]]:
    """Walk all chains: (chain, number, what is wrong) for every row that does not fit the one before it."""
    heads = {
        row.chain: row
        for row in connection.execute(select(AuditChain.chain, AuditChain.number, AuditChain.hash))
    }
    columns = [c for c in AuditEvent.__table__.columns if c.name != "id"]
    seen: dict[str, tuple[int, str]] = {}
    rows = connection.execution_options(yield_per=2_000).execute(
        select(*columns).order_by(AuditEvent.chain, AuditEvent.number)
    )
    for row in rows:
        number, prev = seen.get(row.chain, (0, START))
        if row.number != number + 1:
            yield row.chain, row.number, "missing"
        right = link(
            row.prev_hash, row.chain, row.number, row.at, row.actor, row.action, row.touched, row.detail
        )
        if row.prev_hash != prev or row.hash != right:
            yield row.chain, row.number, "altered"
        seen[row.chain] = (row.number, row.hash)
    for chain, head in heads.items():
        if seen.get(chain) != (head.number, head.hash):
            yield chain, head.number, "tail"
    for chain, (number, _hash) in seen.items():
        if chain not in heads:
            yield chain, number, "no head"
