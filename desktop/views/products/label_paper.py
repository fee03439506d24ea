"""Labels drawn on paper: one a page for label printers, or in rows and columns on A4."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter

from desktop.basics.bars import QUIET, Bars, bars_of
from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.money import SYMBOLS, Money
from desktop.queries.labels import LabelFacts
from desktop.views.common.printing import BLANK, INK
from desktop.views.common.tokens import FAMILIES

DPI = 300
PAD = 1.8  # mm


@dataclass(frozen=True)
class Size:
    """Labels in mm: how large one is, how many stand on a page, how far its first is from the edges and the next."""

    key: str
    label: str
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    gap: float = 0
    page: tuple[float, float] = (0, 0)

    @property
    def paper(self) -> QSizeF:
        """The page."""
        return QSizeF(*self.page) if self.columns * self.rows > 1 else QSizeF(self.width, self.height)


A4 = (210.0, 297.0)
SIZES = (
    Size("58x40", N_("Label roll 58 × 40 mm"), 58, 40),
    Size("40x30", N_("Label roll 40 × 30 mm"), 40, 30),
    Size("a4-24", N_("A4 sheet, 3 × 8 labels of 70 × 37 mm"), 70, 37, 3, 8, 0, 0.5, 0, A4),
    Size("a4-14", N_("A4 sheet, 2 × 7 labels of 99 × 38 mm"), 99.1, 38.1, 2, 7, 4.65, 15.15, 2.5, A4),
    Size("a4-65", N_("A4 sheet, 5 × 13 labels of 38 × 21 mm"), 38.1, 21.2, 5, 13, 4.75, 10.7, 2.5, A4),
)


@dataclass(frozen=True)
class Design:
    """What a label shows."""

    size: Size = SIZES[0]
    price: bool = True
    per_unit: bool = True
    barcode: bool = True
    code: bool = True
    day: bool = False
    shop: bool = False


def spots(size: Size, count: int, skip: int = 0) -> Iterator[tuple[int, QRectF]]:
    """Page and place in mm of each label; `skip` leaves used places of a first sheet empty."""
    each = size.columns * size.rows
    for number in range(skip, skip + count):
        page, place = divmod(number, each)
        row, column = divmod(place, size.columns)
        x, y = size.left + column * (size.width + size.gap), size.top + row * size.height
        yield page, QRectF(x, y, size.width, size.height)


def _font(mm: float, per_mm: float, bold: bool = False) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(max(1, round(mm * per_mm)))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def draw_label(
    painter: QPainter, facts: LabelFacts, design: Design, area: QRectF, per_mm: float, currency: str
) -> None:
    """Draw one label into an area in device pixels."""
    inner = area.adjusted(PAD * per_mm, PAD * per_mm, -PAD * per_mm, -PAD * per_mm)
    painter.setPen(INK)
    small = design.size.height < 28
    line = (2.6 if small else 3.6) * per_mm
    name = " ".join(part for part in (facts.name, facts.pack) if part)
    y = inner.top()
    if design.shop and not small:
        _text(painter, QRectF(inner.left(), y, inner.width(), 2.8 * per_mm), facts.shop, _font(2.2, per_mm))
        y += 3 * per_mm
    _text(
        painter, QRectF(inner.left(), y, inner.width(), line), name, _font(line / per_mm * 0.86, per_mm, True)
    )
    y += line + 0.4 * per_mm
    if design.price and facts.price_minor is not None:
        y += _price(
            painter, facts, design, QRectF(inner.left(), y, inner.width(), line * 1.9), per_mm, currency
        )
    foot = 2.6 * per_mm
    parts = [facts.code if design.code else "", f"{facts.day:%Y-%m-%d}" if design.day else ""]
    words = "   ".join(part for part in parts if part)
    if words:
        below = QRectF(inner.left(), inner.bottom() - foot, inner.width(), foot)
        _text(painter, below, words, _font(2.1, per_mm))
    symbol = bars_of(facts.barcode) if design.barcode else None
    if symbol is not None:
        room = QRectF(area.left(), y, area.width(), inner.bottom() - (foot if words else 0) - y)
        _bars(painter, symbol, room, per_mm)


def _text(painter: QPainter, area: QRectF, text: str, font: QFont, side: str = "left") -> float:
    painter.setFont(font)
    metrics = QFontMetricsF(font, painter.device())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    flags = Qt.AlignmentFlag.AlignVCenter | {
        "left": Qt.AlignmentFlag.AlignLeft, "right": Qt.AlignmentFlag.AlignRight, "center": Qt.AlignmentFlag.AlignHCenter,
    }[side]  # fmt: skip
    painter.drawText(area, flags | Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine, shown)
    return metrics.horizontalAdvance(shown)


def _price(
    painter: QPainter, facts: LabelFacts, design: Design, area: QRectF, per_mm: float, currency: str
) -> float:
    amount = Money(facts.price_minor or 0, currency).plain()
    symbol = SYMBOLS.get(currency, currency)
    size = area.height() / per_mm * 0.9
    width = _text(painter, area, f"{symbol}{amount}", _font(size, per_mm, True))
    rest = area.adjusted(width + per_mm, 0, 0, 0)
    unit = QRectF(rest.left(), area.top() + area.height() * 0.4, rest.width(), area.height() * 0.6)
    _text(painter, unit, f"/ {facts.unit}", _font(size * 0.42, per_mm))
    if design.per_unit and facts.per_unit is not None:
        per = Money(facts.per_unit.minor, currency)
        words = _("{price} per {amount}").format(price=per, amount=facts.per_unit.per)
        _text(painter, unit, words, _font(size * 0.36, per_mm), "right")
    return area.height() + 0.3 * per_mm


def _bars(painter: QPainter, symbol: Bars, room: QRectF, per_mm: float) -> None:
    """Bars in whole device pixels: a module that is wider here than there is what scanners stumble over."""
    text_high = 2.6 * per_mm
    module = max(1, int(min(room.width() / symbol.width, 0.5 * per_mm)))
    width = module * symbol.width
    high = room.height() - text_high
    if width > room.width() or high < 3 * per_mm:
        return  # a symbol that can't be read is worse than none; the code stands below
    left = round(room.left() + (room.width() - width) / 2) + QUIET * module
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    at = 0
    while at < len(symbol.modules):
        run = len(symbol.modules) - at - len(symbol.modules[at:].lstrip(symbol.modules[at]))
        if symbol.modules[at] == "1":
            painter.fillRect(QRectF(left + at * module, round(room.top()), run * module, round(high)), INK)
        at += run
    painter.restore()
    below = QRectF(room.left(), room.top() + high, room.width(), text_high)
    _text(painter, below, symbol.text, _font(2.2, per_mm), "center")


def preview(facts: LabelFacts, design: Design, currency: str, dpi: int = 203) -> QImage:
    """One label as a picture, as fine as a label printer prints it."""
    per_mm = dpi / 25.4
    size = design.size
    image = QImage(round(size.width * per_mm), round(size.height * per_mm), QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(per_mm * 1_000))
    image.setDotsPerMeterY(round(per_mm * 1_000))
    image.fill(BLANK)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_label(painter, facts, design, QRectF(image.rect()), per_mm, currency)
    painter.end()
    return image


def to_pdf(labels: Sequence[LabelFacts], design: Design, currency: str, path: Path, skip: int = 0) -> int:
    """Write labels into a PDF; returns how many pages. Raises `ShopError` when the file can't be written."""
    writer = QPdfWriter(str(path))
    writer.setResolution(DPI)
    writer.setTitle(_("Labels"))
    return _write(writer, labels, design, currency, skip, path.name)


