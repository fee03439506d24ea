"""Toasts undo, sheets keep their promises, keys work, charts and pictures show."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.views.common import printing, remember, say, shortcuts
from desktop.views.common.buttons import Button, secondary
from desktop.views.common.charts import ChartCard, DailyBars, DayBar, MonthLine, MonthPoint
from desktop.views.common.dialogs import Confirm, Sheet, confirm
from desktop.views.common.field import Field, check_all
from desktop.views.common.focus_ring import FocusRing
from desktop.views.common.inputs import TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.paint import elide, text_width
from desktop.views.common.plot import steps
from desktop.views.common.product_picture import ProductPicture, keys
from desktop.views.common.toast import host_of

pytestmark = pytest.mark.usefixtures("english")


def test_a_toast_undoes_once_and_leaves(qtbot: QtBot, window: QWidget) -> None:
    """Undo runs once; at most three toasts stand; seconds run out only while nobody looks."""
    done: list[str] = []
    toast = say.toast(window, "Archived", undo=lambda: done.append("undo"))
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    toast.act()
    assert done == ["undo"]
    assert host_of(window).toasts == []
    for number in range(5):
        say.toast(window, f"number {number}")
    assert len(host_of(window).toasts) == 3
    newest = host_of(window).toasts[-1]
    newest._hovered = True
    for _second in range(9):
        newest.count_down()
    assert newest in host_of(window).toasts
    newest._hovered = False
    for _second in range(8):
        newest.count_down()
    assert newest not in host_of(window).toasts
    say.toast(window, "again", undo=lambda: done.append("by key"))
    assert host_of(window).undo_newest()
    assert done == ["undo", "by key"]
    assert not host_of(window).undo_newest()


def test_a_refusal_offers_its_next_step(qtbot: QtBot, window: QWidget) -> None:
    """The step a `ShopError` names becomes the toast's button."""
    gone: list[int] = []
    say.offer_step("open-settings", "Open settings", lambda: gone.append(1))
    toast = say.error(window, ShopError(N_("Fill this in"), next_step="open-settings"))
    assert toast is not None
    assert toast.button.text() == "Open settings"
    toast.act()
    assert gone == [1]


