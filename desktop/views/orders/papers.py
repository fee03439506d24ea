"""The papers of orders on A4 and on labels: pick list, delivery note, invoice, parcel label."""

from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from desktop.basics.amount_words import capital_amount
from desktop.basics.i18n import _, language
from desktop.basics.money import MILLI, Money, half_up, quantity_text
from desktop.queries.order_papers import Letterhead, OrderPaper, OrderPaperLine, OrderPapers, PickList
from desktop.queries.order_words import discount_lines, said
from desktop.views.common.printing import Paper, PrintLine

RULE = PrintLine(rule=True)
GAP = PrintLine(" ", size=5)
LABEL = Paper(100, 150, 6)  # the usual parcel label


def pick_lines(found: PickList) -> list[PrintLine]:
    """One walk through the shop: each of the goods once, with the orders it is for."""
    shares, sides = (6, 44, 20, 12, 18), "llllr"
    lines = [
        PrintLine(_("Pick list"), _when(found.at, found.zone), size=14, bold=True),
        PrintLine(
            _("{count} orders: {numbers}").format(count=len(found.orders), numbers=", ".join(found.orders)),
            size=9,
        ),
        RULE,
    ]
    place = None
    for row in found.rows:
        if row.place != place:
            place = row.place
            lines.append(PrintLine(said(place), size=11, bold=True))
            head = ("", _("Goods"), _("Code"), "", _("Quantity"))
            lines.append(PrintLine(cells=head, shares=shares, sides=sides, size=8, head=True))
        goods = " ".join(part for part in (row.name, row.variant, row.pack) if part)
        count = f"{quantity_text(row.qty_milli)} {row.unit}"
        lines.append(PrintLine(cells=("☐", goods, row.code, "", count), shares=shares, sides=sides, size=11))
        parts = "   ".join(f"{number} × {quantity_text(qty)}" for number, qty in row.orders)
        lines.append(PrintLine(cells=("", parts, row.barcode, "", ""), shares=shares, sides=sides, size=8))
    if not found.rows:
        lines.append(PrintLine(_("These orders hold no goods: nothing is to be picked."), size=11))
    return lines


def delivery_lines(papers: OrderPapers) -> list[PrintLine]:
    """A delivery note for each order: what is sent, without prices, to be signed for."""
    lines: list[PrintLine] = []
    for order in papers.orders:
        sent = [line for line in order.lines if line.to_send_milli]
        rows = [(line, line.to_send_milli) for line in sent] or [
            (line, line.qty_milli) for line in order.lines
        ]
        lines += [
            *_head(papers.shop, order, _("Delivery note")),
            PrintLine(_("To"), size=8),
            *_address(order),
            RULE,
            PrintLine(cells=(_("Goods"), _("Code"), _("Quantity")), shares=(60, 20, 20), sides="llr", size=8, head=True),
            *(
                PrintLine(
                    cells=(_goods(line), line.code, f"{quantity_text(qty)} {line.unit}"),
                    shares=(60, 20, 20), sides="llr", size=10,
                )
                for line, qty in rows
                if qty
            ),
            RULE,
        ]  # fmt: skip
        if order.note:
            lines.append(PrintLine(_("Note: {text}").format(text=order.note), size=10))
        lines += [GAP, GAP, PrintLine(_("Received, date and signature: ____________________"), size=9)]
    return lines


def invoice_lines(papers: OrderPapers) -> list[PrintLine]:
    """An invoice for each order, numbered, with every line’s price and what is still to pay."""
    lines: list[PrintLine] = []
    for order in papers.orders:
        lines += _invoice(papers.shop, order)
    return lines


def label_lines(papers: OrderPapers) -> list[PrintLine]:
    """A parcel label for each order: where it goes, from whom, and its number as a QR code."""
    lines: list[PrintLine] = []
    for order in papers.orders:
        lines += [
            PrintLine(order.name or _("Walk-in"), size=18, bold=True, fresh=True),
            PrintLine(order.phone, size=16),
            PrintLine(order.address or _("Collected in the shop"), size=14),
            RULE,
            PrintLine(order.short_code, size=20, bold=True, side="center"),
            PrintLine(image=_code(order.code), image_mm=38),
            RULE,
            PrintLine(papers.shop.name, size=11, bold=True),
            PrintLine(" · ".join(part for part in (papers.shop.branch, papers.shop.phone) if part), size=9),
        ]
    return lines


