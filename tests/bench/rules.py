"""One look of the shop's clock at all shipped rules: against its own due-queries on bare SQL, and as the shop grows."""

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

from desktop.basics.clock import HandClock
from desktop.models.members import Member
from desktop.models.orders import DONE, SHIPPED, TO_SHIP, UNPAID
from desktop.models.products import Product, Sku
from desktop.models.stock import Stock
from desktop.rules.due import agenda
from desktop.scheduler.clockwork import Clockwork
from desktop.services import opening
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import Storage, open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure
from tests.helpers.rules import Believing, clockwork

SMALL, LARGE = 100_000, 1_000_000
# what a day's business keeps open does not grow with the years: orders on their way, goods, points about to expire
OPEN_ORDERS, GOODS, MEMBERS, LOTS = 600, 1_000, 5_000, 200_000
ROUNDS = 60
START = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
YEARS_BACK = timedelta(days=730)
MOMENT = "strftime('%Y-%m-%d %H:%M:%S.000000', :now, printf('%+d seconds', -({seconds})))"
AGO = "CASE WHEN i > :size - :open THEN (:size - i) * 30 ELSE (:size - i) * :span / :size END"
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) "
ORDERS = f"""INSERT INTO sale_order (id, code, short_code, order_type, channel, till_id, member_id, location_id, status,
    currency, goods_minor, discount_minor, discount_note, freight_minor, rounding_minor, total_minor, paid_minor,
    points_minor, refunded_minor, points_spent, points_earned, address, note, receipt_number, client_key,
    placed_at, paid_at, shipped_at, done_at, pay_deadline, ship_deadline)
{COUNT}, o AS (SELECT i, CASE WHEN i > :size - :open THEN
        CASE i % 3 WHEN 0 THEN '{UNPAID}' WHEN 1 THEN '{TO_SHIP}' ELSE '{SHIPPED}' END ELSE '{DONE}' END AS state,
    {MOMENT.format(seconds=AGO)} AS at FROM n)
SELECT i, 'C' || i, 'S' || i, CASE i % 20 WHEN 0 THEN 'b2b' ELSE 'retail' END, 'store', 1, i % :members + 1, 1, state,
    'CNY', 10000, 0, '', 0, 0, 10000, CASE state WHEN '{UNPAID}' THEN 0 ELSE 10000 END,
    0, 0, 0, 100, '', '', '', 'bench-' || i,
    at, CASE state WHEN '{UNPAID}' THEN NULL ELSE at END,
    CASE WHEN state IN ('{SHIPPED}', '{DONE}') THEN at END, CASE state WHEN '{DONE}' THEN at END,
    CASE state WHEN '{UNPAID}' THEN :later END, CASE state WHEN '{TO_SHIP}' THEN :later END
FROM o"""
EVENTS = f"""INSERT INTO order_event (order_id, kind, note, actor, at)
{COUNT}SELECT i, 'paid', '', 'console', {MOMENT.format(seconds=AGO)} FROM n"""
WATCHES = f"""INSERT INTO rule_watch (rule_id, subject_id, start_at, last_due_at, fired_at, times)
{COUNT}SELECT (SELECT id FROM rule WHERE key = 'paid'), i, :now, :now, :now, 1 FROM n"""
POINTS = f"""INSERT INTO points_entry (member_id, delta, balance, reason, source, note, expires_at, client_key, actor, at)
{COUNT.replace(":size", ":lots")}SELECT i % :members + 1, 100, 100, 'purchase', 'order:' || i, '',
    {MOMENT.format(seconds="(i * 7919 % :lots) * :span / :lots - 31536000")}, 'p' || i, 'console', :now
FROM n"""


