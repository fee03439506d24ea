"""O1 to O3: what each type of order asks for, each condition on and off, and hours by channel."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select, update

from desktop.basics.errors import NotAllowed, OutOfStock, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.members import Member
from desktop.models.products import Price, PriceList
from desktop.queries.member_credit import member_credit
from desktop.queries.order_hours import queued_until
from desktop.queries.verify import verify
from desktop.services.fulfilment import cancel_order, cancel_paid_order, pay_order, ship_order
from desktop.services.member_credit import set_credit
from desktop.services.orders import create_order
from desktop.services.settings import set_settings
from desktop.services.settlement import TenderIn
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from tests.helpers.back_office import draft, order_of, pay, placed, stock
from tests.helpers.databases import MORNING
from tests.helpers.goods import MILK, TEA, Stocked, as_role, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def put(stocked: Stocked, **values: object) -> None:
    """Set conditions of retail orders."""
    stocked.shop.do(set_settings, {f"orders.retail.{name}": value for name, value in values.items()})  # type: ignore[misc]


@pytest.mark.req("O2")
def test_each_condition_refuses_while_it_is_on_and_lets_pass_when_off(stocked: Stocked) -> None:
    stocked.shop.do(set_credit, stocked.member_id, 500, None)
    mine = {"member_id": stocked.member_id}
    for condition, off, more, step in (
        ({"need_member": True}, {"need_member": False}, {}, "choose_member"),
        ({"score": 501}, {"score": 500}, mine, "choose_type"),
        ({"minimum_milli": 3_000}, {"minimum_milli": 2_000}, {}, "change_quantity"),
        ({"credit_limit": True}, {"credit_limit": False}, {}, "choose_member"),
    ):
        put(stocked, **condition)
        with pytest.raises(Refused) as said:
            placed(stocked, (MILK, 2), **more)
        assert said.value.next_step == step, condition
        put(stocked, **off)
        stocked.shop.do(cancel_order, placed(stocked, (MILK, 2), **more))


@pytest.mark.req("O1", "O2")
def test_who_may_create_a_type_is_a_right(stocked: Stocked) -> None:
    agent, merchant = as_role(stocked.shop, "senior_agent"), as_role(stocked.shop, "merchant")
    for who, allowed, refused in (
        ("handlers", (agent, merchant), ()), ("approvers", (merchant,), (agent,)),
        ("owners", (stocked.shop,), (agent, merchant)),
    ):  # fmt: skip
        put(stocked, who=who)
        for shop in refused:
            with pytest.raises(NotAllowed):
                shop.do(create_order, draft(stocked, (TEA, 1)), new_key())
        for shop in allowed:
            shop.do(create_order, draft(stocked, (TEA, 1)), new_key())


@pytest.mark.req("O2")
def test_the_credit_limit_counts_what_is_unpaid(stocked: Stocked) -> None:
    put(stocked, credit_limit=True)
    stocked.shop.do(set_settings, {"orders.credit_minor": 5_000})
    mine = {"member_id": stocked.member_id}
    first = placed(stocked, (MILK, 2), **mine)  # ¥33.80
    assert stocked.shop.ask(member_credit, stocked.member_id).owed_minor == 3_380
    with pytest.raises(Refused) as said:
        placed(stocked, (MILK, 1), **mine)  # ¥50.70 together
    assert said.value.next_step == "unpaid_orders"
    pay(stocked, first)
    second = placed(stocked, (MILK, 1), **mine)  # control: what is paid is not owed
    stocked.shop.do(set_credit, stocked.member_id, 600, 10_000)
    placed(stocked, (MILK, 1), **mine)  # a member's own limit
    stocked.shop.do(cancel_order, second)
    for score, limit in ((-1, None), (1_001, None), (600, -1)):
        with pytest.raises(ShopError):
            stocked.shop.do(set_credit, stocked.member_id, score, limit)


@pytest.mark.req("O2")
def test_two_tills_never_use_the_same_rest_of_a_limit(stocked: Stocked) -> None:
    put(stocked, credit_limit=True)
    stocked.shop.do(set_credit, stocked.member_id, 600, 4_000)  # two orders of ¥16.90, not three

    def one(_number: int) -> bool:
        try:
            placed(stocked, (MILK, 1), member_id=stocked.member_id)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as tills:
        made = list(tills.map(one, range(4)))
    assert sum(made) == 2


@pytest.mark.req("O1")
def test_prefix_prices_and_time_to_pay_belong_to_the_type(stocked: Stocked) -> None:
    with stocked.shop.storage.write.begin() as connection:
        b2b = connection.execute(select(PriceList.id).where(PriceList.key == "b2b")).scalar_one()
        connection.execute(
            insert(Price), {"list_id": b2b, "sku_id": stocked.skus[MILK], "unit": "", "amount_minor": 1_500, "min_qty_milli": 0}
        )  # fmt: skip
    plain = order_of(stocked, placed(stocked, (MILK, 1)))
    put(stocked, prefix="R", prices="b2b", pay_hours=48)
    order = order_of(stocked, placed(stocked, (MILK, 1)))
    assert (plain.code[0], plain.total_minor) == ("2", 1_690)
    assert (order.code[0], order.total_minor) == ("R", 1_500)
    assert order.pay_deadline
    assert (order.pay_deadline - order.placed_at).total_seconds() == 48 * 3_600
    for wrong in ("r", "R1", "ABCD", "-"):
        with pytest.raises(ShopError):
            put(stocked, prefix=wrong)


@pytest.mark.req("O2")
def test_goods_that_are_not_here_are_ordered_when_the_type_allows_and_leave_when_they_are(
    stocked: Stocked,
) -> None:
    with pytest.raises(OutOfStock):
        placed(stocked, (MILK, 20))
    put(stocked, need_stock=False)
    order_id = placed(stocked, (MILK, 20), (TEA, 1))
    assert (stock(stocked, MILK), stock(stocked, TEA)) == ((8, 0), (30, 1))
    tender = TenderIn("card", order_of(stocked, order_id).total_minor)
    stocked.shop.do(pay_order, order_id, tender, new_key())
    with pytest.raises(OutOfStock):
        stocked.shop.do(ship_order, order_id)
    stocked.shop.do(receive_stock, [ReceivedLine(stocked.skus[MILK], 15_000)], client_key=new_key())
    stocked.shop.do(ship_order, order_id)
    assert (stock(stocked, MILK), order_of(stocked, order_id).status) == ((3, 0), "shipped")
    wished = placed(stocked, (MILK, 20))
    pay(stocked, wished)
    stocked.shop.do(cancel_paid_order, wished, "不等了", new_key())  # nothing was held, nothing is freed
    dropped = placed(stocked, (MILK, 20))
    stocked.shop.do(cancel_order, dropped)
    assert stock(stocked, MILK) == (3, 0)
    assert stocked.shop.ask(verify).faults == ()


def waits(channel: str, **settings: object) -> bool:
    """Whether a retail order of this channel would wait at ten o'clock."""
    kept = {"shop.zone": '"Asia/Shanghai"'}
    kept |= {f"orders.retail.{name}": json.dumps(value) for name, value in settings.items()}
    return queued_until(Read(None, actors.console(), MORNING, kept), "retail", channel) is not None  # type: ignore[arg-type]


@pytest.mark.req("O3")
def test_online_orders_have_hours_of_their_own_when_set() -> None:
    hours = {"from": 6 * 60, "until": 22 * 60, "online.from": 12 * 60, "online.until": 20 * 60}
    assert not waits("store", **hours)
    assert not waits("online", **hours)  # as the type
    hours |= {"online.hours": "own"}  # type: ignore[dict-item]
    assert not waits("store", **hours)
    assert waits("online", **hours)
    with pytest.raises(Refused):
        waits("online", **hours, **{"online.outside": "refuse"})


@pytest.mark.req("O19")
def test_a_price_that_changed_is_asked_about(stocked: Stocked) -> None:
    seen = draft(stocked, (MILK, 1), seen_minor=1_690)
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(Price).where(Price.sku_id == stocked.skus[MILK]).values(amount_minor=1_790))
        assert connection.execute(select(Member.id)).scalar()
    with pytest.raises(Refused) as said:
        stocked.shop.do(create_order, seen, new_key())
    assert said.value.next_step == "look_again"
    stocked.shop.do(create_order, draft(stocked, (MILK, 1), seen_minor=1_790), new_key())
