"""The whole run log: every firing with its cause and what it did, filtered, written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.i18n import _, ngettext
from desktop.basics.words import when_text
from desktop.queries.order_export import export_begins
from desktop.rules.lists import RuleLine
from desktop.rules.log import RunFilter, RunLine, rule_runs, rule_runs_count
from desktop.rules.log_export import export_runs
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.inputs import Select
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.segment import Segment
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.rules.log_card import go
from desktop.views.rules.words import STATE_TONES, state_words


class LogPage(QWidget):
    """`left(rule id | None)` when somebody goes back, perhaps to a rule."""

    left = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context, self.scope = context, context.of(self)
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        card = Card(flush=True)
        card.body.addLayout(self._filters())
        card.body.addWidget(Divider())
        self.model = PagedTable(self._columns(), self)
        self.table = TableView(self.model, name="rule_runs", two_lines=True)
        self.table.setAccessibleName(_("Run log"))
        self.table.opened.connect(self._open)
        self.model.loaded.connect(self._loaded)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(self._failed)
        again = secondary(_("Clear the filters"))
        again.clicked.connect(lambda: self.open(self._lines, None, ""))
        self.none = EmptyState(_("No runs here"), why="nothing_found", primary=again)
        self.pages = QStackedWidget()
        self.skeleton = Skeleton("table")
        for page in (self.table, self.none, self.skeleton):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        column.addWidget(card, 1)
        self._lines: Sequence[RuleLine] = ()

    def _head(self) -> Any:
        row = hbox(gap=8)
        self.back = icon_button("arrow-left-line", _("Back to the rules"), size=34)
        self.back.clicked.connect(lambda: self.left.emit(None))
        row.addWidget(self.back)
        row.addWidget(Label(_("Run log"), "h1"))
        self.counted = Label("", "small", "text2")
        row.addWidget(self.counted)
        row.addStretch(1)
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self._export)
        if not self.context.may(export_begins):
            self.export.setEnabled(False)
            self.export.setToolTip(_("Your role may not do this."))
        row.addWidget(self.export)
        return row

    def _filters(self) -> Any:
        row = hbox(margins=(16, 10, 16, 10), gap=8)
        self.rule = Select([(None, _("Every rule"))])
        self.rule.setAccessibleName(_("Rule"))
        self.rule.setMaximumWidth(320)
        self.rule.picked.connect(lambda _rule: self.load())
        self.state = Segment(
            [("", _("All")), ("done", _("Done")), ("trouble", _("Failed"))], "", name=_("State")
        )
        self.days = Segment(
            [(1, _("Today")), (7, _("Last 7 days")), (30, _("Last 30 days")), (0, _("All time"))], 7,
            name=_("Days"),
        )  # fmt: skip
        for control in (self.state, self.days):
            control.picked.connect(lambda _value: self.load())
        for widget in (self.rule, self.state, self.days):
            row.addWidget(widget)
        row.addStretch(1)
        return row

    def _columns(self) -> list[Column]:
        now, zone = self.context.now, self.context.zone
        return [
            Column("at", _("Time"), 128, "muted", value=lambda r: when_text(r.at, now(), zone)),
            Column("rule", _("Rule"), 210, "strong", value=lambda r: r.rule_name),
            Column("subject", _("What about"), 190, "two_line", value=lambda r: TwoLine(r.title, r.detail)),
            Column("cause", _("Why"), 150, "text", value=lambda r: r.cause or None),
            Column("effects", _("What it did"), 240, "text", stretch=True, value=_effects),
            Column("state", _("Status"), 150, "badge", value=_state),
        ]

    # Asking

    def open(self, lines: Sequence[RuleLine], rule_id: int | None = None, state: str = "") -> None:
        """Show the runs of a rule (None: all), perhaps only what failed."""
        self._lines = lines
        self.rule.set_options([(None, _("Every rule")), *((line.id, line.name) for line in lines)])
        self.rule.set_value(rule_id)
        self.state.set_value("trouble" if state else "")
        self.days.set_value(0 if rule_id is not None or state else 7)
        self.load()
        self.table.setFocus()

    def which(self) -> RunFilter:
        """The filter as it stands."""
        since = None
        if self.days.value():
            today = shop_day(self.context.now(), self.context.zone)
            since = day_starts(today - timedelta(days=self.days.value() - 1), self.context.zone)
        return RunFilter(rule_id=self.rule.value(), state=self.state.value(), since=since)

    def load(self) -> None:
        """Ask for the runs that fit."""
        which, scope = self.which(), self.scope

        def fetch(after: Any) -> Any:
            task = scope.ask(rule_runs, which, after)
            return task.slow(self._slow) if after is None and not self.model.rows else task

        self.model.ask(fetch, lambda: scope.ask(rule_runs_count, which))

    def refresh(self) -> None:
        """Take over what happened meanwhile; selection and place stay."""
        self.model.refresh()

    def _slow(self) -> None:
        self.pages.setCurrentWidget(self.skeleton)

    def _counted(self, count: int) -> None:
        self.counted.setText(ngettext("{count} run", "{count} runs", count).format(count=f"{count:,}"))

    def _loaded(self, _first: bool) -> None:
        if self.model.rows:
            self.pages.setCurrentWidget(self.table)
            return
        self.none.say(_("No runs here"), _("Nothing fits. Choose a longer time, or another rule."))
        self.pages.setCurrentWidget(self.none)

    def _failed(self, error: object) -> None:
        self.none.say(_("The list can't be read now"), str(error))
        self.pages.setCurrentWidget(self.none)

    # Doing

    def _open(self, run_id: int) -> None:
        run = self.model.row_at(self.model.row_of(run_id))
        if run is None:
            return
        if run.subject_kind == "shop":
            self.left.emit(run.rule_id)
        else:
            go(self.context, run.subject_kind, run.subject_id)

    def _export(self) -> None:
        name = f"rule-runs-{self.context.now().astimezone(self.context.zone):%Y%m%d}"
        title, count = _("Export the run log"), self.model.total or 0
        ExportSheet(self, self.context, title, name, count, export_runs, self.which()).open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit(None)
            return
        super().keyPressEvent(event)


def _effects(run: RunLine) -> Any:
    if run.error:
        return Toned(run.error, "danger")
    return " · ".join(run.effects) or None


def _state(run: RunLine) -> BadgeCell:
    tone, pip = STATE_TONES.get(run.state, ("neutral", ""))
    return BadgeCell(state_words(run.state), tone, pip)
