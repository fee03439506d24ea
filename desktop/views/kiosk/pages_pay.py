"""Pages of paying: the member's word for the points, waiting for staff, staff confirming the money."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import Money, digits_of
from desktop.basics.words import points_text
from desktop.queries.stored_value import STORED
from desktop.views.common.paint import box, painting
from desktop.views.kiosk.bill import Sums, stored_words, tile_words
from desktop.views.kiosk.foreign_notes import NotesChoice
from desktop.views.kiosk.keypad import BACK, CLEAR, Entry, Keypad, typed
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.parts import Foot, Note, Picture, Steps, TimeBar
from desktop.views.kiosk.qr import QrCode
from desktop.views.kiosk.widgets import Button, Card, Grow, Text, column, row, wide

WAIT_SECONDS = 120
CODE_LENGTH = 6


def method_words(method: str) -> tuple[str, str, str]:
    """Name, icon and brand colour of a way to pay."""
    name, _hint, icon, brand = stored_words() if method == STORED else tile_words()[method]
    return name, icon, brand


Parts = list[QWidget | int | QHBoxLayout | QVBoxLayout]


def framed(
    page: QWidget, first: Parts, second: Parts, last: Parts, space: float = 18, top: float = 0
) -> None:
    """Parts between the margins: one under the other, in landscape `second` beside `first`."""
    if look.portrait:
        layout = column(*first, *second, *last, space=space)
        top_px = look.px(top)
    else:
        both = QHBoxLayout()
        both.setSpacing(look.px(32))
        both.addLayout(column(*first, *([] if 1 in first else [1]), space=space), 1)
        both.addLayout(column(*second, space=space), 1)
        layout = QVBoxLayout()
        layout.setSpacing(look.px(space))
        layout.addLayout(both, 1)
        for part in last:
            if isinstance(part, QWidget):
                layout.addWidget(part)
            elif not isinstance(part, int):
                layout.addLayout(part)
        top_px = look.px(24)
    layout.setContentsMargins(look.px(40), top_px, look.px(40), look.px(4))
    page.setLayout(layout)


class ConfirmPage(Page):
    """The member confirms the points on the phone, or with six digits sent to it."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        member, stored = self.sale.member, self.sale.stored
        said, why = self._asked()
        title, under = Text(said, 38, 600), Text(why, 25, token="text2")
        self._code = QrCode(440 if look.portrait else 280)
        self._told = Text("", 30, 500, wrap=True)
        self._more = Text("", 23, token="text2", wrap=True)
        self._card = Card(pad=(44, 32, 44, 32))
        again = partial(self.sale.show_code, anew=True)
        self._again = Button(_("Use another phone"), icon="qr-code-line", on=again)
        self._card.body.addLayout(
            row(self._code, column(1, self._told, self._more, row(self._again, 1), 1, space=14), space=36)
        )
        tail = member.phone_tail if member else ""
        send = _("Send six digits to the phone ending in {tail}").format(tail=tail)
        if self.sale.can_send_code:
            verb, icon, on = send, "message-2-line", self.sale.send_code
        else:
            verb, icon, on = _("A member of staff confirms"), "shield-user-line", self._ask_staff
        self._send = Button(verb, "soft", icon, height=96, size=28, radius=20, grow=True, on=on)
        self._entry = Entry("key-2-line", _("Six digits from the phone"), CODE_LENGTH, groups=(3, 3))
        self._entry.changed.connect(self._typed_code)
        self._pad = Keypad(112 if look.portrait else 124)
        self._pad.pressed.connect(self._entry.press)
        verb_without = _("Pay another way") if stored else _("Pay without points")
        if self.sale.part_minor:
            verb_without = _("Pay without stored value")
        without = Button(verb_without, height=88, size=28, radius=20, grow=True, on=self._without)
        self._foot = Foot(_("Back to change"), "", self.sale.back_to_bill)
        first: Parts = [title, under, self._card]
        if look.portrait:
            first.insert(0, Steps(3))
            framed(self, first, [self._send, self._entry, self._pad], [1, without, self._foot])
        else:
            framed(self, [*first, 1, without], [self._send, self._entry, self._pad, 1], [self._foot])
        self._offer()
        self.refresh()

    def _asked(self) -> tuple[str, str]:
        """What the member is asked to confirm, and why."""
        bill, money = self.sale.bill, self.around.money
        if self.sale.stored:
            said = _("Confirm {amount} of stored value").format(amount=money(self.sale.stored))
            if self.sale.part_minor:
                left = _("Then {amount} are left to pay. Stored value needs its owner’s word")
                return said, left.format(amount=money(self.sale.rest_minor))
            return said, _("Stored value needs its owner’s word, so nobody else spends it")
        points = points_text(bill.points if bill else 0)
        worth = money(bill.points_minor if bill else 0)
        said = _("Confirm {points} worth {worth}").format(points=points, worth=worth)
        return said, _("Points need their owner’s word, so nobody else spends them")

    def _offer(self) -> None:
        if self.around.phone_address("x"):
            self.sale.show_code()

    def _typed_code(self, value: str) -> None:
        if len(value) == CODE_LENGTH:
            self.sale.type_code(value)
            self._entry.clear()

    def _ask_staff(self) -> None:
        self.around.ask_pin(_("Staff: the member is here and agrees"), self.sale.confirm_by_pin)

    def _without(self) -> None:
        if self.sale.stored:
            self.sale.use_stored(False)
            self.sale.back_to_bill()
            return
        self.sale.set_points(0)
        self.sale.pay(self.sale.method)

    def refresh(self) -> None:
        """Show how the phone can confirm."""
        offer = self.sale.offer
        address = self.around.phone_address(offer.token) if offer and not self.sale.phone_joined else ""
        self._code.show_address(address)
        self._code.setVisible(bool(address))
        reaches = self.sale.can_send_code
        self._card.setVisible(bool(address) or self.sale.phone_joined or not reaches)
        self._again.setVisible(self.sale.phone_joined)
        if not reaches:
            self._told.say(_("Please ask a member of staff"))
            self._more.say(_("They compare the amount with you and type their PIN, then you pay."))
        elif self.sale.phone_joined:
            self._told.say(_("The bill is on your phone"))
            self._more.say(_("Touch “Confirm” there. This screen goes on by itself."))
        else:
            self._told.say(_("Scan with your phone"))
            self._more.say(_("Sign in and touch “Confirm”. This screen goes on by itself."))
        sent = self.sale.code_sent
        self._send.setVisible(not sent)
        self._send.setEnabled(not self.sale.busy)
        self._entry.setVisible(sent)
        self._pad.setVisible(sent)

    def tick(self, idle_left: int) -> None:
        """Count down, and renew the code before it is too old."""
        self._offer()
        self._foot.hint.setVisible(True)
        self._foot.hint.text.say(_("Back to the start in {seconds} s").format(seconds=idle_left))

    def typed(self, event: QKeyEvent) -> bool:
        """Digits of a real keyboard."""
        return self.sale.code_sent and _digit(event) and typed(event, self._entry.press)


