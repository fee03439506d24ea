"""A delivery of a purchase order: what came is scanned or typed, with price, batch and day where they matter."""

from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.basics.clock import shop_day
from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import Money, half_up, quantity_text
from desktop.queries.places import Place, places
from desktop.queries.products import ProductRow
from desktop.queries.purchasing import OrderedLine, PurchaseSheet
from desktop.services.deliveries import CameIn, Delivered, receive_order
from desktop.views.common.buttons import link
from desktop.views.common.cards import Divider, TwoLines, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import ErrorLine, Field
from desktop.views.common.goods_scan import GoodsScan
from desktop.views.common.inputs import DateInput, Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput, Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.scrolled import LinesBox
from desktop.views.common.theme import theme
from desktop.views.common.toggle import CheckBox

MOST = 10**12
MOST_SHOWN = 60  # rows of a long order; the rest show as they are scanned


class Came(QWidget):
    """One line of the order: how much of it came now; 0 is nothing."""

    changed = Signal()

    def __init__(self, line: OrderedLine, currency: str, today: date) -> None:
        super().__init__()
        self.line, self._currency = line, currency
        column = vbox(self, margins=(0, 6, 0, 6), gap=4)
        row = hbox(gap=10)
        row.addWidget(ProductPicture(line.picture or "box", 34))
        left = _("{left} of {wanted} still to come").format(
            left=quantity_text(line.left_milli), wanted=quantity_text(line.qty_milli)
        )
        pack = _("packs of {quantity} {unit}").format(quantity=quantity_text(line.pack_milli), unit=line.unit)
        row.addWidget(TwoLines(line.name, f"{left} · {pack}"), 1)
        name = _("Quantity of {name}").format(name=line.name)
        self.quantity = Stepper(0, least=0, most=MOST, name=name)
        self.price = MoneyInput(currency, line.price_minor)
        self.price.setAccessibleName(_("Price of a pack"))
        self.price.setFixedWidth(theme.px(104))
        self.sum = Label("", "small_m", align="right")
        self.sum.setFixedWidth(theme.px(88))
        for widget in (self.quantity, Label(line.unit, "cap", "text2"), self.price, self.sum):
            row.addWidget(widget)
        column.addLayout(row)
        column.addLayout(self._extras(today))
        self.quantity.changed.connect(self._show)
        self.price.textChanged.connect(self._show)
        self._show()

    def _extras(self, today: date) -> QHBoxLayout:
        """Batch and day of goods told apart by them, and what more goods or another price ask for."""
        line, more = self.line, hbox(margins=(44, 0, 0, 0), gap=8)
        self.batch = TextInput(hint=_("Batch"), longest=40)
        self.expires = DateInput(today + timedelta(days=line.shelf_life_days or 30))
        self.dated = CheckBox(_("Best before"))
        self.dated.setChecked(line.shelf_life_days is not None)
        self.reason = TextInput(hint=_("Why more came than was ordered"), longest=200)
        self.agreed = CheckBox(_("The new price is right"))
        for extra in (self.batch, self.dated, self.expires):
            more.addWidget(extra)
            if not line.batch_tracked:
                extra.hide()
        more.addWidget(self.reason, 1)
        more.addWidget(self.agreed)
        more.addStretch(1)
        self.reason.hide()
        self.agreed.hide()
        return more

    def put(self, milli: int) -> None:
        """So much came."""
        self.quantity.put(milli)
        self._show()

    def worth(self) -> int:
        """What it costs in minor units; 0 while the price can't be read."""
        try:
            return half_up((self.price.minor() or 0) * self.quantity.milli(), self.line.pack_milli)
        except ShopError:
            return 0

    def came(self) -> CameIn:
        """What is to be posted. Raises `ShopError` for a price that is no amount."""
        price, day = self.price.minor(), self.expires.day() if self.dated.isChecked() else None
        tracked = self.line.batch_tracked
        return CameIn(
            self.line.id, self.quantity.milli(), self.line.received_milli,
            None if price == self.line.price_minor else price, self.agreed.isChecked(),
            self.batch.value() if tracked else "", day if tracked else None, self.reason.value(),
        )  # fmt: skip

    def _show(self, *_ignored: Any) -> None:
        came = self.quantity.milli()
        self.sum.setText(Money(self.worth(), self._currency).plain() if came else "—")
        over = came > self.line.left_milli
        self.reason.setVisible(over)
        try:
            differs = came > 0 and self.price.minor() != self.line.price_minor
        except ShopError:
            differs = False
        self.agreed.setVisible(differs)
        if not differs:
            self.agreed.setChecked(False)
        self.changed.emit()


