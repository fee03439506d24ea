"""The panel beside a list: a head with what is chosen, what scrolls below it, and a hint while nothing is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import Card, Divider, TwoLines, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.scrolled import scrolled
from desktop.views.common.theme import theme


class SidePanel(Card):
    """`head` and `content` are filled by subclasses; `dismissed` when it is closed in a narrow window."""

    dismissed = Signal()

    def __init__(
        self, context: Context, width: int, nothing: str, hint: str, *, gap: int = 10, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self._context = context
        self.setFixedWidth(theme.px(width))
        self._empty = EmptyState(nothing, hint, why="all_done")
        self._inside = QWidget()
        column = vbox(self._inside)
        self.head: QVBoxLayout = vbox(margins=(16, 14, 16, 14), gap=12)
        self.title = hbox(gap=10)
        self.names, self.badge = TwoLines("", ""), Badge("")
        self.close_button = icon_button("close-line", _("Close"), size=28)
        self.close_button.clicked.connect(self.dismissed)
        self.close_button.hide()
        self.title.addWidget(self.names, 1)
        for part in (self.badge, self.close_button):
            self.title.addWidget(part, alignment=Qt.AlignmentFlag.AlignTop)
        self.head.addLayout(self.title)
        column.addLayout(self.head)
        column.addWidget(Divider())
        area, self.content = scrolled((16, 14, 16, 16), gap)
        column.addWidget(area, 1)
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._inside, 1)
        self._inside.hide()

    def show_close(self, on: bool) -> None:
        """Whether the panel can be closed: it then lies over the list."""
        self.close_button.setVisible(on)
