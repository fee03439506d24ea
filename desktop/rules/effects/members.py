"""What a rule does for a member."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from desktop.basics.i18n import N_
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.models.settings import POINTS_DAYS
from desktop.rules.catalogue import Effect, Firing, declare
from desktop.rules.parameters import Parameter
from desktop.rules.spec import Values
from desktop.services import posting
from desktop.services.posting import PointsStep
from desktop.shop.work import Work


def _give(work: Work, firing: Firing, values: Values) -> Mapping[str, Any]:
    member_id: int | None = firing.subject_id
    if firing.subject_kind == "order":
        member_id = work.value(select(Order.member_id).where(Order.id == firing.subject_id))
    if member_id is None:
        return {"points": 0}
    points = values["points"]
    until = work.now + timedelta(days=work.setting(POINTS_DAYS))
    step = PointsStep(
        points, "rebate", firing.subject, f"{firing.key}:points:{firing.step}", expires_at=until
    )
    posting.post_points(work, member_id, [step])
    return {"points": points}


declare(
    Effect(
        key="give_points",
        title=N_("Give the member points"),
        words=N_("give the member {points} points"),
        parameters=(Parameter("points", "points", N_("Points"), default=200, low=1, high=100_000),),
        subjects=frozenset({"order", "member"}),
        needs=Permission.ADJUST_POINTS,
        run=_give,
        done=N_("gave {points} points"),
        bold=True,
    )
)
