"""Photos of goods: checked, made small and written anew, so that no byte of the file itself is kept."""

from __future__ import annotations

from io import BytesIO

from PIL import Image as Photo
from PIL import ImageOps, UnidentifiedImageError
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.products import Image, Product
from desktop.shop.action import action
from desktop.shop.work import Work

LARGEST_FILE = 8 * 1024 * 1024  # bytes
LARGEST_AREA = 40_000_000  # pixels
LONGEST_SIDE = 640  # pixels of the picture kept
STARTS = ((b"\xff\xd8\xff", b""), (b"\x89PNG\r\n\x1a\n", b""), (b"RIFF", b"WEBP"))
FORMATS = ("JPEG", "PNG", "WEBP")
TOO_LARGE = N_("The picture file is larger than {limit} MB. Make it smaller first.")
TOO_MANY = N_("The picture has more than {limit} million pixels. Make it smaller first.")
DAMAGED = N_("The picture is damaged and can’t be read. Save it again, then try once more.")
NOT_A_PICTURE = N_("This file is not a picture. Use a JPEG, PNG or WebP file.")


def small_picture(data: bytes) -> bytes:
    """The picture turned upright, on white, at most 640 px, as a new JPEG. Raises `Malformed`.

    Slow for large photos: call it outside any transaction.
    """
    if len(data) > LARGEST_FILE:
        raise Malformed(TOO_LARGE, limit=LARGEST_FILE // 2**20)
    if not any(data.startswith(head) and data[8:].startswith(tail) for head, tail in STARTS):
        raise Malformed(NOT_A_PICTURE)
    try:
        with Photo.open(BytesIO(data), formats=FORMATS) as photo:
            if photo.width * photo.height > LARGEST_AREA:
                raise _too_many()
            photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is then decoded small at once
            return _written_anew(photo)
    except (Photo.DecompressionBombError, Photo.DecompressionBombWarning):
        raise _too_many() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Malformed(DAMAGED) from None


def _too_many() -> Malformed:
    return Malformed(TOO_MANY, limit=LARGEST_AREA // 10**6)


def _written_anew(photo: Photo.Image) -> bytes:
    upright = ImageOps.exif_transpose(photo)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    colours = upright.convert("RGBA")
    paper = Photo.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    out = BytesIO()
    paper.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


@action(permission=Permission.EDIT_GOODS)
def set_image(work: Work, product_id: int, picture: bytes) -> None:
    """Keep a photo made by `small_picture`; anything else is refused."""
    work.get(Product, product_id)
    _check_small(picture)
    insert = sqlite.insert if work.is_sqlite else postgresql.insert
    row = insert(Image).values(product_id=bindparam("product"), data=bindparam("photo"))
    row = row.on_conflict_do_update(index_elements=["product_id"], set_={"data": row.excluded.data})
    work.rows(row, {"product": product_id, "photo": picture})
    _tell(work, product_id, len(picture))


@action(permission=Permission.EDIT_GOODS)
def remove_image(work: Work, product_id: int) -> None:
    """Take a product's photo away; its drawn picture shows again."""
    work.get(Product, product_id)
    if work.value(select(Image.product_id).where(Image.product_id == product_id)) is not None:
        work.rows(delete(Image).where(Image.product_id == product_id))
        _tell(work, product_id, 0)


def _check_small(picture: bytes) -> None:
    if len(picture) > LARGEST_FILE or not picture.startswith(STARTS[0][0]):
        raise Malformed(NOT_A_PICTURE)
    try:
        with Photo.open(BytesIO(picture), formats=("JPEG",)) as photo:
            if max(photo.size) > LONGEST_SIDE:
                raise Malformed(NOT_A_PICTURE)
    except (Photo.DecompressionBombError, Photo.DecompressionBombWarning, UnidentifiedImageError, OSError):
        raise Malformed(NOT_A_PICTURE) from None


def _tell(work: Work, product_id: int, size: int) -> None:
    work.touch("image", product_id)
    work.touch("product", product_id)
    work.note(photo_bytes=size)
