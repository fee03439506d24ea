"""The cash screen: open a drawer by its coins and notes, count it blind, close it with its difference, print it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.clock import HandClock
from desktop.basics.errors import Unavailable
from desktop.basics.ids import new_key
from desktop.gateways.printer import Setup
from desktop.queries.cash_report import cash_report
from desktop.queries.cash_sessions import CashFilter, sessions_page
from desktop.services.cash_sessions import close_session, count_cash, move_cash, open_session
from desktop.services.exchange import save_currency
from desktop.services.print_run import run_queue
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.cash.count_grid import CountGrid
from desktop.views.cash.paper import report_lines
from desktop.views.cash.screen import CashScreen
from desktop.views.cash.sheets import CloseSheet, CountSheet, MoveSheet, OpenSheet
from desktop.views.common.buttons import Button
from desktop.views.common.print_sheet import PDF, PrintSheet
from desktop.views.shell import screens
from tests.helpers.sales import sell
from tests.helpers.stage import Stage, open_stage
from tests.helpers.till_printer import TillPrinter

TILL = 1


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the drawers."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.fixture
def cashier(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The cashier before them."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path, staff_id=0)


def opened(stage: Stage) -> int:
    """The till's session, with ¥50 in the drawer."""
    person = stage.context.shop
    return int(stage.outside(lambda: person.do(open_session, TILL, [(1_000, 5)], client_key=new_key())))


def typed(grid: CountGrid, *pieces: str) -> None:
    """Type the pieces of the largest notes one line after the other."""
    for text in pieces:
        QTest.keyClicks(grid._now(), text)
        QTest.keyClick(grid._now(), Qt.Key.Key_Return)


@pytest.mark.req("M13")
def test_a_shift_from_opening_to_closing_by_keyboard(cashier: Stage) -> None:
    screen = cashier.show(CashScreen)
    assert screen.pages.currentWidget() is screen.first
    screen.open_new()
    sheet = cashier.sheet(screen, OpenSheet)
    typed(sheet.grid, "1", "0", "2")  # ¥100 and twice ¥20
    assert sheet.grid.total == 14_000
    sheet.submit()
    cashier.until(lambda: screen.panel.report is not None)
    cashier.settle()
    assert "told after the count" in str([r for b in _blocks(screen) for r in b])
    screen._own("count")
    count = cashier.sheet(screen, CountSheet)
    typed(count.grid, "1", "", "1", "9")
    count.submit()
    cashier.until(lambda: [s for s in screen.findChildren(CloseSheet) if s.isVisible()])
    close = cashier.sheet(screen, CloseSheet)
    assert close.verdict.text() == "¥70.00 too much"
    close.submit()
    assert close.isVisible()  # a difference needs its reason
    close.usual.picked.emit("Unknown")
    close.submit()
    cashier.settle()
    cashier.until(lambda: screen.panel.report is not None and screen.panel.report.is_z)
    assert screen.panel.names.title.text() == "Z report 1"
    assert screen.panel.badge.text == "¥70.00 too much"


def _blocks(screen: CashScreen) -> list[list[tuple[str, str, str]]]:
    from desktop.views.cash.words import blocks

    assert screen.panel.report is not None
    return [list(block.rows) for block in blocks(screen.panel.report, screen._context.zone)]


@pytest.mark.req("M13")
def test_a_count_can_be_done_again(stage: Stage) -> None:
    session = opened(stage)
    screen = stage.show(CashScreen)
    screen._own("count")
    stage.sheet(screen, CountSheet).submit()
    stage.until(lambda: [s for s in screen.findChildren(CloseSheet) if s.isVisible()])
    close = stage.sheet(screen, CloseSheet)
    close.again.click()
    count = stage.sheet(screen, CountSheet)
    count.grid.loose.setText("50.00")
    count.submit()
    stage.until(lambda: [s for s in screen.findChildren(CloseSheet) if s.isVisible()])
    close = stage.sheet(screen, CloseSheet)
    assert close.verdict.text() == "Exact"
    close.submit()
    stage.settle()
    report = stage.outside(lambda: stage.context.shop.ask(cash_report, session))
    assert [t.counted_minor for t in report.tallies] == [5_000, 0, 5_000]


