"""How a running question is stopped on each kind of database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from desktop.basics import stopping

log = logging.getLogger("zhanggui.shop")


@contextmanager
def until_stopped(connection: Connection) -> Iterator[None]:
    """Let whoever asked stop what runs on this connection inside the block."""
    stop = stopping.current()
    if stop is None:
        yield
        return
    driver: Any = connection.connection.driver_connection
    sqlite = connection.dialect.name == "sqlite"
    try:
        with stop.reaching(driver.interrupt if sqlite else lambda: _cancel(driver)):
            yield
    finally:
        if stop.asked and not sqlite and not connection.invalidated:
            connection.invalidate()  # a cancel that arrives late must not hit the next question


def _cancel(driver: Any) -> None:
    try:
        driver.cancel_safe(timeout=2)
    except Exception as error:  # the question then simply ends by itself
        log.warning("a question could not be cancelled: %s", type(error).__name__)
