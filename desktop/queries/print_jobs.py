"""The papers of the tills: what waits, what came out, and the lines of one, as its till prints them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import Malformed, NotFound
from desktop.basics.i18n import N_, _, speaking
from desktop.basics.paper import COLUMNS, PaperLine
from desktop.gateways.escpos_bytes import Look, preview
from desktop.models.orders import Order
from desktop.models.payments import Refund
from desktop.models.people import Permission, Till
from desktop.models.print_jobs import FAILED, UNSURE, WAITS, PrintJob
from desktop.models.settings import SHOP_BRANCH, SHOP_NAME
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.queries.receipt_paper import receipt_lines
from desktop.queries.receipt_template import read_template
from desktop.queries.receipts import Receipt, ReceiptLine, ReceiptTender, read_receipt
from desktop.queries.refund_receipts import read_refund, refund_lines
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class JobRow:
    """One paper; `number` is the order it belongs to, `problem` a key of `PROBLEM_WORDS`."""

    id: int
    kind: str
    document: str
    number: str
    copy_no: int
    till_id: int
    till: str
    state: str
    problem: str
    attempts: int
    note: str
    at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobState:
    """How far one paper is."""

    id: int
    state: str
    problem: str
    copy_no: int


@dataclass(frozen=True, slots=True)
class TillPaper:
    """What a till prints and opens by itself."""

    id: int
    name: str
    kind: str
    receipts: str
    drawer: bool


@question(permission=Permission.KIOSK)
def job_state(read: Read, job_id: int) -> JobState:
    """How far a paper is; a kiosk hears of its own only. Raises `NotFound`."""
    statement = select(PrintJob.id, PrintJob.state, PrintJob.problem, PrintJob.copy_no)
    statement = statement.where(PrintJob.id == job_id)
    if read.actor.kind == "kiosk":
        statement = statement.where(PrintJob.till_id == read.actor.till_id)
    row = read.first(statement)
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return JobState(row.id, row.state, row.problem, row.copy_no)


@question(permission=Permission.KIOSK)
def receipt_job(read: Read, order_id: int) -> JobState | None:
    """How far the newest receipt of an order is, None when none was asked for; a kiosk hears of its own only."""
    statement = select(PrintJob.id, PrintJob.state, PrintJob.problem, PrintJob.copy_no)
    statement = statement.where(PrintJob.kind == "receipt", PrintJob.document == f"order:{order_id}")
    if read.actor.kind == "kiosk":
        statement = statement.where(PrintJob.till_id == read.actor.till_id)
    row = read.first(statement.order_by(PrintJob.copy_no.desc()).limit(1))
    return None if row is None else JobState(row.id, row.state, row.problem, row.copy_no)


@question(permission=Permission.TAKE_PAYMENT)
def print_jobs(
    read: Read,
    after: Position | None = None,
    *,
    till_id: int | None = None,
    troubled: bool = False,
    size: int = 50,
) -> Page[JobRow]:
    """The papers, newest first; `troubled` ones wait for the printer or for a person."""
    order = Order.id == func.coalesce(_id_in("order:"), Refund.order_id)
    statement = (
        select(PrintJob.__table__, Till.name.label("till"), Order.code.label("number"))
        .join(Till, Till.id == PrintJob.till_id)
        .outerjoin(Refund, Refund.id == _id_in("refund:"))
        .outerjoin(Order, order)
    )
    if till_id is not None:
        statement = statement.where(PrintJob.till_id == till_id)
    if troubled:
        statement = statement.where(WAITS)
    keys = (PrintJob.at, PrintJob.id)
    rows = read.rows(in_order(statement, keys, after, size=size)).all()
    return page_of(rows, _row, lambda r: (r.at, r.id), size=size)


def _id_in(prefix: str) -> Any:
    """The id in a document's name, NULL for other documents."""
    from sqlalchemy import BigInteger, case, cast

    tail = func.substr(PrintJob.document, len(prefix) + 1)
    found = func.substr(PrintJob.document, 1, len(prefix)) == prefix
    return cast(case((found, tail)), BigInteger)


def _row(row: Any) -> JobRow:
    return JobRow(
        row.id, row.kind, row.document, row.number or "", row.copy_no, row.till_id, row.till, row.state, row.problem,
        row.attempts, row.note, row.at, row.ended_at,
    )  # fmt: skip


