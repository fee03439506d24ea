"""The manual says what is there: screens, words, commands and keys, alike in both languages."""

import argparse
import ast
import re
import shlex
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from desktop import cli
from desktop.basics.i18n import speaking
from desktop.views.shell.screens import SCREENS
from tests.architecture.sources import ROOT, expect_nothing, python_files, tree

MANUAL = ROOT / "docs" / "manual"
CATALOGUES = ROOT / "resources" / "locale"
LANGUAGES = ("zh_CN", "en")
BESIDES = (
    "index",
    "first_day",
    "kiosk",
    "phone",
    "messages",
    "terminal",
    "keys",
    "trouble",
    "parcels",
    "pay_accounts",
    "pay_methods",
    "receipts",
    "search",
    "stored_value",
    "currencies",
)
MOST_LINES = 70
MOST_KEYS = 100  # the page that only lists keys
EMPHASIS = {"粗体字", "Bold words"}  # the manual explaining its own bold letters
LINK = re.compile(r"\]\(([^)\s]+)\)")
BUILT_IN = ("common/table_view.py", "shell/palette.py", "common/chart.py")  # in the order of keys.md


def page(code: str, name: str) -> str:
    """One page of the manual."""
    return (MANUAL / code / f"{name}.md").read_text(encoding="utf-8")


def pages(code: str) -> list[str]:
    """The names of a language's pages."""
    return sorted(path.stem for path in (MANUAL / code).glob("*.md"))


def shape(text: str) -> list[str]:
    """What must be alike in every language: headings by level, table rows, steps, list entries, fences."""
    marks = re.findall(r"^(#{1,6}(?= )|\||\d+\.|- |```)", text, re.MULTILINE)
    return [str(mark) for mark in marks]


def bold(text: str) -> set[str]:
    """The words printed bold."""
    return set(re.findall(r"\*\*(.+?)\*\*", text)) - EMPHASIS


@cache
def shown_words(code: str) -> frozenset[str]:
    """Every sentence the program can show in this language."""
    with (CATALOGUES / code / "LC_MESSAGES" / "zhanggui.po").open("rb") as file:
        catalogue = read_po(file)
    found: set[str] = set()
    for message in catalogue:
        for text in (message.id if code == "en" else message.string,):
            found |= {text} if isinstance(text, str) else set(text or ())
    return frozenset(found)


def commands(text: str) -> Iterator[list[str]]:
    """The command lines in the fenced parts of a page, without the program's name."""
    for fence in re.findall(r"```\n(.*?)```", text, re.DOTALL):
        for line in fence.splitlines():
            name, *words = shlex.split(line)
            if name == "zhanggui":
                yield words


def known_commands() -> set[str]:
    """What the parser calls its commands."""
    parts = [a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return set(parts[0].choices)


def registered_keys() -> set[str]:
    """Every key the screens and the frame register."""
    found = {f"G, {entry.letter}" for entry in SCREENS if entry.letter}
    for path in python_files("desktop/views"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "shortcuts.on":
                found |= _texts(node.args[1:2])
            if isinstance(node, ast.FunctionDef) and node.name == "_keys":
                rows = [t for n in ast.walk(node) if isinstance(n, ast.List) for t in n.elts]
                found |= _texts(row.elts[0] for row in rows if isinstance(row, ast.Tuple))
    return found


def _texts(nodes: Iterable[ast.AST]) -> set[str]:
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def written_keys(text: str) -> list[set[str]]:
    """The keys in the first column of each table of keys.md."""
    tables = text.split("\n## ")[1:]
    return [
        {
            key
            for row in re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
            for key in re.findall(r"`(.+?)`", row)
        }
        for part in tables
    ]


def broken_links(path: Path) -> Iterator[str]:
    """Links of a file that lead nowhere in the project."""
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "#")) and not (path.parent / target).exists():
            yield f"{path.name}: {target}"


