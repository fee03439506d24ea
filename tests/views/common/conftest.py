"""A themed application and a stand-in question that pages over plain rows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, set_language
from desktop.views.common.background import Background
from desktop.views.common.theme import theme


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the light theme at 100 %."""
    theme.install(qapp)
    theme.use("light", 100, gains_red=False, reduce_motion=False)
    yield qapp
    theme.use("light", 100, gains_red=False)


@pytest.fixture
def english(app: QApplication) -> None:
    """Sentences in English."""
    set_language("en")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A shown window of 1000 × 700."""
    found = QWidget()
    qtbot.addWidget(found)
    found.resize(1000, 700)
    found.show()
    return found


@dataclass(frozen=True)
class Row:
    """A row of the stand-in list."""

    id: int
    name: str
    paid: int


@dataclass(frozen=True)
class Page:
    """A page of it."""

    rows: tuple[Row, ...]
    after: Any


class ListDoor:
    """Answers questions that are plain functions of the list; actions likewise."""

    def __init__(self, rows: int = 0) -> None:
        self.rows = [Row(n, f"row {n}", n * 100) for n in range(rows, 0, -1)]
        self.asked: list[Any] = []

    def ask(self, question: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer."""
        return question(self, *args, **kwargs)

    def do(self, action: Any, *args: Any, **kwargs: Any) -> Any:
        """Change."""
        return action(self, *args, **kwargs)


def page(door: ListDoor, after: int | None = None, size: int = 200) -> Page:
    """The rows with ids below `after`, newest first."""
    door.asked.append(after)
    rest = [row for row in door.rows if after is None or row.id < after]
    shown = tuple(rest[:size])
    return Page(shown, shown[-1].id if len(rest) > size else None)


def count(door: ListDoor) -> int:
    """How many rows there are."""
    return len(door.rows)


def refuse(door: ListDoor) -> None:
    """Say no."""
    raise ShopError(N_("Fill this in"))


def break_down(door: ListDoor) -> None:
    """Fail as a bug does, with something private in the message."""
    raise ValueError("13800006621")


def rename(door: ListDoor, row_id: int, name: str) -> int:
    """Change a row."""
    door.rows = [replace(row, name=name) if row.id == row_id else row for row in door.rows]
    return row_id


@pytest.fixture
def door() -> ListDoor:
    """A list of 1,000 rows."""
    return ListDoor(1000)


@pytest.fixture
def background(app: QApplication, door: ListDoor) -> Iterator[Background]:
    """Lanes over the list; ended afterwards."""
    lanes = Background(door)
    yield lanes
    assert lanes.shutdown()
