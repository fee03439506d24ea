"""Find my order at the kiosk: two questions, the order, and nothing of it for the next customer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.basics.clock import HandClock
from desktop.gateways.carriers import Seen, Trail
from desktop.queries.reviews import ReviewFilter, reviews_page
from desktop.services.fulfilment import ship_order
from desktop.services.reviews import judge_reviews
from desktop.services.tracking import record_trail
from desktop.views.kiosk.look import look
from desktop.views.kiosk.overlays import Notice, Offered
from desktop.views.kiosk.page_track import TrackPage, number_on_paper
from desktop.views.kiosk.qr import QrCode
from desktop.views.kiosk.widgets import Button
from desktop.views.kiosk.window import FIND_SECONDS
from tests.helpers.back_office import order_of, pay, placed
from tests.helpers.goods import MILK, PHONE, TEA
from tests.helpers.sales import sell
from tests.services.test_goods_room import bring_reviews
from tests.views.kiosk.conftest import CODES, Kiosk, aside
from tests.views.kiosk.test_window import everything_said, touch

TAIL, PARCEL = PHONE[-4:], "SF1234567890"


def on_its_way(kiosk: Kiosk) -> tuple[str, str]:
    """The member's order with a parcel seen twice: its full and its short number."""
    stocked = kiosk.stocked

    def job() -> tuple[str, str]:
        order_id = placed(stocked, (TEA, 1), (MILK, 2), member_id=stocked.member_id)
        pay(stocked, order_id)
        parcel = stocked.shop.do(ship_order, order_id, PARCEL, "顺丰")
        now = stocked.shop.clock.now()
        seen = (
            Seen(now, "快件到达 杭州西湖营业部", "杭州", "under_way"),
            Seen(now - timedelta(hours=9), "已揽收", "上海", "collected"),
        )
        stocked.shop.do(record_trail, parcel, PARCEL, Trail("under_way", seen, now + timedelta(days=2)))
        row = order_of(stocked, order_id)
        return str(row.code), str(row.short_code)

    return aside(job)  # type: ignore[no-any-return]


def press(kiosk: Kiosk, keys: str) -> None:
    """Touch the keys of the pad."""
    for key in keys:
        touch(kiosk, key)


def found(kiosk: Kiosk, number: str) -> None:
    """Type number and digits with the pad."""
    touch(kiosk, "查订单")
    press(kiosk, number.replace("-", ""))
    touch(kiosk, "下一步")
    press(kiosk, TAIL)
    touch(kiosk, "查询")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.looked_up is not None)
    kiosk.settle_down()


@pytest.mark.req("O13", "Q5")
def test_typed_number_and_digits_show_the_parcel_and_rest_clears_it(kiosk: Kiosk) -> None:
    _code, number = on_its_way(kiosk)
    kiosk.open()
    found(kiosk, number)
    said = everything_said()
    for words in (number, PARCEL, "快件到达 杭州西湖营业部", "林**"):
        assert words in said  # also the control: it would be found below
    assert "林晓梅" not in said
    for _second in range(FIND_SECONDS):
        kiosk.window.tick()
    kiosk.settle_down()
    assert kiosk.sale.page == "idle"
    kiosk.qtbot.waitUntil(lambda: PARCEL not in everything_said())
    assert "杭州西湖营业部" not in everything_said()
    assert number not in everything_said()


@pytest.mark.req("O13")
def test_a_scanned_receipt_asks_for_the_digits_at_once_and_goods_begin_a_sale(kiosk: Kiosk) -> None:
    code, number = on_its_way(kiosk)
    kiosk.open()
    kiosk.scan(code)
    assert (kiosk.sale.page, kiosk.sale.find_number) == ("find", code)
    shown = [one.address for one in kiosk.window.findChildren(QrCode)]
    assert shown == [f"http://192.168.1.8:8000/order?n={code}"]  # the same on the customer's phone
    kiosk.type(TAIL, enter=False)
    kiosk.window.scanner.replay()
    touch(kiosk, "查询")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.looked_up is not None)
    kiosk.settle_down()
    assert number in everything_said()
    kiosk.scan(CODES[0])
    assert (kiosk.sale.page, kiosk.sale.looked_up, len(kiosk.sale.lines)) == ("basket", None, 1)
    assert PARCEL not in everything_said()


