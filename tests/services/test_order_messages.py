"""O20: messages on an order: each told once to whoever is written to, read by whom they are for, nobody else's."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.basics.errors import NotAllowed, NotFound, Refused
from desktop.basics.ids import new_key
from desktop.models.notices import Notice
from desktop.queries.order_detail import order_detail
from desktop.queries.order_messages import unread_messages
from desktop.services.order_messages import answer_member, ask_shop, note_from_member, read_messages
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import placed
from tests.helpers.goods import MILK, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def notices(stocked: Stocked, receiver: str) -> list[str]:
    """What this receiver was told on the orders, in words."""
    with stocked.shop.storage.read.connect() as connection:
        rows = select(Notice.body).where(
            Notice.receiver.startswith(receiver), Notice.key.startswith("order_message:")
        )
        return list(connection.execute(rows.order_by(Notice.id)).scalars())


@pytest.mark.req("O20", "O7")
def test_a_question_and_its_answer_reach_the_other_side_once(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 1), member_id=stocked.member_id)
    member, key, reply = stocked.shop.acting_as(actors.member(stocked.member_id)), new_key(), new_key()
    first = member.do(ask_shop, order_id, " 可以今天发吗？ ", key)
    assert member.do(ask_shop, order_id, " 可以今天发吗？ ", key) == first
    assert stocked.shop.ask(unread_messages).count == 1
    assert stocked.shop.ask(unread_messages).order_id == order_id
    assert notices(stocked, "staff:") == ["可以今天发吗？"]
    stocked.shop.do(answer_member, order_id, "可以", reply)
    stocked.shop.do(answer_member, order_id, "可以", reply)
    assert stocked.shop.ask(unread_messages).count == 0  # who answers has read
    assert notices(stocked, f"member:{stocked.member_id}") == ["可以"]
    talk = stocked.shop.ask(order_detail, order_id).messages
    assert [(m.mine, m.text, m.read) for m in talk] == [
        (False, "可以今天发吗？", True),
        (True, "可以", False),
    ]


@pytest.mark.req("O20")
def test_reading_ends_the_count_and_reading_again_changes_nothing(stocked: Stocked) -> None:
    order_id = placed(stocked, (MILK, 1), member_id=stocked.member_id)
    other = placed(stocked, (MILK, 1), member_id=stocked.member_id)
    member = stocked.shop.acting_as(actors.member(stocked.member_id))
    for number in (order_id, order_id, other):
        member.do(ask_shop, number, "在吗", new_key())
    assert stocked.shop.do(read_messages, order_id) == 2
    assert stocked.shop.do(read_messages, order_id) == 0
    assert stocked.shop.ask(unread_messages).order_id == other
    stocked.shop.do(note_from_member, order_id, "电话里说改到周五", new_key())
    assert stocked.shop.ask(unread_messages).count == 1  # who writes it down knows it


@pytest.mark.req("O20", "A1")
def test_nobody_writes_on_orders_of_others_or_says_nothing(stocked: Stocked) -> None:
    order_id, guests = placed(stocked, (MILK, 1), member_id=stocked.member_id), placed(stocked, (MILK, 1))
    stranger = stocked.shop.acting_as(actors.member(stocked.member_id + 1))
    for nobody in (stranger, stocked.shop):
        with pytest.raises(NotFound):
            nobody.do(ask_shop, order_id, "在吗", new_key())
    with pytest.raises(NotAllowed):
        stranger.do(answer_member, order_id, "在吗", new_key())
    for text in ("", "  \n", "x" * 1_001):
        with pytest.raises(Refused):
            stocked.shop.do(answer_member, order_id, text, new_key())
    with pytest.raises(Refused):
        stocked.shop.do(answer_member, guests, "在吗", new_key())
    assert stocked.shop.do(note_from_member, guests, "没有会员也能记", new_key())  # control
