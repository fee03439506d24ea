"""What a rule knows of its subject when it acts: the words its messages and its log use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, cast, func, select

from desktop.basics.clock import shop_day
from desktop.basics.money import Money, quantity_text
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import Order, Shipment
from desktop.models.products import Product, Sku
from desktop.models.purchasing import PurchaseOrder, Supplier
from desktop.queries.batches import next_days
from desktop.queries.stock_board import Board
from desktop.rules.triggers.members import kept_after
from desktop.services.notices import Value
from desktop.shop.work import Read

Facts = dict[str, Value]
FACTS = {  # which words a message about a subject may use
    "order": frozenset(
        ["number", "customer", "amount", "ship_by", "time", "hours", "days", "carrier", "tracking", "reason"]
    ),
    "sku": frozenset({"name", "code", "left", "level", "day"}),
    "member": frozenset({"customer", "points", "day"}),
    "purchase": frozenset({"number", "supplier", "amount", "day", "days"}),
    "shop": frozenset({"time", "count", "first"}),
}
ALWAYS = frozenset({"rule", "text"})
# What the log keeps of them: nothing that names a person.
KEPT = frozenset({"number", "hours", "days", "name", "left", "level", "points", "day", "count"})


def facts_of(read: Read, kind: str, subject_id: int, start_at: datetime) -> Facts:
    """The facts of one subject; `start_at` is when the state began that the rule watches."""
    return _READERS[kind](read, subject_id, start_at)


def titles_of(read: Read, kind: str, ids: list[int]) -> dict[int, tuple[str, str, int]]:
    """What lists show of many subjects: title, who or what, and money (minor units)."""
    if kind == "order":
        rows = read.rows(
            select(Order.id, Order.short_code, Member.name, Order.total_minor)
            .join(Member, Member.id == Order.member_id, isouter=True)
            .where(Order.id.in_(ids))
        )
        return {row.id: (row.short_code, row.name or "", int(row.total_minor)) for row in rows}
    if kind == "sku":
        goods = select(Sku.id, Product.name, Product.pack).join(Product, Product.id == Sku.product_id)
        return {row.id: (row.name, row.pack, 0) for row in read.rows(goods.where(Sku.id.in_(ids)))}
    if kind == "member":
        people = select(Member.id, Member.code, Member.name).where(Member.id.in_(ids))
        return {row.id: (row.name or row.code, row.code, 0) for row in read.rows(people)}
    if kind == "purchase":
        orders = select(PurchaseOrder.id, PurchaseOrder.code, Supplier.name, PurchaseOrder.total_minor)
        orders = orders.join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        rows = read.rows(orders.where(PurchaseOrder.id.in_(ids)))
        return {row.id: (row.code, row.name, int(row.total_minor)) for row in rows}
    return {0: ("", "", 0)}


def _order(read: Read, order_id: int, _start_at: datetime) -> Facts:
    row = read.rows(
        select(
            Order.short_code, Order.total_minor, Order.currency, Order.placed_at, Order.paid_at, Order.shipped_at,
            Order.ship_deadline, Member.name.label("customer"),
        )
        .join(Member, Member.id == Order.member_id, isouter=True)
        .where(Order.id == order_id)
    ).one()  # fmt: skip
    parcel = read.first(
        select(Shipment.carrier, Shipment.tracking)
        .where(Shipment.order_id == order_id, Shipment.undone_at.is_(None))
        .order_by(Shipment.id.desc())
        .limit(1)
    )
    waited = read.now - (row.paid_at or row.placed_at)
    return {
        "number": row.short_code,
        "customer": row.customer or "",
        "amount": Money(row.total_minor, row.currency),
        "ship_by": row.ship_deadline or "",
        "time": read.now,
        "hours": int(waited / timedelta(hours=1)),
        "days": (read.now - (row.shipped_at or row.placed_at)).days,
        "carrier": parcel.carrier if parcel else "",
        "tracking": parcel.tracking if parcel else "",
        "reason": "",
    }


def _sku(read: Read, sku_id: int, _start_at: datetime) -> Facts:
    board = Board(read, sku_id)
    row = read.rows(
        board.select(
            Sku.code, Product.name, board.available.label("available"), board.alert.label("alert"),
            levels=True, sales=False,
        ).where(Sku.id == sku_id)
    ).one()  # fmt: skip
    left, level = quantity_text(max(0, row.available)), quantity_text(row.alert)
    day = next_days(read, [sku_id]).get(sku_id)
    return {
        "name": row.name,
        "code": row.code,
        "left": left,
        "level": level,
        "day": f"{day:%Y-%m-%d}" if day else "",
    }


def _member(read: Read, member_id: int, start_at: datetime) -> Facts:
    expiring = cast(Member.points, BigInteger) - kept_after(start_at)
    row = read.rows(
        select(Member.name, Member.code, expiring.label("points")).where(Member.id == member_id)
    ).one()
    first = read.value(
        select(func.min(PointsEntry.expires_at)).where(
            PointsEntry.member_id == member_id, PointsEntry.delta > 0, PointsEntry.expires_at > read.now
        )
    )
    return {
        "customer": row.name or "",
        "points": max(0, int(row.points)),
        "day": f"{(first or start_at).astimezone(read.zone):%Y-%m-%d}",
    }


def _purchase(read: Read, order_id: int, _start_at: datetime) -> Facts:
    row = read.rows(
        select(
            PurchaseOrder.code, PurchaseOrder.total_minor, PurchaseOrder.currency, PurchaseOrder.expected_on,
            Supplier.name,
        )
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id == order_id)
    ).one()  # fmt: skip
    late = (shop_day(read.now, read.zone) - row.expected_on).days if row.expected_on else 0
    return {
        "number": row.code,
        "supplier": row.name,
        "amount": Money(row.total_minor, row.currency),
        "day": f"{row.expected_on:%Y-%m-%d}" if row.expected_on else "",
        "days": max(0, late),
    }


def _shop(read: Read, _subject_id: int, _start_at: datetime) -> Facts:
    return {"time": read.now, "count": "", "first": ""}


_READERS: Mapping[str, Callable[[Read, int, datetime], Facts]] = {
    "order": _order,
    "sku": _sku,
    "member": _member,
    "purchase": _purchase,
    "shop": _shop,
}
