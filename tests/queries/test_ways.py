"""A statement built for one question serves every question of its shape, and keeps nothing anybody typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.queries import orders
from desktop.queries.order_filter import Clause, OrderFilter
from desktop.queries.order_search import asked_words, conditions
from desktop.queries.orders import orders_page
from desktop.queries.ways import apart
from desktop.shop.action import Action, Question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work
from tests.helpers.goods import Stocked, open_stocked

NOTES = ("龙井 送礼", "牛奶 少冰", "龙井 少冰", "", "面包", "牛奶 送礼")


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database, with an order a day that differ in everything asked below."""
    stocked = open_stocked(shop)
    now = shop.clock.now()
    rows = [
        {
            "code": f"2026{i:04d}-0001", "short_code": f"{i:04d}-0001", "channel": ("store", "online")[i % 2],
            "till_id": stocked.kiosk_till, "location_id": stocked.location_id, "status": ("done", "to_ship", "shipped")[i % 3],
            "currency": "CNY", "goods_minor": 100 * i, "total_minor": 100 * i, "points_minor": i % 3, "note": note,
            "client_key": f"w{i}", "member_id": stocked.member_id if i % 2 else None, "placed_at": now - timedelta(days=i),
        }
        for i, note in enumerate(NOTES)
    ]  # fmt: skip

    def write(work: Work) -> list[int]:
        return work.post(Order, rows, ids=True)

    shop.do(Action("test.orders", Permission.HANDLE_ORDERS, write))
    return stocked


def clauses(*found: tuple[str, str, tuple[str, ...]]) -> OrderFilter:
    """A filter of such clauses."""
    return OrderFilter(clauses=tuple(Clause(*one) for one in found))


SAME_SHAPE = (
    (OrderFilter(text="龙井"), OrderFilter(text="牛奶")),
    (OrderFilter(text="龙井 送礼"), OrderFilter(text="牛奶 少冰")),
    (OrderFilter(text="0001-0001"), OrderFilter(text="0003-0001")),
    (OrderFilter(text="林晓"), OrderFilter(text="王晓")),
    (OrderFilter(text="龙井", days=1), OrderFilter(text="牛奶", days=3)),
    (OrderFilter(text="牛奶", statuses=("to_ship",)), OrderFilter(text="龙井", statuses=("shipped",))),
    (OrderFilter(text="龙井", channels=("store",)), OrderFilter(text="牛奶", channels=("online",))),
    (
        OrderFilter(statuses=("to_ship", "done")),
        OrderFilter(statuses=("shipped", "to_ship")),
    ),
    (OrderFilter(due_from=100, due_to=300), OrderFilter(due_from=300, due_to=500)),
    (OrderFilter(due_from=5_000_000_000_00), OrderFilter(due_from=200)),
    (clauses(("note", "contains", ("龙井",))), clauses(("note", "contains", ("少冰",)))),
    (clauses(("note", "not", ("龙井",))), clauses(("note", "not", ("少冰",)))),
    (clauses(("placed", "is", ("1",))), clauses(("placed", "is", ("4",)))),
    (clauses(("number", "contains", ("0001",))), clauses(("number", "contains", ("0007",)))),
    (
        OrderFilter(either=(Clause("channel", "is", ("store",)), Clause("note", "contains", ("面包",)))),
        OrderFilter(either=(Clause("channel", "is", ("online",)), Clause("note", "contains", ("龙井",)))),
    ),
)


@pytest.mark.req("O16")
@pytest.mark.parametrize("sort", ["-placed", "due"])
def test_a_question_of_a_known_shape_gets_its_own_answer(stocked: Stocked, sort: str) -> None:
    for first, second in SAME_SHAPE:
        stocked.shop.ask(orders_page, first, sort)
        built = _built()
        answers = [[row.id for row in stocked.shop.ask(orders_page, f, sort).rows] for f in (first, second)]
        assert _built() == built, "the second builds nothing"
        assert answers == [_fitting(stocked, f, sort) for f in (first, second)], (first, second)
        assert answers[0] != answers[1], ("one taken for the other would not be seen", first)
    stocked.shop.ask(orders_page, OrderFilter(text="龙井", channels=("store",), days=2, late=True), sort)
    assert _built() > built, "another shape is built"


def _built() -> int:
    return orders._statement.cache_info().misses + orders._statement_of_words.cache_info().misses


def _fitting(stocked: Stocked, wanted: OrderFilter, sort: str) -> list[int]:
    """The same asked with every value in its place in the SQL."""

    def read_all(read: Read) -> list[int]:
        key = Order.placed_at.desc() if sort == "-placed" else Order.due_minor
        return list(read.rows(select(Order.id).where(*conditions(read, wanted)).order_by(key)).scalars())

    return stocked.shop.ask(Question("test.fitting", Permission.SEE_ORDERS, read_all))


@pytest.mark.req("O16")
def test_what_is_kept_of_a_question_holds_nothing_typed(stocked: Stocked) -> None:
    wanted = OrderFilter(text="王晓梅 13800001234 SF1000777", due_from=4_711, days=7)

    def both(read: Read) -> tuple[str, str]:
        asked = asked_words(read, wanted, None, descending=True, size=9)
        return repr(asked), repr(apart(asked)[0])

    whole, kept = stocked.shop.ask(Question("test.kept", Permission.SEE_ORDERS, both))
    for typed in ("王", "13800001234", "SF1000777", "4711"):
        assert typed in whole
        assert typed not in kept
