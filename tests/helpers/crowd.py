"""Several clocks at once on one shop full of due subjects, some of them killed: processes of their own."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import Unavailable
from desktop.models.orders import Order, OrderEvent, OrderLine
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.rules import RuleRun
from desktop.models.stock import Reservation, Stock, StockMovement
from desktop.models.system import DailyTotal
from desktop.rules.due import agenda
from desktop.rules.firing import NotDue, fire
from desktop.services.orders import tell
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work
from desktop.storage.engine import open_storage
from tests.helpers.goods import NUTS, Stocked
from tests.helpers.rules import clockwork
from tests.helpers.tills import CONTEXT, PATIENCE

SMALL_BATCH = 60
LEASE_SECONDS = 2


def many_unpaid(stocked: Stocked, order_id: int, many: int) -> None:
    """Copies of an unpaid order with their lines, held goods and first step, until there are so many."""
    with stocked.shop.storage.write.begin() as connection:
        first = connection.execute(select(Order.__table__).where(Order.id == order_id)).one()._asdict()
        del first["due_minor"]  # the database works it out
        numbers = range(1, many)
        new = {n: order_id + n for n in numbers}
        names = ("code", "short_code", "client_key")
        copies = [{**first, "id": new[n], **{name: f"{first[name]}-{n}" for name in names}} for n in numbers]
        connection.execute(insert(Order), copies)
        for table in (OrderLine, Reservation, OrderEvent):
            of_first = select(table.__table__).where(table.order_id == order_id)
            for found in connection.execute(of_first):
                row = {key: value for key, value in found._asdict().items() if key != "id"}
                connection.execute(insert(table), [{**row, "order_id": new[n]} for n in numbers])
        held = select(func.sum(Reservation.qty_milli)).where(Reservation.sku_id == stocked.skus[NUTS])
        values = {"reserved_milli": held.scalar_subquery()}
        connection.execute(update(Stock).where(Stock.sku_id == stocked.skus[NUTS]).values(values))
        connection.execute(update(DailyTotal).values(orders=many))
        _number_on(connection, "sale_order")


def many_goods(stocked: Stocked, many: int) -> None:
    """So many goods of which there is nothing left."""
    now = stocked.shop.clock.now()
    move = {
        "location_id": stocked.location_id,
        "reason": "adjust",
        "source": "",
        "actor": "console",
        "note": "",
        "at": now,
    }
    with stocked.shop.storage.write.begin() as connection:
        for n in range(many):
            product = {"name": f"缺货 {n}", "pack": "", "created_at": now}
            made = connection.execute(insert(Product).returning(Product.id), product).scalar_one()
            sku = connection.execute(
                insert(Sku).returning(Sku.id), {"product_id": made, "code": f"NONE-{n}"}
            ).scalar_one()
            for delta in (1_000, -1_000):
                row = {**move, "sku_id": sku, "delta_milli": delta, "client_key": f"none:{n}:{delta}"}
                connection.execute(insert(StockMovement), row)


def _number_on(connection: Any, table: str) -> None:
    """PostgreSQL counts ids apart from the rows."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )


def at(url: str, ids: Stocked, moment: datetime) -> Stocked:
    """The shop as the clock in this process sees it, a little later than its neighbours."""
    later = moment + timedelta(microseconds=os.getpid() % 100_000)
    return replace(ids, shop=Shop(open_storage(url), actor=actors.clock(), clock=HandClock(later)))


def hammer(url: str, ids: Stocked, moment: datetime, ready: Any, answers: Any) -> None:
    """Do all that is due beside everybody else: nobody is kept out, everybody meets everybody."""
    mine = at(url, ids, moment)
    fired = passed = busy = 0
    ready.set()
    while turns := list(mine.shop.ask(agenda, SMALL_BATCH).turns):
        random.shuffle(turns)
        for turn in turns[: SMALL_BATCH // 2]:
            try:
                mine.shop.do(fire, turn.rule_id, turn.subject_id)
                fired += 1
            except NotDue:
                passed += 1
            except Unavailable:  # a file everybody writes to; the next round has it again
                busy += 1
    answers.put((fired, passed, busy))


def take_turns(url: str, ids: Stocked, moment: datetime, who: Any, answers: Any) -> None:
    """The clock as a program has it: it looks whenever the lease is its own."""
    mine = at(url, ids, moment)
    work, fired, idle = clockwork(mine.shop, lease_seconds=LEASE_SECONDS), 0, CONTEXT.Event()
    who.put((os.getpid(), work.holder))
    while mine.shop.ask(agenda, 1).turns:
        look = work.look()
        fired += look.fired
        if not look.held:
            idle.wait(0.3)
    answers.put(fired)


# -- what must not be done ----------------------------------------------------------------------------------------


@question(permission=Permission.RUN_RULES)
def naive_due(read: Read, rule_id: int) -> tuple[int, ...]:
    """Orders this rule has no row for."""
    had = select(RuleRun.subject_id).where(RuleRun.rule_id == rule_id)
    return tuple(read.rows(select(Order.id).where(Order.id.not_in(had)).order_by(Order.id)).scalars())


@action(permission=Permission.RUN_RULES)
def act_first(work: Work, order_id: int) -> None:
    """The effect …"""
    tell(work, order_id, "chased")


@action(permission=Permission.RUN_RULES)
def note_later(work: Work, rule_id: int, order_id: int) -> None:
    """… and that it happened, in another transaction."""
    now = work.now
    row = {"rule_id": rule_id, "version": 1, "subject_kind": "order", "subject_id": order_id, "due_at": now}
    work.post(RuleRun, [{**row, "start_at": now, "at": now, "state": "done"}])


def hammer_naively(
    url: str, ids: Stocked, moment: datetime, rule_id: int, together: Any, answers: Any
) -> None:
    """Read what is due, act, write it down."""
    mine = at(url, ids, moment)
    due = mine.shop.ask(naive_due, rule_id)
    together.wait(PATIENCE)
    for order_id in due:
        mine.shop.do(act_first, order_id)
        mine.shop.do(note_later, rule_id, order_id)
    answers.put(len(due))
