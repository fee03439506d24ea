"""A receipt as the bytes an ESC/POS printer understands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from desktop.basics.paper import MISSING, PaperLine, in_gbk, printable, width
from desktop.basics.paths import resources

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

RESET = b"\x1b@"
CHINESE = b"\x1c&"  # from here on two bytes above 0x80 are one letter
ALIGN = {"left": b"\x1ba\x00", "center": b"\x1ba\x01"}
BOLD = (b"\x1bE\x00", b"\x1bE\x01")
SIZE = (b"\x1d!\x00", b"\x1d!\x11")  # plain, twice as wide and high
DOTS = {32: 384, 48: 576}
ROW = 32  # dots of one painted line


def job(lines: Sequence[PaperLine], columns: int, *, encoding: str, open_drawer: bool) -> bytes:
    """The whole job: drawer, lines, cut."""
    from escpos.printer import Dummy  # takes 0.2 s, so only when something is printed

    paper: Any = Dummy()
    paper._raw(RESET + CHINESE)
    if open_drawer:
        paper.cashdraw(2)
    for line in lines:
        paper._raw(ALIGN[line.align])
        if line.code:
            paper.qr(line.code, native=True, size=6)
        elif encoding == "image" or not in_gbk(printable(line.text)):
            paper.image(_painted(line, columns))
        else:
            paper._raw(BOLD[line.bold] + SIZE[line.big] + printable(line.text).encode("gbk") + b"\n")
    paper._raw(BOLD[False] + SIZE[False])
    paper.cut()
    return bytes(paper.output)


def _painted(line: PaperLine, columns: int) -> Image:
    """A line as a black and white picture, for letters the printer lacks."""
    from PIL import Image, ImageDraw

    scale = 2 if line.big else 1
    font = _font(24 * scale, line.bold)
    text = "".join(ch if _has(ch) else MISSING for ch in printable(line.text))
    picture = Image.new("1", (DOTS[columns], ROW * scale), 1)
    pen = ImageDraw.Draw(picture)
    cell = DOTS[columns] / columns * scale
    x = (DOTS[columns] - width(text) * cell) / 2 if line.align == "center" else 0.0
    for ch in text:  # letter by letter, so that columns stand as they do in text lines
        pen.text((x, 0), ch, font=font, fill=0)
        x += width(ch) * cell
    return picture


@cache
def _font(size: int, bold: bool) -> FreeTypeFont:
    from PIL import ImageFont

    weight = "SemiBold" if bold else "Regular"
    return ImageFont.truetype(resources() / "fonts" / f"NotoSansSC-{weight}.ttf", size)


@cache
def _has(ch: str) -> bool:
    """Whether the shipped letters include this one: it looks other than a letter nobody has."""
    font = _font(24, False)
    return ch == " " or bytes(font.getmask(ch)) != bytes(font.getmask("\U0010ffff"))
