"""The restock list: suggestions with their reasons, quantities to change, one press when they are ordered."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import when_text
from desktop.queries.replenishment import (
    RestockCosts,
    RestockGroup,
    RestockList,
    open_restock,
    restock_costs,
)
from desktop.services.replenishment import (
    Drafted,
    change_quantity,
    dismiss_list,
    draft_now,
    mark_ordered,
    put_line_back,
    remove_line,
    reopen_list,
)
from desktop.services.restock_orders import Ordered, order_list, take_list_back
from desktop.views.common import remember
from desktop.views.common.buttons import Button, icon_button, link, primary, secondary
from desktop.views.common.cards import Card, CardHead, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.inventory.restock_line import GroupHead, RestockRow, WhyBox
from desktop.views.inventory.restock_menu import open_export, open_menu, open_print
from desktop.views.inventory.restock_words import name_of
from desktop.views.inventory.seller import SellerSheet

TABLES = {"replenishment", "replenishment_line"}
LEAST_ROOM = 96  # px of lines, however little height there is
FOLDED = "inventory/restock_folded"


class RestockPanel(Card):
    """The open restock list, or a way to reckon one; `shown_changed` when it was read again."""

    shown_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(16, 12, 16, 14), gap=0, parent=parent)
        self._context, self._scope = context, context.of(self)
        self.shown: RestockList | None = None
        self.rows: dict[int, RestockRow] = {}
        self.heads: dict[int | None, GroupHead] = {}
        self._costs = RestockCosts({})
        self._sku, self._picked, self._key = 0, 0, new_key()
        self._room = LEAST_ROOM
        self._may, self._may_buy = context.may(draft_now), context.may(order_list)
        self.body.addWidget(self._head())
        self.body.addWidget(self._idle())
        self.body.addWidget(self._sheet())
        self._show_parts()
        context.stale_when(self, TABLES, lambda _touched: self.refresh())

    # Building

    def _head(self) -> QWidget:
        self.head = CardHead(_("Restock list"))
        self.rules = link(_("Rules"))
        self.rules.clicked.connect(lambda: self._context.navigate("rules"))
        self.more = icon_button("more-line", _("More"), size=28)
        self.more.clicked.connect(self._menu)
        self.fold = icon_button("arrow-up-s-line", _("Fold"), size=28)
        self.fold.clicked.connect(lambda: self.set_folded(not self.folded))
        self.head.add(self.rules, self.more, self.fold)
        return self.head

    def _idle(self) -> QWidget:
        self.idle = QWidget()
        line = hbox(self.idle, margins=(0, 4, 0, 0))
        self.idle_words = Label(_("No restock list is waiting"), "small", "text2")
        self.reckon = link(_("Reckon now"))
        self.reckon.clicked.connect(self.draft)
        self._guard(self.reckon)
        line.addWidget(self.idle_words, 1)
        line.addWidget(self.reckon)
        return self.idle

    def _sheet(self) -> QWidget:
        self.sheet = QWidget()
        column = vbox(self.sheet, margins=(0, 6, 0, 0), gap=8)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._lines = vbox(self._inside, margins=(0, 0, 10, 0))  # clear of the scroll bar
        self._left_out = Label("", "cap", "text2", wrap=True)
        self._lines.addWidget(self._left_out)
        self._lines.addStretch(1)
        self.area.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        column.addWidget(self.area)
        self.why = WhyBox(self._may, self._may_buy)
        self.why.wanted.connect(self._change)
        self.why.removed.connect(self._remove)
        self.why.seller.connect(self._choose_supplier)
        column.addWidget(self.why)
        column.addLayout(self._foot())
        return self.sheet

    def _foot(self) -> Any:
        line = hbox()
        sums = vbox(gap=0)
        self._total_words = Label("", "cap", "text2")
        self.total = Label("", "h3")
        sums.addWidget(self._total_words)
        sums.addWidget(self.total)
        self.dismiss = secondary(_("Not now"), size=30)
        self.dismiss.clicked.connect(self._dismiss)
        self.ordered = primary(_("Mark as ordered"), "check-line", size=30)
        self.ordered.clicked.connect(self._mark)
        self.order_button = primary("", "check-line", size=30)
        self.order_button.clicked.connect(self._order)
        self.order_button.setEnabled(self._may_buy)
        self.order_button.setToolTip("" if self._may_buy else _("Your role may not buy goods"))
        line.addLayout(sums, 1)
        for button in (self.dismiss, self.ordered):
            self._guard(button)
            line.addWidget(button)
        line.addWidget(self.order_button)
        return line

    def _guard(self, button: Button) -> None:
        button.setEnabled(self._may)
        button.setToolTip("" if self._may else _("Your role may not change stock"))

    # What is shown

    @property
    def folded(self) -> bool:
        """Whether only the head is shown."""
        return bool(remember.get(FOLDED, False))

    def set_folded(self, folded: bool) -> None:
        """Show the lines or only the head; remembered."""
        remember.put(FOLDED, folded)
        self._show_parts()

    def give_room(self, height: int) -> None:
        """How much height the lines may take; more of them scroll."""
        self._room = max(theme.px(LEAST_ROOM), height)
        self._fit()

    def why_height(self) -> int:
        """How much height the explanation takes, in px."""
        return 0 if self.why.isHidden() else self.why.body.totalHeightForWidth(self.area.width()) + 16

    def refresh(self) -> None:
        """Read the list again."""
        self._scope.ask_latest("restock", open_restock).then(self._show)

    def _show(self, found: RestockList | None) -> None:
        self.shown = found
        groups = found.groups if found else ()
        self._drop({line.id for group in groups for line in group.lines}, {g.supplier_id for g in groups})
        place = 0
        named = any(group.supplier_id is not None for group in groups)
        for group in groups:
            place = self._place_group(place, group, named)
        if found is not None:
            self._left_out.setText(
                _("{count} more goods are short; they follow when these are ordered.").format(
                    count=found.left_out
                )
            )
            if self._context.may(restock_costs):
                self._scope.ask_latest("costs", restock_costs, found.id).then(self._priced)
        self._left_out.setVisible(bool(found and found.left_out))
        self._explain()
        self._say()
        self._show_parts()
        self.shown_changed.emit()

    def _drop(self, lines: set[int], suppliers: set[int | None]) -> None:
        """Rows and heads the list has no more; hidden at once, for deletion waits for the event loop."""
        gone: list[QWidget] = [self.rows.pop(key) for key in set(self.rows) - lines]
        gone += [self.heads.pop(key) for key in set(self.heads) - suppliers]
        for widget in gone:
            widget.hide()
            self._lines.removeWidget(widget)
            widget.deleteLater()

    def _place_group(self, place: int, group: RestockGroup, named: bool) -> int:
        """Put a supplier's head and lines at this place; returns the place behind them."""
        if named:
            head = self.heads.setdefault(group.supplier_id, GroupHead())
            self._put(place, head)
            head.show()
            place += 1
        for line in group.lines:
            row = self.rows.get(line.id)
            if row is None:
                row = self.rows[line.id] = RestockRow(line, self._context.currency, self._may)
                row.wanted.connect(self._change)
                row.picked.connect(self._pick)
                row.changed.connect(self._say)
            self._put(place, row)
            row.show_line(line)
            row.show_cost(self._cost_of(line.sku_id))
            place += 1
        return place

    def _put(self, place: int, widget: QWidget) -> None:
        if self._lines.indexOf(widget) != place:
            self._lines.insertWidget(place, widget)

    def _cost_of(self, sku_id: int) -> tuple[int, int] | None:
        return self._costs.of_sku.get(sku_id) if self._context.may(restock_costs) else None

    def _priced(self, costs: RestockCosts) -> None:
        self._costs = costs
        for row in self.rows.values():
            row.show_cost(self._cost_of(row.line.sku_id))
        self._say()

    # Which line is explained

    def show_sku(self, sku_id: int | None) -> None:
        """Explain these goods if they are on the list."""
        self._sku, self._picked = sku_id or 0, 0
        self._explain()

    def _pick(self, line_id: int) -> None:
        self._picked = line_id
        self._explain()

    def _explain(self) -> None:
        """The line pressed last, the goods selected in the table, or the first line."""
        lines = self.shown.lines if self.shown else ()
        ordered = [line for group in self.shown.groups for line in group.lines] if self.shown else []
        picked = next((line for line in lines if line.id == self._picked), None)
        picked = picked or next((line for line in lines if line.sku_id == self._sku), None)
        picked = picked or (ordered[0] if ordered else None)
        self.why.setVisible(picked is not None)
        if picked is not None and self.shown is not None:
            self.why.show_line(picked, self.shown.cover_days)
        self._fit()

    def _say(self) -> None:
        found = self.shown
        if found is None:
            self.head.say(hint="")
            return
        sellers = sum(group.supplier_id is not None for group in found.groups)
        if sellers:
            words = ngettext("{count} supplier", "{count} suppliers", sellers).format(count=sellers)
        else:
            count, when = len(found.lines), when_text(found.at, self._context.now(), self._context.zone)
            words = ngettext("{count} kind of goods · {when}", "{count} kinds of goods · {when}", count)
            words = words.format(count=count, when=when)
        self.head.say(hint=words)
        create = ngettext("Create {count} draft", "Create {count} drafts", sellers)
        self.order_button.relabel(create.format(count=sellers))
        self.order_button.setVisible(sellers > 0)
        self.ordered.setVisible(not sellers)
        self._say_sums(found)

    def _say_sums(self, found: RestockList) -> None:
        may, currency = self._context.may(restock_costs), self._context.currency
        for group in found.groups:
            head = self.heads.get(group.supplier_id)
            if head is not None:
                rows = [self.rows[line.id] for line in group.lines if line.id in self.rows]
                worth = Money(sum(row.worth() for row in rows), currency) if may else None
                head.show_group(group, worth, self._costs.least.get(group.supplier_id or 0, 0))
        worth_all = sum(row.worth() for row in self.rows.values())
        self._total_words.setText(_("Estimated total") if worth_all else "")
        self.total.setText(str(Money(worth_all, currency)) if worth_all else "")

    def _show_parts(self) -> None:
        """Fold or unfold; without a list only the sentence that nothing waits."""
        has = self.shown is not None
        self.idle.setVisible(not has)
        self.sheet.setVisible(has and not self.folded)
        self.fold.setVisible(has)
        self.more.setVisible(has)
        self.fold.set_icon("arrow-down-s-line" if self.folded else "arrow-up-s-line")
        self.fold.setToolTip(_("Unfold") if self.folded else _("Fold"))
        self._fit()

    def _fit(self) -> None:
        self._inside.adjustSize()
        wanted = max(self._lines.sizeHint().height(), self._inside.sizeHint().height())
        self.area.setFixedHeight(max(1, min(wanted, self._room)))
        self.updateGeometry()

    # Deeds

    def draft(self) -> None:
        """Reckon what to buy now."""
        if self._may:
            self.set_folded(False)
            self._scope.do(draft_now).busy(self.reckon).then(self._drafted)

    def _drafted(self, made: Drafted) -> None:
        self.refresh()
        if made.id is None:
            self._context.toast(self, _("No goods are under their minimum; nothing needs restocking"))
        elif made.fresh:
            words = ngettext(
                "{count} kind of goods to restock", "{count} kinds of goods to restock", made.lines
            )
            undo = partial(self._do, dismiss_list, made.id)
            self._context.toast(self, words.format(count=made.lines), undo=undo)

    def _do(self, deed: Any, *values: Any) -> None:
        """A deed that takes another back."""
        self._scope.do(deed, *values).then(lambda _answer: self.refresh())

    def _change(self, line_id: int, wanted: int | None) -> None:
        row = self.rows.get(line_id)
        if row is None:
            return
        name, unit = name_of(row.line), row.line.unit
        task = self._scope.do(change_quantity, line_id, wanted)

        def done(before: int | None) -> None:
            self.refresh()
            shown = row.line.suggested_milli if wanted is None else wanted
            text = _("{name}: {quantity} {unit} to restock")
            undo = partial(self._do, change_quantity, line_id, before)
            words = text.format(name=name, quantity=quantity_text(shown), unit=unit)
            self._context.toast(self, words, undo=undo)

        def failed(error: ShopError) -> None:
            self.refresh()
            self._context.toast(self, str(error), tone="danger")

        task.then(done).otherwise(failed)

    def _remove(self, line_id: int) -> None:
        name = name_of(self.rows[line_id].line)

        def done(_none: None) -> None:
            self.refresh()
            text = _("{name} is left off for today").format(name=name)
            self._context.toast(self, text, undo=partial(self._do, put_line_back, line_id))

        self._scope.do(remove_line, line_id).then(done)

    def _mark(self) -> None:
        if self.shown is not None:
            done = partial(
                self._closed, self.shown.id, _("Marked as ordered; the goods count as on their way")
            )
            self._scope.do(mark_ordered, self.shown.id).busy(self.ordered).then(done)

    def _order(self) -> None:
        """Draft a purchase order for each supplier; a press again after an error drafts them once."""
        if self.shown is not None:
            task = self._scope.do(order_list, self.shown.id, client_key=self._key)
            task.busy(self.order_button).then(partial(self._drafted_orders, self.shown.id))

    def _drafted_orders(self, list_id: int, made: Ordered) -> None:
        self._key = new_key()
        self.refresh()
        count, back = len(made.orders), partial(self._do, take_list_back, list_id)
        words = ngettext("{count} purchase order drafted", "{count} purchase orders drafted", count)
        self._context.toast(self, words.format(count=count), undo=back)

    def _choose_supplier(self, line_id: int) -> None:
        if line_id in self.rows:
            SellerSheet(self.window(), self._context, self.rows[line_id].line).open()

    def _dismiss(self) -> None:
        if self.shown is not None:
            done = partial(self._closed, self.shown.id, _("List dismissed; it is reckoned anew tomorrow"))
            self._scope.do(dismiss_list, self.shown.id).busy(self.dismiss).then(done)

    def _closed(self, list_id: int, text: str, _answer: Any) -> None:
        self.refresh()
        self._context.toast(self, text, undo=partial(self._do, reopen_list, list_id))

    # Paper and files

    def _menu(self) -> None:
        open_menu(self.more, self._context, self.draft if self._may else None, self.shown)

    def open_export(self) -> None:
        """Open the sheet that writes the list to a file."""
        open_export(self, self._context, self.shown)

    def open_print(self) -> None:
        """Open the sheet that prints the list."""
        open_print(self, self._context, self.shown)
