"""What members paid in advance: balances, entries, tiers of bonus, slips, and what the shop owes in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_, _
from desktop.basics.money import BASIS, half_up
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.payments import PaymentMethod, Refund
from desktop.models.people import Permission
from desktop.models.settings import STORED_FIRST, STORED_LEAST, STORED_MOST
from desktop.models.stored_value import (
    DONE,
    KIND_WORDS,
    MONEY,
    BonusTier,
    StoredBalance,
    StoredValueEntry,
    TopUp,
)
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

STORED = "stored_value"  # the way to pay


@dataclass(frozen=True, slots=True)
class Balance:
    """What a member has, in minor units: the money they paid, and the bonus on top, which is never paid out."""

    money_minor: int = 0
    bonus_minor: int = 0

    @property
    def total_minor(self) -> int:
        """Both together: what can be spent."""
        return self.money_minor + self.bonus_minor

    def parts(self, amount_minor: int, first: str) -> tuple[int, int]:
        """An amount as (money, bonus) when `first` of them is spent first."""
        if first == MONEY:
            money = min(amount_minor, self.money_minor)
            return money, amount_minor - money
        bonus = min(amount_minor, self.bonus_minor)
        return amount_minor - bonus, bonus

    def lapses(self, amount_minor: int) -> int:
        """The bonus that goes when so much of the money is paid out: the same share of it, all of it with the last."""
        return half_up(self.bonus_minor * amount_minor, self.money_minor) if self.money_minor else 0


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier of bonus: from which amount on, what it gives (a sum, or basis points), and when it holds."""

    id: int
    from_minor: int
    bonus_minor: int
    bonus_bp: int
    valid_from: datetime | None
    valid_until: datetime | None

    def bonus_for(self, amount_minor: int) -> int:
        """What a top-up of this much would be given by it; 0 below its amount."""
        if amount_minor < self.from_minor:
            return 0
        return self.bonus_minor or half_up(amount_minor * self.bonus_bp, BASIS)

    def holds(self, now: datetime) -> bool:
        """Whether it is promised at this moment."""
        begun = self.valid_from is None or self.valid_from <= now
        return begun and (self.valid_until is None or now < self.valid_until)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One change of a balance, with both parts after it, and the order behind it."""

    id: int
    at: datetime
    kind: str
    money_delta: int
    bonus_delta: int
    money_balance: int
    bonus_balance: int
    source: str
    note: str
    actor: str
    order_id: int | None
    order_code: str

    @property
    def delta(self) -> int:
        """Both parts together."""
        return self.money_delta + self.bonus_delta

    @property
    def balance(self) -> int:
        """Both parts after it."""
        return self.money_balance + self.bonus_balance


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """What the sheets need: the balance, what it may grow to, and the tiers that hold now."""

    balance: Balance
    least_minor: int
    most_minor: int
    first: str
    tiers: tuple[TierRow, ...]
    enabled: bool

    @property
    def shown(self) -> bool:
        """Whether a page has anything to say about it."""
        return self.enabled or bool(self.balance.total_minor)

    def bonus_for(self, amount_minor: int) -> int:
        """What a top-up of this much is given now."""
        return max((tier.bonus_for(amount_minor) for tier in self.tiers), default=0)


@dataclass(frozen=True, slots=True)
class TopUpSlip:
    """What the slip of a top-up says."""

    id: int
    number: str
    at: datetime
    member_code: str
    phone_tail: str
    method_key: str
    amount_minor: int
    bonus_minor: int
    received_minor: int
    currency: str
    balance: Balance
    actor: str


@dataclass(frozen=True, slots=True)
class Owed:
    """What the shop owes its members: money it holds for them, and bonus it promised. No income."""

    money_minor: int
    bonus_minor: int
    members: int


def balance_of(read: Read, member_id: int | None) -> Balance:
    """A member's stored value; nothing for nobody."""
    if member_id is None:
        return Balance()
    columns = (StoredBalance.money_minor, StoredBalance.bonus_minor)
    row = read.first(select(*columns).where(StoredBalance.member_id == member_id))
    return Balance(*tuple(row)) if row is not None else Balance()


def is_offered(read: Read) -> bool:
    """Whether the shop has switched stored value on."""
    return bool(read.value(select(PaymentMethod.enabled).where(PaymentMethod.key == STORED)))


def kind_word(kind: str) -> str:
    """What an entry is called."""
    return _(KIND_WORDS.get(kind, kind))


def tiers_now(read: Read) -> tuple[TierRow, ...]:
    """The tiers that hold at this moment."""
    return tuple(tier for tier in bonus_tiers.run(read) if tier.holds(read.now))


