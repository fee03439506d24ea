"""Codes reach phones through the shop's own text-message service, and only from a machine that holds its address."""

from __future__ import annotations

import re
from collections.abc import Iterator

import keyring
import pytest

from desktop.basics.errors import Unavailable
from desktop.basics.ids import new_key
from desktop.services.checkout import join_by_phone, save_checkout, send_kiosk_code
from desktop.services.text_messages import TextMessages
from desktop.services.ways_out import save_channel, switch_channel
from desktop.shop.shop import Shop
from tests.helpers.goods import PHONE, Stocked, open_stocked
from tests.helpers.post_office import ChatRoom, chat_room


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """A shop with goods and a member."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def room() -> Iterator[ChatRoom]:
    """A service that takes text messages."""
    with chat_room() as opened:
        yield opened


def send_code(stocked: Stocked) -> None:
    """The kiosk sends its member a code."""
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.demo_cart())
    stocked.kiosk.do(join_by_phone, key, PHONE)
    version = stocked.kiosk.do(save_checkout, key, stocked.demo_cart(), 8_000)
    send_kiosk_code(stocked.kiosk, TextMessages(stocked.shop), key, version)


@pytest.mark.req("Q2", "I3")
def test_a_code_goes_to_the_members_own_number(stocked: Stocked, room: ChatRoom) -> None:
    save_channel(stocked.shop, None, "短信", f"{room.address}/{{phone}}")
    send_code(stocked)
    ((path, body),) = room.calls
    assert path.endswith(PHONE)
    assert re.search(r"(?<!\d)\d{6}(?!\d)", body["message"])


@pytest.mark.req("Q2")
def test_without_a_service_or_its_address_nothing_is_promised(stocked: Stocked, room: ChatRoom) -> None:
    ways = TextMessages(stocked.shop)
    assert ways.address() == ""
    with pytest.raises(Unavailable):
        send_code(stocked)
    number = save_channel(stocked.shop, None, "短信", f"{room.address}/{{phone}}")
    assert ways.address()  # control: with a service there is one
    switch_channel_off(stocked, number)
    assert ways.address() == ""
    keyring.set_keyring(type(keyring.get_keyring())())  # another machine
    with pytest.raises(Unavailable):
        send_code(stocked)
    assert room.calls == []


def switch_channel_off(stocked: Stocked, number: int) -> None:
    """The owner stops the service."""
    stocked.shop.do(switch_channel, number, False)


@pytest.mark.req("Q2")
def test_a_service_that_refuses_is_a_sentence_not_a_crash(stocked: Stocked, room: ChatRoom) -> None:
    save_channel(stocked.shop, None, "短信", f"{room.address}/{{phone}}")
    room.status = 500
    with pytest.raises(Unavailable, match="call staff|叫店员|店员"):
        send_code(stocked)
