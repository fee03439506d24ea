"""Purchasing: what came is the sum of its deliveries, each with its movements; what an order is worth, its lines."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, String, cast, func, literal, select, union_all

from desktop.models.products import Sku
from desktop.models.purchasing import (
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseLine,
    PurchaseOrder,
    SupplierReturn,
    SupplierReturnLine,
)
from desktop.models.stock import StockMovement
from desktop.queries.verify_fault import Fault, finding, money, pieces
from desktop.shop.work import Read


def received(read: Read) -> Iterator[Fault]:
    """I8: what is written on a line as received is the sum of its deliveries."""
    total = cast(func.sum(GoodsReceiptLine.qty_milli), BigInteger).label("total")
    came = select(GoodsReceiptLine.line_id, total).group_by(GoodsReceiptLine.line_id).subquery("came")
    expected = func.coalesce(came.c.total, 0)
    statement = (
        select(
            (PurchaseOrder.code + " " + Sku.code).label("subject"), expected.label("expected"),
            PurchaseLine.received_milli.label("found"),
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.order_id)
        .join(Sku, Sku.id == PurchaseLine.sku_id)
        .join(came, came.c.line_id == PurchaseLine.id, isouter=True)
        .where(expected != PurchaseLine.received_milli)
    )  # fmt: skip
    yield from finding(read, "purchase received", statement, pieces)


def totals(read: Read) -> Iterator[Fault]:
    """I8: an order is worth its lines."""
    worth = cast(func.sum(PurchaseLine.packs * PurchaseLine.price_minor), BigInteger).label("worth")
    lines = select(PurchaseLine.order_id, worth).group_by(PurchaseLine.order_id).subquery("lines")
    expected = func.coalesce(lines.c.worth, 0)
    statement = (
        select(
            PurchaseOrder.code.label("subject"), expected.label("expected"),
            PurchaseOrder.total_minor.label("found"),
        )
        .join(lines, lines.c.order_id == PurchaseOrder.id, isouter=True)
        .where(expected != PurchaseOrder.total_minor)
    )  # fmt: skip
    yield from finding(read, "purchase total", statement, money)


def moved(read: Read) -> Iterator[Fault]:
    """I1, I8: each delivery and each return moved the stock by what stands on it."""
    none = literal(0, BigInteger)
    papers = []
    for head, line, source, sign, key in (
        (GoodsReceipt, GoodsReceiptLine, "delivery:", 1, GoodsReceiptLine.receipt_id),
        (SupplierReturn, SupplierReturnLine, "supplier return:", -1, SupplierReturnLine.return_id),
    ):
        name = literal(source) + cast(head.id, String)
        written = select(
            name.label("source"), line.sku_id, (sign * line.qty_milli).label("written"), none.label("moved")
        )
        papers.append(written.join(line, key == head.id))
    movements = select(StockMovement.source, StockMovement.sku_id, none, StockMovement.delta_milli).where(
        StockMovement.source.like("delivery:%") | StockMovement.source.like("supplier return:%")
    )
    both = union_all(*papers, movements).subquery("both")
    sums = (cast(func.sum(both.c.written), BigInteger), cast(func.sum(both.c.moved), BigInteger))
    statement = (
        select(
            (both.c.source + " " + Sku.code).label("subject"),
            sums[0].label("expected"),
            sums[1].label("found"),
        )
        .join(Sku, Sku.id == both.c.sku_id)
        .group_by(both.c.source, Sku.code)
        .having(sums[0] != sums[1])
    )
    yield from finding(read, "purchase moved", statement, pieces)


CHECKS = (received, totals, moved)
