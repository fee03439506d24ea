"""The sale at a kiosk between its pages and the shop: a state machine without widgets.

Goods and amounts change here first and are saved behind; whatever needs the saved sale (member, phone, payment) waits for it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.basics.errors import OutOfStock, ShopError, Unavailable
from desktop.basics.i18n import N_, _
from desktop.basics.ids import ean_ok, new_key
from desktop.basics.money import MILLI
from desktop.pricing.cart import Bill, CartLine
from desktop.queries.checkout import (
    CheckoutView,
    Goods,
    MemberBrief,
    checkout_view,
    find_goods,
    open_checkout,
    price_for,
)
from desktop.queries.kiosk import KioskFacts
from desktop.services.checkout import (
    PhoneOffer,
    agree_by_code,
    drop_checkout,
    join_by_phone,
    leave_member,
    offer_to_phone,
    save_checkout,
    send_kiosk_code,
)
from desktop.services.settlement import Settled, TenderIn, settle
from desktop.services.sign_in import check_pin

IDLE, BASKET, MEMBER, BILL, CONFIRM, WAIT, STAFF, RECEIPT = (
    "idle", "basket", "member", "bill", "confirm", "wait", "staff", "receipt",
)  # fmt: skip
BEFORE_PAYMENT = (IDLE, BASKET, MEMBER, BILL, CONFIRM)
SAVE_AGAIN_MS = 3_000
STOCKED = ("goods", "weighed")


class Notify(Protocol):
    """The way to a member's phone, handed in by the program."""

    def send(self, to_phone: str, text: str) -> None:
        """Hand a message over."""


