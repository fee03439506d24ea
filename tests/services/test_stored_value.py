"""Stored value: topped up with its bonus, spent with the member’s word, restored in reverse, never income, never below zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from desktop.basics.clock import HandClock, SystemClock
from desktop.basics.errors import Changed, NotAllowed, Refused, ShopError
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.models.pay_times import REFUND_ROUTE
from desktop.models.people import Permission
from desktop.models.settings import STORED_FIRST, STORED_MOST, STORED_PROOF
from desktop.models.stored_value import StoredBalance, StoredValueEntry
from desktop.models.system import DailyTotal
from desktop.queries.checkout import checkout_view
from desktop.queries.stored_value import Balance, TierRow, stored_facts, stored_owed, stored_page, top_up_slip
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import agree_by_staff, save_checkout
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_setting
from desktop.services.settlement import TenderIn, settle
from desktop.services.stored_sale import choose_stored_value, settle_stored
from desktop.services.stored_value import (
    begin_top_up,
    correct_stored,
    drop_top_up,
    pay_out,
    save_bonus_tier,
    top_up,
)
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import open_storage
from tests.helpers.goods import MILK, NUTS, Stocked, open_stocked
from tests.helpers.pay_office import PayOffice, drive
from tests.helpers.stored import fill, has, pay_stored, spend_together, stored_sale
from tests.helpers.tills import CONTEXT, gather, ids_of, leave

MILK_COSTS, NUTS_COST = 1_690, 3_990


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with speaking("en"):
        yield


def with_tiers(shop: Shop) -> Stocked:
    """The pictures' shop with two tiers: from ¥100 on ¥10, from ¥500 on 20%."""
    opened = open_stocked(shop)
    opened.shop.do(save_bonus_tier, None, 10_000, bonus_minor=1_000)
    opened.shop.do(save_bonus_tier, None, 50_000, bonus_bp=2_000)
    return opened


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """For what is not about the database."""
    return with_tiers(sqlite_shop)


@pytest.fixture
def both(shop: Shop) -> Stocked:
    """On each kind of database."""
    return with_tiers(shop)


def books(stocked: Stocked) -> None:
    """They balance."""
    assert stocked.shop.ask(verify).faults == ()


def sold(stocked: Stocked) -> int:
    """What the days' totals say was sold."""
    with stocked.shop.storage.read.connect() as connection:
        return int(
            connection.execute(select(func.coalesce(func.sum(DailyTotal.amount_minor), 0))).scalar_one()
        )


@pytest.mark.req("C14")
@pytest.mark.parametrize(
    ("amount", "bonus"), [(9_999, 0), (10_000, 1_000), (49_999, 1_000), (50_000, 10_000), (55_555, 11_111)]
)
def test_the_best_tier_gives_the_bonus(stocked: Stocked, amount: int, bonus: int) -> None:
    facts = stocked.shop.ask(stored_facts, stocked.member_id)
    assert facts.bonus_for(amount) == bonus  # what the sheet shows before …
    fill(stocked, amount)
    assert has(stocked) == (amount, bonus)  # … is what is given
    books(stocked)


@pytest.mark.req("C14")
def test_a_tier_holds_only_in_its_time(stocked: Stocked) -> None:
    now = stocked.shop.clock.now()
    late = {"valid_from": now + timedelta(days=1), "valid_until": now + timedelta(days=2)}
    stocked.shop.do(save_bonus_tier, None, 100, bonus_minor=100, **late)
    fill(stocked, 200)
    assert has(stocked) == (200, 0)
    tier = TierRow(1, 100, 100, 0, late["valid_from"], late["valid_until"])
    assert [tier.holds(now + timedelta(hours=h)) for h in (23, 24, 47, 48)] == [False, True, True, False]


@pytest.mark.req("C14")
def test_a_top_up_is_no_sale_and_spending_it_is_one(stocked: Stocked) -> None:
    fill(stocked, 50_000)
    assert sold(stocked) == 0
    assert stocked.shop.ask(stored_owed).money_minor == 50_000
    pay_stored(stocked, stocked.cart((NUTS, 1)), NUTS_COST)
    assert sold(stocked) == NUTS_COST
    assert stocked.shop.ask(stored_owed).money_minor == 50_000 - NUTS_COST
    books(stocked)