def bonus_for(read: Read, amount_minor: int) -> int:
    """The best that the tiers of this moment give for a top-up."""
    return max((tier.bonus_for(amount_minor) for tier in tiers_now(read)), default=0)


@question(permission=Permission.SEE_MEMBERS)
def bonus_tiers(read: Read) -> tuple[TierRow, ...]:
    """Every tier, the smallest amount first."""
    columns = (
        BonusTier.id, BonusTier.from_minor, BonusTier.bonus_minor, BonusTier.bonus_bp, BonusTier.valid_from,
        BonusTier.valid_until,
    )  # fmt: skip
    rows = read.rows(select(*columns).order_by(BonusTier.from_minor, BonusTier.id))
    return tuple(TierRow(*tuple(row)) for row in rows)


@question(permission=Permission.SEE_MEMBERS)
def stored_facts(read: Read, member_id: int) -> StoredFacts:
    """What is known for topping up this member."""
    return StoredFacts(
        balance_of(read, member_id), read.setting(STORED_LEAST), read.setting(STORED_MOST), read.setting(STORED_FIRST),
        tiers_now(read), is_offered(read),
    )  # fmt: skip


@question(permission=Permission.SEE_MEMBERS)
def stored_page(read: Read, member_id: int, *, after: Position | None = None) -> Page[StoredEntry]:
    """A member's entries, newest first."""
    columns = (
        StoredValueEntry.id, StoredValueEntry.at, StoredValueEntry.kind, StoredValueEntry.money_delta,
        StoredValueEntry.bonus_delta, StoredValueEntry.money_balance, StoredValueEntry.bonus_balance,
        StoredValueEntry.source, StoredValueEntry.note, StoredValueEntry.actor, StoredValueEntry.order_id,
    )  # fmt: skip
    statement = select(*columns).where(StoredValueEntry.member_id == member_id)
    rows = read.rows(in_order(statement, [StoredValueEntry.id], after)).all()
    orders = _orders_behind(read, rows)
    return page_of(
        rows,
        lambda row: StoredEntry(*tuple(row)[:10], *orders.get(row.id, (None, ""))),
        lambda row: (row.id,),
    )


def _orders_behind(read: Read, rows: Any) -> dict[int, tuple[int, str]]:
    """Entry → its order: named itself, or by the refund that another way to pay was given back by."""
    direct = {row.id: row.order_id for row in rows if row.order_id is not None}
    refunds = {
        row.id: int(row.source[7:])
        for row in rows
        if row.order_id is None and row.source.startswith("refund:") and row.source[7:].isdigit()
    }
    if refunds:
        mine = select(Refund.id, Refund.order_id).where(Refund.id.in_(set(refunds.values())))
        of = {row.id: row.order_id for row in read.rows(mine)}
        direct |= {entry: of[refund] for entry, refund in refunds.items() if refund in of}
    if not direct:
        return {}
    codes = select(Order.id, Order.short_code).where(Order.id.in_(set(direct.values())))
    names = {row.id: row.short_code for row in read.rows(codes)}
    return {entry: (order, names.get(order, "")) for entry, order in direct.items()}


@question(permission=Permission.SEE_MEMBERS)
def top_up_slip(read: Read, top_up_id: int) -> TopUpSlip:
    """What is printed about a top-up. Raises `NotFound` for one that is not done."""
    statement = (
        select(TopUp, Member.code, Member.phone_tail)
        .join(Member, Member.id == TopUp.member_id)
        .where(TopUp.id == top_up_id, TopUp.state == DONE)
        .with_only_columns(*TopUp.__table__.c, Member.code.label("member_code"), Member.phone_tail)
    )
    row = read.first(statement)
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    entry = (
        select(StoredValueEntry.money_balance, StoredValueEntry.bonus_balance)
        .where(StoredValueEntry.member_id == row.member_id, StoredValueEntry.source == f"top_up:{top_up_id}")
        .order_by(StoredValueEntry.id.desc())
        .limit(1)
    )
    after = read.first(entry)
    return TopUpSlip(
        row.id, row.number, row.done_at, row.member_code, row.phone_tail, row.method_key, row.amount_minor,
        row.bonus_minor, row.received_minor, row.currency, Balance(*tuple(after or (0, 0))), row.actor,
    )  # fmt: skip


@question(permission=Permission.SEE_PAYMENTS)
def stored_owed(read: Read) -> Owed:
    """What the shop owes its members now."""
    some = or_(StoredBalance.money_minor > 0, StoredBalance.bonus_minor > 0)
    sums = [func.coalesce(func.sum(c), 0) for c in (StoredBalance.money_minor, StoredBalance.bonus_minor)]
    row = tuple(read.rows(select(*sums, func.count()).where(some)).one())
    return Owed(*(int(value) for value in row))
