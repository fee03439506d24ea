"""The chosen purchase order: what happened, what was ordered and came, and what can be done next."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from desktop.basics.clock import shop_day
from desktop.basics.i18n import _, ngettext
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import when_text
from desktop.queries.purchasing import DeliveryRow, OrderedLine, PurchaseSheet, purchase_sheet
from desktop.services.purchasing import (
    BY_HAND,
    BY_MAIL,
    cancel_order,
    change_order,
    restore_order,
    send_order,
)
from desktop.views.buying import paper
from desktop.views.buying.order_sheet import OrderSheet
from desktop.views.buying.panel import DetailPanel
from desktop.views.buying.receive_sheet import ReceiveOrderSheet
from desktop.views.buying.return_sheet import ReturnSheet
from desktop.views.buying.small_sheets import CloseSheet, ExpectedSheet
from desktop.views.buying.words import badge_of, day_words, line_words
from desktop.views.common import icons
from desktop.views.common.banner import Banner
from desktop.views.common.buttons import Button, icon_button, primary, secondary
from desktop.views.common.cards import Divider, TwoLines, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.timeline import Step, Timeline

MOST_LINES = 100  # shown at once; the paper has all


class OrderPanel(DetailPanel):
    """Shows one purchase order."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, _("No order selected"), parent)
        self.sheet: PurchaseSheet | None = None
        self.may = context.may(change_order)

    def ask(self) -> None:
        self.context.of(self).ask_latest("sheet", purchase_sheet, self.id).then(self._show)

    def _show(self, sheet: PurchaseSheet | None) -> None:
        if sheet is None or sheet.id != self.id:
            return
        self.sheet = sheet
        self.arrange(sheet.supplier, sheet.code, badge_of(sheet), self._deeds(sheet))
        if sheet.mail == "failed":
            text = _("The letter did not leave: {why}").format(why=_(sheet.mail_error))
            self.content.addWidget(Banner(text, tone="danger"))
        self.content.addWidget(self._timeline(sheet))
        if sheet.note:
            self.content.addWidget(Label(sheet.note, "small", "text2", wrap=True))
        self.content.addWidget(Divider())
        self.content.addLayout(self._sums(sheet))
        for line in sheet.lines[:MOST_LINES]:
            self.content.addWidget(self._line(line, sheet))
        if len(sheet.lines) > MOST_LINES:
            text = _("{count} more lines stand on the paper").format(count=len(sheet.lines) - MOST_LINES)
            self.content.addWidget(Label(text, "cap", "text2"))
        if sheet.deliveries:
            self.content.addWidget(Divider())
            self.content.addWidget(Label(_("Deliveries"), "h3"))
            for delivery in sheet.deliveries:
                self.content.addWidget(self._delivery(delivery, sheet))
        self.content.addStretch(1)

    # Parts

    def _timeline(self, sheet: PurchaseSheet) -> Timeline:
        def told(at: Any, who: str) -> str:
            when = when_text(at, self.context.now(), self.context.zone)
            return " · ".join(part for part in (when, _(who) if who else "") if part)

        today = shop_day(self.context.now(), self.context.zone)
        steps = [Step(_("Drafted"), told(sheet.made_at, sheet.made_by), "past")]
        if sheet.sent_at is not None:
            words = _("Sent by e-mail") if sheet.sent_how == BY_MAIL else _("Sent")
            if sheet.mail == "waiting" and sheet.sent_how == BY_MAIL:
                words = _("The letter is about to leave")
            steps.append(Step(words, told(sheet.sent_at, sheet.sent_by), "past"))
        if sheet.state == "cancelled":
            assert sheet.closed_at is not None
            steps.append(Step(_("Cancelled"), told(sheet.closed_at, sheet.closed_by), "stopped"))
        elif sheet.state == "closed":
            assert sheet.closed_at is not None
            words = " · ".join(
                part for part in (told(sheet.closed_at, sheet.closed_by), sheet.close_reason) if part
            )
            steps.append(Step(_("Closed"), words, "past", "success"))
        else:
            day = day_words(sheet.expected_on, today)
            tone = "danger" if sheet.late else ""
            state = "now" if sheet.state != "draft" else "later"
            words = _("Should have come {day}") if sheet.late else _("Expected {day}")
            steps.append(Step(_("Arrival"), words.format(day=day) if day else "", state, tone))  # type: ignore[arg-type]
        timeline = Timeline()
        timeline.show_steps(steps)
        return timeline

    def _sums(self, sheet: PurchaseSheet) -> QHBoxLayout:
        line = hbox()
        words = ngettext("{count} line", "{count} lines", len(sheet.lines))
        line.addWidget(Label(words.format(count=f"{len(sheet.lines):,}"), "h3"))
        line.addStretch(1)
        line.addWidget(Label(str(Money(sheet.total_minor, sheet.currency)), "h3", align="right"))
        return line

    def _line(self, line: OrderedLine, sheet: PurchaseSheet) -> QWidget:
        widget = QWidget()
        row = hbox(widget, gap=10)
        row.addWidget(ProductPicture(line.picture or "box", 34))
        row.addWidget(TwoLines(line.name, line_words(line)), 1)
        numbers = vbox(gap=0)
        amount = Money(line.amount_minor, sheet.currency).plain()
        numbers.addWidget(Label(amount, "small_b", align="right"))
        came, wanted = quantity_text(line.received_milli), quantity_text(line.qty_milli)
        if sheet.state in ("sent", "part", "closed"):
            whole = line.received_milli >= line.qty_milli
            words = _("{came} of {wanted} came").format(came=came, wanted=wanted)
            tone = "success_fg" if whole else "warn_fg" if line.received_milli else "text2"
        else:
            words, tone = f"{wanted} {line.unit}", "text2"
        numbers.addWidget(Label(words, "cap", tone, align="right"))
        row.addLayout(numbers)
        return widget

    def _delivery(self, row: DeliveryRow, sheet: PurchaseSheet) -> QWidget:
        widget = QWidget()
        line = hbox(widget)
        when = when_text(row.at, self.context.now(), self.context.zone)
        caption = " · ".join(part for part in (when, _(row.who) if row.who else "", row.note) if part)
        line.addWidget(TwoLines(row.code, caption), 1)
        amount = Money(row.amount_minor, sheet.currency).plain()
        pieces = _("{quantity} pieces").format(quantity=quantity_text(row.qty_milli))
        both = vbox(gap=0)
        both.addWidget(Label(amount, "small_b", align="right"))
        both.addWidget(Label(pieces, "cap", "text2", align="right"))
        line.addLayout(both)
        return widget

    # Deeds

    def _deeds(self, sheet: PurchaseSheet) -> list[Button]:
        found: list[Button] = []
        if sheet.state == "draft":
            send = primary(_("Send"), "mail-send-line")
            send.clicked.connect(lambda: self.open_send(send))
            edit = secondary(_("Edit"), "edit-line", key="E")
            edit.clicked.connect(self.open_edit)
            found = [send, edit]
        elif sheet.state in ("sent", "part"):
            receive = primary(_("Receive"), "download-2-line", key="R")
            receive.clicked.connect(self.open_receive)
            found = [receive]
        elif sheet.state == "cancelled":
            back = secondary(_("Make it a draft again"), "arrow-go-back-line")
            back.clicked.connect(lambda: self.do(restore_order, _("A draft again"), back, cancel_order))
            found = [back]
        for button in found:
            button.setEnabled(self.may)
        more = icon_button("more-line", _("More"), framed=True)
        more.clicked.connect(lambda: self._menu(more))
        return [*found, more]

    def _menu(self, button: QWidget) -> None:
        sheet = self.sheet
        if sheet is None:
            return
        menu = QMenu(button)
        entries: list[tuple[str, str, Any]] = [
            (_("Print…"), "printer-line", lambda: paper.open_print(self, self.context, sheet)),
            (_("Save as PDF…"), "file-pdf-line", lambda: paper.open_pdf(self, self.context, sheet)),
        ]
        if self.may and sheet.state in ("sent", "part"):
            entries += [
                (_("Send by e-mail again"), "mail-send-line", lambda: self._send(BY_MAIL)),
                (_("Expected on another day…"), "calendar-line", self._expected),
                (_("Close with some missing…"), "checkbox-circle-line", self._close),
            ]
        if self.may and sheet.deliveries:
            entries.append((_("Send goods back…"), "arrow-go-back-line", self._return))
        if self.may and sheet.state in ("draft", "sent"):
            entries.append((_("Cancel the order…"), "close-circle-line", self._cancel))
        for text, icon, run in entries:
            menu.addAction(icons.icon(icon, "text2"), text).triggered.connect(
                lambda _on=False, run=run: run()
            )
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def do(self, deed: Any, said: str, button: Button | None, undo: Any = None) -> None:
        """Do something with the shown order and say so, with undo if there is one."""
        scope, order_id = self.context.of(self), self.id

        def done(_answer: Any) -> None:
            def back() -> None:
                scope.do(undo, order_id)

            self.context.toast(self, said, undo=back if undo is not None else None)

        task = scope.do(deed, order_id)
        if button is not None:
            task.busy(button)
        task.then(done)

    def open_send(self, button: QWidget) -> None:
        """Offer the ways an order is sent."""
        sheet = self.sheet
        if sheet is None or not self.may:
            return
        menu = QMenu(button)
        by_mail = menu.addAction(icons.icon("mail-send-line", "text2"), _("By e-mail with the PDF"))
        by_mail.setEnabled(sheet.supplier_mail)
        if not sheet.supplier_mail:
            by_mail.setText(_("By e-mail: the supplier has no address"))
        by_mail.triggered.connect(lambda _on=False: self._send(BY_MAIL))
        by_hand = menu.addAction(icons.icon("check-line", "text2"), _("Mark as sent"))
        by_hand.triggered.connect(lambda _on=False: self._send(BY_HAND))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _send(self, how: str) -> None:
        said = (
            _("The letter leaves in a moment")
            if how == BY_MAIL
            else _("Marked as sent; the goods are on their way")
        )
        task = self.context.of(self).do(send_order, self.id, how)
        task.then(lambda _none: self.context.toast(self, said))

    def open_edit(self) -> None:
        """Open the sheet that changes a draft."""
        if self.sheet is not None and self.sheet.state == "draft" and self.may:
            OrderSheet(self.window(), self.context, self.sheet).open()

    def open_receive(self) -> None:
        """Open the sheet that brings the goods in."""
        if self.sheet is not None and self.sheet.state in ("sent", "part") and self.may:
            ReceiveOrderSheet(self.window(), self.context, self.sheet).open()

    def _expected(self) -> None:
        if self.sheet is not None:
            ExpectedSheet(self.window(), self.context, self.sheet).open()

    def _close(self) -> None:
        if self.sheet is not None:
            CloseSheet(self.window(), self.context, self.sheet).open()

    def _return(self) -> None:
        if self.sheet is not None:
            ReturnSheet(self.window(), self.context, self.sheet.supplier_id, self.sheet.supplier).open()

    def _cancel(self) -> None:
        title = _("Cancel purchase order {number}?").format(number=self.sheet.code if self.sheet else "")
        text = _("Nothing of it came. It can be made a draft again.")
        said = _("Purchase order cancelled")
        confirm(
            self.window(), title, text, verb=_("Cancel the purchase order"),
            yes=lambda: self.do(cancel_order, said, None, restore_order),
        )  # fmt: skip
