"""The settings: forms with a bar that saves or takes back, staff, the matrix, this machine, database, trail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select, text

from desktop.basics.errors import NotAllowed, ShopError
from desktop.models.people import Staff
from desktop.queries.settings import settings_list
from desktop.queries.tills import tills_list
from desktop.services.machine_setup import try_database, use_database
from desktop.services.members import add_tag, sign_up
from desktop.services.settings import set_setting
from desktop.shop.shop import Shop
from desktop.views.common.dialogs import Sheet
from desktop.views.common.theme import theme
from desktop.views.common.toast import host_of
from desktop.views.settings.screen import SettingsScreen
from desktop.views.settings.staff_sheets import PersonSheet, SecretSheet
from desktop.views.settings.tills_page import TillSheet
from tests.helpers.stage import Stage, open_stage


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the settings."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.fixture
def cashier(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The cashier before them."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path, staff_id=0)


def opened(stage: Stage, key: str) -> tuple[SettingsScreen, object]:
    """The settings with one page open."""
    screen = stage.show(SettingsScreen)
    screen.go(key)
    stage.settle()
    return screen, screen.pages[key]


def kept(stage: Stage, key: str) -> object:
    """The value in the shop."""
    rows = stage.outside(lambda: stage.stocked.shop.ask(settings_list))
    return next(row.value for row in rows if row.key == key)


def test_a_form_shows_its_bar_only_while_something_differs(stage: Stage) -> None:
    _screen, page = opened(stage, "points")
    welcome = page.controls["points.welcome"].widget
    assert not page.dirty()
    welcome.setText("300")
    assert page.dirty()
    page.take_back()
    assert (welcome.text(), page.dirty()) == ("200", False)
    welcome.setText("300")
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    stage.until(lambda: not page.dirty())
    assert kept(stage, "points.welcome") == 300
    stage.settle()
    host_of(page).undo_newest()
    stage.until(lambda: welcome.text() == "200")
    assert kept(stage, "points.welcome") == 200


@pytest.mark.req("Q2")
def test_more_than_half_cannot_be_saved_and_everything_typed_stays(stage: Stage) -> None:
    _screen, page = opened(stage, "points")
    page.controls["points.welcome"].widget.setText("300")
    page.controls["points.cap_bp"].widget.setText("50.5")
    page.save()
    stage.settle()
    assert page.dirty()
    assert page.controls["points.welcome"].widget.text() == "300"
    assert (kept(stage, "points.welcome"), kept(stage, "points.cap_bp")) == (200, 5_000)
    page.controls["points.cap_bp"].widget.setText("40")
    page.save()
    stage.until(lambda: not page.dirty())
    assert (kept(stage, "points.welcome"), kept(stage, "points.cap_bp")) == (300, 4_000)


def test_every_setting_of_the_registry_but_the_sample_mark_is_on_a_page(stage: Stage) -> None:
    screen = stage.show(SettingsScreen)
    seen = set()
    pages = (
        "shop", "points", "orders", "order_types", "carriers", "notices", "receipts", "currencies", "stored_value",
        "payments", "cash", "reconcile",
    )  # fmt: skip
    for key in (page for page in pages if page in screen.entries):
        screen.go(key)
        stage.settle()
        seen |= set(screen.pages[key].controls)
    rows = stage.outside(lambda: stage.stocked.shop.ask(settings_list))
    mail = {row.key for row in rows if row.key.startswith("mail.")}  # the card of the mail server shows these
    mail |= {"fx.url", "fx.path", "fx.inverse", "fx.units"}  # the sheet of the rate source
    assert {row.key for row in rows} - seen - mail == {"shop.currency", "shop.sample", "notices.shop_key"}


def test_leaving_an_unsaved_page_asks_once(stage: Stage) -> None:
    screen, page = opened(stage, "shop")
    page.controls["shop.branch"].widget.setText("分店")
    screen.go("points")
    sheet = stage.sheet(screen, Sheet)
    assert screen.open_key == "shop"
    sheet.row.itemAt(0).widget().click()  # take back and leave
    stage.settle()
    assert (screen.open_key, page.dirty()) == ("points", False)


def test_another_screen_waits_for_the_answer_too(stage: Stage) -> None:
    screen, page = opened(stage, "shop")
    left: list[str] = []
    assert screen.may_leave(lambda: left.append("orders"))  # the control: nothing waits
    page.controls["shop.branch"].widget.setText("分店")
    assert not screen.may_leave(lambda: left.append("orders"))
    sheet = stage.sheet(screen, Sheet)
    assert left == []
    sheet.row.itemAt(0).widget().click()  # take back and leave
    stage.settle()
    assert (left, page.dirty()) == (["orders"], False)


def test_a_change_elsewhere_shows_unless_somebody_is_typing(stage: Stage) -> None:
    _screen, page = opened(stage, "points")
    stage.outside(lambda: stage.stocked.shop.do(set_setting, "points.welcome", 250))
    stage.until(lambda: page.controls["points.welcome"].widget.text() == "250")
    page.controls["points.valid_days"].widget.setText("100")
    stage.outside(lambda: stage.stocked.shop.do(set_setting, "points.welcome", 260))
    stage.settle()
    assert page.controls["points.valid_days"].widget.text() == "100"
    page.take_back()
    stage.until(lambda: page.controls["points.welcome"].widget.text() == "260")


@pytest.mark.req("A1")
def test_a_person_is_added_switched_off_and_back(stage: Stage) -> None:
    screen, page = opened(stage, "staff")
    page.add()
    sheet = stage.sheet(screen, PersonSheet)
    sheet.name.setText("陈店员")
    sheet.username.setText("chen")
    sheet.password.setText("short")
    sheet.submit()
    stage.settle()
    assert sheet.isVisible()
    sheet.password.setText("long enough")
    sheet.submit()
    stage.until(lambda: not sheet.isVisible())
    with stage.stocked.shop.storage.read.connect() as connection:
        row = connection.execute(select(Staff.__table__).where(Staff.username == "chen")).one()
    assert row.active
    people = {p.id: p for p in _people(stage)}
    page._switch(people[row.id], page.findChildren(type(_toggle(page)))[0])
    stage.until(lambda: not _active(stage, row.id))
    stage.settle()  # the toast comes with the answer, after the commit
    host_of(page).undo_newest()
    stage.until(lambda: _active(stage, row.id))


def _toggle(page: object) -> object:
    from desktop.views.common.toggle import Toggle

    return page.findChildren(Toggle)[0]


def _people(stage: Stage) -> tuple[object, ...]:
    from desktop.queries.staff import staff_list

    return stage.outside(lambda: stage.stocked.shop.ask(staff_list))


def _active(stage: Stage, staff_id: int) -> bool:
    with stage.stocked.shop.storage.read.connect() as connection:
        return bool(connection.execute(select(Staff.active).where(Staff.id == staff_id)).scalar())


def test_a_pin_is_typed_twice(stage: Stage) -> None:
    screen, page = opened(stage, "staff")
    person = next(p for p in _people(stage) if p.id == stage.stocked.cashier_id)
    page.secret(person, "pin")
    sheet = stage.sheet(screen, SecretSheet)
    sheet.first.setText("246813")
    sheet.second.setText("246814")
    sheet.submit()
    stage.settle()
    assert sheet.isVisible()
    sheet.second.setText("246813")
    sheet.submit()
    stage.until(lambda: not sheet.isVisible())
    assert next(p for p in _people(stage) if p.id == stage.stocked.cashier_id).has_pin


@pytest.mark.req("A1")
def test_the_matrix_is_saved_and_counts_at_once(stage: Stage) -> None:
    _screen, page = opened(stage, "roles")
    assert not page.boxes[("owner", "refund")].isEnabled()
    assert not page.boxes[("guest", "refund")].isEnabled()
    cashier = stage.stocked.cashier
    stage.outside(lambda: cashier.do(sign_up, "13905710001"))
    page.boxes[("cashier", "edit members")].click()
    assert page.dirty()
    page.save()
    stage.until(lambda: not page.dirty())
    with pytest.raises(NotAllowed):
        stage.outside(lambda: cashier.do(sign_up, "13905710002"))


@pytest.mark.req("A1")
def test_a_cashier_sees_the_machines_own_pages_only(cashier: Stage) -> None:
    screen = cashier.show(SettingsScreen)
    assert list(screen.entries) == ["look", "printer"]
    assert cashier.refused == []


def test_the_look_counts_at_once(stage: Stage) -> None:
    _screen, page = opened(stage, "look")
    page.mode.picked.emit("dark")
    assert theme.mode == "dark"
    page.scale.picked.emit(115)
    assert theme.text_size == 115
    assert (page.mode.value(), page.scale.value()) == ("dark", 115)


def test_a_test_page_reaches_the_printer_and_a_missing_one_is_told(stage: Stage, tmp_path: Path) -> None:
    _screen, page = opened(stage, "printer")
    paper = tmp_path / "lp0"
    paper.touch()
    page.way.set_value("file")
    page.place.setText(str(paper))
    page.test.click()
    stage.until(lambda: paper.stat().st_size > 100)
    assert "青禾杂货铺".encode("gb18030") in paper.read_bytes()
    page.save()
    assert stage.context.machine.get("printer") == f"file://{paper}"
    page.way.set_value("net")
    page.place.setText("127.0.0.1:1")
    page.print_test()
    stage.until(lambda: page._error.isVisibleTo(page))
    page.take_back()
    assert page.place.text() == str(paper)


@pytest.mark.req("A2")
def test_the_trail_is_shown_filtered_and_checked(stage: Stage) -> None:
    stage.outside(lambda: stage.stocked.cashier.do(add_tag, stage.stocked.member_id, "熟客"))
    _screen, page = opened(stage, "audit")
    assert page.model.rows[0].action == "members.add_tag"
    page.actor.set_value("console")
    page.ask()
    stage.until(lambda: page.model.rows and all(row.actor == "console" for row in page.model.rows))
    page.check()
    stage.settle()
    assert "whole" in page.verdict.accessibleName()
    with stage.stocked.shop.storage.write.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_event_no_update"))
        connection.execute(text("UPDATE audit_event SET actor = 'staff:9' WHERE id = 1"))
    page.check()
    stage.until(lambda: "tampered" in page.verdict.accessibleName())


def test_the_books_are_checked_from_the_settings(stage: Stage) -> None:
    _screen, page = opened(stage, "database")
    page.verify.start()
    stage.settle()
    assert "adds up" in page.verify.state.text()
    with stage.stocked.shop.storage.write.begin() as connection:
        connection.execute(text("UPDATE member SET points = points + 1"))
    page.verify.start()
    stage.settle()
    assert "1 thing" in page.verify.state.text()


def test_another_database_is_tried_before_it_is_used(stage: Stage, sqlite_url: str, tmp_path: Path) -> None:
    _screen, page = opened(stage, "database")
    page.address.setText(str(tmp_path / "nowhere" / "x.db"))
    page.try_it()
    stage.settle()
    assert not page.use.isEnabled()
    page.address.setText(sqlite_url)
    page.try_it()
    stage.settle()
    assert page.use.isEnabled()
    assert "青禾杂货铺" in page.answer.accessibleName()
    page.use_it()
    stage.settle()
    assert stage.context.machine.get("database") == sqlite_url
    page.go_home()
    stage.settle()
    assert stage.context.machine.get("database", "") == ""


@pytest.mark.req("A6")
def test_a_postgresql_is_recognised_and_its_password_goes_to_the_keyring(
    postgres_url: str, stage: Stage
) -> None:
    from desktop.gateways.database_password import complete

    found = stage.outside(lambda: try_database(postgres_url))
    assert (found.kind, found.state) == ("postgresql", "empty")
    with pytest.raises(ShopError):
        try_database("postgresql://nobody@127.0.0.1:1/none")
    secret = "postgresql://shop:s3cret@server/shop"
    assert use_database(stage.context.machine, secret) == "postgresql://shop@server/shop"
    assert "s3cret" not in stage.context.machine.path.read_text(encoding="utf-8")
    assert complete("postgresql://shop@server/shop") == secret


def test_the_page_left_last_is_opened_again(stage: Stage) -> None:
    screen, _page = opened(stage, "roles")
    again = stage.show(SettingsScreen)
    assert (screen.open_key, again.open_key) == ("roles", "roles")
    again.open_filters(page="audit")
    assert again.open_key == "audit"


def test_a_self_checkout_is_added_from_the_settings(stage: Stage) -> None:
    screen, page = opened(stage, "tills")
    page.add()
    sheet = stage.sheet(screen, TillSheet)
    sheet.name.setText("自助收银 2 号")
    sheet.submit()
    stage.until(lambda: not sheet.isVisible())
    tills = stage.outside(lambda: stage.stocked.shop.ask(tills_list))
    assert ("K2", "自助收银 2 号", "kiosk") in [(till.code, till.name, till.kind) for till in tills]
