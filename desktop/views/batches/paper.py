"""The list of batches as lines of paper: what to look for on the shelf."""

from collections.abc import Sequence

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.batches import BatchRow
from desktop.views.batches.words import code_of, day_text, left_text, title_of
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine

MOST_PRINTED = 200


def batch_lines(rows: Sequence[BatchRow], context: Context, title: str, total: int) -> list[PrintLine]:
    """A box to tick, the goods, and under them batch, last day and place."""
    now = context.now().astimezone(context.zone)
    lines = [PrintLine(title, f"{now:%Y-%m-%d %H:%M}", 14, True), PrintLine(rule=True)]
    for row in rows:
        quantity = f"{quantity_text(row.qty_milli)} {row.unit}"
        lines.append(PrintLine(f"☐  {title_of(row)}  {row.sku_code}", quantity, 11))
        parts = (code_of(row), day_text(row.expires_on), left_text(row.days_left), _(row.location))
        lines.append(PrintLine("      " + " · ".join(part for part in parts if part), size=8))
    if total > len(rows):
        words = _("The first {count} of {total}; export the list for all.")
        lines.append(PrintLine(words.format(count=len(rows), total=f"{total:,}")))
    return lines
