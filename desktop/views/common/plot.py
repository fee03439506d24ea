"""The plot behind every chart: pyqtgraph's axes and view, our own drawing. Importing it loads pyqtgraph."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPalette, QPen, QTransform
from PySide6.QtWidgets import QFrame, QStyleOptionGraphicsItem, QWidget

from desktop.views.common.paint import draw_text, round_top, text_width
from desktop.views.common.theme import theme

pg.setConfigOptions(antialias=False)  # thick antialiased curves of pyqtgraph are far too slow


@dataclass(frozen=True)
class Line:
    """A curve; None breaks it. `area` fills softly below, `rise` starts with a step up from 0."""

    values: tuple[int | None, ...]
    token: str
    width: float = 2
    dashed: bool = False
    area: bool = False
    rise: bool = False


@dataclass(frozen=True)
class Level:
    """A dashed horizontal line with its name."""

    value: int
    token: str
    label: str


@dataclass(frozen=True)
class Mark:
    """A ring on a point with words above it, or `beside` it at right."""

    index: int
    value: int
    text: str
    token: str = "c1"
    ink: str = "text2"
    ring: bool = True
    beside: bool = False


@dataclass(frozen=True)
class Drawing:
    """Everything a plot shows; values are integers of some small unit, `axis` writes them."""

    labels: tuple[str, ...]
    bars: tuple[tuple[int, ...], ...] = ()
    bar_tokens: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    levels: tuple[Level, ...] = ()
    marks: tuple[Mark, ...] = ()
    today: int | None = None
    today_text: str = ""
    axis: Callable[[int], str] = field(default=lambda value: f"{value:,}")

    def highest(self) -> int:
        """Return the largest value shown."""
        values = [sum(stack) for stack in self.bars]
        values += [value for line in self.lines for value in line.values if value is not None]
        values += [level.value for level in self.levels]
        return max([0, *values])


def steps(highest: int) -> list[int]:
    """Return at most six round values from 0 that reach over the highest."""
    if highest <= 0:
        return [0, 1]
    size = 1
    while True:
        for head in (1, 2, 4, 5):
            step = head * size
            if highest <= step * 5:
                count = -(-highest // step)
                return [step * n for n in range(count + 1)]
        size *= 10


class Drawn(pg.GraphicsObject):
    """Draws bars, lines, levels and marks in screen px, so that widths and roundings are true."""

    def __init__(self) -> None:
        super().__init__()
        self.drawing = Drawing(())
        self.top = 1
        self.hover = -1

    def put(self, drawing: Drawing, top: int) -> None:
        """Draw something else."""
        self.prepareGeometryChange()
        self.drawing, self.top = drawing, max(1, top)
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-0.5, 0, max(1, len(self.drawing.labels)), self.top)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        to_px = painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = to_px.mapRect(self.boundingRect())
        if 0 <= self.hover < len(self.drawing.labels):
            part = area.width() / len(self.drawing.labels)
            painter.fillRect(
                QRectF(area.left() + part * self.hover, area.top(), part, area.height()), theme.color("hover")
            )
        self._grid(painter, to_px, area)
        self._bars(painter, to_px)
        self._levels(painter, to_px, area)
        for line in self.drawing.lines:
            self._line(painter, to_px, area, line)
        for mark in self.drawing.marks:
            self._mark(painter, to_px, area, mark)
        painter.restore()

    def _grid(self, painter: QPainter, to_px: QTransform, area: QRectF) -> None:
        for value in steps(self.top):
            y = round(to_px.map(QPointF(0, value)).y())
            color = theme.color("border_strong" if value == 0 else "chart_grid")
            painter.fillRect(QRectF(area.left(), y, area.width(), 1), color)
        if self.drawing.today is not None:
            x = round(to_px.map(QPointF(self.drawing.today, 0)).x())
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), theme.color("border_strong"))
            words = QRectF(x - 86, area.top(), 80, theme.px(18))
            draw_text(painter, words, self.drawing.today_text, "micro", theme.color("text2"), "right")

    def _bars(self, painter: QPainter, to_px: QTransform) -> None:
        for index, stack in enumerate(self.drawing.bars):
            left, right = to_px.map(QPointF(index - 0.25, 0)).x(), to_px.map(QPointF(index + 0.25, 0)).x()
            left, right = round(left), round(right)
            done, parts = 0, [n for n, value in enumerate(stack) if value > 0]
            for n in parts:
                low, high = to_px.map(QPointF(0, done)).y(), to_px.map(QPointF(0, done + stack[n])).y()
                gap = 1 if done else 0
                area = QRectF(left, round(high), right - left, max(1, round(low) - round(high) - gap))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color(self.drawing.bar_tokens[n]))
                last = n == parts[-1]
                painter.drawPath(round_top(area, min(3.0, area.height()))) if last else painter.drawRect(area)
                done += stack[n]

    def _levels(self, painter: QPainter, to_px: QTransform, area: QRectF) -> None:
        for level in self.drawing.levels:
            y = to_px.map(QPointF(0, level.value)).y()
            pen = QPen(theme.color(level.token), 1.2)
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            words = QRectF(area.left() + 8, y - theme.px(18), area.width() / 2, theme.px(16))
            draw_text(painter, words, level.label, "micro", theme.color(f"{level.token}_fg"))

    def _runs(self, to_px: QTransform, values: Sequence[int | None]) -> list[list[QPointF]]:
        runs: list[list[QPointF]] = [[]]
        for index, value in enumerate(values):
            if value is None:
                runs.append([])
            else:
                runs[-1].append(to_px.map(QPointF(index, value)))
        return [run for run in runs if len(run) > 1]

    def _line(self, painter: QPainter, to_px: QTransform, area: QRectF, line: Line) -> None:
        color = theme.color(line.token)
        for run in self._runs(to_px, line.values):
            path = QPainterPath(QPointF(run[0].x(), area.bottom()) if line.rise else run[0])
            for point in run:
                path.lineTo(point)
            if line.area:
                ground = QPainterPath(path)
                ground.lineTo(run[-1].x(), area.bottom())
                ground.lineTo(run[0].x(), area.bottom())
                painter.fillPath(ground, _fade(color, area))
            pen = QPen(color, line.width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if line.dashed:
                pen.setDashPattern([4, 2.4] if line.width >= 2 else [4, 3])
            painter.strokePath(path, pen)

    def _mark(self, painter: QPainter, to_px: QTransform, area: QRectF, mark: Mark) -> None:
        point = to_px.map(QPointF(mark.index, mark.value))
        if mark.ring:
            painter.setPen(QPen(theme.color(mark.token), 2))
            painter.setBrush(theme.color("surface"))
            painter.drawEllipse(point, 4, 4)
        if mark.text:
            width = text_width("micro", mark.text) + 2
            left = min(max(area.left(), point.x() - width / 2), area.right() - width)
            top = max(area.top() - 2, point.y() - theme.px(27))
            if mark.beside:
                left, top = min(point.x() + theme.px(12), area.right() - width), point.y() - theme.px(16)
            draw_text(
                painter,
                QRectF(left, top, width, theme.px(18)),
                mark.text,
                "micro",
                theme.color(mark.ink),
                "center",
            )


def _fade(color: QColor, area: QRectF) -> QLinearGradient:
    fade = QLinearGradient(area.topLeft(), area.bottomLeft())
    soft, none = QColor(color), QColor(color)
    soft.setAlpha(44)
    none.setAlpha(6)
    fade.setColorAt(0, soft)
    fade.setColorAt(1, none)
    return fade


class Plot(pg.PlotWidget):
    """Axes and drawing; the chart around it handles mouse and keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setBackground(None)
        self.viewport().setAutoFillBackground(False)
        clear = self.palette()
        for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base):
            clear.setColor(role, Qt.GlobalColor.transparent)
        self.setPalette(clear)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.plotItem.setContentsMargins(0, theme.px(4), 0, 0)
        self.drawn = Drawn()
        self.addItem(self.drawn, ignoreBounds=True)
        self._drawing = Drawing(())
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=0, tickAlpha=0, tickTextOffset=theme.px(8), autoExpandTextSpace=False)
        self.getAxis("left").setZValue(-10)

    def put(self, drawing: Drawing) -> None:
        """Show a drawing."""
        self._drawing = drawing
        self.restyle()

    def restyle(self) -> None:
        """Take colours, fonts and label room from the theme of now."""
        drawing, levels = self._drawing, steps(self._drawing.highest())
        top = levels[-1]
        self.drawn.put(drawing, top)
        texts = [drawing.axis(value) for value in levels]
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(None))
            axis.setTextPen(pg.mkPen(theme.color("text2")))
            axis.setTickFont(theme.font("micro"))
        self.getAxis("left").setWidth(max(text_width("micro", text) for text in texts) + theme.px(14))
        self.getAxis("left").setTicks([list(zip(levels, texts, strict=True))])
        self.getAxis("bottom").setHeight(theme.px(26))
        self._label_below()
        self.setRange(xRange=(-0.5, len(drawing.labels) - 0.5), yRange=(0, top), padding=0)

    def _label_below(self) -> None:
        labels = self._drawing.labels
        if not labels:
            return
        room = max(1.0, (self.width() - 50) / len(labels))
        wide = max(text_width("micro", label) for label in labels) + theme.px(10)
        every = max(1, -(-round(wide) // max(1, round(room))))
        offset = (len(labels) - 1) % every
        shown = [(n, label) for n, label in enumerate(labels) if n % every == offset]
        self.getAxis("bottom").setTicks([shown])

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_drawing"):
            self._label_below()

    def hover(self, index: int) -> None:
        """Mark one place, −1 none."""
        self.drawn.hover = index
        self.drawn.update()

    def place_of(self, index: int, value: int) -> QPointF:
        """Return where a value stands, in px of this widget."""
        return QPointF(self.mapFromScene(self.plotItem.vb.mapViewToScene(QPointF(index, value))))

    def index_at(self, x: float) -> int:
        """Return the nearest place to an x in px of this widget, −1 when outside."""
        at = self.plotItem.vb.mapSceneToView(self.mapToScene(round(x), 10)).x()
        index = round(at)
        return index if 0 <= index < len(self._drawing.labels) and at >= -0.5 else -1
