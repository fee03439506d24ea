"""News of commits: at once to listeners in this program, within 3 s from other programs on the same database."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from desktop.models.system import AuditEvent
from desktop.shop.changes import Changes
from desktop.storage.engine import Storage

EVERY_SECONDS = 1.0
OVERLAP = 200  # ids are given before commits: a lower one may show up late
log = logging.getLogger("zhanggui.news")
Listener = Callable[[Changes], None]


class News:
    """Hands `Changes` to listeners; `follow` also reads those of other programs from the audit trail."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._listeners: list[Listener] = []
        self._seen: deque[int] = deque(maxlen=OVERLAP * 4)
        self._last = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._trouble_told = False
        self.on_reach: Callable[[bool], None] | None = None  # told when the database goes away or comes back

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Add a listener; returns how to remove it."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    def mine(self, event_id: int) -> None:
        """Remember an event this program wrote, so that polling does not tell it twice."""
        self._seen.append(event_id)

    def not_mine(self, event_id: int) -> None:
        """The event was taken back: on SQLite another program's next one gets the same number."""
        with suppress(ValueError):
            self._seen.remove(event_id)

    def publish(self, changes: Changes) -> None:
        """Tell everybody; a listener that fails does not keep the news from the others."""
        for callback in list(self._listeners):
            try:
                callback(changes)
            except Exception:
                log.exception("a listener failed")

    def follow(self) -> None:
        """Start reading other programs' news in the background."""
        if self._thread is None:
            self._last = self._newest()
            self._thread = threading.Thread(target=self._watch, name="news", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop reading."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None

    def poll(self) -> None:
        """Read once what others wrote since the last time."""
        statement = (
            select(AuditEvent.id, AuditEvent.action, AuditEvent.actor, AuditEvent.touched)
            .where(AuditEvent.id > self._last - OVERLAP)
            .order_by(AuditEvent.id)
            .limit(2_000)
        )
        with self._storage.read.connect() as connection:
            rows = connection.execute(statement).all()
        for row in rows:
            self._last = max(self._last, row.id)
            if row.id in self._seen:
                continue
            self._seen.append(row.id)
            changes = Changes.from_json(row.touched, row.action, row.actor)
            if changes.touched:
                self.publish(changes)

    def _newest(self) -> int:
        with self._storage.read.connect() as connection:
            newest = int(connection.execute(select(func.max(AuditEvent.id))).scalar() or 0)
            recent = select(AuditEvent.id).where(AuditEvent.id > newest - OVERLAP)
            self._seen.extend(row.id for row in connection.execute(recent))
        return newest

    def _watch(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                self.poll()
            except SQLAlchemyError:
                self._reached(False)
            else:
                self._reached(True)

    def _reached(self, well: bool) -> None:
        if well == self._trouble_told:
            self._trouble_told = not well
            if self.on_reach is not None:
                self.on_reach(well)
