"""Printing of receipts and lists: plain lines drawn page by page, on a thread, to a printer or a PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
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
GAP = 2  # mm between columns
INK, BLANK = Qt.GlobalColor.black, Qt.GlobalColor.white  # paper knows no theme


@dataclass(frozen=True)
class PrintLine:
    """A line of paper: text at left and at right, `cells` in columns, a thin `rule` or an `image`; `size` in points.

    `shares` say how the width is parted among the cells, `sides` where each one's text stands (`l`, `c`, `r`).
    A `head` stands again on top of every page its table goes on to; `fresh` begins a new sheet of paper.
    """

    left: str = ""
    right: str = ""
    size: int = 9
    bold: bool = False
    side: Side = "left"
    rule: bool = False
    image: bytes = b""
    image_mm: int = 0
    cells: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()
    sides: str = ""
    head: bool = False
    fresh: bool = False


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
        if line.cells:
            found += _wrapped_cells(line, (paper.width - 2 * paper.margin) * per_mm, per_mm)
            continue
        metrics = QFontMetricsF(_font(line, per_mm))
        room = (paper.width - 2 * paper.margin) * per_mm - (
            metrics.horizontalAdvance(line.right + "  ") if line.right else 0
        )
        *before, last = _pieces(metrics, line.left, room)
        for n, piece in enumerate(before):
            found.append(replace(line, left=piece, right="", fresh=line.fresh and not n))
        found.append(replace(line, left=last, fresh=line.fresh and not before))
    return found


def _wrapped_cells(line: PrintLine, room: float, per_mm: float) -> list[PrintLine]:
    """The row in as many lines as its longest cell needs."""
    metrics = QFontMetricsF(_font(line, per_mm))
    columns = [
        list(_pieces(metrics, text, width - GAP * per_mm))
        for text, width in zip(line.cells, _widths(line, room), strict=True)
    ]
    rows = zip_longest(*columns, fillvalue="")
    return [replace(line, cells=tuple(row), fresh=line.fresh and not n) for n, row in enumerate(rows)]


def _pieces(metrics: QFontMetricsF, text: str, room: float) -> Iterator[str]:
    """The text in pieces no wider than the room, broken at spaces where there are some."""
    while metrics.horizontalAdvance(text) > room and len(text) > 1:
        cut = next((n for n in range(len(text), 1, -1) if metrics.horizontalAdvance(text[:n]) <= room), 1)
        space = text.rfind(" ", 1, cut + 1)
        cut = space if space > cut // 2 else cut
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    yield text


def _widths(line: PrintLine, room: float) -> list[float]:
    shares = line.shares or (1,) * len(line.cells)
    return [room * share / sum(shares) for share in shares]


def pages(lines: Sequence[PrintLine], paper: Paper) -> list[list[PrintLine]]:
    """Part lines into pages; a receipt is one page of any length."""
    if paper.height == 0:
        return [list(lines)]
    found: list[list[PrintLine]] = [[]]
    used, room, head = 0.0, paper.height - 2 * paper.margin, list[PrintLine]()
    for line in lines:
        full = used + _height(line) > room
        if found[-1] and (full or line.fresh):
            found.append([] if line.fresh or not line.cells else list(head))
            used = sum(_height(each) for each in found[-1])
        if line.head:
            head = [*head, line] if found[-1] and found[-1][-1] in head else [line]
        found[-1].append(line)
        used += _height(line)
    return found


def _numbers(parts: Sequence[Sequence[PrintLine]]) -> list[str]:
    """The foot of each page: its number within its own paper, nothing where that is a single page."""
    papers: list[int] = []
    for page in parts:
        if not papers or (page and page[0].fresh):
            papers.append(0)
        papers[-1] += 1
    return [f"{n + 1} / {count}" if count > 1 else "" for count in papers for n in range(count)]


def _size(lines: Sequence[PrintLine], paper: Paper) -> QPageSize:
    height = paper.height or sum(_height(line) for line in lines) + 2 * paper.margin + 6
    return QPageSize(
        QSizeF(paper.width, height), QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch
    )


def _draw(
    painter: QPainter, device: QPdfWriter | QPrinter, parts: Sequence[Sequence[PrintLine]], paper: Paper
) -> None:
    per_mm = device.logicalDpiX() / 25.4
    foots = _numbers(parts)
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
        if foots[number]:
            foot = PrintLine(foots[number], size=8, side="center")
            edge = QRectF(0, (paper.height - paper.margin * 0.7) * per_mm, paper.width * per_mm, 4 * per_mm)
            _draw_line(painter, foot, edge, per_mm)


def _draw_cells(painter: QPainter, line: PrintLine, area: QRectF, base: float, per_mm: float) -> None:
    metrics, left = QFontMetricsF(painter.font(), painter.device()), area.left()
    for n, (text, width) in enumerate(zip(line.cells, _widths(line, area.width()), strict=True)):
        spare = max(0.0, width - GAP * per_mm - metrics.horizontalAdvance(text))
        shift = {"l": 0.0, "c": spare / 2, "r": spare + GAP * per_mm}[
            (line.sides or "l" * len(line.cells))[n]
        ]
        painter.drawText(QPointF(left + shift, base), text)
        left += width


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
    if line.cells:
        _draw_cells(painter, line, area, base, per_mm)
        return
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
