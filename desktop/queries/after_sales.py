"""After-sales cases as a list: by what is to be done about them, newest or longest waiting first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, or_, select

from desktop.models.after_sales import (
    APPROVED,
    ASKED,
    AWAITED,
    CANCELLED,
    CLOSED,
    RECEIVED,
    REFUSED,
    SETTLED,
    WAITING,
    AfterSale,
    AfterSaleLine,
    AfterSalePhoto,
)
from desktop.models.members import Member
from desktop.models.orders import Order, OrderLine
from desktop.models.people import Permission
from desktop.queries.page import AnySelect, Page, Position, in_order, like, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

TABS: dict[str, tuple[str, ...]] = {
    "waiting": WAITING,
    "approve": (ASKED,),
    "goods": (AWAITED,),
    "settle": (APPROVED, RECEIVED),
    "follow": (SETTLED,),
    "ended": (CLOSED, REFUSED, CANCELLED),
    "all": (),
}
SORTS = {"opened": AfterSale.opened_at, "moved": AfterSale.moved_at, "worth": AfterSale.worth_minor}


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases: a tab, a kind, an order; words are looked for in numbers, reasons, members."""

    tab: str = "waiting"
    kind: str = ""
    text: str = ""
    order_id: int = 0
    sort: str = "moved"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case; `worth_minor` in minor units of `currency`, times UTC."""

    id: int
    code: str
    kind: str
    state: str
    reason: str
    order_id: int
    order_code: str
    order_short: str
    member_name: str
    goods: str
    lines: int
    photos: int
    worth_minor: int
    currency: str
    opened_at: datetime
    moved_at: datetime


@question(permission=Permission.SEE_ORDERS)
def cases_page(read: Read, filters: CaseFilter | None = None, after: Position | None = None) -> Page[CaseRow]:
    """The cases that fit, 200 at a time."""
    return read_cases(read, filters or CaseFilter(), after)


@question(permission=Permission.SEE_ORDERS)
def case_counts(read: Read, filters: CaseFilter | None = None) -> dict[str, int]:
    """How many cases stand under each tab, the other filters applied."""
    wanted = filters or CaseFilter()
    columns: list[Any] = [AfterSale.state, func.count()]
    statement = _joined(select(*columns).select_from(AfterSale))
    statement = statement.where(*_fitting(wanted)).group_by(AfterSale.state)
    found = {state: int(count) for state, count in map(tuple, read.rows(statement))}
    return {
        tab: sum(n for state, n in found.items() if not states or state in states)
        for tab, states in TABS.items()
    }


@question(permission=Permission.EXPORT)
def cases_for_export(read: Read, filters: CaseFilter, after: Position | None = None) -> Page[CaseRow]:
    """The same rows, for a file."""
    return read_cases(read, filters, after)


def read_cases(read: Read, wanted: CaseFilter, after: Position | None) -> Page[CaseRow]:
    """A page of cases."""
    count = select(func.count()).where(AfterSaleLine.case_id == AfterSale.id)
    photos = select(func.count()).where(AfterSalePhoto.case_id == AfterSale.id)
    first = select(func.min(OrderLine.name)).join(AfterSaleLine, AfterSaleLine.line_id == OrderLine.id)
    statement = select(
        AfterSale.id, AfterSale.code, AfterSale.kind, AfterSale.state, AfterSale.reason, AfterSale.order_id,
        Order.code.label("order_code"), Order.short_code.label("order_short"),
        func.coalesce(Member.name, "").label("member_name"),
        first.where(AfterSaleLine.case_id == AfterSale.id).scalar_subquery().label("goods"),
        count.scalar_subquery().label("lines"), photos.scalar_subquery().label("photos"), AfterSale.worth_minor,
        Order.currency, AfterSale.opened_at, AfterSale.moved_at,
    ).select_from(AfterSale)  # fmt: skip
    statement = _joined(statement).where(*_fitting(wanted), *_in_tab(wanted))
    keys = (SORTS.get(wanted.sort, AfterSale.moved_at), AfterSale.id)
    rows = read.rows(in_order(statement, keys, after, descending=wanted.descending)).all()
    column = {"opened": "opened_at", "worth": "worth_minor"}.get(wanted.sort, "moved_at")
    return page_of(
        rows,
        _row,
        lambda r: (getattr(r, column), r.id),
    )


def _row(row: Any) -> CaseRow:
    values: dict[str, Any] = {name: getattr(row, name) for name in CaseRow.__slots__}
    values["goods"] = row.goods or ""
    return CaseRow(**values)


def _joined(statement: AnySelect) -> AnySelect:
    statement = statement.join(Order, Order.id == AfterSale.order_id)
    return statement.join(Member, Member.id == Order.member_id, isouter=True)


def _in_tab(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    states = TABS.get(wanted.tab, ())
    return [AfterSale.state.in_(states)] if states else []


def _fitting(wanted: CaseFilter) -> list[Any]:
    found: list[Any] = []
    if wanted.kind:
        found.append(AfterSale.kind == wanted.kind)
    if wanted.order_id:
        found.append(AfterSale.order_id == wanted.order_id)
    if words := wanted.text.strip():
        pattern = f"%{like(words)}%"
        fields = (
            AfterSale.code,
            AfterSale.reason,
            AfterSale.tracking,
            Order.code,
            Order.short_code,
            Member.name,
        )
        found.append(or_(*(field.ilike(pattern, escape="\\") for field in fields)))
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """Cases somebody has to do something about: how many, what they are worth, since when, the first."""

    count: int
    worth_minor: int
    since: datetime | None
    first: int | None


def waiting_cases(read: Read, most: int) -> Waiting:
    """The cases whose next step is the shop's: to approve and to settle; at most so many are looked at."""
    mine = select(AfterSale.id, AfterSale.worth_minor, AfterSale.moved_at)
    mine = mine.where(AfterSale.state.in_((ASKED, APPROVED, RECEIVED)))
    rows = mine.order_by(AfterSale.moved_at, AfterSale.id).limit(most + 1).subquery("waiting")
    total = func.coalesce(cast(func.sum(rows.c.worth_minor), BigInteger), 0)
    columns: list[Any] = [func.count(), total, func.min(rows.c.moved_at), func.min(rows.c.id)]
    count, worth, since, first_id = tuple(read.rows(select(*columns)).one())
    return Waiting(int(count), int(worth), since, first_id)
