"""The orders of the last 30 days, so composed that every day brings in what the pictures say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from desktop.basics.money import MILLI, allocate
from desktop.services.sample.baskets import Shelf
from desktop.services.sample.drafts import Calendar, Draft, Line, Pay, Person, clock
from desktop.services.sample.goods import SHOWN, by_code
from desktop.services.sample.people import named
from desktop.services.sample.story import OVERNIGHT, REFUNDED, SHOWN_ORDERS, Shown, Span, spans

REGULARS = 300
MEMBER_SHARE = 0.42  # of the people who buy in the shop
LATE = timedelta(hours=37, minutes=40)  # how long the one late order waits
AVERAGED_DAYS = 28  # the inventory averages the sales of so many days
GIVEN_BACK = "ZH-1029"
STREETS = ("桂花路", "梧桐街", "学府路", "河沿路", "新民巷", "长宁里")


@dataclass
class Purchase:
    """What one tender pays for."""

    method: str
    target: int
    points: int = 0
    wanted: list[str] = field(default_factory=list)

    @property
    def room(self) -> int:
        """How much the goods may still cost (minor units)."""
        return self.target + self.points - sum(by_code()[code].price for code in self.wanted)


class Days:
    """Makes the orders of all live days."""

    def __init__(self, rng: Random, calendar: Calendar, people: Sequence[Person], shelf: Shelf) -> None:
        self._rng = rng
        self._calendar = calendar
        self._people = list(people)
        self._shelf = shelf
        old = [p for p in people if p.joined < calendar.at(-31, 0) and p is not people[317]]
        self._regulars = rng.sample(old, REGULARS)
        self._newcomers: dict[int, list[Person]] = {}
        for person in people:
            day = (person.joined.astimezone(calendar.zone).date() - calendar.today).days
            self._newcomers.setdefault(day, []).append(person)

    def make(self, hers: Iterable[Draft]) -> list[Draft]:
        """Every order, numbered within its day; `hers` are told elsewhere and count here."""
        told = [*hers, *self._told()]
        parts = spans()
        for draft in told:
            _count_in(parts, draft)
        made = list(told)
        for span in parts:
            made += self._fill(span)
        number(made)
        return made

    # -- the orders a picture shows -----------------------------------------------------------------------------

    def _told(self) -> Iterator[Draft]:
        for shown in SHOWN_ORDERS:
            yield self._shown(shown)
        for placed, paid, method, money in OVERNIGHT:
            yield Draft(
                -1, clock(placed), "online", self._shelf.exactly(money), [Pay(method, money)], status="to_ship",
                person=self._rng.choice(self._regulars), paid_day=0, paid_second=clock(paid), address=self._address(),
            )  # fmt: skip
        yield self._refunded()

    def _shown(self, shown: Shown) -> Draft:
        money = [Pay(shown.method, shown.money, shown.reference)] if shown.method else []
        lines = [Line(by_code()[code], pieces * MILLI) for code, pieces in shown.goods]
        draft = Draft(
            shown.day, clock(shown.at), shown.channel, lines or self._shelf.exactly(shown.money + shown.points), money,
            points=shown.points, status=shown.status, number=shown.number,
            person=named(self._people, shown.who) if shown.who else None,
            paid_second=clock(shown.paid_at) if shown.paid_at else None,
            address=self._address() if shown.channel == "online" else "",
        )  # fmt: skip
        if draft.lines and any(line.discount for line in draft.lines):
            draft.discount_note = "抹零"
        if (shown.day, shown.number) == (-1, 17):
            self._make_late(draft)
        return draft

    def _make_late(self, draft: Draft) -> None:
        """However early in the day it is, this order has waited longer than the 36 hours allowed."""
        moment = min(self._calendar.at(-1, draft.second), self._calendar.now - LATE)
        if moment != self._calendar.at(-1, draft.second):
            draft.number = 0
        draft.moment = moment
        draft.day = (moment.astimezone(self._calendar.zone).date() - self._calendar.today).days

    def _refunded(self) -> Draft:
        """Three packs of one good cost as much as all the rest, and came back the same hour."""
        half = (REFUNDED.money + REFUNDED.points) // 2
        back = Line(by_code()[GIVEN_BACK], 3 * MILLI)
        back.discount = back.gross - half
        return Draft(
            0, clock(REFUNDED.at), "online", [back, *self._shelf.exactly(half)],
            [Pay(REFUNDED.method, REFUNDED.money, REFUNDED.reference)], points=REFUNDED.points, number=REFUNDED.number,
            person=named(self._people, REFUNDED.who), paid_second=clock(REFUNDED.paid_at), address=self._address(),
            discount_note="VIP 老客优惠", refund_line=0, refund_second=clock("13:26:45"), refund_reason="口味不合适",
        )  # fmt: skip

    def _address(self) -> str:
        room = self._rng.randrange(1, 7) * 100 + self._rng.randrange(1, 5)
        return f"{self._rng.choice(STREETS)} {self._rng.randrange(1, 240)} 号 {self._rng.randrange(1, 19)} 幢 {room} 室"

    # -- the others ---------------------------------------------------------------------------------------------

    def _fill(self, span: Span) -> list[Draft]:
        bought = self._purchases(span)
        self._want_shown_goods(span, bought)
        channels = self._channels(span, bought)
        drafts = [self._order(span, p, c) for p, c in zip(self._composed(bought), channels, strict=True)]
        drafts = self._split(span, drafts)
        drafts += [self._unpaid(span, "cancelled") for _ in range(span.cancelled)]
        drafts += [self._unpaid(span, "unpaid") for _ in range(span.unpaid)]
        self._date(span, drafts)
        self._states(span, [d for d in drafts if d.channel == "online" and d.paid])
        self._persons(drafts)
        return drafts

    def _purchases(self, span: Span) -> list[Purchase]:
        bought = []
        for method, count in span.counts.items():
            weights = [250 + int(700 * self._rng.lognormvariate(0, 0.55)) for _ in range(count)]
            bought += [Purchase(method, part) for part in allocate(span.money[method], weights)]
        users, points = span.points
        paying = self._rng.sample([p for p in bought if p.method != "cash" and p.target > 3_000], users)
        rest = points
        for i, (purchase, part) in enumerate(
            zip(paying, allocate(points, [p.target for p in paying]), strict=True)
        ):
            purchase.points = rest if i == users - 1 else min(purchase.target, max(1, part // 100) * 100)
            rest -= purchase.points
        return bought

    def _want_shown_goods(self, span: Span, bought: list[Purchase]) -> None:
        """As many pieces of the ten pictured goods as sell on such a day."""
        for code, (*_levels, tenths) in SHOWN.items():
            for _ in range(_sold_on(span, tenths)):
                price = by_code()[code].price + 250
                fits = [p for p in self._rng.sample(bought, 12) if p.room >= price]
                (fits[0] if fits else max(bought, key=lambda p: p.room)).wanted.append(code)

    def _composed(self, bought: list[Purchase]) -> Iterator[tuple[Purchase, Draft]]:
        """Baskets for the purchases; what a basket misses its target by, the next of its method makes up."""
        missing: dict[str, int] = {}
        last = {p.method: i for i, p in enumerate(bought)}
        for i, purchase in enumerate(bought):
            target = purchase.target + missing.get(purchase.method, 0) + purchase.points
            fill = self._shelf.exactly if last[purchase.method] == i else self._shelf.about
            lines = fill(target, tuple(purchase.wanted))
            money = sum(line.total for line in lines) - purchase.points
            missing[purchase.method] = target - purchase.points - money
            draft = Draft(0, 0, "", lines, [Pay(purchase.method, money)], points=purchase.points)
            draft.discount_note = "抹零" if any(line.discount for line in lines) else ""
            yield purchase, draft

    def _channels(self, span: Span, bought: list[Purchase]) -> list[str]:
        """Cash is taken at the counter, cards anywhere in the shop, wallets everywhere."""
        left = dict(span.channels)
        left["online"] -= span.cancelled + span.unpaid
        left["store"] += span.split
        chosen: dict[int, str] = {}
        spare = left["store"] - span.split - span.counts["cash"]
        for i, purchase in enumerate(bought):
            if purchase.method == "card":
                chosen[i] = "store" if spare > 0 else "kiosk"
                spare -= 1
            elif purchase.method == "cash":
                chosen[i] = "store"
        for channel in chosen.values():
            left[channel] -= 1
        rest = [channel for channel, count in left.items() for _ in range(count)]
        self._rng.shuffle(rest)
        return [chosen[i] if i in chosen else rest.pop() for i in range(len(bought))]

    def _order(self, span: Span, made: tuple[Purchase, Draft], channel: str) -> Draft:
        draft = made[1]
        draft.day, draft.channel = span.day, channel
        draft.address = self._address() if channel == "online" else ""
        return draft

    def _split(self, span: Span, drafts: list[Draft]) -> list[Draft]:
        """Some pay the rest of a cash sale by phone."""
        for _ in range(span.split):
            cash = next(d for d in drafts if d.pays[0].method == "cash" and len(d.pays) == 1)
            phone = next(
                d for d in drafts if d.channel == "store" and d.pays[0].method in ("wechat", "alipay")
            )
            drafts.remove(phone)
            cash.lines += phone.lines
            cash.pays += phone.pays
            cash.points += phone.points
            cash.discount_note = cash.discount_note or phone.discount_note
        return drafts

    def _unpaid(self, span: Span, status: str) -> Draft:
        lines = self._shelf.about(self._rng.randrange(3_000, 15_000))
        return Draft(span.day, 0, "online", lines, status=status, address=self._address())

    def _date(self, span: Span, drafts: list[Draft]) -> None:
        night = span.night
        for draft in drafts:
            start = clock("09:02") if draft.channel != "online" else clock("07:00")
            if draft.status == "unpaid":
                start = clock("12:30") if span.day else start
            elif night and draft.channel == "online" and draft.paid:
                night -= 1
                draft.second = self._rng.randrange(span.start, clock("01:38"))
                continue
            draft.second = self._rng.randrange(max(start, span.start), span.end)
        first = min((d for d in drafts if d.channel != "online"), key=lambda d: d.second)
        if span.start < clock("09:00"):
            first.second = clock("09:00")  # the shop opens

    def _states(self, span: Span, online: list[Draft]) -> None:
        told = {*SHOWN}  # the pictured stock of these is free, so no open order holds them
        ready = sorted(online, key=lambda d: (any(line.good.code in told for line in d.lines), -d.second))
        for i, draft in enumerate(ready):
            if i < span.to_ship:
                draft.status = "to_ship"
            elif self._rng.random() < {0: 0.7, -1: 0.6, -2: 0.3}.get(span.day, 0):
                draft.status = "shipped"

    def _persons(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            if draft.points or draft.channel == "online":
                draft.person = self._regulars[int(REGULARS * self._rng.random() ** 1.6)]
            elif self._rng.random() < MEMBER_SHARE:
                draft.person = self._regulars[int(REGULARS * self._rng.random())]
            elif draft.paid:
                draft.person = self._newcomer(draft)

    def _newcomer(self, draft: Draft) -> Person | None:
        """Somebody who joined within the hour before, if there is one."""
        moment = self._calendar.at(draft.day, draft.second)
        waiting = self._newcomers.get(draft.day, [])
        for person in waiting:
            if timedelta(0) <= moment - person.joined < timedelta(hours=1):
                waiting.remove(person)
                return person
        return None


def _sold_on(span: Span, tenths: int) -> int:
    """Pieces of a good in this span, so that any number of days back adds up to the daily rate."""
    age = -span.day
    if age >= AVERAGED_DAYS:
        return 0
    pieces = (tenths * (age + 1) + 5) // 10 - (tenths * age + 5) // 10
    if span.day != -7:
        return pieces
    return pieces - pieces // 3 if span.night else pieces // 3


def _count_in(parts: list[Span], draft: Draft) -> None:
    """Take a told order out of what is still to be made up, where it was placed and where it was paid."""
    placed = _span_at(parts, draft.day, draft.second)
    if placed is not None:
        placed.channels[draft.channel] -= 1
        placed.cancelled -= draft.status == "cancelled"
        placed.unpaid -= draft.status == "unpaid"
    paid = _span_at(
        parts, draft.day if draft.paid_day is None else draft.paid_day, draft.paid_second or draft.second
    )
    if paid is None or not draft.paid:
        return
    for pay in draft.pays:
        paid.counts[pay.method] -= 1
        paid.money[pay.method] -= pay.amount
    users, points = paid.points
    paid.points = (users - (draft.points > 0), points - draft.points)


def _span_at(parts: list[Span], day: int, second: int) -> Span | None:
    """The part of a day this second belongs to: the last one that had begun, of the day's own parts."""
    mine = [span for span in parts if span.day == day]
    begun = [span for span in mine if span.start <= second or span is mine[0]]
    return begun[-1] if begun else None


def number(drafts: list[Draft]) -> None:
    """Give every order without a number the next free one of its day, by time."""
    by_day: dict[int, list[Draft]] = {}
    for draft in drafts:
        by_day.setdefault(draft.day, []).append(draft)
    for orders in by_day.values():
        taken = {draft.number for draft in orders}
        free = (n for n in range(1, len(orders) + len(taken) + 1) if n not in taken)
        for draft in sorted((d for d in orders if not d.number), key=lambda d: d.second):
            draft.number = next(free)