def _digit(event: QKeyEvent) -> bool:
    return event.text().isdigit() or event.text() == "." or event.key() == Qt.Key.Key_Backspace


class Pill(QWidget):
    """A way to pay, named on a tinted pill."""

    def __init__(self, method: str) -> None:
        super().__init__()
        name, icon, brand = method_words(method)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look.px(44), look.px(12), look.px(44), look.px(12))
        layout.setSpacing(look.px(14))
        layout.addWidget(Picture(icon, brand, look.letters(34)))
        layout.addWidget(Text(name, 30, 500))

    def paintEvent(self, event: object) -> None:
        with painting(self) as painter:
            box(painter, self.rect(), self.height() / 2, color("neutral_bg"))


class WaitPage(Page):
    """Money is taken by staff: the customer sees what is due and for how long the till waits."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        method = self.sale.method
        due = around.money(self.sale.due_minor)
        self._whole = WAIT_SECONDS * (2 if look.large else 1)
        card = self._what_to_do(method)
        self._bar = TimeBar()
        self._told = Note("", "time-line", "text", 26)
        keep = Text(_("After that you are back at the bill, nothing is lost"), 22, token="text3")
        sums = Card(pad=(32, 16, 32, 16))
        sums.body.addWidget(Sums(around))
        due_parts: Parts = [
            Text(_("Due"), 26, token="text2", align="center"),
            Text(due, 88, 600, align="center"),
        ]
        clock: Parts = [row(self._told, 1, keep), self._bar]
        foot = Foot(_("Back to change"), "", self.sale.back_to_bill)
        if look.portrait:
            framed(self, [Steps(3), *due_parts], [card, *clock, sums], [*self._others(), foot], 14)
        else:
            framed(self, [*due_parts, sums, 1, *self._others()], [card], [*clock, foot], 14)
        self._say_left()

    def _what_to_do(self, method: str) -> Card:
        _name, icon, brand = method_words(method)
        what = {
            "cash": (_("Please hand the cash to staff"), _("Staff confirms it here, then the receipt comes")),
            "card": (_("Please use the card terminal"), _("Staff types the amount in and confirms it here")),
        }[method]
        side, inner = (300, 150) if look.portrait else (170, 86)
        card = Card(radius=36, pad=(40, 40, 40, 44))
        card.body.setSpacing(look.px(16))
        card.setSizePolicy(Grow, Grow)
        for part in (Pill(method), Picture(icon, "on_brand", look.px(side), brand, 48, look.px(inner))):
            card.body.addStretch(1)
            card.body.addLayout(row(1, part, 1))
        card.body.addStretch(1)
        card.body.addWidget(Text(what[0], 38, 600, align="center"))
        card.body.addWidget(Text(what[1], 26, token="text2", align="center"))
        card.body.addSpacing(look.px(16))
        verb = _("Staff: confirm the money")
        ask = partial(self.around.ask_pin, verb, self.sale.enter_pin)
        card.body.addWidget(wide(verb, ask, "soft", "shield-user-line"))
        return card

    def _others(self) -> list[QWidget | QHBoxLayout]:
        offered = [one.key for one in self.sale.offers if one.offered] or self.sale.facts.methods
        others = [key for key in offered if key in tile_words() and key != self.sale.method]
        if not others:
            return []
        buttons: list[QWidget] = []
        for method in others:
            name, icon, _brand = method_words(method)
            button = Button(
                name, icon=icon, height=92, size=28, radius=20, grow=True, on=partial(self._other, method)
            )
            buttons.append(button)
        return [Text(_("Pay another way"), 26, 500, "text2"), row(*buttons)]

    def _other(self, method: str) -> None:
        self.sale.back_to_bill()
        self.sale.pay(method)

    def tick(self, idle_left: int) -> None:
        """A second less; at the end the bill comes back."""
        self.sale.waited += 1
        self._say_left()
        if self.sale.waited > self._whole:
            self.sale.back_to_bill()

    def _say_left(self) -> None:
        left = self._whole - self.sale.waited
        minutes, seconds = divmod(max(0, left), 60)
        self._told.text.say(_("Waiting for payment, {time} left").format(time=f"{minutes}:{seconds:02d}"))
        self._bar.show_share(max(0, left) / self._whole)


class StaffPage(Page):
    """For staff: what was handed over, and the one button that settles the sale."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._due = self.sale.due_minor
        self._cash = self.sale.method == "cash"
        name = method_words(self.sale.method)[0]
        amount = around.money(self._due)
        hint = _("Cash handed over") if self._cash else _("Reference number on the slip, if any")
        self._entry = Entry(
            "hand-coin-line" if self._cash else "file-list-3-line", hint, 12 if self._cash else 20
        )
        self._entry.changed.connect(lambda _value: self.refresh())
        pad = Keypad(112 if look.portrait else 130, "." if self._cash else CLEAR)
        pad.pressed.connect(self._entry.press)
        self._told = Text("", 34, 500, align="center")
        verb = _("Received {amount}").format(amount=amount)
        self._ok = Button(
            verb, "primary", "check-line", height=124, size=38, radius=24, grow=True, on=self._settle
        )
        self._notes = NotesChoice(self.sale, self._entry, self.refresh) if self._cash else None
        first: Parts = [
            Text(_("Staff"), 26, token="text2", align="center"),
            Text(f"{name}  {amount}", 64, 600, align="center"),
            self._quick(),
            *([self._notes] if self._notes is not None and self.sale.foreign else []),
        ]
        foot = Foot(_("Back to change"), "", self.sale.back_to_bill)
        if look.portrait:
            framed(self, first, [self._entry, self._told, pad], [1, self._ok, foot], top=28)
        else:
            framed(self, [*first, self._told, 1, self._ok], [self._entry, pad, 1], [foot])
        self.refresh()

    def _quick(self) -> QHBoxLayout:
        if not self._cash:
            return row()
        currency = self.sale.facts.currency
        unit = 10 ** digits_of(currency)
        rounds = sorted(
            {-(-self._due // (step * unit)) * step * unit for step in (1, 10, 50, 100)} | {self._due}
        )
        return row(*(
            Button(str(Money(minor, currency)), height=84, size=28, grow=True, on=partial(self._fill, minor))
            for minor in rounds[:5]
        ))  # fmt: skip

    def _fill(self, minor: int) -> None:
        self._entry.clear()
        if self._notes is not None:
            self._notes.choose("")
        for ch in Money(minor, self.sale.facts.currency).plain().replace(",", ""):
            self._entry.press(ch)

    def _received(self) -> int | None:
        if not self._cash or not self._entry.value:
            return 0
        try:
            return Money.parse(self._entry.value, self.sale.facts.currency).amount
        except ShopError:
            return None

    def refresh(self) -> None:
        """Show the change, and whether it is enough."""
        if self._notes is not None and self._notes.code:
            words, token, enough = self._notes.verdict(self._due)
            self._told.say(words, token)
            self._ok.setEnabled(enough and not self.sale.busy)
            return
        received = self._received()
        enough = received is not None and (received == 0 or received >= self._due)
        self._ok.setEnabled(enough and not self.sale.busy)
        if not self._cash or received == 0:
            self._told.say("")
        elif received is None:
            self._told.say(_("This is not an amount"), "danger_fg")
        elif received < self._due:
            self._told.say(
                _("{amount} is missing").format(amount=self.around.money(self._due - received)), "danger_fg"
            )
        else:
            self._told.say(
                _("Change due {amount}").format(amount=self.around.money(received - self._due)), "success_fg"
            )

    def _settle(self) -> None:
        if self._notes is not None and self._notes.code:
            self.sale.settle(notes=self._notes.handed())
            return
        received = self._received()
        if received is not None:
            self.sale.settle(received, "" if self._cash else self._entry.value)

    def typed(self, event: QKeyEvent) -> bool:
        """Digits of a real keyboard."""
        return _digit(event) and typed(event, self._entry.press)


__all__ = ["BACK", "ConfirmPage", "StaffPage", "WaitPage", "method_words"]