@pytest.mark.req("C14")
def test_a_retry_tops_up_once(both: Stocked) -> None:
    key = new_key()
    first = both.cashier.do(top_up, both.member_id, 10_000, "cash", received_minor=20_000, client_key=key)
    again = both.cashier.do(top_up, both.member_id, 10_000, "cash", received_minor=20_000, client_key=key)
    assert first == again
    assert first.change_minor == 10_000
    assert has(both) == (10_000, 1_000)
    with pytest.raises(Refused, match="already saved with other contents"):
        both.cashier.do(top_up, both.member_id, 99_000, "cash", client_key=key)
    slip = both.cashier.ask(top_up_slip, first.top_up_id)
    assert (slip.number, slip.amount_minor, slip.bonus_minor) == (first.number, 10_000, 1_000)
    assert slip.balance == Balance(10_000, 1_000)
    assert first.number == "T20261121-0001"


@pytest.mark.req("C14")
def test_what_no_top_up_may_be_is_refused(stocked: Stocked) -> None:
    cashier, lin = stocked.cashier, stocked.member_id
    for wrong, words in (
        ((lin, 50, "cash"), "at least ¥1.00"),
        ((lin, -500, "cash"), "at least"),
        ((lin, 500_001, "cash"), "may hold ¥5,000.00"),
        ((lin, 1_000, "wechat"), "by hand"),
        ((lin, 1_000, "stored_value"), "by hand"),
        ((999, 1_000, "cash"), "no longer exists"),
    ):
        with pytest.raises(ShopError, match=words):
            cashier.do(top_up, *wrong, client_key=new_key())
    with pytest.raises(Refused, match="still missing"):
        cashier.do(top_up, lin, 1_000, "cash", received_minor=500, client_key=new_key())
    assert has(stocked) == (0, 0)


@pytest.mark.req("C14")
@pytest.mark.parametrize(
    ("first", "before", "spent", "half_back"),
    [
        ("money", (2_000, 5_000), (0, 3_010), (5, 5_000)),  # 20.00 and 19.90; of 19.95 the bonus comes first
        ("bonus", (9_000, 1_000), (6_010, 0), (8_005, 0)),  # 10.00 and 29.90; the money comes first
    ],
)
def test_the_part_that_is_spent_first_comes_back_last(
    both: Stocked, first: str, before: tuple[int, int], spent: tuple[int, int], half_back: tuple[int, int]
) -> None:
    both.shop.do(set_setting, STORED_FIRST.key, first)
    both.shop.do(correct_stored, both.member_id, *before, "opening", client_key=new_key())
    settled = pay_stored(both, both.cart((NUTS, 1)), NUTS_COST)
    assert has(both) == spent
    other = {"money": "bonus", "bonus": "money"}[first]
    both.shop.do(set_setting, STORED_FIRST.key, other)  # a later setting changes nothing of it
    _refund(both, settled.order_id, 500)
    assert has(both) == half_back
    _refund(both, settled.order_id, 500)
    assert has(both) == before
    books(both)


def _refund(stocked: Stocked, order_id: int, qty_milli: int) -> None:
    with stocked.shop.storage.read.connect() as connection:
        line = connection.execute(
            text("SELECT id FROM order_line WHERE order_id = :o"), {"o": order_id}
        ).scalar_one()
    stocked.shop.do(refund_lines, order_id, [(line, qty_milli)], "坏了", new_key())


@pytest.mark.req("C14")
def test_stored_value_and_cash_pay_together_and_go_back_by_their_own_ways(both: Stocked) -> None:
    fill(both, 2_000)
    key, version = stored_sale(both, both.cart((NUTS, 1)), 2_000)
    view = both.kiosk.ask(checkout_view, key)
    assert (view.stored_minor, view.stored_left_minor, view.cash_due_minor) == (
        2_000,
        2_000,
        NUTS_COST - 2_000,
    )
    settled = both.cashier.do(settle, key, [TenderIn("cash", NUTS_COST - 2_000)], version)
    assert has(both) == (0, 0)
    _refund(both, settled.order_id, 1_000)
    assert has(both) == (2_000, 0)
    books(both)


