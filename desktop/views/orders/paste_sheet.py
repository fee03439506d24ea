"""A message or spreadsheet rows become lines of an order; what is unsure waits for a person's tick."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import MILLI, quantity_text
from desktop.queries.checkout import Goods, search_goods
from desktop.queries.order_draft import DraftLine
from desktop.queries.page import Page
from desktop.queries.paste import Choice, Pasted, PastedLine, read_pasted
from desktop.queries.paste_match import SURE, UNKNOWN
from desktop.services.paste import learn_names
from desktop.views.common import shortcuts
from desktop.views.common.buttons import Button, secondary
from desktop.views.common.cards import Card, hbox
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.inputs import Select, TextArea
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.common.theme import theme
from desktop.views.orders.picker import Picker

if TYPE_CHECKING:
    from desktop.views.orders.order_sheet import OrderSheet

PAUSE_MS = 250
MOST_SHOWN = 60  # rows a sheet draws of a long order
Taken = Callable[[Pasted, list[DraftLine]], Any]


@dataclass(frozen=True)
class Row:
    """One line as it will be taken: `chosen` of its choices, or none."""

    line: PastedLine
    qty_milli: int
    choices: tuple[Choice, ...]
    chosen: int = 0
    touched: bool = False  # a person chose or confirmed the goods

    @property
    def id(self) -> int:
        """For the table."""
        return self.line.id

    @property
    def goods(self) -> Choice | None:
        """What it means now."""
        return self.choices[self.chosen] if self.chosen < len(self.choices) else None

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.line.state == SURE or self.touched


def _badge(row: Row) -> BadgeCell:
    if row.sure:
        return BadgeCell(_("Sure"), "success", "done")
    if row.line.state == UNKNOWN or row.goods is None:
        return BadgeCell(_("Not found"), "danger", "closed")
    return BadgeCell(_("Check"), "warn", "alert")


def _goods(row: Row) -> Any:
    goods = row.goods
    if goods is None:
        return Toned(_("Choose the goods below"), "muted")
    return TwoLine(
        goods.name, " · ".join(x for x in (goods.pack, goods.code) if x), picture=goods.picture or "box"
    )


def _columns() -> list[Column]:
    return [
        Column("tick", "", 45, "tick"),
        Column("state", _("Status"), 96, "badge", value=_badge),
        Column("said", _("What was written"), 180, value=lambda row: row.line.text),
        Column("goods", _("Goods"), 230, "two_line", stretch=True, value=_goods),
        Column("qty", _("Quantity"), 96, "number", value=lambda row: _quantity(row)),
        Column("why", _("Note"), 230, "muted", value=lambda row: "" if row.sure else _(row.line.reason)),
    ]


def _quantity(row: Row) -> str:
    unit = row.goods.unit_name if row.goods else ""
    return f"{quantity_text(row.qty_milli)} {unit}".strip()


class PasteSheet(Sheet):
    """Paste, look through what is not sure, take over. `done(pasted, lines)` with what was ticked."""

    def __init__(self, parent: QWidget, context: Context, done: Taken, text: str = "") -> None:
        title = _("Paste an order")
        hint = _(
            "A chat message or rows copied from a spreadsheet. Unsure lines are taken only when you tick them."
        )
        super().__init__(parent, title, verb=_("Take over"), text=hint, icon="clipboard-line", width=960)
        self._scope, self._done_with = context.of(self), done
        self.rows: dict[int, Row] = {}
        self.pasted: Pasted | None = None
        low = (parent.parentWidget() or parent).window().height() < theme.px(820)
        example = _("2 tins of Longjing, one box of cake, milk*3, to 18 Guihua Road, 13800000000")
        self.entry = TextArea(text, hint=example, lines=3 if low else 4)
        self.add(self.entry, self._table(190 if low else 300))
        self.body.addLayout(self._editor())
        self.people = Label("", "small", "text2", wrap=True)
        self.people.hide()
        self.add(self.people)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.read)
        self.entry.textChanged.connect(self._pause.start)
        self.submitted.connect(self._go)
        self._word()
        if text:
            self.read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _table(self, height: int) -> Card:
        card = Card(flush=True)
        self.model = PagedTable(_columns(), self)
        self.view = TableView(self.model, name="paste", two_lines=True)
        self.view.tint_ticks = False
        self.view.set_empty(EmptyState(_("Nothing pasted yet"), _("Press Ctrl V in the field above")))
        self.view.setFixedHeight(theme.px(height))
        self.view.current_changed.connect(lambda _id: self._edit())
        self.model.checked_changed.connect(self._ticked)
        self.model.loaded.connect(self._loaded)
        card.body.addWidget(self.view)
        return card

    def _editor(self) -> Any:
        row = hbox(gap=8)
        self.choice = Select()
        self.choice.setAccessibleName(_("Goods"))
        self.choice.setMinimumWidth(theme.px(260))
        self.choice.picked.connect(self._choose)
        self.search = Picker(_("Other goods: name, pinyin, code"), self._find, self._words)
        self.search.picked.connect(self._other)
        self.search.resized.connect(self.adjustSize)
        self.stepper = Stepper(MILLI, least=1, name=_("Quantity"))
        self.stepper.changed.connect(self._count)
        row.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.search, 1)
        row.addWidget(self.stepper, 0, Qt.AlignmentFlag.AlignTop)
        return row

    # -- reading ----------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Match what stands in the field."""
        text = self.entry.toPlainText()
        if not text.strip():
            self._show(Pasted((), None, "", "", "", "", ""))
            return
        self._scope.ask_latest("paste", read_pasted, text).then(self._show).otherwise(self.show_error)

    def _show(self, pasted: Pasted) -> None:
        self.pasted = pasted
        self.rows = {line.id: Row(line, line.qty_milli, line.choices) for line in pasted.lines}
        self.model.ask(lambda _after: self._scope.device(self._page))
        who = pasted.member_name or pasted.name
        facts = [
            _("Customer: {name}").format(name=who) if who else "",
            _("Address: {text}").format(text=pasted.address) if pasted.address else "",
            _("Note: {text}").format(text=pasted.note) if pasted.note else "",
        ]
        self.people.setText("   ".join(fact for fact in facts if fact))
        self.people.setVisible(any(facts))
        self._fit()

    def _page(self) -> Page[Row]:
        return Page(tuple(self.rows.values()), None)

    def _loaded(self, first: bool) -> None:
        if first:
            self.model.check([row.id for row in self.rows.values() if row.line.state == SURE], True)
            doubtful = next((row.id for row in self.rows.values() if not row.sure), None)
            if doubtful is not None:
                self.view.go_to(doubtful)
        self._edit()
        self._word()

    # -- one line ---------------------------------------------------------------------------------------------

    def _current(self) -> Row | None:
        return self.rows.get(self.view.current_id() or 0)

    def _edit(self) -> None:
        row = self._current()
        for part in (self.choice, self.search, self.stepper):
            part.setEnabled(row is not None)
        if row is None:
            return
        options = [
            (n, " · ".join(x for x in (c.name, c.pack, c.unit_name) if x)) for n, c in enumerate(row.choices)
        ]
        self.choice.set_options(options or [(0, _("Not found"))], row.chosen)
        self.choice.setEnabled(bool(options))
        self.stepper.put(row.qty_milli)

    def _change(self, row: Row) -> None:
        self.rows[row.id] = row
        self.model.refresh()

    def _choose(self, number: int) -> None:
        row = self._current()
        if row is not None:
            self._change(replace(row, chosen=number, touched=True))
            self.model.check([row.id], True)

    def _other(self, goods: Goods) -> None:
        row = self._current()
        if row is None:
            return
        fresh = Choice(
            goods.sku_id,
            goods.unit,
            goods.name,
            goods.pack,
            goods.code,
            goods.picture,
            goods.kind == "weighed",
        )
        others = tuple(choice for choice in row.choices if choice.sku_id != fresh.sku_id)
        self._change(replace(row, choices=(fresh, *others), chosen=0, touched=True))
        self.model.check([row.id], True)

    def _count(self, milli: int) -> None:
        row = self._current()
        if row is not None and milli > 0 and milli != row.qty_milli:
            self._change(replace(row, qty_milli=milli))

    def _find(self, text: str) -> Any:
        return self._scope.ask(search_goods, text, 5)

    def _words(self, goods: Goods) -> str:
        return " · ".join(part for part in (goods.name, goods.pack, goods.code) if part)

    def _ticked(self) -> None:
        """A tick says yes to what is proposed; what has no goods can't be ticked."""
        empty = [i for i in self.model.checked if i in self.rows and self.rows[i].goods is None]
        if empty:
            self.model.check(empty, False)
            return
        for row_id in self.model.checked:
            row = self.rows.get(row_id)
            if row is not None and not row.sure:
                self._change(replace(row, touched=True))
        self._word()

    def _word(self) -> None:
        count = len(self.model.checked & self.rows.keys())
        left = len(self.rows) - count
        text = _("Take {count} lines").format(count=count) if count else _("Take over")
        if count and left:
            text = _("Take {count} lines, leave {left}").format(count=count, left=left)
        self.primary.relabel(text)
        self.primary.setEnabled(count > 0)

    # -- taking over ------------------------------------------------------------------------------------------

    def _go(self) -> None:
        taken = [row for row in self.rows.values() if row.id in self.model.checked and row.goods is not None]
        learned = tuple(
            (row.goods.sku_id, row.line.said)
            for row in taken if row.touched and row.goods is not None and row.line.state != SURE
        )  # fmt: skip
        if learned:
            self._scope.do(learn_names, learned).otherwise(lambda _error: None)
        if self.pasted is not None:
            self._done_with(self.pasted, [_draft(row.goods, row.qty_milli) for row in taken if row.goods])
        self.accept()


