"""The batches of the selected goods: told apart or not, and which expires next."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import quantity_text
from desktop.queries.batches import BatchRow, batches_of, tracking_of
from desktop.services.batches import track_batches
from desktop.views.common.buttons import link
from desktop.views.common.cards import Divider, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput
from desktop.views.common.toggle import CheckBox

SHOWN = 3


class BatchPart(QWidget):
    """A line per batch, the soonest first; without batches, the way to tell these goods apart."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._sku, self._name, self._code = context, 0, "", ""
        self.tracked = False
        self.life: int | None = None
        column = vbox(self, gap=8)
        column.addWidget(Divider())
        column.addLayout(self._head())
        self._rows = vbox(gap=6)
        column.addLayout(self._rows)

    def _head(self) -> QHBoxLayout:
        line = hbox()
        self.title = TwoLines(_("Batches"), "")
        self.change = link(_("Change"))
        self.change.clicked.connect(self.open_sheet)
        self.change.setEnabled(self._context.may(track_batches))
        line.addWidget(self.title, 1)
        line.addWidget(self.change, alignment=Qt.AlignmentFlag.AlignTop)
        return line

    def ask(self, sku_id: int, name: str, code: str) -> None:
        """Read the batches of these goods."""
        self._sku, self._name, self._code = sku_id, name, code
        scope = self._context.of(self)
        scope.ask_latest("tracking", tracking_of, sku_id).then(self._told)

    def _told(self, found: tuple[bool, int | None]) -> None:
        self.tracked, self.life = found
        self.change.relabel(_("Batch settings") if self.tracked else _("Tell apart by batch"))
        if self.tracked:
            self._context.of(self).ask_latest("batches", batches_of, self._sku).then(self._show)
        else:
            clear(self._rows)
            self.title.say(_("Batches"), _("Not told apart"))

    def _show(self, rows: tuple[BatchRow, ...]) -> None:
        clear(self._rows)
        words = ngettext("{count} batch here", "{count} batches here", len(rows)).format(count=len(rows))
        self.title.say(_("Batches"), words)
        for row in rows[:SHOWN]:
            self._rows.addWidget(self._row(row))
        if rows:
            more = link(_("Batches and expiry"))
            more.clicked.connect(lambda: self._context.navigate("batches", None, text=self._code))
            self._rows.addWidget(more, alignment=Qt.AlignmentFlag.AlignLeft)

    def _row(self, row: BatchRow) -> QWidget:
        widget = QWidget()
        line = hbox(widget)
        day = f"{row.expires_on:%Y-%m-%d}" if row.expires_on else _("No date")
        line.addWidget(TwoLines(day, f"{row.code or _('No batch code')} · {_(row.location)}"), 1)
        late = row.days_left is not None and row.days_left < 0
        quantity = f"{quantity_text(row.qty_milli)} {row.unit}"
        line.addWidget(Label(quantity, "small_b", "danger_fg" if late else "text", align="right"))
        return widget

    def open_sheet(self) -> None:
        """Open the sheet that begins or ends telling these goods apart."""
        if self._sku and self.change.isEnabled():
            TrackSheet(self.window(), self._context, self._sku, self._name, self.tracked, self.life).open()


class TrackSheet(Sheet):
    """Whether goods are told apart by batch, and how long they keep."""

    def __init__(
        self, parent: QWidget, context: Context, sku_id: int, name: str, tracked: bool, life: int | None
    ) -> None:
        title = _("Batches of {name}").format(name=name)
        super().__init__(parent, title, verb=_("Save"), icon="stack-line", width=460)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._sku, self._window = context, sku_id, parent
        self.on = CheckBox(_("Tell these goods apart by batch"))
        self.on.setChecked(True)
        self.days = IntegerInput(life, least=1, most=36_500, unit=_("days"))
        self.life = Field(
            _("Keeps for"), self.days, _("For deliveries without a date on the pack; may stay empty.")
        )
        hint = _("What is here now opens as a batch without a code. Sales take what expires first.")
        self.add(self.on, self.life, Label(hint, "cap", "text3", wrap=True))
        if not tracked:
            self.on.hide()
            self.primary.relabel(_("Tell apart by batch"))
        self.submitted.connect(self._save)

    def ready(self) -> bool:
        return check_all([self.life])

    def _save(self) -> None:
        task = self._context.of(self).do(
            track_batches, [self._sku], on=self.on.isChecked(), shelf_life_days=self.days.number()
        )
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _changed: int) -> None:
        on = self.on.isChecked()
        self.accept()
        words = _("Told apart by batch from now on") if on else _("No longer told apart by batch")
        self._context.toast(self._window, words)
