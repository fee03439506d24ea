"""What every test may ask for; the fixtures themselves stand in tests/helpers, by topic."""

import os
import sys
from pathlib import Path

from hypothesis import settings
from pytestqt.qtbot import QtBot

SCREEN = Path(__file__).parent / "helpers" / "offscreen.json"
if sys.platform.startswith(
    "linux"
):  # before the first import of Qt: without a display it would end the whole process
    os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={SCREEN}")

import desktop.views.common.plot  # noqa: E402, F401 - here, not on a thread while another test's window is drawn

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
]

QtBot.waitUntil.__kwdefaults__["timeout"] = (
    30_000  # ms; patience with a loaded machine, not a measure of speed
)

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")
