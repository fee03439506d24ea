"""Ways to pay on the payments screen and in the settings: switched, put in order, limited; cases seen to; a manager's PIN."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, update

from desktop.gateways.payment import Reason
from desktop.models.pay_offers import PaymentCase
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.people import Staff
from desktop.queries.order_detail import order_detail
from desktop.queries.pay_cases import payment_cases, what_to_do
from desktop.queries.pay_offer import OfferedMethod, offered
from desktop.queries.pay_settings import pay_settings
from desktop.services.pay_cases import find_cases
from desktop.services.pay_limits import REFUND, set_role_amounts
from desktop.services.secrets import hashed
from desktop.shop.shop import Shop
from desktop.views.common.approve_sheet import ApproveSheet
from desktop.views.common.context import Context
from desktop.views.orders.refund_sheet import RefundSheet
from desktop.views.payments.cards import MethodCard
from desktop.views.payments.screen import PaymentsScreen
from desktop.views.payments.todo import FinishSheet, NoteSheet
from desktop.views.settings.pay_list import MethodRow
from desktop.views.settings.pay_sheets import PlanSheet, TermsSheet
from desktop.views.settings.payments_page import PaymentsPage
from tests.helpers.goods import MILK, Stocked, as_role, open_stocked
from tests.helpers.payments import attempt
from tests.helpers.sales import sell
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo

PIN = "771204"


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def here(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's surroundings."""
    with surroundings(qapp, stocked.shop, tmp_path) as made:
        yield made


@pytest.fixture
def context(here: Surroundings) -> Context:
    """What the screens are handed."""
    return here.context


def quiet(qtbot: QtBot, context: Context) -> None:
    """Wait until nothing is asked or done any more."""
    qtbot.waitUntil(lambda: context.background.running == 0)


def shown(qtbot: QtBot, context: Context, widget: Any) -> Any:
    """A screen or page, shown and loaded."""
    qtbot.addWidget(widget)
    widget.resize(1400, 900)
    widget.show()
    if isinstance(widget, PaymentsPage):
        widget.load()
    quiet(qtbot, context)
    quiet(qtbot, context)
    return widget


def by_key(shop: Shop) -> dict[str, OfferedMethod]:
    """The methods of the whole shop."""
    return {one.key: one for one in shop.ask(offered, 1)}


@pytest.mark.req("M2")
def test_a_card_switches_its_method_and_undo_brings_it_back(
    qtbot: QtBot, context: Context, stocked: Stocked
) -> None:
    screen = shown(qtbot, context, PaymentsScreen(context))

    def card(key: str) -> MethodCard:
        found: MethodCard = next(one for one in screen.cards.findChildren(MethodCard) if one.method == key)
        return found

    card("cash").toggle.click()
    qtbot.waitUntil(lambda: not by_key(stocked.shop)["cash"].offered)
    qtbot.waitUntil(lambda: not card("cash").toggle.isChecked())
    assert undo(screen)
    qtbot.waitUntil(lambda: by_key(stocked.shop)["cash"].offered)
    quiet(qtbot, context)


