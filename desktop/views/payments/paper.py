"""The list of transactions as lines of paper."""

from collections.abc import Sequence

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.order_words import method_word
from desktop.queries.payment_rows import PaymentRow
from desktop.queries.payments import MethodSum
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine

MOST_PRINTED = 200


def list_lines(
    rows: Sequence[PaymentRow], sums: Sequence[MethodSum], context: Context, total: int
) -> list[PrintLine]:
    """Sums per way to pay, then the transactions; says so when only the newest are printed."""
    now = context.now().astimezone(context.zone)
    lines = [PrintLine(_("Transactions"), f"{now:%Y-%m-%d %H:%M}", 14, True), PrintLine(rule=True)]
    for part in sums:
        if part.taken or part.given:
            taken, back = (
                Money(part.taken_minor, context.currency),
                Money(-part.given_minor, context.currency),
            )
            lines.append(PrintLine(method_word(part.method), f"{taken}   {back}", 10))
    lines.append(PrintLine(rule=True))
    for row in rows:
        when = row.at.astimezone(context.zone)
        text = f"{when:%m-%d %H:%M:%S}  {method_word(row.method)}  {row.reference}  {row.order_code}"
        lines.append(PrintLine(text, Money(row.amount_minor, row.currency).plain(), 8))
    if total > len(rows):
        lines.append(
            PrintLine(
                _("The newest {count} of {total}; export the list for all.").format(
                    count=len(rows), total=f"{total:,}"
                )
            )
        )
    return lines