@pytest.mark.req("O13", "A5")
def test_wrong_digits_are_refused_in_the_words_of_no_such_order(kiosk: Kiosk) -> None:
    _code, number = on_its_way(kiosk)
    kiosk.open()
    sentences = []
    for wanted in (number, "01010001"):
        kiosk.sale.find(wanted)
        press(kiosk, "0000")
        touch(kiosk, "查询")
        kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice))
        sentences.append(kiosk.window.overlay.sentence)  # type: ignore[union-attr]
        kiosk.window.close_overlay()
        assert kiosk.sale.looked_up is None
        assert not kiosk.sale.busy
    assert sentences[0] == sentences[1]
    press(kiosk, TAIL)
    assert isinstance(kiosk.window.page, TrackPage)  # the customer may try again


@pytest.mark.req("O13", "Q5")
def test_an_answer_for_a_customer_who_left_is_dropped(kiosk: Kiosk) -> None:
    _code, number = on_its_way(kiosk)
    kiosk.open()
    kiosk.sale.find(number)
    kiosk.sale.look_up(TAIL)
    kiosk.sale.finish()
    kiosk.settle_down()
    assert (kiosk.sale.page, kiosk.sale.looked_up) == ("idle", None)


@pytest.mark.req("O13", "Q5", "R3")
@pytest.mark.parametrize("size, large", [((1080, 1920), False), ((1080, 1920), True), ((1920, 1080), False)])
def test_everything_can_be_touched_and_fits(
    kiosk: Kiosk, clock: HandClock, size: tuple[int, int], large: bool
) -> None:
    _code, number = on_its_way(kiosk)
    kiosk.open(*size)
    look.enlarge(large)
    kiosk.window._build()
    pages = []
    for step in (lambda: None, lambda: kiosk.sale.find(""), lambda: kiosk.sale.find(number)):
        step()
        kiosk.settle_down()
        pages.append(_touchable(kiosk))
    kiosk.sale.look_up(TAIL)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.looked_up is not None)
    kiosk.settle_down()
    assert min(*pages, _touchable(kiosk)) >= 48
    QTest.keyClick(kiosk.window, Qt.Key.Key_Return)  # nothing to answer any more: nothing happens
    kiosk.sale.finish()


@pytest.mark.req("P3", "Q5")
def test_stars_stand_beside_the_name_of_goods_chosen_by_hand(kiosk: Kiosk) -> None:
    shop = kiosk.stocked.shop

    def reviews() -> None:
        _key, settled = sell(kiosk.stocked, kiosk.stocked.cart((TEA, 1)))
        shop.do(bring_reviews, settled.order_id, (5, 4, 4))
        shop.do(judge_reviews, [row.id for row in shop.ask(reviews_page, ReviewFilter("new")).rows], "shown")

    aside(reviews)
    kiosk.open()
    kiosk.sale.go("basket")
    kiosk.window._search()
    kiosk.settle_down()
    said = {b.text(): b.accessibleDescription() for b in kiosk.window.findChildren(Offered)}
    assert said["明前龙井 罐装"] == "4.3 (3)"
    assert said["鲜牛奶"] == ""  # the control: nobody said anything


def _touchable(kiosk: Kiosk) -> int:
    """The height of the smallest button; all stand inside the window, none over another."""
    buttons = [b for b in kiosk.window.findChildren(Button) if b.isVisible()]
    areas = [b.rect().translated(b.mapTo(kiosk.window, b.rect().topLeft())) for b in buttons]
    assert all(kiosk.window.rect().contains(area) for area in areas)
    assert not any(a.intersects(b) for i, a in enumerate(areas) for b in areas[:i])
    return min(area.height() for area in areas)


@pytest.mark.req("O13")
@pytest.mark.parametrize(
    "code, number",
    [
        ("20261121-0096", "20261121-0096"),
        ("D20261121-0096", "D20261121-0096"),
        ("http://192.168.1.20:8420/order?n=20261121-0096", "20261121-0096"),
        (CODES[0], ""),
        ("202611210096", ""),
    ],
)
def test_a_receipts_code_is_no_goods(code: str, number: str) -> None:
    assert number_on_paper(code) == number
