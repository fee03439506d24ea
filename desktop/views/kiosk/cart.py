"""The goods half of a kiosk's sale: what was scanned, what it costs, saved behind the screen.

Goods and amounts change here first and are saved after they are painted; whatever needs the saved sale waits for it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import ean_ok, new_key
from desktop.basics.money import MILLI, Money
from desktop.pricing.cart import Bill, CartLine
from desktop.pricing.rounding import cash_rounding
from desktop.queries.checkout import Goods, MemberBrief, price_for
from desktop.queries.kiosk import KioskFacts, Scanned, one_more, scan_goods
from desktop.queries.order_looks import OrderSeen
from desktop.queries.pay_offer import OfferedMethod
from desktop.services.checkout import PhoneOffer, save_checkout
from desktop.services.settlement import Settled

IDLE, BASKET, MEMBER, BILL, CONFIRM, WAIT, STAFF, RECEIPT, FIND = (
    "idle", "basket", "member", "bill", "confirm", "wait", "staff", "receipt", "find",
)  # fmt: skip
BEFORE_PAYMENT = (IDLE, BASKET, MEMBER, BILL, CONFIRM)
SAVE_AGAIN_MS = 3_000
PAINT_FIRST_MS = 30  # two threads at once make each other wait: the line is painted, then the sale is saved
STOCKED = ("goods", "weighed")


class Notify(Protocol):
    """The way to a member's phone, handed in by the program."""

    def send(self, to_phone: str, text: str) -> None:
        """Hand a message over."""


