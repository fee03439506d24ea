"""Telling people: staff on their screens, anybody by e-mail, text message or chat, members in their inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.rules.catalogue import Effect, Firing, declare
from desktop.rules.parameters import Parameter
from desktop.rules.spec import Values
from desktop.services.notices import Wanted, post_notice
from desktop.shop.work import Work

BUYER = "member"  # the receiver that stands for whoever the subject belongs to


def _tell(work: Work, firing: Firing, values: Values) -> Mapping[str, Any]:
    receivers = [found for name in values["receivers"] if (found := _receiver(work, firing, name))]
    told = post_notice(
        work,
        Wanted(
            key=f"{firing.key}:{firing.step}:{values['template']}:{','.join(values['receivers'])}",
            receivers=tuple(receivers),
            channels=tuple(values["channels"]),
            template=values["template"],
            fields={**firing.facts, "rule": firing.rule_name, "text": values.get("text", "")},
            subject=firing.subject,
            not_before=firing.quiet_until,
            digest=values["when"] == "digest",
        ),
    )
    return {"count": len(told.sent_to), "missing": len(told.without_address)}


def _receiver(work: Work, firing: Firing, name: str) -> str:
    """A receiver as notices know it; the buyer of a guest's order is nobody."""
    if name != BUYER:
        return name
    if firing.subject_kind == "member":
        return firing.subject
    member_id = work.value(
        select(Member.id).join(Order, Order.member_id == Member.id).where(Order.id == firing.subject_id)
    )
    return f"member:{member_id}" if member_id else ""


_WHEN = {"now": N_("at once"), "digest": N_("in the daily digest")}
declare(
    Effect(
        key="tell",
        title=N_("Tell somebody"),
        words=N_("tell {receivers} by {channels} with “{template}”, {when}"),
        parameters=(
            Parameter("receivers", "receivers", N_("Receivers"), default=["role:owner"]),
            Parameter("channels", "channels", N_("Ways"), default=["desktop"]),
            Parameter("template", "templates", N_("Message"), default="plain"),
            Parameter("when", "choice", N_("When"), default="now", options=_WHEN),
            Parameter("text", "text", N_("Your words"), default="", only_with=("template", "plain")),
        ),
        subjects=frozenset({"order", "sku", "member", "purchase", "shop"}),
        needs=Permission.RUN_RULES,
        run=_tell,
        done=N_("told {count}"),
    )
)
