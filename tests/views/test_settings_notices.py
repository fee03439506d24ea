"""Notifications and message texts in the settings: what is wrong is said at its field, secrets never come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gateways import mail
from desktop.queries.notices import channels_list, mail_server, template_view
from desktop.services import ways_out
from desktop.services.notices import Wanted
from desktop.services.staff import edit_staff
from desktop.services.ways_out import kept_here
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.common.toast import host_of
from desktop.views.settings.channel_card import ChannelSheet, PhoneSheet
from desktop.views.settings.screen import SettingsScreen
from tests.helpers.post_office import PASSWORD, USER, PostOffice, chat_room, free_port, trust
from tests.helpers.stage import Stage, open_stage
from tests.services.test_notices import tell


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the settings."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


def opened(stage: Stage, key: str) -> Any:
    """One page of the settings."""
    screen = stage.show(SettingsScreen)
    screen.go(key)
    stage.settle()
    return screen.pages[key]


def toasts(page: Any) -> list[str]:
    """What was said."""
    return [toast.accessibleName() for toast in host_of(page).toasts]


def fill_mail(page: Any, port: int) -> None:
    """Type a mail server."""
    card = page.mail
    card.host.setText("127.0.0.1")
    card.port.setText(str(port))
    card.user.setText(USER)
    card.password.setText(PASSWORD)
    card.sender_box.setText(USER)


@pytest.mark.req("R6", "I3")
def test_the_mail_server_is_saved_and_its_password_never_shown(stage: Stage) -> None:
    page = opened(stage, "notices")
    assert not page.dirty()
    fill_mail(page, 2525)
    assert page.dirty()
    page.save()
    stage.until(lambda: not page.dirty())
    stage.settle()
    server = stage.outside(lambda: stage.stocked.shop.ask(mail_server))
    assert (server.host, server.port, server.security, server.user) == ("127.0.0.1", 2525, "starttls", USER)
    assert stage.outside(lambda: kept_here(stage.stocked.shop)).mail
    assert (page.mail.password.text(), page.mail.password.placeholderText()) == ("", "saved, not shown")
    page.mail.controls["port"].setText("2526")
    page.save()  # without typing the password again
    stage.until(lambda: not page.dirty())
    stage.settle()
    assert stage.outside(lambda: kept_here(stage.stocked.shop)).mail
    page.mail.host.setText("mail.example.com")
    page.save()  # another server has to be given its password
    stage.settle()
    assert "Type its password" in page.error.label.text()
    assert stage.outside(lambda: stage.stocked.shop.ask(mail_server)).host == "127.0.0.1"


@pytest.mark.req("R6")
@pytest.mark.parametrize(
    "field, text, says",
    [
        ("host", "no server", "not a server"),
        ("port", "thirty-six", "number"),
        ("port", "70000", "At most"),
        ("sender", "shop", "not an e-mail address"),
        ("sender", "", "Fill this in"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_saved(
    stage: Stage, field: str, text: str, says: str
) -> None:
    page = opened(stage, "notices")
    fill_mail(page, 2525)
    page.mail.controls[field].setText(text)
    page.save()
    stage.settle()
    assert says in page.mail._errors[field].label.text()
    assert [key for key, line in page.mail._errors.items() if line.label.text()] == [field]
    assert stage.outside(lambda: stage.stocked.shop.ask(mail_server)).host == ""
    page.take_back()
    assert not page.dirty()


@pytest.mark.req("R6")
def test_without_a_keyring_that_is_said_and_nothing_is_saved(stage: Stage) -> None:
    keyring.set_keyring(fail.Keyring())
    page = opened(stage, "notices")
    assert page.keyless.isVisible()
    fill_mail(page, 2525)
    page.save()
    stage.until(lambda: "keyring" in page.error.label.text())
    assert stage.outside(lambda: stage.stocked.shop.ask(mail_server)).host == ""
    page.take_back()


@pytest.mark.req("R11", "I3")
def test_what_does_not_get_out_is_said(stage: Stage) -> None:
    page = opened(stage, "notices")
    assert not page.stuck.isVisible()
    shop = stage.stocked.shop
    stage.outside(lambda: edit_owner(shop))
    wanted = Wanted("a", "plain", ("staff:1",), ("email",), {"text": "x"})
    stage.outside(lambda: shop.acting_as(actors.clock()).do(tell, wanted))
    shop.clock.pass_time(timedelta(minutes=11))
    page.load()
    stage.until(page.stuck.isVisible)
    page.stuck.acted.emit()
    assert stage.went == [("settings", None, {"page": "health"})]


def edit_owner(shop: Shop) -> None:
    """Give the owner an address."""
    shop.do(edit_staff, 1, name="王掌柜", roles=["owner"], email="wang@example.com")


@pytest.mark.req("R6", "I3")
def test_a_test_letter_arrives_or_says_why_not(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    page, office = opened(stage, "notices"), PostOffice(free_port())
    fill_mail(page, office.port)
    page.mail.to.setText("wang")
    page.test()
    assert "not an e-mail address" in page.mail._errors["to"].label.text()
    page.mail.to.setText("wang@example.com")
    page.test()
    stage.until(lambda: page.mail._errors["to"].label.text() == mail.NO_ANSWER)
    with office.open("starttls"):
        page.test()
        stage.until(lambda: page.mail._errors["to"].label.text() == mail.NO_TRUST)
        wrapped = ways_out.send_letter
        monkeypatch.setattr(
            ways_out, "send_letter", lambda login, letter, _t: wrapped(login, letter, trust())
        )
        page.test()
        stage.until(lambda: office.letters)
        stage.settle()
    assert office.letters[0]["Subject"] == "Test message from 青禾杂货铺"
    assert toasts(page) == ["Test message sent to wang@example.com"]
    page.take_back()


@pytest.mark.req("R6", "O7")
def test_a_chat_group_is_added_tried_switched_and_removed(stage: Stage) -> None:
    page = opened(stage, "notices")
    with chat_room() as room:
        page.channels.open_sheet(None)
        sheet = stage.sheet(page.window(), ChannelSheet)
        sheet.name_box.setText("店群")
        sheet.address_box.setText("rubbish")
        sheet._go()
        stage.until(lambda: "not understood" in sheet.address._error.label.text())
        sheet.address_box.setText(room.address)
        sheet._go()
        stage.until(lambda: len(page.channels.rows) == 1)
        (row,) = stage.outside(lambda: stage.stocked.shop.ask(channels_list))
        page.channels._send(row, page.channels.add_button, "")
        stage.until(lambda: room.calls)
        stage.settle()
        page.channels.open_sheet(None)
        again = stage.sheet(page.window(), ChannelSheet)
        again.name_box.setText("店群")
        again.address_box.setText(room.address)
        again._go()
        stage.until(lambda: "there already" in again.name._error.label.text())
        again.reject()
        stage.outside(lambda: ways_out.forget_channel(stage.stocked.shop, row.id))
        stage.until(lambda: not page.channels.rows)
    assert stage.outside(lambda: kept_here(stage.stocked.shop)).channels == frozenset()


def test_a_text_message_service_asks_for_a_number_first(stage: Stage) -> None:
    with chat_room() as room:
        stage.outside(
            lambda: ways_out.save_channel(stage.stocked.shop, None, "短信", f"{room.address}/{{phone}}")
        )
        page = opened(stage, "notices")
        (row,) = stage.outside(lambda: stage.stocked.shop.ask(channels_list))
        assert row.by_phone
        page.channels._try(row, page.channels.add_button)
        sheet = stage.sheet(page.window(), PhoneSheet)
        assert not sheet.ready()
        sheet.phone_box.setText("138 0571 6621")
        sheet._go()
        stage.until(lambda: room.calls)
        stage.settle()
    assert room.calls[0][0].endswith("/13805716621")


@pytest.mark.req("R6")
def test_a_text_is_changed_with_a_live_preview_and_taken_back(stage: Stage) -> None:
    page = opened(stage, "texts")
    page.language.set_value("en")
    page._open()
    page.choose("order_chased")
    stage.until(
        lambda: page.view is not None and (page.view.key, page.view.language) == ("order_chased", "en")
    )
    stage.until(lambda: page.shown_title.text() == "Order 1120-0017 has waited 37 hours")
    page.title_box.setText("Hurry: {nummer}")
    stage.until(lambda: "{nummer}" in page.title._error.label.text())
    page.save()
    stage.settle()
    assert not stage.outside(lambda: stage.stocked.shop.ask(template_view, "order_chased", "en")).own
    page.title_box.setText("Hurry: ")
    page.title_box.setFocus()
    page.insert("number")
    stage.until(lambda: page.shown_title.text() == "Hurry: 1120-0017")
    assert page.title._error.label.text() == ""
    page.choose("order_paid")
    assert page.key == "order_chased"  # first save or take back
    page.save()
    stage.until(lambda: not page.dirty())
    stage.until(lambda: page.view.own and page.reset.isVisible())
    page._reset()
    stage.until(lambda: not page.view.own)
    stage.settle()
    host_of(page).undo_newest()
    stage.until(lambda: page.view.own and page.view.title == "Hurry: {number}")
    stage.settle()
