"""Every verb and question of the program, and a door to try them at."""

from __future__ import annotations

import ast
import csv
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desktop.basics.errors import NotAllowed
from desktop.models.people import ROLES
from desktop.shop import actors
from desktop.shop.action import ACTIONS, QUESTIONS, Action, Question
from desktop.shop.actors import Actor
from desktop.shop.shop import Shop

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("permissions.csv")
ROLE_KEYS = tuple(ROLES)
HEAD = ("kind", "name", "permission", *ROLE_KEYS)
DEVICES: dict[str, Actor] = {
    "guest": actors.guest(),
    "kiosk": actors.kiosk(2),
    "member": actors.member(1),
    "clock": actors.clock(),
}
Deed = Action[Any, Any] | Question[Any, Any]


def load() -> None:
    """Import every room that may hold a verb or a question."""
    for room in ("services", "rules", "queries", "portal"):
        package = importlib.import_module(f"desktop.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def deeds() -> dict[str, Deed]:
    """All of the program's own by name; what tests declare for themselves is left out."""
    load()
    every: dict[str, Deed] = {**ACTIONS, **QUESTIONS}
    return {name: deed for name, deed in sorted(every.items()) if deed.run.__module__.startswith("desktop.")}


def declared() -> Iterator[tuple[str, str]]:
    """Module and function of everything decorated in the source, whoever imports it."""
    for path in sorted((ROOT / "desktop").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(_marks(d) for d in node.decorator_list):
                parts = path.relative_to(ROOT).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), node.name


def _marks(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Name) and called.id in ("action", "question")


def rows() -> dict[str, dict[str, str]]:
    """The table: name to its row."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def line_for(name: str, deed: Deed) -> dict[str, str]:
    """The row the shipped roles would give; for a person to read before it goes into the table."""
    kind = "action" if isinstance(deed, Action) else "personal" if deed.personal else "question"
    allowed = {key: "yes" if deed.permission in rights else "no" for key, (_, rights) in ROLES.items()}
    return {"kind": kind, "name": name, "permission": str(deed.permission), **allowed}


def lets_in(shop: Shop, actor: Actor, deed: Deed) -> bool:
    """Whether the door lets this actor in: it is really tried, without arguments."""
    door = shop.acting_as(actor)
    try:
        if isinstance(deed, Action):
            door.do(deed)
        else:
            door.ask(deed)
    except NotAllowed:
        return False
    except TypeError as missing:  # let in, and then the verb missed its arguments
        if "argument" not in str(missing):
            raise
    return True


if __name__ == "__main__":
    known = rows() if TABLE.exists() else {}
    every = deeds()
    writer = csv.DictWriter(sys.stdout, HEAD)
    for missing in sorted(set(every) - set(known)):
        writer.writerow(line_for(missing, every[missing]))
    for gone in sorted(set(known) - set(every)):
        print(f"# no longer there: {gone}")
