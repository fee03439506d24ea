"""Checks a rule asks for; they read everything, so they run after the commit, from the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.rules.catalogue import Effect, Firing, declare
from desktop.rules.spec import Values
from desktop.services.check_job import CHECK
from desktop.shop.work import Work


def _books(work: Work, firing: Firing, _values: Values) -> Mapping[str, Any]:
    work.send_later(CHECK, {"what": "books", "rule": firing.rule_id})
    return {}


def _orders(work: Work, firing: Firing, _values: Values) -> Mapping[str, Any]:
    work.send_later(CHECK, {"what": "orders", "rule": firing.rule_id})
    return {}


declare(
    Effect(
        key="check_books",
        title=N_("Check the books"),
        words=N_("check the books and tell the owner what differs"),
        subjects=frozenset({"shop"}),
        needs=Permission.AUDIT,
        run=_books,
        done=N_("check of the books started"),
    )
)
declare(
    Effect(
        key="check_orders",
        title=N_("Check orders and points"),
        words=N_("look for stuck orders and wrong points"),
        subjects=frozenset({"shop"}),
        needs=Permission.AUDIT,
        run=_orders,
        done=N_("check of orders and points started"),
    )
)
