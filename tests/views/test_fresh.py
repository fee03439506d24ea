"""Every screen shows what another program changed, and the person at it keeps their place.

The other program is a second door to the same database. Beside each screen stands a deaf twin, the same screen
without news: it must not change, or the test would pass by itself. How long it takes is measured by
`tests/bench/news.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from desktop.basics.ids import new_key
from desktop.models.orders import TO_SHIP
from desktop.queries.member_history import member_points_page
from desktop.queries.order_detail import order_detail
from desktop.queries.order_search import OrderFilter
from desktop.queries.orders import orders_page
from desktop.queries.shell import me, shop_card
from desktop.services.fulfilment import ship_order
from desktop.services.members import adjust_points, sign_up
from desktop.services.products import ProductChanges, edit_product
from desktop.services.refunds import refund_lines
from desktop.services.replenishment import draft_now
from desktop.services.settings import set_setting
from desktop.services.stock import AdjustLine, ReceivedLine, adjust_stock, receive_stock
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.common.context import Context
from desktop.views.dashboard.screen import DashboardScreen
from desktop.views.inventory.screen import InventoryScreen
from desktop.views.members.screen import MembersScreen
from desktop.views.orders.screen import OrdersScreen
from desktop.views.payments.screen import PaymentsScreen
from desktop.views.products.screen import ProductsScreen
from desktop.views.shell.workspace import Workspace
from tests.helpers.fresh import Pair
from tests.helpers.screens import Surroundings

# -- lists --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A screen with a list: its parts, what to type, and how another program changes one of its rows."""

    make: Callable[[Context], Any]
    change: Callable[[Shop, Any], object]
    part: Callable[[Any], Any] = field(default=lambda screen: screen)  # has model, table or view, and search
    typed: str = "1"


def _view(part: Any) -> Any:
    return part.view if hasattr(part, "view") else part.table


def _search(part: Any) -> Any:
    if hasattr(part, "search"):
        return part.search
    return part.bar.search if hasattr(part, "bar") else part.filters.search


def _ship(other: Shop, _row: Any) -> None:
    page = other.ask(orders_page, OrderFilter(statuses=(TO_SHIP,), text="1121"), "-placed")
    other.do(ship_order, page.rows[0].id)


def _refund(other: Shop, row: Any) -> None:
    line = other.ask(order_detail, row.order_id).lines[0]
    other.do(refund_lines, row.order_id, [(line.id, 1_000)], "", new_key())


LISTS = {
    "orders": Listed(OrdersScreen, _ship, lambda s: s.list, "1121"),
    "products": Listed(
        ProductsScreen, lambda other, row: other.do(edit_product, row.product_id, ProductChanges(name="1 新名字")),
    ),
    "inventory": Listed(
        InventoryScreen,
        lambda other, row: other.do(receive_stock, [ReceivedLine(row.id, 1_000)], client_key=new_key()),
    ),
    "members": Listed(
        MembersScreen,
        lambda other, row: other.do(adjust_points, row.id, 5, "送", client_key=new_key()),
        lambda s: s.list,
        "王",
    ),
    "payments": Listed(PaymentsScreen, _refund, typed="1121"),
}  # fmt: skip


def _standing(part: Any) -> tuple[Any, ...]:
    """Chosen row, ticks, what is typed and where, and the first row in sight."""
    view, search = _view(part), _search(part)
    first = part.model.row_at(view.indexAt(QPoint(4, 1)).row())
    return (
        view.current_id(), frozenset(part.model.checked), search.text(), search.cursorPosition(),
        search.hasFocus(), first.id if first else None,
    )  # fmt: skip


@pytest.mark.req("O6")
@pytest.mark.parametrize("key", LISTS)
def test_a_list_takes_over_what_changed_and_nobody_loses_their_place(
    key: str, elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    case = LISTS[key]
    pair = Pair(qtbot, following, case.make)
    for screen in (pair.twin, pair.screen):
        part = case.part(screen)
        qtbot.waitUntil(lambda part=part: len(part.model.rows) > 20)
        loads: list[bool] = []
        part.model.loaded.connect(loads.append)
        if key == "inventory":
            screen._show_search()
        screen.activateWindow()
        _search(part).setFocus()
        _search(part).insert(case.typed)
        qtbot.waitUntil(lambda loads=loads: bool(loads))
        pair.settle()
    part, view = case.part(pair.screen), _view(case.part(pair.screen))
    rows = part.model.rows
    assert len(rows) > 12
    view.go_to(rows[5].id)
    if part.model.columns[0].kind == "tick":
        part.model.check([rows[1].id, rows[6].id], True)
    view.verticalScrollBar().setValue(view.row_height() * 3 + 7)
    assert view.verticalScrollBar().value() > 0
    _search(part).setFocus()
    _search(part).setCursorPosition(0)
    pair.settle()
    standing = _standing(part)
    assert standing[4]
    pair.changes(lambda screen: tuple(case.part(screen).model.rows), lambda: case.change(elsewhere, rows[4]))
    assert _standing(part) == standing


# -- panels and pages beside lists ----------------------------------------------------------------------------------


@pytest.mark.req("O6")
def test_the_panel_of_goods_grows_by_what_moved_and_stays_where_it_was_scrolled(
    elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, following, InventoryScreen)
    qtbot.waitUntil(lambda: all(s.panel._shown for s in (pair.twin, pair.screen)))
    panel = pair.screen.panel  # type: ignore[attr-defined]
    if panel._more.isVisibleTo(panel):
        panel._more.click()
        pair.settle()
    bar = panel._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 60)
    bar.setValue(60)
    count, sku = panel._moves.count(), panel.sku_id
    pair.changes(
        lambda screen: screen.panel._row.on_hand_milli,
        lambda: elsewhere.do(adjust_stock, [AdjustLine(sku, 3_000)], reason="found", client_key=new_key()),
    )
    qtbot.waitUntil(lambda: panel._moves.count() == count + 1)
    assert bar.value() == 60


