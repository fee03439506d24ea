"""The chosen transfer: its way, what happened when, its lines, and what can be done next."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import quantity_text
from desktop.basics.words import when_text
from desktop.queries.places import places
from desktop.queries.transfers import MovedLine, TransferSheet, transfer_sheet
from desktop.services.transfers import (
    cancel_transfer,
    draft_transfer,
    receive_transfer,
    restore_transfer,
    return_transfer,
    send_transfer,
)
from desktop.views.common.buttons import Button, icon_button, primary, secondary
from desktop.views.common.cards import Divider, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.labels import Label
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.side_panel import SidePanel
from desktop.views.common.timeline import Step, Timeline
from desktop.views.transfers.arrive_sheet import ArriveSheet
from desktop.views.transfers.draft_sheet import DraftSheet
from desktop.views.transfers.words import line_words, note_lines, state_badge, way_of

WIDTH = 400


class TransferPanel(SidePanel):
    """Shows one transfer."""

    goods_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        hint = _("Choose a transfer in the list to see what it holds.")
        super().__init__(context, WIDTH, _("No transfer selected"), hint, parent=parent)
        self._id = 0
        self.sheet: TransferSheet | None = None
        self._keys: dict[str, str] = {}
        self._buttons = hbox()
        self.head.addLayout(self._buttons)
        self.timeline = Timeline()
        self.content.addWidget(self.timeline)
        self.content.addWidget(Divider())
        self._goods_head = Label("", "h3")
        self.content.addWidget(self._goods_head)
        self._lines = vbox(gap=8)
        self.content.addLayout(self._lines)
        self.content.addStretch(1)

    def show_transfer(self, transfer_id: int | None) -> None:
        """Show another transfer, or none."""
        if (transfer_id or 0) != self._id:
            self.sheet, self._keys = None, {}
        self._id = transfer_id or 0
        self._empty.setVisible(not self._id)
        if not self._id:
            self._inside.hide()
            return
        self.refresh()

    def refresh(self) -> None:
        """Read it again."""
        if self._id:
            self._context.of(self).ask_latest("sheet", transfer_sheet, self._id).then(self._show)

    def _show(self, sheet: TransferSheet) -> None:
        self.sheet = sheet
        row = sheet.row
        self.names.say(row.code, " · ".join(part for part in (way_of(row), row.note) if part))
        self.badge.show_status(*state_badge(row.state))
        clear(self._buttons)
        for button in self._deeds(sheet):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self.timeline.show_steps(self._steps(sheet))
        words = ngettext("{count} line", "{count} lines", len(sheet.lines))
        self._goods_head.setText(words.format(count=len(sheet.lines)))
        clear(self._lines)
        for line in sheet.lines:
            self._lines.addWidget(self._line(line, row.state))
        self._inside.show()

    def _line(self, line: MovedLine, state: str) -> QWidget:
        widget = QWidget()
        row = hbox(widget, gap=10)
        row.addWidget(ProductPicture(line.picture or "box", 34))
        name = " ".join(part for part in (line.name, line.pack) if part)
        row.addWidget(TwoLines(name, line_words(line, state)), 1)
        short = state == "draft" and line.qty_milli > line.available_milli
        numbers = vbox(gap=0)
        quantity = f"{quantity_text(line.qty_milli)} {line.unit}"
        numbers.addWidget(Label(quantity, "small_b", "danger_fg" if short else "text", align="right"))
        if short:
            left = _("only {quantity} available").format(quantity=quantity_text(line.available_milli))
            numbers.addWidget(Label(left, "cap", "danger_fg", align="right"))
        row.addLayout(numbers)
        return widget

    def _steps(self, sheet: TransferSheet) -> list[Step]:
        row = sheet.row

        def said(at: Any, who: str) -> str:
            when = when_text(at, self._context.now(), self._context.zone) if at else ""
            return " · ".join(part for part in (when, who) if part)

        steps = [
            Step(_("Written"), said(row.made_at, sheet.made_by), "now" if row.state == "draft" else "past")
        ]
        if row.state == "cancelled":
            return [*steps, Step(_("Cancelled"), said(row.ended_at, sheet.ended_by), "stopped")]
        steps.append(Step(_("Sent"), said(row.sent_at, sheet.sent_by), "past" if row.sent_at else "later"))
        if row.state == "returned":
            return [*steps, Step(_("Taken back"), said(row.ended_at, sheet.ended_by), "stopped")]
        under_way = row.state in ("sent", "part")
        words = (
            _("{quantity} on their way").format(quantity=quantity_text(row.open_milli)) if under_way else ""
        )
        state: Any = "now" if under_way else "past" if row.ended_at else "later"
        steps.append(Step(_("Received"), words or said(row.ended_at, sheet.ended_by), state))
        return steps

    # Deeds

    def _deeds(self, sheet: TransferSheet) -> list[Button]:
        may, state, shown = self._context.may(draft_transfer), sheet.row.state, []
        if may and state == "draft":
            shown += [
                self._button(primary(_("Send off"), "truck-line"), self.send),
                self._button(secondary(_("Edit"), "edit-line"), self.edit),
                self._button(secondary(_("Cancel it")), self.cancel),
            ]
        elif may and state in ("sent", "part"):
            shown += [
                self._button(primary(_("Take in"), "inbox-archive-line"), self.receive),
                self._button(secondary(_("Take back"), "arrow-go-back-line"), self.take_back),
            ]
        elif may and state == "cancelled":
            again = secondary(_("Take up again"), "refresh-line")
            shown.append(self._button(again, lambda: self.restore(self._id)))
        shown.append(
            self._button(
                icon_button("printer-line", _("Print the transfer note"), framed=True), self.print_note
            )
        )
        return shown

    def _button(self, button: Button, deed: Callable[[], Any]) -> Button:
        button.clicked.connect(lambda *_clicked: deed())
        return button

    def _key(self, deed: str) -> str:
        """One key per deed until the sheet shows another state, so that a second press does nothing twice."""
        return self._keys.setdefault(f"{deed} {self.sheet.row.state if self.sheet else ''}", new_key())

    def send(self) -> None:
        """Let the goods leave."""
        if self.sheet is None or self.sheet.row.state != "draft":
            return
        task = self._context.of(self).do(send_transfer, self._id, client_key=self._key("send"))
        task.then(lambda _none: self._said(_("{code} is on its way")))

    def edit(self) -> None:
        """Change a draft."""
        self._context.of(self).ask(places).then(self._edit)

    def _edit(self, found: Any) -> None:
        if self.sheet is not None:
            DraftSheet(self.window(), self._context, found, lambda _id: self.refresh(), self.sheet).open()

    def receive(self) -> None:
        """Open the sheet that says what arrived."""
        if (
            self.sheet is not None
            and self.sheet.row.state in ("sent", "part")
            and self._context.may(receive_transfer)
        ):
            ArriveSheet(self.window(), self._context, self.sheet, self._arrived).open()

    def _arrived(self, state: str) -> None:
        self._said(_("{code} received") if state == "closed" else _("{code} partly received"))

    def take_back(self) -> None:
        """Bring what is on its way back to where it came from, after a question."""
        if self.sheet is None:
            return
        row = self.sheet.row
        text = _("{quantity} go back to {place}.").format(
            quantity=quantity_text(row.open_milli), place=row.from_name
        )
        title = _("Take transfer {code} back?").format(code=row.code)
        confirm(self.window(), title, text, verb=_("Take back"), yes=self._go_back, icon="arrow-go-back-line")

    def _go_back(self) -> None:
        task = self._context.of(self).do(return_transfer, self._id, client_key=self._key("back"))
        task.then(lambda _none: self._said(_("{code} is back")))

    def cancel(self) -> None:
        """Drop a draft; a toast takes it up again."""
        task = self._context.of(self).do(cancel_transfer, self._id)
        undo = partial(self.restore, self._id)  # by then the list may have moved on to another one
        task.then(lambda _none: self._said(_("{code} cancelled"), undo=undo))

    def restore(self, transfer_id: int) -> None:
        """Take a cancelled draft up again and show it."""
        task = self._context.of(self).do(restore_transfer, transfer_id)
        task.then(lambda _none: self.show_transfer(transfer_id))

    def print_note(self) -> None:
        """Print the note that goes along."""
        if self.sheet is None:
            return
        code = self.sheet.row.code
        note = Document("note", _("Transfer note"), note_lines(self.sheet, self._context))
        done = lambda where: self._context.toast(self, _("Printed to {where}").format(where=where))  # noqa: E731
        PrintSheet(self.window(), self._context, _("Print the transfer note"), code, [note], done).open()

    def _said(self, words: str, undo: Callable[[], None] | None = None) -> None:
        code = self.sheet.row.code if self.sheet else ""
        self._context.toast(self, words.format(code=code), undo=undo)
        self.refresh()
