"""Goods that go back to their supplier: at what they cost, never more than came, the credit written down once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.queries.stock import stock_of
from desktop.queries.supplier_returns import return_of, returnable
from desktop.queries.verify import verify
from desktop.services.deliveries import receive_order
from desktop.services.supplier_returns import GoesBack, forget_credit, record_credit, return_goods
from tests.services.test_purchasing import Bought, two_at_once
from tests.services.test_purchasing import bought as bought  # noqa: PLC0414 - the fixture

PIECE = 1_000


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are read in English here."""
    with speaking("en"):
        yield


@pytest.mark.req("I8")
def test_goods_go_back_at_what_they_cost_and_no_more_than_came(bought: Bought) -> None:
    shop, order = bought.shop, bought.sent()
    shop.do(receive_order, order, [bought.came(order, 10)], client_key=new_key())
    (line,) = shop.ask(returnable, bought.supplier)
    key = new_key()
    back = [GoesBack(bought.milk, 10 * PIECE, line.receipt_line_id)]
    made = shop.do(return_goods, bought.supplier, back, reason="damaged", client_key=key)
    assert shop.do(return_goods, bought.supplier, back, reason="damaged", client_key=key) == made
    assert bought.cost(bought.milk) == 1_000  # as before the delivery
    assert shop.ask(stock_of, bought.milk).on_hand_milli == 10 * PIECE
    row = shop.ask(return_of, made)
    assert row is not None
    assert (row.expected_minor, row.state) == (12_000, "expected")
    with pytest.raises(Refused, match="Only 0"):
        shop.do(return_goods, bought.supplier, back, reason="damaged", client_key=new_key())
    shop.do(record_credit, made, 11_000)
    with pytest.raises(Refused, match="already"):
        shop.do(record_credit, made, 11_000)
    shop.do(forget_credit, made)
    assert shop.ask(verify).whole


@pytest.mark.req("I8")
def test_goods_from_the_shelf_go_back_at_the_average_and_never_more_than_there(bought: Bought) -> None:
    shop = bought.shop
    with pytest.raises(Refused):
        shop.do(
            return_goods, bought.supplier, [GoesBack(bought.cake, 11 * PIECE)], reason="wrong", client_key=new_key()
        )  # fmt: skip
    shop.do(
        return_goods,
        bought.supplier,
        [GoesBack(bought.cake, 4 * PIECE)],
        reason="wrong",
        client_key=new_key(),
    )
    assert shop.ask(stock_of, bought.cake).on_hand_milli == 6 * PIECE
    assert bought.cost(bought.cake) == 1_000
    with pytest.raises(Malformed):
        shop.do(
            return_goods, bought.supplier, [GoesBack(bought.cake, PIECE)], reason="?", client_key=new_key()
        )


@pytest.mark.req("I8")
def test_two_tills_send_the_same_delivery_back_once(bought: Bought) -> None:
    shop, order = bought.shop, bought.sent()
    shop.do(receive_order, order, [bought.came(order, 10)], client_key=new_key())
    (line,) = shop.ask(returnable, bought.supplier)
    back = [GoesBack(bought.milk, 10 * PIECE, line.receipt_line_id)]
    answers = two_at_once(
        shop,
        [
            (return_goods, bought.supplier, back, {"reason": "damaged", "client_key": new_key()})
            for _ in range(2)
        ],
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert shop.ask(stock_of, bought.milk).on_hand_milli == 10 * PIECE
