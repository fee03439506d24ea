"""The settings of receipts with their preview, the list of papers, and what staff do with papers at a kiosk."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.errors import Malformed, NotAllowed
from desktop.basics.ids import new_key
from desktop.basics.logos import HIGH, WIDE, black_dots, check_dots
from desktop.gateways import printer as ways
from desktop.gateways.printer import Setup
from desktop.queries.print_jobs import print_jobs, receipt_preview
from desktop.queries.receipt_template import receipt_logo
from desktop.services.print_jobs import print_receipt, set_till_paper
from desktop.services.print_run import run_queue
from desktop.services.receipt_logo import set_receipt_logo
from desktop.services.settings import set_settings
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button
from desktop.views.common.print_jobs_sheet import PrintJobsSheet
from desktop.views.common.print_sheet import PrintSheet
from desktop.views.common.toast import host_of
from desktop.views.orders.refund_sheet import RefundSheet
from desktop.views.orders.screen import OrdersScreen
from desktop.views.settings.screen import SettingsScreen
from tests.helpers.goods import TEA, open_stocked
from tests.helpers.sales import sell
from tests.helpers.stage import Stage, open_stage
from tests.helpers.till_printer import TillPrinter


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the settings."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is told sooner than by a real printer."""
    monkeypatch.setattr(ways, "ANSWER_SECONDS", 0.25)
    monkeypatch.setattr(ways, "CONFIRM_SECONDS", 0.4)


def picture(size: tuple[int, int] = (900, 600), kind: str = "PNG") -> bytes:
    """A grey disc."""
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(drawn).ellipse((10, 10, size[0] - 10, size[1] - 10), fill=(90, 90, 90, 255))
    kept = BytesIO()
    drawn.convert("RGB" if kind == "JPEG" else "RGBA").save(kept, kind)
    return kept.getvalue()


def opened(stage: Stage) -> Any:
    screen = stage.show(SettingsScreen)
    screen.go("receipts")
    stage.settle()
    page: Any = screen.pages["receipts"]
    stage.until(lambda: not page.preview.paper._image.isNull())
    return page


@pytest.mark.req("Q6")
def test_what_is_typed_shows_in_the_preview_before_it_is_saved(stage: Stage) -> None:
    page = opened(stage)
    before = page.preview.paper._image.height()
    page.controls["receipts.head"].widget.setText("每日现做；欢迎再来")
    stage.until(lambda: page.preview.paper._image.height() > before)
    assert page.preview.paper._image.width() == 576
    page.preview.paper_mm.set_value(58)
    page.preview.wanted.emit()
    stage.until(lambda: page.preview.paper._image.width() == 384)
    assert page.bar.isVisible()
    page.save()
    stage.until(lambda: not page.dirty())
    page.controls["receipts.code"].widget.set_value("none")
    page.controls["receipts.code"].widget.picked.emit("none")
    tall = page.preview.paper._image.height()
    stage.until(lambda: page.preview.paper._image.height() < tall)


@pytest.mark.req("Q6")
def test_a_logo_becomes_dots_and_stands_on_the_receipt(stage: Stage, tmp_path: Path) -> None:
    page = opened(stage)
    before = page.preview.paper._image.height()
    file = tmp_path / "logo.png"
    file.write_bytes(picture())
    page.logo.take(file)
    stage.until(lambda: page.preview.paper._image.height() > before)
    kept = stage.outside(lambda: stage.stocked.shop.ask(receipt_logo))
    with Image.open(BytesIO(kept)) as dots:
        assert dots.mode == "1"
        assert dots.height == HIGH
    file.write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    page.logo.take(file)
    stage.until(lambda: page.logo.error.isVisibleTo(page))
    assert stage.outside(lambda: stage.stocked.shop.ask(receipt_logo)) == kept
    page.logo.remove.click()
    stage.until(lambda: page.logo.remove.isHidden())


@pytest.mark.req("Q6")
def test_what_a_till_prints_counts_at_once(stage: Stage) -> None:
    page = opened(stage)
    till = stage.stocked.kiosk_till
    stage.until(lambda: till in page.tills.controls)
    prints, drawer = page.tills.controls[till]
    prints.set_value("always")
    prints.picked.emit("always")
    stage.settle()
    drawer = page.tills.controls[till][1]
    drawer.click()
    stage.settle()
    stage.outside(lambda: sell(stage.stocked, stage.stocked.cart((TEA, 1))))
    rows = stage.outside(lambda: stage.stocked.cashier.ask(print_jobs)).rows
    assert [row.kind for row in rows] == ["receipt"]


def buttons(sheet: PrintJobsSheet) -> dict[str, Button]:
    """The buttons in the rows by their texts."""
    return {b.text(): b for b in sheet.findChildren(Button) if b.isVisible()}


