"""The points slider: the whole amount due is the track, the half that points can't pay is hatched and locked."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.words import points_text
from desktop.views.common import icons
from desktop.views.common.paint import box, painting
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.widgets import Fixed, Grow, draw_line

STEP = 100  # points a touch or an arrow key moves by
LEAP = 1_000
KNOB = 66
TRACK = 22


class PointsSlider(QWidget):
    """Chooses points from none to the cap. `chosen` tells where a finger or key left it, `moved` every place between."""

    moved = Signal(int)
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.points = self.cap = 0
        self._share = 0.5  # of the track that points may pay
        self._words = ("", "", "")
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(Grow, Fixed)
        self.setAccessibleName(_("Points to use"))

    def show_points(self, points: int, cap: int, share: float, cap_words: str, due_words: str) -> None:
        """Show a choice: `share` is the part of the amount due that the cap pays."""
        self.cap, self._share = cap, max(0.02, min(1.0, share))
        if not self._dragging:
            self.points = min(points, cap)
        self._words = (_("Use none"), cap_words, due_words)
        self.setAccessibleDescription(f"{points_text(self.points)} / {points_text(cap)}")
        self.update()

    @property
    def dragging(self) -> bool:
        """Whether a finger holds the knob."""
        return self._dragging

    def sizeHint(self) -> QSize:
        return QSize(look.px(600), look.control(166))

    # -- geometry ---------------------------------------------------------------------------------------------

    def _track(self) -> QRectF:
        inset = look.px(KNOB / 2)
        return QRectF(inset, look.control(88) - look.px(TRACK) / 2, self.width() - 2 * inset, look.px(TRACK))

    def _end(self) -> float:
        track = self._track()
        return track.left() + track.width() * self._share

    def knob_x(self) -> float:
        """Where the knob's middle is."""
        track = self._track()
        return track.left() + (self._end() - track.left()) * (self.points / self.cap if self.cap else 0)

    def _points_at(self, x: float) -> int:
        track = self._track()
        share = (x - track.left()) / max(1.0, self._end() - track.left())
        wanted = round(share * self.cap)
        return self.cap if wanted > self.cap - STEP // 2 else max(0, wanted // STEP * STEP)

    # -- hands ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragging = True
        self._move(self._points_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._move(self._points_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._dragging = False
            self.chosen.emit(self.points)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        steps = {
            key.Key_Left: -STEP, key.Key_Down: -STEP, key.Key_Right: STEP, key.Key_Up: STEP,
            key.Key_PageDown: -LEAP, key.Key_PageUp: LEAP, key.Key_Home: -self.cap, key.Key_End: self.cap,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._move(max(0, min(self.cap, self.points + step)))
        self.chosen.emit(self.points)

    def _move(self, points: int) -> None:
        if points != self.points:
            self.points = points
            self.update()
            self.moved.emit(points)

    # -- paint ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            track, end, x = self._track(), self._end(), self.knob_x()
            self._paint_track(painter, track, end, x)
            self._paint_words(painter, track, end)
            self._paint_knob(painter, track.center().y(), x)

    def _paint_track(self, painter: QPainter, track: QRectF, end: float, x: float) -> None:
        radius = track.height() / 2
        shape = QPainterPath()
        shape.addRoundedRect(track, radius, radius)
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(track, color("sunken"))
        locked = QRectF(end, track.top(), track.right() - end, track.height())
        painter.save()
        painter.setClipRect(locked, Qt.ClipOperation.IntersectClip)
        painter.setPen(QPen(color("border_strong"), look.px(4)))
        step = look.px(14)
        left = end - track.height()
        while left < track.right() + step:
            painter.drawLine(QPointF(left, track.bottom()), QPointF(left + track.height(), track.top()))
            left += step
        painter.restore()
        painter.fillRect(
            QRectF(track.left(), track.top(), end - track.left(), track.height()), color("points_bg")
        )
        painter.fillRect(QRectF(track.left(), track.top(), x - track.left(), track.height()), color("points"))
        painter.restore()
        if self._share < 0.999:
            painter.fillRect(
                QRectF(end - 1.5, track.top() - look.px(14), 3, track.height() + look.px(28)), color("text2")
            )

    def _paint_words(self, painter: QPainter, track: QRectF, end: float) -> None:
        none, cap, due = self._words
        small = look.font(20, 500)
        wide = look.width(cap, 20, 500) + look.px(56)
        left = min(max(0.0, end - look.px(0) + look.px(12)), self.width() - wide)
        label = QRectF(left, look.px(4), wide, look.control(38))
        box(painter, label, look.px(8), color("neutral_bg"))
        icons.draw(
            painter,
            QRectF(label.left() + look.px(10), label.top(), look.px(22), label.height()),
            "lock-fill",
            "text2",
            look.px(20),
        )
        painter.setPen(color("neutral_fg"))
        draw_line(painter, label.adjusted(look.px(38), 0, -look.px(8), 0), cap, small)
        painter.setPen(color("text3"))
        under = QRectF(track.left(), track.bottom() + look.px(18), track.width(), look.control(34))
        font = look.font(20)
        draw_line(painter, under, none, font)
        draw_line(painter, under, due, font, "right")

    def _paint_knob(self, painter: QPainter, y: float, x: float) -> None:
        side = look.px(KNOB)
        knob = QRectF(x - side / 2, y - side / 2, side, side)
        shadow = color("border_strong")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(shadow))
        painter.drawEllipse(knob.adjusted(-2, 1, 2, 5))
        box(
            painter,
            knob,
            side / 2,
            color("surface"),
            color("focus" if self.hasFocus() else "points"),
            look.px(4),
        )
        painter.setBrush(color("points"))
        painter.setPen(Qt.PenStyle.NoPen)
        for offset in (-9, 0, 9):
            painter.drawRoundedRect(
                QRectF(x + look.px(offset) - look.px(1.5), y - look.px(11), look.px(3), look.px(22)), 1, 1
            )


def quick_choices(cap: int, current: int) -> list[int]:
    """None, two round steps, the current choice if it is another one, and everything."""
    steps = {_round_down(cap // 5), _round_down(cap // 2)}
    return sorted({0, cap, current, *(s for s in steps if 0 < s < cap)})


def _round_down(number: int) -> int:
    """One leading digit, the rest zeros: 5092 becomes 5000."""
    size = 10 ** (len(str(number)) - 1)
    return number // size * size
