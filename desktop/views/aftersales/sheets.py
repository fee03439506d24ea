"""The sheets of a case: count what arrived, settle it, refuse it, note on it, name the order of a new one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, Money, quantity_text
from desktop.queries.after_sale_detail import CaseDetail
from desktop.queries.after_sale_offer import SettlePreview, order_by_number, settle_preview
from desktop.queries.carriers import CarrierRow, carriers_list
from desktop.services.after_sale_goods import Arrived, receive_goods
from desktop.services.after_sale_settling import Outcome, Settling, settle_case
from desktop.services.after_sales import note_on_case, refuse_case, withdraw_case
from desktop.views.common.approve_sheet import REFUND, ask_manager
from desktop.views.common.cards import Divider, Facts, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.refund_way import RefundWay, way_rows
from desktop.views.common.sent_goods import Sent, SentGoods
from desktop.views.common.theme import theme


class ArriveSheet(Sheet):
    """How much of each line arrived, and how much of that can't be sold again."""

    def __init__(self, parent: QWidget, context: Context, case: CaseDetail, done: Callable[[], Any]) -> None:
        title = _("Goods of {code} arrived").format(code=case.code)
        text = _("What can be sold again goes on the shelf, the rest to the damaged goods.")
        super().__init__(parent, title, verb=_("Take in"), text=text, icon="inbox-archive-line", width=560)
        self.context, self.case, self._done_with, self._key = context, case, done, new_key()
        self.counts: dict[int, tuple[Stepper, Stepper]] = {}
        head = hbox(gap=10)
        head.addStretch(1)
        for words in (_("Arrived"), _("Damaged")):
            label = Label(words, "cap", "text2", align="center")
            label.setFixedWidth(theme.px(112))
            head.addWidget(label)
        self.body.addLayout(head)
        for line in case.lines:
            self._row(line)
        self.submitted.connect(self._go)

    def _row(self, line: Any) -> None:
        row, words = hbox(gap=10), vbox()
        row.addWidget(ProductPicture(line.picture, 38, name=line.name))
        words.addWidget(Label(line.name, "small_m"))
        words.addWidget(
            Label(_("{count} expected").format(count=quantity_text(line.qty_milli)), "cap", "text2")
        )
        row.addLayout(words, 1)
        step = MILLI if line.qty_milli % MILLI == 0 else line.qty_milli
        came = Stepper(line.qty_milli, least=0, most=line.qty_milli, step=step, name=_("Arrived"))
        spoiled = line.qty_milli if line.condition == "damaged" else 0
        bad = Stepper(spoiled, least=0, most=line.qty_milli, step=step, name=_("Damaged"))
        for stepper in (came, bad):
            stepper.setFixedWidth(theme.px(112))
            row.addWidget(stepper)
        self.counts[line.line_id] = (came, bad)
        self.body.addLayout(row)

    def arrived(self) -> list[Arrived]:
        """What was counted."""
        return [Arrived(line_id, came.milli(), bad.milli()) for line_id, (came, bad) in self.counts.items()]

    def ready(self) -> bool:
        if any(part.damaged_milli > part.qty_milli for part in self.arrived()):
            self.show_error(_("More is damaged than arrived."))
            return False
        if not any(part.qty_milli for part in self.arrived()):
            self.show_error(_("Count what arrived first."))
            return False
        return True

    def _go(self) -> None:
        task = self.context.of(self).do(receive_goods, self.case.id, self.arrived(), self._key)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _answer: object) -> None:
        self.accept()
        self._done_with()


