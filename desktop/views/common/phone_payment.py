"""A payment by phone inside a sheet: our code to scan, a field for the customer's own, and what is known of it."""

from collections.abc import Callable
from functools import partial
from io import BytesIO

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.pay_codes import route
from desktop.views.common.approve_sheet import TAKE, ask_manager
from desktop.views.common.cards import vbox
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.goods_scan import ScanField
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.common.wallet import Wallet, wallet_words

SIDE = 232
TABLES = {"payment_attempt"}


class PhonePayment(QWidget):
    """Begins and follows the payment of one subject; `paid()` is called once when its money is booked.

    `routed(method)` tells whose payment code was scanned; `changed` follows each look.
    """

    routed = Signal(str)
    changed = Signal()

    def __init__(self, context: Context, subject: str, paid: Callable[[], object]) -> None:
        super().__init__()
        self.known: tuple[str, ...] = ()  # whose codes may be scanned here
        self._context = context
        self._method = self._code = self._asked_code = ""
        self._next = ""  # whose code was scanned while ours was shown: ours is cancelled first
        self.wallet = Wallet(context.background, context.till_id, subject, self)
        self.wallet.changed.connect(self._show)
        self.wallet.paid.connect(lambda _view: paid())
        self.wallet.refused.connect(self._refused)
        column = vbox(self, gap=8)
        self.field = ScanField(hint=_("Scan the customer’s payment code"), icon="qr-scan-2-line", longest=32)
        self.field.setAccessibleName(_("Payment code of the customer"))
        self.field.scanned.connect(self._scanned)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.told = Label("", "h3", align="center")
        self.more = Label("", "small", "text2", wrap=True, align="center")
        self._trouble = ErrorLine()
        for part in (self.field, self.picture, self.told, self.more, self._trouble):
            column.addWidget(part)
        self.setFocusProxy(self.field)
        context.stale_when(self, TABLES, lambda _touched: self.wallet.look())
        self._amount = 0
        self._show()

    @property
    def under_way(self) -> bool:
        """Whether money may still come."""
        return self.wallet.under_way

    def choose(self, method: str) -> None:
        """Which provider the next code is for."""
        self._method = method
        self.field.setFocus()
        self._show()

    def begin(self, amount_minor: int, code: str = "", approval: int = 0) -> None:
        """Show a code for this amount, or charge the customer's; above the person's amount a manager is asked."""
        self._amount, self._asked_code = amount_minor, code or self._code
        self._trouble.say("")
        self.wallet.begin(self._method, amount_minor, 0, self._asked_code, approval)
        self._code = ""

    def stop(self) -> None:
        """The customer wants to pay otherwise."""
        self._next = self._code = ""
        self.wallet.stop()

    def resume(self) -> None:
        """Follow what somebody else may have begun for it."""
        self.wallet.resume()

    def let_go(self) -> None:
        """Nobody looks any more; the shop follows what is under way."""
        self.wallet.let_go()

    def _scanned(self, code: str) -> None:
        method = route(code)
        if method is None or (self.known and method not in self.known):
            self._trouble.say(
                _("This is no payment code that is taken here. Ask the customer to open it anew.")
            )
            return
        self._trouble.say("")
        self._code = code
        if self.under_way:
            self._next = method
            self.wallet.stop()
        else:
            self.routed.emit(method)

    def _charge_scanned(self) -> None:
        """Ours is over: charge the code scanned meanwhile, unless ours was faster."""
        method, self._next = self._next, ""
        if self.wallet.view is not None and self.wallet.view.state == "succeeded":
            self._code = ""
        else:
            self.routed.emit(method)

    def _refused(self, error: ShopError) -> None:
        self._code = self._next = ""
        again = partial(self.begin, self._amount, self._asked_code)
        if not ask_manager(self, self._context, TAKE, error, lambda approval: again(approval=approval)):
            self._trouble.say(str(error))
        self._show()

    def _show(self) -> None:
        begun = self.wallet.beginning or self.wallet.view is not None
        code = self.wallet.code()
        self.picture.setVisible(bool(code))
        if code:
            self.picture.setPixmap(_drawn(code))
        method = self.wallet.view.method_key if self.wallet.view is not None else self._method
        told, more = wallet_words(self.wallet, method) if begun else ("", "")
        self.told.setText(told)
        self.more.setText(more)
        self.told.setVisible(bool(told))
        self.more.setVisible(bool(more))
        self.field.setVisible(bool(code) or not self.under_way)
        if code:
            self.field.setFocus()
        self.changed.emit()
        if self._next and not self.under_way:
            self._charge_scanned()


def _drawn(code: str) -> QPixmap:
    import segno  # with the first code only

    out = BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    picture = QPixmap()
    picture.loadFromData(out.getvalue())
    side = theme.px(SIDE)
    return picture.scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
    )
