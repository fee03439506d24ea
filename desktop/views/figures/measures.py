"""What statistics can be looked at by: orders, money, pieces … with their words and numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.basics.i18n import N_
from desktop.basics.money import Money, digits_of, half_up, quantity_text
from desktop.queries.order_figures import FigureRow


@dataclass(frozen=True)
class Measure:
    """One number of a row; `adds` unless parts of it can't be added up."""

    words: str
    of: Callable[[FigureRow], int]
    kind: str = "money"  # money, count or pieces
    adds: bool = True


ORDERS, AMOUNT, AVERAGE, REFUNDS, POINTS, PIECES, GOODS = (
    "orders", "amount", "average", "refunds", "points", "pieces", "goods",
)  # fmt: skip
OF_ORDERS = (ORDERS, AMOUNT, AVERAGE, REFUNDS, POINTS, PIECES)
OF_GOODS = (GOODS, REFUNDS, PIECES)  # what categories can be looked at by
MEASURES = {
    ORDERS: Measure(N_("Orders"), lambda row: row.orders, "count"),
    AMOUNT: Measure(N_("Amount paid"), lambda row: row.amount_minor),
    AVERAGE: Measure(N_("Average order"), lambda row: row.average_minor, adds=False),
    REFUNDS: Measure(N_("Refunds"), lambda row: row.refunds_minor),
    POINTS: Measure(N_("Paid with points"), lambda row: row.points_minor),
    PIECES: Measure(N_("Pieces"), lambda row: row.pieces_milli, "pieces"),
    GOODS: Measure(N_("Goods sold"), lambda row: row.amount_minor),
}


def write(measure: Measure, value: int, currency: str) -> str:
    """A value with its unit."""
    if measure.kind == "money":
        return str(Money(value, currency))
    return quantity_text(value) if measure.kind == "pieces" else f"{value:,}"


def axis(measure: Measure, value: int, currency: str) -> str:
    """A value at an axis, whole where it is."""
    if measure.kind == "count":
        return f"{value:,}"
    if measure.kind == "pieces":
        return quantity_text(value)
    unit: int = 10 ** digits_of(currency)
    return f"{value // unit:,}" if value % unit == 0 else Money(value, currency).plain()


def ranked(rows: Sequence[FigureRow], measure: Measure) -> list[str]:
    """The parts, the largest first."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.part] = sums.get(row.part, 0) + measure.of(row)
    return sorted(sums, key=lambda part: -sums[part])


def whole_average(rows: Sequence[FigureRow]) -> int:
    """The average order of some rows together, in minor units."""
    orders = sum(row.orders for row in rows)
    return half_up(sum(row.amount_minor for row in rows), orders) if orders else 0
