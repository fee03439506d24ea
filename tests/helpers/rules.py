"""The shop's clock as tests turn it, and what it left behind: runs, messages, rows for later."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from desktop.models.notices import Notice
from desktop.models.rules import Rule, RuleRun
from desktop.models.system import AuditEvent, Outbox
from desktop.rules.editing import save_rule, switch_rule
from desktop.rules.spec import Limits, Part, Spec, Step
from desktop.scheduler.clockwork import Clockwork
from desktop.scheduler.trust import Trust
from desktop.shop.shop import Shop


class Believing(Trust):
    """Takes the test's clock at its word, also beside a database with the machine's time."""

    def judge(
        self, now: datetime, swept_at: datetime | None, server_now: datetime | None, kept: str = ""
    ) -> str:
        """Never a doubt."""
        return ""


def clockwork(shop: Shop, **more: Any) -> Clockwork:
    """A clock for this shop, its rules there; it looks when the test says so."""
    made = Clockwork(shop, **{"trust": Believing(), **more})
    made.prepare()
    return made


def tell_owner(text: str = "现在") -> Step:
    """The plainest effect there is: a line on the owner's screen."""
    values = {
        "receivers": ["role:owner"],
        "channels": ["desktop"],
        "template": "plain",
        "when": "now",
        "text": text,
    }
    return Step("tell", values)


def new_rule(
    shop: Shop,
    key: str,
    *steps: Step,
    limits: Limits | None = None,
    conditions: tuple[Part, ...] = (),
    **values: Any,
) -> int:
    """A rule of the owner's own; without steps it tells the owner."""
    spec = Spec(Part(key, values), conditions, steps=steps or (tell_owner(),), limits=limits or Limits())
    return shop.do(save_rule, None, f"{key} of our own", spec)


def rule_id(shop: Shop, key: str) -> int:
    """The id of one of the shipped rules."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(select(Rule.id).where(Rule.key == key)).scalar_one())


def only(shop: Shop, *keys: str) -> None:
    """Switch every other shipped rule off."""
    with shop.storage.read.connect() as connection:
        others = (
            connection.execute(select(Rule.id).where(Rule.key.not_in(keys), Rule.enabled)).scalars().all()
        )
    for other in others:
        shop.do(switch_rule, other, False)


def rule_of(shop: Shop, number: int) -> Any:
    """The rule's row now."""
    with shop.storage.read.connect() as connection:
        return connection.execute(select(Rule.__table__).where(Rule.id == number)).one()


def runs(shop: Shop, number: int | None = None) -> list[Any]:
    """The rows of the run log, oldest first."""
    wanted = select(RuleRun.__table__).order_by(RuleRun.id)
    with shop.storage.read.connect() as connection:
        return list(connection.execute(wanted if number is None else wanted.where(RuleRun.rule_id == number)))


def did(run: Any) -> list[str]:
    """The keys of what one run did."""
    return [entry["key"] for entry in json.loads(run.effects)]


def told(shop: Shop, receiver: str = "") -> list[tuple[str, str, str]]:
    """(receiver, channel, state) of every message, or (title, channel, state) of one receiver's."""
    first = Notice.title if receiver else Notice.receiver
    wanted = select(first, Notice.channel, Notice.state).order_by(Notice.id)
    if receiver:
        wanted = wanted.where(Notice.receiver == receiver)
    with shop.storage.read.connect() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(wanted)]


def waiting(shop: Shop, kind: str) -> list[dict[str, Any]]:
    """What the outbox holds of a kind."""
    wanted = select(Outbox.payload).where(Outbox.kind == kind).order_by(Outbox.id)
    with shop.storage.read.connect() as connection:
        return [json.loads(text) for text in connection.execute(wanted).scalars()]


def actors_of(shop: Shop, action: str) -> set[str]:
    """Who did this, as the audit trail has it."""
    with shop.storage.read.connect() as connection:
        wanted = select(AuditEvent.actor).where(AuditEvent.action == action)
        return set(connection.execute(wanted).scalars())


def spoil(shop: Shop, number: int, spec: str) -> None:
    """Write something into a rule's row that no editor lets through."""
    with shop.storage.write.begin() as connection:
        connection.execute(update(Rule).where(Rule.id == number).values(spec=spec))
