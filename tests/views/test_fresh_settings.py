"""Settings pages show what another program changed; what is typed and who has the keyboard stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.services.settings import set_setting
from desktop.services.staff import record_staff, set_rights
from desktop.services.tills import add_till, rename_till
from desktop.shop.shop import Shop
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.settings.audit_page import AuditPage
from desktop.views.settings.registry_page import SHOP, RegistryPage
from desktop.views.settings.roles_page import RolesPage
from desktop.views.settings.staff_page import StaffPage
from desktop.views.settings.tills_page import TillsPage
from tests.helpers.fresh import Pair
from tests.helpers.screens import Surroundings


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
    key: str, elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    case = PAGES[key]
    pair = Pair(qtbot, following, case.make)
    qtbot.waitUntil(lambda: bool(case.shown(pair.screen) and case.shown(pair.twin)))
    pair.changes(case.shown, lambda: case.change(elsewhere))


@pytest.mark.req("O6")
def test_settings_typed_and_not_saved_stay_and_the_keyboard_stays_too(
    elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, following, lambda context: RegistryPage(context, "", SHOP))
    page: Any = pair.screen
    name = page.controls["shop.name"].widget
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "half a na")
    elsewhere.do(set_setting, "shop.name", "别的名字")
    elsewhere.do(set_setting, "shop.branch", "二店")
    heard: list[Any] = []
    following.context.news.changed.connect(heard.append)
    qtbot.waitUntil(lambda: len(heard) >= 2)
    pair.settle()
    assert page.controls["shop.name"].read() == "half a na"
    assert name.hasFocus()
    page.take_back()
    qtbot.waitUntil(lambda: page.controls["shop.name"].read() == "别的名字")
    assert page.controls["shop.branch"].read() == "二店"


@pytest.mark.req("O6")
def test_a_page_built_anew_gives_the_keyboard_back(
    elsewhere: Shop, following: Surroundings, qtbot: QtBot
) -> None:
    pair = Pair(qtbot, following, StaffPage)
    page: Any = pair.screen

    def menus() -> list[QWidget]:
        return [w for w in page.findChildren(QWidget) if w.accessibleName().startswith("More for ")]

    qtbot.waitUntil(lambda: len(menus()) > 1 and _words(pair.twin) == _words(page) != [])
    wanted = menus()[1]
    held = wanted.accessibleName()
    wanted.setFocus()
    qtbot.waitUntil(wanted.hasFocus)
    pair.changes(_words, lambda: _hire(elsewhere))
    assert page.focusWidget().accessibleName() == held
    assert page.focusWidget() is not wanted
    qtbot.waitUntil(page.focusWidget().hasFocus)
