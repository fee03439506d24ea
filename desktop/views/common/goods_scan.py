"""A field goods are scanned or typed into: codes at once, names with a choice when several fit."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import MILLI
from desktop.queries.page import Page
from desktop.queries.product_detail import goods_of_code
from desktop.queries.products import ProductFilter, ProductRow, products_page
from desktop.views.common.buttons import plain
from desktop.views.common.cards import clear, vbox
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label

MOST_CHOICES = 5
MOST_UNKNOWN = 3


def goods_name(row: ProductRow) -> str:
    """Name with variant and pack: `鲜牛奶 950 ml`."""
    return " ".join(part for part in (row.name, row.variant, row.pack) if part)


class ScanField(TextInput):
    """Takes what a scanner or a person types; Enter ends it and stays inside, Ctrl+Enter goes on to the sheet."""

    scanned = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = self.value()
            self.clear()
            if text:
                self.scanned.emit(text)
            event.setAccepted(bool(text) or event.modifiers() != Qt.KeyboardModifier.ControlModifier)
            return
        super().keyPressEvent(event)


class GoodsScan(QWidget):
    """Emits `picked(ProductRow, thousandths of its base unit)`; what is not found stays in sight and beeps."""

    picked = Signal(object, object)

    def __init__(self, context: Context, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._unknown: list[str] = []
        self.field = ScanField(hint=hint or _("Barcode, code or name"), icon="barcode-line", longest=60)
        self.field.setAccessibleName(_("Scan goods"))
        self.field.scanned.connect(self.take)
        self._trouble = ErrorLine()
        column = vbox(self, gap=4)
        column.addWidget(self.field)
        column.addWidget(self._trouble)
        self._choices = vbox(gap=2)
        column.addLayout(self._choices)
        self.setFocusProxy(self.field)

    def take(self, text: str) -> None:
        """Find what was scanned; nothing found as a code is looked for by name."""
        clear(self._choices)
        task = self._context.of(self).ask(goods_of_code, text)
        task.then(partial(self._found, text)).otherwise(self.say)

    def say(self, error: ShopError) -> None:
        """Show why the last scan did not count, with a sound: who scans looks at the shelf."""
        self._trouble.say(str(error))
        QApplication.beep()

    def quiet(self) -> None:
        """Take the last complaint away."""
        self._unknown = []
        self._trouble.say("")

    def _say_unknown(self) -> None:
        words = _("No goods with “{text}”. Add them under Products first.")
        self._trouble.say(words.format(text="”, “".join(self._unknown)))
        QApplication.beep()

    def _found(self, text: str, goods: Sequence[tuple[ProductRow, str, int]]) -> None:
        if not goods:
            task = self._context.of(self).ask(products_page, ProductFilter(text))
            task.then(partial(self._looked_up, text)).otherwise(self.say)
        elif len(goods) == 1:
            self._pick(goods[0][0], goods[0][2])
        else:
            self._offer([(row, factor) for row, _unit, factor in goods])

    def _looked_up(self, text: str, page: Page[ProductRow]) -> None:
        rows = [row for row in page.rows if row.kind in ("goods", "weighed")]
        if not rows:
            self._unknown = [*(code for code in self._unknown if code != text), text][-MOST_UNKNOWN:]
            self._say_unknown()
        elif len(rows) == 1:
            self._pick(rows[0], MILLI)
        else:
            self._offer([(row, MILLI) for row in rows[:MOST_CHOICES]])
            if len(rows) > MOST_CHOICES:
                self._trouble.say(_("More goods fit “{text}”. Type more of the name.").format(text=text))

    def _offer(self, goods: Sequence[tuple[ProductRow, int]]) -> None:
        self._choices.addWidget(Label(_("Which one?"), "small_m", "text2"))
        for row, milli in goods:
            choice = plain(
                " · ".join(part for part in (goods_name(row), row.code) if part), "add-line", size=28
            )
            choice.clicked.connect(partial(self._chosen, row, milli))
            self._choices.addWidget(choice, alignment=Qt.AlignmentFlag.AlignLeft)

    def _chosen(self, row: ProductRow, milli: int, *_clicked: object) -> None:
        clear(self._choices)
        self._pick(row, milli)
        self.field.setFocus()

    def _pick(self, row: ProductRow, milli: int) -> None:
        if not self._unknown:
            self._trouble.say("")
        self.picked.emit(row, milli)
