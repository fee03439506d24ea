"""The places where money is taken: counters and self-checkouts."""

from __future__ import annotations

from sqlalchemy import select

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.models.people import Permission, Till
from desktop.services.posting import next_number
from desktop.shop.action import action
from desktop.shop.work import Work

PREFIXES = {"counter": "T", "kiosk": "K"}
LONGEST = 40


@action(permission=Permission.SETTINGS)
def add_till(work: Work, kind: str, name: str) -> str:
    """Add a counter or a self-checkout; returns the code it is started with."""
    if kind not in PREFIXES:
        raise ShopError(N_("A till is a counter or a self-checkout."))
    taken = set(work.session.scalars(select(Till.code)))
    code = ""
    while not code or code in taken:
        code = f"{PREFIXES[kind]}{next_number(work, f'till:{kind}')}"
    work.add(Till(code=code, name=_named(name), kind=kind))
    return code


@action(permission=Permission.SETTINGS)
def rename_till(work: Work, till_id: int, name: str) -> None:
    """Call a till something else; what was sold there stays with it."""
    work.get(Till, till_id, lock=True).name = _named(name)


def _named(name: str) -> str:
    words = " ".join(name.split())
    if not 0 < len(words) <= LONGEST:
        raise ShopError(N_("A till's name has 1 to {count} characters."), count=LONGEST)
    return words
