"""From starting the process to the first painted window, as a ratio to a bare PySide6 window in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure

ROUNDS = 7
ROOT = Path(__file__).resolve().parents[2]
SCREEN = ROOT / "tests" / "helpers" / "offscreen.json"

BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        print(time.monotonic(), flush=True)
        QApplication.quit()
application = QApplication(sys.argv)
window = Window()
window.resize(1440, 900)
window.show()
application.exec()
"""

OURS = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject
import desktop.app as app
from desktop.__main__ import main
class Watch(QObject):
    def __init__(self):
        super().__init__()
        self.seen = set()
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            name = type(watched).__name__
            if name in ("OpeningPage", "SignInPage", "FirstRunPage") and name not in self.seen:
                self.seen.add(name)
                print(time.monotonic(), flush=True)
                if name != "OpeningPage":
                    os._exit(0)
        return False
make = app.make_application
def watched():
    made = make()
    app.watch = Watch()
    made.installEventFilter(app.watch)
    return made
app.make_application = watched
sys.exit(main(["--database", sys.argv[1]]))
"""


def measure(rounds: int = ROUNDS) -> list[Figure]:
    """The ratios of medians: first paint, and the page one can type into."""
    with tempfile.TemporaryDirectory(prefix="zhanggui-start-") as folder:
        address = f"sqlite:///{Path(folder) / 'shop.db'}"
        _make_shop(address, folder)
        bare, first, usable = [], [], []
        for _round in range(rounds + 1):  # the first one warms the disk cache
            bare.append(_run(BARE, folder)[0])
            marks = _run(OURS, folder, address)
            first.append(marks[0])
            usable.append(marks[1])
    base = statistics.median(bare[1:])
    window, page = statistics.median(first[1:]), statistics.median(usable[1:])
    return [
        Figure("start to first painted window ÷ a bare PySide6 window", window / base, "×", 4.0),
        Figure("start to a page one can type into ÷ a bare PySide6 window", page / base, "×"),
        Figure("start to first painted window", window * 1000, "ms"),
    ]


def _environment(folder: str) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return env | {"QT_QPA_PLATFORM": f"offscreen:configfile={SCREEN}", "ZHANGGUI_HOME": folder}


def _make_shop(address: str, folder: str) -> None:
    command = [sys.executable, "-m", "desktop", "init", "--name", "Shop", "--owner", "Wang", "--user", "wang"]
    command += ["--password-stdin", "--database", address]
    subprocess.run(
        command, input=b"long-enough\n", cwd=ROOT, env=_environment(folder), check=True, capture_output=True
    )


def _run(program: str, folder: str, *arguments: str) -> list[float]:
    began = time.monotonic()
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(folder), capture_output=True, text=True, timeout=60, check=False
    )
    marks = [float(line) - began for line in done.stdout.split()]
    if not marks:
        raise RuntimeError(f"nothing was painted: {done.stderr[-500:]}")
    return marks
