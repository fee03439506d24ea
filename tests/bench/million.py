"""A shop with as many orders as asked for, written by the database itself, with their search texts and index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, text

from desktop.basics.clock import HandClock
from desktop.basics.search_words import document
from desktop.basics.words import pinyin_keys
from desktop.models.members import Member
from desktop.models.orders import DONE, SHIPPED, TO_SHIP, UNPAID
from desktop.models.products import Product, Sku, Tag
from desktop.services import opening
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from desktop.storage.migrate import upgrade
from desktop.storage.trigrams import INDEX, make_trigram_index

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
MEMBERS, GOODS, UNDER_WAY = 25_000, 400, 600
YEARS = 2 * 365 * 86_400  # seconds, over which the orders are spread
KINDS = ("牛奶", "酸奶", "面包", "茶叶", "咖啡", "饼干", "坚果", "果汁", "大米", "面条")
SORTS = ("原味", "低糖", "家庭装", "礼盒", "经典", "有机", "新鲜", "进口")
RARE = "明前龙井"
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈", "建国晓梅一鸣志强丽华"
NOTES = {0: "麻烦放在小区门口", 1: "生日礼物，请写卡片"}
_N = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) "
_AGO = f"(CASE WHEN i > :size - {UNDER_WAY} THEN (:size - i) * 30 ELSE (:size - i) * CAST({YEARS} AS bigint) / :size END)"
_AT = {
    "sqlite": f"strftime('%Y-%m-%d %H:%M:%S.000000', :now, printf('-%d seconds', {_AGO}))",
    "postgresql": f"CAST(:now AS timestamptz) - {_AGO} * interval '1 second'",
}
_SECOND = {"sqlite": "unixepoch(placed_at)", "postgresql": "CAST(extract(epoch FROM placed_at) AS bigint)"}
_STATE = (
    f"CASE WHEN i > :size - {UNDER_WAY} THEN CASE i % 3 WHEN 0 THEN '{UNPAID}' WHEN 1 THEN '{TO_SHIP}'"
    f" ELSE '{SHIPPED}' END ELSE '{DONE}' END"
)
_ORDERS = """INSERT INTO sale_order (id, code, short_code, order_type, channel, till_id, member_id, location_id, status,
    currency, goods_minor, discount_minor, discount_note, freight_minor, rounding_minor, total_minor, paid_minor,
    points_minor, refunded_minor, points_spent, points_earned, address, note, receipt_number, client_key, placed_at)
{n}SELECT i, 'Y' || i, {short}, CASE i % 200 WHEN 0 THEN 'b2b' ELSE 'retail' END,
    CASE i % 10 WHEN 0 THEN 'online' ELSE 'store' END, 1, CASE i % 2 WHEN 0 THEN i / 2 % :members + 1 END, 1, {state},
    'CNY', 1000 + i % 50000, 0, '', 0, 0, 1000 + i % 50000, 1000 + i % 50000,
    CASE i % 500 WHEN 0 THEN 500 + i % 900 ELSE 0 END, 0, CASE i % 500 WHEN 0 THEN 50000 + i % 900 * 100 ELSE 0 END, 0,
    '', CASE i % 1000 WHEN 0 THEN :note0 WHEN 1 THEN :note1 ELSE '' END, '', 'million-' || i, {at} FROM n"""
_DAY = {"sqlite": "substr('000' || (i / 720 % 366), -3)", "postgresql": "lpad((i / 720 % 366)::text, 3, '0')"}
_NUMBER = {"sqlite": "substr('0000' || (i % 720), -4)", "postgresql": "lpad((i % 720)::text, 4, '0')"}
_LINES = """INSERT INTO order_line (order_id, sku_id, name, unit, qty_milli, base_milli, list_minor, price_minor,
    discount_minor, total_minor, cost_minor, refunded_milli, trace)
SELECT o.id, g.g, g.name, '件', 1000, 1000, o.goods_minor, o.goods_minor, 0, o.goods_minor, 0, 0, ''
FROM sale_order o JOIN bench_goods g ON g.g = {goods}"""
_GOODS_OF = f"CASE WHEN o.id % 40000 = 7 THEN {GOODS} ELSE o.id * 7919 % {GOODS - 1} + 1 END"
_TEXTS = """INSERT INTO order_text (place, order_id, words)
SELECT (({second}) << 31) | o.id, o.id, w.words FROM sale_order o
JOIN bench_words w ON w.g = {goods} AND w.note = o.note"""
_TENDERS = """INSERT INTO tender (order_id, method_key, amount_minor, points, currency, reference, received_minor, client_key,
    actor, at)
