"""The frame of a panel of purchasing: head with badge, buttons, and what scrolls below."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import Card, Divider, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.theme import theme

WIDTH = 400


class DetailPanel(Card):
    """Shows one entry; subclasses ask for it in `ask` and fill `content` when it came."""

    dismissed = Signal()

    def __init__(self, context: Context, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self.context, self.id = context, 0
        self.may = True
        self.setFixedWidth(theme.px(WIDTH))
        self._empty = EmptyState(empty, _("Choose one in the list to see it here."), why="all_done")
        self._inside = QWidget()
        self._build()
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._inside, 1)
        self._inside.hide()

    def _build(self) -> None:
        column = vbox(self._inside)
        head = vbox(margins=(16, 14, 16, 14), gap=12)
        line = hbox(gap=10)
        self.names = TwoLines("", "")
        self.badge = Badge("")
        self.close_button = icon_button("close-line", _("Close"), size=28)
        self.close_button.clicked.connect(self.dismissed)
        self.close_button.hide()
        line.addWidget(self.names, 1)
        line.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.close_button, alignment=Qt.AlignmentFlag.AlignTop)
        head.addLayout(line)
        self.buttons = hbox(gap=6)
        head.addLayout(self.buttons)
        column.addLayout(head)
        column.addWidget(Divider())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self.content = vbox(inside, margins=(16, 14, 16, 16), gap=10)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        column.addWidget(area, 1)

    def show_close(self, on: bool) -> None:
        """Whether the panel can be closed: it then lies over the list."""
        self.close_button.setVisible(on)

    def show_id(self, row_id: int | None) -> None:
        """Show another entry, or none."""
        self.id = row_id or 0
        self._empty.setVisible(not self.id)
        if not self.id:
            self._inside.hide()
            return
        self.refresh()

    def refresh(self) -> None:
        """Read the shown entry again."""
        if self.id:
            self.ask()

    def ask(self) -> None:
        """Ask for the entry, then call `arrange` and fill the panel."""
        raise NotImplementedError

    def arrange(
        self, title: str, caption: str, badge: tuple[str, str, str] | None, buttons: list[Any]
    ) -> None:
        """Write the head and clear what is below it."""
        self.names.say(title, caption)
        self.badge.setVisible(badge is not None)
        if badge is not None:
            self.badge.show_status(*badge)
        clear(self.buttons)
        for button in buttons:
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        clear(self.content)
        self._inside.show()
