"""The kiosk's window: three touches, wiping, idle time, paper, large targets, and no way out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop.basics.errors import Unavailable
from desktop.basics.i18n import language
from desktop.gateways.printer import Setup
from desktop.scheduler.printing import PrintLane
from desktop.services.print_jobs import set_till_paper
from desktop.views.kiosk.keypad import Entry
from desktop.views.kiosk.look import look
from desktop.views.kiosk.overlays import Calling, Notice, StillThere
from desktop.views.kiosk.page_receipt import ReceiptPage
from desktop.views.kiosk.parts import Note
from desktop.views.kiosk.qr import QrCode
from desktop.views.kiosk.widgets import Button
from desktop.views.kiosk.window import KioskWindow
from tests.helpers.goods import PHONE
from tests.helpers.till_printer import TillPrinter
from tests.views.kiosk.conftest import CODES, PIN, Kiosk
from tests.views.kiosk.test_sale import confirm_by_code, to_bill


def button(kiosk: Kiosk, text: str) -> Button:
    """The visible button with this text."""
    return next(b for b in kiosk.window.findChildren(Button) if b.text() == text and b.isVisible())


def touch(kiosk: Kiosk, text: str) -> None:
    """Touch it."""
    QTest.mouseClick(button(kiosk, text), Qt.MouseButton.LeftButton)
    kiosk.settle_down()


def to_receipt(kiosk: Kiosk) -> None:
    """A whole sale with member and points."""
    to_bill(kiosk, 8_000)
    confirm_by_code(kiosk)
    kiosk.to_staff()
    kiosk.sale.settle(15_000)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    kiosk.settle_down()


@pytest.mark.req("Q5")
def test_three_touches_after_the_last_scan(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan(*CODES)
    for text in ("去结账", "不是会员，直接付款", "现金"):
        touch(kiosk, text)
    assert kiosk.sale.page == "wait"


KEPT = ("value", "sentence", "address", "_text", "_hint", "_initial", "_texts", "_under", "_title", "_names")


def everything_said() -> str:
    """Every text that any widget of the program holds, on screen or not."""
    said = []
    for widget in QApplication.allWidgets():
        said += [
            widget.windowTitle(),
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.toolTip(),
        ]
        said += [str(getattr(widget, name, "")) for name in KEPT]
        if isinstance(widget, QLabel | Button):
            said.append(widget.text())
    return "\n".join(said)


@pytest.mark.req("Q5")
def test_nothing_of_the_last_member_is_left(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan_demo()
    kiosk.sale.go("member")
    kiosk.settle_down()
    for digit in PHONE:
        kiosk.window.page._entry.press(digit)  # type: ignore[union-attr]
    assert PHONE in everything_said()  # the control: it would be found
    kiosk.sale.join(PHONE)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    kiosk.sale.set_points(8_000)
    kiosk.settle_down()
    traces = ("林", "6621", PHONE, "12,860", "8,000", "明前龙井", "123.70")
    for trace in traces[:2]:
        assert trace in everything_said()
    confirm_by_code(kiosk)
    kiosk.to_staff()
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    key = kiosk.sale.key
    touch(kiosk, "完成")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = everything_said()
    assert [trace for trace in traces if trace in left] == []
    sale = kiosk.sale
    assert (sale.key != key, sale.member, sale.lines, sale.bill, sale.offer, sale.staff, sale.settled) == (
        True, None, (), None, None, None, None,
    )  # fmt: skip


def test_starting_over_asks_once(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan(CODES[0])
    touch(kiosk, "重新开始")
    touch(kiosk, "继续购物")
    assert kiosk.sale.pieces == 1
    touch(kiosk, "重新开始")
    touch(kiosk, "结束，清空购物车")
    assert (kiosk.sale.page, kiosk.sale.lines) == ("idle", ())


@pytest.mark.req("Q5")
def test_nobody_there_clears_the_cart(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 2_000)
    window = kiosk.window
    for _second in range(59):
        window.tick()
    assert window.overlay is None
    window.tick()
    assert isinstance(window.overlay, StillThere)
    touch(kiosk, "继续购物")
    assert (window.overlay, kiosk.sale.pieces) == (None, 5)
    for _second in range(60 + 29):
        window.tick()
    assert kiosk.sale.pieces == 5
    window.tick()
    kiosk.settle_down()
    assert (kiosk.sale.page, kiosk.sale.lines) == ("idle", ())


@pytest.mark.req("Q5")
def test_large_type_doubles_the_time_and_ends_with_the_sale(kiosk: Kiosk) -> None:
    kiosk.open()
    touch(kiosk, "大字")
    touch(kiosk, "EN")
    assert (look.large, language()) == (True, "en")
    kiosk.scan(CODES[0])
    for _second in range(119):
        kiosk.window.tick()
    assert kiosk.window.overlay is None
    kiosk.window.tick()
    assert isinstance(kiosk.window.overlay, StillThere)
    touch(kiosk, "End and clear the cart")
    assert (look.large, language()) == (False, "zh_CN")
    assert button(kiosk, "大字")


def test_waiting_for_the_money_ends_at_the_bill(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, member=False)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    for _second in range(121):
        kiosk.window.tick()
    assert (kiosk.sale.page, kiosk.sale.pieces) == ("bill", 5)


def test_the_receipt_goes_home_by_itself(kiosk: Kiosk) -> None:
    kiosk.open()
    to_receipt(kiosk)
    for _second in range(9):
        kiosk.window.tick()
    assert kiosk.sale.page == "idle"


def said_of_paper(kiosk: Kiosk) -> str:
    """What the receipt's page says of the paper."""
    page = kiosk.window.page
    assert isinstance(page, ReceiptPage)
    return " ".join(note.text.text() for note in page._said.findChildren(Note))


