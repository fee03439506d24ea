"""The goods tree with how much hangs on each branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from desktop.models.people import Permission
from desktop.models.products import Category, Product
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A branch: how deep, how many goods in it and in it with all below; its own levels (thousandths)."""

    id: int
    parent_id: int | None
    name: str
    depth: int
    goods: int
    goods_below: int
    alert_milli: int | None
    minimum_milli: int | None
    safety_milli: int | None


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All branches in reading order, and how many products hang on none of them."""

    nodes: tuple[CategoryNode, ...]
    loose: int


@question(permission=Permission.BROWSE_GOODS)
def category_tree(read: Read) -> CategoryTree:
    """The whole tree; branches beside each other stand in the order they were made."""
    counted = select(Product.category_id, func.count().label("goods")).group_by(Product.category_id)
    counts: dict[int | None, int] = {row.category_id: int(row.goods) for row in read.rows(counted)}
    below: dict[int | None, list[Any]] = {}
    statement = select(
        Category.id, Category.parent_id, Category.name,
        Category.alert_milli, Category.minimum_milli, Category.safety_milli,
    ).order_by(Category.id)  # fmt: skip
    for row in read.rows(statement):
        below.setdefault(row.parent_id, []).append(row)
    nodes: list[CategoryNode] = []
    _walk(None, 0, below, counts, nodes)
    return CategoryTree(tuple(nodes), counts.get(None, 0))


def _walk(
    parent: int | None,
    depth: int,
    below: dict[int | None, list[Any]],
    counts: dict[int | None, int],
    out: list[CategoryNode],
) -> int:
    """Append the branches under `parent`; returns how many goods hang on them."""
    whole = 0
    for row in below.get(parent, []):
        place = len(out)
        own = counts.get(row.id, 0)
        out.append(None)  # type: ignore[arg-type] # filled below, once the goods of all below are known
        total = own + _walk(row.id, depth + 1, below, counts, out)
        levels = (row.alert_milli, row.minimum_milli, row.safety_milli)
        out[place] = CategoryNode(row.id, parent, row.name, depth, own, total, *levels)
        whole += total
    return whole