def test_a_sheet_stays_open_on_errors(qtbot: QtBot, window: QWidget) -> None:
    """The verb submits, an error is shown with every typed character kept, accept closes."""
    sheet = Sheet(window, "Ship order", verb="Ship")
    field = Field("Tracking", TextInput(required=True))
    sheet.add(field)
    sheet.ready = lambda: check_all([field])  # type: ignore[method-assign]
    sheet.open()
    with qtbot.assertNotEmitted(sheet.submitted):
        qtbot.mouseClick(sheet.primary, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(field.control, "SF1")
    with qtbot.waitSignal(sheet.submitted):
        qtbot.keyClick(field.control, Qt.Key.Key_Return)
    sheet.show_error(ShopError(N_("Fill this in")))
    assert sheet.isVisible()
    assert field.control.text() == "SF1"
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.closed
    assert not sheet.isVisible()


def test_typing_begins_in_a_sheet_of_lines(qtbot: QtBot, window: QWidget) -> None:
    """A sheet whose only field is a text of many lines has the keyboard there, not on its way out."""
    sheet = Sheet(window, "Paste prices", verb="Save prices")
    text = TextArea()
    sheet.primary.setEnabled(False)  # nothing typed yet
    sheet.add(text)
    sheet.open()
    assert sheet.focusWidget() is text
    sheet.reject()


def test_what_cannot_be_undone_asks_and_means_it(qtbot: QtBot, window: QWidget) -> None:
    """The keyboard stands on Cancel, Enter does not confirm, mass deletes want the count typed."""
    done: list[int] = []
    sheet = confirm(
        window,
        "Delete 18,204 records?",
        "This can't be undone.",
        verb="Delete",
        yes=lambda: done.append(1),
        typed="DELETE 18204",
    )
    qtbot.waitUntil(lambda: sheet.isVisible())
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert not sheet.primary.isEnabled()
    sheet.entry.setText("delete 18204")
    assert not sheet.primary.isEnabled()
    sheet.entry.setText("DELETE 18204 ")
    qtbot.mouseClick(sheet.primary, Qt.MouseButton.LeftButton)
    assert done == [1]
    plain = Confirm(window, "Refund?", "¥20", verb="Refund")
    plain.open()
    qtbot.waitUntil(lambda: plain.focusWidget() is plain.cancel)
    plain.reject()


def test_the_crash_window_copies_details(qtbot: QtBot, window: QWidget) -> None:
    """Details can be copied, and a second crash replaces the first window."""
    first = say.crash(ValueError("secret"), window)
    second = say.crash(KeyError("secret"), window)
    assert first.closed
    copy = next(button for button in second.findChildren(Button) if button.text() == "Copy details")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "KeyError" in QApplication.clipboard().text()
    assert "secret" not in QApplication.clipboard().text()
    second.reject()


def test_the_ring_follows_the_keyboard_only(qtbot: QtBot, window: QWidget) -> None:
    """Tab shows the ring around the control, a click does not, moving takes it along."""
    button = secondary("Ship")
    button.setParent(window)
    button.move(100, 100)
    button.show()
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    assert window.findChild(FocusRing) is None
    button.clearFocus()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    ring = window.findChild(FocusRing)
    assert ring is not None
    assert ring.isVisible()
    assert ring.pos() == QPoint(96, 96)
    button.move(200, 100)
    assert ring.pos() == QPoint(196, 96)
    button.clearFocus()
    assert not ring.isVisible()


def test_single_letters_wait_while_typing(qtbot: QtBot, window: QWidget) -> None:
    """N acts on the page and types in a field; hidden pages do not listen; ? lists what works."""
    done: list[str] = []
    page, field = QWidget(window), TextInput(parent=window)
    page.show()
    field.show()
    shortcuts.on(page, "N", lambda: done.append("new"), "New order")
    window.activateWindow()
    page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_N)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_N)
    assert done == ["new"]
    assert field.text() == "n"
    assert ("N", "New order") in shortcuts.seen(window)
    page.hide()
    assert shortcuts.seen(window) == []


def test_charts_show_the_same_numbers_as_a_table(qtbot: QtBot, window: QWidget) -> None:
    """Arrow keys walk the tips, the menu's table holds every number, text tells a summary."""
    chart = DailyBars()
    card = ChartCard("Daily orders", chart)
    card.setParent(window)
    card.resize(700, 300)
    chart.show_days(
        [DayBar("11/8", "8 Nov", (64, 38)), DayBar("11/9", "9 Nov", (52, 31))],
        [("Store", "c1"), ("Online", "c1_soft")],
    )
    card.refresh_legend()
    card.show()
    qtbot.waitUntil(lambda: chart._plot is not None)
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.hovered == 1
    assert "Store 52" in chart.accessibleName()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.hovered == 0
    assert chart._tip.isVisible()
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert not chart._tip.isVisible()
    sheet = card.show_data()
    assert [sheet.table.item(1, column).text() for column in range(4)] == ["9 Nov", "52", "31", "83"]
    assert "2 values" in chart.accessibleDescription()
    sheet.reject()
    line = MonthLine(window)
    line.resize(500, 240)
    line.show_months(
        [MonthPoint("Oct", 10, None), MonthPoint("Nov", 12, 9, "Nov 12", projected=True)],
        ("This year", "Last year"),
    )
    line.show()
    assert line.table[1][0] == ["Oct", "10", "—"]
    assert not line.grab().isNull()
    line.show_months([], ("This year", "Last year"))
    assert not line.grab().isNull()


@pytest.mark.parametrize(
    ("highest", "last"), [(141, 160), (22, 25), (57, 60), (0, 1), (1, 1), (6, 6), (101, 120)]
)
def test_axis_steps_are_round(highest: int, last: int) -> None:
    """At most five steps, round numbers, reaching over the highest value."""
    found = steps(highest)
    assert found[-1] >= max(1, highest)
    assert len(found) <= 6
    if last != 101:
        assert found[-1] == last


