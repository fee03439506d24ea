"""Every screen shows what another program changed, and the person at it keeps their place.

The other program is a second door to the same database. Beside each screen stands a deaf twin, the same screen
without news: it must not change, or the test would pass by itself. How long it takes is measured by
`tests/bench/news.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
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
from desktop.services.staff import record_staff, set_rights
from desktop.services.stock import AdjustLine, ReceivedLine, adjust_stock, receive_stock
from desktop.services.tills import add_till, rename_till
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.refresh import News
from desktop.views.dashboard.screen import DashboardScreen
from desktop.views.inventory.screen import InventoryScreen
from desktop.views.members.screen import MembersScreen
from desktop.views.orders.screen import OrdersScreen
from desktop.views.payments.screen import PaymentsScreen
from desktop.views.products.screen import ProductsScreen
from desktop.views.settings.audit_page import AuditPage
from desktop.views.settings.registry_page import SHOP, RegistryPage
from desktop.views.settings.roles_page import RolesPage
from desktop.views.settings.staff_page import StaffPage
from desktop.views.settings.tills_page import TillsPage
from desktop.views.shell.workspace import Workspace
from tests.helpers.screens import Surroundings, surroundings

HIGH = 520  # px: lists are longer than that


def _deaf(context: Context) -> Context:
    """The same surroundings, to which no news comes."""
    return replace(context, news=News(lambda _listener: lambda: None))


@pytest.fixture
def other(sample: Shop, sample_url: str) -> Iterator[Shop]:
    """Another program on the same database."""
    made = Shop(open_storage(sample_url), actor=actors.console(), clock=sample.clock)
    yield made
    made.news.close()
    made.storage.close()


@pytest.fixture
def around(qapp: QApplication, sample: Shop, tmp_path: Path) -> Iterator[Surroundings]:
    """The surroundings of screens that follow other programs' news."""
    with surroundings(qapp, sample, tmp_path) as made:
        sample.news.follow()
        yield made


class Pair:
    """A screen and its deaf twin."""

    def __init__(self, qtbot: QtBot, around: Surroundings, make: Callable[[Context], QWidget]) -> None:
        self.qtbot, self._background = qtbot, around.context.background
        self.twin, self.screen = make(_deaf(around.context)), make(around.context)
        for made in (self.twin, self.screen):
            qtbot.addWidget(made)
            around.window(made, 1_400, HIGH)
            if hasattr(made, "load"):
                made.load()
        self.screen.activateWindow()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way, twice: answers may ask again."""
        for _again in range(2):
            self.qtbot.waitUntil(lambda: self._background.running == 0)

    def changes(self, shown: Callable[[Any], Any], change: Callable[[], object]) -> None:
        """The screen shows something else after the change; its twin does not."""
        before = shown(self.screen)
        assert shown(self.twin) == before
        change()
        self.qtbot.waitUntil(lambda: shown(self.screen) != before)
        self.settle()
        assert shown(self.twin) == before


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
    return part.bar.search if hasattr(part, "bar") else part.search


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
    key: str, other: Shop, around: Surroundings, qtbot: QtBot
) -> None:
    case = LISTS[key]
    pair = Pair(qtbot, around, case.make)
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
    pair.changes(lambda screen: tuple(case.part(screen).model.rows), lambda: case.change(other, rows[4]))
    assert _standing(part) == standing


# -- panels and pages beside lists ----------------------------------------------------------------------------------


@pytest.mark.req("O6")
def test_the_panel_of_goods_grows_by_what_moved_and_stays_where_it_was_scrolled(
    other: Shop, around: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, around, InventoryScreen)
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
        lambda: other.do(adjust_stock, [AdjustLine(sku, 3_000)], reason="found", client_key=new_key()),
    )
    qtbot.waitUntil(lambda: panel._moves.count() == count + 1)
    assert bar.value() == 60


@pytest.mark.req("O6", "I4")
def test_the_restock_list_of_another_program_shows(other: Shop, around: Surroundings, qtbot: QtBot) -> None:
    pair = Pair(qtbot, around, InventoryScreen)
    pair.changes(lambda screen: len(screen.restock.rows), lambda: other.do(draft_now))


@pytest.mark.req("O6")
def test_a_product_being_changed_keeps_what_is_typed_while_the_list_goes_on(
    other: Shop, around: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, around, ProductsScreen)
    qtbot.waitUntil(lambda: pair.screen.panel._detail is not None)  # type: ignore[attr-defined]
    pair.settle()
    screen: Any = pair.screen
    note = screen.panel.form.note
    note.setFocus()
    qtbot.keyClicks(note, "half a sen")
    assert screen.panel.editing()
    product = screen.panel._detail.row.product_id
    change = ProductChanges(name="另一个名字")
    pair.changes(lambda s: tuple(s.model.rows), lambda: other.do(edit_product, product, change))
    assert "half a sen" in note.value()
    assert screen.panel.editing()
    screen.panel._discard()
    qtbot.waitUntil(lambda: screen.panel._detail.row.name == "另一个名字")


@pytest.mark.req("O6")
def test_an_order_and_a_member_that_are_open_are_shown_anew(
    other: Shop, around: Surroundings, qtbot: QtBot
) -> None:
    found = other.ask(orders_page, OrderFilter(statuses=(TO_SHIP,)), "-placed").rows[0]
    pair = Pair(qtbot, around, OrdersScreen)
    for screen in (pair.twin, pair.screen):
        screen.open_item(found.id)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda s=screen: s.panel.order is not None)
    pair.settle()
    pair.changes(lambda screen: screen.panel.order.status, lambda: other.do(ship_order, found.id))

    member = other.do(sign_up, "13900001111", name="新人").member_id
    pages = Pair(qtbot, around, MembersScreen)
    for screen in (pages.twin, pages.screen):
        screen.open_item(member)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda s=screen: s.page.member is not None)
    pages.settle()
    pages.changes(
        lambda screen: (screen.page.member.points, len(screen.page.history.tables["points"].rows)),
        lambda: other.do(adjust_points, member, 7, "送", client_key=new_key()),
    )
    rows = other.ask(member_points_page, member, since=None).rows
    qtbot.waitUntil(lambda: len(pages.screen.page.history.tables["points"].rows) == len(rows))  # type: ignore[attr-defined]


# -- dashboard, frame -----------------------------------------------------------------------------------------------


@pytest.mark.req("O6")
def test_the_dashboard_counts_on_and_stays_where_it_was_scrolled(
    other: Shop, around: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, around, DashboardScreen)
    members = [pair.screen, pair.twin]
    qtbot.waitUntil(lambda: all("—" not in s.keys_row.members.accessibleName() for s in members))
    area = pair.screen.findChildren(QScrollArea)[0]
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 40)
    bar.setValue(40)
    pair.changes(
        lambda screen: screen.keys_row.members.accessibleName(), lambda: other.do(sign_up, "13900002222")
    )
    assert bar.value() == 40


@pytest.mark.req("O6")
def test_the_frame_counts_on_and_takes_over_the_name(
    sample: Shop, other: Shop, around: Surroundings, qtbot: QtBot
) -> None:
    card, person = sample.ask(shop_card), sample.acting_as(actors.staff(1, 1)).ask(me)
    context = replace(around.context, shop=sample.acting_as(actors.staff(1, 1)), user_id=1)
    context.shop.learn_rights()

    def frame(at: Context) -> Workspace:
        return Workspace(replace(context, news=at.news), person, card)

    pair = Pair(qtbot, around, frame)

    def named(screen: Any) -> str:
        return str(screen.card.name)

    pair.changes(named, lambda: other.do(set_setting, "shop.name", "青禾二店"))
    found = other.ask(orders_page, OrderFilter(statuses=(TO_SHIP,)), "-placed").rows[0]

    def counted(screen: Any) -> Any:
        return screen.side.items["orders"].count

    qtbot.waitUntil(lambda: bool(counted(pair.screen) and counted(pair.twin)))
    pair.changes(counted, lambda: other.do(ship_order, found.id))


# -- settings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A settings page, what it shows, and how another program changes that."""

    make: Callable[[Context], Any]
    shown: Callable[[Any], Any]
    change: Callable[[Shop], object]


