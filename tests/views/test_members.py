"""The members' screen: one number and Enter, the page, the eye, tags with undo, points with a reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.models.system import AuditEvent
from desktop.queries.members import member_detail
from desktop.services.members import add_tag, adjust_points, sign_up
from desktop.shop.shop import Shop
from desktop.views.common.toast import host_of
from desktop.views.members import profile
from desktop.views.members.screen import MembersScreen
from desktop.views.members.sheets import AdjustPointsSheet, EditSheet, SignUpSheet, TagSheet
from tests.helpers.goods import PHONE, TEA
from tests.helpers.sales import sell
from tests.helpers.stage import Stage, open_stage


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the members' screen."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.fixture
def cashier(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The cashier before it."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path, staff_id=0)


def names(screen: MembersScreen) -> list[str]:
    """Who the list shows."""
    return [row.name for row in screen.list.model.rows]


def last_action(stage: Stage) -> str:
    """The newest row of the trail."""
    with stage.stocked.shop.storage.read.connect() as connection:
        return str(connection.execute(select(AuditEvent.action).order_by(AuditEvent.id.desc())).scalar())


@pytest.mark.req("C7")
def test_n_a_number_and_enter_make_a_member(stage: Stage) -> None:
    screen = stage.show(MembersScreen)
    screen.list.view.setFocus()
    stage.qtbot.keyClick(screen, Qt.Key.Key_N)
    sheet = stage.sheet(screen, SignUpSheet)
    stage.qtbot.keyClicks(sheet.phone, "139 0571 8888")
    stage.qtbot.keyClick(sheet.phone, Qt.Key.Key_Return)
    stage.until(lambda: not sheet.isVisible())
    stage.settle()
    assert screen.stack.currentWidget() is screen.page
    assert screen.page.member is not None
    assert (screen.page.member.phone, screen.page.member.points) == ("139****8888", 200)


@pytest.mark.req("C7")
def test_a_known_number_opens_its_member_and_says_so(stage: Stage) -> None:
    screen = stage.show(MembersScreen)
    screen.list.sign_up()
    sheet = stage.sheet(screen, SignUpSheet)
    sheet.phone.setText("12")
    sheet.submit()
    stage.settle()
    assert sheet.isVisible()  # a wrong number keeps what was typed
    assert sheet.phone.text() == "12"
    sheet.phone.setText(PHONE)
    sheet.submit()
    stage.until(lambda: screen.page.member is not None)
    assert screen.page.member is not None
    assert screen.page.member.code == "M-000318"


@pytest.mark.req("C1")
def test_the_list_follows_what_happens_elsewhere_and_its_filters(stage: Stage) -> None:
    screen = stage.show(MembersScreen)
    assert names(screen) == ["林晓梅"]
    stage.outside(lambda: stage.stocked.shop.do(sign_up, "13905710001", name="周敏"))
    stage.until(lambda: len(names(screen)) == 2)
    screen.list.search.setText("zm")
    stage.until(lambda: names(screen) == ["周敏"])
    screen.list.search.setText("nobody")
    stage.until(lambda: screen.list.stack.currentIndex() == 2)
    screen.list.clear_filters()
    stage.until(lambda: len(names(screen)) == 2)
    screen.open_filters(tier="gold")
    stage.until(lambda: names(screen) == ["林晓梅"])


@pytest.mark.req("C1", "C8")
def test_the_page_shows_ledger_orders_and_the_next_tier(stage: Stage) -> None:
    stage.outside(lambda: sell(stage.stocked, stage.stocked.demo_cart(), points=8_000))
    screen = stage.show(MembersScreen)
    screen.open_item(stage.stocked.member_id)
    stage.settle()
    history = screen.page.history
    entries = history.tables["points"].rows
    assert [(row.reason, row.balance) for row in entries] == [
        ("purchase", 5_008), ("spent", 4_860), ("carried over", 12_860),
    ]  # fmt: skip
    history.views["points"].opened.emit(entries[0].id)
    assert stage.went[-1][:2] == ("orders", entries[0].order_id)
    history.tabs.set_value("orders")
    history.tabs.picked.emit("orders")
    stage.settle()
    assert [row.money_minor for row in history.tables["orders"].rows] == [12_370]
    history.tabs.set_value("audit")
    history.tabs.picked.emit("audit")
    stage.settle()
    assert history.tables["audit"].rows
    assert screen.page.strip.accessibleName().startswith("Spent ¥123.70")


@pytest.mark.req("A2", "A4")
def test_the_eye_uncovers_the_number_for_a_while_and_leaves_a_trace(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile, "SHOWN_MS", 300)
    screen = stage.show(MembersScreen)
    screen.open_item(stage.stocked.member_id)
    stage.settle()
    row = screen.page.profile.phone_row
    assert row is not None
    assert row.value.text() == "138****6621"
    before = last_action(stage)
    row.eye.click()
    stage.until(lambda: row.value.text() == PHONE)
    assert before != last_action(stage) == "members.member_phone"
    stage.until(lambda: row.value.text() == "138****6621")


@pytest.mark.req("A1", "A4")
def test_a_cashier_has_neither_eye_nor_points_but_may_sign_up(cashier: Stage) -> None:
    screen = cashier.show(MembersScreen)
    screen.open_item(cashier.stocked.member_id)
    cashier.settle()
    assert screen.page.profile.phone_row is not None
    assert not screen.page.profile.phone_row.eye.isVisible()
    assert not screen.page.adjust.isVisible()
    assert not screen.page.history.export.isVisible()
    assert screen.list.join.isEnabled()
    assert [tab.key for tab in screen.page.history.tabs._tabs] == ["points", "orders", "stored"]
    assert cashier.refused == []


@pytest.mark.req("C8")
def test_points_are_corrected_with_a_reason_only(stage: Stage) -> None:
    screen = stage.show(MembersScreen)
    screen.open_item(stage.stocked.member_id)
    stage.settle()
    screen.page.adjust_points()
    sheet = stage.sheet(screen, AdjustPointsSheet)
    sheet.points.setText("140")
    assert "13,000" in sheet.after.text()
    sheet.submit()
    stage.settle()
    assert sheet.isVisible()  # the reason is missing
    sheet.reason.setText("补发中秋活动")
    sheet.way.set_value(-1)
    sheet.submit()
    stage.until(lambda: not sheet.isVisible())
    stage.until(lambda: screen.page.member is not None and screen.page.member.points == 12_720)
    newest = screen.page.history.tables["points"].rows
    stage.until(lambda: newest and screen.page.history.tables["points"].rows[0].delta == -140)


def test_a_tag_is_added_and_its_removal_taken_back(stage: Stage) -> None:
    member = stage.stocked.member_id
    stage.outside(lambda: stage.stocked.shop.do(add_tag, member, "爱喝茶"))
    screen = stage.show(MembersScreen)
    screen.open_item(member)
    stage.settle()
    screen.page.add_tag()
    sheet = stage.sheet(screen, TagSheet)
    sheet.word.setText("周末到店")
    sheet.submit()
    stage.until(lambda: screen.page.member is not None and len(screen.page.member.tags) == 2)
    assert screen.page.member is not None
    screen.page.profile._remove(screen.page.member.tags[0].id)
    stage.until(lambda: screen.page.member is not None and len(screen.page.member.tags) == 1)
    host_of(screen).undo_newest()
    stage.until(lambda: screen.page.member is not None and len(screen.page.member.tags) == 2)


@pytest.mark.req("C1")
def test_editing_keeps_what_was_typed_when_something_is_wrong(stage: Stage) -> None:
    screen = stage.show(MembersScreen)
    screen.open_item(stage.stocked.member_id)
    stage.settle()
    screen.page.edit()
    sheet = stage.sheet(screen, EditSheet)
    sheet.name.setText("林小梅")
    sheet.birthday.setText("3 December")
    sheet.tier.set_value("vip")
    sheet.submit()
    stage.settle()
    assert sheet.isVisible()
    assert sheet.name.text() == "林小梅"
    sheet.birthday.setText("1990-12-03")
    sheet.submit()
    stage.until(lambda: not sheet.isVisible())
    detail = stage.outside(lambda: stage.stocked.shop.ask(member_detail, stage.stocked.member_id))
    assert (detail.name, detail.tier.key, detail.birthday.isoformat()) == ("林小梅", "vip", "1990-12-03")


@pytest.mark.req("A4")
def test_the_ledger_is_written_safely_and_the_export_recorded(stage: Stage, tmp_path: Path) -> None:
    member = stage.stocked.member_id
    evil = '=HYPERLINK("http://x")'
    stage.outside(lambda: stage.stocked.shop.do(adjust_points, member, 5, evil, client_key="evil"))
    screen = stage.show(MembersScreen)
    screen.open_item(member)
    stage.settle()
    path = tmp_path / "ledger.csv"
    screen.page.export_to(path)
    stage.until(path.exists)
    stage.settle()
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 3
    assert rows[1][6] == "'" + evil
    assert PHONE not in path.read_text(encoding="utf-8-sig")
    assert last_action(stage) == "member_history.points_to_export"


def test_keys_go_back_and_to_the_neighbours(stage: Stage) -> None:
    stage.outside(lambda: stage.stocked.shop.do(sign_up, "13905710001", name="周敏"))
    stage.outside(lambda: sell(stage.stocked, stage.stocked.cart((TEA, 1)), points=100))
    screen = stage.show(MembersScreen)
    first, second = (row.id for row in screen.list.model.rows)
    screen.list.view.setFocus()
    screen.list.view.go_to(first)
    QTest.keyClick(screen.list.view, Qt.Key.Key_Return)
    stage.until(lambda: screen.page.member is not None and screen.page.member.id == first)
    screen.page.step_wanted.emit(1)
    stage.until(lambda: screen.page.member is not None and screen.page.member.id == second)
    screen.page.step_wanted.emit(1)  # the last: stays
    stage.settle()
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    assert screen.stack.currentWidget() is screen.list
    assert screen.list.view.current_id() == second
