"""Many goods put right at once: exactly what the preview showed, all of it or nothing, undone as one."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.queries.stock_bulk import MOST
from desktop.services.stock import MOST_LINES, AdjustLine, StockChange, adjust_stock
from desktop.shop.action import action
from desktop.shop.work import Work


@action(permission=Permission.EDIT_STOCK)
def adjust_many(
    work: Work,
    lines: Sequence[AdjustLine],
    *,
    reason: str,
    client_key: str,
    note: str = "",
    location_id: int | None = None,
) -> tuple[StockChange, ...]:
    """Correct up to 2,000 goods in one transaction; a line that is no longer as it was seen stops all of them.

    The same client key corrects once.
    """
    if len(lines) > MOST:
        raise Malformed(N_("At most {limit} lines at a time. Save these in parts."), limit=f"{MOST:,}")
    made: list[StockChange] = []
    ordered = sorted(lines, key=lambda line: line.sku_id)
    for part, start in enumerate(range(0, max(1, len(ordered)), MOST_LINES)):
        chunk = ordered[start : start + MOST_LINES]
        made += adjust_stock.run(
            work, chunk, reason=reason, client_key=f"{client_key}:{part}", note=note, location_id=location_id
        )
    return tuple(made)
