"""What scales print: read by layouts, refused when misread, sold for the printed price; on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.errors import Malformed, Refused
from desktop.basics.ids import new_key
from desktop.basics.scale_codes import KNOWN, Misread, check_pattern, decode, encode, price_check_digit
from desktop.pricing.cart import CartLine
from desktop.queries.checkout import find_goods, price_for
from desktop.queries.kiosk import one_more, scan_goods
from desktop.queries.product_detail import product_detail
from desktop.queries.receipts import receipt
from desktop.queries.scale_codes import scale_layouts
from desktop.queries.verify import verify
from desktop.services.products import (
    NewProduct,
    add_barcode,
    create_product,
)
from desktop.services.scale_codes import add_layout, remove_layout, use_layout
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, Stocked, open_stocked
from tests.helpers.sales import sell


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop with four goods on both databases, seen by its owner's console."""
    made = open_stocked(shop)
    return replace(made, shop=shop.acting_as(actors.console()))


def scales(shop: Shop) -> tuple[int, int]:
    """Apples by the kilo at ¥12.80 and pork by the 斤 at ¥32.00, with the layouts scales use."""
    for name, pattern in KNOWN:
        shop.do(add_layout, name, pattern)
    apples = shop.do(create_product, NewProduct("苹果", 1_280, kind="weighed", unit="千克", code="00123"))
    pork = shop.do(create_product, NewProduct("五花肉", 3_200, kind="weighed", unit="斤"))
    shop.do(add_barcode, pork.sku_id, "2600077")
    return apples.sku_id, pork.sku_id


@pytest.mark.req("P6")
def test_a_label_gives_goods_weight_and_its_very_price(stocked: Stocked) -> None:
    shop = stocked.shop
    apples, pork = scales(shop)
    [weighed] = stocked.kiosk.ask(find_goods, encode("21CCCCCWWWWWK", "00123", 756))
    assert (weighed.sku_id, weighed.scanned_milli, weighed.fixed_minor) == (apples, 756, None)
    scanned = stocked.kiosk.ask(scan_goods, encode("22CCCCCPPPPPK", "00123", 0, 1_235), (), None, 0)
    assert scanned.bill is not None
    assert scanned.bill.total_minor == 1_235
    assert scanned.bill.lines[0].qty_milli == 965  # ¥12.35 at ¥12.80 a kilo
    [both] = stocked.kiosk.ask(find_goods, encode("26CCCCCPPPPPWWWWWK", "00077", 1_003, 6_419))
    assert (both.sku_id, both.scanned_milli, both.fixed_minor) == (pork, 2_006, 6_419)  # 1,003 g are 2.006 斤
    lines = one_more(one_more((), both), both)
    assert lines == (CartLine(pork, "", 4_012, 12_838),)
    assert stocked.kiosk.ask(price_for, lines).total_minor == 12_838
    [gs1] = stocked.kiosk.ask(find_goods, encode("23CCCCVPPPPPK", "0123", 0, 99))
    assert (gs1.sku_id, gs1.fixed_minor) == (apples, 99)


@pytest.mark.req("P6")
def test_a_misread_label_is_refused_and_an_unknown_one_is_unknown(stocked: Stocked) -> None:
    shop = stocked.shop
    scales(shop)
    code = encode("22CCCCCPPPPPK", "00123", 0, 1_235)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    with pytest.raises(Misread):
        stocked.kiosk.ask(find_goods, wrong)
    assert stocked.kiosk.ask(find_goods, encode("22CCCCCPPPPPK", "99999", 0, 1_235)) == ()
    milk = stocked.skus[MILK]
    shop.do(
        add_barcode, milk, wrong
    )  # written on the pack itself: accepted, marked, and found before any layout
    assert [g.sku_id for g in stocked.kiosk.ask(find_goods, wrong)] == [milk]
    assert [b.valid for b in shop.ask(product_detail, milk).barcodes if b.code == wrong] == [False]
    [layout] = [row for row in shop.ask(scale_layouts) if row.pattern.startswith("22")]
    shop.do(use_layout, layout.id, False)
    assert stocked.kiosk.ask(find_goods, code) == ()
    shop.do(remove_layout, layout.id)
    assert len(shop.ask(scale_layouts)) == 3
    with pytest.raises(Refused):
        shop.do(add_layout, "again", "21CCCCPPPPPPK")  # nobody could tell the two apart


@pytest.mark.req("P6")
@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "22",
        "69CCCCCWWWWWK",
        "22CCCCCXXXXXK",
        "22CCWWWWWWWWK",
        "22CCCKWWWWWWW",
        "22CCCVWWWWWWK",
        "2CCWWCCCPPPPK",
    ],
)
def test_a_layout_that_can_not_work_is_refused(pattern: str) -> None:
    with pytest.raises(Malformed):
        check_pattern(pattern)


@pytest.mark.req("P6")
def test_price_check_digits_are_those_of_the_standard() -> None:
    assert (price_check_digit("2875"), price_check_digit("14685")) == ("9", "6")


@pytest.mark.req("P6")
@given(
    st.sampled_from(KNOWN),
    st.integers(0, 9_999),
    st.integers(0, 99_999),
    st.integers(0, 99_999),
    st.integers(0, 17),
)
def test_what_a_scale_prints_is_read_back_and_one_wrong_digit_never(
    known: tuple[str, str], item: int, grams: int, price: int, at: int
) -> None:
    pattern = known[1]
    digits = str(item).zfill(pattern.count("C"))
    code = encode(pattern, digits, grams, price)
    label = decode(pattern, code)
    assert label.item == digits
    assert label.grams == (grams if "W" in pattern else None)
    assert label.price_minor == (price if "P" in pattern else None)
    place = at % len(code)
    if not pattern[place].isdigit():
        wrong = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]
        with pytest.raises(Misread):
            decode(pattern, wrong)


@pytest.mark.req("P6", "O4")
def test_a_label_is_sold_for_its_price_and_the_books_stay_whole(stocked: Stocked) -> None:
    scales(stocked.shop)
    apples = stocked.kiosk.ask(find_goods, encode("22CCCCCPPPPPK", "00123", 0, 1_235))[0]
    stocked.shop.do(receive_stock, [ReceivedLine(apples.sku_id, 5_000, 700)], client_key=new_key())
    _key, settled = sell(stocked, list(one_more((), apples)))
    assert settled.to_pay_minor == 1_235
    assert stocked.shop.ask(verify).faults == ()
    [line] = stocked.shop.ask(receipt, settled.order_id).lines
    assert (line.whole_minor, line.total_minor, line.qty_milli) == (1_235, 1_235, 965)


@pytest.mark.req("P6")
def test_a_price_label_on_goods_sold_by_the_piece_says_how_many_or_is_refused(stocked: Stocked) -> None:
    scales(stocked.shop)
    stocked.shop.do(add_barcode, stocked.skus[MILK], "00077")
    [two] = stocked.kiosk.ask(find_goods, encode("22CCCCCPPPPPK", "00077", 0, 3_380))
    assert (two.scanned_milli, two.fixed_minor) == (2_000, None)
    _key, settled = sell(stocked, list(one_more((), two, two.scanned_milli)))
    assert settled.to_pay_minor == 3_380
    with pytest.raises(Refused, match=r"15\.00.*16\.90"):  # a till sets no price of pieces by itself
        stocked.kiosk.ask(find_goods, encode("22CCCCCPPPPPK", "00077", 0, 1_500))
