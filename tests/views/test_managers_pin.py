"""Where a limit stops money, the sheet asks for a manager's PIN and goes on: settling, cancelling, a wallet at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select, update

from desktop.models.pay_offers import PayApproval
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.people import Staff
from desktop.queries.attempts import payments_of
from desktop.queries.order_detail import order_detail
from desktop.services.pay_limits import REFUND, TAKE, set_role_amounts
from desktop.services.secrets import hashed
from desktop.services.staff import add_staff
from desktop.shop.shop import Shop
from desktop.views.aftersales.screen import AftersalesScreen
from desktop.views.aftersales.sheets import SettleSheet
from desktop.views.common.approve_sheet import ApproveSheet
from desktop.views.orders.backs_part import BackPart
from desktop.views.orders.detail import DetailPanel
from desktop.views.orders.pay_sheet import PaySheet
from desktop.views.orders.refund_sheet import RefundSheet
from desktop.views.orders.sheets import CancelSheet
from desktop.views.orders.steps import steps_of
from tests.helpers.after_sales import approve, arrive, ask, case_of, shipped
from tests.helpers.back_office import order_of, pay, placed
from tests.helpers.goods import MILK, open_stocked
from tests.helpers.payments import attempt, provider_refund
from tests.helpers.screens import sheet_of
from tests.helpers.stage import Stage, open_stage

PIN = "771204"


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The desk of a merchant who takes ¥20 and gives back ¥10 at most; the owner has a PIN."""
    shop = sqlite_shop
    stocked = open_stocked(shop)
    sun = add_staff(shop, username="sun", name="孙", password="a long password", roles=["merchant"])
    with shop.storage.write.begin() as connection:
        connection.execute(update(Staff).where(Staff.username == "wang").values(pin_hash=hashed(PIN)))
        rows = [{"gateway": "wechat", "details": {}, "saved_at": shop.clock.now()}]
        connection.execute(insert(PaymentAccount), rows)
    shop.do(set_role_amounts, "merchant", {TAKE: 2_000, REFUND: 1_000})
    yield from open_stage(qapp, qtbot, shop, tmp_path, staff_id=sun, stocked=stocked)


def say_yes(qapp: QApplication, stage: Stage) -> None:
    """The manager types the PIN into the sheet that asks for it."""
    stage.until(lambda: any(isinstance(one, ApproveSheet) and one.isVisible() for one in qapp.allWidgets()))
    asked: ApproveSheet = sheet_of(qapp, ApproveSheet)
    asked.pin.setText(PIN)
    asked.primary.click()


