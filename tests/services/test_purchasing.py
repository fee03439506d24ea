"""Suppliers, purchase orders, deliveries and returns, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, Malformed, NotAllowed, Refused, ShopError
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.models.batches import Batch
from desktop.models.products import Sku
from desktop.models.purchasing import BY_HAND, BY_MAIL, CLOSED, DRAFT, PART, PurchaseLine, PurchaseOrder
from desktop.queries.purchasing import (
    PurchaseFilter,
    PurchaseSheet,
    purchase_sheet,
    purchases_by_state,
    purchases_page,
)
from desktop.queries.stock import stock_of
from desktop.queries.suppliers import (
    SupplierFilter,
    goods_of_supplier,
    sellers_of,
    supplier_card,
    suppliers_page,
)
from desktop.queries.verify import verify
from desktop.services.batches import track_batches
from desktop.services.deliveries import CameIn, Delivered, receive_order
from desktop.services.purchasing import (
    LineIn,
    cancel_order,
    change_order,
    close_order,
    make_order,
    restore_order,
    send_order,
)
from desktop.services.suppliers import (
    PriceForm,
    SupplierForm,
    prefer_supplier,
    remove_price,
    save_price,
    save_supplier,
    switch_supplier,
)
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.goods import as_role, new_goods, set_up

PIECE = 1_000
DAIRY = SupplierForm("光明乳业", contact="李经理", email="milk@example.com", phone="021-555", lead_days=1)


@dataclass(frozen=True)
class Bought:
    """A shop with one supplier and two goods, ten of each here at a cost of 10.00."""

    shop: Shop
    supplier: int
    milk: int
    cake: int

    def lines(self, packs: int = 4) -> list[LineIn]:
        """Packs of five milks at 60.00 and one cake at 9.00."""
        return [LineIn(self.milk, packs, 5 * PIECE, 6_000), LineIn(self.cake, 2, PIECE, 900)]

    def sent(self) -> int:
        """A sent order of them."""
        order = self.shop.do(make_order, self.supplier, self.lines(), client_key=new_key())
        self.shop.do(send_order, order, BY_HAND)
        return order

    def sheet(self, order: int) -> PurchaseSheet:
        """The order as it is now."""
        found = self.shop.ask(purchase_sheet, order)
        assert found is not None
        return found

    def came(self, order: int, pieces: int, **more: object) -> CameIn:
        """So many milks of this order."""
        line = self.sheet(order).lines[0]
        return replace(CameIn(line.id, pieces * PIECE, line.received_milli), **more)

    def cost(self, sku: int) -> int:
        """The average cost of a piece."""
        with self.shop.storage.read.connect() as connection:
            return int(connection.execute(select(Sku.cost_minor).where(Sku.id == sku)).scalar_one())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are read in English here."""
    with speaking("en"):
        yield


@pytest.fixture
def bought(shop: Shop) -> Bought:
    """See `Bought`."""
    set_up(shop)
    milk, cake = (new_goods(shop, name, 1_690, pieces=10) for name in ("鲜牛奶", "云片糕"))
    with shop.storage.write.begin() as connection:
        connection.execute(update(Sku).values(cost_minor=1_000))
    return Bought(shop, shop.do(save_supplier, None, DAIRY), milk, cake)


def two_at_once(shop: Shop, deeds: list[tuple[object, ...]]) -> list[object]:
    """Run deeds on tills of their own at the same time; their answers or errors."""
    answers: list[object] = [None] * len(deeds)
    gate = threading.Barrier(len(deeds))

    def run(place: int) -> None:
        till = Shop(open_storage(shop.storage.url), actor=shop.actor, clock=shop.clock)
        try:
            gate.wait()
            deed, *values = deeds[place]
            keywords = values.pop() if values and isinstance(values[-1], dict) else {}
            answers[place] = till.do(deed, *values, **keywords)  # type: ignore[arg-type]
        except ShopError as error:
            answers[place] = error
        finally:
            till.news.close()
            till.storage.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# -- suppliers ------------------------------------------------------------------------------------------------------


