"""What the palette asks, on both databases, and where letters match."""

import pytest

from desktop.basics.matching import find, prepare
from desktop.basics.order_links import order_link
from desktop.queries.search import find_goods, find_members, find_orders
from desktop.queries.shell import goods_below_safety, kiosks, me, orders_to_ship, shop_card
from desktop.shop.actors import guest
from desktop.shop.shop import Shop


@pytest.mark.parametrize(
    "name, typed, part",
    [
        ("查看退款的订单", "tk", "退款"), ("查看退款的订单", "tuikuan", "退款"), ("查看退款的订单", "tuik", "退款"),
        ("查看退款的订单", "退", "退"), ("矿泉水", "kqs", "矿泉水"), ("矿泉水", "quan", "泉"), ("Milk 950", "950", "950"),
        ("AD 钙奶", "adgn", "AD 钙奶"), ("退款", "ｔｋ", "退款"),
    ],
)  # fmt: skip
def test_letters_pinyin_and_initials_match(name: str, typed: str, part: str) -> None:
    span = find(prepare(name), typed)
    assert span is not None
    assert name[slice(*span)] == part


@pytest.mark.parametrize("typed", ["kt", "xyz", "", "  ", "款退"])
def test_what_does_not_match_is_not_found(typed: str) -> None:
    assert find(prepare("退款"), typed) is None


@pytest.mark.req("P1", "O16")
def test_orders_goods_and_members_are_found(sample: Shop) -> None:
    assert sample.ask(find_orders, "1121-0096")[0].title.startswith("1121-0096")
    assert sample.ask(find_orders, "96")[0].title.startswith("1121-0096")
    assert any("林晓梅" in hit.title for hit in sample.ask(find_orders, "林晓梅"))
    tea = sample.ask(find_goods, "mqlj")[0]
    assert tea.title.startswith("明前龙井")
    assert sample.ask(find_goods, tea.code)[0].id == tea.id
    lin = sample.ask(find_members, "lxm")[0]
    assert (lin.title, lin.code) == ("林晓梅", "M-000318")
    assert sample.ask(find_members, lin.phone_tail)
    for question in (find_orders, find_goods, find_members):
        assert sample.ask(question, "") == ()
        assert sample.ask(question, "%_' OR 1=1 --") == ()


@pytest.mark.req("P1", "O15")
def test_the_code_on_a_receipt_finds_its_order(sample: Shop) -> None:
    scanned = order_link("http://192.168.1.20:8420", "20261121-0096")
    assert [hit.title[:9] for hit in sample.ask(find_orders, f" {scanned} ")] == ["1121-0096"]
    assert sample.ask(find_orders, scanned.replace("0096", "9999")) == ()  # control: no such order
    assert sample.ask(find_orders, scanned.replace("order?n=", "order?m=")) == ()  # control: no such address


@pytest.mark.req("R4", "I2")
def test_the_frame_counts_what_waits(sample: Shop) -> None:
    card = sample.ask(shop_card)
    assert (card.name, card.sample) == ("青禾杂货铺", True)
    assert sample.ask(orders_to_ship) == 12
    assert sample.ask(goods_below_safety) == 9
    assert sample.ask(kiosks).orders == 38


@pytest.mark.req("A1")
def test_nobody_has_no_rights(sample: Shop) -> None:
    assert sample.acting_as(guest()).ask(me).rights == frozenset()
