"""Give lines of an order back: quantities, then what that means in money and points, then the verb."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, Money
from desktop.queries.order_detail import LineRow, OrderDetail
from desktop.queries.refund_preview import RefundPreview, refund_preview
from desktop.services.refunds import Refunded, refund_lines
from desktop.views.common.approve_sheet import REFUND, ask_if_limited
from desktop.views.common.cards import Divider, Facts, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.refund_way import RefundWay, way_rows
from desktop.views.common.toggle import CheckBox


class RefundSheet(Sheet):
    """Quantities start at all that is left; the sums below follow every change."""

    def __init__(
        self, parent: QWidget, context: Context, order: OrderDetail, done: Callable[[Refunded], Any]
    ) -> None:
        title = _("Refund order {number}").format(number=order.short_code)
        text = _("Points go back as points. This can't be undone.")
        super().__init__(parent, title, verb=_("Refund"), text=text, icon="refund-2-line", width=520)
        self.context, self.order, self._done_with, self._key = context, order, done, new_key()
        self.steppers: dict[int, Stepper] = {}
        for line in order.lines:
            if line.left_milli > 0:
                self.body.addLayout(self._line(line))
        self.freight = CheckBox(_("Give freight back, too"))
        self.freight.setVisible(bool(order.freight_minor))
        self.restock = CheckBox(_("Put the goods back on the shelf"))
        self.restock.setChecked(True)
        self.restock.setVisible(order.status in ("shipped", "done"))
        self.why = TextInput(hint=_("For example: broken on arrival"), longest=200, required=True)
        self.reason = Field(_("Reason"), self.why)
        self.facts, self.way = Facts(), RefundWay()
        self.add(self.freight, self.restock, self.reason, self.way, Divider(), self.facts)
        self.freight.toggled.connect(self._ask)
        self.way.picked.connect(self._ask)
        self.submitted.connect(lambda: self._go())
        self.primary.setEnabled(False)
        self._ask()

    def _line(self, line: LineRow) -> QLayout:
        row, words = hbox(gap=10), vbox()
        row.addWidget(ProductPicture(line.picture, 38, name=line.name))
        words.addWidget(Label(line.name, "small_m"))
        price = Money(line.total_minor, self.order.currency)
        words.addWidget(Label(" · ".join(p for p in (line.pack, str(price)) if p), "cap", "text2"))
        row.addLayout(words, 1)
        whole = line.left_milli % MILLI == 0
        stepper = Stepper(
            line.left_milli,
            least=0,
            most=line.left_milli,
            step=MILLI if whole else line.left_milli,
            name=line.name,
        )
        stepper.changed.connect(self._ask)
        self.steppers[line.id] = stepper
        row.addWidget(stepper)
        return row

    def chosen(self) -> list[tuple[int, int]]:
        """(line id, thousandths) of what is to go back."""
        return [
            (line_id, stepper.milli()) for line_id, stepper in self.steppers.items() if stepper.milli() > 0
        ]

    def _ask(self, _changed: object = None) -> None:
        self.primary.setEnabled(False)
        scope = self._scope = getattr(self, "_scope", None) or self.context.of(self)
        task = scope.ask_latest(
            "preview", refund_preview, self.order.id, self.chosen(), self.freight.isChecked(), self.way.route
        )
        task.then(self._show).otherwise(self.show_error)

    def _show(self, preview: RefundPreview) -> None:
        self.way.show_ways(preview.ways)
        money = Money(preview.money_minor, self.order.currency)
        rows = [(_("Money back"), str(money), "strong"), *way_rows(preview.ways, self.order.currency)]
        if self.order.points_spent:
            rows.append((_("Points back"), f"+{preview.points_returned:,}", "points"))
        if self.order.points_earned:
            rows.append((_("Earned points taken back"), f"−{preview.points_taken_back:,}", "danger"))
        self.facts.show_rows(rows)
        self.primary.setEnabled(bool(self.chosen() or self.freight.isChecked()))
        self.primary.relabel(_("Refund {amount}").format(amount=money))
        self.adjustSize()

    def ready(self) -> bool:
        return check_all([self.reason])

    def _go(self, approval: int = 0) -> None:
        task = self.context.of(self).do(
            refund_lines, self.order.id, self.chosen(), self.why.value(), self._key,
            self.restock.isChecked(), self.freight.isChecked(), self.way.route, approval,
        )  # fmt: skip
        limited = ask_if_limited(self, self.context, REFUND, self._go)
        task.busy(self.primary).then(self._refunded).otherwise(limited)

    def _refunded(self, refunded: Refunded) -> None:
        self.accept()
        self._done_with(refunded)