@pytest.mark.req("C14", "M9")
@pytest.mark.parametrize(("route", "back"), [("cash", (2_000, 0)), ("stored_value", (2_000 + 1_990, 0))])
def test_another_route_takes_the_cash_but_never_what_was_stored(
    both: Stocked, route: str, back: tuple[int, int]
) -> None:
    both.shop.do(set_setting, REFUND_ROUTE.key, route)
    fill(both, 2_000)
    key, version = stored_sale(both, both.cart((NUTS, 1)), 2_000)
    settled = both.cashier.do(settle, key, [TenderIn("cash", NUTS_COST - 2_000)], version)
    _refund(both, settled.order_id, 1_000)
    assert has(both) == back
    books(both)


@pytest.mark.req("C14")
def test_nobody_spends_it_without_the_members_word(stocked: Stocked) -> None:
    fill(stocked, 10_000)
    cart = stocked.cart((NUTS, 1))
    key, version = stored_sale(stocked, cart, NUTS_COST, confirmed=False)
    with pytest.raises(Refused, match="not confirmed the stored value"):
        stocked.cashier.do(settle, key, (), version)
    with pytest.raises(Refused, match="not confirmed the stored value"):
        stocked.kiosk.do(settle_stored, key, version)
    stocked.shop.do(set_setting, STORED_PROOF.key, False)
    with pytest.raises(Refused, match="not confirmed the stored value"):  # without staff always
        stocked.kiosk.do(settle_stored, key, version)
    stocked.cashier.do(settle, key, (), version)
    assert has(stocked) == (10_000 - NUTS_COST, 1_000)


@pytest.mark.req("C14")
def test_a_word_for_less_is_no_word_for_more(stocked: Stocked) -> None:
    fill(stocked, 10_000)
    key, version = stored_sale(stocked, stocked.cart((NUTS, 1)), 1_000)
    later = stocked.kiosk.do(choose_stored_value, key, NUTS_COST)
    assert later > version
    with pytest.raises(Refused, match="not confirmed"):
        stocked.cashier.do(settle, key, (), later)
    with pytest.raises(Changed):
        stocked.cashier.do(settle, key, (), version)
    stocked.cashier.do(agree_by_staff, key, later)
    stocked.cashier.do(settle, key, (), later)
    books(stocked)


@pytest.mark.req("C14")
def test_the_kiosk_settles_alone_what_stored_value_pays_in_full(stocked: Stocked) -> None:
    fill(stocked, 10_000)
    key, version = stored_sale(stocked, stocked.cart((NUTS, 1)), 1_000)
    with pytest.raises(Refused, match="still missing"):
        stocked.kiosk.do(settle_stored, key, version)
    key, version = stored_sale(stocked, stocked.cart((NUTS, 1)), NUTS_COST)
    first = stocked.kiosk.do(settle_stored, key, version)
    assert stocked.kiosk.do(settle_stored, key, version) == first  # a lost answer is given again
    assert has(stocked) == (10_000 - NUTS_COST, 1_000)
    books(stocked)


@pytest.mark.req("C14")
def test_a_sale_that_shrank_takes_no_more_than_is_due(stocked: Stocked) -> None:
    fill(stocked, 10_000)
    key, _version = stored_sale(stocked, stocked.cart((NUTS, 1)), NUTS_COST)
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((MILK, 1)))
    with pytest.raises(Changed, match="Only ¥16.90 is due"):
        stocked.cashier.do(settle, key, (), version)
    with pytest.raises(Refused, match="Only ¥110.00 of stored value left"):
        stocked.kiosk.do(choose_stored_value, key, 11_001)


@pytest.mark.req("C14")
def test_only_the_money_is_paid_out_by_who_may_and_with_a_reason(both: Stocked) -> None:
    fill(both, 10_000)
    lin, owner = both.member_id, both.shop
    with pytest.raises(Refused, match="Only ¥100.00 of it is the member’s own money"):
        owner.do(pay_out, lin, 10_001, "cash", "moves away", client_key=new_key())
    with pytest.raises(ShopError, match="Say why"):
        owner.do(pay_out, lin, 1_000, "cash", " ", client_key=new_key())
    with pytest.raises(NotAllowed):
        both.cashier.do(pay_out, lin, 1_000, "cash", "moves away", client_key=new_key())
    key = new_key()
    first = owner.do(pay_out, lin, 10_000, "cash", "moves away", client_key=key)
    assert owner.do(pay_out, lin, 10_000, "cash", "moves away", client_key=key) == first
    assert has(both) == (0, 1_000)
    entries = owner.ask(stored_page, lin).rows
    assert [(e.kind, e.delta, e.balance) for e in entries] == [
        ("pay_out", -10_000, 1_000), ("bonus", 1_000, 11_000), ("top_up", 10_000, 10_000),
    ]  # fmt: skip
    books(both)


