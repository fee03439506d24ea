"""The rules of the rooms that import-linter cannot see, and a proof that import-linter sees the others."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import (
    ROOT,
    expect_nothing,
    imports,
    name_of,
    python_files,
    tracked,
    tree,
    where,
)

LONGEST_FILE, LONGEST_FUNCTION = 400, 40
FRAME = {"common", "shell"}  # what every screen may use, and the frame that opens the screens
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3,4}){1,2}\b|\brgba?\(")
TOKENS = ROOT / "desktop/views/common/tokens.py"
PAPER = ROOT / "desktop/views/common/printing.py"  # ink is black in both themes
MANUAL = ROOT / "desktop/views/shell/help.py"  # shows our own pages, which hold headings and links
RICH = {"setHtml", "insertHtml", "appendHtml", "setMarkdown", "setOpenExternalLinks", "setOpenLinks"}
IMPORT_NAMES = {  # where the package is not called as it is imported
    "APScheduler": "apscheduler",
    "PySide6-Essentials": "PySide6",
    "SQLAlchemy": "sqlalchemy",
    "Pillow": "PIL",
    "argon2-cffi": "argon2",
    "fpdf2": "fpdf",
    "python-barcode": "barcode",
    "python-escpos": "escpos",
}
OPENERS = {"create_engine", "create_async_engine"}


def long_functions(module: ast.Module) -> Iterator[tuple[ast.AST, int]]:
    """Functions of more lines than one idea needs."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node, length


def colours(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Colours written where a token belongs."""
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and COLOUR.search(node.value):
            yield node, node.value
        elif isinstance(node, ast.Attribute) and ast.unparse(node).startswith("Qt.GlobalColor."):
            yield from [(node, node.attr)] if node.attr != "transparent" else []
        elif isinstance(node, ast.Call) and name_of(node) in ("QColor", "fromRgb", "qRgb") and _fixed(node):
            yield node, ast.unparse(node)


def _fixed(call: ast.Call) -> bool:
    values = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    return bool(values) and values != [0, 0, 0, 0]  # transparent is no colour


def neighbours(module: ast.Module, folder: str) -> Iterator[tuple[ast.AST, str]]:
    """Imports of another screen's folder."""
    for name, node in imports(module):
        parts = name.split(".")
        if parts[:2] == ["desktop", "views"] and len(parts) > 2 and parts[2] not in {folder, *FRAME}:
            yield node, name


def calls(module: ast.Module, names: set[str]) -> Iterator[ast.Call]:
    """Calls of any of these names."""
    return (node for node in ast.walk(module) if isinstance(node, ast.Call) and name_of(node) in names)


def test_files_stay_short() -> None:
    files = [*python_files("desktop"), *python_files("tests"), ROOT / "dev.py"]
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in files}
    found = [f"{p.relative_to(ROOT)}: {n} lines" for p, n in lengths.items() if n > LONGEST_FILE]
    expect_nothing(found)


def test_functions_stay_short() -> None:
    files = [*python_files("desktop"), ROOT / "dev.py"]
    found = [f"{where(p, node)} {n} lines" for p in files for node, n in long_functions(tree(p))]
    expect_nothing(found)


def test_colours_live_in_the_tokens() -> None:
    files = [p for p in python_files("desktop/views") if p not in (TOKENS, PAPER)]
    found = [f"{where(p, node)} {text!r}" for p in files for node, text in colours(tree(p))]
    expect_nothing(found)


def test_screens_do_not_know_each_other() -> None:
    views = ROOT / "desktop/views"
    files = [(p, p.relative_to(views).parts[0]) for p in python_files("desktop/views") if p.parent != views]
    files = [(p, folder) for p, folder in files if folder != "shell"]
    found = [f"{where(p, node)} {name}" for p, folder in files for node, name in neighbours(tree(p), folder)]
    expect_nothing(found)


def test_text_is_never_markup() -> None:
    files = [p for p in python_files("desktop/views") if p != MANUAL]
    found = [where(p, call) for p in files for call in calls(tree(p), RICH)]
    found += [
        where(p, node)
        for p in files
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Attribute) and node.attr in ("RichText", "MarkdownText")
    ]
    expect_nothing(found)


