"""The query box: what is typed is understood in both languages, said back, and wrong parts are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.clock import day_starts
from desktop.basics.i18n import speaking
from desktop.queries.order_fields import CHOICE, COUNT, FIELDS, FLAG, MONEY, TEXT, TIME
from desktop.queries.order_filter import Clause, OrderFilter
from desktop.queries.order_query import BadToken, Place, parse, tidy, write
from desktop.queries.order_values import CHOICES
from desktop.queries.orders import orders_count, orders_page
from desktop.shop.shop import Shop
from tests.helpers.goods import open_stocked

ZONE = ZoneInfo("Asia/Shanghai")
PLACE = Place("CNY", ZONE, datetime(2026, 11, 21, 7, tzinfo=UTC))


def day(text: str) -> datetime:
    return day_starts(date.fromisoformat(text), ZONE)


EITHER = OrderFilter(
    either=(Clause("status", "is", ("unpaid",)), Clause("amount", "between", ("100001", "")))
)
UNDERSTOOD = [
    ("状态:待发货", "status:to-ship", OrderFilter(statuses=("to_ship",))),
    ("状态：待发货，已发货", "status:to-ship,shipped", OrderFilter(statuses=("to_ship", "shipped"))),
    ("金额>100", "amount>100", OrderFilter(due_from=10_001)),
    ("金额:100..200.5", "amount:100..200.5", OrderFilter(due_from=10_000, due_to=20_050)),
    ("金额 <= 9.9", "amount <= 9.9", OrderFilter(due_to=990)),
    ("积分>=1000", "points>=1000", OrderFilter(clauses=(Clause("points", "between", ("1000", "")),))),
    ("积分抵扣>=50", "points-value>=50", OrderFilter(points_from=5_000)),
    ("会员:林", "member:林", OrderFilter(clauses=(Clause("member", "contains", ("林",)),))),
    ("商品:龙井 急", "goods:龙井 急", OrderFilter(text="急", clauses=(Clause("goods", "contains", ("龙井",)),))),
    ("标签:急", "tag:急", OrderFilter(tags=("急",))),
    ("渠道:门店", "channel:in-store", OrderFilter(channels=("store",))),
    ("时间:近7天", "time:7d", OrderFilter(days=7)),
    ("时间:今天", "time:today", OrderFilter(days=1)),
    ("时间:昨天", "time:yesterday", OrderFilter(since=day("2026-11-20"), until=day("2026-11-21"))),
    ("时间:2026-11-01..2026-11-20", "time:2026-11-01..2026-11-20", OrderFilter(since=day("2026-11-01"), until=day("2026-11-21"))),
    ("单号:0096", "no:0096", OrderFilter(clauses=(Clause("number", "contains", ("0096",)),))),
    ("-状态:已取消", "-status:cancelled", OrderFilter(clauses=(Clause("status", "not", ("cancelled",)),))),
    ("超时:是 消息:有", "overdue:yes messages:yes", OrderFilter(late=True, clauses=(Clause("messages", "is", ("yes",)),))),
    ('备注:"生日 礼物"', 'note:"生日 礼物"', OrderFilter(clauses=(Clause("note", "contains", ("生日 礼物",)),))),
    ("（状态:待付款 或 金额>1000）", "(status:unpaid or amount>1000)", EITHER),
    ("王 0096 \"a:b\"", "王 0096 \"a:b\"", OrderFilter(text="王 0096 a:b")),
]  # fmt: skip


@pytest.mark.req("O16")
@pytest.mark.parametrize(("chinese", "english", "meant"), UNDERSTOOD)
def test_tokens_are_understood_in_both_languages_whatever_the_program_speaks(
    chinese: str, english: str, meant: OrderFilter
) -> None:
    for lang in ("zh_CN", "en"):
        with speaking(lang):
            assert parse(chinese, PLACE) == meant
            assert parse(english, PLACE) == meant
            assert parse(write(meant, PLACE), PLACE) == meant


@pytest.mark.req("O16")
@pytest.mark.parametrize(
    ("query", "token"),
    [
        ("茶 金额>很多", "金额>很多"),
        ("status:nowhere 茶", "status:nowhere"),
        ("stat:done", "stat:done"),
        ("时间:2026-13-01", "时间:2026-13-01"),
        ("-amount>5", "-amount>5"),
        ("amount:", "amount:"),
        ("会员:#林", "会员:#林"),
        ("(茶 | status:done)", "茶"),
        ("status:done )", ")"),
        ("status:done | tea", "|"),
    ],
)
def test_an_error_names_the_part_that_is_wrong_and_how_to_write_it(query: str, token: str) -> None:
    with pytest.raises(BadToken) as caught:
        parse(query, PLACE)
    assert query[caught.value.start : caught.value.end] == token
    assert ":" in str(caught.value) or ">" in str(caught.value) or "…" in str(caught.value)
    fine = query.replace(token, "").replace("(", "").replace(")", "").replace("|", "")
    assert parse(fine, PLACE) is not None  # the control: the rest is understood


NAMES = st.text("ab林龙 ,\"\\()|:-#.,，：>'", min_size=1, max_size=8).map(lambda t: " ".join(t.split())).filter(
    lambda t: bool(t) and (not t.startswith("#") or t[1:].isdecimal())
)  # fmt: skip
AMOUNTS = st.integers(0, 10**9).map(str)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 30)).map(str)


def clauses() -> st.SearchStrategy[Clause]:
    """Clauses as the query box and the sheet make them."""
    made = []
    for field in FIELDS.values():
        low_high = {MONEY: AMOUNTS, COUNT: AMOUNTS, TIME: DAYS}.get(field.kind)
        if low_high is not None:
            pair = st.tuples(low_high | st.just(""), low_high | st.just("")).filter(any)
            made.append(st.builds(Clause, st.just(field.key), st.just("between"), pair))
        if field.kind == TIME:
            days = st.integers(1, 400).map(lambda n: (str(n),))
            made.append(st.builds(Clause, st.just(field.key), st.just("is"), days))
        if field.kind == FLAG:
            made.append(
                st.builds(Clause, st.just(field.key), st.just("is"), st.sampled_from([("yes",), ("no",)]))
            )
        if field.kind in (CHOICE, TEXT):
            value = st.sampled_from(list(CHOICES[field.key])) if field.key in CHOICES else NAMES
            values = st.lists(value, min_size=1, max_size=3, unique=True).map(tuple)
            ops = st.sampled_from(["is", "not"] if field.kind == CHOICE else ["contains", "not"])
            made.append(st.builds(Clause, st.just(field.key), ops, values))
    return st.one_of(made)


@pytest.mark.req("O16")
@given(
    st.lists(clauses(), max_size=4), st.lists(clauses(), max_size=3), NAMES, st.sampled_from(["zh_CN", "en"])
)
def test_every_filter_can_be_written_and_read_again(
    every: list[Clause], either: list[Clause], words: str, lang: str
) -> None:
    wanted = tidy(OrderFilter(text=words, either=tuple(either)), every, PLACE)
    with speaking(lang):
        assert parse(write(wanted, PLACE), PLACE) == wanted
    assert OrderFilter.from_json(wanted.to_json()) == wanted


def test_moments_within_a_day_survive() -> None:
    wanted = OrderFilter(since=day("2026-11-20") + timedelta(hours=8, minutes=30))
    assert parse(write(wanted, PLACE), PLACE) == wanted


ODD = (
    "time:0001-01-01", "time>9999-12-31", "time:9999-12-31", "time<0001-01-01", "time<=2200-01-01 牛奶",
    "(time:0001-01-01 | amount>1)", "time<0002-01-01T00:00+23:00", "time:36500d", "amount>9999999999999", "points:٣",
    "member:#99999999999999999999", "goods:#99999999999999999999", "member:#１２", "no:²", "no:99999999999999999999",
    "goods:%", "note:'", "tracking:\x00", "\x00", "goods:\x00", "no:1\x00", "goods:\ud800", "\ud800",
)  # fmt: skip


@pytest.mark.req("O16")
@pytest.mark.parametrize("query", ODD)
def test_odd_queries_are_answered_or_refused_with_words(shop: Shop, query: str) -> None:
    stocked = open_stocked(shop)
    try:
        wanted = parse(query, PLACE)
    except BadToken:
        return
    assert OrderFilter.from_json(wanted.to_json()) == wanted
    assert stocked.shop.ask(orders_page, wanted).rows == ()
    assert stocked.shop.ask(orders_count, wanted) == 0
    far = replace(wanted, text="牛奶", until=datetime(9000, 1, 1, tzinfo=UTC))
    assert stocked.shop.ask(orders_page, far).rows == ()
