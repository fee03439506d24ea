"""The first page of an order search: what the door adds to its own SQL, and how it grows with the shop."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert

from desktop.models.members import Member
from desktop.models.orders import DONE, SHIPPED, TO_SHIP, UNPAID, Order
from desktop.queries.order_search import OrderFilter
from desktop.queries.orders import orders_page
from desktop.services import opening
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import Storage, open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure

SMALL, LARGE = 10_000, 200_000
ROUNDS = 300
START = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
FAMILY = "赵钱孙李周吴郑王冯陈"
GIVEN = "建国晓梅一鸣志强丽华"
SEARCHES = {
    "open list": OrderFilter(),
    "status": OrderFilter(statuses=(TO_SHIP,)),
    "number": OrderFilter(text="1121-00"),
    "phone tail": OrderFilter(text="6621"),
    "member's name": OrderFilter(text="王建建"),
    "points used": OrderFilter(points_from=5_000),
}


def measure() -> list[Figure]:
    """p95 of Shop.ask less p95 of the bare statements, and median at 200,000 ÷ median at 10,000, worst search of all."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (_shop(Path(folder) / f"{size}.db", size) for size in (SMALL, LARGE))
        figures, added, growth = [], [], []
        for name, wanted in SEARCHES.items():
            through, bare = _paired(large, wanted)
            few = _times(lambda wanted=wanted: small.ask(orders_page, wanted))  # type: ignore[misc]
            added.append(_p95(through) - _p95(bare))
            growth.append(statistics.median(through) / statistics.median(few))
            figures.append(
                Figure(
                    f"search by {name} at {LARGE:,} orders, median", statistics.median(through) * 1000, "ms"
                )
            )
            figures.append(Figure(f"search by {name}, {LARGE:,} ÷ {SMALL:,}", growth[-1], "×"))
        small.storage.close()
        large.storage.close()
    return [
        Figure(
            f"order search at {LARGE:,}: Shop.ask adds to bare SQL, p95, worst", max(added) * 1000, "ms", 2.0
        ),
        Figure(f"order search at {LARGE:,} ÷ at {SMALL:,}, median, worst", max(growth), "×", 1.3),
        *figures,
    ]


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _times(call: Callable[[], Any]) -> list[float]:
    for _ in range(10):
        call()
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return found


def _paired(shop: Shop, wanted: OrderFilter) -> tuple[list[float], list[float]]:
    """The question and its own statements on bare sqlite3, in turns, so that both see the same machine."""
    statements: list[tuple[str, Any]] = []

    @event.listens_for(shop.storage.read, "before_cursor_execute")
    def _record(_c: Any, _cursor: Any, statement: str, parameters: Any, _ctx: Any, _many: bool) -> None:
        statements.append((statement, parameters))

    shop.ask(orders_page, wanted)
    statements = [s for s in statements if s[0].startswith("SELECT")]
    event.remove(shop.storage.read, "before_cursor_execute", _record)
    connection = sqlite3.connect(str(shop.storage.url.database))

    def bare() -> None:
        for statement, parameters in statements:
            connection.execute(statement, parameters).fetchall()

    through, direct = [], []
    for _ in range(6):
        through += _times(lambda: shop.ask(orders_page, wanted))[: ROUNDS // 6]
        direct += _times(bare)[: ROUNDS // 6]
    connection.close()
    return through, direct


def _shop(path: Path, size: int) -> Shop:
    storage = open_storage(f"sqlite:///{path}")
    upgrade(storage)
    shop = Shop(storage, actor=actors.console())
    opening.open_shop(shop, opening.NewShop("bench", "owner", "owner", "a long password"))
    _fill(storage, size)
    return shop


def _fill(storage: Storage, size: int) -> None:
    members = [_member(i) for i in range(max(size // 40, 100))]
    with storage.write.begin() as connection:
        connection.execute(insert(Member), members)
        for start in range(0, size, 20_000):
            connection.execute(
                insert(Order),
                [_order(i, size, len(members)) for i in range(start, min(start + 20_000, size))],
            )
        connection.exec_driver_sql("ANALYZE")


def _member(i: int) -> dict[str, Any]:
    name = FAMILY[i % 10] + GIVEN[i // 10] * 2 if i < 100 else f"客{i}"  # a name means one person at any size
    tail = "6621" if i == 7 else f"{i % 10_000:04d}"
    return {
        "code": f"M-{i:06d}",
        "phone": f"139{i:04d}{tail}",
        "phone_tail": tail,
        "name": name,
        "tier_key": "ordinary",
        "created_at": START,
    }


def _order(i: int, size: int, members: int) -> dict[str, Any]:
    placed = START - timedelta(minutes=2 * i)
    day, number = f"{placed:%Y%m%d}", i % 720
    late = (size - i) % 997
    status = UNPAID if late == 3 else TO_SHIP if late < 40 else SHIPPED if late < 60 else DONE
    points = 6_000 if i % 50 == 0 else 0
    return {
        "code": f"{day}-{number:04d}-{i}", "short_code": f"{day[4:]}-{number:04d}", "channel": "store", "till_id": 1,
        "member_id": i % members + 1, "location_id": 1, "status": status, "currency": "CNY", "goods_minor": 10_000,
        "total_minor": 10_000, "paid_minor": 0 if status == UNPAID else 10_000, "points_minor": points,
        "placed_at": placed, "client_key": f"bench-{i}",
    }  # fmt: skip
