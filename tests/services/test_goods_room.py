"""Variants, shelves, price lists, bulk edits, reviews and scale codes, through the door on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from desktop.basics.errors import Malformed, Refused
from desktop.basics.ids import new_key
from desktop.models.orders import OrderReview
from desktop.models.people import Permission
from desktop.pricing.cart import CartLine
from desktop.queries.bulk_goods import NO_PRICE, BulkChange, Scope, bulk_preview
from desktop.queries.checkout import price_for, search_goods
from desktop.queries.offers import read_offers
from desktop.queries.prices import price_book, price_grid_with_costs, price_history
from desktop.queries.product_detail import product_detail
from desktop.queries.products import ProductFilter, products_page
from desktop.queries.reviews import ReviewFilter, reputation, reviews_page
from desktop.services.bulk_goods import edit_many, take_back
from desktop.services.orders import OrderDraft, create_order
from desktop.services.price_lists import Cell, ListFacts, edit_list, make_list, set_cells
from desktop.services.prices import PriceChange
from desktop.services.products import (
    NewProduct,
    create_product,
    set_on_shelf,
    set_prices,
)
from desktop.services.reviews import adopt_order_reviews, answer_review, judge_reviews
from desktop.services.settings import set_settings
from desktop.services.shelf import ShelfPlan, plan_shelf
from desktop.services.variants import Variant, make_variants, retire_sku, set_code
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, open_stocked
from tests.helpers.sales import sell

GRID = (
    Variant(("红", "S")),
    Variant(("红", "M"), price_minor=9_900),
    Variant(("蓝", "M"), barcode="6901234567892"),
)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop with four goods on both databases, seen by its owner's console."""
    made = open_stocked(shop)
    return replace(made, shop=shop.acting_as(actors.console()))


@pytest.fixture
def open_shop(stocked: Stocked) -> Shop:
    """The same, for goods made here."""
    return stocked.shop


@question(permission=Permission.AUDIT)
def offers_now(read: Read, sku_id: int, order_type: str, tier: str, channel: str) -> tuple[int, bool, str]:
    """The price of one piece, whether it is offered, and its name."""
    offer = read_offers(read, [sku_id], order_type=order_type, tier=tier, channel=channel)[(sku_id, "")]
    return min(p.amount_minor for p in offer.prices), offer.on_shelf, offer.name


def shirt(shop: Shop) -> tuple[int, int]:
    """A shirt with one SKU."""
    made = shop.do(create_product, NewProduct("T 恤", 8_900))
    return made.product_id, made.sku_id


# -- variants ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("P6")
def test_attributes_make_a_grid_and_the_plain_goods_become_its_first(open_shop: Shop) -> None:
    product, first = shirt(open_shop)
    made = open_shop.do(make_variants, product, ["颜色", "尺码"], GRID)
    detail = open_shop.ask(product_detail, first)
    assert detail.options == ("颜色", "尺码")
    assert [v.values for v in detail.variants] == [("红", "S"), ("红", "M"), ("蓝", "M")]
    assert [v.price_minor for v in detail.variants] == [8_900, 9_900, 8_900]
    assert detail.variants[2].barcode == "6901234567892"
    assert len({v.code for v in detail.variants}) == 3
    assert {r.variant for r in open_shop.ask(products_page, ProductFilter("恤")).rows} == {
        "红 / S",
        "红 / M",
        "蓝 / M",
    }
    assert open_shop.ask(offers_now, made[0], "retail", "", "store")[2] == "T 恤 红 / M"
    again = open_shop.do(make_variants, product, ["颜色", "尺码"], [*GRID, Variant(("蓝", "S"))])
    assert len(again) == 1  # only what was missing


@pytest.mark.req("P6")
def test_a_variant_is_retired_never_deleted(open_shop: Shop) -> None:
    product, first = shirt(open_shop)
    second = open_shop.do(make_variants, product, ["颜色"], [Variant(("红",)), Variant(("蓝",))])[0]
    open_shop.do(retire_sku, first, True)
    assert open_shop.ask(offers_now, first, "retail", "", "store")[1] is False
    assert open_shop.ask(offers_now, second, "retail", "", "store")[1] is True
    with pytest.raises(Refused):
        open_shop.do(retire_sku, second, True)  # the last one
    open_shop.do(retire_sku, first, False)
    assert open_shop.ask(offers_now, first, "retail", "", "store")[1] is True
    open_shop.do(set_code, first, "TS-红")
    with pytest.raises(Refused):
        open_shop.do(set_code, second, "ts-红")


