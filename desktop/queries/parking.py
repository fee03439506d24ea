"""The sales that are parked, for whoever takes money."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from desktop.basics.errors import Refused
from desktop.basics.money import MILLI
from desktop.models.checkout import Checkout
from desktop.models.people import Permission, Till
from desktop.models.settings import KIOSK_PARKED
from desktop.pricing.cart import Bill, CartLine
from desktop.queries.checkout import price_for
from desktop.queries.order_words import said
from desktop.shop.action import question
from desktop.shop.work import Read

MOST = 50


@dataclass(frozen=True, slots=True)
class ParkedSale:
    """A parked sale: its number of that day, what it holds (thousandths) and costs now without a member's prices."""

    id: int
    ticket: int
    till: str
    at: datetime
    first: str
    pieces_milli: int
    total_minor: int | None  # None: something in it can't be sold like this any more
    currency: str


@question(permission=Permission.TAKE_PAYMENT)
def parked_sales(read: Read) -> tuple[ParkedSale, ...]:
    """The sales parked within the hours they are kept, the newest first."""
    oldest = read.now - timedelta(hours=read.setting(KIOSK_PARKED))
    statement = (
        select(Checkout.id, Checkout.ticket, Checkout.lines, Checkout.updated_at, Till.name)
        .join(Till, Till.id == Checkout.till_id)
        .where(Checkout.state == "parked", Checkout.updated_at >= oldest)
        .order_by(Checkout.updated_at.desc(), Checkout.id.desc())
        .limit(MOST)
    )
    found = []
    for row in read.rows(statement).all():
        lines = [CartLine(*line) for line in json.loads(row.lines)]
        bill = _bill(read, lines)
        first = bill.lines[0].offer.name if bill and bill.lines else ""
        pieces = bill.pieces_milli if bill else MILLI * len(lines)
        total = bill.total_minor if bill else None
        who = (row.id, row.ticket or 0, said(row.name), row.updated_at)
        found.append(ParkedSale(*who, first, pieces, total, read.currency))
    return tuple(found)


def _bill(read: Read, lines: list[CartLine]) -> Bill | None:
    try:
        return price_for.run(read, lines)
    except Refused:
        return None  # said when it is taken back; the others must be found
