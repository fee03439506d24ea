"""The week as a table of warmth: a row a weekday, a column an hour, the busiest framed."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.day_words import hours, weekday_name
from desktop.basics.i18n import _
from desktop.views.common.chart import ChartTip, Tip, TipRow
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme

Place = tuple[int, int]  # weekday (Monday 0) and hour
DAYS = 7
FAINTEST, STRONGEST = 26, 255  # alpha of the smallest and of the largest value
USUAL = (9, 21)  # hours shown though nothing happened in them


class HeatTable(QWidget):
    """Values by weekday and hour; arrows move, the tip tells."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(theme.px(120))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.legend: list[tuple[str, str]] = []
        self.table: tuple[list[str], list[list[str]]] = ([], [])
        self.values: dict[Place, int] = {}
        self.peak: Place | None = None
        self.at: Place | None = None
        self._hours: tuple[int, int] = USUAL
        self._lines: dict[Place, Sequence[TipRow]] = {}
        self._tip = ChartTip(self)
        repaint_on_change(self)

    def show_values(
        self,
        values: Mapping[Place, int],
        peak: Place | None,
        lines: Mapping[Place, Sequence[TipRow]],
        write: Callable[[int], str],
        summary: str,
    ) -> None:
        """Show values; `lines` is what the tip says about each place."""
        self.values, self.peak, self._lines = dict(values), peak, dict(lines)
        found = [hour for (_day, hour), value in self.values.items() if value]
        self._hours = min([USUAL[0], *found]), max([USUAL[1], *found])
        shown = range(self._hours[0], self._hours[1] + 1)
        head = [_("Weekday"), *(f"{hour:02d}" for hour in shown)]
        rows = [
            [weekday_name(day), *(write(self.values.get((day, hour), 0)) for hour in shown)]
            for day in range(DAYS)
        ]
        self.table = (head, rows)
        self.setAccessibleDescription(summary)
        self._mark(None)
        self.update()

    # Where things stand

    def _grid(self) -> tuple[QRectF, float, float]:
        """The area of the cells, and the width and height of one."""
        left = max(text_width("micro", weekday_name(day)) for day in range(DAYS)) + theme.px(12)
        area = QRectF(left, 0, self.width() - left, self.height() - theme.px(20))
        return area, area.width() / (self._hours[1] - self._hours[0] + 1), area.height() / DAYS

    def _cell(self, place: Place) -> QRectF:
        area, wide, high = self._grid()
        x, y = area.left() + (place[1] - self._hours[0]) * wide, area.top() + place[0] * high
        return QRectF(round(x) + 1, round(y) + 1, round(wide) - 2, round(high) - 2)

    def place_at(self, point: QPointF) -> Place | None:
        """The weekday and hour under a point."""
        area, wide, high = self._grid()
        if not area.contains(point):
            return None
        day, step = int((point.y() - area.top()) / high), int((point.x() - area.left()) / wide)
        return min(DAYS - 1, day), min(self._hours[1], self._hours[0] + step)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        most = max([1, *self.values.values()])
        area, wide, _high = self._grid()
        with painting(self) as painter:
            for day in range(DAYS):
                name = self._cell((day, self._hours[0]))
                room = QRectF(0, name.top(), area.left() - theme.px(8), name.height())
                draw_text(painter, room, weekday_name(day), "micro", theme.color("text2"), "right")
                for hour in range(self._hours[0], self._hours[1] + 1):
                    self._draw(painter, (day, hour), most)
            for hour in range(self._hours[0], self._hours[1] + 1):
                x = area.left() + (hour - self._hours[0]) * wide
                room = QRectF(x - 8, area.bottom() + theme.px(2), wide + 16, theme.px(18))
                draw_text(painter, room, f"{hour}", "micro", theme.color("text2"), "center")

    def _draw(self, painter: QPainter, place: Place, most: int) -> None:
        value, cell = self.values.get(place, 0), self._cell(place)
        box(painter, cell, 3, theme.color("sunken"))
        if value > 0:
            warm = QColor(theme.color("c1"))
            warm.setAlpha(FAINTEST + (STRONGEST - FAINTEST) * value // most)
            box(painter, cell, 3, warm)
        if place == self.peak:
            box(painter, cell, 3, None, theme.color("c2"), 2)
        if place == self.at:
            box(painter, cell, 3, None, theme.color("text"))

    # Tip and keys

    def _mark(self, place: Place | None) -> None:
        self.at = place
        self.update()
        if place is None:
            self._tip.hide()
            return
        title = f"{weekday_name(place[0])} {hours(place[1])}"
        lines = tuple(self._lines.get(place) or (TipRow("", _("Orders"), "0"),))
        self._tip.say(Tip(title, lines))
        cell = self._cell(place)
        x = cell.right() + 6 - ChartTip.EDGE
        if x + self._tip.width() - ChartTip.EDGE > self.width():
            x = cell.left() - 6 - self._tip.width() + ChartTip.EDGE
        y = min(max(-4.0, cell.top() - 20), self.height() - self._tip.height() + 8)
        self._tip.move(round(x), round(y))
        self._tip.show()
        self.setAccessibleName(", ".join([title, *(f"{line.name} {line.number}" for line in lines)]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mark(self.place_at(event.position()))

    def leaveEvent(self, event: object) -> None:
        self._mark(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.at is not None:
            self._mark(None)
        elif step is None:
            super().keyPressEvent(event)
        elif self.at is None:
            self._mark(self.peak or (0, self._hours[0]))
        else:
            day, hour = self.at[0] + step[0], self.at[1] + step[1]
            self._mark((min(max(day, 0), DAYS - 1), min(max(hour, self._hours[0]), self._hours[1])))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark(None)
