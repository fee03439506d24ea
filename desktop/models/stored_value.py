"""Money members paid in advance: a debt of the shop, told apart from what the shop gave on top of it.

The money part came from the member and may be paid out; the bonus was given and can only be spent. When money is paid
out, the same share of the bonus is taken back.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.i18n import N_
from desktop.models.base import Base, RowId

MONEY, BONUS = "money", "bonus"  # the two parts, and which of them is spent first
OPEN, DONE, DROPPED = "open", "done", "dropped"  # states of a top-up
KIND_WORDS = {
    "top_up": N_("Topped up"),
    "bonus": N_("Bonus for topping up"),
    "spend": N_("Paid an order"),
    "refund": N_("Refunded"),
    "correction": N_("Corrected by hand"),
    "pay_out": N_("Paid out"),
    "bonus_back": N_("Bonus taken back"),
}


class StoredBalance(Base):
    """What a member has (minor units of the shop's currency): = Σ entries, changed in the same transaction."""

    __tablename__ = "stored_balance"
    __table_args__ = (CheckConstraint("money_minor >= 0 AND bonus_minor >= 0", name="parts"),)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    money_minor: Mapped[int] = mapped_column(default=0)
    bonus_minor: Mapped[int] = mapped_column(default=0)


class StoredValueEntry(Base):
    """One change of a member's stored value, with both parts after it (minor units). Append-only.

    `source` is what caused it: `top_up:3`, `order:12`, `refund:4`, `pay_out:2`, or who corrected it. `first` says which
    part a spending took first, so that a refund restores them the other way round.
    """

    __tablename__ = "stored_value_entry"
    __table_args__ = (
        CheckConstraint("money_delta <> 0 OR bonus_delta <> 0", name="moves"),
        CheckConstraint("kind <> 'pay_out' OR (bonus_delta = 0 AND money_delta < 0)", name="paid_out"),
        CheckConstraint("kind <> 'top_up' OR (bonus_delta = 0 AND money_delta > 0)", name="topped_up"),
        CheckConstraint("kind <> 'bonus' OR (money_delta = 0 AND bonus_delta > 0)", name="given"),
        CheckConstraint("kind <> 'bonus_back' OR (money_delta = 0 AND bonus_delta < 0)", name="taken_back"),
        CheckConstraint("kind <> 'spend' OR (money_delta <= 0 AND bonus_delta <= 0)", name="spent"),
        CheckConstraint("kind <> 'refund' OR (money_delta >= 0 AND bonus_delta >= 0)", name="refunded"),
        Index("ix_stored_value_entry_member_id_id", "member_id", "id"),
        Index("ix_stored_value_entry_order_id", "order_id"),
    )
    id: Mapped[RowId]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str]  # one of KIND_WORDS
    money_delta: Mapped[int]
    bonus_delta: Mapped[int]
    money_balance: Mapped[int]
    bonus_balance: Mapped[int]
    source: Mapped[str]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sale_order.id"))
    first: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class TopUp(Base):
    """Money taken in advance (minor units): open while a wallet is asked, then done or dropped.

    The bonus is what the member was promised when it began.
    """

    __tablename__ = "top_up"
    __table_args__ = (
        CheckConstraint("amount_minor > 0 AND bonus_minor >= 0", name="amounts"),
        Index("ix_top_up_state_at", "state", "at"),
    )
    id: Mapped[RowId]
    number: Mapped[str] = mapped_column(default="")  # T20261122-0001, once it is done
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    state: Mapped[str] = mapped_column(default=OPEN)
    amount_minor: Mapped[int]
    bonus_minor: Mapped[int]
    currency: Mapped[str]
    method_key: Mapped[str] = mapped_column(default="")  # empty until a wallet's is known
    received_minor: Mapped[int] = mapped_column(default=0)  # cash handed over
    reference: Mapped[str] = mapped_column(default="")
    attempt_id: Mapped[int | None] = mapped_column(index=True)
    session_id: Mapped[int | None] = mapped_column(index=True)
    till_id: Mapped[int | None] = mapped_column(ForeignKey("till.id"))
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(index=True)


class PayOut(Base):
    """Stored money given back to a member, with the reason (minor units), and the bonus that went with it. Append-only."""

    __tablename__ = "pay_out"
    __table_args__ = (CheckConstraint("amount_minor > 0 AND bonus_minor >= 0", name="amount"),)
    id: Mapped[RowId]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    amount_minor: Mapped[int]
    bonus_minor: Mapped[int] = mapped_column(
        default=0
    )  # taken back: the share of it that the amount was of the money
    currency: Mapped[str]
    method_key: Mapped[str] = mapped_column(ForeignKey("payment_method.key"))
    reason: Mapped[str]
    session_id: Mapped[int | None] = mapped_column(index=True)
    till_id: Mapped[int | None] = mapped_column(ForeignKey("till.id"))
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class BonusTier(Base):
    """From which amount on a top-up is given something: a sum (minor units) or a share of it (basis points)."""

    __tablename__ = "bonus_tier"
    __table_args__ = (
        CheckConstraint("from_minor > 0", name="from"),
        CheckConstraint("(bonus_minor > 0) <> (bonus_bp > 0)", name="one"),
    )
    id: Mapped[RowId]
    from_minor: Mapped[int]
    bonus_minor: Mapped[int] = mapped_column(default=0)
    bonus_bp: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]  # from then on it is promised no more
