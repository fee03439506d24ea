"""What a kiosk may do about payments: its own sales at its own till, nothing of another till’s, nobody’s stored value unasked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotFound, Refused
from desktop.basics.ids import new_key
from desktop.models.orders import Order
from desktop.models.people import Till
from desktop.models.settings import STORED_PROOF
from desktop.queries.attempts import attempt_view, payments_of
from desktop.queries.checkout import checkout_view, open_checkout
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import agree_by_code, save_checkout, send_kiosk_code
from desktop.services.settings import set_setting
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import placed
from tests.helpers.goods import MILK, NUTS, Stocked, open_stocked
from tests.helpers.pay_office import PayOffice, drive
from tests.helpers.sales import Pocket
from tests.helpers.stored import fill, has, stored_sale, with_tiers

SCAN = "285123456789012345"


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """A shop with goods and a second kiosk."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def stranger(stocked: Stocked) -> Shop:
    """Another kiosk of the shop."""
    with stocked.shop.storage.write.begin() as connection:
        row = connection.execute(select(Till.__table__).where(Till.id == stocked.kiosk_till)).one()._asdict()
        row |= {"id": 99, "code": "99"}
        connection.execute(Till.__table__.insert(), row)  # type: ignore[attr-defined]
    return stocked.shop.acting_as(actors.kiosk(99))


def a_sale(stocked: Stocked) -> tuple[str, int, int]:
    """An open sale at the first kiosk: key, version, what is due."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)))
    return key, version, stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor


def scan(front: Shop, subject: str, amount: int, version: int = 0, till_id: int | None = None) -> int:
    """The customer’s code is charged."""
    return front.do(
        begin_attempt, subject, "alipay", amount, way="take", customer_code=SCAN, version=version,
        client_key=new_key(), till_id=till_id,
    )  # fmt: skip


@pytest.mark.req("M10", "K4")
def test_a_kiosk_sees_no_payments_of_another_till(stocked: Stocked, stranger: Shop) -> None:
    key, version, due = a_sale(stocked)
    attempt = scan(stocked.kiosk, f"sale:{key}", due, version)
    assert stocked.kiosk.ask(attempt_view, attempt).amount_minor == due  # the control: its own till sees it
    assert stocked.cashier.ask(payments_of, f"sale:{key}").open is not None
    with pytest.raises(NotFound):
        stranger.ask(attempt_view, attempt)
    assert stranger.ask(payments_of, f"sale:{key}").attempts == ()
    assert stocked.kiosk.ask(open_checkout, stocked.kiosk_till) is not None
    assert stranger.ask(open_checkout, stocked.kiosk_till) is None


@pytest.mark.req("M10", "K4")
def test_a_kiosk_begins_payments_for_its_own_sales_only(stocked: Stocked, stranger: Shop) -> None:
    key, version, due = a_sale(stocked)
    for till_id in (None, stocked.kiosk_till):
        with pytest.raises(Refused):
            scan(stranger, f"sale:{key}", due, version, till_id)
    with pytest.raises(Refused):  # by the terms of another till
        scan(stocked.kiosk, f"sale:{key}", due, version, 99)
    order = placed(stocked, (MILK, 1))
    with stocked.shop.storage.read.connect() as connection:
        owed = int(connection.execute(select(Order.total_minor).where(Order.id == order)).scalar_one())
    with pytest.raises(Refused):
        scan(stocked.kiosk, f"order:{order}", owed)
    assert scan(stocked.cashier, f"order:{order}", owed)  # the control: a person may
    assert scan(stocked.kiosk, f"sale:{key}", due, version, stocked.kiosk_till)


@pytest.mark.req("C14", "M10")
def test_a_kiosk_takes_no_stored_value_beside_a_wallet_unasked(sqlite_shop: Shop, clock: HandClock) -> None:
    stocked = with_tiers(sqlite_shop)
    stocked.shop.do(set_setting, STORED_PROOF.key, False)
    fill(stocked, 5_000)
    before = has(stocked)
    key, version = stored_sale(stocked, stocked.cart((NUTS, 1)), 3_000, confirmed=False)
    rest = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor - 3_000
    with pytest.raises(Refused) as refused:
        scan(stocked.kiosk, f"sale:{key}", rest, version)
    assert refused.value.next_step == "confirm_points"
    drive(stocked.shop, PayOffice(), clock)
    assert has(stocked) == before
    pocket = Pocket()
    send_kiosk_code(stocked.kiosk, pocket, key, version)
    agree_by_code(stocked.kiosk, key, pocket.code, version)
    scan(stocked.kiosk, f"sale:{key}", rest, version)  # the control: the member said yes
    drive(stocked.shop, PayOffice(), clock)
    assert sum(has(stocked)) == sum(before) - 3_000
