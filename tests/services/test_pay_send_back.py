"""Money that stands nowhere goes back by a person's word, and a refund that was refused is asked for once more."""

from __future__ import annotations

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, ShopError
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.gateways.payment import Reason
from desktop.queries.attempts import attempt_view
from desktop.queries.pay_cases import payment_cases
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.fulfilment import cancel_order, pay_order
from desktop.services.pay_cases import finish_case, send_back
from desktop.services.paying import recover, run_due
from desktop.services.settlement import TenderIn
from desktop.shop.shop import Shop
from tests.helpers.back_office import order_of, placed
from tests.helpers.goods import MILK, Stocked, as_role, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.pay_office import PayOffice, drive, gateways_of
from tests.helpers.payments import attempt, provider_refund, refuse_again


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """A shop with goods."""
    return open_stocked(sqlite_shop)


@pytest.mark.req("M4", "M9")
@pytest.mark.parametrize("paid", [Money(990, "CNY"), Money(500, "USD")])
def test_another_amount_goes_back_by_its_case_and_frees_the_order(
    stocked: Stocked, clock: HandClock, logs: Logs, paid: Money
) -> None:
    logs.allow("another amount than asked for")
    shop, order = stocked.shop, placed(stocked, (MILK, 1))
    office = PayOffice(paid_amount=paid)
    begun = stocked.cashier.do(
        begin_attempt, f"order:{order}", "alipay", order_of(stocked, order).total_minor, way="take",
        customer_code="285123456789012345", client_key=new_key(),
    )  # fmt: skip
    run_due(shop, gateways_of(office))
    recover(shop)
    (case,) = shop.ask(payment_cases)
    shop.do(send_back, case.id, "金额不对")
    drive(shop, office, clock)
    assert shop.ask(attempt_view, begun).state == "refunded"
    recover(shop)
    assert shop.ask(payment_cases) == ()
    shop.do(cancel_order, order, "不要了")
    assert shop.ask(verify).faults == ()


@pytest.mark.req("M4", "M9")
@pytest.mark.parametrize("paid", [Money(990, "CNY"), Money(500, "USD")])
def test_another_amount_that_a_person_gave_back_frees_what_it_was_for(
    stocked: Stocked, logs: Logs, paid: Money
) -> None:
    logs.allow("another amount than asked for")
    shop, order = stocked.shop, placed(stocked, (MILK, 1))
    office = PayOffice(paid_amount=paid)
    total = order_of(stocked, order).total_minor
    begun = stocked.cashier.do(
        begin_attempt, f"order:{order}", "alipay", total, way="take",
        customer_code="285123456789012345", client_key=new_key(),
    )  # fmt: skip
    run_due(shop, gateways_of(office))
    recover(shop)
    (case,) = shop.ask(payment_cases)
    with pytest.raises(ShopError):  # the control: until somebody says so the order is not free
        shop.do(pay_order, order, TenderIn("cash", total), new_key())
    with pytest.raises(NotAllowed):
        as_role(shop, "cashier").do(finish_case, case.id, "现金退还")
    shop.do(finish_case, case.id, "现金退还")
    view = shop.ask(attempt_view, begun)
    assert (view.state, view.refunded_minor) == ("refunded", view.paid_minor)
    shop.do(pay_order, order, TenderIn("cash", total), new_key())
    run_due(shop, gateways_of(office))
    assert "refund" not in office.calls  # the provider is not asked again
    recover(shop)
    assert shop.ask(payment_cases) == ()
    assert shop.ask(verify).faults == ()


@pytest.mark.req("M4", "M9")
def test_a_refused_refund_is_tried_again_and_its_case_comes_back(stocked: Stocked) -> None:
    shop = stocked.shop
    back = attempt(shop, "wechat", "refund abnormal", paid_minor=1_000, refunded_minor=400)
    refund = provider_refund(shop, back, "refused", reason=Reason.MONEY)
    for _round in range(2):
        recover(shop)
        (case,) = shop.ask(payment_cases)
        shop.do(send_back, case.id)
        recover(shop)
        assert shop.ask(payment_cases) == ()  # under way
        refuse_again(shop, refund)
    recover(shop)
    assert len(shop.ask(payment_cases)) == 1
