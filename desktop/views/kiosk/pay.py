"""How a kiosk's sale is paid: by hand of a member of staff, or by phone through a provider."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.pay_codes import route
from desktop.queries.attempts import AttemptView
from desktop.queries.exchange import ForeignDue, due_in_foreign
from desktop.queries.pay_offer import OfferedMethod, offered
from desktop.queries.stored_value import STORED
from desktop.services.pay_limits import ASK_MANAGER, TAKE, approve_by_pin
from desktop.services.sale_payments import settled_sale
from desktop.services.settlement import Settled, TenderIn, settle
from desktop.services.sign_in import check_pin
from desktop.services.stored_sale import choose_stored_value, settle_stored
from desktop.views.common.wallet import BY_HAND, WALLETS, Wallet
from desktop.views.kiosk.cart import BILL, CONFIRM, RECEIPT, STAFF, WAIT, KioskCart

DESPITE = "take_despite_payment"
Notes = tuple[str, int, str]  # currency, handed over in its minor units, the rate that was shown
OWN: Notes = ("", 0, "")  # the shop's own notes


class KioskPay(KioskCart):
    """From the bill to the receipt; `stale` asks for a look at the sale as the shop has it."""

    stale = Signal()
    member_closed = Signal()

    def _forget(self) -> None:
        super()._forget()
        self.wallet: Wallet | None = None
        self.stored = self.stored_left = 0  # stored value: chosen for this sale, and what the member has
        self.with_stored = False  # it shall pay what it can, and another way the rest
        self._part_fits = False  # whether as much as the member has may be paid with it here
        self._handed = (0, "", OWN)  # what staff confirmed last, should it have to be said once more
        self.foreign: tuple[ForeignDue, ...] = ()  # what is due in the notes of other currencies
        self._warned = False
        self.yes_for = 0  # for how much a manager's yes is asked (minor units)
        self._code = ""  # the customer's own payment code, between its scan and its use
        self._next = ""  # the way to pay chosen while another one is still being cancelled
        self.waited = 0  # seconds the page of waiting has been there, however often it is built anew

    # -- paying -----------------------------------------------------------------------------------------------

    def pay(self, method: str) -> None:
        """Choose how to pay; points that nobody confirmed yet come first."""
        if self.page not in (BILL, CONFIRM, WAIT) or self.busy or not self.lines:
            return
        self.method = method
        self._unsaved = True  # once more, so that the points are those the bill shows now
        self.when_saved(self._pay)

    def _pay(self) -> None:
        wanted = self.bill.to_pay_minor if self.method == STORED and self.bill else self.part_minor
        if wanted != self.stored:
            self._start("stored")
            task = self._background.do(choose_stored_value, self.key, wanted)
            self._otherwise(task, partial(self._stored_chosen, wanted))
            return
        self._agree_or_wait()

    def _stored_chosen(self, wanted: int, version: int) -> None:
        """A word given for an earlier version of the sale counts no more."""
        self.busy, self.stored = "", wanted
        self.agreed = self.agreed and version == self.version
        self.version = version
        self._agree_or_wait()

    def _agree_or_wait(self) -> None:
        asks = (bool(self.points) and self.facts.proof) or bool(self.stored)
        if asks and not self.agreed:
            self.go(CONFIRM)
            return
        self.begin_waiting()

    @property
    def stored_offered(self) -> bool:
        """Whether the member’s stored value can pay all that is due."""
        known = any(one.key == STORED and one.offered for one in self.offers)
        due = self.bill.to_pay_minor if self.bill else 0
        return known and self.member is not None and self.stored_left >= due > 0

    @property
    def part_offered(self) -> int:
        """What the member’s stored value can pay where it is too little for all that is due (minor units)."""
        due = self.bill.to_pay_minor if self.bill else 0
        there = self._part_fits and self.member is not None and 0 < self.stored_left < due
        return self.stored_left if there else 0

    @property
    def part_minor(self) -> int:
        """What stored value pays beside another way: as chosen on the bill, from then on as the sale has it."""
        if self.page in (WAIT, STAFF, RECEIPT):
            return 0 if self.method == STORED else self.stored
        return self.part_offered if self.with_stored else 0

    def use_stored(self, use: bool) -> None:
        """Let stored value pay what it can of this bill, or nothing; it is taken together with the rest."""
        if not self.busy:
            self.with_stored = use
            self.ask_offers()
            self.changed.emit()

    def _settle_stored(self) -> None:
        """The member’s word is all it needs."""
        if self.busy:
            return
        self._start("settle")
        task = self._background.do(settle_stored, self.key, self.version)
        task.then(self._mine(self._settled)).otherwise(self._mine(self._not_settled))

    def begin_waiting(self, approval: int = 0) -> None:
        """Everything is agreed: wait for the money, which stored value needs not. `approval`: a manager's yes."""
        self.waited = 0
        if self.method == STORED:
            self._settle_stored()
            return
        if self.method in WALLETS:
            self._begin_wallet(approval)
        if self.page == WAIT:
            self.page_changed.emit(WAIT)  # another way to pay has another page
        self.go(WAIT)

    def enter_pin(self, pin: str) -> None:
        """A member of staff came to take the money."""
        if self.busy:
            return
        self._start("pin")
        self._otherwise(
            self._background.device(check_pin, self._background.shop, self._till, pin), self._staff_here
        )

    def _staff_here(self, actor: Any) -> None:
        self.staff = actor
        if self.method != "cash":
            self._to_staff(())
            return
        task = self._background.ask(due_in_foreign, self.due_minor)
        task.then(self._mine(self._to_staff)).otherwise(self._mine(lambda error: self._to_staff(())))

    def _to_staff(self, foreign: tuple[ForeignDue, ...]) -> None:
        self.busy, self.foreign = "", foreign
        self.go(STAFF)
        self.changed.emit()

    def settle(
        self,
        received_minor: int = 0,
        reference: str = "",
        notes: Notes = OWN,
        *,
        warned: bool = False,
        approval: int = 0,
    ) -> None:
        """Staff confirms the money: everything is written at once. A second touch does nothing.

        `notes`: those of another currency, instead of the shop's own. `warned`: staff knows that a provider does not
        say what became of an earlier payment. `approval`: a manager's yes.
        """
        if self.busy or self.page != STAFF or self.bill is None or self.staff is None:
            return
        self._start("settle")
        due = self.due_minor
        off = self.pay_discount_minor
        code, handed, rate = notes
        tender = TenderIn(
            self.method, due, received_minor, reference, discount_minor=off, foreign_currency=code,
            foreign_minor=handed, rate=rate,
        )  # fmt: skip
        tenders = (tender,) if due else ()
        door = self._background.shop.acting_as(self.staff)
        self._handed, self._warned = (received_minor, reference, notes), warned
        task = self._background.device(door.do, settle, self.key, tenders, self.version, warned, approval)
        task.then(self._mine(self._settled)).otherwise(self._mine(self._not_settled))

    def _settled(self, settled: Settled) -> None:
        self.busy, self.settled = "", settled
        self.go(RECEIPT)
        self.changed.emit()

    def _not_settled(self, error: ShopError) -> None:
        self.busy = ""
        if error.next_step == DESPITE or self._limited(error):
            self.say(error)
            return
        if not isinstance(error, Unavailable):  # the sale itself has to change before it can be paid
            self.back_to_bill()
            if error.next_step == "drop_member":
                self.member_closed.emit()
            else:
                self.stale.emit()
        self.say(error)

    def _limited(self, error: ShopError) -> bool:
        """Whether somebody who may take more has to say yes; the sale stays as it is meanwhile."""
        if error.next_step != ASK_MANAGER:
            return False
        self.yes_for = int(error.fields["amount_minor"])
        return True

    def approve(self, pin: str) -> None:
        """Somebody who may take more typed the PIN: the payment goes on with that yes."""
        if self.busy or not self.yes_for:
            return
        self._start("pin")
        shop, amount = self._background.shop, self.yes_for
        task = self._background.device(approve_by_pin, shop, self._till, pin, TAKE, amount)
        self._otherwise(task, self._approved)

    def _approved(self, approval: int) -> None:
        self.busy, self.yes_for = "", 0
        if self.page == STAFF:
            self.settle(*self._handed, warned=self._warned, approval=approval)
        elif self.page == BILL and self.method in WALLETS:
            self.begin_waiting(approval)

    def settle_despite(self) -> None:
        """Staff was warned, and takes what was handed over."""
        self.settle(*self._handed, warned=True)

    def back_to_bill(self) -> None:
        """Leave the payment; goods, member and points stay."""
        if self.busy != "settle":
            self.staff, self._code = None, ""  # a payment code scanned before was for that payment
            self.go(BILL)

    # -- by phone ---------------------------------------------------------------------------------------------

    def go(self, page: str) -> None:
        """Show another page; the bill's needs to know how it can be paid."""
        super().go(page)
        if page == BILL:
            self.when_saved(self.ask_offers)

    def _saved(self, version: int) -> None:
        super()._saved(version)
        if self.page == BILL:
            self.ask_offers()

    def _not_saved(self, error: ShopError) -> None:
        super()._not_saved(error)
        if error.next_step == "stop_payment":  # somebody’s payment for this sale is under way: show it
            self.resume_wallet()

    def ask_offers(self) -> None:
        """Which ways to pay are offered for this bill; while one is under way, which others there are."""
        if self.bill is None or not self.version:
            return
        subject = "" if self.wallet is not None and self.wallet.under_way else f"sale:{self.key}"
        member = self.member.member_id if self.member else None
        task = self._background.ask(offered, self._till, member, self.rest_minor, subject=subject)
        task.then(self._mine(self._know_offers)).otherwise(lambda error: None)
        if 0 < self.stored_left < self.bill.to_pay_minor:
            part = self._background.ask(offered, self._till, member, self.stored_left)
            part.then(self._mine(self._know_part)).otherwise(lambda error: None)

    def _know_offers(self, offers: tuple[OfferedMethod, ...]) -> None:
        if offers != self.offers:
            self.offers = offers
            self.changed.emit()

    def _know_part(self, offers: tuple[OfferedMethod, ...]) -> None:
        fits = any(one.key == STORED and one.offered for one in offers)
        if fits != self._part_fits:
            self._part_fits = fits
            self.ask_offers()
            self.changed.emit()

    def scan_payment(self, code: str) -> bool:
        """Take a customer's payment code where a bill waits for its money; whether it was one."""
        method = route(code)
        if method is None or self.page not in (BILL, WAIT) or self.bill is None:
            return False
        if not any(one.key == method and one.offered for one in self.offers):
            return False
        self._code = code
        if self.page == WAIT:
            self.pay_otherwise(method)
        else:
            self.pay(method)
        return True

    def _begin_wallet(self, approval: int) -> None:
        if self.bill is not None:
            code, self._code = self._code, ""
            self._own_wallet().begin(self.method, self.rest_minor, self.version, code, approval)

    def _own_wallet(self) -> Wallet:
        if self.wallet is None:
            self.wallet = Wallet(self._background, self._till, f"sale:{self.key}", self)
            self.wallet.changed.connect(self._wallet_changed)
            self.wallet.paid.connect(self._paid_by_phone)
            self.wallet.refused.connect(self._wallet_refused)
        return self.wallet

    def _paid_by_phone(self, _view: Any) -> None:
        task = self._background.ask(settled_sale, self.key)
        task.then(self._mine(self._settled)).otherwise(self._mine(self.say))

    def resume_wallet(self) -> None:
        """A payment may have been under way when this till went dark."""
        self._own_wallet().resume()

    def _wallet_changed(self) -> None:
        view = self.wallet.view if self.wallet else None
        if view is not None and self._must_show(view):
            self.method = view.method_key
            self.go(WAIT)
            self.ask_offers()
        if self._next and self.wallet is not None and self._may_go_on(self.wallet) and not self.settled:
            chosen, self._next = self._next, ""
            if view is not None and view.state == "succeeded":  # it was faster
                self._code = ""
            elif chosen == BILL:
                self.go(BILL)
            else:
                self.method = chosen
                self.begin_waiting()
        self.changed.emit()

    def _may_go_on(self, wallet: Wallet) -> bool:
        """Whether what was chosen while a payment was being cancelled can begin: staff is warned where that is not over."""
        return not wallet.under_way or (wallet.silent and self._next in BY_HAND)

    def _must_show(self, view: AttemptView) -> bool:
        """Whether the page of waiting has to come back, because money may still come by phone."""
        if view.may_try_again or self.settled is not None:
            return False
        return self.page != WAIT and not (self.page == STAFF and view.may_take_cash)

    def _wallet_refused(self, error: ShopError) -> None:
        self._code = self._next = ""
        self._limited(error)
        self.back_to_bill()
        self.stale.emit()
        self.say(error)

    def pay_again(self) -> None:
        """The same way to pay once more, after the last try has ended."""
        if self.wallet is not None and not self.wallet.under_way:
            self.begin_waiting()

    def pay_otherwise(self, method: str) -> None:
        """Another way to pay; a try that is under way is cancelled first."""
        by_hand = self.wallet is not None and self.wallet.silent and method in BY_HAND
        if self.wallet is not None and self.wallet.under_way and not by_hand:
            self._next = method
            self.wallet.stop()
            return
        self.method = method
        self.begin_waiting()

    def leave_wallet(self) -> None:
        """Back to the bill, as soon as it is sure that no money comes any more."""
        if self.wallet is not None and self.wallet.under_way:
            self._next = BILL
            self.wallet.stop()
            return
        self.go(BILL)

    def drop_wallet(self) -> None:
        """The next customer comes; the shop follows what is under way."""
        if self.wallet is not None:
            self.wallet.let_go()
            self.wallet.deleteLater()
            self.wallet = None
