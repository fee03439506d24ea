"""Every way a payment can go: three free calls of the provider and one kill, two and two kills; nothing lost, nothing doubled.

Takes minutes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.figures import Figure
from tests.helpers.databases import migrate
from tests.helpers.pay_model import Street, explore_naively
from tests.helpers.pay_office import BEHAVIOURS, DEAF, LATE, OK
from tests.helpers.pay_states import States

FEW = (OK, DEAF, LATE)
SIZES = (("3 free calls, 1 kill", 3, 1, BEHAVIOURS), ("2 free calls in 3 ways, 2 kills", 2, 2, FEW))


def measure() -> list[Figure]:
    """Count the paths, and those that end with money in the wrong place; the naive till beside it."""
    figures = []
    for name, free, kills, among in SIZES:
        figures += _explored(name, free, kills, among)
    naive = explore_naively(free=3, kills=1)
    wrong = naive.lost + naive.doubled
    return [*figures, Figure("naive control: paths with money lost or taken twice", wrong, "paths", None)]


def _explored(name: str, free: int, kills: int, among: tuple[str, ...]) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"sqlite:///{Path(folder) / 'shop.db'}")
        street = Street(Path(folder))
        states = States(street.open(), street, among)
        found = states.explore(free=free, kills=kills)
        street.close()
    return [
        Figure(f"payments, {name}: paths", found.runs, "paths", None),
        Figure(f"payments, {name}: states they lead through", states.many, "states", None),
        Figure(f"payments, {name}: paths that end paid", found.paid, "paths", None),
        Figure(f"payments, {name}: paths with money lost", found.lost, "paths", 0),
        Figure(f"payments, {name}: paths with money taken twice", found.doubled, "paths", 0),
    ]
