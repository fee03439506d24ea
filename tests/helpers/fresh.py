"""Screens that follow another program's changes, each beside a deaf twin that must not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop.shop.shop import Shop
    from desktop.views.common.context import Context
    from tests.helpers.screens import Surroundings

HIGH = 520  # px: lists are longer than that


@pytest.fixture
def elsewhere(sample: Shop, sample_url: str) -> Iterator[Shop]:
    """Another program on the database of the sample shop."""
    from desktop.shop import actors
    from desktop.shop.shop import Shop
    from desktop.storage.engine import open_storage

    made = Shop(open_storage(sample_url), actor=actors.console(), clock=sample.clock)
    yield made
    made.news.close()
    made.storage.close()


@pytest.fixture
def following(qapp: QApplication, sample: Shop, tmp_path: Path) -> Iterator[Surroundings]:
    """The surroundings of screens that hear what other programs change."""
    from tests.helpers.screens import surroundings

    with surroundings(qapp, sample, tmp_path) as made:
        sample.news.follow()
        yield made
        sample.news.close()


def deaf(context: Context) -> Context:
    """The same surroundings, to which no news comes."""
    from desktop.views.common.refresh import News

    return replace(context, news=News(lambda _listener: lambda: None))


class Pair:
    """A screen and its deaf twin."""

    def __init__(self, qtbot: QtBot, around: Surroundings, make: Callable[[Context], Any]) -> None:
        self.qtbot, self._background = qtbot, around.context.background
        self.twin, self.screen = make(deaf(around.context)), make(around.context)
        for made in (self.twin, self.screen):
            qtbot.addWidget(made)
            around.window(made, 1_400, HIGH)
            if hasattr(made, "load"):
                made.load()
        self.screen.activateWindow()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way, twice: answers may ask again."""
        for _again in range(2):
            self.qtbot.waitUntil(lambda: self._background.running == 0)

    def changes(self, shown: Callable[[Any], Any], change: Callable[[], object]) -> None:
        """The screen shows something else after the change; its twin does not."""
        before = shown(self.screen)
        assert shown(self.twin) == before
        change()
        self.qtbot.waitUntil(lambda: shown(self.screen) != before)
        self.settle()
        assert shown(self.twin) == before
