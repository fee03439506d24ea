"""Baskets that cost a wanted amount, filled from the goods that are not told about one by one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from random import Random

from desktop.basics.money import MILLI, allocate
from desktop.services.sample.drafts import Line
from desktop.services.sample.goods import LOW, NEW, PRICES_OF_GOLD, SHOWN, Good, by_code, goods

CHEAPEST = 200  # minor units; what is left below this is not worth another line
MOST_LINES = 6
TRIES = 400


class Shelf:
    """The goods baskets are filled from, by price."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        told = {*SHOWN, *LOW, *NEW, *PRICES_OF_GOLD}
        self._pool = sorted(
            (g for g in goods() if g.code not in told and g.price >= 50), key=lambda g: (g.price, g.code)
        )
        self._prices = [good.price for good in self._pool]
        self._packs = [good for good in self._pool if not good.weighed]
        self._pack_prices = [good.price for good in self._packs]

    def about(self, target: int, wanted: tuple[str, ...] = ()) -> list[Line]:
        """A basket that costs the target (minor units) or a little less; `wanted` codes are in it."""
        lines: list[Line] = []
        for code in wanted:
            _add(lines, by_code()[code], MILLI)
        rest = target - sum(line.gross for line in lines)
        while rest >= CHEAPEST and len(lines) < MOST_LINES + len(wanted):
            last = len(lines) >= 2 or rest < 2_500
            qty_good = self._pick(rest, last)
            _add(lines, *qty_good)
            rest = target - sum(line.gross for line in lines)
        return lines

    def exactly(self, target: int, wanted: tuple[str, ...] = ()) -> list[Line]:
        """A basket that costs the target to the last minor unit, if need be with a little off."""
        best: list[Line] = []
        even = target + -target % 10  # no price has odd change, so what is odd comes off
        for _ in range(TRIES):
            lines = self.about(even, wanted)
            cost = sum(line.gross for line in lines)
            if not best or sum(line.gross for line in best) < cost <= even:
                best = lines
            if cost == even:
                break
        rest = even - sum(line.gross for line in best)
        if rest:
            _add(best, self._packs[bisect_left(self._pack_prices, rest)], MILLI)
        if sum(line.gross for line in best) != target:
            take_off(best, sum(line.gross for line in best) - target)
        return best

    def _pick(self, rest: int, last: bool) -> tuple[Good, int]:
        end = bisect_right(self._prices, rest)
        start = max(0, end - 10) if last else bisect_left(self._prices, rest // 6)
        good = self._pool[self._rng.randrange(min(start, end - 1), end)]
        if good.weighed:
            return good, min(self._rng.randrange(200, 1500, 2), rest * MILLI // good.price)
        many = min(3, rest // good.price)
        return good, (self._rng.randint(1, many) if many > 1 and self._rng.random() < 0.4 else 1) * MILLI


def _add(lines: list[Line], good: Good, qty: int) -> None:
    for line in lines:
        if line.good is good:
            line.qty += qty
            return
    lines.append(Line(good, qty))


def take_off(lines: list[Line], amount: int) -> None:
    """Share a discount (minor units) over the lines."""
    for line, part in zip(lines, allocate(amount, [line.gross for line in lines]), strict=True):
        line.discount = part