@pytest.mark.req("R4")
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_screen_and_every_task_has_its_page(code: str) -> None:
    assert pages(code) == sorted([*(entry.key for entry in SCREENS), *BESIDES])


@pytest.mark.req("R4")
@pytest.mark.parametrize("code", LANGUAGES)
def test_f1_finds_the_page_of_each_screen_in_the_language(code: str) -> None:
    from desktop.views.shell.help import manual_page

    with speaking(code):
        found = {entry.key: manual_page(entry.key) for entry in SCREENS}
    assert found == {entry.key: MANUAL / code / f"{entry.key}.md" for entry in SCREENS}


@pytest.mark.req("R3")
@pytest.mark.parametrize("name", [*(entry.key for entry in SCREENS), *BESIDES])
def test_a_page_is_built_alike_in_both_languages_and_stays_short(name: str) -> None:
    chinese, english = page("zh_CN", name), page("en", name)
    assert shape(chinese) == shape(english)
    assert max(len(text.splitlines()) for text in (chinese, english)) <= (
        MOST_KEYS if name == "keys" else MOST_LINES
    )


def test_a_missing_heading_or_row_shows() -> None:
    text = "# A\n\n## B\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    assert shape(text) == ["#", "##", "|", "|", "|"]
    assert shape(text) != shape(text.replace("## B\n", ""))
    assert shape(text) != shape(text.replace("| 1 | 2 |\n", ""))


@pytest.mark.req("R3")
@pytest.mark.parametrize("code", LANGUAGES)
def test_bold_words_are_words_of_the_screens(code: str) -> None:
    shown = shown_words(code)
    expect_nothing(
        f"{name}: {word}" for name in pages(code) for word in sorted(bold(page(code, name)) - shown)
    )


def test_a_word_no_screen_shows_is_found() -> None:
    assert bold("press **Launch rocket** or **Refund**") - shown_words("en") == {"Launch rocket"}
    assert bold("按**发射**或**退款**") - shown_words("zh_CN") == {"发射"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_command_of_the_manual_is_understood(code: str) -> None:
    lines = [words for name in pages(code) for words in commands(page(code, name))]
    assert {words[0] for words in lines} <= known_commands()
    for words in lines:
        assert isinstance(cli.read(words), argparse.Namespace), shlex.join(words)
    named = set(re.findall(r"^\| `zhanggui (\w+)` \|", page(code, "terminal"), re.MULTILINE))
    assert named == known_commands()


def test_a_command_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    (words,) = commands("```\nzhanggui fly --to moon\npython3 dev.py run\n```\n")
    assert cli.read(words) == cli.WRONG
    assert capsys.readouterr().err


@pytest.mark.req("R4")
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_key_is_written_down_and_every_written_key_works(code: str) -> None:
    everywhere, screens, *built_in = written_keys(page(code, "keys"))
    assert everywhere | screens == registered_keys()
    for keys, file in zip(built_in, BUILT_IN, strict=True):
        source = (ROOT / "desktop" / "views" / file).read_text(encoding="utf-8")
        expect_nothing(f"{file}: {key}" for key in keys if not re.search(rf"\bKey_{key}\b", source))


def test_a_key_nobody_registered_shows() -> None:
    (keys,) = written_keys("# Keys\n\n## Everywhere\n\n| Key | Does |\n|---|---|\n| `Ctrl+Q` `N` | quit |\n")
    assert keys - registered_keys() == {"Ctrl+Q"}


def test_links_lead_somewhere() -> None:
    files = [*MANUAL.glob("*/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]
    expect_nothing(line for path in files for line in broken_links(path))


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text(
        "[a](gone.md) [b](there.md) [c](https://example.org) [d](#top)", encoding="utf-8"
    )
    assert list(broken_links(tmp_path / "there.md")) == ["there.md: gone.md"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_pages_shown_in_the_window_hold_no_links_since_it_follows_none(code: str) -> None:
    expect_nothing(
        f"{entry.key}: {link}" for entry in SCREENS for link in LINK.findall(page(code, entry.key))
    )
