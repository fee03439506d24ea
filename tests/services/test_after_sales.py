"""After-sales: refund, return, exchange, send again; never more than was sold, open cases counted."""

from __future__ import annotations

from io import BytesIO
from itertools import product

import pytest
from PIL import Image
from sqlalchemy import func, select

from desktop.basics.errors import Malformed, NotAllowed, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.after_sales import STATE_WORDS, STEPS, AfterSalePhoto, check_step
from desktop.models.members import Member
from desktop.models.payments import RefundTender
from desktop.models.stock import Location, Stock, StockMovement
from desktop.queries.verify import verify
from desktop.services.after_sale_asking import AskedLine
from desktop.services.after_sale_goods import Arrived, receive_goods, undo_receipt
from desktop.services.after_sale_settling import Settling, settle_case
from desktop.services.after_sales import (
    Asked,
    add_case_photos,
    approve_case,
    close_case,
    open_case,
    refuse_case,
    withdraw_case,
)
from desktop.services.fulfilment import cancel_order, ship_order, undo_shipment
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_setting
from desktop.shop.shop import Shop
from tests.helpers.after_sales import (
    approve,
    arrive,
    ask,
    case_of,
    compensate,
    lines,
    settle,
    shipped,
)
from tests.helpers.back_office import order_of, pay, placed, stock
from tests.helpers.goods import MILK, TEA, Stocked, as_role, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.fixture
def local(sqlite_shop: Shop) -> Stocked:
    """The same on SQLite, for what is not about the database."""
    return open_stocked(sqlite_shop)


def one(stocked: Stocked, statement: object) -> int:
    with stocked.shop.storage.read.connect() as connection:
        return int(connection.execute(statement).scalar() or 0)  # type: ignore[call-overload]


def whole(stocked: Stocked) -> None:
    """The books fit."""
    assert stocked.shop.ask(verify).faults == ()


def damaged(stocked: Stocked, goods: int) -> int:
    """Pieces among the damaged goods."""
    statement = select(func.coalesce(func.sum(Stock.on_hand_milli), 0)).join(
        Location, Location.id == Stock.location_id
    )
    return (
        one(stocked, statement.where(Location.kind == "damaged", Stock.sku_id == stocked.skus[goods])) // 1000
    )


def on_floor(stocked: Stocked, goods: int) -> int:
    """Pieces on the shelf."""
    mine = (Stock.sku_id == stocked.skus[goods], Stock.location_id == stocked.location_id)
    return one(stocked, select(Stock.on_hand_milli).where(*mine)) // 1000


# -- the table of steps ------------------------------------------------------------------------------------------


@pytest.mark.req("O15")
def test_every_step_is_in_the_table_or_refused() -> None:
    for current, to in product(STATE_WORDS, STATE_WORDS):
        if (current, to) in STEPS:
            check_step(current, to)
        else:
            with pytest.raises(Refused):
                check_step(current, to)


# -- refund and return -------------------------------------------------------------------------------------------


@pytest.mark.req("O15")
def test_a_return_pays_when_the_goods_are_here_and_puts_each_where_it_belongs(stocked: Stocked) -> None:
    order_id = shipped(stocked, (MILK, 3), member_id=stocked.member_id)
    case = ask(stocked, order_id, "return", 3)
    assert case.state == "asked"
    assert approve(stocked, case.case_id) == "awaited"
    with pytest.raises(Refused):
        settle(stocked, case.case_id)  # money on receipt of goods
    arrive(stocked, case.case_id, order_id, (3, 1))
    assert (on_floor(stocked, MILK), damaged(stocked, MILK)) == (8 - 3 + 2, 1)
    outcome = settle(stocked, case.case_id)
    assert outcome.money_minor == 3 * 1690
    assert case_of(stocked, case.case_id).state == "closed"
    assert one(stocked, select(Member.spent_minor).where(Member.id == stocked.member_id)) == 0
    whole(stocked)


@pytest.mark.req("O15")
def test_only_what_arrived_is_paid_and_the_rest_may_be_asked_again(local: Stocked) -> None:
    order_id = shipped(local, (MILK, 3))
    case = ask(local, order_id, "return", 3)
    approve(local, case.case_id)
    with pytest.raises(Refused):
        ask(local, order_id, "return", 1)  # all of it is asked for
    arrive(local, case.case_id, order_id, (2, 0))
    assert settle(local, case.case_id).money_minor == 2 * 1690
    again = ask(local, order_id, "return", 1)
    with pytest.raises(Refused):
        ask(local, order_id, "return", 1)
    local.shop.do(withdraw_case, again.case_id)
    assert ask(local, order_id, "return", 1).state == "asked"
    whole(local)