class KioskCart(QObject):
    """Goods, quantities, points and their price; knows the page, so that a scan fits it."""

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
        self.agreed = self.signed_in = self.phone_joined = self.code_sent = False
        self.offer: PhoneOffer | None = None
        self.unknown_phone = ""
        self.method = ""
        self.offers: tuple[OfferedMethod, ...] = ()
        self.staff: Any = None
        self.settled: Settled | None = None
        self.find_number = ""  # of the order the customer looks up
        self.looked_up: OrderSeen | None = None
        self.busy = ""  # what is under way, so that a second touch does nothing
        self._asked = self._answered = 0
        self._offering = False
        self._saving = self._unsaved = False
        self._after: list[Callable[[], object]] = []

    # -- small helpers ----------------------------------------------------------------------------------------

    @property
    def pieces(self) -> int:
        """How many pieces are in the cart."""
        return self.bill.pieces_milli // MILLI if self.bill else 0

    @property
    def part_minor(self) -> int:
        """What stored value pays beside another way to pay (minor units); the paying part knows."""
        return 0

    @property
    def rest_minor(self) -> int:
        """What is left for that other way, before its discount and its rounding (minor units)."""
        return max(0, self.bill.to_pay_minor - self.part_minor) if self.bill else 0

    def pay_discount(self, method: str) -> int:
        """What this way to pay takes off when it pays all that is left (minor units)."""
        offer = next((one for one in self.offers if one.key == method), None)
        return offer.discount_for(self.rest_minor) if offer is not None else 0

    @property
    def pay_discount_minor(self) -> int:
        """The same for the way it is paid, once that is chosen."""
        return self.pay_discount(self.method) if self.page in (WAIT, STAFF, RECEIPT) else 0

    @property
    def cash_rounding_minor(self) -> int:
        """What paying all that is left in cash would add to the bill, mostly below zero (minor units)."""
        if self.bill is None:
            return 0
        due = Money(self.rest_minor - self.pay_discount("cash"), self.facts.currency)
        return cash_rounding(due, self.facts.round_to, self.facts.round_how)

    @property
    def rounding_minor(self) -> int:
        """The same, once cash is the way it is paid."""
        return (
            self.cash_rounding_minor if self.method == "cash" and self.page in (WAIT, STAFF, RECEIPT) else 0
        )

    @property
    def due_minor(self) -> int:
        """What is to be handed over (minor units)."""
        return self.rest_minor - self.pay_discount_minor + self.rounding_minor

    @property
    def can_send_code(self) -> bool:
        """Whether this machine can reach phones."""
        return self._notify is not None

    def go(self, page: str) -> None:
        """Show another page."""
        if page != self.page:
            self.page = page
            self.page_changed.emit(page)

    def _start(self, deed: str) -> None:
        self.busy = deed
        self.changed.emit()

    def say(self, error: ShopError) -> None:
        """Pass a refusal on as a sentence."""
        if self.busy != "settle":
            self.busy = ""
        self.said.emit(str(error), error.next_step)
        self.changed.emit()

    def _mine(self, callback: Callable[..., object]) -> Callable[..., object]:
        """The callback, only as long as this customer is still here."""
        key = self.key
        return lambda *answer: callback(*answer) if self.key == key else None

    def _otherwise(self, task: Any, then: Callable[..., object]) -> None:
        task.then(self._mine(then)).otherwise(self._mine(self.say))

    def scan_payment(self, code: str) -> bool:
        """Whether it was a payment code that was taken; the paying part knows."""
        return False

    # -- goods ------------------------------------------------------------------------------------------------

    def scan(self, code: str) -> None:
        """Take a scanned code; on the receipt it starts the next customer."""
        if self.page == RECEIPT:
            self.finish()
        if self.scan_payment(code):
            return
        if self.page not in BEFORE_PAYMENT:
            self.said.emit(_("Goods can be added again after “Back to change”."), "")
            return
        member = self.member.member_id if self.member else None
        task = self._background.ask(scan_goods, code, self.lines, member, self.points)
        self._otherwise(task, partial(self._found, code, self._asked))

    def _found(self, code: str, asked: int, found: Scanned) -> None:
        goods = found.goods
        sold = tuple(g for g in goods if g.on_shelf)
        if len(sold) == 1:
            self.add(sold[0], bill=found.bill if asked == self._asked else None)
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

    def add(self, goods: Goods, *, bill: Bill | None = None) -> None:
        """Put goods into the cart, on the line they already have; `bill` is the cart with them, if known."""
        quantity = goods.scanned_milli
        if goods.kind == "weighed" and not goods.labelled:
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
        if self.page == IDLE:
            self.go(BASKET)
        self._change(one_more(self.lines, goods, quantity), bill)

    def change_quantity(self, sku_id: int, unit: str, by: int) -> None:
        """One more or one less; none left takes the line away."""
        lines = tuple(
            replace(line, qty_milli=line.qty_milli + by)
            if (line.sku_id, line.unit, line.fixed_minor) == (sku_id, unit, None)
            else line
            for line in self.lines
        )
        self._change(tuple(line for line in lines if line.qty_milli > 0))

    def remove_line(self, sku_id: int, unit: str, fixed_minor: int | None) -> None:
        """Take away one line that was weighed, or costs what its label or a person said; once for two touches."""
        keys = [line.key for line in self.lines]
        if (sku_id, unit, fixed_minor) in keys:
            at = keys.index((sku_id, unit, fixed_minor))
            self._change(self.lines[:at] + self.lines[at + 1 :])

    def set_points(self, points: int) -> None:
        """How many points the member wants to use; the bill says how many may be."""
        if self.member is not None and points != self.points:
            self.points = points
            self._change(self.lines)

    def _change(self, lines: tuple[CartLine, ...], bill: Bill | None = None) -> None:
        before = self.lines
        self.lines = lines
        self.agreed = False
        self._asked += 1
        self._unsaved = True
        if bill is not None:
            self._priced(self._asked, bill)
            return
        task = self._background.ask(
            price_for, lines, self.member.member_id if self.member else None, self.points
        )
        task.then(self._mine(partial(self._priced, self._asked)))
        task.otherwise(self._mine(partial(self._unpriced, self._asked, before)))

    def _priced(self, asked: int, bill: Bill) -> None:
        if asked != self._asked:
            return
        self._answered = asked
        self.bill, self.points = bill, bill.points
        priced = {(line.offer.sku_id, line.offer.unit) for line in bill.lines}
        if len(priced) < len(self.lines):
            self.lines = tuple(line for line in self.lines if (line.sku_id, line.unit) in priced)
            self.said.emit(
                _("Something in the cart has no price any more and was taken off. Call staff."), "staff"
            )
        self.changed.emit()
        QTimer.singleShot(PAINT_FIRST_MS, self, self._save)

    def _unpriced(self, asked: int, before: tuple[CartLine, ...], error: ShopError) -> None:
        if asked == self._asked:
            self._answered = asked
            self.lines = before
            if self.bill is not None:
                self.points = self.bill.points
            self._save()
        self.say(error)

    # -- saving behind ----------------------------------------------------------------------------------------

    def _save(self) -> None:
        if self._saving or self._asked != self._answered or self.settled is not None:
            self._unsaved = True
            return
        if not self.lines and not self.version:
            self._unsaved = False
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

    def when_saved(self, step: Callable[[], object]) -> None:
        """Do this once the shop has the sale as it is here."""
        if self._saving or self._unsaved or (self.lines and not self.version):
            self._after.append(self._mine(step))
            self._save()
        else:
            step()

    def finish(self) -> None:
        """Wipe everything for the next customer; the whole sale knows how."""
        raise NotImplementedError