@pytest.mark.req("Q6")
def test_the_list_of_papers_offers_what_each_state_allows(stage: Stage, till_printer: TillPrinter) -> None:
    stocked = stage.stocked
    stage.outside(lambda: stocked.shop.do(set_till_paper, stocked.kiosk_till, "always", False))
    till_printer.cut_after = 40
    setup = Setup(till_printer.address, 58)

    def one() -> None:
        sell(stocked, stocked.cart((TEA, 1)))
        run_queue(stocked.kiosk, stocked.kiosk_till, setup, "here")

    stage.outside(one)
    page = opened(stage)
    stage.until(lambda: "1 need" in page.papers.text())
    page.papers.click()
    sheet = stage.sheet(page.window(), PrintJobsSheet)
    stage.until(lambda: "It came out" in buttons(sheet))
    assert "Perhaps printed" in [b.accessibleName() for b in sheet.findChildren(Badge)]
    till_printer.cut_after = 0
    buttons(sheet)["Print a copy"].click()
    stage.until(lambda: "Cancel" in buttons(sheet))
    stage.outside(lambda: run_queue(stocked.kiosk, stocked.kiosk_till, setup, "here"))
    sheet.which.set_value("all")
    sheet.load()
    stage.until(lambda: "Printed" in [b.accessibleName() for b in sheet.findChildren(Badge)])
    assert "补打 1" in till_printer.papers[1].decode("gbk", "ignore") or "Reprint 1" in till_printer.papers[
        1
    ].decode("gbk", "ignore")
    sheet.reject()


@pytest.mark.req("Q6")
def test_an_order_s_receipt_and_a_refund_s_paper_go_to_this_till_s_printer(
    stage: Stage, till_printer: TillPrinter
) -> None:
    stocked = stage.stocked
    _key, sale = stage.outside(lambda: sell(stocked, stocked.cart((TEA, 2))))
    stage.context.machine.put("printer", till_printer.address)
    screen = stage.show(OrdersScreen, 1_440, 860)
    screen.open_item(sale.order_id)
    stage.until(lambda: screen.panel.order is not None and screen.panel.isVisible())
    screen.act("print")
    stage.until(lambda: [s for s in screen.findChildren(PrintSheet) if s.isVisible()])
    printing = stage.sheet(screen, PrintSheet)
    next(b for b in printing.findChildren(Button) if b.text() == "Till’s receipt printer").click()
    stage.until(lambda: not [s for s in screen.findChildren(PrintSheet) if s.isVisible()])
    screen.act("refund")
    stage.until(lambda: [s for s in screen.findChildren(RefundSheet) if s.isVisible()])
    refund = stage.sheet(screen, RefundSheet)
    refund.why.setText("破损")
    stage.until(lambda: refund.primary.isEnabled())
    refund.submit()
    stage.until(lambda: [t for t in host_of(screen).toasts if t.button.text() == "Print the refund"])
    next(t for t in host_of(screen).toasts if t.button.text() == "Print the refund").act()
    stage.settle()
    counter = stocked.shop.acting_as(actors.kiosk(1))  # the desktop's own till
    stage.outside(lambda: run_queue(counter, 1, Setup(till_printer.address, 58), "here"))
    assert [sale.code.encode() in paper for paper in till_printer.papers] == [True, True]
    assert "Refund" in till_printer.papers[1].decode("gbk", "ignore")


# -- the template, without a screen -----------------------------------------------------------------------------


@pytest.mark.req("Q6")
def test_the_receipt_follows_the_template(sqlite_shop: Shop, till_printer: TillPrinter) -> None:
    stocked = open_stocked(sqlite_shop)
    sqlite_shop.do(
        set_settings,
        {
            "receipts.head": "每日现做；无理由退换", "shop.receipt_footer": "谢谢光临;欢迎再来", "receipts.language": "en",
            "receipts.show_till": False, "receipts.code": "none", "receipts.show_phone": True, "shop.phone": "0571-1",
        },
    )  # fmt: skip
    sqlite_shop.do(set_receipt_logo, black_dots(picture()))
    _key, sale = sell(stocked, stocked.cart((TEA, 1)))
    stocked.kiosk.do(print_receipt, sale.order_id, new_key())
    run_queue(stocked.kiosk, stocked.kiosk_till, Setup(till_printer.address, 80), "here")
    said = till_printer.papers[0].decode("gbk", "ignore")
    for words in ("每日现做\n", "无理由退换\n", "谢谢光临\n", "欢迎再来\n", "Order no.", "Phone 0571-1"):
        assert words in said, words
    assert "Till" not in said
    assert b"\x1d(k" not in till_printer.papers[0]
    assert b"\x1dv0" in till_printer.papers[0]  # the logo


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_preview_stands_in_its_language_and_writes_nothing(sqlite_shop: Shop, lang: str) -> None:
    stocked = open_stocked(sqlite_shop)
    seen = stocked.shop.ask(receipt_preview, {"receipts.head": "x"}, 58, lang)
    other = stocked.shop.ask(
        receipt_preview, {"receipts.head": "x"}, 58, "en" if lang == "zh_CN" else "zh_CN"
    )
    assert seen != other
    assert not stocked.cashier.ask(print_jobs).rows


@pytest.mark.req("Q6")
def test_only_a_picture_of_the_right_size_becomes_a_logo(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    dots = black_dots(picture((3_000, 200), "JPEG"))
    check_dots(dots)
    with Image.open(BytesIO(dots)) as made:
        assert made.width == WIDE
    white = BytesIO()
    Image.new("RGB", (50, 50), "white").save(white, "PNG")
    for wrong in (b"text", white.getvalue(), b"\x89PNG\r\n\x1a\n" + b"x" * (2 * 2**20)):
        with pytest.raises(Malformed):
            black_dots(wrong)
    for wrong in (picture(), b"", dots[:40]):
        if wrong:
            with pytest.raises(Malformed):
                stocked.shop.do(set_receipt_logo, wrong)
    with pytest.raises(NotAllowed):
        stocked.cashier.do(set_receipt_logo, dots)
