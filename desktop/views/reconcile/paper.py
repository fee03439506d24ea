"""A day's reconciliation as lines of paper."""

from collections.abc import Sequence

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.order_words import method_word
from desktop.queries.reconcile_words import RESOLUTION_WORDS, explain, state_word
from desktop.queries.reconciliation import BillRowSeen, DaySeen
from desktop.views.common.printing import PrintLine

MOST = 200


def day_lines(seen: DaySeen, rows: Sequence[BillRowSeen], printed: str) -> list[PrintLine]:
    """Sums by channel, then what differs and what was decided about it."""
    lines = [
        PrintLine(_("Reconciliation"), f"{seen.day:%Y-%m-%d}", 14, True),
        PrintLine("", printed),
        PrintLine(rule=True),
    ]
    for channel in seen.channels:
        ours = Money(channel.system_minor, seen.currency)
        told = "—" if channel.told_minor is None else str(Money(channel.told_minor, seen.currency))
        gap = Money(channel.gap_minor, seen.currency)
        lines.append(PrintLine(method_word(channel.method), f"{ours}   {told}   {gap}", 10))
    sums = (seen.system_minor, seen.told_minor, seen.gap_minor)
    together = "   ".join(str(Money(minor, seen.currency)) for minor in sums)
    lines += [PrintLine(_("Together"), together, 10, True), PrintLine(rule=True)]
    for row in rows[:MOST]:
        number = row.order_code or row.reference or row.number
        lines.append(
            PrintLine(
                f"{number}  {state_word(row.state)}", Money(row.gap_minor, seen.currency).plain(), 9, True
            )
        )
        said = explain(row, seen.currency)
        if row.resolution in RESOLUTION_WORDS:
            said = f"{_(RESOLUTION_WORDS[row.resolution])} · {row.resolved_by} {row.note}"
        lines.append(PrintLine(said, size=8))
    if not rows:
        lines.append(PrintLine(_("Nothing differs.")))
    return lines
