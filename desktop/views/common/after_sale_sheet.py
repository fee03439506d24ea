"""Opens an after-sales case on an order: what kind, which lines, how many, why, with photos."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, Money, quantity_text
from desktop.queries.after_sale_offer import CaseOffer, OfferLine
from desktop.queries.after_sale_words import condition_word, kind_word
from desktop.services.after_sale_asking import AskedLine
from desktop.services.after_sales import Asked, Opened, open_case
from desktop.views.common.cards import Divider, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput, Stepper
from desktop.views.common.photo_strip import PhotoStrip
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.segment import Segment
from desktop.views.common.sent_goods import SentGoods
from desktop.views.common.theme import theme
from desktop.views.common.toggle import CheckBox

MONEY = "money"  # a refund of an amount, without goods
BACK = ("return", "exchange")
MOST_PHOTOS = 6
ROW, FEW = 50, 3


class AfterSaleSheet(Sheet):
    """`done(Opened)` after the case was opened."""

    def __init__(
        self, parent: QWidget, context: Context, offer: CaseOffer, done: Callable[[Opened], Any]
    ) -> None:
        title = _("After-sales for order {number}").format(number=offer.short_code)
        super().__init__(parent, title, verb=_("Open case"), icon="customer-service-2-line", width=640)
        self.context, self.offer, self._done_with, self._key = context, offer, done, new_key()
        self.steppers: dict[int, Stepper] = {}
        self.amounts: dict[int, MoneyInput] = {}
        self.conditions: dict[int, Segment] = {}
        self.kind = Segment([(key, word) for key, word in self._kinds()], self._first_kind(), name=_("Kind"))
        self.kind.picked.connect(self._show_kind)
        self.hint = Label("", "small", "text2", wrap=True)
        self._area()
        self._exchange()
        self.freight = CheckBox(_("Give freight back, too"))
        self.reason = Select([(r, r) for r in offer.reasons], offer.reasons[0] if offer.reasons else "")
        self.note = TextArea("", hint=_("What the customer says"), lines=2)
        self.tracking = TextInput(hint=_("Of the parcel that comes back, if it is known"), longest=64)
        self._tracking = Field(_("Tracking number"), self.tracking)
        self.photos = PhotoStrip(context, MOST_PHOTOS)
        self._compose()
        self.submitted.connect(self._go)
        self._show_kind()

    def _compose(self) -> None:
        self.add(self.kind, self.hint, self.area, self.exchange, self.freight, Divider())
        row = hbox(gap=12)
        row.addWidget(Field(_("Reason"), self.reason), 1)
        row.addWidget(self._tracking, 1)
        self.body.addLayout(row)
        self.add(self.note, self.photos)

    def _kinds(self) -> list[tuple[str, str]]:
        return [(key, kind_word(key)) for key in ("return", "refund", "exchange", "reship")] + [
            (MONEY, _("Compensation"))
        ]

    def _first_kind(self) -> str:
        return "return" if any(line.back_milli for line in self.offer.lines) else "refund"

    def _area(self) -> None:
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        inner = QWidget()
        self._lines = vbox(inner, margins=(0, 0, 8, 0), gap=8)
        self.area.setWidget(inner)
        for part in (self.area.viewport(), inner):  # setWidget switches it on
            part.setAutoFillBackground(False)

    def _exchange(self) -> None:
        self.exchange = QWidget()
        column = vbox(self.exchange, gap=8)
        self.what = Segment(
            [("same", _("The same again")), ("other", _("Other goods"))], "same", name=_("Send")
        )
        self.sent = SentGoods(self.context)
        self.what.picked.connect(lambda _what: self._show_kind())
        column.addWidget(self.what)
        column.addWidget(self.sent)

    # What fits the kind

    def _show_kind(self, _kind: object = None) -> None:
        kind = self.kind.value()
        clear(self._lines)
        self.steppers, self.amounts, self.conditions = {}, {}, {}
        shown = [line for line in self.offer.lines if self._room(line, kind)]
        for line in shown:
            self._lines.addLayout(self._line(line, kind, len(shown) == 1))
        self._lines.addStretch(1)
        self.area.setFixedHeight(theme.px(ROW * max(1, min(FEW, len(shown)))))
        self.hint.setText(HINTS[kind]() if shown else self._nothing(kind))
        self.exchange.setVisible(kind == "exchange" and bool(shown))
        self.sent.setVisible(self.what.value() == "other")
        self.freight.setVisible(kind in ("return", "refund") and self.offer.freight_minor > 0)
        self._tracking.setVisible(kind in BACK)
        self.primary.setEnabled(bool(shown))
        self._fit()

    def _room(self, line: OfferLine, kind: str) -> int:
        return line.money_minor if kind == MONEY else line.most(kind)

    def _nothing(self, kind: str) -> str:
        if kind in BACK or kind == "reship":
            return _("Nothing of this order is with the customer that is not asked for already.")
        return _("Nothing of this order can be given back any more.")

    def _line(self, line: OfferLine, kind: str, alone: bool) -> QLayout:
        row, words = hbox(gap=10), vbox()
        row.addWidget(ProductPicture(line.picture, 38, name=line.name))
        words.addWidget(Label(line.name, "small_m"))
        price = Money(line.total_minor, self.offer.currency)
        sold = _("{count} sold").format(count=quantity_text(line.qty_milli))
        words.addWidget(Label(" · ".join(p for p in (line.pack, sold, str(price)) if p), "cap", "text2"))
        row.addLayout(words, 1)
        if kind == MONEY:
            amount = MoneyInput(self.offer.currency, None, most=line.money_minor)
            amount.setFixedWidth(theme.px(140))
            amount.setAccessibleName(line.name)
            left = Money(line.money_minor, self.offer.currency)
            row.addWidget(Label(_("of {amount}").format(amount=left), "cap", "text2"))
            row.addWidget(amount)
            self.amounts[line.line_id] = amount
            return row
        most = line.most(kind)
        if kind in BACK:
            words_of = [(key, condition_word(key)) for key in ("resaleable", "damaged")]
            self.conditions[line.line_id] = Segment(words_of, "resaleable", name=_("Condition"))
            row.addWidget(self.conditions[line.line_id])
        whole = most % MILLI == 0
        start = most if alone else 0
        stepper = Stepper(start, least=0, most=most, step=MILLI if whole else most, name=line.name)
        self.steppers[line.line_id] = stepper
        row.addWidget(stepper)
        return row

    # Opening

    def asked(self) -> Asked:
        """What the sheet asks for now."""
        kind = self.kind.value()
        if kind == MONEY:
            amounts = ((line_id, field.minor() or 0) for line_id, field in self.amounts.items())
            lines = tuple(AskedLine(line_id, 0, amount) for line_id, amount in amounts if amount)
        else:
            lines = tuple(
                AskedLine(line_id, stepper.milli(), 0, self._condition(line_id))
                for line_id, stepper in self.steppers.items()
                if stepper.milli()
            )
        other = kind == "exchange" and self.what.value() == "other"
        return Asked(
            kind="refund" if kind == MONEY else kind,
            lines=lines,
            reason=str(self.reason.value() or ""),
            note=self.note.value(),
            goods=self.sent.goods() if other else (),
            with_freight=self.freight.isChecked() and kind in ("return", "refund"),
            tracking=self.tracking.value() if kind in BACK else "",
        )

    def _condition(self, line_id: int) -> str:
        chosen = self.conditions.get(line_id)
        return str(chosen.value()) if chosen is not None else "resaleable"

    def ready(self) -> bool:
        if not check_all([self._tracking]):
            return False
        wrong = next((field.problem() for field in self.amounts.values() if field.problem()), "")
        if (
            not wrong
            and self.kind.value() == "exchange"
            and self.what.value() == "other"
            and not self.sent.sent
        ):
            wrong = _("Choose what is sent instead.")
        if wrong:
            self.show_error(wrong)
        return not wrong

    def _go(self) -> None:
        task = self.context.of(self).do(
            open_case, self.offer.order_id, self.asked(), self._key, tuple(self.photos.photos)
        )
        task.busy(self.primary).then(self._opened).otherwise(self.show_error)

    def _opened(self, opened: Opened) -> None:
        self.accept()
        self._done_with(opened)


HINTS: dict[str, Callable[[], str]] = {
    "return": lambda: _("The goods come back, then the money goes back."),
    "refund": lambda: _("Money and points go back, the goods stay where they are."),
    "exchange": lambda: _("The goods come back, then a new order is made and the difference settled."),
    "reship": lambda: _("The same goods leave once more for nothing: lost or missing on the way."),
    MONEY: lambda: _("An amount without goods. Somebody who may approve has to say yes."),
}
