"""A test that leaves a warning in the log without having said so fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest


class Logs(logging.Handler):
    """Collects what is logged at warning level and above; a test allows what it provokes."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self._lines.append(f"{record.name}: {record.levelname}: {record.getMessage()}")

    def allow(self, pattern: str) -> None:
        """Expect lines with this regular expression in them."""
        self._allowed.append(re.compile(pattern))

    def stray(self) -> list[str]:
        """The lines nobody expected."""
        return [line for line in self._lines if not any(pattern.search(line) for pattern in self._allowed)]


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    """What this test leaves in the log; ask for it and call `logs.allow("pattern")` for lines you provoke."""
    handler = Logs()
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    stray = handler.stray()
    if stray:
        pytest.fail("stray log lines:\n" + "\n".join(stray))