def test_one_place_makes_engines() -> None:
    files = [p for p in python_files("desktop") if p != ROOT / "desktop/storage/engine.py"]
    assert not [where(p, call) for p in files for call in calls(tree(p), OPENERS)]
    assert list(calls(tree(ROOT / "desktop/storage/engine.py"), OPENERS)), "the engine factory has moved"


def test_every_room_stands_in_the_direction() -> None:
    config = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rooms = {p.relative_to(ROOT / "desktop").parts[0].removesuffix(".py") for p in python_files("desktop")}
    silent = [room for room in rooms - {"__init__"} if not re.search(rf"[\" (]{room}[\") ]", config)]
    assert not silent


@pytest.mark.parametrize(
    "check, bad, good",
    [
        (long_functions, "def f():\n" + "    x = 1\n" * 40, "def f():\n" + "    x = 1\n" * 39),
        (colours, "x = 'color: #FF0000'", "x = '#3 in the queue'"),
        (colours, "p.setPen(Qt.GlobalColor.red)", "p.setPen(Qt.GlobalColor.transparent)"),
        (colours, "QColor(12, 0, 0)", "QColor(theme.color('text')), QColor(0, 0, 0, 0)"),
        (
            lambda m: neighbours(m, "orders"),
            "from desktop.views.members import x",
            "from desktop.views.common import x",
        ),
        (
            lambda m: neighbours(m, "orders"),
            "from desktop.views import members",
            "import desktop.views.orders.table",
        ),
        (lambda m: calls(m, OPENERS), "sqlalchemy.create_engine('x')", "open_storage('x')"),
    ],
)
def test_control_each_rule_can_fail(check, bad: str, good: str) -> None:
    assert list(check(ast.parse(bad)))
    assert not list(check(ast.parse(good)))


def test_imports_flow_downhill() -> None:
    done = _lint_imports(ROOT)
    expect_nothing([] if done.returncode == 0 else [done.stdout])


@pytest.mark.parametrize(
    "room, line, contract",
    [
        ("basics", "import desktop.models.base", "Everything flows downhill"),
        ("services", "import PySide6.QtCore", "Qt lives in views and app"),
        ("views", "import sqlalchemy", "The fronts reach the database through the door only"),
        ("views", "import starlette", "The web server lives in the portal"),
        ("services", "import keyring", "The keyring is opened by gateways"),
    ],
)
def test_control_a_breach_of_the_contracts_is_found(
    tmp_path: Path, room: str, line: str, contract: str
) -> None:
    shutil.copytree(ROOT / "desktop", tmp_path / "desktop", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "desktop" / room / "breach.py").write_text(line + "\n")
    done = _lint_imports(tmp_path)
    assert done.returncode == 1
    assert re.search(rf"^{re.escape(contract)} BROKEN", done.stdout, re.MULTILINE)


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    env = os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_no_file_names_this_machine_or_an_index() -> None:
    machine = re.compile(
        "|".join([r"(?<![\w.])/(?:work|root|home/\w+)/", r"pypi\.[o]rg", r"python[h]osted", r"npmjs\.[c]om"])
    )
    kinds = {
        ".py",
        ".toml",
        ".lock",
        ".md",
        ".json",
        ".html",
        ".css",
        ".js",
        ".po",
        ".txt",
        ".csv",
        ".sh",
        "",
    }
    found = []
    for path in (p for p in tracked() if p.suffix in kinds and p.stat().st_size < 2_000_000):
        hit = machine.search(path.read_text(encoding="utf-8", errors="ignore"))
        if hit:
            found.append(f"{path.relative_to(ROOT)}: {hit[0]}")
    expect_nothing(found)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.findall(r"^[a-zA-Z0-9].*(?:\\\n.*)*", re.sub(r"\\\n\s*", " ", text), re.MULTILINE)
    assert packages
    assert all("==" in package and "--hash=sha256:" in package for package in packages)
    assert "://" not in text


def test_every_dependency_is_imported() -> None:
    """What nothing imports is not asked of the shop's machine."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[<>=,;]", text)[0].strip() for text in project["dependencies"]}
    imported = {name.split(".")[0] for p in python_files("desktop") for name, _ in imports(tree(p))}
    # reached by name: SQLAlchemy's driver, zoneinfo's data on Windows, the printer library's ways to USB and queue
    silent = {"psycopg", "tzdata", "pyusb", "pywin32"}
    expect_nothing(sorted(name for name in wanted - silent if IMPORT_NAMES.get(name, name) not in imported))
