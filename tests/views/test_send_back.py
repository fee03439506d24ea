"""The list of what needs a person: money that stands nowhere is given back from there, a refused refund tried again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gateways.payment import Reason
from desktop.queries.attempts import attempt_view
from desktop.services.pay_cases import find_cases
from desktop.shop.shop import Shop
from desktop.views.common.buttons import Button
from desktop.views.payments.todo import CaseList, SendBackSheet
from tests.helpers.goods import open_stocked
from tests.helpers.payments import attempt, provider_refund
from tests.helpers.screens import sheet_of, surroundings


@pytest.mark.req("M4", "M9")
def test_a_case_gives_money_back_or_tries_a_refund_again(
    qtbot: QtBot, qapp: QApplication, sqlite_shop: Shop, tmp_path: Path
) -> None:
    shop = open_stocked(sqlite_shop).shop
    other = attempt(shop, "alipay", "succeeded", Reason.AMOUNT, mismatch=True, paid_minor=990)
    back = attempt(shop, "wechat", "refund abnormal", paid_minor=1_000, refunded_minor=400)
    provider_refund(shop, back, "refused", reason=Reason.MONEY)
    shop.do(find_cases)
    with surroundings(qapp, shop, tmp_path) as here:
        cases = CaseList(here.context)
        qtbot.addWidget(cases)
        cases.show()
        cases.load()
        qtbot.waitUntil(lambda: len(cases.cases) == 2)

        def button(word: str) -> Button:
            return next(one for one in cases.findChildren(Button) if one.text() == word)

        button("Try again").click()
        qtbot.waitUntil(lambda: shop.ask(attempt_view, back).state == "refunding")
        button("Give it back").click()
        sheet: SendBackSheet = sheet_of(qapp, SendBackSheet)
        sheet.submit()  # without a word it stays open
        assert sheet.isVisible()
        sheet.why.setPlainText("金额不对")
        sheet.submit()
        qtbot.waitUntil(lambda: shop.ask(attempt_view, other).state == "refunding")
        qtbot.waitUntil(lambda: here.context.background.running == 0)