@pytest.mark.req("I8")
def test_a_supplier_is_kept_found_and_switched_off(bought: Bought) -> None:
    shop = bought.shop
    card = shop.ask(supplier_card, bought.supplier)
    assert card is not None
    assert (card.code, card.name, card.email) == ("S001", "光明乳业", "milk@example.com")
    shop.do(save_price, bought.supplier, PriceForm(bought.milk, 6_000, 5 * PIECE, "GM-1"))
    for text in ("光明", "gmry", "GM-1", "鲜牛奶", ""):
        assert [row.goods for row in shop.ask(suppliers_page, SupplierFilter(text)).rows] == [1], text
    assert not shop.ask(suppliers_page, SupplierFilter("没有")).rows
    shop.do(switch_supplier, bought.supplier, False)
    assert not shop.ask(suppliers_page, SupplierFilter()).rows
    assert len(shop.ask(suppliers_page, SupplierFilter(view="all")).rows) == 1


@pytest.mark.req("I8")
def test_what_cannot_be_a_supplier_is_refused(bought: Bought) -> None:
    for wrong in (
        replace(DAIRY, name="  "), replace(DAIRY, email="not an address"), replace(DAIRY, lead_days=-1),
        replace(DAIRY, lead_days=400), replace(DAIRY, cut_off=1_440), replace(DAIRY, order_days=(7,)),
        replace(DAIRY, least_minor=-1), replace(DAIRY, code="S001"), replace(DAIRY, name="长" * 61),
    ):  # fmt: skip
        with pytest.raises(ShopError):
            bought.shop.do(save_supplier, None, wrong)
    with pytest.raises(NotAllowed):
        as_role(bought.shop, "cashier").do(save_supplier, None, DAIRY)
    assert bought.shop.do(save_supplier, None, replace(DAIRY, name="别家")) > bought.supplier  # the control


@pytest.mark.req("I8")
def test_prices_have_packs_and_steps_and_one_preferred_seller(bought: Bought) -> None:
    shop = bought.shop
    other = shop.do(save_supplier, None, replace(DAIRY, name="另一家"))
    first = shop.do(
        save_price, bought.supplier, PriceForm(bought.milk, 6_000, 5 * PIECE, steps=((10, 5_500),))
    )
    second = shop.do(save_price, other, PriceForm(bought.milk, 1_250))
    assert [(s.id, s.preferred) for s in shop.ask(sellers_of, bought.milk)] == [
        (first, True),
        (second, False),
    ]
    shop.do(prefer_supplier, second)
    assert [(s.id, s.preferred) for s in shop.ask(sellers_of, bought.milk)] == [
        (second, True),
        (first, False),
    ]
    kept = shop.do(remove_price, first)
    assert not shop.ask(goods_of_supplier, bought.supplier)
    shop.do(save_price, bought.supplier, kept)
    (back,) = shop.ask(goods_of_supplier, bought.supplier)
    assert (back.pack_milli, back.steps) == (5 * PIECE, ((10, 5_500),))
    for wrong in (
        PriceForm(bought.milk, 100, pack_milli=0), PriceForm(bought.milk, -1), PriceForm(bought.milk, 1, steps=((1, 1),)),
        PriceForm(bought.milk, 1, steps=((5, 1), (3, 1))), PriceForm(bought.milk, 1, lead_days=-1),
    ):  # fmt: skip
        with pytest.raises(Malformed):
            shop.do(save_price, bought.supplier, wrong)


# -- orders ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("I8")
def test_an_order_goes_from_draft_to_closed_in_two_deliveries(bought: Bought) -> None:
    shop, order = bought.shop, bought.shop.do(make_order, bought.supplier, bought.lines(), client_key="k")
    assert shop.do(make_order, bought.supplier, bought.lines(), client_key="k") == order  # a second press
    sheet = bought.sheet(order)
    assert (sheet.state, sheet.total_minor, sheet.code[-4:]) == (DRAFT, 25_800, "-001")
    assert shop.ask(stock_of, bought.milk).coming_milli == 0  # a draft is not on its way
    shop.do(send_order, order, BY_HAND)
    assert shop.ask(stock_of, bought.milk).coming_milli == 20 * PIECE
    shop.do(receive_order, order, [bought.came(order, 12)], client_key=new_key())
    sheet = bought.sheet(order)
    assert (sheet.state, sheet.lines[0].left_milli) == (PART, 8 * PIECE)
    assert shop.ask(stock_of, bought.milk).coming_milli == 8 * PIECE
    rest = [CameIn(line.id, line.left_milli, line.received_milli) for line in sheet.lines]
    made = shop.do(receive_order, order, rest, client_key=new_key())
    assert made.closed
    assert bought.sheet(order).state == CLOSED
    assert shop.ask(stock_of, bought.milk).on_hand_milli == 30 * PIECE
    assert shop.ask(verify).whole


