"""The blanks of a clause: one small field for each kind of figure a rule holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.rules.parameters import MINUTES_A_DAY, Parameter, clock_text
from desktop.views.common import icons
from desktop.views.common.cards import hbox
from desktop.views.common.inputs import Select, TextInput, mark_bad
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput, MoneyInput, NumberInput, QuantityInput
from desktop.views.common.paint import painting, text_width
from desktop.views.common.theme import theme
from desktop.views.rules.offers import Offers
from desktop.views.rules.picked import PickedField

UNITS = {1: N_("minutes"), 60: N_("hours"), MINUTES_A_DAY: N_("days")}
SETTING_UNITS = {"hours": N_("hours"), "days": N_("days")}
NUMBERS = ("number", "points", "minutes", "time", "money", "quantity")


class SettingMark(QWidget):
    """Says that a figure is a setting of the shop."""

    def __init__(self, label: str, may_set: bool) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        text = _("“{label}” is a setting of the shop: changed here, it changes everywhere.")
        if not may_set:
            text = _("“{label}” is a setting of the shop. Your role may not change settings.")
        self.setToolTip(text.format(label=label))
        self.setAccessibleName(self.toolTip())

    def sizeHint(self) -> QSize:
        return QSize(theme.px(16), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            icons.draw(painter, QRectF(self.rect()), "settings-3-line", "text3", theme.px(13))


class Blank(QWidget):
    """One blank: `changed` with each keystroke; `value()` is what a rule holds, or the text as typed when it is none."""

    changed = Signal()

    def __init__(self, parameter: Parameter, offers: Offers) -> None:
        super().__init__()
        self.parameter, self.offers = parameter, offers
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.row = hbox(self, gap=6)
        self.field: QWidget = self._make()
        self.field.setAccessibleName(_(parameter.label))
        self.row.addWidget(self.field)
        self.setFocusProxy(self.field)
        spec = parameter.setting
        if spec is not None:
            if spec.unit in SETTING_UNITS:
                self.row.addWidget(Label(_(SETTING_UNITS[spec.unit]), "small"))
            if not offers.may_set:
                self.setEnabled(False)
        self._more()
        if spec is not None:
            self.row.addWidget(SettingMark(_(spec.label), offers.may_set))

    def _make(self) -> QWidget:
        raise NotImplementedError

    def _more(self) -> None:
        """Put further fields behind the first."""

    def value(self) -> Any:
        """What the rule holds; text that is no number stays text."""
        raise NotImplementedError

    def put(self, value: Any) -> None:
        """Show a value without telling."""
        raise NotImplementedError

    def problem(self) -> str:
        """What is wrong with it, or nothing."""
        try:
            self._check()
        except ShopError as error:
            return str(error)
        return ""

    def _check(self) -> None:
        value = self.value()
        spec = self.parameter.setting
        if spec is not None and type(value) is not type(spec.default):
            plain = Parameter(self.parameter.key, self.parameter.kind, spec.label, spec.default)
            plain.check(value)
        self.parameter.check(value)

    def mark(self, bad: bool) -> None:
        """Give the field the red edge of an error, or take it away."""
        mark_bad(self.field, bad)


def _inline(field: QLineEdit, width: int) -> None:
    field.setProperty("inline", True)
    field.setFixedWidth(theme.px(width))


class InlineSelect(Select):
    """A choice as wide as what is chosen, so that a sentence reads on."""

    def __init__(self, options: Sequence[tuple[Any, str]], value: Any = None) -> None:
        super().__init__(options, value)
        self.setProperty("inline", True)
        self.currentIndexChanged.connect(self._fit)
        theme.changed.connect(self._fit)
        widest = max((text_width("small", words) for _value, words in options), default=0)
        self.view().setMinimumWidth(min(theme.px(360), round(widest) + theme.px(40)))
        self._fit()

    def _fit(self) -> None:
        width = text_width("small", self.currentText()) + theme.px(44)
        self.setFixedWidth(min(theme.px(240), max(theme.px(64), round(width))))


class NumberBlank(Blank):
    """A whole number; with a parameter that has no default it may stay empty."""

    def _make(self) -> QWidget:
        self.input: NumberInput = IntegerInput(None, least=None)
        wide = 72 if self.parameter.kind == "points" or self.parameter.high > 10_000 else 52
        _inline(self.input, 52 if self.parameter.setting else wide)
        self.input.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.input.textChanged.connect(lambda _text: self.changed.emit())
        return self.input

    @property
    def optional(self) -> bool:
        """Whether nothing is an answer too."""
        return self.parameter.default is None and self.parameter.setting is None

    def value(self) -> Any:
        try:
            number = self.input.number()
        except ShopError:
            return self.input.value()
        return number if number is not None or self.optional else ""

    def put(self, value: Any) -> None:
        blocked = self.input.blockSignals(True)
        if isinstance(value, int) or value is None:
            self.input.put(value)
        else:
            self.input.setText(str(value))
        self.input.blockSignals(blocked)

    def _check(self) -> None:
        if self.optional and self.value() is None:
            return
        super()._check()


class MoneyBlank(NumberBlank):
    """An amount in minor units."""

    def _make(self) -> QWidget:
        self.input = MoneyInput(self.offers.currency, least=None, required=True)
        _inline(self.input, 112)
        self.input.textChanged.connect(lambda _text: self.changed.emit())
        return self.input

    def problem(self) -> str:
        return self.input.problem() or super().problem()


class QuantityBlank(NumberBlank):
    """A quantity in thousandths."""

    def _make(self) -> QWidget:
        self.input = QuantityInput(least=None, required=True)
        _inline(self.input, 72)
        self.input.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.input.textChanged.connect(lambda _text: self.changed.emit())
        return self.input

    def problem(self) -> str:
        return self.input.problem() or super().problem()


class MinutesBlank(NumberBlank):
    """A number of minutes, hours or days; the unit is chosen beside it."""

    def _more(self) -> None:
        self.unit = InlineSelect([(size, _(words)) for size, words in UNITS.items()], self.parameter.unit)
        self.unit.setAccessibleName(_("Unit of “{label}”").format(label=_(self.parameter.label)))
        self.unit.picked.connect(lambda _size: self.changed.emit())
        self.row.addWidget(self.unit)

    def value(self) -> Any:
        number = super().value()
        return number * self.unit.value() if isinstance(number, int) else number

    def put(self, value: Any) -> None:
        if isinstance(value, int) and value:
            sizes = [size for size in UNITS if value % size == 0 and (size < MINUTES_A_DAY or value > 4320)]
            self.unit.set_value(max(sizes))
            value //= self.unit.value()
        super().put(value)


def read_time(text: str) -> int:
    """Minutes of the day behind `7:30`, `07：30` or `0730`. Raises `ShopError`."""
    cleaned = unicodedata.normalize("NFKC", text).strip()
    found = re.fullmatch(r"(\d{1,2}):?(\d{2})", cleaned) if cleaned.isascii() else None
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ShopError(N_("“{text}” is no time of day. Type it like 07:30."), text=cleaned[:40])
    return int(found[1]) * 60 + int(found[2])


class TimeBlank(NumberBlank):
    """A time of day."""

    def _make(self) -> QWidget:
        self.input = NumberInput(read_time, clock_text, required=True)
        _inline(self.input, 64)
        self.input.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.input.textChanged.connect(lambda _text: self.changed.emit())
        return self.input

    def problem(self) -> str:
        return self.input.problem() or super().problem()


class TextBlank(Blank):
    """A few words."""

    def _make(self) -> QWidget:
        self.input = TextInput(longest=60)
        _inline(self.input, 240 if self.parameter.only_with else 140)
        self.input.textChanged.connect(lambda _text: self.changed.emit())
        return self.input

    def value(self) -> Any:
        return self.input.value()

    def put(self, value: Any) -> None:
        blocked = self.input.blockSignals(True)
        self.input.setText(str(value))
        self.input.setCursorPosition(0)
        self.input.blockSignals(blocked)


class ChoiceBlank(Blank):
    """One of a few, or one of the shop's messages."""

    def _make(self) -> QWidget:
        parameter = self.parameter
        options = [(key, _(words)) for key, words in parameter.options.items()]
        if parameter.kind == "templates":
            options = self.offers.options("templates")
        self.select = InlineSelect(options)
        self.select.picked.connect(lambda _value: self.changed.emit())
        return self.select

    def value(self) -> Any:
        return self.select.value()

    def put(self, value: Any) -> None:
        if self.parameter.kind == "templates":  # one that does not fit is shown all the same
            options, name = self.offers.options("templates"), self.offers.names.get(("templates", value))
            if name is not None and value not in dict(options):
                self.select.set_options([*options, (value, name)])
        self.select.set_value(value)


