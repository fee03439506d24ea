"""The restock list: suggestions with their reasons, quantities to change, one press when they are ordered."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import when_text
from desktop.queries.order_export import export_begins
from desktop.queries.replenishment import RestockCosts, RestockLine, RestockList, open_restock, restock_costs
from desktop.services.goods_export import export_restock
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
from desktop.views.common import icons, remember
from desktop.views.common.buttons import Button, icon_button, link, primary, secondary
from desktop.views.common.cards import Card, CardHead, Divider, TwoLines, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.labels import Label
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.theme import theme
from desktop.views.inventory.paper import restock_lines
from desktop.views.inventory.restock_line import RestockRow, name_of

TABLES = {"replenishment", "replenishment_line"}
LEAST_ROOM = 96  # px of lines, however little height there is
FOLDED = "inventory/restock_folded"


class RestockPanel(Card):
    """The open restock list, or a way to reckon one."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(16, 12, 16, 14), gap=0, parent=parent)
        self._context, self._scope = context, context.of(self)
        self.shown: RestockList | None = None
        self.rows: dict[int, RestockRow] = {}
        self._costs: dict[int, int] = {}
        self._room = LEAST_ROOM
        self._may = context.may(draft_now)
        self.body.addWidget(self._head())
        self.body.addWidget(self._idle())
        self.body.addWidget(self._sheet())
        self._show_parts()
        context.stale_when(self, TABLES, lambda _touched: self.refresh())

    # Building

    def _head(self) -> QWidget:
        self.head = CardHead(_("Restock list"))
        self.more = icon_button("more-line", _("More"), size=28)
        self.more.clicked.connect(self._menu)
        self.fold = icon_button("arrow-up-s-line", _("Fold"), size=28)
        self.fold.clicked.connect(lambda: self.set_folded(not self.folded))
        self.head.add(self.more, self.fold)
        return self.head

    def _idle(self) -> QWidget:
        self.idle = QWidget()
        line = hbox(self.idle, margins=(0, 4, 0, 0))
        self.idle_words = Label(_("Nothing needs restocking"), "small", "text2")
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
        column.addWidget(Divider())
        column.addLayout(self._foot())
        return self.sheet

    def _foot(self) -> Any:
        line = hbox()
        self.total = TwoLines("", "")
        self.dismiss = secondary(_("Not now"))
        self.dismiss.clicked.connect(self._dismiss)
        self.ordered = primary(_("Mark as ordered"), "check-line")
        self.ordered.clicked.connect(self._mark)
        line.addWidget(self.total, 1)
        for button in (self.dismiss, self.ordered):
            self._guard(button)
            line.addWidget(button)
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

    def refresh(self) -> None:
        """Read the list again."""
        self._scope.ask_latest("restock", open_restock).then(self._show)

    def _show(self, found: RestockList | None) -> None:
        self.shown = found
        lines = found.lines if found else ()
        for line_id in set(self.rows) - {line.id for line in lines}:
            row = self.rows.pop(line_id)
            row.hide()  # at once: deletion waits for the event loop
            self._lines.removeWidget(row)
            row.deleteLater()
        for place, line in enumerate(lines):
            self._place(place, line, found.cover_days if found else 0)
        if found is not None:
            self._left_out.setText(
                _("{count} more goods are short; they follow when these are ordered.").format(
                    count=found.left_out
                )
            )
            if self._context.may(restock_costs):
                self._scope.ask_latest("costs", restock_costs, found.id).then(self._priced)
        self._left_out.setVisible(bool(found and found.left_out))
        self._say()
        self._show_parts()

    def _place(self, place: int, line: RestockLine, cover_days: int) -> None:
        row = self.rows.get(line.id)
        if row is None:
            row = self.rows[line.id] = RestockRow(line, self._context.currency, self._may)
            row.wanted.connect(self._change)
            row.removed.connect(self._remove)
            row.changed.connect(self._say)
        if self._lines.indexOf(row) != place:
            self._lines.insertWidget(place, row)
        row.show_line(line, cover_days)
        row.show_cost(self._costs.get(line.sku_id) if self._context.may(restock_costs) else None)

    def _priced(self, costs: RestockCosts) -> None:
        self._costs = costs.of_sku
        for row in self.rows.values():
            row.show_cost(self._costs.get(row.line.sku_id))
        self._say()

    def _say(self) -> None:
        found = self.shown
        if found is None:
            self.head.say(hint="")
            return
        count = len(found.lines)
        when = when_text(found.at, self._context.now(), self._context.zone)
        words = ngettext("{count} kind of goods · {when}", "{count} kinds of goods · {when}", count)
        self.head.say(hint=words.format(count=count, when=when))
        worth = sum(row.worth() for row in self.rows.values())
        caption = _("Estimated total") if worth else ""
        self.total.say(str(Money(worth, self._context.currency)) if worth else "", caption)

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
        wanted = self._lines.totalHeightForWidth(self.area.viewport().width())
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

    def _dismiss(self) -> None:
        if self.shown is not None:
            done = partial(self._closed, self.shown.id, _("List dismissed; it is reckoned anew tomorrow"))
            self._scope.do(dismiss_list, self.shown.id).busy(self.dismiss).then(done)

    def _closed(self, list_id: int, text: str, _answer: Any) -> None:
        self.refresh()
        self._context.toast(self, text, undo=partial(self._do, reopen_list, list_id))

    # Paper and files

    def _menu(self) -> None:
        menu = QMenu(self.more)
        entries = (
            (_("Reckon again"), "refresh-line", self.draft, self._may),
            (_("Print…"), "printer-line", self.open_print, True),
            (_("Export…"), "download-2-line", self.open_export, self._context.may(export_begins)),
        )
        for text, icon, run, may in entries:
            entry = menu.addAction(icons.icon(icon, "text2"), text)
            entry.setEnabled(may)
            entry.triggered.connect(lambda _checked=False, run=run: run())
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _file_name(self) -> str:
        return f"restock-{self._context.now().astimezone(self._context.zone):%Y%m%d}"

    def open_export(self) -> None:
        """Open the sheet that writes the list to a file."""
        if self.shown is not None:
            title, count = _("Export the restock list"), len(self.shown.lines)
            ExportSheet(
                self.window(), self._context, title, self._file_name(), count, export_restock, self.shown.id
            ).open()

    def open_print(self) -> None:
        """Open the sheet that prints the list."""
        if self.shown is not None:
            lines = restock_lines(self.shown, self._context)
            document = Document("list", _("Restock list"), lines)
            PrintSheet(
                self.window(),
                self._context,
                _("Print the restock list"),
                self._file_name(),
                [document],
                self._printed,
            ).open()

    def _printed(self, where: str) -> None:
        self._context.toast(self, _("Sent to {name}").format(name=where))
