"""A receipt laid out for a roll of paper, 32 or 48 columns wide."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.basics.order_links import order_link
from desktop.basics.paper import PaperLine, pair, rule, wrap
from desktop.basics.words import points_text
from desktop.models.payments import METHOD_WORDS
from desktop.queries.order_words import discount_lines
from desktop.queries.receipt_template import Template, lines_of
from desktop.queries.receipts import Receipt


def receipt_lines(
    receipt: Receipt, columns: int, *, copy: int = 0, template: Template | None = None
) -> tuple[PaperLine, ...]:
    """The lines to print; `copy` above 0 marks a reprint and its number."""
    usual = Template(foot=lines_of(receipt.footer))
    return tuple(_all(receipt, columns, copy, template or usual))


def _all(receipt: Receipt, columns: int, copy: int, template: Template) -> Iterator[PaperLine]:
    yield from head_lines(receipt.shop, receipt.branch, columns, template)
    if copy:
        yield copy_line(copy)
    if receipt.status == "cancelled":
        yield PaperLine(_("Cancelled"), align="center", bold=True)
    yield PaperLine()
    at = receipt.at.astimezone(ZoneInfo(receipt.zone))
    till = _(receipt.till) if template.till else ""
    yield from fact_lines(receipt.code, receipt.receipt_number, f"{at:%Y-%m-%d %H:%M:%S}", till, columns)
    yield PaperLine(rule(columns))
    yield from _goods(receipt, columns)
    yield PaperLine(rule(columns))
    yield from _sums(receipt, columns, template)
    if template.points:
        yield from _points(receipt, columns, tail=not template.page)
    yield from foot_lines(receipt.code, columns, template)


def head_lines(shop: str, branch: str, columns: int, template: Template) -> Iterator[PaperLine]:
    """Logo, the shop's name, what stands under it."""
    if template.logo:
        yield PaperLine(align="center", picture=template.logo)
    for line in wrap(shop, columns // 2):
        yield PaperLine(line, align="center", bold=True, big=True)
    under = [*((branch,) if template.branch and branch else ()), *template.head]
    if template.phone:
        under.append(_("Phone {phone}").format(phone=template.phone))
    if template.tax_number:
        under.append(_("Tax no. {number}").format(number=template.tax_number))
    for text in under:
        yield from (PaperLine(line, align="center") for line in wrap(text, columns))


def copy_line(copy: int) -> PaperLine:
    """The mark of a reprint with its number."""
    return PaperLine(_("Reprint {number}").format(number=copy), align="center", bold=True)


def fact_lines(code: str, number: str, at: str, till: str, columns: int) -> Iterator[PaperLine]:
    """Which sale it is, when and where."""
    facts = ((_("Order no."), code), (_("Receipt no."), number), (_("Time"), at), (_("Till"), till))
    for name, value in facts:
        if value:
            yield from _pair(name, value, columns)


def foot_lines(code: str, columns: int, template: Template) -> Iterator[PaperLine]:
    """The code by which the order is found, and the shop's last words."""
    if template.code:
        yield PaperLine()
        yield PaperLine(code=order_link(template.page, code), align="center")
    for text in template.foot:
        yield from (PaperLine(line, align="center") for line in wrap(text, columns))


def _goods(receipt: Receipt, columns: int) -> Iterator[PaperLine]:
    for line in receipt.lines:
        yield from (PaperLine(part) for part in wrap(line.name, columns))
        one = Money(line.list_minor, receipt.currency).plain()
        whole = Money(line.whole_minor, receipt.currency).plain()
        yield from _pair(f"  {quantity_text(line.qty_milli)} {line.unit} x {one}", whole, columns)
        if line.foreign:
            yield from (PaperLine(f"  {part}") for part in wrap(line.foreign, columns - 2))


def _sums(receipt: Receipt, columns: int, template: Template) -> Iterator[PaperLine]:
    currency = receipt.currency

    def amount(minor: int) -> str:
        return str(Money(minor, currency))

    yield from _pair(_("Goods total"), amount(receipt.goods_minor), columns)
    for name, minor in discount_lines(
        receipt.discount_minor, receipt.pay_discount_minor, receipt.discount_note
    ):
        yield from _pair(name, amount(-minor), columns)
    if receipt.freight_minor:
        yield from _pair(_("Freight"), amount(receipt.freight_minor), columns)
    if receipt.rounding_minor:
        yield from _pair(_("Rounding"), amount(receipt.rounding_minor), columns)
    for tender in receipt.tenders:
        name = _(METHOD_WORDS.get(tender.method, tender.method))
        if tender.points:
            yield from _pair(f"{name} {points_text(tender.points)}", amount(-tender.amount_minor), columns)
    for line in pair(_("To pay"), amount(receipt.to_pay_minor), columns):
        yield PaperLine(line, bold=True)
    for tender in receipt.tenders:
        if not tender.points:
            name = _(METHOD_WORDS.get(tender.method, tender.method))
            yield from _pair(name, amount(tender.amount_minor), columns)
            if tender.foreign:
                yield from _pair("  " + _("Handed over"), tender.foreign, columns)
            if tender.reference and template.reference:
                yield from _pair("  " + _("Reference"), tender.reference, columns)
    if receipt.change_minor:
        yield from _pair(_("Cash received"), amount(receipt.received_minor), columns)
        yield from _pair(_("Change given"), amount(receipt.change_minor), columns)
    if receipt.refunded_minor:
        yield from _pair(_("Refunded"), amount(-receipt.refunded_minor), columns)


def _points(receipt: Receipt, columns: int, *, tail: bool) -> Iterator[PaperLine]:
    """`tail` off: the digits that open the order's page do not stand beside its address."""
    if receipt.points_left is None:
        return
    yield PaperLine(rule(columns))
    if tail:
        yield from _pair(_("Member, phone ending in"), receipt.member_tail, columns)
    yield from _pair(_("Points earned"), f"{receipt.points_earned:,}", columns)
    yield from _pair(_("Points left"), f"{receipt.points_left:,}", columns)


def _pair(left: str, right: str, columns: int) -> Iterator[PaperLine]:
    return (PaperLine(line) for line in pair(left, right, columns))
