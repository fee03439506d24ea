"""Write a new order, or change one that is not paid yet."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, Money
from desktop.pricing.cart import Bill, CartLine
from desktop.pricing.foreign_prices import foreign_words
from desktop.queries.checkout import Goods, search_goods
from desktop.queries.order_draft import DraftLine, DraftNow, draft_bill, usual_type
from desktop.queries.order_words import TYPES, type_word
from desktop.queries.search import MemberHit, find_members
from desktop.services.orders import OrderDraft, create_order, edit_order
from desktop.views.common.background import Task
from desktop.views.common.buttons import icon_button
from desktop.views.common.campaign_choice import CampaignChoice
from desktop.views.common.cards import Facts, clear, hbox, vbox
from desktop.views.common.chips import Chip
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput, Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.common.toggle import CheckBox
from desktop.views.orders.paste_sheet import MOST_SHOWN, paste_button
from desktop.views.orders.picker import Picker


@dataclass(frozen=True)
class _Who:
    member_id: int | None = None
    name: str = ""


class OrderSheet(Sheet):
    """Type, member, goods, address; the sums follow every change. `done(order id)` after it is written."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        done: Callable[[int], Any],
        *,
        order_id: int = 0,
        now: DraftNow | None = None,
    ) -> None:
        title = _("Change order") if now else _("New order")
        super().__init__(parent, title, verb=_("Save order") if now else _("Create order"), width=620)
        self.context, self._done_with, self._order_id, self._key = context, done, order_id, new_key()
        self._scope = context.of(self)
        self.lines: list[DraftLine] = list(now.lines) if now else []
        self._who = _Who(now.member_id, now.member_name) if now else _Who()
        self.bill: Bill | None = None
        self._seen: int | None = None  # the total that is shown
        self._picked = False  # somebody chose the type by hand
        self._top(now)
        self._goods()
        self._foot(now)
        self.submitted.connect(self._go)
        self.steps |= {
            "choose_member": (_("Choose a member"), self._choose_member),
            "choose_type": (_("Choose another type"), self.kind.setFocus),
            "change_quantity": (_("Change the quantity"), self._to_quantity),
            "drop_campaign": (_("Sell without the campaign"), self.campaign.drop),
            "look_again": (_("Show the new amounts"), self._price),
            "rates": (_("Look at the rates"), self._rates),
        }
        self._changed()
        if now is None:
            self.campaign.ask()
            self._scope.ask(usual_type).then(self._start_with)

    def _start_with(self, order_type: str) -> None:
        if not self._picked and order_type != self.kind.value():
            self.kind.set_value(order_type)
            self._changed()

    def _pick(self, _order_type: str) -> None:
        self._picked = True
        self._changed()

    def _top(self, now: DraftNow | None) -> None:
        self.kind = Segment([(key, type_word(key)) for key in TYPES], now.order_type if now else "retail")
        self.kind.picked.connect(self._pick)
        self.kind.setEnabled(now is None)
        self.member = Picker(_("Member: phone, name or pinyin"), self._find_member, self._member_words)
        self.member.picked.connect(lambda hit: self._take(_Who(hit.id, hit.title)))
        self.member.resized.connect(self.adjustSize)
        self.member.setVisible(now is None and self._who.member_id is None)
        self.chip = Chip(_("Customer"), "", removable=now is None)
        self.chip.removed.connect(lambda: self._take(_Who()))
        self.chosen = QWidget()
        row = hbox(self.chosen)
        row.addWidget(self.chip)
        row.addStretch(1)
        self.add(self.kind, self.member, self.chosen)
        self._show_who(now is None)

    def _goods(self) -> None:
        self.goods = Picker(_("Scan or type goods: name, pinyin, code"), self._find_goods, self._goods_words)
        self.goods.picked.connect(self._add)
        self.goods.resized.connect(self.adjustSize)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        inner = QWidget()
        parent = self.parentWidget()
        low = parent is not None and parent.window().height() < theme.px(820)
        self.area.setFixedHeight(theme.px(96 if low else 168))
        self.rows = vbox(inner, gap=6)
        self.area.setWidget(inner)  # which fills it
        for part in (self.area.viewport(), inner):
            part.setAutoFillBackground(False)
        row = hbox(gap=8)
        row.addWidget(self.goods, 1)
        self.paste = paste_button(self, self.context)
        row.addWidget(self.paste, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        self.add(self.area)

    def _foot(self, now: DraftNow | None) -> None:
        self.address = TextInput(
            now.address if now else "", hint=_("Empty: the customer takes the goods along"), longest=300
        )
        self.collect = CheckBox(_("Fetched in the store later, with a code"))
        self.collect.setChecked(bool(now and now.collect))
        self.address.textChanged.connect(self._way)
        self.note = TextInput(now.note if now else "", hint=_("What the customer asked for"), longest=1_000)
        self.off = MoneyInput(self.context.currency, now.discount_minor if now else 0)
        self.freight = MoneyInput(self.context.currency, now.freight_minor if now else 0)
        self._off_field, self._freight_field = (
            Field(_("Discount"), self.off),
            Field(_("Freight"), self.freight),
        )
        row = hbox(gap=12)
        row.addWidget(self._off_field, 1)
        row.addWidget(self._freight_field, 1)
        self.campaign = CampaignChoice(self.context)
        self.add(Field(_("Address"), self.address), self.collect, self.note, self.campaign)
        self._way()
        self.body.addLayout(row)
        self.facts = Facts()
        self.add(self.facts)
        for field in (self.off, self.freight):
            field.textChanged.connect(self._sums)

    def _way(self, _text: str = "") -> None:
        """What is sent somewhere is not fetched."""
        self.collect.setEnabled(not self.address.value())

    # Who

    def _find_member(self, text: str) -> Task:
        return self._scope.ask(find_members, text)

    def _member_words(self, hit: MemberHit) -> str:
        return " · ".join(part for part in (hit.title, getattr(hit, "phone_tail", "")) if part)

    def _take(self, who: _Who) -> None:
        self._who = who
        self._show_who(True)
        self._changed()

    def _show_who(self, free: bool) -> None:
        known = self._who.member_id is not None
        self.member.setVisible(free and not known)
        self.chosen.setVisible(known)
        self.chip.show_filter(_("Customer"), self._who.name)
        self.adjustSize()

    def _choose_member(self) -> None:
        if self._who.member_id is not None:
            self._take(_Who())
        self.member.field.setFocus()

    def _to_quantity(self) -> None:
        first = next(iter(self.area.findChildren(Stepper)), None)
        typed = first.findChild(TextInput) if first is not None else None
        (typed or self.goods.field).setFocus()

    # Goods

    def _find_goods(self, text: str) -> Task:
        return self._scope.ask(search_goods, text, 5, "store")

    def _goods_words(self, goods: Goods) -> str:
        price = Money(goods.price_minor, self.context.currency)
        return " · ".join(part for part in (goods.name, goods.pack, goods.code, str(price)) if part)

    def _add(self, goods: Goods) -> None:
        for place, line in enumerate(self.lines):
            if (line.sku_id, line.unit) == (goods.sku_id, goods.unit):
                self.lines[place] = replace(line, qty_milli=line.qty_milli + MILLI)
                self._changed()
                return
        weighed = goods.kind == "weighed"
        self.lines.append(
            DraftLine(goods.sku_id, goods.unit, MILLI, goods.name, goods.pack, goods.picture, weighed)
        )
        self._changed()

    def take_pasted(
        self, lines: list[DraftLine], member_id: int | None, name: str, address: str, note: str
    ) -> None:
        """Put pasted lines into the order; who, where and wishes fill only what is empty."""
        self.lines = lines
        if member_id is not None and self._who.member_id is None and not self._order_id:
            self._who = _Who(member_id, name)
            self._show_who(True)
        for field, text in ((self.address, address), (self.note, note)):
            if text and not field.value():
                field.setText(text)
        self._changed()

    def _count(self, place: int, milli: int) -> None:
        if milli > 0:
            self.lines[place] = replace(self.lines[place], qty_milli=milli)
            self._price()

    def _remove(self, place: int) -> None:
        del self.lines[place]
        self._changed()

    def _changed(self, _value: object = None) -> None:
        clear(self.rows)
        self.prices: list[Label] = []
        self.captions: list[Label] = []
        for place, line in enumerate(self.lines[:MOST_SHOWN]):
            self.rows.addWidget(self._row(place, line))
        if len(self.lines) > MOST_SHOWN:
            more = _("… and {count} more lines, all of them in the sum")
            self.rows.addWidget(Label(more.format(count=len(self.lines) - MOST_SHOWN), "small", "text2"))
        if not self.lines:
            self.rows.addWidget(
                Label(_("No goods yet. Scan the first or type its name above."), "small", "text3")
            )
        self.rows.addStretch(1)
        self._price()

    def _row(self, place: int, line: DraftLine) -> QWidget:
        widget = QWidget()
        row, words = hbox(widget, gap=10), vbox()
        row.addWidget(ProductPicture(line.picture, 34, name=line.name))
        words.addWidget(Label(line.name, "small_m"))
        caption = Label(line.pack, "cap", "text2")
        self.captions.append(caption)
        words.addWidget(caption)
        row.addLayout(words, 1)
        step = 100 if line.weighed else MILLI
        stepper = Stepper(line.qty_milli, least=step, step=step, name=line.name)
        stepper.changed.connect(partial(self._count, place))
        price = Label("", "small_m", align="right")
        price.setMinimumWidth(theme.px(88))
        self.prices.append(price)
        remove = icon_button("delete-bin-line", _("Remove {name}").format(name=line.name), size=28)
        remove.clicked.connect(partial(self._remove, place))
        for part in (stepper, price, remove):
            row.addWidget(part)
        return widget

    # Sums

    def cart(self) -> tuple[CartLine, ...]:
        """The lines as the shop takes them."""
        return tuple(CartLine(line.sku_id, line.unit, line.qty_milli) for line in self.lines)

    def _price(self) -> None:
        self.bill = None
        if not self.lines:
            self._sums()
            return
        task = self._scope.ask_latest("bill", draft_bill, self.kind.value(), self._who.member_id, self.cart())
        task.then(self._priced).otherwise(self.show_error)

    def _rates(self) -> None:
        self.reject()
        self.context.navigate("settings", page="currencies")

    def _priced(self, bill: Bill) -> None:
        self.bill = bill
        for label, caption, line in zip(self.prices, self.captions, bill.lines, strict=False):
            label.setText(str(Money(line.total_minor, bill.currency)))
            price = line.foreign
            how = foreign_words(price.currency, price.minor, price.rate, bill.currency) if price else ""
            caption.setText(" · ".join(part for part in (line.offer.pack, how) if part))
        self._sums()

    def _sums(self, _text: str = "") -> None:
        off, freight = (0 if f.problem() else f.minor() or 0 for f in (self.off, self.freight))
        goods, saved = (self.bill.goods_minor, self.bill.discount_minor) if self.bill else (0, 0)
        currency = self.context.currency
        rows = [(_("Goods subtotal"), str(Money(goods, currency)), "")]
        if saved + off:
            rows.append((_("Discount"), str(Money(-saved - off, currency)), "success"))
        rows.append((_("Amount to pay"), str(Money(goods - saved - off + freight, currency)), "strong"))
        self._seen = goods - saved - off + freight if self.bill else None
        self.facts.show_rows(rows)
        self.primary.setEnabled(bool(self.lines))

    def ready(self) -> bool:
        return check_all([self._off_field, self._freight_field])

    def _go(self) -> None:
        draft = OrderDraft(
            self.cart(), self.kind.value(), self._who.member_id, self.address.value(), self.note.value(),
            self.off.minor() or 0, self.freight.minor() or 0,
            collect=self.collect.isChecked() and not self.address.value(), seen_minor=self._seen,
            seen_rates=self.bill.rates if self.bill else (), set_aside_id=self.campaign.set_aside_id(),
        )  # fmt: skip
        if self._order_id:
            task = self._scope.do(edit_order, self._order_id, draft)
        else:
            task = self._scope.do(create_order, draft, self._key)
        # the key stays the same over errors: had only the answer been lost, a second press writes nothing twice
        task.busy(self.primary).then(self._written).otherwise(self.show_error)

    def _written(self, answer: Any) -> None:
        self.accept()
        self._done_with(self._order_id or answer.order_id)
