"""Order search at 1,000,000 orders on both databases: what the door adds to its own SQL, and key press to painted rows."""

from __future__ import annotations

import os
import statistics
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
ROUNDS, WARM = 60, 8
ADDED, PAINTED = 2.0, 100.0  # ms, p95
Kinds = tuple[OrderFilter, ...]  # of one shape, asked in turns: nobody types the same word sixty times


def _clause(field: str, op: str, *values: str) -> OrderFilter:
    return OrderFilter(clauses=(Clause(field, op, values),))


SEARCHES: dict[str, Kinds] = {
    "open list": (OrderFilter(),),
    "status": (OrderFilter(statuses=("to_ship",)), OrderFilter(statuses=("shipped",))),
    "number": (OrderFilter(text="325-00"), OrderFilter(text="112-01"), OrderFilter(text="007-03")),
    "phone tail": (OrderFilter(text="6621"), OrderFilter(text="0815"), OrderFilter(text="4711")),
    "member's name": (OrderFilter(text="王建建"), OrderFilter(text="李晓晓"), OrderFilter(text="赵国国")),
    "points used": tuple(_clause("points", "between", str(least), "") for least in (130_000, 120_100, 99_900)),
    "amount": tuple(OrderFilter(due_from=least, due_to=least + 10) for least in (40_000, 20_500, 7_000)),
    "rare goods, two characters": (OrderFilter(text=RARE[-2:]), OrderFilter(text=RARE[2:4])),
    "frequent goods, two characters": (OrderFilter(text="牛奶"), OrderFilter(text="面包"), OrderFilter(text="咖啡")),
    "initials": (OrderFilter(text="mqlj"), OrderFilter(text="qlj")),
    "goods and status": (
        OrderFilter(text="牛奶", statuses=("to_ship",)), OrderFilter(text="面包", statuses=("shipped",))
    ),
    "goods and last 7 days": (OrderFilter(text="牛奶", days=7), OrderFilter(text="茶叶", days=5)),
    "two goods' words": (OrderFilter(text="原味 牛奶"), OrderFilter(text="低糖 酸奶")),
    "goods and member": (OrderFilter(text="牛奶 王建建"), OrderFilter(text="面包 李晓晓")),
    "note": (_clause("note", "contains", "小区"), _clause("note", "contains", "生日")),
    "tag": (OrderFilter(tags=("急",)),),
    "parcel": (OrderFilter(text="SF1000000100"), OrderFilter(text="SF1000000220")),
    "payment method": (_clause("method", "is", "cash"), _clause("method", "is", "wechat")),
}  # fmt: skip
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
    figures, added, clock = [], [], []
    connection = _bare(shop.storage)  # one for all: a fresh one would be faster than any in use
    for search, kinds in SEARCHES.items():
        through, bare = _paired(shop, connection, kinds)
        added.append((_p95([cpu for _wall, cpu in through]) - _p95([cpu for _wall, cpu in bare])) * 1000)
        clock.append(statistics.median(a[0] - b[0] for a, b in zip(through, bare, strict=True)) * 1000)
        wall = _p95([wall for wall, _cpu in through]) * 1000
        figures.append(Figure(f"{name}, search by {search}: first page, p95", wall, "ms"))
        figures.append(Figure(f"{name}, search by {search}: work the door adds, p95", added[-1], "ms"))
    connection.close()
    many = f"worst of {len(SEARCHES)} searches"
    return [
        Figure(f"{name} at {LARGE:,} orders: work the door adds to bare SQL, p95, {many}", max(added), "ms", ADDED),
        Figure(f"{name} at {LARGE:,} orders: the same by the clock, median of pairs, {many}", max(clock), "ms"),
        *figures,
    ]  # fmt: skip


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _paired(shop: Shop, connection: Any, kinds: Kinds) -> tuple[list[Taken], list[Taken]]:
    """Each question and its own statements on the bare driver, in turns, so that both see the same machine."""
    asked = [_statements(shop, wanted) for wanted in kinds]

    def bare(turn: int) -> None:
        for statement, parameters in asked[turn]:
            connection.execute(statement, parameters).fetchall()

    through, direct = [], []
    for i in range(ROUNDS + WARM):
        turn = i % len(kinds)
        through.append(_time(lambda turn=turn: shop.ask(orders_page, kinds[turn])))  # type: ignore[misc]
        direct.append(_time(lambda turn=turn: bare(turn)))  # type: ignore[misc]
    return through[WARM:], direct[WARM:]


def _statements(shop: Shop, wanted: OrderFilter) -> list[tuple[str, Any]]:
    """What the question sends to the database, its begin and end aside."""
    statements: list[tuple[str, Any]] = []

    @event.listens_for(shop.storage.read, "before_cursor_execute")
    def _record(_c: Any, _cursor: Any, statement: str, parameters: Any, _ctx: Any, _many: bool) -> None:
        statements.append((statement, parameters))

    shop.ask(orders_page, wanted)
    event.remove(shop.storage.read, "before_cursor_execute", _record)
    return [s for s in statements if s[0].startswith(("SELECT", "WITH"))]


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
