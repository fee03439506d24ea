"""Reading tables: encodings found, other kinds of file and broken bytes refused with words."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from desktop.basics.errors import Malformed
from desktop.services.imports.table import read_table

HEADS = "商品名称,条码,售价\n"
ROW = "鲜牛奶,6901000020011 ,16.90\n"


@pytest.mark.req("O12")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "goods.csv"
    path.write_bytes((HEADS + ROW).encode(encoding))
    table = read_table(path)
    assert table.columns == ("商品名称", "条码", "售价")
    assert [cells[0] for _line, cells in table.rows()] == ["鲜牛奶"]


def test_control_one_fixed_encoding_would_fail() -> None:
    with pytest.raises(UnicodeDecodeError):
        (HEADS + ROW).encode("gb18030").decode("utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "goods.txt"
    path.write_text((HEADS + ROW).replace(",", delimiter), encoding="utf-8")
    assert len(read_table(path).columns) == 3


def test_gzip_is_unpacked_and_line_breaks_in_cells_keep_the_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b'a,b\n1,"two\nlines"\n\n3,4\n'))
    assert [line for line, _cells in read_table(path).rows()] == [2, 5]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04rest", "damaged spreadsheet"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "PNG"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"a,b\n1,\x00\n", "text"),
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\x1f\x8bnot gzip", "gzip"),
        (",".join(f"c{i}" for i in range(300)).encode(), "300"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    from desktop.basics.i18n import speaking

    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with speaking("en"), pytest.raises(Malformed) as caught:
        read_table(path)
    with speaking("en"):
        assert says.lower() in str(caught.value).lower()


def test_a_folder_or_a_missing_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.csv"):
        with pytest.raises(Malformed):
            read_table(path)


def test_a_gzip_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.services.imports import text_file

    monkeypatch.setattr(text_file, "LARGEST", 100_000)  # the limit, not the check, is made small
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000))
    assert os.path.getsize(path) < 20_000
    with pytest.raises(Malformed):
        read_table(path)