@pytest.mark.req("Q6")
def test_paper_comes_out_and_trouble_is_said(kiosk: Kiosk, till_printer: TillPrinter) -> None:
    kiosk.open()
    to_receipt(kiosk)
    assert said_of_paper(kiosk) == ""
    till_printer.out_of_paper()
    lane = PrintLane(
        kiosk.stocked.shop, kiosk.stocked.kiosk_till, lambda: Setup(till_printer.address, 58)
    ).start()
    try:
        touch(kiosk, "打印纸质小票")
        kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
        assert "没纸" in kiosk.window.overlay.sentence  # type: ignore[union-attr]
        assert "等" in said_of_paper(kiosk)
        kiosk.window.close_overlay()
        till_printer.refill()
        kiosk.stocked.shop.clock.pass_time(timedelta(seconds=5))  # type: ignore[attr-defined]
        lane._wake.set()
        kiosk.qtbot.waitUntil(lambda: "已打印" in said_of_paper(kiosk))
    finally:
        lane.stop()
    assert not button(kiosk, "打印纸质小票").isEnabled()
    paper = till_printer.papers[0].decode("gbk", "ignore")
    for words in ("青禾杂货铺", "明前龙井 罐装", "123.70", "5,008"):
        assert words in paper
    assert "林" not in paper
    assert len(till_printer.papers) == 1


@pytest.mark.req("Q6")
def test_a_till_that_always_prints_says_so_untouched(kiosk: Kiosk, till_printer: TillPrinter) -> None:
    kiosk.stocked.shop.do(set_till_paper, kiosk.stocked.kiosk_till, "always", False)
    kiosk.open()
    till = kiosk.stocked.kiosk_till
    lane = PrintLane(kiosk.stocked.shop, till, lambda: Setup(till_printer.address, 58)).start()
    try:
        to_receipt(kiosk)
        kiosk.qtbot.waitUntil(lambda: "已打印" in said_of_paper(kiosk))
    finally:
        lane.stop()
    assert not button(kiosk, "打印纸质小票").isEnabled()
    assert len(till_printer.papers) == 1


@pytest.mark.req("Q6")
def test_a_printer_that_cannot_tell_is_not_called_printed(kiosk: Kiosk, till_printer: TillPrinter) -> None:
    kiosk.open()
    to_receipt(kiosk)
    till_printer.mute = True
    lane = PrintLane(
        kiosk.stocked.shop, kiosk.stocked.kiosk_till, lambda: Setup(till_printer.address, 58)
    ).start()
    try:
        touch(kiosk, "打印纸质小票")
        assert "正在" in said_of_paper(kiosk)
        kiosk.qtbot.waitUntil(lambda: "已送" in said_of_paper(kiosk))
    finally:
        lane.stop()
    assert "已打印" not in said_of_paper(kiosk)


