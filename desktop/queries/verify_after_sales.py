"""After-sales: nothing is given back, asked for or taken in twice, and exchanged money lies where it is said to lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, or_, select

from desktop.models.after_sales import (
    EXCHANGE,
    OPEN,
    RECEIVED,
    RESHIP,
    AfterSale,
    AfterSaleGoods,
    AfterSaleLine,
    ExchangeCredit,
    RefundExtra,
)
from desktop.models.orders import Order, OrderLine
from desktop.models.payments import RefundLine
from desktop.queries.verify_fault import Fault, finding, money, pieces
from desktop.shop.work import Read


def _sum(column: Any) -> Any:
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def _open_claims() -> Any:
    """Per line what open cases ask to be given back, and what of it is here already."""
    asked = case((AfterSale.state == RECEIVED, AfterSaleLine.received_milli), else_=AfterSaleLine.qty_milli)
    claims = select(
        AfterSaleLine.line_id, _sum(asked).label("asked"), _sum(AfterSaleLine.received_milli).label("here")
    )
    claims = claims.join(AfterSale, AfterSale.id == AfterSaleLine.case_id)
    mine = (AfterSale.state.in_(OPEN), AfterSale.kind != RESHIP)
    return claims.where(*mine).group_by(AfterSaleLine.line_id).subquery("claims")


def asked_for(read: Read) -> Iterator[Fault]:
    """O15: what went back of a line and what open cases ask of it are never more than was sold."""
    claims = _open_claims()
    total = OrderLine.refunded_milli + claims.c.asked
    statement = select(
        Order.code.label("subject"), OrderLine.qty_milli.label("expected"), total.label("found")
    )
    statement = statement.join(claims, claims.c.line_id == OrderLine.id)
    statement = statement.join(Order, Order.id == OrderLine.order_id).where(total > OrderLine.qty_milli)
    yield from finding(read, "asked for", statement, pieces)


def came_back(read: Read) -> Iterator[Fault]:
    """O15: no more of a line came back than had left."""
    claims = _open_claims()
    back = OrderLine.refunded_milli - OrderLine.freed_milli + claims.c.here
    statement = select(
        Order.code.label("subject"), OrderLine.shipped_milli.label("expected"), back.label("found")
    )
    statement = statement.join(claims, claims.c.line_id == OrderLine.id)
    statement = statement.join(Order, Order.id == OrderLine.order_id).where(back > OrderLine.shipped_milli)
    yield from finding(read, "came back", statement, pieces)


def line_limit(read: Read) -> Iterator[Fault]:
    """O15: no more is given back for a line than it cost, with goods or without."""
    goods = (
        select(RefundLine.line_id, _sum(RefundLine.amount_minor).label("given"))
        .group_by(RefundLine.line_id)
        .subquery("goods")
    )
    extra = (
        select(RefundExtra.line_id, _sum(RefundExtra.amount_minor).label("given"))
        .group_by(RefundExtra.line_id)
        .subquery("extra")
    )
    given = func.coalesce(goods.c.given, 0) + func.coalesce(extra.c.given, 0)
    statement = (
        select(Order.code.label("subject"), OrderLine.total_minor.label("expected"), given.label("found"))
        .select_from(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .join(goods, goods.c.line_id == OrderLine.id, isouter=True)
        .join(extra, extra.c.line_id == OrderLine.id, isouter=True)
        .where(
            or_(goods.c.given.is_not(None), extra.c.given.is_not(None)),
            given > OrderLine.total_minor,
        )
    )
    yield from finding(read, "line limit", statement, money)


def exchanged(read: Read) -> Iterator[Fault]:
    """O15: what an exchange counts towards its new goods lies with orders to the last coin, and so does what is left."""
    lies = (
        select(
            ExchangeCredit.case_id,
            _sum(ExchangeCredit.amount_minor).label("amount"),
            _sum(ExchangeCredit.spent_minor).label("spent"),
        )
        .group_by(ExchangeCredit.case_id)
        .subquery("lies")
    )
    pays = (
        select(
            AfterSaleGoods.case_id,
            _sum(AfterSaleGoods.credit_minor).label("amount"),
            _sum(AfterSaleGoods.spent_minor).label("spent"),
        )
        .group_by(AfterSaleGoods.case_id)
        .subquery("pays")
    )
    for name in ("amount", "spent"):
        columns = func.coalesce(lies.c[name], 0), func.coalesce(pays.c[name], 0)
        statement = (
            select(AfterSale.code.label("subject"), columns[0].label("expected"), columns[1].label("found"))
            .join(lies, lies.c.case_id == AfterSale.id, isouter=True)
            .join(pays, pays.c.case_id == AfterSale.id, isouter=True)
            .where(AfterSale.kind == EXCHANGE, columns[0] != columns[1])
        )
        yield from finding(read, "exchanged", statement, money)


def kept(read: Read) -> Iterator[Fault]:
    """O15: an order still has the money that pays for what its goods were exchanged for."""
    rest = _sum(ExchangeCredit.amount_minor - ExchangeCredit.spent_minor).label("kept")
    sums = select(ExchangeCredit.order_id, rest).group_by(ExchangeCredit.order_id).subquery("sums")
    there = Order.paid_minor - Order.refunded_minor
    statement = select(Order.code.label("subject"), sums.c.kept.label("expected"), there.label("found"))
    statement = statement.join(sums, sums.c.order_id == Order.id).where(sums.c.kept > there)
    yield from finding(read, "kept", statement, money)


CHECKS = (asked_for, came_back, line_limit, exchanged, kept)
