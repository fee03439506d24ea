"""Every row of every table, to see whether anything at all was changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from desktop.models import Base
from desktop.storage.engine import Storage


def everything(storage: Storage) -> dict[str, list[Any]]:
    """Table name → its rows, in an order of their own."""
    with storage.read.connect() as connection:
        return {
            table.name: sorted(tuple(map(repr, row)) for row in connection.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }
