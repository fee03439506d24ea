"""The two charts of the home screen: orders a day and money a month."""

from collections.abc import Sequence

from desktop.basics.day_words import long_day, long_month, month_name, short_day
from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.figures import DayFigure, MonthFigure
from desktop.views.common.charts import ChartCard, DailyBars, DayBar, MonthLine, MonthPoint
from desktop.views.dashboard.words import large, large_axis


class DailyCard(ChartCard):
    """Orders of the last 14 days, in the shop and online."""

    def __init__(self) -> None:
        self._bars = DailyBars()
        super().__init__(_("Daily orders"), self._bars, _("Last {count} days").format(count=14))

    def show_figures(self, days: Sequence[DayFigure], currency: str) -> None:
        """Show these days."""
        self.set_hint(_("Last {count} days").format(count=len(days)))
        bars = [
            DayBar(
                short_day(figure.day),
                long_day(figure.day),
                (figure.shop_orders, figure.online_orders),
                _("Total {count} · {amount}").format(
                    count=f"{figure.shop_orders + figure.online_orders:,}",
                    amount=Money(figure.sales_minor, currency),
                ),
            )
            for figure in days
        ]
        self._bars.show_days(bars, [(_("In the shop"), "c1"), (_("Online shop"), "c1_soft")])
        self.refresh_legend()


class MonthlyCard(ChartCard):
    """Money of the last 12 months beside the year before, this month as estimated."""

    def __init__(self) -> None:
        self._line = MonthLine()
        super().__init__(_("Monthly sales"), self._line)

    def show_figures(self, months: Sequence[MonthFigure], currency: str) -> None:
        """Show these months; the best one and the estimate are written into the chart."""
        self.set_hint(_("in thousands · last {count} months").format(count=len(months)))
        whole = [month for month in months if month.estimate_minor is None and month.sales_minor]
        best = max(whole, key=lambda month: month.sales_minor) if len(whole) > 1 else None
        points = [
            MonthPoint(
                month_name(figure.month.month),
                figure.sales_minor if figure.estimate_minor is None else figure.estimate_minor,
                figure.last_year_minor,
                note=_month_note(figure, best, currency),
                projected=figure.estimate_minor is not None,
                long_label=long_month(figure.month),
                foot=_so_far(figure, currency),
            )
            for figure in months
        ]
        self._line.show_months(
            points,
            (_("This year"), _("Year before")),
            axis=lambda minor: large_axis(minor, currency),
            write=lambda minor: str(Money(minor, currency)),
        )
        self.refresh_legend()


def _month_note(figure: MonthFigure, best: MonthFigure | None, currency: str) -> str:
    if figure.estimate_minor is not None:
        return _("{month} estimate {estimate} · {sofar} so far").format(
            month=month_name(figure.month.month),
            estimate=large(figure.estimate_minor, currency),
            sofar=large(figure.sales_minor, currency),
        )
    if figure is best:
        return _("Best {amount}").format(amount=large(figure.sales_minor, currency))
    return ""


def _so_far(figure: MonthFigure, currency: str) -> str:
    if figure.estimate_minor is None:
        return ""
    return _("{amount} so far").format(amount=Money(figure.sales_minor, currency))
