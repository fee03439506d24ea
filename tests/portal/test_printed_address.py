"""The address printed on receipts: the self-checkout serves its pages there, at its own port, or at any rather than at none."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from desktop.app.kiosk import _ports, _serve
from desktop.basics.errors import ShopError
from desktop.models.receipt_settings import RECEIPT_PAGE
from desktop.services.settings import set_setting
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked, open_stocked
from tests.helpers.logs import Logs


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port another program holds."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


@pytest.mark.req("O13")
def test_the_printed_port_is_served_and_a_taken_one_stops_nothing(
    stocked: Stocked, taken: int, logs: Logs
) -> None:
    logs.allow("not served at port")
    assert _ports(stocked.kiosk, 0) == (0,)
    stocked.shop.do(set_setting, RECEIPT_PAGE.key, "http://192.168.1.20:8420")
    assert _ports(stocked.kiosk, 0) == (8420, 0)
    assert _ports(stocked.kiosk, 9000) == (9000,)
    assert _serve(stocked.kiosk, None, "127.0.0.1", (taken,)) is None  # the control
    portal = _serve(stocked.kiosk, None, "127.0.0.1", (taken, 0))
    assert portal is not None
    try:
        assert httpx.get(f"{portal.address()}/order").status_code == 200
    finally:
        portal.stop()


@pytest.mark.req("O13")
@pytest.mark.parametrize(
    "address", ["https://192.168.1.20:8420", "http://shop.example:8420", "http://192.168.1.20:70000", "8420"]
)
def test_an_address_no_phone_could_open_is_not_printed(stocked: Stocked, address: str) -> None:
    with pytest.raises(ShopError):
        stocked.shop.do(set_setting, RECEIPT_PAGE.key, address)
