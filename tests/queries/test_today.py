"""今天先做: what somebody must do, ranked by the money at stake, each with one step; only what one may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text, update

from desktop.basics.clock import HandClock
from desktop.basics.i18n import speaking
from desktop.models.members import Member, PointsEntry
from desktop.models.notices import Notice
from desktop.models.orders import Order, OrderEvent
from desktop.models.rules import ClockBeat, Rule, RuleRun
from desktop.models.stock import Level, StockMovement
from desktop.models.system import Outbox
from desktop.queries import today_words
from desktop.queries.stock import StockFilter, stock_count
from desktop.queries.today import today
from desktop.queries.todo import KINDS, MOST, Step, Todo, rank
from desktop.services.checks import BOOKS, ORDERS, Finding, record_check
from desktop.services.fulfilment import cancel_order, ship_order
from desktop.services.replenishment import draft_now
from desktop.shop.shop import Shop
from tests.helpers.back_office import pay, placed
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, as_role, open_stocked

HOUR = timedelta(hours=1)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """An open shop with four goods, none of them short."""
    made = open_stocked(shop)
    with shop.storage.write.begin() as connection:
        levels = [
            {"sku_id": sku, "alert_milli": 0, "minimum_milli": 0, "safety_milli": 0} for sku in made.skus
        ]
        connection.execute(insert(Level), levels)
    return made


def found(shop: Shop) -> dict[str, Todo]:
    """What is to be done, by kind."""
    return {todo.kind: todo for todo in shop.ask(today)}


def write(shop: Shop, *statements: Any) -> None:
    """What another program wrote."""
    with shop.storage.write.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def paid(stocked: Stocked, *wanted: tuple[int, int]) -> int:
    """A paid order to be shipped within 36 hours."""
    order_id = placed(stocked, *wanted)
    pay(stocked, order_id)
    return order_id


@pytest.mark.req("R11")
def test_a_shop_with_nothing_to_do_has_nothing_to_do(stocked: Stocked) -> None:
    assert stocked.shop.ask(today) == ()


@pytest.mark.req("R11")
def test_the_sample_shop_is_ranked_by_money_not_by_count(sample: Shop) -> None:
    todos = sample.ask(today)
    assert [(t.kind, t.count, t.money_minor) for t in todos] == [
        ("to_ship", 11, 28_130), ("unpaid", 6, 23_770), ("low", 7, 17_157), ("lapsing", 23, 8_640),
        ("late", 1, 7_690), ("out", 2, 5_120), ("aftersales", 3, 1_790), ("bills", 1, 60),
    ]  # fmt: skip
    by_count = sorted(todos, key=lambda t: -t.count)
    assert [t.kind for t in by_count] != [t.kind for t in todos]  # the control: another order shows
    assert list(todos) == sorted(todos, key=rank)


@pytest.mark.req("R11", "O8")
def test_late_orders_are_worth_all_they_come_to(stocked: Stocked, clock: HandClock) -> None:
    first = paid(stocked, (TEA, 1))
    clock.pass_time(20 * HOUR)
    second = paid(stocked, (MILK, 2))
    waiting = found(stocked.shop)
    assert set(waiting) == {"to_ship"}
    assert (waiting["to_ship"].count, waiting["to_ship"].money_minor) == (
        2,
        12_800,
    )  # one of them within a day
    assert waiting["to_ship"].step == Step("show", "orders", filters={"view": "to_ship"})
    clock.pass_time(17 * HOUR)
    waiting = found(stocked.shop)
    assert (waiting["late"].count, waiting["late"].money_minor) == (1, 12_800)
    assert waiting["late"].facts["hours"] == 37
    assert (waiting["to_ship"].count, waiting["to_ship"].money_minor) == (1, 3_380)
    assert waiting["late"].step == Step("show", "orders", first)  # the one order itself
    assert waiting["to_ship"].step == Step("show", "orders", second)
    stocked.shop.do(ship_order, first)
    assert set(found(stocked.shop)) == {"to_ship"}


@pytest.mark.req("R11", "O9")
def test_unpaid_orders_count_from_a_day_before_they_lapse(stocked: Stocked, clock: HandClock) -> None:
    trade = placed(stocked, (TEA, 2), order_type="distribution")  # 36 hours to pay
    one = found(stocked.shop)["unpaid"]
    assert (one.count, one.money_minor, one.step.target) == (1, 0, trade)
    clock.pass_time(13 * HOUR)
    one = found(stocked.shop)["unpaid"]
    assert (one.money_minor, one.facts["late"]) == (25_600, 0)
    clock.pass_time(24 * HOUR)
    assert found(stocked.shop)["unpaid"].facts["late"] == 1
    stocked.shop.do(cancel_order, trade)
    assert stocked.shop.ask(today) == ()


@pytest.mark.req("R11", "O3")
def test_queued_orders_cost_nothing_until_their_hours_begin(stocked: Stocked, clock: HandClock) -> None:
    order = placed(stocked, (TEA, 1))
    opens = clock.now() + 3 * HOUR
    write(stocked.shop, update(Order).where(Order.id == order).values(queued_until=opens))
    waiting = found(stocked.shop)
    assert set(waiting) == {"queued"}
    assert (waiting["queued"].money_minor, waiting["queued"].facts["next"]) == (0, opens)
    clock.pass_time(3 * HOUR)
    assert set(found(stocked.shop)) == {"unpaid"}  # from then on it is like any other


@pytest.mark.req("R11", "O8")
def test_chased_orders_wait_for_an_answer(stocked: Stocked, clock: HandClock) -> None:
    order = paid(stocked, (TEA, 1))
    clock.pass_time(37 * HOUR)

    def tell(kind: str) -> None:
        row = {"order_id": order, "kind": kind, "note": "", "actor": "clock", "at": clock.now()}
        write(stocked.shop, insert(OrderEvent).values(**row))

    assert "chased" not in found(stocked.shop)
    tell("chased")
    assert (found(stocked.shop)["chased"].count, found(stocked.shop)["chased"].money_minor) == (1, 12_800)
    tell("late reason")
    assert "chased" not in found(stocked.shop)
    tell("chased")  # asked again, and the answer before does not count
    assert found(stocked.shop)["chased"].since == clock.now()


def sold(stocked: Stocked, goods: int, pieces: int) -> None:
    """So many pieces sold in the four weeks before."""
    row = {
        "sku_id": stocked.skus[goods], "location_id": stocked.location_id, "delta_milli": -pieces * 1_000,
        "reason": "sale", "source": "test", "client_key": f"sold:{goods}", "actor": "test",
        "at": stocked.shop.clock.now() - timedelta(days=27),
    }  # fmt: skip
    write(stocked.shop, insert(StockMovement).values(**row))


@pytest.mark.req("R11", "I2", "I4")
def test_short_goods_cost_a_days_sales(stocked: Stocked, clock: HandClock) -> None:
    shop, nuts = stocked.shop, stocked.skus[NUTS]
    for goods, pieces in ((MILK, 140), (CAKE, 28), (NUTS, 28)):
        sold(stocked, goods, pieces)  # 5, 1 and 1 a day
    write(
        shop,
        update(Level).values(safety_milli=40_000),
        text(f"UPDATE stock SET on_hand_milli = 0 WHERE sku_id = {nuts}"),
    )
    waiting = found(shop)
    assert (waiting["out"].count, waiting["out"].money_minor) == (1, 3_990)
    assert waiting["out"].step == Step("show", "inventory", nuts)
    # 8 milk last 1.6 days; 6 cakes last 6, until when new ones are here; tea does not sell
    assert (waiting["low"].count, waiting["low"].money_minor) == (3, 5 * 1_690)
    assert waiting["low"].facts["names"][0] == "鲜牛奶"
    assert waiting["low"].step.verb == "draft"
    low = shop.ask(stock_count, StockFilter("low"))
    assert waiting["low"].count + waiting["out"].count == low  # as the stock screen counts
    write(shop, update(Level).values(minimum_milli=40_000))
    shop.do(draft_now)
    waiting = found(shop)
    assert (waiting["restock"].count, waiting["restock"].money_minor) == (4, 5 * 1_690 + 3_990)
    assert waiting["restock"].step == Step("show", "inventory", filters={"view": "restock"})
    assert (waiting["low"].money_minor, waiting["low"].step.verb) == (0, "show")  # the list holds them now


@pytest.mark.req("R11", "C12")
def test_points_that_lapse_are_worth_what_they_pay(stocked: Stocked, clock: HandClock) -> None:
    lapses = clock.now() + timedelta(days=3)
    entry = {
        "member_id": stocked.member_id, "delta": 500, "balance": 13_360, "reason": "purchase", "source": "test",
        "client_key": "lapsing", "actor": "test", "at": clock.now(), "expires_at": lapses,
    }  # fmt: skip
    write(stocked.shop, insert(PointsEntry).values(**entry), update(Member).values(points=13_360))
    one = found(stocked.shop)["lapsing"]
    assert (one.count, one.money_minor, one.facts["points"], one.since) == (1, 500, 500, lapses)


def broken(shop: Shop) -> None:
    """A paused rule that stopped at one order, two messages given up about it, a clock in doubt."""
    now = shop.clock.now()
    rule = {
        "name": "Chase", "topic": "orders", "since": now, "spec": "{}", "edited_at": now, "edited_by": "x",
        "paused_at": now, "paused_why": "No mail server",
    }  # fmt: skip
    run = {
        "version": 1, "subject_kind": "order", "start_at": now, "due_at": now, "at": now, "state": "given_up",
    }  # fmt: skip
    notice = {"receiver": "staff:1", "channel": "email", "subject": "order:1", "language": "en", "title": "x"}
    row = {"kind": "notice:email", "payload": "{}", "state": "failed", "tries": 8, "after": now, "at": now}
    beat = {"id": 1, "until": now, "day": now.date(), "doubt": "The clock was set back.", "doubt_at": now}
    with shop.storage.write.begin() as connection:
        made = connection.execute(insert(Rule).values(**rule).returning(Rule.id)).scalar_one()
        connection.execute(insert(RuleRun).values(rule_id=made, subject_id=1, **run))
        for key in ("a", "b"):
            connection.execute(insert(Notice).values(key=key, state="failed", after=now, at=now, **notice))
            connection.execute(insert(Outbox).values(**row))
        connection.execute(insert(ClockBeat).values(**beat))


@pytest.mark.req("R11", "A5")
def test_the_house_asks_for_what_it_can_not_do_itself(stocked: Stocked) -> None:
    order = paid(stocked, (TEA, 1))
    assert order == 1
    placed(stocked, (MILK, 1))
    broken(stocked.shop)
    waiting = found(stocked.shop)
    assert waiting["clock_doubt"].money_minor == 12_800 + 1_690  # every order with a deadline
    assert waiting["clock_doubt"].facts["why"] == "The clock was set back."
    rule = waiting["rule_paused"]
    assert (rule.money_minor, rule.step.verb, rule.facts["why"]) == (12_800, "resume", "No mail server")
    assert (waiting["unsent"].count, waiting["unsent"].money_minor) == (2, 12_800)  # the order, once
    assert waiting["unsent"].step.verb == "retry"


@pytest.mark.req("R11", "A5", "O21")
def test_open_findings_of_the_last_checks_are_to_be_looked_at(stocked: Stocked) -> None:
    paid(stocked, (TEA, 1))  # today's takings
    wrong = Finding("Order {number} is wrong.", {"number": "1121-0001"}, 700, "order:1")
    stocked.shop.do(record_check, BOOKS, [wrong])
    stocked.shop.do(record_check, ORDERS, [wrong, wrong])
    waiting = found(stocked.shop)
    assert (waiting["books"].count, waiting["books"].money_minor) == (1, 12_800)
    assert (waiting["stuck"].count, waiting["stuck"].money_minor) == (2, 1_400)
    stocked.shop.do(record_check, BOOKS, [])
    stocked.shop.do(record_check, ORDERS, [])
    assert not {"books", "stuck"} & set(found(stocked.shop))


@pytest.mark.req("R11", "M1")
def test_everybody_sees_what_they_may(stocked: Stocked, clock: HandClock) -> None:
    paid(stocked, (TEA, 1))
    write(stocked.shop, update(Level).values(safety_milli=40_000))
    broken(stocked.shop)
    stocked.shop.do(record_check, BOOKS, [Finding("x")])
    owner = set(found(stocked.shop))
    assert owner == {"clock_doubt", "books", "rule_paused", "unsent", "to_ship", "low"}
    assert set(found(as_role(stocked.shop, "merchant"))) == owner - {"books"}
    assert set(found(as_role(stocked.shop, "cashier"))) == {"to_ship", "low"}
    assert set(found(as_role(stocked.shop, "basic_agent"))) == {"to_ship"}


@pytest.mark.req("R11")
def test_every_kind_is_worded_in_both_languages(stocked: Stocked, clock: HandClock) -> None:
    here = today_words.Here(clock.now(), stocked.shop.clock.now().tzinfo)  # type: ignore[arg-type]
    facts = {
        "hours": 37, "next": clock.now(), "late": 0, "names": ("甲", "乙"), "short": 1, "points": 5, "at": clock.now(),
        "why": "No mail server", "name": "Chase", "first": ("Order {number} is wrong.", {"number": "7"}),
        "tills": ("1",), "kind": "unbooked", "method": "alipay", "until": clock.now(), "over": False,
        "day": clock.now().date(),
    }  # fmt: skip
    for language in ("en", "zh_CN"):
        with speaking(language):
            for kind in KINDS:
                one = Todo(kind, 3, 100, clock.now(), Step("show", "orders"), facts)
                words = (
                    today_words.title(one),
                    today_words.reason(one, here),
                    today_words.button(one, "show"),
                )
                assert all(words), kind
                assert not any("{" in part for part in words)
                assert bool(today_words.stake(one)) == (
                    kind not in ("queued", "purchase_late", "method_down", "cash_open", "bills_missing")
                )


def explained(shop: Shop) -> Iterator[str]:
    """How SQLite answers each statement of the list."""
    said: list[tuple[str, Any]] = []

    def listen(_c: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        said.append((statement, values))

    event.listen(shop.storage.read, "before_cursor_execute", listen)
    shop.ask(today)
    event.remove(shop.storage.read, "before_cursor_execute", listen)
    with shop.storage.read.connect() as connection:
        for statement, values in said:
            if statement.startswith(("SELECT", "WITH")):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
                yield from (row[-1] for row in rows)


@pytest.mark.req("R11")
def test_no_part_of_it_reads_all_orders(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    paid(stocked, (TEA, 1))
    broken(sqlite_shop)
    plans = list(explained(sqlite_shop))
    assert not [
        plan for plan in plans if plan.startswith("SCAN") and "sale_order" in plan and "INDEX" not in plan
    ]
    assert (
        sum("sale_order USING INDEX ix_sale_order_status_placed_at_id (status=?)" in plan for plan in plans)
        >= 5
    )
    assert (
        "USE TEMP B-TREE FOR ORDER BY" not in plans[: plans.index("SCAN late")]
    )  # read in order, up to the bound
    assert any("ix_sale_order_queued" in plan for plan in plans)


@pytest.mark.req("R11")
def test_a_backlog_is_counted_up_to_a_bound(stocked: Stocked, clock: HandClock, monkeypatch: Any) -> None:
    for _number in range(4):
        paid(stocked, (MILK, 1))
    monkeypatch.setattr("desktop.queries.today_orders.MOST", 3)
    clock.pass_time(37 * HOUR)
    late = found(stocked.shop)["late"]
    assert (late.count, late.more, late.counted) == (3, True, "3+")
    assert Todo("late", MOST, 0, None, Step("show")).counted == f"{MOST:,}"
