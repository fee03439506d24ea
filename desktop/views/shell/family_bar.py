"""The bar above screens that share one place of the side bar: stock, purchasing, stocktakes …"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.views.common.cards import clear, hbox
from desktop.views.common.segment import Segment
from desktop.views.shell.screens import Entry


class FamilyBar(QWidget):
    """One choice among the screens of a family; hidden where a screen stands alone."""

    picked = Signal(object)  # the key

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = hbox(self, margins=(24, 14, 24, 0))
        self._keys: tuple[str, ...] = ()
        self.choice: Segment | None = None
        self.hide()

    def show_family(self, family: Sequence[Entry], key: str) -> None:
        """Offer these screens, with `key` the open one."""
        keys = tuple(entry.key for entry in family)
        if keys != self._keys:
            clear(self._row)
            self._keys = keys
            self.choice = Segment([(entry.key, _(entry.words)) for entry in family], key)
            self.choice.picked.connect(self.picked)
            self._row.addWidget(self.choice)
            self._row.addStretch(1)
        elif self.choice is not None:
            self.choice.set_value(key)
        self.setVisible(len(keys) > 1)
