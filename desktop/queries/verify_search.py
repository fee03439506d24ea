"""Search: each order's text says what the order says, and the index knows every text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import func, literal_column, select, text

from desktop.basics.i18n import _
from desktop.models.orders import Order
from desktop.models.search import OrderText
from desktop.queries.verify_fault import MOST_FAULTS, Fault
from desktop.shop import order_texts
from desktop.shop.work import Read

NEWEST, SPREAD = 2_000, 2_000  # so many of the newest orders, and so many spread over all of them
_UNKNOWN = text(
    "SELECT count(*) FROM order_text WHERE place NOT IN (SELECT id FROM order_fts_docsize)"
    " UNION ALL SELECT count(*) FROM order_fts_docsize WHERE id NOT IN (SELECT place FROM order_text)"
)


def search(read: Read) -> Iterator[Fault]:
    """O16: the texts of a sample of the orders, and no text of an order that is gone."""
    wrong = (found for found in _sampled(read) if not found.fits)
    for found in islice(wrong, MOST_FAULTS):
        code = read.value(select(Order.code).where(Order.id == found.order_id))
        yield Fault("search", str(code), _("its goods and note"), _("an older or missing text"))
    gone = select(OrderText.order_id).where(~select(Order.id).where(Order.id == OrderText.order_id).exists())
    for order_id in read.rows(gone.limit(MOST_FAULTS)).scalars():
        yield Fault("search", str(order_id), _("an existing row"), _("a row that is gone"))


def index(read: Read) -> Iterator[Fault]:
    """O16: the index holds exactly the texts there are (PostgreSQL keeps its index by itself)."""
    if not read.is_sqlite:
        return
    apart = sum(int(row[0]) for row in read.rows(_UNKNOWN))
    if apart:
        yield Fault(
            "search index", "order_fts", _("every text once"), _("{count} differ").format(count=apart)
        )


def _sampled(read: Read) -> Iterator[order_texts.Text]:
    newest = select(Order.id).order_by(Order.id.desc()).limit(NEWEST)
    ids = set(read.rows(newest).scalars())
    count = int(read.value(select(func.count()).select_from(Order)) or 0)
    step = max(count // SPREAD, 1)
    ids.update(read.rows(select(Order.id).where(Order.id % literal_column(str(step)) == 0)).scalars())
    found = sorted(ids)
    for start in range(0, len(found), order_texts.BATCH):
        yield from order_texts.texts(read.connection, found[start : start + order_texts.BATCH])


CHECKS = (search, index)
