"""Find my order: the number scanned or typed, the phone’s last digits, then where the order is."""

import re
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import ean_ok
from desktop.basics.money import quantity_text
from desktop.basics.order_links import order_link
from desktop.basics.words import day_text, when_text
from desktop.queries.order_looks import LATER, NOW, PAST, STOPPED, OrderSeen, SeenStep, hint_of, tidy_number
from desktop.queries.order_parcels import DELIVERED, ENDED, TROUBLED, ParcelRow, parcel_word
from desktop.queries.order_words import said, status_word
from desktop.views.kiosk.goods import scrolling
from desktop.views.kiosk.keypad import Entry, Keypad, typed
from desktop.views.kiosk.look import look
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.pages_pay import Parts, framed
from desktop.views.kiosk.parts import Foot, Note, Picture
from desktop.views.kiosk.qr import QrCode
from desktop.views.kiosk.widgets import Button, Card, Line, Text, column, row, wide

OWN_NUMBER = re.compile(r"[A-Z]{0,3}\d{8}-\d{4,}")
LONGEST, TAIL, PICK_UP = 24, 4, 8
FEW = 5  # places of a parcel's trail; the screen is read standing
MARKS = {
    PAST: ("checkbox-circle-fill", "primary", "text"),
    NOW: ("record-circle-line", "primary", "text"),
    LATER: ("checkbox-blank-circle-line", "text3", "text3"),
    STOPPED: ("close-circle-fill", "danger", "danger_fg"),
}


def number_on_paper(code: str) -> str:
    """The order number in a code from a receipt; empty for the code of goods."""
    number = tidy_number(code)
    return number if OWN_NUMBER.fullmatch(number) else ""


class TrackPage(Page):
    """Two questions, then the order; gone with a touch, the next customer’s scan or half a minute of rest."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._entry: Entry | None = None
        seen = self.sale.looked_up
        self._foot = Foot(_("Back"), "", self.sale.finish if seen is None else None)
        if seen is not None:
            self._show(seen)
        else:
            self._ask()

    # -- the two questions ------------------------------------------------------------------------------------

    def _ask(self) -> None:
        number = self.sale.find_number
        pad = Keypad(130 if look.portrait else 104)
        if number:
            title, under = (
                Text(_("Phone’s last 4 digits, or pick-up code"), 38, 600),
                _("So that nobody else sees your order"),
            )
            self._entry = Entry(
                "smartphone-line", _("Phone’s last 4 digits, or pick-up code"), PICK_UP, groups=(4, 4)
            )
        else:
            title = Text(_("Scan the code on the receipt, or type the number"), 38, 600)
            under = _("On the receipt or in the shop’s message, for example 1121-0096")
            self._entry = Entry("file-list-3-line", _("Order number"), LONGEST)
        pad.pressed.connect(self._entry.press)
        self._entry.changed.connect(lambda _value: self.refresh())
        self._ok = Button(
            _("Find it") if number else _("Next"), "primary", height=112, size=36, radius=20, grow=True, on=self._on
        )  # fmt: skip
        first: Parts = [title, Text(under, 27, token="text2")]
        if number:
            first.append(self._chosen(number))
        phone = self._on_phone(number)
        if look.portrait:
            framed(self, [*first], [self._entry, pad, self._ok, 1, *phone], [self._foot], top=48)
        else:
            framed(self, [1, *first, 1, *phone], [self._entry, pad, self._ok, 1], [self._foot])
        self.refresh()

    def _chosen(self, number: str) -> QWidget:
        card = Card(pad=(34, 16, 20, 16))
        other = Button(_("Other number"), "plain", "edit-line", size=26, on=partial(self._take, ""))
        words = Text(_("Order {number}").format(number=number), 32, 500)
        card.body.addLayout(
            row(Picture("file-list-3-line", "text2", look.letters(32)), words, 1, other, space=18)
        )
        return card

    def _on_phone(self, number: str) -> list[QWidget]:
        """The same on the customer's own phone, where the shop can be asked, too; nothing while no page is served."""
        base = self.around.phone_pages()
        if not base:
            return []
        card, code = Card(pad=(44, 32, 40, 32)), QrCode(230)
        code.show_address(order_link(base, number))
        title = Text(_("Or on your own phone"), 32, 500)
        words = [
            Note(_("In the shop’s Wi-Fi"), "wifi-line", size=24),
            Note(_("With an answer to your questions"), "message-3-line", size=24),
        ]
        card.body.addLayout(row(code, column(1, title, *words, 1, space=12), space=40))
        return [card]

    def _take(self, number: str) -> None:
        self.sale.find(number)

    def _on(self) -> None:
        if self._entry is None or not self._ok.isEnabled():
            return
        if not self.sale.find_number:
            self._take(tidy_number(self._entry.value))
            return
        proof = self._entry.value
        self._entry.clear()
        self.sale.look_up(proof)

    def refresh(self) -> None:
        """What was typed, and whether the shop is asked already."""
        if self._entry is None:
            return
        length = len(self._entry.value)
        ready = length in (TAIL, PICK_UP) if self.sale.find_number else length >= TAIL
        self._ok.setEnabled(ready and not self.sale.busy)

    def tick(self, idle_left: int) -> None:
        """Say how long it stays."""
        self._foot.hint.setVisible(True)
        self._foot.hint.text.say(_("Cleared after {seconds} s without a touch").format(seconds=idle_left))

    def typed(self, event: QKeyEvent) -> bool:
        """A real keyboard, which has letters, too."""
        if self._entry is None:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on()
            return True
        return typed(
            event,
            lambda key: self._entry.press(key.upper() if len(key) == 1 else key) if self._entry else None,
        )

    def scanned(self, code: str) -> bool:
        """A receipt’s code answers the first question; goods begin a sale, and nothing of the order stays."""
        if self.sale.looked_up is not None or (len(code) in (8, 13) and ean_ok(code)):
            self.sale.finish()
            return False
        self._take(tidy_number(code))
        return True

    # -- the order --------------------------------------------------------------------------------------------

    def _show(self, seen: OrderSeen) -> None:
        facts = self.sale.facts
        now, zone = self.sale.now(), ZoneInfo(facts.zone)
        first: Parts = [_head(seen, now, zone), _way(seen.steps, now, zone)]
        done = wide(_("Finish"), self.sale.finish, "primary", "check-line", height=112)
        parcels = QWidget()
        parcels.setLayout(column(*(_parcel(p, now, zone) for p in seen.parcels), 1, space=16))
        second: Parts = [scrolling(parcels, "page")] if seen.parcels else [1]
        framed(self, first, second, [done, self._foot], top=32)


