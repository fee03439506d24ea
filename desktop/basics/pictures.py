"""Photos checked, made small and written anew, so that no byte of the file itself is kept. Pure."""

from __future__ import annotations

from io import BytesIO

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_

LARGEST_FILE = 8 * 1024 * 1024  # bytes
LARGEST_AREA = 40_000_000  # pixels
LONGEST_SIDE = 640  # pixels of the picture kept
THUMB_SIDE = 96  # pixels of the one in lists: 38 px on a screen of 2.5 dots a pixel
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
    return _smaller(data, LONGEST_SIDE)


def thumb_of(picture: bytes) -> bytes:
    """The same for lists, at most 96 px. Raises `Malformed`."""
    return _smaller(picture, THUMB_SIDE)


def check_small(picture: bytes) -> None:
    """Let only through what `small_picture` made. Raises `Malformed`."""
    from PIL import Image, UnidentifiedImageError

    if len(picture) > LARGEST_FILE or not picture.startswith(STARTS[0][0]):
        raise Malformed(NOT_A_PICTURE)
    try:
        with Image.open(BytesIO(picture), formats=("JPEG",)) as photo:
            if max(photo.size) > LONGEST_SIDE:
                raise Malformed(NOT_A_PICTURE)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, UnidentifiedImageError, OSError):
        raise Malformed(NOT_A_PICTURE) from None


def _smaller(data: bytes, side: int) -> bytes:
    from PIL import Image, UnidentifiedImageError

    if len(data) > LARGEST_FILE:
        raise Malformed(TOO_LARGE, limit=LARGEST_FILE // 2**20)
    if not any(data.startswith(head) and data[8:].startswith(tail) for head, tail in STARTS):
        raise Malformed(NOT_A_PICTURE)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as photo:
            if photo.width * photo.height > LARGEST_AREA:
                raise _too_many()
            photo.draft("RGB", (side, side))  # a JPEG is then decoded small at once
            return _written_anew(photo, side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Malformed(DAMAGED) from None


def _too_many() -> Malformed:
    return Malformed(TOO_MANY, limit=LARGEST_AREA // 10**6)


def _written_anew(photo: object, side: int) -> bytes:
    from PIL import Image, ImageOps

    assert isinstance(photo, Image.Image)
    upright = ImageOps.exif_transpose(photo)
    upright.thumbnail((side, side))
    colours = upright.convert("RGBA")
    paper = Image.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    out = BytesIO()
    paper.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
