"""O10: the table of who may cancel what: every cell as shipped, as the owner may set it, and by every way to cancel."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.basics.errors import NotFound, Refused
from desktop.basics.ids import new_key
from desktop.models.notices import Notice
from desktop.models.order_terms import ASKERS, CANCELLING, HANDLINGS
from desktop.models.orders import OrderLine
from desktop.queries.verify import verify
from desktop.services.cancelling import cancel_own_order
from desktop.services.fulfilment import (
    cancel_order,
    cancel_paid_order,
    receive_order,
    ship_order,
)
from desktop.services.settings import set_settings
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import events, order_of, pay, placed, stock
from tests.helpers.goods import MILK, Stocked, open_stocked

STATES = ("unpaid", "to_ship", "part_shipped", "shipped", "done")
# What becomes of the order: its state afterwards, or what it is refused with.
SHIPPED_TABLE = {
    ("unpaid", "member"): "cancelled", ("unpaid", "staff"): "cancelled", ("unpaid", "clock"): "cancelled",
    ("to_ship", "member"): "cancelled", ("to_ship", "staff"): "cancelled", ("to_ship", "clock"): "refused",
    ("part_shipped", "member"): "asked", ("part_shipped", "staff"): "shipped", ("part_shipped", "clock"): "refused",
    ("shipped", "member"): "asked", ("shipped", "staff"): "refused", ("shipped", "clock"): "refused",
    ("done", "member"): "asked", ("done", "staff"): "refused", ("done", "clock"): "refused",
}  # fmt: skip


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def brought(stocked: Stocked, state: str) -> int:
    """An order of two milk in this state."""
    order_id = placed(stocked, (MILK, 2), member_id=stocked.member_id)
    if state == "unpaid":
        return order_id
    pay(stocked, order_id)
    if state == "part_shipped":
        with stocked.shop.storage.read.connect() as connection:
            line = connection.execute(select(OrderLine.id).where(OrderLine.order_id == order_id)).scalar_one()
        stocked.shop.do(ship_order, order_id, "SF1", "", [(line, 1_000)], new_key())
    elif state in ("shipped", "done"):
        stocked.shop.do(ship_order, order_id, "SF1")
    if state == "done":
        stocked.shop.do(receive_order, order_id)
    return order_id


def cancel(stocked: Stocked, asker: str, order_id: int) -> None:
    """Ask to cancel, by the way this asker has."""
    if asker == "member":
        own = stocked.shop.acting_as(actors.member(stocked.member_id))
        own.do(cancel_own_order, order_id, "不要了", new_key())
        return
    shop = stocked.shop.acting_as(actors.clock()) if asker == "clock" else stocked.shop
    paid = order_of(stocked, order_id).paid_minor > 0
    if paid and asker == "staff":
        shop.do(cancel_paid_order, order_id, "不要了", new_key())
    else:
        shop.do(cancel_order, order_id, "不要了")


def outcome(stocked: Stocked, asker: str, order_id: int) -> str:
    """What became of it."""
    try:
        cancel(stocked, asker, order_id)
    except Refused:
        return "refused"
    if events(stocked, order_id)[-1] == "return asked":
        return "asked"
    return order_of(stocked, order_id).status


def test_the_table_is_whole_and_each_state_has_its_choices() -> None:
    assert set(CANCELLING) == set(SHIPPED_TABLE) == {(state, asker) for state in STATES for asker in ASKERS}
    for (state, _asker), spec in CANCELLING.items():
        assert spec.default in HANDLINGS[state]
        assert spec.choices == HANDLINGS[state]


@pytest.mark.req("O10")
@pytest.mark.parametrize("state", STATES)
def test_every_cell_does_what_it_says(stocked: Stocked, state: str) -> None:
    for asker in ASKERS:
        order_id = brought(stocked, state)
        before = order_of(stocked, order_id).status
        assert outcome(stocked, asker, order_id) == SHIPPED_TABLE[state, asker], (state, asker)
        if SHIPPED_TABLE[state, asker] in ("refused", "asked"):
            assert order_of(stocked, order_id).status == before
        else:
            order = order_of(stocked, order_id)
            kept = 1690 if state == "part_shipped" else 0
            assert order.paid_minor - order.refunded_minor == kept  # what was paid for what had left
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("O10")
def test_the_owner_may_refuse_every_cell(stocked: Stocked) -> None:
    stocked.shop.do(set_settings, {spec.key: "no" for spec in CANCELLING.values()})
    for state, asker in (
        ("unpaid", "staff"),
        ("unpaid", "member"),
        ("to_ship", "staff"),
        ("to_ship", "member"),
    ):
        order_id = brought(stocked, state)
        assert outcome(stocked, asker, order_id) == "refused"
        assert events(stocked, order_id)[-1] == ("placed" if state == "unpaid" else "paid")
    stocked.shop.do(set_settings, {CANCELLING["to_ship", "staff"].key: "refund"})
    assert outcome(stocked, "staff", order_id) == "cancelled"  # control: one cell changed back


@pytest.mark.req("O10", "O7")
def test_a_member_cancels_their_own_orders_only_and_once(stocked: Stocked) -> None:
    own = stocked.shop.acting_as(actors.member(stocked.member_id))
    stranger = stocked.shop.acting_as(actors.member(stocked.member_id + 1))
    order_id = brought(stocked, "to_ship")
    with pytest.raises(NotFound):
        stranger.do(cancel_own_order, order_id, "", new_key())
    with pytest.raises(NotFound):
        stocked.shop.do(cancel_own_order, order_id, "", new_key())
    key = new_key()
    assert own.do(cancel_own_order, order_id, "不要了", key) == "refund"
    assert own.do(cancel_own_order, order_id, "不要了", key) == "refund"
    assert stock(stocked, MILK) == (8, 0)
    sent = brought(stocked, "shipped")
    assert own.do(cancel_own_order, sent, "颜色不对", new_key()) == "return"
    with stocked.shop.storage.read.connect() as connection:
        told = list(
            connection.execute(select(Notice.title).where(Notice.subject == f"order:{sent}")).scalars()
        )
    assert len(told) == 1
