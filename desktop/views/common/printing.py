"""Printing of receipts and lists: plain lines drawn page by page, on a thread, to a printer or a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.views.common.tokens import FAMILIES

Side = Literal["left", "center", "right"]
POINT = 25.4 / 72  # mm


@dataclass(frozen=True)
class PrintLine:
    """A line of paper: text at left, at right, or in columns; `size` in points; `rule` is a thin line instead."""

    left: str = ""
    right: str = ""
    size: int = 9
    bold: bool = False
    side: Side = "left"
    rule: bool = False
    image: bytes = b""
    image_mm: int = 0


@dataclass(frozen=True)
class Paper:
    """A paper in mm; a receipt has height 0 and grows with its lines."""

    width: int
    height: int
    margin: int


A4 = Paper(210, 297, 15)
RECEIPT_80 = Paper(80, 0, 4)
RECEIPT_58 = Paper(58, 0, 3)


def printers() -> list[str]:
    """Return the names of this machine's printers."""
    return list(QPrinterInfo.availablePrinterNames())


def _font(line: PrintLine, per_mm: float) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(max(1, round(line.size * POINT * per_mm)))
    font.setWeight(QFont.Weight.DemiBold if line.bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _height(line: PrintLine) -> float:
    """Return a line's height in mm."""
    if line.rule:
        return 2.4
    if line.image:
        return line.image_mm + 2
    return line.size * POINT * 1.5


def wrapped(lines: Sequence[PrintLine], paper: Paper) -> list[PrintLine]:
    """Break texts that are too wide for the paper into more lines."""
    per_mm = 10.0
    found: list[PrintLine] = []
    for line in lines:
        if line.rule or line.image:
            found.append(line)
            continue
        metrics = QFontMetricsF(_font(line, per_mm))
        room = (paper.width - 2 * paper.margin) * per_mm - (
            metrics.horizontalAdvance(line.right + "  ") if line.right else 0
        )
        rest, right = line.left, line.right
        while metrics.horizontalAdvance(rest) > room and len(rest) > 1:
            cut = next((n for n in range(len(rest), 1, -1) if metrics.horizontalAdvance(rest[:n]) <= room), 1)
            space = rest.rfind(" ", 1, cut + 1)
            cut = space if space > cut // 2 else cut
            found.append(PrintLine(rest[:cut].rstrip(), "", line.size, line.bold, line.side))
            rest = rest[cut:].lstrip()
        found.append(PrintLine(rest, right, line.size, line.bold, line.side))
    return found


def pages(lines: Sequence[PrintLine], paper: Paper) -> list[list[PrintLine]]:
    """Part lines into pages; a receipt is one page of any length."""
    if paper.height == 0:
        return [list(lines)]
    found: list[list[PrintLine]] = [[]]
    used, room = 0.0, paper.height - 2 * paper.margin
    for line in lines:
        if used + _height(line) > room and found[-1]:
            found.append([])
            used = 0.0
        found[-1].append(line)
        used += _height(line)
    return found


def _size(lines: Sequence[PrintLine], paper: Paper) -> QPageSize:
    height = paper.height or sum(_height(line) for line in lines) + 2 * paper.margin + 6
    return QPageSize(
        QSizeF(paper.width, height), QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch
    )


def _draw(
    painter: QPainter, device: QPdfWriter | QPrinter, parts: Sequence[Sequence[PrintLine]], paper: Paper
) -> None:
    per_mm = device.logicalDpiX() / 25.4
    for number, page in enumerate(parts):
        if number:
            device.newPage()
        y = paper.margin * per_mm
        for line in page:
            high = _height(line) * per_mm
            _draw_line(
                painter,
                line,
                QRectF(paper.margin * per_mm, y, (paper.width - 2 * paper.margin) * per_mm, high),
                per_mm,
            )
            y += high


def _draw_line(painter: QPainter, line: PrintLine, area: QRectF, per_mm: float) -> None:
    if line.rule:
        painter.fillRect(
            QRectF(area.left(), area.center().y(), area.width(), max(1.0, per_mm * 0.2)), Qt.GlobalColor.black
        )
        return
    if line.image:
        image = QImage.fromData(line.image)
        side = line.image_mm * per_mm
        if not image.isNull():
            painter.drawImage(QRectF(area.center().x() - side / 2, area.top(), side, side), image)
        return
    font = _font(line, per_mm)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.black)
    metrics = QFontMetricsF(font, painter.device())
    base = area.center().y() + 0.365 * font.pixelSize()
    width = metrics.horizontalAdvance(line.left)
    start = {"left": area.left(), "center": area.center().x() - width / 2, "right": area.right() - width}[
        line.side
    ]
    painter.drawText(QPointF(start, base), line.left)
    if line.right:
        painter.drawText(QPointF(area.right() - metrics.horizontalAdvance(line.right), base), line.right)


def to_pdf(lines: Sequence[PrintLine], path: Path, paper: Paper = A4) -> int:
    """Write a PDF and return its number of pages; runs on any thread."""
    body = wrapped(lines, paper)
    writer = QPdfWriter(str(path))
    writer.setResolution(300)
    writer.setPageLayout(
        QPageLayout(_size(body, paper), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
    )
    parts = pages(body, paper)
    painter = QPainter()
    if not painter.begin(writer):
        raise ShopError(N_("The file can’t be written. Choose another folder."))
    _draw(painter, writer, parts, paper)
    painter.end()
    return len(parts)


def to_printer(lines: Sequence[PrintLine], printer: str, paper: Paper = A4) -> int:
    """Print on a named printer and return the number of pages; runs on any thread."""
    info = QPrinterInfo.printerInfo(printer)
    if info.isNull():
        raise ShopError(
            N_("The printer “{name}” is not there. Check its cable, or choose another."), name=printer
        )
    body = wrapped(lines, paper)
    device = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    device.setFullPage(True)
    device.setPageLayout(
        QPageLayout(_size(body, paper), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
    )
    painter = QPainter()
    if not painter.begin(device):
        raise ShopError(N_("The printer “{name}” doesn’t answer. Check paper and power."), name=printer)
    parts = pages(body, paper)
    _draw(painter, device, parts, paper)
    painter.end()
    return len(parts)
