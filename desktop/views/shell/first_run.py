"""The first start: look at the sample shop, or open your own."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import CURRENCIES, SYMBOLS
from desktop.views.common import icons
from desktop.views.common.buttons import plain, primary
from desktop.views.common.cards import Card, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.empty import EmptyState
from desktop.views.common.field import ErrorLine, Field, check_all
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.inputs import SecretInput, Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.shell.receipt_preview import ReceiptPreview
from desktop.views.shell.stage import Stage, centred

SHORTEST_PASSWORD = 8


@dataclass(frozen=True)
class OwnShop:
    """What the owner typed."""

    name: str
    currency: str
    owner: str
    username: str
    password: str


class ChoiceCard(QWidget):
    """A large card to press: icon, title, what one gets."""

    pressed = Signal()

    def __init__(self, icon: str, title: str, lines: list[str], verb: str, *, strong: bool) -> None:
        super().__init__()
        self._hover = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.setAccessibleDescription(" ".join(lines))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = vbox(self, margins=(24, 24, 24, 22), gap=8)
        column.addWidget(IconTile(icon, "primary" if strong else "neutral", 44))
        column.addSpacing(6)
        column.addWidget(Label(title, "h2"))
        for line in lines:
            row = hbox(gap=8)
            row.addWidget(_Check(), alignment=Qt.AlignmentFlag.AlignTop)
            row.addWidget(Label(line, "small", "text2", wrap=True), 1)
            column.addLayout(row)
        column.addStretch(1)
        column.addSpacing(8)
        self.button = primary(verb, size=38) if strong else plain(verb, "arrow-right-line", size=38)
        if not strong:
            self.button.set_kind("secondary")
        self.button.clicked.connect(self.pressed)
        column.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)

    def sizeHint(self) -> QSize:
        """Roomy."""
        return QSize(theme.px(340), max(super().sizeHint().height(), theme.px(300)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The whole card is the button."""
        if self.rect().contains(event.position().toPoint()) and not self.button.is_busy:
            self.button.click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space press it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.button.click()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        with painting(self) as painter:
            area = QRectF(self.rect())
            box(painter, area, 12, theme.color("border_strong" if theme.mode == "light" else "border"))
            box(painter, area.adjusted(0, 0, 0, -1), 12, theme.color("surface"), theme.color("border"))


