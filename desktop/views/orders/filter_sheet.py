"""The sheet that builds a filter: conditions that must all hold, and some of which one is enough."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.queries.order_filter import Clause
from desktop.queries.order_query import spread, tidy, write
from desktop.queries.order_search import OrderFilter
from desktop.queries.orders import orders_count
from desktop.views.common.buttons import link, plain
from desktop.views.common.cards import vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.orders.filter_fields import ClauseRow, Own
from desktop.views.orders.filter_parts import place_of

WIDTH, HIGHEST = 620, 340
COUNT_AFTER_MS = 150
NAMED = ("member_id", "sku_id")  # chosen elsewhere by their id; the sheet leaves them as they are


class FilterSheet(Sheet):
    """Edits a filter; `done(OrderFilter)` when it is to be shown."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        filters: OrderFilter,
        done: Callable[[OrderFilter], Any],
        tags: Sequence[str],
        tills: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(parent, _("Filter orders"), verb=_("Show orders"), icon="filter-3-line", width=WIDTH)
        self.context, self.scope, self._done = context, context.of(self), done
        self._kept = filters
        self._own: Own = {"tag": [(tag, tag) for tag in tags], "till": list(tills)}
        holder = QWidget()
        column = vbox(holder, gap=10)
        start = spread(filters.without(*NAMED), place_of(context))
        self.all = Group(self, _("All of these hold"), start)
        self.any = Group(self, _("And at least one of these"), filters.either)
        for group in (self.all, self.any):
            column.addWidget(group)
        column.addStretch(1)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(holder)
        self.area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        self.area.setFixedHeight(theme.px(HIGHEST))
        self.counted = Label("", "small", "text2")
        self.add(self.area, self.counted)
        copy = link(_("Copy as text"))
        copy.clicked.connect(self._copy)
        self.add_left(copy)
        self._pause = QTimer(self, interval=COUNT_AFTER_MS, singleShot=True)
        self._pause.timeout.connect(self._count)
        self.submitted.connect(self._go)
        self.row_changed()

    def wanted(self) -> OrderFilter:
        """The filter as it stands."""
        bare = OrderFilter(text=self._kept.text, either=tuple(self.any.clauses()))
        named = {name: getattr(self._kept, name) for name in NAMED}
        return replace(tidy(bare, self.all.clauses(), place_of(self.context)), **named)

    def row_changed(self) -> None:
        """Count again, soon."""
        self._pause.start()

    def _count(self) -> None:
        self.scope.ask_latest("count", orders_count, self.wanted()).then(self._show_count).otherwise(
            lambda _e: None
        )

    def _show_count(self, count: int) -> None:
        self.counted.setText(_("{count} orders").format(count=f"{count:,}"))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(write(self.wanted(), place_of(self.context)))
        self.context.toast(self, _("Copied; it can be pasted into the search field"))

    def _go(self) -> None:
        wanted = self.wanted()
        self.accept()
        self._done(wanted)


class Group(QWidget):
    """Some conditions under a heading."""

    def __init__(self, sheet: FilterSheet, title: str, clauses: Sequence[Clause]) -> None:
        super().__init__()
        self._sheet = sheet
        self.rows: list[ClauseRow] = []
        column = vbox(self, gap=6)
        column.addWidget(Label(title, "small_b"))
        self._holder = vbox(gap=6)
        column.addLayout(self._holder)
        self.more = plain(_("Add condition"), "add-line", size=30)
        self.more.clicked.connect(lambda: self.add(None))
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        for clause in clauses:
            self.add(clause)

    def add(self, clause: Clause | None) -> ClauseRow:
        """One more condition."""
        row = ClauseRow(self._sheet.context, self._sheet._own, clause)
        row.changed.connect(self._sheet.row_changed)
        row.dropped.connect(lambda: self._drop(row))
        self.rows.append(row)
        self._holder.addWidget(row)
        if clause is None:
            row.field.setFocus()
        return row

    def _drop(self, row: ClauseRow) -> None:
        self.rows.remove(row)
        row.setParent(None)
        row.deleteLater()
        self.more.setFocus()
        self._sheet.row_changed()

    def clauses(self) -> list[Clause]:
        """What the rows say; unfinished ones say nothing."""
        return [clause for row in self.rows if (clause := row.clause()) is not None]