@pytest.mark.req("O15")
def test_refund_only_leaves_the_goods_with_the_customer(local: Stocked) -> None:
    order_id = shipped(local, (MILK, 2))
    case = ask(local, order_id, "refund", 1)
    assert approve(local, case.case_id) == "approved"
    assert settle(local, case.case_id).money_minor == 1690
    assert on_floor(local, MILK) == 8 - 2
    whole(local)


@pytest.mark.req("O15")
def test_of_a_partly_shipped_order_the_rest_is_freed_and_the_sent_part_returns(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 4))
    pay(stocked, order_id)
    [line] = lines(stocked, order_id)
    stocked.shop.do(ship_order, order_id, lines=[(line.id, 1000)])
    assert stock(stocked, MILK) == (7, 3)
    with pytest.raises(Refused):
        ask(stocked, order_id, "return", 2)  # one left the shop, two can't come back
    back = ask(stocked, order_id, "return", 1)
    rest = ask(stocked, order_id, "refund", 3)
    approve(stocked, rest.case_id)
    settle(stocked, rest.case_id)
    assert stock(stocked, MILK) == (7, 0)
    assert order_of(stocked, order_id).status == "shipped"
    approve(stocked, back.case_id)
    arrive(stocked, back.case_id, order_id, (1, 0))
    with pytest.raises(Refused):
        stocked.shop.do(undo_shipment, order_id)  # it is here already
    settle(stocked, back.case_id)
    assert stock(stocked, MILK) == (8, 0)
    assert order_of(stocked, order_id).refunded_minor == 4 * 1690
    whole(stocked)


@pytest.mark.req("O15")
def test_a_receipt_taken_back_and_a_refusal_on_sight_send_the_goods_off_the_books(local: Stocked) -> None:
    order_id = shipped(local, (MILK, 2))
    case = ask(local, order_id, "return", 2)
    approve(local, case.case_id)
    arrive(local, case.case_id, order_id, (2, 2))
    local.shop.do(undo_receipt, case.case_id, new_key())
    assert (on_floor(local, MILK), damaged(local, MILK)) == (6, 0)
    arrive(local, case.case_id, order_id, (2, 1))
    local.shop.do(refuse_case, case.case_id, "不是本店的", new_key())
    assert (on_floor(local, MILK), damaged(local, MILK)) == (6, 0)
    assert order_of(local, order_id).refunded_minor == 0
    whole(local)


# -- money without goods -----------------------------------------------------------------------------------------


@pytest.mark.req("O15")
def test_compensation_is_never_more_than_the_line_still_holds_and_always_needs_approval(
    local: Stocked,
) -> None:
    local.shop.do(set_setting, "aftersales.approval", "never")
    order_id = shipped(local, (MILK, 2))
    with pytest.raises(Refused):
        compensate(local, order_id, 2 * 1690 + 1)
    first = compensate(local, order_id, 3_000)
    assert first.state == "asked"
    with pytest.raises(Refused):
        compensate(local, order_id, 381)  # 380 is left of it
    approve(local, first.case_id)
    assert settle(local, first.case_id).money_minor == 3_000
    back = ask(local, order_id, "return", 2)
    assert back.state == "awaited"  # no approval needed for this one
    arrive(local, back.case_id, order_id, (2, 0))
    assert settle(local, back.case_id).money_minor == 380
    assert order_of(local, order_id).refunded_minor == 2 * 1690
    whole(local)


@pytest.mark.req("O15")
def test_approval_always_above_an_amount_or_never(local: Stocked) -> None:
    order_id = shipped(local, (TEA, 1), (MILK, 2))
    local.shop.do(set_setting, "aftersales.approval", "above")
    local.shop.do(set_setting, "aftersales.approve_above", 5_000)
    assert ask(local, order_id, "refund", 0, 1).state == "approved"
    assert ask(local, order_id, "refund", 1).state == "asked"


# -- send again --------------------------------------------------------------------------------------------------


@pytest.mark.req("O15")
def test_a_lost_parcel_is_sent_again_once_for_nothing(stocked: Stocked) -> None:
    order_id = shipped(stocked, (MILK, 2))
    case = ask(stocked, order_id, "reship", 2)
    approve(stocked, case.case_id)
    with pytest.raises(Refused):
        ask(stocked, order_id, "reship", 1)
    outcome = settle(stocked, case.case_id, tracking="SF9", carrier="顺丰")
    assert outcome.shipment_id
    assert on_floor(stocked, MILK) == 8 - 4
    reasons = select(StockMovement.delta_milli).where(StockMovement.reason == "reship")
    assert one(stocked, reasons) == -2000
    with pytest.raises(Refused):
        ask(stocked, order_id, "reship", 1)
    stocked.shop.do(close_case, case.case_id)
    whole(stocked)


