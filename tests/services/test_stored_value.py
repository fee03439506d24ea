"""Stored value: topped up with its bonus, spent with the member’s word, restored in reverse, never income, never below zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from desktop.basics.errors import Changed, NotAllowed, Refused, ShopError
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.models.pay_times import REFUND_ROUTE
from desktop.models.settings import STORED_FIRST, STORED_PROOF
from desktop.models.system import DailyTotal
from desktop.queries.checkout import checkout_view
from desktop.queries.stored_value import Balance, TierRow, stored_facts, stored_owed, stored_page, top_up_slip
from desktop.queries.verify import verify
from desktop.services.bonus_tiers import save_bonus_tier
from desktop.services.checkout import agree_by_staff, save_checkout
from desktop.services.pay_limits import ASK_MANAGER, REFUND, TAKE, approve_amount, set_role_amounts
from desktop.services.pay_methods import switch_method
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_setting
from desktop.services.settlement import TenderIn, settle
from desktop.services.staff import add_staff
from desktop.services.stored_sale import choose_stored_value, settle_stored
from desktop.services.stored_value import (
    correct_stored,
    pay_out,
    top_up,
)
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, NUTS, Stocked
from tests.helpers.stored import books, fill, has, pay_stored, stored_sale, with_tiers

MILK_COSTS, NUTS_COST = 1_690, 3_990


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with speaking("en"):
        yield


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """For what is not about the database."""
    return with_tiers(sqlite_shop)


@pytest.fixture
def both(shop: Shop) -> Stocked:
    """On each kind of database."""
    return with_tiers(shop)


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
    begins, ends = now + timedelta(days=1), now + timedelta(days=2)
    stocked.shop.do(save_bonus_tier, None, 100, bonus_minor=100, valid_from=begins, valid_until=ends)
    fill(stocked, 200)
    assert has(stocked) == (200, 0)
    tier = TierRow(1, 100, 100, 0, begins, ends)
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
    assert has(both) == (0, 0)
    entries = owner.ask(stored_page, lin).rows
    assert [(e.kind, e.delta, e.balance) for e in entries] == [
        ("bonus_back", -1_000, 0), ("pay_out", -10_000, 1_000), ("bonus", 1_000, 11_000), ("top_up", 10_000, 10_000),
    ]  # fmt: skip
    books(both)


@pytest.mark.req("C14")
def test_paying_money_out_takes_the_same_share_of_the_bonus_back(both: Stocked) -> None:
    fill(both, 50_000)  # with 100.00 of bonus
    out = {"method": "cash", "reason": "moves away"}
    both.shop.do(pay_out, both.member_id, 12_500, **out, client_key=new_key())
    assert has(both) == (37_500, 7_500)
    pay_stored(both, both.cart((NUTS, 1)), NUTS_COST)  # what was spent meanwhile is nobody's to take back
    money, bonus = has(both)
    both.shop.do(pay_out, both.member_id, 1, **out, client_key=new_key())
    assert has(both) == (money - 1, bonus)  # less than half a fen of it
    both.shop.do(pay_out, both.member_id, money - 1, **out, client_key=new_key())
    assert has(both) == (0, 0)
    books(both)


@pytest.mark.req("C14")
@given(st.integers(1, 10_000), st.integers(0, 10_000), st.data())
def test_paid_out_in_parts_the_whole_bonus_goes_and_never_more(money: int, bonus: int, data: Any) -> None:
    balance = Balance(money, bonus)
    while balance.money_minor:
        part = data.draw(st.integers(1, balance.money_minor))
        gone = balance.lapses(part)
        assert 0 <= gone <= balance.bonus_minor
        balance = Balance(balance.money_minor - part, balance.bonus_minor - gone)
    assert balance == Balance(0, 0)


@pytest.mark.req("C14", "M10")
def test_limits_of_people_and_of_ways_to_pay_hold_for_stored_value_too(stocked: Stocked) -> None:
    shop, cashier, lin = stocked.shop, stocked.cashier, stocked.member_id
    manager = shop.acting_as(actors.staff(1, 2))
    shop.do(set_role_amounts, "cashier", {TAKE: 50_000})
    with pytest.raises(Refused) as refused:
        cashier.do(top_up, lin, 50_001, "cash", client_key=new_key())
    assert refused.value.next_step == ASK_MANAGER
    yes = manager.do(approve_amount, TAKE, 50_001)
    cashier.do(top_up, lin, 50_001, "cash", client_key=new_key(), approval=yes)
    cashier.do(top_up, lin, 50_000, "card", client_key=new_key())  # the control
    shop.do(switch_method, "card", False)
    with pytest.raises(Refused, match="switched off"):
        cashier.do(top_up, lin, 50_000, "card", client_key=new_key())
    sun = add_staff(shop, username="sun", name="孙", password="a long password", roles=["merchant"])
    shop.do(set_role_amounts, "merchant", {REFUND: 1_000})
    merchant = shop.acting_as(actors.staff(sun, 2))
    with pytest.raises(Refused) as refused:
        merchant.do(pay_out, lin, 1_001, "cash", "moves away", client_key=new_key())
    assert refused.value.next_step == ASK_MANAGER
    yes = manager.do(approve_amount, REFUND, 1_001)
    merchant.do(pay_out, lin, 1_001, "cash", "moves away", client_key=new_key(), approval=yes)
    merchant.do(pay_out, lin, 1_000, "cash", "moves away", client_key=new_key())
    books(stocked)


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
