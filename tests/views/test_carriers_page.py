"""The carriers page by clicks: a service added and tried, a carrier that uses it, a toggle, trouble on Health."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gateways.carriers import NOT_JSON
from desktop.gateways.notice_secrets import get_secret
from desktop.queries.carriers import carriers_list, tracking_services
from desktop.queries.health import health
from desktop.services.carriers import save_carrier
from desktop.services.fulfilment import ship_order
from desktop.services.tracking import poll_carriers
from desktop.shop.shop import Shop
from desktop.views.settings.carrier_sheets import CarrierSheet, ServiceSheet, TrySheet
from desktop.views.settings.carriers_page import CarriersPage
from desktop.views.settings.health_rows import Here, clock_rows
from desktop.views.settings.screen import SettingsScreen
from tests.helpers.back_office import pay, placed
from tests.helpers.carrier_office import CUSTOMER, KEY, CarrierOffice
from tests.helpers.goods import MILK
from tests.helpers.stage import Stage, open_stage


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner before the settings."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


@pytest.mark.req("O6", "O13", "O19")
def test_a_service_is_added_tried_used_and_named_when_it_fails(stage: Stage, office: CarrierOffice) -> None:
    office.trails["SF1"] = [("2026-11-21 09:05:00", "已揽收")]
    screen = stage.show(SettingsScreen)
    screen.go("carriers")
    stage.settle()
    page = screen.pages["carriers"]
    assert isinstance(page, CarriersPage)
    page.service_card.add_button.click()
    adding: ServiceSheet = stage.sheet(screen, ServiceSheet)
    adding.url_box.setText("http://api.example.com/q")
    adding.customer_box.setText(CUSTOMER)
    adding.key_box.setText(KEY)
    adding.submit()
    stage.until(lambda: bool(adding._error.label.text()))  # a key does not go out in the clear
    adding.url_box.setText(office.signed_url)
    adding.submit()
    stage.until(lambda: not adding.isVisible())
    known = stage.outside(lambda: stage.stocked.shop.ask(tracking_services))
    service = known.rows[0]
    assert get_secret(known.shop_key, f"carrier:{service.id}") == KEY
    stage.until(lambda: bool(page.services.rows))
    sf = next(row for row in page.carriers if row.code == "shunfeng")
    page.open_carrier(sf)
    changing: CarrierSheet = stage.sheet(screen, CarrierSheet)
    changing.service.set_value(str(service.id))
    changing.submit()
    stage.until(lambda: not changing.isVisible())
    trying = TrySheet(screen, page._context, service, page.carriers)
    trying.open()
    trying.carrier.set_value("shunfeng")
    trying.number_box.setText("SF1")
    trying.submit()
    stage.until(lambda: "已揽收" in trying.answer.text())
    trying.number_box.setText("SF404")
    trying.submit()
    stage.until(lambda: bool(trying._error.label.text()))
    trying.reject()
    shop = stage.stocked.shop
    order_id = stage.outside(lambda: placed(stage.stocked, (MILK, 1)))
    stage.outside(lambda: pay(stage.stocked, order_id))
    stage.outside(lambda: shop.do(ship_order, order_id, "SF1", "", (), "", sf.id))
    office.instead = "html"
    stage.outside(lambda: poll_carriers(shop))
    found = stage.outside(lambda: shop.ask(health))
    assert [row.why for row in found.silent] == [NOT_JSON]
    here = Here(page._context.now(), page._context.zone)
    assert any(row.key == "carriers" and row.state == "problem" for row in clock_rows(found, here))
    stage.until(lambda: bool(page.services.rows and page.services.rows[0].trouble))


@pytest.mark.req("O13")
def test_a_carrier_that_is_switched_off_is_not_offered_any_more(stage: Stage) -> None:
    screen = stage.show(SettingsScreen)
    screen.go("carriers")
    stage.settle()
    page = screen.pages["carriers"]
    assert isinstance(page, CarriersPage)
    page.open_carrier(None)
    adding: CarrierSheet = stage.sheet(screen, CarrierSheet)
    adding.name_box.setText("DHL")
    adding.submit()
    stage.settle()
    assert adding.isVisible()
    adding.name_box.setText("同城跑腿")
    adding.submit()
    stage.until(lambda: not adding.isVisible())
    rows = stage.outside(lambda: stage.stocked.shop.ask(carriers_list))
    assert [row.name for row in rows].count("DHL") == 1
    assert rows[-1].name == "同城跑腿"
    off = (rows[-1].id, "同城跑腿", "", None, False)
    stage.outside(lambda: stage.stocked.shop.do(save_carrier, *off))
    left = stage.outside(lambda: stage.stocked.shop.ask(carriers_list))
    assert "同城跑腿" not in [row.name for row in left]
    stage.until(lambda: any(not row.active for row in page.carriers))
