"""Shipping in parts, parcels, messages, pick-up and next steps on the orders screen, by clicks."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.ids import new_key
from desktop.models.parcels import SIGNED
from desktop.queries.carriers import carriers_list
from desktop.queries.checkout import search_goods
from desktop.queries.order_detail import OrderDetail, order_detail
from desktop.services.carriers import ServiceForm, save_carrier, save_service
from desktop.services.fulfilment import pay_order
from desktop.services.order_messages import ask_shop
from desktop.services.orders import OrderDraft, create_order
from desktop.services.settings import set_settings
from desktop.services.settlement import TenderIn
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.common.dialogs import Sheet
from desktop.views.orders.order_sheet import OrderSheet
from desktop.views.orders.parcel_part import ParcelPart
from desktop.views.orders.pickup_sheet import CodeSheet, PickUpSheet
from desktop.views.orders.screen import OrdersScreen
from desktop.views.orders.ship_sheet import ShipSheet
from tests.helpers.carrier_office import CUSTOMER, KEY, CarrierOffice
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.screens import Surroundings, surroundings


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def here(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's surroundings."""
    with surroundings(qapp, stocked.shop, tmp_path) as made:
        yield made


def paid(stocked: Stocked, *wanted: tuple[int, int], **more: Any) -> int:
    """A paid order of the member."""
    given = {"address": "文三路 9 号", "member_id": stocked.member_id, **more}
    made = stocked.shop.do(create_order, OrderDraft(tuple(stocked.cart(*wanted)), **given), new_key())
    stocked.shop.do(pay_order, made.order_id, TenderIn("card", made.total_minor), new_key())
    return made.order_id


def quiet(qtbot: QtBot, here: Surroundings) -> None:
    """Wait until nothing is under way."""
    qtbot.waitUntil(lambda: here.context.background.running == 0)


def opened(qtbot: QtBot, here: Surroundings, order_id: int = 0) -> OrdersScreen:
    """The screen with this order in its panel."""
    screen = OrdersScreen(here.context)
    qtbot.addWidget(screen)
    screen.resize(1440, 860)
    screen.show()
    quiet(qtbot, here)
    if order_id:
        screen.show_order(order_id)
        quiet(qtbot, here)
    return screen


def sheet(screen: OrdersScreen, kind: type[Sheet]) -> Any:
    """The open sheet of this kind."""
    found = [s for s in screen.findChildren(kind) if s.isVisible()]
    assert found, f"no {kind.__name__} is open"
    return found[-1]


def now(stocked: Stocked, order_id: int) -> OrderDetail:
    """The order as it is."""
    return stocked.shop.ask(order_detail, order_id)


@pytest.mark.req("O5")
def test_a_part_leaves_the_rest_waits_and_one_parcel_comes_back(
    qtbot: QtBot, here: Surroundings, stocked: Stocked
) -> None:
    order_id = paid(stocked, (MILK, 3), (TEA, 1))
    screen = opened(qtbot, here, order_id)
    screen.act("ship")
    shipping: ShipSheet = sheet(screen, ShipSheet)
    quiet(qtbot, here)
    milk, tea = list(shipping.steppers)
    shipping.steppers[milk]._down()
    shipping.steppers[tea]._down()
    assert shipping.primary.text() == "Ship a part"
    assert "2" in shipping.rest.text()
    carrier = next(row for row in stocked.shop.ask(carriers_list) if row.code == "zhongtong")
    shipping.carrier.set_value(str(carrier.id))
    shipping.tracking.setText("ZT1")
    shipping.submit()
    quiet(qtbot, here)
    qtbot.waitUntil(lambda: bool(screen.panel.order and screen.panel.order.part_shipped))
    assert screen.panel.badge.text == "Partly sent"
    parcel = screen.panel.findChildren(ParcelPart)[-1]
    assert (parcel.parcel.carrier, parcel.parcel.tracking) == ("ZTO Express", "ZT1")
    screen.act("ship")
    again: ShipSheet = sheet(screen, ShipSheet)
    quiet(qtbot, here)
    assert [stepper.milli() for stepper in again.steppers.values()] == [1_000, 1_000]
    assert again.carrier.carrier_id() == carrier.id  # the one of last time
    for stepper in again.steppers.values():
        stepper.put(0)
    again._count()
    assert not again.primary.isEnabled()  # an empty parcel is none
    again.reject()
    screen.panel.parcel_wanted.emit("undo", parcel.parcel)
    quiet(qtbot, here)
    assert not now(stocked, order_id).part_shipped
    assert [p.undone for p in now(stocked, order_id).parcels] == [True]


