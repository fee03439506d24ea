"""Papers as PDF without a screen: a head, facts, one table over as many pages as it takes. Text stays text."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktop.basics.paths import resources

MARGIN, WIDTH = 15, 180  # mm of an A4 page
GRAY = 110


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its share of the width, and whether it holds numbers."""

    title: str
    share: int
    number: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper: who writes it, what it is, facts in pairs, a table, sums, and closing words."""

    sender: Sequence[str]
    title: str
    number: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    sums: Sequence[tuple[str, str]] = ()
    closing: Sequence[str] = ()
    page_words: str = "{page} / {pages}"  # at the foot


def write_sheet(sheet: Sheet) -> bytes:
    """The paper as a PDF file."""
    page = _blank(sheet)
    page.add_page()
    _head(page, sheet)
    _table(page, sheet)
    _foot(page, sheet)
    return bytes(page.output())


def _blank(sheet: Sheet) -> Any:
    from fpdf import FPDF  # a second of imports, only where a paper is made

    for name in ("fontTools", "fpdf"):  # they tell every step of cutting letters out of a font
        logging.getLogger(name).setLevel(logging.ERROR)

    class _Paper(FPDF):  # type: ignore[misc, unused-ignore]
        def footer(self) -> None:
            """Number and page at the foot of every page."""
            self.set_y(-12)
            self.set_font("text", size=8)
            self.set_text_color(GRAY)
            words = sheet.page_words.format(page=self.page_no(), pages="{nb}")
            self.cell(WIDTH / 2, 5, sheet.number)
            self.cell(WIDTH / 2, 5, words, align="R")
            self.set_text_color(0)

    paper = _Paper(format="A4")
    paper.set_margins(MARGIN, MARGIN, MARGIN)
    paper.set_auto_page_break(True, 18)
    fonts = resources() / "fonts"
    paper.add_font("text", "", str(fonts / "NotoSansSC-Regular.ttf"))
    paper.add_font("text", "B", str(fonts / "NotoSansSC-SemiBold.ttf"))
    paper.set_title(f"{sheet.title} {sheet.number}")
    return paper


def _head(paper: Any, sheet: Sheet) -> None:
    paper.set_font("text", "B", 12)
    for place, line in enumerate(sheet.sender):
        paper.cell(WIDTH, 6, line, new_x="LMARGIN", new_y="NEXT")
        if not place:
            paper.set_font("text", size=9)
            paper.set_text_color(GRAY)
    paper.set_text_color(0)
    paper.ln(4)
    paper.set_font("text", "B", 18)
    paper.cell(WIDTH * 0.6, 10, sheet.title)
    paper.set_font("text", "B", 11)
    paper.cell(WIDTH * 0.4, 10, sheet.number, align="R", new_x="LMARGIN", new_y="NEXT")
    paper.ln(2)
    for word, value in sheet.facts:
        paper.set_font("text", size=9)
        paper.set_text_color(GRAY)
        paper.cell(34, 5.5, word)
        paper.set_text_color(0)
        paper.multi_cell(WIDTH - 34, 5.5, value, new_x="LMARGIN", new_y="NEXT")
    paper.ln(4)


def _table(paper: Any, sheet: Sheet) -> None:
    from fpdf.enums import TableBordersLayout
    from fpdf.fonts import FontFace

    paper.set_font("text", size=9)
    paper.set_draw_color(200)
    paper.set_line_width(0.1)
    aligns = tuple("RIGHT" if column.number else "LEFT" for column in sheet.columns)
    with paper.table(
        width=WIDTH, col_widths=tuple(column.share for column in sheet.columns), text_align=aligns,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES, line_height=5.5, padding=(0.8, 1),
        headings_style=FontFace(emphasis="BOLD", fill_color=(238, 238, 234)),
    ) as table:  # fmt: skip
        table.row([column.title for column in sheet.columns])
        for cells in sheet.rows:
            table.row(list(cells))


def _foot(paper: Any, sheet: Sheet) -> None:
    paper.ln(4)
    for place, (word, value) in enumerate(sheet.sums):
        last = place == len(sheet.sums) - 1
        paper.set_font("text", "B" if last else "", 12 if last else 9)
        paper.cell(WIDTH * 0.75, 7, word, align="R")
        paper.cell(WIDTH * 0.25, 7, value, align="R", new_x="LMARGIN", new_y="NEXT")
    paper.ln(4)
    paper.set_font("text", size=9)
    for line in sheet.closing:
        paper.multi_cell(WIDTH, 5.5, line, new_x="LMARGIN", new_y="NEXT")