class KioskSale(QObject):
    """One customer after the other: goods, member, points, payment, receipt; wiped in between."""

    changed = Signal()  # goods, member, points, amounts or what is under way
    page_changed = Signal(str)
    said = Signal(str, str)  # a sentence, and the key of its next step
    several = Signal(object)  # goods that share the scanned code
    wiped = Signal()

    def __init__(
        self,
        background: Any,
        facts: KioskFacts,
        till_id: int,
        notify: Notify | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._background, self._till, self._notify = background, till_id, notify
        self.facts = facts
        self._forget()

    def _forget(self) -> None:
        self.key = new_key()
        self.page = IDLE
        self.lines: tuple[CartLine, ...] = ()
        self.bill: Bill | None = None
        self.member: MemberBrief | None = None
        self.points = 0
        self.version = 0
        self.agreed = self.signed_in = self.code_sent = False
        self.offer: PhoneOffer | None = None
        self.unknown_phone = ""
        self.method = ""
        self.staff: Any = None
        self.settled: Settled | None = None
        self.busy = ""  # what is under way, so that a second touch does nothing
        self._asked = 0
        self._saving = self._unsaved = False
        self._after: list[Callable[[], object]] = []

    # -- small helpers ----------------------------------------------------------------------------------------

    @property
    def pieces(self) -> int:
        """How many pieces are in the cart."""
        return self.bill.pieces_milli // MILLI if self.bill else 0

    @property
    def can_send_code(self) -> bool:
        """Whether this machine can reach phones."""
        return self._notify is not None

    def go(self, page: str) -> None:
        """Show another page."""
        if page != self.page:
            self.page = page
            self.page_changed.emit(page)

    def say(self, error: ShopError) -> None:
        """Pass a refusal on as a sentence."""
        self.busy = ""
        self.said.emit(str(error), error.next_step)
        self.changed.emit()

    def _mine(self, callback: Callable[..., object]) -> Callable[..., object]:
        """The callback, only as long as this customer is still here."""
        key = self.key
        return lambda *answer: callback(*answer) if self.key == key else None

    def _otherwise(self, task: Any, then: Callable[..., object]) -> None:
        task.then(self._mine(then)).otherwise(self._mine(self.say))

    # -- goods ------------------------------------------------------------------------------------------------

    def scan(self, code: str) -> None:
        """Take a scanned code; on the receipt it starts the next customer."""
        if self.page == RECEIPT:
            self.finish()
        if self.page not in BEFORE_PAYMENT:
            self.said.emit(_("Goods can be added again after “Back to change”."), "")
            return
        self._otherwise(self._background.ask(find_goods, code), partial(self._found, code))

    def _found(self, code: str, goods: tuple[Goods, ...]) -> None:
        sold = tuple(g for g in goods if g.on_shelf)
        if len(sold) == 1:
            self.add(sold[0])
        elif sold:
            self.several.emit(sold)
        elif goods:
            self.said.emit(
                _("“{name}” is not for sale at the moment. Call staff.").format(name=goods[0].name), "staff"
            )
        elif len(code) == 13 and code.startswith("2") and ean_ok(code):
            self.said.emit(_("This is a label from the scale. Staff adds weighed goods for you."), "staff")
        else:
            shown = code[:24]
            self.said.emit(
                _("The code {code} is not known here. Add it by name, or call staff.").format(code=shown),
                "search",
            )

    def add(self, goods: Goods, quantity: int = MILLI) -> None:
        """Put goods into the cart, on the line they already have."""
        if goods.kind == "weighed":
            self.said.emit(
                _("“{name}” is sold by weight. Staff weighs it for you.").format(name=goods.name), "staff"
            )
            return
        had = sum(
            line.qty_milli for line in self.lines if (line.sku_id, line.unit) == (goods.sku_id, goods.unit)
        )
        if goods.kind in STOCKED and not goods.unit and had + quantity > goods.available_milli:
            text = _("There are only {count} of “{name}” left in the books. Call staff if you hold one more.")
            left = max(0, goods.available_milli // MILLI)
            self.said.emit(text.format(count=left, name=goods.name), "staff")
            return
        if had:
            lines = tuple(
                CartLine(line.sku_id, line.unit, line.qty_milli + quantity)
                if (line.sku_id, line.unit) == (goods.sku_id, goods.unit)
                else line
                for line in self.lines
            )
        else:
            lines = (*self.lines, CartLine(goods.sku_id, goods.unit, quantity))
        if self.page == IDLE:
            self.go(BASKET)
        self._change(lines)

    def change_quantity(self, sku_id: int, unit: str, by: int) -> None:
        """One more or one less; none left takes the line away."""
        lines = tuple(
            CartLine(
                line.sku_id,
                line.unit,
                line.qty_milli + (by if (line.sku_id, line.unit) == (sku_id, unit) else 0),
            )
            for line in self.lines
        )
        self._change(tuple(line for line in lines if line.qty_milli > 0))

    def set_points(self, points: int) -> None:
        """How many points the member wants to use; the bill says how many may be."""
        if self.member is not None and points != self.points:
            self.points = points
            self._change(self.lines)

    def _change(self, lines: tuple[CartLine, ...]) -> None:
        before = self.lines
        self.lines = lines
        self.agreed = False
        self._asked += 1
        task = self._background.ask(
            price_for, lines, self.member.member_id if self.member else None, self.points
        )
        task.then(self._mine(partial(self._priced, self._asked)))
        task.otherwise(self._mine(partial(self._unpriced, self._asked, before)))

    def _priced(self, asked: int, bill: Bill) -> None:
        if asked != self._asked:
            return
        self.bill, self.points = bill, bill.points
        priced = {(line.offer.sku_id, line.offer.unit) for line in bill.lines}
        if len(priced) < len(self.lines):
            self.lines = tuple(line for line in self.lines if (line.sku_id, line.unit) in priced)
            self.said.emit(
                _("Something in the cart has no price any more and was taken off. Call staff."), "staff"
            )
        self.changed.emit()
        QTimer.singleShot(0, self, self._save)  # after the line is painted

    def _unpriced(self, asked: int, before: tuple[CartLine, ...], error: ShopError) -> None:
        if asked == self._asked:
            self.lines = before
            if self.bill is not None:
                self.points = self.bill.points
        self.say(error)

    # -- saving behind ----------------------------------------------------------------------------------------

    def _save(self) -> None:
        if self._saving or self.settled is not None:
            self._unsaved = True
            return
        if not self.lines and not self.version:
            return
        self._saving, self._unsaved = True, False
        task = self._background.do(save_checkout, self.key, self.lines, self.points)
        task.then(self._mine(self._saved)).otherwise(self._mine(self._not_saved))

    def _saved(self, version: int) -> None:
        self._saving = False
        if version != self.version:
            self.version, self.agreed = version, False
        if self._unsaved:
            self._save()
            return
        waiting, self._after = self._after, []
        for step in waiting:
            step()

    def _not_saved(self, error: ShopError) -> None:
        self._saving, self._after = False, []
        self._unsaved = True
        self.say(error)
        QTimer.singleShot(SAVE_AGAIN_MS, self, self._mine(self._save))

    def _when_saved(self, step: Callable[[], object]) -> None:
        if self._saving or self._unsaved or (self.lines and not self.version):
            self._after.append(self._mine(step))
            self._save()
        else:
            step()

    # -- following the phone ----------------------------------------------------------------------------------

    def hear(self, changes: Any) -> None:
        """News of a commit: look again when it may be this sale and another hand."""
        own = changes.here and changes.action == "checkout.save_checkout"
        if changes.touches("checkout") and self.version and self.settled is None and not own:
            self.look_again()

    def look_again(self) -> None:
        """Read the sale as the shop has it."""
        if self._saving or self._unsaved:
            self._after.append(self._mine(self.look_again))
            return
        task = self._background.ask(checkout_view, self.key)
        task.then(self._mine(partial(self._viewed, self._asked))).otherwise(self._mine(lambda error: None))

    def _viewed(self, asked: int, view: CheckoutView) -> None:
        if asked != self._asked or self._saving or self._unsaved or self.busy == "settle" or self.settled:
            return  # changed here meanwhile, or being paid
        if view.state != "open":
            self.said.emit(
                _("This sale was finished elsewhere. Scan the goods again, or call staff."), "staff"
            )
            self.finish()
            return
        joined = view.member is not None and self.member is None
        self.version, self.agreed, self.member = (
            view.version,
            view.agreed and bool(view.bill.points),
            view.member,
        )
        self.signed_in, self.code_sent = view.signed_in, view.code_sent
        wanted, self.bill, self.points = self.points, view.bill, view.bill.points
        self.lines = view.lines
        self.changed.emit()
        if joined and self.page == MEMBER:
            self.go(BILL)
        if self.page == CONFIRM and self.agreed:
            self.go(WAIT)
        if self.page in (WAIT, STAFF) and wanted != self.points:
            self.go(BILL)

    def restore(self) -> None:
        """Bring back the sale that was open when this till went dark."""
        self._otherwise(self._background.ask(open_checkout, self._till), self._restored)

    def _restored(self, view: CheckoutView | None) -> None:
        if view is None or self.lines:
            return
        self.key, self.lines = view.key, view.lines
        self.version = view.version
        self._viewed(self._asked, view)
        self.go(BILL if self.member else BASKET)

    # -- member -----------------------------------------------------------------------------------------------

    def join(self, phone: str, *, sign_up: bool = False) -> None:
        """Put the member with this phone number on the sale, or ask whether to sign up."""
        if self.busy:
            return
        self._start("join")
        self._when_saved(partial(self._join, phone, sign_up))

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
        self._when_saved(lambda: self._otherwise(self._background.do(leave_member, self.key), self._left))

    def _left(self, _version: int) -> None:
        self.busy = ""
        self.member, self.points, self.agreed, self.signed_in, self.offer = None, 0, False, False, None
        self.look_again()

    def show_code(self) -> None:
        """A new one-time code for the member's phone."""
        if self.signed_in or not self.lines:
            return
        self._when_saved(
            lambda: self._otherwise(self._background.do(offer_to_phone, self.key), self._offered)
        )

    def _offered(self, offer: PhoneOffer) -> None:
        self.offer = offer
        self.changed.emit()

    # -- confirming points ------------------------------------------------------------------------------------

    def send_code(self) -> None:
        """Send the member six digits to type here."""
        if self.busy or self._notify is None:
            return
        self._start("send")
        shop = self._background.shop
        self._when_saved(
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

    # -- paying -----------------------------------------------------------------------------------------------

    def pay(self, method: str) -> None:
        """Choose how to pay; points that nobody confirmed yet come first."""
        if self.page not in (BILL, CONFIRM, WAIT) or self.busy or not self.lines:
            return
        self.method = method
        self._unsaved = True  # once more, so that the points are those the bill shows now
        self._when_saved(self._pay)

    def _pay(self) -> None:
        proof_missing = bool(self.points) and self.facts.proof and not self.agreed
        self.go(CONFIRM if proof_missing else WAIT)

    def enter_pin(self, pin: str) -> None:
        """A member of staff came to take the money."""
        if self.busy:
            return
        self._start("pin")
        self._otherwise(
            self._background.device(check_pin, self._background.shop, self._till, pin), self._staff_here
        )

    def _staff_here(self, actor: Any) -> None:
        self.busy, self.staff = "", actor
        self.go(STAFF)
        self.changed.emit()

    def settle(self, received_minor: int = 0, reference: str = "") -> None:
        """Staff confirms the money: everything is written at once. A second touch does nothing."""
        if self.busy or self.page != STAFF or self.bill is None or self.staff is None:
            return
        self._start("settle")
        due = self.bill.to_pay_minor
        tenders = (TenderIn(self.method, due, received_minor, reference),) if due else ()
        door = self._background.shop.acting_as(self.staff)
        task = self._background.device(door.do, settle, self.key, tenders, self.version)
        task.then(self._mine(self._settled)).otherwise(self._mine(self._not_settled))

    def _settled(self, settled: Settled) -> None:
        self.busy, self.settled = "", settled
        self.go(RECEIPT)
        self.changed.emit()

    def _not_settled(self, error: ShopError) -> None:
        self.say(error)
        if isinstance(error, Unavailable) or error.next_step == "":
            if isinstance(error, OutOfStock):
                self.back_to_bill()
            return
        if error.next_step == "drop_member":
            self.back_to_bill()
            self.drop_member()
            return
        self.back_to_bill()
        self.look_again()

    def back_to_bill(self) -> None:
        """Leave the payment; goods, member and points stay."""
        if self.busy != "settle":
            self.staff = None
            self.go(BILL)

    # -- the end ----------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Wipe everything for the next customer; an unpaid sale is dropped in the shop as well."""
        if self.busy == "settle":
            return
        if self.settled is None and self.lines:
            self._background.do(drop_checkout, self.key).otherwise(lambda error: None)
        self._forget()
        self.wiped.emit()
        self.page_changed.emit(IDLE)

    def _start(self, deed: str) -> None:
        self.busy = deed
        self.changed.emit()


NEXT_STEPS = {"staff": N_("Call staff"), "search": N_("Add by name"), "call staff": N_("Call staff")}