class ReceiveOrderSheet(Sheet):
    """Scan after scan counts; one press brings all of it in."""

    def __init__(self, parent: QWidget, context: Context, order: PurchaseSheet) -> None:
        title = _("Receive order {number}").format(number=order.code)
        super().__init__(
            parent, title, text=order.supplier, verb=_("Receive"), icon="download-2-line", width=760
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._order, self._key = context, order, new_key()
        today = shop_day(context.now(), context.zone)
        self._today, self._rest = today, {line.sku_id: line for line in order.lines}
        self._all = False  # also of what is not shown
        self.lines: dict[int, Came] = {}
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self._scanned)
        self._trouble = ErrorLine()
        self.place: Select = Select([(None, _("Shop floor"))])
        self.note = TextInput(longest=200, hint=_("Delivery note number"))
        everything = link(_("All that is still to come is here"))
        everything.clicked.connect(self.take_all)
        self.add(self.scan, self._trouble, everything, self._list(), self._foot())
        for line in sorted(order.lines, key=lambda line: line.left_milli == 0)[:MOST_SHOWN]:
            self._show(line.sku_id)
        self.submitted.connect(self._post)
        context.of(self).ask(places).then(self._placed)
        self._count()
        self.scan.setFocus()

    def _list(self) -> QWidget:
        box = LinesBox(280)
        self._rows, self._area = box.rows, box.area
        self._more = Label("", "cap", "text2")
        self._rows.addWidget(self._more)
        self._rows.addStretch(1)
        return box

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = hbox(foot, gap=12)
        row.addWidget(Field(_("Received at"), self.place))
        row.addWidget(Field(_("Note"), self.note), 1)
        self.total = Label("", "h2", align="right")
        self.total.setMinimumWidth(theme.px(140))
        row.addWidget(self.total, alignment=Qt.AlignmentFlag.AlignBottom)
        return foot

    def _placed(self, found: tuple[Place, ...]) -> None:
        options = [(place.id, _(place.name)) for place in found if place.kind != "transit"]
        if options:
            self.place.set_options(options, options[0][0])

    def _show(self, sku_id: int) -> Came:
        """A row for this line; a long order shows the rest as it is scanned."""
        if sku_id not in self.lines:
            line = self.lines[sku_id] = Came(self._rest.pop(sku_id), self._order.currency, self._today)
            line.changed.connect(self._count)
            at = self._rows.count() - 2
            self._rows.insertWidget(at, line)
            self._rows.insertWidget(at + 1, Divider())
            text = _("{count} more lines: scan them, or take all").format(count=len(self._rest))
            self._more.setText(text if self._rest else "")
        return self.lines[sku_id]

    def take_all(self) -> None:
        """All that was not delivered yet came."""
        self._all = True
        for line in self.lines.values():
            line.put(line.line.left_milli)

    def _scanned(self, row: ProductRow, milli: int) -> None:
        line = self._show(row.id) if row.id in self.lines or row.id in self._rest else None
        if line is None:
            words = _("“{name}” is not on this order. Receive it apart, by scanner.")
            self._trouble.say(words.format(name=row.name))
            return
        self._trouble.say("")
        line.put(line.quantity.milli() + milli)
        self._area.ensureWidgetVisible(line)

    def _count(self) -> None:
        hidden = [line for line in self._rest.values() if line.left_milli] if self._all else []
        count = sum(1 for line in self.lines.values() if line.quantity.milli() > 0) + len(hidden)
        self.primary.setEnabled(count > 0)
        words = ngettext("Receive {count} line", "Receive {count} lines", count).format(count=count)
        self.primary.relabel(words if count else _("Receive"))
        worth = sum(line.worth() for line in self.lines.values() if line.quantity.milli() > 0)
        worth += sum(half_up(line.price_minor * line.left_milli, line.pack_milli) for line in hidden)
        self.total.setText(str(Money(worth, self._order.currency)) if worth else "")

    def _post(self) -> None:
        try:
            came = [line.came() for line in self.lines.values() if line.quantity.milli() > 0]
            came += [
                CameIn(line.id, line.left_milli, line.received_milli)
                for line in self._rest.values()
                if self._all and line.left_milli
            ]
        except ShopError as error:
            self.show_error(error)
            return
        task = self._context.of(self).do(
            receive_order, self._order.id, came, client_key=self._key, location_id=self.place.value(),
            note=self.note.value(),
        )  # fmt: skip
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, made: Delivered) -> None:
        self.accept()
        owner = self.parentWidget() or self
        words = (
            _("All of it came; the order is closed") if made.closed else _("Received; the rest is on its way")
        )
        self._context.toast(owner, words)
