"""A logo for receipts: any picture made into black dots that fit narrow paper. Pure."""

from __future__ import annotations

from io import BytesIO

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.basics.pictures import (
    DAMAGED,
    FORMATS,
    LARGEST_AREA,
    NOT_A_PICTURE,
    STARTS,
    TOO_LARGE,
    TOO_MANY,
)

LARGEST_FILE = 2 * 1024 * 1024  # bytes
WIDE, HIGH = 384, 200  # dots; a line of 58 mm paper


def black_dots(data: bytes) -> bytes:
    """The picture on white, at most 384 × 200 dots, greys as a pattern of dots, as a new PNG. Raises `Malformed`."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(data) > LARGEST_FILE:
        raise Malformed(TOO_LARGE, limit=LARGEST_FILE // 2**20)
    if not any(data.startswith(head) and data[8:].startswith(tail) for head, tail in STARTS):
        raise Malformed(NOT_A_PICTURE)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as found:
            if found.width * found.height > LARGEST_AREA:
                raise Malformed(TOO_MANY, limit=LARGEST_AREA // 10**6)
            colours = ImageOps.exif_transpose(found).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Malformed(TOO_MANY, limit=LARGEST_AREA // 10**6) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Malformed(DAMAGED) from None
    paper = Image.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    paper.thumbnail((WIDE, HIGH), Image.Resampling.LANCZOS)
    dots = paper.convert("L").convert("1")
    if dots.getextrema() == (255, 255):
        raise Malformed(N_("Nothing of this picture would be black on paper. Choose a darker one."))
    kept = BytesIO()
    dots.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def check_dots(png: bytes) -> None:
    """Let only through what `black_dots` made. Raises `Malformed`."""
    from PIL import Image, UnidentifiedImageError

    if len(png) > LARGEST_FILE or not png.startswith(STARTS[1][0]):
        raise Malformed(NOT_A_PICTURE)
    try:
        with Image.open(BytesIO(png), formats=("PNG",)) as dots:
            if dots.mode != "1" or dots.width > WIDE or dots.height > HIGH:
                raise Malformed(NOT_A_PICTURE)
            dots.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Malformed(NOT_A_PICTURE) from None