@pytest.mark.req("I8")
def test_the_cost_follows_what_was_paid(bought: Bought) -> None:
    order = bought.sent()
    bought.shop.do(receive_order, order, [bought.came(order, 10)], client_key=new_key())
    assert bought.cost(bought.milk) == 1_100  # ten at 10.00, ten at 12.00
    with pytest.raises(Refused, match="ordered at"):
        bought.shop.do(
            receive_order, order, [bought.came(order, 10, price_minor=7_000)], client_key=new_key()
        )
    dear = bought.came(order, 10, price_minor=7_000, agreed=True)
    bought.shop.do(receive_order, order, [dear], client_key=new_key())
    assert bought.cost(bought.milk) == 1_200  # twenty at 11.00, ten at 14.00
    assert bought.sheet(order).deliveries[0].amount_minor == 14_000


@pytest.mark.req("I8")
def test_more_than_ordered_needs_a_reason_and_less_stays_on_its_way_until_closed(bought: Bought) -> None:
    order = bought.sent()
    with pytest.raises(Refused, match="1 more of “鲜牛奶”"):
        bought.shop.do(receive_order, order, [bought.came(order, 21)], client_key=new_key())
    over = bought.came(order, 21, reason="送一瓶")
    bought.shop.do(receive_order, order, [over], client_key=new_key())
    with pytest.raises(Malformed):
        bought.shop.do(close_order, order, " ")
    bought.shop.do(close_order, order, "厂家缺货")
    sheet = bought.sheet(order)
    assert (sheet.state, sheet.close_reason) == (CLOSED, "厂家缺货")
    assert bought.shop.ask(stock_of, bought.cake).coming_milli == 0
    with pytest.raises(Refused, match="Closed"):
        bought.shop.do(receive_order, order, [bought.came(order, 1, reason="x")], client_key=new_key())


@pytest.mark.req("I8")
def test_two_tills_receive_the_same_order_once(bought: Bought) -> None:
    order = bought.sent()
    came = bought.came(order, 20)
    answers = two_at_once(
        bought.shop, [(receive_order, order, [came], {"client_key": new_key()}) for _ in range(2)]
    )
    assert sorted(type(answer) for answer in answers if isinstance(answer, Delivered)) == [Delivered]
    assert [type(answer) for answer in answers if isinstance(answer, ShopError)] == [Changed]
    assert bought.shop.ask(stock_of, bought.milk).on_hand_milli == 30 * PIECE
    # the control: two tills that received different parts, one after the other, both count
    second = bought.sent()
    for _ in range(2):
        bought.shop.do(receive_order, second, [bought.came(second, 10)], client_key=new_key())
    assert bought.shop.ask(stock_of, bought.milk).on_hand_milli == 50 * PIECE


@pytest.mark.req("I8")
def test_the_same_press_again_receives_once(bought: Bought) -> None:
    order = bought.sent()
    came, key = bought.came(order, 5), new_key()
    first = bought.shop.do(receive_order, order, [came], client_key=key)
    assert bought.shop.do(receive_order, order, [came], client_key=key) == first
    assert bought.sheet(order).lines[0].received_milli == 5 * PIECE


@pytest.mark.req("I8")
def test_steps_that_the_state_rules_out_are_refused(bought: Bought) -> None:
    shop, order = (
        bought.shop,
        bought.shop.do(make_order, bought.supplier, bought.lines(), client_key=new_key()),
    )
    with pytest.raises(Refused):
        shop.do(receive_order, order, [bought.came(order, 1)], client_key=new_key())
    shop.do(cancel_order, order)
    with pytest.raises(Refused):
        shop.do(send_order, order, BY_HAND)
    shop.do(restore_order, order)
    assert shop.do(change_order, order, bought.lines(9), expected_on=None, seen=3) == 4
    with pytest.raises(Changed):
        shop.do(change_order, order, bought.lines(3), expected_on=None, seen=2)
    shop.do(send_order, order, BY_HAND)
    with pytest.raises(Refused):
        shop.do(change_order, order, bought.lines(3), expected_on=None, seen=5)
    with pytest.raises(Refused, match="mail server"):
        shop.do(send_order, order, BY_MAIL)
    shop.do(receive_order, order, [bought.came(order, 5)], client_key=new_key())
    with pytest.raises(Refused):
        shop.do(cancel_order, order)  # something came: close it instead


