"""A receipt as the bytes an ESC/POS printer understands.

Letters outside the printer's set become pictures, and pictures go in short bands: when paper runs out inside a long one,
some printers wait for the rest of it until they are switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from desktop.basics.paper import MISSING, PaperLine, printable, width
from desktop.basics.paths import resources

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

RESET = b"\x1b@"
CHINESE, LATIN = b"\x1c&", b"\x1c."  # from here on two bytes above 0x80 are one letter, or not
ALIGN = {"left": b"\x1ba\x00", "center": b"\x1ba\x01"}
BOLD = (b"\x1bE\x00", b"\x1bE\x01")
SIZE = (b"\x1d!\x00", b"\x1d!\x11")  # plain, twice as wide and high
CUT = b"\x1bd\x06\x1dV\x00"
DOTS = {32: 384, 48: 576}
ROW = 32  # dots of one painted line
BAND = 96  # dots of a picture sent at once
QR_MODULE = 6  # dots of one module
QR_WAYS = ("native", "image")


def _two_bytes(codec: str) -> Callable[[str], bytes | None]:
    """Letters of one or two bytes; GB18030's longer ones come out as garbage on printers that only know GBK."""

    def encode(text: str) -> bytes | None:
        try:
            return text.encode(codec) if all(len(ch.encode(codec)) <= 2 for ch in text) else None
        except UnicodeEncodeError:
            return None

    return encode


def _utf8(text: str) -> bytes | None:
    return text.encode() if all(ch <= "\uffff" for ch in text) else None


def _nothing(_text: str) -> bytes | None:
    return None


ENCODINGS: dict[str, Callable[[str], bytes | None]] = {
    "gb18030": _two_bytes("gb18030"),
    "gbk": _two_bytes("gbk"),
    "big5": _two_bytes("big5hkscs"),
    "utf-8": _utf8,
    "image": _nothing,
}


@dataclass(frozen=True)
class Look:
    """What the bytes are made for: columns and dots of a line, the letters it knows, and who draws QR codes."""

    columns: int = 48
    dots: int = 576
    encoding: str = "gb18030"
    qr: str = "native"


def drawer(pin: int = 2) -> bytes:
    """Open the drawer at this pin of the plug (2 or 5)."""
    return b"\x1bp" + (b"\x00" if pin == 2 else b"\x01") + b"22"


def job(lines: Sequence[PaperLine], look: Look) -> bytes:
    """The whole job: lines, cut."""
    encode = ENCODINGS[look.encoding]
    out = bytearray(RESET + (LATIN if look.encoding == "utf-8" else CHINESE))
    for line in lines:
        out += ALIGN[line.align]
        if line.picture:
            out += _raster(_opened(line.picture, look.dots))
        elif line.code:
            out += _qr(line.code) if look.qr == "native" else _raster(_qr_picture(line.code, look.dots))
        elif (text := encode(printable(line.text))) is None:
            out += _raster(painted(line, look))
        else:
            out += BOLD[line.bold] + SIZE[line.big] + text + b"\n"
    return bytes(out + BOLD[False] + SIZE[False] + CUT)


def _qr(text: str) -> bytes:
    """A code drawn by the printer itself: model 2, module size, error level L, data, print."""
    data = text.encode()
    size = len(data) + 3

    def part(body: bytes) -> bytes:
        return b"\x1d(k" + len(body).to_bytes(2, "little") + body

    store = b"\x1d(k" + size.to_bytes(2, "little") + b"1P0" + data
    return part(b"1A2\x00") + part(b"1C" + bytes([QR_MODULE])) + part(b"1E0") + store + part(b"1Q0")


def _raster(picture: Image) -> bytes:
    """Black dots in bands of `GS v 0`."""
    out = bytearray()
    wide = (picture.width + 7) // 8
    for top in range(0, picture.height, BAND):
        band = picture.crop((0, top, picture.width, min(top + BAND, picture.height)))
        dots = bytes(byte ^ 0xFF for byte in band.tobytes())
        if picture.width % 8:  # the last byte of a row holds dots beyond the picture
            rest = (0xFF << (8 - picture.width % 8)) & 0xFF
            dots = bytes(b & rest if n % wide == wide - 1 else b for n, b in enumerate(dots))
        out += b"\x1dv0\x00" + wide.to_bytes(2, "little") + band.height.to_bytes(2, "little") + dots
    return bytes(out)


