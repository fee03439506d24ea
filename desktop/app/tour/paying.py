"""The tour of paying by phone: codes shown and scanned at the kiosk, paid, declined and unclear, against a simulator."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop.app.kiosk import Kiosk, Parts, assemble
from desktop.app.tour.album import Album, Missed
from desktop.app.tour.checkout import Walk
from desktop.app.tour.desk import Desk
from desktop.app.tour.simulator import SimulatedPayments, Simulator
from desktop.basics.clock import Clock
from desktop.basics.i18n import _
from desktop.basics.machine import Machine
from desktop.views.common.simulated import SimulatedMark
from desktop.views.kiosk.bill import tile_words

CART = (("鲜牛奶", 1), ("每日坚果", 1))


def a_code() -> str:
    """What a customer's Alipay shows; it pays once, so every tour has its own."""
    return f"28{random.randrange(10**16):016d}"


def walk_paying(
    album: Album, desk: Desk, address: str, clock: Clock | None, place: Path, simulator: str
) -> None:
    """Four sales paid by phone, each checked against the simulator's ledger."""
    machine = Machine(place / "kiosk.json")
    with album.step("simulated payments"):
        payments = SimulatedPayments(address, clock, Simulator(simulator))

        def job() -> Parts:
            payments.open()
            messages = place / "messages.jsonl"
            return assemble(address, "", machine, clock, host="127.0.0.1", messages=messages)

        kiosk = Kiosk(job, machine, landscape=None, windowed=True)
        walk = PayWalk(album, desk, kiosk, payments)
        payments.let_time_pass()
        try:
            walk.whole()
        finally:
            kiosk.stop()
            payments.stop_time()
            _on_a_thread(album, payments.close)


def _on_a_thread(album: Album, job: Callable[[], None]) -> None:
    thread = threading.Thread(target=job, name="simulated payments")
    thread.start()
    album.until(lambda: not thread.is_alive(), "the simulated payments did not end")


class PayWalk(Walk):
    """A kiosk whose customers pay by phone."""

    def __init__(self, album: Album, desk: Desk, kiosk: Kiosk, payments: SimulatedPayments) -> None:
        super().__init__(album, desk, kiosk, Path())
        self.simulator = payments.simulator
        self.series = "kiosk_pay"

    def whole(self) -> None:
        """A code shown, a code scanned, one without money, one whose answer is lost."""
        self.open()
        self.album.until(self._marked, "the kiosk does not say that payments are simulated")
        for name, sale in (
            ("shown", self._shown), ("scanned", self._scanned), ("declined", self._declined), ("unclear", self._unclear),
        ):  # fmt: skip
            with self.album.step(f"paying, {name}"):
                self._to_the_bill()
                sale()
        self._at_the_desk()

    def _marked(self) -> bool:
        marks = self.window.findChildren(SimulatedMark)
        return any(mark.isVisible() for mark in marks)

    def _to_the_bill(self) -> None:
        self.page("idle")
        self.scan(CART)
        self.page("basket")
        self.touch(_("Check out"))
        self.page("member")
        self.touch(_("Not a member, pay now"))
        self.page("bill")
        self.album.until(lambda: self.sale.offers, "no ways to pay")

    def _shown(self) -> None:
        self.picture("bill")
        self.touch(tile_words()["wechat"][0])
        self.page("wait")
        self.album.until(lambda: self._view() and self._view().code, "no code to scan")
        self.album.quiet(self.kiosk._background)
        self.picture("code")
        self.simulator.call("pay", number=self._view().code)
        self._paid("paid")

    def _scanned(self) -> None:
        self.simulator.call("set_polls", polls=0, then="never")
        self.keys(a_code())
        self._until("pending")
        self.picture("password")
        self.simulator.call("enter_password", number=self._view().number)
        self._paid("paid_by_code")
        self.simulator.call("set_polls", polls=0)

    def _declined(self) -> None:
        code = a_code()
        self.simulator.call("script_code", code=code, outcome="money")
        self.keys(code)
        self.album.until(lambda: self._view() and self._view().may_try_again, "it was not ended")
        self.album.quiet(self.kiosk._background)
        self.picture("declined")
        self.touch(tile_words()["wechat"][0])
        self.album.until(lambda: self._view() and self._view().code, "no other way to pay")
        self.simulator.call("pay", number=self._view().code)
        self._paid("paid_otherwise")

    def _unclear(self) -> None:
        self.simulator.call("inject", fault="done, then cut", on="alipay.pay")
        self.simulator.call("inject", fault="502", count=2, on="alipay.query")
        self.keys(a_code())
        self._until("unknown")
        self.picture("unclear")
        self._paid("paid_after_all")

    def _view(self) -> Any:
        return self.sale.wallet.view if self.sale.wallet else None

    def _until(self, state: str) -> None:
        self.page("wait")
        self.album.until(lambda: self._view() and self._view().state == state, f"it never was {state}")
        self.album.quiet(self.kiosk._background)

    def _paid(self, name: str) -> None:
        """The receipt comes by itself, and the money is with the provider."""
        due, number = self.sale.bill.to_pay_minor, self._view().number
        self.page("receipt")
        self.picture(name)
        net = self.simulator.call("net", number=number)
        if net != due:
            raise Missed(f"the provider has {net} for it, not {due}")
        self.touch(_("Finish"))
        self.page("idle")

    def _at_the_desk(self) -> None:
        self.desk.go("payments", "P")
        self.album.picture("payments_simulated", self.desk.program.window)
