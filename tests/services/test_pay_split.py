"""Parts of one payment: a cap holds for all of them together, and one provider’s troubles don’t hold up another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed
from desktop.basics.ids import new_key
from desktop.queries.attempts import AT_ONCE, attempt_view
from desktop.queries.checkout import checkout_view
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import save_checkout
from desktop.services.pay_methods import MethodTerms, edit_method
from desktop.services.paying import run_due
from desktop.services.sending import Gateways
from desktop.services.settlement import TenderIn, settle
from desktop.shop.shop import Shop
from tests.helpers.goods import TEA, Stocked, open_stocked
from tests.helpers.pay_office import PayOffice, gateways_of
from tests.helpers.payments import attempt

SCAN = "285123456789012345"
CAPPED = MethodTerms(discount_bp=1_000, discount_cap_minor=300)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop with goods, on each kind of database."""
    return open_stocked(shop)


def a_sale(stocked: Stocked) -> tuple[str, int, int]:
    """Tea: key, version, what is due."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((TEA, 1)))
    return key, version, stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor


def scan(stocked: Stocked, key: str, amount: int, version: int) -> int:
    """The customer’s code pays a part."""
    return stocked.kiosk.do(
        begin_attempt, f"sale:{key}", "alipay", amount, way="take", customer_code=SCAN, version=version,
        client_key=new_key(),
    )  # fmt: skip


@pytest.mark.req("M7")
def test_parts_by_one_wallet_share_its_cap(stocked: Stocked) -> None:
    stocked.shop.do(edit_method, "alipay", CAPPED)
    key, version, due = a_sale(stocked)
    office = PayOffice()
    for part in (2_000, 2_000, due - 4_000):
        scan(stocked, key, part, version)
        run_due(stocked.shop, gateways_of(office))
    assert stocked.kiosk.ask(checkout_view, key).state == "done"
    assert [trade.amount.amount for trade in office.trades.values()] == [1_800, 1_900, due - 4_000]
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("M7")
def test_parts_by_one_card_share_its_cap(stocked: Stocked) -> None:
    stocked.shop.do(edit_method, "card", CAPPED)
    key, version, due = a_sale(stocked)
    half = due // 2
    greedy = [
        TenderIn("card", half - 300, discount_minor=300),
        TenderIn("card", due - half - 300, discount_minor=300),
    ]
    with pytest.raises(Changed):
        stocked.cashier.do(settle, key, greedy, version)
    fair = [TenderIn("card", half - 300, discount_minor=300), TenderIn("card", due - half)]
    assert stocked.cashier.do(settle, key, fair, version).to_pay_minor == due - 300
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("M1", "M8")
def test_payments_nobody_here_can_call_stand_in_no_other_payment_s_way(
    stocked: Stocked, clock: HandClock
) -> None:
    for _number in range(AT_ONCE + 1):
        attempt(stocked.shop, "unionpay", "unknown", at=clock.now() - timedelta(minutes=1))
    key, version, due = a_sale(stocked)
    begun, office = scan(stocked, key, due, version), PayOffice()
    only_alipay = Gateways(pay=lambda _shop, name: office if name == "alipay" else None)
    assert run_due(stocked.shop, only_alipay) == 1
    assert stocked.kiosk.ask(attempt_view, begun).booked
