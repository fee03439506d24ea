"""Goods are found by everything people type, in one frame, also among twenty thousand."""

from __future__ import annotations

import pytest

from desktop.basics.errors import NotAllowed
from desktop.queries.categories import category_tree
from desktop.queries.product_detail import all_tags
from desktop.queries.products import SORTS, ProductFilter, products_count, products_page, products_with_stock
from desktop.services.categories import add_category
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import new_goods, set_up
from tests.helpers.many_goods import GOODS, TYPED, fill


@pytest.fixture
def open_shop(shop: Shop) -> Shop:
    """A shop that is set up."""
    return set_up(shop)


@pytest.mark.req("P1")
def test_goods_are_found_by_everything_people_type_among_twenty_thousand(sqlite_shop: Shop) -> None:
    """How long that takes is measured by the bench (`lists`), not here."""
    fill(set_up(sqlite_shop), GOODS)
    for typed in TYPED:
        found = sqlite_shop.ask(products_page, ProductFilter(typed))
        assert bool(found.rows) == (typed not in ("nothing", "nainiu 500")), typed
    assert len(sqlite_shop.ask(products_page, ProductFilter("kqs")).rows) == 200
    assert sqlite_shop.ask(products_count, ProductFilter("kqs")) == sqlite_shop.ask(
        products_count, ProductFilter("矿泉水")
    )


@pytest.mark.parametrize("sort", sorted(SORTS))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_without_gap_or_double(open_shop: Shop, sort: str, descending: bool) -> None:
    fill(open_shop, 450)
    seen, after = [], None
    while True:
        page = open_shop.ask(products_page, ProductFilter(), after, sort=sort, descending=descending)
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert sorted(seen) == list(range(1, 451))
    assert open_shop.ask(products_count, ProductFilter()) == 450


def test_filters_narrow_each_other(open_shop: Shop) -> None:
    food = open_shop.do(add_category, "食品")
    dairy = open_shop.do(add_category, "乳品", food)
    milk = new_goods(open_shop, "鲜牛奶", category_id=dairy, tags=("早餐",))
    cake = new_goods(open_shop, "牛奶云片糕", category_id=food)
    loose = new_goods(open_shop, "牛奶皂")

    def ids(**wanted: object) -> set[int]:
        return {row.id for row in open_shop.ask(products_page, ProductFilter(**wanted)).rows}  # type: ignore[arg-type]

    assert ids(text="牛奶") == {milk, cake, loose}
    assert ids(text="牛奶", category_id=food) == {milk, cake}
    assert ids(text="牛奶", category_id=dairy) == {milk}
    assert ids(category_id=0) == {loose}
    assert ids(tag="早餐") == {milk}
    assert ids(text="牛奶 糕") == {cake}
    assert ids(text="_") == set()
    assert open_shop.ask(all_tags) == ("早餐",)
    assert open_shop.ask(category_tree).loose == 1


def test_stock_is_seen_only_by_who_may(open_shop: Shop) -> None:
    new_goods(open_shop, "鲜牛奶", pieces=3)
    (row,) = open_shop.ask(products_with_stock, ProductFilter()).rows
    assert (row.on_hand_milli, row.available_milli) == (3_000, 3_000)
    kiosk = open_shop.acting_as(actors.kiosk(2))
    (row,) = kiosk.ask(products_page, ProductFilter()).rows
    assert (row.on_hand_milli, row.available_milli) == (None, None)
    with pytest.raises(NotAllowed):
        kiosk.ask(products_with_stock, ProductFilter())
