"""Words put on members, goods and orders: one row for each word, whoever uses it."""

from __future__ import annotations

from sqlalchemy import select

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.models.products import Tag
from desktop.shop.work import Work

LONGEST = 20  # characters


def tag_called(work: Work, name: str) -> int:
    """The id of the tag with this name, made if it is new. Raises `ShopError` for an empty or too long one."""
    word = " ".join(name.split())
    if not 0 < len(word) <= LONGEST:
        raise ShopError(N_("A tag has 1 to 20 characters."))
    known = select(Tag.id).where(Tag.name == word)
    found = work.value(known)
    if found is None:  # two tills may think of the same word at once
        found = work.offer(Tag, {"name": word}) or work.value(known)
    return int(found)
