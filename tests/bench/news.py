"""From a commit in one program to its news in another on the same database."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

from desktop.basics.ids import new_key
from desktop.services.checkout import save_checkout
from desktop.shop import actors
from desktop.shop.changes import Changes
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure
from tests.helpers.goods import open_stocked
from tests.helpers.postgres import Cluster, find_server

ROUNDS = 6


def measure() -> list[Figure]:
    """The longest of a few waits; each starts at another moment of the other program's second."""
    with tempfile.TemporaryDirectory() as folder:
        waits = {"SQLite": _waits(f"sqlite:///{Path(folder) / 'shop.db'}")}
    programs = find_server()
    if programs is not None:
        cluster = Cluster(programs)
        try:
            waits["PostgreSQL"] = _waits(cluster.create("bench_news"))
        finally:
            cluster.stop()
    name = "another program's change is heard, longest ({kind})"
    return [Figure(name.format(kind=kind), max(w) * 1000, "ms", 3000.0) for kind, w in waits.items()]


def _waits(url: str) -> list[float]:
    storage, elsewhere = open_storage(url), open_storage(url)
    upgrade(storage)
    stocked = open_stocked(Shop(storage, actor=actors.console()))
    other, heard = Shop(elsewhere, actor=actors.console()), threading.Event()

    def listen(changes: Changes) -> None:
        if changes.touches("checkout"):
            heard.set()

    other.listen(listen)
    other.news.follow()
    waits = []
    for _ in range(ROUNDS):
        heard.clear()
        stocked.kiosk.do(save_checkout, new_key(), stocked.demo_cart())
        began = time.perf_counter()
        heard.wait(30)
        waits.append(time.perf_counter() - began)
    other.news.close()
    storage.close()
    elsewhere.close()
    return waits
