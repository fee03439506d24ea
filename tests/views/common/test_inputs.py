"""Fields read what people type and name what is wrong; choices tell values."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.basics.errors import ShopError
from desktop.basics.money import Money
from desktop.views.common.chips import Chip
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import SearchInput, Select, TextInput
from desktop.views.common.number_inputs import IntegerInput, MoneyInput, PercentInput, QuantityInput, Stepper
from desktop.views.common.segment import Segment
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.toggle import Toggle

pytestmark = pytest.mark.usefixtures("english")

MONEY = [
    ("12.5", 1250),
    ("１２．５０", 1250),
    ("¥1,234.50", 123450),
    ("0", 0),
    ("", None),
    ("999999999999", 99999999999900),
]


@pytest.mark.parametrize(("text", "minor"), MONEY)
def test_money_is_read_into_minor_units(qtbot: QtBot, text: str, minor: int | None) -> None:
    """Full-width digits, marks and the symbol are fine; nothing becomes a float."""
    field = MoneyInput()
    qtbot.addWidget(field)
    field.setText(text)
    assert field.minor() == minor
    assert field.money() == (None if minor is None else Money(minor, "CNY"))
    assert field.problem() == ""


@pytest.mark.parametrize("text", ["abc", "1.234", "-1", "1e5", "9" * 30, "１２..5", "<b>1</b>"])
def test_bad_money_is_named(qtbot: QtBot, text: str) -> None:
    """Letters, too many places, negative and huge amounts are refused with a sentence."""
    field = MoneyInput()
    qtbot.addWidget(field)
    field.setText(text)
    assert field.problem()
    with pytest.raises(ShopError):
        field.minor()


def test_other_numbers(qtbot: QtBot) -> None:
    """Percents are basis points, quantities thousandths, with limits worded in what is seen."""
    percent, quantity, whole = PercentInput(5050), QuantityInput(328), IntegerInput(7, least=1, most=99)
    for field in (percent, quantity, whole):
        qtbot.addWidget(field)
    assert percent.text() == "50.5"
    percent.setText("12.34%")
    assert percent.basis_points() == 1234
    percent.setText("12.345")
    assert percent.problem()
    percent.setText("101")
    assert percent.problem() == "At most 100"
    assert quantity.text() == "0.328"
    quantity.setText("１.５")
    assert quantity.milli() == 1500
    whole.setText("0")
    assert whole.problem() == "At least 1"
    for text in ("1.0", "9" * 20, "--1", "½"):
        whole.setText(text)
        assert whole.problem()


def test_a_field_complains_on_leaving_and_forgives_while_typing(qtbot: QtBot, window: QWidget) -> None:
    """The error stands under the field, the keyboard goes to the first wrong one."""
    amount, other = (
        Field("Amount", MoneyInput(required=True), "How much"),
        Field("Name", TextInput(required=True)),
    )
    for field in (amount, other):
        field.setParent(window)
        field.show()
    assert not check_all([amount, other])
    assert window.focusWidget() is amount.control
    assert amount.control.property("bad") is True
    assert not amount.help.isVisible()
    qtbot.keyClicks(amount.control, "5")
    assert amount.control.property("bad") is False
    assert amount.help.isVisible()
    qtbot.keyClicks(other.control, "x")
    assert check_all([amount, other])
    assert amount.control.accessibleName() == "Amount"


def test_leaving_a_field_keeps_an_error_told_by_others_about_what_stands_there(
    qtbot: QtBot, window: QWidget
) -> None:
    field = Field("Title", TextInput("{nothing} ships"))
    field.setParent(window)
    field.show()
    field.error("There is no field {nothing} here.")
    field.control.editingFinished.emit()
    assert field.control.property("bad") is True
    qtbot.keyClicks(field.control, "!")
    field.control.editingFinished.emit()
    assert field.control.property("bad") is False


def test_a_stepper_keeps_its_limits(qtbot: QtBot) -> None:
    """Buttons, keys and typing stay between least and most; bad text goes back."""
    stepper = Stepper(2000, least=1000, most=3000)
    qtbot.addWidget(stepper)
    heard: list[int] = []
    stepper.changed.connect(heard.append)
    qtbot.keyClick(stepper, Qt.Key.Key_Up)
    qtbot.keyClick(stepper, Qt.Key.Key_Up)
    stepper._field.setText("x")
    stepper._field.editingFinished.emit()
    assert (stepper.milli(), heard, stepper._field.text()) == (3000, [3000], "3")
    stepper._field.setText("99")
    stepper._field.editingFinished.emit()
    assert stepper.milli() == 3000


def test_search_tells_once_after_a_pause(qtbot: QtBot) -> None:
    """Typing quickly asks once, for the last word."""
    search = SearchInput("Search")
    qtbot.addWidget(search)
    heard: list[str] = []
    search.searched.connect(heard.append)
    qtbot.keyClicks(search, "milk ")
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["milk"]
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: heard == ["milk", ""])


def test_choices_tell_values(qtbot: QtBot) -> None:
    """Select, segment, tabs and chip work from the keyboard and speak in values."""
    select, segment, tabs = (
        Select([(1, "one"), (2, "two")], 2),
        Segment([("a", "A"), ("b", "B")]),
        Tabs([Tab("x", "X", 3), Tab("y", "Y")]),
    )
    chip, toggle = Chip("Time", "7 days"), Toggle("On")
    for widget in (select, segment, tabs, chip, toggle):
        qtbot.addWidget(widget)
        widget.show()
    assert select.value() == 2
    select.set_options([(3, "three")])
    assert select.value() == 3
    with qtbot.waitSignal(segment.picked) as picked:
        qtbot.keyClick(segment, Qt.Key.Key_Right)
    assert picked.args == ["b"]
    with qtbot.waitSignal(tabs.picked) as picked:
        qtbot.keyClick(tabs, Qt.Key.Key_Right)
    assert picked.args == ["y"]
    with qtbot.waitSignal(chip.removed):
        qtbot.keyClick(chip, Qt.Key.Key_Delete)
    with qtbot.waitSignal(chip.clicked):
        qtbot.keyClick(chip, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(toggle.toggled):
        toggle.put(True)
    with qtbot.waitSignal(toggle.toggled):
        qtbot.keyClick(toggle, Qt.Key.Key_Space)


def test_tabs_stand_closer_where_words_are_long(qtbot: QtBot) -> None:
    """The last one is not cut while closer ones would fit; with room they stand as designed."""
    tabs = Tabs([Tab(key, f"View number {key}", key) for key in range(6)])
    qtbot.addWidget(tabs)
    tabs.resize(tabs.sizeHint())
    wide = tabs._boxes()[-1].right()
    tabs.resize(round(wide) - 50, tabs.height())
    assert tabs._boxes()[-1].right() <= tabs.width() + 1
    tabs.resize(60, tabs.height())
    boxes = tabs._boxes()
    assert all(after.left() - before.right() >= 9 for before, after in pairwise(boxes))  # never on each other
