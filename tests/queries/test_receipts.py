"""What a receipt says adds up, and a kiosk sees only its own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.basics.errors import NotFound
from desktop.models.people import Till
from desktop.queries.receipts import receipt
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, Stocked, open_stocked
from tests.helpers.sales import member_sale, sell


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.mark.req("Q1", "M1")
def test_the_pictures_receipt(stocked: Stocked) -> None:
    key, version = member_sale(stocked, stocked.demo_cart(), 8_000)
    sale = stocked.cashier.do(settle, key, [TenderIn("cash", 12_370, 15_000)], version)
    paper = stocked.kiosk.ask(receipt, sale.order_id)
    assert (paper.shop, paper.code, paper.receipt_number) == ("青禾杂货铺", sale.code, sale.receipt_number)
    assert (paper.goods_minor, paper.discount_minor, paper.points_minor, paper.to_pay_minor) == (
        22370,
        2000,
        8000,
        12370,
    )
    assert sum(line.total_minor for line in paper.lines) == paper.total_minor == 20370
    assert sum(t.amount_minor for t in paper.tenders) == paper.total_minor
    assert (paper.received_minor, paper.change_minor) == (15_000, 2_630)
    assert (paper.points_spent, paper.points_earned, paper.points_left, paper.member_tail) == (
        8000,
        148,
        5008,
        "6621",
    )
    later, _sale = sell(stocked, stocked.cart((MILK, 1)), points=1)
    assert stocked.kiosk.ask(receipt, sale.order_id).points_left == 5008  # as it was after this sale


@pytest.mark.req("Q1")
def test_a_kiosk_finds_only_its_own_receipts(stocked: Stocked) -> None:
    _key, sale = sell(stocked, stocked.cart((MILK, 1)))
    with stocked.shop.storage.read.connect() as connection:
        other = connection.execute(select(Till.id).where(Till.id != stocked.kiosk_till)).scalars().first()
    assert other is not None
    with pytest.raises(NotFound):
        stocked.shop.acting_as(actors.kiosk(other)).ask(receipt, sale.order_id)
    assert stocked.shop.ask(receipt, sale.order_id).points_left is None
