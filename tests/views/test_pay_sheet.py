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
from desktop.basics.ids import new_key
from desktop.models.payment_accounts import PaymentAccount
from desktop.queries.exchange import foreign_tenders
from desktop.queries.order_detail import order_detail
from desktop.queries.stored_value import stored_facts
from desktop.queries.verify import verify
from desktop.services.exchange import save_currency, type_rate
from desktop.services.paying import run_due
from desktop.services.stored_value import top_up
from desktop.shop.shop import Shop
from desktop.views.orders.pay_sheet import PaySheet
from tests.helpers.back_office import order_of, placed
from tests.helpers.goods import MILK, Stocked
from tests.helpers.pay_office import DEAF, DECLINED, PayOffice, gateways_of
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
    assert sheet.method.width() >= sheet.method.sizeHint().width()  # every way to pay can be read
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


@pytest.mark.req("M1", "M2")
def test_a_code_scanned_while_ours_is_shown_is_charged_once_ours_is_over(
    stage: Stage, clock: HandClock
) -> None:
    office = PayOffice()
    sheet, order_id, _told = opened(stage)
    sheet.method.set_value("wechat")
    sheet._method("wechat")
    sheet.submit()
    stage.until(lambda: sheet.phone.wallet.view is not None)
    work(stage, office, clock)
    stage.until(sheet.phone.picture.isVisible)
    sheet.phone.field.setText(ALIPAY_CODE)
    stage.qtbot.keyClick(sheet.phone.field, Qt.Key.Key_Return)
    wallet = sheet.phone.wallet
    stage.until(lambda: wallet.view is not None and wallet.view.state == "cancelling")
    work(stage, office, clock)
    stage.until(lambda: wallet.view is not None and wallet.view.method_key == "alipay")
    work(stage, office, clock)
    stage.until(lambda: paid(stage.stocked, order_id))
    assert office.net_minor == order_of(stage.stocked, order_id).paid_minor


@pytest.mark.req("M2", "M4")
def test_a_silent_provider_keeps_nobody_at_the_sheet_and_cash_is_taken_after_a_warning(
    stage: Stage, clock: HandClock
) -> None:
    office = PayOffice()
    sheet, order_id, _told = opened(stage)
    sheet.method.set_value("wechat")
    sheet._method("wechat")
    sheet.submit()
    stage.until(lambda: sheet.phone.wallet.view is not None)
    work(stage, office, clock)
    office.script = deque([DEAF] * 40)
    sheet.reject()
    stage.settle()
    assert sheet.isVisible()  # a moment for the provider
    sheet.reject()
    assert not sheet.isVisible()
    for _look in range(4):
        clock.pass_time(timedelta(minutes=2))
        work(stage, office, clock)
    detail = stage.outside(lambda: stage.stocked.shop.ask(order_detail, order_id))
    again = PaySheet(None, stage.context, detail, print)  # type: ignore[arg-type]
    stage.qtbot.addWidget(again)
    again.show()
    stage.until(lambda: again.phone.wallet.silent)
    assert again.phone.more.text()
    assert again.method.isEnabled()
    again.submit()
    stage.until(lambda: paid(stage.stocked, order_id))


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


@pytest.mark.req("M6")
def test_foreign_notes_pay_the_order_and_the_change_is_ours(stage: Stage) -> None:
    shop = stage.stocked.shop
    stage.outside(lambda: shop.do(save_currency, "USD"))
    stage.outside(lambda: shop.do(type_rate, "USD", "7"))
    sheet, order_id, told = opened(stage)
    stage.until(lambda: sheet.notes.offered)
    sheet.notes.notes.set_value("USD")
    sheet.notes.notes.picked.emit("USD")
    assert sheet.notes.handed is not None
    assert sheet.notes.handed.minor() == 483  # 33.80 ÷ 7, rounded up
    sheet.notes.handed.setText("4")
    sheet.primary.click()
    assert sheet.isVisible()  # the control: ¥5.80 are missing
    sheet.notes.handed.setText("10")
    assert sheet.change.text() == "Change ¥36.20"
    sheet.primary.click()
    stage.until(lambda: bool(told))
    kept = stage.outside(lambda: shop.ask(foreign_tenders))
    assert [(one.currency, one.foreign_minor, one.rate, one.amount_minor) for one in kept] == [
        ("USD", 1_000, "7", 3_380)
    ]
    assert paid(stage.stocked, order_id)


@pytest.mark.req("C14")
def test_a_members_stored_value_is_offered_when_it_is_enough(stage: Stage) -> None:
    shop, lin = stage.stocked.shop, stage.stocked.member_id
    order_id = stage.outside(lambda: placed(stage.stocked, (MILK, 2), member_id=lin))
    detail = stage.outside(lambda: shop.ask(order_detail, order_id))
    poor = PaySheet(None, stage.context, detail, lambda _number: None)  # type: ignore[arg-type]
    stage.qtbot.addWidget(poor)
    stage.settle()
    assert "stored_value" not in [key for key, _words in poor.method._options]
    stage.outside(lambda: shop.do(top_up, lin, 5_000, "cash", client_key=new_key()))
    told: list[str] = []
    sheet = PaySheet(None, stage.context, detail, told.append)  # type: ignore[arg-type]
    stage.qtbot.addWidget(sheet)
    sheet.show()
    stage.until(lambda: "stored_value" in [key for key, _words in sheet.method._options])
    sheet.method.set_value("stored_value")
    sheet.method.picked.emit("stored_value")
    assert sheet.change.text() == "¥50.00 stored, ¥16.20 after it"
    sheet.primary.click()
    stage.until(lambda: bool(told))
    assert paid(stage.stocked, order_id)
    assert stage.outside(lambda: shop.ask(stored_facts, lin)).balance.total_minor == 1_620
