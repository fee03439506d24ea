"""Whoever stands before a window is told when payments are simulated, and not otherwise."""

import pytest

from desktop.services.pay_accounts import record_account
from desktop.views.common.simulated import SimulatedMark
from tests.helpers.desk import Desk


@pytest.mark.req("M11")
def test_the_window_says_that_payments_are_simulated(desk: Desk, sample_file: str) -> None:
    """It follows the account: an address without TLS can be a simulator only."""
    program = desk.open(sample_file)
    workspace = desk.sign_in(program)
    desk.quiet(program)
    mark = workspace.findChild(SimulatedMark)
    assert mark.isHidden()
    background = program._background
    assert background is not None
    real = {"app_id": "2021000000000001", "base_url": "https://openapi.alipay.com/gateway.do"}
    background.do(record_account, "alipay", real, None)
    desk.quiet(program)
    assert mark.isHidden()
    background.do(record_account, "alipay", real | {"base_url": "http://127.0.0.1:8900/gateway.do"}, None)
    desk.until(mark.isVisible)
    assert mark.accessibleName() == "模拟支付：没有真实资金往来"
    assert workspace.rect().contains(mark.geometry())
    program.window.resize(1100, 700)
    desk.until(lambda: mark.geometry().bottom() == workspace.rect().bottom())
    background.do(record_account, "alipay", real, None)
    desk.until(mark.isHidden)