class _Check(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(16), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            icons.draw(painter, QRectF(self.rect()), "check-line", "primary", theme.px(15))


class FirstRunPage(Stage):
    """Two steps: choose, then (for an own shop) name, currency, owner and password."""

    sample_wanted = Signal()
    own_wanted = Signal(object)
    left = Signal()

    def __init__(self, *, only_own: bool = False, may_leave: bool = False) -> None:
        super().__init__(_("First start"), "first_day")
        self._only_own, self._may_leave = only_own, may_leave
        self.fields: list[Field] = []
        if only_own:
            self.show_own()
        else:
            self.show_choice()

    # Step 1

    def show_choice(self) -> None:
        """Show the two ways to begin."""
        clear(self.page)
        self.show_steps(
            [
                (_("Choose how to begin"), _("now"), "now"),
                (_("Shop and password"), _("about 1 minute"), "later"),
            ]
        )
        self._title(
            _("Step 1 of 2"),
            _("How would you like to begin?"),
            _("Both can be done: one does not touch the other."),
        )
        self._make_choices()
        row = hbox(gap=16)
        row.addWidget(self.sample, 1)
        row.addWidget(self.own, 1)
        holder = QWidget()
        holder.setMaximumWidth(theme.px(860))
        holder.setLayout(row)
        self.page.addWidget(holder)
        self.page.addStretch(1)
        self.sample.setFocus()

    def _make_choices(self) -> None:
        lines = [
            _("A grocery with goods, members, orders and a year of figures"),
            _("Everything works: sell, refund, import, print"),
            _("Nothing in it is real; it can be thrown away"),
        ]
        title, verb = _("Look at the sample shop"), _("Open the sample shop")
        self.sample = ChoiceCard("seedling-line", title, lines, verb, strong=True)
        self.sample.pressed.connect(self._choose_sample)
        lines = [
            _("Asks for name, currency, and the owner’s password"),
            _("Goods and orders come in from CSV files, by command"),
            _("The data stays on this computer"),
        ]
        title, verb = _("Open your own shop"), _("Set up your own shop")
        self.own = ChoiceCard("store-2-line", title, lines, verb, strong=False)
        self.own.pressed.connect(self.show_own)

    def _choose_sample(self) -> None:
        self.show_making(_("Making the sample shop"))
        self.sample_wanted.emit()

    def _title(self, step: str, title: str, hint: str) -> None:
        self.page.addWidget(Label(step, "small_b", "primary_text"))
        self.page.addWidget(Label(title, "display"))
        self.page.addSpacing(4)
        self.page.addWidget(Label(hint, "body", "text2"))
        self.page.addSpacing(22)

    # Step 2

    def show_own(self) -> None:
        """Ask for what an own shop needs."""
        clear(self.page)
        self.show_steps(
            [
                (_("Choose how to begin"), _("Open your own shop"), "past"),
                (_("Shop and password"), _("now"), "now"),
            ]
        )
        self._title(_("Step 2 of 2"), _("Open your own shop"), _("Five answers, then the shop is ready."))
        row = hbox(gap=40)
        left = vbox(gap=0)
        left.addWidget(self._form())
        left.addStretch(1)
        row.addLayout(left, 2)
        right = vbox(gap=4)
        right.addWidget(Label(_("Preview: a receipt"), "small_b"))
        right.addWidget(Label(_("What is typed at left shows here at once"), "cap", "text2"))
        right.addSpacing(8)
        self.preview = ReceiptPreview()
        right.addWidget(self.preview)
        right.addStretch(1)
        row.addLayout(right, 1)
        holder = QWidget()
        holder.setMaximumWidth(theme.px(1060))
        holder.setLayout(row)
        self.page.addWidget(holder)
        self.page.addStretch(1)
        self.page.addWidget(self._buttons())
        self._preview()
        self.name.setFocus()

    def _form(self) -> QWidget:
        card = Card(margins=(20, 20, 20, 20), gap=14)
        self.name = TextInput(hint=_("Such as: Green Field Grocery"), longest=60, required=True)
        currencies = [(code, f"{code} {SYMBOLS.get(code, '')}".strip()) for code in CURRENCIES]
        self.currency = Select(currencies, "CNY")
        self.owner = TextInput(longest=60, required=True)
        self.username = _UserName()
        self.password = _NewPassword()
        self.again = SecretInput()
        self.fields = [
            Field(_("Shop name"), self.name, _("Stands on receipts and on the members’ phones")),
            Field(
                _("Currency"),
                self.currency,
                _("Prices and receipts are in it; can’t be changed after the first sale"),
            ),
            Field(_("Owner’s name"), self.owner),
            Field(_("User name for signing in"), self.username, _("Letters and digits, such as wang")),
            Field(
                _("Password"), self.password, _("At least {count} characters").format(count=SHORTEST_PASSWORD)
            ),
            Field(_("Password again"), self.again),
        ]
        for field in self.fields[:2]:
            card.body.addWidget(field)
        card.body.addWidget(Divider())
        for pair in (self.fields[2:4], self.fields[4:6]):
            line = hbox(gap=16)
            for field in pair:
                line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
            card.body.addLayout(line)
        self._error = ErrorLine()
        card.body.addWidget(self._error)
        for control in (self.name, self.owner):
            control.textChanged.connect(self._preview)
        for control in (self.name, self.owner, self.username, self.password, self.again):
            control.returnPressed.connect(self.submit)
        self.currency.picked.connect(self._preview)
        return card

    def _buttons(self) -> QWidget:
        holder = QWidget()
        column = vbox(holder, gap=14)
        column.addWidget(Divider(token="border"))
        row = hbox(gap=12)
        if not self._only_own:
            back = plain(_("Back"), "arrow-left-line", size=38)
            back.set_kind("secondary")
            back.clicked.connect(self.show_choice)
            row.addWidget(back)
        elif self._may_leave:
            back = plain(_("Back"), "arrow-left-line", size=38)
            back.set_kind("secondary")
            back.clicked.connect(self.left)
            row.addWidget(back)
        row.addStretch(1)
        self.button = primary(_("Open the shop"), key="Enter", size=38)
        self.button.clicked.connect(self.submit)
        row.addWidget(self.button)
        column.addLayout(row)
        return holder

    def _preview(self, *_unused: object) -> None:
        self.preview.show_shop(
            self.name.value() or _("Shop name"), self.currency.value() or "CNY", self.owner.value()
        )

    def submit(self) -> None:
        """Check every field and hand the answers over."""
        if self.button.is_busy or not check_all(self.fields):
            return
        if self.again.value() != self.password.value():
            self.fields[-1].error(_("The two passwords differ"))
            self.again.setFocus()
            return
        self._error.say("")
        self.button.busy(True)
        self.own_wanted.emit(
            OwnShop(
                self.name.value(),
                self.currency.value(),
                self.owner.value(),
                self.username.value().lower(),
                self.password.value(),
            )
        )

    def refused(self, error: ShopError) -> None:
        """Say why the shop was not opened; everything typed stays."""
        if self.fields and self.button is not None:
            self.button.busy(False)
            self._error.say(str(error))
        else:
            self.show_choice()

    # While the sample is made

    def show_making(self, words: str) -> None:
        """Show a bar while the sample shop is made."""
        clear(self.page)
        self.fields = []
        self.page.addStretch(2)
        card = Card(margins=(20, 18, 20, 12))
        row = hbox(gap=12)
        row.addWidget(IconTile("seedling-line", "primary", 34))
        row.addWidget(TwoLines(words, _("This takes a few seconds"), style="h3"), 1)
        card.body.addLayout(row)
        card.body.addSpacing(14)
        bar = QProgressBar()
        bar.setTextVisible(False)
        bar.setRange(0, 0)
        bar.setAccessibleName(words)
        card.body.addWidget(bar)
        card.body.addSpacing(8)
        self.page.addWidget(centred(card, 480))
        self.page.addStretch(3)

    def show_failed(self, sentence: str) -> None:
        """Say why the sample shop could not be made, and offer to go back."""
        clear(self.page)
        again = primary(_("Back"), "arrow-left-line")
        again.clicked.connect(self.show_choice)
        self.page.addWidget(
            EmptyState(_("The sample shop was not made"), sentence, why="nothing_found", primary=again)
        )


class _UserName(TextInput):
    def __init__(self) -> None:
        super().__init__(longest=40, required=True)

    def problem(self) -> str:
        """Letters, digits and . _ - only."""
        text = self.value()
        if text and not all(ch.isascii() and (ch.isalnum() or ch in "._-") for ch in text):
            return _("Only letters, digits and . _ -")
        return super().problem()


class _NewPassword(SecretInput):
    def problem(self) -> str:
        """Not too short."""
        if 0 < len(self.value()) < SHORTEST_PASSWORD:
            return _("A password needs at least {count} characters.").format(count=SHORTEST_PASSWORD)
        return super().problem()
