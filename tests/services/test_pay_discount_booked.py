"""A discount by way to pay, from the offer to the refund: its own line, tenders that sum to the total, whole books."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.models.orders import Order, OrderLine
from desktop.models.pay_offers import MethodUse
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.payments import RefundTender, Tender
from desktop.queries.checkout import checkout_view
from desktop.queries.pay_offer import offered
from desktop.queries.verify import verify
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import save_checkout
from desktop.services.fulfilment import pay_order
from desktop.services.pay_limits import TAKE, set_role_amounts
from desktop.services.pay_methods import MethodTerms, edit_method, set_offer, switch_method
from desktop.services.paying import run_due
from desktop.services.refunds import refund_lines
from desktop.services.settlement import Settled, TenderIn, settle
from desktop.shop.shop import Shop
from tests.helpers.back_office import placed
from tests.helpers.goods import CAKE, MILK, NUTS, Stocked, open_stocked
from tests.helpers.pay_office import PayOffice, gateways_of
from tests.helpers.sales import member_sale

SCAN = "285123456789012345"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with speaking("en"):
        yield


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop where cards take 2 % off, at most ¥1.00, and Alipay 5 %."""
    made = open_stocked(shop)
    made.shop.do(edit_method, "card", MethodTerms(discount_bp=200, discount_cap_minor=100))
    made.shop.do(edit_method, "alipay", MethodTerms(discount_bp=500))
    return made


def whole(stocked: Stocked) -> None:
    """The books fit."""
    assert [str(fault) for fault in stocked.shop.ask(verify).faults] == []


