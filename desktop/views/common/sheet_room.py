"""A sheet's room on the screen: rather than let a button lie below the edge, the body of the sheet scrolls."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QDialog, QScrollArea, QVBoxLayout, QWidget

from desktop.views.common.theme import theme

EDGE = 8  # between a sheet and the screen's edge


class RolledBody(QScrollArea):
    """Holds a body as high as it wants to be, in whatever height there is."""

    def __init__(self, body: QVBoxLayout) -> None:
        super().__init__()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        inside = QWidget()
        body.setContentsMargins(0, 0, theme.px(4), 0)
        inside.setLayout(body)
        self.setWidget(inside)
        for part in (inside, self.viewport()):
            part.setAutoFillBackground(False)
        self._body = body

    def sizeHint(self) -> QSize:
        width = self.viewport().width()
        wanted = self._body.totalSizeHint().height()
        if self._body.hasHeightForWidth():
            wanted = self._body.totalHeightForWidth(width)
        return QSize(width, wanted)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, theme.px(96))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # what is inside wants another height
        return super().event(event)


def lowest(sheet: QDialog, margin: int) -> int:
    """Where a sheet must end; `margin` is its shadow, which may lie outside."""
    return sheet.screen().availableGeometry().bottom() - EDGE + margin


def most_height(sheet: QDialog, margin: int) -> int:
    """How high a sheet may be."""
    return sheet.screen().availableGeometry().height() + 2 * (margin - EDGE)


def roll(sheet: QDialog, body: QVBoxLayout) -> None:
    """Let the body of a sheet scroll from now on; the field being typed into keeps the keyboard."""
    column, typing = sheet.layout(), sheet.focusWidget()
    if not isinstance(column, QVBoxLayout):
        return
    place = column.indexOf(body)
    column.removeItem(body)
    body.setParent(None)
    area = RolledBody(body)
    column.insertWidget(place, area, 1)
    area.show()  # at once: what is not seen takes no keyboard
    if typing is not None:
        typing.setFocus()
