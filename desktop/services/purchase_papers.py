"""A purchase order on paper and by e-mail: the same PDF on any machine, with a screen or without."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.basics.errors import Refused, Unavailable
from desktop.basics.i18n import N_, _, ngettext, speaking
from desktop.basics.money import Money, quantity_text
from desktop.gateways.mail import Enclosed, Letter, send_letter
from desktop.gateways.notice_secrets import MAIL, get_secret
from desktop.gateways.pdf import Column, Sheet, write_sheet
from desktop.models.people import Permission
from desktop.models.purchasing import BY_MAIL, CANCELLED, PurchaseOrder, Supplier
from desktop.models.settings import SHOP_BRANCH, SHOP_NAME
from desktop.queries.notices import MailServer, mail_server
from desktop.queries.purchasing import OrderedLine, ordered_lines
from desktop.services.parcels import NO_SERVER, login_of
from desktop.services.receivers import shop_language
from desktop.shop.action import question
from desktop.shop.work import Read

if TYPE_CHECKING:
    from desktop.services.sending import Gateways, Job
    from desktop.shop.shop import Shop

NO_ADDRESS = N_("The supplier has no e-mail address any more.")
NOT_WANTED = N_("The order was cancelled before the letter left.")
NO_FILE = N_("The file can’t be written. Choose another folder.")


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """What stands on the paper of an order, and where its letter goes."""

    code: str
    state: str
    sent_how: str
    shop: str
    branch: str
    supplier: str
    contact: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    address: str = field(repr=False)
    terms: str
    language: str
    made_at: datetime
    day: date
    expected_on: date | None
    note: str
    total_minor: int
    currency: str
    lines: tuple[OrderedLine, ...]


@question(permission=Permission.BUY)
def order_paper(read: Read, order_id: int) -> OrderPaper | None:
    """An order as its supplier is to read it, or None."""
    row = read.first(
        select(
            PurchaseOrder.__table__, Supplier.name.label("supplier"), Supplier.contact, Supplier.email,
            Supplier.phone, Supplier.address, Supplier.terms, Supplier.language,
        )
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id == order_id)
    )  # fmt: skip
    if row is None:
        return None
    when = row.sent_at or row.made_at
    return OrderPaper(
        row.code, row.state, row.sent_how, read.setting(SHOP_NAME), read.setting(SHOP_BRANCH), row.supplier,
        row.contact, row.email, row.phone, row.address, row.terms, row.language or shop_language(read), when,
        when.astimezone(read.zone).date(), row.expected_on, row.note, row.total_minor, row.currency,
        ordered_lines(read, order_id),
    )  # fmt: skip


def pdf_of(paper: OrderPaper) -> bytes:
    """The paper as a PDF, in the supplier's language."""
    with speaking(paper.language):
        return write_sheet(_sheet(paper))


def save_paper(shop: Shop, order_id: int, path: Path) -> None:
    """Write the PDF of an order to a file. Raises `ShopError`."""
    paper = shop.ask(order_paper, order_id)
    if paper is None:
        raise Refused(N_("This entry no longer exists. Refresh the list."))
    try:
        path.write_bytes(pdf_of(paper))
    except OSError as error:
        raise Unavailable(NO_FILE) from error


def can_send(shop: Shop, _kind: str) -> bool:
    """Whether this machine can send letters: a server is set, and its password is here."""
    server = shop.ask(mail_server)
    return bool(server.host) and (not server.user or bool(get_secret(server.shop_key, MAIL)))


def send_paper(shop: Shop, job: Job, gateways: Gateways) -> None:
    """Send the letter with an order. Raises `Refused` for never, another `ShopError` for later."""
    paper = shop.ask(order_paper, int(job.payload["order"]))
    if paper is None or paper.state == CANCELLED or paper.sent_how != BY_MAIL:
        raise Refused(NOT_WANTED)
    if not paper.email:
        raise Refused(NO_ADDRESS)
    server = shop.ask(mail_server)
    if not server.host:
        raise Unavailable(NO_SERVER)
    send_letter(login_of(server), letter_of(server, paper, job.id), gateways.trust)


def letter_of(server: MailServer, paper: OrderPaper, number: int) -> Letter:
    """The letter with the PDF; the same outbox row is always the same letter."""
    domain = server.sender.rpartition("@")[2] or "localhost"
    key = f"<purchase.{number}.{server.shop_key or 'shop'}@{domain}>"
    with speaking(paper.language):
        title = _("Purchase order {number} from {shop}").format(number=paper.code, shop=paper.shop)
        parts = [
            _("Dear {name},").format(name=paper.contact or paper.supplier),
            _("please deliver what stands on the enclosed order {number}, {amount} in all.").format(
                number=paper.code, amount=Money(paper.total_minor, paper.currency)
            ),
        ]
        if paper.expected_on is not None:
            parts.append(_("We expect it on {day}.").format(day=f"{paper.expected_on:%Y-%m-%d}"))
        parts.append(paper.shop)
    file = Enclosed(f"{paper.code}.pdf", pdf_of(paper))
    return Letter(
        key, server.sender, server.shop_name, paper.email, title, "\n\n".join(parts), paper.made_at, (file,)
    )


def _sheet(paper: OrderPaper) -> Sheet:
    columns = (
        Column("#", 5, True), Column(_("Goods"), 42), Column(_("Their code"), 16), Column(_("Packs"), 12, True),
        Column(_("Quantity"), 16, True), Column(_("Price of a pack"), 16, True), Column(_("Amount"), 18, True),
    )  # fmt: skip
    goods = sum(line.amount_minor for line in paper.lines)
    total = str(Money(paper.total_minor or goods, paper.currency))
    count = ngettext("{count} line", "{count} lines", len(paper.lines)).format(count=f"{len(paper.lines):,}")
    return Sheet(
        sender=[text for text in (paper.shop, paper.branch) if text], title=_("Purchase order"), number=paper.code,
        facts=_facts(paper), columns=columns,
        rows=[_row(place, line, paper.currency) for place, line in enumerate(paper.lines, 1)],
        sums=[(count, ""), (_("Total"), total)], closing=[paper.note] if paper.note else [],
        page_words=_("Page {page} of {pages}"),
    )  # fmt: skip


def _facts(paper: OrderPaper) -> list[tuple[str, str]]:
    told = " · ".join(part for part in (paper.contact, paper.phone, paper.email) if part)
    facts = [
        (_("Supplier"), paper.supplier), (_("Contact"), told), (_("Address"), paper.address),
        (_("Order date"), f"{paper.day:%Y-%m-%d}"),
        (_("Due on"), f"{paper.expected_on:%Y-%m-%d}" if paper.expected_on else ""),
        (_("Payment terms"), paper.terms),
    ]  # fmt: skip
    return [(word, value) for word, value in facts if value]


def _row(place: int, line: OrderedLine, currency: str) -> list[str]:
    quantity = f"{quantity_text(line.qty_milli)} {line.unit}"
    price, amount = (Money(minor, currency).plain() for minor in (line.price_minor, line.amount_minor))
    return [str(place), line.name, line.their_code or line.code, f"{line.packs:,}", quantity, price, amount]
