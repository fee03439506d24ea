"""The row of five key figures; a click opens what stands behind one."""

from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.words import percent_text
from desktop.queries.figures import Figure, KeyFigures
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.kpi import KpiCard
from desktop.views.dashboard.words import LAST_WEEKDAYS, amount

DAYS = {"today": 1, "week": 7, "month30": 30, "month": 31}
AGAINST = {
    "week": N_("vs prior 7 days"),
    "month30": N_("vs prior 30 days"),
    "month": N_("vs last month"),
}


class KeyRow(QWidget):
    """Sales, orders, average, points and new members of a period."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._days = 1
        row = hbox(self, gap=12)
        self.sales, self.orders = KpiCard(_("Sales")), KpiCard(_("Orders placed"))
        self.average, self.points = KpiCard(_("Average order")), KpiCard(_("Paid with points"))
        self.members = KpiCard(_("New members"))
        for card in (self.sales, self.orders, self.average, self.points, self.members):
            row.addWidget(card, 1)
        self.sales.clicked.connect(lambda: context.navigate("payments"))
        self.orders.clicked.connect(lambda: context.navigate("orders", days=self._days))
        self.average.clicked.connect(lambda: context.navigate("orders", days=self._days))
        self.points.clicked.connect(lambda: context.navigate("orders", days=self._days, points_from=1))
        self.members.clicked.connect(lambda: context.navigate("members"))

    def show_figures(self, figures: KeyFigures) -> None:
        """Show a period's figures with their changes."""
        local = figures.now.astimezone(self._context.zone)
        self._days = local.day if figures.period == "month" else DAYS[figures.period]
        against = AGAINST.get(figures.period) or LAST_WEEKDAYS[local.weekday()]
        currency = self._context.currency
        _put(self.sales, amount(figures.sales.now, currency), figures.sales, _(against))
        count = figures.orders.now
        _put(self.orders, f"{count:,}", figures.orders, _(against), unit=ngettext("order", "orders", count))
        _put(self.average, amount(figures.average.now, currency), figures.average, _(against))
        share = _("{share} of sales").format(share=percent_text(figures.points_share_bp))
        _put(self.points, amount(figures.points.now, currency), figures.points, share, token="points")
        new = figures.members.now
        _put(self.members, f"{new:,}", figures.members, _(against), unit=ngettext("person", "people", new))


def _put(card: KpiCard, number: str, figure: Figure, note: str, *, unit: str = "", token: str = "") -> None:
    change: Any = figure.change_bp
    up = None if not change else change > 0
    card.show_number(
        number,
        unit,
        delta="" if change is None else percent_text(abs(change)),
        up=up,
        note=note if change is not None or token else "",
        trend=figure.trend,
        token=token or ("c4" if up is False else "c1"),
    )
