"""Gather orders from their tables: orders, lines, payments, reviews, customers may each be a file of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_, _
from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, UNPAID
from desktop.services.imports.fields import ORDER_TABLES, ORDERS, Setting, TableKind, guess, missing
from desktop.services.imports.reading import checked_rows, mapped
from desktop.services.imports.report import BadRow, Report
from desktop.services.imports.table import Table

STATUSES = {
    "delivered": DONE, "done": DONE, "completed": DONE, "已完成": DONE, "交易成功": DONE,
    "shipped": SHIPPED, "已发货": SHIPPED, "待收货": SHIPPED,
    "approved": TO_SHIP, "processing": TO_SHIP, "invoiced": TO_SHIP, "paid": TO_SHIP, "待发货": TO_SHIP, "已付款": TO_SHIP,
    "created": UNPAID, "unpaid": UNPAID, "待付款": UNPAID,
    "canceled": CANCELLED, "cancelled": CANCELLED, "unavailable": CANCELLED, "已取消": CANCELLED, "交易关闭": CANCELLED,
}  # fmt: skip
METHODS = {"credit_card": "card", "debit_card": "card", "card": "card", "银行卡": "card", "cash": "cash", "现金": "cash",
           "微信支付": "wechat", "wechat": "wechat", "支付宝": "alipay", "alipay": "alipay"}  # fmt: skip


@dataclass
class Draft:
    """One order to be, as the files tell it (money in minor units)."""

    ref: str
    placed: datetime
    status: str = DONE
    person: str = ""
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    done_at: datetime | None = None
    lines: list[tuple[str, str, int, int]] = field(default_factory=list)  # goods, category, price, quantity
    freight: int = 0
    payments: list[tuple[str, int]] = field(default_factory=list)  # method, amount
    reviews: list[dict[str, Any]] = field(default_factory=list)
    total: int | None = None


@dataclass
class _Shelf:
    """What the other tables say, by order."""

    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    payments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reviews: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)


def gather(tables: list[Table], given: Mapping[str, str], setting: Setting, report: Report) -> list[Draft]:
    """All orders of these tables, in the files' order; rows that belong to no order go to the report."""
    shelf, heads = _Shelf(), None
    for table in tables:
        kind = recognise(table, given)
        mapping = mapped(table, kind, given_for(kind, given), report)
        if kind is ORDERS:
            heads = (table, mapping)
            continue
        _put_away(shelf, table, kind, checked_rows(table, kind, mapping, setting, report))
    if heads is None:
        return _from_lines(shelf, report)
    drafts = [
        _draft(values, shelf, report)
        for _line, values in checked_rows(heads[0], ORDERS, heads[1], setting, report)
    ]
    _orphans(shelf, {draft.ref for draft in drafts}, report)
    return _once(drafts, report)


def recognise(table: Table, given: Mapping[str, str]) -> TableKind:
    """Which kind of table this is, by its headings. Raises `Malformed`."""
    for kind in ORDER_TABLES:
        if not missing(kind, guess(kind, table.columns, given_for(kind, given, table))):
            if (
                kind is ORDER_TABLES[0]
                and not {"price", "goods"} <= guess(kind, table.columns, {}).keys()
                and not given
            ):
                continue
            return kind
    raise Malformed(
        N_(
            "{file} is not a table of orders this import knows. Its columns are: {columns}. Say which are which with --map COLUMN=FIELD."
        ),
        file=table.name,
        columns=", ".join(table.columns),
    )


def given_for(kind: TableKind, given: Mapping[str, str], table: Table | None = None) -> dict[str, str]:
    """The person's choices that concern this kind (and this table's columns)."""
    keys = {f.key for f in kind.fields}
    here = {c.strip().lower() for c in table.columns} if table else None
    return {c: k for c, k in given.items() if k in keys and (here is None or c.strip().lower() in here)}


def _put_away(
    shelf: _Shelf, table: Table, kind: TableKind, rows: Iterator[tuple[int, dict[str, Any]]]
) -> None:
    for line, values in rows:
        values["_at"] = (table.name, line)
        if kind.key == "customers":
            shelf.persons[values["customer"]] = values["person"]
        elif kind.key == "catalogue":
            shelf.categories[values["goods"]] = values.get("category", "")
        else:
            shop = f"{values['shop']}:" if values.get("shop") else ""
            getattr(shelf, kind.key).setdefault(shop + values["ref"], []).append(values)


