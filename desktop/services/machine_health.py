"""What this machine brings along: room on the disk, a keyring, and which versions run."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from desktop import __version__
from desktop.basics.paths import data_folder
from desktop.gateways.keyring_state import keeper
from desktop.shop.shop import Shop

ROOM_NEEDED = 1 << 30  # bytes: a year of a busy shop, its write-ahead log and a backup


@dataclass(frozen=True, slots=True)
class MachineHealth:
    """Free and whole size of the disk in bytes, the keyring's name ("" for none), versions."""

    folder: str
    free: int
    size: int
    keyring: str
    program: str
    python: str
    qt: str

    @property
    def roomy(self) -> bool:
        """Whether the disk will do for long."""
        return self.free >= ROOM_NEEDED


def machine_health(shop: Shop) -> MachineHealth:
    """Look at the disk the shop's file lies on, or at this machine's own when the shop lives elsewhere."""
    file = shop.storage.url.database if shop.storage.is_sqlite else None
    folder = Path(file).resolve().parent if file else data_folder()
    usage = shutil.disk_usage(folder)
    return MachineHealth(
        folder=str(folder),
        free=usage.free,
        size=usage.total,
        keyring=keeper(),
        program=__version__,
        python=platform.python_version(),
        qt=metadata.version("PySide6-Essentials"),
    )
