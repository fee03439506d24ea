"""The chart of the statistics: bars in time, parted by what was chosen, or the week by hours."""

from collections.abc import Sequence
from functools import partial

from desktop.basics.i18n import _
from desktop.basics.money import half_up
from desktop.queries.figure_cells import CATEGORY
from desktop.queries.figure_words import axis_word, full_word, part_word, peak_word, row_word, span_word
from desktop.queries.order_figures import BY_HOUR, BY_WEEKHOUR, HOURLY, WHOLE, FigureRow, OrderFigures
from desktop.views.common.chart import TipRow
from desktop.views.common.charts import ChartCard, DailyBars, DayBar
from desktop.views.figures.heat import HeatTable
from desktop.views.figures.measures import (
    AVERAGE,
    MEASURES,
    PIECES,
    Measure,
    axis,
    ranked,
    whole_average,
    write,
)

TOKENS = ("c1", "c1_soft", "c3")
MOST_BARS = 12  # where each is a part with a name
REST = "\0"


class FiguresCard(ChartCard):
    """Shows an answer by one measure."""

    def __init__(self, currency: str) -> None:
        self._bars, self.heat = DailyBars(), HeatTable()
        super().__init__(_("Statistics"), self._bars)
        self._currency = currency
        self.body.addWidget(self.heat, 1)
        self.heat.hide()

    def show_figures(self, found: OrderFigures, key: str) -> None:
        """Draw these figures by the measure called so."""
        measure = MEASURES[key]
        weekly = found.wanted.rows == BY_WEEKHOUR
        self._bars.setVisible(not weekly)
        self.heat.setVisible(weekly)
        self.chart = self.heat if weekly else self._bars  # type: ignore[assignment] # what “Show data” shows
        self.head.say(_(measure.words), self._hint(found, key))
        if weekly:
            self._show_week(found, measure)
        else:
            self._show_bars(found, measure)
        self.chart.setAccessibleName(_(measure.words))
        self.refresh_legend()

    def _hint(self, found: OrderFigures, key: str) -> str:
        parts = [span_word(found.wanted.span)]
        if found.peak is not None:
            parts.append(peak_word(found.peak, found.wanted.span.days))
        of_orders = found.wanted.rows in HOURLY or found.wanted.split == CATEGORY or key == PIECES
        if found.loose_orders and of_orders:
            parts.append(
                _("{count} orders brought over are not in it").format(count=f"{found.loose_orders:,}")
            )
        return " · ".join(parts)

    # Bars

    def _show_bars(self, found: OrderFigures, measure: Measure) -> None:
        parts = self._parts(found, measure)
        bars = [
            DayBar(
                axis_word(found.wanted, rows[0]),
                full_word(found.wanted, rows[0])
                if found.wanted.rows == WHOLE
                else row_word(found.wanted, rows[0]),
                self._values(rows, parts, measure),
                self._foot(rows, len(parts), measure),
            )
            for rows in buckets(found)
        ]
        series = [(name, TOKENS[number]) for number, (_key, name) in enumerate(parts)]
        self._bars.show_days(
            bars,
            series,
            axis=lambda value: axis(measure, value, self._currency),
            write=lambda value: write(measure, value, self._currency),
        )
        if len(parts) < 2:
            self._bars.legend = []

    def _parts(self, found: OrderFigures, measure: Measure) -> list[tuple[str, str]]:
        """(key, name) of what is stacked: all of up to three parts, else the two largest and the rest."""
        wanted, rows = found.wanted, found.rows[1:]
        if not wanted.split or wanted.rows == WHOLE or not measure.adds:
            return [("", _(measure.words))]
        order = ranked(rows, measure)
        names = {row.part: part_word(wanted.split, row) for row in rows}
        if len(order) <= len(TOKENS):
            return [(part, names[part]) for part in order] or [("", _(measure.words))]
        return [*((part, names[part]) for part in order[: len(TOKENS) - 1]), (REST, _("All others"))]

    def _values(
        self, rows: Sequence[FigureRow], parts: Sequence[tuple[str, str]], measure: Measure
    ) -> tuple[int, ...]:
        if len(parts) == 1:
            return (_together(rows, measure),)
        named = {key for key, _name in parts}
        return tuple(
            sum(measure.of(row) for row in rows if row.part == key or (key == REST and row.part not in named))
            for key, _name in parts
        )

    def _foot(self, rows: Sequence[FigureRow], parts: int, measure: Measure) -> str:
        if measure is MEASURES[AVERAGE]:
            return ""
        if parts > 1:
            return _("Total {amount}").format(amount=write(measure, _together(rows, measure), self._currency))
        if measure.kind == "count":
            return write(MEASURES["amount"], _together(rows, MEASURES["amount"]), self._currency)
        return _("{count} orders").format(count=f"{sum(row.orders for row in rows):,}")

    # The week

    def _show_week(self, found: OrderFigures, measure: Measure) -> None:
        """Each hour as it is on the average such weekday, so that a fifth Monday does not count."""
        values: dict[tuple[int, int], int] = {}
        lines: dict[tuple[int, int], list[TipRow]] = {}
        for rows in buckets(found):
            place = rows[0].weekday or 0, rows[0].hour or 0
            whole, times = _together(rows, measure), max(1, found.days_of[place[0]])
            values[place] = _each(measure, whole, times)
            lines[place] = [TipRow("", _(measure.words), write(measure, whole, self._currency))]
            if measure.adds and times > 1:
                lines[place].append(TipRow("", _("Each time"), self._tell(measure, values[place])))
        peak = found.peak
        if peak is not None and measure.kind == "count":
            best: tuple[int, int] | None = (peak.weekday or 0, peak.hour)
        else:
            best = max(values, key=lambda place: values[place], default=None)
        summary = peak_word(peak, found.wanted.span.days) if peak is not None else ""
        self.heat.show_values(values, best, lines, partial(self._tell, measure), summary)

    def _tell(self, measure: Measure, value: int) -> str:
        if measure.kind == "count":
            return f"{value // 10:,}.{value % 10}"
        return write(measure, value, self._currency)


def _each(measure: Measure, whole: int, times: int) -> int:
    """What each time came to; orders in tenths."""
    if not measure.adds:
        return whole
    return half_up(whole * 10 if measure.kind == "count" else whole, times)


def buckets(found: OrderFigures) -> list[list[FigureRow]]:
    """The rows but the total, those of one bar together, in the order of time; hours without orders filled in."""
    wanted = found.wanted
    if wanted.rows == WHOLE:
        return [[row] for row in found.rows[1 : MOST_BARS + 1]]
    grouped: dict[tuple[object, ...], list[FigureRow]] = {}
    for row in found.rows[1:]:
        grouped.setdefault((row.start, row.weekday or 0, row.hour), []).append(row)
    if wanted.rows == BY_HOUR and grouped:
        known = [row.hour or 0 for row in found.rows[1:]]
        for hour in range(min(known), max(known)):
            blank = FigureRow(-1, wanted.first, wanted.last, None, hour, "", "", 0, 0, 0, 0, 0, 0)
            grouped.setdefault((wanted.first, 0, hour), [blank])
    return [grouped[key] for key in sorted(grouped)]


def _together(rows: Sequence[FigureRow], measure: Measure) -> int:
    return sum(measure.of(row) for row in rows) if measure.adds else whole_average(rows)
