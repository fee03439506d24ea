"""Layouts of the barcodes that scales print, kept as data."""

from __future__ import annotations

from sqlalchemy import select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.scale_codes import check_pattern
from desktop.models.people import Permission
from desktop.models.shelves import ScaleCode
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_NAME = 60


@action(permission=Permission.SETTINGS)
def add_layout(work: Work, name: str, pattern: str) -> int:
    """Read codes of this layout from now on. Raises `Malformed` or `Refused` when it is no use."""
    clean, words = check_pattern(pattern), name.strip()[:LONGEST_NAME]
    if not words:
        raise Malformed(N_("Give the layout a name."))
    for known in work.session.scalars(select(ScaleCode)):
        if _could_both_fit(known.pattern, clean):
            raise Refused(N_("Codes of “{name}” look the same. Change the leading digits."), name=known.name)
    return work.add(ScaleCode(name=words, pattern=clean)).id


@action(permission=Permission.SETTINGS)
def use_layout(work: Work, layout_id: int, active: bool) -> None:
    """Read codes of this layout, or leave them alone."""
    work.get(ScaleCode, layout_id, lock=True).active = active


@action(permission=Permission.SETTINGS)
def remove_layout(work: Work, layout_id: int) -> None:
    """Forget a layout; nothing sold by it changes."""
    work.remove(work.get(ScaleCode, layout_id, lock=True))


def _could_both_fit(one: str, other: str) -> bool:
    return len(one) == len(other) and all(
        a == b or not (a.isdigit() and b.isdigit()) for a, b in zip(one, other, strict=True)
    )
