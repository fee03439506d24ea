"""The X report (a look at an open drawer) and the Z report (the closing): takings by method, cash, counts, cashiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.errors import NotAllowed, NotFound
from desktop.basics.i18n import N_
from desktop.models.cash_sessions import OPEN, CashCount, CashForeign, CashMovement, CashSession, CashTally
from desktop.models.orders import Order
from desktop.models.payments import PaymentMethod, Refund, RefundTender, Tender
from desktop.models.people import Permission, Till
from desktop.models.settings import SHOP_BRANCH, SHOP_NAME
from desktop.models.stored_value import DONE, TopUp
from desktop.queries.cash_sessions import SessionRow, session_rows
from desktop.queries.cash_sums import CASH, CashSums, back_by, cash_sums
from desktop.queries.order_detail import actor_names
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class MethodLine:
    """What one way to pay brought and gave back in a session (minor units)."""

    method: str
    count: int
    taken_minor: int
    back_count: int
    back_minor: int


@dataclass(frozen=True, slots=True)
class CashierLine:
    """What one person took in a session (minor units)."""

    name: str
    sales: int
    taken_minor: int


@dataclass(frozen=True, slots=True)
class MovedLine:
    """Cash put in or taken out by hand (minor units, above zero)."""

    id: int
    kind: str
    amount_minor: int
    reason: str
    document: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ForeignLine:
    """Another currency in a count: its coins and notes, and what should have been there (its minor units)."""

    currency: str
    counted_minor: int
    expected_minor: int
    pieces: tuple[tuple[int, int], ...]

    @property
    def difference_minor(self) -> int:
        """Counted less expected."""
        return self.counted_minor - self.expected_minor


@dataclass(frozen=True, slots=True)
class TallyLine:
    """One count: its coins and notes (minor units, pieces), other currencies apart. Round 0 is the float."""

    round: int
    counted_minor: int
    expected_minor: int
    name: str
    at: datetime
    pieces: tuple[tuple[int, int], ...]
    foreign: tuple[ForeignLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CashReport:
    """A session’s report (minor units). `cash` is None, and sums are left out, for who may not know before counting."""

    session: SessionRow
    shop: str
    branch: str
    prints: int
    after_minor: int
    sales: int
    goods_minor: int
    discount_minor: int
    rounding_minor: int
    points: int
    points_minor: int
    refunds: int
    refunds_minor: int
    top_ups_minor: int
    outside_count: int
    outside_minor: int
    methods: tuple[MethodLine, ...]
    cashiers: tuple[CashierLine, ...]
    moved: tuple[MovedLine, ...]
    tallies: tuple[TallyLine, ...]
    cash: CashSums | None

    @property
    def is_z(self) -> bool:
        """Whether the session is closed, so that this is its last word."""
        return self.session.number is not None


@question(permission=Permission.CASH)
def cash_report(read: Read, session_id: int) -> CashReport:
    """The report of a session as it stands now. Before the count only who reconciles is told the cash."""
    row = read.first(select(CashSession.__table__).where(CashSession.id == session_id))
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    joined = select(CashSession.__table__, Till.name.label("till_name")).join(
        Till, Till.id == CashSession.till_id
    )
    session = session_rows(read, joined.where(CashSession.id == session_id))[0]
    tallies = _tallies(read, session_id)
    told = row.state != OPEN or any(t.round for t in tallies) or _reconciles(read)
    sales = _sales(read, session_id)
    outside = _outside(read, row)
    back = _back(read, session_id)
    top_ups = select(func.coalesce(func.sum(TopUp.amount_minor), 0))
    return CashReport(
        session=session,
        shop=read.setting(SHOP_NAME),
        branch=read.setting(SHOP_BRANCH),
        prints=row.prints,
        after_minor=row.after_minor,
        sales=int(sales.count),
        goods_minor=int(sales.goods or 0) if told else 0,
        discount_minor=int(sales.discount or 0) if told else 0,
        rounding_minor=int(sales.rounding or 0) if told else 0,
        points=int(sales.points or 0),
        points_minor=int(sales.points_minor or 0),
        refunds=int(back[0]),
        refunds_minor=int(back[1] or 0),
        top_ups_minor=int(read.value(top_ups.where(TopUp.session_id == session_id, TopUp.state == DONE))),
        outside_count=int(outside[0]),
        outside_minor=int(outside[1] or 0),
        methods=_methods(read, session_id) if told else (),
        cashiers=_cashiers(read, session_id) if told else (),
        moved=_moved(read, session_id),
        tallies=tallies if told else tuple(t for t in tallies if not t.round),
        cash=cash_sums(read, session_id) if told else None,
    )


def _reconciles(read: Read) -> bool:
    try:
        read.require(Permission.RECONCILE)
    except NotAllowed:
        return False
    return True


def _sales(read: Read, session_id: int) -> Any:
    mine = select(Tender.order_id).where(Tender.session_id == session_id)
    sums = select(
        func.count().label("count"), func.sum(Order.goods_minor).label("goods"),
        func.sum(Order.discount_minor).label("discount"), func.sum(Order.rounding_minor).label("rounding"),
        func.sum(Order.points_spent).label("points"), func.sum(Order.points_minor).label("points_minor"),
    )  # fmt: skip
    return read.rows(sums.where(Order.id.in_(mine))).one()


def _back(read: Read, session_id: int) -> Any:
    count = func.count(func.distinct(Refund.id))
    mine = select(count, func.sum(RefundTender.amount_minor)).join(
        Refund, Refund.id == RefundTender.refund_id
    )
    return read.rows(mine.where(RefundTender.session_id == session_id)).one()


def _outside(read: Read, row: Any) -> Any:
    """Cash taken at this till since its last closing while no session was open."""
    before = select(func.max(CashSession.closed_at))
    last = read.value(before.where(CashSession.till_id == row.till_id, CashSession.closed_at < row.opened_at))
    lone = [Tender.method_key == CASH, Tender.session_id.is_(None), Order.till_id == row.till_id]
    lone += [Tender.at > last] if last else []
    lone += [Tender.at <= row.closed_at] if row.closed_at else []
    found = select(func.count(), func.sum(Tender.amount_minor)).join(Order, Order.id == Tender.order_id)
    if last is None:  # before the first session: since that morning
        lone.append(Tender.at >= day_starts(shop_day(row.opened_at, read.zone), read.zone))
    return read.rows(found.where(*lone)).one()


def _methods(read: Read, session_id: int) -> tuple[MethodLine, ...]:
    taken = select(Tender.method_key, func.count(), func.sum(Tender.amount_minor)).group_by(Tender.method_key)
    mine = read.rows(taken.where(Tender.session_id == session_id))
    came = {key: (int(count), int(minor)) for key, count, minor in map(tuple, mine)}
    way = back_by().label("way")
    given = select(way, func.count(), func.sum(RefundTender.amount_minor)).join(
        Tender, Tender.id == RefundTender.tender_id
    )
    given = given.where(RefundTender.session_id == session_id).group_by(way)
    went = {key: (int(count), int(minor)) for key, count, minor in map(tuple, read.rows(given))}
    order = read.rows(select(PaymentMethod.key).order_by(PaymentMethod.position)).scalars().all()
    found = [key for key in order if key in came or key in went]
    return tuple(MethodLine(key, *came.get(key, (0, 0)), *went.get(key, (0, 0))) for key in found)


def _cashiers(read: Read, session_id: int) -> tuple[CashierLine, ...]:
    sums = select(
        Tender.actor, func.count(func.distinct(Tender.order_id)), func.sum(Tender.amount_minor)
    ).where(Tender.session_id == session_id, Tender.points == 0)
    found = read.rows(sums.group_by(Tender.actor).order_by(func.sum(Tender.amount_minor).desc()))
    rows = [tuple(row) for row in found]
    names = actor_names(read, {row[0] for row in rows})
    return tuple(CashierLine(names.get(row[0], ""), int(row[1]), int(row[2])) for row in rows)


def _moved(read: Read, session_id: int) -> tuple[MovedLine, ...]:
    mine = (
        select(CashMovement.__table__).where(CashMovement.session_id == session_id).order_by(CashMovement.id)
    )
    rows = read.rows(mine).all()
    names = actor_names(read, {row.actor for row in rows})
    return tuple(
        MovedLine(r.id, r.kind, r.amount_minor, r.reason, r.document, names.get(r.actor, ""), r.at)
        for r in rows
    )


def _tallies(read: Read, session_id: int) -> tuple[TallyLine, ...]:
    mine = select(CashTally.__table__).where(CashTally.session_id == session_id).order_by(CashTally.round)
    rows = read.rows(mine).all()
    names = actor_names(read, {row.actor for row in rows})
    pieces = select(CashCount.tally_id, CashCount.currency, CashCount.denomination_minor, CashCount.pieces)
    counted: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for row in read.rows(pieces.where(CashCount.session_id == session_id).order_by(CashCount.id)):
        counted.setdefault((row.tally_id, row.currency), []).append((row.denomination_minor, row.pieces))
    others: dict[int, list[ForeignLine]] = {}
    foreign = select(CashForeign.__table__).where(CashForeign.session_id == session_id)
    for row in read.rows(foreign.order_by(CashForeign.currency)):
        notes = tuple(counted.get((row.tally_id, row.currency), ()))
        line = ForeignLine(row.currency, row.counted_minor, row.expected_minor, notes)
        others.setdefault(row.tally_id, []).append(line)
    return tuple(
        TallyLine(
            r.round,
            r.counted_minor,
            r.expected_minor,
            names.get(r.actor, ""),
            r.at,
            tuple(counted.get((r.id, ""), ())),
            tuple(others.get(r.id, ())),
        )
        for r in rows
    )
