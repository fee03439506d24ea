"""The kiosk follows what another program changes: prices of what lies in the basket, name and rules of the shop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget

from desktop.basics.clock import HandClock
from desktop.models.products import PriceList
from desktop.services.prices import PriceChange
from desktop.services.products import set_prices
from desktop.services.settings import set_setting
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.shop.work import select
from desktop.storage.engine import open_storage
from desktop.views.kiosk.widgets import Text
from tests.helpers.goods import MILK
from tests.views.kiosk.conftest import CODES, Kiosk


@pytest.fixture
def other(shop_url: str, clock: HandClock) -> Iterator[Shop]:
    """Another program on the same database."""
    made = Shop(open_storage(shop_url), actor=actors.console(), clock=clock)
    yield made
    made.news.close()
    made.storage.close()


def said(window: QWidget) -> str:
    """All texts of the window."""
    return " ".join(text.text() for text in window.findChildren(Text) if text.isVisibleTo(window))


def base_list(shop: Shop) -> int:
    """The list of usual prices."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(select(PriceList.id).where(PriceList.key == "retail")).scalar_one())


@pytest.mark.req("O6")
def test_a_new_price_shows_on_what_lies_in_the_basket(any_kiosk: Kiosk, other: Shop) -> None:
    kiosk, milk = any_kiosk, any_kiosk.stocked.skus[MILK]
    kiosk.open()
    kiosk.scan(CODES[MILK])

    def price() -> int:
        return int(kiosk.sale.bill.lines[0].price_minor)

    other.do(set_prices, milk, [PriceChange(base_list(other), 1_500)])
    for _round in range(3):
        kiosk.settle_down()
    assert price() == 1_690  # the control: it does not follow yet
    kiosk.stocked.shop.news.follow()
    other.do(set_prices, milk, [PriceChange(base_list(other), 1_490)])
    kiosk.qtbot.waitUntil(lambda: price() == 1_490)
    assert kiosk.sale.bill.to_pay_minor == 1_490
    assert kiosk.sale.page == "basket"


@pytest.mark.req("O6")
def test_the_shop_s_new_name_shows_at_once_when_idle_and_after_the_sale_else(
    any_kiosk: Kiosk, other: Shop
) -> None:
    kiosk = any_kiosk
    window = kiosk.open()
    kiosk.stocked.shop.news.follow()
    other.do(set_setting, "shop.name", "青禾二店")
    kiosk.qtbot.waitUntil(lambda: "青禾二店" in said(window))
    kiosk.scan(CODES[MILK])
    other.do(set_setting, "shop.name", "青禾三店")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.facts.shop_name == "青禾三店")
    assert kiosk.sale.page == "basket"  # nobody is thrown out of a sale
    assert len(kiosk.sale.lines) == 1
    kiosk.sale.finish()
    kiosk.qtbot.waitUntil(lambda: "青禾三店" in said(window))
