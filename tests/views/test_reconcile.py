"""The reconciliation screen over the sample shop: sums, differences, their fixes, and bills dropped on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.queries.reconciliation import RowFilter, bill_row, bill_rows
from desktop.views.common.buttons import Button
from desktop.views.common.day_card import DayCard
from desktop.views.common.fix_desk import NoteSheet
from desktop.views.common.print_sheet import PrintSheet
from desktop.views.reconcile.screen import ReconcileScreen
from desktop.views.reconcile.sheets import BillsSheet, TotalSheet
from tests.helpers.bills import Line, alipay_zip, wechat_csv
from tests.helpers.sample import entered
from tests.helpers.screens import Surroundings, surroundings

DAY = date(2026, 11, 20)


@pytest.fixture
def here(sample_file: str, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's surroundings in the sample shop."""
    shop = entered(sample_file)
    with surroundings(qapp, shop, tmp_path) as made:
        yield made
    shop.news.close()
    shop.storage.close()


@pytest.fixture
def screen(here: Surroundings, qtbot: QtBot) -> ReconcileScreen:
    """The screen with yesterday on it."""
    made = ReconcileScreen(here.context)
    qtbot.addWidget(made)
    here.window(made, 1440, 900)
    qtbot.waitUntil(lambda: made.row is not None and bool(made.model.rows))
    return made


def press(root: QWidget, words: str) -> None:
    """Press the button that says so."""
    found = [button for button in root.findChildren(Button) if button.text() == words and button.isVisible()]
    assert found, words
    found[0].click()


def sheet_of(screen: QWidget, kind: type[Any], qtbot: QtBot) -> Any:
    """Wait for a sheet."""
    window = screen.window()
    qtbot.waitUntil(lambda: any(s.isVisible() for s in window.findChildren(kind)))
    return next(s for s in window.findChildren(kind) if s.isVisible())


@pytest.mark.req("M12")
def test_the_day_stands_as_in_the_picture(screen: ReconcileScreen) -> None:
    seen = screen.panel.day.seen
    assert seen is not None
    assert seen.day == DAY
    told = {c.method: (c.system_minor, c.told_minor, c.gap_minor) for c in seen.channels}
    assert told == {
        "wechat": (486_230, 486_170, -60),
        "alipay": (291_400, 291_400, 0),
        "card": (143_690, 143_690, 0),
        "cash": (110_500, 110_500, 0),
    }
    assert (seen.system_minor, seen.told_minor, seen.gap_minor, seen.open) == (1_031_820, 1_031_760, -60, 1)


@pytest.mark.req("M12")
def test_a_difference_is_booked_by_one_press_and_taken_back(screen: ReconcileScreen, qtbot: QtBot) -> None:
    row = screen.row
    assert row is not None
    press(screen.panel.chosen, "Book as subsidy")
    qtbot.waitUntil(lambda: screen.row is not None and screen.row.state == "resolved")
    qtbot.waitUntil(lambda: screen.panel.day.seen is not None and screen.panel.day.seen.open == 0)
    press(screen.panel.chosen, "Take back")
    qtbot.waitUntil(lambda: screen.context.shop.ask(bill_row, row.id).state == "amount")


@pytest.mark.req("M12")
def test_a_reason_is_asked_for_where_one_is_needed(screen: ReconcileScreen, qtbot: QtBot) -> None:
    press(screen.panel.chosen, "Mark as checked")
    sheet = sheet_of(screen, NoteSheet, qtbot)
    assert not sheet.ready()
    sheet.words.setPlainText("asked the provider")
    sheet.submitted.emit()
    qtbot.waitUntil(lambda: screen.row is not None and screen.row.resolution == "checked")
    assert screen.row is not None
    assert screen.row.note == "asked the provider"


@pytest.mark.req("M12")
def test_files_are_dropped_one_after_the_other(
    screen: ReconcileScreen, here: Surroundings, qtbot: QtBot, tmp_path: Path
) -> None:
    day = date(2026, 11, 10)
    for name, data in (
        ("a.zip", alipay_zip([Line("X1", "2026X1", 500)], day, "2088102146225135").data),
        ("w.csv", wechat_csv([Line("X2", "42X2", 700)], day)),
    ):
        (tmp_path / name).write_bytes(data)
    screen.take([tmp_path / "a.zip", tmp_path / "w.csv"])

    def there() -> bool:
        rows = here.context.shop.ask(bill_rows, RowFilter(day, which="all", text="42X2")).rows
        return len(rows) == 1

    qtbot.waitUntil(there)
    qtbot.waitUntil(lambda: not screen.progress.isVisible())
    assert not here.refused


@pytest.mark.req("M12")
def test_a_wrong_file_is_said_and_changes_nothing(
    screen: ReconcileScreen, here: Surroundings, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n")
    before = here.context.shop.ask(bill_rows, RowFilter(DAY, which="all")).rows
    screen.take([tmp_path / "photo.csv"])
    qtbot.waitUntil(lambda: not screen.progress.isVisible())
    assert here.context.shop.ask(bill_rows, RowFilter(DAY, which="all")).rows == before


@pytest.mark.req("M12")
def test_sums_bills_and_paper_have_their_sheets(screen: ReconcileScreen, qtbot: QtBot) -> None:
    screen.panel.day.total_wanted.emit("card")
    total = sheet_of(screen, TotalSheet, qtbot)
    total.amount.put(143_600)
    total.submitted.emit()
    qtbot.waitUntil(lambda: screen.panel.day.seen is not None and screen.panel.day.seen.open == 2)
    screen.panel.day.total_wanted.emit("card")
    again = sheet_of(screen, TotalSheet, qtbot)
    again.amount.put(-100)  # more was given back than taken
    again.fee.put(250)
    again.submit()
    qtbot.waitUntil(lambda: "card" in _fees(screen))
    screen.panel.day.total_wanted.emit("card")
    third = sheet_of(screen, TotalSheet, qtbot)
    assert (third.amount.minor(), third.fee.minor()) == (-100, 250)  # saving it anew loses nothing
    third.reject()
    screen.panel.bills.click()
    bills = sheet_of(screen, BillsSheet, qtbot)
    press(bills, "Take out")
    qtbot.waitUntil(
        lambda: screen.panel.day.seen is not None and screen.panel.day.seen.channels[0].told_minor is None
    )
    bills.accept()
    screen.print_day()
    sheet_of(screen, PrintSheet, qtbot).reject()


def _fees(screen: ReconcileScreen) -> dict[str, int]:
    seen = screen.panel.day.seen
    return {} if seen is None else {c.method: c.fee_minor for c in seen.channels if c.fee_minor == 250}


@pytest.mark.req("M12")
def test_the_card_beside_the_payments_leads_here(here: Surroundings, qtbot: QtBot) -> None:
    card = DayCard(here.context)
    qtbot.addWidget(card)
    here.window(card, 392, 500)
    card.load()
    qtbot.waitUntil(lambda: card.seen is not None and bool(card.findChildren(Button)))
    qtbot.waitUntil(lambda: any(b.text() == "Open reconciliation" for b in card.findChildren(Button)))
    press(card, "Open reconciliation")
    assert here.went == [("reconcile", None, {"day": DAY})]
    card.earlier.click()
    qtbot.waitUntil(lambda: card.seen is not None and card.seen.day == date(2026, 11, 19))
    assert card.seen is not None
    assert card.seen.open == 0
