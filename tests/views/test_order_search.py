"""Searching on the orders screen: typed conditions become chips, the sheet builds them, views keep and share them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.i18n import set_language
from desktop.basics.ids import new_key
from desktop.queries.order_search import Clause, OrderFilter
from desktop.queries.saved_views import saved_views
from desktop.services.orders import OrderDraft, create_order
from desktop.services.saved_views import order_views, save_view, share_view
from desktop.shop.shop import Shop
from desktop.views.common.context import Context
from desktop.views.common.toast import host_of
from desktop.views.orders.filter_sheet import FilterSheet
from desktop.views.orders.screen import OrdersScreen
from desktop.views.orders.view_tabs import RenameViewSheet, SaveViewSheet
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.screens import Surroundings, surroundings


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop with an order of tea and one of milk."""
    made = open_stocked(sqlite_shop)
    for goods in (TEA, MILK):
        made.shop.do(create_order, OrderDraft(tuple(made.cart((goods, 1))), address="文三路"), new_key())
    return made


@pytest.fixture
def here(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's surroundings."""
    with surroundings(qapp, stocked.shop, tmp_path) as made:
        yield made


@pytest.fixture
def screen(qtbot: QtBot, here: Surroundings) -> OrdersScreen:
    """The orders screen, shown and loaded, the keyboard in its search field."""
    made = OrdersScreen(here.context)
    qtbot.addWidget(made)
    made.resize(1440, 860)
    made.show()
    made.activateWindow()
    quiet(qtbot, here.context)
    made.list.bar.search.setFocus()
    return made


def quiet(qtbot: QtBot, context: Context) -> None:
    """Wait until nothing is asked or done any more."""
    qtbot.waitUntil(lambda: context.background.running == 0)


def type_in(qtbot: QtBot, screen: OrdersScreen, text: str) -> None:
    """Type and wait until the pause after it is over and the list has answered."""
    box = screen.list.bar.search
    if text.isascii():
        QTest.keyClicks(box, text)
    else:  # a keyboard has no Chinese keys: it comes from the input method as a whole
        box.insert(text)
    qtbot.waitUntil(lambda: not box._pause.isActive())
    quiet(qtbot, screen.context)


def chips(screen: OrdersScreen) -> list[str]:
    """What the chips say."""
    return [f"{chip.field} {chip.value}".strip() for chip in screen.list.bar.shown]


def names(screen: OrdersScreen) -> int:
    """How many orders the list shows."""
    return len(screen.list.model.rows)


@pytest.mark.req("O16")
def test_a_typed_condition_becomes_a_chip_and_its_cross_takes_it_away(
    qtbot: QtBot, screen: OrdersScreen
) -> None:
    type_in(qtbot, screen, "tea")
    assert names(screen) == 0  # English words find no Chinese tea: the control
    screen.list.bar.search.clear()
    type_in(qtbot, screen, "lj status:unpaid amount>10")
    assert chips(screen) == ["Status Unpaid"], "what is still being typed is no chip yet"
    assert screen.list.bar.search.text() == "lj amount>10"
    QTest.keyClick(screen.list.bar.search, Qt.Key.Key_Return)
    quiet(qtbot, screen.context)
    assert chips(screen) == ["Amount ≥ ¥10.01", "Status Unpaid"]
    assert (screen.list.bar.search.text(), names(screen)) == ("lj", 1)
    screen.list.bar.shown[0].removed.emit()
    quiet(qtbot, screen.context)
    assert screen.list.filters == OrderFilter(text="lj", statuses=("unpaid",))


@pytest.mark.req("O16")
def test_backspace_in_the_empty_field_gives_the_last_condition_back_as_text(
    qtbot: QtBot, screen: OrdersScreen
) -> None:
    type_in(qtbot, screen, "-status:done ")
    assert chips(screen) == ["Status ≠ Done"]
    screen.list.bar.search.clear()
    QTest.keyClick(screen.list.bar.search, Qt.Key.Key_Backspace)
    quiet(qtbot, screen.context)
    assert (chips(screen), screen.list.bar.search.text()) == ([], "-status:done")


@pytest.mark.req("O16", "R4")
def test_fields_and_values_are_proposed_and_taken_by_keys(qtbot: QtBot, screen: OrdersScreen) -> None:
    box = screen.list.bar.search
    type_in(qtbot, screen, "stat")
    qtbot.waitUntil(box.list.isVisible)
    assert [item.label for item in box.list.items] == ["status:"]
    QTest.keyClick(box, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: len(box.list.items) == 5)
    for _ in range(2):
        QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chips(screen) == ["Status To ship"])
    quiet(qtbot, screen.context)
    assert (box.text(), box.list.isVisible(), names(screen)) == ("", False, 0)


