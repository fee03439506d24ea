"""Order lines as they are written from a priced cart, and what is said when a rate moved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desktop.basics.errors import Changed
from desktop.basics.i18n import N_
from desktop.pricing.cart import Bill, BillLine


def line_rows(order_id: int, bill: Bill, *, taken_along: bool = False) -> list[dict[str, Any]]:
    """The lines of a bill as rows; `taken_along`: all of it leaves the shop at once."""
    rows = [_row(order_id, line, line.qty_milli if taken_along else 0) for line in bill.lines]
    if bill.rates:  # many rows are one insert: then each of them names these columns
        for row, line in zip(rows, bill.lines, strict=True):
            row |= _abroad(line)
    return rows


def _row(order_id: int, line: BillLine, shipped_milli: int) -> dict[str, Any]:
    return {
        "order_id": order_id, "sku_id": line.offer.sku_id, "name": line.offer.name, "unit": line.offer.unit,
        "qty_milli": line.qty_milli, "base_milli": line.base_milli, "list_minor": line.offer.list_minor,
        "price_minor": line.price_minor, "discount_minor": line.discount_minor, "total_minor": line.total_minor,
        "cost_minor": line.offer.cost_minor, "refunded_milli": 0, "shipped_milli": shipped_milli, "freed_milli": 0,
        "trace": line.trace,
    }  # fmt: skip


def _abroad(line: BillLine) -> dict[str, Any]:
    price = line.foreign
    if price is None:
        return {"foreign_currency": None, "foreign_minor": None, "rate": None}
    return {"foreign_currency": price.currency, "foreign_minor": price.minor, "rate": price.rate}


def check_moved(bill: Bill, seen_at: datetime, words: Mapping[str, str]) -> None:
    """Raises `Changed` naming the currency whose rate is younger than what was looked at (`due` and `paid` in words)."""
    for line in bill.lines:
        price = line.foreign
        if price is not None and price.since is not None and price.since > seen_at:
            raise Changed(
                N_("The rate of {currency} changed: {due} is due now, {paid} was entered. Take the new amount."),
                next_step="look_again", currency=price.currency, **words,
            )  # fmt: skip


def check_same_rates(bill: Bill, seen: Mapping[str, str]) -> None:
    """Raises `Changed` when a currency has another rate than the one that was seen."""
    for currency, rate in bill.rates:
        before = seen.get(currency, rate)
        if before != rate:
            raise Changed(
                N_("The rate of {currency} changed: {now} instead of {before}. Look at the amounts, then go on."),
                next_step="look_again", currency=currency, now=rate, before=before,
            )  # fmt: skip
