"""The middle card: a rule's name and switch, its plain sentence, the builder, and the bar that saves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QWidget

from desktop.basics.errors import Changed, ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.words import day_text
from desktop.rules.checking import AtField
from desktop.rules.editing import LONGEST_NAME, save_rule
from desktop.rules.lists import RuleDetail
from desktop.rules.sentence import sentence
from desktop.views.common import icons
from desktop.views.common.banner import Banner
from desktop.views.common.buttons import icon_button, plain, primary, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import TextInput, mark_bad
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.common.toggle import Toggle
from desktop.views.rules import draft as drafts
from desktop.views.rules.builder import BAR, Builder
from desktop.views.rules.draft import Draft
from desktop.views.rules.offers import Offers


class Quote(QFrame):
    """The rule as one plain sentence, always in step."""

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self, margins=(46, 11, 14, 11))
        self.label = Label("", "small", "primary_text", wrap=True)
        self.label.setAccessibleName(_("The rule in one sentence"))
        column.addWidget(self.label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def say(self, text: str) -> None:
        """Show another sentence."""
        if self.label.text() != text:
            self.label.setText(text)
            self.label.setAccessibleDescription(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 8, theme.color("primary_subtle"))
            spot = QRectF(theme.px(14), 0, theme.px(20), self.height())
            icons.draw(painter, spot, "double-quotes-l", "primary_text", theme.px(18))


class NameField(QWidget):
    """The name; the pencil, or a click on it, lets it be typed."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        row = hbox(self, gap=4)
        self.label = Label("", "h2")
        self.entry = TextInput(hint=_("Name of the rule"), longest=LONGEST_NAME)
        self.entry.setAccessibleName(_("Name of the rule"))
        self.pencil = icon_button("pencil-line", _("Rename"), size=28)
        row.addWidget(self.label)
        row.addWidget(self.entry, 4)
        row.addWidget(self.pencil)
        row.addStretch(1)
        self.entry.hide()
        self.pencil.clicked.connect(self.type_name)
        self.entry.textEdited.connect(self.changed)
        self.entry.editingFinished.connect(self._typed)

    def show_name(self, name: str, *, typing: bool = False, may_edit: bool = True) -> None:
        """Show a name, or the field for it."""
        self.label.setText(name)
        if self.entry.text() != name:
            self.entry.setText(name)
        self.entry.setVisible(typing)
        self.label.setVisible(not typing)
        self.pencil.setVisible(not typing and may_edit)

    def type_name(self) -> None:
        """Let the name be typed."""
        self.show_name(self.entry.text(), typing=True)
        self.entry.setFocus()
        self.entry.selectAll()

    def _typed(self) -> None:
        if self.entry.value() and not self.entry.hasFocus():
            self.show_name(self.entry.value())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.entry.value():
            self.show_name(self.entry.value())
            self.pencil.setFocus()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.px(34))