@pytest.mark.req("O6", "I4")
def test_the_restock_list_of_another_program_shows(
    elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, following, InventoryScreen)
    pair.changes(lambda screen: len(screen.restock.rows), lambda: elsewhere.do(draft_now))
    drafted = elsewhere.do(draft_now)  # reckoned again into the same list
    assert len(pair.screen.restock.rows) == drafted.lines > 0
    assert not pair.twin.restock.rows


@pytest.mark.req("O6")
def test_a_product_being_changed_keeps_what_is_typed_while_the_list_goes_on(
    elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, following, ProductsScreen)
    qtbot.waitUntil(lambda: pair.screen.panel._detail is not None)  # type: ignore[attr-defined]
    pair.settle()
    screen: Any = pair.screen
    note = screen.panel.form.note
    note.setFocus()
    qtbot.keyClicks(note, "half a sen")
    assert screen.panel.editing()
    product = screen.panel._detail.row.product_id
    change = ProductChanges(name="另一个名字")
    pair.changes(lambda s: tuple(s.model.rows), lambda: elsewhere.do(edit_product, product, change))
    assert "half a sen" in note.value()
    assert screen.panel.editing()
    screen.panel._discard()
    qtbot.waitUntil(lambda: screen.panel._detail.row.name == "另一个名字")


@pytest.mark.req("O6")
def test_an_order_and_a_member_that_are_open_are_shown_anew(
    elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    found = elsewhere.ask(orders_page, OrderFilter(statuses=(TO_SHIP,)), "-placed").rows[0]
    pair = Pair(qtbot, following, OrdersScreen)
    for screen in (pair.twin, pair.screen):
        screen.open_item(found.id)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda s=screen: s.panel.order is not None)
    pair.settle()
    pair.changes(lambda screen: screen.panel.order.status, lambda: elsewhere.do(ship_order, found.id))

    member = elsewhere.do(sign_up, "13900001111", name="新人").member_id
    pages = Pair(qtbot, following, MembersScreen)
    for screen in (pages.twin, pages.screen):
        screen.open_item(member)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda s=screen: s.page.member is not None)
    pages.settle()
    pages.changes(
        lambda screen: (screen.page.member.points, len(screen.page.history.tables["points"].rows)),
        lambda: elsewhere.do(adjust_points, member, 7, "送", client_key=new_key()),
    )
    rows = elsewhere.ask(member_points_page, member, since=None).rows
    qtbot.waitUntil(lambda: len(pages.screen.page.history.tables["points"].rows) == len(rows))  # type: ignore[attr-defined]


# -- dashboard, frame -----------------------------------------------------------------------------------------------


@pytest.mark.req("O6")
def test_the_dashboard_counts_on_and_stays_where_it_was_scrolled(
    elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, following, DashboardScreen)
    members = [pair.screen, pair.twin]
    qtbot.waitUntil(lambda: all("—" not in s.keys_row.members.accessibleName() for s in members))
    area = pair.screen.findChildren(QScrollArea)[0]
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 40)
    bar.setValue(40)
    pair.changes(
        lambda screen: screen.keys_row.members.accessibleName(), lambda: elsewhere.do(sign_up, "13900002222")
    )
    assert bar.value() == 40


@pytest.mark.req("O6")
def test_the_frame_counts_on_and_takes_over_the_name(
    sample: Shop, elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    card, person = sample.ask(shop_card), sample.acting_as(actors.staff(1, 1)).ask(me)
    context = replace(following.context, shop=sample.acting_as(actors.staff(1, 1)), user_id=1)
    context.shop.learn_rights()

    def frame(at: Context) -> Workspace:
        return Workspace(replace(context, news=at.news), person, card)

    pair = Pair(qtbot, following, frame)

    def named(screen: Any) -> str:
        return str(screen.card.name)

    pair.changes(named, lambda: elsewhere.do(set_setting, "shop.name", "青禾二店"))
    found = elsewhere.ask(orders_page, OrderFilter(statuses=(TO_SHIP,)), "-placed").rows[0]

    def counted(screen: Any) -> Any:
        return screen.side.items["orders"].count

    qtbot.waitUntil(lambda: bool(counted(pair.screen) and counted(pair.twin)))
    pair.changes(counted, lambda: elsewhere.do(ship_order, found.id))
