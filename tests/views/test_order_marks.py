"""Queued and chased orders on the screen, tags, and the check of orders and points, by clicks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.queries.order_detail import order_detail
from desktop.queries.order_search import OrderFilter
from desktop.queries.settings import settings_list
from desktop.services.order_tags import tag_order
from desktop.services.repairs import repair_order
from desktop.services.settings import set_settings
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.common.badges import Tag
from desktop.views.common.buttons import Button
from desktop.views.common.check_sheet import CheckSheet
from desktop.views.common.labels import Label
from desktop.views.common.toast import host_of
from desktop.views.orders.mark_sheets import LateReasonSheet, OrderTagSheet
from desktop.views.orders.screen import OrdersScreen
from desktop.views.settings.database_page import DatabasePage
from desktop.views.settings.order_types_page import OrderTypesPage
from tests.helpers.back_office import order_of, pay, placed, stock
from tests.helpers.broken import balance_off, cancelled_holding, deducted_twice, unpaid_for_days
from tests.helpers.goods import MILK, TEA, Stocked, as_role, open_stocked
from tests.helpers.screens import Surroundings, surroundings
from tests.services.test_chasing import by_clock, chase_by_clock


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def here(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's surroundings."""
    with surroundings(qapp, stocked.shop, tmp_path) as made:
        yield made


def quiet(qtbot: QtBot, here: Surroundings) -> None:
    """Wait until nothing is asked or done any more."""
    qtbot.waitUntil(lambda: here.context.background.running == 0)


def opened(qtbot: QtBot, here: Surroundings, order_id: int) -> OrdersScreen:
    """The screen with this order beside the list."""
    screen = OrdersScreen(here.context)
    qtbot.addWidget(screen)
    screen.resize(1_440, 860)
    screen.show()
    quiet(qtbot, here)
    if order_id:
        screen.open_item(order_id)
        quiet(qtbot, here)
    return screen


def sheet(screen: QWidget, kind: type[Any]) -> Any:
    """The open sheet of this kind."""
    return next(s for s in screen.findChildren(kind) if s.isVisible())


def words(widget: QWidget) -> str:
    """Everything that can be read in it."""
    return "\n".join(label.text() for label in widget.findChildren(Label) if label.isVisibleTo(widget))


def buttons(widget: QWidget, text: str) -> list[Button]:
    """The buttons with this text that can be seen."""
    return [b for b in widget.findChildren(Button) if b.text() == text and b.isVisibleTo(widget)]


def press(qtbot: QtBot, widget: QWidget, text: str) -> None:
    """Click the button with this text as soon as it is there: panels are built anew when something changed."""
    qtbot.waitUntil(lambda: bool(buttons(widget, text)))
    buttons(widget, text)[0].click()


def badge(screen: OrdersScreen, order_id: int) -> str:
    """The status the list shows."""
    row = next(row for row in screen.list.model.rows if row.id == order_id)
    column = next(c for c in screen.list.model.columns if c.key == "status")
    assert column.value is not None
    return str(column.value(row).text)


@pytest.mark.req("O3")
def test_a_queued_order_says_until_when_and_is_released_by_a_click(
    qtbot: QtBot, here: Surroundings, stocked: Stocked, clock: HandClock
) -> None:
    stocked.shop.do(set_settings, {"orders.retail.from": 11 * 60, "orders.retail.until": 22 * 60})
    order_id = placed(stocked, (MILK, 1))
    pay(stocked, order_id)
    screen = opened(qtbot, here, order_id)
    assert badge(screen, order_id) == "Queued 11:00"
    qtbot.waitUntil(lambda: "Queued until Today 11:00" in words(screen.panel))
    screen.act("ship")  # not offered: nothing opens
    assert not [s for s in screen.findChildren(QWidget) if type(s).__name__ == "ShipSheet" and s.isVisible()]
    screen.list.bar._set(OrderFilter(queued=True))
    quiet(qtbot, here)
    qtbot.waitUntil(lambda: [row.id for row in screen.list.model.rows] == [order_id])
    press(qtbot, screen.panel, "Release now")
    quiet(qtbot, here)
    qtbot.waitUntil(lambda: order_of(stocked, order_id).queued_until is None)
    qtbot.waitUntil(lambda: "Queued until" not in words(screen.panel))


