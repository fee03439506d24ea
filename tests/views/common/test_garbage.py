"""Widgets in cycles die on the GUI thread, whatever thread makes the objects that call for a collection."""

import gc
import subprocess
import sys
import threading
from weakref import ref

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.services.imports.reading import calm
from desktop.views.common.background import Background
from desktop.views.common.garbage import collect_due

HEAP = 200_000


class Cyclic(QWidget):
    """A widget only a search for cycles can find."""

    def __init__(self, died: list[int]) -> None:
        super().__init__()
        self.me = self
        self.timer = QTimer(self)
        self.timer.start(10_000)
        self.destroyed.connect(lambda: died.append(threading.get_ident()), Qt.ConnectionType.DirectConnection)


def work_hard() -> None:
    """Make more objects on another thread than any threshold bears."""

    def make() -> None:
        kept = [[n] for n in range(HEAP)]
        assert len(kept) == HEAP

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()


def test_a_thread_at_work_destroys_no_widget(qtbot: QtBot) -> None:
    gc.collect()
    died: list[int] = []
    Cyclic(died)
    work_hard()
    assert died == []
    while collect_due():
        pass
    gc.collect()
    assert died == [threading.get_ident()]


def test_control_python_alone_lets_it() -> None:
    """In a process of its own, since Qt may end it: a timer that died on another thread is still called here."""
    program = """
import gc, threading
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
assert gc.isenabled()
died = []
class Cyclic(QWidget): pass
widget = Cyclic()
widget.me = widget
widget.destroyed.connect(lambda: died.append(threading.get_ident()), Qt.ConnectionType.DirectConnection)
del widget
thread = threading.Thread(target=lambda: [[n] for n in range(200_000)]); thread.start(); thread.join()
assert died and died != [threading.get_ident()], died
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=90)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_program_collects_between_events() -> None:
    """In a process of its own: cycles go without anybody asking, and no other thread collects."""
    program = """
import gc, threading, time
from weakref import ref
from desktop.app import make_application
app = make_application()
assert not gc.isenabled()
class Ring: pass
rings = []
threads = set()
gc.callbacks.append(lambda phase, info: threads.add(threading.get_ident()))
from PySide6.QtCore import QTimer
def look():
    ring = Ring(); ring.me = ring
    rings.append(ref(ring))
    thread = threading.Thread(target=lambda: [[n] for n in range(100_000)]); thread.start(); thread.join()
    if any(ring() is None for ring in rings):
        app.quit()
timer = QTimer(); timer.timeout.connect(look); timer.start(20)
QTimer.singleShot(60_000, lambda: app.exit(1))
code = app.exec()
assert threads <= {threading.get_ident()}, threads
raise SystemExit(code)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=90)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_worker_holds_no_callback_when_its_answer_was_given(qtbot: QtBot, background: Background) -> None:
    """The last reference to what a callback holds is dropped here, not by the thread that still holds the task."""
    gate = threading.Event()
    widget = QWidget()
    seen = ref(widget)
    heard: list[QWidget] = []
    task = background.ask(lambda door: gate.wait(5))
    task.then(lambda _r, kept=widget: heard.append(kept)).always(lambda kept=widget: None)
    del widget
    assert seen() is not None
    gate.set()
    qtbot.waitUntil(lambda: background.running == 0)
    assert len(heard) == 1
    heard.clear()
    assert seen() is None
    assert task.finished


def test_an_import_leaves_the_window_s_collector_alone() -> None:
    before = gc.get_freeze_count()
    with calm():
        assert gc.get_freeze_count() == before
    gc.enable()
    try:
        with calm():
            assert gc.get_freeze_count() > before
    finally:
        gc.disable()
    assert gc.get_freeze_count() == 0
