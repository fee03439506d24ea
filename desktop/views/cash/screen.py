"""Cash: the drawers as they stand, the sessions so far, and the report of the chosen one."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.queries.cash_sessions import (
    CashFilter,
    SessionRow,
    TillDrawer,
    drawers,
    sessions_count,
    sessions_page,
)
from desktop.queries.order_export import export_begins
from desktop.services.cash_export import export_sessions
from desktop.services.cash_sessions import Closed, Tallied, open_session
from desktop.views.cash.drawers import Drawers
from desktop.views.cash.panel import ReportPanel
from desktop.views.cash.sheets import CloseSheet, CountSheet, MoveSheet, OpenSheet
from desktop.views.cash.words import plus, verdict_words
from desktop.views.common import shortcuts
from desktop.views.common.beside import ScreenWithPanel
from desktop.views.common.buttons import icon_button, primary, secondary
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.segment import Segment
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs

TABLES = {"cash_session", "tender", "refund_tender", "till", "top_up", "pay_out"}
PERIODS = {"week": 7, "month": 30, "all": None}


class CashScreen(ScreenWithPanel):
    """Drawers above, sessions below, the chosen one’s report beside."""

    key = "cash"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._filters, self._started, self._wanted = CashFilter(days=30), False, 0
        self._count = 0
        self._drawers: tuple[TillDrawer, ...] = ()
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self.drawers = Drawers(context)
        self.drawers.wanted.connect(self._deed)
        column.addWidget(self.drawers)
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = ReportPanel(context, self)
        self.panel.dismissed.connect(self._dismiss)
        self._row.addWidget(self.panel)
        column.addLayout(self._row, 1)
        shortcuts.on(self, "N", self.open_new, _("Open a cash session"))
        shortcuts.on(self, "M", partial(self._own, "move"), _("Put cash in or take it out"))
        shortcuts.on(self, "C", partial(self._own, "count"), _("Count and close this till"))
        shortcuts.on(self, "P", self.panel.print_report, _("Print the report"))
        context.stale_when(self, TABLES, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Cash sessions")

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [
            Command(_("Open a cash session"), self.open_new, icon="safe-2-line", keys=("N",)),
            Command(
                _("Count and close this till"), partial(self._own, "count"), icon="coins-line", keys=("C",)
            ),
        ]

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Cash sessions"), "h1"))
        self.summary = Label("", "small", "text2")
        line.addSpacing(6)
        line.addWidget(self.summary, 1)
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self._export)
        self.new = primary(_("Open a cash session"), "add-line", key="N")
        self.new.clicked.connect(lambda: self.open_new())
        for button, deed in ((self.export, export_begins), (self.new, open_session)):
            if not self._context.may(deed):
                button.setEnabled(False)
                button.setToolTip(_("Your role may not do this."))
            line.addWidget(button)
        return line

    def _list(self) -> Card:
        self.model = PagedTable(self._columns(), self)
        self.table = TableView(self.model, name="cash", two_lines=True)
        self.table.setAccessibleName(_("Cash sessions"))
        card = Card(margins=(1, 0, 1, 2))
        line = hbox(margins=(15, 0, 10, 0), gap=8)
        tabs = [
            Tab("all", _("Sessions")),
            Tab("open", _("On shift")),
            Tab("different", _("With a difference")),
        ]
        self.tabs = Tabs(tabs, name=_("Which sessions"))
        self.tabs.picked.connect(lambda view: self._show_filters(replace(self._filters, view=view)))
        self.period = Segment([("week", _("7 days")), ("month", _("30 days")), ("all", _("All"))], "month")
        self.period.picked.connect(lambda key: self._show_filters(replace(self._filters, days=PERIODS[key])))
        self.columns_button = icon_button("layout-column-line", _("Columns"))
        self.columns_button.clicked.connect(self._columns_menu)
        line.addWidget(self.tabs)
        line.addStretch(1)
        line.addWidget(self.period)
        line.addWidget(self.columns_button)
        card.body.addLayout(line)
        begin = secondary(_("Open a cash session"), "add-line")
        begin.clicked.connect(lambda: self.open_new())
        hint = _("Open the drawer with its float; at the end of the shift it is counted and closed.")
        self.first = EmptyState(_("No cash session yet"), hint, why="first", primary=begin)
        self.calm = EmptyState(_("Nothing here"), _("No session fits; choose a longer time."), why="all_done")
        self.waiting, self.pages = Skeleton("table"), QStackedWidget()
        for page in (self.table, self.first, self.calm, self.waiting):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        self.model.loaded.connect(self._loaded)
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _id: self._open_panel())
        self.table.clicked.connect(self._clicked)
        return card

    def _columns(self) -> list[Column]:
        return [
            Column("till", _("Till"), 140, "two_line", stretch=True, value=self._name),
            Column("opened", _("Opened at"), 130, "two_line", value=self._opened),
            Column("closed", _("Closed at"), 130, "two_line", value=self._closed_cell),
            Column(
                "counted", _("Counted ¥"), 96, "money", value=lambda row: self._money(row, row.counted_minor)
            ),
            Column("difference", _("Difference ¥"), 98, "money", value=self._difference),
            Column("state", _("Status"), 128, "badge", value=self._state),
        ]

    def _name(self, row: SessionRow) -> TwoLine:
        caption = _("Z report {number}").format(number=row.number) if row.number else _("X report")
        return TwoLine(row.till, caption, icon="safe-2-line")

    def _opened(self, row: SessionRow) -> TwoLine:
        return TwoLine(when_text(row.opened_at, self._context.now(), self._context.zone), row.opened_by)

    def _closed_cell(self, row: SessionRow) -> TwoLine | None:
        if row.closed_at is None:
            return None
        return TwoLine(when_text(row.closed_at, self._context.now(), self._context.zone), row.closed_by)

    def _money(self, row: SessionRow, minor: int | None) -> str:
        return "" if minor is None else Money(minor, row.currency).plain()

    def _difference(self, row: SessionRow) -> Toned | None:
        if row.difference_minor is None:
            return None
        tone = "" if not row.gaps else "danger" if min(row.gaps) < 0 else "warn"
        parts = [plus(row.difference_minor, row.currency)]
        parts += [f"{code} {plus(off, code)}" for code, off in row.foreign_off]
        return Toned(" · ".join(parts), tone)

    def _state(self, row: SessionRow) -> BadgeCell:
        if row.difference_minor is None:
            if row.overnight:
                return BadgeCell(_("Forgotten"), "warn", "alert")
            return BadgeCell(_("On shift"), "success", "done")
        if row.gaps and min(row.gaps) < 0:
            return BadgeCell(_("Cash short"), "danger", "alert")
        if row.gaps:
            return BadgeCell(_("Cash over"), "warn", "alert")
        return BadgeCell(_("Exact"), "success", "done")

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self.table.setFocus()
            self._ask()

    def _show_filters(self, filters: CashFilter) -> None:
        self._filters = filters
        self._ask()

    def _ask(self) -> None:
        filters = self._filters

        def fetch(after: Any) -> Any:
            return self._scope.ask(sessions_page, filters, after)

        self.model.ask(fetch, lambda: self._scope.ask(sessions_count, filters))
        self._look()

    def _look(self) -> None:
        self._scope.ask_latest("drawers", drawers).then(self._know)
        self._scope.ask_latest("count", sessions_count, CashFilter()).then(self._total)

    def _total(self, count: int) -> None:
        self._count = count
        self._page()

    def _know(self, found: tuple[TillDrawer, ...]) -> None:
        self._drawers = found
        self.drawers.show_drawers(found)
        late = [d.till for d in found if d.session is not None and d.session.overnight]
        many = sum(d.session is not None for d in found)
        self.tabs.set_count("open", many)
        if late:
            words = _("{tills} was not closed on its day. Count it and close it first.")
            self.summary.setText(words.format(tills=", ".join(late)))
            self.summary.look(color="warn_fg")
            return
        self.summary.look(color="text2")
        self.summary.setText(
            ngettext("{count} drawer open", "{count} drawers open", many).format(count=many)
            if many
            else _("No drawer is open")
        )

    def _news(self, touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh(touched.get("cash_session"))
        self._look()
        self.panel.refresh()

    def _loaded(self, first: bool) -> None:
        self._page()
        if not self.model.rows:
            self.panel.show_session(None)
        elif self._wanted and self.table.go_to(self._wanted):
            self._wanted = 0
        elif first and not self._wanted and self.table.current_id() is None:
            self.table.go_to(self.model.rows[0].id)

    def _page(self) -> None:
        shown: QWidget = self.table if self.model.rows else self.calm if self._count else self.first
        self.pages.setCurrentWidget(shown)

    # What the person does

    def _choose(self, session_id: int | None) -> None:
        self.panel.show_session(session_id)

    def _columns_menu(self) -> None:
        below = self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft())
        self.table.head.columns_menu().popup(below)

    def _own(self, what: str) -> None:
        """Do it with this machine’s till, or the only drawer that is open."""
        opened = [d for d in self._drawers if d.session is not None]
        mine = [d for d in opened if d.till_id == self._context.till_id] or opened
        if len(mine) == 1:
            self._deed(what, mine[0])
        elif not opened:
            self.open_new()

    def open_new(self) -> None:
        """Open the sheet that opens a session."""
        closed = [d for d in self._drawers if d.session is None]
        if not self.new.isEnabled():
            return
        if not closed:
            self._context.toast(self, _("Every drawer is open already"), tone="info")
            return
        own = next((d for d in closed if d.till_id == self._context.till_id), closed[0])
        OpenSheet(self.window(), self._context, closed, own.till_id, self._opened_now).open()

    def _deed(self, what: str, drawer: TillDrawer) -> None:
        session = drawer.session
        if session is None:
            OpenSheet(self.window(), self._context, [drawer], drawer.till_id, self._opened_now).open()
        elif what == "move":
            done = partial(self._context.toast, self, _("Saved in the cash session"))
            MoveSheet(self.window(), self._context, session, done).open()
        elif what == "count":
            self._count_sheet(session)
        else:
            self.open_item(session.id)

    def _count_sheet(self, session: SessionRow) -> None:
        CountSheet(self.window(), self._context, session, partial(self._close_sheet, session)).open()

    def _close_sheet(self, session: SessionRow, told: Tallied) -> None:
        again = partial(self._count_sheet, session)
        CloseSheet(self.window(), self._context, session, told, self._closed_now, again).open()

    def _opened_now(self, session_id: int) -> None:
        self._context.toast(self, _("The cash session is open"))
        self.open_item(session_id)

    def _closed_now(self, closed: Closed) -> None:
        words, tone = verdict_words(closed.difference_minor, closed.foreign_off, self._context.currency)
        said = _("Closed with Z report {number}: {words}").format(number=closed.number, words=words)
        self._context.toast(self, said, tone="success" if tone == "success" else "warn")
        self.open_item(closed.session_id)

    def _export(self) -> None:
        name = f"cash-{self._context.now().astimezone(self._context.zone):%Y%m%d}"
        title = _("Export cash sessions")
        count = self.model.total or len(self.model.rows)
        ExportSheet(self, self._context, title, name, count, export_sessions, self._filters).open()

    def open_filters(self, view: str = "all", **_more: Any) -> None:
        """Show one of the tabs."""
        self.tabs.set_value(view)
        self._show_filters(replace(self._filters, view=view))

    def open_item(self, session_id: int) -> None:
        """Select a session and show its report."""
        self._wanted = session_id
        self.panel.show_session(session_id)
        self._open_panel()
        self._ask()

    def state(self) -> tuple[Any, ...]:
        """Filters and chosen session, for a screen made anew."""
        return self._filters, self.table.current_id()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        self._filters, chosen = state
        self.tabs.set_value(self._filters.view)
        self.period.set_value(next(key for key, days in PERIODS.items() if days == self._filters.days))
        self._wanted = chosen or 0
