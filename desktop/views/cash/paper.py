"""The X or Z report on paper: a receipt or a sheet."""

from desktop.basics.i18n import _
from desktop.queries.cash_report import CashReport
from desktop.views.cash.words import blocks, head_rows, moment, report_title
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine


def report_lines(report: CashReport, context: Context, copy: int = 1) -> list[PrintLine]:
    """The lines of a report; a further copy of a Z report says so."""
    title = report_title(report)
    if report.is_z and copy > 1:
        title = _("{report} (copy {number})").format(report=title, number=copy)
    lines = [PrintLine(report.shop, size=12, bold=True, side="center")]
    if report.branch:
        lines.append(PrintLine(report.branch, size=8, side="center"))
    lines += [PrintLine(title, size=11, bold=True, side="center"), PrintLine(rule=True)]
    lines += [PrintLine(word, value, 8) for word, value, _tone in head_rows(report.session, context.zone)]
    for block in blocks(report, context.zone):
        lines += [PrintLine(rule=True), PrintLine(block.title, size=9, bold=True)]
        lines += [PrintLine(word, value, 8, bold=tone == "strong") for word, value, tone in block.rows]
    lines += [
        PrintLine(rule=True),
        PrintLine(_("Printed {moment}").format(moment=moment(context.now(), context.zone)), size=7),
        PrintLine(_("Signature: ____________________"), size=8),
    ]
    return lines
