"""A customer's way from the first scan to the receipt, and everything that can come in between."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from desktop.basics.errors import NotAllowed, Unavailable
from desktop.models.checkout import Checkout
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.models.products import Barcode, Product
from desktop.services import posting
from desktop.services.checkout import save_checkout
from desktop.services.posting import PointsStep
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.work import Work
from desktop.views.kiosk.overlays import Choose, Notice, SignUp
from tests.helpers.goods import MILK, PHONE, TEA
from tests.helpers.logs import Logs
from tests.helpers.sales import sell
from tests.views.kiosk.conftest import CODES, PIN, Kiosk, aside


def count(kiosk: Kiosk, table: Any) -> int:
    """How many rows a table holds."""
    with kiosk.stocked.shop.storage.read.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)


def told(kiosk: Kiosk) -> str:
    """The sentence on the screen."""
    overlay = kiosk.window.overlay
    assert isinstance(overlay, Notice), overlay
    return overlay.sentence


def to_bill(kiosk: Kiosk, points: int = 0, *, member: bool = True) -> None:
    """The pictures' cart, the member, some points."""
    kiosk.scan_demo()
    kiosk.sale.go("member")
    if member:
        kiosk.sale.join(PHONE)
        kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill" and not kiosk.sale.busy)
        kiosk.sale.set_points(points)
    else:
        kiosk.sale.go("bill")
    kiosk.settle_down()


def confirm_by_code(kiosk: Kiosk) -> None:
    """Pay with points: the member types the code."""
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "confirm")
    kiosk.settle_down()
    kiosk.sale.send_code()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.code_sent)
    kiosk.sale.type_code(kiosk.pocket.code)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait" and not kiosk.sale.busy)


@pytest.mark.req("Q1", "Q2", "Q3", "Q5", "C10")
def test_the_pictures_customer_pays_half_with_points(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 8_000)
    bill = kiosk.sale.bill
    assert (bill.goods_minor, bill.total_minor, bill.cap_points, bill.to_pay_minor) == (
        22370,
        20370,
        10185,
        12370,
    )
    confirm_by_code(kiosk)
    kiosk.to_staff()
    kiosk.sale.settle(15_000)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    settled = kiosk.sale.settled
    assert (settled.change_minor, settled.points_spent, settled.points_earned, settled.points_left) == (
        2630,
        8000,
        148,
        5008,
    )
    assert count(kiosk, Order) == 1


@pytest.mark.req("Q3")
def test_the_slider_cannot_ask_for_more_than_half(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 12_860)
    assert kiosk.sale.points == 10_185
    assert kiosk.sale.bill.to_pay_minor == 10_185


@pytest.mark.req("Q5")
def test_a_second_touch_on_the_last_button_settles_once(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, member=False)
    kiosk.sale.pay("card")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    kiosk.to_staff()
    for _touch in range(3):
        kiosk.sale.settle(0, "0412")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    kiosk.settle_down()
    assert (count(kiosk, Order), count(kiosk, Tender)) == (1, 1)
    sell(kiosk.stocked, kiosk.stocked.cart((MILK, 1)))  # the control: another sale is another order
    assert count(kiosk, Order) == 2


@pytest.mark.req("Q5")
def test_a_customer_can_never_mark_the_money_as_paid(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, member=False)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    kiosk.sale.settle(99_999)
    kiosk.sale.enter_pin("999999")
    kiosk.settle_down()
    assert kiosk.sale.page == "wait"
    with pytest.raises(NotAllowed):
        kiosk.stocked.kiosk.do(settle, kiosk.sale.key, [TenderIn("cash", 22_370)], kiosk.sale.version)
    assert count(kiosk, Order) == 0
    kiosk.to_staff()  # the control: the right PIN opens the way
    assert kiosk.sale.page == "staff"


