"""Home shows the pictured figures, leads to what stands behind each, and follows the shop."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from sqlalchemy import insert, update

from desktop.basics.day_words import long_day, short_day
from desktop.basics.i18n import set_language
from desktop.models.rules import Rule
from desktop.models.system import Outbox
from desktop.pricing.cart import CartLine
from desktop.queries.stock import StockFilter, stock_page
from desktop.queries.today_house import HEALTH
from desktop.queries.today_orders import LATE
from desktop.rules.shipped import add_shipped_rules
from desktop.services.checkout import save_checkout
from desktop.services.checks import ORDERS, Finding, record_check
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.views.common.buttons import Button
from desktop.views.common.chart import loading
from desktop.views.common.check_sheet import CheckSheet
from desktop.views.dashboard.lists import FIRST
from desktop.views.dashboard.screen import DashboardScreen
from desktop.views.dashboard.words import large, large_axis
from tests.helpers.desk import Desk


@pytest.fixture
def home(desk: Desk, sample_file: str) -> Any:
    """The home screen of the sample shop, as its owner sees it, filled."""
    loading().finish()
    workspace = desk.sign_in(desk.open(sample_file))
    workspace.go("dashboard")
    screen = workspace.here
    assert isinstance(screen, DashboardScreen)
    desk.until(lambda: screen.todo.entries and screen.alerts.entries and screen.caption.text())
    desk.quiet(desk.programs[0])
    return screen


def buttons(card: Any) -> list[Button]:
    """The buttons of its rows, from the top."""
    found: list[Button] = card.findChildren(Button)
    rows = [button for button in found if button is not card.all and button.isVisibleTo(card)]
    return sorted(rows, key=lambda button: card.rows.indexOf(button.parentWidget()))


def went(home: Any) -> list[tuple[Any, ...]]:
    """Record where the screen leads instead of going there."""
    calls: list[tuple[Any, ...]] = []
    home._context.navigate = lambda key, item=None, **filters: calls.append((key, item, filters))
    return calls


@pytest.mark.req("R1", "R2", "O17")
def test_it_shows_the_pictured_figures(home: Any) -> None:
    row = home.keys_row
    names = [card.accessibleName() for card in (row.sales, row.orders, row.average, row.points, row.members)]
    assert names[0].endswith("¥8,426.50")
    assert "96" in names[1]
    assert names[2].endswith("¥87.78")
    assert names[3].endswith("¥612.40")
    assert "14" in names[4]
    said = [
        card.accessibleDescription() for card in (row.sales, row.orders, row.average, row.points, row.members)
    ]
    assert [text.split()[0] for text in said] == ["↑12.4%", "↑7.9%", "↑4.2%", "↑3.1%", "↓17.6%"]
    assert home.greeting.text() == "下午好，王掌柜"
    assert home.caption.text() == "11 月 21 日 星期六 · 已营业 6 小时 20 分 · 数据更新于 15:20"


@pytest.mark.req("R1")
def test_its_charts_hold_the_same_numbers_as_tables(home: Any) -> None:
    _head, days = home.daily.chart.table
    assert days[12][1:] == ["68", "54", "122"]
    assert len(days) == 14
    _head, months = home.monthly.chart.table
    assert months[2][1] == "¥216," + months[2][1].split(",")[1]
    assert len(months) == 12


@pytest.mark.req("O8", "I2", "R11")
def test_what_is_to_be_done_comes_by_money_with_one_primary_button(home: Any) -> None:
    assert [(entry.title, entry.money, entry.verb) for entry in home.todo.entries] == [
        ("11 单待发货", "¥281.30", "去发货"),
        ("6 单待付款", "¥237.70", "查看"),
        ("7 个商品低于安全库存", "¥171.57", "列补货单"),
        ("23 位会员的积分快到期", "¥86.40", "查看"),
        ("1 单超时未发货", "¥76.90", "查看"),
        ("2 个商品缺货", "¥51.20", "补货"),
        ("3 张售后单待处理", "¥17.90", "查看"),
        ("1 笔与渠道账单不符", "¥0.60", "去对账"),
    ]
    assert home.todo.entries[4].caption == "最早一单已等 37 小时"
    assert [button.kind for button in buttons(home.todo)] == ["primary", *["secondary"] * 4]
    titles = [entry.title for entry in home.alerts.entries]
    assert "订单 1120-0017 超 36 小时未发货" in titles
    assert "鲜牛奶 950 ml 只剩 8 件" in titles
    assert titles[-1] == "23 位会员的积分 11/30 到期"


@pytest.mark.req("R2")
def test_everything_leads_somewhere(home: Any, desk: Desk) -> None:
    calls = went(home)
    row = home.keys_row
    for card in (row.sales, row.orders, row.average, row.points, row.members):
        card.setFocus()
        desk.qtbot.keyClick(card, Qt.Key.Key_Return)
    assert [call[0] for call in calls] == ["payments", "orders", "orders", "orders", "members"]
    calls.clear()
    late = home.todo.entries[4].title
    leading = [entry for entry in home.todo.entries if entry.verb != "列补货单"]
    for entry in (*leading, *home.alerts.entries):
        entry.go()
    assert calls[:3] == [
        ("orders", None, {"view": "to_ship"}),
        ("orders", None, {"view": "unpaid"}),
        ("members", None, {}),
    ]
    assert (late, calls[3][0]) == ("1 单超时未发货", "orders")
    assert calls[3][1]  # one order is opened itself
    assert calls[4] == ("inventory", None, {"view": "out"})
    assert calls[5] == ("aftersales", None, {})
    assert calls[6][0] == "reconcile"
    assert all(call[0] in {"orders", "inventory", "members"} for call in calls[7:])
    assert len(calls) == len(leading) + len(home.alerts.entries)


@pytest.mark.req("R11", "I4")
def test_a_button_does_it_at_once_and_the_list_follows(home: Any, desk: Desk) -> None:
    calls = went(home)
    place = [entry.verb for entry in home.todo.entries].index("列补货单")
    buttons(home.todo)[place].click()
    desk.until(lambda: ("inventory", None, {"view": "restock"}) in calls)
    desk.until(lambda: any("待订货" in entry.title for entry in home.todo.entries))
    assert all(entry.verb != "列补货单" for entry in home.todo.entries)  # the list is there; it is opened now


@pytest.mark.req("R11")
def test_a_button_goes_exactly_there(home: Any, desk: Desk) -> None:
    workspace = desk.programs[0].workspace
    buttons(home.todo)[0].click()
    assert workspace.key == "orders"
    assert workspace.here.list.filters.statuses == ("to_ship",)
    for step, wanted in ((LATE, ("to_ship",)), ({"queued": True}, ())):
        home._context.navigate("orders", None, **step)
        filters = workspace.here.list.filters
        assert (filters.statuses, filters.late, filters.queued) == (wanted, "late" in step, "queued" in step)
    home._context.navigate(HEALTH.screen, HEALTH.target, **HEALTH.filters)
    assert (workspace.key, workspace.here.open_key) == ("settings", "health")
    desk.quiet(desk.programs[0])


def press(home: Any, desk: Desk, verb: str) -> None:
    """Show all and press the one button that says this."""
    if home.todo.sheet is None or home.todo.sheet.closed:
        home.todo.all.click()
    sheet = home.todo.sheet
    desk.until(lambda: len(rows_of(sheet)) == len(home.todo.entries))
    (button,) = [button for button in rows_of(sheet) if button.text() == verb]
    button.click()


def rows_of(sheet: Any) -> list[Button]:
    """The buttons of the whole list."""
    return [button for button in sheet.findChildren(Button) if sheet.rows.indexOf(button.parentWidget()) >= 0]


def verbs(home: Any) -> set[str]:
    """What the buttons say."""
    return {entry.verb for entry in home.todo.entries}


@pytest.mark.req("R11", "A5", "O21")
def test_what_stopped_and_what_is_wrong_is_mended_from_the_list(home: Any, desk: Desk) -> None:
    shop = home._context.shop
    owner, now = shop.acting_as(actors.console()), shop.clock.now()

    def break_it() -> None:
        owner.do(add_shipped_rules)
        owner.do(record_check, ORDERS, [Finding("Order {number} is wrong.", {"number": "7"}, 99_900_00)])
        row = {"kind": "sms", "payload": "{}", "state": "failed", "tries": 8, "after": now, "at": now}
        paused = {"paused_at": now, "paused_why": "x"}
        with shop.storage.write.begin() as connection:
            connection.execute(insert(Outbox).values(**row))
            connection.execute(update(Rule).where(Rule.key == "retail_unpaid").values(**paused))

    home._context.of(home).device(break_it).then(lambda _none: home.refresh())
    desk.until(lambda: {"恢复", "重试", "修复"} <= verbs(home))
    assert home.todo.entries[0].verb == "修复"  # the money decides
    press(home, desk, "恢复")
    desk.until(lambda: "恢复" not in verbs(home))
    press(home, desk, "重试")
    desk.until(lambda: "重试" not in verbs(home))
    assert not home.todo.sheet.closed  # what is done at once leaves the list open
    press(home, desk, "修复")
    sheets = desk.programs[0].window.findChildren(CheckSheet)
    desk.until(lambda: sheets and sheets[0].isVisible() and "checked" not in sheets[0].state.text())
    desk.quiet(desk.programs[0])
    sheets[0].reject()
    desk.until(lambda: "修复" not in verbs(home))  # looked at again: nothing is wrong


@pytest.mark.req("R11")
def test_five_are_shown_and_a_sheet_holds_all(home: Any, desk: Desk) -> None:
    calls = went(home)
    assert len(buttons(home.todo)) == FIRST < len(home.todo.entries)
    home.todo.all.click()
    sheet = home.todo.sheet
    assert [button.text() for button in rows_of(sheet)] == [entry.verb for entry in home.todo.entries]
    home.todo.show_entries(home.todo.entries[1:])  # somebody did the first one meanwhile
    desk.until(lambda: len(rows_of(sheet)) == len(home.todo.entries))
    press(home, desk, "补货")
    assert sheet.closed
    assert calls == [("inventory", None, {"view": "out"})]


@pytest.mark.req("R11")
def test_rows_that_say_the_same_keep_the_keyboard(home: Any, desk: Desk) -> None:
    """The news of a sale elsewhere redraws nothing that did not change."""
    button = buttons(home.todo)[1]
    button.setFocus()
    home.refresh()
    desk.quiet(desk.programs[0])
    assert buttons(home.todo)[1] is button
    assert button.hasFocus()
    home.todo.show_entries(home.todo.entries[1:])  # the control: other rows are built anew
    desk.until(lambda: buttons(home.todo))
    assert buttons(home.todo)[0] is not button


@pytest.mark.req("R11")
def test_with_nothing_to_do_it_says_so(home: Any) -> None:
    home.todo.show_entries([])
    assert home.todo.calm.isVisible()
    assert not home.todo.all.isVisible()
    assert buttons(home.todo) == []


@pytest.mark.req("O17")
def test_another_period_shows_its_own_sums(home: Any, desk: Desk) -> None:
    home.period.set_value("week")
    home.period.picked.emit("week")
    desk.until(lambda: "744" in home.keys_row.orders.accessibleName())
    assert "比前 7 天" in home.keys_row.orders.accessibleDescription()
    home.period.picked.emit("month")
    desk.until(lambda: "¥146,280.00" in home.keys_row.sales.accessibleName())


@pytest.mark.req("R2", "A2")
def test_the_daily_report_is_written_off_the_screens_thread(home: Any, desk: Desk, tmp_path: Path) -> None:
    home.period.set_value("week")
    sheet = home.open_report()
    path = tmp_path / "report.xlsx"
    sheet.file.entry.setText(str(path))
    sheet.submitted.emit()
    desk.until(path.exists)
    desk.quiet(desk.programs[0])
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    today = [row for row in rows[1:] if row[0] == "2026-11-21"]
    assert sum(row[3] for row in today) == 96
    assert round(sum(row[4] for row in today), 2) == 8_426.50
    assert {row[0] for row in rows[1:]} == {f"2026-11-{day}" for day in range(15, 22)}


@pytest.mark.req("O6", "R2")
def test_a_sale_shows_within_seconds(home: Any, desk: Desk) -> None:
    """The figures follow a sale at a till without anybody touching the screen."""
    till = home._context.shop.acting_as(actors.staff(1, 1))

    def sell() -> None:
        rice = till.ask(stock_page, StockFilter(text="五常大米")).rows[0]
        version = till.do(save_checkout, "a-sale", [CartLine(rice.id, "", 1_000)])
        till.do(settle, "a-sale", [TenderIn("cash", 4_990)], version)

    home._context.of(home).device(sell)
    desk.until(lambda: "97" in home.keys_row.orders.accessibleName())
    assert "¥8,476.40" in home.keys_row.sales.accessibleName()


@pytest.mark.req("R3")
def test_days_and_large_amounts_in_both_languages() -> None:
    set_language("zh_CN")
    assert (short_day(date(2026, 11, 8)), long_day(date(2026, 11, 20))) == ("11/8", "11 月 20 日 星期五")
    assert (large(14_628_000, "CNY"), large_axis(25_000_000, "CNY")) == ("14.6", "25")
    set_language("en")
    assert (short_day(date(2026, 11, 8)), long_day(date(2026, 11, 20))) == ("8 Nov", "Friday 20 Nov")
    assert (large(14_628_000, "CNY"), large(500, "JPY")) == ("146.3", "0.5")