@pytest.mark.req("M2", "M9")
def test_the_card_of_rules_changes_where_refunds_go(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    screen = shown(qtbot, context, PaymentsScreen(context))
    rules = screen.panel.rules
    assert rules.same_way.isChecked()
    rules.same_way.click()
    qtbot.waitUntil(lambda: rules.rules is not None and rules.rules.route == "cash")
    assert undo(screen)
    qtbot.waitUntil(lambda: rules.rules.route == "same")
    quiet(qtbot, context)


@pytest.mark.req("M4")
def test_a_case_is_given_to_somebody_noted_and_finished(
    qtbot: QtBot, qapp: QApplication, context: Context, stocked: Stocked
) -> None:
    attempt(stocked.shop, "alipay", "succeeded", Reason.AMOUNT, mismatch=True, paid_minor=990)
    stocked.shop.do(find_cases)
    screen = shown(qtbot, context, PaymentsScreen(context))
    screen.open_filters(tab="todo")
    quiet(qtbot, context)
    todo = screen.todo
    assert screen.pages.currentWidget() is todo
    case = todo.cases[0]
    todo._assign(case.id, stocked.cashier_id)
    quiet(qtbot, context)
    todo.note(todo.cases[0])
    note: NoteSheet = sheet_of(qapp, NoteSheet)
    note.note.setPlainText("顾客明天来")
    note.submit()
    quiet(qtbot, context)
    kept = stocked.shop.ask(payment_cases)[0]
    assert (kept.owner, kept.note) == ("李收银", "顾客明天来")
    todo.finish(todo.cases[0])
    end: FinishSheet = sheet_of(qapp, FinishSheet)
    end.submit()  # without a word it stays open
    assert end.isVisible()
    end.note.setPlainText("补了现金")
    end.submit()
    qtbot.waitUntil(lambda: stocked.shop.ask(payment_cases) == ())
    quiet(qtbot, context)
    assert todo.pages.currentIndex() == 1
    assert not undo(screen)  # the money counts as given back from here on
    with stocked.shop.storage.write.begin() as connection:
        row = {"source": "bill:1", "kind": "bill", "way": "negotiate", "amount_minor": 990, "currency": "CNY"}
        connection.execute(insert(PaymentCase), row | {"opened_at": stocked.shop.clock.now()})
    todo.load()
    quiet(qtbot, context)
    todo.finish(todo.cases[0])
    last: FinishSheet = sheet_of(qapp, FinishSheet)
    last.note.setPlainText("问过了")
    last.submit()
    qtbot.waitUntil(lambda: stocked.shop.ask(payment_cases) == ())
    quiet(qtbot, context)
    assert undo(screen)  # the control: what is no money comes back
    qtbot.waitUntil(lambda: len(stocked.shop.ask(payment_cases)) == 1)
    quiet(qtbot, context)


@pytest.mark.req("M2", "M7", "M8")
def test_the_owner_orders_methods_by_keys_and_sets_their_terms(
    qtbot: QtBot, qapp: QApplication, context: Context, stocked: Stocked
) -> None:
    page = shown(qtbot, context, PaymentsPage(context))

    def rows() -> list[MethodRow]:
        return [page.methods._rows.itemAt(i).widget() for i in range(0, page.methods._rows.count(), 2)]

    assert page.methods.wanted[0] == ("cash", "default")
    page.activateWindow()
    rows()[1].handle.setFocus()
    qtbot.waitUntil(rows()[1].handle.hasFocus)
    qtbot.keyClick(rows()[1].handle, Qt.Key.Key_Up)  # type: ignore[no-untyped-call]
    quiet(qtbot, context)
    assert [key for key, _use in page.methods.wanted][:2] == ["card", "cash"]
    assert rows()[0].handle.hasFocus()  # not the handle of the same name in the order of refunds
    page.methods.use("card", "default")
    quiet(qtbot, context)
    assert dict(page.methods.wanted)["card"] == "default"
    assert dict(page.methods.wanted)["cash"] == "fallback"
    assert stocked.shop.ask(offered, 1)[0].key == "card"
    page.methods.use("card", "off")  # nothing would be the default any more
    quiet(qtbot, context)
    assert dict(page.methods.wanted)["card"] == "default"
    page.methods.choose("till:2")
    assert not rows()[0].use.isEnabled()  # it goes by the wider list
    page.methods._keep(page.methods.wanted)
    quiet(qtbot, context)
    assert rows()[0].use.isEnabled()
    line = next(one for one in page.methods.shown.methods if one.key == "card")
    page.methods.edit(line)
    sheet: TermsSheet = sheet_of(qapp, TermsSheet)
    sheet.discount.setText("2")
    sheet.cap.setText("10")
    sheet.regions.setText("杭州，上海")
    sheet.channels["online"].setChecked(False)
    sheet.submit()
    quiet(qtbot, context)
    kept = next(one for one in stocked.shop.ask(pay_settings).methods if one.key == "card")
    assert (kept.terms["discount_bp"], kept.terms["discount_cap_minor"]) == (200, 1_000)
    assert (kept.lists["regions"], kept.lists["channels"]) == (("杭州", "上海"), ("store", "kiosk"))


@pytest.mark.req("M4", "M9", "M10")
def test_amounts_reasons_and_the_order_of_refunds_are_kept(
    qtbot: QtBot, qapp: QApplication, context: Context, stocked: Stocked
) -> None:
    page = shown(qtbot, context, PaymentsPage(context))
    page.amounts.boxes["merchant", "refund"].setText("200")
    page.amounts.save()
    quiet(qtbot, context)
    role = next(one for one in stocked.shop.ask(pay_settings).roles if one.key == "merchant")
    assert (role.take, role.refund) == (None, 20_000)
    page.amounts.boxes["merchant", "refund"].setText("no amount")
    page.amounts.save()  # said, and nothing is kept
    quiet(qtbot, context)
    assert next(one for one in stocked.shop.ask(pay_settings).roles if one.key == "merchant").refund == 20_000
    page.reasons.open(stocked.shop.ask(what_to_do, Reason.RISK))
    plan: PlanSheet = sheet_of(qapp, PlanSheet)
    plan.way.set_value("negotiate")
    plan.submit()
    quiet(qtbot, context)
    assert stocked.shop.ask(what_to_do, Reason.RISK).way == "negotiate"
    first = page.order.value().split(",")[0]
    page.order.move_key(first, 1)
    assert page.dirty()
    page.save()
    quiet(qtbot, context)
    assert not page.dirty()
    assert page.order.value().split(",")[1] == first


@pytest.mark.req("M1")
def test_a_certificate_that_ends_soon_is_said_where_the_owner_looks(
    qtbot: QtBot, context: Context, stocked: Stocked
) -> None:
    now = stocked.shop.clock.now()
    with stocked.shop.storage.write.begin() as connection:
        for gateway, days in (("alipay", 17), ("wechat", 120)):
            row = {"gateway": gateway, "details": {"app_id": "2021"}, "saved_at": now}
            connection.execute(insert(PaymentAccount), {**row, "expires_at": now + timedelta(days=days)})
    screen = shown(qtbot, context, PaymentsScreen(context))
    facts = {one.sum.method: one for one in screen.facts}
    assert (facts["alipay"].soon, facts["wechat"].soon) == (True, False)
    assert screen._words.caption(facts["alipay"])[1] == "warn_fg"
    assert screen._words.caption(facts["wechat"])[1] == "text2"


@pytest.mark.req("M10")
def test_a_refund_above_the_limit_goes_on_with_a_managers_pin(
    qtbot: QtBot, qapp: QApplication, stocked: Stocked, tmp_path: Path
) -> None:
    shop = stocked.shop
    with shop.storage.write.begin() as connection:
        connection.execute(update(Staff).where(Staff.username == "wang").values(pin_hash=hashed(PIN)))
    shop.do(set_role_amounts, "merchant", {REFUND: 1_000})
    _key, sale = sell(stocked, stocked.cart((MILK, 1)))
    with surroundings(qapp, as_role(shop, "merchant"), tmp_path) as around:
        around.context.till_id = 1
        done: list[Any] = []
        parent = shown(qtbot, around.context, QWidget())
        sheet = RefundSheet(parent, around.context, shop.ask(order_detail, sale.order_id), done.append)
        sheet.open()
        quiet(qtbot, around.context)
        sheet.why.setText("坏了")
        sheet.submit()
        quiet(qtbot, around.context)
        ask: ApproveSheet = sheet_of(qapp, ApproveSheet)
        ask.pin.setText("000000")
        ask.submit()
        quiet(qtbot, around.context)
        assert ask.isVisible()  # the control: a wrong PIN opens nothing
        ask.pin.setText(PIN)
        ask.submit()
        qtbot.waitUntil(lambda: bool(done))
        quiet(qtbot, around.context)
    assert done[0].money_minor == 1_690
