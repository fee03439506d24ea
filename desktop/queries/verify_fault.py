"""One figure that does not fit, and how a statement's rows become such findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import points_text
from desktop.shop.work import Read

MOST_FAULTS = 200  # of one kind; whoever has more needs a backup, not a longer list

SENTENCES = {
    "stock": N_("Stock of {subject}: the movements add up to {expected}, the balance says {found}."),
    "reserved": N_("Held stock of {subject}: open orders hold {expected}, the balance says {found}."),
    "in transit": N_("Goods in transit of {subject}: {expected} are under way, the balance says {found}."),
    "stocktake": N_("Stocktake {subject}: it posted {expected}, its movements add up to {found}."),
    "held still": N_("Stock of {subject} should be {expected}; it is {found}."),
    "reservation": N_("Order {subject} is {found} and still holds goods; it should hold {expected}."),
    "lines": N_("Lines of order {subject}: the order says {expected}, its lines add up to {found}."),
    "line": N_("Line of order {subject}: price and quantity make {expected}, the line says {found}."),
    "total": N_("Total of order {subject}: its parts make {expected}, it says {found}."),
    "paid": N_("Payment of order {subject}: the payments add up to {expected}, the order says {found}."),
    "points paid": N_(
        "Points paid for order {subject}: the payments say {expected}, the order says {found}."
    ),
    "points used": N_(
        "Points used for order {subject}: the payments say {expected}, the order says {found}."
    ),
    "status": N_("Order {subject}: paid should be {expected} for its status, it is {found}."),
    "refunded": N_("Refunds of order {subject}: they add up to {expected}, the order says {found}."),
    "refund": N_("Refund {subject}: it says {expected}, the parts given back add up to {found}."),
    "refund points": N_(
        "Points of refund {subject}: it says {expected}, the parts given back add up to {found}."
    ),
    "refund limit": N_("Payment {subject}: at most {expected} can go back, {found} went back."),
    "refunded quantity": N_(
        "Line of order {subject}: refunds say {expected} came back, the line says {found}."
    ),
    "shipped quantity": N_("Line of order {subject}: {expected} should have left, the line says {found}."),
    "returned quantity": N_("Line of order {subject}: {expected} have left, {found} came back."),
    "in parcels": N_("Line of order {subject}: its parcels hold {expected}, the line says {found} left."),
    "asked for": N_("Line of order {subject}: {expected} were sold, {found} went back or are asked for."),
    "came back": N_("Line of order {subject}: {expected} had left, {found} came back."),
    "line limit": N_("Line of order {subject}: it cost {expected}, {found} were given back for it."),
    "exchanged": N_(
        "Exchange {subject}: {expected} of what came back is kept, {found} pays for its new goods."
    ),
    "kept": N_("Order {subject}: {expected} of it pays for exchanged goods, only {found} is left of it."),
    "points": N_("Points of member {subject}: the ledger adds up to {expected}, the balance says {found}."),
    "ledger": N_(
        "Ledger of member {subject}: the balance after entry should be {expected}, it says {found}."
    ),
    "stored value": N_(
        "Stored money of member {subject}: the entries add up to {expected}, the balance says {found}."
    ),
    "stored bonus": N_(
        "Stored bonus of member {subject}: the entries add up to {expected}, the balance says {found}."
    ),
    "stored ledger": N_(
        "Stored value of member {subject}: the balance after an entry should be {expected}, it says {found}."
    ),
    "top-up": N_("{subject}: it should stand in the ledger with {expected}, {found} stands there."),
    "pay-out": N_("{subject}: it should stand in the ledger with {expected}, {found} stands there."),
    "stored value of an order": N_(
        "Order {subject}: {expected} of it were paid from stored value, the ledger says {found}."
    ),
    "stored value of a refund": N_(
        "{subject}: {expected} of it went back as stored value, the ledger says {found}."
    ),
    "earned": N_("Points earned with order {subject}: the order says {expected}, the ledger {found}."),
    "spent": N_("Points spent on order {subject}: the order says {expected}, the ledger {found}."),
    "member orders": N_("Orders of member {subject}: {expected} are paid, the member says {found}."),
    "member money": N_(
        "Money of member {subject}: the orders add up to {expected}, the member says {found}."
    ),
    "daily orders": N_("Orders of {subject}: {expected} were placed, the daily total says {found}."),
    "daily money": N_("Money of {subject}: payments add up to {expected}, the daily total says {found}."),
    "daily refunds": N_("Refunds of {subject}: they add up to {expected}, the daily total says {found}."),
    "daily points": N_("Points paid on {subject}: they are worth {expected}, the daily total says {found}."),
    "receipts": N_("Receipts of till {subject}: {expected} were given out, {found} are there."),
    "search": N_("Search text of order {subject}: it should be {expected}, it is {found}."),
    "search index": N_("Search index {subject}: it should hold {expected}; {found}."),
    "batches": N_("Batches of {subject}: {expected} are on hand, the batches hold {found}."),
    "batch": N_("Batch {subject}: its movements add up to {expected}, it holds {found}."),
    "set aside": N_("Set aside of {subject}: the campaigns have {expected} left, the stock says {found}."),
    "campaign": N_("Campaign {subject}: its entries add up to {expected}, it has {found} left."),
    "purchase received": N_(
        "Purchase {subject}: its deliveries add up to {expected}, its line says {found}."
    ),
    "purchase total": N_("Purchase order {subject}: its lines add up to {expected}, it says {found}."),
    "purchase moved": N_("{subject}: {expected} stand on the paper, the stock moved by {found}."),
    "cash expected": N_("Cash session {subject}: {expected} should have been there, it says {found}."),
    "cash float": N_("Cash session {subject}: {expected} was put in as its float, it says {found}."),
    "cash foreign": N_(
        "Cash session {subject}: notes of another currency make {expected}, the count says {found}."
    ),
    "cash count": N_("Cash session {subject}: coins and notes make {expected}, the count says {found}."),
    "cash open": N_("Till {subject}: at most {expected} cash session may be open, {found} are."),
    "z reports": N_("Z reports of till {subject}: {expected} were numbered, {found} are there."),
    "bill": N_("Bill {subject}: its rows add up to {expected}, it says {found}."),
    "bill entry": N_("Difference {subject}: {expected} should be booked for it, {found} is."),
    "bill row": N_(
        "Payment {subject}: the bill says {expected}, ours is {found}, and both count as the same."
    ),
    "bill tie": N_("Payment {subject}: the books say {expected}, its row of the bill says {found} is ours."),
    "method uses": N_(
        "Way to pay {subject}: its uses of a day add up to {expected}, the counter says {found}."
    ),
    "payment discount": N_(
        "Order {subject}: {found} were taken off for the way it was paid, only {expected} in all."
    ),
    "booked": N_("Payment {subject}: {expected} should be booked for it, {found} are."),
    "provider refunds": N_("Payment {subject}: its refunds add up to {expected}, it says {found}."),
    "asked back": N_("Payment {subject}: {expected} should be asked back of the provider, {found} were."),
    "held": N_("Payment {subject}: {expected} were captured for nothing, {found} went back."),
    "open payments": N_("Payment {subject}: at most {expected} may be under way for it, {found} are."),
    "copies": N_("Papers of {subject}: {expected} were given out, {found} are there."),
    "drawer": N_("Drawer opened for {subject}: its job belongs to till {expected}, the entry says {found}."),
    "audit trail": N_("Audit trail {subject}: it should be {expected}, but {found}."),
    "file": N_("The database file is damaged: {subject}"),
    "reference": N_("Row {subject} should refer to {expected}, it refers to {found}."),
}


@dataclass(frozen=True)
class Fault:
    """A figure that does not fit; `expected` and `found` are already written for people."""

    kind: str
    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        return _(SENTENCES[self.kind]).format(subject=self.subject, expected=self.expected, found=self.found)


Writer = Callable[[Read, Any], str]


def money(read: Read, value: Any) -> str:
    """Minor units of the shop's currency."""
    return str(Money(int(value or 0), read.currency))


def pieces(_read: Read, value: Any) -> str:
    """Thousandths of a unit."""
    return quantity_text(int(value or 0))


def points(_read: Read, value: Any) -> str:
    """Whole points."""
    return points_text(int(value or 0))


def count(_read: Read, value: Any) -> str:
    """A number of things."""
    return f"{int(value or 0):,}"


def first_of(statement: Any, most: int) -> Any:
    """At most so many rows of a statement that finds few among a great many.

    The limit stands outside: PostgreSQL would hope for rows at once, and compare every order with every entry.
    """
    found = statement.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return select(found).limit(most)


def finding(read: Read, kind: str, statement: Any, write: Writer) -> Iterator[Fault]:
    """A fault for every row (subject, expected, found) of the statement, up to a limit."""
    for row in read.rows(first_of(statement, MOST_FAULTS)):
        yield Fault(kind, str(row.subject), write(read, row.expected), write(read, row.found))