def _draft(values: dict[str, Any], shelf: _Shelf, report: Report) -> Draft:
    ref = values["ref"]
    draft = Draft(
        ref,
        values["placed"],
        paid_at=values.get("paid_at"),
        shipped_at=values.get("shipped_at"),
        done_at=values.get("done_at"),
    )
    draft.person = shelf.persons.get(values.get("customer", ""), values.get("customer", ""))
    _add_lines(draft, shelf.lines.get(ref, []), shelf)
    draft.payments = _payments(shelf.payments.get(ref, []), report)
    draft.reviews = _reviews(shelf.reviews.get(ref, []), report)
    draft.total = values.get("total")
    if not draft.payments and values.get("paid"):
        draft.payments = [("other", values["paid"])]
    draft.status = _status(values, draft, report)
    if not draft.lines:
        report.remarks[_("Orders without goods: taken in with their payments")] += 1
    return draft


def _status(values: dict[str, Any], draft: Draft, report: Report) -> str:
    word = values.get("status", "").lower()
    if not word:
        return DONE if draft.payments else CANCELLED
    status = STATUSES.get(word)
    if status is None:
        report.remarks[_("Unknown status “{status}”: taken in as done").format(status=word)] += 1
        return DONE
    if status == UNPAID and draft.payments:
        return TO_SHIP
    if status in (TO_SHIP, SHIPPED, DONE) and not draft.payments:
        report.remarks[_("Paid orders without a payment: taken as paid in another way")] += 1
        total = sum(price * qty // 1000 for _g, _c, price, qty in draft.lines) + draft.freight
        draft.payments = [("other", total)] if total else []
    return status


def _add_lines(draft: Draft, rows: list[dict[str, Any]], shelf: _Shelf) -> None:
    merged: dict[tuple[str, int], list[Any]] = {}
    for row in rows:
        draft.freight += row.get("freight", 0)
        entry = merged.setdefault((row["goods"], row["price"]), ["", 0])
        entry[0] = shelf.categories.get(row["goods"], row.get("category", ""))
        entry[1] += row.get("qty", 1000)
    draft.lines = [(goods, category, price, qty) for (goods, price), (category, qty) in merged.items()]


def _payments(rows: list[dict[str, Any]], report: Report) -> list[tuple[str, int]]:
    paid = [(METHODS.get(row["method"].lower(), "other"), row["amount"]) for row in rows]
    if any(amount == 0 for _method, amount in paid):
        report.remarks[_("Payments of nothing: left out")] += 1
    return [(method, amount) for method, amount in paid if amount]


def _reviews(rows: list[dict[str, Any]], report: Report) -> list[dict[str, Any]]:
    if len(rows) > 1:
        report.remarks[_("Orders with several reviews: all kept")] += 1
    return rows


def _from_lines(shelf: _Shelf, report: Report) -> list[Draft]:
    """Till lines: each receipt is a finished sale, paid in a way the file does not tell."""
    drafts = []
    for ref in list(shelf.lines):
        rows = shelf.lines.pop(
            ref
        )  # let go one by one: a million rows freed at once would hold every thread up
        moments = [row["placed"] for row in rows if "placed" in row]
        if not moments:
            for row in rows:
                reason = _("This line names an order the files do not hold, and no time of its own.")
                report.bad.append(bad_row(row, reason, (row["ref"], row["goods"])))
            continue
        draft = Draft(ref, min(moments), paid_at=min(moments), done_at=min(moments))
        _add_lines(draft, rows, shelf)
        drafts.append(draft)
    return drafts


def _orphans(shelf: _Shelf, refs: set[str], report: Report) -> None:
    reason = _("This row names an order the files do not hold.")
    for rows_of in (shelf.lines, shelf.payments, shelf.reviews):
        for ref in rows_of.keys() - refs:
            report.bad += [bad_row(row, reason, (ref,)) for row in rows_of[ref]]


def bad_row(row: dict[str, Any], reason: str, cells: tuple[str, ...]) -> BadRow:
    """A row of one of the other tables that found no order."""
    file, line = row["_at"]
    return BadRow(file, line, reason, cells)


def _once(drafts: list[Draft], report: Report) -> list[Draft]:
    seen: dict[str, Draft] = {}
    for draft in drafts:
        if draft.ref in seen:
            report.remarks[_("Order number twice in the file: the first one counts")] += 1
        else:
            seen[draft.ref] = draft
    return list(seen.values())
