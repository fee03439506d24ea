"""The sample shop shows the pictures' figures, balances to the last unit, and can be made at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from desktop.basics.errors import Refused
from desktop.basics.ids import ean_ok
from desktop.queries.stock import StockFilter, stock_counts, stock_page, stock_value
from desktop.queries.verify import verify
from desktop.services.sample import fill, make_sample
from desktop.services.sample.goods import SHOWN, barcodes, goods
from desktop.services.sample.story import MONTHS, MONTHS_LAST_YEAR, ORDERS
from desktop.shop.shop import Shop
from tests.helpers.sample import PICTURED, sample_at

TODAY = "2026-11-20 16:00:00"  # 00:00 in Shanghai, in UTC
HER = "林晓梅"


def rows(shop: Shop, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a statement finds."""
    with shop.storage.read.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


@pytest.mark.req("R1", "O17")
def test_bars_of_the_last_14_days_are_those_of_the_picture(sample: Shop) -> None:
    found = rows(
        sample,
        "SELECT day, sum(orders), sum(CASE WHEN channel <> 'online' THEN orders ELSE 0 END) FROM daily_total "
        "WHERE day > '2026-11-07' GROUP BY day ORDER BY day",
    )
    assert [(int(orders), int(shop)) for _day, orders, shop in found] == list(ORDERS[-14:])
    assert (
        int(rows(sample, "SELECT sum(amount_minor) FROM daily_total WHERE day = '2026-11-20'")[0][0])
        == 1_031_820
    )


