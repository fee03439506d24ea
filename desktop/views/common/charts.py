"""Charts: stacked daily bars, the monthly line with last year, and the stock forecast; pyqtgraph loads with the first one seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.basics.i18n import _
from desktop.views.common.chart import Chart, ChartCard, Tip, TipRow

if TYPE_CHECKING:
    from desktop.views.common.plot import Drawing

__all__ = ["Chart", "ChartCard", "DailyBars", "DayBar", "Forecast", "ForecastLine", "MonthLine", "MonthPoint"]


@dataclass(frozen=True)
class DayBar:
    """A day: short and long label, a value per series, and the tip's last line."""

    label: str
    long_label: str
    values: tuple[int, ...]
    foot: str = ""


class DailyBars(Chart):
    """Stacked bars by day, at most three series."""

    def show_days(
        self,
        days: Sequence[DayBar],
        series: Sequence[tuple[str, str]],
        *,
        axis: Callable[[int], str] = lambda value: f"{value:,}",
        write: Callable[[int], str] = lambda value: f"{value:,}",
    ) -> None:
        """Show days; `series` are (name, token) from the bottom up, `write` words a value in tip and table."""
        from_tokens = {"c1": "tip_c1", "c1_soft": "tip_c1_soft"}
        tips = [
            Tip(
                day.long_label,
                tuple(
                    TipRow(from_tokens.get(token, token), name, write(value))
                    for (name, token), value in zip(series, day.values, strict=True)
                ),
                day.foot,
            )
            for day in days
        ]

        def make() -> "Drawing":
            from desktop.views.common.plot import Drawing

            return Drawing(
                tuple(day.label for day in days),
                bars=tuple(day.values for day in days),
                bar_tokens=tuple(token for _name, token in series),
                axis=axis,
            )

        self.legend = list(series)
        head = [_("Day"), *(name for name, _token in series), _("Total")]
        rows = [
            [day.long_label, *(write(value) for value in day.values), write(sum(day.values))] for day in days
        ]
        self.put(make, tips, [sum(day.values) for day in days], head, rows, _summary(rows))


@dataclass(frozen=True)
class MonthPoint:
    """A month of this and last year; a `projected` one is dashed, `note` stands above it."""

    label: str
    this: int | None
    last: int | None
    note: str = ""
    projected: bool = False
    long_label: str = ""
    foot: str = ""


class MonthLine(Chart):
    """This year's line with a soft area, last year's thin and dashed, the unfinished month dashed."""

    def show_months(
        self,
        months: Sequence[MonthPoint],
        names: tuple[str, str],
        *,
        axis: Callable[[int], str] = lambda value: f"{value:,}",
        write: Callable[[int], str] = lambda value: f"{value:,}",
    ) -> None:
        """Show months; `names` are of this and of last year."""

        def worded(value: int | None) -> str:
            return "—" if value is None else write(value)

        tips = [
            Tip(
                month.long_label or month.label,
                (
                    TipRow("tip_c1", names[0], worded(month.this)),
                    TipRow("tip_other", names[1], worded(month.last)),
                ),
                month.foot,
            )
            for month in months
        ]

        self.legend = [(names[0], "c1"), (names[1], "text3")]
        head = [_("Month"), *names]
        rows = [[month.long_label or month.label, worded(month.this), worded(month.last)] for month in months]
        heights = [max(month.this or 0, month.last or 0) for month in months]
        self.put(lambda: _month_drawing(months, axis), tips, heights, head, rows, _summary(rows))


def _month_drawing(months: Sequence[MonthPoint], axis: Callable[[int], str]) -> "Drawing":
    from desktop.views.common.plot import Drawing, Line, Mark

    sure = tuple(None if month.projected else month.this for month in months)
    first = next((n for n, month in enumerate(months) if month.projected), len(months))
    ahead = tuple(month.this if n >= first - 1 else None for n, month in enumerate(months))
    marks = tuple(
        Mark(n, month.this, month.note, ink="primary_text" if month.projected else "text2")
        for n, month in enumerate(months)
        if month.this is not None and (month.note or month.projected)
    )
    lines = [
        Line(tuple(month.last for month in months), "text3", 1.2, dashed=True),
        Line(sure, "c1", 2, area=True),
    ]
    if first < len(months):
        lines.append(Line(ahead, "c1", 2, dashed=True))
    return Drawing(tuple(month.label for month in months), lines=tuple(lines), marks=marks, axis=axis)


@dataclass(frozen=True)
class Forecast:
    """Stock by day in thousandths: known until `today` (an index), expected ahead, and with the suggested order."""

    labels: tuple[str, ...]
    past: tuple[int | None, ...]
    ahead: tuple[int | None, ...]
    ordered: tuple[int | None, ...]
    today: int
    least: int
    safety: int
    note: str = ""
    ordered_note: str = ""


def _whole(milli: int) -> str:
    return f"{milli // 1000:,}"


class ForecastLine(Chart):
    """Stock until today, the expected way down, and the way with the suggested order; levels as dashed lines."""

    def show_forecast(self, forecast: Forecast, write: Callable[[int], str] = _whole) -> None:
        """Show a forecast; `write` words thousandths."""

        def worded(value: int | None) -> str:
            return "—" if value is None else write(value)

        places = range(len(forecast.labels))
        shown = [forecast.past[n] if forecast.past[n] is not None else forecast.ahead[n] for n in places]
        names = (_("Stock"), _("With the order"))
        rows = [[forecast.labels[n], worded(shown[n]), worded(forecast.ordered[n])] for n in places]
        tips = [
            Tip(label, (TipRow("tip_c1", names[0], stock), TipRow("tip_other", names[1], later)))
            for label, stock, later in rows
        ]
        heights = [value or 0 for value in shown]
        self.legend = []
        self.put(
            lambda: _forecast_drawing(forecast, write),
            tips,
            heights,
            [_("Day"), *names],
            rows,
            _summary(rows),
        )


def _forecast_drawing(forecast: Forecast, write: Callable[[int], str]) -> "Drawing":
    from desktop.views.common.plot import Drawing, Level, Line, Mark

    lines = (
        Line(forecast.past, "c1", 2, area=True),
        Line(forecast.ahead, "c1", 2, dashed=True),
        Line(forecast.ordered, "c3", 2, dashed=True, rise=True),
    )
    marks = [Mark(forecast.today, forecast.past[forecast.today] or 0, "", "c1")]
    for place, value in enumerate(forecast.ahead):
        if value is not None and place > forecast.today and value <= 0:
            marks.append(Mark(place, 0, forecast.note, "danger", "danger_fg", beside=True))
            break
    planned = [place for place, value in enumerate(forecast.ordered) if value is not None]
    if planned and forecast.ordered_note:
        middle = planned[len(planned) // 3]
        height = forecast.ordered[middle] or 0
        marks.append(Mark(middle, height, forecast.ordered_note, "c3", "info_fg", ring=False, beside=True))
    levels = (
        Level(forecast.safety, "warn", _("Safety {count}").format(count=write(forecast.safety))),
        Level(forecast.least, "danger", _("Minimum {count}").format(count=write(forecast.least))),
    )
    return Drawing(
        forecast.labels,
        lines=lines,
        levels=levels,
        marks=tuple(marks),
        today=forecast.today,
        today_text=_("Today"),
        axis=write,
    )


def _summary(rows: Sequence[Sequence[str]]) -> str:
    """Word the first and the last row of a chart's table."""
    if not rows:
        return ""
    first, last = " ".join(rows[0]), " ".join(rows[-1])
    return _("{count} values, from {first} to {last}").format(count=len(rows), first=first, last=last)
