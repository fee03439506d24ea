"""What is done to a whole rule: switch, resume, go back, remove, each with undo; and the question before leaving."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.rules.beat import confirm_clock
from desktop.rules.editing import (
    put_rule_back,
    remove_rule,
    restore_rule,
    resume_rule,
    save_rule,
    switch_rule,
)
from desktop.rules.lists import RuleDetail
from desktop.views.common import icons
from desktop.views.common.buttons import plain
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.rules.draft import Draft
from desktop.views.rules.versions import VersionSheet


class Deeds:
    """The verbs of the screen, on its behalf; lists follow by the shop's news."""

    def __init__(self, screen: QWidget, context: Context, look_again: Callable[[], object]) -> None:
        self.screen, self.context, self.scope = screen, context, context.of(screen)
        self._look_again = look_again

    def switch(self, rule_id: int, on: bool) -> None:
        """Switch a rule; it acts at once and offers undo."""
        text = _("Rule switched on") if on else _("Rule switched off")
        self._do(text, lambda: self.scope.do(switch_rule, rule_id, not on), switch_rule, rule_id, on)

    def resume(self, rule_id: int) -> None:
        """Let a paused rule act again."""
        self._do(_("The rule acts again; what came due meanwhile is done now"), None, resume_rule, rule_id)

    def confirm_clock(self) -> None:
        """The person says the machine's time is right."""
        self._do(_("The time counts as right; rules that waited go on"), None, confirm_clock)

    def remove(self, rule_id: int) -> None:
        """Take an own rule away, with undo."""
        undo = partial(self.scope.do, put_rule_back, rule_id)
        self._do(_("Rule removed; its log stays"), undo, remove_rule, rule_id)

    def restore(self, rule_id: int, before: int, version: int | None) -> None:
        """Make an earlier version (None: as it came) the newest again."""
        text = _("As it came") if version is None else _("Version {version} is back").format(version=version)
        undo = partial(self.scope.do, restore_rule, rule_id, before)
        self._do(text, undo, restore_rule, rule_id, version)

    def say_saved(self, rule_id: int, name: str, before: tuple[Draft, dict[str, Any]] | None) -> None:
        """Tell that a rule was saved; undo brings back what was kept before, figures of settings too."""
        text = _("“{name}” saved").format(name=name)
        if before is None:
            self.context.toast(self.screen, text, undo=lambda: self._forget(rule_id))
            return
        kept, figures = before
        self.context.toast(
            self.screen,
            text,
            undo=lambda: self._keep(rule_id, kept, figures),
        )

    def _keep(self, rule_id: int, draft: Draft, figures: dict[str, Any]) -> None:
        self.scope.do(save_rule, rule_id, draft.name, draft.spec, figures=figures)

    def _forget(self, rule_id: int) -> None:
        self.scope.do(remove_rule, rule_id)

    def _do(self, text: str, undo: Callable[[], object] | None, verb: Any, *args: Any) -> None:
        def failed(error: ShopError) -> None:
            self.context.toast(self.screen, str(error), tone="danger")
            self._look_again()

        def back() -> None:
            if undo is not None:
                undo()

        def told(_none: object) -> None:
            self.context.toast(self.screen, text, undo=back if undo is not None else None)

        self.scope.do(verb, *args).then(told).otherwise(failed)

    def fill_menu(
        self,
        menu: QMenu,
        rule: RuleDetail,
        duplicate: Callable[[], object],
        open_log: Callable[[], object],
    ) -> None:
        """What can be done to a rule besides writing it."""
        menu.addAction(icons.icon("history-line"), _("Runs of this rule"), open_log)
        may = self.context.may(save_rule)
        if not may:
            return
        menu.addAction(icons.icon("file-copy-line"), _("Duplicate"), duplicate)
        earlier = menu.addAction(
            icons.icon("arrow-go-back-line"),
            _("Go back to an earlier version…"),
            partial(self._versions, rule),
        )
        earlier.setEnabled(rule.version > 1)
        menu.addSeparator()
        if rule.key is not None:
            came = menu.addAction(
                icons.icon("restart-line"),
                _("As it came"),
                partial(self.restore, rule.id, rule.version, None),
            )
            came.setEnabled(rule.version > 1)
        else:
            menu.addAction(icons.icon("delete-bin-line"), _("Remove"), partial(self.remove, rule.id))

    def _versions(self, rule: RuleDetail) -> None:
        VersionSheet(self.screen, self.context, rule, partial(self.restore, rule.id, rule.version)).open()


def ask_first(screen: QWidget, drop: Callable[[], object], save: Callable[[], object]) -> None:
    """Ask once about what is typed and not saved."""
    sheet = Sheet(
        screen.window(),
        _("Leave without saving?"),
        text=_("What you changed in this rule is not saved yet."),
        verb=_("Save"),
        icon="save-line",
    )
    leave = plain(_("Take back and leave"))

    def done(deed: Callable[[], object]) -> None:
        sheet.accept()
        deed()

    leave.clicked.connect(lambda: done(drop))
    sheet.add_left(leave)
    sheet.submitted.connect(lambda: done(save))
    sheet.open()