@question(permission=Permission.TAKE_PAYMENT)
def print_troubles(read: Read) -> int:
    """How many papers need a person."""
    waits = (WAITS, PrintJob.state.in_((FAILED, UNSURE)))
    return int(read.value(select(func.count()).select_from(PrintJob).where(*waits)) or 0)


@question(permission=Permission.SETTINGS)
def till_papers(read: Read) -> tuple[TillPaper, ...]:
    """What each till prints and opens by itself, counters first."""
    statement = select(Till.id, Till.name, Till.kind, Till.receipts, Till.drawer).where(Till.kind != "online")
    rows = read.rows(statement.order_by(Till.kind, Till.id))
    return tuple(TillPaper(r.id, r.name, r.kind, r.receipts, r.drawer) for r in rows)


@question(permission=Permission.KIOSK)
def job_lines(read: Read, job_id: int, columns: int) -> tuple[PaperLine, ...]:
    """The lines of a paper in its own language; a kiosk reads its own only. Raises `Malformed` when it can't be laid out any more."""
    row = read.first(select(PrintJob.__table__).where(PrintJob.id == job_id))
    if row is None or (read.actor.kind == "kiosk" and row.till_id != read.actor.till_id):
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    with speaking(row.language or "zh_CN"):
        kind, _sep, tail = row.document.partition(":")
        if row.kind == "drawer":
            return ()
        if row.content:
            return _kept(row)
        template = read_template(read)
        if row.kind == "receipt" and kind == "order":
            return receipt_lines(read_receipt(read, int(tail)), columns, copy=row.copy_no, template=template)
        if row.kind == "refund" and kind == "refund":
            return refund_lines(read_refund(read, int(tail)), columns, copy=row.copy_no, template=template)
    raise Malformed(N_("This paper can’t be laid out any more. Look at its order."))


def _kept(row: Any) -> tuple[PaperLine, ...]:
    lines = [PaperLine(*line) for line in json.loads(row.content)]
    if row.copy_no:
        mark = PaperLine(_("Reprint {number}").format(number=row.copy_no), align="center", bold=True)
        lines.insert(0, mark)
    return tuple(lines)


@question(permission=Permission.KIOSK)
def receipt_preview(
    read: Read,
    typed: Mapping[str, Any],
    paper_mm: int,
    lang: str,
    *,
    copy: int = 0,
    encoding: str = "gb18030",
) -> bytes:
    """A made-up sale on the shop's paper with these settings, as a PNG dot by dot."""
    columns = COLUMNS[paper_mm]
    look = Look(columns, 384 if paper_mm == 58 else 576, encoding)
    with speaking(lang):
        made_up = _made_up(read)
        return preview(receipt_lines(made_up, columns, copy=copy, template=read_template(read, typed)), look)


def _made_up(read: Read) -> Receipt:
    """The sale of the pictures."""
    goods = (
        (_("Longjing green tea"), _("tin"), 1, 12_800), (_("Fresh milk"), _("bottle"), 2, 1_690),
        (_("Cloud cake"), _("box"), 1, 2_200), (_("Daily nuts"), _("bag"), 1, 3_990),
    )  # fmt: skip
    lines = tuple(
        ReceiptLine(name, "", unit, count * 1_000, price, price, count * price, count * price)
        for name, unit, count, price in goods
    )
    tenders = (ReceiptTender("points", 8_000, 8_000, ""), ReceiptTender("card", 12_370, 0, "114027"))
    return Receipt(
        order_id=0, shop=read.setting(SHOP_NAME), branch=read.setting(SHOP_BRANCH), code="20261121-0097",
        short_code="1121-0097", receipt_number="02-000451", till=N_("Self-checkout 2"), status="done",
        at=datetime(2026, 11, 21, 7, 13, 8, tzinfo=UTC), zone=str(read.zone), currency=read.currency, lines=lines,
        goods_minor=22_370, discount_minor=2_000, discount_note=N_("Member price"), freight_minor=0, rounding_minor=0,
        total_minor=20_370, points_minor=8_000, points_spent=8_000, to_pay_minor=12_370, tenders=tenders,
        received_minor=0, change_minor=0, refunded_minor=0, member_tail="6688", points_earned=148, points_left=5_008,
        footer="",
    )  # fmt: skip
