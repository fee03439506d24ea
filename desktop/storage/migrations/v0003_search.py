"""The index behind full-text search, and the search text of the orders an old shop already has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from alembic import op
from sqlalchemy import Connection, text

from desktop.basics.search_words import document
from desktop.storage.trigrams import make_trigram_index

BATCH = 2_000
# The texts come split (basics/search_words), so the plainest tokenizer is the exact one: it cuts at spaces.
# No triggers: older SQLite refuses this table in them; the door writes it (shop/order_texts).
_SQLITE = (
    "CREATE VIRTUAL TABLE order_fts USING fts5(words, content='order_text', content_rowid='place', "
    "tokenize='ascii', prefix='2 3')"
)
_NO_TRACE = "INSERT INTO order_fts(order_fts, rank) VALUES ('secure-delete', 1)"  # of what is erased
_FORGETS = (3, 42)  # the first SQLite that can
_WHOLE = "INSERT INTO order_fts(order_fts) VALUES ('rebuild')"
_LINES = text("""
SELECT o.id, o.placed_at, o.note, l.name FROM sale_order o LEFT JOIN order_line l ON l.order_id = o.id
WHERE o.id > :after AND o.id <= :last ORDER BY o.id, l.id""")
_WRITE = text("INSERT INTO order_text (place, order_id, words) VALUES (:place, :order_id, :words)")


def bring_search() -> None:
    """Make the index and fill it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute(_SQLITE)
        if (connection.dialect.server_version_info or ()) >= _FORGETS:
            op.execute(_NO_TRACE)
        _fill(connection)
        op.execute(_WHOLE)
        return
    _fill(connection)
    make_trigram_index(connection)


def _fill(connection: Connection) -> None:
    newest = connection.execute(text("SELECT max(id) FROM sale_order")).scalar() or 0
    for after in range(0, newest, BATCH):
        rows = connection.execute(_LINES, {"after": after, "last": after + BATCH}).all()
        if made := list(_texts(rows)):
            connection.execute(_WRITE, made)


def _texts(rows: Any) -> Iterator[dict[str, Any]]:
    for order_id, group in groupby(rows, key=itemgetter(0)):
        lines = list(group)
        _id, placed, note, _name = lines[0]
        words = document((name for *_more, name in lines if name), note or "")
        if words:
            yield {"place": (_second(placed) << 31) | order_id, "order_id": order_id, "words": words}


def _second(placed: str | datetime) -> int:
    moment = datetime.fromisoformat(placed) if isinstance(placed, str) else placed
    return max(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()), 0)
