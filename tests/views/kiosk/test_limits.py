"""A payment at the kiosk above somebody's amount: who may take more types the PIN, and the sale goes on as it stood."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from desktop.models.pay_offers import PayApproval
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.payments import Tender
from desktop.services.pay_limits import TAKE, set_role_amounts
from desktop.services.staff import add_staff
from desktop.views.kiosk.overlays import Notice, Pin
from tests.views.kiosk.conftest import Kiosk, aside
from tests.views.kiosk.test_window import touch

MANAGER = "903158"


def at_bill(kiosk: Kiosk, role: str) -> None:
    """The pictures' cart where this role takes ¥10 at most, and a manager who takes any amount."""
    shop = kiosk.stocked.shop
    shop.do(set_role_amounts, role, {TAKE: 1_000})
    add_staff(shop, username="sun", name="孙", password="a long password", roles=["merchant"], pin=MANAGER)
    with shop.storage.write.begin() as connection:
        rows = [{"gateway": "wechat", "details": {}, "saved_at": shop.clock.now()}]
        connection.execute(insert(PaymentAccount), rows)
    kiosk.open()
    kiosk.scan_demo()
    kiosk.sale.go("bill")
    kiosk.settle_down()


def type_pin(kiosk: Kiosk, pin: str) -> None:
    """Somebody types a PIN where a manager is asked for."""
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
    touch(kiosk, "店长 PIN")
    asked = kiosk.window.overlay
    assert isinstance(asked, Pin)
    asked.entered.emit(pin)


def kept(kiosk: Kiosk) -> list[tuple[str, int]]:
    """Tenders in the books."""
    with kiosk.stocked.shop.storage.read.connect() as connection:
        return [tuple(row) for row in connection.execute(select(Tender.method_key, Tender.amount_minor))]  # type: ignore[misc]


def used(kiosk: Kiosk) -> list[str]:
    """Who used a manager's yes."""
    with kiosk.stocked.shop.storage.read.connect() as connection:
        return list(connection.execute(select(PayApproval.used_by)).scalars())


@pytest.mark.req("M10", "K4")
def test_cash_above_the_cashiers_amount_goes_on_with_a_managers_pin(kiosk: Kiosk) -> None:
    at_bill(kiosk, "cashier")
    kiosk.sale.pay("cash")
    kiosk.settle_down()
    kiosk.to_staff()
    due = kiosk.sale.due_minor
    kiosk.sale.settle(due)
    type_pin(kiosk, "000000")
    kiosk.settle_down()
    assert isinstance(kiosk.window.overlay, Pin)  # the control: a wrong PIN opens nothing
    assert (kiosk.sale.page, aside(lambda: kept(kiosk))) == ("staff", [])
    kiosk.window.overlay.entered.emit(MANAGER)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt", timeout=10_000)
    assert aside(lambda: kept(kiosk)) == [("cash", due)]
    assert aside(lambda: used(kiosk)) == [f"staff:{kiosk.stocked.cashier_id}"]
    assert kiosk.window.overlay is None


@pytest.mark.req("M10", "K4")
def test_a_wallet_above_the_kiosks_amount_begins_after_a_managers_pin(kiosk: Kiosk) -> None:
    at_bill(kiosk, "kiosk")
    kiosk.qtbot.waitUntil(lambda: bool(kiosk.sale.offers))
    kiosk.sale.pay("wechat")
    type_pin(kiosk, MANAGER)
    kiosk.qtbot.waitUntil(
        lambda: kiosk.sale.wallet is not None and kiosk.sale.wallet.view is not None, timeout=10_000
    )
    kiosk.settle_down()
    assert kiosk.sale.page == "wait"
    assert kiosk.sale.wallet.view.amount_minor == kiosk.sale.bill.to_pay_minor
    assert aside(lambda: used(kiosk)) == [f"kiosk:{kiosk.stocked.kiosk_till}"]
    kiosk.sale.leave_wallet()
    kiosk.settle_down()
