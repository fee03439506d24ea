"""Typed words never become patterns, and beginnings are found by range on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.models.members import Member
from desktop.queries.page import contains, like, starts_with
from desktop.shop.shop import Shop
from tests.helpers.goods import open_stocked

NAMES = ("林晓梅", "林一", "梅林", "Lin", "lin", "100%", "100_", "a\\b", "9", "99", "9a", "Z", "zz", "")


@pytest.mark.req("S1", "O16")
@pytest.mark.parametrize(
    "typed", ["林", "林晓", "梅", "L", "l", "100", "100%", "100_", "a\\", "9", "99", "z", "Z", "%", "_"]
)
def test_beginnings_and_parts_are_exact(shop: Shop, typed: str) -> None:
    stocked = open_stocked(shop)
    now = shop.clock.now()
    rows = [{"code": f"T{i}", "name": name, "created_at": now} for i, name in enumerate(NAMES)]
    with shop.storage.write.begin() as connection:
        connection.execute(Member.__table__.insert(), rows)
    everyone = {*NAMES, "林晓梅"}
    with shop.storage.read.connect() as connection:
        for exact in {False, stocked.shop.storage.is_sqlite}:
            begins = select(Member.name).where(starts_with(Member.name, typed, by_code_point=exact))
            assert set(connection.execute(begins).scalars()) == {n for n in everyone if n.startswith(typed)}
        within = connection.execute(select(Member.name).where(contains(Member.name, typed))).scalars()
        assert set(within) == {n for n in everyone if typed.lower() in n.lower()}


@pytest.mark.req("S1")
def test_every_wildcard_is_escaped() -> None:
    assert like("50%_\\") == "50\\%\\_\\\\"
