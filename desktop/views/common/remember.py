"""What this machine remembers of a person's habits: columns, sizes, filters, theme. One small JSON file."""

import json
import logging
import os
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
_values: dict[str, Any] = {}
_file: list[Path] = []


def use(path: Path) -> None:
    """Keep habits in this file from now on; an unreadable file starts afresh."""
    _file[:] = [path]
    _values.clear()
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as problem:
        log.warning("habits not read: %s", type(problem).__name__)
        return
    if isinstance(loaded, dict):
        _values.update(loaded)


def get(key: str, default: Any = None) -> Any:
    """Return what was remembered under a key such as "orders/columns"."""
    return _values.get(key, default)


def put(key: str, value: Any) -> None:
    """Remember a JSON value; written at once, whole or not at all."""
    if _values.get(key) == value:
        return
    _values[key] = value
    if not _file:
        return
    path = _file[0]
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(_values, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
        os.replace(fresh, path)
    except OSError as problem:
        log.warning("habits not written: %s", type(problem).__name__)