@pytest.mark.req("O13")
def test_the_trail_shows_and_the_carrier_is_asked_by_a_click(
    qtbot: QtBot, here: Surroundings, stocked: Stocked, office: CarrierOffice
) -> None:
    service = save_service(stocked.shop, None, ServiceForm("K", SIGNED, office.signed_url, CUSTOMER, key=KEY))
    sf = next(row for row in stocked.shop.ask(carriers_list) if row.code == "shunfeng")
    stocked.shop.do(save_carrier, sf.id, sf.name, sf.code, service)
    office.trails["SF1"] = [("2026-11-21 09:05:00", "已揽收")]
    order_id = paid(stocked, (MILK, 1))
    screen = opened(qtbot, here, order_id)
    screen.act("ship")
    shipping: ShipSheet = sheet(screen, ShipSheet)
    quiet(qtbot, here)
    shipping.carrier.set_value(str(sf.id))
    shipping.tracking.setText("SF1")
    shipping.submit()
    quiet(qtbot, here)
    parcel = now(stocked, order_id).parcels[-1]
    assert parcel.tracked
    screen.panel.parcel_wanted.emit("ask", parcel)
    quiet(qtbot, here)
    qtbot.waitUntil(lambda: bool(screen.panel.order and screen.panel.order.parcels[-1].trail))
    assert now(stocked, order_id).parcels[-1].trail[0].text == "已揽收"
    office.instead = "html"
    screen.panel.parcel_wanted.emit("ask", parcel)
    quiet(qtbot, here)
    assert any("web page" in said for said in here.refused)
    qtbot.waitUntil(lambda: bool(screen.panel.order and screen.panel.order.parcels[-1].trouble))
    assert now(stocked, order_id).parcels[-1].trail  # what was known stays


@pytest.mark.req("O20")
def test_a_question_counts_until_it_is_seen_and_is_answered_on_the_order(
    qtbot: QtBot, here: Surroundings, stocked: Stocked
) -> None:
    order_id, other = paid(stocked, (MILK, 1)), paid(stocked, (TEA, 1))
    screen = opened(qtbot, here, other)
    member = stocked.shop.acting_as(actors.member(stocked.member_id))
    member.do(ask_shop, order_id, "什么时候到？", new_key())
    qtbot.waitUntil(screen.errands.unread_button.isVisible)
    assert "1" in screen.errands.unread_button.text()
    screen.errands.unread_button.click()
    quiet(qtbot, here)
    qtbot.waitUntil(lambda: not screen.errands.unread_button.isVisible())
    assert screen.panel.order is not None
    assert screen.panel.order.id == order_id
    talk = screen.panel._talk
    assert talk is not None
    assert not talk.send.isEnabled()
    talk.words.setPlainText("明天")
    talk.send.click()
    quiet(qtbot, here)
    assert [(m.mine, m.text) for m in now(stocked, order_id).messages] == [
        (False, "什么时候到？"),
        (True, "明天"),
    ]
    assert now(stocked, other).messages == ()


@pytest.mark.req("Q8")
def test_an_order_is_fetched_with_its_code_and_a_wrong_one_is_named(
    qtbot: QtBot, here: Surroundings, stocked: Stocked
) -> None:
    order_id = paid(stocked, (MILK, 2), address="", collect=True)
    screen = opened(qtbot, here, order_id)
    assert screen.panel.badge.text == "To be fetched"
    screen.act("ship")  # what is fetched is not shipped
    assert not [s for s in screen.findChildren(ShipSheet) if s.isVisible()]
    screen.act("code")
    quiet(qtbot, here)
    shown: CodeSheet = sheet(screen, CodeSheet)
    code = shown.shown.text()
    shown.reject()
    screen.act("pickup")
    asking: PickUpSheet = sheet(screen, PickUpSheet)
    asking.code.setText("1234")
    assert not asking.primary.isEnabled()
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}"
    asking.code.setText(wrong)
    asking.submit()
    qtbot.waitUntil(lambda: "No order has this code" in asking._error.label.text())
    asking.code.setText(code)
    asking.submit()
    qtbot.waitUntil(lambda: asking.primary.text() == "Hand over")
    asking.submit()
    quiet(qtbot, here)
    qtbot.waitUntil(lambda: now(stocked, order_id).status == "done")


@pytest.mark.req("O19")
def test_out_of_stock_a_missing_member_and_a_changed_price_offer_their_next_step(
    qtbot: QtBot, here: Surroundings, stocked: Stocked
) -> None:
    screen = opened(qtbot, here)
    screen.new_order()
    writing: OrderSheet = sheet(screen, OrderSheet)
    quiet(qtbot, here)
    writing._add(_goods(here, "鲜牛奶"))
    quiet(qtbot, here)
    writing._count(0, 9_000)
    quiet(qtbot, here)
    writing.submit()
    qtbot.waitUntil(writing._step.isVisible)
    assert writing._step.text() == "Change the quantity"
    writing._step.click()
    assert writing.isVisible()
    assert not writing._step.isVisible()
    stocked.shop.do(set_settings, {"orders.retail.need_member": True})
    writing._count(0, 1_000)
    quiet(qtbot, here)
    writing.submit()
    qtbot.waitUntil(lambda: writing._step.text() == "Choose a member")
    stocked.shop.do(set_settings, {"orders.retail.need_member": False})
    writing._seen = 1  # the price as it was when somebody looked
    writing.submit()
    qtbot.waitUntil(lambda: writing._step.text() == "Show the new amounts")
    writing._step.click()
    quiet(qtbot, here)
    writing.submit()
    qtbot.waitUntil(lambda: not writing.isVisible())


def _goods(here: Surroundings, name: str) -> Any:
    """These goods as the sheet finds them; the shop refuses to be asked on the GUI's thread."""
    with ThreadPoolExecutor(1) as lane:
        found = lane.submit(here.context.shop.ask, search_goods, name, 5).result()
    return next(goods for goods in found if goods.name == name)
