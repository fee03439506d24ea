"""Order search at 1,000,000 orders on both databases: what the door adds to its own SQL, and key press to painted rows."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from desktop.queries.order_search import Clause, OrderFilter
from desktop.queries.orders import orders_page
from desktop.shop.shop import Shop
from desktop.storage.engine import PRAGMAS, Storage, sqlite_driver
from tests.bench.figures import Figure
from tests.bench.million import RARE, shop_of

Taken = tuple[float, float]
LARGE = int(os.environ.get("ZHANGGUI_BENCH_ORDERS", "1000000"))
ROUNDS = 60
ADDED, PAINTED = 2.0, 100.0  # ms, p95
SEARCHES = {
    "open list": OrderFilter(),
    "status": OrderFilter(statuses=("to_ship",)),
    "number": OrderFilter(text="325-00"),
    "phone tail": OrderFilter(text="6621"),
    "member's name": OrderFilter(text="王建建"),
    "points used": OrderFilter(clauses=(Clause("points", "between", ("130000", "")),)),
    "amount": OrderFilter(due_from=40_000, due_to=40_010),
    "rare goods, two characters": OrderFilter(text=RARE[-2:]),
    "frequent goods, two characters": OrderFilter(text="牛奶"),
    "initials": OrderFilter(text="mqlj"),
    "goods and status": OrderFilter(text="牛奶", statuses=("to_ship",)),
    "goods and last 7 days": OrderFilter(text="牛奶", days=7),
    "note": OrderFilter(clauses=(Clause("note", "contains", ("小区",)),)),
    "tag": OrderFilter(tags=("急",)),
    "parcel": OrderFilter(text="SF1000000100"),
    "payment method": OrderFilter(clauses=(Clause("method", "is", ("cash",)),)),
}
TYPED = (
    "牛",
    "牛奶",
    "龙",
    "龙井",
    "m",
    "mq",
    "mql",
    "mqlj",
    "6621",
    "王建",
    "王建建",
    "SF10",
    "SF1000000100",
)


def measure() -> list[Figure]:
    """p95 of the work of Shop.ask less that of its statements by the bare driver, the worst search; the screen's p95."""
    figures = []
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with opened() as address:
            shop = shop_of(address, LARGE)
            figures += _searches(name, shop)
            figures += _screen(name, shop)
            shop.storage.close()
    return figures


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'large.db'}"


@contextmanager
def _postgresql() -> Iterator[str]:
    from tests.helpers.postgres import Cluster, find_server

    programs = find_server()
    assert programs is not None, "“python3 dev.py setup” says how to get PostgreSQL"
    cluster = Cluster(programs)
    try:
        yield cluster.create("large")
    finally:
        cluster.stop()


def _searches(name: str, shop: Shop) -> list[Figure]:
    figures, added = [], []
    for search, wanted in SEARCHES.items():
        through, bare = _paired(shop, wanted)
        added.append((_p95([cpu for _wall, cpu in through]) - _p95([cpu for _wall, cpu in bare])) * 1000)
        wall = _p95([wall for wall, _cpu in through]) * 1000
        figures.append(Figure(f"{name}, search by {search}: first page, p95", wall, "ms"))
        figures.append(Figure(f"{name}, search by {search}: work the door adds, p95", added[-1], "ms"))
    title = (
        f"{name} at {LARGE:,} orders: work the door adds to bare SQL, p95, worst of {len(SEARCHES)} searches"
    )
    return [Figure(title, max(added), "ms", ADDED), *figures]


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _paired(shop: Shop, wanted: OrderFilter) -> tuple[list[Taken], list[Taken]]:
    """The question and its own statements on the bare driver, in turns, so that both see the same machine."""
    statements: list[tuple[str, Any]] = []

    @event.listens_for(shop.storage.read, "before_cursor_execute")
    def _record(_c: Any, _cursor: Any, statement: str, parameters: Any, _ctx: Any, _many: bool) -> None:
        statements.append((statement, parameters))

    shop.ask(orders_page, wanted)
    event.remove(shop.storage.read, "before_cursor_execute", _record)
    asked = [s for s in statements if s[0].startswith("SELECT")]
    connection = _bare(shop.storage)

    def bare() -> None:
        for statement, parameters in asked:
            connection.execute(statement, parameters).fetchall()

    through, direct = [], []
    for _ in range(5):
        shop.ask(orders_page, wanted)
        bare()
    for _ in range(ROUNDS):
        through.append(_time(lambda: shop.ask(orders_page, wanted)))
        direct.append(_time(bare))
    connection.close()
    return through, direct


def _bare(storage: Storage) -> Any:
    if storage.is_sqlite:
        connection = sqlite_driver().connect(str(storage.url.database))
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection
    import psycopg

    return psycopg.connect(storage.url.set(drivername="postgresql").render_as_string(), autocommit=True)


def _time(call: Callable[[], Any]) -> Taken:
    """Seconds by the clock, and of this thread's own work: what other programs do meanwhile is not the door's."""
    began, worked = time.perf_counter(), time.thread_time()
    call()
    return time.perf_counter() - began, time.thread_time() - worked


def _screen(name: str, shop: Shop) -> list[Figure]:
    """From the last key to the rows on the window, the pause after a key counted."""
    from PySide6.QtWidgets import QApplication

    from desktop.views.orders.screen import OrdersScreen
    from tests.helpers.screens import surroundings

    app = QApplication.instance() or QApplication([])
    times = []
    with tempfile.TemporaryDirectory() as folder, surroundings(app, shop, Path(folder)) as here:  # type: ignore[arg-type]
        screen = OrdersScreen(here.context)
        here.window(screen, 1440, 860)
        _until(app, lambda: here.context.background.running == 0)
        for text in (*TYPED[:2], *TYPED * 3):
            times.append(_key_to_rows(app, here, screen, text))
        _until(app, lambda: here.context.background.running == 0)
        screen.close()
        screen.deleteLater()
    return [
        Figure(
            f"{name} at {LARGE:,} orders: last key to painted rows, p95",
            _p95(times[2:]) * 1000,
            "ms",
            PAINTED,
        )
    ]


def _key_to_rows(app: Any, here: Any, screen: Any, text: str) -> float:
    box, model = screen.list.bar.search, screen.list.model
    box.setText(text[:-1])
    _until(app, lambda: here.context.background.running == 0 and not box._pause.isActive())
    answered: list[bool] = []
    model.loaded.connect(answered.append)
    began = time.perf_counter()
    box.setText(text)
    _until(app, lambda: bool(answered))
    screen.repaint()
    taken = time.perf_counter() - began
    model.loaded.disconnect(answered.append)
    return taken


def _until(app: Any, condition: Callable[[], bool]) -> None:
    """Let the window live as it does, asleep between two events."""
    from PySide6.QtCore import QEventLoop, QTimer

    beat = QTimer(interval=5)  # what happens without an event is seen soon enough
    beat.start()
    while not condition():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    beat.stop()
