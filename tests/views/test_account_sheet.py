"""The sheet of a payment account by clicks: filled from files, tried when saved, every refusal named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.serialization import pkcs12
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.queries.pay_accounts import payment_accounts
from desktop.services.pay_accounts import accounts_here
from desktop.shop.shop import Shop
from desktop.views.settings.account_blanks import CERTS, KEY, KeyField
from desktop.views.settings.account_sheet import AccountSheet
from desktop.views.settings.payments_page import PaymentsPage
from desktop.views.settings.screen import SettingsScreen
from tests.helpers.stage import Stage, open_stage
from tests.simulators.control import PayOffice
from tests.simulators.fixture import open_pay_office
from tests.simulators.keys import cert_pem, public_pem


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the settings."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.fixture
def office(stage: Stage) -> Iterator[PayOffice]:
    """The providers, at the shop's time."""
    with open_pay_office(stage.stocked.shop.clock) as made:
        yield made


def page_of(stage: Stage) -> tuple[SettingsScreen, PaymentsPage]:
    """The payments page with its accounts."""
    screen = stage.show(SettingsScreen)
    screen.go("payments")
    stage.settle()
    page = screen.pages["payments"]
    assert isinstance(page, PaymentsPage)
    stage.until(lambda: page.accounts._rows.count() > 0)
    return screen, page


def opened(stage: Stage, screen: SettingsScreen, page: PaymentsPage, gateway: str) -> AccountSheet:
    """The sheet of one provider."""
    here = stage.outside(lambda: accounts_here(stage.stocked.shop))
    page.accounts.open(next(one for one in here if one.gateway == gateway))
    sheet: AccountSheet = stage.sheet(screen, AccountSheet)
    return sheet


def key_field(sheet: AccountSheet, name: str) -> KeyField:
    """The field of a key or certificate."""
    field = sheet.boxes.get(name) or sheet.secrets[name]
    assert isinstance(field, KeyField)
    return field


@pytest.mark.req("M1", "M11")
def test_wechat_is_connected_from_its_bundle_and_tried_at_once(
    stage: Stage, office: PayOffice, tmp_path: Path
) -> None:
    screen, page = page_of(stage)
    sheet = opened(stage, screen, page, "wechat")
    given = office.account()["wechat"]
    pair = office.keys.wechat_merchant
    locked = forms.BestAvailableEncryption(b"secret")
    bundle = tmp_path / "apiclient_cert.p12"
    bundle.write_bytes(pkcs12.serialize_key_and_certificates(b"x", pair.key, pair.cert, None, locked))
    assert not sheet.password_field.isVisible()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(bundle))])
    key_field(sheet, "private_key").area.insertFromMimeData(mime)  # dropped into the field
    stage.until(lambda: sheet.password_field.isVisible())
    sheet.password.setText("secret")
    sheet.password.returnPressed.emit()
    stage.until(lambda: "BEGIN PRIVATE" in key_field(sheet, "private_key").value())
    assert "BEGIN CERT" in key_field(sheet, "merchant_cert").value()
    stage.until(lambda: "2045" in key_field(sheet, "merchant_cert").field.help.text())
    for name, text in given["account"].items():
        if name not in ("base_url", "merchant_cert"):
            box = sheet.boxes[name]
            box.put(text) if isinstance(box, KeyField) else box.setText(text)
    sheet.address.setText(given["account"]["base_url"])
    sheet.secrets["api_v3_key"].setText("short")
    sheet.submit()
    stage.until(lambda: "32" in sheet._error.label.text())
    assert stage.outside(lambda: stage.stocked.shop.ask(payment_accounts).rows) == ()
    sheet.secrets["api_v3_key"].setText(given["secrets"]["api_v3_key"])
    sheet.submit()
    stage.until(lambda: not sheet.isVisible())  # it works: nothing more to say
    assert office.calls == ["wechat.query"]
    kept = stage.outside(lambda: stage.stocked.shop.ask(payment_accounts).of("wechat"))
    assert kept is not None
    assert kept.details["mchid"] == given["account"]["mchid"]


@pytest.mark.req("M1", "M11")
def test_a_wrong_public_key_is_saved_but_named(stage: Stage, office: PayOffice) -> None:
    screen, page = page_of(stage)
    sheet = opened(stage, screen, page, "alipay")
    given = office.account()["alipay"]
    sheet.way.set_value(CERTS)
    sheet._switch()
    assert key_field(sheet, "app_cert").isVisible()
    assert not key_field(sheet, "alipay_public_key").isVisible()
    sheet.way.set_value(KEY)
    sheet._switch()
    for name in ("app_id", "seller_id"):
        sheet.boxes[name].setText(given["account"][name])
    sheet.address.setText(given["account"]["base_url"])
    key_field(sheet, "private_key").put(given["secrets"]["private_key"])
    key_field(sheet, "alipay_public_key").put(public_pem(office.keys.stranger))
    sheet.submit()
    stage.until(lambda: "alipay.query" in " ".join(office.calls))
    stage.until(lambda: "Saved, but" in sheet._error.label.text() or "已保存" in sheet._error.label.text())
    key_field(sheet, "private_key").put("")  # stays as it is
    key_field(sheet, "alipay_public_key").put(given["account"]["alipay_public_key"])
    sheet.submit()
    stage.until(lambda: not sheet.isVisible())


@pytest.mark.req("M1")
def test_what_is_no_key_file_is_named(stage: Stage, office: PayOffice, tmp_path: Path) -> None:
    screen, page = page_of(stage)
    sheet = opened(stage, screen, page, "unionpay")
    for name, data in (("a.pem", b"\xff\xfe\x00"), ("b.crt", b""), ("c.pem", b"x" * 300_000)):
        (tmp_path / name).write_bytes(data)
        sheet._error.say("")
        sheet.load("roots", str(tmp_path / name))
        stage.until(lambda: bool(sheet._error.label.text()))
        assert not key_field(sheet, "roots").value()
    sheet._error.say("")
    sheet.load("roots", str(tmp_path / "gone.pem"))
    stage.until(lambda: bool(sheet._error.label.text()))
    root = tmp_path / "root.cer"
    root.write_bytes(office.keys.unionpay_root.cert.public_bytes(forms.Encoding.DER))
    sheet.load("roots", str(root))
    stage.until(lambda: bool(key_field(sheet, "roots").value()))  # control
    assert cert_pem(office.keys.unionpay_root.cert).splitlines()[1][:40] in key_field(sheet, "roots").value()
    sheet.reject()