def _opened(png: bytes, dots: int) -> Image:
    """A kept picture, not wider than the paper."""
    from PIL import Image

    picture = Image.open(BytesIO(png)).convert("1")
    if picture.width <= dots:
        return picture
    return picture.resize((dots, max(1, picture.height * dots // picture.width)))


def _qr_picture(text: str, dots: int) -> Image:
    """The code as dots, for printers that can't draw one."""
    import segno
    from PIL import Image

    rows = [bytes(line) for line in segno.make(text, error="l", micro=False).matrix]
    quiet = 4
    side = len(rows) + 2 * quiet
    module = max(1, min(QR_MODULE, dots // side))
    small = Image.new("1", (side, side), 1)
    for y, line in enumerate(rows):
        for x, dark in enumerate(line):
            if dark:
                small.putpixel((x + quiet, y + quiet), 0)
    return small.resize((side * module, side * module), Image.Resampling.NEAREST)


def painted(line: PaperLine, look: Look) -> Image:
    """A line as a black and white picture, for letters the printer lacks and for the preview."""
    from PIL import Image

    scale = 2 if line.big else 1
    text = "".join(ch if _has(ch) else MISSING for ch in printable(line.text))
    picture = Image.new("1", (look.dots, ROW * scale), 1)
    cell = look.dots / look.columns * scale
    x = (look.dots - width(text) * cell) / 2 if line.align == "center" else 0.0
    for ch in text:  # letter by letter, so that columns stand as they do in text lines
        room = width(ch) * cell
        if ch != " ":
            letter = _letter(ch, scale, line.bold, round(room))
            picture.paste(0, (round(x + (room - letter.width) / 2), 0), letter)
        x += room
    return picture


@cache
def _letter(ch: str, scale: int, bold: bool, room: int) -> Image:
    """A letter as white dots on black, narrowed to its cell where it is wider."""
    from PIL import Image, ImageDraw

    font = _font(24 * scale, bold)
    wide = max(1, round(font.getlength(ch)))
    drawn = Image.new("L", (wide, ROW * scale), 0)
    ImageDraw.Draw(drawn).text((0, 0), ch, font=font, fill=255)
    if wide > room:
        drawn = drawn.resize((room, drawn.height), Image.Resampling.LANCZOS)
    return drawn.point(lambda light: 255 if light > 110 else 0).convert("1")


def ruler(dots: int) -> bytes:
    """A ruler of so many dots as a PNG: a mark every 8 dots (1 mm), longer every 80, a line at both ends."""
    from PIL import Image, ImageDraw

    picture = Image.new("1", (dots, 48), 1)
    pen = ImageDraw.Draw(picture)
    for x in range(0, dots, 8):
        pen.line((x, 0, x, 40 if x % 80 == 0 else 24 if x % 40 == 0 else 14), fill=0)
    pen.line((dots - 1, 0, dots - 1, 47), fill=0)
    pen.line((0, 0, dots - 1, 0), fill=0)
    kept = BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def preview(lines: Sequence[PaperLine], look: Look) -> bytes:
    """The whole paper as a PNG, dot by dot as wide as printed."""
    from PIL import Image

    parts = [_seen(line, look) for line in lines]
    paper = Image.new("1", (look.dots, max(ROW, sum(part.height for part in parts))), 1)
    y = 0
    for part in parts:
        paper.paste(part, ((look.dots - part.width) // 2, y))
        y += part.height
    kept = BytesIO()
    paper.save(kept, "PNG")
    return kept.getvalue()


def _seen(line: PaperLine, look: Look) -> Image:
    if line.picture:
        return _opened(line.picture, look.dots)
    return _qr_picture(line.code, look.dots) if line.code else painted(line, look)


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
