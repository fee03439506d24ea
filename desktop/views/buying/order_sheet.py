"""Write a purchase order: a supplier, and packs of what it sells."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.clock import shop_day
from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, Money, quantity_text
from desktop.queries.products import ProductRow
from desktop.queries.purchasing import PurchaseSheet
from desktop.queries.suppliers import (
    SoldGoods,
    SupplierCard,
    goods_of_supplier,
    supplier_card,
    supplier_names,
)
from desktop.services.purchasing import LineIn, change_order, make_order
from desktop.services.suppliers import price_at
from desktop.views.buying.price_sheet import PriceSheet
from desktop.views.common.buttons import icon_button, secondary
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

MOST_PACKS = 1_000_000 * MILLI


class Line(QWidget):
    """So many packs of one kind of goods, at a price that follows the supplier's steps until it is typed."""

    changed = Signal()
    removed = Signal(int)

    def __init__(self, goods: SoldGoods, packs: int, price_minor: int | None, currency: str) -> None:
        super().__init__()
        self.goods, self._currency, self._own = goods, currency, price_minor is not None
        row = hbox(self, margins=(0, 6, 0, 6), gap=10)
        row.addWidget(ProductPicture(goods.picture or "box", 34))
        pack = _("packs of {quantity} {unit}").format(
            quantity=quantity_text(goods.pack_milli), unit=goods.unit
        )
        row.addWidget(TwoLines(goods.name, " · ".join((goods.their_code or goods.code, pack))), 1)
        name = _("Packs of {name}").format(name=goods.name)
        self.packs = Stepper(packs * MILLI, least=MILLI, most=MOST_PACKS, name=name)
        self.price = MoneyInput(currency, self._listed() if price_minor is None else price_minor)
        self.price.setAccessibleName(_("Price of a pack"))
        self.price.setFixedWidth(theme.px(104))
        self.sum = Label("", "small_m", align="right")
        self.sum.setFixedWidth(theme.px(92))
        remove = icon_button("close-line", _("Remove"), size=28)
        remove.clicked.connect(partial(self.removed.emit, goods.sku_id))
        for widget in (self.packs, self.price, self.sum, remove):
            row.addWidget(widget)
        self.packs.changed.connect(self._packs_changed)
        self.price.textEdited.connect(self._typed)
        self._show()

    def _listed(self) -> int:
        return price_at(self.goods.price_minor, self.goods.steps, self.number)

    @property
    def number(self) -> int:
        """How many packs; whole ones."""
        return max(1, -(-self.packs.milli() // MILLI))

    def more(self, milli: int) -> None:
        """Count another scan: enough packs for so much more."""
        self.packs.put((self.number + max(1, -(-milli // self.goods.pack_milli))) * MILLI)
        self._packs_changed()

    def worth(self) -> int:
        """The line's amount in minor units; 0 while the price can't be read."""
        try:
            return self.number * (self.price.minor() or 0)
        except ShopError:
            return 0

    def line(self) -> LineIn:
        """The line to be ordered. Raises `ShopError` for a price that is no amount."""
        goods = self.goods
        return LineIn(goods.sku_id, self.number, goods.pack_milli, self.price.minor() or 0, goods.their_code)

    def _packs_changed(self, *_ignored: Any) -> None:
        if self.packs.milli() % MILLI:
            self.packs.put(self.number * MILLI)
        if not self._own:
            self.price.put(self._listed())
        self._show()

    def _typed(self, _text: str) -> None:
        self._own = True
        self._show()

    def _show(self) -> None:
        self.sum.setText(Money(self.worth(), self._currency).plain())
        self.changed.emit()


class OrderSheet(Sheet):
    """A new purchase order, or a draft taken up again."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        draft: PurchaseSheet | None = None,
        supplier_id: int | None = None,
    ) -> None:
        title = _("Purchase order {number}").format(number=draft.code) if draft else _("New purchase order")
        super().__init__(parent, title, verb=_("Save draft"), icon="truck-line", width=760)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._scope, self._draft, self._key = context, context.of(self), draft, new_key()
        self._goods: dict[int, SoldGoods] = {}
        self._least, self._wanted = 0, supplier_id
        self.lines: dict[int, Line] = {}
        self.supplier: Select = Select([])
        self.day = DateInput(
            draft.expected_on if draft and draft.expected_on else shop_day(context.now(), context.zone)
        )
        self._offered = None if draft is not None else self.day.day()  # what nobody chose
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self._scanned)
        self._trouble = ErrorLine()
        self.note = TextInput(draft.note if draft else "", longest=500)
        self.add(self._top(), self.scan, self._trouble, self._list(), self._foot())
        self.submitted.connect(self._save)
        self._scope.ask(supplier_names).then(self._named)
        self._count()
        self.scan.setFocus()

    def _top(self) -> QWidget:
        head = QWidget()
        row = hbox(head, gap=12)
        row.addWidget(Field(_("Supplier"), self.supplier), 1)
        self._expected = Field(_("Due on"), self.day)
        row.addWidget(self._expected)
        self.all_goods = secondary(_("Goods of this supplier…"), "list-check")
        self.all_goods.clicked.connect(self._menu)
        row.addWidget(self.all_goods, alignment=Qt.AlignmentFlag.AlignBottom)
        self.supplier.picked.connect(self._supplier_picked)
        return head

    def _list(self) -> QWidget:
        box = LinesBox(240)
        self._rows = box.rows
        self._hint = Label(_("Scan goods of this supplier, or choose them"), "small", "text3", align="center")
        self._rows.addWidget(self._hint)
        self._rows.addStretch(1)
        return box

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = hbox(foot, gap=12)
        row.addWidget(Field(_("Note for the supplier"), self.note), 1)
        sums = vbox(gap=0)
        self.total = Label("", "h2", align="right")
        self.hint = Label("", "cap", "warn_fg", align="right")
        sums.addWidget(self.total)
        sums.addWidget(self.hint)
        row.addLayout(sums)
        return foot

    # The supplier

    def _named(self, names: tuple[tuple[int, str], ...]) -> None:
        draft = self._draft
        chosen = draft.supplier_id if draft else self._wanted or (names[0][0] if names else None)
        options = list(names)
        if draft is not None and draft.supplier_id not in dict(names):
            options.append((draft.supplier_id, draft.supplier))
        self.supplier.set_options(options, chosen)
        self.supplier.setEnabled(draft is None)
        if chosen is None:
            self._trouble.say(_("There is no supplier yet. Add one first."))
        else:
            self._supplier_picked(chosen)

    def _supplier_picked(self, supplier_id: int) -> None:
        self._goods = {}
        for sku_id in list(self.lines):
            self._remove(sku_id)
        self._scope.ask_latest("goods", goods_of_supplier, supplier_id).then(self._sold)
        self._scope.ask_latest("card", supplier_card, supplier_id).then(self._card)

    def _card(self, card: SupplierCard | None) -> None:
        if card is not None:
            self._least = card.least_minor
            self._count()
            if self._offered == self.day.day():
                self._offered = card.arrives_on
                self.day.set_day(card.arrives_on)

    def _sold(self, found: tuple[SoldGoods, ...]) -> None:
        self._goods = {goods.sku_id: goods for goods in found}
        for line in self._draft.lines if self._draft and not self.lines else ():
            goods = self._goods.get(line.sku_id) or SoldGoods(
                0, self._draft.supplier_id if self._draft else 0, "", line.sku_id, line.code, line.name, line.unit,
                line.picture, line.their_code, line.pack_milli, line.price_minor, (), None, False,
            )  # fmt: skip
            self.add_goods(goods, line.packs, line.price_minor)

    # Goods

    def _menu(self) -> None:
        from PySide6.QtWidgets import QMenu

        menu = QMenu(self.all_goods)
        for goods in self._goods.values():
            price = Money(goods.price_minor, self._context.currency)
            entry = menu.addAction(f"{goods.name}   {price}")
            entry.setEnabled(goods.sku_id not in self.lines)
            entry.triggered.connect(lambda _on=False, goods=goods: self.add_goods(goods, 1))
        if not self._goods:
            menu.addAction(_("Nothing on this supplier’s list yet; scan goods to add them")).setEnabled(False)
        menu.popup(self.all_goods.mapToGlobal(self.all_goods.rect().bottomLeft()))

    def _scanned(self, row: ProductRow, milli: int) -> None:
        self._trouble.say("")
        goods = self._goods.get(row.id)
        if goods is not None:
            if row.id in self.lines:
                self.lines[row.id].more(milli)
            else:
                self.add_goods(goods, max(1, -(-milli // goods.pack_milli)))
        elif self.supplier.value() is not None:
            self._ask_price(row)

    def _ask_price(self, row: ProductRow) -> None:
        """Goods this supplier did not sell so far: ask for pack and price once."""
        supplier = self.supplier.value()
        sheet = PriceSheet(self, self._context, supplier, row.id, row.name, row.unit)
        sheet.saved.connect(
            lambda _id: self._scope.ask(goods_of_supplier, supplier).then(partial(self._priced, row.id))
        )
        sheet.open()

    def _priced(self, sku_id: int, found: tuple[SoldGoods, ...]) -> None:
        self._goods = {goods.sku_id: goods for goods in found}
        if sku_id in self._goods:
            self.add_goods(self._goods[sku_id], 1)

    def add_goods(self, goods: SoldGoods, packs: int, price_minor: int | None = None) -> None:
        """Add a line; goods that stand there get as many packs more."""
        if goods.sku_id in self.lines:
            self.lines[goods.sku_id].more(packs * goods.pack_milli)
            return
        line = self.lines[goods.sku_id] = Line(goods, packs, price_minor, self._context.currency)
        line.changed.connect(self._count)
        line.removed.connect(self._remove)
        at = self._rows.count() - 2
        self._rows.insertWidget(at, line)
        self._rows.insertWidget(at + 1, Divider())
        self._count()
        self.order_tabs()

    def _remove(self, sku_id: int) -> None:
        line = self.lines.pop(sku_id)
        divider = self._rows.itemAt(self._rows.indexOf(line) + 1)
        for widget in (line, divider.widget() if divider is not None else None):
            if widget is not None:
                widget.hide()
                self._rows.removeWidget(widget)
                widget.deleteLater()
        self._count()

    def _count(self) -> None:
        self._hint.setVisible(not self.lines)
        self.primary.setEnabled(bool(self.lines))
        worth = sum(line.worth() for line in self.lines.values())
        currency = self._context.currency
        self.total.setText(str(Money(worth, currency)) if self.lines else "")
        short = self._least - worth if self.lines else 0
        text = _("{amount} below the least order value").format(amount=Money(max(0, short), currency))
        self.hint.setText(text if short > 0 else "")

    # Saving

    def _save(self) -> None:
        try:
            lines = [line.line() for line in self.lines.values()]
        except ShopError as error:
            self.show_error(error)
            return
        note, day, draft = self.note.value(), self.day.day(), self._draft
        expected = None if day == self._offered else day
        if draft is None:
            task = self._scope.do(
                make_order,
                self.supplier.value(),
                lines,
                client_key=self._key,
                expected_on=expected,
                note=note,
            )
        else:
            task = self._scope.do(
                change_order, draft.id, lines, expected_on=expected, note=note, seen=draft.revision
            )
        task.busy(self.primary).then(partial(self._saved, len(lines))).otherwise(self.show_error)

    def _saved(self, count: int, order_id: int) -> None:
        self.accept()
        owner = self.parentWidget() or self
        words = ngettext("Draft with {count} line saved", "Draft with {count} lines saved", count)
        self._context.toast(owner, words.format(count=count))
        if self._draft is None:
            self._context.navigate("buying", order_id)
