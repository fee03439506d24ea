"""Goods that fall below a level: once per fall, armed again when they recover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, exists, literal, not_, or_, select

from desktop.basics.i18n import N_
from desktop.models.products import Product, Sku
from desktop.models.rules import FAILED, RuleRun, RuleWatch
from desktop.models.settings import ALERT_AT
from desktop.models.stock import StockMovement
from desktop.queries.levels import below_somewhere
from desktop.queries.page import AnySelect
from desktop.queries.stock_board import Board
from desktop.rules.catalogue import BATCH, Due, RuleRow, Trigger, declare
from desktop.rules.parameters import Parameter
from desktop.rules.spec import Values
from desktop.rules.triggers import watching
from desktop.rules.triggers.states import values_of
from desktop.shop.work import Read

ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # a turn at any time keeps goods quiet until they recover
ARMED = ANY_TIME - timedelta(days=1)  # where the state of goods begins that recovered: before any turn
# Thousands of goods just imported without stock have not fallen below anything.
WAS_HERE = exists().where(StockMovement.sku_id == Sku.id).correlate(Sku)
LEVELS = {"alert": N_("alert level"), "minimum": N_("minimum"), "safety": N_("safety stock")}


@dataclass(frozen=True, kw_only=True)
class StockBelow(Trigger):
    """Goods on the shelf whose available stock is under a level, their own, their category's or a figure of the rule."""

    topic: str = "stock"
    subject: str = "sku"
    timed: bool = False

    def level(self, board: Board, values: Values) -> Any:
        """The level as a column."""
        if "quantity" in values:
            return literal(values["quantity"], BigInteger())
        return getattr(board, values.get("level", "alert"))

    def below(self, board: Board, values: Values) -> ColumnElement[bool]:
        """Under the level in all, or under one that a place has of its own."""
        low: ColumnElement[bool] = board.available < self.level(board, values)
        if "quantity" in values:
            return low
        return or_(low, below_somewhere(values.get("level", "alert")))

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """Goods below the level that had no turn since they fell, and those with another turn due."""
        low = watching.only_this(self._low(read, rule), Sku.id, only)
        low = low.where(*watching.apart(read, rule, Sku.id)).limit(limit)
        fresh = low.where(watching.no_turn_since(rule, Sku.id, ANY_TIME))
        failed = _failed(read, rule)
        fell = [(int(row[0]), failed.get(int(row[0]), read.now)) for row in read.rows(fresh.order_by(Sku.id))]
        found = [Due(sku_id, at, at) for sku_id, at in fell]
        again = watching.another_turn(read, rule, low.add_columns(RuleWatch.start_at), Sku.id)
        return found + watching.dues(again, timedelta())

    def recovered(self, read: Read, rule: RuleRow) -> list[int]:
        """Goods that had their turn, are no longer below the level and not armed yet."""
        board = Board(read)
        statement = board.select(Sku.id, levels=True, sales=False)
        statement = statement.join(
            RuleWatch, (RuleWatch.subject_id == Sku.id) & (RuleWatch.rule_id == rule.id)
        )
        below = self.below(board, values_of(read, rule))
        statement = statement.where(RuleWatch.start_at >= ANY_TIME, not_(below))
        return [int(row[0]) for row in read.rows(statement)]

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """When stock on hand fell below the level, counted back from today's through the movements."""
        board = Board(read)
        level = self.level(board, values_of(read, rule))
        statement = board.select(Sku.id, board.on_hand, level, levels=True, sales=False)
        shelf: Any = read.rows(statement.where(Product.on_shelf, *watching.conditions(read, rule)))
        goods = {sku_id: (int(on_hand), int(limit)) for sku_id, on_hand, limit in shelf}
        moves = select(StockMovement.sku_id, StockMovement.delta_milli, StockMovement.at)
        moves = moves.where(StockMovement.at > since).order_by(
            StockMovement.at.desc(), StockMovement.id.desc()
        )
        found = []
        for row in read.rows(moves):
            if row.sku_id not in goods:
                continue
            after, limit = goods[row.sku_id]
            before = after - row.delta_milli
            goods[row.sku_id] = (before, limit)
            if before >= limit > after and row.at <= until:
                found.append(Due(row.sku_id, row.at, row.at))
        return found[::-1]

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """Goods only fall when something is sold; a repetition is known in advance."""
        return watching.next_turn(read, rule)

    def _low(self, read: Read, rule: RuleRow) -> AnySelect:
        board = Board(read)
        statement = board.select(Sku.id, levels=True, sales=False)
        below = self.below(board, values_of(read, rule))
        return statement.where(Product.on_shelf, below, WAS_HERE, *watching.conditions(read, rule))


def _failed(read: Read, rule: RuleRow) -> dict[int, datetime]:
    """Falls that wait to be tried again keep the moment they were first seen at."""
    waiting = select(RuleRun.subject_id, RuleRun.due_at).where(
        RuleRun.state == FAILED, RuleRun.rule_id == rule.id
    )
    return {row.subject_id: row.due_at for row in read.rows(waiting)}


declare(
    StockBelow(
        key="stock_alert",
        title=N_("Stock falls below its alert level"),
        words=N_("fewer than {pieces} pieces of a product, or than its own alert level, are left"),
        parameters=(Parameter("pieces", "quantity", N_("Alert below"), setting=ALERT_AT),),
    )
)
declare(
    StockBelow(
        key="stock_below",
        title=N_("Stock falls below one of its levels"),
        words=N_("a product falls below its {level}"),
        parameters=(Parameter("level", "choice", N_("Level"), default="minimum", options=LEVELS),),
    )
)
declare(
    StockBelow(
        key="stock_under",
        title=N_("Stock falls below a quantity"),
        words=N_("fewer than {quantity} pieces of a product are left"),
        parameters=(Parameter("quantity", "quantity", N_("Pieces"), default=50_000, low=1, high=10**12),),
    )
)