@pytest.mark.req("P6")
@pytest.mark.parametrize(
    ("options", "variants"),
    [
        ([], GRID),
        (["颜色", "颜色"], GRID),
        (["颜色"], GRID),
        (["颜色", "尺码"], ()),
        (["颜色", "尺码"], (GRID[0], GRID[0])),
        (["颜色", "尺码"], (Variant(("红", " ")),)),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(
    open_shop: Shop, options: list[str], variants: tuple[Variant, ...]
) -> None:
    product, _first = shirt(open_shop)
    with pytest.raises(Malformed):
        open_shop.do(make_variants, product, options, variants)


# -- shelves ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("P2")
def test_a_channel_offers_goods_when_its_shelf_says_so(stocked: Stocked) -> None:
    shop, sku = stocked.shop, stocked.skus[TEA]
    product = shop.ask(product_detail, sku).row.product_id
    now = shop.clock.now()

    def offered(channel: str) -> bool:
        return shop.ask(offers_now, sku, "retail", "", channel)[1]

    assert offered("kiosk")
    assert offered("store")
    assert shop.do(plan_shelf, [product], "kiosk", ShelfPlan(False)) == 1
    assert (offered("kiosk"), offered("store")) == (False, True)
    names = {goods.sku_id for goods in stocked.kiosk.ask(search_goods, "")}
    assert sku not in names
    assert stocked.skus[MILK] in names
    shop.do(plan_shelf, [product], "kiosk", ShelfPlan(True, now + timedelta(hours=1)))
    assert not offered("kiosk")
    shop.do(
        plan_shelf, [product], "kiosk", ShelfPlan(True, now - timedelta(hours=1), now + timedelta(hours=1))
    )
    assert offered("kiosk")
    assert sku in {g.sku_id for g in stocked.kiosk.ask(search_goods, "")}
    shop.do(plan_shelf, [product], "kiosk", ShelfPlan(True, None, now - timedelta(seconds=1)))
    assert not offered("kiosk")
    assert shop.ask(product_detail, sku).shelves[0].offered is False
    assert shop.do(plan_shelf, [product], "kiosk", ShelfPlan()) == 1  # follows the product again
    assert offered("kiosk")
    assert shop.ask(product_detail, sku).shelves == ()
    shop.do(set_on_shelf, [product], False)  # the master switch is stronger than any channel
    shop.do(plan_shelf, [product], "store", ShelfPlan(True, now - timedelta(days=1)))
    assert not offered("kiosk")
    assert not offered("store")
    with pytest.raises(Malformed):
        shop.do(plan_shelf, [product], "kiosk", ShelfPlan(True, now, now))
    with pytest.raises(Malformed):
        shop.do(plan_shelf, [product], "moon", ShelfPlan(False))


# -- price lists ------------------------------------------------------------------------------------------------------


@pytest.mark.req("P5", "O3")
def test_a_list_holds_in_its_time_for_its_tier_and_channel(stocked: Stocked) -> None:
    shop, sku = stocked.shop, stocked.skus[TEA]
    now = shop.clock.now()
    facts = ListFacts("周末特价", valid_from=now - timedelta(hours=1), valid_until=now + timedelta(hours=1))
    made = shop.do(make_list, facts)
    assert shop.do(set_cells, [Cell(sku, PriceChange(made, 9_900))]) == 1
    assert shop.ask(price_for, [CartLine(sku, "", 1_000)]).lines[0].price_minor == 9_900
    for other in (
        replace(facts, valid_from=now + timedelta(minutes=1)),
        replace(facts, valid_until=now),
        replace(facts, active=False),
        replace(facts, channel="online"),
        replace(facts, tier_key="gold"),
        replace(facts, order_type="b2b"),
    ):
        shop.do(edit_list, made, other)
        assert shop.ask(price_for, [CartLine(sku, "", 1_000)]).lines[0].price_minor == 12_800, other
    shop.do(edit_list, made, facts)
    bill = shop.ask(price_for, [CartLine(sku, "", 1_000)])
    assert (bill.lines[0].price_minor, bill.lines[0].trace) == (9_900, f"list-{made}")


@pytest.mark.req("P5")
def test_a_list_is_copied_with_a_factor_and_every_change_remembered(stocked: Stocked) -> None:
    shop = stocked.shop
    base = shop.ask(price_book)[0]
    made = shop.do(make_list, ListFacts("批发价", "b2b"), base.id, 8_550)
    rows = {r.sku_id: r for r in shop.ask(price_grid_with_costs, made, ProductFilter()).rows}
    milk, tea = rows[stocked.skus[MILK]], rows[stocked.skus[TEA]]
    assert (tea.base_minor, tea.amount_minor) == (12_800, 10_944)
    assert milk.amount_minor == 1_445  # 1,690 × 85.5 % = 1,444.95
    assert tea.margin_bp == 2_982  # (10,944 − 7,680) ÷ 10,944
    shop.do(
        set_cells, [Cell(tea.sku_id, PriceChange(made, 11_000)), Cell(milk.sku_id, PriceChange(made, None))]
    )
    [newest, first, *_rest] = shop.ask(price_history, tea.sku_id)
    assert (newest.before_minor, newest.after_minor, first.after_minor) == (10_944, 11_000, 10_944)
    with pytest.raises(Refused):  # the shelf price stays, and with it all of this paste is refused
        shop.do(
            set_cells, [Cell(tea.sku_id, PriceChange(made, 1)), Cell(tea.sku_id, PriceChange(base.id, None))]
        )
    assert shop.ask(price_history, tea.sku_id)[0].after_minor == 11_000
    with pytest.raises(Refused):
        shop.do(edit_list, base.id, ListFacts("", valid_until=shop.clock.now()))


# -- bulk edits -------------------------------------------------------------------------------------------------------


@pytest.mark.req("P1", "P5")
def test_many_prices_change_as_previewed_and_back_as_one(stocked: Stocked) -> None:
    shop, retail = stocked.shop, stocked.shop.ask(price_book)[0].id
    change = BulkChange("price", list_id=retail, mode="percent", value=-1_000, ending="90")
    preview = shop.ask(bulk_preview, Scope(), change)
    assert {r.id: (r.before, r.after) for r in preview} == {
        stocked.skus[TEA]: (12_800, 11_490),  # 115.20 → the nearest x.90
        stocked.skus[MILK]: (1_690, 1_490),
        stocked.skus[CAKE]: (2_200, 1_990),
        stocked.skus[NUTS]: (3_990, 3_590),
    }
    key = new_key()
    edited = shop.do(edit_many, Scope(), change, key)
    assert (edited.changed, edited.left_out) == (4, 0)
    assert shop.do(edit_many, Scope(), change, key) == edited  # a retry: once
    assert shop.ask(offers_now, stocked.skus[CAKE], "retail", "", "store")[0] == 1_990
    shop.do(set_prices, stocked.skus[NUTS], [PriceChange(retail, 4_200)])  # somebody knew better meanwhile
    assert shop.do(take_back, edited.id) == 3
    prices = [shop.ask(offers_now, sku, "retail", "", "store")[0] for sku in stocked.skus]
    assert prices == [12_800, 1_690, 2_200, 4_200]
    with pytest.raises(Refused):
        shop.do(take_back, edited.id)


@pytest.mark.req("P5")
def test_rows_that_can_not_change_are_named_and_left_out(stocked: Stocked) -> None:
    shop = stocked.shop
    gold = next(row.id for row in shop.ask(price_book) if row.tier_key == "gold")
    change = BulkChange("price", list_id=gold, mode="add", value=-1_000)
    preview = {r.id: r for r in shop.ask(bulk_preview, Scope(stocked.skus), change)}
    assert preview[stocked.skus[TEA]].after == 9_800
    assert preview[stocked.skus[MILK]].problem == NO_PRICE
    edited = shop.do(edit_many, Scope(stocked.skus), change, new_key())
    assert (edited.changed, edited.left_out) == (1, 3)
    everything = BulkChange("price", list_id=gold, mode="set", value=500)
    edited = shop.do(edit_many, Scope(stocked.skus), everything, new_key())
    assert edited.changed == 4
    assert shop.do(take_back, edited.id) == 4  # prices that were none are none again
    assert {r.id: r.problem for r in shop.ask(bulk_preview, Scope(stocked.skus), change)}[stocked.skus[MILK]]
    with pytest.raises(Refused):
        shop.do(edit_many, Scope((stocked.skus[MILK],)), change, new_key())


@pytest.mark.req("P1", "P2", "I2")
@pytest.mark.parametrize(
    "change",
    [
        BulkChange("tag on", tag="新品"),
        BulkChange("levels", alert_milli=5_000, minimum_milli=3_000),
        BulkChange("shelf", on=False),
        BulkChange("channel", channel="kiosk", on=False),
    ],
)
def test_everything_else_changes_and_goes_back(stocked: Stocked, change: BulkChange) -> None:
    shop, scope = stocked.shop, Scope(stocked.skus[:2])
    before = shop.ask(bulk_preview, scope, change)
    edited = shop.do(edit_many, scope, change, new_key())
    assert edited.changed == 2
    assert not any(row.changes for row in shop.ask(bulk_preview, scope, change))
    assert shop.do(take_back, edited.id) == 2
    assert shop.ask(bulk_preview, scope, change) == before


# -- reviews ----------------------------------------------------------------------------------------------------------


@action(permission=Permission.IMPORT)
def bring_reviews(work: Work, order_id: int, scores: tuple[int, ...]) -> int:
    """What buyers said of an order, as an import writes it."""
    rows = [
        {
            "order_id": order_id,
            "score": s,
            "title": "",
            "message": f"好 {s}",
            "external_ref": str(i),
            "at": work.now,
        }
        for i, s in enumerate(scores)
    ]
    work.rows(insert(OrderReview), rows)
    return adopt_order_reviews(work, [order_id])


@pytest.mark.req("P3")
def test_reviews_show_once_enough_were_allowed(stocked: Stocked) -> None:
    shop = stocked.shop
    _key, settled = sell(stocked, stocked.cart((TEA, 1)))
    assert shop.do(bring_reviews, settled.order_id, (5, 4, 9, 1)) == 4
    product = shop.ask(product_detail, stocked.skus[TEA]).row.product_id
    rows = shop.ask(reviews_page, ReviewFilter("new")).rows
    assert sorted(r.score for r in rows) == [1, 4, 5, 5]
    good = [r.id for r in rows if r.score > 3]
    before = shop.do(judge_reviews, good[:2], "shown")
    assert set(before.values()) == {"new"}
    assert not shop.ask(reputation, product).public
    assert shop.ask(reputation, product).visible == ()
    shop.do(judge_reviews, good[2:], "shown")
    known = shop.ask(reputation, product)
    assert (known.public, known.shown, known.new, known.tenths) == (True, 3, 1, 47)
    shop.do(judge_reviews, [r.id for r in rows if r.score == 1], "hidden")
    assert shop.ask(reputation, product).hidden == 1
    assert all(r.score > 3 for r in shop.ask(reputation, product).visible)
    shop.do(answer_review, good[0], "谢谢")
    assert "谢谢" in {r.answer for r in shop.ask(reputation, product).visible}
    shop.do(set_settings, {"goods.reviews_from": 4})
    assert shop.ask(reputation, product).visible == ()
    with pytest.raises(Malformed):
        shop.do(judge_reviews, good, "loud")


@pytest.mark.req("P2", "O1")
def test_a_new_order_holds_only_what_the_store_offers(stocked: Stocked) -> None:
    shop, sku = stocked.shop, stocked.skus[TEA]
    product = shop.ask(product_detail, sku).row.product_id
    draft = OrderDraft((CartLine(sku, "", 1_000),))
    shop.do(plan_shelf, [product], "store", ShelfPlan(False))
    with pytest.raises(Refused):
        shop.do(create_order, draft, new_key())
    shop.do(plan_shelf, [product], "store", ShelfPlan())
    assert shop.do(create_order, draft, new_key()).total_minor == 12_800
