"""The sign-in page: user name and password, and how long to wait after too many wrong tries."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.views.common.buttons import link, primary
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.field import ErrorLine, Field, check_all
from desktop.views.common.inputs import SecretInput, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.shell.stage import Stage, centred

SAMPLE_USER, SAMPLE_PASSWORD = "wang", "zhanggui"  # said on the page itself; only the sample shop has them


class SampleNote(QWidget):
    """Says how to get into the sample shop, and does it in one click."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = vbox(self, margins=(16, 12, 16, 12), gap=4)
        column.addWidget(Label(words, "small_m", "info_fg", wrap=True))
        self.action = link(_("Sign in as the owner"))
        column.addWidget(self.action, alignment=Qt.AlignmentFlag.AlignLeft)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground of a hint."""
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 8, theme.color("info_bg"))


class SignInPage(Stage):
    """Asks who is there; `entered(user name, password)` leaves the check to the program."""

    entered = Signal(str, str)
    own_shop_wanted = Signal()

    def __init__(
        self, shop_name: str, branch: str, *, sample: bool, username: str = "", may_open_own: bool = False
    ) -> None:
        super().__init__(_("Sign in"), "first_day")
        self._left = 0
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._count_down)
        self.page.addStretch(2)
        box = QWidget()
        column = vbox(box, gap=6)
        column.addWidget(Label(shop_name or _("Sign in"), "display"))
        column.addWidget(Label(branch or _("Sign in to open the shop"), "body", "text2"))
        column.addSpacing(12)
        if sample:
            column.addWidget(self._sample_note())
            column.addSpacing(10)
        column.addWidget(self._form(username or (SAMPLE_USER if sample else "")))
        if may_open_own:
            own = link(_("Open your own shop"))
            own.clicked.connect(self.own_shop_wanted)
            column.addSpacing(6)
            column.addWidget(own)
        self.page.addWidget(centred(box, 440))
        self.page.addStretch(3)

    def _sample_note(self) -> QWidget:
        words = _("This is the sample shop. User {user}, password {password}.")
        self.sample = SampleNote(words.format(user=SAMPLE_USER, password=SAMPLE_PASSWORD))
        self.sample.action.clicked.connect(self.enter_sample)
        return self.sample

    def _form(self, username: str) -> QWidget:
        card = Card(margins=(20, 20, 20, 20), gap=14)
        self.user = TextInput(username, icon="user-line", longest=60, required=True)
        self.password = SecretInput()
        self.fields = [Field(_("User name"), self.user), Field(_("Password"), self.password)]
        self._error = ErrorLine()
        self.button = primary(_("Sign in"), key="Enter")
        self.button.clicked.connect(self.submit)
        for field in self.fields:
            card.body.addWidget(field)
        for control in (self.user, self.password):
            control.returnPressed.connect(self.submit)
        card.body.addWidget(self._error)
        row = hbox()
        row.addStretch(1)
        row.addWidget(self.button)
        card.body.addLayout(row)
        return card

    def start(self) -> None:
        """Put the keyboard where the person goes on."""
        (self.password if self.user.value() else self.user).setFocus()

    def enter_sample(self) -> None:
        """Sign in as the sample shop's owner."""
        self.user.setText(SAMPLE_USER)
        self.password.setText(SAMPLE_PASSWORD)
        self.submit()

    def submit(self) -> None:
        """Hand both over, unless the brake holds or something is missing."""
        if self._left or self.button.is_busy or not check_all(self.fields):
            return
        self._error.say("")
        self.button.busy(True)
        self.entered.emit(self.user.value(), self.password.value())

    def refused(self, error: ShopError) -> None:
        """Say why not; after too many tries count the seconds down."""
        self.button.busy(False)
        self._error.say(str(error))
        seconds = error.fields.get("seconds")
        if isinstance(seconds, int) and seconds > 0:
            self._left = seconds
            self.button.setEnabled(False)
            self._tick.start()
            self._say_left()
            return
        self.password.selectAll()
        self.password.setFocus()

    def _count_down(self) -> None:
        self._left -= 1
        self._say_left()

    def _say_left(self) -> None:
        if self._left > 0:
            text = _("Too many wrong tries. Wait {seconds} seconds, then try again.")
            self._error.say(text.format(seconds=self._left))
            return
        self._tick.stop()
        self._error.say("")
        self.button.setEnabled(True)
        self.password.setFocus()

    @property
    def waiting(self) -> int:
        """Seconds until the next try."""
        return self._left
