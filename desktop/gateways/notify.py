"""Messages to a member's phone. Text-message services come behind the same face later."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Protocol

from desktop.basics.clock import Clock, SystemClock
from desktop.basics.errors import Unavailable
from desktop.basics.i18n import N_

_SAYS = "Messages are written here instead of being sent to phones: the sample shop and tests use this file."


class Notify(Protocol):
    """Whatever can bring a text to a phone."""

    def send(self, to_phone: str, text: str) -> None:
        """Hand the message over. Raises `Unavailable` when it can't go out."""


class FileNotify:
    """Messages as JSON lines in a file only this user may read; its first line says what it is."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self._path = path
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()

    def send(self, to_phone: str, text: str) -> None:
        """Append the message. Raises `Unavailable` when the file can't be written."""
        row = {"to": to_phone, "text": text, "at": self._clock.now().isoformat(timespec="seconds")}
        try:
            with self._lock:
                self._append(json.dumps(row, ensure_ascii=False))
        except OSError as error:
            raise Unavailable(
                N_("The code can’t be sent now. Pay without points, or call staff."), next_step="call staff"
            ) from error

    def messages(self) -> list[dict[str, str]]:
        """All messages so far, oldest first."""
        if not self._path.exists():
            return []
        rows = [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]
        return [row for row in rows if "to" in row]

    def _append(self, line: str) -> None:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            if file.tell() == 0:
                file.write(json.dumps({"note": _SAYS}) + "\n")
            file.write(line + "\n")


def notify_at(address: str, clock: Clock | None = None) -> Notify | None:
    """The way to phones this machine is set to: `file:///path`, or None when there is none."""
    scheme, _sep, rest = address.strip().partition("://")
    return FileNotify(Path(rest), clock) if scheme == "file" and rest else None
