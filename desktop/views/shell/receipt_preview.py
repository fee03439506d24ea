"""A small receipt that follows what is typed on the first start."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money, digits_of
from desktop.views.common.paint import draw_text, painting, repaint_on_change
from desktop.views.common.theme import theme

PRICES = (12_800, 3_380, 2_200)  # hundredths of a currency unit, only to have something to show


class ReceiptPreview(QWidget):
    """Draws a receipt with a torn edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.currency, self.owner = "", "CNY", ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(theme.px(240))
        repaint_on_change(self)

    def show_shop(self, name: str, currency: str, owner: str) -> None:
        """Show what was typed so far."""
        self.name, self.currency, self.owner = name, currency, owner
        self.setAccessibleName(f"{name} {currency} {owner}")
        self.update()

    def sizeHint(self) -> QSize:
        """Like a short receipt."""
        return QSize(theme.px(300), theme.px(286))

    def _money(self, hundredths: int) -> Money:
        scale = 10 ** digits_of(self.currency)
        return Money(hundredths * scale // 100, self.currency)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw paper and lines."""
        with painting(self) as painter:
            self._paper(painter)
            area = QRectF(theme.px(20), theme.px(18), self.width() - theme.px(40), theme.px(24))
            draw_text(painter, area, self.name, "h3", theme.color("text"), "center")
            area.translate(0, theme.px(22))
            cashier = _("Cashier: {name}").format(name=self.owner) if self.owner else "2026-11-21 15:20"
            draw_text(painter, area, cashier, "cap", theme.color("text2"), "center")
            area.translate(0, theme.px(30))
            self._dashes(painter, area)
            for name, price in zip((_("Tea, tin"), _("Milk 950 ml"), _("Cloud cake")), PRICES, strict=True):
                area.translate(0, theme.px(26))
                draw_text(painter, area, name, "small", theme.color("text"))
                draw_text(painter, area, self._money(price).plain(), "small", theme.color("text"), "right")
            area.translate(0, theme.px(28))
            self._dashes(painter, area)
            area.translate(0, theme.px(28))
            draw_text(painter, area, _("Total"), "h3", theme.color("text"))
            draw_text(painter, area, str(self._money(sum(PRICES))), "h2", theme.color("text"), "right")

    def _paper(self, painter: QPainter) -> None:
        width, height, tooth = self.width() - 1.0, self.height() - 2.0, theme.px(6)
        path = QPainterPath(QPointF(0.5, 8))
        path.quadTo(QPointF(0.5, 0.5), QPointF(8, 0.5))
        path.lineTo(width - 8, 0.5)
        path.quadTo(QPointF(width, 0.5), QPointF(width, 8))
        path.lineTo(width, height - tooth)
        steps = max(8, int(width // (2 * tooth)))
        for i in range(steps, 0, -1):
            path.lineTo((i - 0.5) * width / steps, height)
            path.lineTo((i - 1) * width / steps + 0.5, height - tooth)
        path.closeSubpath()
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawPath(path)

    def _dashes(self, painter: QPainter, area: QRectF) -> None:
        pen = QPen(theme.color("border_strong"), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        y = round(area.center().y()) + 0.5
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
