"""The chosen batch: its goods, its dates, what can be done about it, and every change."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import when_text
from desktop.queries.batches import BatchMove, BatchRow, ShelfPrice, batch_moves, shelf_price
from desktop.queries.product_detail import product_photo
from desktop.services.batches import edit_batch, take_off
from desktop.services.products import set_prices
from desktop.views.batches.sheets import EditBatchSheet, MarkDownSheet, NamePiecesSheet, TakeOffSheet
from desktop.views.batches.words import REASONS, code_of, day_text, left_text, state_badge, title_of
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import Divider, Facts, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.side_panel import SidePanel

WIDTH = 356


class BatchPanel(SidePanel):
    """Shows one batch at one place."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        hint = _("Choose a batch in the list to see its dates and changes.")
        super().__init__(context, WIDTH, _("No batch selected"), hint, parent=parent)
        self.warn_days = 30
        self.row: BatchRow | None = None
        self.picture = ProductPicture("box", 44)
        self.title.insertWidget(0, self.picture)
        self._buttons()
        self.facts = Facts()
        self.content.addWidget(self.facts)
        self.content.addWidget(Divider())
        self.content.addWidget(Label(_("Changes"), "h3"))
        self._moves = vbox(gap=8)
        self.content.addLayout(self._moves)
        self.content.addStretch(1)

    def _buttons(self) -> None:
        self.off = secondary(_("Take off"), "delete-bin-6-line", key="X")
        self.down = secondary(_("Mark down"), "price-tag-3-line", key="M")
        self.edit = secondary(_("Correct"), "edit-line", key="E")
        self.named = secondary(_("Name pieces"), "stack-line")
        doings = ((self.off, self.open_take_off), (self.down, self.open_mark_down), (self.edit, self.open_edit),
                  (self.named, self.open_name_pieces))  # fmt: skip
        for pair in (doings[:2], doings[2:]):
            buttons = hbox()
            for button, act in pair:
                button.clicked.connect(act)
                buttons.addWidget(button)
            buttons.addStretch(1)
            self.head.addLayout(buttons)
        self._ask_rights()

    def _ask_rights(self) -> None:
        may = {self.off: take_off, self.edit: edit_batch, self.named: edit_batch, self.down: set_prices}
        for button, deed in may.items():
            allowed = self._context.may(deed)
            button.setEnabled(allowed)
            button.setToolTip("" if allowed else _("Your role may not do this."))

    # What is shown

    def show_row(self, row: BatchRow | None) -> None:
        """Show another batch, or none."""
        fresh = row is not None and (self.row is None or self.row.product_id != row.product_id)
        self.row = row
        self._empty.setVisible(row is None)
        self._inside.setVisible(row is not None)
        if row is None:
            return
        self.names.say(title_of(row), f"{row.sku_code} · {_(row.location)}")
        self.badge.show_status(*state_badge(row, self.warn_days))
        self.named.setVisible(not row.code)
        self._show_facts(row)
        scope = self._context.of(self)
        if fresh:
            self.picture.show_key(row.picture or "box")
            if row.has_photo:
                scope.ask_latest("photo", product_photo, row.product_id).then(self._show_photo)
        scope.ask_latest("moves", batch_moves, row.batch_id).then(self._show_moves)

    def _show_photo(self, data: bytes | None) -> None:
        if data is not None:
            self.picture.show_image(data)

    def _show_facts(self, row: BatchRow) -> None:
        near = row.days_left
        tone = "danger" if near is not None and near < 0 else "strong"
        facts = [
            (_("Batch"), code_of(row), "strong"),
            (_("Last day"), day_text(row.expires_on), tone),
            (_("Time left"), left_text(near) or "—", ""),
            (_("Here"), f"{quantity_text(row.qty_milli)} {row.unit}", ""),
        ]
        if row.made_on:
            facts.append((_("Made on"), day_text(row.made_on), ""))
        if row.cost_minor is not None:
            facts.append((_("At cost"), str(Money(row.cost_minor, self._context.currency)), ""))
        if row.note:
            facts.append((_("Note"), row.note, ""))
        self.facts.show_rows(facts)

    def _show_moves(self, moves: tuple[BatchMove, ...]) -> None:
        clear(self._moves)
        now, zone = self._context.now(), self._context.zone
        for move in moves:
            line = hbox()
            words = _(REASONS.get(move.reason, move.reason))
            line.addWidget(TwoLines(words, f"{when_text(move.at, now, zone)} · {_(move.location)}"), 1)
            sign = "+" if move.delta_milli > 0 else ""
            tone = "success_fg" if move.delta_milli > 0 else "text"
            line.addWidget(Label(f"{sign}{quantity_text(move.delta_milli)}", "small_b", tone))
            self._moves.addLayout(line)

    # What the person does

    def _open(self, sheet: Any, button: QWidget) -> None:
        if self.row is not None and button.isEnabled():
            sheet(self.window(), self._context, self.row).open()

    def open_take_off(self) -> None:
        """Open the sheet that takes pieces off."""
        self._open(TakeOffSheet, self.off)

    def open_edit(self) -> None:
        """Open the sheet that corrects code and dates."""
        self._open(EditBatchSheet, self.edit)

    def open_name_pieces(self) -> None:
        """Open the sheet that puts pieces to a batch."""
        self._open(NamePiecesSheet, self.named)

    def open_mark_down(self) -> None:
        """Open the sheet with a lower price, once the present one is known."""
        row = self.row
        if row is not None and self.down.isEnabled():
            asked = self._context.of(self).ask(shelf_price, row.sku_id)
            asked.busy(self.down).then(partial(self._mark_down, row))

    def _mark_down(self, row: BatchRow, price: ShelfPrice | None) -> None:
        if price is None:
            self._context.toast(self, _("These goods have no price yet"), tone="warn")
        else:
            MarkDownSheet(self.window(), self._context, row, price).open()
