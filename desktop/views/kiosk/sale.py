"""The sale at a kiosk between its pages and the shop: a state machine without widgets."""

from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.queries.checkout import CheckoutView, checkout_view, open_checkout
from desktop.queries.kiosk import KioskFacts, kiosk_facts
from desktop.queries.order_looks import OrderSeen
from desktop.services.checkout import (
    PhoneOffer,
    agree_by_code,
    agree_by_staff,
    drop_checkout,
    join_by_phone,
    leave_member,
    offer_to_phone,
    send_kiosk_code,
)
from desktop.services.order_looks import look_up_at_kiosk
from desktop.services.sign_in import check_pin
from desktop.views.kiosk.cart import BASKET, BILL, CONFIRM, FIND, IDLE, MEMBER, STAFF, WAIT
from desktop.views.kiosk.pay import KioskPay

SOON = 10  # seconds before the end of a code in which a new one is made


class KioskSale(KioskPay):
    """One customer after the other: goods, member, points, payment, receipt; wiped in between."""

    facts_changed = Signal()  # name or rules of the shop are others now
    _facts_told = True

    def __init__(self, *around: Any) -> None:
        super().__init__(*around)
        self.stale.connect(self.look_again)
        self.member_closed.connect(self.drop_member)

    # -- following the phone ----------------------------------------------------------------------------------

    def hear(self, changes: Any) -> None:
        """News of a commit: look again when it may be this sale by another hand, or what its goods cost."""
        if changes.touches("setting", "till", "payment_method"):
            task = self._background.ask(kiosk_facts, self._till)
            task.then(self._facts_came).otherwise(lambda error: None)
        if changes.touches("payment_attempt") and self.wallet is not None:
            self.wallet.look()
        if changes.touches("payment_method", "method_offer", "method_use"):
            self.ask_offers()
        own = changes.here and changes.action == "checkout.save_checkout"
        spent = self.member is not None and self.member.member_id in changes.ids("stored_balance")
        if (
            (spent or changes.touches("checkout", "price", "price_list", "product", "fx_currency"))
            and self.version
            and self.settled is None
            and not own
        ):
            self.look_again()

    def _facts_came(self, facts: KioskFacts) -> None:
        """Take over name and rules; what is on the screen is told anew while nobody is in front of it."""
        self._facts_told = self._facts_told and facts == self.facts
        self.facts = facts
        self._tell_facts()

    def _tell_facts(self) -> None:
        if not self._facts_told and self.page == IDLE:
            self._facts_told = True
            self.facts_changed.emit()

    def look_again(self) -> None:
        """Read the sale as the shop has it."""
        if self._saving or self._unsaved:
            self._after.append(self._mine(self.look_again))
            return
        task = self._background.ask(checkout_view, self.key)
        task.then(self._mine(partial(self._viewed, self._asked))).otherwise(self._mine(lambda error: None))

    def _viewed(self, asked: int, view: CheckoutView) -> None:
        if self.busy == "settle" or self.settled is not None:
            return
        old = view.version < self.version
        if asked != self._asked or self._saving or self._unsaved or old:  # changed here meanwhile
            self.when_saved(self.look_again)
            return
        if view.state != "open" and self.wallet is not None:
            self.wallet.look()  # paid by phone: its own look brings the receipt
            return
        if view.state != "open":
            self.finish()
            told = _("This sale was finished elsewhere. Scan the goods again, or call staff.")
            self.said.emit(told, "staff")
            return
        joined = view.member is not None and self.member is None
        self.version, self.agreed, self.member = (
            view.version,
            view.agreed and bool(view.bill.points or view.stored_minor),
            view.member,
        )
        chosen, self.stored, self.stored_left = self.stored, view.stored_minor, view.stored_left_minor
        self.signed_in, self.code_sent = view.signed_in, view.code_sent
        self.phone_joined = view.phone_joined
        wanted, self.bill, self.points = self.points, view.bill, view.bill.points
        self.lines = view.lines
        self.ask_offers()
        self.changed.emit()
        if joined and self.page == MEMBER:
            self.go(BILL)
        if self.page == CONFIRM and self.agreed:
            self.begin_waiting()
        if self.page in (WAIT, STAFF) and (wanted, chosen) != (self.points, self.stored):
            self.go(BILL)

    def restore(self) -> None:
        """Bring back the sale that was open when this till went dark."""
        self._otherwise(self._background.ask(open_checkout, self._till), self._restored)

    def _restored(self, view: CheckoutView | None) -> None:
        if view is not None and not self.lines:
            self.bring_back(view)

    def bring_back(self, view: CheckoutView) -> None:
        """Go on with a sale the shop kept."""
        self.key, self.lines = view.key, view.lines
        self.version = view.version
        self._viewed(self._asked, view)
        self.with_stored = 0 < view.stored_minor < view.bill.to_pay_minor
        self.go(BILL if self.member else BASKET)
        self.resume_wallet()

    # -- member -----------------------------------------------------------------------------------------------

    def join(self, phone: str, *, sign_up: bool = False) -> None:
        """Put the member with this phone number on the sale, or ask whether to sign up."""
        if self.busy:
            return
        self._start("join")
        self.when_saved(partial(self._join, phone, sign_up))

    def _join(self, phone: str, sign_up: bool) -> None:
        task = self._background.do(join_by_phone, self.key, phone, sign_up)
        self._otherwise(task, partial(self._joined, phone))

    def _joined(self, phone: str, member_id: int | None) -> None:
        self.busy = ""
        self.unknown_phone = "" if member_id is not None else phone
        if member_id is None:
            self.changed.emit()
        else:
            self.look_again()

    def another_number(self) -> None:
        """Type the phone number again."""
        self.unknown_phone = ""
        self.changed.emit()

    def drop_member(self) -> None:
        """«Not me»: member, points and phone leave the sale."""
        if self.busy:
            return
        self._start("leave")
        self.when_saved(lambda: self._otherwise(self._background.do(leave_member, self.key), self._left))

    def _left(self, _version: int) -> None:
        self.busy = ""
        self.member, self.points, self.agreed, self.offer = None, 0, False, None
        self.stored = self.stored_left = 0
        self.with_stored = self._part_fits = False
        self.signed_in = self.phone_joined = self.code_sent = False
        self.look_again()

    def show_code(self, *, anew: bool = False) -> None:
        """A one-time code for a phone; one that a phone took or may still take is kept unless wanted `anew`."""
        if not self.lines or self._offering:
            return
        if not anew and (self.phone_joined or (self.offer is not None and self._code_left() > SOON)):
            return
        self._offering = True
        self.when_saved(self._offer)

    def _offer(self) -> None:
        task = self._background.do(offer_to_phone, self.key)
        task.then(self._mine(self._offered)).otherwise(self._mine(self._not_offered))

    def _not_offered(self, error: ShopError) -> None:
        self._offering = False  # the pages ask again every second

    def _code_left(self) -> float:
        if self.offer is None:
            return 0.0
        seconds: float = (self.offer.until - self._background.shop.clock.now()).total_seconds()
        return seconds

    def _offered(self, offer: PhoneOffer) -> None:
        self._offering = False
        self.offer, self.phone_joined, self.signed_in = offer, False, False
        self.changed.emit()

    # -- confirming points ------------------------------------------------------------------------------------

    def send_code(self) -> None:
        """Send the member six digits to type here."""
        if self.busy or self._notify is None:
            return
        self._start("send")
        shop = self._background.shop
        self.when_saved(
            lambda: self._otherwise(
                self._background.device(send_kiosk_code, shop, self._notify, self.key, self.version),
                self._sent,
            )
        )

    def _sent(self, _nothing: None) -> None:
        self.busy, self.code_sent = "", True
        self.changed.emit()

    def type_code(self, code: str) -> None:
        """Check the six digits from the member's phone."""
        if self.busy:
            return
        self._start("code")
        task = self._background.device(agree_by_code, self._background.shop, self.key, code, self.version)
        self._otherwise(task, self._code_good)

    def _code_good(self, _nothing: None) -> None:
        self.busy = ""
        self.look_again()

    def confirm_by_pin(self, pin: str) -> None:
        """Where no message reaches a phone, a member of staff vouches for the member's word."""
        if self.busy or self.page != CONFIRM:
            return
        self._start("vouch")
        shop = self._background.shop
        self._otherwise(self._background.device(check_pin, shop, self._till, pin), self._vouch)

    def _vouch(self, actor: Any) -> None:
        door = self._background.shop.acting_as(actor)
        task = self._background.device(door.do, agree_by_staff, self.key, self.version)
        self._otherwise(task, self._code_good)

    # -- an order looked up -----------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The shop's time."""
        moment: datetime = self._background.shop.clock.now()
        return moment

    def find(self, number: str) -> None:
        """Ask for the proof of this order, or for its number when empty."""
        self.page, self.find_number, self.looked_up = FIND, number, None
        self.page_changed.emit(FIND)

    def look_up(self, proof: str) -> None:
        """Bring the order with that number, if these digits go with it."""
        if self.busy:
            return
        self._start("look up")
        shop = self._background.shop
        task = self._background.device(look_up_at_kiosk, shop, self.find_number, proof)
        self._otherwise(task, self._looked_up)

    def _looked_up(self, seen: OrderSeen) -> None:
        self.busy, self.looked_up = "", seen
        self.page_changed.emit(FIND)

    # -- the end ----------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Wipe everything for the next customer; an unpaid sale is dropped in the shop as well."""
        if self.busy == "settle":
            return
        self.drop_wallet()
        if self.settled is None and self.lines:
            self._background.do(drop_checkout, self.key).otherwise(lambda error: None)
        self.let_go()

    def let_go(self) -> None:
        """Forget the sale here; the shop keeps it as it is."""
        self._forget()
        self.wiped.emit()
        self.page_changed.emit(IDLE)
        self._tell_facts()
