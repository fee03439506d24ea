"""What every chart has: the plot, the dark tip, keys, legend, its numbers as a table, and the card around it."""

import importlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import Card, CardHead
from desktop.views.common.dialogs import Sheet
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import box, draw_text, painting, soft_shadow, text_width
from desktop.views.common.theme import theme

if TYPE_CHECKING:
    from desktop.views.common.plot import Drawing, Plot


class _Loading(QObject):
    """Imports pyqtgraph on a thread, once, so that the first chart does not freeze the window; `ready` follows."""

    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.done = False
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start importing, unless that was done before."""
        if self._thread is None and not self.done:
            self._thread = threading.Thread(target=self._load, name="charts", daemon=True)
            self._thread.start()

    def _load(self) -> None:
        importlib.import_module("desktop.views.common.plot")
        self.done = True
        self.ready.emit()

    def finish(self) -> None:
        """Wait for it (tests and pictures do)."""
        self.begin()
        if self._thread is not None:
            self._thread.join()


@cache
def loading() -> _Loading:
    """The one loader."""
    return _Loading()


@dataclass(frozen=True)
class TipRow:
    """A line of the tip: colour, name, number."""

    token: str
    name: str
    number: str


@dataclass(frozen=True)
class Tip:
    """What the dark tip says about one place."""

    title: str
    rows: tuple[TipRow, ...] = ()
    foot: str = ""


class ChartTip(QWidget):
    """The dark tip beside the marked place."""

    EDGE = 12

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._tip = Tip("")
        self.hide()

    def say(self, tip: Tip) -> None:
        """Show a tip in the size it needs."""
        self._tip = tip
        px = theme.px
        rows = [text_width("cap_b", row.name) + text_width("cap_b", row.number) + px(50) for row in tip.rows]
        wide = max([text_width("cap_m", tip.title), text_width("cap_b", tip.foot), px(128), *rows])
        high = px(20) + px(22) * len(tip.rows) + (px(22) if tip.foot else 0)
        self.resize(round(wide + px(24)) + 2 * self.EDGE, round(high + px(12)) + 2 * self.EDGE)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme.px
        with painting(self) as painter:
            area = QRectF(self.rect()).adjusted(self.EDGE, self.EDGE, -self.EDGE, -self.EDGE)
            soft_shadow(painter, area, 8, self.EDGE - 4)
            box(painter, area, 8, theme.color("toast"))
            row = QRectF(area.left() + px(12), area.top() + px(7), area.width() - px(24), px(20))
            draw_text(painter, row, self._tip.title, "cap_m", theme.color("on_dark2"))
            for line in self._tip.rows:
                row = row.translated(0, px(22))
                if line.token:
                    spot = QRectF(row.left(), row.center().y() - px(4), px(8), px(8))
                    box(painter, spot, 2, theme.color(line.token))
                draw_text(painter, row.adjusted(px(14), 0, 0, 0), line.name, "cap_b", theme.color("on_dark"))
                draw_text(painter, row, line.number, "cap_b", theme.color("on_dark"), "right")
            if self._tip.foot:
                draw_text(painter, row.translated(0, px(22)), self._tip.foot, "cap_b", theme.color("on_dark"))


class Legend(QWidget):
    """Squares with the names of the series."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_series(self, series: Sequence[tuple[str, str]]) -> None:
        """Show (name, token) pairs."""
        self._series = list(series)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = sum(text_width("cap_m", name) + theme.px(28) for name, _token in self._series)
        return QSize(round(width), theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            x, height = 0.0, self.height()
            for name, token in self._series:
                box(painter, QRectF(x, height / 2 - 4, 8, 8), 2, theme.color(token))
                room = QRectF(x + theme.px(13), 0, self.width(), height)
                x += draw_text(painter, room, name, "cap_m", theme.color("text")) + theme.px(28)


class Chart(QWidget):
    """A plot with tip and keys (← → Home End Esc); subclasses say what to draw."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(theme.px(120))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._plot: Plot | None = None
        self._tip = ChartTip(self)
        self._tips: list[Tip] = []
        self._heights: list[int] = []
        self._make: Callable[[], Drawing] | None = None
        self.hovered = -1
        self.table: tuple[list[str], list[list[str]]] = ([], [])
        self.legend: list[tuple[str, str]] = []
        theme.changed.connect(self._restyle)
        loading().ready.connect(self._came, Qt.ConnectionType.QueuedConnection)
        loading().begin()

    def _came(self) -> None:
        if self.isVisible() and self._plot is None:
            self._draw()

    def put(
        self,
        make: Callable[[], "Drawing"],
        tips: Sequence[Tip],
        heights: Sequence[int],
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        summary: str,
    ) -> None:
        """Show a drawing with its tips, the same numbers as a table, and a summary for screen readers."""
        self._make, self._tips, self._heights = make, list(tips), list(heights)
        self.table = (list(head), [list(row) for row in rows])
        self.setAccessibleDescription(summary)
        self._mark(-1)
        if self.isVisible():
            self._draw()

    def _draw(self) -> None:
        if self._make is None or not loading().done:
            return
        if self._plot is None:
            from desktop.views.common.plot import Plot

            self._plot = Plot(self)
            self._plot.setGeometry(self.rect())
            self._plot.show()
            self._tip.raise_()
        self._plot.put(self._make())

    def _restyle(self) -> None:
        if self._plot is not None:
            self._plot.restyle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._plot is None:
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._plot is not None:
            self._plot.setGeometry(self.rect())
        self._mark(-1)

    # Tip

    def _mark(self, index: int) -> None:
        self.hovered = index if 0 <= index < len(self._tips) else -1
        if self._plot is not None:
            self._plot.hover(self.hovered)
        if self.hovered < 0 or self._plot is None:
            self._tip.hide()
            return
        tip = self._tips[self.hovered]
        self._tip.say(tip)
        at = self._plot.place_of(self.hovered, self._heights[self.hovered])
        x = at.x() - self._tip.width() - 14 + ChartTip.EDGE
        if x < -ChartTip.EDGE:
            x = at.x() + 14 + ChartTip.EDGE
        y = min(max(-4.0, at.y() - 4), self.height() - self._tip.height() + 4)
        self._tip.move(round(x), round(y))
        self._tip.show()
        words = [f"{row.name} {row.number}" for row in tip.rows]
        self.setAccessibleName(", ".join([tip.title, *words, tip.foot]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._plot is not None:
            self._mark(self._plot.index_at(event.position().x()))

    def leaveEvent(self, event: object) -> None:
        self._mark(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._tips) - 1
        goal = {
            Qt.Key.Key_Left: self.hovered - 1 if self.hovered > 0 else (last if self.hovered < 0 else 0),
            Qt.Key.Key_Right: min(last, self.hovered + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Escape: -1,
        }.get(Qt.Key(event.key()))
        if goal is None or (event.key() == Qt.Key.Key_Escape and self.hovered < 0):
            super().keyPressEvent(event)
        else:
            self._mark(goal)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark(-1)


class DataSheet(Sheet):
    """The numbers of a chart as a table."""

    def __init__(
        self, parent: QWidget, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> None:
        super().__init__(parent, title, width=520)
        table = QTableWidget(len(rows), len(head))
        table.setHorizontalHeaderLabels(list(head))
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setMinimumHeight(theme.px(min(420, 40 + 30 * len(rows))))
        for row, words in enumerate(rows):
            for column, text in enumerate(words):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(row, column, item)
        table.horizontalHeader().setStretchLastSection(True)
        table.resizeColumnsToContents()
        table.setAccessibleName(title)
        self.table = table
        self.add(table)


class ChartCard(Card):
    """A card with title, hint, legend, the menu with “Show data”, and a chart."""

    def __init__(self, title: str, chart: Chart, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(margins=(16, 12, 16, 10), gap=6, parent=parent)
        self.chart = chart
        self.head = CardHead(title, hint)
        self.legend = Legend()
        more = icon_button("more-2-line", _("More"), size=28)
        more.clicked.connect(self.open_menu)
        self._more = more
        self.head.add(self.legend, more)
        chart.setAccessibleName(title)
        self.body.addWidget(self.head)
        self.body.addWidget(chart, 1)

    def refresh_legend(self) -> None:
        """Take the names of the series from the chart; call after showing new data."""
        self.legend.show_series(self.chart.legend)

    def open_menu(self) -> QMenu:
        """Open the card's menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = menu.addAction(icons.icon("table-line"), _("Show data"))
        action.triggered.connect(self.show_data)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
        return menu

    def show_data(self) -> DataSheet:
        """Open the same numbers as a table."""
        sheet = DataSheet(self, self.head.title.text(), *self.chart.table)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()
        return sheet

    def set_hint(self, hint: str) -> None:
        """Change the words beside the title."""
        self.head.say(hint=hint)