def _draft(goods: Choice, qty_milli: int) -> DraftLine:
    return DraftLine(
        goods.sku_id, goods.unit, qty_milli, goods.name, goods.pack, goods.picture, goods.weighed
    )


def merged(lines: list[DraftLine]) -> list[DraftLine]:
    """The same goods twice are one line of both."""
    sums: dict[tuple[int, str], DraftLine] = {}
    for line in lines:
        key = (line.sku_id, line.unit)
        before = sums.get(key)
        sums[key] = replace(line, qty_milli=line.qty_milli + before.qty_milli) if before else line
    return list(sums.values())


def paste_button(sheet: "OrderSheet", context: Context) -> Button:
    """“Paste” beside the goods of a new order; Ctrl V into its empty list does the same."""
    button = secondary(_("Paste"), "clipboard-line")
    button.setToolTip(_("Paste a chat message or spreadsheet rows"))

    def take(pasted: Pasted, lines: list[DraftLine]) -> None:
        sheet.take_pasted(
            merged([*sheet.lines, *lines]), pasted.member_id, pasted.member_name, pasted.address, pasted.note
        )

    def open_sheet(text: str = "") -> None:
        PasteSheet(sheet, context, take, text).open()

    def paste() -> None:
        text = QGuiApplication.clipboard().text()
        if not sheet.lines and is_order(text):
            open_sheet(text)

    button.clicked.connect(lambda: open_sheet())
    shortcuts.on(sheet.area, "Ctrl+V", paste, _("Paste an order"))
    for field in (sheet.goods.field, sheet.member.field):
        field.installEventFilter(_LongPaste(sheet, open_sheet))
    return button


class _LongPaste(QObject):
    """What is plainly more than one word, pasted into a search field of an empty order, is an order."""

    def __init__(self, sheet: "OrderSheet", open_sheet: Callable[[str], None]) -> None:
        super().__init__(sheet)
        self._sheet, self._open = sheet, open_sheet

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            text = QGuiApplication.clipboard().text()
            if event.matches(QKeySequence.StandardKey.Paste) and not self._sheet.lines and is_order(text):
                self._open(text)
                return True
        return False


def is_order(text: str) -> bool:
    """Whether a text is more than the name of one thing."""
    return len(text.strip()) > 24 or any(mark in text.strip() for mark in "\n\t，、；")
