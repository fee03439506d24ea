"""Members who pay from stored value: topped up, chosen on a sale, spent by several tills at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.ids import new_key
from desktop.pricing.cart import CartLine
from desktop.queries.stored_value import Balance, stored_facts
from desktop.queries.verify import verify
from desktop.services.bonus_tiers import save_bonus_tier
from desktop.services.checkout import agree_by_code, join_by_phone, save_checkout, send_kiosk_code
from desktop.services.settlement import Settled, settle
from desktop.services.stored_sale import choose_stored_value
from desktop.services.stored_value import top_up
from desktop.shop.shop import Shop
from tests.helpers.goods import PHONE, Stocked, open_stocked
from tests.helpers.sales import Pocket
from tests.helpers.tills import PATIENCE, enter, leave

TRIES = 20


def with_tiers(shop: Shop) -> Stocked:
    """The pictures' shop with two tiers: from ¥100 on ¥10, from ¥500 on 20%."""
    opened = open_stocked(shop)
    opened.shop.do(save_bonus_tier, None, 10_000, bonus_minor=1_000)
    opened.shop.do(save_bonus_tier, None, 50_000, bonus_bp=2_000)
    return opened


def books(stocked: Stocked) -> None:
    """They balance."""
    assert stocked.shop.ask(verify).faults == ()


def fill(stocked: Stocked, amount_minor: int) -> None:
    """Top the member up in cash."""
    stocked.cashier.do(top_up, stocked.member_id, amount_minor, "cash", client_key=new_key())


def has(stocked: Stocked) -> tuple[int, int]:
    """The member's money and bonus."""
    balance: Balance = stocked.shop.ask(stored_facts, stocked.member_id).balance
    return balance.money_minor, balance.bonus_minor


def stored_sale(
    stocked: Stocked, lines: Sequence[CartLine], stored_minor: int, *, confirmed: bool = True
) -> tuple[str, int]:
    """An open sale of the member with so much from stored value, confirmed by code; key and version."""
    key, kiosk, pocket = new_key(), stocked.kiosk, Pocket()
    kiosk.do(save_checkout, key, lines)
    kiosk.do(join_by_phone, key, PHONE)
    version = kiosk.do(choose_stored_value, key, stored_minor)
    if confirmed:
        send_kiosk_code(kiosk, pocket, key, version)
        agree_by_code(kiosk, key, pocket.code, version)
    return key, version


def pay_stored(stocked: Stocked, lines: Sequence[CartLine], stored_minor: int) -> Settled:
    """A sale that stored value pays in full."""
    key, version = stored_sale(stocked, lines, stored_minor)
    return stocked.cashier.do(settle, key, (), version)


def spend_together(url: str, ids: Stocked, sales: Any, together: Any, answers: Any) -> None:
    """Settle one of the open sales (key, version) at the moment the others do; a busy database is asked again."""
    stocked = enter(url, ids)
    key, version = sales.get(timeout=PATIENCE)
    together.wait(PATIENCE)
    said = ""
    for _try in range(TRIES):
        try:
            said = stocked.cashier.do(settle, key, (), version).receipt_number
        except Unavailable:
            continue
        except ShopError as error:
            said = error.next_step or str(error)
        break
    answers.put(said)
    leave(stocked)
