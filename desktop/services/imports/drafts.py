"""Gather orders from their tables: orders, lines, payments, reviews, customers may each be a file of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_, _
from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, UNPAID
from desktop.services.imports.fields import ORDER_TABLES, ORDERS, Setting, TableKind, guess, missing
from desktop.services.imports.reading import checked_rows
from desktop.services.imports.report import BadRow, Report
from desktop.services.imports.spool import Spool
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
    at: tuple[int, int] = (0, 0)  # file and line


HEADS = "orders"
PARTS = {"lines": "ref", "payments": "ref", "reviews": "ref", "customers": "customer", "catalogue": "goods"}


def gather(
    tables: Sequence[Table],
    mappings: Sequence[tuple[TableKind, dict[str, int]]],
    setting: Setting,
    report: Report,
) -> Iterator[Draft]:
    """All orders of these tables, in the files' order; rows that belong to no order go to the report."""
    spool = report.spool
    for table, (kind, mapping) in zip(tables, mappings, strict=True):
        rows = checked_rows(table, kind, mapping, setting, report)
        if kind is ORDERS:
            spool.put_parts(HEADS, _heads(rows, report))
        else:
            spool.put_parts(kind.key, ((_belongs(kind, values), values) for _line, values in rows))
    if not any(kind is ORDERS for kind, _mapping in mappings):
        yield from _from_lines(spool, report, tables)
        return
    _orphans(report, tables)
    for ref in spool.refs(HEADS):
        yield _draft(spool.part(HEADS, ref), report)


def _heads(
    rows: Iterator[tuple[int, dict[str, Any]]], report: Report
) -> Iterator[tuple[str, dict[str, Any]]]:
    for _line, values in rows:
        if report.spool.first_time(values["ref"]):
            yield values["ref"], values
        else:
            report.remarks[_("Order number twice in the file: the first one counts")] += 1


def _belongs(kind: TableKind, values: dict[str, Any]) -> str:
    """What a row hangs on: receipts of several shops may share their numbers."""
    shop = f"{values['shop']}:" if values.get("shop") else ""
    return shop + str(values[PARTS[kind.key]])


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


def _draft(values: dict[str, Any], report: Report) -> Draft:
    ref, spool = values["ref"], report.spool
    draft = Draft(
        ref,
        values["placed"],
        paid_at=values.get("paid_at"),
        shipped_at=values.get("shipped_at"),
        done_at=values.get("done_at"),
        at=values["_at"],
    )
    draft.person = _person(spool, values.get("customer", ""))
    _add_lines(draft, spool.parts("lines", ref), spool)
    draft.payments = _payments(spool.parts("payments", ref), report)
    draft.reviews = _reviews(spool.parts("reviews", ref), report)
    draft.total = values.get("total")
    if not draft.payments and values.get("paid"):
        draft.payments = [("other", values["paid"])]
    draft.status = _status(values, draft, report)
    if not draft.lines:
        report.remarks[_("Orders without goods: taken in with their payments")] += 1
    return draft


def _person(spool: Spool, customer: str) -> str:
    known = spool.part("customers", customer) if customer else None
    return known["person"] if known else customer


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


def _add_lines(draft: Draft, rows: list[dict[str, Any]], spool: Spool) -> None:
    merged: dict[tuple[str, int], list[Any]] = {}
    for row in rows:
        draft.freight += row.get("freight", 0)
        entry = merged.setdefault((row["goods"], row["price"]), ["", 0])
        known = spool.part("catalogue", row["goods"])
        entry[0] = known.get("category", "") if known else row.get("category", "")
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


def _from_lines(spool: Spool, report: Report, tables: Sequence[Table]) -> Iterator[Draft]:
    """Till lines: each receipt is a finished sale, paid in a way the file does not tell."""
    for ref in spool.refs("lines"):
        rows = spool.parts("lines", ref)
        moments = [row["placed"] for row in rows if "placed" in row]
        if not moments:
            for row in rows:
                reason = _("This line names an order the files do not hold, and no time of its own.")
                report.bad.append(bad_row(row, reason, (row["ref"], row["goods"]), tables))
            continue
        draft = Draft(ref, min(moments), paid_at=min(moments), done_at=min(moments), at=rows[0]["_at"])
        draft.person = _person(spool, next((row["customer"] for row in rows if row.get("customer")), ""))
        _add_lines(draft, rows, spool)
        yield draft


def _orphans(report: Report, tables: Sequence[Table]) -> None:
    reason = _("This row names an order the files do not hold.")
    for kind in ("lines", "payments", "reviews"):
        for ref, row in report.spool.refs_without(kind, HEADS):
            report.bad.append(bad_row(row, reason, (ref,), tables))


def bad_row(row: dict[str, Any], reason: str, cells: tuple[str, ...], tables: Sequence[Table]) -> BadRow:
    """A row of one of the other tables that found no order."""
    file, line = row["_at"]
    return BadRow(tables[file].name, line, reason, cells)
