"""The chosen supplier: how to reach it, when it delivers, what it sells."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.queries.suppliers import SoldGoods, SupplierCard, goods_of_supplier, supplier_card
from desktop.services.suppliers import (
    prefer_supplier,
    remove_price,
    save_price,
    save_supplier,
    switch_supplier,
)
from desktop.views.buying.order_sheet import OrderSheet
from desktop.views.buying.panel import DetailPanel
from desktop.views.buying.price_sheet import PriceSheet
from desktop.views.buying.return_sheet import ReturnSheet
from desktop.views.buying.supplier_sheet import SupplierSheet
from desktop.views.buying.words import clock_words, days_of
from desktop.views.common import icons
from desktop.views.common.badges import Tag
from desktop.views.common.buttons import icon_button, link, primary, secondary
from desktop.views.common.cards import Divider, Facts, TwoLines, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture


class SupplierPanel(DetailPanel):
    """Shows one supplier."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, _("No supplier selected"), parent)
        self.card: SupplierCard | None = None
        self.may = context.may(save_supplier)

    def ask(self) -> None:
        self.context.of(self).ask_latest("card", supplier_card, self.id).then(self._carded)

    def _carded(self, card: SupplierCard | None) -> None:
        if card is not None and card.id == self.id:
            self.context.of(self).ask_latest("goods", goods_of_supplier, card.id).then(
                partial(self._show, card)
            )

    def _show(self, card: SupplierCard, goods: tuple[SoldGoods, ...]) -> None:
        if card.id != self.id:
            return
        self.card = card
        badge = None if card.active else (_("Off"), "neutral", "closed")
        self.arrange(card.name, card.code, badge, self._deeds(card))
        facts = Facts()
        facts.show_rows(self._facts(card))
        self.content.addWidget(facts)
        if card.note:
            self.content.addWidget(Label(card.note, "small", "text2", wrap=True))
        self.content.addWidget(Divider())
        line = hbox()
        line.addWidget(Label(_("What they sell"), "h3"))
        line.addStretch(1)
        add = link(_("Add goods"))
        add.clicked.connect(lambda: self._price(None))
        add.setEnabled(self.may)
        line.addWidget(add)
        self.content.addLayout(line)
        for row in goods:
            self.content.addWidget(self._goods(row, card))
        if not goods:
            hint = _("Nothing yet. Add goods with their pack and price, so that they can be ordered.")
            self.content.addWidget(Label(hint, "small", "text3", wrap=True))
        self.content.addStretch(1)

    def _facts(self, card: SupplierCard) -> list[tuple[str, str, str]]:
        lead = _("next day") if card.lead_days == 1 else _("{count} days").format(count=card.lead_days)
        until = clock_words(card.cut_off)
        days = days_of(card.order_days)
        orders = _("{days}, until {time}").format(days=days, time=until) if until else days
        least = str(Money(card.least_minor, card.currency)) if card.least_minor else ""
        rows = [
            (_("Contact"), card.contact, ""), (_("Telephone"), card.phone, ""), (_("E-mail"), card.email, ""),
            (_("Address"), card.address, ""), (_("Payment terms"), card.terms, ""), (_("Lead time"), lead, "strong"),
            (_("Order days"), orders, ""), (_("Least order value"), least, ""),
        ]  # fmt: skip
        return [(word, value, tone) for word, value, tone in rows if value]

    def _goods(self, row: SoldGoods, card: SupplierCard) -> QWidget:
        widget = QWidget()
        line = hbox(widget, gap=8)
        line.addWidget(ProductPicture(row.picture or "box", 34))
        pack = _("packs of {quantity} {unit}").format(quantity=quantity_text(row.pack_milli), unit=row.unit)
        line.addWidget(TwoLines(row.name, " · ".join(part for part in (row.their_code, pack) if part)), 1)
        if not row.preferred:
            line.addWidget(Tag(_("bought elsewhere")))
        prices = vbox(gap=0)
        prices.addWidget(Label(Money(row.price_minor, card.currency).plain(), "small_b", align="right"))
        if row.steps:
            packs, price = row.steps[0]
            text = _("{price} from {packs} packs").format(
                price=Money(price, card.currency).plain(), packs=packs
            )
            prices.addWidget(Label(text, "cap", "text2", align="right"))
        line.addLayout(prices)
        more = icon_button("more-line", _("More"), size=28)
        more.clicked.connect(lambda: self._goods_menu(more, row))
        more.setEnabled(self.may)
        line.addWidget(more)
        return widget

    # Deeds

    def _deeds(self, card: SupplierCard) -> list[Any]:
        order = primary(_("New purchase order"), "add-line")
        order.clicked.connect(lambda: OrderSheet(self.window(), self.context, supplier_id=card.id).open())
        order.setEnabled(self.may and card.active)
        edit = secondary(_("Edit"), "edit-line", key="E")
        edit.clicked.connect(self.open_edit)
        edit.setEnabled(self.may)
        more = icon_button("more-line", _("More"), framed=True)
        more.clicked.connect(lambda: self._menu(more))
        more.setEnabled(self.may)
        return [order, edit, more]

    def open_edit(self) -> None:
        """Open the sheet that changes the supplier."""
        if self.card is not None and self.may:
            SupplierSheet(self.window(), self.context, self.card).open()

    def _menu(self, button: QWidget) -> None:
        card = self.card
        if card is None:
            return
        menu = QMenu(button)
        back = menu.addAction(icons.icon("arrow-go-back-line", "text2"), _("Send goods back…"))
        back.triggered.connect(
            lambda _on=False: ReturnSheet(self.window(), self.context, card.id, card.name).open()
        )
        words = _("Buy here no more") if card.active else _("Buy here again")
        switch = menu.addAction(icons.icon("shut-down-line", "text2"), words)
        switch.triggered.connect(lambda _on=False: self._switch(card.id, not card.active))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _switch(self, supplier_id: int, active: bool) -> None:
        scope = self.context.of(self)
        said = _("Bought from again") if active else _("Nothing is bought here any more")

        def done(_none: None) -> None:
            self.context.toast(self, said, undo=lambda: self._back(supplier_id, not active))

        scope.do(switch_supplier, supplier_id, active).then(done)

    def _back(self, supplier_id: int, active: bool) -> None:
        self.context.of(self).do(switch_supplier, supplier_id, active)

    def _goods_menu(self, button: QWidget, row: SoldGoods) -> None:
        menu = QMenu(button)
        entries = [
            (_("Change price and pack…"), "edit-line", lambda: self._price(row)),
            (_("Buy these goods here"), "star-line", lambda: self._prefer(row)),
            (_("Remove from the list"), "close-line", lambda: self._remove(row)),
        ]
        for place, (text, icon, run) in enumerate(entries):
            entry = menu.addAction(icons.icon(icon, "text2"), text)
            entry.setEnabled(place != 1 or not row.preferred)
            entry.triggered.connect(lambda _on=False, run=run: run())
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _price(self, row: SoldGoods | None) -> None:
        if self.card is None:
            return
        if row is None:
            PriceSheet(self.window(), self.context, self.card.id).open()
        else:
            PriceSheet(self.window(), self.context, self.card.id, row.sku_id, row.name, row.unit, row).open()

    def _prefer(self, row: SoldGoods) -> None:
        said = _("{name} is bought here from now on").format(name=row.name)
        self.context.of(self).do(prefer_supplier, row.id).then(lambda _none: self.context.toast(self, said))

    def _remove(self, row: SoldGoods) -> None:
        scope, supplier_id = self.context.of(self), row.supplier_id

        def done(kept: Any) -> None:
            def undo() -> None:
                scope.do(save_price, supplier_id, kept)

            self.context.toast(self, _("{name} removed").format(name=row.name), undo=undo)

        scope.do(remove_price, row.id).then(done)
