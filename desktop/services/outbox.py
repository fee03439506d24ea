"""What was to be sent and could not be: tried again when a person says so."""

from __future__ import annotations

from sqlalchemy import select

from desktop.models.people import Permission
from desktop.models.system import Outbox
from desktop.shop.action import action
from desktop.shop.work import Work

AT_ONCE = 500  # rows of one press; whoever has more presses again


@action(permission=Permission.EDIT_RULES)
def retry_outbox(work: Work) -> int:
    """Let everything that was given up be sent again from now on, the oldest first; returns how much that is."""
    failed = select(Outbox).where(Outbox.state == "failed").order_by(Outbox.after, Outbox.id).limit(AT_ONCE)
    rows = list(work.session.scalars(failed))
    for row in rows:
        row.state, row.tries, row.after, row.error = "waiting", 0, work.now, ""
    return len(rows)
