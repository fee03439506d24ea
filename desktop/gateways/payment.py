"""What every payment provider looks like to the shop, and the card terminal that a person reads off.

States and steps of one attempt to pay; an answer that did not come is `UNKNOWN`, never "failed".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money


class State(StrEnum):
    """Where an attempt to pay stands."""

    CREATED = "created"
    SENT = "sent"
    PENDING = "pending"
    UNKNOWN = "unknown"
    FAILED = "failed"  # only for an answer the provider calls final
    SUCCEEDED = "succeeded"
    CANCELLING = "cancelling"
    CLOSED = "closed"
    REVERSED = "reversed"
    REFUNDING = "refunding"
    PARTLY_REFUNDED = "partly refunded"
    REFUNDED = "refunded"
    REFUND_ABNORMAL = "refund abnormal"
    ORPHAN = "orphan"  # only on the provider's statement


SHOW, TAKE = "show", "take"  # they scan our code; we scan theirs

S = State
STEPS: frozenset[tuple[State, State]] = frozenset({
    (S.CREATED, S.SENT), (S.SENT, S.CREATED),  # back only when no connection came about
    (S.SENT, S.PENDING), (S.SENT, S.UNKNOWN), (S.SENT, S.FAILED), (S.SENT, S.SUCCEEDED),
    (S.SENT, S.CANCELLING), (S.CREATED, S.CLOSED), (S.CREATED, S.FAILED),
    (S.PENDING, S.SUCCEEDED), (S.PENDING, S.CANCELLING), (S.UNKNOWN, S.SUCCEEDED), (S.UNKNOWN, S.CANCELLING),
    (S.UNKNOWN, S.PENDING), (S.PENDING, S.UNKNOWN),
    (S.CANCELLING, S.CLOSED), (S.CANCELLING, S.REVERSED), (S.CANCELLING, S.SUCCEEDED),
    # money nobody waits for any more: it goes back by itself
    (S.CREATED, S.SUCCEEDED), (S.CLOSED, S.SUCCEEDED), (S.FAILED, S.SUCCEEDED), (S.REVERSED, S.SUCCEEDED),
    (S.SUCCEEDED, S.REFUNDING), (S.PARTLY_REFUNDED, S.REFUNDING), (S.REFUND_ABNORMAL, S.REFUNDING),
    (S.REFUNDING, S.PARTLY_REFUNDED), (S.REFUNDING, S.REFUNDED), (S.REFUNDING, S.REFUND_ABNORMAL),
})  # fmt: skip
FINAL = frozenset({S.FAILED, S.CLOSED, S.REVERSED, S.REFUNDED, S.ORPHAN})


class Reason(StrEnum):
    """Why an attempt or a refund stands where it stands; what to do about each is the shop's setting."""

    NONE = ""
    CANCELLED = "cancelled by the customer"
    EXPIRED = "expired"
    CODE = "code not valid"  # too old, used, or of another wallet
    MONEY = "not enough money"
    LIMIT = "limit of the customer"
    RISK = "refused by the provider"
    NO_CONNECTION = "no connection"
    NO_ANSWER = "no answer in time"
    BUSY = "provider busy"
    UNREADABLE = "answer not readable"
    SIGNATURE = "signature not valid"
    CLOCK = "clock differs"
    KEYS = "keys not accepted"
    CERTIFICATE = "certificate expired"
    SETUP = "not set up with the provider"
    AMOUNT = "amount differs"
    NOT_FOUND = "not known to the provider"
    REFUND_REFUSED = "refund refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to be paid: our number for it, how much, for what, from when until when (UTC)."""

    number: str
    amount: Money
    subject: str  # what the customer reads
    created: datetime
    until: datetime
    reference: str = ""  # the provider's own number, once known
    way: str = SHOW  # some providers end a code of theirs by another call than one of ours


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known after a call.

    `CREATED`: no connection came about and nothing was sent. `CANCELLING`: declined (the reason says why), or not yet
    ended; cancel it until it is. `CLOSED` with `NOT_FOUND`: the provider never saw it; ask once more later, since a
    delayed request may still land. `PENDING` with `NOT_FOUND`: nobody has scanned the code yet.
    """

    state: State
    reference: str = ""  # the provider's own number
    code: str = ""  # for the customer to scan
    paid: Money | None = None  # what the provider says was paid; another sum than ours is never accepted
    buyer_paid: Money | None = None  # less than that when the wallet gave something to it
    reason: Reason = Reason.NONE
    detail: str = ""  # the provider's own code, never a name or an account
    wait: float = 0  # seconds until asking again makes sense; 0 leaves it to us


class RefundState(StrEnum):
    """Where a refund by a provider stands."""

    CREATED = "created"  # no connection came about
    UNKNOWN = "unknown"  # repeat it with the same number
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"  # the bank refused it: a person must see to it
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Back:
    """What is known of a refund after a call."""

    state: RefundState
    reference: str = ""
    reason: Reason = Reason.NONE
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message from the provider whose signature is right: only a hint to ask."""

    number: str
    refund_number: str = ""


class Gateway(Protocol):
    """A payment provider. Every call may be repeated with the same number and then changes nothing more.

    Calls answer and do not raise: what went wrong is the answer's reason. A gateway that can't be made from its
    settings and keys raises `Refused` at once.
    """

    def show_code(self, attempt: Attempt) -> Answer:
        """A code the customer scans with the phone."""

    def take_code(self, attempt: Attempt, customer_code: str) -> Answer:
        """Charge the code the customer shows to the scanner."""

    def query(self, attempt: Attempt) -> Answer:
        """What became of it."""

    def cancel(self, attempt: Attempt) -> Answer:
        """Close or reverse it; success may still have been faster."""

    def refund(self, attempt: Attempt, number: str, amount: Money, why: str) -> Back:
        """Give back a part or all of it."""

    def query_refund(self, attempt: Attempt, number: str) -> Back:
        """What became of a refund."""

    def bill(self, day: date) -> bytes:
        """The provider's statement of a day, as it comes. Raises `Refused` (not ready yet, no such day) or `Unavailable`."""

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check a message from the provider. Raises `Refused` for one that is not signed by it or not for us."""


@dataclass(frozen=True, slots=True)
class HandTerminal:
    """A card terminal beside the till: staff type in the amount there and its reference number here."""

    def record(self, attempt: Attempt, reference: str) -> Answer:
        """What staff saw on the slip. Raises `Refused` for what is no reference, above all a card number."""
        cleaned = reference.strip()
        if len(cleaned) > 32 or not all(ch.isalnum() or ch in "-/ " for ch in cleaned):
            raise Refused(
                N_("A reference number has at most 32 letters and digits. Type it as on the terminal’s slip.")
            )
        if _is_card_number(cleaned):
            raise Refused(
                N_("This looks like a card number, which is never kept. Type the slip’s reference number.")
            )
        return Answer(State.SUCCEEDED, cleaned, paid=attempt.amount)


def _is_card_number(text: str) -> bool:
    """Whether the digits could be a card's: 13 to 19 of them with a right Luhn sum (ISO/IEC 7812)."""
    digits = [int(ch) for ch in reversed(text) if ch.isascii() and ch.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [d * 2 - 9 * (d > 4) for d in digits[1::2]]
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0
