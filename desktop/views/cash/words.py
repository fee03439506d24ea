"""A session's report as blocks of words and amounts, for the screen and for paper alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.money import Money
from desktop.queries.cash_report import CashReport, ForeignLine
from desktop.queries.cash_sessions import SessionRow
from desktop.queries.order_words import method_word

KIND_WORDS = {"in": N_("Put in"), "out": N_("Taken out"), "drop": N_("To the safe"), "float": N_("Float")}
Row = tuple[str, str, str]  # word, value, tone


@dataclass(frozen=True)
class Block:
    """A part of the report: its heading and its rows."""

    title: str
    rows: tuple[Row, ...]


def signed(minor: int, currency: str) -> str:
    """An amount with its sign, also above zero: `+¥0.50`."""
    text = str(Money(minor, currency))
    return f"+{text}" if minor > 0 else text


def difference_words(minor: int, currency: str) -> tuple[str, str]:
    """What a difference means, and its tone."""
    if not minor:
        return _("Exact"), "success"
    amount = Money(abs(minor), currency)
    if minor < 0:
        return _("{amount} missing").format(amount=amount), "danger"
    return _("{amount} too much").format(amount=amount), "warn"


def verdict_words(minor: int, off: Iterable[Sequence[Any]], currency: str) -> tuple[str, str]:
    """What the differences of a count mean and their tone; `off`: currency and difference of the other ones."""
    gaps = [(str(code), int(gap)) for code, gap in off if gap]
    if not gaps:
        return difference_words(minor, currency)
    parts = [difference_words(minor, currency)[0]] if minor else []
    for code, gap in gaps:
        words = _("{amount} missing") if gap < 0 else _("{amount} too much")
        parts.append(words.format(amount=amount_of(abs(gap), code)))
    short = min(minor, *(gap for _code, gap in gaps)) < 0
    return _(", ").join(parts), "danger" if short else "warn"


def plus(minor: int, currency: str) -> str:
    """A difference without its symbol: `+0.50`."""
    text = Money(minor, currency).plain()
    return f"+{text}" if minor > 0 else text


def amount_of(minor: int, currency: str) -> str:
    """An amount with the code of its currency: `JPY 1,200` beside ¥."""
    return f"{currency} {Money(minor, currency).plain()}"


def foreign_rows(currency: str, counted: int, due: int) -> list[Row]:
    """Another currency in a drawer: counted, what should be there, the difference."""
    gap = counted - due
    tone = "success" if not gap else "danger" if gap < 0 else "warn"
    return [
        (_("{currency} counted").format(currency=currency), amount_of(counted, currency), ""),
        (_("{currency} that should be there").format(currency=currency), amount_of(due, currency), ""),
        (_("{currency} difference").format(currency=currency), plus(gap, currency), tone),
    ]


def report_title(report: CashReport) -> str:
    """X report, or the Z report with its number."""
    number = report.session.number
    return _("X report") if number is None else _("Z report {number}").format(number=number)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Day and minute, as they stand on paper."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def head_rows(row: SessionRow, zone: ZoneInfo) -> list[Row]:
    """Which till, who opened and closed it, and when."""

    def said(at: datetime, who: str) -> str:
        return " ".join(part for part in (moment(at, zone), who) if part)

    rows = [(_("Till"), row.till, ""), (_("Opened at"), said(row.opened_at, row.opened_by), "")]
    if row.closed_at is not None:
        rows.append((_("Closed at"), said(row.closed_at, row.closed_by), ""))
    return rows


def blocks(report: CashReport, zone: ZoneInfo) -> list[Block]:
    """The whole report; without its sums for who may not know them before counting."""
    found = [_sales(report), _methods(report), _cash(report), *_counts(report, zone), _moved(report, zone)]
    return [block for block in (*found, _cashiers(report), _outside(report)) if block.rows]


def _sales(report: CashReport) -> Block:
    def money(minor: int) -> str:
        return str(Money(minor, report.session.currency))

    rows: list[Row] = [(_("Number of sales"), f"{report.sales:,}", "")]
    if report.cash is not None:
        rows.append((_("Goods"), money(report.goods_minor), ""))
        for word, minor in ((_("Discounts"), -report.discount_minor), (_("Rounding"), report.rounding_minor)):
            if minor:
                rows.append((word, money(minor), ""))
        if report.points:
            words = _("Points used ({points})").format(points=f"{report.points:,}")
            rows.append((words, money(report.points_minor), ""))
    if report.refunds:
        words = _("Refunds ({count})").format(count=report.refunds)
        rows.append((words, money(-report.refunds_minor), ""))
    if report.top_ups_minor and report.cash is not None:
        rows.append((_("Stored value topped up"), money(report.top_ups_minor), ""))
    return Block(_("Sales in this session"), tuple(rows))


def _methods(report: CashReport) -> Block:
    rows: list[Row] = []
    for line in report.methods:
        name = method_word(line.method)
        currency = report.session.currency
        if line.count:
            rows.append((f"{name} × {line.count}", str(Money(line.taken_minor, currency)), ""))
        if line.back_count:
            words = _("{method} given back × {count}").format(method=name, count=line.back_count)
            rows.append((words, str(Money(-line.back_minor, currency)), ""))
    if rows:
        total = sum(line.taken_minor - line.back_minor for line in report.methods)
        rows.append((_("Together"), str(Money(total, report.session.currency)), "strong"))
    return Block(_("By way to pay"), tuple(rows))


def _cash(report: CashReport) -> Block:
    session, sums = report.session, report.cash
    if sums is None:
        float_row = (_("Float"), str(Money(session.float_minor, session.currency)), "")
        return Block(_("Cash"), (float_row, (_("What should be there"), _("told after the count"), "")))
    parts = (
        (_("Float"), sums.float_minor),
        (_("Cash taken, less change"), sums.taken_minor),
        (_("Stored value topped up"), sums.topped_up_minor),
        (_("Cash given back"), -sums.refunded_minor),
        (_("Stored value paid out"), -sums.paid_out_minor),
        (_("Put in"), sums.in_minor),
        (_("Taken out"), -sums.out_minor),
        (_("To the safe"), -sums.drop_minor),
    )
    rows = [
        (word, str(Money(minor, session.currency)), "")
        for n, (word, minor) in enumerate(parts)
        if minor or n < 2
    ]
    rows.append((_("Should be there"), str(Money(sums.expected_minor, session.currency)), "strong"))
    rows += [
        (_("{currency} notes").format(currency=code), amount_of(minor, code), "")
        for code, minor in sums.foreign
    ]
    rows += _found(report)
    return Block(_("Cash"), tuple(rows))


def _found(report: CashReport) -> list[Row]:
    """What the closing found in the drawer, in each currency; nothing before it."""
    session = report.session
    if session.counted_minor is None or session.difference_minor is None:
        return []
    rows = [(_("Cash counted"), str(Money(session.counted_minor, session.currency)), "")]
    if report.after_minor:
        rows.append((_("Moved after the count"), signed(report.after_minor, session.currency), ""))
    off = session.difference_minor
    rows.append(
        (_("Cash difference"), signed(off, session.currency), difference_words(off, session.currency)[1])
    )
    last = report.tallies[-1].foreign if report.tallies and report.tallies[-1].round else ()
    for one in last:
        rows += foreign_rows(one.currency, one.counted_minor, one.expected_minor)
    rows += [(_("Reason"), session.reason, "")] if session.reason else []
    return rows + ([(_("Note"), session.note, "")] if session.note else [])


def _counts(report: CashReport, zone: ZoneInfo) -> Iterator[Block]:
    currency = report.session.currency
    for tally in report.tallies:
        rows: list[Row] = []
        for value, pieces in tally.pieces:
            word = _("As a sum") if value == 1 and pieces > 99 else f"{Money(value, currency)} × {pieces:,}"
            rows.append((word, Money(value * pieces, currency).plain(), ""))
        rows.append((_("Cash counted"), str(Money(tally.counted_minor, currency)), "strong"))
        if tally.round:
            off = tally.counted_minor - tally.expected_minor
            rows.append((_("Difference then"), signed(off, currency), ""))
        for other in tally.foreign:
            rows += _notes(other, tally.round)
        name = _("Count {number}").format(number=tally.round) if tally.round else _("Float")
        at = f"{tally.at.astimezone(zone):%H:%M}"
        yield Block(" · ".join(part for part in (name, at, tally.name) if part), tuple(rows))


def _notes(line: ForeignLine, number: int) -> list[Row]:
    code = line.currency
    rows = [
        (_("As a sum") if value == 1 and pieces > 99 else f"{amount_of(value, code)} × {pieces:,}",
         Money(value * pieces, code).plain(), "")
        for value, pieces in line.pieces
    ]  # fmt: skip
    rows.append(
        (_("{currency} counted").format(currency=code), amount_of(line.counted_minor, code), "strong")
    )
    return rows + foreign_rows(code, line.counted_minor, line.expected_minor)[2:] if number else rows


def _moved(report: CashReport, zone: ZoneInfo) -> Block:
    rows = []
    for line in report.moved:
        if line.kind == "float":
            continue
        minor = line.amount_minor if line.kind == "in" else -line.amount_minor
        words = (f"{line.at.astimezone(zone):%H:%M}", _(KIND_WORDS[line.kind]), line.reason, line.document)
        rows.append((" ".join(part for part in words if part), signed(minor, report.session.currency), ""))
    return Block(_("Put in and taken out"), tuple(rows))


def _cashiers(report: CashReport) -> Block:
    rows = []
    for line in report.cashiers:
        count = ngettext("{count} sale", "{count} sales", line.sales).format(count=line.sales)
        name = line.name or _("Online")
        rows.append((f"{name} · {count}", str(Money(line.taken_minor, report.session.currency)), ""))
    return Block(_("By cashier"), tuple(rows))


def _outside(report: CashReport) -> Block:
    if not report.outside_count:
        return Block("", ())
    words = ngettext("{count} payment", "{count} payments", report.outside_count)
    count = words.format(count=report.outside_count)
    amount = str(Money(report.outside_minor, report.session.currency))
    return Block(_("Cash taken while no session was open"), ((count, amount, "warn"),))
