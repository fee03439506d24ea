"""A shop with the portal running on the loopback, and a sale offered to a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from desktop.basics.ids import new_key
from desktop.portal.server import PortalServer
from desktop.services.checkout import offer_to_phone, save_checkout
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked, open_stocked
from tests.helpers.sales import Pocket


@dataclass
class Counter:
    """The stocked shop, its portal, and the member's phone that receives the codes."""

    stocked: Stocked
    server: PortalServer
    pocket: Pocket

    @property
    def address(self) -> str:
        """Where the portal is."""
        address = self.server.address()
        assert address
        return address

    def offer(self) -> tuple[str, str]:
        """A new sale with a code on the kiosk's screen: its key and the address in the code."""
        key = new_key()
        self.stocked.kiosk.do(save_checkout, key, self.stocked.demo_cart())
        return key, f"{self.address}/s/{self.stocked.kiosk.do(offer_to_phone, key).token}"


@pytest.fixture
def counter(sqlite_shop: Shop) -> Iterator[Counter]:
    """A running portal."""
    stocked, pocket = open_stocked(sqlite_shop), Pocket()
    server = PortalServer(sqlite_shop, pocket, host="127.0.0.1")
    server.start()
    yield Counter(stocked, server, pocket)
    server.stop()
