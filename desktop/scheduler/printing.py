"""The lane of a till's program that prints: looks when something was queued, and when a pause is over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from desktop.basics.errors import ShopError
from desktop.basics.ids import new_key
from desktop.services.print_run import Setup, run_queue
from desktop.shop import actors
from desktop.shop.changes import Changes
from desktop.shop.shop import Shop

LONGEST_REST = 10.0  # seconds between two looks
log = logging.getLogger("zhanggui.printing")


class PrintLane:
    """Prints the papers of one till on a thread of its own; `setup` tells the printer as it is set now."""

    def __init__(self, shop: Shop, till_id: int, setup: Callable[[], Setup]) -> None:
        self._shop, self._till, self._setup = shop.acting_as(actors.kiosk(till_id)), till_id, setup
        self.owner = new_key()
        self._wake, self._ending = threading.Event(), threading.Event()
        self._deaf: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="printing", daemon=True)

    def start(self) -> PrintLane:
        """Begin; returns at once."""
        self._deaf = self._shop.listen(self._heard)
        self._thread.start()
        return self

    def stop(self, wait_seconds: float = 5.0) -> None:
        """End after the paper under way; one that takes longer is asked about at the next start."""
        self._ending.set()
        self._deaf()
        self._wake.set()
        self._thread.join(wait_seconds)

    def _heard(self, changes: Changes) -> None:
        if changes.touches("print_job"):
            self._wake.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            self._wake.wait(self._rest(self.look()))

    def look(self) -> datetime | None:
        """Print what is due; when the next job is due."""
        try:
            return run_queue(self._shop, self._till, self._setup(), self.owner).next_at
        except ShopError as error:
            log.warning("the papers wait: %s", type(error).__name__)
        except Exception as error:
            log.error("the papers wait: %s", type(error).__name__)
        return None

    def _rest(self, next_at: datetime | None) -> float:
        if next_at is None:
            return LONGEST_REST
        return min(LONGEST_REST, max(0.2, (next_at - self._shop.clock.now()).total_seconds()))
