"""A copy of the shop to try rules on: only what rules look at, nobody's secrets, gone when the trial is over."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    String,
    Table,
    and_,
    case,
    cast,
    event,
    func,
    insert,
    literal,
    null,
    or_,
    select,
)

from desktop.basics.paths import data_folder
from desktop.models import Base
from desktop.models.members import PointsEntry
from desktop.models.orders import SHIPPED, TO_SHIP, UNPAID, Order, OrderEvent
from desktop.models.rules import DONE, RuleRun
from desktop.models.stock import StockMovement
from desktop.storage.engine import Storage, open_storage
from desktop.storage.migrate import upgrade

BATCH = 2_000
KEPT = timedelta(days=35)  # of sales; the longest any rule looks back is a month
AHEAD = timedelta(days=125)  # of points that expire; no trial runs further, and nobody is told earlier
NEWEST_EVENTS = 2_000  # of the timeline, whatever their orders: rules read on from there
LEFT_OUT = frozenset({
    "audit_chain", "audit_event", "barcode", "batch_movement", "check_run", "checkout", "daily_total",
    "idempotency", "image", "import_entry", "import_run", "notice", "order_review", "order_text",
    "outbox", "phone_session", "price", "product_alias", "refund", "refund_line", "refund_tender",
    "rule_version", "saved_view", "sign_in_brake",
})  # fmt: skip
OF_ORDERS = frozenset({"order_event", "order_line", "order_tag", "reservation", "shipment", "tender"})
NAMES = frozenset({("member", "name"), ("staff", "name")})  # said in the list of what would happen
ADDRESSES = frozenset({("member", "email"), ("member", "phone"), ("staff", "email"), ("staff", "phone")})
FOLDER, FILE = "trials", "shop.db"
Told = Callable[[int, int], None]


@contextmanager
def copied(storage: Storage, now: datetime, tell: Told) -> Iterator[Storage]:
    """The shop's copy in a file of its own, deleted afterwards; `tell(done, total)` after each part, may raise."""
    home = data_folder() / FOLDER
    home.mkdir(mode=0o700, exist_ok=True)
    forget_trials()
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))
    try:
        address = f"sqlite:///{folder / FILE}"
        made = open_storage(address)
        upgrade(made)
        made.close()
        copy = open_storage(address)
        event.listen(copy.read, "connect", _hurry)
        try:
            _fill(storage, copy, now, tell)
            yield copy
        finally:
            copy.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget_trials() -> None:
    """Delete what a trial left behind whose program was killed."""
    for folder in (data_folder() / FOLDER).glob("*-*"):
        if not _runs(folder.name.partition("-")[0]):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(number: str) -> bool:
    """Whether this program still runs; on Windows nobody can delete the file of one that does."""
    if os.name == "nt" or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _hurry(connection: Any, _record: object) -> None:
    """Nobody misses this file after a power cut, and rows it refers to may have been left out."""
    for pragma in ("synchronous=OFF", "secure_delete=OFF", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _fill(source: Storage, target: Storage, now: datetime, tell: Told) -> None:
    """Copy table by table out of one moment of the shop, which is only read."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]
    with source.read.connect() as shop, target.write.begin() as copy:
        if not source.is_sqlite:
            shop = shop.execution_options(isolation_level="REPEATABLE READ", stream_results=True)
        with shop.begin():
            for done, table in enumerate(tables):
                tell(done, len(tables))
                _copy(shop, copy, table, _wanted(table.name, now), lambda d=done: tell(d, len(tables)))  # type: ignore[misc]
            _copy_lasting_points(shop, copy, now)


def _copy(shop: Connection, copy: Connection, table: Table, wanted: Any, tell: Callable[[], None]) -> None:
    columns = [column for column in table.columns if column.computed is None]
    statement = select(*(_shown(column) for column in columns))
    found = shop.execute(statement if wanted is None else statement.where(wanted))
    names = [column.key for column in columns]
    with closing(found):  # also when somebody stops it in the middle
        for rows in found.partitions(BATCH):
            copy.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
            tell()


def _shown(column: Column[Any]) -> Any:
    """The column, or what stands in its place: nothing, or a mark that there is an address."""
    name = (column.table.name, column.key)
    if column.info.get("data") is None or name in NAMES:
        return column
    nothing = null() if column.nullable else literal("")
    if name not in ADDRESSES:
        return nothing.label(column.key)
    mark = literal("of ") + cast(column.table.c.id, String)
    return case((column != "", mark), else_=nothing).label(column.key)


def _wanted(table: str, now: datetime) -> Any:
    """Which rows of a table rules can look at; None for all."""
    since = now - KEPT
    if table == Order.__tablename__:
        return _wanted_orders()
    if table in OF_ORDERS:
        return Base.metadata.tables[table].c.order_id.in_(select(Order.id).where(_wanted_orders()))
    if table == StockMovement.__tablename__:
        first = select(func.min(StockMovement.id)).group_by(
            StockMovement.sku_id
        )  # that goods were here at all
        return or_(
            and_(StockMovement.at > since, StockMovement.reason == "sale"), StockMovement.id.in_(first)
        )
    if table == PointsEntry.__tablename__:
        return and_(PointsEntry.delta > 0, PointsEntry.expires_at.between(now, now + AHEAD))
    if table == RuleRun.__tablename__:
        return RuleRun.state != DONE  # what failed is tried again, what was given up is not
    return None


def _copy_lasting_points(shop: Connection, copy: Connection, now: datetime) -> None:
    """One entry for all the points each member keeps beyond any trial, of members who lose some before."""
    soon = select(PointsEntry.member_id).where(_wanted(PointsEntry.__tablename__, now))
    lasting = or_(PointsEntry.expires_at.is_(None), PointsEntry.expires_at > now + AHEAD)
    sums = select(PointsEntry.member_id, cast(func.sum(PointsEntry.delta), BigInteger))
    sums = sums.where(PointsEntry.delta > 0, lasting, PointsEntry.member_id.in_(soon))
    same = {
        "balance": 0,
        "reason": "carried over",
        "source": "trial",
        "note": "",
        "actor": "clock",
        "at": now,
    }
    for rows in shop.execute(sums.group_by(PointsEntry.member_id)).partitions(BATCH):
        lots = [{"member_id": m, "delta": total, "client_key": f"trial:{m}", **same} for m, total in rows]
        copy.execute(insert(PointsEntry), lots)


def _wanted_orders() -> Any:
    """Orders that wait for something, and those the timeline named last; nothing looks at the others."""
    newest = select(func.coalesce(func.max(OrderEvent.id), 0)).scalar_subquery()
    named = select(OrderEvent.order_id).where(OrderEvent.id > newest - NEWEST_EVENTS)
    waiting = Order.status.in_((UNPAID, TO_SHIP, SHIPPED))
    return or_(waiting, Order.queued_until.is_not(None), Order.id.in_(named))
