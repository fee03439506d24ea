"""The goods tree: branches added, renamed, moved and removed; it never bites its own tail."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.basics.errors import Malformed, NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.products import Category, Product
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_NAME = 60


@action(permission=Permission.EDIT_GOODS)
def add_category(work: Work, name: str, parent_id: int | None = None) -> int:
    """Add a branch; returns its id."""
    _tree(work)
    if parent_id is not None:
        work.get(Category, parent_id)
    _check_free(work, name, parent_id)
    return work.add(Category(name=_clean(name), parent_id=parent_id)).id


@action(permission=Permission.EDIT_GOODS)
def rename_category(work: Work, category_id: int, name: str) -> None:
    """Give a branch another name."""
    category = work.get(Category, category_id, lock=True)
    _check_free(work, name, category.parent_id, but=category_id)
    category.name = _clean(name)


@action(permission=Permission.EDIT_GOODS)
def move_category(work: Work, category_id: int, parent_id: int | None) -> None:
    """Hang a branch under another one, or at the top. Raises `Refused` when it would hang under itself."""
    parents = _tree(work)
    if category_id not in parents:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    above = parent_id
    while above is not None:
        if above == category_id:
            raise Refused(N_("A category can’t be moved under itself. Choose another place."))
        if above not in parents:
            raise NotFound(N_("This entry no longer exists. Refresh the list."))
        above = parents[above]
    category = work.get(Category, category_id, lock=True)
    _check_free(work, category.name, parent_id, but=category_id)
    category.parent_id = parent_id


@action(permission=Permission.EDIT_GOODS)
def remove_category(work: Work, category_id: int) -> None:
    """Remove an empty branch."""
    category = work.get(Category, category_id, lock=True)
    goods = work.value(select(func.count()).select_from(Product).where(Product.category_id == category_id))
    below = work.value(select(func.count()).select_from(Category).where(Category.parent_id == category_id))
    if goods or below:
        still = N_("“{name}” still holds goods or other categories. Move them first.")
        raise Refused(still, name=category.name)
    work.remove(category)


def _tree(work: Work) -> dict[int, int | None]:
    """Every branch and what it hangs under, locked, so that two moves at once can't close a circle."""
    statement = select(Category.id, Category.parent_id).order_by(Category.id).with_for_update()
    return {row.id: row.parent_id for row in work.rows(statement)}


def _clean(name: str) -> str:
    text = " ".join(name.split())
    if not text:
        raise Malformed(N_("Give the category a name."))
    if len(text) > LONGEST_NAME:
        raise Malformed(N_("That name is too long; use at most {limit} characters."), limit=LONGEST_NAME)
    return text


def _check_free(work: Work, name: str, parent_id: int | None, *, but: int = 0) -> None:
    here = Category.parent_id.is_(None) if parent_id is None else Category.parent_id == parent_id
    same = select(Category.id).where(here, Category.name == _clean(name), Category.id != but)
    if work.value(same) is not None:
        raise Refused(N_("There already is a category “{name}” here."), name=_clean(name))
