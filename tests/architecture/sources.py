"""The project's own files, as the architecture tests read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNTRACKED = (".venv", ".git", ".dev", "tour", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, also those not added yet, without what is ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        found = [ROOT / name for name in done.stdout.split("\0") if name]
    else:  # unpacked from an archive
        found = [
            p for p in ROOT.rglob("*") if not any(part in UNTRACKED for part in p.relative_to(ROOT).parts)
        ]
    return tuple(sorted(path for path in found if path.is_file()))


def python_files(folder: str) -> list[Path]:
    """The Python files below a folder of the project; generated migrations are not handwork and left out."""
    below = [p for p in tracked() if p.suffix == ".py" and p.is_relative_to(ROOT / folder)]
    return [p for p in below if "migrations/versions" not in p.as_posix()]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def where(path: Path, node: ast.AST) -> str:
    """A place a person can click on."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def name_of(call: ast.Call) -> str:
    """The last part of what is called: `setText` of `self.title.setText(…)`."""
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def imports(module: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every absolute name a file imports, also inside functions."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def expect_nothing(found: Iterable[str]) -> None:
    """Fail with one line for each thing found, and no more."""
    lines = list(found)
    if lines:
        pytest.fail(f"{len(lines)} found:\n" + "\n".join(lines), pytrace=False)
