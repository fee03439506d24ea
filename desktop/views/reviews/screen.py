"""The review screen: what waits to be allowed, what customers see, what is hidden."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.words import when_text
from desktop.queries.reviews import ReviewFilter, ReviewRow, reviews_count, reviews_page
from desktop.services.reviews import answer_review, judge_reviews
from desktop.views.common import shortcuts
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import link, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.field import Field
from desktop.views.common.inputs import SearchInput, Select, TextArea
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme

STATES = {
    "new": (N_("Waits"), "warn", "wait"),
    "shown": (N_("Allowed"), "success", "done"),
    "hidden": (N_("Hidden"), "neutral", "closed"),
}
SAID = {"shown": N_("Allowed"), "hidden": N_("Hidden"), "new": N_("Set back to waiting")}


class ReviewsScreen(QWidget):
    """The list with tick, allow, hide and answer; the keys A and H judge the current one."""

    key = "reviews"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._which, self._started = ReviewFilter("new"), False
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        column.addWidget(self._list(), 1)
        shortcuts.on(self, "A", partial(self.judge, "shown"), _("Allow"))
        shortcuts.on(self, "H", partial(self.judge, "hidden"), _("Hide"))
        shortcuts.on(self, "/", self._focus_search, _("Search in this list"))
        context.stale_when(self, {"review", "product"}, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Reviews")

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Reviews"), "h1"))
        line.addStretch(1)
        self.answer = secondary(_("Answer review"), "chat-quote-line")
        self.answer.clicked.connect(self.open_answer)
        self.hide_one = secondary(_("Hide"), "eye-off-line", key="H")
        self.hide_one.clicked.connect(partial(self.judge, "hidden"))
        self.allow = secondary(_("Allow"), "check-line", key="A")
        self.allow.clicked.connect(partial(self.judge, "shown"))
        for button in (self.answer, self.hide_one, self.allow):
            line.addWidget(button)
        return line

    def _list(self) -> Card:
        card = Card(margins=(1, 0, 1, 2))
        line = hbox(margins=(15, 0, 15, 0), gap=4)
        shown = [Tab(key, _(words[0])) for key, words in STATES.items()]
        self.tabs = Tabs([*shown, Tab("", _("All"))], name=_("Which reviews"))
        self.tabs.picked.connect(lambda state: self._filter(state=state))
        line.addWidget(self.tabs)
        line.addStretch(1)
        card.body.addLayout(line)
        card.body.addWidget(Divider())
        card.body.addLayout(self._filter_row())
        self.model = PagedTable(self._columns(), self)
        self.table = TableView(self.model, name="reviews", two_lines=True)
        self.table.setAccessibleName(_("Reviews"))
        hint = _("Reviews come with imported orders. Customers see what was allowed here.")
        self.table.set_empty(EmptyState(_("No reviews here"), hint, why="all_done"))
        self.table.opened.connect(lambda _id: self.open_answer())
        self.search.leads_to = self.table
        card.body.addWidget(self.table, 1)
        self.bulk = BulkBar()
        self.bulk.add(_("Allow"), "check-line").clicked.connect(partial(self.judge, "shown"))
        self.bulk.add(_("Hide"), "eye-off-line").clicked.connect(partial(self.judge, "hidden"))
        self.bulk.cleared.connect(lambda: self.model.check_all(False))
        self.bulk.hide()
        self.model.checked_changed.connect(self._ticked)
        holder = vbox(margins=(6, 0, 6, 6))
        holder.addWidget(self.bulk)
        card.body.addLayout(holder)
        return card

    def _filter_row(self) -> QHBoxLayout:
        line = hbox(margins=(15, 9, 15, 9))
        self.search = SearchInput(_("Words or product"))
        self.search.setMaximumWidth(theme.px(300))
        self.search.searched.connect(lambda text: self._filter(text=text))
        self.score = Select([(0, _("All stars")), *((n, "★" * n) for n in range(5, 0, -1))], 0)
        self.score.picked.connect(lambda score: self._filter(score=score))
        self.one = link(_("All products"))
        self.one.clicked.connect(lambda: self._filter(product_id=0))
        self.one.hide()
        line.addWidget(self.search, 1)
        line.addWidget(self.score)
        line.addWidget(self.one)
        line.addStretch(1)
        return line

    def _columns(self) -> list[Column]:
        def when(row: ReviewRow) -> str:
            return when_text(row.at, self._context.now(), self._context.zone)

        def said(row: ReviewRow) -> TwoLine:
            answer = _("Answered: {text}").format(text=row.answer) if row.answer else row.order_code
            return TwoLine(row.message or _("No words, stars only"), answer)

        def stars(row: ReviewRow) -> Toned:
            return Toned(
                "★" * row.score, "points" if row.score > 3 else "warn" if row.score == 3 else "danger"
            )

        def state(row: ReviewRow) -> BadgeCell:
            words, tone, pip = STATES[row.state]
            return BadgeCell(_(words), tone, pip)

        return [
            Column("tick", "", 45, "tick"),
            Column("product", _("Product"), 190, "two_line", value=_product),
            Column("score", _("Stars"), 92, value=stars),
            Column("message", _("Review"), 320, "two_line", stretch=True, value=said),
            Column("at", _("Time"), 132, "muted", value=when),
            Column("state", _("Status"), 100, "badge", value=state),
        ]

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self._ask()
            self._ask_counts()
            self.table.setFocus()

    def _filter(self, **changes: Any) -> None:
        old = self._which
        values: dict[str, Any] = {
            "state": old.state,
            "score": old.score,
            "text": old.text,
            "product_id": old.product_id,
        }
        self._which = ReviewFilter(**(values | changes))
        self.one.setVisible(bool(self._which.product_id))
        self._ask()
        self._ask_counts()

    def open_filters(self, product_id: int = 0, state: str = "") -> None:
        """Show the reviews of one product, or of one state."""
        self.tabs.set_value(state)
        self._started = True
        self._filter(product_id=product_id, state=state)

    def _ask(self) -> None:
        which = self._which
        self.model.ask(
            lambda after: self._scope.ask(reviews_page, which, after),
            lambda: self._scope.ask(reviews_count, which),
        )

    def _ask_counts(self) -> None:
        for state in STATES:
            which = ReviewFilter(state, product_id=self._which.product_id)
            task = self._scope.ask_latest(f"count {state}", reviews_count, which)
            task.then(partial(self.tabs.set_count, state))

    def _news(self, _touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh()
        self._ask_counts()

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _ticked(self) -> None:
        count = len(self.model.checked)
        self.bulk.setVisible(count >= 2)
        self.bulk.say(
            ngettext("{count} review selected", "{count} reviews selected", count).format(count=count)
        )

    # What the person does

    def _chosen(self) -> list[int]:
        current = self.table.current_id()
        return sorted(self.model.checked) or ([current] if current else [])

    def judge(self, state: str) -> None:
        """Allow or hide what is ticked, else the current one; the toast takes it back."""
        ids = self._chosen()
        if not ids:
            return
        self.model.check_all(False)
        self._scope.do(judge_reviews, ids, state).then(partial(self._judged, state))

    def _judged(self, state: str, before: dict[int, str]) -> None:
        def undo() -> None:
            for old in set(before.values()):
                self._scope.do(judge_reviews, [one for one, was in before.items() if was == old], old)

        words = ngettext("{count} review", "{count} reviews", len(before)).format(count=len(before))
        self._context.toast(self, f"{_(SAID[state])}: {words}", undo=undo if before else None)

    def open_answer(self) -> None:
        """Open the sheet that answers the current review."""
        current = self.table.current_id()
        row = self.model.row_at(self.model.row_of(current)) if current else None
        if row is not None:
            AnswerSheet(self.window(), self._context, row).open()


def _product(row: ReviewRow) -> TwoLine:
    return TwoLine(row.product, row.initial + "**" if row.initial else "", picture=row.picture or "box")


class AnswerSheet(Sheet):
    """The shop's answer to one review, shown below it."""

    def __init__(self, parent: QWidget, context: Context, row: ReviewRow) -> None:
        title = _("Answer the review of {name}").format(name=row.product)
        super().__init__(parent, title, verb=_("Save"), icon="chat-quote-line", width=480)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._window, self._row = context, parent, row
        self.words = TextArea(row.answer, lines=4)
        said = Label(f"{'★' * row.score}  {row.message}".strip(), "small", "text2", wrap=True)
        self.add(said, Field(_("Your answer"), self.words, _("Customers read it below the review.")))
        self.submitted.connect(self._save)
        self.words.setFocus()

    def _save(self) -> None:
        task = self._context.of(self).do(answer_review, self._row.id, self.words.value())
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, before: str) -> None:
        self.accept()
        window, row = self._window, self._row

        def undo() -> None:
            self._context.of(window).do(answer_review, row.id, before)

        self._context.toast(window, _("Answer saved"), undo=undo)
