"""`zhanggui reconcile`: a provider's bill from a file, matched with what the shop wrote down."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.commands.places import chosen_place, opened
from desktop.commands.say import WrongUse, answer, progress

if TYPE_CHECKING:
    from desktop.services.reconcile import BillReport


def run(arguments: argparse.Namespace) -> int:
    """Take the bill; 1 when something waits for a decision."""
    path = Path(arguments.file)
    if not path.is_file():
        raise WrongUse(N_("There is no file {place}. Check the name and the folder."), place=path)
    report = _taken(arguments, path, _day(arguments.day))
    progress(arguments, "")
    answer(arguments, _facts(report), *_lines(report))
    return 1 if report.open else 0


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUse(N_("“{text}” is no day. Write it as 2026-11-20."), text=text) from None


def _taken(arguments: argparse.Namespace, path: Path, day: date | None) -> BillReport:
    from desktop.services.reconcile import take_bill

    def told(done: int, total: int) -> bool:
        progress(arguments, _("{done} of {total} rows").format(done=f"{done:,}", total=f"{total:,}"))
        return True

    with opened(chosen_place(arguments.database)) as shop:
        return take_bill(
            shop, path, gateway=arguments.provider or "", day=day, dry=arguments.dry_run, progress=told
        )


def _facts(report: BillReport) -> dict[str, Any]:
    return {
        "ok": not report.open,
        "provider": report.gateway,
        "account": report.account,
        "day": report.day.isoformat(),
        "file": report.file_name,
        "currency": report.currency,
        "statement": report.statement_id,
        "rows": report.rows,
        "paid_minor": report.paid_minor,
        "refunded_minor": report.refunded_minor,
        "fee_minor": report.fee_minor,
        "states": report.states,
        "open": report.open,
        "difference_minor": report.difference_minor,
        "same": report.same,
        "dry_run": report.dry,
        "remarks": list(report.remarks),
    }


def _lines(report: BillReport) -> list[str]:
    from desktop.queries.order_words import method_word
    from desktop.queries.reconcile_words import state_word

    def money(minor: int) -> Money:
        return Money(minor, report.currency)

    lines = [f"{method_word(report.gateway)} {report.account} · {report.day:%Y-%m-%d} · {report.file_name}"]
    if report.same:
        lines.append(_("This file was brought in before; nothing was changed."))
    if report.dry:
        lines.append(_("Only tried; nothing was changed."))
    sums = _("{rows} rows: paid {paid}, given back {back}, fees {fee}")
    lines.append(
        sums.format(
            rows=f"{report.rows:,}", paid=money(report.paid_minor), back=money(report.refunded_minor),
            fee=money(report.fee_minor),
        )
    )  # fmt: skip
    lines += [f"  {count:,} × {state_word(state)}" for state, count in sorted(report.states.items())]
    lines += [f"  {remark}" for remark in report.remarks]
    if report.open:
        words = _("{count} to decide, difference {money}. Open Payments, Reconciliation.")
        lines.append(words.format(count=f"{report.open:,}", money=money(report.difference_minor)))
    return lines
