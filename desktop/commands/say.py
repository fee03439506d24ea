"""How a command answers: lines for people, one JSON object for machines."""

from __future__ import annotations

import json
import sys
from typing import Any

from desktop.basics.errors import ShopError


class WrongUse(ShopError):
    """The command was asked wrongly."""


class Problem(ShopError):
    """The command ran and found something that is not right."""


def answer(arguments: Any, facts: dict[str, Any], *lines: str) -> None:
    """Print the facts as JSON or the lines for people."""
    if arguments.json:
        print(json.dumps(facts, ensure_ascii=False, default=str))
    else:
        for line in lines:
            print(line)


def progress(arguments: Any, line: str) -> None:
    """Say how far it is, on stderr and only to people."""
    if not arguments.json and sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def failed(error: ShopError, *, json_wanted: bool, code: int) -> int:
    """Say one sentence and give back the exit code."""
    if json_wanted:
        print(json.dumps({"ok": False, "error": str(error)}, ensure_ascii=False))
    else:
        print(str(error), file=sys.stderr)
    return code