@pytest.mark.req("O8")
def test_a_chase_asks_for_its_reason_until_it_is_given(
    qtbot: QtBot, here: Surroundings, stocked: Stocked, clock: HandClock
) -> None:
    order_id = placed(stocked, (MILK, 1))
    pay(stocked, order_id)
    clock.pass_time(timedelta(hours=40))
    screen = opened(qtbot, here, order_id)
    assert badge(screen, order_id) == "Overdue"  # the control: late, and nobody asked
    for _twice in range(2):
        by_clock(stocked).do(chase_by_clock, order_id)
    qtbot.waitUntil(lambda: "Chased 2 times. Why is it not shipped?" in words(screen.panel))
    qtbot.waitUntil(lambda: badge(screen, order_id) == "Chased 2×")
    press(qtbot, screen.panel, "Answer")
    asking: LateReasonSheet = sheet(screen, LateReasonSheet)
    asking.other.setChecked(True)
    asking.submit()
    quiet(qtbot, here)
    assert asking.isVisible()  # own words are needed
    asking.own.setPlainText("司机明天来")
    asking.submit()
    quiet(qtbot, here)
    kept = stocked.shop.ask(order_detail, order_id).events[-1]
    assert (kept.kind, kept.note) == ("late reason", "司机明天来")
    qtbot.waitUntil(lambda: badge(screen, order_id) == "Overdue")
    qtbot.waitUntil(lambda: "Chased 2 times" not in words(screen.panel))


@pytest.mark.req("O16")
def test_tags_are_added_taken_off_brought_back_and_filter(
    qtbot: QtBot, here: Surroundings, stocked: Stocked
) -> None:
    first, second = placed(stocked, (MILK, 1)), placed(stocked, (TEA, 1))
    stocked.shop.do(tag_order, second, "礼盒")
    screen = opened(qtbot, here, first)
    screen.act("tag")
    adding: OrderTagSheet = sheet(screen, OrderTagSheet)
    quiet(qtbot, here)
    press(qtbot, adding, "礼盒")  # the words already known are offered
    adding.submit()
    quiet(qtbot, here)
    tags = lambda: [t.text for t in screen.panel.findChildren(Tag)]  # noqa: E731
    qtbot.waitUntil(lambda: tags() == ["礼盒"])
    screen.panel.findChildren(Tag)[0].removed.emit()
    quiet(qtbot, here)
    qtbot.waitUntil(lambda: not tags())
    assert host_of(screen).undo_newest()
    qtbot.waitUntil(lambda: tags() == ["礼盒"])
    screen.list.bar._set(OrderFilter(tags=("礼盒",)))
    qtbot.waitUntil(lambda: {row.id for row in screen.list.model.rows} == {first, second})


@pytest.mark.req("O21")
def test_the_check_shows_proof_and_repairs_what_is_safe(
    qtbot: QtBot, here: Surroundings, stocked: Stocked, clock: HandClock
) -> None:
    holding, twice = cancelled_holding(stocked, clock), deducted_twice(stocked, clock)
    balance_off(stocked, clock)
    waiting = unpaid_for_days(stocked, clock)
    screen = opened(qtbot, here, 0)
    screen.check.click()
    checking: CheckSheet = sheet(screen, CheckSheet)
    quiet(qtbot, here)
    rows = {row.finding.kind: row for row in checking.rows}
    assert set(rows) == {"holding", "unpaid", "twice", "balance"}
    assert "4 things need repair" in checking.state.text()
    rows["twice"].show_proof.click()
    assert "2,000" in rows["twice"].text.text()
    assert rows["twice"].proof.isVisible()
    assert rows["twice"].proof.text().count("Points used") == 2
    checking.submit()
    qtbot.waitUntil(lambda: sum(row.mended for row in checking.rows) == 3)
    quiet(qtbot, here)
    assert order_of(stocked, waiting).status == "unpaid"  # the control: that one needs an eye
    assert stock(stocked, MILK) == (8, 1)
    assert not checking.primary.isVisible()
    assert "1 thing needs repair" in checking.state.text()
    rows["unpaid"].button.click()
    quiet(qtbot, here)
    assert order_of(stocked, waiting).status == "cancelled"
    checking.again.click()
    quiet(qtbot, here)
    assert (checking.rows, checking.state.text().split(" ·")[0]) == ([], "Everything fits")
    checking.leave_for("orders", holding)
    assert here.went == [("orders", holding, {})]
    assert twice


