"""Stored value on a member's page: topped up with its preview, paid out, corrected, listed, printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from desktop.basics.ids import new_key
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.stored_value import TopUp
from desktop.queries.stored_value import stored_facts
from desktop.services.bonus_tiers import save_bonus_tier
from desktop.services.paying import run_due
from desktop.services.stored_value import top_up
from desktop.shop.shop import Shop
from desktop.views.common.print_sheet import PrintSheet
from desktop.views.members.page import MemberPage
from desktop.views.members.stored import StoredBlock
from desktop.views.members.stored_sheets import CorrectStoredSheet, PayOutSheet
from desktop.views.members.top_up_sheet import TopUpSheet
from tests.helpers.pay_office import PayOffice, gateways_of
from tests.helpers.stage import Stage, open_stage

SCAN = "285123456789012345"


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.fixture
def cashier(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The cashier."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path, staff_id=0)


def opened(stage: Stage) -> MemberPage:
    """The page of the pictures' member."""
    page = stage.show(MemberPage)
    page.open_member(stage.stocked.member_id)
    stage.settle()
    return page


def block(page: MemberPage) -> StoredBlock:
    """The balance as it is shown now."""
    found = [one for one in page.findChildren(StoredBlock) if one.isVisible()]
    assert len(found) == 1
    return found[0]


@pytest.mark.req("C14")
def test_a_top_up_shows_its_bonus_before_and_its_slip_after(stage: Stage) -> None:
    stage.outside(lambda: stage.stocked.shop.do(save_bonus_tier, None, 50_000, bonus_minor=5_000))
    page = opened(stage)
    assert block(page).total.text() == "¥0.00"
    block(page).add_money.click()
    sheet = stage.sheet(page, TopUpSheet)
    sheet.amount.setText("500")
    sheet.handed.setText("600")
    assert sheet.after.text() == "¥50.00 bonus on top · ¥550.00 after it · Change ¥100.00"
    sheet.primary.click()
    stage.until(lambda: not sheet.isVisible())
    stage.settle()
    assert block(page).total.text() == "¥550.00"
    slip = stage.sheet(page, PrintSheet)
    document = next(iter(slip._documents.values()))
    texts = [(line.left, line.right) for line in document.lines]
    assert ("Topped up", "¥500.00") in texts
    assert ("Stored value now", "¥550.00") in texts
    slip.reject()
    page.history.tabs.set_value("stored")
    page.history.tabs.picked.emit("stored")
    stage.settle()
    rows = page.history.tables["stored"].rows
    assert [(row.kind, row.delta, row.balance) for row in rows] == [
        ("bonus", 5_000, 55_000),
        ("top_up", 50_000, 50_000),
    ]


@pytest.mark.req("C14")
def test_a_wrong_amount_is_refused_in_the_sheet(stage: Stage) -> None:
    page = opened(stage)
    block(page).add_money.click()
    sheet = stage.sheet(page, TopUpSheet)
    sheet.amount.setText("0.50")
    sheet.primary.click()
    stage.settle()
    assert sheet.isVisible()
    sheet.amount.setText("50")
    sheet.handed.setText("20")
    sheet.primary.click()
    stage.settle()
    assert sheet.isVisible()
    sheet.reject()
    assert (
        stage.outside(
            lambda: stage.stocked.shop.ask(stored_facts, stage.stocked.member_id)
        ).balance.total_minor
        == 0
    )


@pytest.mark.req("C14")
def test_only_money_is_paid_out_and_a_correction_names_its_part(stage: Stage) -> None:
    lin = stage.stocked.member_id
    stage.outside(lambda: stage.stocked.shop.do(save_bonus_tier, None, 10_000, bonus_minor=1_000))
    stage.outside(lambda: stage.stocked.shop.do(top_up, lin, 10_000, "cash", client_key=new_key()))
    page = opened(stage)
    page.open_stored("pay_out")
    sheet = stage.sheet(page, PayOutSheet)
    assert sheet.amount.minor() == 10_000
    assert "¥10.00" in sheet.lapses.text()  # all of the bonus with all of the money
    sheet.amount.setText("50")
    assert "¥5.00" in sheet.lapses.text()
    sheet.reason.setText("搬家")
    sheet.primary.click()
    stage.until(lambda: not sheet.isVisible())
    stage.settle()
    assert block(page).total.text() == "¥55.00"
    page.open_stored("correct")
    correct = stage.sheet(page, CorrectStoredSheet)
    correct.way.set_value(-1)
    correct.part.set_value("bonus")
    correct.amount.setText("5")
    correct.reason.setText("误赠")
    correct.primary.click()
    stage.until(lambda: not correct.isVisible())
    stage.settle()
    assert block(page).total.text() == "¥50.00"


@pytest.mark.req("C14")
def test_a_cashier_tops_up_but_pays_nothing_out(cashier: Stage) -> None:
    page = opened(cashier)
    shown = block(page)
    assert shown.add_money.isVisible()
    assert not hasattr(shown, "more")


@pytest.mark.req("C14", "M1")
def test_a_phone_pays_a_top_up_and_a_stopped_one_gives_nothing(stage: Stage) -> None:
    """The customer's own code is scanned; the provider stands in this process."""
    accounts = [{"gateway": "alipay", "details": {}, "saved_at": stage.stocked.shop.clock.now()}]
    with stage.stocked.shop.storage.write.begin() as connection:
        connection.execute(insert(PaymentAccount), accounts)
    page = opened(stage)
    block(page).add_money.click()
    sheet = stage.sheet(page, TopUpSheet)
    stage.until(lambda: len(sheet.method._options) == 4)
    sheet.method.set_value("alipay")
    sheet.method.picked.emit("alipay")
    assert "alipay" in [key for key, _words in sheet.method._options]
    sheet.amount.setText("200")
    QTest.keyClicks(sheet.phone.field, SCAN)
    QTest.keyClick(sheet.phone.field, Qt.Key.Key_Return)
    stage.settle()
    assert not sheet.amount.isEnabled()
    stage.outside(lambda: run_due(stage.stocked.shop, gateways_of(PayOffice())))
    stage.until(lambda: not sheet.isVisible())
    stage.settle()
    assert block(page).total.text() == "¥200.00"


@pytest.mark.req("C14", "M1")
def test_a_top_up_that_is_closed_unpaid_is_given_up(stage: Stage) -> None:
    page = opened(stage)
    block(page).add_money.click()
    sheet = stage.sheet(page, TopUpSheet)
    sheet.amount.setText("200")
    sheet._by_phone()  # no account: nobody can be asked
    stage.settle()
    sheet.reject()
    stage.settle()
    assert not sheet.isVisible()
    with stage.stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(TopUp.state)).scalars().all() == ["dropped"]
