"""Write a transfer: where from, where to, and scan after scan what goes along."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import quantity_text
from desktop.queries.places import Place, PlaceStock, stock_by_place
from desktop.queries.products import ProductRow
from desktop.queries.transfers import TransferSheet
from desktop.services.transfers import Made, TransferItem, draft_transfer, save_transfer
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import Divider, TwoLines, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import ErrorLine, Field
from desktop.views.common.goods_scan import GoodsScan, goods_name
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.scrolled import LinesBox

MOST = 10**12


class Line(QWidget):
    """One kind of goods that goes along; `short` when more is wanted than is available."""

    changed = Signal()
    removed = Signal(int)

    def __init__(self, sku_id: int, name: str, code: str, look: str, unit: str, milli: int) -> None:
        super().__init__()
        self.sku_id, self._code, self._unit = sku_id, code, unit
        self.available: int | None = None
        row = hbox(self, margins=(0, 6, 0, 6), gap=10)
        row.addWidget(ProductPicture(look or "box", 34))
        self.names = TwoLines(name, code)
        row.addWidget(self.names, 1)
        self.left = Label("", "cap", "text2", align="right")
        row.addWidget(self.left)
        self.quantity = Stepper(milli, least=1, most=MOST, name=_("Quantity of {name}").format(name=name))
        remove = icon_button("close-line", _("Remove"), size=28)
        remove.clicked.connect(partial(self.removed.emit, sku_id))
        for widget in (self.quantity, Label(unit, "cap", "text2"), remove):
            row.addWidget(widget)
        self.quantity.changed.connect(self._show)

    def more(self, milli: int) -> None:
        """Count another scan."""
        self.quantity.put(self.quantity.milli() + milli)
        self._show()

    def show_available(self, milli: int) -> None:
        """Say what may leave the place chosen."""
        self.available = milli
        self._show()

    @property
    def short(self) -> bool:
        """Whether more is wanted than may leave."""
        return self.available is not None and self.quantity.milli() > self.available

    def _show(self, *_changed: Any) -> None:
        if self.available is not None:
            text = _("{quantity} available").format(quantity=quantity_text(self.available))
            self.left.setText(text)
            self.left.look(color="danger_fg" if self.short else "text2")
        self.changed.emit()


class DraftSheet(Sheet):
    """A new transfer, or a draft taken up again; nothing moves before it is sent."""

    def __init__(
        self, parent: QWidget, context: Context, places: Sequence[Place], done: Callable[[int], Any],
        draft: TransferSheet | None = None,
    ) -> None:  # fmt: skip
        title = _("Transfer {code}").format(code=draft.row.code) if draft else _("New transfer")
        super().__init__(parent, title, verb=_("Save draft"), icon="arrow-left-right-line", width=720)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._then, self._draft, self._key = context, done, draft, new_key()
        self.lines: dict[int, Line] = {}
        options = [(place.id, place.name) for place in places if place.kind != "transit"]
        self.source = Select(options, draft.from_id if draft else options[0][0])
        second = options[1][0] if len(options) > 1 else options[0][0]
        self.target = Select(options, draft.to_id if draft else second)
        self._wrong = ErrorLine()
        ways = QWidget()
        row = hbox(ways, gap=12)
        row.addWidget(Field(_("Goods leave from"), self.source), 1)
        row.addWidget(Field(_("Goods go to"), self.target), 1)
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self.add_goods)
        self.note = TextInput(draft.row.note if draft else "", longest=200)
        self.add(ways, self._wrong, self.scan, self._list(), Field(_("Note"), self.note))
        self.source.picked.connect(self._look_again)
        self.target.picked.connect(self._count)
        self.submitted.connect(self._save)
        for line in draft.lines if draft else ():
            name = " ".join(part for part in (line.name, line.pack) if part)
            self._put(line.sku_id, name, line.code, line.picture, line.unit, line.qty_milli)
        self._count()
        self.scan.setFocus()

    def _list(self) -> QWidget:
        box = LinesBox(260)
        self._rows, self._area = box.rows, box.area
        self._hint = Label(_("Nothing scanned yet"), "small", "text3", align="center")
        self._rows.addWidget(self._hint)
        self._rows.addStretch(1)
        return box

    def add_goods(self, row: ProductRow, milli: int) -> None:
        """Add a line, or count more on the one there is; the newest change stands on top."""
        if row.id in self.lines:
            self.lines[row.id].more(milli)
        else:
            self._put(row.id, goods_name(row), row.code, row.picture, row.unit, milli)
        self._area.verticalScrollBar().setValue(0)
        self._count()

    def _put(self, sku_id: int, name: str, code: str, look: str, unit: str, milli: int) -> None:
        line = self.lines[sku_id] = Line(sku_id, name, code, look, unit, milli)
        line.changed.connect(self._count)
        line.removed.connect(self._remove)
        self._rows.insertWidget(0, line)
        self._rows.insertWidget(1, Divider())
        self._look_at(line)
        self.order_tabs()

    def _look_again(self, *_place: Any) -> None:
        for line in self.lines.values():
            self._look_at(line)
        self._count()

    def _look_at(self, line: Line) -> None:
        task = self._context.of(line).ask_latest("left", stock_by_place, line.sku_id)
        task.then(partial(self._seen, line))

    def _seen(self, line: Line, found: tuple[PlaceStock, ...]) -> None:
        here = [row for row in found if row.location_id == self.source.value()]
        free = here[0].on_hand_milli - here[0].reserved_milli - here[0].set_aside_milli if here else 0
        line.show_available(free)

    def _remove(self, sku_id: int) -> None:
        line = self.lines.pop(sku_id)
        divider = self._rows.itemAt(self._rows.indexOf(line) + 1)
        for widget in (line, divider.widget() if divider is not None else None):
            if widget is not None:
                self._rows.removeWidget(widget)
                widget.deleteLater()
        self._count()

    def _count(self, *_changed: Any) -> None:
        self._hint.setVisible(not self.lines)
        same = self.source.value() == self.target.value()
        self._wrong.say(_("Choose two different places.") if same else "")
        self.primary.setEnabled(bool(self.lines) and not same)
        count = len(self.lines)
        words = ngettext("Save draft with {count} line", "Save draft with {count} lines", count)
        self.primary.relabel(words.format(count=count) if count else _("Save draft"))

    def _save(self) -> None:
        items = [TransferItem(line.sku_id, line.quantity.milli()) for line in reversed(self.lines.values())]
        ways, note, scope = (
            (self.source.value(), self.target.value()),
            self.note.value(),
            self._context.of(self),
        )
        if self._draft is None:
            task = scope.do(draft_transfer, *ways, items, client_key=self._key, note=note)
        else:
            task = scope.do(save_transfer, self._draft.row.id, *ways, items, note)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, made: Made | None) -> None:
        self.accept()
        self._then(made.id if made is not None else self._draft.row.id if self._draft else 0)
