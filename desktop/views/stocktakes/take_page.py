"""One stocktake: scan at the top, its lines below, what differs, and its end."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import quantity_text
from desktop.queries.stocktakes import (
    CountLine,
    StocktakeRow,
    TakeValue,
    count_lines,
    difference_lines,
    lines_count,
    newest_scans,
    stocktake_of,
    stocktake_value,
)
from desktop.services.stocktakes import cancel_stocktake, count_again, post_stocktake
from desktop.views.common.badges import Badge
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import danger, icon_button, primary
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.cells import Column, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.progress_panel import ProgressBar
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme
from desktop.views.stocktakes.counter import Counter, ScanList
from desktop.views.stocktakes.end_sheets import PostSheet, ReasonSheet, TakeBackSheet
from desktop.views.stocktakes.words import (
    count_sheet,
    facts_of,
    history_of,
    name_of,
    reason_words,
    result_sheet,
    signed,
    state_badge,
    worth,
)

ROOMY = 1_100  # px of this page; below it the last scans are left out


class TakePage(QWidget):
    """Counting and its result; `left` when the person goes back to the list."""

    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self.take_id, self._view = 0, "all"
        self.row: StocktakeRow | None = None
        self.value: TakeValue | None = None
        self._may_post = context.may(post_stocktake)
        column = vbox(self, gap=14)
        column.addLayout(self._head())
        body = hbox(gap=12)
        main = vbox(gap=12)
        self.counter = Counter(context)
        self.counter.counted.connect(lambda _sku: self.refresh())
        main.addWidget(self.counter)
        main.addWidget(self._list(), 1)
        body.addLayout(main, 1)
        self.scans = ScanList(context)
        body.addWidget(self.scans)
        column.addLayout(body, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the lines need the room of the last scans."""
        super().resizeEvent(event)
        self.scans.setVisible(self.width() >= theme.px(ROOMY))

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=10)
        back = icon_button("arrow-left-line", _("All stocktakes"), framed=True)
        back.clicked.connect(self.left)
        line.addWidget(back)
        self.name = Label("", "h1")
        self.badge = Badge("")
        self.facts = Label("", "small", "text2")
        self.bar = ProgressBar()
        self.bar.setFixedWidth(theme.px(120))
        self.progress = Label("", "small_m", "text2")
        line.addWidget(self.name)
        line.addWidget(self.badge)
        line.addWidget(self.facts, 1)
        line.addWidget(self.bar)
        line.addWidget(self.progress)
        self.printing = icon_button("printer-line", _("Print"), framed=True)
        self.printing.clicked.connect(self.print_sheets)
        self.cancel = danger(_("Cancel it"))
        self.cancel.clicked.connect(self._ask_cancel)
        self.post = primary(_("Post"), "check-double-line")
        self.post.clicked.connect(self.open_post)
        self.back = danger(_("Take back…"), "arrow-go-back-line")
        self.back.clicked.connect(self.open_take_back)
        self.back.hide()
        for button in (self.printing, self.cancel, self.back, self.post):
            line.addWidget(button)
        return line

    def _list(self) -> Card:
        self.model = PagedTable(self._columns(), self)
        self.table = TableView(self.model, name="stocktake_lines", two_lines=True)
        self.table.setAccessibleName(_("Lines to count"))
        card = Card(margins=(1, 0, 1, 2))
        line = hbox(margins=(15, 0, 10, 0), gap=4)
        self.tabs = Tabs(self._tabs(), name=_("Which lines"))
        self.tabs.picked.connect(self.pick_view)
        self.columns_button = icon_button("layout-column-line", _("Columns"))
        self.columns_button.clicked.connect(self._columns_menu)
        line.addWidget(self.tabs)
        line.addStretch(1)
        line.addWidget(self.columns_button)
        card.body.addLayout(line)
        self.pages = QStackedWidget()
        self.nothing = EmptyState(_("No lines here"), why="all_done")
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.nothing)
        card.body.addWidget(self.pages, 1)
        self.bulk = BulkBar()
        self.bulk.add(_("Count again"), "refresh-line").clicked.connect(self._count_again)
        if self._may_post:
            self.bulk.add(_("Give a reason"), "question-line").clicked.connect(self._give_reason)
        self.bulk.cleared.connect(lambda: self.model.check_all(False))
        self.bulk.hide()
        holder = vbox(margins=(6, 0, 6, 6))
        holder.addWidget(self.bulk)
        card.body.addLayout(holder)
        self.model.loaded.connect(self._loaded)
        self.model.checked_changed.connect(self._ticked)
        self.table.current_changed.connect(self._current)
        self.table.opened.connect(self._type_count)
        return card

    def _columns(self) -> list[Column]:
        shown = [
            Column("tick", "", 45, "tick"),
            Column("name", _("Goods"), 180, "two_line", stretch=True, value=self._goods),
            Column("expected", _("Expected"), 86, "number", value=self._expected),
            Column("counted", _("Counted now"), 104, "number", value=self._counted),
            Column("difference", _("Difference"), 92, "number", value=self._difference),
        ]
        if self._context.may(stocktake_value):
            shown.append(Column("worth", _("Worth"), 96, "money", value=self._worth))
        shown.append(Column("why", _("Note"), 132, "muted", value=self._why))
        return shown

    def _goods(self, line: CountLine) -> TwoLine:
        return TwoLine(name_of(line), line.code, picture=line.picture or "box")

    def _expected(self, line: CountLine) -> str:
        return quantity_text(line.expected_milli) if line.expected_milli is not None else "?"

    def _counted(self, line: CountLine) -> Toned | None:
        if line.counted_milli is None:
            return Toned(_("open"), "muted")
        return Toned(quantity_text(line.counted_milli), strong=True)

    def _difference(self, line: CountLine) -> Toned | None:
        delta = line.difference_milli
        if delta is None:
            return None
        return (
            Toned(signed(delta), "success" if delta > 0 else "danger", strong=True)
            if delta
            else Toned("0", "muted")
        )

    def _worth(self, line: CountLine) -> str:
        delta = line.difference_milli
        if not delta or self.value is None:
            return ""
        return worth(delta, self.value.cost_of.get(line.id, 0), self._context.currency).plain()

    def _why(self, line: CountLine) -> str:
        parts = [reason_words(line.reason)]
        if line.before_milli is not None:
            parts.append(_("first {quantity}").format(quantity=quantity_text(line.before_milli)))
        if line.moved_milli:
            parts.append(_("{quantity} moved").format(quantity=signed(line.moved_milli)))
        return " · ".join(part for part in parts if part)

    def _tabs(self) -> list[Tab]:
        row = self.row
        open_lines = row.lines - row.counted if row else None
        shown = [
            Tab("all", _("All"), row.lines if row else None),
            Tab("open", _("Not counted"), open_lines),
            Tab("counted", _("Already counted"), row.counted if row else None),
        ]
        if row is None or self._sees_differences(row):
            shown += [
                Tab("differ", _("Differences"), row.differing if row else None),
                Tab("moved", _("Moved while counted")),
            ]
        return shown

    def _sees_differences(self, row: StocktakeRow) -> bool:
        return self._may_post or not row.blind or row.state != "open"

    # Asking

    def open_take(self, take_id: int) -> None:
        """Show another stocktake, as it was left."""
        self.take_id, self.row, self.value, self._view = take_id, None, None, "all"
        self.counter.begin(take_id)
        self.tabs.set_value("all")
        self._ask()
        self._ask_head()

    def refresh(self) -> None:
        """Read it again: somebody counted."""
        if self.take_id:
            self.model.refresh(None)
            self._ask_head()

    def _ask_head(self) -> None:
        self._scope.ask_latest("take", stocktake_of, self.take_id).then(self._show)
        self._scope.ask_latest("scans", newest_scans, self.take_id).then(self.scans.show_scans)
        if self._context.may(stocktake_value):
            self._scope.ask_latest("value", stocktake_value, self.take_id).then(self._valued)

    def _ask(self) -> None:
        take, view = self.take_id, self._view
        question = difference_lines if view in ("differ", "moved") and self._may_post else count_lines

        def fetch(after: Any) -> Any:
            return self._scope.ask(question, take, view, after)

        self.model.ask(fetch, lambda: self._scope.ask(lines_count, take, view))

    def _valued(self, value: TakeValue) -> None:
        self.value = value
        self.table.viewport().update()

    def _show(self, row: StocktakeRow) -> None:
        fresh = self.row is None
        self.row = row
        self.name.setText(row.name)
        self.badge.show_status(*state_badge(row))
        self.facts.setText(f"{facts_of(row)} · {history_of(row, self._context)}")
        self.bar.show_part(row.counted, max(1, row.lines))
        self.progress.setText(_("{counted} of {lines}").format(counted=row.counted, lines=row.lines))
        self.tabs.set_tabs(self._tabs())
        still_open = row.state == "open"
        self.counter.setVisible(still_open)
        self.back.setVisible(row.state == "posted" and row.differing > 0)
        for button in (self.cancel, self.post):
            button.setVisible(still_open)
        for button in (self.cancel, self.post, self.back):
            button.setEnabled(self._may_post)
            button.setToolTip("" if self._may_post else _("Your role may not change stock"))
        if fresh and still_open:
            self.counter.scan.setFocus()
        if not still_open:
            self.model.check_all(False)  # what the bar offers is over

    def _loaded(self, _first: bool) -> None:
        self.pages.setCurrentWidget(self.table if self.model.rows else self.nothing)
        words = {
            "open": _("Every line is counted"),
            "differ": _("Nothing differs"),
            "counted": _("Nothing counted yet"),
        }
        self.nothing.say(words.get(self._view, _("No lines here")))

    # What the person does

    def pick_view(self, view: str) -> None:
        """Show other lines."""
        self._view = view
        self.tabs.set_value(view)
        self._ask()

    def _columns_menu(self) -> None:
        below = self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft())
        self.table.head.columns_menu().popup(below)

    def _current(self, sku_id: int | None) -> None:
        line = self.model.row_at(self.model.row_of(sku_id)) if sku_id is not None else None
        if line is not None and self.table.hasFocus():
            self.counter.show_line(line)

    def _type_count(self, sku_id: int) -> None:
        line = self.model.row_at(self.model.row_of(sku_id))
        if line is not None and self.row is not None and self.row.state == "open":
            self.counter.show_line(line)
            self.counter.total.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _ticked(self) -> None:
        count = len(self.model.checked)
        self.bulk.setVisible(count > 0 and self.row is not None and self.row.state == "open")
        self.bulk.say(_("{count} lines selected").format(count=count))

    def _count_again(self) -> None:
        ids = sorted(self.model.checked)
        task = self._scope.do(count_again, self.take_id, ids, client_key=new_key())
        task.then(lambda _none: self._asked_again(len(ids)))

    def _asked_again(self, count: int) -> None:
        self.model.check_all(False)
        self._context.toast(self, _("{count} lines wait for another count").format(count=count), tone="info")
        self.refresh()

    def _give_reason(self) -> None:
        ids = sorted(self.model.checked)
        ReasonSheet(self.window(), self._context, self.take_id, ids, self._explained).open()

    def _explained(self) -> None:
        self.model.check_all(False)
        self.refresh()

    def open_post(self) -> None:
        """Open the sheet that posts."""
        if self.row is not None and self.row.state == "open" and self._may_post:
            PostSheet(self.window(), self._context, self.row, self.value, self._posted).open()

    def _posted(self, count: int) -> None:
        self._context.toast(self, _("Posted; {count} lines changed").format(count=count))
        self.refresh()

    def open_take_back(self) -> None:
        """Open the sheet that takes a posted one back."""
        if self.row is not None and self.row.state == "posted" and self._may_post:
            TakeBackSheet(self.window(), self._context, self.row, self._taken_back).open()

    def _taken_back(self, count: int) -> None:
        self._context.toast(self, _("Taken back; {count} lines are as before").format(count=count))
        self.refresh()

    def _ask_cancel(self) -> None:
        if self.row is None:
            return
        title = _("Cancel {name}?").format(name=self.row.name)
        text = _("What was counted is kept to be seen, and no stock changes.")
        confirm(
            self.window(), title, text, verb=_("Cancel the stocktake"), yes=self._cancel, icon="close-line"
        )

    def _cancel(self) -> None:
        self._scope.do(cancel_stocktake, self.take_id).then(lambda _none: self.refresh())

    # Paper

    def print_sheets(self) -> None:
        """Print the sheet to count with, or the result."""
        if self.row is None:
            return
        question = difference_lines if self._may_post else count_lines
        sees = self._sees_differences(self.row)
        self._scope.ask(count_lines, self.take_id, "all").then(
            lambda lines: self._scope.ask(question, self.take_id, "differ").then(
                partial(self._print, list(lines.rows), sees)
            )
        )

    def _print(self, lines: list[CountLine], sees: bool, differing: Any) -> None:
        if self.row is None:
            return
        documents = [Document("count", _("Count sheet"), count_sheet(self.row, lines, self._context))]
        if sees:
            costs = self.value.cost_of if self.value else None
            result = result_sheet(self.row, list(differing.rows), costs, self._context)
            documents.append(Document("result", _("Result"), result))
        if self.row.state != "open":
            documents.reverse()
        done = lambda where: self._context.toast(self, _("Printed to {where}").format(where=where))  # noqa: E731
        PrintSheet(
            self.window(), self._context, _("Print the stocktake"), self.row.code, documents, done
        ).open()
