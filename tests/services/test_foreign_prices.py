"""Price lists in other currencies: reckoned at the rate in force, kept on the order, asked about when it moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.basics.paper import COLUMNS
from desktop.models.settings import FX_OLD
from desktop.pricing.cart import CartLine
from desktop.queries.attempts import attempt_view
from desktop.queries.checkout import checkout_view, price_for
from desktop.queries.order_detail import order_detail
from desktop.queries.order_draft import draft_bill, draft_now
from desktop.queries.order_papers import order_papers
from desktop.queries.order_search import OrderFilter
from desktop.queries.prices import (
    list_currencies,
    list_rate,
    price_book,
    price_grid_with_costs,
    price_history,
)
from desktop.queries.products import ProductFilter
from desktop.queries.receipt_paper import receipt_lines
from desktop.queries.receipts import receipt
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import save_checkout
from desktop.services.exchange import float_all, save_currency, type_rate
from desktop.services.export import Progress, export_orders
from desktop.services.imports.desk import bring_in
from desktop.services.orders import OrderDraft, create_order, edit_order
from desktop.services.paying import run_due
from desktop.services.price_lists import Cell, ListFacts, edit_list, make_list, set_cells
from desktop.services.prices import PriceChange
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_setting
from desktop.services.settlement import Settled, TenderIn, settle
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.pay_office import PayOffice, gateways_of
from tests.helpers.sales import sell

TEA_COSTS, ABROAD = 12_800, 8_544  # US$12.00 × 7.12


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with speaking("en"):
        yield


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop with its tea at US$12.00 for everybody."""
    made = open_stocked(sqlite_shop)
    priced(made)
    return made


@pytest.fixture
def both(shop: Shop) -> Stocked:
    """The same on each kind of database."""
    made = open_stocked(shop)
    priced(made)
    return made


def priced(
    stocked: Stocked, code: str = "USD", minor: int = 1_200, rate: str = "7.12", spread_bp: int = 200
) -> int:
    """A retail list in a currency with a price for tea; the list's id."""
    stocked.shop.do(save_currency, code, spread_bp=spread_bp)
    stocked.shop.do(type_rate, code, rate)
    made = stocked.shop.do(make_list, ListFacts(f"in {code}", currency=code))
    stocked.shop.do(set_cells, [Cell(stocked.skus[TEA], PriceChange(made, minor))])
    return int(made)


