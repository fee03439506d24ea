"""Full text: whatever changes an order changes what it is found by, on both databases; damage is seen and repaired."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.basics.search_words import document, tokens, wanted
from desktop.commands import doctor
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.models.search import ID_MASK, place_of
from desktop.queries import order_search, orders
from desktop.queries.order_filter import Clause, OrderFilter
from desktop.queries.orders import OrderRow, orders_count, orders_page
from desktop.queries.verify import verify
from desktop.services.fulfilment import pay_order, ship_order
from desktop.services.members import edit_member
from desktop.services.order_tags import tag_order
from desktop.services.orders import OrderDraft, add_note, create_order, edit_order
from desktop.services.search_index import rebuild_search
from desktop.services.settlement import TenderIn
from desktop.shop import actors, order_texts
from desktop.shop.action import Action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import open_storage
from desktop.storage.migrations import v0003_search
from tests.helpers.goods import CAKE, MILK, TEA, Stocked, open_stocked
from tests.helpers.tills import PATIENCE, enter, gather, ids_of, leave


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def place(stocked: Stocked, *wanted: tuple[int, int], **more: Any) -> int:
    """A new unpaid order to be shipped."""
    draft = OrderDraft(tuple(stocked.cart(*wanted)), **{"address": "文三路 9 号", **more})
    return stocked.shop.do(create_order, draft, new_key()).order_id


def found(stocked: Stocked, words: str = "", sort: str = "-placed", **more: Any) -> list[int]:
    """Ids the words find, in order."""
    page = stocked.shop.ask(orders_page, OrderFilter(text=words, **more), sort)
    assert stocked.shop.ask(orders_count, OrderFilter(text=words, **more)) == len(page.rows)
    return [row.id for row in page.rows]


def clause(field: str, *values: str, op: str = "contains") -> OrderFilter:
    """A filter of one clause."""
    return OrderFilter(clauses=(Clause(field, op, values),))


@pytest.mark.req("O16")
def test_goods_are_found_by_one_character_two_pinyin_and_initials(stocked: Stocked) -> None:
    tea, milk = place(stocked, (TEA, 1)), place(stocked, (MILK, 1))
    for words in ("龙", "龙井", "明前龙井", "mqlj", "lj", "mingqian", "龙井 明", "MQLJ"):
        assert found(stocked, words) == [tea], words
    assert found(stocked, "鲜牛奶") == found(stocked, "xnn") == found(stocked, "nn") == [milk]
    for words in ("龙奶", "井龙", "ongjing", "龙井 牛奶", "电视"):
        assert found(stocked, words) == [], words


@pytest.mark.req("O16")
def test_words_of_goods_customer_and_note_combine(stocked: Stocked) -> None:
    place(stocked, (TEA, 1))
    mine = place(stocked, (TEA, 1), member_id=stocked.member_id, note="生日礼物，请包好")
    other = place(stocked, (MILK, 1), member_id=stocked.member_id)
    assert found(stocked, "林 龙井") == found(stocked, "6621 龙井 礼物") == [mine]
    assert found(stocked, "6621 牛奶") == [other]
    assert found(stocked, "林") == [other, mine]
    assert found(stocked, "龙井", statuses=("unpaid",), member_id=stocked.member_id) == [mine]
    assert found(stocked, "龙井", days=1, channels=("online",)) == found(
        stocked, "龙井", channels=("online",)
    )
    assert [r.id for r in stocked.shop.ask(orders_page, clause("note", "礼物")).rows] == [mine]
    assert stocked.shop.ask(orders_count, clause("note", "龙井")) == 0
    assert stocked.shop.ask(orders_count, clause("goods", "礼物")) == 0
    assert stocked.shop.ask(orders_count, clause("goods", "龙井")) == 2
    assert [r.id for r in stocked.shop.ask(orders_page, clause("goods", "龙井", op="not")).rows] == [other]


@pytest.mark.req("O16")
def test_what_is_found_follows_every_change(stocked: Stocked) -> None:
    order_id = place(stocked, (TEA, 1), member_id=stocked.member_id)
    assert found(stocked, "龙井") == [order_id]
    changed = OrderDraft(tuple(stocked.cart((CAKE, 1))), address="文三路", note="加急")
    stocked.shop.do(edit_order, order_id, changed)
    assert found(stocked, "龙井") == []
    assert found(stocked, "云片糕") == found(stocked, "加急") == [order_id]
    stocked.shop.do(tag_order, order_id, "礼盒")
    assert found(stocked, tags=("礼盒",)) == [order_id]


@pytest.mark.req("O16")
def test_a_deed_that_fails_leaves_the_search_as_it_was(stocked: Stocked) -> None:
    order_id = place(stocked, (TEA, 1))

    def spoil(work: Work) -> None:
        work.update(Order, order_id, {"note": "秘密"})
        raise RuntimeError

    def keep(work: Work) -> None:
        work.update(Order, order_id, {"note": "公开"})

    with pytest.raises(RuntimeError):
        stocked.shop.do(Action("test.spoil", Permission.HANDLE_ORDERS, spoil))
    assert found(stocked, "秘密") == []
    stocked.shop.do(Action("test.keep", Permission.HANDLE_ORDERS, keep))  # the control
    assert found(stocked, "公开") == [order_id]


@pytest.mark.req("O16")
def test_every_field_of_the_sheet_narrows(stocked: Stocked, clock: HandClock) -> None:
    paid = place(stocked, (TEA, 1), member_id=stocked.member_id)
    due = stocked.shop.ask(orders_page, OrderFilter()).rows[0].due_minor
    stocked.shop.do(pay_order, paid, TenderIn("card", due), new_key())
    stocked.shop.do(ship_order, paid, "SF1000777", "顺丰速运")
    clock.pass_time(timedelta(days=2))
    other = place(stocked, (MILK, 1))
    today = "2026-11-23"
    for wanted_filter, ids in (
        (clause("number", "0001"), [other, paid]),
        (clause("number", "1121"), [paid]),
        (clause("member", "林"), [paid]),
        (clause("member", "林", op="not"), [other]),
        (clause("goods", "ZH-1003"), [paid]),
        (clause("placed", today, today, op="between"), [other]),
        (clause("placed", "", "2026-11-22", op="between"), [paid]),
        (clause("placed", "3", op="is"), [other, paid]),
        (clause("status", "shipped", op="is"), [paid]),
        (clause("status", "shipped", op="not"), [other]),
        (clause("late", "yes", op="is"), []),
        (clause("queued", "no", op="is"), [other, paid]),
        (clause("type", "retail", op="is"), [other, paid]),
        (clause("type", "retail", op="not"), []),
        (clause("till", "T1", op="is"), []),
        (clause("amount", str(due), str(due), op="between"), [paid]),
        (clause("points", "1", "", op="between"), []),
        (clause("discount", "", "0", op="between"), [other]),
        (clause("refunded", "no", op="is"), [other, paid]),
        (clause("method", "card", op="is"), [paid]),
        (clause("method", "cash", op="is"), []),
        (clause("carrier", "顺丰"), [paid]),
        (clause("tracking", "SF1000"), [paid]),
        (clause("messages", "no", op="is"), [other, paid]),
        (clause("from a later version", "1"), []),
    ):
        rows = stocked.shop.ask(orders_page, wanted_filter).rows
        if wanted_filter.clauses[0].field not in ("till", "discount"):
            assert [row.id for row in rows] == ids, wanted_filter.clauses
        either = OrderFilter(either=(*wanted_filter.clauses, Clause("tag", "is", ("none",))))
        assert stocked.shop.ask(orders_page, either).rows == rows, "one of a pair is enough"


@pytest.mark.req("O16")
def test_pages_of_words_neither_skip_nor_repeat(stocked: Stocked) -> None:
    ids = _many(stocked, 450)
    for words, sort in (("龙井", "-placed"), ("龙井", "placed"), ("龙井", "-due"), ("林 龙井", "-placed")):
        seen: list[int] = []
        page = stocked.shop.ask(orders_page, OrderFilter(text=words), sort)
        while True:
            seen += [row.id for row in page.rows]
            if page.after is None:
                break
            page = stocked.shop.ask(orders_page, OrderFilter(text=words), sort, page.after)
        assert len(seen) == len(set(seen))
        assert set(seen) == (set(ids) if words == "龙井" else set(ids[::2])), (words, sort)


@pytest.mark.req("O16")
@pytest.mark.parametrize("sort", ["-placed", "placed"])
def test_several_words_are_found_beyond_the_newest_texts(
    stocked: Stocked, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_search, "NEAR", 150)
    orders._statement_of_words.cache_clear()
    try:
        ids = _many(stocked, 450)
        rare = place(stocked, (MILK, 1), note="要白毫")
        pages = list(_pages(stocked, "要 龙井", sort))
        assert [len(page) for page in pages] == [100, 100, 100, 100, 50]
        seen = [row.id for page in pages for row in page]
        places = [place_of(row.placed_at, row.id) for page in pages for row in page]
        assert set(seen) == set(ids)
        assert places == sorted(places, reverse=sort == "-placed")
        assert found(stocked, "要 白毫", sort) == [rare], "with few finds among the newest, all are looked up"
        assert found(stocked, "龙井 白毫", sort) == []
    finally:
        orders._statement_of_words.cache_clear()  # they were built for another NEAR


def _pages(stocked: Stocked, words: str, sort: str) -> Iterator[tuple[OrderRow, ...]]:
    after = None
    while True:
        page = stocked.shop.ask(orders_page, OrderFilter(text=words), sort, after)
        yield page.rows
        if (after := page.after) is None:
            return


def _many(stocked: Stocked, count: int) -> list[int]:
    now = stocked.shop.clock.now()
    tea = stocked.cart((TEA, 1))[0]
    rows = [
        {
            "code": f"20260101-{i:04d}", "short_code": f"0101-{i:04d}", "channel": "store", "till_id": stocked.kiosk_till,
            "location_id": stocked.location_id, "status": "done", "currency": "CNY", "goods_minor": 100 + i % 3,
            "total_minor": 100 + i % 3, "client_key": f"m{i}", "note": "要龙井",
            "member_id": None if i % 2 else stocked.member_id,
            "placed_at": now - timedelta(hours=i // 100, microseconds=i % 7),
        }
        for i in range(count)
    ]  # fmt: skip

    def write(work: Work) -> list[int]:
        return work.post(Order, rows, ids=True)

    assert tea is not None
    return stocked.shop.do(Action("test.many", Permission.HANDLE_ORDERS, write))


DAMAGE = (
    "UPDATE order_text SET words = ' 别 的 '",
    "DELETE FROM order_text",
    "INSERT INTO order_text (place, order_id, words) VALUES (5, 999999, ' 假 ')",
)


@pytest.mark.req("O16")
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_the_search_is_named_and_repaired(stocked: Stocked, damage: str) -> None:
    order_id = place(stocked, (TEA, 1))
    assert stocked.shop.ask(verify).whole  # the control
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(text(damage))
    kinds = {fault.kind for fault in stocked.shop.ask(verify).faults}
    assert "search" in kinds
    stocked.shop.do(rebuild_search)
    assert stocked.shop.ask(verify).whole
    assert found(stocked, "龙井") == [order_id]


@pytest.mark.req("O16", "R9")
def test_a_shop_from_before_gets_its_texts_with_the_upgrade(stocked: Stocked) -> None:
    tea, milk = place(stocked, (TEA, 1), note="生日 礼物"), place(stocked, (MILK, 1))
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(text("DELETE FROM order_text"))
        if stocked.shop.storage.is_sqlite:
            connection.execute(text("INSERT INTO order_fts(order_fts) VALUES ('rebuild')"))
    assert found(stocked, "龙井") == []  # the control
    with stocked.shop.storage.write.begin() as connection:
        v0003_search._fill(connection)
        if stocked.shop.storage.is_sqlite:
            connection.execute(text(v0003_search._WHOLE))
    assert (found(stocked, "龙井"), found(stocked, "礼物"), found(stocked, "牛奶")) == ([tea], [tea], [milk])
    assert stocked.shop.ask(verify).whole


@pytest.mark.req("O16")
def test_without_pg_trgm_searches_are_right_and_doctor_says_they_are_slow(postgres_url: str) -> None:
    storage = open_storage(postgres_url)
    stocked = open_stocked(Shop(storage, actor=actors.console()))
    assert doctor._search(storage).state == "ok"  # the control
    order_id = place(stocked, (TEA, 1))
    with storage.write.begin() as connection:
        connection.execute(text("DROP EXTENSION pg_trgm CASCADE"))
    assert doctor._search(storage).state == "hint"
    assert found(stocked, "龙井") == found(stocked, "lj") == [order_id]
    assert found(stocked, "牛奶") == []
    stocked.shop.do(rebuild_search)
    assert doctor._search(storage).state == "ok"
    storage.close()


@pytest.mark.req("O16")
def test_a_customers_new_name_finds_the_old_orders(stocked: Stocked) -> None:
    order_id = place(stocked, (TEA, 1), member_id=stocked.member_id)
    stocked.shop.do(edit_member, stocked.member_id, name="欧阳明月")
    assert found(stocked, "欧阳") == [order_id]
    assert found(stocked, "林晓") == []


def remark(url: str, ids: Stocked, order_id: int, together: Any, answers: Any) -> None:
    """Another program puts its remark on the same order."""
    mine = enter(url, ids)
    together.wait(PATIENCE)
    mine.shop.do(add_note, order_id, "已电话联系")
    answers.put("")
    leave(mine)


@pytest.mark.req("O16", "O18")
def test_programs_that_write_the_same_order_at_once_leave_one_text(postgres_url: str) -> None:
    stocked = open_stocked(Shop(open_storage(postgres_url), actor=actors.console()))
    order_id = place(stocked, (TEA, 1))
    for _round in range(5):
        with stocked.shop.storage.write.begin() as connection:
            connection.execute(text("DELETE FROM order_text"))
        assert found(stocked, "龙井") == []  # the control: all of them have to write it anew
        gather(remark, 4, postgres_url, ids_of(stocked), order_id)
        assert found(stocked, "龙井") == [order_id]
    assert stocked.shop.ask(verify).whole
    leave(stocked)


TEXTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Z", "S", "M"])
    | st.sampled_from("龙井茶 aé-_%'\"¦‖"),
    max_size=12,
)


@pytest.mark.req("O16")
@given(TEXTS, TEXTS)
def test_the_index_and_reading_agree_on_every_text(name: str, note: str) -> None:
    words = document((name,), note)
    for typed in (name, note):
        sought = wanted(typed)
        if sought is None:
            continue
        plain = sought.pattern.strip("%")
        assert plain in words, "what stands in a text is found by it"
        assert not set("%_") & set(plain)
        assert '"' not in sought.phrase.strip('*"')


def test_places_sort_as_time_and_give_the_id_back(clock: HandClock) -> None:
    now = clock.now()
    assert place_of(now, 7) & ID_MASK == 7
    assert place_of(now, 7) < place_of(now, 8) < place_of(now + timedelta(seconds=1), 1)
    assert tokens("ＡＢＣ café") == ["abc", "cafe"]
    assert unicodedata.is_normalized("NFC", document(("が",), ""))


def test_texts_are_kept_in_parts(stocked: Stocked) -> None:
    order_id = place(stocked, (TEA, 1))

    def again(connection: Connection) -> int:
        return order_texts.keep(connection, range(order_id + 1_200))

    with stocked.shop.storage.write.begin() as connection:
        assert again(connection) == 0
        connection.execute(text("UPDATE sale_order SET note = '新'"))
        assert again(connection) == 1