@pytest.mark.req("O2", "Q5")
def test_stock_that_ran_out_between_scan_and_pay(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan(CODES[TEA])
    kiosk.sale.go("bill")
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    kiosk.to_staff()
    sell(kiosk.stocked, kiosk.stocked.cart((TEA, 30)))
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    assert "明前龙井" in told(kiosk)
    assert count(kiosk, Order) == 1
    assert kiosk.sale.lines  # the cart is kept


@action(permission=Permission.ADJUST_POINTS)
def take_points(work: Work, member_id: int, points: int) -> None:
    """Somebody spends the member's points elsewhere."""
    posting.post_points(work, member_id, [PointsStep(-points, "correction", "test", "take")])


@pytest.mark.req("C10", "Q5")
def test_points_spent_elsewhere_meanwhile(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 8_000)
    confirm_by_code(kiosk)
    kiosk.to_staff()
    kiosk.stocked.shop.do(take_points, kiosk.stocked.member_id, 10_000)
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    kiosk.settle_down()
    assert "2,860" in told(kiosk)
    assert kiosk.sale.points == 2_860
    assert count(kiosk, Order) == 0


@pytest.mark.req("Q5")
def test_codes_that_lead_nowhere_say_what_to_do(kiosk: Kiosk) -> None:
    kiosk.open()
    for code, words in (
        ("4012345678901", "4012345678901"),
        ("2012345678903", "称重"),
        ("<b>x</b>", "<b>x</b>"),
    ):
        kiosk.scan(code)
        assert words in told(kiosk)
        kiosk.window.close_overlay()
    assert kiosk.sale.lines == ()
    kiosk.scan(CODES[MILK])  # the control
    assert kiosk.window.overlay is None
    assert kiosk.sale.pieces == 1


@action(permission=Permission.EDIT_GOODS)
def share_code(work: Work, sku_id: int, code: str) -> None:
    """Two goods with one barcode."""
    work.add(Barcode(code=code, sku_id=sku_id))


@action(permission=Permission.EDIT_GOODS)
def change_product(work: Work, product_id: int, **values: Any) -> None:
    """Take goods off the shelf, or sell them by weight."""
    work.update(Product, product_id, values)


@pytest.mark.req("Q5")
def test_one_code_on_two_goods_asks_which(kiosk: Kiosk) -> None:
    kiosk.stocked.shop.do(share_code, kiosk.stocked.skus[TEA], CODES[MILK])
    kiosk.open()
    kiosk.scan(CODES[MILK])
    assert isinstance(kiosk.window.overlay, Choose)
    assert kiosk.sale.lines == ()
    kiosk.window._chosen(_goods_named(kiosk, "明前龙井 罐装", CODES[MILK]))
    kiosk.settle_down()
    assert kiosk.sale.lines[0].sku_id == kiosk.stocked.skus[TEA]


def _goods_named(kiosk: Kiosk, name: str, code: str) -> Any:
    from desktop.queries.checkout import find_goods

    return next(g for g in kiosk.stocked.kiosk.ask(find_goods, code) if g.name == name)


def test_goods_off_the_shelf_and_goods_by_weight(kiosk: Kiosk) -> None:
    kiosk.stocked.shop.do(change_product, 1, on_shelf=False)
    kiosk.stocked.shop.do(change_product, 2, kind="weighed")
    kiosk.open()
    kiosk.scan(CODES[0])
    assert "明前龙井" in told(kiosk)
    kiosk.scan(CODES[1])
    assert "鲜牛奶" in told(kiosk)
    assert kiosk.sale.lines == ()


def test_more_pieces_than_the_books_hold(kiosk: Kiosk) -> None:
    kiosk.open()
    for _piece in range(9):
        kiosk.scan(CODES[MILK])
    assert "8" in told(kiosk)
    assert kiosk.sale.pieces == 8


@pytest.mark.req("Q5")
def test_after_a_power_cut_the_open_sale_comes_back(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 5_000)
    key = kiosk.sale.key
    kiosk.window._seconds.stop()
    kiosk.context.news.changed.disconnect()
    kiosk.window.hide()
    kiosk.open()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    assert kiosk.sale.key == key
    assert (kiosk.sale.pieces, kiosk.sale.points, kiosk.sale.member.phone_tail) == (5, 5_000, "6621")


@pytest.mark.req("Q5")
def test_a_cleared_sale_does_not_come_back(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan(CODES[MILK])
    kiosk.sale.finish()
    kiosk.settle_down()
    with kiosk.stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(Checkout.state)).scalar() == "dropped"
    kiosk.sale.restore()
    kiosk.settle_down()
    assert kiosk.sale.page == "idle"


@pytest.mark.req("C7")
def test_an_unknown_number_may_join_at_once(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan(CODES[MILK])
    kiosk.sale.go("member")
    kiosk.sale.join("13900001234")
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, SignUp))
    before = count(kiosk, Member)
    kiosk.sale.join("13900001234", sign_up=True)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    assert count(kiosk, Member) == before + 1
    assert kiosk.sale.member.points == 200