def looked_at(stocked: Stocked, *wanted: tuple[int, int]) -> tuple[str, int, int]:
    """An open sale: key, version, and what is due as it was shown."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart(*(wanted or ((TEA, 1),))))
    return key, version, stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor


def pay(stocked: Stocked, key: str, version: int, due: int) -> Settled:
    """Cash for an open sale."""
    settled: Settled = stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
    return settled


def kept(stocked: Stocked) -> list[tuple[object, ...]]:
    """What the order lines say of other currencies."""
    with stocked.shop.storage.read.connect() as connection:
        rows = connection.execute(
            text("SELECT total_minor, foreign_currency, foreign_minor, rate FROM order_line ORDER BY id")
        )
        return [tuple(row) for row in rows]


def to_ship(stocked: Stocked, *wanted: tuple[int, int]) -> OrderDraft:
    """An order over the desk with the amounts and rates somebody looked at."""
    cart = stocked.cart(*wanted)
    bill = stocked.shop.ask(draft_bill, "retail", None, cart)
    return OrderDraft(tuple(cart), seen_minor=bill.total_minor, seen_rates=bill.rates)


@pytest.mark.req("M6")
def test_a_sale_keeps_price_currency_and_rate(both: Stocked, tmp_path: Path) -> None:
    _key, settled = sell(both, both.cart((TEA, 2), (MILK, 1)))
    assert settled.to_pay_minor == 2 * ABROAD + 1_690
    # the spread is what the shop keeps of notes: 7.12 × 98% would be ¥83.73
    assert kept(both) == [(2 * ABROAD, "USD", 1_200, "7.12"), (1_690, None, None, None)]
    tea, milk = both.shop.ask(order_detail, settled.order_id).lines
    assert (tea.foreign, milk.foreign) == ("USD 12.00 × 7.12 = ¥85.44", "")
    (paper,) = both.shop.ask(order_papers, [settled.order_id]).orders
    assert [line.foreign for line in paper.lines] == ["USD 12.00 × 7.12 = ¥85.44", ""]
    told = both.shop.ask(receipt, settled.order_id)
    for columns in COLUMNS.values():
        till = [line.text for line in receipt_lines(told, columns)]
        where = till.index("  USD 12.00 × 7.12 = ￥85.44")  # under the tea's line, and nowhere else
        assert till[where - 1].split()[-3:] == ["x", "128.00", "256.00"]
        assert str(till).count("USD") == 1
    both.shop.do(type_rate, "USD", "7.30")  # later rates change nothing about it
    assert both.shop.ask(order_detail, settled.order_id).total_minor == settled.to_pay_minor
    refunded = both.shop.do(refund_lines, settled.order_id, [(tea.id, 1_000)], "changed mind", new_key())
    assert refunded.money_minor == ABROAD
    assert both.shop.ask(verify).faults == ()
    path = tmp_path / "orders.csv"
    export_orders(both.shop, OrderFilter(), path, Progress())
    assert "USD 12.00 × 7.12 = ¥85.44" in path.read_text("utf-8-sig").splitlines()[1]


@pytest.mark.req("M6")
@pytest.mark.parametrize(
    ("code", "minor", "rate", "total"), [("JPY", 1_777, "0.0481", 8_547), ("KWD", 3_605, "23.155", 8_347)]
)
def test_currencies_without_and_with_three_digits(
    stocked: Stocked, code: str, minor: int, rate: str, total: int
) -> None:
    stocked.shop.do(type_rate, "USD", "100")  # out of the way
    priced(stocked, code, minor, rate)
    _key, settled = sell(stocked, stocked.cart((TEA, 1)))
    assert settled.to_pay_minor == total
    assert kept(stocked) == [(total, code, minor, rate)]


@pytest.mark.req("M6")
def test_a_list_never_makes_goods_dearer_than_the_shelf(stocked: Stocked) -> None:
    stocked.shop.do(type_rate, "USD", "10.7")
    bill = stocked.kiosk.ask(price_for, stocked.cart((TEA, 1)))
    assert (bill.total_minor, bill.rates) == (TEA_COSTS, ())
    stocked.shop.do(type_rate, "USD", "10.6")
    assert stocked.kiosk.ask(price_for, stocked.cart((TEA, 1))).total_minor == 12_720


@pytest.mark.req("M6")
def test_a_rate_that_moved_at_the_till_is_asked_about(both: Stocked, clock: HandClock) -> None:
    key, version, due = looked_at(both)
    clock.pass_time(timedelta(minutes=1))
    both.shop.do(type_rate, "USD", "7.20")
    with pytest.raises(Changed, match="The rate of USD changed: ¥86.40 is due now") as caught:
        pay(both, key, version, due)
    assert caught.value.next_step == "look_again"
    again = both.kiosk.ask(checkout_view, key)
    assert again.bill.to_pay_minor == 8_640
    assert pay(both, key, again.version, 8_640).to_pay_minor == 8_640
    key, version, due = looked_at(both)  # nothing moved: taken as shown
    assert pay(both, key, version, due).to_pay_minor == 8_640


@pytest.mark.req("M6")
def test_a_rate_that_moved_at_the_desk_is_asked_about(both: Stocked) -> None:
    draft = to_ship(both, (TEA, 1))
    both.shop.do(type_rate, "USD", "7.20")
    with pytest.raises(Changed, match=r"The rate of USD changed: 7\.2 instead of 7\.12"):
        both.shop.do(create_order, draft, new_key())
    made = both.shop.do(create_order, to_ship(both, (TEA, 1)), new_key())
    both.shop.do(type_rate, "USD", "7.31")
    now = both.shop.ask(draft_now, made.order_id)
    assert now.discount_minor == 0  # the list's price is no discount of the desk
    draft = replace(to_ship(both, (TEA, 3)), discount_minor=100, seen_minor=3 * 8_772 - 100)
    both.shop.do(edit_order, made.order_id, draft)
    assert both.shop.ask(draft_now, made.order_id).discount_minor == 100
    assert kept(both) == [(3 * 8_772 - 100, "USD", 1_200, "7.31")]
    assert both.shop.ask(verify).faults == ()


@pytest.mark.req("M6")
def test_a_rate_that_is_too_old_blocks_or_falls_back_as_set(stocked: Stocked, clock: HandClock) -> None:
    stocked.shop.do(type_rate, "USD", "7.05", "floating")
    stocked.shop.do(float_all, "floating")
    key, version, due = looked_at(stocked)
    assert due == 8_460
    clock.pass_time(timedelta(hours=37))
    shown = stocked.kiosk.ask(checkout_view, key)  # can still be looked at, and cleared
    assert shown.bill.to_pay_minor == TEA_COSTS
    for deed in (
        lambda: pay(stocked, key, version, TEA_COSTS),
        lambda: stocked.shop.ask(draft_bill, "retail", None, stocked.cart((TEA, 1))),
        lambda: stocked.shop.do(create_order, OrderDraft(tuple(stocked.cart((TEA, 1)))), new_key()),
    ):
        with pytest.raises(Refused, match="The rate of USD is older than 36 hours") as caught:
            deed()
        assert caught.value.next_step == "rates"
    sell(stocked, stocked.cart((MILK, 1)))  # what has no foreign price is sold as ever
    stocked.shop.do(set_setting, FX_OLD.key, "fixed")
    assert pay(stocked, key, version, ABROAD).to_pay_minor == ABROAD  # by the fixed rate


@pytest.mark.req("M6")
def test_a_list_is_made_copied_and_keeps_its_currency(both: Stocked) -> None:
    with pytest.raises(Refused, match="no rate for EUR"):
        both.shop.do(make_list, ListFacts("欧元", currency="EUR"))
    assert both.shop.ask(list_currencies) == ("CNY", "USD")
    retail = both.shop.ask(price_book)[0]
    made = both.shop.do(make_list, ListFacts("export", "b2b", currency="USD"), retail.id, 9_000)
    rows = {r.sku_id: r for r in both.shop.ask(price_grid_with_costs, made, ProductFilter()).rows}
    tea = rows[both.skus[TEA]]
    assert tea.amount_minor == 1_618  # 128.00 × 90% ÷ 7.12 = 16.1797…
    assert (tea.worth_minor, tea.base_minor) == (11_520, TEA_COSTS)
    assert tea.margin_bp == (11_520 - 7_680) * 10_000 // 11_520
    rate = both.shop.ask(list_rate, made)
    assert rate is not None
    assert (rate.currency, rate.rate, rate.refusal) == ("USD", "7.12", None)
    assert both.shop.ask(list_rate, retail.id) is None
    assert [row.currency for row in both.shop.ask(price_book)][-2:] == ["USD", "USD"]
    assert both.shop.ask(price_history, both.skus[TEA])[0].currency == "USD"
    with pytest.raises(Refused, match="keeps its currency"):
        both.shop.do(edit_list, made, ListFacts("export", "b2b"))
    both.shop.do(edit_list, made, ListFacts("exports", "b2b", currency="USD"))
    home = both.shop.do(make_list, ListFacts("home", currency="CNY"), made)
    back = {r.sku_id: r for r in both.shop.ask(price_grid_with_costs, home, ProductFilter()).rows}
    assert back[both.skus[TEA]].amount_minor == 11_520


@pytest.mark.req("M6")
def test_a_shop_without_foreign_lists_asks_nothing_more(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    lines = [CartLine(stocked.skus[TEA], "", 1_000)]

    def statements() -> list[str]:
        asked: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
            asked.append(statement)

        engine = stocked.shop.storage.read
        event.listen(engine, "before_cursor_execute", note)
        stocked.kiosk.ask(price_for, lines)
        event.remove(engine, "before_cursor_execute", note)
        return asked

    statements()
    plain = statements()
    assert not any("fx_" in statement for statement in plain)
    made = priced(stocked)
    assert len(statements()) > len(plain)  # what a rate costs is seen
    stocked.shop.do(edit_list, made, ListFacts("off", active=False, currency="USD"))
    assert len(statements()) == len(plain)


@pytest.mark.req("M6")
def test_the_margin_waits_for_a_rate(stocked: Stocked, clock: HandClock) -> None:
    made = stocked.shop.ask(price_book)[-1].id
    stocked.shop.do(type_rate, "USD", "7.05", "floating")
    stocked.shop.do(float_all, "floating")
    clock.pass_time(timedelta(hours=37))
    row = next(
        r for r in stocked.shop.ask(price_grid_with_costs, made, ProductFilter()).rows if r.amount_minor
    )
    assert (row.worth_minor, row.margin_bp) == (None, None)
    rate = stocked.shop.ask(list_rate, made)
    assert rate is not None
    assert rate.refusal is not None
    assert rate.rate == ""


@pytest.mark.req("M6", "M1")
def test_what_a_provider_takes_money_for_keeps_its_rate(stocked: Stocked, clock: HandClock) -> None:
    office = PayOffice()
    key, version, due = looked_at(stocked)
    begun = {
        "way": "take",
        "customer_code": "285123456789012345",
        "version": version,
        "client_key": new_key(),
    }
    attempt = stocked.kiosk.do(begin_attempt, f"sale:{key}", "alipay", due, **begun)
    clock.pass_time(timedelta(seconds=1))
    stocked.shop.do(type_rate, "USD", "7.30")  # while the customer types the password
    assert stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor == due
    run_due(stocked.shop, gateways_of(office))
    assert stocked.kiosk.ask(attempt_view, attempt).booked
    assert kept(stocked) == [(due, "USD", 1_200, "7.12")]
    assert office.net_minor == due
    assert looked_at(stocked)[2] == 8_760  # the next customer's
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("M6", "O12")
def test_prices_come_from_a_file_in_the_currency_of_their_list(stocked: Stocked, tmp_path: Path) -> None:
    dinars, yen = priced(stocked, "KWD", 1, "23"), priced(stocked, "JPY", 1, "0.05")
    keys = {row.id: row.key for row in stocked.shop.ask(price_book)}
    path = tmp_path / "prices.csv"
    rows = [
        "商品编码,售价,价格表", f"ZH-2001,0.375,{keys[dinars]}", f"ZH-2001,KWD 1.005,{keys[dinars]}",
        f"ZH-2001,320,{keys[yen]}", f"ZH-3005,320.5,{keys[yen]}", "ZH-2001,15.00,", "ZH-3005,15.005,",
        f"ZH-3005,-1,{keys[yen]}",
    ]  # fmt: skip
    path.write_text("\n".join(rows) + "\n", "utf-8")
    report = bring_in(stocked.shop, "prices", [path])
    assert report.refused == 3  # half a yen, half a cent, below zero
    milk = {
        made: next(
            r for r in stocked.shop.ask(price_grid_with_costs, made, ProductFilter("2001")).rows
        ).amount_minor
        for made in (dinars, yen)
    }
    assert milk == {dinars: 1_005, yen: 320}
