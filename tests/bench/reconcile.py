"""A day of 100,000 payments reconciled, on both databases, and beside the bare rows of the bill."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from desktop.models.payment_attempts import PaymentAttempt
from desktop.services import opening
from desktop.services.reconcile import take_bill
from desktop.services.statements.bill import read_bill
from desktop.services.statements.unpacking import Packed
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import PRAGMAS, open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure
from tests.helpers.bills import Line, wechat

ROWS = 100_000
ODD = 1_000  # one in so many differs
BAR_SECONDS = 10.0
MORNING = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def measure() -> list[Figure]:
    """Seconds for the whole way of a file into decided rows; the same rows by bare executemany beside it."""
    bill, figures = _bill(), []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        took, shop = _reconciled(f"sqlite:///{home / 'shop.db'}", bill)
        figures.append(Figure(f"a bill of {ROWS:,} rows reconciled, SQLite", took, "s", BAR_SECONDS))
        bare = _bare(home / "bare.db", shop)
        figures.append(Figure("reconciling ÷ the bill’s rows by bare executemany, SQLite", took / bare, "×"))
        shop.storage.close()
        began = time.perf_counter()
        read_bill(bill)
        figures.append(Figure("reading and checking the file alone", time.perf_counter() - began, "s"))
    with suppress(NotImplementedError):
        took = _on_postgres(bill)
        figures.append(Figure(f"a bill of {ROWS:,} rows reconciled, PostgreSQL", took, "s", BAR_SECONDS))
    return figures


def _bill() -> Packed:
    return wechat([
        Line(f"BENCH1{i:010d}", f"42{i:014d}", 1_000 + i % 900 - (60 if i % ODD == 0 else 0), fee=4,
             at=f"{8 + i // 9_000:02d}:{i // 150 % 60:02d}:{i % 60:02d}")
        for i in range(ROWS)
    ])  # fmt: skip


def _reconciled(address: str, bill: Packed) -> tuple[float, Shop]:
    storage = open_storage(address)
    upgrade(storage)
    shop = Shop(storage, actor=actors.console())
    opening.open_shop(shop, opening.NewShop("bench", "owner", "owner", "a long password"))
    with storage.write.begin() as connection:
        for start in range(0, ROWS, 10_000):
            rows = [_attempt(i) for i in range(start, start + 10_000) if i % ODD != 1]
            connection.execute(insert(PaymentAttempt), rows)
    began = time.perf_counter()
    done = take_bill(shop, bill)
    took = time.perf_counter() - began
    assert done.states == {
        "matched": ROWS - 2 * ROWS // ODD,
        "amount": ROWS // ODD,
        "provider_only": ROWS // ODD,
    }
    return took, shop


def _attempt(i: int) -> dict[str, object]:
    at = MORNING + timedelta(milliseconds=400 * i)
    minor = 1_000 + i % 900
    return {
        "number": f"BENCH1{i:010d}", "subject": f"sale:{i}", "method_key": "wechat", "gateway": "wechat", "way": "take",
        "amount_minor": minor, "currency": "CNY", "request": {}, "state": "succeeded", "paid_minor": minor,
        "next_at": at, "deadline_at": at, "created_at": at, "ended_at": at, "client_key": f"b{i}", "actor": "kiosk:1",
        "booked": True,
    }  # fmt: skip


def _bare(path: Path, shop: Shop) -> float:
    """The same rows, with the same columns and indexes, by one executemany and one commit."""
    with shop.storage.read.connect() as connection:
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE tbl_name='statement_row' AND sql <> ''"
        )
        schema = [str(row[0]) for row in made]
        rows = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM statement_row")]
    bare = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        bare.execute(f"PRAGMA {pragma}")
    bare.execute("PRAGMA foreign_keys=OFF")
    for statement in schema:
        bare.execute(statement)
    began = time.perf_counter()
    bare.execute("BEGIN IMMEDIATE")
    bare.executemany(f"INSERT INTO statement_row VALUES ({','.join('?' * len(rows[0]))})", rows)
    bare.execute("COMMIT")
    took = time.perf_counter() - began
    bare.close()
    return took


def _on_postgres(bill: Packed) -> float:
    from tests.helpers.postgres import Cluster, find_server

    programs = find_server()
    if programs is None:
        raise NotImplementedError
    cluster = Cluster(programs)
    stop: Callable[[], object] = cluster.stop
    try:
        took, shop = _reconciled(cluster.create("bench"), bill)
        shop.storage.close()
        return took
    finally:
        stop()