def measure() -> list[Figure]:
    """The median look ÷ the median of its due-queries on bare sqlite3, and both sizes against each other."""
    looks, bares = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for size in (SMALL, LARGE):
            work = _shop(Path(folder) / f"{size}.db", size)
            looks[size], bares[size] = _paired(work)
            work.shop.storage.close()
    return [
        Figure(f"one look at all rules at {LARGE:,} orders ÷ its due-queries by bare sqlite3", looks[LARGE] / bares[LARGE], "×", 3.0),
        Figure(f"one look at all rules, {LARGE:,} orders ÷ {SMALL:,}", looks[LARGE] / looks[SMALL], "×", 1.3),
        Figure(f"one look at all rules at {LARGE:,} orders, median", looks[LARGE] * 1000, "ms"),
        Figure(f"its due-queries by bare sqlite3 at {LARGE:,} orders, median", bares[LARGE] * 1000, "ms"),
    ]  # fmt: skip


def _paired(work: Clockwork) -> tuple[float, float]:
    """Median seconds of a look that finds nothing to do and of its own questions, in turns on the same machine."""
    statements: list[tuple[str, Any]] = []

    @event.listens_for(work.shop.storage.read, "before_cursor_execute")
    def _record(_c: Any, _cursor: Any, statement: str, parameters: Any, _ctx: Any, _many: bool) -> None:
        statements.append((statement, parameters))

    work.shop.ask(agenda)
    event.remove(work.shop.storage.read, "before_cursor_execute", _record)
    asked = [s for s in statements if s[0].lstrip().startswith(("SELECT", "WITH"))]
    connection = sqlite3.connect(str(work.shop.storage.url.database))

    def bare() -> None:
        for statement, parameters in asked:
            connection.execute(statement, parameters).fetchall()

    through, direct = [], []
    for _ in range(ROUNDS):
        through.append(_time(work.look))
        direct.append(_time(bare))
    connection.close()
    return statistics.median(through), statistics.median(direct)


def _time(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _shop(path: Path, size: int) -> Clockwork:
    storage = open_storage(f"sqlite:///{path}")
    upgrade(storage)
    clock = HandClock(START)
    shop = Shop(storage, actor=actors.console(), clock=clock)
    opening.open_shop(shop, opening.NewShop("bench", "owner", "owner", "a long password"))
    clockwork(shop)
    _fill(storage, size)
    clock.pass_time(timedelta(minutes=1))
    work = Clockwork(shop, trust=Believing(), lease_seconds=3_600)
    while work.look().fired:  # the members whose points expire, the first day's checks
        pass
    with storage.write.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return work


def _fill(storage: Storage, size: int) -> None:
    values = {
        "size": size, "lots": LOTS, "open": OPEN_ORDERS, "members": MEMBERS, "now": f"{START:%Y-%m-%d %H:%M:%S}.000000",
        "span": int(YEARS_BACK.total_seconds()), "later": f"{START + timedelta(days=1):%Y-%m-%d %H:%M:%S}.000000",
    }  # fmt: skip
    members = [_member(i) for i in range(MEMBERS)]
    goods = [{"id": i, "name": f"goods {i}", "pack": "", "created_at": START} for i in range(1, GOODS + 1)]
    skus = [{"id": i, "product_id": i, "code": f"G-{i}"} for i in range(1, GOODS + 1)]
    stock = [{"sku_id": i, "location_id": 1, "on_hand_milli": 90_000} for i in range(1, GOODS + 1)]
    with storage.write.begin() as connection:
        for table, rows in ((Member, members), (Product, goods), (Sku, skus), (Stock, stock)):
            connection.execute(insert(table), rows)
        for statement in (ORDERS, EVENTS, WATCHES, POINTS):
            connection.exec_driver_sql(statement, values)


def _member(i: int) -> dict[str, Any]:
    return {
        "code": f"M-{i:06d}", "phone": f"139{i:08d}", "phone_tail": f"{i % 10_000:04d}", "name": f"客{i}",
        "tier_key": "ordinary", "created_at": START, "points": 100_000,
    }  # fmt: skip
