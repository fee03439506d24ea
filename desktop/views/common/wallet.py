"""A payment through a provider: begun once, followed by news, stopped, never two at a time, and said in words."""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.basics.pay_codes import cleaned
from desktop.queries.attempts import AttemptView, SubjectPayments, attempt_view, payments_of
from desktop.queries.order_words import method_word
from desktop.queries.pay_words import reason_word
from desktop.services.attempts import begin_attempt, stop_attempt

WALLETS = ("wechat", "alipay", "unionpay")
BY_HAND = ("cash", "card", "other")
WAIT_FOR_IT = "wait_for_payment"  # another try is under way
LOOK_AGAIN_MS = 2_000  # should a piece of news get lost


class Wallet(QObject):
    """Follows the attempts of one subject; `view` is the newest one, None before the first.

    `changed` after each look, `paid(AttemptView)` once, `refused(ShopError)` when nothing could be begun.
    """

    changed = Signal()
    paid = Signal(object)
    refused = Signal(object)

    def __init__(
        self, background: Any, till_id: int | None, subject: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background, self._till, self._subject = background, till_id, subject
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
        if self.view is None:
            return self.beginning or bool(self._attempt)
        return not self.view.may_try_again

    @property
    def silent(self) -> bool:
        """Whether the provider has not answered for so long that the money may be taken by hand, after a warning."""
        return self.under_way and self.view is not None and self.view.may_take_cash

    def begin(self, method: str, amount_minor: int, version: int, code: str = "", approval: int = 0) -> None:
        """Show a code for this amount, or charge the customer's `code`; nothing while another try is under way.

        `approval` is a manager's yes to more than who acts may take.
        """
        if self.under_way:
            return
        self.beginning, self.stopping, self.view, self._attempt = True, False, None, 0
        task = self._background.do(
            begin_attempt, self._subject, method, amount_minor, way="take" if code else "show",
            customer_code=cleaned(code), version=version, client_key=new_key(), till_id=self._till,
            approval=approval,
        )  # fmt: skip
        task.then(self._begun).otherwise(self._not_begun)
        self.changed.emit()

    def resume(self) -> None:
        """Go on with what was under way when this till went dark."""
        self._background.ask(payments_of, self._subject).then(self._found).otherwise(lambda error: None)

    def _found(self, payments: SubjectPayments) -> None:
        if payments.open is not None and not self.under_way and not self._done:
            self._begun(payments.open.id)

    def _begun(self, attempt_id: int) -> None:
        self._attempt, self.beginning = attempt_id, False
        self._again.start()
        self.look()
        if self.stopping:
            self._send_stop()

    def _not_begun(self, error: ShopError) -> None:
        self.beginning = self.stopping = False
        self.refused.emit(error)
        if error.next_step == WAIT_FOR_IT or isinstance(error, Unavailable):
            self.resume()  # what is under way is shown, whoever began it; this one too if only its answer got lost

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
        self.changed.emit()
        if view.booked and view.state == "succeeded":
            self._done = True
            self.paid.emit(view)

    def stop(self) -> None:
        """The customer does not want it any more; it may still have been paid a moment ago."""
        if self.under_way and not self.stopping:
            self.stopping = True
            if self._attempt:  # else as soon as it has begun
                self._send_stop()
            self.changed.emit()

    def _send_stop(self) -> None:
        task = self._background.do(stop_attempt, self._attempt)
        task.then(lambda _state: self.look()).otherwise(self._not_stopped)

    def _not_stopped(self, error: ShopError) -> None:
        self.stopping = False
        self.look()

    def let_go(self) -> None:
        """The next customer comes; what is under way is followed by the shop."""
        self._done = True
        self._again.stop()

    def code(self) -> str:
        """What the customer scans now, or nothing."""
        view = self.view
        open_ = view is not None and view.state == "pending" and self.under_way and not self.stopping
        return view.code if view is not None and open_ else ""


def wallet_words(wallet: Wallet | None, method: str) -> tuple[str, str]:
    """What is known of a payment, and what to do: never “failed” before it is sure."""
    view, name = wallet.view if wallet else None, method_word(method)
    state = view.state if view is not None else "created"
    if wallet is not None and view is not None and wallet.silent and view.lasts_minutes:
        more = _(
            "A code of {method} can’t be taken back; it is over within {minutes} minutes. Staff can take cash or a card"
            " now: should the code be paid too, that money goes back by itself."
        )
        return _("Cancelling the payment"), more.format(method=name, minutes=view.lasts_minutes)
    if wallet is not None and view is not None and wallet.silent:
        more = _(
            "{method} does not say what became of {amount}. Take the money another way only if the customer agrees:"
            " should it have come through, it is given back by itself."
        )
        amount = Money(view.amount_minor, view.currency)
        return _("Cancelling the payment"), more.format(method=name, amount=amount)
    if wallet is not None and wallet.under_way and (wallet.stopping or state == "cancelling"):
        return _("Cancelling the payment"), _("If it came through meanwhile, your receipt comes.")
    if wallet is not None and wallet.code():
        return _("Scan with {name}").format(name=name), _("Or hold your own payment code under the scanner")
    if view is None or state in ("created", "sent"):
        why = reason_word(view.reason) if view is not None and view.reason else ""
        return _("One moment"), why or _("Connecting to {name}").format(name=name)
    if state == "pending":
        return _("Please confirm on your phone"), _("{name} may ask for your password.").format(name=name)
    if state == "unknown":
        more = _("We are asking {name} whether the money came. Nothing is charged twice.")
        return _("Confirming"), more.format(name=name)
    if view.mismatch:
        more = _("The provider says another amount than this bill. Somebody looks at it.")
        return _("Please call staff"), more
    if state in ("succeeded", "refunding", "refunded") and view.why_not_booked:
        return _("The money goes back by itself"), view.why_not_booked
    if state == "succeeded":
        return _("Paid"), _("Your receipt is coming.")
    return _("Not paid"), reason_word(view.reason)
