"""Addresses of people: checked, masked, kept while nothing is typed, and out of the audit trail."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from desktop.basics.errors import ShopError
from desktop.models.people import Staff
from desktop.queries.members import member_detail
from desktop.queries.staff import staff_list
from desktop.services.members import edit_member
from desktop.services.staff import add_staff, edit_staff
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.mark.req("I3", "A2")
def test_staff_have_an_address_and_a_language(stocked: Stocked) -> None:
    shop = stocked.shop
    made = add_staff(
        shop, username="chen", name="陈", password="long enough", roles=["cashier"],
        email=" chen@example.com ", language="en",
    )  # fmt: skip
    row = next(row for row in shop.ask(staff_list) if row.id == made)
    assert (row.email, row.language) == ("c***@example.com", "en")
    shop.do(edit_staff, made, name="陈", roles=["cashier"], email="", language="")
    with shop.storage.read.connect() as connection:
        kept = connection.execute(select(Staff.email, Staff.language).where(Staff.id == made)).one()
        assert tuple(kept) == ("chen@example.com", "")
        trail = "".join(connection.execute(text("SELECT detail FROM audit_event")).scalars())
    assert "chen@example.com" not in trail
    assert '"chen"' in trail  # control: the user name is there
    for wrong in ({"email": "chen"}, {"language": "tlh"}):
        with pytest.raises(ShopError):
            shop.do(edit_staff, made, name="另一个", roles=["cashier"], **wrong)
    assert next(row.name for row in shop.ask(staff_list) if row.id == made) == "陈"
    shop.do(edit_staff, made, name="陈", roles=["cashier"], email="-")
    assert next(row.email for row in shop.ask(staff_list) if row.id == made) == ""


@pytest.mark.req("O7")
def test_members_too(stocked: Stocked) -> None:
    stocked.cashier.do(edit_member, stocked.member_id, email="lin@example.com", language="en")
    seen = stocked.cashier.ask(member_detail, stocked.member_id)
    assert (seen.email, seen.language, seen.name) == ("l***@example.com", "en", "林晓梅")
    with pytest.raises(ShopError):
        stocked.cashier.do(edit_member, stocked.member_id, name="别人", email="lin@")
    stocked.cashier.do(edit_member, stocked.member_id, email="-", language="")
    seen = stocked.cashier.ask(member_detail, stocked.member_id)
    assert (seen.email, seen.language, seen.name) == ("", "", "林晓梅")