def test_not_me_takes_member_points_and_price_off(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, 8_000)
    kiosk.sale.drop_member()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.bill.total_minor == 22_370)
    kiosk.settle_down()
    assert kiosk.sale.member is None
    assert (kiosk.sale.points, kiosk.sale.bill.to_pay_minor) == (0, 22_370)


@pytest.mark.req("Q5")
def test_a_locked_database_is_said_and_nothing_is_lost(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    logs.allow("database trouble")
    monkeypatch.setattr("desktop.shop.shop.LONGEST_TRYING", 0.1)
    kiosk.open()
    kiosk.scan(CODES[MILK])
    event.listen(
        kiosk.stocked.shop.storage.write, "begin", lambda c: c.exec_driver_sql("PRAGMA busy_timeout=50")
    )
    holder = kiosk.stocked.shop.storage.write.connect()
    holder.execute(text("UPDATE till SET name = name"))
    try:
        kiosk.type(CODES[TEA])
        kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice), timeout=20_000)
        assert kiosk.sale.pieces == 2
    finally:
        holder.rollback()
        holder.close()
    kiosk.qtbot.waitUntil(lambda: not kiosk.sale._unsaved and not kiosk.sale._saving, timeout=10_000)
    with kiosk.stocked.shop.storage.read.connect() as connection:
        saved = connection.execute(select(Checkout.lines)).scalar()
    assert saved.count("[") == 3


def test_a_database_gone_while_paying_keeps_the_payment_open(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, member=False)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    kiosk.to_staff()
    kiosk.sale._not_settled(
        Unavailable(
            "The database can’t be reached. Check the network or the file, then try again; nothing is saved twice.",
            next_step="retry",
        )
    )
    assert kiosk.sale.page == "staff"
    kiosk.sale.settle()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    assert count(kiosk, Order) == 1


def test_a_sale_finished_elsewhere_is_said(kiosk: Kiosk) -> None:
    kiosk.open()
    kiosk.scan(CODES[MILK])
    key, version = kiosk.sale.key, kiosk.sale.version
    aside(lambda: kiosk.stocked.cashier.do(settle, key, [TenderIn("cash", 1_690)], version))
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "idle")
    assert told(kiosk)


def test_a_scan_while_waiting_changes_nothing(kiosk: Kiosk) -> None:
    kiosk.open()
    to_bill(kiosk, member=False)
    kiosk.sale.pay("cash")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait")
    kiosk.scan(CODES[TEA])
    assert kiosk.sale.pieces == 5
    assert told(kiosk)


def test_only_this_till_may_save_its_sale(kiosk: Kiosk) -> None:
    with pytest.raises(NotAllowed):
        kiosk.stocked.shop.acting_as(actors.phone()).do(save_checkout, "k", [])
    assert PIN == "246810"
