"""Questions nobody waits for any more are stopped where they run: in the database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_


class Stopped(ShopError):
    """The question was stopped because nobody wants the answer."""

    def __init__(self) -> None:
        super().__init__(N_("Stopped; nobody waits for this answer any more."))


class Stop:
    """Held by who asked: `now()` ends the question wherever it is, before it begins or in the middle."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._interrupt: Callable[[], None] | None = None
        self.asked = False

    def now(self) -> None:
        """Stop; does nothing when the question is over."""
        with self._lock:  # not once the connection works for somebody else
            self.asked = True
            if self._interrupt is not None:
                self._interrupt()

    @contextmanager
    def reaching(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """While the question runs: how its connection is interrupted. Raises `Stopped` when it came too late."""
        with self._lock:
            if self.asked:
                raise Stopped
            self._interrupt = interrupt
        try:
            yield
        finally:
            with self._lock:
                self._interrupt = None


_current: ContextVar[Stop | None] = ContextVar("stop", default=None)


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """What is asked inside can be stopped by this."""
    token = _current.set(stop)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Stop | None:
    """What stops the question that runs here, if anything does."""
    return _current.get()
