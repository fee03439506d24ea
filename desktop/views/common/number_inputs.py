"""Fields for money, quantities, percents and whole numbers: integers in, integers out, never a float."""

import unicodedata
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.money import SYMBOLS, Money, parse_quantity, quantity_text
from desktop.basics.words import percent_text
from desktop.views.common.buttons import Button
from desktop.views.common.cards import hbox
from desktop.views.common.inputs import TextInput
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme


class NumberInput(TextInput):
    """A field whose text is read into an integer of some small unit; limits are in that unit."""

    def __init__(
        self,
        read: Callable[[str], int],
        write: Callable[[int], str],
        *,
        value: int | None = None,
        least: int | None = None,
        most: int | None = None,
        unit: str = "",
        hint: str = "",
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(hint=hint, unit=unit, longest=40, required=required, parent=parent)
        self._read, self._write = read, write
        self.least, self.most = least, most
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.put(value)

    def number(self) -> int | None:
        """Return the integer, None when empty. Raises `ShopError` for text that is no number or out of limits."""
        text = self.value()
        if not text:
            if self.required:
                raise ShopError(N_("Fill this in"))
            return None
        found = self._read(text)
        if self.least is not None and found < self.least:
            raise ShopError(N_("At least {limit}"), limit=self._write(self.least))
        if self.most is not None and found > self.most:
            raise ShopError(N_("At most {limit}"), limit=self._write(self.most))
        return found

    def put(self, value: int | None) -> None:
        """Show an integer, or nothing."""
        self.setText("" if value is None else self._write(value))

    def problem(self) -> str:
        """Return the sentence of what is wrong, or nothing."""
        try:
            self.number()
        except ShopError as error:
            return str(error)
        return ""


def _read_integer(text: str) -> int:
    cleaned = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace(",", "")
    digits = cleaned.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise ShopError(N_("“{text}” is not a whole number"), text=text.strip()[:40])
    if len(digits) > 15:
        raise ShopError(N_("“{text}” is too large"), text=text.strip()[:40])
    return int(cleaned)


def _write_integer(value: int) -> str:
    return str(value).replace("-", "−")


def _read_clock(text: str) -> int:
    cleaned = unicodedata.normalize("NFKC", text).strip().replace(".", ":")
    hours, _colon, minutes = cleaned.partition(":")
    if not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (hours, minutes or "0")):
        raise ShopError(N_("“{text}” is not a time of day, type it like 6:00"), text=text.strip()[:40])
    if int(minutes or 0) > 59:
        raise ShopError(N_("“{text}” is not a time of day, type it like 6:00"), text=text.strip()[:40])
    return int(hours) * 60 + int(minutes or 0)


def _write_clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _read_percent(text: str) -> int:
    cleaned = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
    try:
        thousandths = parse_quantity(cleaned)
    except ShopError:
        raise ShopError(N_("“{text}” is not a percentage"), text=text.strip()[:40]) from None
    if thousandths % 10:
        raise ShopError(N_("A percentage has at most 2 digits after the point"))
    return thousandths // 10


def _write_percent(basis_points: int) -> str:
    if basis_points % 10 == 0:
        return percent_text(basis_points).removesuffix("%")
    return quantity_text(basis_points * 10)


class IntegerInput(NumberInput):
    """A whole number."""

    def __init__(
        self,
        value: int | None = None,
        *,
        least: int | None = 0,
        most: int | None = None,
        unit: str = "",
        hint: str = "",
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _read_integer,
            _write_integer,
            value=value,
            least=least,
            most=most,
            unit=unit,
            hint=hint,
            required=required,
            parent=parent,
        )


class TimeInput(NumberInput):
    """A time of day in minutes since midnight; 24:00 is its end."""

    def __init__(
        self,
        minute: int | None = None,
        *,
        least: int | None = 0,
        most: int | None = 24 * 60,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _read_clock, _write_clock, value=minute, least=least, most=most, hint="06:00", required=required,
            parent=parent,
        )  # fmt: skip


class PercentInput(NumberInput):
    """A percentage, read as basis points (12.5 % = 1250)."""

    def __init__(
        self,
        basis_points: int | None = None,
        *,
        least: int | None = 0,
        most: int | None = 10_000,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _read_percent,
            _write_percent,
            value=basis_points,
            least=least,
            most=most,
            unit="%",
            required=required,
            parent=parent,
        )

    def basis_points(self) -> int | None:
        """Return basis points, None when empty. Raises `ShopError`."""
        return self.number()


