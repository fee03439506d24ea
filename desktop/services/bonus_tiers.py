"""What a top-up is given on top of it, by amount and time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST
from desktop.models.people import Permission
from desktop.models.stored_value import BonusTier
from desktop.shop.action import action
from desktop.shop.work import Work

MOST_BP = 10_000


@action(permission=Permission.SETTINGS)
def save_bonus_tier(
    work: Work,
    tier_id: int | None,
    from_minor: int,
    *,
    bonus_minor: int = 0,
    bonus_bp: int = 0,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> int:
    """Add a tier of bonus or change one: a sum, or a share of the top-up; returns its id."""
    if not 0 < from_minor <= LARGEST:
        raise Malformed(N_("Type from which amount on the bonus is given."))
    if (bonus_minor > 0) == (bonus_bp > 0) or min(bonus_minor, bonus_bp) < 0:
        raise Malformed(N_("Give either an amount or a percentage as the bonus."))
    if bonus_minor > from_minor or bonus_bp > MOST_BP:
        raise Refused(N_("A bonus can’t be more than what is topped up."))
    if valid_from and valid_until and valid_until <= valid_from:
        raise Malformed(N_("The end of the time is before its beginning."))
    values: dict[str, Any] = {
        "from_minor": from_minor, "bonus_minor": bonus_minor, "bonus_bp": bonus_bp, "valid_from": valid_from,
        "valid_until": valid_until,
    }  # fmt: skip
    if tier_id is None:
        return work.add(BonusTier(**values)).id
    row = work.get(BonusTier, tier_id, lock=True)
    for name, value in values.items():
        setattr(row, name, value)
    return row.id


@action(permission=Permission.SETTINGS)
def remove_bonus_tier(work: Work, tier_id: int) -> None:
    """Promise a tier no more; what was given stays."""
    work.remove(work.get(BonusTier, tier_id, lock=True))
