"""PostgreSQL's index of search texts: an extension of the server, which the shop may lack the right to install."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

INDEX = "ix_order_text_words"


def make_trigram_index(connection: Connection) -> bool:
    """The index of PostgreSQL; without the right to install pg_trgm searches read all texts, and doctor says so."""
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            connection.execute(
                text(f"CREATE INDEX IF NOT EXISTS {INDEX} ON order_text USING gin (words gin_trgm_ops)")
            )
    except DBAPIError:
        return False
    return True