def to_printer(labels: Sequence[LabelFacts], design: Design, currency: str, name: str, skip: int = 0) -> int:
    """Print labels; returns how many pages. Raises `ShopError` when the printer does not take them."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPrinterName(name)
    return _write(printer, labels, design, currency, skip, name)


def _write(
    device: QPdfWriter | QPrinter,
    labels: Sequence[LabelFacts],
    design: Design,
    currency: str,
    skip: int,
    name: str,
) -> int:
    unit = QPageSize.Unit.Millimeter
    page = QPageSize(design.size.paper, unit, "", QPageSize.SizeMatchPolicy.ExactMatch)
    device.setPageLayout(
        QPageLayout(
            page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter
        )
    )
    painter = QPainter()
    if not painter.begin(device):
        raise ShopError(N_("{name} can’t be written or printed. Choose another one."), name=name)
    per_mm, shown = device.logicalDpiX() / 25.4, 0
    for facts, (number, spot) in zip(labels, spots(design.size, len(labels), skip), strict=True):
        if number > shown:
            device.newPage()
            shown = number
        area = QRectF(
            spot.left() * per_mm, spot.top() * per_mm, spot.width() * per_mm, spot.height() * per_mm
        )
        draw_label(painter, facts, design, area, per_mm, currency)
    painter.end()
    return shown + 1