def test_pictures_take_images_and_survive_rubbish(qtbot: QtBot) -> None:
    """Every motif paints; bytes that are no image leave the motif."""
    picture = ProductPicture("jar", 64)
    qtbot.addWidget(picture)
    motif = picture.grab().toImage()
    assert not picture.show_image(b"not an image")
    assert picture.grab().toImage() == motif
    for key in [*keys(), "unknown"]:
        picture.show_key(key)
        assert not picture.grab().isNull()
    png = Path(__file__).parent / "nothing.png"
    assert not png.exists()


def test_long_words_are_cut_not_spilled(app: QApplication) -> None:
    """Whatever the width, the text drawn fits it."""
    for width in (20, 57, 140):
        assert text_width("small", elide("small", "柚子蜂蜜茶 500g 家庭装 very long", width)) <= width + 0.5


def test_printing_makes_pages(app: QApplication, tmp_path: Path) -> None:
    """120 lines of A4 are several pages; a receipt is one; a missing printer is said, not crashed."""
    lines = [printing.PrintLine(f"1121-{n:04} 柚子蜂蜜茶", "36.40") for n in range(120)]
    assert printing.to_pdf(lines, tmp_path / "list.pdf") >= 2
    assert (
        printing.to_pdf(
            [*lines[:20], printing.PrintLine(rule=True)], tmp_path / "receipt.pdf", printing.RECEIPT_80
        )
        == 1
    )
    assert (tmp_path / "list.pdf").stat().st_size > 2000
    long = printing.wrapped([printing.PrintLine("长" * 200, "1.00")], printing.RECEIPT_58)
    assert len(long) > 3
    assert "".join(line.left for line in long) == "长" * 200
    with pytest.raises(ShopError):
        printing.to_printer(lines, "no such printer")


def test_habits_survive_a_broken_file(tmp_path: Path, app: QApplication, logs: object) -> None:
    """An unreadable file starts afresh; what is put comes back."""
    file = tmp_path / "habits.json"
    file.write_text("{broken", "utf-8")
    logs.allow("habits not read")  # type: ignore[attr-defined]
    remember.use(file)
    assert remember.get("theme", "light") == "light"
    remember.put("theme", "dark")
    remember.use(file)
    assert remember.get("theme") == "dark"
    remember.use(tmp_path / "other.json")
    assert remember.get("theme") is None


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_cut_text_tells_itself_whole(qtbot: QtBot, window: QWidget) -> None:
    """Hovering a shortened label shows all of it; one that fits shows nothing."""
    long, short = Label("a rather long name of a product", parent=window), Label("tea", parent=window)
    for label, width in ((short, 200), (long, 60)):  # a tip fades for a moment
        label.resize(width, 22)
        label.show()
        spot = QPoint(5, 5)
        QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, spot, label.mapToGlobal(spot)))
        assert QToolTip.text() == (label.text() if label is long else "")
        QToolTip.hideText()
        qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_no_button_of_a_sheet_lies_below_the_screen(qtbot: QtBot, window: QWidget) -> None:
    """A tall sheet scrolls its body, also when an error makes it tall; the typed field keeps the keyboard."""
    screen = window.screen().availableGeometry()
    fields = [Field(f"field {number}", TextInput()) for number in range(40)]
    low, tall = Sheet(window, "Low", verb="Go"), Sheet(window, "Tall", verb="Go")
    low.add(*fields[:2])
    tall.add(*fields[2:])
    for sheet in (low, tall):
        sheet.open()
        qtbot.waitUntil(sheet.isVisible)
    assert not low.findChildren(QScrollArea)  # control: what fits stays as it is
    assert tall.findChildren(QScrollArea)
    tall.show_error(ShopError(N_("Fill this in"), next_step="retry"))
    qtbot.waitUntil(lambda: tall.primary.mapToGlobal(tall.primary.rect().bottomLeft()).y() <= screen.bottom())
    assert tall.focusWidget() is tall.findChildren(TextInput)[0]
    low.body.addSpacing(screen.height())
    low.adjustSize()
    assert low.height() <= screen.height() + 48
    assert low.findChildren(QScrollArea)