class Editor(Card):
    """Writes one rule. `saved(id, before | None)` tells what was kept before, for undo."""

    saved = Signal(int, object)
    switched = Signal(bool)
    tried = Signal()
    changed = Signal()
    menu_asked = Signal(object)
    resumed = Signal()
    behind = Signal()  # somebody else saved: what they saved is to be shown

    def __init__(self, context: Context, offers: Offers) -> None:
        super().__init__(margins=(17, 12, 7, 0), gap=8)
        self.context, self.offers, self.scope = context, offers, context.of(self)
        self.detail: RuleDetail | None = None
        self.kept = Draft()
        self._saving = False
        self._theirs: RuleDetail | None = None
        self._head()
        self.paused = Banner("", "danger", action=_("Let it act again"))
        self.paused.acted.connect(self.resumed)
        self.meanwhile = Banner("", "warn", action=_("Look at theirs"))
        self.meanwhile.acted.connect(self._look)
        self.quote = Quote()
        self.builder = Builder(offers)
        self.builder.changed.connect(self._changed)
        self.builder.dropped.connect(self._dropped)
        above = vbox(margins=(0, 0, BAR, 0), gap=8)
        for part in (self.paused, self.meanwhile, self.quote):
            above.addWidget(part)
        self.body.addLayout(above)
        self.paused.hide()
        self.meanwhile.hide()
        self.body.addWidget(self.builder, 1)
        self._foot()

    def _head(self) -> None:
        row = hbox(margins=(0, 0, BAR, 0), gap=10)
        words = vbox(gap=2)
        self.name = NameField()
        self.name.changed.connect(self._renamed)
        self.edited = Label("", "cap", "text2")
        self.name_error = ErrorLine()
        for part in (self.name, self.edited, self.name_error):
            words.addWidget(part)
        row.addLayout(words, 1)
        self.on_words = Label("", "small", "text2")
        self.toggle = Toggle(_("Rule on"))
        self.toggle.clicked.connect(lambda: self.switched.emit(self.toggle.isChecked()))
        self.more = icon_button("more-2-line", _("More about this rule"), size=30)
        self.more.clicked.connect(self._open_menu)
        for tool in (self.on_words, self.toggle, self.more):
            row.addWidget(tool, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)

    def _foot(self) -> None:
        self.body.addWidget(Divider())
        row = hbox(margins=(0, 2, BAR, 11))
        self.count = Label("", "small", "warn_fg")
        row.addWidget(self.count, 1)
        self.back = plain(_("Take back"))
        self.back.clicked.connect(self.take_back)
        self.trial = secondary(_("Try out"), "play-line", key="F5")
        self.trial.clicked.connect(self.tried)
        self.save_button = primary(_("Save"), "check-line", key="Ctrl S")
        self.save_button.clicked.connect(lambda: self.save())
        for button in (self.back, self.trial, self.save_button):
            row.addWidget(button)
        self.body.addLayout(row)

    # Showing

    def show_rule(self, detail: RuleDetail) -> None:
        """Show what is kept of a rule; nothing is unsaved afterwards."""
        self.offers.names.update(detail.names)
        self.offers.figures = dict(detail.figures)
        self.kept = drafts.of_rule(detail)
        self.show_facts(detail)
        self.meanwhile.hide()
        self._show(self.kept)

    def show_facts(self, detail: RuleDetail | None) -> None:
        """Show who edited it when, whether it is on or paused; the draft stays."""
        self.detail = detail
        for part in (self.toggle, self.on_words):
            part.setVisible(detail is not None)
        self.edited.setText("")
        self.paused.hide()
        if detail is None:
            self.edited.setText(_("New rule, not saved yet"))
            return
        day = day_text(detail.edited_at, self.context.now(), self.context.zone)
        self.edited.setText(
            _("Edited by {who} on {day} · version {version}").format(
                who=detail.edited_by, day=day, version=detail.version
            )
        )
        self.toggle.put(detail.enabled)
        self.toggle.setEnabled(self.offers.may_edit)
        self.on_words.setText(_("On") if detail.enabled else _("Off"))
        if detail.paused_at is not None:
            self.paused.say(
                _("Paused after failures: {why}").format(why=detail.paused_why),
                action=_("Let it act again") if self.offers.may_edit else "",
            )
            self.paused.show()

    def show_theirs(self, detail: RuleDetail) -> None:
        """Somebody else saved while something is typed here: say so; saving replaces theirs, or look at it."""
        self._theirs = detail
        self.offers.names.update(detail.names)
        self.kept = drafts.of_rule(detail)
        self.show_facts(detail)
        self.meanwhile.say(
            _("{who} saved this rule meanwhile.").format(who=detail.edited_by),
            _("Saving yours replaces it."),
            _("Look at theirs"),
        )
        self.meanwhile.show()
        self._changed()

    def _look(self) -> None:
        if self._theirs is not None:
            self.show_rule(self._theirs)

    def typed(self) -> Draft:
        """What is written now; a name nobody changed is left out, as another language has its own."""
        return replace(self.draft, name="") if self.draft.name == self.kept.name else self.draft

    def show_draft(self, draft: Draft) -> None:
        """Go on with what was typed before."""
        self._show(draft if draft.name else replace(draft, name=self.kept.name))

    def show_new(self, draft: Draft) -> None:
        """Begin a rule that is not kept yet."""
        self.kept = Draft()
        self.show_facts(None)
        self.meanwhile.hide()
        self._show(draft)
        self.name.type_name()

    def forget(self) -> None:
        """Hold no rule at all."""
        self.kept = Draft()
        self.show_facts(None)
        self.meanwhile.hide()
        self._show(self.kept)

    def _show(self, draft: Draft) -> None:
        self.name_error.say("")
        mark_bad(self.name.entry, False)
        self.name.show_name(draft.name, may_edit=self.offers.may_edit)
        self.builder.show_draft(draft)
        self._changed()

    @property
    def draft(self) -> Draft:
        """What is written now."""
        return self.builder.draft

    def dirty(self) -> bool:
        """Whether something is not saved yet."""
        if self.detail is None:
            return self.draft != Draft()
        return self.unsaved() > 0

    def unsaved(self) -> int:
        """How many changes are not saved yet."""
        return drafts.differences(self.kept, self.draft)

    def _changed(self) -> None:
        draft, offers = self.draft, self.offers
        figures = {**offers.figures, **draft.figures}
        self.quote.say(sentence(draft.spec, offers.names, figures, offers.currency))
        count = self.unsaved()
        new, dirty = self.detail is None, self.dirty()
        text = ngettext("{count} unsaved change", "{count} unsaved changes", count).format(count=count)
        self.count.setText("" if not dirty else _("Not saved yet") if new else text)
        self.back.setVisible(dirty)
        self.save_button.setEnabled(dirty and offers.may_edit)
        if not offers.may_edit:
            self.save_button.setToolTip(_("Your role may not change rules."))
        self.changed.emit()

    def _renamed(self, text: str) -> None:
        self.name_error.say("")
        mark_bad(self.name.entry, False)
        self.builder.draft = replace(self.draft, name=text.strip())
        self._changed()

    def _dropped(self, words: list[str], before: Draft) -> None:
        text = _("Taken off because it does not fit: {what}").format(what=", ".join(words))
        self.context.toast(self, text, undo=lambda: self._put_back(before), tone="warn")

    def _put_back(self, draft: Draft) -> None:
        self.builder.show_draft(draft)
        self._changed()

    def take_back(self) -> None:
        """Show again what is kept."""
        self._show(self.kept)

    def _open_menu(self) -> None:
        self.menu = QMenu(self)
        self.menu_asked.emit(self.menu)
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + theme.px(4))))

    # Saving

    def save(self, then: Callable[[], object] | None = None, *, anyway: bool = False) -> None:
        """Check every field and keep the rule; what is wrong is named at its field and nothing is saved."""
        if self._saving or not self.dirty() or not self.offers.may_edit:
            return
        if not self.builder.check():
            return
        before = (self.kept, dict(self.offers.figures)) if self.detail else None
        version = self.detail.version if self.detail and not anyway else None
        draft = self.draft
        self._saving = True
        task = self.scope.do(
            save_rule,
            draft.rule_id,
            draft.name,
            draft.spec,
            version=version,
            figures=dict(draft.figures),
        )
        task.busy(self.save_button).then(lambda rule_id: self._saved(rule_id, draft, before, then))
        task.otherwise(self._refused).always(self._done)

    def _done(self) -> None:
        self._saving = False

    def _saved(self, rule_id: int, draft: Draft, before: Any, then: Callable[[], object] | None) -> None:
        if self.draft == draft:  # nothing was typed meanwhile
            self.offers.figures.update(draft.figures)
            self.kept = replace(draft, rule_id=rule_id, figures={})
            self.builder.draft = self.kept
            self._changed()
        self.saved.emit(rule_id, before)
        if then is not None:
            then()

    def _refused(self, error: ShopError) -> None:
        if isinstance(error, Changed):
            self.behind.emit()
        elif not isinstance(error, AtField):
            self.context.toast(self, str(error), tone="danger")
        elif error.field == "name":
            self.name.type_name()
            self.name_error.say(str(error))
            mark_bad(self.name.entry, True)
        elif not self.builder.show_error(error.field, str(error)):
            self.context.toast(self, str(error), tone="danger")
