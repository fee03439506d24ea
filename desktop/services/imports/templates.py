"""Empty tables to fill in, and the list of refused rows to put right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from desktop.basics.i18n import _, language
from desktop.services.export import Progress, write_table
from desktop.services.imports.desk import ONE_TABLE, WORDS
from desktop.services.imports.fields import LINES, Field, TableKind, field_word
from desktop.services.imports.spool import Spool

EXAMPLES = {
    "name": "明前龙井", "barcode": "6901000020011", "code": "ZH-1003", "price": "128.00", "cost": "76.00", "unit": "罐",
    "stock": "24", "category": "茶叶", "pack": "100 g", "origin": "杭州", "note": "", "ref": "A-1001", "goods": "ZH-1003",
    "qty": "2", "freight": "8.00", "placed": "2026-11-21 15:04", "shop": "", "customer": "C-17", "phone": "13800000000",
    "gender": "女", "birthday": "1990-12-03", "tier": "", "points": "1200", "email": "", "person": "VIP-17",
    "counted": "24", "location": "", "list": "retail", "supplier": "江南茶庄", "contact": "周敏",
    "address": "杭州市西湖区", "terms": "月结 30 天", "lead_days": "3", "order_days": "1, 3, 5", "cut_off": "16:00",
    "least": "500.00", "from_packs": "", "their_code": "LJ-100", "preferred": "",
}  # fmt: skip
OF_KIND = {
    ("suppliers", "name"): "江南茶庄", ("suppliers", "code"): "S001", ("supplier-prices", "price"): "912.00",
    ("supplier-prices", "pack"): "12",
}  # fmt: skip


def example_of(kind: str, key: str) -> str:
    """What the example row says in this field."""
    return OF_KIND.get((kind, key), EXAMPLES.get(key, ""))


def heading(field: Field) -> str:
    """A heading of this field that is recognised again, in the language of the reader."""
    chinese = language().startswith("zh")
    return next((name for name in field.names if name.isascii() != chinese), field.names[0])


def table_of(kind: str) -> TableKind:
    """The one table a kind can be filled in with; orders as their lines."""
    return ONE_TABLE.get(kind, LINES)


def write_template(kind: str, path: Path) -> None:
    """Write an empty table: as CSV its heading and an example, as XLSX with a page that explains the columns."""
    fields = [field for field in table_of(kind).fields if field.key != "category" or kind == "goods"]
    headings = [heading(field) for field in fields]
    example = [example_of(kind, field.key) for field in fields]
    if path.suffix.lower() != ".xlsx":
        write_table(path, headings, [example], Progress())
        return
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    bold, text = book.add_format({"bold": True, "bg_color": "#E4F1EE"}), book.add_format({"num_format": "@"})
    page = book.add_worksheet(_(WORDS[kind])[:31])
    page.freeze_panes(1, 0)
    page.set_column(0, len(headings) - 1, 18, text)  # as text: no barcode loses its digits
    page.write_row(0, 0, headings, bold)
    for column, value in enumerate(example):
        page.write_string(1, column, value, text)
    _explain(book.add_worksheet(_("How to fill it in")[:31]), table_of(kind), fields, bold)
    book.close()


def _explain(page: Any, kind: TableKind, fields: list[Field], bold: Any) -> None:
    page.set_column(0, 0, 22)
    page.set_column(1, 3, 34)
    page.write_row(0, 0, [_("Column"), _("What it holds"), _("Needed?"), _("Example")], bold)
    for number, field in enumerate(fields, start=1):
        needed = _("Always") if field.required else _("If you have it")
        cells = [heading(field), field_word(kind, field.key), needed, example_of(kind.key, field.key)]
        for column, value in enumerate(cells):
            page.write_string(number, column, value)
    said = (
        _("Delete the example row before you import. Columns may be in any order; others are left out."),
        _("Dates look like 2026-11-21 15:04, amounts like 128.00. Importing a file twice doubles nothing."),
    )
    for number, sentence in enumerate(said, start=len(fields) + 2):
        page.write_string(number, 0, sentence)


def write_bad_rows(spool: Spool, path: Path, progress: Progress) -> int:
    """Write every refused row with its reason and its cells; how many they are."""
    width = max((len(row.cells) for _id, row in spool.bad(most=1_000)), default=0)
    headings = [_("File"), _("Row"), _("Why it was refused"), *(f"{i + 1}" for i in range(width))]
    return write_table(path, headings, _bad(spool), progress)


def _bad(spool: Spool) -> Iterator[list[Any]]:
    for _id, row in spool.bad():
        yield [row.file, row.line, row.reason, *row.cells]
