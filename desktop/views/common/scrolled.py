"""A column that scrolls up and down where it has not room enough."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from desktop.views.common.cards import NestedCard, vbox
from desktop.views.common.theme import theme

Margins = tuple[int, int, int, int]


def scrolled(margins: Margins = (0, 0, 0, 0), gap: int = 0) -> tuple[QScrollArea, QVBoxLayout]:
    """The area, and the column inside it that is to be filled."""
    area, inside = QScrollArea(), QWidget()
    column = vbox(inside, margins=margins, gap=gap)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    inside.setAutoFillBackground(False)
    return area, column


class LinesBox(NestedCard):
    """The lines of a sheet in a box of this height, in `rows`; `area` scrolls to one of them."""

    def __init__(self, height: int, margins: Margins = (14, 6, 10, 6)) -> None:
        super().__init__()
        self.area, self.rows = scrolled(margins)
        self.area.setFixedHeight(theme.px(height))
        self.body.addWidget(self.area)
