"""Goods come in: each scan adds a line or one piece more; quantity and cost can be typed."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, Money, half_up, quantity_text
from desktop.queries.batches import tracked_skus
from desktop.queries.products import ProductRow
from desktop.services.stock import ReceivedLine, StockChange, adjust_stock, receive_stock
from desktop.views.common.batch_fields import BatchFields
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import Divider, TwoLines, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.goods_scan import GoodsScan, goods_name
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput, Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.scrolled import LinesBox
from desktop.views.common.theme import theme


class Line(QWidget):
    """One kind of goods that comes in."""

    changed = Signal()
    removed = Signal(int)

    def __init__(self, row: ProductRow, milli: int, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row, self._currency = row, currency
        column = vbox(self, margins=(0, 6, 0, 6), gap=6)
        layout = hbox(gap=10)
        column.addLayout(layout)
        self.batch = BatchFields()
        self.batch.hide()
        column.addWidget(self.batch)
        layout.addWidget(ProductPicture(row.picture or "box", 34))
        name = goods_name(row)
        layout.addWidget(TwoLines(name, row.code), 1)
        self.quantity = Stepper(milli, least=1, most=10**12, name=_("Quantity of {name}").format(name=name))
        self.cost = MoneyInput(currency)
        self.cost.setAccessibleName(_("Cost of one {unit}").format(unit=row.unit))
        self.cost.setPlaceholderText(_("Unchanged"))
        self.cost.setFixedWidth(theme.px(108))
        self.sum = Label("", "small_m", align="right")
        self.sum.setFixedWidth(theme.px(92))
        remove = icon_button("close-line", _("Remove"), size=28)
        remove.clicked.connect(partial(self.removed.emit, row.id))
        for widget in (self.quantity, Label(row.unit, "cap", "text2"), self.cost, self.sum, remove):
            layout.addWidget(widget)
        self.quantity.changed.connect(self._show_sum)
        self.cost.textChanged.connect(self._show_sum)
        self._show_sum()

    def worth(self) -> int:
        """Quantity times cost in minor units; 0 while the cost is unknown."""
        try:
            cost = self.cost.minor() or 0
        except ShopError:
            return 0
        return half_up(cost * self.quantity.milli(), MILLI)

    def more(self, milli: int) -> None:
        """Count another scan."""
        self.quantity.put(self.quantity.milli() + milli)
        self._show_sum()

    def ask_batch(self, tracked: frozenset[int]) -> None:
        """Goods told apart by batch are asked for its code and its last day."""
        self.batch.setVisible(self.row.id in tracked)

    def received(self) -> ReceivedLine:
        """The line to be posted. Raises `ShopError` for a cost that is no amount and a day that is none."""
        batch = self.batch.batch() if self.batch.isVisibleTo(self) else None
        batches = (batch,) if batch is not None else ()
        return ReceivedLine(self.row.id, self.quantity.milli(), self.cost.minor(), batches)

    def _show_sum(self, *_ignored: object) -> None:
        worth = self.worth()
        self.sum.setText(Money(worth, self._currency).plain() if worth else "—")
        self.changed.emit()


class ReceiveSheet(Sheet):
    """Scan after scan becomes a list; one press brings all of it in."""

    def __init__(self, parent: QWidget, context: Context) -> None:
        text = _("Scan a barcode, or type a code or name and press Enter.")
        super().__init__(
            parent, _("Receive goods"), text=text, verb=_("Receive"), icon="barcode-line", width=720
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._window, self._key = context, parent, new_key()
        self.lines: dict[int, Line] = {}
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self.add_goods)
        self.add(self.scan)
        self.add(self._list(), self._foot())
        self.submitted.connect(self._post)
        self._count()
        self.scan.setFocus()

    def _list(self) -> QWidget:
        box = LinesBox(250)
        self._rows, self._area = box.rows, box.area
        self._hint = Label(_("Nothing scanned yet"), "small", "text3", align="center")
        self._rows.addWidget(self._hint)
        self._rows.addStretch(1)
        return box

    def _foot(self) -> QWidget:
        foot = QWidget()
        line = hbox(foot, gap=12)
        self.supplier, self.note = TextInput(longest=80, hint=_("Who brought it")), TextInput(longest=200)
        line.addWidget(Field(_("Supplier"), self.supplier), 1)
        line.addWidget(Field(_("Note"), self.note), 1)
        self.total = Label("", "h2", align="right")
        self.total.setMinimumWidth(theme.px(140))
        line.addWidget(self.total, alignment=Qt.AlignmentFlag.AlignBottom)
        return foot

    # Scanning

    def add_goods(self, row: ProductRow, milli: int) -> None:
        """Add a line, or count more on the one there is; the newest change stands on top."""
        line = self.lines.get(row.id)
        if line is not None:
            line.more(milli)
        else:
            line = self.lines[row.id] = Line(row, milli, self._context.currency)
            line.changed.connect(self._count)
            line.removed.connect(self._remove)
            self._context.of(line).ask(tracked_skus, (row.id,)).then(line.ask_batch)
            self._rows.insertWidget(0, line)
            self._rows.insertWidget(1, Divider())
        self._area.verticalScrollBar().setValue(0)
        self._count()
        self.order_tabs()

    def _remove(self, sku_id: int) -> None:
        line = self.lines.pop(sku_id)
        divider = self._rows.itemAt(self._rows.indexOf(line) + 1)
        for widget in (line, divider.widget() if divider is not None else None):
            if widget is not None:
                self._rows.removeWidget(widget)
                widget.deleteLater()
        self._count()

    def _count(self) -> None:
        self._hint.setVisible(not self.lines)
        self.primary.setEnabled(bool(self.lines))
        count = len(self.lines)
        words = ngettext("Receive {count} line", "Receive {count} lines", count).format(count=count)
        self.primary.relabel(words if count else _("Receive"))
        worth = sum(line.worth() for line in self.lines.values())
        self.total.setText(str(Money(worth, self._context.currency)) if worth else "")

    # Posting

    def _post(self) -> None:
        try:
            lines = [line.received() for line in self.lines.values()]
        except ShopError as error:
            self.show_error(error)
            return
        task = self._context.of(self).do(
            receive_stock, lines, client_key=self._key, supplier=self.supplier.value(),
            note=self.note.value(),
        )  # fmt: skip
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, changes: tuple[StockChange, ...]) -> None:
        self.accept()
        context, window, key = self._context, self._window, new_key()
        back = [change.back for change in changes]

        def undo() -> None:
            context.of(window).do(adjust_stock, back, reason="undone", client_key=key)

        pieces = sum(change.after_milli - change.before_milli for change in changes)
        text = _("Received {quantity} in {count} lines").format(
            quantity=quantity_text(pieces), count=len(changes)
        )
        context.toast(window, text, undo=undo)
