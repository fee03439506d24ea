"""The member the pictures look at closely: 118 orders, 236 entries of points, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random

from desktop.basics.money import MILLI, allocate
from desktop.services.sample.baskets import Shelf, take_off
from desktop.services.sample.drafts import Calendar, Draft, Entry, Line, Pay, Person, clock
from desktop.services.sample.goods import Good, by_code, goods
from desktop.services.sample.people import HER_FIRST_DAY

ENTRIES, BALANCE, EXPIRING = 236, 12_860, 640  # points
SPENT = 1_684_230  # minor units over 118 orders
BALANCE_BEFORE = 14_920  # before the nine entries the picture shows
RECENT_SPENT = 95_280  # five orders between 48 and 80 days ago
LONG_AGO = 108  # orders before those
USED_POINTS, SIGN_INS, GAMES, REFERRALS, EXPIRIES = (
    24,
    68,
    8,
    3,
    8,
)  # entries of each kind before the shown ones
LAPSED = 400  # points of each of those expiries
SIGN_IN = 50
TASTES = {"茶叶": 46, "糕点": 28, "零食": 16, "": 10}  # percent; the rest is anything
TIERS = ((500_000, 12_000), (200_000, 11_000), (0, 10_000))  # from minor units, basis points
ADDRESS = "桂花路 26 号 3 幢 502 室"
SINGLE = (
    "ZH-1003",
    "ZH-1009",
    "ZH-1042",
    "ZH-2017",
    "ZH-3005",
    "ZH-3008",
    "ZH-3011",
)  # sold in told numbers only


@cache
def _to_taste(taste: str) -> list[Good]:
    """Goods of a taste she may buy any number of, by price; none for no taste."""
    mine = [
        g
        for g in goods()
        if taste and g.category.startswith(taste) and not g.weighed and g.code not in SINGLE
    ]
    return sorted(mine, key=lambda g: (g.price, g.code))


@dataclass(frozen=True)
class Told:
    """An order of hers the picture shows."""

    day: int
    at: str
    number: int
    money: int
    paid_at: str = ""
    earned: int | None = None
    note: str = ""


RECENT = (
    Told(-40, "20:18", 58, 8_040),
    Told(-24, "19:32", 102, 17_180, "", 412, "双倍积分活动"),
    Told(-19, "11:05", 43, 9_520),
    Told(-7, "13:05", 71, 15_540, "18:40"),
)


class Her:
    """Her orders and the entries that no order stands behind."""

    def __init__(self, rng: Random, calendar: Calendar, person: Person, shelf: Shelf) -> None:
        self._rng = rng
        self._calendar = calendar
        self._person = person
        self._shelf = shelf
        self._bought = dict.fromkeys(TASTES, 0)

    def make(self) -> list[Draft]:
        """All 118, oldest first; the points they used and earned are already settled."""
        orders = self._old() + [self._told(told) for told in RECENT] + [self._latest()]
        self._earn(orders)
        gifts = self._gifts()
        self._fill_up(orders, gifts)
        self._spend(orders, gifts)
        for order in orders:
            self._compose(order)
        self._person.orders += orders
        self._person.entries += gifts
        return orders

    # -- orders -------------------------------------------------------------------------------------------------

    def _old(self) -> list[Draft]:
        known = RECENT_SPENT + sum(told.money for told in RECENT) + 16_840
        back = 2_200  # what the one refund of hers gave back
        span = HER_FIRST_DAY + 8, -92
        days = [span[0] + (span[1] - span[0]) * i // (LONG_AGO - 1) for i in range(LONG_AGO)]
        parts = allocate((SPENT + back - known) // 10, [self._rng.randrange(60, 160) for _ in days])
        money = [part * 10 for part in parts]
        days += [-80, -72, -64, -56, -48]
        money += [part * 10 for part in allocate(RECENT_SPENT // 10, [9, 11, 8, 12, 10])]
        orders = [self._plain(day, amount) for day, amount in zip(days, money, strict=True)]
        self._came_back = orders[60]
        self._came_back.refund_line, self._came_back.refund_second = 0, clock("21:40")
        self._came_back.refund_reason = "包装破损"
        return orders

    def _plain(self, day: int, amount: int) -> Draft:
        channel = self._rng.choice(("store", "kiosk", "kiosk", "online"))
        second = self._rng.randrange(clock("09:20"), clock("20:30"))
        method = self._rng.choice(("wechat", "wechat", "alipay"))
        address = ADDRESS if channel == "online" else ""
        return Draft(day, second, channel, [], [Pay(method, amount)], person=self._person, address=address)

    def _told(self, told: Told) -> Draft:
        draft = Draft(
            told.day, clock(told.at), "online" if told.paid_at else "kiosk", [], [Pay("wechat", told.money)],
            person=self._person, number=told.number, earned=told.earned, points_note=told.note,
            address=ADDRESS if told.paid_at else "",
        )  # fmt: skip
        draft.paid_second = clock(told.paid_at) if told.paid_at else None
        return draft

    def _latest(self) -> Draft:
        """Today's order: 208.40 of goods, 10.00 off, 3,000 points, 168.40 by WeChat."""
        lines = [
            Line(by_code()[code], qty * MILLI)
            for code, qty in (("ZH-1003", 1), ("ZH-2017", 2), ("ZH-1042", 1))
        ]
        take_off(lines, 1_000)
        return Draft(
            0, clock("15:12"), "online", lines, [Pay("wechat", 16_840, "4200002611211513")], points=3_000,
            status="to_ship", person=self._person, number=96, paid_second=clock("15:13:08"),
            note="麻烦放在小区门口快递柜，谢谢", discount_note="满 200 减 10", address=ADDRESS,
        )  # fmt: skip

    def _compose(self, order: Draft) -> None:
        if order.lines:
            return
        target = order.money + order.points
        if order is self._came_back:  # its first line is the one that came back
            order.lines = [
                Line(by_code()["ZH-2017"], MILLI),
                *self._shelf.exactly(target - by_code()["ZH-2017"].price),
            ]
        else:
            order.lines = self._shelf.exactly(target, self._favourites(target))
        order.discount_note = "抹零" if any(line.discount for line in order.lines) else ""

    def _favourites(self, target: int) -> tuple[str, ...]:
        """Goods for most of the target, from what she has bought too little of for her taste."""
        chosen: list[str] = []
        rest = target * 9 // 10
        for _ in range(4):
            total = sum(self._bought.values()) + target
            taste = max(TASTES, key=lambda t: TASTES[t] * total // 100 - self._bought[t])
            fits = [g for g in _to_taste(taste) if 500 < g.price <= rest]
            if not fits:
                break
            good = self._rng.choice(fits[-12:])
            chosen.append(good.code)
            self._bought[taste] += good.price
            rest -= good.price
        self._bought[""] += target - sum(by_code()[code].price for code in chosen)
        return tuple(chosen)

    # -- points -------------------------------------------------------------------------------------------------

    def _earn(self, orders: list[Draft]) -> None:
        spent = 0
        for order in orders:
            rate = next(bp for start, bp in TIERS if spent >= start)
            if order.earned is None:
                order.earned = order.money * rate // 1_000_000
            spent += order.money

    def _gifts(self) -> list[Entry]:
        """Everything but purchases and spending: the welcome, signing in, games, referrals, lapses."""
        calendar = self._calendar
        entries = [self._gift(HER_FIRST_DAY, "10:41", 200, "welcome")]
        entries += [
            self._gift(-970 + 922 * i // SIGN_INS, "10:05", SIGN_IN, "sign-in", "签到 7 天奖励")
            for i in range(SIGN_INS)
        ]
        entries += [self._gift(-340 + 35 * i, "12:20", 100, "game", "大转盘") for i in range(GAMES)]
        entries += [self._gift(day, "17:00", 300, "referral", "推荐新会员") for day in (-310, -260, -150)]
        entries += [self._lapse(-51 - 31 * i) for i in range(EXPIRIES)]
        shown = [
            self._gift(-6, "10:26", SIGN_IN, "sign-in", "签到 7 天奖励"),
            self._gift(-33, "09:14", 200, "correction", "补发中秋活动"),
            Entry(calendar.at(-21, clock("23:59")), -320, "expired", note=self._month(-21)),
        ]
        shown[1].actor = "staff:1"
        return entries + shown

    def _gift(self, day: int, at: str, points: int, reason: str, note: str = "") -> Entry:
        moment = self._calendar.at(day, clock(at))
        actor = "phone" if reason in ("sign-in", "game") else "clock"
        return Entry(moment, points, reason, note=note, actor=actor, expires=self._calendar.expiry(moment))

    def _lapse(self, day: int) -> Entry:
        return Entry(self._calendar.at(day, clock("23:59")), -LAPSED, "expired", note=self._month(day))

    def _month(self, day: int) -> str:
        earned = self._calendar.day(day) - timedelta(days=365)
        return f"{earned.year} 年 {earned.month} 月积分"

    def _fill_up(self, orders: list[Draft], gifts: list[Entry]) -> None:
        """One bonus, so that exactly EXPIRING points of what she has lapse within 30 days."""
        until = self._calendar.now + timedelta(days=30)
        lots = [e.delta for e in gifts if e.delta > 0 and e.expires and e.expires > until]
        lots += [o.earned or 0 for o in orders if self._calendar.expiry(self._paid_at(o)) > until]
        gifts.append(self._gift(-200, "09:30", BALANCE - EXPIRING - sum(lots), "rebate", "周年返利"))

    def _paid_at(self, order: Draft) -> datetime:
        return self._calendar.at(order.day, order.paid_second or order.second)

    def _spend(self, orders: list[Draft], gifts: list[Entry]) -> None:
        """Points used on older orders, so that the balance comes out as shown."""
        gained = sum(order.earned or 0 for order in orders) + sum(entry.delta for entry in gifts)
        lost = self._taken_back()
        spare = gained - lost - 3_000 - BALANCE
        users = [
            order
            for i, order in enumerate(orders[20:LONG_AGO])
            if i % 3 == 0 and order is not self._came_back
        ][:USED_POINTS]
        for order, part in zip(users, allocate(spare, [order.money for order in users]), strict=True):
            order.points = part

    def _taken_back(self) -> int:
        order = self._came_back
        keep = (order.earned or 0) * (order.money - by_code()["ZH-2017"].price) // order.money
        return (order.earned or 0) - keep