@pytest.mark.req("O16", "R6")
def test_what_cant_be_read_stays_with_its_reason(qtbot: QtBot, screen: OrdersScreen) -> None:
    box = screen.list.bar.search
    set_language("zh_CN")
    type_in(qtbot, screen, "金额>很多 ")
    assert box.text() == "金额>很多 "
    assert "金额>100" in box.list.error.text()
    assert box.property("bad") is True
    box.clear()
    qtbot.waitUntil(lambda: box.property("bad") is False)
    assert names(screen) == 2


@pytest.mark.req("O16")
def test_the_sheet_builds_all_and_any_and_counts_while_it_is_built(
    qtbot: QtBot, screen: OrdersScreen
) -> None:
    screen.list.bar._sheet()
    sheet = screen.findChildren(FilterSheet)[-1]
    row = sheet.all.add(None)
    row.field.set_value("goods")
    row.field.picked.emit("goods")
    row._editor.words.setText("龙井")  # type: ignore[union-attr]
    sheet.any.add(Clause("status", "is", ("unpaid",)))
    sheet.any.add(Clause("amount", "between", ("99999900", "")))
    qtbot.waitUntil(lambda: sheet.counted.text() == "1 orders")
    sheet.submit()
    quiet(qtbot, screen.context)
    assert screen.list.filters == OrderFilter(
        clauses=(Clause("goods", "contains", ("龙井",)),),
        either=(Clause("status", "is", ("unpaid",)), Clause("amount", "between", ("99999900", ""))),
    )
    assert names(screen) == 1
    assert chips(screen) == ["Goods 龙井", "Any of Status Unpaid | Amount ≥ ¥999,999"]
    screen.list.bar._sheet()
    again = screen.findChildren(FilterSheet)[-1]
    assert again.wanted() == screen.list.filters
    again.any.rows[1].dropped.emit()
    assert len(again.wanted().either) == 1
    again.reject()


@pytest.mark.req("O16")
def test_many_chips_find_room_in_one_that_opens_the_sheet(qtbot: QtBot, screen: OrdersScreen) -> None:
    many = tuple(Clause("note", "contains", (f"a rather long note {i}",)) for i in range(9))
    screen.list.bar._set(OrderFilter(clauses=many))
    quiet(qtbot, screen.context)
    bar = screen.list.bar
    seen = [chip for chip in bar.shown if chip.isVisible()]
    assert 0 < len(seen) < 9
    assert bar.further.isVisible()
    assert bar.further.value == f"+{9 - len(seen)}"
    assert bar.further.geometry().right() < bar.more_small.geometry().left()


