"""Settlement is one transaction: the main path, every refusal, and nothing half done."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from desktop.basics.errors import Changed, NotAllowed, OutOfStock, Refused
from desktop.basics.ids import new_key
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import Order, OrderEvent, OrderLine
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.models.stock import Stock, StockMovement
from desktop.models.system import AuditEvent, DailyTotal, Idempotency
from desktop.queries.checkout import checkout_view, price_for
from desktop.services.checkout import agree_by_code, join_by_phone, save_checkout, send_kiosk_code
from desktop.services.settlement import TenderIn, settle
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import MILK, NUTS, PHONE, TEA, Stocked, movements, open_stocked
from tests.helpers.sales import Pocket, member_sale, sell

LEDGERS = (Order, OrderLine, OrderEvent, Tender, StockMovement, PointsEntry, Idempotency)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def rows(shop: Shop) -> dict[str, int]:
    """How many rows every ledger holds."""
    with shop.storage.read.connect() as connection:
        return {
            t.__tablename__: int(connection.execute(select(func.count()).select_from(t)).scalar() or 0)
            for t in LEDGERS
        }


def points_of(shop: Shop, member_id: int) -> tuple[int, int]:
    """Cached balance and Σ entries."""
    with shop.storage.read.connect() as connection:
        balance = connection.execute(select(Member.points).where(Member.id == member_id)).scalar_one()
        total = connection.execute(
            select(func.sum(PointsEntry.delta)).where(PointsEntry.member_id == member_id)
        ).scalar_one()
        return int(balance), int(total)


@pytest.mark.req("Q1", "Q3", "C10", "O5")
def test_the_pictures_sale_gives_the_pictures_figures(stocked: Stocked) -> None:
    bill = stocked.kiosk.ask(price_for, stocked.demo_cart(), stocked.member_id, 8_000)
    assert (bill.goods_minor, bill.total_minor, bill.half_minor, bill.cap_points) == (
        22370,
        20370,
        10185,
        10185,
    )
    assert (bill.points_minor, bill.to_pay_minor, bill.earns) == (8000, 12370, 148)
    _key, settled = sell(stocked, stocked.demo_cart(), points=8_000)
    assert (settled.to_pay_minor, settled.points_spent, settled.points_earned, settled.points_left) == (
        12370,
        8000,
        148,
        5008,
    )
    assert points_of(stocked.shop, stocked.member_id) == (5008, 5008)
    assert movements(stocked.shop, stocked.skus[MILK]) == 6_000
    with stocked.shop.storage.read.connect() as connection:
        order = connection.execute(select(Order)).first()
        total = connection.execute(select(DailyTotal)).first()
    assert order is not None
    assert total is not None
    assert (order.status, order.paid_minor, order.points_minor) == ("done", 20370, 8000)
    assert (total.orders, total.amount_minor, total.points_minor) == (1, 12370, 8000)


@pytest.mark.req("O4")
def test_a_retry_changes_nothing_and_another_request_is_refused(stocked: Stocked) -> None:
    key, first = sell(stocked, stocked.demo_cart(), points=5_000)
    before = rows(stocked.shop)
    version = stocked.kiosk.ask(checkout_view, key).version
    again = stocked.cashier.do(settle, key, [TenderIn("cash", first.to_pay_minor)], version)
    assert again == first
    with pytest.raises(Refused):
        stocked.cashier.do(settle, key, [TenderIn("card", first.to_pay_minor)], version)
    assert rows(stocked.shop) == before


@pytest.mark.req("O2")
def test_stock_that_ran_out_between_scan_and_pay_undoes_everything(stocked: Stocked) -> None:
    key, version = member_sale(stocked, stocked.cart((TEA, 1), (MILK, 8)), 2_000)
    sell(stocked, stocked.cart((MILK, 1)))
    before, balance = rows(stocked.shop), points_of(stocked.shop, stocked.member_id)
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    with pytest.raises(OutOfStock, match="7"):
        stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
    assert rows(stocked.shop) == before
    assert points_of(stocked.shop, stocked.member_id) == balance
    assert stocked.kiosk.ask(checkout_view, key).state == "open"


@pytest.mark.req("Q2")
def test_points_need_the_members_word_for_exactly_this_bill(stocked: Stocked) -> None:
    kiosk, key, pocket = stocked.kiosk, new_key(), Pocket()
    kiosk.do(save_checkout, key, stocked.demo_cart())
    kiosk.do(join_by_phone, key, PHONE)
    version = kiosk.do(save_checkout, key, stocked.demo_cart(), 8_000)
    with pytest.raises(Refused, match="(?i)confirm|确认"):
        stocked.cashier.do(settle, key, [TenderIn("cash", 12370)], version)
    send_kiosk_code(kiosk, pocket, key, version)
    with pytest.raises(Refused):
        agree_by_code(kiosk, key, "000000" if pocket.code != "000000" else "000001", version)
    agree_by_code(kiosk, key, pocket.code, version)
    changed = kiosk.do(save_checkout, key, stocked.demo_cart(), 9_000)  # the word was for 8,000
    with pytest.raises(Refused):
        stocked.cashier.do(settle, key, [TenderIn("cash", 11370)], changed)
    with pytest.raises(Changed):
        stocked.cashier.do(settle, key, [TenderIn("cash", 12370)], version)


@pytest.mark.req("Q3", "C9")
def test_points_never_pay_more_than_half_nor_more_than_there_are(stocked: Stocked) -> None:
    kiosk, key = stocked.kiosk, new_key()
    kiosk.do(save_checkout, key, stocked.demo_cart())
    kiosk.do(join_by_phone, key, PHONE)
    version = kiosk.do(save_checkout, key, stocked.demo_cart(), 10_186)
    with pytest.raises(Changed):
        stocked.cashier.do(settle, key, [TenderIn("cash", 10184)], version)


@pytest.mark.req("A1", "M10")
def test_the_kiosk_itself_can_never_mark_a_sale_as_paid(stocked: Stocked) -> None:
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)))
    with pytest.raises(NotAllowed):
        stocked.kiosk.do(settle, key, [TenderIn("cash", 3990)], version)


@pytest.mark.parametrize("amount", [0, -1, 3989, 3991, 10**12])
def test_money_that_does_not_match_the_bill_is_refused(stocked: Stocked, amount: int) -> None:
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)))
    before = rows(stocked.shop)
    with pytest.raises(Refused):
        stocked.cashier.do(settle, key, [TenderIn("cash", amount)], version)
    assert rows(stocked.shop) == before


@action(permission=Permission.TAKE_PAYMENT)
def _naive_take(work: Work, sku_id: int, pieces: int) -> None:
    """What must not be done: write a stock that was read a moment ago, without a guard."""
    from sqlalchemy import update

    work.rows(update(Stock).where(Stock.sku_id == sku_id).values(on_hand_milli=8_000 - pieces * 1000))


def test_control_an_unguarded_write_breaks_the_books(stocked: Stocked) -> None:
    """The check of the other tests can see: the naive way leaves stock and movements apart."""
    stocked.cashier.do(_naive_take, stocked.skus[MILK], 3)
    with stocked.shop.storage.read.connect() as connection:
        on_hand = connection.execute(
            select(Stock.on_hand_milli).where(Stock.sku_id == stocked.skus[MILK])
        ).scalar_one()
    assert on_hand != movements(stocked.shop, stocked.skus[MILK])


@pytest.mark.req("A2")
def test_the_sale_stands_in_the_audit_trail_without_the_members_name(stocked: Stocked) -> None:
    sell(stocked, stocked.demo_cart(), points=2_000)
    with stocked.shop.storage.read.connect() as connection:
        entries = connection.execute(select(AuditEvent.actor, AuditEvent.action, AuditEvent.detail)).all()
    settled = [e for e in entries if e.action == "settlement.settle"]
    assert [e.actor for e in settled] == [f"staff:{stocked.cashier_id}"]
    assert not any("林晓梅" in e.detail or PHONE in e.detail for e in entries)