SELECT id, CASE id % 4 WHEN 0 THEN 'cash' ELSE 'wechat' END, total_minor, 0, 'CNY', '', 0, 'm-' || id, 'console', placed_at
FROM sale_order"""
_PARCELS = """INSERT INTO shipment (order_id, carrier, tracking, at)
SELECT id, '顺丰', 'SF' || (1000000000 + id), placed_at FROM sale_order WHERE channel = 'online'"""
_TAGGED = """INSERT INTO order_tag (order_id, tag_id)
SELECT id, (SELECT id FROM tag WHERE name = '急') FROM sale_order WHERE id % 2000 = 3"""


def goods_name(number: int) -> str:
    """The name of the goods with this number; the last is sold rarely."""
    if number == GOODS:
        return f"{RARE} 罐装"
    return f"{SORTS[number % len(SORTS)]}{KINDS[number % len(KINDS)]}{number}"


def shop_of(address: str, size: int) -> Shop:
    """A shop with so many orders at this address."""
    storage = open_storage(address)
    upgrade(storage)
    shop = Shop(storage, actor=actors.console(), clock=HandClock(NOW))
    opening.open_shop(shop, opening.NewShop("bench", "owner", "owner", "a long password"))
    with storage.write.begin() as connection:
        if not storage.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"DROP INDEX IF EXISTS {INDEX}"))
        _people_and_goods(connection)
        _orders(connection, size)
        _texts(connection)
        if storage.is_sqlite:
            connection.execute(text("INSERT INTO order_fts(order_fts) VALUES ('rebuild')"))
        else:
            make_trigram_index(connection)
        connection.execute(text("ANALYZE"))
    if (
        not storage.is_sqlite
    ):  # as any night leaves it: the server tidies by itself, within minutes of a million rows
        with storage.write.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                text("SET statement_timeout = 0")
            )
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))
            connection.execute(text("RESET statement_timeout"))
    return shop


def _people_and_goods(connection: Connection) -> None:
    connection.execute(insert(Member), [_member(i) for i in range(MEMBERS)])
    numbers = range(1, GOODS + 1)
    connection.execute(
        insert(Product),
        [{"id": g, "name": goods_name(g), "pack": "", "created_at": NOW} for g in numbers],
    )
    connection.execute(insert(Sku), [{"id": g, "product_id": g, "code": f"G-{g}"} for g in numbers])
    connection.execute(insert(Tag), [{"name": "急"}])
    connection.execute(text("CREATE TEMPORARY TABLE bench_goods (g integer PRIMARY KEY, name text)"))
    connection.execute(
        text("INSERT INTO bench_goods VALUES (:g, :name)"),
        [{"g": g, "name": goods_name(g)} for g in numbers],
    )
    connection.execute(text("CREATE TEMPORARY TABLE bench_words (g integer, note text, words text)"))
    notes = ("", *NOTES.values())
    rows = [{"g": g, "n": note, "w": document((goods_name(g),), note)} for g in numbers for note in notes]
    connection.execute(text("INSERT INTO bench_words VALUES (:g, :n, :w)"), rows)
    connection.execute(text("CREATE INDEX bench_words_g ON bench_words (g, note)"))


def _orders(connection: Connection, size: int) -> None:
    kind = connection.dialect.name
    short = f"{_DAY[kind]} || '-' || {_NUMBER[kind]}"
    now = f"{NOW:%Y-%m-%d %H:%M:%S}" + ("" if kind == "sqlite" else "+00")
    values = {"size": size, "members": MEMBERS, "now": now, "note0": NOTES[0], "note1": NOTES[1]}
    connection.execute(text(_ORDERS.format(n=_N, short=short, state=_STATE, at=_AT[kind])), values)
    for statement in (_LINES.format(goods=_GOODS_OF), _TENDERS, _PARCELS):
        connection.execute(text(statement))
    connection.execute(text(_TAGGED))


def _texts(connection: Connection) -> None:
    second = _SECOND[connection.dialect.name]
    connection.execute(text(_TEXTS.format(second=second, goods=_GOODS_OF)))


def _member(i: int) -> dict[str, Any]:
    name = FAMILY[i % 10] + GIVEN[i // 10 % 10] + GIVEN[i // 100 % 10] + (str(i) if i >= 1000 else "")
    pinyin, initials = pinyin_keys(name) if i < 1000 else (f"ke{i}", f"k{i}")
    tail = "6621" if i == 7 else f"{i % 10_000:04d}"
    return {
        "code": f"M-{i:06d}", "phone": f"139{i:04d}{tail}", "phone_tail": tail, "name": name, "pinyin": pinyin,
        "initials": initials, "tier_key": "ordinary", "created_at": NOW,
    }  # fmt: skip
