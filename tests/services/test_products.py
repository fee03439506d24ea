"""Goods made, edited, priced and coded, on both kinds of database."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image as Photo

from desktop.basics.errors import Changed, Malformed, NotAllowed, NotFound, Refused
from desktop.basics.i18n import speaking
from desktop.queries.categories import category_tree
from desktop.queries.product_detail import (
    goods_of_code,
    price_lists,
    product_detail,
    product_photo,
    product_photos,
    thumbs,
)
from desktop.queries.products import ProductFilter, products_page
from desktop.services.categories import add_category, move_category, remove_category, rename_category
from desktop.services.pictures import (
    LARGEST_FILE,
    MOST_PHOTOS,
    add_photo,
    order_photos,
    remove_photo,
    small_picture,
)
from desktop.services.prices import PriceChange
from desktop.services.products import (
    NewProduct,
    ProductChanges,
    add_barcode,
    add_unit,
    create_product,
    edit_product,
    remove_barcode,
    remove_unit,
    set_on_shelf,
    set_prices,
)
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import new_goods, set_up

MILK = NewProduct(
    "鲜牛奶",
    1_690,
    code="ZH-2001",
    pack="950 ml",
    unit="瓶",
    barcodes=("6901234567892",),
    tags=("早餐", "冷藏"),
)


@pytest.fixture
def open_shop(shop: Shop) -> Shop:
    """A shop that is set up."""
    return set_up(shop)


@pytest.mark.req("P1")
def test_new_goods_are_found_by_every_key_written_for_them(open_shop: Shop) -> None:
    made = open_shop.do(create_product, MILK)
    new_goods(open_shop, "矿泉水")
    for typed in ("鲜牛", "xnn", "xianniunai", "zh-2001", "6901234567892", "6901234", "鲜牛奶 950"):
        rows = open_shop.ask(products_page, ProductFilter(typed)).rows
        assert [row.id for row in rows] == [made.sku_id], typed
    assert (
        open_shop.ask(products_page, ProductFilter("xn%")).rows == ()
    )  # a percent sign is only a percent sign


def test_keys_follow_a_new_name(open_shop: Shop) -> None:
    made = open_shop.do(create_product, MILK)
    open_shop.do(edit_product, made.product_id, ProductChanges(name="纯牛奶"))
    assert [r.id for r in open_shop.ask(products_page, ProductFilter("cnn")).rows] == [made.sku_id]
    assert open_shop.ask(products_page, ProductFilter("xnn")).rows == ()
    detail = open_shop.ask(product_detail, made.sku_id)
    assert (detail.row.pack, detail.tags) == ("950 ml", ("冷藏", "早餐"))  # what was not given stayed


def test_codes_are_numbered_and_never_given_twice(open_shop: Shop) -> None:
    open_shop.do(create_product, replace(MILK, code="ZH-0002"))
    codes = [open_shop.do(create_product, NewProduct(f"货 {i}", 100)).code for i in range(3)]
    assert codes == ["ZH-0001", "ZH-0003", "ZH-0004"]
    with speaking("en"), pytest.raises(Refused, match="zh-0003 is already used"):
        open_shop.do(create_product, NewProduct("又一个", 100, code="zh-0003"))


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "  "}, {"name": "长" * 121}, {"price_minor": -1}, {"kind": "magic"}, {"category_id": 99},
        {"barcodes": ("not a code é",)}, {"tags": tuple(f"t{i}" for i in range(13))},
    ],
)  # fmt: skip
def test_bad_goods_change_nothing(open_shop: Shop, bad: dict[str, object]) -> None:
    with pytest.raises((Malformed, NotFound)):
        open_shop.do(create_product, replace(MILK, **bad))  # type: ignore[arg-type]
    assert open_shop.ask(products_page, ProductFilter()).rows == ()


@pytest.mark.req("P6")
def test_a_wrong_check_digit_is_taken_and_marked(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "矿泉水")
    right, wrong = (
        open_shop.do(add_barcode, sku, "6901234567892"),
        open_shop.do(add_barcode, sku, "6901234567893"),
    )
    own = open_shop.do(add_barcode, sku, "ＳＨＯＰ １２")  # full-width, with a space
    assert (right.valid, wrong.valid, own.valid) == (True, False, True)
    shown = {row.code: row.valid for row in open_shop.ask(product_detail, sku).barcodes}
    assert shown == {"6901234567892": True, "6901234567893": False, "SHOP12": True}


@pytest.mark.req("P6")
def test_a_code_on_two_goods_is_told_not_refused(open_shop: Shop) -> None:
    first, second = new_goods(open_shop, "矿泉水"), new_goods(open_shop, "纯净水")
    assert open_shop.do(add_barcode, first, "6901234567892").also == ()
    assert open_shop.do(add_barcode, second, "6901234567892").also == ("矿泉水",)
    assert {row.id for row, _unit, _n in open_shop.ask(goods_of_code, "6901234567892")} == {first, second}
    assert all(code.shared for code in open_shop.ask(product_detail, first).barcodes)
    again = open_shop.do(add_barcode, second, "6901234567892")  # the same once more is no third code
    assert [code.id for code in open_shop.ask(product_detail, second).barcodes] == [again.id]
    open_shop.do(remove_barcode, again.id)
    assert [row.id for row, _unit, _n in open_shop.ask(goods_of_code, "6901234567892")] == [first]


@pytest.mark.req("P6")
def test_a_case_is_a_unit_with_its_own_code_and_price(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "矿泉水", 200, unit="瓶")
    retail = open_shop.ask(price_lists)[0].id
    with pytest.raises(Refused):
        open_shop.do(set_prices, sku, [PriceChange(retail, 2_000, unit="箱")])  # no such unit yet
    open_shop.do(add_unit, sku, "箱", 12_000)
    open_shop.do(add_barcode, sku, "6901234567908", "箱")
    open_shop.do(set_prices, sku, [PriceChange(retail, 2_000, unit="箱")])
    ((row, unit, factor),) = open_shop.ask(goods_of_code, "6901234567908")
    assert (row.id, unit, factor) == (sku, "箱", 12_000)
    with pytest.raises(Refused):
        open_shop.do(remove_unit, sku, "箱")  # still priced and coded
    for factor in (0, -1_000):
        with pytest.raises(Malformed):
            open_shop.do(add_unit, sku, "袋", factor)
    with pytest.raises(Refused):
        open_shop.do(add_unit, sku, "瓶", 2_000)  # the base unit itself


def test_prices_per_list_and_quantity(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "明前龙井", 12_800)
    lists = {row.key: row.id for row in open_shop.ask(price_lists)}
    changes = [
        PriceChange(lists["retail.gold"], 10_800),
        PriceChange(lists["b2b"], 9_000, min_qty_milli=10_000),
    ]
    open_shop.do(set_prices, sku, changes)
    open_shop.do(
        set_prices,
        sku,
        [PriceChange(lists["retail"], 13_000), PriceChange(lists["b2b"], None, min_qty_milli=10_000)],
    )
    prices = {
        (p.list_key, p.min_qty_milli): p.amount_minor for p in open_shop.ask(product_detail, sku).prices
    }
    assert prices == {("retail", 0): 13_000, ("retail.gold", 0): 10_800}
    for bad in (
        PriceChange(lists["retail"], None),
        PriceChange(lists["retail"], -1),
        PriceChange(lists["retail"], 1, min_qty_milli=-1),
    ):
        with pytest.raises((Refused, Malformed)):
            open_shop.do(set_prices, sku, [bad])


@pytest.mark.req("P2")
def test_off_the_shelf_and_back(open_shop: Shop) -> None:
    made = open_shop.do(create_product, MILK)
    assert open_shop.do(set_on_shelf, [made.product_id], False) == 1
    assert open_shop.do(set_on_shelf, [made.product_id], False) == 0
    assert open_shop.ask(products_page, ProductFilter(on_shelf=True)).rows == ()
    open_shop.do(set_on_shelf, [made.product_id], True)
    assert [row.id for row in open_shop.ask(products_page, ProductFilter(on_shelf=True)).rows] == [
        made.sku_id
    ]


@pytest.mark.req("P1")
def test_the_tree_counts_and_never_bites_its_tail(open_shop: Shop) -> None:
    food = open_shop.do(add_category, "食品")
    dairy = open_shop.do(add_category, "乳品", food)
    yogurt = open_shop.do(add_category, "酸奶", dairy)
    sku = new_goods(open_shop, "原味酸奶", category_id=yogurt)
    tree = open_shop.ask(category_tree)
    assert [(n.name, n.depth, n.goods, n.goods_below) for n in tree.nodes] == [
        ("食品", 0, 0, 1),
        ("乳品", 1, 0, 1),
        ("酸奶", 2, 1, 1),
    ]
    assert [r.id for r in open_shop.ask(products_page, ProductFilter(category_id=food)).rows] == [sku]
    for under in (food, dairy, yogurt):
        with pytest.raises(Refused):
            open_shop.do(move_category, food, under)
    open_shop.do(move_category, yogurt, None)
    open_shop.do(rename_category, yogurt, "酸乳")
    with pytest.raises(Refused):
        open_shop.do(remove_category, yogurt)  # holds goods
    open_shop.do(remove_category, dairy)
    with pytest.raises(Refused):
        open_shop.do(add_category, "食品")  # a second of the same name beside it


def test_who_may_not_edit_goods(open_shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        open_shop.acting_as(actors.kiosk(1)).do(create_product, MILK)


# -- photos ---------------------------------------------------------------------------------------------------------


def photo(width: int, height: int, kind: str = "JPEG", **more: object) -> bytes:
    """A picture file."""
    out = io.BytesIO()
    Photo.new("RGB", (width, height), "teal").save(out, kind, **more)
    return out.getvalue()


def test_a_photo_is_made_small_and_written_anew(open_shop: Shop) -> None:
    made = open_shop.do(create_product, MILK)
    hidden = b"GPS 31.2304 N"
    small = small_picture(photo(2_000, 1_000, exif=b"Exif\0\0" + hidden) + hidden)
    assert hidden not in small
    assert Photo.open(io.BytesIO(small)).size == (640, 320)
    kept = open_shop.do(add_photo, made.product_id, small)
    assert open_shop.ask(product_photo, made.product_id) == small
    thumb = open_shop.ask(thumbs, [made.product_id, 10**6])
    assert set(thumb) == {made.product_id}
    assert Photo.open(io.BytesIO(thumb[made.product_id])).size == (96, 48)
    open_shop.do(remove_photo, kept)
    assert open_shop.ask(product_photo, made.product_id) is None
    assert open_shop.ask(thumbs, [made.product_id]) == {}


def test_several_photos_have_an_order_and_the_first_is_the_main_one(open_shop: Shop) -> None:
    made = open_shop.do(create_product, MILK)
    files = [small_picture(photo(100 + i, 80)) for i in range(3)]
    first, second, third = (open_shop.do(add_photo, made.product_id, file) for file in files)
    assert open_shop.ask(product_photo, made.product_id) == files[0]
    open_shop.do(order_photos, made.product_id, [third, first, second])
    assert [row.id for row in open_shop.ask(product_photos, made.product_id)] == [third, first, second]
    assert open_shop.ask(product_photo, made.product_id) == files[2]
    with pytest.raises(Changed):  # somebody added one meanwhile
        open_shop.do(order_photos, made.product_id, [third, first])
    open_shop.do(remove_photo, third)
    assert open_shop.ask(product_photo, made.product_id) == files[0]
    back = open_shop.do(add_photo, made.product_id, files[2], 0)  # undone: in its place again
    assert [row.id for row in open_shop.ask(product_photos, made.product_id)] == [back, first, second]
    for _more in range(MOST_PHOTOS - 3):
        open_shop.do(add_photo, made.product_id, files[0])
    with pytest.raises(Refused):
        open_shop.do(add_photo, made.product_id, files[0])


def bomb() -> bytes:
    """A PNG of 50 kB that wants 100 million pixels."""
    out = io.BytesIO()
    Photo.new("1", (10_000, 10_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"<svg onload=alert(1)>", "not a picture"),
        (b"GIF89a" + b"\0" * 40, "not a picture"),
        (b"\xff\xd8\xff" + b"\0" * 400, "damaged"),
        (photo(64, 64)[:200], "damaged"),
        (b"\xff\xd8\xff" + b"\0" * LARGEST_FILE, "larger than 8 MB"),
        (bomb(), "more than 40 million pixels"),
        (photo(7_000, 7_000, "PNG"), "more than 40 million pixels"),
    ],
)
def test_what_is_no_harmless_picture_is_refused_with_a_sentence(file: bytes, sentence: str) -> None:
    with pytest.raises(Malformed) as refused, speaking("en"):
        small_picture(file)
    with speaking("en"):
        assert sentence in str(refused.value)


def test_only_a_small_picture_is_kept(open_shop: Shop) -> None:
    made = open_shop.do(create_product, MILK)
    for file in (photo(641, 10), b"GIF89a", b"\xff\xd8\xffnothing"):
        with pytest.raises(Malformed):
            open_shop.do(add_photo, made.product_id, file)
