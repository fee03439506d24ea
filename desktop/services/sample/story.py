"""What the pictures tell: how many orders a day, what they brought in, and which ones are shown by name."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.basics.money import allocate
from desktop.services.sample.drafts import PICTURED, clock

LIVE_DAYS = 30
# Orders a day and how many of them in the shop, oldest first; the last 14 are the bars of the picture.
ORDERS = (
    (104, 66), (118, 76), (112, 71), (80, 50), (82, 51), (110, 68), (88, 55), (106, 66), (124, 79), (116, 73),
    (82, 51), (80, 50), (84, 52), (86, 54), (98, 61), (126, 80),
    (102, 64), (83, 52), (84, 49), (84, 55), (94, 58), (114, 70), (140, 88), (132, 83), (90, 57),
    (96, 60), (101, 62), (107, 65), (122, 68), (96, 58),
)  # fmt: skip
MONTH_SO_FAR = 14_628_000  # minor units, the last 21 days together
MONTH_DAYS = 21
AVERAGE_BEFORE = 6_200  # minor units an order before that
LAST_WEEK_SO_FAR = (89, 53, 749_680, (29, 59_400))  # orders, in the shop, money, points a week ago until then
LAST_WEEK = 1_120_000
YESTERDAY = {"wechat": 486_230, "alipay": 291_400, "card": 143_690, "cash": 110_500}
TODAY = {"wechat": 398_620, "alipay": 221_480, "card": 118_050, "cash": 104_500}
TODAY_COUNTS = {"wechat": 47, "alipay": 25, "card": 7, "cash": 17}
TODAY_POINTS = (31, 61_240)
SHARES = {"wechat": 47, "alipay": 27, "card": 13, "cash": 13}  # percent of the money on other days
# Months before the live days in units of 1,000 yuan, this month last: last year, then this year.
MONTHS_LAST_YEAR = (131, 150, 189, 126, 139, 148, 161, 159, 152, 170, 183, 181)
MONTHS = (152, 178, 216, 143, 151, 169, 184, 172, 168, 195, 209, 146)


@dataclass
class Span:
    """A part of a day with its own sums; counts of orders by channel, tenders and money by method, points."""

    day: int
    start: int
    end: int
    channels: dict[str, int]
    counts: dict[str, int]
    money: dict[str, int]
    points: tuple[int, int] = (0, 0)  # orders that used some, together
    cancelled: int = 0
    unpaid: int = 0
    split: int = 0  # orders paid half in cash, half by phone
    to_ship: int = 0
    night: int = 0


@dataclass(frozen=True)
class Shown:
    """An order a picture shows. `money` minor units by method, `points` spent."""

    day: int
    number: int
    at: str
    who: str
    channel: str
    status: str
    method: str
    money: int
    points: int = 0
    paid_at: str = ""
    reference: str = ""
    goods: tuple[tuple[str, int], ...] = ()  # (code, pieces); empty: anything that costs as much


SHOWN_ORDERS = (
    Shown(0, 95, "15:04", "", "store", "done", "alipay", 3_680, 0, "15:04:41", "2026112122001475"),
    Shown(0, 94, "14:57", "陈建国", "kiosk", "done", "wechat", 12_430, 6_215, "14:57:22", "4200002611211457"),
    Shown(0, 93, "14:41", "周敏", "online", "unpaid", "", 8_900),
    Shown(
        0, 92, "14:38", "赵一鸣", "online", "to_ship", "alipay", 21_560, 5_000, "14:38:56", "2026112122001462"
    ),
    Shown(
        0,
        91,
        "14:22",
        "",
        "store",
        "done",
        "cash",
        1_850,
        0,
        "14:22:30",
        goods=(("ZH-6028", 1), ("ZH-6019", 1), ("ZH-6003", 2)),
    ),
    Shown(0, 90, "14:10", "", "kiosk", "done", "wechat", 690),
    Shown(
        0, 89, "13:58", "孙丽华", "online", "to_ship", "wechat", 6_720, 500, "13:58:02", "4200002611211358"
    ),
    Shown(0, 88, "13:49", "", "kiosk", "done", "alipay", 580),
    Shown(0, 87, "13:40", "何志强", "kiosk", "done", "card", 5_290, 1_200, "13:40:17", "6225-8801-114027"),
    Shown(0, 86, "13:25", "", "kiosk", "done", "wechat", 880),
    Shown(0, 84, "13:02", "", "kiosk", "done", "wechat", 450),
    Shown(0, 83, "12:55", "", "kiosk", "done", "alipay", 990),
    Shown(0, 82, "12:46", "郑海涛", "store", "done", "cash", 4_460, 0, "12:46:33"),
    Shown(0, 81, "12:38", "", "kiosk", "done", "wechat", 680),
    Shown(0, 80, "12:26", "", "kiosk", "done", "alipay", 490),
    Shown(
        0, 79, "12:15", "黄佳怡", "online", "shipped", "alipay", 13_200, 2_000, "12:15:09", "2026112122001417"
    ),
    Shown(0, 78, "12:03", "", "kiosk", "done", "wechat", 590),
    Shown(0, 77, "11:52", "徐文斌", "online", "cancelled", "", 5_800),
    Shown(-1, 118, "20:36", "马俊杰", "online", "shipped", "wechat", 9_750, 1_000, "20:37:10"),
    Shown(-1, 17, "01:40", "刘婷婷", "online", "to_ship", "wechat", 7_690, 0, "01:41:05"),
)
# Placed yesterday before midnight, paid after it: (second placed, second paid today, method, money).
OVERNIGHT = (
    ("23:41", "00:06", "wechat", 6_480),
    ("23:47", "00:11", "alipay", 9_260),
    ("23:52", "00:14", "wechat", 12_390),
)
HER_ORDERS = {(0, 96), (-7, 71), (-19, 43), (-24, 102)}  # told in `her.py`
REFUNDED = Shown(
    0, 85, "13:11", "吴倩", "online", "done", "wechat", 38_600, 19_300, "13:12:40", "4200002611211312"
)


def day_targets() -> list[int]:
    """Money taken on each live day in minor units, oldest first; the last 21 add up to MONTH_SO_FAR."""
    known = {
        LIVE_DAYS - 1: sum(TODAY.values()),
        LIVE_DAYS - 2: sum(YESTERDAY.values()),
        LIVE_DAYS - 8: LAST_WEEK,
    }
    recent = range(LIVE_DAYS - MONTH_DAYS, LIVE_DAYS)
    open_days = [i for i in recent if i not in known]
    weights = [ORDERS[i][0] * (600 + 9 * (i - LIVE_DAYS + MONTH_DAYS)) for i in open_days]
    shares = dict(zip(open_days, allocate(MONTH_SO_FAR - sum(known.values()), weights), strict=True))
    return [known.get(i) or shares.get(i) or ORDERS[i][0] * AVERAGE_BEFORE for i in range(LIVE_DAYS)]


def spans() -> list[Span]:
    """The live days, the one a week ago cut at the time of the pictures."""
    made: list[Span] = []
    for i, target in enumerate(day_targets()):
        offset = i - LIVE_DAYS + 1
        if offset == 0:
            made.append(_today())
        elif offset == -7:
            made += _last_week(ORDERS[i], target)
        elif offset == -1:
            made.append(_span(offset, *ORDERS[i], YESTERDAY, unpaid=2, elsewhere=len(OVERNIGHT)))
        else:
            made.append(_span(offset, *ORDERS[i], _by_method(target)))
    return made


def _by_method(target: int) -> dict[str, int]:
    return dict(zip(SHARES, allocate(target, list(SHARES.values())), strict=True))


def _span(
    day: int, orders: int, shop: int, money: dict[str, int], *, unpaid: int = 0, elsewhere: int = 0
) -> Span:
    """`elsewhere`: so many of its orders are paid in another span."""
    counter, cancelled = shop * 36 // 100, 1 if orders < 90 else 2
    paid = orders - cancelled - unpaid - elsewhere
    cash, card = counter * 7 // 8, max(4, orders // 16)
    alipay = (paid - cash - card) * 35 // 100
    counts = {"wechat": paid - cash - card - alipay, "alipay": alipay, "card": card, "cash": cash}
    users = orders * 27 // 100
    return Span(
        day=day,
        start=300,
        end=clock("21:30") if day != -1 else clock("20:30"),
        channels={"store": counter, "kiosk": shop - counter, "online": orders - shop},
        counts=counts,
        money=dict(money),
        points=(users, users * (1_500 + 12 * (day + LIVE_DAYS))),
        cancelled=cancelled,
        unpaid=unpaid,
        night=16,
    )


def _last_week(orders: tuple[int, int], target: int) -> list[Span]:
    until, shop, money, points = LAST_WEEK_SO_FAR
    first = _span(-7, until, shop, _by_method(money), elsewhere=1)
    second = _span(-7, orders[0] - until, orders[1] - shop, _by_method(target - money), elsewhere=-1)
    first.points, first.end = points, PICTURED - 240
    second.start, second.night = PICTURED + 240, 0
    return [first, second]


def _today() -> Span:
    return Span(
        day=0,
        start=300,
        end=clock("11:50"),
        channels={"store": 20, "kiosk": 38, "online": ORDERS[-1][0] - ORDERS[-1][1]},
        counts=dict(TODAY_COUNTS),
        money=dict(TODAY),
        points=TODAY_POINTS,
        cancelled=1,
        unpaid=4,
        split=2,
        to_ship=5,
        night=12,
    )
