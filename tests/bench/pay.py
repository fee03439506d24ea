"""A sale settled by a scanned wallet code through the door, without the provider's time, against its rows by bare sqlite3."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from desktop.basics.ids import new_key
from desktop.queries.checkout import checkout_view
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import save_checkout
from desktop.services.paying import run_due
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import PRAGMAS, open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure
from tests.helpers.goods import CAKE, MILK, NUTS, Stocked, open_stocked
from tests.helpers.pay_office import PayOffice, gateways_of

SALES = 120
WARM = 15
Sale = tuple[str, int, int]
Statement = tuple[str, Any, bool]
Written = list[list[Statement]]  # one list a transaction: before the call, as sent, with the answer


def measure() -> list[Figure]:
    """The median payment through the door ÷ the median replay of its own transactions."""
    with tempfile.TemporaryDirectory() as folder:
        start, live = Path(folder) / "start.db", Path(folder) / "live.db"
        through, written = _through_the_door(live, start)
        bare = _bare(start, written)
    ratio = statistics.median(through[WARM:]) / statistics.median(bare[WARM:])
    rows = statistics.median(len(part) for sale in written for part in sale)
    return [
        Figure(
            "sale paid by wallet, all but the provider ÷ the same transactions by bare sqlite3",
            ratio,
            "×",
            10.0,
        ),
        Figure(
            "sale paid by wallet, all but the provider, median",
            statistics.median(through[WARM:]) * 1000,
            "ms",
            None,
        ),
        Figure("sale paid by wallet, transactions", statistics.median(map(len, written)), "", None),
        Figure("sale paid by wallet, statements a transaction", rows, "", None),
    ]


def _through_the_door(live: Path, start: Path) -> tuple[list[float], list[Written]]:
    storage = open_storage(f"sqlite:///{live}")
    upgrade(storage)
    stocked = open_stocked(Shop(storage, actor=actors.console()))
    with storage.write.begin() as connection:
        connection.exec_driver_sql("UPDATE stock SET on_hand_milli = on_hand_milli + 10000000")
    sales = [_open(stocked) for _number in range(SALES)]
    half = SALES // 2
    times = [_pay(stocked, sale) for sale in sales[:half]]
    storage.close()
    for suffix in ("", "-wal", "-shm"):  # the state from which the second half's writes are replayed
        if (source := Path(f"{live}{suffix}")).exists():
            shutil.copyfile(source, f"{start}{suffix}")
    written = _record(stocked, storage, sales[half:])
    storage.close()
    return times, written


def _open(stocked: Stocked) -> Sale:
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((MILK, 1), (CAKE, 2), (NUTS, 1)))
    return key, version, stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor


def _pay(stocked: Stocked, sale: Sale) -> float:
    """From the scan of the customer's code to the settled sale; the provider answers at once."""
    key, version, due = sale
    outside = gateways_of(PayOffice())
    began = time.perf_counter()
    stocked.kiosk.do(
        begin_attempt, f"sale:{key}", "alipay", due, way="take", customer_code="28512345678901234", version=version,
        client_key=f"{key}:1",
    )  # fmt: skip
    run_due(stocked.shop, outside)
    spent = time.perf_counter() - began
    assert stocked.kiosk.ask(checkout_view, key).state == "done"
    return spent


def _record(stocked: Stocked, storage: Any, sales: list[Sale]) -> list[Written]:
    written: list[Written] = []

    @event.listens_for(storage.write, "before_cursor_execute")
    def _statement(_c: Any, _cursor: Any, statement: str, parameters: Any, _ctx: Any, many: bool) -> None:
        if statement.split(None, 1)[0].upper() in ("INSERT", "UPDATE"):
            written[-1][-1].append((statement, parameters, many))

    @event.listens_for(storage.write, "commit")
    def _commit(_c: Any) -> None:
        written[-1].append([])

    for sale in sales:
        written.append([[]])
        _pay(stocked, sale)
    return [[part for part in sale if part] for sale in written]


def _bare(start: Path, sales: list[Written]) -> list[float]:
    connection = sqlite3.connect(start, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    times = []
    for sale in sales:
        began = time.perf_counter()
        for part in sale:
            connection.execute("BEGIN IMMEDIATE")
            for statement, parameters, many in part:
                if many:
                    connection.executemany(statement, parameters)
                else:
                    connection.execute(statement, parameters).fetchall()
            connection.execute("COMMIT")
        times.append(time.perf_counter() - began)
    connection.close()
    return times