@pytest.mark.req("Q5")
@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080)])
def test_targets_are_large_and_inside_the_screen(kiosk: Kiosk, width: int, height: int) -> None:
    window = kiosk.open(width, height)

    def check() -> None:
        kiosk.settle_down()
        for found in window.findChildren(Button):
            if found.isVisible():
                assert min(found.width(), found.height()) >= 64, found.accessibleName()
                corner = found.mapTo(window, QPoint(found.width(), found.height()))
                assert corner.x() <= width + 1, found.accessibleName()
                assert corner.y() <= height + 1, found.accessibleName()
        assert window.size().toTuple() == (width, height)

    check()
    kiosk.scan_demo()
    check()
    kiosk.sale.go("member")
    check()
    kiosk.sale.join(PHONE)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    kiosk.sale.set_points(8_000)
    check()
    kiosk.sale.pay("cash")
    check()
    kiosk.sale.send_code()
    check()
    kiosk.sale.type_code(kiosk.pocket.code)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    check()
    kiosk.to_staff()
    check()
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    check()


def test_calling_staff_and_search_by_initials(kiosk: Kiosk) -> None:
    kiosk.open()
    touch(kiosk, "叫店员")
    assert isinstance(kiosk.window.overlay, Calling)
    touch(kiosk, "返回")
    kiosk.sale.go("basket")
    touch(kiosk, "手动添加")
    kiosk.qtbot.waitUntil(lambda: any("云片糕" in b.text() for b in kiosk.window.findChildren(Button)))
    touch(kiosk, "手工云片糕")
    assert (kiosk.sale.pieces, kiosk.window.overlay) == (1, None)


@pytest.mark.req("Q2")
def test_the_code_on_the_screen_is_the_one_time_address(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan(CODES[0])
    kiosk.sale.go("member")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.offer is not None)
    kiosk.settle_down()
    code = kiosk.window.findChild(QrCode)
    assert code.address == f"http://192.168.1.8:8000/s/{kiosk.sale.offer.token}"
    from zxingcpp import read_barcode

    picture = code.grab().toImage().convertToFormat(code.grab().toImage().Format.Format_Grayscale8)
    import numpy as np

    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    assert read_barcode(pixels[:, : picture.width()].copy()).text == code.address


def test_every_label_is_plain_text(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk)
    labels = kiosk.window.findChildren(QLabel)
    assert labels
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)


def test_a_pin_is_shown_as_dots(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.window._staff.ask_pin_to_leave()
    entry = kiosk.window.overlay.findChild(Entry)  # type: ignore[union-attr]
    for digit in PIN:
        entry.press(digit)
    assert entry.shown() == "●" * 6


@pytest.mark.req("Q5")
def test_it_covers_the_whole_screen_without_a_frame(kiosk: Kiosk) -> None:
    window = kiosk.open()
    window.fill_screen()
    screen = window.screen()
    kiosk.qtbot.waitUntil(lambda: window.size() == screen.geometry().size())
    assert window.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert look.portrait == (screen.geometry().height() >= screen.geometry().width())


def test_a_shop_that_cannot_be_reached_is_said_and_comes_back(
    qapp: QApplication, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.views.kiosk.window.RETRY_MS", 20)
    door = kiosk.context.background.shop
    away = [True]

    class Away:
        """A door behind which the database is gone for a while."""

        def ask(self, question: Any, *args: Any, **kwargs: Any) -> Any:
            if away[0]:
                raise Unavailable(
                    "The database can’t be reached. Check the network or the file, then try again; nothing is saved twice."
                )
            return door.ask(question, *args, **kwargs)

        def __getattr__(self, name: str) -> Any:
            return getattr(door, name)

    kiosk.context.background.shop = Away()
    window = KioskWindow(kiosk.context, kiosk.stocked.kiosk_till, lambda: None, False, None)
    kiosk.qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_leave", True))
    window.resize(1080, 1920)
    window.show()
    kiosk.qtbot.waitUntil(lambda: window._trouble is not None)
    assert "数据库" in window._trouble.sentence  # type: ignore[union-attr]
    away[0] = False
    kiosk.qtbot.waitUntil(lambda: window.page is not None)
    assert window._trouble is None
    window._seconds.stop()


@pytest.mark.req("Q5")
def test_the_next_customer_of_a_dropped_phone_sees_nothing(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 2_000)
    old = kiosk.sale.key
    kiosk.sale.finish()
    kiosk.scan(CODES[0])
    assert kiosk.sale.key != old
    assert (kiosk.sale.member, kiosk.sale.points) == (None, 0)


@pytest.mark.req("Q5")
def test_what_was_not_found_stays_said_while_the_next_is_scanned(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan(CODES[0], "9999999999999")
    assert isinstance(kiosk.window.overlay, Notice)
    kiosk.scan(CODES[1])
    assert len(kiosk.sale.lines) == 2
    assert isinstance(kiosk.window.overlay, Notice)
    assert "9999999999999" in kiosk.window.overlay.sentence
