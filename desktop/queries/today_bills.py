"""For what must be done first: days whose bill and books don't agree yet, and bills that did not come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from desktop.models.payment_accounts import PaymentAccount
from desktop.models.statements import DONE, PAY, WAITS, Statement, StatementRow, provider_span
from desktop.models.system import Outbox
from desktop.queries.reconciliation import BILLED
from desktop.queries.todo import MOST, Step, Todo
from desktop.shop.work import Read

ASKED = "bill"  # kind of the outbox row that asks for a bill, followed by the provider
PATIENCE = timedelta(hours=2)  # providers are late now and then; nobody has to know
FORGOTTEN = timedelta(days=7)  # from then on the day is looked for in the list of days


def differences(read: Read) -> Iterator[Todo]:
    """The differences that wait for a decision; at stake is what they come to, whichever way."""
    row = StatementRow
    few = (
        select(row.day, row.amount_minor, row.ours_minor, row.kind)
        .where(WAITS)
        .order_by(row.day, row.id)
        .limit(MOST + 1)
    )
    rows: Any = read.rows(few).all()
    if rows:
        apart = sum((1 if one.kind == PAY else -1) * (one.amount_minor - one.ours_minor) for one in rows)
        step = Step("show", "reconcile", filters={"day": rows[0].day})
        since = provider_span(rows[0].day)[0]
        yield Todo("bills", min(len(rows), MOST), abs(apart), since, step, {}, len(rows) > MOST)


def missing(read: Read) -> Iterator[Todo]:
    """Bills that were asked for and did not come, though there was time enough."""
    late = or_(Outbox.state == "failed", Outbox.at <= read.now - PATIENCE)
    kinds = [f"{ASKED}:{gateway}" for gateway in BILLED]
    asked = (
        select(Outbox.payload, Outbox.error, Outbox.at)
        .where(
            Outbox.state.in_(("waiting", "failed")), Outbox.after > read.now - FORGOTTEN, Outbox.kind.in_(kinds), late
        )
        .order_by(Outbox.at, Outbox.id)
        .limit(MOST)
    )  # fmt: skip
    found: dict[tuple[str, date], Any] = {}
    for row in read.rows(asked).all():
        told = json.loads(row.payload)
        found[str(told["gateway"]), date.fromisoformat(str(told["day"]))] = row  # the newest asking
    open_ones = {key: row for key, row in found.items() if not bill_is_in(read, *key)}
    if open_ones:
        gateway, day = min(open_ones, key=lambda key: (key[1], key[0]))
        row = open_ones[gateway, day]
        step = Step("show", "reconcile", filters={"day": day})
        facts = {"method": gateway, "day": day, "why": row.error}
        yield Todo("bills_missing", len(open_ones), 0, row.at, step, facts)


def bill_is_in(read: Read, gateway: str, day: date) -> bool:
    """Whether a whole bill of the day was brought in."""
    found = select(Statement.id).where(
        Statement.gateway == gateway,
        Statement.day == day,
        Statement.state == DONE,
        Statement.variant == "all",
    )
    return read.value(found.limit(1)) is not None


def fetched_gateways(read: Read) -> tuple[str, ...]:
    """The providers whose bills can be fetched: those the shop has an account with."""
    accounts = select(PaymentAccount.gateway).where(PaymentAccount.gateway.in_(BILLED))
    return tuple(read.rows(accounts.order_by(PaymentAccount.gateway)).scalars())
