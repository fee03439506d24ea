"""How much may still be asked for of an order line: never more than was sold, open cases counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desktop.models.after_sales import EXCHANGE, REFUND, RETURN
from desktop.queries.given_back import Claim, claim_on, held_by_line, worth_of
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class Room:
    """What may still be asked of a line, by kind of case: thousandths, and minor units of money alone."""

    refund_milli: int
    back_milli: int
    again_milli: int
    money_minor: int

    def of(self, kind: str) -> int:
        """The quantity a case of this kind may ask for."""
        return {REFUND: self.refund_milli, RETURN: self.back_milli, EXCHANGE: self.back_milli}.get(
            kind, self.again_milli
        )


def room_of(read: Read, line: Any, besides: int = 0) -> Room:
    """What may still be asked of a line, a case of one's own aside."""
    claim = claim_on(read, line.id, besides)
    unclaimed = max(0, line.qty_milli - line.refunded_milli - claim.qty_milli)
    gone = max(0, line.shipped_milli - (line.refunded_milli - line.freed_milli))
    with_customer = max(0, gone - claim.back_milli)
    return Room(
        refund_milli=unclaimed,
        back_milli=min(unclaimed, with_customer),
        again_milli=max(0, with_customer - claim.sent_again_milli),
        money_minor=_money(read, line, claim),
    )


def _money(read: Read, line: Any, claim: Claim) -> int:
    asked = claim.amount_minor
    if claim.qty_milli:
        asked += worth_of(read, line, claim.qty_milli).total_minor
    return max(0, held_by_line(read, line).total_minor - asked)
