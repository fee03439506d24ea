"""What narrows the stock list: words, a category; and which place it is about."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.categories import CategoryTree
from desktop.queries.places import Place, places
from desktop.views.common.cards import Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.inputs import SearchInput, Select
from desktop.views.common.theme import theme


class FilterRow(QWidget):
    """Words and category under the tabs; hidden until wanted."""

    searched = Signal(str)
    category_picked = Signal(object)

    def __init__(self, leads_to: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = vbox(self)
        column.addWidget(Divider())
        line = hbox(margins=(15, 8, 15, 8))
        self.search = SearchInput(_("Name, pinyin, code or barcode"))
        self.search.leads_to = leads_to
        self.search.searched.connect(self.searched)
        self.search.setMaximumWidth(theme.px(320))
        self.category = Select([(None, _("All categories"))])
        self.category.picked.connect(self.category_picked)
        line.addWidget(self.search, 1)
        line.addWidget(self.category)
        line.addStretch(1)
        column.addLayout(line)
        self.hide()

    def show_tree(self, tree: CategoryTree, chosen: int | None) -> None:
        """Offer these categories."""
        options: list[tuple[int | None, str]] = [(None, _("All categories"))]
        options += [(node.id, "　" * node.depth + node.name) for node in tree.nodes]
        self.category.set_options(options, chosen)

    def words(self, text: str, category_id: int | None) -> str:
        """What is filtered by, for people."""
        chosen = self.category.currentText().strip() if category_id is not None else ""
        return " · ".join(part for part in (text, chosen) if part)

    def empty(self) -> None:
        """Filter by nothing."""
        self.search.clear()
        self.category.set_value(None)

    def open(self) -> None:
        """Show it, ready to type."""
        self.show()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)


class PlaceChoice(Select):
    """One place or all that sell; hidden in a shop with only one."""

    def __init__(self, context: Context) -> None:
        super().__init__([(None, _("All locations"))], None)
        self._context = context
        self.setAccessibleName(_("Which location"))
        self.hide()

    def ask(self) -> None:
        """Read which places there are."""
        self._context.of(self).ask_latest("places", places).then(self._show)

    def _show(self, found: tuple[Place, ...]) -> None:
        now: Any = self.value()
        options: list[tuple[int | None, str]] = [(None, _("All locations"))]
        options += [(place.id, place.name) for place in found]
        known = [key for key, _words in options]
        self.set_options(options, now if now in known else None)
        self.setVisible(len(found) > 1)
