"""Answers come back on the GUI thread, or not at all; refusals are said, bugs are reported without values."""

import logging
import threading

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.basics.errors import ShopError
from desktop.views.common import say
from desktop.views.common.background import Background
from desktop.views.common.buttons import Button
from desktop.views.common.refresh import News, stale_when
from tests.helpers.logs import Logs
from tests.views.common.conftest import ListDoor, break_down, count, refuse, rename


def test_an_answer_arrives_on_the_gui_thread(qtbot: QtBot, background: Background) -> None:
    """The question runs elsewhere, its callback here."""
    seen: list[tuple[int, bool]] = []
    here = threading.get_ident()
    elsewhere: list[bool] = []

    def question(door: ListDoor) -> int:
        elsewhere.append(threading.get_ident() != here)
        return count(door)

    background.ask(question).then(lambda n: seen.append((n, threading.get_ident() == here)))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(1000, True)]
    assert elsewhere == [True]


def test_actions_keep_the_order_of_the_clicks(qtbot: QtBot, background: Background, door: ListDoor) -> None:
    """The write lane is one wide."""
    done: list[int] = []
    for number in range(30):
        background.do(lambda d, n=number: n).then(done.append)
    qtbot.waitUntil(lambda: len(done) == 30)
    assert done == list(range(30))


def test_answers_for_gone_or_closed_owners_are_dropped(qtbot: QtBot, background: Background) -> None:
    """A deleted widget and a closed dialog hear nothing; a living one does."""
    gate = threading.Event()
    heard: list[str] = []
    gone, closed, alive = QWidget(), QWidget(), QWidget()
    qtbot.addWidget(closed)
    qtbot.addWidget(alive)
    for name, owner in (("gone", gone), ("closed", closed), ("alive", alive)):
        background.of(owner).ask(lambda d: gate.wait(5)).then(lambda _r, n=name: heard.append(n)).always(
            lambda n=name: heard.append(n + " end")
        )
    closed.closed = True  # type: ignore[attr-defined]
    import shiboken6

    shiboken6.delete(gone)
    gate.set()
    qtbot.waitUntil(lambda: background.running == 0)
    assert heard == ["alive", "alive end"]


def test_a_refusal_goes_to_its_taker_or_to_a_toast(qtbot: QtBot, background: Background) -> None:
    """`otherwise` takes it; without one it is said in a toast of the owner's window."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    taken: list[ShopError] = []
    background.of(window).do(refuse).otherwise(taken.append)
    qtbot.waitUntil(lambda: len(taken) == 1)
    background.refused.connect(say.error)
    with qtbot.waitSignal(background.refused):
        background.of(window).do(refuse)
    from desktop.views.common.toast import host_of

    assert len(host_of(window).toasts) == 1


def test_a_bug_is_reported_without_its_values(
    qtbot: QtBot, background: Background, caplog: pytest.LogCaptureFixture, logs: Logs
) -> None:
    """The crash window names file and line; neither it nor the log repeats the private value."""
    logs.allow("break_down failed")
    taken: list[object] = []
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(background.bug) as bug:
        background.do(break_down).otherwise(taken.append)
    assert taken == []
    assert "break_down" in caplog.text
    assert "13800006621" not in caplog.text
    details = say.details_of(bug.args[0])
    assert "ValueError" in details
    assert "13800006621" not in details


def test_a_busy_button_ignores_clicks_until_the_end(qtbot: QtBot, background: Background) -> None:
    """A second click does nothing while the first one's work goes on."""
    gate = threading.Event()
    clicks: list[int] = []
    button = Button("Ship")
    qtbot.addWidget(button)
    button.clicked.connect(lambda: clicks.append(1))
    background.of(button).do(lambda d: gate.wait(5)).busy(button)
    button.click()
    assert clicks == []
    gate.set()
    qtbot.waitUntil(lambda: not button.is_busy)
    button.click()
    assert clicks == [1]


def test_only_the_latest_answer_of_a_key_counts(qtbot: QtBot, background: Background) -> None:
    """Search while typing shows the last word's result only."""
    owner = QWidget()
    qtbot.addWidget(owner)
    scope, heard = background.of(owner), []
    for word in ("m", "mi", "milk"):
        scope.ask_latest("search", lambda d, w=word: w).then(heard.append)
    qtbot.waitUntil(lambda: background.running == 0 and bool(heard))
    assert heard == ["milk"]


def test_shutdown_waits_for_writes(app: object) -> None:
    """What was clicked is written before the program ends."""
    door = ListDoor(5)
    lanes = Background(door)
    started = threading.Event()

    def slow(d: ListDoor) -> None:
        started.wait(5)
        rename(d, 3, "late")

    lanes.do(slow)
    started.set()
    assert lanes.shutdown()
    assert door.rows[2].name == "late"


class Radio:
    """A source of news for the test."""

    def __init__(self) -> None:
        self.tell = lambda changes: None

    def listen(self, callback: object) -> object:
        """Remember who listens."""
        self.tell = callback  # type: ignore[assignment]
        return lambda: None


class Changed:
    """News of some rows."""

    def __init__(self, **touched: set[int]) -> None:
        self.touched = {table: frozenset(ids) for table, ids in touched.items()}


def test_news_fold_and_wait_while_hidden_or_edited(qtbot: QtBot, app: object) -> None:
    """A burst is one refresh; hidden or edited widgets refresh when they are seen and free again."""
    radio, editing = Radio(), [False]
    news = News(radio.listen)
    widget = QWidget()
    qtbot.addWidget(widget)
    heard: list[dict[str, frozenset[int]]] = []
    stale = stale_when(widget, news, {"order"}, heard.append, lambda: editing[0])
    threads = [
        threading.Thread(target=lambda n=n: radio.tell(Changed(order={n}, member={9}))) for n in range(5)
    ]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: stale.is_stale)
    qtbot.waitUntil(lambda: len(stale._touched["order"]) == 5)
    assert heard == []
    widget.show()
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert heard == [{"order": frozenset(range(5))}]
    editing[0] = True
    radio.tell(Changed(order={7}))
    qtbot.waitUntil(lambda: stale.is_stale)
    stale.settle()
    assert len(heard) == 1
    editing[0] = False
    qtbot.waitUntil(lambda: len(heard) == 2)
    radio.tell(Changed(member={1}))
    app.processEvents()  # type: ignore[attr-defined]
    assert not stale.is_stale
