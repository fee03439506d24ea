"""Cash counted by coin and note: typed, or touched on the number pad; every line adds up at once."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.basics.denominations import denominations
from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import LARGEST, Money, digits_of
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Divider, NestedCard, hbox, vbox
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput, MoneyInput, NumberInput
from desktop.views.common.theme import theme

MOST = 99_999
KEYS = ("7", "8", "9", "4", "5", "6", "1", "2", "3", "0", "00")


class CountGrid(QWidget):
    """Pieces of each coin and note, and the rest as a sum; `changed(total)` in minor units.

    `notes`: only what is at least one whole unit has a line, as banks take no coins of other countries.
    """

    changed = Signal(object)

    def __init__(self, currency: str, parent: QWidget | None = None, *, notes: bool = False) -> None:
        super().__init__(parent)
        self.currency, self.total = currency, 0
        least = 10 ** digits_of(currency) if notes else 0
        self.values = tuple(value for value in denominations(currency) if value >= least)
        self.inputs: list[NumberInput] = [IntegerInput(least=0, most=MOST) for _value in self.values]
        self.loose = MoneyInput(currency, least=0, most=LARGEST)
        self._sums = [Label("", "small", "text2", align="right") for _value in self.values]
        row = hbox(self, gap=20)
        row.addLayout(self._lines(), 1)
        row.addLayout(self._side())
        for entry in self._entries():
            entry.textChanged.connect(lambda _text: self._add_up())
            entry.installEventFilter(self)
        self._last: NumberInput = self.inputs[0]
        self._add_up()

    def _entries(self) -> list[NumberInput]:
        return [*self.inputs, self.loose]

    def _lines(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(10))
        grid.setVerticalSpacing(theme.px(6))
        for n, value in enumerate(self.values):
            name = str(Money(value, self.currency))
            self.inputs[n].setAccessibleName(_("Pieces of {note}").format(note=name))
            self.inputs[n].setFixedWidth(theme.px(84))
            self.inputs[n].setPlaceholderText("0")
            grid.addWidget(Label(name, "small_m", align="right"), n, 0)
            grid.addWidget(Label("×", "small", "text3"), n, 1)
            grid.addWidget(self.inputs[n], n, 2)
            grid.addWidget(self._sums[n], n, 3)
        last = len(self.values)
        self.loose.setAccessibleName(_("Everything else, as a sum"))
        grid.addWidget(Label(_("Else"), "small_m", align="right"), last, 0)
        grid.addWidget(self.loose, last, 2, 1, 2)
        grid.setColumnStretch(3, 1)
        return grid

    def _side(self) -> QVBoxLayout:
        column = vbox(gap=10)
        sum_card = NestedCard()
        sum_card.body.addWidget(Label(_("Counted together"), "cap", "text2"))
        self.shown = Label("", "number_s")
        sum_card.body.addWidget(self.shown)
        column.addWidget(sum_card)
        pad = QGridLayout()
        pad.setSpacing(theme.px(6))
        for n, key in enumerate(KEYS):
            button = secondary(key, size=34)
            button.clicked.connect(partial(self._press, key))
            pad.addWidget(self._touched(button), n // 3, n % 3)
        back = icon_button("delete-back-2-line", _("Take the last digit back"), framed=True)
        back.clicked.connect(lambda: self._now().backspace())
        pad.addWidget(self._touched(back), 3, 2)
        column.addLayout(pad)
        following = secondary(_("Next line"), "arrow-down-line", size=34)
        following.clicked.connect(lambda: self._go(1))
        column.addWidget(self._touched(following))
        column.addWidget(Divider())
        hint = _("Enter and the arrow keys go from line to line.")
        column.addWidget(Label(hint, "cap", "text3", wrap=True))
        column.addStretch(1)
        return column

    def _touched(self, button: QWidget) -> QWidget:
        """A key for fingers: wide, and the keyboard stays in the line."""
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setMinimumSize(theme.px(50), theme.px(40))
        return button

    # Typing

    def _now(self) -> NumberInput:
        return self._last

    def _press(self, key: str) -> None:
        entry = self._now()
        entry.setFocus()
        entry.insert(key)

    def _go(self, step: int) -> bool:
        entries = self._entries()
        place = entries.index(self._now()) + step
        if not 0 <= place < len(entries):
            return False
        self._last = entries[place]
        self._last.setFocus()
        self._last.selectAll()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and arrows move between lines; Enter in the last one presses the sheet’s verb."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, NumberInput):
            self._last = watched
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            down = event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                return False
            if down or event.key() == Qt.Key.Key_Up:
                return self._go(1 if down else -1)
        return False

    # Reading

    def _number(self, entry: NumberInput) -> int:
        try:
            return entry.number() or 0
        except ShopError:
            return 0

    def _add_up(self) -> None:
        self.total = self._number(self.loose)
        for value, entry, said in zip(self.values, self.inputs, self._sums, strict=True):
            worth = value * self._number(entry)
            self.total += worth
            said.setText(Money(worth, self.currency).plain() if worth else "")
        self.shown.setText(str(Money(self.total, self.currency)))
        self.changed.emit(self.total)

    def pieces(self) -> list[tuple[int, int]]:
        """What was counted, as (minor units, pieces); a sum typed as such counts in single minor units."""
        found = [(value, self._number(entry)) for value, entry in zip(self.values, self.inputs, strict=True)]
        return [(value, count) for value, count in (*found, (1, self._number(self.loose))) if count]

    def problem(self) -> str:
        """What is wrong with a line, or nothing; that line gets the keyboard."""
        for entry in self._entries():
            if sentence := entry.problem():
                entry.setFocus()
                return sentence
        return ""

    def clear(self) -> None:
        """Begin again."""
        for entry in self._entries():
            entry.setText("")
        self._last = self.inputs[0]
        self.begin()

    def begin(self) -> None:
        """Give the keyboard to the line that had it last."""
        self._last.setFocus()
