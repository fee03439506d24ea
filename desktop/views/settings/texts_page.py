"""Message texts: every message the shop sends, in each language, with its fields and how it will look."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, languages
from desktop.queries.notices import (
    Preview,
    TemplateRow,
    TemplateView,
    preview_template,
    template_view,
    templates_list,
)
from desktop.services.notices import reset_template, save_template
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, plain, secondary
from desktop.views.common.cards import Card, CardHead, NestedCard, clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.field import Field
from desktop.views.common.inputs import TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.settings.form import Page

LANGUAGES = {"zh_CN": "中文", "en": "English"}
LOOK_MS = 150  # after typing


class TextsPage(Page):
    """The list at left, the editor of one message at right."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Message texts"), _("In the shop’s own words, each language by itself"))
        self._context, self._background = context, context.of(self)
        self._rows: tuple[TemplateRow, ...] = ()
        self.view: TemplateView | None = None
        self.key = ""
        row = hbox(gap=12)
        self.list_card = Card(margins=(8, 8, 8, 8))
        self.list_card.setFixedWidth(theme.px(250))
        row.addWidget(self.list_card)
        row.addWidget(self._editor(), 1)
        self.column.addLayout(row)
        self.column.addStretch(1)
        self._look = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._look.timeout.connect(self._ask_preview)
        context.stale_when(self, {"notice_template"}, lambda _touched: self.load(), editing=self.dirty)

    def _editor(self) -> QWidget:
        card = Card(gap=12)
        self.card_head = CardHead("")
        spoken = [(code, LANGUAGES.get(code, code)) for code in sorted(languages(), reverse=True)]
        self.language = Segment(spoken, spoken[0][0])
        self.language.picked.connect(lambda _code: self._open())
        self.card_head.add(self.language)
        card.body.addWidget(self.card_head)
        self.title_box, self.body_box = TextInput(longest=120, required=True), TextArea(lines=5)
        self.title, self.body = Field(_("Title"), self.title_box), Field(_("Text"), self.body_box)
        self.title_box.textChanged.connect(self._touched)
        self.body_box.textChanged.connect(self._touched)
        self._chips = hbox(gap=6)
        chips = QWidget()
        chips.setLayout(self._chips)
        card.body.addWidget(self.title)
        card.body.addWidget(self.body)
        card.body.addWidget(Label(_("Fields: a press puts one where the cursor is"), "cap", "text2"))
        card.body.addWidget(chips)
        card.body.addWidget(Label(_("How it will look"), "small_m", "text2"))
        shown = NestedCard()
        self.shown_title = Label("", "small_b", wrap=True)
        self.shown_body = Label("", "small", "text2", wrap=True)
        shown.body.addWidget(self.shown_title)
        shown.body.addWidget(self.shown_body)
        card.body.addWidget(shown)
        self.reset = plain(_("Back to the shipped words"), "arrow-go-back-line", size=30)
        self.reset.clicked.connect(self._reset)
        foot = hbox()
        foot.addWidget(self.reset)
        foot.addStretch(1)
        card.body.addLayout(foot)
        self._in_body = True
        return card

    # What is there

    def load(self) -> None:
        self._background.ask_latest("list", templates_list).then(self._show_list)

    def _show_list(self, rows: tuple[TemplateRow, ...]) -> None:
        self._rows = rows
        self.key = self.key or rows[0].key
        self._fill_list()
        if not self.dirty():
            self._open()

    def _fill_list(self) -> None:
        with self.same_place():
            clear(self.list_card.body)
            for row in self._rows:
                self.list_card.body.addWidget(self._item(row))
            self.list_card.body.addStretch(1)

    def _item(self, row: TemplateRow) -> QWidget:
        here = row.key == self.key
        holder = NestedCard(fill="selected" if here else "surface", border="", margins=(0, 0, 8, 0), gap=0)
        line = hbox(gap=6)
        holder.body.addLayout(line)
        button = Button(_(row.name), "plain", size=30)
        button.setAccessibleDescription(_("Open") if here else "")
        button.clicked.connect(lambda: self.choose(row.key))
        line.addWidget(button)
        line.addStretch(1)
        if row.own:
            line.addWidget(Badge(_("own words"), "primary", small=True))
        return holder

    def choose(self, key: str) -> None:
        """Open another message; what is typed and not saved keeps the present one open."""
        if self.dirty():
            self._context.toast(self, _("Save or take back what you changed first."), tone="danger")
            return
        self.key = key
        self._fill_list()
        self._open()

    def _open(self) -> None:
        if self.dirty() and self.view is not None:
            self.language.set_value(self.view.language)
            self._context.toast(self, _("Save or take back what you changed first."), tone="danger")
            return
        self._background.ask_latest("view", template_view, self.key, self.language.value()).then(self._show)

    def _show(self, view: TemplateView) -> None:
        if self.dirty():
            return
        self.view = view
        name = next(row.name for row in self._rows if row.key == view.key)
        self.card_head.say(title=_(name), hint=_("own words") if view.own else _("shipped words"))
        self.reset.setVisible(view.own)
        clear(self._chips)
        for field, words in view.fields:
            chip = secondary(_(words), size=28)
            chip.setToolTip(f"{{{field}}}")
            chip.clicked.connect(lambda _checked=False, name=field: self.insert(name))
            self._chips.addWidget(chip)
        self._chips.addStretch(1)
        self.take_back()

    def take_back(self) -> None:
        if self.view is None:
            return
        self.title_box.setText(self.view.title)
        self.body_box.setPlainText(self.view.body)
        self._touched()
        self._ask_preview()

    # Typing

    def insert(self, field: str) -> None:
        """Put a field where the cursor last was: in the title or in the text."""
        if self.title_box.hasFocus() or not self._in_body:
            self.title_box.insert(f"{{{field}}}")
            self.title_box.setFocus()
        else:
            self.body_box.insertPlainText(f"{{{field}}}")
            self.body_box.setFocus()

    def words(self) -> tuple[str, str]:
        """What is typed."""
        return self.title_box.value(), self.body_box.value()

    def _touched(self) -> None:
        if self.view is not None:
            self.bar.setVisible(self.words() != (self.view.title, self.view.body))
        self._in_body = not self.title_box.hasFocus()
        self._look.start()

    def _ask_preview(self) -> None:
        if self.view is not None:
            arguments = (self.view.key, self.view.language, *self.words())
            self._background.ask_latest("preview", preview_template, *arguments).then(self._show_preview)

    def _show_preview(self, preview: Preview) -> None:
        self.shown_title.setText(preview.title)
        self.shown_body.setText(preview.body)
        self.title.error(preview.title_problem)
        self.body.error(preview.body_problem)

    # Saving

    def save(self) -> None:
        if self.view is None or not self.title.check():
            self.title_box.setFocus()
            return
        before = self.view
        task = self._background.do(save_template, before.key, before.language, *self.words())
        task.busy(self.bar.button).then(lambda _none: self._saved(before)).otherwise(self._refused)

    def _refused(self, error: ShopError) -> None:
        wrong = self.title if error.next_step == "change_title" else self.body
        wrong.error(str(error))
        wrong.control.setFocus()

    def _saved(self, before: TemplateView) -> None:
        self.bar.hide()
        self.load()
        self._context.toast(
            self, _("Message saved; it counts from the next one"), undo=lambda: self._undo(before)
        )

    def _undo(self, before: TemplateView) -> None:
        if before.own:
            self._background.do(save_template, before.key, before.language, before.title, before.body)
        else:
            self._background.do(reset_template, before.key, before.language)

    def _reset(self) -> None:
        if self.view is None:
            return
        before = self.view
        self.bar.hide()
        task = self._background.do(reset_template, before.key, before.language).busy(self.reset)
        task.then(lambda _none: self._was_reset(before))

    def _was_reset(self, before: TemplateView) -> None:
        self.load()
        self._context.toast(self, _("Back to the shipped words"), undo=lambda: self._undo(before))
