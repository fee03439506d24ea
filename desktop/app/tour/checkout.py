"""The tour of the kiosk: a whole sale with goods, member, points confirmed on the phone, cash and receipt."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app.kiosk import Kiosk, assemble
from desktop.app.tour.album import Album, Missed, pause
from desktop.app.tour.desk import HER, Desk
from desktop.app.tour.phone import Phone
from desktop.basics.clock import Clock
from desktop.basics.i18n import _
from desktop.basics.machine import Machine
from desktop.queries.products import ProductFilter, products_page
from desktop.queries.search import find_members
from desktop.views.kiosk.slider import PointsSlider

if TYPE_CHECKING:
    from desktop.views.kiosk.window import KioskWindow

PHONE, PIN, POINTS = "13805716621", "246810", 8_000  # of the sample shop
CART = (("明前龙井 罐装", 1), ("鲜牛奶", 2), ("手工云片糕", 1), ("每日坚果", 1))
SIZE = (1080, 1920)
APART_MS = 400


def walk_kiosk(album: Album, desk: Desk, address: str, clock: Clock | None, place: Path) -> None:
    """One customer from the first scan to the receipt, seen on the desktop as well."""
    machine = Machine(place / "kiosk.json")
    messages = place / "messages.jsonl"
    kiosk = Kiosk(
        lambda: assemble(address, "", machine, clock, host="127.0.0.1", messages=messages),
        machine,
        landscape=None,
        windowed=True,
    )
    walk = Walk(album, desk, kiosk, messages)
    try:
        with album.step("kiosk"):
            walk.whole()
    finally:
        kiosk.stop()


class Walk:
    """One kiosk under way, as the tour drives it."""

    def __init__(self, album: Album, desk: Desk, kiosk: Kiosk, messages: Path) -> None:
        self.album, self.desk, self.kiosk, self.messages = album, desk, kiosk, messages
        self.series = "kiosk"  # what its pictures are called by
        self.wrong: list[BaseException] = []
        kiosk.gave_up.connect(self.wrong.append)

    @property
    def window(self) -> KioskWindow:
        """The kiosk's window."""
        if self.kiosk.window is None:
            raise Missed("the kiosk has no window")
        return self.kiosk.window

    @property
    def sale(self) -> Any:
        """The sale under way."""
        return self.window.sale

    def whole(self) -> None:
        """Scan, join, points, phone, money, receipt, wiped."""
        before = self._her_points()
        self.open()
        self._scan()
        self._join()
        self._points()
        self._confirm_on_phone()
        self._pay_cash()
        self._after(before)

    def page(self, key: str) -> None:
        """Wait until the kiosk shows this page and stands still."""
        self.album.until(lambda: self.sale is not None and self.sale.page == key, f"page {key} did not come")
        self.album.quiet(self.kiosk._background)

    def touch(self, words: str) -> None:
        """Touch the button with these words."""
        self.album.press(self.album.find(self.window, words))

    def picture(self, name: str) -> None:
        """Keep the kiosk's window."""
        self.album.picture(f"{self.series}_{name}", self.window)

    def open(self) -> None:
        """From the curtain to the first page."""
        self.kiosk.start()
        self.album.until(lambda: self.kiosk.window is not None or self.wrong, "the kiosk did not start")
        if self.wrong:
            raise Missed(str(self.wrong[0]))
        self.window.resize(*SIZE)
        self.album.until(
            lambda: self.sale is not None and self.window.page is not None, "the kiosk shows nothing"
        )
        self.page("idle")
        self.picture("idle")

    def _scan(self) -> None:
        self.scan(CART)
        self.page("basket")
        self.picture("scan")
        self.touch(_("Check out"))
        self.page("member")

    def scan(self, cart: Sequence[tuple[str, int]]) -> None:
        """Hold goods under the scanner, piece by piece."""
        background = self.desk.program._background
        assert background is not None
        for name, count in cart:
            page = self.album.ask(background, products_page, ProductFilter(text=name))
            if not page.rows or not page.rows[0].barcode:
                raise Missed(f"no barcode for {name}")
            for _piece in range(count):
                pieces = self.sale.pieces
                pause(APART_MS)  # the same code at once again is one scan seen twice
                self.keys(page.rows[0].barcode)
                self.album.until(lambda had=pieces: self.sale.pieces > had, f"{name} did not come")  # type: ignore[misc]

    def keys(self, code: str) -> None:
        """Keys as a scanner sends them, Enter last."""
        handle = self.window.windowHandle()
        plain = Qt.KeyboardModifier.NoModifier
        for ch in code:
            QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, ord(ch.upper()), plain, ch))
        QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, plain, "\r"))

    def _join(self) -> None:
        self.picture("member")
        for digit in PHONE:
            self.touch(digit)
        self.touch(_("OK"))
        self.page("bill")
        if self.sale.member is None:
            raise Missed("the member did not join")

    def _points(self) -> None:
        slider = next(iter(self.window.findChildren(PointsSlider)), None)
        if slider is None or not slider.isVisible():
            raise Missed("there is no slider for points")
        spot = QPoint(round(slider.width() * 0.3), slider.height() // 2)
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=spot)
        self.album.until(
            lambda: self.sale.bill is not None and self.sale.bill.points > 0, "no points on the bill"
        )
        self.album.quiet(self.kiosk._background)
        self.picture("bill")
        self.touch(_("Cash"))
        self.page("confirm")
        self.album.until(lambda: self.sale.offer is not None, "no code for the phone")
        self.picture("confirm")

    def _confirm_on_phone(self) -> None:
        portal = self.kiosk.parts.portal if self.kiosk.parts is not None else None
        address = portal.address() if portal is not None else None
        if address is None:
            self._confirm_by_code()
            return
        phone = Phone(f"{address}/s/{self.sale.offer.token}", self.messages)
        outcome: list[Any] = []

        def confirm() -> None:
            try:
                outcome.append(phone.confirm(PHONE, POINTS))
            except Exception as error:  # told on the GUI thread, below
                outcome.append(error)

        threading.Thread(target=confirm, name="phone", daemon=True).start()
        self.album.until(lambda: outcome, "the phone did not answer")
        if not isinstance(outcome[0], dict):
            raise Missed(f"the phone could not confirm: {outcome[0]}")
        if not outcome[0]["agreed"]:
            raise Missed("the phone's word was not taken")
        self.album.until(lambda: self.sale.bill.points == POINTS, "the kiosk did not follow the phone")

    def _confirm_by_code(self) -> None:
        self.touch(_("Send six digits to the phone ending in {tail}").format(tail=PHONE[-4:]))
        self.album.until(lambda: self.sale.code_sent, "no six digits were sent")
        rows = self.messages.read_text(encoding="utf-8").splitlines()
        found = re.search(r"\d{6}", json.loads(rows[-1])["text"])
        for digit in found.group() if found else "":
            self.touch(digit)

    def _pay_cash(self) -> None:
        if self.sale.page == "bill":  # the phone chose other points than the bill showed
            self.touch(_("Cash"))
        self.page("wait")
        self.picture("wait")
        self.touch(_("Staff: confirm the money"))
        self.album.until(lambda: self.window.overlay is not None, "nobody asks for the PIN")
        self.picture("pin")
        for digit in PIN:
            self.album.press(self.album.find(self.window.overlay, digit))  # type: ignore[arg-type]
        self.album.press(self.album.find(self.window.overlay, _("OK")))  # type: ignore[arg-type]
        self.page("staff")
        self.picture("staff")
        due = self.sale.bill.to_pay_minor
        self.touch(_("Received {amount}").format(amount=_money(due, self.sale.facts.currency)))
        self.page("receipt")
        self.picture("receipt")

    def _after(self, before: int) -> None:
        settled = self.sale.settled
        if settled is None:
            raise Missed("nothing was settled")
        spent, earned = settled.points_spent, settled.points_earned
        after = self._her_points()
        if after != before - spent + earned:
            raise Missed(f"her points are {after}, not {before} − {spent} + {earned}")
        self.touch(_("Finish"))
        self.page("idle")
        if self.sale.lines or self.sale.member is not None:
            raise Missed("the next customer would see the last one’s data")
        desk = self.desk
        desk.go("orders", "O")
        desk.workspace.navigate("orders", settled.order_id)
        desk.quiet()
        self.album.picture("order_from_kiosk", desk.program.window)

    def _her_points(self) -> int:
        background = self.desk.program._background
        assert background is not None
        hits = self.album.ask(background, find_members, HER)
        if not hits:
            raise Missed(f"{HER} is not a member")
        return int(hits[0].points)


def _money(minor: int, currency: str) -> str:
    from desktop.basics.money import Money

    return str(Money(minor, currency))
