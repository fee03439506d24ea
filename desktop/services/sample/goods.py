"""The sample shop's goods: names, packs and prices from a small table, codes and levels from rules."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from desktop.basics.money import MILLI, Money
from desktop.basics.paths import resources

CURRENCY = "CNY"
# What the inventory shows of its ten goods: available, minimum, safety, tenths of a piece sold a day.
SHOWN: dict[str, tuple[int, int, int, int]] = {
    "ZH-2003": (0, 8, 16, 40),
    "ZH-2001": (8, 10, 20, 61),
    "ZH-2017": (6, 8, 15, 31),
    "ZH-1009": (14, 10, 24, 34),
    "ZH-1042": (11, 6, 18, 26),
    "ZH-3005": (32, 10, 20, 30),
    "ZH-5002": (58, 10, 20, 51),
    "ZH-4001": (41, 12, 25, 28),
    "ZH-3008": (22, 5, 10, 9),
    "ZH-3011": (47, 10, 20, 4),
}
# Four more below their safety level, one of them gone; none of them has sold lately.
LOW: dict[str, int] = {"ZH-1019": 0, "ZH-3040": 3, "ZH-4033": 4, "ZH-5031": 3}
NEW = ("ZH-1068", "ZH-2068", "ZH-3085", "ZH-4080", "ZH-5055", "ZH-6030")  # came in this week
SAFETY, MINIMUM = 5, 2  # of everything else, as levels of the categories
DAYS_THERE = 6
LONGEST_THERE = 40  # days; nobody keeps more of what sells
# Bought too many of: they lie for months, as few others do.
SLOW: dict[str, int] = {"ZH-2007": 26, "ZH-5052": 34, "ZH-5014": 30, "ZH-6029": 48}
MOST = 150  # pieces of a cheap thing on the shelf
SMALL_CHANGE = "购物袋"  # the cheapest thing, which makes the value of the stock come out even
STOCK_VALUE = 8_642_000  # minor units at cost
PRICES_OF_GOLD = {"ZH-1003": 10_800}
LOCAL_CODE = "2"  # EAN-13 prefix for a shop's own codes


@dataclass(frozen=True)
class Good:
    """One line of the table; prices in minor units, `carton` is (unit, thousandths of the base unit) or None."""

    code: str
    category: str
    name: str
    pack: str
    unit: str
    kind: str
    price: int
    cost: int
    picture: str
    carton: tuple[str, int] | None

    @property
    def weighed(self) -> bool:
        """Whether it is sold by weight."""
        return self.kind == "weighed"


@cache
def goods() -> tuple[Good, ...]:
    """All 426 of them, by code."""
    with (resources() / "sample_shop" / "goods.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_good(row) for row in csv.DictReader(file))


@cache
def by_code() -> dict[str, Good]:
    """The goods by their code."""
    return {good.code: good for good in goods()}


def _good(row: dict[str, str]) -> Good:
    unit, _, count = row["carton"].partition(" ")
    return Good(
        code=row["code"],
        category=row["category"],
        name=row["name"],
        pack=row["pack"],
        unit=row["unit"],
        kind=row["kind"],
        price=Money.parse(row["price"], CURRENCY).amount,
        cost=Money.parse(row["cost"], CURRENCY).amount,
        picture=row["picture"],
        carton=(unit, int(count) * MILLI) if unit else None,
    )


def barcodes(good: Good) -> list[tuple[str, str]]:
    """(code, unit) pairs: what is weighed has a code of the shop's own, every seventh pack carries a second one."""
    number = int(good.code[3:])
    if good.weighed:
        return [(with_check_digit(f"{LOCAL_CODE}0{number:05d}00000"), "")]
    codes = [(with_check_digit(f"69{number % 10}1{number:04d}{number * 7 % 10_000:04d}"), "")]
    if number % 7 == 0:
        codes.append((with_check_digit(f"69{(number + 3) % 10}8{number:04d}{number * 3 % 10_000:04d}"), ""))
    if good.carton:
        codes.append(
            (with_check_digit(f"69{number % 10}5{number:04d}{number * 7 % 10_000:04d}"), good.carton[0])
        )
    return codes


def with_check_digit(twelve: str) -> str:
    """An EAN-13 from its first twelve digits."""
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"


def levels_of(good: Good) -> tuple[int, int]:
    """Minimum and safety stock in pieces."""
    if good.code in SHOWN:
        return SHOWN[good.code][1:3]
    return MINIMUM, SAFETY


def final_stock(reserved: dict[str, int], sold: dict[str, int]) -> dict[str, int]:
    """Thousandths on hand at the end, by code, worth exactly STOCK_VALUE.

    What is `reserved` lies there on top of what is pictured; of everything else there is enough for some days.
    """
    fixed = {code: row[0] * MILLI + reserved.get(code, 0) for code, row in SHOWN.items()}
    fixed |= {code: pieces * MILLI for code, pieces in LOW.items()}
    fixed |= {code: pieces * MILLI + reserved.get(code, 0) for code, pieces in SLOW.items()}
    free = [good for good in goods() if good.code not in fixed]
    bag = next(good for good in free if good.name.startswith(SMALL_CHANGE))
    least = {g.code: _least(reserved.get(g.code, 0), sold.get(g.code, 0)) for g in free}
    most = {g.code: max(least[g.code], _most(sold.get(g.code, 0))) for g in free}
    left = STOCK_VALUE - sum(fixed[c] * by_code()[c].cost for c in fixed) // MILLI
    per_good = left * 8 // len(free)
    pieces: dict[str, int] = {}
    while not pieces or sum(pieces[g.code] * g.cost for g in free) > left:
        pieces = {g.code: min(most[g.code], max(least[g.code], _spread(g, per_good))) for g in free}
        per_good = per_good * 98 // 100
    rest = left - sum(pieces[g.code] * g.cost for g in free)
    for good in sorted(free, key=lambda g: -g.cost):
        room = most[good.code] - pieces[good.code]
        more = min(rest // good.cost, room) if good is not bag else rest // good.cost
        pieces[good.code] += more
        rest -= more * good.cost
    return fixed | {code: count * MILLI for code, count in pieces.items()}


def _least(reserved: int, sold: int) -> int:
    """Pieces that keep a good above its safety stock and longer there than the pictured ones (sold in a month)."""
    return -(-reserved // MILLI) + max(SAFETY, sold * DAYS_THERE // (MILLI * 30)) + 1


def _most(sold: int) -> int:
    """Pieces that last as long as anybody keeps them (sold in a month)."""
    return sold * LONGEST_THERE // (MILLI * 30)


def _spread(good: Good, worth: int) -> int:
    """How many pieces are worth about this much, some more, some less."""
    lively = 60 + int(good.code[3:]) * 37 % 81  # 60 … 140 percent
    return min(worth * lively // (good.cost * 100), MOST)
