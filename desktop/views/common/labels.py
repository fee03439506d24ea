"""Text on screen in a type style and a colour token."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from desktop.views.common.paint import Align, draw_text, painting, text_width
from desktop.views.common.theme import theme


class Label(QLabel):
    """A text in a type style and colour token; one line on the common baseline, or wrapped."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        color: str = "text",
        *,
        wrap: bool = False,
        align: Align = "left",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._style, self._token, self._align = style, color, align
        self.setWordWrap(wrap)
        sides = {
            "left": Qt.AlignmentFlag.AlignLeft,
            "right": Qt.AlignmentFlag.AlignRight,
            "center": Qt.AlignmentFlag.AlignHCenter,
        }
        self.setAlignment(
            sides[align] | (Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter)
        )
        self.setText(text)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._restyle()
        theme.changed.connect(self._restyle)

    def look(self, style: str | None = None, color: str | None = None) -> None:
        """Change type style or colour token."""
        self._style = style or self._style
        self._token = color or self._token
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(theme.font(self._style))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.color(self._token))
        self.setPalette(palette)
        self.updateGeometry()
        self.update()

    def event(self, event: QEvent) -> bool:
        cut = not self.wordWrap() and text_width(self._style, self.text()) > self.contentsRect().width() + 1
        if (
            event.type() == QEvent.Type.ToolTip
            and isinstance(event, QHelpEvent)
            and cut
            and not self.toolTip()
        ):
            QToolTip.showText(event.globalPos(), self.text(), self)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        if self.wordWrap():
            return super().sizeHint()
        lines = self.text().split("\n")
        width = max(text_width(self._style, line) for line in lines)
        margins = self.contentsMargins()
        return QSize(
            int(width) + 2 + margins.left() + margins.right(),
            theme.line(self._style) * len(lines) + margins.top() + margins.bottom(),
        )

    def minimumSizeHint(self) -> QSize:
        if self.wordWrap():
            return super().minimumSizeHint()
        return QSize(min(self.sizeHint().width(), theme.px(24)), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.wordWrap() or not self.pixmap().isNull():
            super().paintEvent(event)
            return
        token = self._token if self.isEnabled() else "disabled"
        area = QRectF(self.contentsRect())
        lines = self.text().split("\n")
        height = theme.line(self._style)
        top = area.top() + (area.height() - height * len(lines)) / 2
        with painting(self) as painter:
            for number, line in enumerate(lines):
                row = QRectF(area.left(), top + number * height, area.width(), height)
                draw_text(painter, row, line, self._style, theme.color(token), self._align)
