"""A label above a field, help under it, and the error that replaces the help."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from desktop.views.common import icons
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.inputs import mark_bad
from desktop.views.common.labels import Label
from desktop.views.common.paint import painting
from desktop.views.common.theme import theme


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(16), theme.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            icons.draw(painter, QRectF(self.rect()), "error-warning-fill", "danger", theme.px(13))


class ErrorLine(QWidget):
    """A red sentence with its icon; hidden while empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = hbox(self, gap=5)
        row.addWidget(_Dot())
        self.label = Label("", "cap", "danger_fg", wrap=True)
        row.addWidget(self.label, 1)
        self.setVisible(False)

    def say(self, sentence: str) -> None:
        """Show a sentence, or hide when empty."""
        self.label.setText(sentence)
        self.setVisible(bool(sentence))
        self.setAccessibleName(sentence)


class Field(QWidget):
    """An input with its label, help and error; the error appears on leaving and clears while typing."""

    def __init__(
        self, label: str, control: QWidget, help_text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.control = control
        column = vbox(self, gap=4)
        self.label = Label(label, "small_m", "text2")
        self.label.setBuddy(control)
        self.help = Label(help_text, "cap", "text3", wrap=True)
        self.help.setVisible(bool(help_text))
        self._error = ErrorLine()
        self._refused: str | None = (
            None  # the text an error was said about: leaving it as it is keeps the error
        )
        if label:
            column.addWidget(self.label)
        for part in (control, self.help, self._error):
            column.addWidget(part)
        control.setAccessibleName(label or control.accessibleName())
        control.setAccessibleDescription(help_text)
        if isinstance(control, QLineEdit):
            control.editingFinished.connect(self._left)
            control.textEdited.connect(self._typing)
        elif isinstance(control, QPlainTextEdit):
            control.textChanged.connect(self._typing)

    def error(self, sentence: str) -> None:
        """Show an error under the field, or clear it."""
        self._error.say(sentence)
        self._refused = self.control.text() if sentence and isinstance(self.control, QLineEdit) else None
        self.help.setVisible(bool(self.help.text()) and not sentence)
        mark_bad(self.control, bool(sentence))

    def check(self) -> bool:
        """Ask the input what is wrong, show it, and return whether all is well."""
        problem = getattr(self.control, "problem", None)
        sentence = problem() if problem is not None else ""
        self.error(sentence)
        return not sentence

    def _left(self) -> None:
        if isinstance(self.control, QLineEdit) and self.control.text() not in ("", self._refused):
            self.check()

    def _typing(self) -> None:
        if self._error.isVisibleTo(self):
            self.error("")


def check_all(fields: Sequence[Field]) -> bool:
    """Check every field, put the keyboard into the first wrong one, and return whether all is well."""
    wrong = [field for field in fields if field.isEnabled() and not field.check()]
    if wrong:
        wrong[0].control.setFocus()
    return not wrong
