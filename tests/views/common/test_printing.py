"""Papers with tables: columns wrap, heads stand on every page, each paper of a batch is numbered by itself."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop.views.common.printing import A4, PrintLine, _numbers, pages, wrapped

HEAD = PrintLine(cells=("Goods", "Quantity"), shares=(80, 20), sides="lr", head=True)


def row(text: str, **more: object) -> PrintLine:
    return PrintLine(cells=(text, "1"), shares=(80, 20), sides="lr", **more)  # type: ignore[arg-type]


@pytest.mark.req("O14")
def test_a_long_cell_takes_more_lines_and_loses_nothing(qtbot: QtBot) -> None:
    text = "一二三四五六七八九十" * 12
    found = wrapped([row(text)], A4)
    assert len(found) > 1
    assert "".join(line.cells[0] for line in found) == text
    assert [line.cells[1] for line in found] == ["1"] + [""] * (len(found) - 1)


@pytest.mark.req("O14")
def test_the_head_of_a_table_stands_on_every_page(qtbot: QtBot) -> None:
    lines = [PrintLine("Title"), HEAD, *(row(f"goods {n}") for n in range(150))]
    found = pages(wrapped(lines, A4), A4)
    assert len(found) > 2
    assert all(page[0] == HEAD for page in found[1:])
    assert (
        sum(line.cells[:1] == (f"goods {n}",) for page in found for line in page for n in range(150)) == 150
    )
    assert _numbers(found) == [f"{n + 1} / {len(found)}" for n in range(len(found))]


@pytest.mark.req("O14")
def test_papers_of_a_batch_begin_on_their_own_sheet(qtbot: QtBot) -> None:
    one = [PrintLine("Title", fresh=True), HEAD, row("a")]
    long = [PrintLine("Title", fresh=True), HEAD, *(row(str(n)) for n in range(80))]
    found = pages(wrapped([*one, *long, *one], A4), A4)
    assert [page[0].fresh for page in found] == [True, True, False, True]
    assert _numbers(found) == ["", "1 / 2", "2 / 2", ""]
