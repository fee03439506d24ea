"""Ctrl K: orders, goods, members, screens and verbs by a few letters, with the keyboard alone."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktop.views.shell.palette import Palette
from tests.helpers.desk import Desk


@pytest.fixture
def palette(desk: Desk, sample_file: str) -> Palette:
    """The palette, opened by its key."""
    program = desk.open(sample_file)
    workspace = desk.sign_in(program)
    desk.quiet(program)
    desk.qtbot.keyClick(program.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    box: Palette = workspace.palette_box
    assert not box.closed
    desk.until(lambda: box._sounds_known)
    return box


def typed(desk: Desk, palette: Palette, text: str) -> list[tuple[str, str]]:
    palette.entry.clear()
    if text.isascii():
        desk.qtbot.keyClicks(palette.entry, text)
    else:
        palette.entry.insert(text)  # what an input method does
    desk.until(lambda: not palette._waiting)
    return [(hit.group, hit.title) for hit in palette.list.hits]


@pytest.mark.req("R4", "P1")
@pytest.mark.parametrize(
    "text, group, part",
    [
        ("林晓梅", "会员", "林晓梅"),
        ("lxm", "会员", "林晓梅"),
        ("linxiaomei", "会员", "林晓梅"),
        ("6621", "会员", "林晓梅"),
        ("M-000318", "会员", "林晓梅"),
        ("1121-0096", "订单", "1121-0096"),
        ("0096", "订单", "1121-0096"),
        ("龙井", "商品", "明前龙井"),
        ("mqlj", "商品", "明前龙井"),
        ("dd", "操作", "订单"),
        ("shezhi", "操作", "设置"),
    ],
)
def test_a_few_letters_find_it(desk: Desk, palette: Palette, text: str, group: str, part: str) -> None:
    found = typed(desk, palette, text)
    assert any(g == group and part in title for g, title in found), found


@pytest.mark.req("R4")
@pytest.mark.parametrize("prefix, group", [(">", "操作"), ("#", "订单"), ("@", "会员")])
def test_a_prefix_keeps_one_group(desk: Desk, palette: Palette, prefix: str, group: str) -> None:
    found = typed(desk, palette, prefix + ("dd" if prefix == ">" else "林"))
    assert found
    assert {g for g, _title in found} == {group}


@pytest.mark.req("R4")
def test_the_matched_part_is_marked(desk: Desk, palette: Palette) -> None:
    typed(desk, palette, "mqlj")
    hit = next(hit for hit in palette.list.hits if "龙井" in hit.title)
    assert hit.span is not None
    assert hit.title[slice(*hit.span)] == "明前龙井"


@pytest.mark.req("R4")
def test_enter_opens_what_the_arrows_chose(desk: Desk, palette: Palette) -> None:
    typed(desk, palette, ">打开")
    desk.qtbot.keyClick(palette.entry, Qt.Key.Key_Down)
    chosen = palette.list.current()
    desk.qtbot.keyClick(palette.entry, Qt.Key.Key_Up)
    desk.qtbot.keyClick(palette.entry, Qt.Key.Key_Down)
    assert palette.list.current() is chosen
    typed(desk, palette, ">会员")
    desk.qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    assert palette.closed
    assert desk.programs[0].workspace is not None
    assert desk.programs[0].workspace.key == "members"
    desk.quiet(desk.programs[0])


@pytest.mark.req("R4")
def test_enter_before_the_answer_waits_for_it(desk: Desk, palette: Palette) -> None:
    gone: list[Any] = []
    palette._context.navigate = lambda key, item_id=None, **filters: gone.append((key, item_id))  # type: ignore[assignment]
    palette.entry.setText("@林晓梅")
    desk.qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    desk.until(lambda: gone)
    assert gone[0][0] == "members"


def test_escape_gives_the_keyboard_back(desk: Desk, palette: Palette) -> None:
    desk.qtbot.keyClick(palette.entry, Qt.Key.Key_Escape)
    assert palette.closed
    assert not palette.isVisible()


def test_nothing_found_is_said_and_scripts_stay_text(desk: Desk, palette: Palette) -> None:
    assert typed(desk, palette, "<b>%_'\"") == []
    assert palette._nothing.isVisible()
    assert "<b>%_" in palette._nothing.text()
