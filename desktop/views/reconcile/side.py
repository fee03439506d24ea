"""What stands beside the rows: the sums of the day, and the chosen row with its fixes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.queries.reconciliation import BillRowSeen
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, clear, vbox
from desktop.views.common.context import Context
from desktop.views.common.day_card import DayCard, difference_box
from desktop.views.common.fix_desk import FixDesk
from desktop.views.common.theme import theme

WIDTH = 392


class Side(QScrollArea):
    """The day's sums and the chosen row; in a narrow window it lies over the list."""

    narrowed = Signal(bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(theme.px(WIDTH))
        inner = QWidget()
        column = vbox(inner, gap=12)
        self.close_button = icon_button("close-line", _("Close"), size=28)
        self.close_button.hide()
        column.addWidget(self.close_button, alignment=Qt.AlignmentFlag.AlignRight)
        self.day = DayCard(context, box=False)
        column.addWidget(self.day)
        self.bills = secondary(_("Bills of this day"), "bill-line", size=30)
        self.day.body.addWidget(self.bills, alignment=Qt.AlignmentFlag.AlignLeft)
        self.chosen = Card(margins=(12, 12, 12, 12))
        column.addWidget(self.chosen)
        column.addStretch(1)
        self.chosen.hide()
        self.setWidget(inner)

    def show_close(self, narrow: bool) -> None:
        """Whether it lies over the list now."""
        self.close_button.setVisible(narrow)
        self.narrowed.emit(narrow)

    def show_row(self, row: BillRowSeen | None, desk: FixDesk) -> None:
        """Show what is chosen in the list."""
        clear(self.chosen.body)
        self.chosen.setVisible(row is not None)
        if row is not None:
            self.chosen.body.addWidget(difference_box(row, self._context, desk))
