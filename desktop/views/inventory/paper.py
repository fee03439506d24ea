"""The restock list as lines of paper."""

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.replenishment import RestockList
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine
from desktop.views.inventory.restock_words import name_of, reason_of


def restock_lines(found: RestockList, context: Context) -> list[PrintLine]:
    """A box to tick, the quantity, and under each line why."""
    now = context.now().astimezone(context.zone)
    lines = [PrintLine(_("Restock list"), f"{now:%Y-%m-%d %H:%M}", 14, True), PrintLine(rule=True)]
    for line in found.lines:
        quantity = f"{quantity_text(line.wanted_milli)} {line.unit}"
        lines.append(PrintLine(f"☐  {name_of(line)}  {line.code}", quantity, 11))
        lines.append(PrintLine(f"      {reason_of(line, found.cover_days)}", size=8))
    return lines
