"""The page of paying by phone: our code to scan or theirs to charge, what is known of it, and what can be done next."""

from functools import partial

from desktop.basics.i18n import _
from desktop.views.common.wallet import BY_HAND, wallet_words
from desktop.views.kiosk.bill import Sums, tile_words
from desktop.views.kiosk.look import look
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.pages_pay import WAIT_SECONDS, Parts, Pill, framed, method_words
from desktop.views.kiosk.parts import Foot, Note, Picture, Steps, TimeBar
from desktop.views.kiosk.qr import QrCode
from desktop.views.kiosk.widgets import Button, Card, Grow, Text, row

CODE_SIDE = 660


class WalletPage(Page):
    """What is due, the code, the time left; “confirming” while nobody knows, never “failed” before it is sure."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._method = self.sale.method
        due = around.money(self.sale.due_minor)
        self._whole = WAIT_SECONDS * (2 if look.large else 1)
        self._code = QrCode(CODE_SIDE if look.portrait else 500)
        self._icon = self._picture()
        self._told = Text("", 38, 600, align="center", wrap=True)
        self._more = Text("", 26, token="text2", align="center", wrap=True)
        self._again = Button(
            _("Try again"), "primary", "restart-line", height=88, size=30, radius=20, on=self._retry
        )
        self._help = Button(
            _("Call staff"), "soft", "customer-service-2-line", height=88, size=30, radius=20, on=around.help
        )
        card = self._card()
        self._bar, self._clock = TimeBar(), Note("", "time-line", "text", 26)
        self._keep = Text(_("Then it is cancelled by itself; your cart is kept"), 22, token="text3")
        sums = Card(pad=(32, 16, 32, 16))
        sums.body.addWidget(Sums(around))
        amount: Parts = [
            Text(_("Due"), 26, token="text2", align="center"), Text(due, 88, 600, align="center"),
        ]  # fmt: skip
        clock: Parts = [row(self._clock, 1, self._keep), self._bar]
        self._foot = Foot(_("Back to change"), _("The receipt comes by itself after payment"), self._back)
        others = self._other_ways()
        if look.portrait:
            framed(self, [Steps(3), *amount], [card, *clock, sums], [*others, self._foot], 14)
        else:
            framed(self, [*amount, sums, 1, *others], [card], [*clock, self._foot], 14)
        self.refresh()

    def _picture(self) -> Picture:
        _name, icon, brand = method_words(self._method)
        side = 260 if look.portrait else 160
        return Picture(icon, "on_brand", look.px(side), brand, 48, look.px(side / 2))

    def _card(self) -> Card:
        card = Card(radius=36, pad=(40, 36, 40, 36))
        card.setSizePolicy(Grow, Grow)
        card.body.setSpacing(look.px(14))
        for part in (Pill(self._method), self._code, self._icon):
            card.body.addLayout(row(1, part, 1))
            card.body.addStretch(1)
        card.body.addWidget(self._told)
        card.body.addWidget(self._more)
        card.body.addLayout(row(1, self._again, self._help, 1))
        return card

    def _other_ways(self) -> Parts:
        self._ways = {
            key: Button(method_words(key)[0], icon=method_words(key)[1], height=96, size=28, radius=20, grow=True,
                        on=partial(self.sale.pay_otherwise, key))
            for key in tile_words() if key != self._method
        }  # fmt: skip
        self._others = Text(_("Another way to pay"), 26, 500, token="text2")
        return [self._others, row(*self._ways.values())]

    def _retry(self) -> None:
        self.sale.pay_again()

    def _back(self) -> None:
        self.sale.leave_wallet()

    # -- what is known ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show where the payment stands."""
        wallet, view = self.sale.wallet, self.sale.wallet.view if self.sale.wallet else None
        state = view.state if view is not None else "created"
        open_ = wallet is None or wallet.under_way
        code = wallet.code() if wallet is not None else ""
        self._code.show_address(code)
        self._code.setVisible(bool(code))
        self._icon.setVisible(not code)
        told, more = wallet_words(wallet, self._method)
        self._told.say(told)
        self._more.say(more)
        ended = not open_ and state != "succeeded"
        self._again.setVisible(ended)
        self._help.setVisible(
            state in ("unknown", "cancelling") or (state == "succeeded" and not self._booked())
        )
        for part in (self._clock, self._bar, self._keep):
            part.setVisible(bool(code) or state in ("created", "sent", "pending"))
        self._show_ways(state not in ("unknown", "cancelling") or (view is not None and view.may_try_again))

    def _show_ways(self, may_choose: bool) -> None:
        offered = {one.key for one in self.sale.offers if one.offered}
        by_hand = self.sale.wallet is not None and self.sale.wallet.silent
        for key, way in self._ways.items():
            way.setVisible(key in offered)
            way.setEnabled(may_choose or (by_hand and key in BY_HAND))
        self._others.setVisible(bool(offered & self._ways.keys()))

    def _booked(self) -> bool:
        wallet = self.sale.wallet
        return bool(wallet and wallet.view and wallet.view.booked)

    def tick(self, idle_left: int) -> None:
        """A second less; at the end the payment is cancelled and the cart kept."""
        wallet = self.sale.wallet
        if wallet is None or not wallet.under_way:
            return
        left = self._whole - self.sale.waited
        minutes, seconds = divmod(max(0, left), 60)
        self._clock.text.say(_("Waiting for payment, {time} left").format(time=f"{minutes}:{seconds:02d}"))
        self._bar.show_share(max(0, left) / self._whole)
        self.sale.waited += 1
        if left <= 0:
            self.sale.leave_wallet()
