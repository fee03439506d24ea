"""After-sales cases: what a customer wants put right after an order was paid, step by step, and what came of it.

Kinds and steps are data: `KINDS` says what a kind needs, `STEPS` is the one table of legal steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.models.base import Base, RowId, personal

REFUND, RETURN, EXCHANGE, RESHIP = "refund", "return", "exchange", "reship"
ASKED, APPROVED, AWAITED, RECEIVED = "asked", "approved", "awaited", "received"
SETTLED, CLOSED, REFUSED, CANCELLED = "settled", "closed", "refused", "cancelled"
OPEN = (ASKED, APPROVED, AWAITED, RECEIVED)  # what they ask for can't be asked for again
WAITING = (*OPEN, SETTLED)  # somebody has to do something about them
STATE_WORDS = {
    ASKED: N_("To approve"),
    APPROVED: N_("Approved"),
    AWAITED: N_("Goods awaited"),
    RECEIVED: N_("Goods arrived"),
    SETTLED: N_("Settled"),
    CLOSED: N_("Closed"),
    REFUSED: N_("Refused"),
    CANCELLED: N_("Withdrawn"),
}
RESALEABLE, DAMAGED = "resaleable", "damaged"
CONDITION_WORDS = {RESALEABLE: N_("Can be sold again"), DAMAGED: N_("Damaged")}
MOST_PHOTOS = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of case needs: goods that come back, and whether settling it leaves something to follow up."""

    key: str
    words: str
    goods: bool
    followed: bool


KINDS = {
    kind.key: kind
    for kind in (
        Kind(REFUND, N_("Refund only"), False, False),
        Kind(RETURN, N_("Return and refund"), True, False),
        Kind(EXCHANGE, N_("Exchange"), True, True),
        Kind(RESHIP, N_("Send again"), False, True),
    )
}

# O15: the one table of legal steps. Everything not in it is refused.
STEPS: frozenset[tuple[str, str]] = frozenset(
    {
        (ASKED, APPROVED),  # nothing has to come back
        (ASKED, AWAITED),
        (ASKED, REFUSED),
        (APPROVED, SETTLED),
        (APPROVED, CLOSED),
        (AWAITED, RECEIVED),
        (RECEIVED, AWAITED),  # taken down by mistake: the goods leave the books again
        (RECEIVED, SETTLED),
        (RECEIVED, CLOSED),
        (RECEIVED, REFUSED),  # not what was sold: the goods go back to the customer
        (SETTLED, CLOSED),
        *((state, CANCELLED) for state in (ASKED, APPROVED, AWAITED)),
    }
)


def check_step(current: str, to: str) -> None:
    """Look the step up in the table of legal ones. Raises `Refused`."""
    if (current, to) not in STEPS:
        words = {"current": _(STATE_WORDS.get(current, current)), "to": _(STATE_WORDS.get(to, to))}
        raise Refused(N_("The case is “{current}”; it can't become “{to}”."), **words)


class AfterSale(Base):
    """One case; `worth_minor` is what its lines were worth when it was asked (minor units, points included)."""

    __tablename__ = "after_sale"
    __table_args__ = (
        Index("ix_after_sale_state_moved_at_id", "state", "moved_at", "id"),
        Index("ix_after_sale_opened_at_id", "opened_at", "id"),
    )
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)  # AS-1121-0003
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=ASKED)
    reason: Mapped[str]
    note: Mapped[str] = personal(default="")  # what the customer said
    with_freight: Mapped[bool] = mapped_column(default=False, server_default=false())
    worth_minor: Mapped[int] = mapped_column(default=0)
    difference_minor: Mapped[int] = mapped_column(
        default=0
    )  # of an exchange: to collect, negative: given back
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("sale_order.id"), index=True)
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"))
    tracking: Mapped[str] = mapped_column(default="")  # of the parcel that comes back
    opened_at: Mapped[datetime]
    moved_at: Mapped[datetime]  # in its present state since
    opened_by: Mapped[str]
    client_key: Mapped[str] = mapped_column(unique=True)

    def step(self, to: str, now: datetime) -> None:
        """Take one legal step. Raises `Refused` for any other."""
        check_step(self.state, to)
        self.state, self.moved_at = to, now


class AfterSaleLine(Base):
    """How much of an order line a case is about (thousandths of its unit), and what came back of it.

    A line without a quantity asks for money alone: `amount_minor` of what was paid for it.
    """

    __tablename__ = "after_sale_line"
    __table_args__ = (
        UniqueConstraint("case_id", "line_id"),
        CheckConstraint(
            "qty_milli >= 0 AND amount_minor >= 0 AND qty_milli + amount_minor > 0", name="asked"
        ),
        CheckConstraint("received_milli >= 0 AND received_milli <= qty_milli", name="received"),
        CheckConstraint("damaged_milli >= 0 AND damaged_milli <= received_milli", name="damaged"),
    )
    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("after_sale.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    qty_milli: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(default=0)
    condition: Mapped[str] = mapped_column(default=RESALEABLE)  # as the customer says
    received_milli: Mapped[int] = mapped_column(default=0)
    damaged_milli: Mapped[int] = mapped_column(default=0)  # of what was received


class AfterSaleGoods(Base):
    """What an exchange sends out instead (thousandths of the unit); afterwards the line it became.

    `credit_minor` is the part of that line's price the goods that came back pay, `spent_minor` what of it was given
    back as money since.
    """

    __tablename__ = "after_sale_goods"
    __table_args__ = (
        CheckConstraint("qty_milli > 0", name="qty"),
        CheckConstraint("spent_minor >= 0 AND spent_minor <= credit_minor", name="spent"),
    )
    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("after_sale.id"), index=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    unit: Mapped[str] = mapped_column(default="")
    qty_milli: Mapped[int]
    line_id: Mapped[int | None] = mapped_column(index=True)
    credit_minor: Mapped[int] = mapped_column(default=0)
    spent_minor: Mapped[int] = mapped_column(default=0)


class ExchangeCredit(Base):
    """Where the money lies that an exchange counts towards its new goods: with which order, how much, what went back."""

    __tablename__ = "exchange_credit"
    __table_args__ = (
        UniqueConstraint("case_id", "order_id"),
        CheckConstraint("spent_minor >= 0 AND spent_minor <= amount_minor", name="spent"),
    )
    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("after_sale.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"), index=True)
    amount_minor: Mapped[int]
    spent_minor: Mapped[int] = mapped_column(default=0)


class RefundExtra(Base):
    """Money given back for a line without goods: a compensation (minor units). Append-only."""

    __tablename__ = "refund_extra"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)
    id: Mapped[RowId]
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    amount_minor: Mapped[int]


class AfterSalePhoto(Base):
    """A photo of what is wrong, written anew and made small."""

    __tablename__ = "after_sale_photo"
    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("after_sale.id"), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    actor: Mapped[str]
    at: Mapped[datetime]


class AfterSaleEvent(Base):
    """One step of a case: who, when, why. Append-only."""

    __tablename__ = "after_sale_event"
    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("after_sale.id"), index=True)
    kind: Mapped[str]  # a state, or a key of queries/after_sale_words.EVENT_WORDS
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]
