"""Spreadsheets and texts as strangers send them: formulas, bombs, mixed encodings; nothing is mangled in silence."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from desktop.basics.errors import Malformed
from desktop.basics.i18n import speaking
from desktop.services import opening
from desktop.services.imports import text_file, xlsx_file
from desktop.services.imports.desk import Desk, bring_in
from desktop.services.imports.report import STOPPED, Halted
from desktop.services.imports.spool import Cell, Spool
from desktop.services.imports.table import read_table
from desktop.services.imports.templates import write_bad_rows, write_template
from desktop.services.imports.xlsx_file import _fill
from desktop.shop.shop import Shop


@pytest.fixture
def opened(sqlite_shop: Shop) -> Shop:
    """A shop without goods."""
    opening.open_shop(sqlite_shop, opening.NewShop("青禾杂货铺", "王掌柜", "wang", "a long password"))
    return sqlite_shop


def sheet(path: Path, *rows: tuple[object, ...], merged: str = "") -> Path:
    """A spreadsheet with these rows."""
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    if merged:
        page.merge_cells(merged)
    book.save(path)
    return path


def cells(path: Path) -> list[list[str]]:
    """The cells below the heading."""
    return [row for _line, row in read_table(path).rows()]


@pytest.mark.req("O12")
def test_a_spreadsheet_reads_as_it_shows(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "g.xlsx", ("商品表", None, None), ("名称", "条码", "售价", "日期", "下单"),
        ("鲜牛奶", 6901000020011, 16.899999999999999, dt.date(2026, 11, 21), dt.datetime(2026, 11, 21, 15, 4)),
        (None, None, None, None, None), ("云片糕", "0690", 22, True, None),
    )  # fmt: skip
    table = read_table(path)
    assert (table.columns, table.count, table.encoding) == (
        ("名称", "条码", "售价", "日期", "下单"),
        2,
        "XLSX",
    )
    assert list(table.rows()) == [
        (3, ["鲜牛奶", "6901000020011", "16.9", "2026-11-21", "2026-11-21 15:04:00"]),
        (5, ["云片糕", "0690", "22", "TRUE", ""]),
    ]


@pytest.mark.req("O12")
def test_formulas_count_by_their_kept_value_and_one_without_is_named(opened: Shop, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "f.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    page.write_row(0, 0, ["名称", "售价"])
    page.write_row(1, 0, ["A"])
    page.write_formula(1, 1, "=10+6.9", None, 16.9)
    book.close()
    assert cells(path) == [["A", "16.9"]]
    bare = sheet(tmp_path / "bare.xlsx", ("名称", "售价"), ("A", "=10+6.9"), ("B", 5))
    with speaking("en"):
        report = bring_in(opened, "goods", [bare])
        assert (report.made, [row.line for row in report.bad]) == (1, [2])
        assert "formula" in report.bad.first(1)[0].reason


@pytest.mark.req("O12")
def test_errors_and_rounded_numbers_are_refused_by_row(opened: Shop, tmp_path: Path) -> None:
    path = sheet(tmp_path / "e.xlsx", ("名称", "条码", "售价"), ("A", 1234567890123456000, 1), ("B", "6.90100002001E+12", 1),
                 ("C", "#N/A", 2), ("D", 123456789012345678, 3), ("E", None, 4))  # fmt: skip
    report = bring_in(opened, "goods", [path])
    assert (report.made, [row.line for row in report.bad]) == (1, [2, 3, 4, 5])
    assert len({row.reason for row in report.bad}) == 3


@pytest.mark.req("O12")
def test_merged_cells_hold_for_all_their_rows(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "m.xlsx",
        ("分类", "名称"),
        ("茶叶", "龙井"),
        (None, "铁观音"),
        ("糕点", "云片糕"),
        merged="A2:A3",
    )
    assert cells(path) == [["茶叶", "龙井"], ["茶叶", "铁观音"], ["糕点", "云片糕"]]


@pytest.mark.req("O12")
def test_pages_of_a_spreadsheet_can_be_chosen(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(("名称", "售价"))
    book.create_sheet("二").append(("会员", "手机号"))
    book.create_sheet("藏").sheet_state = "hidden"
    book.save(tmp_path / "p.xlsx")
    assert read_table(tmp_path / "p.xlsx").sheets == ("Sheet", "二")
    assert read_table(tmp_path / "p.xlsx", sheet="二").columns == ("会员", "手机号")


def _rezip(path: Path, part: str, content: bytes) -> Path:
    with zipfile.ZipFile(path) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return path


@pytest.mark.req("O12")
def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _rezip(sheet(tmp_path / "b.xlsx", ("a", "b")), "xl/media/x.bin", b"\0" * 30_000_000)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_a, **_k: pytest.fail("something was unpacked"))
    with speaking("en"), pytest.raises(Malformed) as caught:
        read_table(path)
    with speaking("en"):
        assert "unpack" in str(caught.value)


@pytest.mark.req("O12")
def test_many_parts_and_great_sizes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sheet(tmp_path / "b.xlsx", ("a", "b"), (1, 2))
    assert cells(path) == [["1", "2"]], "control: the same file is read within the limits"
    for limit, value in (("MOST_PARTS", 2), ("LARGEST", 500)):
        with monkeypatch.context() as small:
            small.setattr(xlsx_file, limit, value)  # the limit, not the check, is made small
            with pytest.raises(Malformed):
                read_table(path)


@pytest.mark.req("O12", "S1")
def test_xml_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    path = _rezip(sheet(tmp_path / "x.xlsx", ("a", "b")), "xl/worksheets/sheet1.xml", bomb.encode())
    with speaking("en"), pytest.raises(Malformed) as caught:
        read_table(path)
    with speaking("en"):
        assert "entities" in str(caught.value)


@pytest.mark.req("O12")
@pytest.mark.parametrize(("content", "says"), [
    (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "XLS"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"), "password"),
    (b"Rar!\x1a\x07", "RAR"),
])  # fmt: skip
def test_what_cannot_be_read_is_named_with_the_next_step(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    with speaking("en"), pytest.raises(Malformed) as caught:
        read_table(path)
    with speaking("en"):
        assert says in str(caught.value)


def test_another_kind_of_zip_is_named(tmp_path: Path) -> None:
    for part, kind in (("content.xml", "ODS"), ("xl/workbook.bin", "XLSB"), ("readme.txt", "ZIP")):
        path = tmp_path / f"{kind}.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(part, "x")
        with speaking("en"), pytest.raises(Malformed) as caught:
            read_table(path)
        with speaking("en"):
            assert kind in str(caught.value)


@pytest.mark.req("O12")
def test_mixed_encodings_are_read_line_by_line_and_broken_lines_refused(opened: Shop, tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    broken = "手工云片糕,22.00\n".encode()
    path.write_bytes(
        "名称,售价\n鲜牛奶,16.90\n".encode() + "柚子蜂蜜茶,36.40\n".encode("gb18030")
        + broken[:4] + b"\xff" + broken[5:] + "每日坚果,39.90\n".encode() + b"\x1a"
    )  # fmt: skip
    report = bring_in(opened, "goods", [path])
    assert (report.made, [row.line for row in report.bad]) == (3, [4])
    assert any("3" in remark for remark in report.remarks), "the line in the other encoding is named"
    assert not any("\ud800" <= char <= "\udfff" for char in "".join(report.bad.first(1)[0].cells))


def test_control_reading_the_broken_line_as_gb18030_would_mangle_it() -> None:
    broken = "手工云片糕,22.00\n".encode()
    broken = broken[:3] + b"\xe5\x81" + broken[6:]
    assert text_file.decode(broken)[1] == ""
    assert "手工云片糕" not in broken.decode("gb18030", "replace")


@pytest.mark.req("O12")
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes("name,price\n鲜牛奶,16.90\n".encode(encoding))
    assert cells(path) == [["鲜牛奶", "16.90"]]


def test_excels_separator_line_quotes_and_titles(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('sep=;\n"名称";"售价"\n"鲜""牛""奶; 大";16,90\n', encoding="utf-8-sig")
    assert cells(path) == [['鲜"牛"奶; 大', "16,90"]]
    path.write_text("十一月商品表,,\n名称,条码,售价\nA,1,2\n", encoding="utf-8")
    assert read_table(path).columns == ("名称", "条码", "售价")


def test_a_quotation_mark_never_closed_is_named(opened: Shop, tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text('name,price\nA,1\n"B,2\n' + "C,3\n" * 60, encoding="utf-8")
    with speaking("en"):
        report = bring_in(opened, "goods", [path])
        assert (report.made, report.bad.first(1)[0].line) == (1, 3)
        assert "never closed" in report.bad.first(1)[0].reason


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("name,price\n" + "A,1\n" * 5_000, encoding="utf-8")
    with pytest.raises(Halted):
        read_table(path, Spool(), told=lambda done, _all: done < 1_000)


@pytest.mark.req("O12")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", ["orders", "goods", "members", "stock", "prices"])
def test_a_template_is_taken_in_as_it_is(
    opened: Shop, tmp_path: Path, kind: str, ending: str, language: str
) -> None:
    path = tmp_path / f"{kind}.{ending}"
    with speaking(language):
        write_template(kind, path)
        report = bring_in(opened, kind, [path], dry=True)
    assert report.rows == 1
    assert report.refused == (1 if kind in ("stock", "prices") else 0), (
        "the example's goods are not in this shop"
    )
    if ending == "xlsx":
        assert len(load_workbook(path).sheetnames) == 2


def test_refused_rows_are_written_with_their_reasons(opened: Shop, tmp_path: Path) -> None:
    from desktop.services.export import Progress

    path = tmp_path / "g.csv"
    path.write_text("name,price\nA,x\n=B,y\n", encoding="utf-8")
    report = bring_in(opened, "goods", [path], dry=True)
    out = tmp_path / "bad.csv"
    assert write_bad_rows(report.spool, out, Progress()) == 2
    text = out.read_text(encoding="utf-8-sig")
    assert "'=B" in text
    assert isinstance(Cell("x", "y"), str)


@pytest.mark.req("O12")
def test_a_check_that_was_stopped_can_be_made_again(opened: Shop, tmp_path: Path) -> None:
    lines = (f"R{i},2026-11-01 10:00,待付款\n" for i in range(600))
    path = tmp_path / "o.csv"
    path.write_text("订单编号,订单创建时间,订单状态\n" + "".join(lines), encoding="utf-8")
    desk = Desk(opened)
    desk.open([path])
    desk.choose("orders")
    assert desk.check(progress=lambda done, _all: done < 300).state == STOPPED
    assert desk.check().made == 600
    desk.close()


@pytest.mark.req("O12")
def test_long_merged_cells_hold_nothing_up(tmp_path: Path) -> None:
    """Each row looks at the cells that reach into it, not at all rows to come."""
    columns, rows = 100, 19_000
    held: dict[int, tuple[int, str]] = {}
    starts = {(2, column): (column, 2, column, rows) for column in range(1, columns + 1)}
    first = [str(column) for column in range(columns)]
    _fill(first, 2, starts, held)
    assert len(held) == columns
    for number in (3, rows):
        cells_of_row: list[str] = []
        _fill(cells_of_row, number, starts, held)
        assert cells_of_row == first
    below: list[str] = []
    _fill(below, rows + 1, starts, held)
    assert (below, held) == ([], {})