class QuantityInput(NumberInput):
    """A quantity of goods, read as thousandths."""

    def __init__(
        self,
        milli: int | None = None,
        *,
        least: int | None = 0,
        most: int | None = None,
        unit: str = "",
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            parse_quantity,
            quantity_text,
            value=milli,
            least=least,
            most=most,
            unit=unit,
            required=required,
            parent=parent,
        )

    def milli(self) -> int | None:
        """Return thousandths, None when empty. Raises `ShopError`."""
        return self.number()


class MoneyInput(NumberInput):
    """An amount of one currency, read as minor units."""

    def __init__(
        self,
        currency: str = "CNY",
        minor: int | None = None,
        *,
        least: int | None = 0,
        most: int | None = None,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self.currency = currency
        super().__init__(
            self._parse,
            self._text,
            value=minor,
            least=least,
            most=most,
            unit=SYMBOLS.get(currency, currency),
            required=required,
            parent=parent,
        )

    def _parse(self, text: str) -> int:
        return Money.parse(text, self.currency).amount

    def _text(self, minor: int) -> str:
        return Money(minor, self.currency).plain()

    def use_currency(self, currency: str) -> None:
        """Read and write this currency from now on, named by its code; what was typed stays as it stands."""
        self.currency = self.unit = currency
        self._make_room()
        self.update()

    def minor(self) -> int | None:
        """Return minor units, None when empty. Raises `ShopError`."""
        return self.number()

    def money(self) -> Money | None:
        """Return the amount, None when empty. Raises `ShopError`."""
        found = self.number()
        return None if found is None else Money(found, self.currency)

    def set_money(self, money: Money | None) -> None:
        """Show an amount, or nothing."""
        self.put(None if money is None else money.amount)


class Stepper(QWidget):
    """− number + ; a quantity in thousandths that steps by whole units."""

    changed = Signal(int)

    def __init__(
        self,
        milli: int = 1000,
        *,
        least: int = 0,
        most: int = 10**9,
        step: int = 1000,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._least, self._most, self._step, self._value = least, most, step, milli
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = hbox(self, margins=(1, 1, 1, 1), gap=0)
        self._less = Button("", "plain", "subtract-line", size=26, tip=_("Less"))
        self._more = Button("", "plain", "add-line", size=26, tip=_("More"))
        self._field = TextInput(longest=12)
        self._field.setProperty("bare", True)
        self._field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._field.setAccessibleName(name)
        for widget in (self._less, self._field, self._more):
            row.addWidget(widget)
        self._less.clicked.connect(self._down)
        self._more.clicked.connect(self._up)
        self._field.editingFinished.connect(self._typed)
        self._field.installEventFilter(self)
        self.put(milli)

    def milli(self) -> int:
        """Return the quantity in thousandths."""
        return self._value

    def typing(self) -> bool:
        """Whether somebody is in the middle of a number."""
        return self._field.hasFocus() and self._field.isModified()

    def set_step(self, milli: int) -> None:
        """Go by so much with each press of + and −."""
        self._step = milli

    def put(self, milli: int) -> None:
        """Show a quantity without telling."""
        self._value = max(self._least, min(self._most, milli))
        self._field.setText(quantity_text(self._value))
        self._less.setEnabled(self._value > self._least)
        self._more.setEnabled(self._value < self._most)

    def _go(self, milli: int) -> None:
        before = self._value
        self.put(milli)
        if self._value != before:
            self.changed.emit(self._value)

    def _down(self) -> None:
        self._go(self._value - self._step)

    def _up(self) -> None:
        self._go(self._value + self._step)

    def _typed(self) -> None:
        try:
            self._go(parse_quantity(self._field.text()))
        except ShopError:
            self.put(self._value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Up:
            self._up()
        elif event.key() == Qt.Key.Key_Down:
            self._down()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw the whole edge anew when the keyboard comes or goes."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def sizeHint(self) -> QSize:
        return QSize(theme.px(88), theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        focused = self._field.hasFocus()
        edge = theme.color("focus" if focused else "border_strong")
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 8, theme.color("surface"), edge, 2 if focused else 1)