class PickedBlank(Blank):
    """Several of a list: chips, and a list to tick them in."""

    def _make(self) -> QWidget:
        self.picked = PickedField(self.parameter, self.offers)
        self.picked.changed.connect(self.changed)
        return self.picked

    def value(self) -> Any:
        return list(self.picked.values)

    def put(self, value: Any) -> None:
        self.picked.show_values(value)

    def problem(self) -> str:
        gone = self.picked.gone()
        if gone and self.picked.values:
            return _("{count} of what this rule names no longer exist. Take them off or choose anew.").format(
                count=len(gone)
            )
        return super().problem()

    def mark(self, bad: bool) -> None:
        self.picked.mark(bad)


KINDS: dict[str, Callable[[Parameter, Offers], Blank]] = {
    "number": NumberBlank,
    "points": NumberBlank,
    "minutes": MinutesBlank,
    "time": TimeBlank,
    "money": MoneyBlank,
    "quantity": QuantityBlank,
    "text": TextBlank,
    "choice": ChoiceBlank,
    "templates": ChoiceBlank,
}


def make_blank(parameter: Parameter, offers: Offers, value: Any) -> Blank:
    """The field for this kind of figure, showing a value."""
    blank = KINDS.get(parameter.kind, PickedBlank)(parameter, offers)
    blank.put(value)
    return blank
