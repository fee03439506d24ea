"""The paper of a refund: what came back, by which way, and that it is no receipt of a sale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_, _
from desktop.basics.money import Money, quantity_text
from desktop.basics.paper import PaperLine, pair, rule, wrap
from desktop.basics.words import points_text
from desktop.models.orders import Order, OrderLine
from desktop.models.payments import METHOD_WORDS, Refund, RefundLine, RefundTender, Tender
from desktop.models.people import Till
from desktop.models.products import Sku
from desktop.models.settings import SHOP_BRANCH, SHOP_NAME
from desktop.queries.receipt_paper import copy_line, fact_lines, foot_lines, head_lines
from desktop.queries.receipt_template import Template
from desktop.queries.receipts import foreign_notes
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class RefundPaper:
    """A refund as it stands on paper; amounts in minor units of `currency`."""

    shop: str
    branch: str
    code: str
    receipt_number: str
    till: str
    at: datetime
    currency: str
    amount_minor: int
    points_returned: int
    points_taken_back: int
    lines: tuple[tuple[str, str, int], ...]  # name, quantity with its unit, amount
    back: tuple[tuple[str, int, int, str], ...]  # method, amount, points, notes of another currency


def read_refund(read: Read, refund_id: int) -> RefundPaper:
    """What a refund's paper says. Raises `NotFound`."""
    statement = (
        select(Refund.__table__, Order.code, Order.receipt_number, Order.currency, Till.name.label("till"))
        .join(Order, Order.id == Refund.order_id)
        .join(Till, Till.id == Order.till_id)
        .where(Refund.id == refund_id)
    )
    row = read.first(statement)
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return RefundPaper(
        read.setting(SHOP_NAME), read.setting(SHOP_BRANCH), row.code, row.receipt_number, row.till,
        row.at.astimezone(read.zone), row.currency, row.amount_minor, row.points_returned, row.points_taken_back,
        _lines(read, refund_id), _back(read, refund_id),
    )  # fmt: skip


def _lines(read: Read, refund_id: int) -> tuple[tuple[str, str, int], ...]:
    statement = (
        select(
            OrderLine.name,
            OrderLine.unit,
            Sku.unit.label("base"),
            RefundLine.qty_milli,
            RefundLine.amount_minor,
        )
        .join(OrderLine, OrderLine.id == RefundLine.line_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .where(RefundLine.refund_id == refund_id)
        .order_by(RefundLine.id)
    )
    return tuple(
        (r.name, f"{quantity_text(r.qty_milli)} {r.unit or r.base}", r.amount_minor)
        for r in read.rows(statement)
    )


def _back(read: Read, refund_id: int) -> tuple[tuple[str, int, int, str], ...]:
    statement = (
        select(
            RefundTender.route,
            Tender.method_key,
            RefundTender.amount_minor,
            RefundTender.points,
            RefundTender.foreign_currency,
            RefundTender.foreign_minor,
            Tender.rate,
        )
        .join(Tender, Tender.id == RefundTender.tender_id)
        .where(RefundTender.refund_id == refund_id)
        .order_by(RefundTender.id)
    )
    return tuple(
        (r.route or r.method_key, r.amount_minor, r.points, foreign_notes(r)) for r in read.rows(statement)
    )


def refund_lines(paper: RefundPaper, columns: int, *, copy: int, template: Template) -> tuple[PaperLine, ...]:
    """The lines to print; `copy` above 0 marks a reprint and its number."""
    return tuple(_all(paper, columns, copy, template))


def _all(paper: RefundPaper, columns: int, copy: int, template: Template) -> Iterator[PaperLine]:
    yield from head_lines(paper.shop, paper.branch, columns, template)
    yield PaperLine(_("Refund"), align="center", bold=True, big=True)
    if copy:
        yield copy_line(copy)
    yield PaperLine()
    till = _(paper.till) if template.till else ""
    yield from fact_lines(paper.code, paper.receipt_number, f"{paper.at:%Y-%m-%d %H:%M:%S}", till, columns)
    yield PaperLine(rule(columns))

    def amount(minor: int) -> str:
        return str(Money(minor, paper.currency))

    for name, quantity, minor in paper.lines:
        yield from (PaperLine(part) for part in wrap(name, columns))
        yield from _pair(f"  {quantity}", amount(-minor), columns)
    yield PaperLine(rule(columns))
    for line in pair(_("Money given back"), amount(paper.amount_minor), columns):
        yield PaperLine(line, bold=True)
    for method, minor, points, foreign in paper.back:
        name = _(METHOD_WORDS.get(method, method))
        yield from _pair(f"{name} {points_text(points)}" if points else name, amount(minor), columns)
        if foreign:
            yield from _pair("  " + _("Handed over"), foreign, columns)
    if paper.points_taken_back and template.points:
        yield from _pair(_("Points taken back"), f"{paper.points_taken_back:,}", columns)
    yield PaperLine()
    yield from _pair(_("Customer’s signature"), "____________", columns)
    yield from foot_lines(paper.code, columns, template)


def _pair(left: str, right: str, columns: int) -> Iterator[PaperLine]:
    return (PaperLine(line) for line in pair(left, right, columns))
