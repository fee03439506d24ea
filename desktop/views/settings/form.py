"""What the settings pages are built of: rows, cards that scroll, and the bar that saves or takes back."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common import shortcuts
from desktop.views.common.buttons import plain, primary
from desktop.views.common.cards import Card, Divider, clear, hbox, vbox
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme

CONTROL_WIDTH = 230
PAGE_WIDTH = 860


class Row(QWidget):
    """A label with its help at left, the control at right."""

    def __init__(self, label: str, control: QWidget, help_text: str = "") -> None:
        super().__init__()
        row = hbox(self, margins=(0, 10, 0, 10), gap=16)
        words = vbox(gap=1)
        words.addWidget(Label(label, "small_b", wrap=True))
        if help_text:
            words.addWidget(Label(help_text, "cap", "text2", wrap=True))
        row.addLayout(words, 1)
        free = control.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Fixed
        if free and control.minimumWidth() != control.maximumWidth():
            control.setFixedWidth(theme.px(CONTROL_WIDTH))
        control.setAccessibleName(label)
        control.setAccessibleDescription(help_text)
        row.addWidget(control, alignment=Qt.AlignmentFlag.AlignRight)


class FormCard(Card):
    """A card of rows parted by lines."""

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(margins=(18, 14, 18, 8))
        if title:
            head = hbox(gap=10)
            head.addWidget(Label(title, "h3"))
            head.addWidget(Label(hint, "cap", "text2"))
            head.addStretch(1)
            self.body.addLayout(head)
            self.body.addSpacing(4)
        self._rows = 0

    def add_row(self, label: str, control: QWidget, help_text: str = "") -> None:
        """Put a row under the others."""
        if self._rows:
            self.body.addWidget(Divider())
        self._rows += 1
        self.body.addWidget(Row(label, control, help_text))

    def add_widget(self, widget: QWidget) -> None:
        """Put something of full width under the others."""
        self.body.addWidget(widget)


class Page(QWidget):
    """A settings page: a title, cards that scroll, and room for a bar at the bottom."""

    def __init__(self, title: str, hint: str = "", *, scrolls: bool = True) -> None:
        super().__init__()
        outer = vbox(self, gap=0)
        self.head = hbox(margins=(24, 20, 24, 12), gap=10)
        self.head.addWidget(Label(title, "h1"))
        self.head.addWidget(Label(hint, "small", "text2"))
        self.head.addStretch(1)
        outer.addLayout(self.head)
        inner = QWidget()
        area = QScrollArea() if scrolls else None
        self._area = area
        if area is not None:
            area.setWidgetResizable(True)
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setWidget(inner)
            inner.setAutoFillBackground(False)  # setWidget switches it on
            outer.addWidget(area, 1)
        else:
            outer.addWidget(inner, 1)
        row = hbox(inner, margins=(24, 0, 24, 20))
        column = QWidget()
        if scrolls:
            column.setMaximumWidth(theme.px(PAGE_WIDTH))
        row.addWidget(column, 1)
        if scrolls:
            row.addStretch(0)
        self.column: QVBoxLayout = vbox(column, gap=12)
        self.bar = UnsavedBar()
        self.bar.saved.connect(self.save)
        self.bar.taken_back.connect(self.take_back)
        outer.addWidget(self.bar)

    def load(self) -> None:
        """Ask for what the page shows; called when it is opened and when it became stale."""

    @contextmanager
    def same_place(self) -> Iterator[None]:
        """Build the page anew inside: it stays where it is scrolled, and the control of the same name has the keyboard."""
        height = self._area.verticalScrollBar().value() if self._area is not None else 0
        focused = self.focusWidget()
        held = focused is not None and focused.hasFocus() and self.isAncestorOf(focused)
        name = focused.accessibleName() if focused is not None and held else ""
        place = self._named(name).index(focused) if name and focused is not None else 0
        yield
        if again := self._named(name):
            again[min(place, len(again) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        if self._area is not None:  # Qt scrolled to whatever had the keyboard in between
            self._area.verticalScrollBar().setValue(height)

    def show_rows(self, card: Card, rows: Iterable[QWidget]) -> None:
        """Fill a card with these rows in place of what was there, a line between each two."""
        with self.same_place():
            clear(card.body)
            for number, row in enumerate(rows):
                if number:
                    card.body.addWidget(Divider())
                card.body.addWidget(row)

    def _named(self, name: str) -> list[QWidget]:
        """What can hold the keyboard and has this name; two lists may name their rows alike."""
        return [
            control
            for control in (self.findChildren(QWidget) if name else ())
            if control.accessibleName() == name and control.focusPolicy() != Qt.FocusPolicy.NoFocus
        ]

    def dirty(self) -> bool:
        """Whether something typed is not saved yet."""
        return self.bar.isVisibleTo(self)

    def save(self) -> None:
        """Keep what was typed."""

    def take_back(self) -> None:
        """Show what is kept again."""


class UnsavedBar(QWidget):
    """Appears under a form with changes: take back, or save (Ctrl S)."""

    saved = Signal()
    taken_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self)
        column.addWidget(Divider(token="border"))
        row = hbox(margins=(24, 10, 24, 12), gap=8)
        self.words = Label(_("Changes not saved yet"), "small", "text2")
        row.addWidget(self.words, 1)
        back = plain(_("Take back"))
        back.clicked.connect(self.taken_back)
        self.button = primary(_("Save"), "check-line", key="Ctrl S")
        self.button.clicked.connect(self.saved)
        row.addWidget(back)
        row.addWidget(self.button)
        column.addLayout(row)
        shortcuts.on(self, "Ctrl+S", self._save, _("Save"))
        self.setVisible(False)

    def _save(self) -> None:
        if self.isVisible():
            self.button.click()


class Control:
    """A widget of a form with how to read and show its value; `read` raises `ShopError` for what is wrong."""

    def __init__(
        self, widget: QWidget, read: Callable[[], Any], show: Callable[[Any], object], changed: Any
    ) -> None:
        self.widget, self.read, self.show = widget, read, show
        self.changed = changed
