"""Settings of this machine, such as database, language, printer: a JSON file in the user's data folder."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from desktop.basics.paths import data_folder


class Machine:
    """What this machine remembers; a damaged file counts as empty, a failed write changes nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or data_folder() / "machine.json"
        self._lock = threading.Lock()
        self._kept = self._read()

    def get(self, key: str, default: Any = None) -> Any:
        """A remembered value, or the default when it is missing or of another kind."""
        value = self._kept.get(key)
        if value is None or (default is not None and type(value) is not type(default)):
            return default
        return value

    def put(self, key: str, value: Any) -> None:
        """Remember a value (plain JSON); None forgets it."""
        with self._lock:
            self._kept = self._read()  # another program of this machine may have written meanwhile
            if value is None:
                self._kept.pop(key, None)
            else:
                self._kept[key] = value
            self._write()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self) -> None:
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            new.write_text(json.dumps(self._kept, ensure_ascii=False, indent=1), encoding="utf-8")
            new.replace(self.path)
        except OSError:
            new.unlink(
                missing_ok=True
            )  # a full disk must not stop a sale; the setting holds until the program ends
