"""News of other programs' commits: whoever asks again after hearing them sees them."""

from __future__ import annotations

import pytest

from desktop.basics.clock import HandClock
from desktop.queries.shell import shop_card
from desktop.services.settings import set_setting
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage


@pytest.mark.req("R9")
def test_what_another_program_changed_is_not_answered_from_memory(
    shop_url: str, shop: Shop, clock: HandClock
) -> None:
    other = Shop(open_storage(shop_url), actor=actors.console(), clock=clock)
    heard: list[str] = []
    try:
        shop.do(set_setting, "shop.name", "青禾杂货铺")
        other.news.poll()  # what happened before
        other.news.listen(lambda _changes: heard.append(other.ask(shop_card).name))
        before = other.ask(shop_card).name  # remembered for a second
        shop.do(set_setting, "shop.name", "新名字")
        other.news.poll()
        assert (before, heard) == ("青禾杂货铺", ["新名字"])
    finally:
        other.news.close()
        other.storage.close()