@pytest.mark.req("O21")
def test_what_changed_meanwhile_is_refused_in_its_row(
    qtbot: QtBot, here: Surroundings, stocked: Stocked, clock: HandClock
) -> None:
    order_id = cancelled_holding(stocked, clock)
    screen = opened(qtbot, here, 0)
    screen._check()
    checking: CheckSheet = sheet(screen, CheckSheet)
    quiet(qtbot, here)
    stocked.shop.do(repair_order, checking.rows[0].finding.key, new_key())  # another till was faster
    checking.rows[0].button.click()
    quiet(qtbot, here)
    assert "Check again" in checking.rows[0].error.label.text()
    assert not checking.rows[0].mended
    assert stock(stocked, MILK) == (8, 0)
    assert order_of(stocked, order_id).status == "cancelled"


@pytest.mark.req("O21", "A1")
def test_a_merchant_repairs_orders_and_is_not_shown_points(
    qtbot: QtBot, qapp: QApplication, stocked: Stocked, clock: HandClock, tmp_path: Path
) -> None:
    cancelled_holding(stocked, clock)
    deducted_twice(stocked, clock)
    merchant = as_role(stocked.shop, "merchant")
    with surroundings(qapp, merchant, tmp_path) as here:
        checking = CheckSheet(opened(qtbot, here, 0), here.context)
        quiet(qtbot, here)
        assert [row.finding.kind for row in checking.rows] == ["holding"]
    cashier = stocked.shop.acting_as(actors.staff(stocked.cashier_id, 1))
    with surroundings(qapp, cashier, tmp_path) as here:
        assert not opened(qtbot, here, 0).check.isEnabled()


@pytest.mark.req("O21")
def test_the_settings_open_the_check_too(qtbot: QtBot, here: Surroundings) -> None:
    page = DatabasePage(here.context)
    qtbot.addWidget(page)
    page.show()
    page.orders.button.click()
    checking = sheet(page, CheckSheet)
    quiet(qtbot, here)
    assert checking.rows == []
    checking.reject()


@pytest.mark.req("O3")
def test_hours_are_typed_as_times_and_wrong_ones_named(
    qtbot: QtBot, here: Surroundings, stocked: Stocked
) -> None:
    page = OrderTypesPage(here.context)
    qtbot.addWidget(page)
    page.show()
    page.load()
    quiet(qtbot, here)
    start = page.controls["orders.retail.from"]
    for wrong in ("6 o'clock", "6:60", "25:00", "24:00", "36 h", ""):
        start.widget.setText(wrong)
        page.save()
        assert page._error.label.text(), wrong
    for typed, minutes in (("6", 360), ("06：30", 390), ("6.45", 405), ("23:59", 1439)):
        start.widget.setText(typed)
        assert start.read() == minutes
    start.widget.setText("6:00")
    page.controls["orders.retail.until"].widget.setText("24:00")
    page.controls["orders.retail.outside"].show("refuse")
    page.save()
    quiet(qtbot, here)
    kept = {row.key: row.value for row in stocked.shop.ask(settings_list)}
    assert (kept["orders.retail.from"], kept["orders.retail.until"]) == (360, 1440)
    assert kept["orders.retail.outside"] == "refuse"
    assert kept["orders.b2b.from"] == 0  # the control: nothing else was touched