# -- who may, how often, with what ------------------------------------------------------------------------------


@pytest.mark.req("O15", "M10")
def test_nobody_approves_or_settles_beyond_their_rights(local: Stocked) -> None:
    order_id = shipped(local, (MILK, 1))
    agent, cashier = as_role(local.shop, "senior_agent"), as_role(local.shop, "cashier")
    [line] = lines(local, order_id)
    asked = Asked("refund", (AskedLine(line.id, 1000),), "坏了")
    with pytest.raises(NotAllowed):
        cashier.do(open_case, order_id, asked, new_key())
    case = agent.do(open_case, order_id, asked, new_key())
    for deed, more in ((approve_case, ()), (settle_case, (new_key(),))):
        with pytest.raises(NotAllowed):
            agent.do(deed, case.case_id, *more)  # type: ignore[operator, arg-type]
    as_role(local.shop, "merchant").do(approve_case, case.case_id)


@pytest.mark.req("O15", "O4")
def test_a_retry_of_any_step_changes_nothing(local: Stocked) -> None:
    order_id = shipped(local, (MILK, 2))
    [line] = lines(local, order_id)
    asked, keys = Asked("return", (AskedLine(line.id, 2000),), "坏了"), [new_key() for _ in range(3)]
    first = local.shop.do(open_case, order_id, asked, keys[0])
    assert local.shop.do(open_case, order_id, asked, keys[0]) == first
    approve(local, first.case_id)
    for _ in range(2):
        local.shop.do(receive_goods, first.case_id, [Arrived(line.id, 2000)], keys[1])
    outcomes = {local.shop.do(settle_case, first.case_id, keys[2], Settling()) for _ in range(2)}
    assert len(outcomes) == 1
    assert one(local, select(func.sum(RefundTender.amount_minor))) == 2 * 1690
    whole(local)


@pytest.mark.req("O15")
def test_the_quick_refund_leaves_what_an_open_case_asks_for(local: Stocked) -> None:
    order_id = shipped(local, (MILK, 2))
    [line] = lines(local, order_id)
    case = ask(local, order_id, "return", 1)
    with pytest.raises(Refused):
        local.shop.do(refund_lines, order_id, [(line.id, 2000)], "r", new_key())
    local.shop.do(refund_lines, order_id, [(line.id, 1000)], "r", new_key())
    local.shop.do(withdraw_case, case.case_id)
    local.shop.do(refund_lines, order_id, [(line.id, 1000)], "r", new_key())
    whole(local)


@pytest.mark.req("O15")
def test_an_unpaid_or_cancelled_order_has_no_after_sales(local: Stocked) -> None:
    order_id = placed(local, (MILK, 1))
    for _ in range(2):
        with pytest.raises(ShopError):
            ask(local, order_id, "refund", 1)
        if order_of(local, order_id).status == "unpaid":
            local.shop.do(cancel_order, order_id)


def photo(side: int = 64) -> bytes:
    out = BytesIO()
    Image.new("RGB", (side, side), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.req("O15")
def test_six_photos_and_nothing_but_photos(local: Stocked) -> None:
    order_id = shipped(local, (MILK, 1))
    case = ask(local, order_id, "refund", 1)
    local.shop.do(add_case_photos, case.case_id, [photo()] * 6)
    for bad, kind in (([photo()], Refused), ([b"MZ" + b"0" * 99], ShopError), ([photo(3_000)], ShopError)):
        with pytest.raises(kind):
            local.shop.do(add_case_photos, case.case_id, bad)
    other = ask(local, shipped(local, (TEA, 1)), "refund", 1)
    with pytest.raises(Malformed):
        local.shop.do(add_case_photos, other.case_id, [b"\x89PNG\r\n\x1a\n" + b"0" * 99])
    assert one(local, select(func.count()).select_from(AfterSalePhoto)) == 6


@pytest.mark.req("O15", "O6")
def test_goods_whose_money_is_asked_back_do_not_leave(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 3))
    pay(stocked, order_id)
    case = ask(stocked, order_id, "refund", 1)
    (line,) = lines(stocked, order_id)
    with pytest.raises(Refused, match="鲜牛奶"):
        stocked.shop.do(ship_order, order_id)
    stocked.shop.do(ship_order, order_id, "SF1", "", [(line.id, 2000)])  # control: the others may
    approve(stocked, case.case_id)
    assert settle(stocked, case.case_id).money_minor == 1690
    assert (order_of(stocked, order_id).status, stock(stocked, MILK)) == ("shipped", (6, 0))
    assert stocked.shop.ask(verify).faults == ()
