"""P3: a product's stars stand beside its name where customers choose, once enough of its reviews were allowed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.models.products import Sku
from desktop.queries.kiosk import search_rated
from desktop.queries.reviews import ReviewFilter, Stars, reviews_page
from desktop.services.reviews import judge_reviews
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.sales import sell
from tests.services.test_goods_room import bring_reviews


def product_of(stocked: Stocked, goods: int) -> int:
    """The id of one of the products."""
    with stocked.shop.storage.read.connect() as connection:
        found = select(Sku.product_id).where(Sku.id == stocked.skus[goods])
        return int(connection.execute(found).scalar_one())


@pytest.mark.req("P3")
def test_stars_show_once_enough_were_allowed(shop: Shop) -> None:
    stocked = open_stocked(shop)
    _key, settled = sell(stocked, stocked.cart((TEA, 1)))
    stocked.shop.do(bring_reviews, settled.order_id, (5, 4, 4, 1))
    rows = {row.score: row.id for row in stocked.shop.ask(reviews_page, ReviewFilter("new")).rows}
    assert stocked.kiosk.ask(search_rated, "").stars == {}  # none allowed yet
    fours = [row.id for row in stocked.shop.ask(reviews_page, ReviewFilter("new", score=4)).rows]
    stocked.shop.do(judge_reviews, fours, "shown")
    assert stocked.kiosk.ask(search_rated, "").stars == {}  # two of three
    stocked.shop.do(judge_reviews, [rows[5]], "shown")
    found = stocked.kiosk.ask(search_rated, "")
    assert found.stars == {product_of(stocked, TEA): Stars(43, 3)}
    assert len(found.goods) == 4
    stocked.shop.do(judge_reviews, [rows[5]], "hidden")
    assert stocked.kiosk.ask(search_rated, "").stars == {}
    assert stocked.kiosk.ask(search_rated, "鲜牛奶").goods[0].sku_id == stocked.skus[MILK]
