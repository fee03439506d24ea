"""Fields for text, search, choices and dates; the number fields are in `number_inputs.py`."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.paint import draw_key_cap, draw_text, key_cap_width, painting, text_width
from desktop.views.common.theme import theme


def mark_bad(widget: QWidget, bad: bool) -> None:
    """Give a field the red edge of an error, or take it away."""
    if bool(widget.property("bad")) == bad:
        return
    widget.setProperty("bad", bad)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class TextInput(QLineEdit):
    """A line of text with an optional icon at left, and unit or key cap at right."""

    def __init__(
        self,
        text: str = "",
        *,
        hint: str = "",
        icon: str = "",
        unit: str = "",
        key: str = "",
        longest: int = 500,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.icon_name, self.unit, self.key, self.required = icon, unit, key, required
        self._hint = ""
        self._composing = False
        self.setPlaceholderText(hint)
        self.setMaxLength(longest)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._make_room()
        theme.changed.connect(self._make_room)

    def _make_room(self) -> None:
        self.setFont(theme.font("small"))
        left = theme.px(24) if self.icon_name else 0
        right = text_width("small", self.unit) + theme.px(6) if self.unit else 0
        right += key_cap_width(self.key) if self.key else 0
        self.setTextMargins(left, 0, round(right), 0)

    def setPlaceholderText(self, text: str) -> None:
        self._hint = text  # drawn by us: Qt's own sits lower than what is typed when it is Chinese
        self.update()

    def placeholderText(self) -> str:
        return self._hint

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def value(self) -> str:
        """Return the text without spaces around it."""
        return self.text().strip()

    def problem(self) -> str:
        """Return the sentence of what is wrong, or nothing."""
        return _("Fill this in") if self.required and not self.value() else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        hinted = bool(self._hint) and not self.text() and not self._composing
        if not (self.icon_name or self.unit or self.key or hinted):
            return
        with painting(self) as painter:
            area = QRectF(self.rect())
            color = theme.color("text3" if self.isEnabled() else "disabled")
            if hinted:
                margins = self.textMargins()
                words = area.adjusted(theme.px(11) + margins.left(), 0, -theme.px(9) - margins.right(), 0)
                draw_text(painter, words, self._hint, "small", color)
            if self.icon_name:
                spot = QRectF(theme.px(10), 0, theme.px(16), area.height())
                icons.draw(painter, spot, self.icon_name, color, theme.px(15))
            room = area.adjusted(0, 0, -theme.px(10), 0)
            if self.unit:
                draw_text(painter, room, self.unit, "small", color, "right")
            elif self.key and not self.text():
                width = key_cap_width(self.key)
                cap = QRectF(area.right() - width - theme.px(7), 0, width, area.height())
                draw_key_cap(
                    painter, cap, self.key, theme.color("sunken"), theme.color("border"), theme.color("text2")
                )


class SearchInput(TextInput):
    """A search field; `searched` follows typing after a short pause."""

    searched = Signal(str)

    def __init__(
        self, hint: str = "", *, key: str = "/", wait_ms: int = 120, parent: QWidget | None = None
    ) -> None:
        super().__init__(hint=hint, icon="search-line", key=key, longest=200, parent=parent)
        self.setAccessibleName(hint)
        self.leads_to: QWidget | None = None  # the list: Esc in the empty field and Down go there
        self._pause = QTimer(self, interval=wait_ms, singleShot=True)
        self._pause.timeout.connect(self._tell)
        self.textChanged.connect(self._typed)

    def _typed(self) -> None:
        self._pause.start()

    def _tell(self) -> None:
        self.searched.emit(self.value())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        if event.text() == "/" and not self.text() and self.leads_to is not None:
            return  # the key that leads here, pressed once more
        if self.leads_to is not None and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.leads_to.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pause.stop()
            self._tell()
        super().keyPressEvent(event)


class SecretInput(TextInput):
    """A password or PIN, never shown."""

    def __init__(self, *, hint: str = "", required: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(hint=hint, icon="lock-line", required=required, parent=parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)

    def value(self) -> str:
        """Return the secret exactly as typed."""
        return self.text()


class TextArea(QPlainTextEdit):
    """Several lines of plain text; Tab goes on to the next field."""

    def __init__(
        self,
        text: str = "",
        *,
        hint: str = "",
        lines: int = 3,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._lines, self.required = lines, required
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self._restyle()
        theme.changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme.font("small"))
        self.setFixedHeight(theme.line("small") * self._lines + theme.px(18))

    def value(self) -> str:
        """Return the text without spaces around it."""
        return self.toPlainText().strip()

    def problem(self) -> str:
        """Return the sentence of what is wrong, or nothing."""
        return _("Fill this in") if self.required and not self.value() else ""


class Select(QComboBox):
    """A choice of (value, label) pairs; `picked` tells the chosen value."""

    picked = Signal(object)

    def __init__(
        self, options: Sequence[tuple[Any, str]] = (), value: Any = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFont(theme.font("small"))
        self.set_options(options, value)
        self.activated.connect(self._activated)
        theme.changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme.font("small"))

    def set_options(self, options: Sequence[tuple[Any, str]], value: Any = None) -> None:
        """Replace the choices and keep the chosen value when it still exists."""
        kept = value if value is not None else self.value()
        self.clear()
        self._values = [option for option, _label in options]
        for _option, label in options:
            self.addItem(label)
        self.set_value(kept)

    def value(self) -> Any:
        """Return the chosen value, or None."""
        index = self.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    def set_value(self, value: Any) -> None:
        """Choose a value without telling."""
        self.setCurrentIndex(
            self._values.index(value) if value in self._values else (0 if self._values else -1)
        )

    def problem(self) -> str:
        """Return the sentence of what is wrong, or nothing."""
        return ""

    def _activated(self) -> None:
        self.picked.emit(self.value())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a wheel over a form must scroll the form, not change a value

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(72), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with painting(self) as painter:
            spot = QRectF(self.width() - theme.px(26), 0, theme.px(18), self.height())
            icons.draw(
                painter, spot, "arrow-down-s-line", "text2" if self.isEnabled() else "disabled", theme.px(15)
            )


class DateInput(QDateEdit):
    """A day of the shop, with a calendar."""

    def __init__(self, day: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCalendarPopup(True)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setFixedHeight(theme.px(34))
        self.setMinimumWidth(theme.px(136))
        self.set_day(day)

    def day(self) -> date:
        """Return the chosen day."""
        chosen = self.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    def set_day(self, day: date) -> None:
        """Show a day."""
        self.setDate(QDate(day.year, day.month, day.day))

    def problem(self) -> str:
        """Return the sentence of what is wrong, or nothing."""
        return ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(theme.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with painting(self) as painter:
            spot = QRectF(self.width() - theme.px(28), 0, theme.px(18), self.height())
            icons.draw(
                painter, spot, "calendar-line", "text2" if self.isEnabled() else "disabled", theme.px(16)
            )
