"""Purchase orders that should have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.i18n import N_
from desktop.models.purchasing import COMING, PurchaseOrder
from desktop.models.rules import RuleWatch
from desktop.queries.page import AnySelect
from desktop.rules.catalogue import BATCH, Due, RuleRow, Trigger, declare
from desktop.rules.parameters import Parameter
from desktop.rules.triggers import watching
from desktop.rules.triggers.states import values_of
from desktop.shop.work import Read


@dataclass(frozen=True, kw_only=True)
class PurchaseLate(Trigger):
    """Orders that were expected so many days ago and did not come; another expected day arms them again.

    The turn is the first moment of the day on which they are that late.
    """

    topic: str = "stock"
    subject: str = "purchase"

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """Orders by how long they are late, each once for the day it was expected on."""
        days = timedelta(days=values_of(read, rule)["days"])
        watch = (RuleWatch.rule_id == rule.id) & (RuleWatch.subject_id == PurchaseOrder.id)
        late = self._waiting(read, rule, only).where(*watching.apart(read, rule, PurchaseOrder.id))
        late = late.where(PurchaseOrder.expected_on <= shop_day(read.now, read.zone) - days)
        late = late.add_columns(RuleWatch.start_at.label("told")).join(RuleWatch, watch, isouter=True)
        found = []
        for row in read.rows(late.order_by(PurchaseOrder.expected_on, PurchaseOrder.id).limit(limit)):
            start = day_starts(row.expected_on + days, read.zone)
            if row.told is None or start > row.told:
                found.append(Due(row.id, start, start))
        known: Any = select(PurchaseOrder.id, RuleWatch.start_at).where(PurchaseOrder.state.in_(COMING))
        known = watching.only_this(known, PurchaseOrder.id, only).where(*watching.conditions(read, rule))
        return found + watching.dues(watching.another_turn(read, rule, known, PurchaseOrder.id), timedelta())

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Orders that were that late then and not closed yet."""
        days = timedelta(days=values_of(read, rule)["days"])
        statement = select(PurchaseOrder.id, PurchaseOrder.expected_on, PurchaseOrder.closed_at).where(
            PurchaseOrder.sent_at.is_not(None), PurchaseOrder.expected_on.is_not(None),
            or_(PurchaseOrder.closed_at.is_(None), PurchaseOrder.closed_at > since),
        )  # fmt: skip
        turns = []
        for row in read.rows(statement.where(*watching.conditions(read, rule))):
            start = day_starts(row.expected_on + days, read.zone)
            if since < start <= until and (row.closed_at is None or row.closed_at > start):
                turns.append((start, row.id))
        return [Due(order_id, start, start) for start, order_id in sorted(turns)]

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The first moment of the day on which the next order is that late."""
        days, today = timedelta(days=values_of(read, rule)["days"]), shop_day(read.now, read.zone)
        first = select(func.min(PurchaseOrder.expected_on)).where(PurchaseOrder.state.in_(COMING))
        day = read.value(first.where(PurchaseOrder.expected_on > today - days))
        return watching.earliest(
            day_starts(day + days, read.zone) if day else None, watching.next_turn(read, rule)
        )

    def _waiting(self, read: Read, rule: RuleRow, only: int | None) -> AnySelect:
        statement: AnySelect = select(PurchaseOrder.id, PurchaseOrder.expected_on).where(
            PurchaseOrder.state.in_(COMING)
        )
        return watching.only_this(statement, PurchaseOrder.id, only).where(*watching.conditions(read, rule))


declare(
    PurchaseLate(
        key="purchase_late",
        title=N_("A purchase order is late"),
        words=N_("a purchase order is {days} late"),
        parameters=(Parameter("days", "number", N_("Days late"), default=1, low=1, high=365),),
    )
)
