"""From a commit on any thread to the event streams of the phones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from desktop.shop.changes import Changes

TABLES = ("checkout", "sale_order", "member", "price", "product", "setting", "notice")


class Listeners:
    """The open event streams; `tell` may be called on any thread."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bool]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """The loop the streams live on."""
        self._loop = loop

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[bool]]:
        """A queue that gets True per change and False at the end."""
        queue: asyncio.Queue[bool] = asyncio.Queue()
        if self._closed:  # a stream that began while the server was closing must end too
            queue.put_nowait(False)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def tell(self, changes: Changes) -> None:
        """News from the shop."""
        if changes.touches(*TABLES):
            self._put(True)

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        self._put(False)

    def _put(self, more: bool) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            return

        def put() -> None:
            for queue in self._queues:
                queue.put_nowait(more)

        loop.call_soon_threadsafe(put)
