"""200 processes killed while they talk to payment providers over HTTP. Takes minutes."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from tests.bench.figures import Figure
from tests.helpers.databases import MORNING, migrate
from tests.helpers.pay_kill import (
    PayingTill,
    come_to_rest,
    compare,
    enter,
    fill,
    kill_again_and_again,
    shared_clock,
)
from tests.simulators.control import ROOM
from tests.simulators.fixture import open_pay_office

KILLS = 200


def measure() -> list[Figure]:
    """Kill, come to rest, and hold the providers' ledger against the books."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'shop.db'}"
        migrate(url)
        clock = shared_clock(MORNING)
        ids = fill(url, clock)
        with open_pay_office(clock) as office:
            kill_again_and_again(url, ids, clock, office, KILLS, random.Random(5))
            office.clear()
            stocked = enter(url, ids, clock)
            till = PayingTill(stocked, clock, office.account(), office.base + ROOM)
            come_to_rest(till)
            found, struck = compare(stocked, office), len(office.faults.struck)
            till.close()
    return [
        Figure("payments: processes killed", KILLS, "kills", None),
        Figure("payments: attempts they began", found.numbers, "attempts", None),
        Figure("payments: attempts that paid a sale", found.paid, "attempts", None),
        Figure("payments: faults the providers answered with", struck, "faults", None),
        Figure(
            "payments: attempts whose money is lost", len(found.lost) + len(found.strangers), "attempts", 0
        ),
        Figure("payments: sales paid twice", len(found.doubled), "sales", 0),
    ]