def _words(page: Any) -> list[str]:
    return sorted(label.text() for label in page._card.findChildren(Label) if label.isVisibleTo(page))


def _boxes(page: Any) -> list[Any]:
    return sorted(key for key, box in page.boxes.items() if box.isChecked())


PAGES = {
    "shop": Kept(
        lambda context: RegistryPage(context, "", SHOP),
        lambda page: page.controls["shop.branch"].read(),
        lambda other: other.do(set_setting, "shop.branch", "二店"),
    ),
    "tills": Kept(TillsPage, _words, lambda other: other.do(rename_till, 1, "门口")),
    "staff": Kept(StaffPage, _words, lambda other: _hire(other)),
    "roles": Kept(RolesPage, _boxes, lambda other: other.do(set_rights, {"cashier": ["sign in"]})),
    "audit": Kept(
        AuditPage, lambda page: len(page.model.rows), lambda other: other.do(add_till, "counter", "里屋")
    ),
}


def _hire(other: Shop) -> None:
    other.do(record_staff, username="new", name="新来的", password_hash="x", roles=["cashier"])


@pytest.mark.req("O6")
@pytest.mark.parametrize("key", PAGES)
def test_a_settings_page_shows_what_another_program_changed(
    key: str, other: Shop, around: Surroundings, qtbot: QtBot
) -> None:
    case = PAGES[key]
    pair = Pair(qtbot, around, case.make)
    qtbot.waitUntil(lambda: bool(case.shown(pair.screen) and case.shown(pair.twin)))
    pair.changes(case.shown, lambda: case.change(other))


@pytest.mark.req("O6")
def test_settings_typed_and_not_saved_stay_and_the_keyboard_stays_too(
    other: Shop, around: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, around, lambda context: RegistryPage(context, "", SHOP))
    page: Any = pair.screen
    name = page.controls["shop.name"].widget
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "half a na")
    other.do(set_setting, "shop.name", "别的名字")
    other.do(set_setting, "shop.branch", "二店")
    heard: list[Any] = []
    around.context.news.changed.connect(heard.append)
    qtbot.waitUntil(lambda: len(heard) >= 2)
    pair.settle()
    assert page.controls["shop.name"].read() == "half a na"
    assert name.hasFocus()
    page.take_back()
    qtbot.waitUntil(lambda: page.controls["shop.name"].read() == "别的名字")
    assert page.controls["shop.branch"].read() == "二店"


@pytest.mark.req("O6")
def test_a_page_built_anew_gives_the_keyboard_back(other: Shop, around: Surroundings, qtbot: QtBot) -> None:
    pair = Pair(qtbot, around, StaffPage)
    page: Any = pair.screen

    def menus() -> list[QWidget]:
        return [w for w in page.findChildren(QWidget) if w.accessibleName().startswith("More for ")]

    qtbot.waitUntil(lambda: len(menus()) > 1 and _words(pair.twin) == _words(page))
    wanted = menus()[1]
    held = wanted.accessibleName()
    wanted.setFocus()
    qtbot.waitUntil(wanted.hasFocus)
    pair.changes(_words, lambda: _hire(other))
    assert page.focusWidget().accessibleName() == held
    assert page.focusWidget() is not wanted