@pytest.mark.req("C14")
def test_a_correction_needs_the_right_and_a_reason_and_stops_at_zero(stocked: Stocked) -> None:
    lin = stocked.member_id
    with pytest.raises(NotAllowed):
        stocked.cashier.do(correct_stored, lin, 1_000, 0, "typo", client_key=new_key())
    with pytest.raises(ShopError, match="Say why"):
        stocked.shop.do(correct_stored, lin, 1_000, 0, "", client_key=new_key())
    stocked.shop.do(correct_stored, lin, 1_000, 200, "typo", client_key=new_key())
    with pytest.raises(Refused, match="stored value left"):
        stocked.shop.do(correct_stored, lin, 0, -201, "typo", client_key=new_key())
    assert has(stocked) == (1_000, 200)
    books(stocked)


SCAN = "285123456789012345"


def _pays(both: Stocked, subject: str, amount: int, version: int = 0) -> int:
    """The customer’s code is scanned."""
    return both.kiosk.do(
        begin_attempt, subject, "alipay", amount, way="take", customer_code=SCAN, version=version,
        client_key=new_key(),
    )  # fmt: skip


@pytest.mark.req("C14", "M1")
def test_a_wallet_pays_a_top_up_with_the_bonus_it_was_promised(both: Stocked, clock: HandClock) -> None:
    key, office = new_key(), PayOffice()
    begun = both.kiosk.do(begin_top_up, both.member_id, 50_000, client_key=key)
    assert both.kiosk.do(begin_top_up, both.member_id, 50_000, client_key=key) == begun
    both.shop.do(save_bonus_tier, None, 50_000, bonus_bp=9_000)  # a better promise comes too late
    _pays(both, f"top_up:{key}", 50_000)
    assert has(both) == (0, 0)
    drive(both.shop, office, clock)
    assert has(both) == (50_000, 10_000)
    assert office.net_minor == 50_000
    slip = both.cashier.ask(top_up_slip, begun)
    assert (slip.method_key, slip.amount_minor) == ("alipay", 50_000)
    with pytest.raises(Refused, match="given up or is done"):
        _pays(both, f"top_up:{key}", 50_000)
    books(both)


@pytest.mark.req("C14", "M1")
def test_money_for_a_top_up_that_was_given_up_goes_back(stocked: Stocked, clock: HandClock) -> None:
    key, office = new_key(), PayOffice()
    stocked.kiosk.do(begin_top_up, stocked.member_id, 50_000, client_key=key)
    _pays(stocked, f"top_up:{key}", 50_000)
    stocked.kiosk.do(drop_top_up, key)
    drive(stocked.shop, office, clock)
    assert has(stocked) == (0, 0)
    assert "take" in office.calls
    assert office.net_minor == 0
    books(stocked)


@pytest.mark.req("C14", "M1")
def test_a_part_of_a_top_up_is_none(stocked: Stocked, clock: HandClock) -> None:
    key, office = new_key(), PayOffice()
    stocked.kiosk.do(begin_top_up, stocked.member_id, 50_000, client_key=key)
    _pays(stocked, f"top_up:{key}", 20_000)
    drive(stocked.shop, office, clock)
    assert (has(stocked), office.net_minor) == ((0, 0), 0)


@pytest.mark.req("C14", "M1")
def test_stored_value_and_a_wallet_pay_together_the_wallet_first(both: Stocked, clock: HandClock) -> None:
    fill(both, 2_000)
    office = PayOffice()
    key, version = stored_sale(both, both.cart((NUTS, 1)), 2_000)
    _pays(both, f"sale:{key}", NUTS_COST - 2_000, version)
    assert has(both) == (2_000, 0)  # nothing local is taken before
    drive(both.shop, office, clock)
    assert (has(both), office.net_minor) == ((0, 0), NUTS_COST - 2_000)
    assert both.kiosk.ask(checkout_view, key).state == "done"
    books(both)


