"""A change of language keeps what somebody was looking at: filters, tab, sort, the open thing."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.queries.stock import StockFilter
from tests.helpers.desk import Desk


@pytest.fixture
def workspace(desk: Desk, sample_file: str) -> Any:
    """Signed in to the sample shop as its owner."""
    program = desk.open(sample_file)
    program.window.resize(1440, 900)
    program.window.activateWindow()
    return desk.sign_in(program)


def _switch(desk: Desk, workspace: Any) -> Any:
    program = desk.programs[0]
    desk.quiet(program)
    program.next_language()
    desk.until(lambda: program.workspace is not workspace)
    assert program.workspace is not None
    return program.workspace


def _open(desk: Desk, workspace: Any, key: str) -> Any:
    workspace.go(key)
    desk.quiet(desk.programs[0])
    return workspace.here


@pytest.mark.req("R3")
def test_orders_keep_tab_search_sort_and_the_open_order(desk: Desk, workspace: Any) -> None:
    screen = _open(desk, workspace, "orders")
    screen.list.show_view("to_ship")
    screen.list.show_sort("-due")
    desk.quiet(desk.programs[0])
    third = screen.list.model.row_at(2).id
    screen.open_item(third)
    desk.until(lambda: screen.panel.order is not None and screen.panel.order.id == third)
    again = _switch(desk, workspace).here
    desk.until(lambda: again.panel.order is not None and again.panel.order.id == third)
    desk.until(lambda: again.list.table.current_id() == third)
    assert again.list.tabs.value() == "to_ship"
    assert (again.list.filters, again.list.sort) == (screen.list.filters, "-due")
    desk.quiet(desk.programs[0])


@pytest.mark.req("R3")
def test_a_search_is_kept_with_its_words(desk: Desk, workspace: Any) -> None:
    for key in ("orders", "members", "payments", "products", "inventory"):
        screen = _open(desk, workspace, key)
        screen.open_filters(text="lj")
        desk.quiet(desk.programs[0])
    again = _switch(desk, workspace)
    searches = {
        "orders": lambda s: s.list.bar.search,
        "members": lambda s: s.list.search,
        "payments": lambda s: s.search,
        "products": lambda s: s.search,
        "inventory": lambda s: s.filters.search,
    }
    for key, field in searches.items():
        assert field(_open(desk, again, key)).value() == "lj", key
    last = _switch(desk, again)  # also what was not opened in between
    assert searches["orders"](_open(desk, last, "orders")).value() == "lj"
    desk.quiet(desk.programs[0])


@pytest.mark.req("R3")
def test_stock_keeps_its_tab_and_the_chosen_goods(desk: Desk, workspace: Any) -> None:
    screen = _open(desk, workspace, "inventory")
    screen.open_filters(view="low")
    desk.quiet(desk.programs[0])
    chosen = screen.model.rows[2].id
    screen.open_item(chosen)
    again = _switch(desk, workspace).here
    desk.until(lambda: again.table.current_id() == chosen)
    assert again.tabs.value() == "low"
    assert again._filter == replace(StockFilter(), view="low")
    desk.quiet(desk.programs[0])


@pytest.mark.req("R3")
def test_an_open_member_stays_open_and_the_list_keeps_its_tier(desk: Desk, workspace: Any) -> None:
    screen = _open(desk, workspace, "members")
    screen.open_filters(tier="gold")
    desk.quiet(desk.programs[0])
    who = screen.list.model.rows[0].id
    screen.open_item(who)
    again = _switch(desk, workspace).here
    assert again.stack.currentWidget() is again.page
    assert again.page.member_id == who
    again.back()
    assert again.list.tabs.value() == "gold"
    desk.until(lambda: [r.id for r in again.list.model.rows] == [r.id for r in screen.list.model.rows])
    desk.quiet(desk.programs[0])


def test_a_screen_never_opened_starts_as_usual(desk: Desk, workspace: Any) -> None:
    again = _switch(desk, workspace)
    screen = _open(desk, again, "inventory")
    assert screen._filter == StockFilter()
    desk.quiet(desk.programs[0])
