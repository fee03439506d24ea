"""The chosen campaign: its goods with how much is sold, its time, and every change."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.basics.words import when_text
from desktop.queries.set_aside import ENDED_VIEW, Campaign, CampaignLine, CampaignMove, campaign_sheet
from desktop.services.set_aside import end_campaign
from desktop.views.common.buttons import Button, link, secondary
from desktop.views.common.cards import Divider, Facts, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.progress_panel import ProgressBar
from desktop.views.common.side_panel import SidePanel
from desktop.views.setaside.sheets import AddGoodsSheet, EditSheet, QuantitySheet
from desktop.views.setaside.words import MOVES, line_title, span_text, state_badge

WIDTH = 388


class CampaignPanel(SidePanel):
    """Shows one campaign; `order_wanted(order)` asks for an order."""

    order_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        hint = _("Choose a campaign in the list to see its goods.")
        super().__init__(context, WIDTH, _("No campaign selected"), hint, gap=12, parent=parent)
        self.number = 0
        self.shown: Campaign | None = None
        self.facts = Facts()
        self.head.addWidget(self.facts)
        self._deeds()
        line = hbox()
        line.addWidget(Label(_("Goods"), "h3"), 1)
        self.more = link(_("Add goods"))
        self.more.clicked.connect(self.open_add)
        line.addWidget(self.more)
        self.content.addLayout(line)
        self._goods = vbox(gap=12)
        self.content.addLayout(self._goods)
        self.content.addWidget(Divider())
        self.content.addWidget(Label(_("Changes"), "h3"))
        self._moves = vbox(gap=8)
        self.content.addLayout(self._moves)
        self.content.addStretch(1)

    def _deeds(self) -> None:
        buttons = hbox()
        self.edit = secondary(_("Edit"), "edit-line", key="E")
        self.edit.clicked.connect(self.open_edit)
        self.end = Button(_("End now"), icon="stop-circle-line", key="X")
        self.end.clicked.connect(self.ask_end)
        buttons.addWidget(self.edit)
        buttons.addWidget(self.end)
        buttons.addStretch(1)
        self.head.addLayout(buttons)

    # What is shown

    def show_campaign(self, number: int | None) -> None:
        """Show another campaign, or none."""
        self.number = number or 0
        self._empty.setVisible(not self.number)
        if not self.number:
            self.shown = None
            self._inside.hide()
            return
        self.refresh()

    def refresh(self) -> None:
        """Read the shown campaign again."""
        if self.number:
            self._context.of(self).ask_latest("sheet", campaign_sheet, self.number).then(self._show)

    def _show(self, found: Campaign | None) -> None:
        self.shown = found
        if found is None:
            self.show_campaign(None)
            return
        row, zone = found.row, self._context.zone
        self.names.say(row.name, span_text(row.starts_at, row.ends_at, zone))
        self.badge.show_status(*state_badge(row.state))
        ended = row.state == ENDED_VIEW
        left = 0 if ended else row.qty_milli - row.sold_milli
        facts = [
            (_("Set aside"), quantity_text(row.qty_milli), "strong"),
            (_("Sold by the campaign"), quantity_text(row.sold_milli), ""),
            (_("Left for it"), quantity_text(left), ""),
            (_("Place"), _(row.location), ""),
        ]
        if row.note:
            facts.append((_("Note"), row.note, ""))
        self.facts.show_rows(facts)
        allowed = self._context.may(end_campaign)
        for button in (self.edit, self.end, self.more):
            button.setVisible(not ended)
            button.setEnabled(allowed)
        clear(self._goods)
        for line in found.lines:
            self._goods.addWidget(self._line(line, open_=not ended and allowed))
        self._show_moves(found.moves)
        self._inside.show()

    def _line(self, line: CampaignLine, *, open_: bool) -> QWidget:
        holder = QWidget()
        column = vbox(holder, gap=6)
        top = hbox(gap=10)
        top.addWidget(ProductPicture(line.picture or "box", 34))
        words = _("{sold} of {all} {unit} sold").format(
            sold=quantity_text(line.sold_milli), all=quantity_text(line.qty_milli), unit=line.unit
        )
        top.addWidget(TwoLines(line_title(line), words), 1)
        if open_:
            change = link(_("Change quantity"))
            change.clicked.connect(partial(self._open_quantity, line))
            top.addWidget(change)
        column.addLayout(top)
        bar = ProgressBar()
        bar.show_part(line.sold_milli, line.qty_milli)
        column.addWidget(bar)
        return holder

    def _show_moves(self, moves: tuple[CampaignMove, ...]) -> None:
        clear(self._moves)
        now, zone = self._context.now(), self._context.zone
        for move in moves:
            line = hbox()
            who = " · ".join(part for part in (when_text(move.at, now, zone), move.who) if part)
            line.addWidget(TwoLines(f"{_(MOVES[move.kind])} · {move.name}", who), 1)
            if move.order_id is not None:
                order = link(_("Order"))
                order.clicked.connect(partial(self.order_wanted.emit, move.order_id))
                line.addWidget(order)
            sign = "+" if move.delta_milli > 0 else ""
            line.addWidget(Label(f"{sign}{quantity_text(move.delta_milli)}", "small_b"))
            self._moves.addLayout(line)

    # What the person does

    def _usable(self) -> bool:
        return (
            self.shown is not None and self.shown.row.state != ENDED_VIEW and self._context.may(end_campaign)
        )

    def open_edit(self) -> None:
        """Open the sheet with name and time."""
        if self._usable() and self.shown is not None:
            EditSheet(self.window(), self._context, self.shown.row).open()

    def open_add(self) -> None:
        """Open the sheet that sets more goods aside."""
        if self._usable() and self.shown is not None:
            AddGoodsSheet(self.window(), self._context, self.shown.row).open()

    def _open_quantity(self, line: CampaignLine) -> None:
        QuantitySheet(self.window(), self._context, line).open()

    def ask_end(self) -> None:
        """Ask, and end the campaign now."""
        if not self._usable() or self.shown is None:
            return
        row = self.shown.row
        left = quantity_text(row.qty_milli - row.sold_milli)
        title = _("End “{name}” now?").format(name=row.name)
        text = _("The {left} pieces it has left are free for every sale again.").format(left=left)
        confirm(self, title, text, verb=_("End now"), yes=partial(self._end, row.id), icon="stop-circle-line")

    def _end(self, number: int) -> None:
        self._context.of(self).do(end_campaign, number).then(self._ended)

    def _ended(self, milli: int) -> None:
        text = _("Campaign ended, {pieces} pieces are free again").format(pieces=quantity_text(milli))
        self._context.toast(self, text)
