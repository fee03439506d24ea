"""A durable checkout of three lines through the door against the very same rows written by bare sqlite3."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import event

from desktop.basics.ids import new_key
from desktop.pricing.cart import CartLine
from desktop.queries.checkout import checkout_view
from desktop.services.checkout import save_checkout
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import PRAGMAS, open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure
from tests.helpers.goods import CAKE, MILK, NUTS, Stocked, open_stocked
from tests.helpers.sales import member_sale

SALES = 150
WARM = 20
Written = list[tuple[str, Any, bool]]


def measure() -> list[Figure]:
    """The median sale through `Shop.do` ÷ the median replay of its own writes."""
    with tempfile.TemporaryDirectory() as folder:
        start, live = Path(folder) / "start.db", Path(folder) / "live.db"
        through, sales = _through_the_door(live, start)
        bare = _bare(start, sales)
    ratio = statistics.median(through[WARM:]) / statistics.median(bare[WARM:])
    return [
        Figure("checkout of 3 lines through the door ÷ the same rows by bare sqlite3", ratio, "×", 10.0),
        Figure("checkout of 3 lines, median", statistics.median(through[WARM:]) * 1000, "ms", None),
    ]


def _through_the_door(live: Path, start: Path) -> tuple[list[float], list[Written]]:
    storage = open_storage(f"sqlite:///{live}")
    upgrade(storage)
    stocked = open_stocked(Shop(storage, actor=actors.console()))
    _fill_shelves(storage)
    lines = stocked.cart((MILK, 1), (CAKE, 2), (NUTS, 1))
    open_sales = [member_sale(stocked, lines, 100) if i % 2 else _plain(stocked, lines) for i in range(SALES)]
    half = SALES // 2
    times = [_settle(stocked, sale) for sale in open_sales[:half]]
    storage.close()
    for suffix in ("", "-wal", "-shm"):  # the state from which the second half's writes are replayed
        if (source := Path(f"{live}{suffix}")).exists():
            shutil.copyfile(source, f"{start}{suffix}")
    written: list[Written] = []

    @event.listens_for(storage.write, "before_cursor_execute")
    def _record(_c: Any, _cursor: Any, statement: str, parameters: Any, _ctx: Any, many: bool) -> None:
        if statement.split(None, 1)[0].upper() in ("INSERT", "UPDATE"):
            written[-1].append((statement, parameters, many))

    for sale in open_sales[half:]:
        due = _due(stocked, sale[0])
        written.append([])
        stocked.cashier.do(settle, sale[0], [TenderIn("cash", due)], sale[1])
    storage.close()
    return times, written


def _settle(stocked: Stocked, sale: tuple[str, int]) -> float:
    due = _due(stocked, sale[0])
    began = time.perf_counter()
    stocked.cashier.do(settle, sale[0], [TenderIn("cash", due)], sale[1])
    return time.perf_counter() - began


def _plain(stocked: Stocked, lines: Sequence[CartLine]) -> tuple[str, int]:
    key = new_key()
    return key, stocked.kiosk.do(save_checkout, key, lines)


def _due(stocked: Stocked, key: str) -> int:
    return stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor


def _fill_shelves(storage: Any) -> None:
    with storage.write.begin() as connection:
        connection.exec_driver_sql("UPDATE stock SET on_hand_milli = on_hand_milli + 10000000")


def _bare(start: Path, sales: list[Written]) -> list[float]:
    connection = sqlite3.connect(start, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    times = []
    for sale in sales:
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for statement, parameters, many in sale:
            if many:
                connection.executemany(statement, parameters)
            else:
                connection.execute(statement, parameters).fetchall()
        connection.execute("COMMIT")
        times.append(time.perf_counter() - began)
    connection.close()
    return times