def _invoice(shop: Letterhead, order: OrderPaper) -> list[PrintLine]:
    def money(minor: int) -> str:
        return str(Money(minor, order.currency))

    shares, sides = (40, 16, 14, 14, 16), "llrrr"
    head = (_("Goods"), _("Code"), _("Quantity"), _("Price"), _("Amount"))
    rows = []
    for line in order.lines:
        rows.append(PrintLine(cells=_priced(line, order.currency), shares=shares, sides=sides, size=9))
        if line.foreign:
            rows.append(PrintLine(f"  {line.foreign}", size=8))
    off = discount_lines(order.discount_minor, order.pay_discount_minor, "")
    sums = [
        (_("Goods subtotal"), order.goods_minor),
        *((word, -minor) for word, minor in off),
        (_("Freight"), order.freight_minor),
        (_("Rounding"), order.rounding_minor),
    ]
    paid = order.paid_minor - order.points_minor
    lines = [
        *_head(shop, order, _("Invoice"), order.invoice_number),
        PrintLine(_("Bill to"), size=8),
        *_address(order),
        RULE,
        PrintLine(cells=head, shares=shares, sides=sides, size=8, head=True),
        *rows,
        RULE,
        *(PrintLine("", f"{word}  {money(minor)}", size=9) for word, minor in sums if minor),
        PrintLine(_capital(order), f"{_('Total')}  {money(order.total_minor)}", size=12, bold=True),
    ]
    if order.points_minor:
        lines.append(PrintLine("", f"{_('Paid with points')}  {money(order.points_minor)}", size=9))
    lines.append(PrintLine("", f"{_('Paid')}  {money(paid)}", size=9))
    if order.refunded_minor:
        lines.append(PrintLine("", f"{_('Given back')}  {money(-order.refunded_minor)}", size=9))
    due = 0 if order.paid_minor else order.total_minor
    if due:
        lines.append(PrintLine("", f"{_('Still to pay')}  {money(due)}", size=11, bold=True))
    foot = [part for part in (shop.note, _("This is not a tax invoice.")) if part]
    return [*lines, GAP, *(PrintLine(part, size=8) for part in foot)]


def _capital(order: OrderPaper) -> str:
    if order.currency != "CNY" or not language().startswith("zh"):
        return ""
    return _("In words: {words}").format(words=capital_amount(order.total_minor))


def _priced(line: OrderPaperLine, currency: str) -> tuple[str, ...]:
    """Before the discount, which stands in a line of its own below: the column adds up to the goods subtotal."""
    amount = line.total_minor + line.discount_minor
    price = half_up(amount * MILLI, line.sold_milli) if line.discount_minor else line.price_minor
    return (
        _goods(line),
        line.code,
        f"{quantity_text(line.sold_milli)} {line.unit}",
        Money(price, currency).plain(),
        Money(amount, currency).plain(),
    )


def _head(shop: Letterhead, order: OrderPaper, title: str, number: str = "") -> list[PrintLine]:
    """The shop, what the paper is, and the order it belongs to; the first line begins a sheet."""
    about = " · ".join(part for part in (shop.branch, shop.phone) if part)
    lines = [
        PrintLine(shop.name, title, size=15, bold=True, fresh=True),
        PrintLine(about, _("No. {number}").format(number=number) if number else "", size=9),
    ]
    if shop.tax_number and number:
        lines.append(PrintLine(_("Tax number {number}").format(number=shop.tax_number), size=9))
    placed = _when(order.placed_at, shop.zone)
    return [*lines, PrintLine(_("Order {number}").format(number=order.code), placed, size=9), RULE]


def _address(order: OrderPaper) -> list[PrintLine]:
    who = "  ".join(part for part in (order.name or _("Walk-in"), order.phone) if part)
    lines = [PrintLine(who, size=11, bold=True)]
    return [*lines, PrintLine(order.address, size=11)] if order.address else lines


def _goods(line: OrderPaperLine) -> str:
    return " ".join(part for part in (line.name, line.variant, line.pack) if part)


def _when(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _code(text: str) -> bytes:
    import segno  # with the first label only

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    return out.getvalue()
