"""An unpaid order is paid by phone at the desk: a code shown, the customer's scanned, stopped, or refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from desktop.basics.clock import HandClock
from desktop.models.payment_accounts import PaymentAccount
from desktop.queries.order_detail import order_detail
from desktop.queries.verify import verify
from desktop.services.paying import run_due
from desktop.shop.shop import Shop
from desktop.views.orders.pay_sheet import PaySheet
from tests.helpers.back_office import order_of, placed
from tests.helpers.goods import MILK, Stocked
from tests.helpers.pay_office import DECLINED, PayOffice, gateways_of
from tests.helpers.stage import Stage, open_stage

ALIPAY_CODE = "280123456789012345"
SOON = timedelta(seconds=11)


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner's desk in a shop with an account at two providers."""
    for made in open_stage(qapp, qtbot, shop, tmp_path):
        rows = [
            {"gateway": name, "details": {}, "saved_at": shop.clock.now()} for name in ("wechat", "alipay")
        ]
        with shop.storage.write.begin() as connection:
            connection.execute(insert(PaymentAccount), rows)
        yield made


def opened(stage: Stage) -> tuple[PaySheet, int, list[str]]:
    """The sheet for a new order, its id, and what `done` was told."""
    order_id = stage.outside(lambda: placed(stage.stocked, (MILK, 2)))
    detail = stage.outside(lambda: stage.stocked.shop.ask(order_detail, order_id))
    told: list[str] = []
    sheet = PaySheet(None, stage.context, detail, told.append)  # type: ignore[arg-type]
    stage.qtbot.addWidget(sheet)
    sheet.show()
    stage.until(lambda: len(sheet.method._options) == 5)
    return sheet, order_id, told


def work(stage: Stage, office: PayOffice, clock: HandClock) -> None:
    """Some seconds later the machine of payments looks."""
    clock.pass_time(SOON)
    stage.outside(lambda: run_due(stage.stocked.shop, gateways_of(office)))
    stage.settle()


def paid(stocked: Stocked, order_id: int) -> bool:
    """Whether the order's money is there."""
    return order_of(stocked, order_id).paid_minor > 0


@pytest.mark.req("M1", "M2")
def test_a_shown_code_pays_the_order(stage: Stage, clock: HandClock) -> None:
    office = PayOffice()
    sheet, order_id, told = opened(stage)
    sheet.method.set_value("wechat")
    sheet._method("wechat")
    sheet.submit()
    stage.until(lambda: sheet.phone.wallet.view is not None)
    work(stage, office, clock)
    stage.until(sheet.phone.picture.isVisible)
    assert not sheet.method.isEnabled()
    office.pay(sheet.phone.wallet.view.number)  # type: ignore[union-attr]
    work(stage, office, clock)
    stage.until(lambda: told == [""])
    assert stage.outside(lambda: paid(stage.stocked, order_id))
    assert stage.outside(lambda: stage.stocked.shop.ask(verify)).faults == ()


@pytest.mark.req("M1")
def test_a_scanned_code_is_charged_by_the_provider_it_belongs_to(stage: Stage, clock: HandClock) -> None:
    office = PayOffice()
    sheet, order_id, told = opened(stage)
    sheet.method.set_value("wechat")
    sheet._method("wechat")
    sheet.phone.field.setText("6901000010036")
    stage.qtbot.keyClick(sheet.phone.field, Qt.Key.Key_Return)
    assert sheet.phone._trouble.label.text()  # goods are no payment code
    assert not office.calls
    sheet.phone.field.setText(ALIPAY_CODE)
    stage.qtbot.keyClick(sheet.phone.field, Qt.Key.Key_Return)
    stage.until(lambda: sheet.phone.wallet.view is not None)
    assert sheet.method.value() == "alipay"
    work(stage, office, clock)
    stage.until(lambda: told == [""])
    assert office.calls == ["take"]
    assert stage.outside(lambda: paid(stage.stocked, order_id))


@pytest.mark.req("M2", "M4")
def test_stopping_is_sure_before_cash_is_taken_and_a_refusal_says_why(stage: Stage, clock: HandClock) -> None:
    office = PayOffice(script=deque([DECLINED]))
    sheet, order_id, told = opened(stage)
    sheet.method.set_value("wechat")
    sheet._method("wechat")
    sheet.submit()
    stage.until(lambda: sheet.phone.wallet.view is not None)
    work(stage, office, clock)
    stage.until(lambda: not sheet.phone.under_way)
    assert sheet.phone.more.text()
    sheet.submit()
    stage.until(lambda: sheet.phone.under_way and sheet.phone.wallet.view is not None)
    work(stage, office, clock)
    sheet.reject()
    stage.settle()
    assert sheet.isVisible()  # it may still be paid
    for _look in range(3):
        work(stage, office, clock)
    stage.until(lambda: not sheet.phone.under_way)
    sheet.method.set_value("cash")
    sheet._method("cash")
    sheet.submit()
    stage.until(lambda: len(told) == 1)
    assert stage.outside(lambda: paid(stage.stocked, order_id))
    assert office.net_minor == 0
