"""The tour's hands and eyes: waits for what should happen, presses, types, and keeps pictures."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QEventLoop, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QPixmap, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from desktop.views.common.background import Background, place
from desktop.views.common.chart import Chart, loading
from desktop.views.common.paint import painting

SECONDS = 30.0
SETTLE_MS = 60


def pause(ms: int) -> None:
    """Let the program run for a moment; unlike Qt’s own wait for tests this lets its threads run, too."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


class Missed(Exception):
    """Something that should have happened did not."""


class _Listener(logging.Handler):
    def __init__(self, missed: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._missed = missed

    def emit(self, record: logging.LogRecord) -> None:
        self._missed.append(f"{record.name}: {record.getMessage()}")


class Album:
    """Numbered pictures, and the steps that did not happen."""

    def __init__(self, folder: Path, application: QApplication) -> None:
        self.folder, self.application = folder, application
        self.taken: list[str] = []
        self.missed: list[str] = []
        self.scale = 1.0
        self.series = ""
        self._listener = _Listener(self.missed)
        logging.getLogger().addHandler(self._listener)
        self._hook, sys.excepthook = sys.excepthook, self._unexpected

    def close(self) -> None:
        """Give the program its own ears back."""
        logging.getLogger().removeHandler(self._listener)
        sys.excepthook = self._hook

    def _unexpected(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self.missed.append(f"{kind.__name__} at {place(error)}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One thing to happen; when it does not, that is noted and the tour goes on."""
        try:
            yield
        except Missed as missed:
            self.missed.append(f"{name}: {missed}")
        except Exception as error:  # a bug in a screen must not end the walk before the others were seen
            self.missed.append(f"{name}: {type(error).__name__} {error} at {place(error)}")

    # Waiting

    def until(self, condition: Callable[[], Any], what: str, seconds: float = SECONDS) -> None:
        """Let the program run until this holds. Raises `Missed`."""
        ends = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > ends:
                raise Missed(what)
            pause(10)

    def quiet(self, background: Background | None) -> None:
        """Let the program run until nothing is under way, charts are drawn, and the screen stands."""
        if any(isinstance(widget, Chart) and widget.isVisible() for widget in self.application.allWidgets()):
            self.until(lambda: loading().done, "the charts did not load")
        for _round in range(3):
            self.until(lambda: background is None or background.running == 0, "still busy")
            pause(SETTLE_MS)

    def ask(self, background: Background, question: Any, *args: Any) -> Any:
        """Ask the shop a question and wait for the answer."""
        answers: list[Any] = []
        task = background.ask(question, *args)
        task.then(answers.append).otherwise(answers.append)
        self.until(lambda: answers, f"no answer to {question.name}")
        if isinstance(answers[0], Exception):
            raise Missed(str(answers[0]))
        return answers[0]

    # Doing

    def press(self, button: QWidget) -> None:
        """Click in the middle of a widget, as a finger or a mouse does."""
        if not button.isVisible() or not button.isEnabled():
            raise Missed(f"“{button.accessibleName()}” can't be pressed")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())

    def find(self, parent: QWidget, words: str) -> QAbstractButton:
        """The visible button with these words. Raises `Missed`."""
        for button in parent.findChildren(QAbstractButton):
            if button.text() == words and button.isVisible():
                return button
        raise Missed(f"there is no button “{words}”")

    def write(self, field: QLineEdit, text: str) -> None:
        """Type into a field; what no key has comes as from an input method."""
        field.setFocus()
        if text.isascii():
            QTest.keyClicks(field, text)
        else:
            field.insert(text)

    # Pictures

    def picture(self, name: str, window: QWidget) -> None:
        """Keep the window as it stands, with what floats over it."""
        pause(SETTLE_MS)
        size, scale = window.size(), self.scale
        image = QPixmap(QSize(round(size.width() * scale), round(size.height() * scale)))
        image.setDevicePixelRatio(scale)
        window.render(image, QPoint(0, 0))
        sheet = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if sheet is not None and sheet is not window and sheet.isVisible():
            corner = sheet.mapToGlobal(QPoint(0, 0)) - window.mapToGlobal(QPoint(0, 0))
            over = _rendered(sheet, scale)
            with painting(image) as painter:
                painter.drawPixmap(QPointF(corner), over)
        folder = self.folder / self.series if self.series else self.folder
        folder.mkdir(parents=True, exist_ok=True)
        number = 1 + sum(
            1 for taken in self.taken if (Path(taken).parent.name if self.series else "") == self.series
        )
        path = folder / f"{number:02d}_{name}.png"
        if not image.save(str(path)):
            raise Missed(f"{path} can't be written")
        self.taken.append(str(path.relative_to(self.folder)))


def _rendered(widget: QWidget, scale: float) -> QPixmap:
    image = QPixmap(QSize(round(widget.width() * scale), round(widget.height() * scale)))
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    widget.render(image, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)
    return image
