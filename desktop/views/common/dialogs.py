"""The sheet every dialog is built on, and the question before what cannot be undone."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Literal

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QLayout, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common.buttons import Button, danger, link, primary, secondary
from desktop.views.common.cards import IconTile, hbox, vbox
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.next_steps import Step, step_of
from desktop.views.common.paint import box, painting, soft_shadow
from desktop.views.common.sheet_room import lowest, most_height, roll
from desktop.views.common.theme import theme

SHADOW = 24


def tab_stops(layout: QLayout | None) -> Iterator[QWidget]:
    """Where Tab stops in a layout, in the order the eye reads; Qt's own order is that of making."""
    for place in range(layout.count() if layout is not None else 0):
        item = layout.itemAt(place) if layout is not None else None
        widget = item.widget() if item is not None else None
        if widget is None:
            yield from tab_stops(item.layout() if item is not None else None)
            continue
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget
        inner = widget.widget() if isinstance(widget, QScrollArea) else widget
        yield from tab_stops(inner.layout() if inner is not None else None)


class Scrim(QWidget):
    """Dims the window behind a sheet."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("scrim"))


class Sheet(QDialog):
    """A dialog: icon, title, text, body, error line, cancel and one verb.

    The verb emits `submitted` and leaves the sheet open; call `accept()` when the work succeeded.
    """

    submitted = Signal()

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        *,
        verb: str = "",
        text: str = "",
        icon: str = "",
        tone: Literal["primary", "danger"] = "primary",
        width: int = 420,
        cancel: bool = True,
    ) -> None:
        super().__init__(parent)
        self.closed = False
        self._scrim: Scrim | None = None
        self._grip: QPoint | None = None
        self.setWindowFlags(Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        column = vbox(self, margins=(SHADOW + 20, SHADOW + 18, SHADOW + 20, SHADOW + 16), gap=14)
        self._head(column, title, text, icon, tone)
        self.body = vbox(gap=12)
        self._rolled = False
        column.addLayout(self.body)
        self._troubles(column)
        self.primary: Button = danger(verb, solid=True) if tone == "danger" else primary(verb)
        self.primary.clicked.connect(self.submit)
        self.cancel = secondary(_("Cancel") if verb else _("Close"))
        self.cancel.clicked.connect(self.reject)
        for button, wanted in ((self.primary, verb), (self.cancel, cancel)):
            if not wanted:
                button.hide()
        self.row = hbox()
        self.row.addStretch(1)
        self.row.addWidget(self.cancel)
        self.row.addWidget(self.primary)
        column.addLayout(self.row)
        self.setFixedWidth(theme.px(width) + 2 * SHADOW)
        self._calm = tone == "danger"

    def _troubles(self, column: QVBoxLayout) -> None:
        """What went wrong, and the button of its next step; `steps` says what those are in this sheet."""
        self._error = ErrorLine()
        column.addWidget(self._error)
        self.steps: dict[str, Step] = {"retry": (_("Try again"), self.submit)}
        self._step = link("")
        self._step.hide()
        self._step.clicked.connect(self._take_step)
        self._go_on: Callable[[], object] | None = None
        column.addWidget(self._step, alignment=Qt.AlignmentFlag.AlignLeft)

    def _head(self, column: QVBoxLayout, title: str, text: str, icon: str, tone: str) -> None:
        row = hbox(gap=12)
        if icon:
            row.addWidget(IconTile(icon, tone, 36), alignment=Qt.AlignmentFlag.AlignTop)
        words = vbox(gap=2)
        self.title = Label(title, "h3" if icon else "h2", wrap=True)
        self.text = Label(text, "small", "text2", wrap=True)
        if not text:
            self.text.hide()
        words.addWidget(self.title)
        words.addWidget(self.text)
        row.addLayout(words, 1)
        column.addLayout(row)

    def add(self, *widgets: QWidget) -> None:
        """Put widgets under each other into the body."""
        for widget in widgets:
            self.body.addWidget(widget)

    def add_left(self, widget: QWidget) -> None:
        """Put a quiet action at the left of the buttons."""
        self.row.insertWidget(0, widget)

    def show_error(self, error: object) -> None:
        """Show what went wrong above the buttons, with its next step, and let the person try again."""
        self._error.say(str(error))
        self.primary.busy(False)
        found = step_of(error, self.steps)
        self._go_on = found[1] if found is not None else None
        self._step.relabel(found[0] if found is not None else "")
        self._step.setVisible(found is not None)
        self._fit()

    def _take_step(self) -> None:
        """Do what the error offers: in this sheet, or behind it, which closes then."""
        go = self._go_on
        if go is None:
            return
        inside = any(go is step for _label, step in self.steps.values())
        self._forget_error()
        if not inside:
            self.reject()
        go()

    def _forget_error(self) -> None:
        self._error.say("")
        self._step.hide()
        self._go_on = None

    def _fit(self) -> None:
        """Be as high as the wrapped sentences need at this width, and end where the screen does."""
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        most = most_height(self, SHADOW)
        if not self._rolled and layout.totalHeightForWidth(self.width()) > most:
            self._rolled = True
            roll(self, self.body)
            self.order_tabs()
        self.resize(self.width(), min(layout.totalHeightForWidth(self.width()), most))
        if self.isVisible():
            self.move(self.x(), min(self.y(), lowest(self, SHADOW) - self.height() + 1))

    def adjustSize(self) -> None:
        """Fit anew after parts came or went."""
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._scrim is not None and self.geometry().bottom() > lowest(self, SHADOW):
            QTimer.singleShot(0, self, self._fit)  # a line came: no button may lie below the screen

    def ready(self) -> bool:
        """Check before submitting; override to validate fields."""
        return True

    def submit(self) -> None:
        """Press the verb."""
        if not self.primary.isEnabled() or self.primary.is_busy:
            return
        self._forget_error()
        if self.ready():
            self.submitted.emit()

    # Window

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.closed = False
        parent = self.parentWidget()
        if parent is not None:
            window = parent.window()
            self._scrim = Scrim(window)
            self._fit()
            self._centre(window)
        self.order_tabs()
        if self._calm:
            self.cancel.setFocus()
        elif self.focusWidget() in (None, self.primary, self.cancel):
            self._first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def order_tabs(self) -> None:
        """Let Tab go through the fields, then the buttons; again when lines came or went."""
        stops = list(tab_stops(self.layout()))
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _first_field(self) -> QWidget:
        """Where typing begins: the first field that can be filled in, else the verb."""
        fields: list[QLineEdit | QPlainTextEdit] = [
            *self.findChildren(QLineEdit),
            *self.findChildren(QPlainTextEdit),
        ]
        open_ones = (field for field in fields if field.isVisible() and field.isEnabled())
        return next((field for field in open_ones if not field.isReadOnly()), self.primary)

    def _centre(self, window: QWidget) -> None:
        self.move(window.mapToGlobal(window.rect().center()) - self.rect().center())

    def done(self, result: int) -> None:
        """Close, whatever the outcome, and drop answers still under way."""
        self.closed = True
        if self._scrim is not None:
            self._scrim.hide()
            self._scrim.deleteLater()
            self._scrim = None
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.done(QDialog.DialogCode.Rejected)
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self._calm:
                self.submit()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
            soft_shadow(painter, area, 12, SHADOW - 6)
            box(painter, area, 12, theme.color("surface"), theme.color("border_strong"))


class Confirm(Sheet):
    """Asks before what cannot be undone; with `typed` the person must type that text first."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        *,
        verb: str,
        typed: str = "",
        icon: str = "delete-bin-line",
    ) -> None:
        super().__init__(parent, title, text=text, verb=verb, tone="danger", icon=icon)
        self._typed = typed
        if typed:
            self.add(Label(_("Type “{text}” to confirm").format(text=typed), "cap", "text2"))
            self.entry = TextInput()
            self.entry.textChanged.connect(self._compare)
            self.add(self.entry)
            self.primary.setEnabled(False)

    def _compare(self, text: str) -> None:
        self.primary.setEnabled(" ".join(text.split()) == self._typed)


def confirm(
    parent: QWidget,
    title: str,
    text: str,
    *,
    verb: str,
    yes: Callable[[], Any],
    typed: str = "",
    icon: str = "delete-bin-line",
) -> Confirm:
    """Ask, and call `yes` when the person presses the verb; returns at once."""
    sheet = Confirm(parent, title, text, verb=verb, typed=typed, icon=icon)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def agreed() -> None:
        sheet.accept()
        yes()

    sheet.submitted.connect(agreed)
    sheet.open()
    return sheet
