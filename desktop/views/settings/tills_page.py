"""Tills: counters and self-checkouts, how each is started, and when it was last heard of."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.basics.words import when_text
from desktop.queries.tills import TillRow, tills_list
from desktop.services.tills import add_till, rename_till
from desktop.views.common import shortcuts
from desktop.views.common.background import Task
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Card, IconTile, TwoLines, hbox
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment
from desktop.views.settings.form import Page
from desktop.views.settings.named_sheet import NamedSheet

KINDS = {
    "counter": (N_("Counter"), "computer-line"),
    "kiosk": (N_("Self-checkout"), "device-line"),
    "online": (N_("Online shop"), "global-line"),
}


class TillSheet(NamedSheet):
    """A new till, or another name for one."""

    def __init__(
        self, parent: QWidget, context: Context, till: TillRow | None, done: Callable[[Any], Any]
    ) -> None:
        title = _("Rename {name}").format(name=_(till.name)) if till else _("Add a till")
        super().__init__(parent, context, title, "computer-line", _(till.name) if till else None, done)
        self._till = till

    def kind_field(self) -> QWidget:
        self.kind = Segment([(kind, _(KINDS[kind][0])) for kind in ("kiosk", "counter")], "kiosk")
        return self.kind

    def saving(self, name: str) -> Task:
        if self._till is None:
            return self.background.do(add_till, self.kind.value(), name)
        return self.background.do(rename_till, self._till.id, name)


class TillsPage(Page):
    """The list of tills."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Tills"))
        self._context, self._background = context, context.of(self)
        add = primary(_("Add a till"), "add-line", key="N")
        add.clicked.connect(self.add)
        shortcuts.on(self, "N", self.add, _("Add a till"))
        self.head.addWidget(add)
        self._card = Card(margins=(0, 4, 0, 6))
        self.column.addWidget(self._card)
        note = _("A self-checkout is started on its own machine with: {command}").format(
            command="zhanggui kiosk --till K1"
        )
        self.column.addWidget(Label(note, "cap", "text2", wrap=True))
        self.column.addStretch(1)
        context.stale_when(self, {"till"}, lambda _touched: self.load())

    def load(self) -> None:
        self._background.ask_latest("list", tills_list).then(self._show)

    def _show(self, tills: tuple[TillRow, ...]) -> None:
        self.show_rows(self._card, (self._row(till) for till in tills))

    def _row(self, till: TillRow) -> QWidget:
        widget = QWidget()
        row = hbox(widget, margins=(18, 8, 12, 8), gap=12)
        words, icon = KINDS.get(till.kind, (till.kind, "computer-line"))
        seen = ""
        if till.seen_at:
            when = when_text(till.seen_at, self._context.now(), self._context.zone)
            seen = _("last sale begun {when}").format(when=when)
        row.addWidget(IconTile(icon, "primary" if till.kind == "kiosk" else "neutral", 34))
        row.addWidget(TwoLines(_(till.name), " · ".join(part for part in (till.code, seen) if part)), 1)
        row.addWidget(Badge(_(words), "neutral", small=True))
        rename = secondary(_("Rename"), size=30)
        rename.setAccessibleName(_("Rename {name}").format(name=f"{_(till.name)} {till.code}"))
        rename.clicked.connect(lambda: self.rename(till))
        row.addWidget(rename)
        return widget

    def add(self) -> None:
        """Open the sheet for a new till."""
        TillSheet(self.window(), self._context, None, self._added).open()

    def rename(self, till: TillRow) -> None:
        """Open the sheet with a till's name."""
        TillSheet(self.window(), self._context, till, lambda _none: self.load()).open()

    def _added(self, code: str) -> None:
        self._context.toast(self, _("Till {code} added").format(code=code))
        self.load()
