"""From the member's confirmation arriving at the portal to the kiosk's listener knowing it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import httpx

from desktop.basics.ids import new_key
from desktop.portal.server import PortalServer
from desktop.services.checkout import offer_to_phone, save_checkout
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure
from tests.helpers.goods import PHONE, open_stocked
from tests.helpers.sales import Pocket

ROUNDS = 40


def measure() -> list[Figure]:
    """p95 of a change on the phone until the kiosk is told, through a real HTTP server."""
    with tempfile.TemporaryDirectory() as folder:
        storage = open_storage(f"sqlite:///{Path(folder) / 'shop.db'}")
        upgrade(storage)
        stocked, pocket = open_stocked(Shop(storage, actor=actors.console())), Pocket()
        server = PortalServer(stocked.shop, pocket, host="127.0.0.1")
        server.start()
        try:
            times = _follow(stocked.kiosk, stocked.demo_cart(), server, pocket)
        finally:
            server.stop()
            storage.close()
    return [
        Figure("phone confirms → kiosk knows, p95", sorted(times)[int(ROUNDS * 0.95)] * 1000, "ms", 300.0)
    ]


def _follow(kiosk: Shop, cart: list, server: PortalServer, pocket: Pocket) -> list[float]:  # type: ignore[type-arg]
    key, told = new_key(), [0.0]
    kiosk.do(save_checkout, key, cart)
    url = f"{server.address()}/s/{kiosk.do(offer_to_phone, key).token}"
    stop = kiosk.listen(lambda _changes: told.__setitem__(0, time.perf_counter()))
    times = []
    with httpx.Client(headers={"origin": str(server.address())}) as phone:
        phone.get(url)
        phone.post(f"{url}/take", json={})
        phone.post(f"{url}/code", json={"phone": PHONE})
        phone.post(f"{url}/sign-in", json={"code": pocket.code})
        for i in range(ROUNDS):
            began = time.perf_counter()
            phone.post(f"{url}/points", json={"points": 100 + i}).raise_for_status()
            times.append(told[0] - began)
    stop()
    return times