@pytest.mark.req("C14", "M1")
def test_what_a_wallet_paid_goes_back_when_the_stored_value_is_gone(both: Stocked, clock: HandClock) -> None:
    fill(both, 2_000)
    office = PayOffice()
    key, version = stored_sale(both, both.cart((NUTS, 1)), 2_000)
    _pays(both, f"sale:{key}", NUTS_COST - 2_000, version)
    both.shop.do(pay_out, both.member_id, 500, "cash", "wanted it", client_key=new_key())
    drive(both.shop, office, clock)
    assert (has(both), office.net_minor) == ((1_500, 0), 0)
    assert both.kiosk.ask(checkout_view, key).state == "open"
    books(both)


@pytest.mark.req("C14")
def test_the_books_find_a_balance_somebody_changed(both: Stocked) -> None:
    """The control of every `books` above."""
    fill(both, 10_000)
    with both.shop.storage.write.begin() as connection:
        connection.execute(text("UPDATE stored_balance SET money_minor = money_minor + 1"))
    assert [fault.kind for fault in both.shop.ask(verify).faults] == ["stored value"]


@pytest.mark.req("C14")
@given(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.sampled_from(["money", "bonus"]),
    st.integers(0, 20_000),
)
def test_the_parts_of_an_amount_add_up_and_neither_exceeds_what_is_there(
    money: int, bonus: int, first: str, amount: int
) -> None:
    balance = Balance(money, bonus)
    if amount > balance.total_minor:
        return
    parts = balance.parts(amount, first)
    assert sum(parts) == amount
    assert 0 <= parts[0] <= money
    assert 0 <= parts[1] <= bonus
    assert parts[first == "money"] == 0 or parts[first != "money"] == (money if first == "money" else bonus)


# -- the last of it, at many tills -------------------------------------------------------------------------------

TILLS = 8


@pytest.fixture
def many(shop_url: str) -> Any:
    """A shop by the machine's own clock."""
    opened = open_stocked(Shop(open_storage(shop_url), actor=actors.console(), clock=SystemClock()))
    opened.shop.do(set_setting, STORED_MOST.key, 10_000_000)
    yield opened
    leave(opened)


@pytest.mark.req("C14")
def test_eight_tills_spend_the_last_balance_once(many: Stocked, shop_url: str) -> None:
    """Three of eight sales can be paid from what is there."""
    many.shop.do(correct_stored, many.member_id, 4_000, 1_500, "opening", client_key=new_key())
    sales = CONTEXT.Queue()
    for _ in range(TILLS):
        sales.put(stored_sale(many, many.cart((MILK, 1)), MILK_COSTS))
    answers = gather(spend_together, TILLS, shop_url, ids_of(many), sales)
    assert sorted(answer == "change_stored" for answer in answers) == [False] * 3 + [True] * 5, answers
    assert sum(has(many)) == 5_500 - 3 * MILK_COSTS
    books(many)


@action(permission=Permission.KIOSK)
def _spend_as_it_looked(work: Work, member_id: int, amount: int, have: int) -> None:
    """What must not be done: write what was there before, less what is spent."""
    row = work.session.get(StoredBalance, member_id)
    assert row is not None
    row.money_minor = have - amount
    entry = {
        "member_id": member_id, "kind": "spend", "money_delta": -amount, "bonus_delta": 0,
        "money_balance": have - amount, "bonus_balance": 0, "source": "order:1", "client_key": new_key(),
        "actor": "x", "at": work.now,
    }  # fmt: skip
    work.post(StoredValueEntry, [entry])


@pytest.mark.req("C14")
def test_a_till_that_trusts_what_it_saw_spends_it_twice(both: Stocked) -> None:
    """The control: without the guarded update both sales go through, and the books say so."""
    both.shop.do(correct_stored, both.member_id, 4_000, 0, "opening", client_key=new_key())
    seen = [has(both)[0] for _till in range(2)]
    for have in seen:
        both.kiosk.do(_spend_as_it_looked, both.member_id, 4_000, have)
    assert "stored value" in {fault.kind for fault in both.shop.ask(verify).faults}
