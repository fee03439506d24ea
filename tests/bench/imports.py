"""Importing orders against bare executemany of the same rows, and what the window feels of 100,000 of them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from desktop.services import opening
from desktop.services.imports.desk import bring_in
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import PRAGMAS, open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure

ORDERS = 20_000
MANY = 100_000
FEW_ROWS, MANY_ROWS = 10_000, 100_000
TICK_MS = 2


def measure() -> list[Figure]:
    """The import ÷ its own writes by executemany, and the longest wait of the GUI thread meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        took, written = _through_the_door(home, _file(home / "few.csv", ORDERS))
        bare = _bare(home / "bare.db", written)
        blocked = _blocked(home, _file(home / "many.csv", MANY))
    few, many = _child(FEW_ROWS), _child(MANY_ROWS)
    rows = sum(
        len(parameters) if many else max(1, statement.count("(?")) for statement, parameters, many in written
    )
    return [
        Figure(f"import of {ORDERS:,} orders ÷ the same rows by bare executemany", took / bare, "×", 6.0),
        Figure("import of orders, rows written a second", rows / took, "rows/s"),
        Figure(
            f"memory an import of {MANY_ROWS:,} goods takes ÷ one of {FEW_ROWS:,}", many[0] / few[0], "×", 1.5
        ),
        Figure(f"memory an import of {MANY_ROWS:,} goods takes", many[0] / 1024, "MB"),
        Figure("milliseconds between two words of progress, on average", many[1] * 1000, "ms", 100.0),
        Figure(f"longest block of the GUI thread while {MANY:,} orders come in", blocked * 1000, "ms", 50.0),
    ]


def _child(rows: int) -> tuple[float, float]:
    """Peak memory (KB) and seconds between two words of progress of an import in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.import_memory", str(rows)],
        check=True,
        capture_output=True,
        text=True,
    )
    peak, between = done.stdout.split()
    return float(peak), float(between)


def _file(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("订单ID,商品ID,单价,销量,成交时间\n")
        for i in range(count):
            when = f"2026-{i % 10 + 1:02d}-{i % 28 + 1:02d} {i % 12 + 8:02d}:{i % 60:02d}"
            file.write(f"R{i},S{i % 500},{i % 90 + 1}.50,1,{when}\nR{i},S{(i + 7) % 500},2.20,3,{when}\n")
    return path


def _opened(path: Path) -> Shop:
    storage = open_storage(f"sqlite:///{path}")
    upgrade(storage)
    shop = Shop(storage, actor=actors.console())
    opening.open_shop(shop, opening.NewShop("bench", "owner", "owner", "a long password"))
    return shop


def _through_the_door(home: Path, file: Path) -> tuple[float, list[tuple[str, Any, bool]]]:
    shop = _opened(home / "timed.db")
    began = time.perf_counter()
    bring_in(shop, "orders", [file])
    took = time.perf_counter() - began
    shop.storage.close()
    shop = _opened(home / "recorded.db")
    written: list[tuple[str, Any, bool]] = []

    @event.listens_for(shop.storage.write, "before_cursor_execute")
    def _record(_c: Any, _cursor: Any, statement: str, parameters: Any, _ctx: Any, many: bool) -> None:
        if statement.split(None, 1)[0].upper() in ("INSERT", "UPDATE"):
            several = many and isinstance(parameters[0], (tuple, list))  # a RETURNING batch is one statement
            written.append((statement, parameters, several))

    bring_in(shop, "orders", [file])
    shop.storage.close()
    return took, written


def _bare(path: Path, written: list[tuple[str, Any, bool]]) -> float:
    _opened(path).storage.close()
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA foreign_keys=ON")
    began = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for statement, parameters, many in written:
        if many:
            connection.executemany(statement, parameters)
        else:
            connection.execute(statement, parameters).fetchall()
        if statement.startswith(
            ("UPDATE audit_chain", "INSERT INTO audit_chain")
        ):  # the import's own commits
            connection.execute("COMMIT")
            connection.execute("BEGIN IMMEDIATE")
    connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return took


def _blocked(home: Path, file: Path) -> float:
    """A timer on the GUI thread should tick every 2 ms; the longest gap beyond that is the block."""
    from PySide6.QtCore import QCoreApplication, QTimer
    from PySide6.QtWidgets import QApplication

    app = QCoreApplication.instance() or QApplication([])
    shop = _opened(home / "many.db")
    last, longest = time.perf_counter(), 0.0

    def tick() -> None:
        nonlocal last, longest
        now = time.perf_counter()
        longest = max(longest, now - last - TICK_MS / 1000)
        last = now

    timer = QTimer()
    timer.timeout.connect(tick)
    worker = threading.Thread(target=lambda: bring_in(shop, "orders", [file]))
    done = QTimer()
    done.timeout.connect(lambda: None if worker.is_alive() else app.quit())
    timer.start(TICK_MS)
    done.start(20)
    worker.start()
    last = time.perf_counter()
    app.exec()
    worker.join()
    timer.stop()
    shop.storage.close()
    return longest
