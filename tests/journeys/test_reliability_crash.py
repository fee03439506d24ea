"""A till is killed at any moment: what it acknowledged is there, nothing is there in part, a retry is harmless."""

from __future__ import annotations

import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from desktop.basics.clock import SystemClock
from desktop.basics.errors import ShopError
from desktop.basics.ids import new_key
from desktop.services.members import adjust_points
from desktop.services.settlement import TenderIn, settle
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.books import check_books, half_orders, lost, orders_by_key
from tests.helpers.goods import Stocked, open_stocked
from tests.helpers.sales import sell
from tests.helpers.tills import (
    CONTEXT,
    PATIENCE,
    acknowledge_too_early,
    enter,
    ids_of,
    leave,
    read_diary,
    sell_until_killed,
    start,
)

LATEST_KILL = 0.06  # seconds after the till has begun to settle


def open_rich(url: str) -> Stocked:
    """A shop with goods and points for many sales; only its ids come back, nothing stays open."""
    shop = Shop(open_storage(url), actor=actors.console(), clock=SystemClock())
    stocked = open_stocked(shop)
    shop.do(receive_stock, [ReceivedLine(sku, 100_000_000) for sku in stocked.skus], client_key=new_key())
    shop.do(adjust_points, stocked.member_id, 1_000_000, "开业", client_key=new_key())
    leave(stocked)
    return ids_of(stocked)


def kill_one(url: str, ids: Stocked, path: Path, moment: float) -> None:
    """Let a till sell, and kill it (SIGKILL) that many seconds after it began to settle."""
    selling = CONTEXT.Event()
    till = start(sell_until_killed, url, ids, path, selling)
    assert selling.wait(PATIENCE)
    till.join(moment)
    till.kill()
    till.join(PATIENCE)
    assert till.exitcode == -9


def settle_again(stocked: Stocked, tries: list[Any], told: dict[str, Any]) -> None:
    """The till comes back and repeats what it asked for last: the same answer, or the sale made only now."""
    for key, version, due in tries:
        again = stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
        assert asdict(again) == told.get(key, asdict(again))
        assert stocked.cashier.do(settle, key, [TenderIn("cash", due)], version) == again


def after_a_crash(url: str, ids: Stocked, path: Path) -> bool:
    """Check everything promised; returns whether the kill came between a request and its acknowledgement."""
    stocked, diary = enter(url, ids), read_diary(path)
    told = {line[1]: line[2] for line in diary if line[0] == "done"}
    tries = [tuple(line[1:]) for line in diary if line[0] == "try"]
    with stocked.shop.storage.read.connect() as connection:
        assert lost(connection, diary) == []
        orders = orders_by_key(connection)
        count = int(connection.execute(text("SELECT count(*) FROM sale_order")).scalar_one())
    assert count == len(orders)
    assert set(told) <= set(orders) <= {key for key, _version, _due in tries}
    check_books(stocked.shop)
    settle_again(stocked, tries[-2:], told)
    check_books(stocked.shop)
    leave(stocked)
    return bool(tries) and tries[-1][0] not in told


def crash_often(url: str, folder: Path, times: int) -> int:
    """Kill that many tills, each at another moment; how many were killed in the middle of a sale."""
    ids, moments = open_rich(url), random.Random(7)
    middle = 0
    for number in range(times):
        path = folder / f"diary-{number}"
        before = read_all(folder)
        kill_one(url, ids, path, moments.uniform(0, LATEST_KILL))
        path.write_text(before + path.read_text())
        middle += after_a_crash(url, ids, path)
    return middle


def read_all(folder: Path) -> str:
    """What earlier tills wrote down: it must still be true."""
    diaries = sorted(folder.glob("diary-*"), key=lambda p: int(p.name.split("-")[1]))
    return diaries[-1].read_text() if diaries else ""


@pytest.mark.req("O4", "C10", "I1")
def test_killed_25_times_a_file_keeps_every_receipt_and_no_half_order(
    sqlite_url: str, tmp_path: Path
) -> None:
    assert crash_often(sqlite_url, tmp_path, 25) > 0


@pytest.mark.req("O4", "C10", "I1")
def test_killed_8_times_a_server_keeps_every_receipt_and_no_half_order(
    postgres_url: str, tmp_path: Path
) -> None:
    assert crash_often(postgres_url, tmp_path, 8) > 0


def test_control_a_receipt_given_before_the_commit_is_lost(shop_url: str, tmp_path: Path) -> None:
    ids, path, told = open_rich(shop_url), tmp_path / "diary", CONTEXT.Event()
    till = start(acknowledge_too_early, shop_url, ids, path, told)
    assert told.wait(PATIENCE)
    till.kill()
    till.join(PATIENCE)
    stocked = enter(shop_url, ids)
    with stocked.shop.storage.read.connect() as connection:
        assert len(lost(connection, read_diary(path))) == 1
    check_books(stocked.shop)
    leave(stocked)


@pytest.mark.parametrize(
    "table, change",
    [
        ("order_line", "DELETE FROM order_line"),
        ("daily_total", "UPDATE daily_total SET orders = orders + 1"),
        ("idempotency", "DELETE FROM idempotency"),
        ("checkout", "UPDATE checkout SET state = 'open'"),
    ],
)
def test_control_a_half_order_is_seen(sqlite_url: str, table: str, change: str) -> None:
    stocked = enter(sqlite_url, open_rich(sqlite_url))
    sell(stocked, stocked.demo_cart(), points=500)
    with stocked.shop.storage.write.begin() as connection:
        assert half_orders(connection) == []
        connection.execute(text(change))
        assert half_orders(connection) != [], table
        connection.rollback()
    with pytest.raises(ShopError):
        stocked.cashier.do(settle, "no such sale", [TenderIn("cash", 1)], 1)
    leave(stocked)
