"""Making sales the way the kiosk makes them."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.basics.ids import new_key
from desktop.pricing.cart import CartLine
from desktop.queries.checkout import checkout_view
from desktop.services.checkout import agree_by_code, join_by_phone, save_checkout, send_kiosk_code
from desktop.services.settlement import Settled, TenderIn, settle
from tests.helpers.goods import PHONE, Stocked


class Pocket:
    """A member's phone: keeps the messages it was sent."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def send(self, to_phone: str, text: str) -> None:
        """Receive one."""
        self.messages.append(text)

    @property
    def code(self) -> str:
        """The six digits of the newest message."""
        import re

        found = re.search(r"\d{6}", self.messages[-1])
        assert found
        return found.group()


def member_sale(
    stocked: Stocked, lines: Sequence[CartLine], points: int, key: str | None = None
) -> tuple[str, int]:
    """An open sale with the member on it, points chosen and confirmed by code; returns key and version."""
    key = key or new_key()
    kiosk, pocket = stocked.kiosk, Pocket()
    kiosk.do(save_checkout, key, lines)
    kiosk.do(join_by_phone, key, PHONE)
    version = kiosk.do(save_checkout, key, lines, points)
    if points:
        send_kiosk_code(kiosk, pocket, key, version)
        agree_by_code(kiosk, key, pocket.code, version)
    return key, version


def sell(
    stocked: Stocked, lines: Sequence[CartLine], points: int = 0, method: str = "cash"
) -> tuple[str, Settled]:
    """A settled sale, with the member when points are used."""
    if points:
        key, version = member_sale(stocked, lines, points)
    else:
        key = new_key()
        version = stocked.kiosk.do(save_checkout, key, lines)
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    return key, stocked.cashier.do(settle, key, [TenderIn(method, due)], version)