@pytest.mark.req("M13", "M6")
def test_notes_of_other_currencies_have_a_page_each(stage: Stage) -> None:
    shop = stage.context.shop
    stage.outside(lambda: (shop.do(save_currency, "USD"), shop.do(save_currency, "JPY")))
    session = opened(stage)
    screen = stage.show(CashScreen)
    screen._own("count")
    count = stage.sheet(screen, CountSheet)
    stage.until(lambda: set(count.book.others) == {"USD", "JPY"})
    count.grid.loose.setText("50.00")
    count.book.which.picked.emit("USD")
    dollars = count.book.others["USD"]
    assert (dollars.isVisible(), count.grid.isVisible()) == (True, False)
    assert dollars.values[-1] == 100  # no lines for coins
    typed(dollars, "1")
    assert count.book.foreign() == [("USD", [(10_000, 1)])]
    count.book.others["JPY"].inputs[0].setText("x")
    count.submit()
    assert count.book.pages.currentWidget() is count.book.others["JPY"]  # what is wrong is shown
    count.book.others["JPY"].inputs[0].setText("")
    count.submit()
    stage.until(lambda: [s for s in screen.findChildren(CloseSheet) if s.isVisible()])
    close = stage.sheet(screen, CloseSheet)
    assert close.verdict.text() == "USD 100.00 too much"
    close.submit()
    assert close.isVisible()  # this difference needs its reason too
    close.usual.picked.emit("Unknown")
    close.submit()
    stage.settle()
    stage.until(lambda: screen.panel.report is not None and screen.panel.report.is_z)
    assert screen.panel.badge.text == "USD 100.00 too much"
    row = screen.model.rows[0]
    assert screen._state(row).text == "Cash over"
    difference = screen._difference(row)
    assert difference is not None
    assert difference.text == "0.00 · USD +100.00"
    report = stage.outside(lambda: shop.ask(cash_report, session))
    printed = [(line.left, line.right) for line in report_lines(report, stage.context)]
    assert ("USD difference", "+100.00") in printed
    assert ("USD 100.00 × 1", "100.00") in printed


