"""The database files this program has open, which nothing else in it may open.

On Linux and macOS closing a second handle of a file gives up every lock this program has on it (fcntl(2)): another
program could then write into the same pages.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_

SIDE_FILES = ("-wal", "-shm", "-journal")
_open: Counter[Path] = Counter()


def hold(file: Path) -> None:
    """This database is open now; once more for each time it was opened."""
    _open[file.resolve()] += 1


def let_go(file: Path) -> None:
    """It was closed once."""
    _open[file.resolve()] = max(0, _open[file.resolve()] - 1)


def is_ours(file: Path) -> bool:
    """Whether this program has the file open as a database, or it lies beside one that is."""
    found = file.resolve()
    sides = [found.with_name(found.name.removesuffix(end)) for end in SIDE_FILES if found.name.endswith(end)]
    return any(_open[path] > 0 for path in (found, *sides))


def refuse_ours(file: Path) -> None:
    """Raise `Malformed` for the shop's own database, before anything opens it."""
    if is_ours(file):
        raise Malformed(N_("{file} is the shop itself. Choose another file."), file=file.name)
