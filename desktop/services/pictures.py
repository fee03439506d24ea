"""Photos of goods: several of a product, the first is the main one; each comes small and written anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select, update

from desktop.basics.errors import Changed, NotFound, Refused
from desktop.basics.i18n import N_
from desktop.basics.pictures import LARGEST_FILE, check_small, small_picture, thumb_of
from desktop.models.people import Permission
from desktop.models.products import Product
from desktop.models.shelves import Photo
from desktop.shop.action import action
from desktop.shop.work import Work

MOST_PHOTOS = 9


@action(permission=Permission.EDIT_GOODS)
def add_photo(work: Work, product_id: int, picture: bytes, position: int | None = None) -> int:
    """Keep a photo made by `small_picture`, at the end or in this place; anything else is refused."""
    work.get(Product, product_id, lock=True)
    check_small(picture)
    have = _order(work, product_id)
    if len(have) >= MOST_PHOTOS:
        raise Refused(N_("A product can have {limit} photos. Remove one first."), limit=MOST_PHOTOS)
    values = {"product_id": product_id, "position": len(have), "data": picture, "thumb": thumb_of(picture)}
    made = int(work.rows(insert(Photo).values(values).returning(Photo.id)).scalar_one())
    if position is not None:
        have.insert(position, made)
        _number(work, have)
    _tell(work, product_id, made, len(picture))
    return made


@action(permission=Permission.EDIT_GOODS)
def remove_photo(work: Work, photo_id: int) -> None:
    """Take one photo away; the next one becomes the main one, without any the drawn picture shows again."""
    product_id = work.value(select(Photo.product_id).where(Photo.id == photo_id))
    if product_id is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    work.get(Product, product_id, lock=True)
    work.rows(delete(Photo).where(Photo.id == photo_id))
    _number(work, _order(work, product_id))
    _tell(work, product_id, photo_id, 0)


@action(permission=Permission.EDIT_GOODS)
def order_photos(work: Work, product_id: int, photo_ids: Sequence[int]) -> None:
    """Show the photos in this order; the first is the main one. Raises `Changed` when others are there by now."""
    work.get(Product, product_id, lock=True)
    if sorted(photo_ids) != sorted(_order(work, product_id)):
        raise Changed(N_("The photos changed meanwhile. Look at them again."))
    _number(work, photo_ids)
    _tell(work, product_id, photo_ids[0] if photo_ids else 0, 0)


def _order(work: Work, product_id: int) -> list[int]:
    statement = select(Photo.id).where(Photo.product_id == product_id).order_by(Photo.position, Photo.id)
    return [row.id for row in work.rows(statement)]


_PLACE = update(Photo).where(Photo.id == bindparam("photo")).values(position=bindparam("place"))


def _number(work: Work, photo_ids: Sequence[int]) -> None:
    if photo_ids:
        work.rows(_PLACE, [{"photo": photo, "place": place} for place, photo in enumerate(photo_ids)])


def _tell(work: Work, product_id: int, photo_id: int, size: int) -> None:
    work.touch("photo", photo_id)
    work.touch("product", product_id)
    work.note(product=product_id, photo=photo_id, photo_bytes=size, photos=_count(work, product_id))


def _count(work: Work, product_id: int) -> int:
    return int(work.value(select(func.count()).select_from(Photo).where(Photo.product_id == product_id)) or 0)


__all__ = ["LARGEST_FILE", "MOST_PHOTOS", "add_photo", "order_photos", "remove_photo", "small_picture"]
