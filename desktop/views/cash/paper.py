"""The X or Z report on paper: a receipt or a sheet."""

from collections.abc import Iterator

from desktop.basics.i18n import _
from desktop.basics.paper import PaperLine, pair, rule, wrap
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


def till_lines(report: CashReport, context: Context, columns: int) -> list[PaperLine]:
    """The same for a till's printer, so many columns wide; its queue marks the copies."""
    return [made for line in report_lines(report, context) for made in _till_line(line, columns)]


def _till_line(line: PrintLine, columns: int) -> Iterator[PaperLine]:
    if line.rule:
        yield PaperLine(rule(columns))
        return
    for text in pair(line.left, line.right, columns) if line.right else wrap(line.left, columns):
        yield PaperLine(text, "center" if line.side == "center" else "left", line.bold)
