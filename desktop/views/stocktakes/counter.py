"""Where goods are scanned: the field, the goods counted last in large, and what everybody scanned."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, quantity_text
from desktop.basics.words import when_text
from desktop.queries.products import ProductRow
from desktop.queries.stocktakes import CountLine, ScanRow
from desktop.services.stocktakes import Counted, count_goods
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, Divider, NestedCard, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.goods_scan import GoodsScan, goods_name
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import QuantityInput
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.theme import theme
from desktop.views.stocktakes.words import name_of

WIDTH = 300


class Counter(Card):
    """Scan after scan counts one more; `counted(sku)` after each was saved."""

    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(16, 14, 16, 14), gap=12, parent=parent)
        self._context, self.take_id, self.sku_id = context, 0, 0
        self.scan = GoodsScan(context, _("Scan a barcode; each scan counts one more"))
        self.scan.picked.connect(self._scanned)
        self.body.addWidget(self.scan)
        self._now = NestedCard()
        row = hbox(gap=14)
        self.picture = ProductPicture("box", 48)
        self.names = TwoLines(_("Nothing scanned yet"), _("The goods counted last stand here."))
        self.number = Label("", "number", align="right")
        self.unit = Label("", "small", "text2")
        less = icon_button("subtract-line", _("One less"), framed=True)
        more = icon_button("add-line", _("One more"), framed=True)
        less.clicked.connect(partial(self._more, -MILLI))
        more.clicked.connect(partial(self._more, MILLI))
        self.total = QuantityInput(least=0, most=10**12)
        self.total.setPlaceholderText(_("In all"))
        self.total.setAccessibleName(_("Counted in all"))
        self.total.setFixedWidth(theme.px(96))
        self.total.returnPressed.connect(self._whole)
        self.put = secondary(_("Set"))
        self.put.clicked.connect(self._whole)
        row.addWidget(self.picture)
        row.addWidget(self.names, 1)
        for widget in (self.number, self.unit, less, more, self.total, self.put):
            row.addWidget(widget)
        self._parts = [less, more, self.total, self.put]
        self._now.body.addLayout(row)
        self.body.addWidget(self._now)
        self._enable(False)

    def _enable(self, on: bool) -> None:
        for widget in self._parts:
            widget.setEnabled(on)

    def begin(self, take_id: int) -> None:
        """Count for this stocktake."""
        self.take_id, self.sku_id = take_id, 0
        self.names.say(_("Nothing scanned yet"), _("The goods counted last stand here."))
        self.number.setText("")
        self.unit.setText("")
        self.scan.quiet()
        self._enable(False)

    def show_line(self, line: CountLine) -> None:
        """Take a line of the list, to type its count."""
        if line.id != self.sku_id:
            self.total.clear()
        self.sku_id = line.id
        self.picture.show_key(line.picture or "box")
        self.names.say(name_of(line), line.code)
        self._number(line.counted_milli, line.unit)

    def _number(self, milli: int | None, unit: str) -> None:
        self.number.setText(quantity_text(milli) if milli is not None else "—")
        self.unit.setText(unit)
        self._enable(True)

    def _scanned(self, row: ProductRow, milli: int) -> None:
        self._save(row.id, milli, partial(self._show_goods, row))

    def _show_goods(self, row: ProductRow) -> None:
        self.sku_id = row.id
        self.picture.show_key(row.picture or "box")
        self.names.say(goods_name(row), row.code)
        self.unit.setText(row.unit)
        self.total.clear()

    def _more(self, milli: int, *_clicked: Any) -> None:
        if self.sku_id:
            self._save(self.sku_id, milli, None)

    def _whole(self) -> None:
        if self.sku_id and not self.total.problem() and self.total.milli() is not None:
            self._save(self.sku_id, self.total.milli() or 0, None, whole=True)
            self.total.clear()
            self.scan.setFocus()

    def _save(self, sku_id: int, milli: int, seen: Any, *, whole: bool = False) -> None:
        task = self._context.of(self).do(
            count_goods, self.take_id, sku_id, milli, client_key=new_key(), whole=whole
        )
        task.then(partial(self._saved, seen)).otherwise(self.scan.say)

    def _saved(self, seen: Any, counted: Counted) -> None:
        if seen is not None:
            seen()
        if counted.sku_id == self.sku_id:
            self._number(counted.counted_milli, self.unit.text())
        self.counted.emit(counted.sku_id)


class ScanList(Card):
    """The last scans of everybody who counts; `chosen(sku)` when one is clicked."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(16, 14, 16, 14), gap=8, parent=parent)
        self._context = context
        self.setFixedWidth(theme.px(WIDTH))
        self.body.addWidget(Label(_("Last scans"), "h3"))
        self._rows = vbox(gap=6)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)

    def show_scans(self, scans: tuple[ScanRow, ...]) -> None:
        """Show other scans, the newest on top and strong."""
        clear(self._rows)
        if not scans:
            self._rows.addWidget(
                Label(_("Each scan is kept at once and shows here."), "small", "text3", wrap=True)
            )
        for number, scan in enumerate(scans):
            if number:
                self._rows.addWidget(Divider())
            self._rows.addWidget(self._row(scan, newest=not number))

    def _row(self, scan: ScanRow, *, newest: bool) -> QWidget:
        widget = QWidget()
        row = hbox(widget, gap=8)
        when = when_text(scan.at, self._context.now(), self._context.zone)
        row.addWidget(TwoLines(scan.name, " · ".join(part for part in (scan.who, when) if part)), 1)
        sign = "+" if scan.kind == "add" and scan.milli > 0 else "＝" if scan.kind == "set" else ""
        words = _("again") if scan.kind == "again" else f"{sign}{quantity_text(scan.milli)}"
        row.addWidget(Label(words, "small_b", "success_fg" if newest else "text", align="right"))
        return widget