@pytest.mark.req("I8")
def test_nothing_is_ordered_where_nothing_can_be(bought: Bought) -> None:
    shop, line = bought.shop, LineIn(bought.milk, 1, PIECE, 100)
    for wrong in (
        [], [line, line], [replace(line, packs=0)], [replace(line, pack_milli=0)], [replace(line, price_minor=-1)],
        [replace(line, packs=10**6, pack_milli=10**12)], [replace(line, sku_id=99_999)],
    ):  # fmt: skip
        with pytest.raises(ShopError):
            shop.do(make_order, bought.supplier, wrong, client_key=new_key())
    order = shop.do(make_order, bought.supplier, [line], client_key=new_key())
    with pytest.raises(Refused, match="still open"):
        shop.do(switch_supplier, bought.supplier, False)
    shop.do(cancel_order, order)
    shop.do(switch_supplier, bought.supplier, False)
    with pytest.raises(Refused, match="any more"):
        shop.do(make_order, bought.supplier, [line], client_key=new_key())
    with pytest.raises(NotAllowed):
        as_role(shop, "cashier").do(make_order, bought.supplier, [line], client_key=new_key())


@pytest.mark.req("I8")
def test_a_late_order_is_found(bought: Bought, clock: HandClock) -> None:
    order = bought.sent()
    assert bought.shop.ask(purchases_by_state)["late"] == 0
    clock.pass_time(timedelta(days=3))
    assert bought.shop.ask(purchases_by_state)["late"] == 1
    for text in ("鲜牛奶", "光明", bought.sheet(order).code):
        page = bought.shop.ask(purchases_page, PurchaseFilter("late", text))
        assert [row.id for row in page.rows] == [order]


@pytest.mark.req("I8", "I11")
def test_goods_told_apart_by_batch_come_with_batch_and_day(bought: Bought) -> None:
    bought.shop.do(track_batches, [bought.milk])
    order = bought.sent()
    day = date(2027, 1, 31)
    bought.shop.do(
        receive_order, order, [bought.came(order, 5, batch="B7", expires_on=day)], client_key=new_key()
    )
    assert bought.shop.ask(verify).whole
    with bought.shop.storage.read.connect() as connection:
        batches = connection.execute(select(Batch.expires_on).where(Batch.code == "B7")).scalars().all()
    assert batches == [day]


@pytest.mark.req("I8")
def test_a_thousand_lines_are_ordered_received_and_printed(shop: Shop) -> None:
    set_up(shop)
    first = new_goods(shop, "货品")
    with shop.storage.write.begin() as connection:
        product = connection.execute(select(Sku.product_id).where(Sku.id == first)).scalar_one()
        rows = [
            {"product_id": product, "code": f"T-{n}", "unit": "件", "cost_minor": 0} for n in range(1_000)
        ]
        connection.execute(Sku.__table__.insert(), rows)
        skus = connection.execute(select(Sku.id).where(Sku.code.like("T-%")).order_by(Sku.id)).scalars().all()
    supplier = shop.do(save_supplier, None, DAIRY)
    order = shop.do(make_order, supplier, [LineIn(s, 1, PIECE, 100) for s in skus], client_key=new_key())
    shop.do(send_order, order, BY_HAND)
    sheet = shop.ask(purchase_sheet, order)
    assert sheet is not None
    assert len(sheet.lines) == 1_000
    came = [CameIn(line.id, PIECE, 0) for line in sheet.lines]
    assert shop.do(receive_order, order, came, client_key=new_key()).closed
    assert shop.ask(verify).whole


@pytest.mark.req("I8")
def test_the_books_see_a_delivery_that_is_not_on_the_line(bought: Bought) -> None:
    order = bought.sent()
    bought.shop.do(receive_order, order, [bought.came(order, 5)], client_key=new_key())
    assert bought.shop.ask(verify).whole
    with bought.shop.storage.write.begin() as connection:
        connection.execute(update(PurchaseLine).values(received_milli=1))
        connection.execute(update(PurchaseOrder).values(total_minor=1))
    kinds = {fault.kind for fault in bought.shop.ask(verify).faults}
    assert {"purchase received", "purchase total"} <= kinds
