"""Stored value beside wallets, and at many tills at once: the wallet first, the last of it once, never both."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.basics.clock import HandClock, SystemClock
from desktop.basics.errors import Refused
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.models.people import Permission
from desktop.models.settings import STORED_MOST
from desktop.models.stored_value import StoredBalance, StoredValueEntry
from desktop.queries.attempts import attempt_view
from desktop.queries.checkout import checkout_view
from desktop.queries.stored_value import top_up_slip
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.bonus_tiers import save_bonus_tier
from desktop.services.pay_methods import MethodTerms, edit_method
from desktop.services.paying import run_due
from desktop.services.settings import set_setting
from desktop.services.stored_room import JUST_BEGUN
from desktop.services.stored_value import (
    begin_top_up,
    correct_stored,
    drop_top_up,
    pay_out,
)
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import open_storage
from tests.helpers.goods import MILK, NUTS, Stocked, open_stocked
from tests.helpers.pay_office import DEAF, WAIT, PayOffice, drive, gateways_of
from tests.helpers.stored import books, fill, has, spend_together, stored_sale, with_tiers
from tests.helpers.tills import CONTEXT, gather, ids_of, leave

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
def test_two_open_top_ups_never_bring_more_than_a_member_may_hold(both: Stocked, clock: HandClock) -> None:
    both.shop.do(set_setting, STORED_MOST.key, 100_000)
    first, office = new_key(), PayOffice()
    both.kiosk.do(begin_top_up, both.member_id, 50_000, client_key=first)  # 600.00 with its bonus
    with pytest.raises(Refused) as refused:
        both.cashier.do(begin_top_up, both.member_id, 40_000, client_key=new_key())
    assert refused.value.fields["have"] == "¥600.00"
    both.cashier.do(begin_top_up, both.member_id, 39_000, client_key=new_key())  # the control: 400.00 fit
    _pays(both, f"top_up:{first}", 50_000)
    both.kiosk.do(drop_top_up, first)
    drive(both.shop, office, clock)
    assert (has(both), office.net_minor) == ((0, 0), 0)


@pytest.mark.req("C14", "M1")
def test_the_second_of_two_paid_top_ups_goes_back_when_both_are_too_much(
    both: Stocked, clock: HandClock
) -> None:
    keys, office = [new_key(), new_key()], PayOffice()
    for key in keys:
        both.kiosk.do(begin_top_up, both.member_id, 50_000, client_key=key)
        _pays(both, f"top_up:{key}", 50_000)
    both.shop.do(set_setting, STORED_MOST.key, 100_000)  # less than both, since the second began
    drive(both.shop, office, clock)
    assert (has(both), office.net_minor) == ((50_000, 10_000), 50_000)
    books(both)


@pytest.mark.req("C14")
def test_a_top_up_nobody_pays_holds_its_room_for_minutes_only(stocked: Stocked, clock: HandClock) -> None:
    stocked.shop.do(set_setting, STORED_MOST.key, 100_000)
    stocked.kiosk.do(begin_top_up, stocked.member_id, 50_000, client_key=new_key())
    with pytest.raises(Refused):
        fill(stocked, 50_000)
    clock.pass_time(JUST_BEGUN)
    fill(stocked, 50_000)
    assert has(stocked) == (50_000, 10_000)


@pytest.mark.req("C14", "M1")
def test_money_for_a_top_up_that_was_given_up_goes_back(stocked: Stocked, clock: HandClock) -> None:
    key, office = new_key(), PayOffice()
    stocked.kiosk.do(begin_top_up, stocked.member_id, 50_000, client_key=key)
    _pays(stocked, f"top_up:{key}", 50_000)
    stocked.kiosk.do(drop_top_up, key)
    drive(stocked.shop, office, clock)
    assert has(stocked) == (0, 0)
    assert office.calls == []  # nothing of it was ever sent
    books(stocked)


@pytest.mark.req("C14", "M1", "M2")
@pytest.mark.parametrize("how", [WAIT, DEAF])
def test_a_top_up_that_is_given_up_stops_its_payment_at_once(
    stocked: Stocked, clock: HandClock, how: str
) -> None:
    key, office = new_key(), PayOffice(script=deque([how]))
    stocked.kiosk.do(begin_top_up, stocked.member_id, 50_000, client_key=key)
    begun = _pays(stocked, f"top_up:{key}", 50_000)
    run_due(stocked.shop, gateways_of(office))
    assert stocked.kiosk.ask(attempt_view, begun).state in ("pending", "unknown")  # the control: under way
    stocked.kiosk.do(drop_top_up, key)
    view = stocked.kiosk.ask(attempt_view, begun)
    assert (view.state, view.reason) == ("cancelling", "cancelled by the customer")
    drive(stocked.shop, office, clock)
    assert has(stocked) == (0, 0)
    assert office.net_minor == 0
    books(stocked)


@pytest.mark.req("C14", "M8")
def test_what_is_paid_in_advance_takes_no_discount_of_a_way_to_pay(
    stocked: Stocked, clock: HandClock
) -> None:
    key, office = new_key(), PayOffice()
    stocked.shop.do(edit_method, "alipay", MethodTerms(discount_bp=500))
    stocked.kiosk.do(begin_top_up, stocked.member_id, 50_000, client_key=key)
    _pays(stocked, f"top_up:{key}", 50_000)
    drive(stocked.shop, office, clock)
    assert (has(stocked), office.net_minor) == ((50_000, 10_000), 50_000)
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
