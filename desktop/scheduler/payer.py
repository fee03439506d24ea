"""Follows payments: works off what is due, at once when something begins, and looks after held money every minute."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from desktop.basics.errors import ShopError
from desktop.services.paying import PAUSE, REST, Lanes, recover
from desktop.services.sending import Gateways
from desktop.shop.changes import Changes
from desktop.shop.shop import Shop

MINUTE = timedelta(minutes=1)
log = logging.getLogger("zhanggui.paying")


class Payer:
    """The thread that has payment providers called in this program, and waits for none; several programs may have one."""

    def __init__(self, shop: Shop, gateways: Gateways) -> None:
        self._shop = shop
        self._something = threading.Event()
        self._lanes = Lanes(shop, gateways, self._something.set)
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
        until = monotonic() + wait_seconds
        if self._thread is not None:
            self._thread.join(wait_seconds)
            self._thread = None
        self._lanes.end(max(0.0, until - monotonic()))

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
                wait = REST
            self._something.wait(wait)

    def _once(self) -> float:
        """One round; returns the seconds until the next."""
        now = self._shop.clock.now()
        if abs(now - self._recovered_at) >= MINUTE:
            recover(self._shop)
            self._recovered_at = now
        begun = self._lanes.start_due()
        due = self._lanes.next_at()
        minute = MINUTE.total_seconds()
        if due is None:
            return minute
        soonest = 0.05 if begun else PAUSE  # what is due still is in hand: its end wakes us
        return min(minute, max(soonest, (due - self._shop.clock.now()).total_seconds()))