def _head(seen: OrderSeen, now: datetime, zone: ZoneInfo) -> QWidget:
    card = Card(radius=32, pad=(40, 32, 40, 32))
    number = Text(_("Order {number}").format(number=seen.short_code), 27, token="text2")
    card.body.addLayout(row(number, 1, Text(seen.name, 27, token="text2")))
    card.body.addWidget(Text(status_word(seen.status), 56, 600))
    hint = hint_of(seen, now, zone)
    if hint:
        card.body.addWidget(Text(hint, 32, 500, "primary_text", wrap=True))
    return card


def _way(steps: tuple[SeenStep, ...], now: datetime, zone: ZoneInfo) -> QWidget:
    card = Card(radius=32, pad=(40, 26, 40, 26))
    for step in steps:
        icon, token, ink = MARKS[step.state]
        when = when_text(step.at, now, zone) if step.at is not None else ""
        words = Text(said(step.words), 29, 500 if step.state == NOW else 400, ink)
        mark = Picture(icon, token, look.letters(34))
        card.body.addLayout(row(mark, words, 1, Text(when, 26, token="text2", align="right"), space=20))
    return card


def _parcel(parcel: ParcelRow, now: datetime, zone: ZoneInfo) -> QWidget:
    card = Card(radius=32, pad=(40, 28, 40, 28))
    token = {DELIVERED: "success_fg", TROUBLED: "danger_fg"}.get(parcel.state, "info_fg")
    name, state = (
        Text(parcel.carrier or _("Parcel"), 31, 600),
        Text(parcel_word(parcel.state), 29, 500, token),
    )
    card.body.addLayout(row(Picture("truck-line", "text2", look.letters(34)), name, 1, state, space=18))
    coming = parcel.eta is not None and parcel.state not in ENDED
    eta = _("Expected {day}").format(day=day_text(parcel.eta, now, zone)) if coming and parcel.eta else ""
    under = row(Text(parcel.tracking, 26, token="text2"), 1, Text(eta, 28, 500, "primary_text"))
    if parcel.tracking or eta:
        card.body.addLayout(under)
    if parcel.parts:
        inside = " · ".join(f"{part.name} × {quantity_text(part.qty_milli)}" for part in parcel.parts)
        card.body.addWidget(Text(inside, 24, token="text3", wrap=True))
    card.body.addWidget(Line())
    for seen in parcel.trail[:FEW]:
        words = Text(seen.text, 27, wrap=True)
        below = " · ".join(part for part in (when_text(seen.at, now, zone), seen.place) if part)
        card.body.addWidget(words)
        card.body.addWidget(Text(below, 23, token="text3"))
    if not parcel.trail:
        card.body.addWidget(Note(_("No news of this parcel yet"), "time-line", size=24))
    return card
