"""A kiosk over the pictures' shop: real database, real lanes, a window drawn offscreen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.machine import Machine
from desktop.models.people import Permission
from desktop.models.people import Staff as StaffRow
from desktop.models.products import Product, Sku
from desktop.services.secrets import hashed
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.views.common.background import Background
from desktop.views.common.context import Context
from desktop.views.common.refresh import News
from desktop.views.common.theme import theme
from desktop.views.kiosk.look import look
from desktop.views.kiosk.window import KioskWindow
from tests.helpers.goods import GOODS, Stocked, open_stocked
from tests.helpers.sales import Pocket

PIN = "246810"
CODES = [goods[3] for goods in GOODS]
PICTURES = ("jar", "milk", "cake", "pouch")
_pin_hash: list[str] = []


@action(permission=Permission.STAFF)
def give_pin(work: Work, staff_id: int, pin_hash: str) -> None:
    """A PIN for the cashier, pictures for the goods."""
    work.get(StaffRow, staff_id).pin_hash = pin_hash
    for sku, picture in zip(work.session.query(Sku).order_by(Sku.id), PICTURES, strict=False):
        work.get(Product, sku.product_id).picture = picture


@dataclass
class Kiosk:
    """The window and everything around it."""

    stocked: Stocked
    context: Context
    qtbot: QtBot
    window: KioskWindow = field(init=False)
    pocket: Pocket | None = field(default_factory=Pocket)  # None: this machine reaches no phones
    bugs: list[Any] = field(default_factory=list)

    def open(self, width: int = 1080, height: int = 1920) -> KioskWindow:
        """Show the window and wait until it knows the shop."""
        self.window = KioskWindow(
            self.context, self.stocked.kiosk_till, lambda: "http://192.168.1.8:8000", True, self.pocket
        )
        self.window.resize(width, height)
        self.qtbot.addWidget(self.window, before_close_func=lambda w: setattr(w, "_may_leave", True))
        self.window.show()
        self.qtbot.waitUntil(lambda: self.window.page is not None)
        self.settle_down()
        return self.window

    @property
    def sale(self) -> Any:
        """The state machine."""
        return self.window.sale

    def settle_down(self) -> None:
        """Wait until nothing is under way."""

        def quiet() -> bool:
            sale = self.window.sale
            return self.context.background.running == 0 and not (
                sale and (sale._saving or sale._unsaved and sale.lines)
            )

        for _round in range(3):
            self.qtbot.waitUntil(quiet, timeout=10_000)
            QApplication.processEvents()

    def type(self, text: str, *, enter: bool = True) -> None:
        """Keys as a scanner sends them."""
        handle = self.window.windowHandle()
        for ch in text:
            QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, ord(ch.upper()), _none(), ch))
        if enter:
            QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, 0x01000004, _none(), "\r"))

    def scan(self, *codes: str) -> None:
        """Scan and wait until the lines stand."""
        for code in codes:
            self.window.scanner.forget()  # each is a pass of its own
            self.type(code)
            self.settle_down()

    def scan_demo(self) -> None:
        """The pictures' cart."""
        tea, milk, cake, nuts = CODES
        self.scan(tea, milk, milk, cake, nuts)

    def to_staff(self) -> None:
        """Staff enters the PIN on the waiting page."""
        self.qtbot.waitUntil(lambda: not self.sale.busy)
        self.sale.enter_pin(PIN)
        self.qtbot.waitUntil(lambda: self.sale.page == "staff", timeout=10_000)
        self.settle_down()


def _none() -> Any:
    from PySide6.QtCore import Qt

    return Qt.KeyboardModifier.NoModifier


@pytest.fixture
def kiosk(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Kiosk]:
    """A kiosk that has not been opened yet."""
    yield from _kiosk(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.fixture
def any_kiosk(qapp: QApplication, qtbot: QtBot, shop: Shop, tmp_path: Path) -> Iterator[Kiosk]:
    """The same on each kind of database."""
    yield from _kiosk(qapp, qtbot, shop, tmp_path)


def _kiosk(qapp: QApplication, qtbot: QtBot, shop: Shop, tmp_path: Path) -> Iterator[Kiosk]:
    theme.install(qapp)
    theme.use("light", 100, gains_red=False, reduce_motion=False)
    stocked = open_stocked(shop)
    if not _pin_hash:
        _pin_hash.append(hashed(PIN))
    shop.do(give_pin, stocked.cashier_id, _pin_hash[0])
    background = Background(stocked.kiosk)
    news = News(shop.listen)
    context = Context(
        stocked.kiosk, background, news, lambda key, item_id=None, **filters: None, ZoneInfo("Asia/Shanghai"),
        "CNY", Machine(tmp_path / "machine.json"), set_language=lambda lang: None, till_id=stocked.kiosk_till,
    )  # fmt: skip
    made = Kiosk(stocked, context, qtbot)
    background.bug.connect(made.bugs.append)
    yield made
    look.enlarge(False)
    assert background.shutdown()
    news.close()
    assert not made.bugs


def aside(job: Callable[[], Any]) -> Any:
    """Run a job on a thread of its own and hand back what it gives."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(job).result(10)
