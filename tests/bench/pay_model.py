"""Every way a payment can go with one kill, three free calls of the provider: nothing lost, nothing doubled. Takes minutes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.figures import Figure
from tests.helpers.databases import migrate
from tests.helpers.pay_model import Street, explore, explore_naively


def measure() -> list[Figure]:
    """Count the paths, and those that end with money in the wrong place; the naive till beside it."""
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"sqlite:///{Path(folder) / 'shop.db'}")
        street = Street(Path(folder))
        found = explore(street.open(), street, free=3, kills=1)
        street.close()
    naive = explore_naively(free=3, kills=1)
    return [
        Figure("payments: paths with one kill and three free calls", found.runs, "paths", None),
        Figure("payments: paths that end paid", found.paid, "paths", None),
        Figure("payments: paths with money lost", found.lost, "paths", 0),
        Figure("payments: paths with money taken twice", found.doubled, "paths", 0),
        Figure(
            "naive control: paths with money lost or taken twice", naive.lost + naive.doubled, "paths", None
        ),
    ]
