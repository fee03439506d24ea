"""Refunds through a provider: begun with the refund, sent once by their own number, and seen to when refused."""

from __future__ import annotations

from collections import deque

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.basics.ids import new_key
from desktop.gateways.payment import Back, Reason, RefundState
from desktop.models.orders import OrderLine
from desktop.models.pay_times import REFUND_ORDER
from desktop.models.payments import RefundTender, Tender
from desktop.models.people import Permission
from desktop.queries.attempts import refunds_in_trouble
from desktop.queries.checkout import checkout_view
from desktop.services.checkout import save_checkout
from desktop.services.paying import run_due
from desktop.services.provider_refunds import (
    begin_provider_refund,
    replace_provider_refund,
    retry_provider_refund,
)
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_setting
from desktop.services.settlement import TenderIn, settle
from desktop.shop.action import action
from desktop.shop.work import Work
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.pay_office import DEAF, DOWN, LOST, PayOffice, drive, gateways_of
from tests.services.test_attempts import begin, seen, whole


@pytest.fixture
def stocked(shop: object) -> Stocked:
    """A shop with goods."""
    return open_stocked(shop)  # type: ignore[arg-type]


@pytest.fixture
def office() -> PayOffice:
    """A provider for whom everything goes well."""
    return PayOffice()


def sold(stocked: Stocked, office: PayOffice, by_wallet: int = 7_980) -> tuple[int, int]:
    """Two bags of nuts (¥79.80) paid by wallet, the rest in cash; the order's and the attempt's id."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 2)))
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    attempt = begin(stocked, key, by_wallet, version)
    run_due(stocked.shop, gateways_of(office))
    if by_wallet < due:
        stocked.cashier.do(settle, key, [TenderIn("cash", due - by_wallet)], version)
    view = seen(stocked, attempt)
    assert view.order_id is not None
    return view.order_id, attempt


def give_back(stocked: Stocked, order_id: int, pieces: int, route: str = "") -> None:
    """Refund so many bags."""
    with stocked.shop.storage.read.connect() as connection:
        line = connection.execute(select(OrderLine.id).where(OrderLine.order_id == order_id)).scalar_one()
    stocked.shop.do(refund_lines, order_id, [(line, pieces * 1_000)], "x", new_key(), route=route)


def parts(stocked: Stocked) -> list[tuple[str, str, int]]:
    """What went back: by which tender, by which other route, how much."""
    statement = select(Tender.method_key, RefundTender.route, RefundTender.amount_minor)
    statement = statement.join(Tender, Tender.id == RefundTender.tender_id).order_by(RefundTender.id)
    with stocked.shop.storage.read.connect() as connection:
        return [(row.method_key, row.route, row.amount_minor) for row in connection.execute(statement)]


@pytest.mark.req("M9", "O15")
def test_a_wallet_gets_its_money_back_in_parts(stocked: Stocked, office: PayOffice, clock: HandClock) -> None:
    order, attempt = sold(stocked, office)
    give_back(stocked, order, 1)
    assert seen(stocked, attempt).state == "refunding"
    assert office.net_minor == 7_980  # control: nothing leaves inside the transaction
    drive(stocked.shop, office, clock)
    assert (seen(stocked, attempt).state, office.net_minor) == ("partly refunded", 3_990)
    give_back(stocked, order, 1)
    drive(stocked.shop, office, clock)
    assert (seen(stocked, attempt).state, office.net_minor) == ("refunded", 0)
    whole(stocked)


@pytest.mark.req("M9")
@pytest.mark.parametrize("script", [[DEAF], [LOST, LOST], [DOWN], [DEAF, LOST, DOWN]])
def test_an_unanswered_refund_is_repeated_by_its_own_number(
    stocked: Stocked, office: PayOffice, clock: HandClock, script: list[str]
) -> None:
    order, attempt = sold(stocked, office)
    office.script = deque(script)
    give_back(stocked, order, 1)
    drive(stocked.shop, office, clock)
    assert (seen(stocked, attempt).state, office.net_minor) == ("partly refunded", 3_990)
    [trade] = office.trades.values()
    assert len(trade.refunds) == 1


@action(permission=Permission.REFUND)
def refund_by_hand(work: Work, attempt_id: int, amount_minor: int) -> int:
    """A refund of its own."""
    return begin_provider_refund(work, None, attempt_id, amount_minor, "x", new_key())


@pytest.mark.req("M9")
def test_no_more_goes_back_than_was_captured(stocked: Stocked, office: PayOffice) -> None:
    _order, attempt = sold(stocked, office)
    stocked.shop.do(refund_by_hand, attempt, 7_000)
    with pytest.raises(Refused):
        stocked.shop.do(refund_by_hand, attempt, 981)
    stocked.shop.do(refund_by_hand, attempt, 980)


@pytest.mark.req("M9")
def test_the_owner_says_by_which_way_money_goes_back_first(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    order, _attempt = sold(stocked, office, 5_000)
    stocked.shop.do(set_setting, REFUND_ORDER.key, "cash,alipay")
    give_back(stocked, order, 1)
    assert parts(stocked) == [("cash", "", 2_980), ("alipay", "", 1_010)]
    drive(stocked.shop, office, clock)
    assert office.net_minor == 3_990
    whole(stocked)


@pytest.mark.req("M9")
def test_another_route_leaves_the_provider_alone(stocked: Stocked, office: PayOffice) -> None:
    order, attempt = sold(stocked, office)
    give_back(stocked, order, 1, route="cash")
    assert parts(stocked) == [("alipay", "cash", 3_990)]
    assert run_due(stocked.shop, gateways_of(office)) == 0
    assert (seen(stocked, attempt).state, office.net_minor) == ("succeeded", 7_980)
    with pytest.raises(Refused):
        give_back(stocked, order, 1, route="wechat")
    whole(stocked)


@pytest.mark.req("M4", "M9")
def test_a_refused_refund_is_shown_until_somebody_sees_to_it(
    stocked: Stocked, office: PayOffice, clock: HandClock
) -> None:
    order, attempt = sold(stocked, office)
    office.answers_to_refunds = deque([Back(RefundState.ABNORMAL, reason=Reason.REFUND_REFUSED)] * 2)
    give_back(stocked, order, 1)
    drive(stocked.shop, office, clock)
    [trouble] = stocked.shop.ask(refunds_in_trouble)
    assert (trouble.state, trouble.amount_minor, trouble.order_id) == ("abnormal", 3_990, order)
    assert seen(stocked, attempt).state == "refund abnormal"
    stocked.shop.do(retry_provider_refund, trouble.refund_id)
    drive(stocked.shop, office, clock)
    assert stocked.shop.ask(refunds_in_trouble)
    with pytest.raises(Refused):
        stocked.shop.do(replace_provider_refund, trouble.refund_id, " ")
    stocked.shop.do(replace_provider_refund, trouble.refund_id, "现金退给顾客")
    assert stocked.shop.ask(refunds_in_trouble) == ()
    assert seen(stocked, attempt).state == "partly refunded"
    whole(stocked)
