"""The sheet that adds something with a kind and a name to a settings page, or gives it another name."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.views.common.background import Task
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput


class NamedSheet(Sheet):
    """`saving` is handed the name and begins the deed; `done` is told its answer. `name` is None for something new."""

    def __init__(
        self, parent: QWidget, context: Context, title: str, icon: str, name: str | None, done: Callable[[Any], Any]
    ) -> None:  # fmt: skip
        verb = _("Add") if name is None else _("Save")
        super().__init__(parent, title, verb=verb, icon=icon, width=420)
        self.background, self._then = context.of(self), done
        self.name = TextInput(name or "", longest=40, required=True)
        self._field = Field(_("Called"), self.name)
        if name is None:
            self.add(self.kind_field())
        self.add(self._field)
        self.submitted.connect(self._go)
        self.name.setFocus()

    def kind_field(self) -> QWidget:
        """The choice of a kind."""
        raise NotImplementedError

    def saving(self, name: str) -> Task:
        """Begin the deed."""
        raise NotImplementedError

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        self.saving(self.name.value()).busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, answer: Any) -> None:
        self.accept()
        self._then(answer)