@pytest.mark.req("M13")
def test_cash_goes_out_once_when_its_answer_got_lost(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(stage)
    screen = stage.show(CashScreen)
    screen._own("move")
    sheet = stage.sheet(screen, MoveSheet)
    sheet.kind.set_value("out")
    sheet.amount.control.put(1_250)  # type: ignore[attr-defined]
    sheet.reason.control.setText("Milk")  # type: ignore[attr-defined]
    real, lost = Shop.do, list[int]()

    def cut_off(shop: Shop, action: Any, *args: Any, **kw: Any) -> Any:
        answer = real(shop, action, *args, **kw)
        if action is move_cash and not lost:
            lost.append(answer)
            raise Unavailable(
                "The database can’t be reached. Check the network or the file, then try again; nothing is saved twice."
            )
        return answer

    monkeypatch.setattr(Shop, "do", cut_off)
    sheet.submit()
    stage.until(lambda: bool(lost) and sheet.primary.isEnabled())
    assert sheet.isVisible()  # the control: it looks as if nothing was saved
    sheet.submit()
    stage.until(lambda: not sheet.isVisible())
    report = stage.outside(lambda: stage.context.shop.ask(cash_report, session))
    assert [m.amount_minor for m in report.moved if m.kind == "out"] == [1_250]


@pytest.mark.req("M13")
def test_cash_goes_out_with_its_reason(stage: Stage) -> None:
    session = opened(stage)
    screen = stage.show(CashScreen)
    screen._own("move")
    sheet = stage.sheet(screen, MoveSheet)
    sheet.kind.set_value("out")
    sheet.amount.control.put(1_200)  # type: ignore[attr-defined]
    sheet.submit()
    assert sheet.isVisible()
    sheet.reason.control.setText("Ice")  # type: ignore[attr-defined]
    sheet.submit()
    stage.settle()
    report = stage.outside(lambda: stage.context.shop.ask(cash_report, session))
    assert [(m.kind, m.amount_minor, m.reason) for m in report.moved if m.kind != "float"] == [
        ("out", 1_200, "Ice")
    ]


def test_the_number_pad_types_into_the_line(qtbot: QtBot, stage: Stage) -> None:
    grid = CountGrid("CNY")
    qtbot.addWidget(grid)
    grid.show()
    grid._go(1)
    grid._press("4")
    grid._press("00")
    assert grid.pieces() == [(5_000, 400)]
    grid._now().backspace()
    assert grid.total == 200_000
    grid.inputs[2].setText("x")
    assert grid.problem()
    grid.clear()
    assert grid.pieces() == []
    assert not grid.problem()


@pytest.mark.req("M13")
def test_a_report_becomes_paper_and_its_copy_says_so(stage: Stage, tmp_path: Path) -> None:
    session = opened(stage)
    stage.outside(lambda: sell(stage.stocked, stage.stocked.cart((0, 1))))
    screen = stage.show(CashScreen)
    screen._own("count")
    count = stage.sheet(screen, CountSheet)
    count.grid.loose.setText("50")
    count.submit()
    stage.until(lambda: [s for s in screen.findChildren(CloseSheet) if s.isVisible()])
    stage.sheet(screen, CloseSheet).submit()
    stage.settle()
    stage.until(lambda: screen.panel.report is not None and screen.panel.report.is_z)
    for kind in ("80 mm", "A4"):
        screen.panel.print_report()
        sheet = stage.sheet(screen, PrintSheet)
        sheet.where.set_value(PDF)
        sheet.kind.set_value(kind)
        sheet.file.entry.setText(str(tmp_path / f"{kind}.pdf"))
        sheet.submit()
        stage.settle()
        stage.until(lambda: not [s for s in screen.findChildren(PrintSheet) if s.isVisible()])
    assert (tmp_path / "A4.pdf").read_bytes().startswith(b"%PDF")
    report = stage.outside(lambda: stage.context.shop.ask(cash_report, session))
    assert report.prints == 2
    first, copy = (str(report_lines(report, stage.context, n)) for n in (1, 2))
    assert "copy 2" in copy
    assert "copy" not in first


def to_till(stage: Stage, screen: CashScreen) -> PrintSheet:
    """Send the shown report to this till's own printer."""
    screen.panel.print_report()
    sheet: PrintSheet = stage.sheet(screen, PrintSheet)
    next(b for b in sheet.findChildren(Button) if b.text() == "Till’s receipt printer").click()
    stage.settle()
    return sheet


@pytest.mark.req("M13", "Q6")
def test_a_report_goes_to_the_tills_printer_and_only_a_further_z_report_is_a_copy(
    stage: Stage, till_printer: TillPrinter
) -> None:
    session = opened(stage)
    screen = stage.show(CashScreen)
    stage.until(lambda: screen.panel.report is not None)
    screen.panel.print_report()
    bare = stage.sheet(screen, PrintSheet)
    assert "Till’s receipt printer" not in [
        b.text() for b in bare.findChildren(Button)
    ]  # control: none set up
    bare.reject()
    stage.context.machine.put("printer", till_printer.address)
    stage.context.machine.put("paper_mm", 58)
    for _look in range(2):
        to_till(stage, screen)
    late = screen.panel.report
    person = stage.context.shop
    stage.outside(lambda: person.do(count_cash, session, [(5_000, 1)], client_key=new_key()))
    stage.outside(lambda: person.do(close_session, session, client_key=new_key()))
    screen.panel.report = late  # somebody looks at the open drawer still
    sheet = to_till(stage, screen)
    assert sheet.isVisible()
    sheet.reject()
    screen.panel.refresh()
    stage.until(lambda: screen.panel.report is not None and screen.panel.report.is_z)
    for _copy in range(2):
        to_till(stage, screen)
    counter = stage.stocked.shop.acting_as(actors.kiosk(TILL))
    stage.outside(lambda: run_queue(counter, TILL, Setup(till_printer.address, 58), "here"))
    papers = [paper.decode("gbk", "ignore") for paper in till_printer.papers]
    assert [("X report" in paper, "Z report 1" in paper) for paper in papers] == [(True, False)] * 2 + [
        (False, True)
    ] * 2
    assert ["Reprint 1" in paper for paper in papers] == [False, False, False, True]
    report = stage.outside(lambda: person.ask(cash_report, session))
    assert report.prints == 2
    assert (
        max(len(line) for paper in papers for line in paper.splitlines() if line.isascii()) <= 40
    )  # 32 and commands


@pytest.mark.req("M13")
def test_a_forgotten_session_stands_out(stage: Stage, clock: HandClock) -> None:
    from datetime import timedelta

    opened(stage)
    clock.pass_time(timedelta(days=1))
    screen = stage.show(CashScreen)
    stage.until(lambda: screen.summary.text())
    assert "was not closed on its day" in screen.summary.text()
    rows = stage.outside(lambda: stage.context.shop.ask(sessions_page, CashFilter(view="open"))).rows
    assert screen._state(rows[0]).text == "Forgotten"


def test_who_sees_no_payments_still_finds_the_drawers() -> None:
    alone = {entry.key: entry for entry in screens.allowed(frozenset({"keep the cash"}))}
    both = {entry.key: entry for entry in screens.allowed(frozenset({"keep the cash", "see payments"}))}
    assert alone["cash"].under == ""
    assert both["cash"].under == "payments"


def test_whatever_waits_has_its_picture_on_the_home_screen() -> None:
    from desktop.queries.todo import KINDS
    from desktop.views.dashboard.todo import LOOKS

    assert set(LOOKS) == set(KINDS)