@pytest.mark.req("R1")
def test_months_are_those_of_the_picture(sample: Shop) -> None:
    found = rows(sample, "SELECT day, amount_minor FROM daily_total WHERE day > '2024-11-30'")
    months: dict[str, int] = {}
    for day, amount in found:
        months[str(day)[:7]] = months.get(str(day)[:7], 0) + amount
    in_thousands = [(amount + 50_000) // 100_000 for _month, amount in sorted(months.items())]
    assert in_thousands == [*MONTHS_LAST_YEAR, *MONTHS]


@pytest.mark.req("M1", "M5")
def test_money_of_today_by_method(sample: Shop) -> None:
    found = rows(
        sample,
        "SELECT method_key, count(*), sum(amount_minor) FROM tender WHERE at >= :today GROUP BY method_key",
        today=TODAY,
    )
    assert {method: (int(count), int(amount)) for method, count, amount in found} == {
        "wechat": (47, 398_620),
        "alipay": (25, 221_480),
        "card": (7, 118_050),
        "cash": (17, 104_500),
        "points": (31, 61_240),
    }


@pytest.mark.req("O5", "O8")
def test_states_and_the_one_late_order(sample: Shop) -> None:
    found = dict(rows(sample, "SELECT status, count(*) FROM sale_order GROUP BY status"))
    assert (found["to_ship"], found["unpaid"]) == (12, 6)
    late = rows(
        sample,
        "SELECT short_code FROM sale_order WHERE status = 'to_ship' AND ship_deadline < :now",
        now=PICTURED.replace(tzinfo=None).isoformat(" "),
    )
    assert late == [("1120-0017",)]


@pytest.mark.req("O4", "O16")
def test_the_table_of_orders_begins_as_pictured(sample: Shop) -> None:
    found = rows(
        sample,
        "SELECT short_code, m.name, channel, points_minor, total_minor - points_spent, o.status FROM sale_order o "
        "LEFT JOIN member m ON m.id = o.member_id WHERE total_minor >= 1000 ORDER BY placed_at DESC LIMIT 8",
    )
    assert found == [
        ("1121-0096", HER, "online", 3_000, 16_840, "to_ship"),
        ("1121-0095", None, "store", 0, 3_680, "done"),
        ("1121-0094", "陈建国", "kiosk", 6_215, 12_430, "done"),
        ("1121-0093", "周敏", "online", 0, 8_900, "unpaid"),
        ("1121-0092", "赵一鸣", "online", 5_000, 21_560, "to_ship"),
        ("1121-0091", None, "store", 0, 1_850, "done"),
        ("1121-0089", "孙丽华", "online", 500, 6_720, "to_ship"),
        ("1121-0087", "何志强", "kiosk", 1_200, 5_290, "done"),
    ]


@pytest.mark.req("O4")
@pytest.mark.req("O20")
def test_her_order_of_today(sample: Shop) -> None:
    order = rows(
        sample,
        "SELECT goods_minor, discount_minor, points_spent, total_minor, note FROM sale_order WHERE code = '20261121-0096'",
    )
    assert order == [(20_840, 1_000, 3_000, 19_840, "麻烦放在小区门口快递柜，谢谢")]
    lines = rows(
        sample,
        "SELECT s.code, l.qty_milli, l.total_minor + l.discount_minor FROM order_line l JOIN sku s ON s.id = l.sku_id "
        "JOIN sale_order o ON o.id = l.order_id WHERE o.code = '20261121-0096' ORDER BY l.id",
    )
    assert lines == [("ZH-1003", 1_000, 12_800), ("ZH-2017", 2_000, 4_400), ("ZH-1042", 1_000, 3_640)]


@pytest.mark.req("C1", "C8", "C10")
def test_her_ledger_ends_as_pictured(sample: Shop) -> None:
    member = rows(
        sample,
        "SELECT code, orders_count, spent_minor, points, tier_key FROM member WHERE name = :her",
        her=HER,
    )
    assert member == [("M-000318", 118, 1_684_230, 12_860, "gold")]
    entries = rows(
        sample,
        "SELECT e.reason, e.delta, e.balance FROM points_entry e JOIN member m ON m.id = e.member_id "
        "WHERE m.name = :her ORDER BY e.id DESC",
        her=HER,
    )
    assert len(entries) == 236
    assert entries[:9] == [
        ("purchase", 202, 12_860),
        ("spent", -3_000, 12_658),
        ("sign-in", 50, 15_658),
        ("purchase", 186, 15_608),
        ("purchase", 114, 15_422),
        ("expired", -320, 15_308),
        ("purchase", 412, 15_628),
        ("correction", 200, 15_216),
        ("purchase", 96, 15_016),
    ]
    assert min(balance for _reason, _delta, balance in entries) >= 0


@pytest.mark.req("I1", "I2")
def test_stock_is_that_of_the_picture(sample: Shop) -> None:
    counts = sample.ask(stock_counts)
    assert (counts.on_sale, counts.new_this_week, counts.under_safety, counts.out) == (426, 6, 9, 2)
    assert sample.ask(stock_value).value_minor == 8_642_000
    first = {row.code: row for row in sample.ask(stock_page, StockFilter()).rows}
    for code, (available, minimum, safety, _tenths) in SHOWN.items():
        if code in first:
            row = first[code]
            shown = (row.available_milli, row.minimum_milli, row.safety_milli)
            assert shown == (available * 1_000, minimum * 1_000, safety * 1_000)
    milk = first["ZH-2001"]
    assert ((milk.daily_milli + 50) // 100, milk.cover_tenths) == (61, 13)


@pytest.mark.req("P6")
def test_goods_have_good_barcodes_and_names_of_their_own() -> None:
    shelf = goods()
    codes = [code for good in shelf for code, _unit in barcodes(good)]
    assert len(shelf) == len({(good.name, good.pack) for good in shelf}) == 426
    assert len(codes) == len(set(codes)) > 426
    assert all(ean_ok(code) and code[:2] in {"20", *(f"69{i}" for i in range(10)), "69"} for code in codes)
    assert not ean_ok(codes[0][:-1] + str((int(codes[0][-1]) + 1) % 10))  # the control: one digit off


@pytest.mark.req("A2", "C10", "I1", "M1")
@pytest.mark.req("R7")
def test_the_books_balance(sample: Shop) -> None:
    verdict = sample.ask(verify)
    assert [str(fault) for fault in verdict.faults] == []
    assert verdict.checks > 15


@pytest.mark.parametrize(
    "now",
    [
        "2026-11-21T00:03:00+08:00",
        "2027-03-01T20:00:00+08:00",
        "2028-02-29T23:59:30+08:00",
        "2026-01-04T09:00:00+08:00",
    ],
)
def test_any_moment_will_do(sqlite_url: str, now: str) -> None:
    moment = datetime.fromisoformat(now)
    shop = sample_at(sqlite_url, moment)
    day = f"{moment:%Y%m%d}"
    assert rows(shop, "SELECT count(*) FROM sale_order WHERE code LIKE :day", day=f"{day}-%") == [(96,)]
    latest = max(str(row[0]) for row in rows(shop, "SELECT placed_at FROM sale_order"))
    assert latest <= str(moment.astimezone(PICTURED.tzinfo).replace(tzinfo=None))
    assert rows(shop, "SELECT count(*) FROM sale_order WHERE status = 'to_ship'") == [(12,)]
    assert [str(fault) for fault in shop.ask(verify).faults] == []
    shop.storage.close()


def test_it_is_made_only_in_an_empty_shop(sqlite_url: str) -> None:
    shop = sample_at(sqlite_url, PICTURED + timedelta(days=1))
    with pytest.raises(Refused):
        make_sample(shop)
    with pytest.raises(Refused):
        shop.do(fill, "hash")
    shop.storage.close()
