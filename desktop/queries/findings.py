"""What a check of orders and points finds: a sentence, the sums that differ, the proof, and which repair fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop.basics.i18n import N_, _
from desktop.queries.verify_fault import Writer, count, first_of, money, pieces, points
from desktop.shop.work import Read

MOST_FINDINGS = 100  # of one kind; the rest is found by the next check, once these are repaired
ORDER, MEMBER = "order", "member"


@dataclass(frozen=True)
class Kind:
    """One thing that can be wrong; `sentence` names {number}, {expected} and {found}, written by `write`.

    `repair` says what the button does, `undo` how that is taken back; a repair that is `safe` needs nobody's eye.
    """

    key: str
    title: str
    sentence: str
    subject: str
    write: Writer
    repair: str = ""
    undo: str = ""
    safe: bool = False
    timed: bool = False  # what was found grows by itself with every day
    drifts: bool = False  # both figures grow with every sale; what is wrong is their difference


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "paid", N_("Paid in full, still unpaid"),
            N_("Order {number}: payments of {found} cover the total of {expected}, yet it is unpaid."), ORDER, money,
            N_("Mark as paid"), N_("To take this back, cancel the order with its refund."), True,
        ),
        Kind(
            "parcel", N_("Parcel sent, still to ship"),
            N_("Order {number}: its parcel left, yet it waits to be shipped."), ORDER, count,
            N_("Mark as shipped"), N_("To take this back, use “Take shipment back” on the order."), True,
        ),
        Kind(
            "holding", N_("Closed, still holding stock"),
            N_("Order {number} is closed and should hold {expected} pieces; it holds {found}."), ORDER, pieces,
            N_("Free the goods"), N_("To hold goods again, write a new order."), True,
        ),
        Kind(
            "not moved", N_("Handed over without stock movement"),
            N_("Order {number}: {expected} pieces left the shop, stock movements say {found}."), ORDER, pieces,
            N_("Book the goods out"), N_("To take this back, correct the stock of these goods by the same quantity."),
        ),
        Kind(
            "queue", N_("Still queued after its hours began"),
            N_("Order {number} should wait {expected} days in the queue; it waits {found} days too long."), ORDER,
            count, N_("Release"), N_("Nothing is lost: the order is handled like any other."), True, True,
        ),
        Kind(
            "unpaid", N_("Unpaid far beyond its time"),
            N_("Order {number} should be closed {expected} days after its time to pay; it waits since {found} days."),
            ORDER, count, N_("Cancel the order"), N_("To take this back, write the order again."), False, True,
        ),
        Kind(
            "to ship", N_("To ship far beyond its time"),
            N_("Order {number} should be on its way {expected} days after its time to ship; it waits since {found} days."),  # noqa: E501
            ORDER, count, "", "", False, True,
        ),
        Kind(
            "expiring", N_("Held goods expire before it leaves"),
            N_("Order {number} holds {expected} pieces with a last day; {found} of them last until it leaves. Ship it sooner, or take fresh goods in."),  # noqa: E501
            ORDER, pieces,
        ),
        Kind(
            "shipped", N_("On its way far too long"),
            N_("Order {number} should arrive within {expected} days; it is on its way since {found} days."), ORDER,
            count, N_("Mark as received"), N_("What came back later is given back by a refund."), False, True,
        ),
        Kind(
            "kept", N_("Points kept for an order that was given back"),
            N_("Order {number} was cancelled or given back: {expected} should have come back, {found} did."), ORDER,
            points, N_("Give the points back"), N_("To take this back, correct the member’s points by the same number."),  # noqa: E501
            True,
        ),
        Kind(
            "promised", N_("Points of a refund that never came"),
            N_("Refund of order {number}: it promised {expected}, the ledger has {found}."), ORDER, points,
            N_("Give the points back"), N_("To take this back, correct the member’s points by the same number."), True,
        ),
        Kind(
            "twice", N_("Points deducted more than once"),
            N_("Order {number} was paid with {expected}; {found} were deducted."), ORDER, points,
            N_("Give the points back"), N_("To take this back, correct the member’s points by the same number."), True,
        ),
        Kind(
            "earned", N_("Points given for nothing"),
            N_("Order {number} earns {expected}; {found} were given."), ORDER, points,
            N_("Take the points back"), N_("To take this back, correct the member’s points by the same number."), True,
        ),
        Kind(
            "balance", N_("Points balance does not fit the ledger"),
            N_("Member {number}: the ledger adds up to {expected}, the balance says {found}."), MEMBER, points,
            N_("Count the balance again"), N_("The ledger stays as it is; the trail keeps the old balance."), True,
            drifts=True,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One order or member that is wrong; `expected` and `found` in the kind's own unit (minor units, points, …).

    `proof` are the rows behind it, already in words. `safe` says that its repair needs nobody's eye.
    """

    kind: str
    subject_id: int
    number: str
    expected: int
    found: int
    minor: int = 0  # money at stake
    safe: bool = False
    proof: tuple[str, ...] = ()
    expected_text: str = ""
    found_text: str = ""

    @property
    def key(self) -> tuple[str, int, int, int]:
        """What a repair is asked for: only while this is still so."""
        kind, expected, found = KINDS[self.kind], self.expected, self.found
        if kind.drifts:
            return (self.kind, self.subject_id, 0, found - expected)
        return (self.kind, self.subject_id, expected, 0 if kind.timed else found)

    @property
    def subject(self) -> str:
        """How rows name the subject: `order:12`."""
        return f"{KINDS[self.kind].subject}:{self.subject_id}"

    @property
    def fields(self) -> dict[str, str]:
        """The blanks of the sentence."""
        return {"number": self.number, "expected": self.expected_text, "found": self.found_text}

    def __str__(self) -> str:
        return _(KINDS[self.kind].sentence).format(**self.fields)


Prover = Callable[[Read, int], Iterator[str]]


def findings_of(
    read: Read,
    kind: str,
    statement: Any,
    provers: tuple[Prover, ...],
    safe: Callable[[Any], bool] | None = None,
) -> Iterator[Finding]:
    """A finding for every row (id, number, expected, found, minor) of the statement, with its proof.

    A row of a timed kind has a moment in place of `found`: the days since then are what is found.
    """
    about = KINDS[kind]
    for row in read.rows(first_of(statement, MOST_FINDINGS)).all():
        found = (read.now - row.found).days if about.timed else int(row.found or 0)
        expected = int(row.expected or 0)
        proof = tuple(line for prove in provers for line in prove(read, row.id))
        yield Finding(
            kind, row.id, row.number, expected, found, abs(int(row.minor or 0)),
            bool(about.repair) and (about.safe if safe is None else safe(row)), proof,
            about.write(read, expected), about.write(read, found),
        )  # fmt: skip


def moment(read: Read, at: datetime) -> str:
    """A moment by the shop's clock."""
    return f"{at.astimezone(read.zone):%Y-%m-%d %H:%M}"
