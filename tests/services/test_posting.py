"""The shared steps: points that are earned cannot pay for what is spent in the same breath."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import speaking
from desktop.models.members import Member, PointsEntry
from desktop.models.people import Permission
from desktop.services.posting import PointsStep, post_points
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import open_stocked


@action(permission=Permission.ADJUST_POINTS)
def _spend_then_earn(work: Work, member_id: int, spend: int, earn: int) -> int:
    steps = [PointsStep(-spend, "spent", "test", "t:s"), PointsStep(earn, "purchase", "test", "t:e")]
    return post_points(work, member_id, steps)


@pytest.mark.req("C10")
def test_points_earned_by_a_sale_cannot_pay_for_it(shop: Shop) -> None:
    """The balance would end above zero, so only the guard can refuse: the table's CHECK cannot see it."""
    stocked = open_stocked(shop)
    with speaking("en"), pytest.raises(Refused) as caught:
        shop.do(_spend_then_earn, stocked.member_id, 12_861, 500)
    with speaking("en"):
        assert str(caught.value).startswith("Only 12,860 points left, 12,861 wanted")
    assert shop.do(_spend_then_earn, stocked.member_id, 12_860, 500) == 500  # control: what is there may go
    with shop.storage.read.connect() as connection:
        balance = connection.execute(select(Member.points)).scalar_one()
        entries = connection.execute(select(func.sum(PointsEntry.delta))).scalar_one()
    assert int(balance) == int(entries) == 500