class SettleSheet(Sheet):
    """What settling comes to, shown before it is done; an exchange may send other goods, a parcel gets its number."""

    def __init__(
        self, parent: QWidget, context: Context, case: CaseDetail, done: Callable[[Outcome], Any]
    ) -> None:
        title = _("Settle {code}").format(code=case.code)
        super().__init__(
            parent, title, verb=_("Settle"), text=WHAT[case.kind](), icon="check-double-line", width=560
        )
        self.context, self.case, self._done_with, self._key = context, case, done, new_key()
        self._scope = context.of(self)
        self.preview: SettlePreview | None = None
        self.facts, self.way = Facts(), RefundWay()
        self.way.picked.connect(self._ask)
        if case.kind == "exchange":
            self._goods()
        if case.kind == "reship":
            self._parcel()
        else:
            self.add(self.way, Divider(), self.facts)
            self.primary.setEnabled(False)
            self._ask()
        self.submitted.connect(lambda: self._go())

    def _goods(self) -> None:
        self.add(Label(_("Sent instead"), "small_m"))
        self.sent = SentGoods(self.context)
        planned = [Sent(g.sku_id, g.unit, g.name, g.picture, g.qty_milli) for g in self.case.goods]
        same = [
            Sent(line.sku_id, line.unit, line.name, line.picture, line.received_milli)
            for line in self.case.lines
            if line.received_milli
        ]
        self.sent.show_goods(planned or same)
        self.sent.changed.connect(self._ask)
        self.add(self.sent)

    def _parcel(self) -> None:
        for line in self.case.lines:
            row = hbox(gap=10)
            row.addWidget(ProductPicture(line.picture, 34, name=line.name))
            row.addWidget(Label(line.name, "small_m"), 1)
            row.addWidget(Label(_("× {quantity}").format(quantity=quantity_text(line.qty_milli)), "small"))
            self.body.addLayout(row)
        self.carrier = Select([(None, _("No carrier"))], None)
        self.tracking = TextInput(hint=_("Scan or type it; it may follow later"), longest=64)
        self.add(Divider(), Field(_("Carrier"), self.carrier), Field(_("Tracking number"), self.tracking))
        if self.context.may(carriers_list):
            self._scope.ask(carriers_list).then(self._have_carriers)

    def _have_carriers(self, rows: tuple[CarrierRow, ...]) -> None:
        self.carrier.set_options([(None, _("No carrier")), *((row.id, _(row.name)) for row in rows)], None)

    def _ask(self) -> None:
        self.primary.setEnabled(False)
        goods = self.sent.goods() if self.case.kind == "exchange" else ()
        task = self._scope.ask_latest("preview", settle_preview, self.case.id, (), goods, self.way.route)
        task.then(self._show).otherwise(self.show_error)

    def _show(self, preview: SettlePreview) -> None:
        self.preview = preview
        self.way.show_ways(preview.ways)
        self.facts.show_rows(self._rows(preview))
        sends = self.case.kind != "exchange" or preview.exchange is not None
        self.primary.setEnabled(sends)
        self.adjustSize()

    def _rows(self, preview: SettlePreview) -> list[tuple[str, str, str]]:
        def money(minor: int) -> str:
            return str(Money(minor, self.case.currency))

        rows = []
        swap = preview.exchange
        if swap is not None:
            rows = [
                (_("What came back is worth"), money(swap.worth_minor), ""),
                (_("What is sent costs"), money(swap.price_minor), ""),
            ]
            if swap.difference_minor > 0:
                return [*rows, (_("To be collected"), money(swap.difference_minor), "strong")]
        rows.append((_("Money back"), money(preview.money_minor), "strong"))
        rows += way_rows(preview.ways, self.case.currency)
        if preview.points_returned:
            rows.append((_("Points back"), f"+{preview.points_returned:,}", "points"))
        if preview.points_taken_back:
            rows.append((_("Earned points taken back"), f"−{preview.points_taken_back:,}", "danger"))
        return rows

    def how(self, approval: int = 0) -> Settling:
        """How it is to be settled; `approval` is a manager's yes."""
        if self.case.kind == "reship":
            return Settling(tracking=self.tracking.value(), carrier_id=self.carrier.value())
        how = Settling(route=self.way.route, approval=approval)
        if self.case.kind != "exchange" or self.preview is None or self.preview.exchange is None:
            return how
        goods, difference = self.sent.goods(), self.preview.exchange.difference_minor
        return replace(how, goods=goods, difference_minor=difference)

    def _go(self, approval: int = 0) -> None:
        task = self.context.of(self).do(settle_case, self.case.id, self._key, self.how(approval))
        # the key stays the same over errors: had only the answer been lost, a second press settles nothing twice
        task.busy(self.primary).then(self._settled).otherwise(self._failed)

    def _failed(self, error: ShopError) -> None:
        if ask_manager(self, self.context, REFUND, error, self._go):
            return
        self.show_error(error)
        if self.case.kind != "reship":
            self._ask()

    def _settled(self, outcome: Outcome) -> None:
        self.accept()
        self._done_with(outcome)


WHAT: dict[str, Callable[[], str]] = {
    "refund": lambda: _("Points go back as points. This can't be undone."),
    "return": lambda: _("Points go back as points. This can't be undone."),
    "exchange": lambda: _("A new order is made by itself and the member is told. This can't be undone."),
    "reship": lambda: _("A parcel with the same goods leaves for nothing. This can't be undone."),
}


class WhySheet(Sheet):
    """One reason or remark: refuse, withdraw or note."""

    def __init__(
        self, parent: QWidget, context: Context, case: CaseDetail, deed: str, done: Callable[[], Any]
    ) -> None:
        title, verb, hint = {
            "refuse": (_("Refuse {code}"), _("Refuse"), _("The customer will ask why")),
            "withdraw": (_("Withdraw {code}"), _("Withdraw"), _("Why the customer wants it no longer")),
            "note": (_("Note on {code}"), _("Save note"), _("For everybody who works on it")),
        }[deed]
        tone: Any = "danger" if deed == "refuse" else "primary"
        super().__init__(parent, title.format(code=case.code), verb=verb, tone=tone, width=460)
        self.context, self.case, self._deed, self._done_with = context, case, deed, done
        self._key = new_key()
        self.words = TextArea("", hint=hint, lines=3, required=deed != "withdraw")
        self._field = Field(_("Reason") if deed != "note" else _("Note"), self.words)
        self.add(self._field)
        if deed == "refuse" and case.state == "received":
            words = _("The goods that arrived go back to the customer and leave the books.")
            self.add(Label(words, "small", "text2", wrap=True))
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        scope, words = self.context.of(self), self.words.value()
        if self._deed == "refuse":
            task = scope.do(refuse_case, self.case.id, words, self._key)
        else:
            task = scope.do(withdraw_case if self._deed == "withdraw" else note_on_case, self.case.id, words)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _answer: object) -> None:
        self.accept()
        self._done_with()


class NumberSheet(Sheet):
    """The order a new case is about, by its number."""

    def __init__(self, parent: QWidget, context: Context, done: Callable[[int], Any]) -> None:
        text = _("Cases can be opened from the order itself, too.")
        super().__init__(
            parent, _("New case"), verb=_("Next"), text=text, icon="customer-service-2-line", width=420
        )
        self.context, self._done_with = context, done
        self.number = TextInput(hint=_("1121-0096, or scan the receipt"), longest=40, required=True)
        self._field = Field(_("Order no."), self.number)
        self.add(self._field)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        task = self.context.of(self).ask(order_by_number, self.number.value())
        task.busy(self.primary).then(self._found).otherwise(lambda error: self._field.error(str(error)))

    def _found(self, order_id: int) -> None:
        self.accept()
        self._done_with(order_id)