def used(stage: Stage) -> list[tuple[str, int, str]]:
    """The yeses that were used: for what, up to how much, whose."""
    with stage.stocked.shop.storage.read.connect() as connection:
        rows = connection.execute(
            select(PayApproval.deed, PayApproval.amount_minor, Staff.username)
            .join(Staff, Staff.id == PayApproval.staff_id)
            .where(PayApproval.used_at.is_not(None))
            .order_by(PayApproval.id)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.mark.req("M10", "O15", "M9")
def test_a_case_is_settled_by_another_way_after_a_managers_pin(qapp: QApplication, stage: Stage) -> None:
    def prepare() -> int:
        order_id = shipped(stage.stocked, (MILK, 1))
        case = ask(stage.stocked, order_id, "return", 1)
        approve(stage.stocked, case.case_id)
        arrive(stage.stocked, case.case_id, order_id, (1, 0))
        return case.case_id

    case_id = stage.outside(prepare)
    screen = stage.show(AftersalesScreen, 1_400)
    screen.open_item(case_id)
    stage.until(lambda: screen.panel.case is not None)
    screen.panel.primary.click()
    sheet: Any = stage.sheet(screen, SettleSheet)
    stage.until(sheet.primary.isEnabled)
    assert sheet.way.isVisible()
    key = sheet._key
    sheet.way.select.set_value("cash")
    sheet.way.select.picked.emit("cash")
    stage.until(lambda: sheet.preview.ways.route == "cash" and sheet.primary.isEnabled())
    assert sheet.preview.ways.drawer  # and it says whose drawer
    sheet.primary.click()
    stage.until(lambda: any(isinstance(one, ApproveSheet) for one in qapp.allWidgets()))
    assert stage.outside(lambda: case_of(stage.stocked, case_id).state) == "received"
    say_yes(qapp, stage)
    stage.until(lambda: screen.panel.case is not None and screen.panel.case.state == "closed")
    assert sheet._key == key  # kept over the refusal: a lost answer settles nothing twice
    assert used(stage) == [(REFUND, 1_690, "wang")]


@pytest.mark.req("M10")
def test_cancelling_a_paid_order_asks_for_the_pin(qapp: QApplication, stage: Stage) -> None:
    def prepare() -> int:
        order_id = placed(stage.stocked, (MILK, 1))
        pay(stage.stocked, order_id)
        return order_id

    order_id = stage.outside(prepare)
    detail = stage.outside(lambda: stage.stocked.shop.ask(order_detail, order_id))
    told: list[str] = []
    holder = stage.show(lambda _context: QWidget())
    sheet = CancelSheet(holder, stage.context, detail, lambda: told.append("done"))
    sheet.open()
    stage.until(lambda: any("¥16.90" in label.text() for label in sheet.facts.findChildren(QLabel)))
    sheet.primary.click()
    say_yes(qapp, stage)
    stage.until(lambda: told == ["done"])
    assert used(stage) == [(REFUND, 1_690, "wang")]
    assert stage.outside(lambda: order_of(stage.stocked, order_id).status) == "cancelled"


@pytest.mark.req("M10", "M2")
def test_a_wallet_at_the_desk_asks_for_the_pin_and_goes_on(qapp: QApplication, stage: Stage) -> None:
    order_id = stage.outside(lambda: placed(stage.stocked, (MILK, 2)))
    detail = stage.outside(lambda: stage.stocked.shop.ask(order_detail, order_id))
    holder = stage.show(lambda _context: QWidget())
    sheet = PaySheet(holder, stage.context, detail, lambda _number: None)
    sheet.open()
    stage.until(lambda: "wechat" in [key for key, _words in sheet.method._options])
    sheet.method.set_value("wechat")
    sheet._method("wechat")
    sheet.submit()
    say_yes(qapp, stage)
    stage.until(lambda: sheet.phone.wallet.view is not None)
    assert used(stage) == [(TAKE, detail.due_minor, "wang")]
    found = stage.outside(lambda: stage.stocked.shop.ask(payments_of, f"order:{order_id}"))
    assert [one.amount_minor for one in found.attempts] == [detail.due_minor]  # begun once
    now = stage.outside(lambda: stage.stocked.shop.ask(order_detail, order_id))
    assert [(event.note, event.who) for event in now.events if event.kind == "approved"] == [("王掌柜", "孙")]
    steps = [
        step.caption for step in steps_of(now, stage.context.zone, stage.context.now()) if "PIN" in step.title
    ]
    assert [caption.split(" · ")[::2] for caption in steps] == [["王掌柜", "孙"]]  # the moment stands between
    sheet.phone.stop()
    stage.settle()
    sheet.reject()


@pytest.mark.req("M9", "M13")
def test_a_refund_says_by_which_ways_its_money_leaves(stage: Stage) -> None:
    order_id = stage.outside(lambda: shipped(stage.stocked, (MILK, 1)))
    detail = stage.outside(lambda: stage.stocked.shop.ask(order_detail, order_id))
    holder = stage.show(lambda _context: QWidget())
    sheet = RefundSheet(holder, stage.context, detail, lambda _back: None)
    sheet.open()
    stage.until(sheet.primary.isEnabled)
    assert [sheet.way.route, sheet.way.select.value()] == ["", "same"]
    sheet.way.select.set_value("cash")
    sheet.way.select.picked.emit("cash")
    stage.until(sheet.primary.isEnabled)
    assert (sheet.way.route, sheet.way.select.value()) == ("cash", "cash")
    sheet.steppers[detail.lines[0].id].put(0)
    sheet._ask()
    stage.settle()
    assert not sheet.way.isVisible()  # the control: nothing goes back, so there is nothing to choose
    sheet.reject()


@pytest.mark.req("M9", "M4")
def test_the_orders_panel_says_where_a_providers_refund_stands(stage: Stage) -> None:
    shop = stage.stocked.shop

    def prepare() -> Any:
        order_id = placed(stage.stocked, (MILK, 1))
        pay(stage.stocked, order_id)
        tried = attempt(shop, "wechat", "refunding", order_id=order_id, paid_minor=1_000, refunded_minor=900)
        for state in ("processing", "abnormal", "succeeded"):
            provider_refund(shop, tried, state, amount_minor=300)
        attempt(shop, "alipay", "refunding", paid_minor=1_000)  # the control: no order's
        return shop.ask(order_detail, order_id)

    detail = stage.outside(prepare)
    assert [(back.method, back.amount_minor, back.trouble) for back in detail.backs] == [
        ("wechat", 300, False), ("wechat", 300, True), ("wechat", 300, False),
    ]  # fmt: skip
    panel = stage.show(lambda context: DetailPanel(context, None), 352)
    panel.show_order(detail)
    parts = panel.findChildren(BackPart)
    assert len(parts) == 3
    [step] = [part.step for part in parts if hasattr(part, "step")]
    step.click()
    assert stage.went == [("payments", None, {"tab": "todo"})]
    assert not hasattr(BackPart(detail.backs[1], None), "step")  # who may not see payments is not led there
