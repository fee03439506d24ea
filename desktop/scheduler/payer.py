"""Follows payments: works off what is due, at once when something begins, and looks after held money every minute."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from desktop.basics.errors import ShopError
from desktop.services.paying import next_at, recover, run_due
from desktop.services.sending import Gateways
from desktop.shop.changes import Changes
from desktop.shop.shop import Shop

MINUTE = timedelta(minutes=1)
PAUSE = 0.5  # seconds, after trouble with the database
log = logging.getLogger("zhanggui.paying")


class Payer:
    """The thread that talks to payment providers in this program; several programs may have one."""

    def __init__(self, shop: Shop, gateways: Gateways) -> None:
        self._shop, self._gateways = shop, gateways
        self._something = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._deaf: Callable[[], None] = lambda: None
        self._recovered_at = shop.clock.now() - MINUTE

    def start(self) -> None:
        """Begin with what an earlier program left behind; returns at once."""
        self._deaf = self._shop.listen(self._heard)
        self._thread = threading.Thread(target=self._run, name="payer", daemon=True)
        self._thread.start()

    def stop(self, wait_seconds: float = 20.0) -> None:
        """End after the calls that are under way; whatever they leave open is taken up at the next start."""
        self._ending.set()
        self._something.set()
        self._deaf()
        if self._thread is not None:
            self._thread.join(wait_seconds)
            self._thread = None

    def _heard(self, changes: Changes) -> None:
        if changes.touches("payment_attempt", "provider_refund", "setting"):
            self._something.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._something.clear()
            try:
                wait = self._once()
            except ShopError as error:
                log.warning("payments wait: %s", type(error).__name__)
                wait = PAUSE
            except Exception as error:  # a bug of ours must not end what looks after money
                log.error("payments wait: %s", type(error).__name__)
                wait = MINUTE.total_seconds()
            self._something.wait(wait)

    def _once(self) -> float:
        """One round; returns the seconds until the next."""
        now = self._shop.clock.now()
        if abs(now - self._recovered_at) >= MINUTE:
            recover(self._shop)
            self._recovered_at = now
        run_due(self._shop, self._gateways)
        due = next_at(self._shop, self._gateways)
        minute = MINUTE.total_seconds()
        if due is None:
            return minute
        return min(minute, max(0.05, (due - self._shop.clock.now()).total_seconds()))