@pytest.mark.req("O16")
def test_views_are_shared_renamed_moved_and_brought_back(
    qtbot: QtBot, screen: OrdersScreen, stocked: Stocked
) -> None:
    for label, status in (("一", "unpaid"), ("二", "done")):
        screen.list.bar._set(OrderFilter(statuses=(status,)))
        screen.list.shelf.tabs.set_value("all")
        screen.list.shelf.show_changed()
        screen.list.keep.click()
        sheet = screen.findChildren(SaveViewSheet)[-1]
        sheet.words.setText(label)
        sheet.shared.setChecked(True)
        sheet.submit()
        quiet(qtbot, screen.context)
    shelf = screen.list.shelf
    assert [(v.name, v.shared) for v in stocked.cashier.ask(saved_views, "orders")] == [
        ("一", True),
        ("二", True),
    ]
    first, second = (view.saved_id for view in shelf.views.values() if view.saved_id)
    assert shelf._moved(shelf.current(), -1) == [second, first]
    assert shelf._moved(shelf.current(), 1) == []
    stocked.shop.do(order_views, [second, first])
    rename = RenameViewSheet(shelf, screen.context, shelf.current())
    rename.words.setText("大单")
    rename.submit()
    quiet(qtbot, screen.context)
    qtbot.waitUntil(lambda: [v.label for v in shelf.views.values() if v.saved_id] == ["大单", "一"])
    shelf.remove()
    quiet(qtbot, screen.context)
    assert host_of(screen).undo_newest()
    quiet(qtbot, screen.context)
    assert [(v.name, v.shared) for v in stocked.shop.ask(saved_views, "orders")] == [
        ("大单", True),
        ("一", True),
    ]


@pytest.mark.req("O16")
def test_a_changed_view_carries_a_dot_until_it_is_saved_or_restored(
    qtbot: QtBot, screen: OrdersScreen, stocked: Stocked
) -> None:
    made = stocked.shop.do(save_view, "orders", "茶", OrderFilter(text="龙井").to_json())
    screen.list.ask_views(made)
    quiet(qtbot, screen.context)
    screen.list.show_view(f"view:{made}")
    quiet(qtbot, screen.context)
    dots: Any = lambda: [tab.key for tab in screen.list.tabs._tabs if tab.changed]  # noqa: E731
    assert dots() == []
    screen.list.bar._set(OrderFilter(text="龙井", late=True))
    quiet(qtbot, screen.context)
    assert dots() == [f"view:{made}"]
    screen.list.restore.click()
    quiet(qtbot, screen.context)
    assert dots() == []
    screen.list.bar._set(OrderFilter(text="龙井", late=True))
    screen.list.keep.click()
    qtbot.waitUntil(lambda: dots() == [])
    assert screen.list.views[f"view:{made}"].filters == OrderFilter(text="龙井", late=True)


@pytest.mark.req("O16")
def test_shared_views_are_changed_only_by_who_handles_orders(stocked: Stocked) -> None:
    from desktop.basics.errors import NotAllowed, NotFound

    shared = stocked.shop.do(save_view, "orders", "全店", "{}", shared=True)
    mine = stocked.cashier.do(save_view, "orders", "我的", "{}")
    stocked.cashier.do(save_view, "orders", "", '{"late": true}', mine)
    for deed in (
        lambda: stocked.cashier.do(save_view, "orders", "", "{}", shared),
        lambda: stocked.cashier.do(save_view, "orders", "新", "{}", shared=True),
        lambda: stocked.cashier.do(share_view, mine, True),
        lambda: stocked.cashier.do(order_views, [shared]),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with pytest.raises(NotFound):
        stocked.shop.do(share_view, mine, True)
    assert [(v.name, v.shared) for v in stocked.cashier.ask(saved_views, "orders")] == [
        ("全店", True),
        ("我的", False),
    ]


@pytest.mark.req("O16")
def test_a_newer_search_ends_the_older_count(qtbot: QtBot, screen: OrdersScreen) -> None:
    from sqlalchemy import text

    from desktop.models.people import Permission
    from desktop.shop.action import Question
    from desktop.shop.work import Read

    begun, ended = threading.Event(), threading.Event()

    def slowly(read: Read) -> int:
        begun.set()
        try:
            endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000000)"
            return int(read.rows(text(f"{endless} SELECT count(*) FROM n")).scalar_one())
        finally:
            ended.set()

    question = Question("test.slowly", Permission.SEE_ORDERS, slowly)
    scope = screen.list.scope
    fetch = screen.list.model._fetch
    assert fetch is not None
    screen.list.model.ask(fetch, lambda: scope.ask(question))
    qtbot.waitUntil(begun.is_set)
    assert not ended.wait(0.3)  # the control: by itself it goes on
    screen.list.load()
    qtbot.waitUntil(ended.is_set)
    quiet(qtbot, screen.context)
    assert screen.list.model.total == 2
