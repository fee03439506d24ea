"""What every test may ask for; the fixtures themselves stand in tests/helpers, by topic."""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

SCREEN = Path(__file__).parent / "helpers" / "offscreen.json"
if sys.platform.startswith(
    "linux"
):  # before the first import of Qt: without a display it would end the whole process
    os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={SCREEN}")

gc.disable()  # as in the program: widgets die on the GUI thread only; tests/helpers/surroundings.py collects

pytest_plugins = [
    "tests.helpers.surroundings",
    "tests.helpers.logs",
    "tests.helpers.databases",
    "tests.helpers.sample",
    "tests.helpers.browser",
    "tests.helpers.counter",
    "tests.helpers.desk",
    "tests.helpers.fresh",
    "tests.helpers.carrier_office",
    "tests.helpers.rate_office",
    "tests.helpers.till_printer",
    "tests.simulators.fixture",
]

PATIENCE_MS = 30_000  # with a loaded machine; not a measure of speed


def _wait_until(bot: QtBot, condition: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
    """Wait, then deliver what Qt has queued by then: a row just added to a layout is shown by its next event."""
    _wait(bot, condition, timeout=timeout)
    QCoreApplication.processEvents()


_wait = QtBot.waitUntil
QtBot.waitUntil = _wait_until  # type: ignore[assignment, method-assign]

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")