def open_sale(stocked: Stocked, *wanted: tuple[int, int]) -> tuple[str, int, int]:
    """An open sale: key, version, what is due."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart(*wanted))
    return key, version, stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor


def order_of(stocked: Stocked, order_id: int) -> tuple[Order, list[OrderLine], list[Tender]]:
    """An order with its lines and tenders."""
    with stocked.shop.storage.read.connect() as connection:
        order = connection.execute(select(Order.__table__).where(Order.id == order_id)).one()
        lines = connection.execute(select(OrderLine.__table__).where(OrderLine.order_id == order_id)).all()
        tenders = connection.execute(select(Tender.__table__).where(Tender.order_id == order_id)).all()
    return order, list(lines), list(tenders)  # type: ignore[return-value, arg-type]


def by_card(stocked: Stocked) -> Settled:
    """Milk and cake for ¥38.90, paid by card for ¥38.13."""
    key, version, due = open_sale(stocked, (MILK, 1), (CAKE, 1))
    card = next(one for one in stocked.kiosk.ask(offered, 2, None, due) if one.key == "card")
    tender = TenderIn("card", card.pays_minor, discount_minor=card.discount_minor)
    settled: Settled = stocked.cashier.do(settle, key, [tender], version)
    return settled


@pytest.mark.req("M7")
def test_the_discount_is_a_line_of_its_own_and_a_returned_line_gives_back_what_it_cost(
    stocked: Stocked,
) -> None:
    settled = by_card(stocked)
    order, lines, tenders = order_of(stocked, settled.order_id)
    assert (order.goods_minor, order.discount_minor, order.pay_discount_minor) == (3_890, 77, 77)
    assert (order.total_minor, order.paid_minor, settled.to_pay_minor) == (3_813, 3_813, 3_813)
    assert order.discount_note == "Payment discount"
    assert [tender.amount_minor for tender in tenders] == [3_813]
    whole(stocked)
    cake = next(line for line in lines if line.total_minor > 2_000)
    stocked.shop.do(refund_lines, settled.order_id, [(cake.id, 1_000)], "退", new_key())
    with stocked.shop.storage.read.connect() as connection:
        back = connection.execute(select(RefundTender.amount_minor)).scalars().all()
    assert back == [cake.total_minor]
    assert cake.total_minor < 2_200  # the control: less than on the shelf
    whole(stocked)


@pytest.mark.req("M7")
def test_split_tenders_take_off_only_for_their_own_part_and_points_stay_what_they_are(
    stocked: Stocked,
) -> None:
    key, version = member_sale(stocked, stocked.demo_cart(), 8_000)
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    assert due == 12_370
    tenders = [TenderIn("card", 5_000 - 100, discount_minor=100), TenderIn("cash", due - 5_000)]
    settled = stocked.cashier.do(settle, key, tenders, version)
    order, _lines, rows = order_of(stocked, settled.order_id)
    assert order.pay_discount_minor == 100  # 2 % of ¥50.00
    assert order.total_minor == sum(row.amount_minor for row in rows) == 20_270
    assert settled.points_earned == 147  # of what was paid
    whole(stocked)


@pytest.mark.req("M7")
@pytest.mark.parametrize("claimed", [0, 76, 78, 3_889])
def test_another_discount_than_the_methods_own_is_refused(stocked: Stocked, claimed: int) -> None:
    key, version, due = open_sale(stocked, (MILK, 1), (CAKE, 1))
    with pytest.raises(Changed):
        stocked.cashier.do(
            settle, key, [TenderIn("card", due - claimed, discount_minor=claimed)], version
        ) if claimed else (stocked.cashier.do(settle, key, [TenderIn("card", due - 77)], version))
    stocked.cashier.do(settle, key, [TenderIn("card", due)], version)  # nobody must take what is offered


@pytest.mark.req("M7")
def test_a_provider_is_asked_for_the_amount_after_the_discount(stocked: Stocked) -> None:
    key, version, due = open_sale(stocked, (NUTS, 1))
    office = PayOffice()
    made = stocked.kiosk.do(
        begin_attempt,
        f"sale:{key}",
        "alipay",
        due,
        way="take",
        customer_code=SCAN,
        version=version,
        client_key="k1",
    )
    again = stocked.kiosk.do(
        begin_attempt,
        f"sale:{key}",
        "alipay",
        due,
        way="take",
        customer_code=SCAN,
        version=version,
        client_key="k1",
    )
    assert made == again
    run_due(stocked.shop, gateways_of(office))
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(select(PaymentAttempt.__table__)).one()
        order_id = connection.execute(select(Order.id)).scalar_one()
    assert (row.amount_minor, row.discount_minor, row.booked) == (3_791, 199, True)
    order, _lines, tenders = order_of(stocked, order_id)
    assert (order.total_minor, order.pay_discount_minor, tenders[0].amount_minor) == (3_791, 199, 3_791)
    whole(stocked)


@pytest.mark.req("M7", "M8")
def test_an_order_of_the_back_office_goes_the_same_way(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 1), (CAKE, 1))
    stocked.shop.do(pay_order, order_id, TenderIn("card", 3_813, discount_minor=77), new_key())
    order, _lines, _tenders = order_of(stocked, order_id)
    assert (order.total_minor, order.paid_minor, order.pay_discount_minor) == (3_813, 3_813, 77)
    whole(stocked)


@pytest.mark.req("M8", "M10")
def test_settling_asks_for_limits_places_and_the_roles_amount(stocked: Stocked) -> None:
    shop = stocked.shop
    key, version, due = open_sale(stocked, (NUTS, 1))

    def by(method: str, approval: int = 0) -> Settled:
        return stocked.cashier.do(settle, key, [TenderIn(method, due)], version, approval=approval)

    shop.do(edit_method, "cash", MethodTerms(most_minor=due - 1))
    with pytest.raises(Refused, match="up to"):
        by("cash")
    shop.do(edit_method, "cash", MethodTerms(day_sum_minor=due))
    shop.do(switch_method, "cash", False)
    with pytest.raises(Refused, match="switched off"):
        by("cash")
    shop.do(switch_method, "cash", True)
    rest = ["card", "wechat", "alipay", "unionpay", "stored_value", "points", "other"]
    shop.do(set_offer, "till:2", [("cash", "off"), ("card", "default"), *((k, "offered") for k in rest[1:])])
    with pytest.raises(Refused, match="not offered here"):
        by("cash")
    shop.do(set_offer, "till:2", [("cash", "default"), *((k, "offered") for k in rest)])
    shop.do(set_role_amounts, "cashier", {TAKE: due - 1})
    with pytest.raises(Refused, match="at most"):
        by("cash")
    shop.do(set_role_amounts, "cashier", {TAKE: due})
    by("cash")  # the control: within all of them
    other, number, _due = open_sale(stocked, (MILK, 1))
    with pytest.raises(Refused, match="left for today"):
        stocked.cashier.do(settle, other, [TenderIn("cash", 1_690)], number)
    whole(stocked)


@pytest.mark.req("M7", "M8")
def test_control_counters_and_discounts_changed_behind_the_shops_back_are_found(stocked: Stocked) -> None:
    stocked.shop.do(edit_method, "card", MethodTerms(discount_bp=200, day_sum_minor=100_000))
    by_card(stocked)
    whole(stocked)
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(MethodUse).values(sum_minor=MethodUse.sum_minor + 1))
        connection.execute(update(Order).values(pay_discount_minor=78))
    kinds = {fault.kind for fault in stocked.shop.ask(verify).faults}
    assert kinds == {"method uses", "payment discount"}
