"""Imports of the shop’s first days, and what its customers call some goods."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from desktop.models.aliases import ProductAlias
from desktop.models.people import Staff
from desktop.models.products import Product, Sku
from desktop.models.system import ImportRun
from desktop.queries.paste_match import fold
from desktop.shop.work import Work

RUNS = (  # days ago, kind, file, new, changed, same, refused
    (118, "goods", "开店商品表.xlsx", 286, 0, 0, 4),
    (117, "members", "老会员登记.csv", 214, 0, 3, 6),
    (64, "prices", "秋季调价.xlsx", 0, 38, 5, 0),
    (21, "stock", "十月盘点.csv", 0, 57, 229, 2),
    (3, "goods", "桂花路店商品表.xlsx", 12, 41, 373, 0),
)
ALIASES = (("明前龙井 罐装", ("龙井", "龙井茶")), ("鲜牛奶", ("鲜奶", "牛奶")), ("手工云片糕", ("云片糕",)),
           ("柚子蜂蜜茶", ("柚子茶",)), ("每日坚果", ("坚果",)))  # fmt: skip


def write_imports(work: Work, now: datetime) -> None:
    """Write both; the imports are told of, what they brought is the shop’s own by now."""
    owner = int(work.value(select(Staff.id).order_by(Staff.id).limit(1)))
    work.post(ImportRun, [_run(f"staff:{owner}", now, *run) for run in RUNS])
    rows: list[dict[str, Any]] = []
    for name, others in ALIASES:
        sku = work.value(select(Sku.id).join(Product).where(Product.name == name).order_by(Sku.id).limit(1))
        if sku is not None:
            rows += [{"sku_id": sku, "name": fold(other), "learned": True, "at": now} for other in others]
    work.post(ProductAlias, rows)


def _run(
    actor: str,
    now: datetime,
    days: int,
    kind: str,
    file: str,
    made: int,
    changed: int,
    same: int,
    refused: int,
) -> dict[str, Any]:
    return {
        "kind": kind, "file_name": file, "mapping": "{}", "shape": "", "made": made, "changed": changed, "same": same,
        "refused": refused, "at": now - timedelta(days=days, hours=2), "mode": "good", "state": "done", "actor": actor,
    }  # fmt: skip
