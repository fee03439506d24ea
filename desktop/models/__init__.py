"""The shop itself: tables with their rules as verbs. No Qt, no queries, no I/O."""

from desktop.models import (
    checkout,
    members,
    notices,
    orders,
    payments,
    people,
    products,
    replenishment,
    rules,
    settings,
    stock,
    system,
)
from desktop.models.base import Base

__all__ = [
    "Base",
    "checkout",
    "members",
    "notices",
    "orders",
    "payments",
    "people",
    "products",
    "replenishment",
    "rules",
    "settings",
    "stock",
    "system",
]
