"""What a rule does about stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.replenishment import ReplenishmentLine
from desktop.rules.catalogue import Effect, Firing, declare
from desktop.rules.spec import Values
from desktop.services.replenishment import draft_replenishment
from desktop.services.restock_orders import order_by_itself
from desktop.services.set_aside import end_over
from desktop.shop.work import Work


def _draft(work: Work, _firing: Firing, _values: Values) -> Mapping[str, Any] | None:
    drafted = draft_replenishment(work)
    if drafted.id is None:
        return None
    first = (
        select(Product.name)
        .join(Sku, Sku.product_id == Product.id)
        .join(ReplenishmentLine, ReplenishmentLine.sku_id == Sku.id)
        .where(ReplenishmentLine.list_id == drafted.id)
        .order_by(ReplenishmentLine.id)
    )
    facts = {"count": drafted.lines, "first": work.value(first.limit(1)) or ""}
    order_by_itself(work, drafted.id)  # after the list was read: its goods then stand on the orders
    return facts


declare(
    Effect(
        key="draft_replenishment",
        title=N_("Draft the restock list"),
        words=N_("draft the restock list"),
        subjects=frozenset({"shop", "sku"}),
        needs=Permission.EDIT_STOCK,
        run=_draft,
        done=N_("listed {count} goods"),
    )
)


def _return(work: Work, _firing: Firing, _values: Values) -> Mapping[str, Any] | None:
    count, first = end_over(work)
    return {"count": count, "first": first} if count else None


declare(
    Effect(
        key="return_set_aside",
        title=N_("Return the stock of campaigns that are over"),
        words=N_("return what the campaign has left to the free stock"),
        subjects=frozenset({"shop"}),
        needs=Permission.EDIT_STOCK,
        run=_return,
        done=N_("returned the stock of {count} campaigns"),
        bold=True,
    )
)
