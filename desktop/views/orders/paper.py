"""Receipts as lines of paper."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.queries.order_words import discount_lines, method_word, said
from desktop.queries.receipt_template import lines_of
from desktop.queries.receipts import Receipt
from desktop.views.common.printing import PrintLine

RULE = PrintLine(rule=True)


def receipt_lines(receipts: Sequence[Receipt]) -> list[PrintLine]:
    """One receipt after the other."""
    lines: list[PrintLine] = []
    for number, receipt in enumerate(receipts):
        if number:
            lines += [PrintLine(" "), PrintLine(" ")]
        lines += _one(receipt)
    return lines


def _one(r: Receipt) -> list[PrintLine]:
    def money(minor: int) -> str:
        return str(Money(minor, r.currency))

    when = r.at.astimezone(ZoneInfo(r.zone))
    lines = [
        PrintLine(r.shop, size=13, bold=True, side="center"),
        PrintLine(r.branch, size=8, side="center"),
        RULE,
        PrintLine(_("Order {number}").format(number=r.code), f"{when:%Y-%m-%d %H:%M}", 8),
        PrintLine(_("Receipt {number}").format(number=r.receipt_number or "—"), said(r.till), 8),
        RULE,
    ]
    for line in r.lines:
        lines.append(PrintLine(f"{line.name} {line.pack}".strip()))
        count = f"{quantity_text(line.qty_milli)} {line.unit} × {Money(line.list_minor, r.currency).plain()}"
        lines.append(PrintLine(f"  {count}", Money(line.whole_minor, r.currency).plain(), 8))
        if line.foreign:
            lines.append(PrintLine(f"  {line.foreign}", "", 8))
    lines += [RULE, PrintLine(_("Goods subtotal"), money(r.goods_minor))]
    lines += [PrintLine(word, money(minor)) for word, minor in _sums(r) if minor]
    unpaid = r.status == "unpaid"
    lines.append(
        PrintLine(_("Amount to pay") if unpaid else _("Total paid"), money(r.to_pay_minor), 12, True)
    )
    lines += [PrintLine(method_word(t.method), money(t.amount_minor), 8) for t in r.tenders if not t.points]
    if r.received_minor:
        lines.append(PrintLine(_("Cash handed over"), money(r.received_minor), 8))
        lines.append(PrintLine(_("Change"), money(r.change_minor), 8))
    if r.refunded_minor:
        lines.append(PrintLine(_("Refunded"), money(-r.refunded_minor), 9, True))
    return lines + _foot(r)


def _sums(r: Receipt) -> list[tuple[str, int]]:
    """What comes between the goods and the total (minor units)."""
    off = discount_lines(r.discount_minor, r.pay_discount_minor, r.discount_note)
    return [
        *((word, -minor) for word, minor in off),
        (_("Points: {points}").format(points=f"{r.points_spent:,}"), -r.points_minor),
        (_("Freight"), r.freight_minor),
        (_("Rounding"), r.rounding_minor),
    ]


def _foot(r: Receipt) -> list[PrintLine]:
    lines = [RULE]
    if r.points_left is not None:
        lines.append(PrintLine(_("Member {tail}").format(tail=r.member_tail), "", 8))
        lines.append(PrintLine(_("Points earned"), f"+{r.points_earned:,}", 8))
        lines.append(PrintLine(_("Points left"), f"{r.points_left:,}", 8))
    lines += [PrintLine(part, size=8, side="center") for part in lines_of(r.footer)]
    return lines
