"""Ends of a count: why lines differ, and the posting with what becomes of lines nobody counted."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.queries.stocktakes import StocktakeRow, TakeValue
from desktop.services.stocktake_undo import LONGEST, take_back_stocktake
from desktop.services.stocktakes import REASONS, explain_difference, post_stocktake
from desktop.views.common.cards import Facts
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.toggle import Radio


class ReasonSheet(Sheet):
    """One reason for the ticked lines."""

    def __init__(
        self, parent: QWidget, context: Context, take_id: int, sku_ids: list[int], done: Callable[[], Any]
    ) -> None:
        title = _("Why do {count} lines differ?").format(count=len(sku_ids))
        super().__init__(parent, title, verb=_("Save"), icon="question-line", width=420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._take, self._ids, self._then = context, take_id, sku_ids, done
        self.reason = Select([(key, _(words)) for key, words in REASONS.items()], "lost")
        self.add(Field(_("Reason"), self.reason))
        self.submitted.connect(self._go)

    def _go(self) -> None:
        task = self._context.of(self).do(explain_difference, self._take, self._ids, self.reason.value())
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _none: Any) -> None:
        self.accept()
        self._then()


class PostSheet(Sheet):
    """Says what posting will change, and asks about lines nobody counted."""

    def __init__(
        self, parent: QWidget, context: Context, row: StocktakeRow, value: TakeValue | None, done: Callable[[int], Any]
    ) -> None:  # fmt: skip
        text = _(
            "Each difference becomes a movement of this stocktake. It can be taken back until these goods are counted again."
        )
        super().__init__(parent, _("Post {name}?").format(name=row.name), text=text, verb=_("Post"),
                         icon="check-double-line", width=460)  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._then, self._key = context, row, done, new_key()
        self.facts = Facts()
        left = row.lines - row.counted
        shown = [
            (_("Counted"), _("{counted} of {lines} lines").format(counted=row.counted, lines=row.lines), ""),
            (_("Lines that differ"), str(row.differing), "strong"),
        ]
        if value is not None:
            shown += [
                (
                    _("Too many, at cost"),
                    f"+{Money(value.surplus_minor, context.currency).plain()}",
                    "success",
                ),
                (_("Too few, at cost"), f"−{Money(value.missing_minor, context.currency).plain()}", "danger"),
            ]
        self.facts.show_rows(shown)
        self.add(self.facts)
        self.leave = Radio(_("Leave them as the books have them"))
        self.none = Radio(_("Nothing of them is there: set them to zero"))
        self.leave.setChecked(True)
        if left:
            words = ngettext("{count} line was not counted", "{count} lines were not counted", left)
            self.add(Label(words.format(count=left), "small_b"), self.leave, self.none)
        self.submitted.connect(self._go)

    def _go(self) -> None:
        none = self.none.isChecked()
        task = self._context.of(self).do(
            post_stocktake, self._row.id, client_key=self._key, missing_is_none=none
        )
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, count: int) -> None:
        self.accept()
        self._then(count)


class TakeBackSheet(Sheet):
    """Asks why a posted stocktake is taken back."""

    def __init__(
        self, parent: QWidget, context: Context, row: StocktakeRow, done: Callable[[int], Any]
    ) -> None:
        title = _("Take back {name}?").format(name=row.name)
        text = _(
            "Each difference is posted the other way with this stocktake as its document; both stay to be seen."
        )
        super().__init__(parent, title, text=text, verb=_("Take back"), icon="arrow-go-back-line",
                         tone="danger", width=460)  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._then, self._key = context, row, done, new_key()
        self.words = TextInput(longest=LONGEST, required=True)
        self.why = Field(_("Why?"), self.words)
        self.add(self.why)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self.why])

    def _go(self) -> None:
        why = self.words.value()
        task = self._context.of(self).do(take_back_stocktake, self._row.id, why, client_key=self._key)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, count: int) -> None:
        self.accept()
        self._then(count)
