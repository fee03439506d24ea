"""Goods that expire soon, and campaigns whose stock is to return: turns that come with a day or a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from desktop.basics.clock import day_starts
from desktop.basics.i18n import N_
from desktop.models.batches import Batch, BatchStock
from desktop.models.products import Product, Sku
from desktop.models.rules import RuleWatch
from desktop.models.set_aside import OPEN, SetAside
from desktop.models.settings import EXPIRY_WARN
from desktop.queries.batches import today_of
from desktop.queries.page import AnySelect
from desktop.rules.catalogue import BATCH, Due, RuleRow, Trigger, declare
from desktop.rules.parameters import Parameter
from desktop.rules.triggers import watching
from desktop.rules.triggers.states import values_of
from desktop.rules.triggers.times import SHOP
from desktop.shop.work import Read


@dataclass(frozen=True, kw_only=True)
class BatchExpires(Trigger):
    """Goods with a batch that came within so many days of its last one and was not announced.

    The turn is that day's first moment, or when the batch came, whichever is later: a batch is announced once.
    """

    topic: str = "stock"
    subject: str = "sku"
    repeats: bool = False

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """Goods by the newest of their batches that are that near."""
        days = timedelta(days=values_of(read, rule)["days"])
        near = self._here(read, rule).where(Batch.expires_on <= today_of(read) + days)
        near = watching.only_this(near, Sku.id, only).where(*watching.apart(read, rule, Sku.id))
        watch = (RuleWatch.rule_id == rule.id) & (RuleWatch.subject_id == Sku.id)
        near = near.add_columns(RuleWatch.start_at.label("told")).join(RuleWatch, watch, isouter=True)
        newest: dict[int, datetime] = {}
        for row in read.rows(near):
            start = self._start(read, row.expires_on - days, row.opened_at)
            if row.told is None or start > row.told:
                newest[row.id] = max(start, newest.get(row.id, start))
        found = sorted(newest.items(), key=lambda pair: (pair[1], pair[0]))[:limit]
        again = watching.another_turn(read, rule, self._known(read, rule, only), Sku.id)
        return [Due(sku_id, start, start) for sku_id, start in found] + watching.dues(again, timedelta())

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Goods whose batches, as far as they are still here, came that near."""
        days = timedelta(days=values_of(read, rule)["days"])
        found = {
            (row.id, self._start(read, row.expires_on - days, row.opened_at))
            for row in read.rows(self._here(read, rule))
        }
        turns = sorted((start, sku_id) for sku_id, start in found if since < start <= until)
        return [Due(sku_id, start, start) for start, sku_id in turns]

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The first moment of the day on which the next batch is that near."""
        days = timedelta(days=values_of(read, rule)["days"])
        there = select(func.min(Batch.expires_on)).join(BatchStock, BatchStock.batch_id == Batch.id)
        day = read.value(there.where(BatchStock.qty_milli > 0, Batch.expires_on > today_of(read) + days))
        later = watching.next_turn(read, rule)
        return watching.earliest(day_starts(day - days, read.zone) if day else None, later)

    def _start(self, read: Read, day: date, opened_at: datetime) -> datetime:
        return max(day_starts(day, read.zone), opened_at)

    def _here(self, read: Read, rule: RuleRow) -> AnySelect:
        statement: AnySelect = (
            select(Sku.id, Batch.expires_on, Batch.opened_at)
            .join(Product, Product.id == Sku.product_id)
            .join(BatchStock, BatchStock.sku_id == Sku.id)
            .join(Batch, Batch.id == BatchStock.batch_id)
            .where(BatchStock.qty_milli > 0, Batch.expires_on.is_not(None))
        )
        return statement.where(*watching.conditions(read, rule))

    def _known(self, read: Read, rule: RuleRow, only: int | None) -> AnySelect:
        statement: AnySelect = select(Sku.id, RuleWatch.start_at).join(Product, Product.id == Sku.product_id)
        return watching.only_this(statement, Sku.id, only).where(*watching.conditions(read, rule))


@dataclass(frozen=True, kw_only=True)
class CampaignOver(Trigger):
    """Campaigns with stock of their own whose time is over; all of them in one turn."""

    topic: str = "stock"
    subject: str = "shop"
    repeats: bool = False

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """The newest end that nobody has acted on."""
        if only not in (None, SHOP):
            return []
        over = select(func.max(SetAside.ends_at)).where(SetAside.state == OPEN, SetAside.ends_at <= read.now)
        end = read.value(over)
        return [Due(SHOP, end, end)] if end is not None else []

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Every end between the moments."""
        ends = select(SetAside.ends_at).where(SetAside.ends_at > since, SetAside.ends_at <= until)
        return [Due(SHOP, row[0], row[0]) for row in read.rows(ends.distinct().order_by(SetAside.ends_at))]

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The next end of an open campaign."""
        ends = select(func.min(SetAside.ends_at)).where(SetAside.state == OPEN, SetAside.ends_at > read.now)
        found: datetime | None = read.value(ends)
        return found


declare(
    BatchExpires(
        key="batch_expires",
        title=N_("Goods are about to expire"),
        words=N_("a batch of a product expires within {days}"),
        parameters=(Parameter("days", "number", N_("Days before"), setting=EXPIRY_WARN),),
    )
)
declare(
    CampaignOver(
        key="campaign_over",
        title=N_("A campaign’s time is over"),
        words=N_("the time of a campaign with stock of its own is over"),
    )
)
