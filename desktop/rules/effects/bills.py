"""Bills of payment providers a rule asks for; they are fetched after the commit, from the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.rules.catalogue import Effect, Firing, declare
from desktop.rules.spec import Values
from desktop.services.reconcile_bills import order_bills
from desktop.shop.work import Work


def _fetch(work: Work, _firing: Firing, _values: Values) -> Mapping[str, Any]:
    order_bills.run(work)
    return {}


declare(
    Effect(
        key="fetch_bills",
        title=N_("Fetch the providers’ bills"),
        words=N_("fetch the bills of the day before and match them"),
        subjects=frozenset({"shop"}),
        needs=Permission.TAKE_BILLS,
        run=_fetch,
        done=N_("bills asked for"),
    )
)
