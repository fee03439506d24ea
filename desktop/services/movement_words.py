"""How movements of stock are said, and their list as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import N_, _
from desktop.basics.money import MILLI
from desktop.queries.movement_list import MoveLine, MovementFilter, movements_list
from desktop.queries.movements import MovementRow
from desktop.queries.order_export import export_begins
from desktop.queries.shell import shop_card
from desktop.services.export import Progress, write_table
from desktop.services.stock import ADJUST_REASONS
from desktop.services.stocktakes import REASONS

if TYPE_CHECKING:
    from desktop.shop.shop import Shop

MOVES = {
    "opening": N_("Opening stock"),
    "sale": N_("Sold"),
    "refund": N_("Returned by a customer"),
    "receive": N_("Received"),
    "adjust": N_("Adjusted"),
    "import": N_("Imported"),
    "transfer": N_("Transferred"),
    "count": N_("Stocktake"),
    "supplier return": N_("Returned to the supplier"),
}
WHERE = {  # the screen a document opens in
    "order": "orders",
    "transfer": "transfers",
    "stocktake": "stocktakes",
    "aftersale": "aftersales",
}


def move_words(row: MovementRow) -> str:
    """What a movement was: `Sold · 1121-0096`, `Adjusted · Damaged`."""
    words = _(MOVES.get(row.reason, row.reason))
    if row.document_code:
        return f"{words} · {row.document_code}"
    return f"{words} · {why_words(row)}" if row.why else words


def why_words(row: MovementRow) -> str:
    """Why it was adjusted or differed; nothing for other movements."""
    return _(ADJUST_REASONS.get(row.why) or REASONS.get(row.why) or row.why) if row.why else ""


def screen_of(document: str) -> tuple[str, int] | None:
    """The screen and item a document like `transfer:3` opens, or None."""
    kind, _colon, number = document.partition(":")
    return (WHERE[kind], int(number)) if kind in WHERE and number.isdigit() else None


def export_movements(shop: Shop, which: MovementFilter, path: Path, progress: Progress) -> int:
    """Write the movements that fit, the newest first. Returns how many.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    shop.ask(export_begins, "movements")
    headings = [
        _("Time"), _("Code"), _("Product name"), _("Change"), _("Unit"), _("Reason"), _("Document"), _("Location"),
        _("Who"), _("Note"),
    ]  # fmt: skip
    zone = ZoneInfo(shop.ask(shop_card).zone)
    return write_table(path, headings, (_cells(line, zone) for line in _all(shop, which)), progress)


def _all(shop: Shop, which: MovementFilter) -> Iterator[MoveLine]:
    after: Any = None
    while True:
        page = shop.ask(movements_list, which, after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _cells(line: MoveLine, zone: ZoneInfo) -> Sequence[Any]:
    move = line.move
    note = " · ".join(part for part in (why_words(move), move.note) if part)
    return (
        f"{move.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", line.code, line.name, Decimal(move.delta_milli) / MILLI,
        line.unit, _(MOVES.get(move.reason, move.reason)), move.document_code, move.place, move.who, note,
    )  # fmt: skip
