"""A payment through a provider at the kiosk: begun once, followed by news, stopped, and never two at a time."""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.basics.errors import ShopError
from desktop.basics.ids import new_key
from desktop.basics.pay_codes import cleaned
from desktop.gateways.payment import SHOW, TAKE
from desktop.queries.attempts import AttemptView, SubjectPayments, attempt_view, payments_of
from desktop.services.attempts import begin_attempt, stop_attempt
from desktop.services.sale_payments import settled_sale

WALLETS = ("wechat", "alipay", "unionpay")
LOOK_AGAIN_MS = 2_000  # should a piece of news get lost


class Wallet(QObject):
    """Follows the attempts of one sale; `view` is the newest one, None before the first.

    `changed` after each look, `paid(Settled)` once, `refused(ShopError)` when nothing could be begun.
    """

    changed = Signal()
    paid = Signal(object)
    refused = Signal(object)

    def __init__(self, background: Any, till_id: int, sale_key: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._till, self._sale = background, till_id, sale_key
        self.view: AttemptView | None = None
        self.beginning = False
        self.stopping = False
        self._attempt = 0
        self._done = False
        self._again = QTimer(self, interval=LOOK_AGAIN_MS)
        self._again.timeout.connect(self.look)

    @property
    def under_way(self) -> bool:
        """Whether money may still come."""
        return self.beginning or (self.view is not None and not self.view.may_try_again)

    def begin(self, method: str, amount_minor: int, version: int, code: str = "") -> None:
        """Show a code for this amount, or charge the customer's `code`; nothing while another try is under way."""
        if self.under_way:
            return
        self.beginning, self.stopping, self.view = True, False, None
        task = self._background.do(
            begin_attempt, f"sale:{self._sale}", method, amount_minor, way=TAKE if code else SHOW,
            customer_code=cleaned(code), version=version, client_key=new_key(), till_id=self._till,
        )  # fmt: skip
        task.then(self._begun).otherwise(self._not_begun)
        self.changed.emit()

    def resume(self) -> None:
        """Go on with what was under way when this till went dark."""
        self._background.ask(payments_of, f"sale:{self._sale}").then(self._found).otherwise(
            lambda error: None
        )

    def _found(self, payments: SubjectPayments) -> None:
        if payments.open is not None:
            self._begun(payments.open.id)

    def _begun(self, attempt_id: int) -> None:
        self._attempt, self.beginning = attempt_id, False
        self._again.start()
        self.look()

    def _not_begun(self, error: ShopError) -> None:
        self.beginning = False
        self.refused.emit(error)

    def look(self) -> None:
        """Ask where the payment stands."""
        if self._attempt and not self._done:
            task = self._background.ask(attempt_view, self._attempt)
            task.then(partial(self._seen, self._attempt)).otherwise(lambda error: None)

    def _seen(self, attempt_id: int, view: AttemptView) -> None:
        if attempt_id != self._attempt or self._done:
            return
        self.view = view
        if view.may_try_again:
            self._again.stop()
        if view.booked and view.state == "succeeded":
            self._background.ask(settled_sale, self._sale).then(self._settled).otherwise(lambda error: None)
        self.changed.emit()

    def _settled(self, settled: Any) -> None:
        if settled is not None and not self._done:
            self._done = True
            self._again.stop()
            self.paid.emit(settled)

    def stop(self) -> None:
        """The customer does not want it any more; it may still have been paid a moment ago."""
        if self._attempt and self.under_way and not self.stopping:
            self.stopping = True
            self._background.do(stop_attempt, self._attempt).then(lambda _state: self.look()).otherwise(
                lambda error: self.look()
            )
            self.changed.emit()

    def let_go(self) -> None:
        """The next customer comes; what is under way is followed by the shop."""
        self._done = True
        self._again.stop()
