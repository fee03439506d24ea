"""The frame of a panel of purchasing: head with badge, buttons, and what scrolls below."""

from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.views.common.cards import clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.side_panel import SidePanel

WIDTH = 400


class DetailPanel(SidePanel):
    """Shows one entry; subclasses ask for it in `ask` and fill `content` when it came."""

    def __init__(self, context: Context, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(context, WIDTH, empty, _("Choose one in the list to see it here."), parent=parent)
        self.context, self.id = context, 0
        self.may = True
        self.buttons = hbox(gap=6)
        self.head.addLayout(self.buttons)

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
