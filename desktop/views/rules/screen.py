"""Automation: the rules at left, the sentence builder in the middle, trials and the log at right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.queries.page import Page
from desktop.rules.editing import save_rule
from desktop.rules.lists import (
    Choices,
    ClockState,
    RuleDetail,
    RuleHistory,
    RuleLine,
    clock_state,
    rule_choices,
    rule_detail,
    rule_history,
    rules_list,
)
from desktop.rules.log import RunFilter, RunLine, rule_runs
from desktop.services.settings import set_setting
from desktop.views.common import remember, shortcuts
from desktop.views.common.banner import Banner
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.rules.columns import Columns
from desktop.views.rules.deeds import Deeds, ask_first
from desktop.views.rules.draft import Draft
from desktop.views.rules.editor import Editor
from desktop.views.rules.log_card import LogCard
from desktop.views.rules.log_page import LogPage
from desktop.views.rules.offers import Offers
from desktop.views.rules.rule_list import RuleList
from desktop.views.rules.templates import TemplateSheet
from desktop.views.rules.trial import TrialCard

TABLES = {"rule", "rule_run", "setting", "clock_beat"}


class RulesScreen(QWidget):
    """The rules of the shop."""

    key = "rules"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        self._begun, self._wanted = False, 0
        self.history = RuleHistory((), ())
        self.offers = Offers(context.of, context.currency, context.may(save_rule), context.may(set_setting))
        self.lines: tuple[RuleLine, ...] = ()
        self.deeds = Deeds(self, context, lambda: self._ask_lists())
        outer = vbox(self)
        self.pages = QStackedWidget()
        outer.addWidget(self.pages)
        self.main = QWidget()
        self.pages.addWidget(self.main)
        column = vbox(self.main, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self.doubt = Banner("", "warn", action=_("The time is right"))
        self.doubt.acted.connect(self.deeds.confirm_clock)
        self.doubt.hide()
        column.addWidget(self.doubt)
        self.columns = self._columns()
        column.addWidget(self.columns, 1)
        self._connect()
        self._keys()
        context.stale_when(self, TABLES, self._refresh)

    def title(self) -> str:
        """The screen's name."""
        return _("Automation")

    def _head(self) -> Any:
        row = hbox(gap=8)
        row.addWidget(Label(_("Automation"), "h1"))
        self.summary = Label("", "small", "text2")
        row.addSpacing(4)
        row.addWidget(self.summary)
        row.addStretch(1)
        self.log_button = secondary(_("Run log"), "history-line")
        self.log_button.clicked.connect(lambda: self.open_log())
        self.template_button = secondary(_("From a template"), "layout-grid-line")
        self.template_button.clicked.connect(self.open_templates)
        self.new_button = primary(_("New rule"), "add-line", key="N")
        self.new_button.clicked.connect(self.new_rule)
        for button in (self.log_button, self.template_button, self.new_button):
            row.addWidget(button)
        for button in (self.template_button, self.new_button):
            if not self.offers.may_edit:
                button.setEnabled(False)
                button.setToolTip(_("Your role may not do this."))
        return row

    def _columns(self) -> Columns:
        self.list = RuleList(self.offers.may_edit)
        self.middle = QStackedWidget()
        self.editor = Editor(self.context, self.offers)
        self.none = Card()
        self.none.body.addWidget(
            EmptyState(_("No rule is open"), _("Choose one at left, or write a new one."), why="first")
        )
        self.middle.addWidget(self.none)
        self.middle.addWidget(self.editor)
        self.trial = TrialCard(self.context)
        self.log = LogCard(self.context)
        self.log_page = LogPage(self.context)
        self.pages.addWidget(self.log_page)
        return Columns(self.list, self.middle, (self.trial, self.log))

    def _connect(self) -> None:
        editor = self.editor
        self.list.opened.connect(self.open_item)
        self.list.switched.connect(self.deeds.switch)
        editor.switched.connect(lambda on: self.deeds.switch(self.rule_id, on))
        editor.saved.connect(self._saved)
        editor.tried.connect(self.try_rule)
        editor.menu_asked.connect(self._fill_menu)
        editor.resumed.connect(lambda: self.deeds.resume(self.rule_id))
        editor.behind.connect(self._ask_meanwhile)
        editor.changed.connect(lambda: self.trial.outdated())
        self.trial.dismissed.connect(self.columns.close_side)
        self.columns.narrowed.connect(self.trial.show_close)
        self.log_page.left.connect(self._leave_log)

    def _keys(self) -> None:
        shortcuts.on(self.main, "N", self.new_rule, _("New rule"))
        shortcuts.on(self.main, "/", self.list.search.setFocus, _("Search rules"))
        shortcuts.on(self.main, "F5", self.try_rule, _("Try the rule"))
        shortcuts.on(self.main, "Ctrl+S", lambda: self.editor.save(), _("Save"))

    def commands(self) -> list[Command]:
        """What the palette offers here."""
        found = [Command(_("Run log"), self.open_log, icon="history-line")]
        if self.offers.may_edit:
            found.insert(0, Command(_("New rule"), self.new_rule, icon="add-line", keys=("N",)))
            found.append(Command(_("New rule from a template"), self.open_templates, icon="layout-grid-line"))
        if self.editor.detail is not None or self.editor.dirty():
            found.append(Command(_("Try the rule"), self.try_rule, icon="play-line", keys=("F5",)))
        return found

    @property
    def rule_id(self) -> int:
        """The rule that is open, 0 for none or a new one."""
        return self.editor.detail.id if self.editor.detail is not None else 0

    # Coming and going

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.scope.ask(rule_choices).then(self._offer)
            self._ask_lists()

    def state(self) -> tuple[Any, ...]:
        """The rule that is open and what is typed in it, for a screen made anew."""
        editor = self.editor
        rule_id = editor.detail.id if editor.detail else 0
        return (
            rule_id,
            editor.typed() if editor.dirty() else None,
            self.pages.currentWidget() is self.log_page,
        )

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        rule_id, draft, log = state
        self._begun, self._wanted = True, rule_id
        self.scope.ask(rule_choices).then(self._offer)
        self._ask_lists(draft)
        if log:
            self.open_log()

    def may_leave(self, go_on: Callable[[], object]) -> bool:
        """Whether nothing typed waits here; else it is asked about, and `go_on` follows the answer."""
        if not self.editor.dirty() or not self.offers.may_edit:
            return True
        ask_first(self, partial(self._drop, go_on), partial(self.editor.save, go_on))
        return False

    def _drop(self, go_on: Callable[[], object]) -> None:
        self.editor.take_back()
        if self.editor.detail is None:
            self._gone()
        go_on()

    # Asking

    def _ask_lists(self, draft: Draft | None = None) -> None:
        self.scope.ask_latest("rules", rules_list).then(partial(self._show_rules, draft))
        self.scope.ask_latest("clock", clock_state).then(self._show_clock)

    def _offer(self, choices: Choices) -> None:
        self.offers.take(choices)

    def _show_rules(self, draft: Draft | None, lines: tuple[RuleLine, ...]) -> None:
        self.lines = lines
        self.list.show_rules(lines)
        if draft is not None and draft.rule_id is None:
            self._show_new(draft)
        elif self._wanted or (self.editor.detail is None and not self.editor.dirty() and lines):
            last = remember.get(f"user/{self.context.username}/rule", 0)
            known = {line.id for line in lines}
            first = next((line.id for line in lines if line.topic == "orders"), lines[0].id if lines else 0)
            wanted = self._wanted or (last if last in known else first)
            self._wanted = 0
            self._ask_rule(wanted, draft)

    def _show_clock(self, clock: ClockState) -> None:
        on = ngettext("{count} rule on", "{count} rules on", clock.enabled).format(count=clock.enabled)
        acted = ngettext("acted {count} time today", "acted {count} times today", clock.runs_today)
        self.summary.setText(f"{on} · {acted.format(count=f'{clock.runs_today:,}')}")
        self.doubt.setVisible(bool(clock.doubt))
        if clock.doubt:
            self.doubt.say(
                _("The machine’s clock is in doubt: {why}").format(why=_(clock.doubt)),
                _("Rules that close or complete orders wait."),
                _("The time is right") if self.offers.may_edit else "",
            )

    def _refresh(self, touched: dict[str, frozenset[int]]) -> None:
        """Lists and log follow at once; what is being typed is never touched."""
        if "setting" in touched:
            self.scope.ask(rule_choices).then(self._offer)
        self._ask_lists()
        detail = self.editor.detail
        if detail is not None:
            self._ask_log(detail.id)
            if touched.keys() & {"rule", "setting"}:
                self._ask_meanwhile()
        if self.pages.currentWidget() is self.log_page:
            self.log_page.refresh()

    def _ask_meanwhile(self) -> None:
        detail = self.editor.detail
        if detail is not None:
            task = self.scope.ask_latest("meanwhile", rule_detail, detail.id)
            task.then(self._meanwhile).otherwise(lambda _error: self._gone())

    def _meanwhile(self, detail: RuleDetail) -> None:
        before = self.editor.detail
        if before is None or before.id != detail.id:
            return
        if not self.editor.dirty():
            if (detail.spec, detail.name, detail.figures) != (before.spec, before.name, before.figures):
                self.editor.show_rule(detail)
            else:
                self.editor.show_facts(detail)
        elif detail.version == before.version:
            self.editor.show_facts(detail)
        else:
            self.editor.show_theirs(detail)

    def _gone(self) -> None:
        """No rule is open: nothing is typed, tried or told about one."""
        self.editor.forget()
        self.middle.setCurrentWidget(self.none)
        self.list.choose(0)
        self.trial.reset()
        self.log.reset()

    # One rule

    def open_item(self, rule_id: int) -> None:
        """Open a rule; what is typed in another one is asked about first."""
        if self.editor.detail is not None and self.editor.detail.id == rule_id:
            return
        if not self.may_leave(partial(self.open_item, rule_id)):
            return
        self.pages.setCurrentWidget(self.main)
        if not self._begun:
            self._wanted = rule_id
            return
        self._ask_rule(rule_id)

    def open_filters(
        self, rule_id: int | None = None, log: bool = False, state: str = "", **_more: Any
    ) -> None:
        """Open the run log, perhaps of one rule or only what failed."""
        if log or state:
            self.open_log(rule_id, state)
        elif rule_id is not None:
            self.open_item(rule_id)

    def _ask_rule(self, rule_id: int, draft: Draft | None = None) -> None:
        if not rule_id:
            self.middle.setCurrentWidget(self.none)
            return
        task = self.scope.ask_latest("rule", rule_detail, rule_id)
        task.then(partial(self._show_rule, draft)).otherwise(self._unread)

    def _show_rule(self, draft: Draft | None, detail: RuleDetail) -> None:
        remember.put(f"user/{self.context.username}/rule", detail.id)
        self.editor.show_rule(detail)
        if draft is not None:
            self.editor.show_draft(draft)
        self.middle.setCurrentWidget(self.editor)
        self.list.choose(detail.id)
        if self.focusWidget() in (None, self) and detail.id in self.list.items:
            self.list.items[detail.id].setFocus()
        self.trial.reset()
        self.trial.run(self.editor.draft)
        self._ask_log(detail.id)

    def _unread(self, error: Any) -> None:
        self.middle.setCurrentWidget(self.none)
        self.context.toast(self, str(error), tone="danger")

    def _ask_log(self, rule_id: int) -> None:
        self.scope.ask_latest("history", rule_history, rule_id).then(partial(self._have_history, rule_id))

    def _have_history(self, rule_id: int, history: RuleHistory) -> None:
        if self.rule_id != rule_id:
            return
        self.history = history
        self.scope.ask_latest("runs", rule_runs, RunFilter(rule_id=rule_id)).then(self._have_runs)

    def _have_runs(self, page: Page[RunLine]) -> None:
        self.scope.ask_latest("beat", clock_state).then(partial(self.log.show_log, self.history, page.rows))

    def new_rule(self) -> None:
        """Begin an empty rule."""
        if self.offers.may_edit and self.may_leave(self.new_rule):
            self._show_new(Draft())

    def _show_new(self, draft: Draft) -> None:
        self.pages.setCurrentWidget(self.main)
        self.middle.setCurrentWidget(self.editor)
        self.list.choose(0)
        self.trial.reset()
        self.log.reset()
        self.editor.show_new(draft)

    def open_templates(self) -> None:
        """Choose a ready rule to begin with."""
        if self.offers.may_edit and self.may_leave(self.open_templates):
            TemplateSheet(self, self.offers, self._show_new).open()

    def _fill_menu(self, menu: QMenu) -> None:
        detail = self.editor.detail
        if detail is None:
            menu.addAction(_("Throw this rule away"), lambda: self._drop(lambda: None))
            return
        self.deeds.fill_menu(
            menu, detail, partial(self._duplicate, self.editor.draft), partial(self.open_log, detail.id)
        )

    def _duplicate(self, draft: Draft) -> None:
        if self.may_leave(partial(self._duplicate, draft)):
            name = _("{name} (copy)").format(name=draft.name)
            self._show_new(Draft(None, name, draft.spec))

    def _saved(self, rule_id: int, before: Any) -> None:
        self.deeds.say_saved(rule_id, self.editor.draft.name, before)
        self._ask_lists()
        self._ask_rule(rule_id)

    # Trying and the log

    def try_rule(self) -> None:
        """Show what the rule, as it is written now, would have done and will do."""
        if self.middle.currentWidget() is not self.editor or not self.editor.builder.check():
            return
        self.columns.open_side()
        self.trial.run(self.editor.draft)

    def open_log(self, rule_id: int | None = None, state: str = "") -> None:
        """Open the whole run log, perhaps of one rule."""
        self.log_page.open(self.lines, rule_id, state)
        self.pages.setCurrentWidget(self.log_page)

    def _leave_log(self, rule_id: int | None) -> None:
        self.pages.setCurrentWidget(self.main)
        if rule_id is not None:
            self.open_item(rule_id)
