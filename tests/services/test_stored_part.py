"""Stored value for a part of a till's sale: never without the owner's word, never before the rest, nothing for what is declined."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.portal.bill import bill_json
from desktop.queries.checkout import checkout_view
from desktop.services.attempts import begin_attempt
from desktop.services.paying import run_due
from desktop.services.settlement import TenderIn, settle
from desktop.services.stored_sale import choose_stored_value, settle_stored
from desktop.services.stored_value import pay_out
from desktop.shop.shop import Shop
from tests.helpers.goods import NUTS, Stocked
from tests.helpers.pay_office import DECLINED, PayOffice, drive, gateways_of
from tests.helpers.stored import books, fill, has, stored_sale, with_tiers

COSTS, PART = 3_990, 2_000
REST = COSTS - PART
SCAN = "285123456789012345"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Amounts are compared as they are written in English."""
    with speaking("en"):
        yield


@pytest.fixture
def both(shop: Shop) -> Stocked:
    """On each kind of database, a member with less than the nuts cost."""
    stocked = with_tiers(shop)
    fill(stocked, PART)
    return stocked


def begins(stocked: Stocked, key: str, amount: int, version: int) -> int:
    """The customer's code is scanned at the kiosk."""
    return stocked.kiosk.do(
        begin_attempt, f"sale:{key}", "alipay", amount, way="take", customer_code=SCAN, version=version,
        client_key=new_key(),
    )  # fmt: skip


def open_nuts(stocked: Stocked, *, confirmed: bool = True) -> tuple[str, int]:
    """Nuts on the till, a part of them from stored value."""
    return stored_sale(stocked, stocked.cart((NUTS, 1)), PART, confirmed=confirmed)


@pytest.mark.req("C14", "M1")
def test_a_declined_wallet_leaves_stored_value_alone_until_cash_pays_the_rest(
    both: Stocked, clock: HandClock
) -> None:
    office = PayOffice(script=deque([DECLINED]))
    key, version = open_nuts(both)
    begins(both, key, REST, version)
    drive(both.shop, office, clock)
    assert (has(both), office.net_minor) == ((PART, 0), 0)
    both.cashier.do(settle, key, (TenderIn("cash", REST),), version)
    assert has(both) == (0, 0)
    books(both)


@pytest.mark.req("C14", "M1")
def test_no_wallet_begins_beside_stored_value_that_is_gone(both: Stocked) -> None:
    key, version = open_nuts(both)
    both.shop.do(pay_out, both.member_id, 500, "cash", "wanted it", client_key=new_key())
    with pytest.raises(Refused) as refused:
        begins(both, key, REST, version)
    assert refused.value.next_step == "change_stored"
    assert refused.value.fields == {"have": "¥15.00", "wanted": "¥20.00"}
    less = both.kiosk.do(choose_stored_value, key, 0)
    assert begins(both, key, COSTS, less)  # the control: without it the same customer pays all


@pytest.mark.req("C14", "M1")
def test_a_kiosk_takes_no_part_without_the_owners_word(both: Stocked) -> None:
    key, version = open_nuts(both, confirmed=False)
    with pytest.raises(Refused) as refused:
        begins(both, key, REST, version)
    assert refused.value.next_step == "confirm_points"
    key, version = open_nuts(both)
    assert begins(both, key, REST, version)  # the control


@pytest.mark.req("C14", "M1")
def test_a_wallet_pays_the_rest_and_no_more(both: Stocked, clock: HandClock) -> None:
    key, version = open_nuts(both)
    with pytest.raises(Changed):
        begins(both, key, REST + 1, version)
    with pytest.raises(Refused):
        both.kiosk.do(settle_stored, key, version)  # it does not pay the whole
    begins(both, key, REST, version)
    with pytest.raises(Refused) as refused:  # what was agreed to stays while it is being paid
        both.kiosk.do(choose_stored_value, key, PART - 1)
    assert refused.value.next_step == "stop_payment"
    office = PayOffice()
    run_due(both.shop, gateways_of(office))
    drive(both.shop, office, clock)
    assert (has(both), office.net_minor) == ((0, 0), REST)
    assert both.kiosk.ask(checkout_view, key).state == "done"
    books(both)


@pytest.mark.req("C14")
def test_the_phone_shows_what_is_left_beside_the_part(sqlite_shop: Shop) -> None:
    stocked = with_tiers(sqlite_shop)
    fill(stocked, PART)
    key, _version = open_nuts(stocked)
    shown = bill_json(stocked.kiosk.ask(checkout_view, key))
    assert (shown["pay"], shown["stored"], shown["rest"]) == ("¥39.90", "¥20.00", "¥19.90")
    stocked.kiosk.do(choose_stored_value, key, 0)
    assert bill_json(stocked.kiosk.ask(checkout_view, key))["rest"] == ""  # the control
