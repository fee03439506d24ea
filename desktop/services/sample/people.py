"""The sample shop's members: the ones the pictures name, and as many invented ones as the days need."""

from __future__ import annotations

from datetime import date
from random import Random

from desktop.services.sample.drafts import PICTURED, Calendar, Person, clock

HER_FIRST_DAY = -984  # 2024-03-12 on the pictured day
HER_NUMBER = 318
NEW_TODAY, NEW_THEN, THEN_LATER = 14, 17, 4  # today until now, a week ago until then, and after that
NEW_A_DAY = (12, 11, 13, 12, 15, 14, 0, 16, 13, 14, 15, 12, 16, 0)  # the last 14 days; 0: see above
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余杜叶程苏魏吕丁任沈姚卢"
)
WOMEN = (
    "芳 娜 敏 静 秀英 丽 燕 玲 桂英 红梅 雪琴 文静 晓燕 雅婷 佳怡 欣悦 思琪 梦瑶 诗涵 若溪 慧敏 秋菊 "
    "春兰 玉兰 美玲 婉清 书瑶 可馨 语桐 依诺"
)
MEN = "伟 强 磊 军 勇 杰 涛 明 超 斌 浩然 子轩 俊峰 志远 建华 国庆 文博 宇航 立新 海涛 天佑 家豪 振东 永康 学文 光明 景行 一凡 承志 思远"
# name, gender, tier
NAMED = (
    ("陈建国", "m", "silver"), ("周敏", "f", "ordinary"), ("赵一鸣", "m", "gold"), ("孙丽华", "f", "ordinary"),
    ("何志强", "m", "silver"), ("吴倩", "f", "vip"), ("郑海涛", "m", "ordinary"), ("黄佳怡", "f", "gold"),
    ("徐文斌", "m", "ordinary"), ("马俊杰", "m", "silver"), ("刘婷婷", "f", "ordinary"),
)  # fmt: skip
TIER_RANGES = {
    "ordinary": (0, 190_000),
    "silver": (205_000, 480_000),
    "gold": (510_000, 1_900_000),
    "vip": (2_050_000, 4_800_000),
}
EXPIRING = (  # 22 people beside her; together with her 640 these are the pictured 8,640
    120, 200, 260, 310, 340, 380, 410, 450, 290, 330, 370, 520, 480, 360, 300, 420, 390, 440, 350, 470, 320, 490,
)  # fmt: skip
HER_NAME = "林晓梅"


def make_people(rng: Random, calendar: Calendar) -> list[Person]:
    """Everybody, in the order they joined; she has number 318."""
    days = _joining(rng)
    people = [_somebody(rng, i, calendar, *day) for i, day in enumerate(days)]
    her = people[HER_NUMBER - 1]
    her.name, her.gender, her.tier, her.phone, her.origin = HER_NAME, "f", "gold", "13805716621", "phone"
    birthday = calendar.day(12)
    her.birthday = date(1988, birthday.month, min(birthday.day, 28))
    her.note = "喜欢明前龙井，新茶到店先电话告知；送货请放门口快递柜。"
    her.tags = ("高价值", "爱喝茶", "周末到店")
    for i, (name, gender, tier) in enumerate(NAMED):
        person = people[40 + i * 23]
        person.name, person.gender, person.tier = name, gender, tier
    her.referred_by = people[40]
    people[60].referred_by = people[85].referred_by = people[40]
    for i, person in enumerate(people):
        person.code = f"M-{i + 1:06d}"
    return people


def named(people: list[Person], name: str) -> Person:
    """The person the pictures call so."""
    return next(person for person in people if person.name == name)


def _joining(rng: Random) -> list[tuple[int, int]]:
    """(day, second) of each joining, in order; exactly 317 before her."""
    early = sorted((rng.randrange(-1_700, HER_FIRST_DAY), _opening_hours(rng)) for _ in range(HER_NUMBER - 1))
    middle = [(rng.randrange(HER_FIRST_DAY + 1, -60), _opening_hours(rng)) for _ in range(160)]
    middle += [(rng.randrange(-60, -29), _opening_hours(rng)) for _ in range(280)]
    middle += [(rng.randrange(-29, -13), _opening_hours(rng)) for _ in range(176)]
    for i, count in enumerate(NEW_A_DAY):
        middle += [(i - 13, _opening_hours(rng)) for _ in range(count)]
    middle += [(-7, rng.randrange(clock("09:05"), PICTURED - 300)) for _ in range(NEW_THEN)]
    middle += [(-7, rng.randrange(PICTURED + 600, clock("21:00"))) for _ in range(THEN_LATER)]
    middle += [(0, rng.randrange(clock("09:05"), PICTURED - 300)) for _ in range(NEW_TODAY)]
    return [*early, (HER_FIRST_DAY, clock("10:40")), *sorted(middle)]


def _opening_hours(rng: Random) -> int:
    return rng.randrange(clock("09:05"), clock("21:00"))


def _somebody(rng: Random, index: int, calendar: Calendar, day: int, second: int) -> Person:
    gender = "f" if rng.random() < 0.56 else "m"
    name = _name(rng, gender)
    tail = index * 7_919 % 10_000
    roll = rng.random()
    old = day < -60
    tier = (
        "ordinary"
        if not old or roll < 0.62
        else "silver"
        if roll < 0.86
        else "gold"
        if roll < 0.97
        else "vip"
    )
    born = (
        date(rng.randrange(1948, 2006), rng.randrange(1, 13), rng.randrange(1, 29))
        if rng.random() < 0.4
        else None
    )
    return Person(
        name=name,
        gender=gender,
        tier=tier,
        phone=f"1390000{tail:04d}",
        joined=calendar.at(day, second),
        birthday=born,
        origin=rng.choice(("kiosk", "kiosk", "phone", "desktop")),
    )


def _name(rng: Random, gender: str) -> str:
    told = {HER_NAME, *(row[0] for row in NAMED)}
    while (name := rng.choice(SURNAMES) + rng.choice((WOMEN if gender == "f" else MEN).split())) in told:
        pass
    return name
