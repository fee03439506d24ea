"""The slip that lies in a parcel that comes back, and the list of cases, as lines of paper."""

from collections.abc import Sequence

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.queries.after_sale_detail import CaseDetail
from desktop.queries.after_sale_words import condition_word, kind_word, state_word
from desktop.queries.after_sales import CaseRow
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine

RULE = PrintLine(rule=True)


def slip_lines(case: CaseDetail, context: Context) -> list[PrintLine]:
    """What the slip says: the case, what comes back, why, and a line to sign."""
    when = case.opened_at.astimezone(context.zone)
    lines = [
        PrintLine(_("Return slip"), case.code, 14, True),
        PrintLine(_("Order {number}").format(number=case.order_code), f"{when:%Y-%m-%d %H:%M}"),
        PrintLine(kind_word(case.kind), state_word(case.state)),
        PrintLine(_("Reason: {reason}").format(reason=_(case.reason))),
    ]
    if case.member_name:
        lines.append(PrintLine(_("Customer: {name}").format(name=case.member_name)))
    if case.tracking:
        lines.append(PrintLine(_("Parcel that comes back: {number}").format(number=case.tracking)))
    lines.append(RULE)
    for line in case.lines:
        if line.amount_minor:
            right = str(Money(line.amount_minor, case.currency))
        else:
            right = _("× {quantity}").format(quantity=quantity_text(line.qty_milli))
        lines.append(PrintLine(f"{line.name} {line.pack}".strip(), right, 10))
        lines.append(PrintLine(f"  {line.code} · {condition_word(line.condition)}", "", 8))
    if case.goods:
        lines += [RULE, PrintLine(_("Sent instead"), "", 9, True)]
        lines += [
            PrintLine(one.name, _("× {quantity}").format(quantity=quantity_text(one.qty_milli)), 10)
            for one in case.goods
        ]
    lines += [RULE, PrintLine(_("Checked by: ______________"), _("Date: ______________"))]
    lines.append(PrintLine(_("Please put this slip into the parcel."), "", 8))
    return lines


def list_lines(rows: Sequence[CaseRow], context: Context) -> list[PrintLine]:
    """The cases as a list."""
    now = context.now().astimezone(context.zone)
    lines = [PrintLine(_("After-sales"), f"{now:%Y-%m-%d %H:%M}", 14, True), RULE]
    for row in rows:
        opened = row.opened_at.astimezone(context.zone)
        words = f"{row.code}  {opened:%m-%d}  {row.order_short}  {kind_word(row.kind)}  {row.goods}"
        amount = Money(row.worth_minor, row.currency).plain()
        lines.append(PrintLine(words, f"{state_word(row.state)}  {amount}", 8))
    return lines
