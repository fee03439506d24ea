"""The home screen: greeting and period, five figures, two charts, what to do and what to know."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QWidget

from desktop.basics.day_words import long_day
from desktop.basics.i18n import _
from desktop.queries.figures import PERIODS, KeyFigures, daily_orders, key_figures, monthly_sales
from desktop.queries.today import today
from desktop.queries.waiting import alerts
from desktop.services.daily_report import export_daily, report_allowed
from desktop.views.common import remember
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.dashboard.charts import DailyCard, MonthlyCard
from desktop.views.dashboard.entries import to_know
from desktop.views.dashboard.key_row import DAYS, KeyRow
from desktop.views.dashboard.lists import AlertList, ToDoList
from desktop.views.dashboard.todo import ToDo
from desktop.views.dashboard.words import duration, greeting

MONEY = {"sale_order", "tender", "daily_total", "refund", "member"}
WAITING = {
    "sale_order", "stock", "level", "category", "sku", "product", "points_entry", "setting", "rule", "check_run",
    "outbox", "notice", "replenishment", "replenishment_line", "clock_beat",
}  # fmt: skip
KEEP = "dashboard/period"
LOOK_AGAIN_MS = 60_000  # orders become late without any news
ROW = 272  # px: the least height of a chart


class DashboardScreen(QWidget):
    """Answers first: what came in, what waits."""

    key = "dashboard"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._doing = ToDo(context, self)
        self._started = False
        column = vbox(self, margins=(24, 20, 12, 12), gap=14)
        column.addLayout(self._head())
        self.keys_row = KeyRow(context)
        self.daily, self.monthly = DailyCard(), MonthlyCard()
        self.todo, self.alerts = ToDoList(), AlertList()
        column.addWidget(self._sheet(), 1)
        context.stale_when(self, MONEY | WAITING, self._news)
        self._again = QTimer(self, interval=LOOK_AGAIN_MS)
        self._again.timeout.connect(self._time_passed)
        self._again.start()

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Home")

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(margins=(0, 0, 12, 0), gap=8)
        words = vbox(gap=2)
        self.greeting, self.caption = Label("", "h1"), Label("", "small", "text2")
        words.addWidget(self.greeting)
        words.addWidget(self.caption)
        line.addLayout(words, 1)
        kept = remember.get(KEEP, PERIODS[0])
        names = (_("Today"), _("7 days"), _("30 days"), _("This month"))
        self.period = Segment(list(zip(PERIODS, names, strict=True)), kept if kept in PERIODS else PERIODS[0])
        self.period.picked.connect(self._period_picked)
        self.report = secondary(_("Export daily report"), "download-2-line")
        self.report.clicked.connect(self.open_report)
        self.report.setEnabled(self._context.may(report_allowed))
        if not self.report.isEnabled():
            self.report.setToolTip(_("Your role may not export"))
        line.addWidget(self.period)
        line.addWidget(self.report)
        return line

    def _sheet(self) -> QScrollArea:
        """Figures, charts and lists; they scroll where the window is low."""
        holder = QWidget()
        column = vbox(holder, margins=(0, 0, 12, 8), gap=12)
        column.addWidget(self.keys_row)
        grid = QGridLayout()
        grid.setSpacing(12)
        for place, (chart, beside) in enumerate(((self.daily, self.todo), (self.monthly, self.alerts))):
            chart.setMinimumHeight(theme.px(ROW))
            grid.addWidget(chart, place, 0)
            grid.addWidget(beside, place, 1)
            grid.setRowStretch(place, 1)
        grid.setColumnStretch(0, 64)
        grid.setColumnStretch(1, 36)
        column.addLayout(grid, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        area.setWidget(holder)
        return area

    # Showing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._started = True
        self.refresh()  # each time it is come back to: hours pass without any news

    def refresh(self) -> None:
        """Ask for everything again; what is shown stays until the answers come."""
        self._ask_figures()
        self._ask_lists()

    def _time_passed(self) -> None:
        if self.isVisible():
            self._ask_lists()

    def _ask_lists(self) -> None:
        self._scope.ask_latest("today", today).then(
            lambda found: self.todo.show_entries(self._doing.rows(found))
        )
        self._scope.ask_latest("alerts", alerts).then(
            lambda found: self.alerts.show_entries(to_know(self._context, found))
        )

    def _ask_figures(self) -> None:
        currency, scope = self._context.currency, self._scope
        scope.ask_latest("figures", key_figures, self.period.value()).then(self._show_figures)
        scope.ask_latest("days", daily_orders).then(lambda days: self.daily.show_figures(days, currency))
        scope.ask_latest("months", monthly_sales).then(
            lambda months: self.monthly.show_figures(months, currency)
        )

    def _show_figures(self, figures: KeyFigures) -> None:
        self.keys_row.show_figures(figures)
        zone = self._context.zone
        self.greeting.setText(greeting(figures.now, zone, self._context.user_name))
        today = long_day(figures.now.astimezone(zone).date())
        time = f"{figures.now.astimezone(zone):%H:%M}"
        if figures.opened_at is None:
            text = _("{day} · updated {time}").format(day=today, time=time)
        else:
            open_for = duration(int((figures.now - figures.opened_at).total_seconds()))
            text = _("{day} · open for {duration} · updated {time}").format(
                day=today, duration=open_for, time=time
            )
        self.caption.setText(text)

    def _period_picked(self, period: str) -> None:
        remember.put(KEEP, period)
        self._scope.ask_latest("figures", key_figures, period).then(self._show_figures)

    def _news(self, _touched: dict[str, frozenset[int]]) -> None:
        if self._started:
            self.refresh()

    # Doing

    def open_report(self) -> ExportSheet:
        """Ask where to write the figures of the chosen period, one row a day and till."""
        local = self._context.now().astimezone(self._context.zone)
        period = self.period.value()
        days = local.day if period == "month" else DAYS[period]
        name = _("Daily report {day}").format(day=f"{local:%Y-%m-%d}")
        sheet = ExportSheet(self, self._context, _("Export daily report"), name, days, export_daily, days)
        sheet.open()
        return sheet

    def commands(self) -> list[Command]:
        """What the palette offers here."""
        if not self._context.may(report_allowed):
            return []
        return [Command(_("Export daily report"), self.open_report, icon="download-2-line")]

    def open_item(self, _item_id: int) -> None:
        """There is nothing to open here; the figures are brought up to date."""
        self.refresh()
