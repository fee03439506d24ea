"""The gold card: tier, earn rate, and how far it is to the next one."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.members import Tiers
from desktop.views.common import icons
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change
from desktop.views.common.theme import theme
from desktop.views.members.words import times


class TierCard(QWidget):
    """A member's tier with progress towards the next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tier: Tiers | None = None
        self._spent = Money(0, "CNY")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def show_tier(self, tier: Tiers, spent: Money) -> None:
        """Show where a member stands with this money spent."""
        self._tier, self._spent = tier, spent
        self.setAccessibleName(f"{_(tier.name)}, {times(tier.earn_bp)}, {self._next_words()}")
        self.update()

    def _next_words(self) -> str:
        tier = self._tier
        if tier is None:
            return ""
        if not tier.next_name:
            return _("The highest tier")
        missing = Money(tier.missing_minor, self._spent.currency)
        if not missing:
            return _("Has reached {tier}").format(tier=_(tier.next_name))
        return _("{amount} more to {tier}").format(amount=missing, tier=_(tier.next_name))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(106))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._tier is None:
            return
        with painting(self) as painter:
            area = QRectF(self.rect())
            self._ground(painter, area)
            self._words(painter, area.adjusted(16, 0, -16, 0))

    def _ground(self, painter: QPainter, area: QRectF) -> None:
        fade = QLinearGradient(area.topLeft(), area.bottomRight())
        fade.setColorAt(0, theme.color("gold_from"))
        fade.setColorAt(1, theme.color("gold_to"))
        shape = QPainterPath()
        shape.addRoundedRect(area, 10, 10)
        painter.fillPath(shape, fade)
        painter.save()
        painter.setClipPath(shape)
        ring = QColor(theme.color("gold_ring"))
        painter.setPen(QPen(ring, theme.px(12)))
        painter.drawEllipse(QPointF(area.right() - theme.px(58), theme.px(16)), theme.px(64), theme.px(64))
        painter.drawEllipse(QPointF(area.right() - theme.px(10), theme.px(20)), theme.px(52), theme.px(52))
        painter.restore()

    def _words(self, painter: QPainter, area: QRectF) -> None:
        px, ink, tier = theme.px, theme.color("gold_ink"), self._tier
        assert tier is not None
        icons.draw(painter, QRectF(area.left(), px(12), px(20), px(24)), "vip-crown-fill", ink, px(18))
        head = QRectF(area.left() + px(27), px(12), area.width() - px(27), px(24))
        draw_text(painter, head, _(tier.name), "h2", ink)
        draw_text(painter, head, times(tier.earn_bp), "cap_m", ink, "right")
        row = QRectF(area.left(), px(42), area.width(), px(20))
        draw_text(painter, row, self._next_words(), "small_m", ink)
        track = QRectF(area.left(), px(68), area.width(), px(7))
        pale = QColor(theme.color("on_brand"))
        pale.setAlpha(110)
        box(painter, track, 3.5, pale)
        goal = tier.next_from_minor or max(1, self._spent.amount)
        part = max(0, min(goal, self._spent.amount))
        box(painter, QRectF(track.left(), track.top(), track.width() * part / goal, track.height()), 3.5, ink)
        foot = QRectF(area.left(), px(81), area.width(), px(18))
        draw_text(painter, foot, str(self._spent), "cap_m", ink)
        if tier.next_name:
            draw_text(painter, foot, str(Money(goal, self._spent.currency)), "cap_m", ink, "right")
