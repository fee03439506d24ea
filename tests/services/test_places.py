"""Stock is kept per place, and every front sells by the same rows."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from desktop.basics.errors import OutOfStock
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.models.products import Price
from desktop.models.stock import Location, Stock
from desktop.queries.checkout import find_goods, price_for
from desktop.services import posting
from desktop.services.posting import StockStep
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import GOODS, MILK, Stocked, open_stocked
from tests.helpers.sales import sell


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@action(permission=Permission.EDIT_STOCK)
def _store_room(work: Work, sku_id: int) -> int:
    place = work.add(Location(code="room", name="Store room", kind="store room"))
    posting.step_stock(work, [StockStep("put", sku_id, 100_000)], place.id)
    posting.post_movements(work, place.id, "opening", "test", "room", [(sku_id, 100_000, 0)])
    return place.id


@action(permission=Permission.EDIT_GOODS)
def _set_price(work: Work, sku_id: int, amount: int) -> None:
    work.rows(update(Price).where(Price.sku_id == sku_id).values(amount_minor=amount))


@pytest.mark.req("I10")
def test_a_till_sells_only_what_lies_at_its_place(stocked: Stocked) -> None:
    sku = stocked.skus[MILK]
    room = stocked.shop.do(_store_room, sku)
    with pytest.raises(OutOfStock):
        sell(stocked, stocked.cart((MILK, 9)))
    sell(stocked, stocked.cart((MILK, 8)))
    with stocked.shop.storage.read.connect() as connection:
        left = {
            r.location_id: r.on_hand_milli
            for r in connection.execute(select(Stock).where(Stock.sku_id == sku))
        }
    assert left == {stocked.location_id: 0, room: 100_000}


@pytest.mark.req("P5")
def test_a_new_price_is_the_kiosks_next_price(stocked: Stocked) -> None:
    stocked.shop.do(_set_price, stocked.skus[MILK], 1750)
    [goods] = stocked.kiosk.ask(find_goods, GOODS[MILK][3])
    assert goods.price_minor == 1750
    assert stocked.kiosk.ask(price_for, stocked.cart((MILK, 2))).total_minor == 3500


@pytest.mark.req("Q4")
def test_points_taken_are_a_tender_of_their_own(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.demo_cart(), points=8_000)
    with stocked.shop.storage.read.connect() as connection:
        rows = connection.execute(select(Tender.method_key, Tender.amount_minor, Tender.points)).all()
        total = connection.execute(select(func.sum(Tender.amount_minor))).scalar_one()
    assert {tuple(r) for r in rows} == {("cash", 12370, 0), ("points", 8000, 8000)}
    assert total == 20370 == sale.to_pay_minor + 8000
