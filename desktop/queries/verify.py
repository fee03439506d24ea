"""Do the books balance? Every figure that is kept is counted again from what stands behind it.

Each check is one statement that finds only the rows that do not fit, so a million orders take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.queries import (
    verify_after_sales,
    verify_batches,
    verify_cash,
    verify_days,
    verify_orders,
    verify_papers,
    verify_parcels,
    verify_pay_methods,
    verify_payments,
    verify_points,
    verify_purchasing,
    verify_search,
    verify_statements,
    verify_stock,
    verify_stored,
    verify_transfers,
)
from desktop.queries.verify_fault import MOST_FAULTS, Fault
from desktop.shop import audit_trail
from desktop.shop.action import question
from desktop.shop.work import Read

CHECKS: tuple[Callable[[Read], Iterator[Fault]], ...] = (
    *verify_stock.CHECKS,
    *verify_transfers.CHECKS,
    *verify_batches.CHECKS,
    *verify_purchasing.CHECKS,
    *verify_orders.CHECKS,
    *verify_after_sales.CHECKS,
    *verify_parcels.CHECKS,
    *verify_points.CHECKS,
    *verify_payments.CHECKS,
    *verify_pay_methods.CHECKS,
    *verify_stored.CHECKS,
    *verify_days.CHECKS,
    *verify_statements.CHECKS,
    *verify_cash.CHECKS,
    *verify_papers.CHECKS,
    *verify_search.CHECKS,
)
TRAIL_WORDS = {
    "missing": N_("a row is missing before it"),
    "altered": N_("it was altered"),
    "tail": N_("the rows after it are missing"),
    "no head": N_("its chain has no head"),
}


@dataclass(frozen=True)
class Verdict:
    """What was found, and how many checks were made."""

    faults: tuple[Fault, ...]
    checks: int

    @property
    def whole(self) -> bool:
        """Whether everything fits."""
        return not self.faults


@question(permission=Permission.AUDIT)
def verify(read: Read) -> Verdict:
    """Check stock, orders, money, points, daily totals, numbers, the audit trail and the file itself."""
    faults: list[Fault] = []
    for check in (*CHECKS, _trail, _file):
        faults += check(read)
    return Verdict(tuple(faults), len(CHECKS) + 2)


def _trail(read: Read) -> Iterator[Fault]:
    """A2: the audit trail's chains are whole."""
    for i, (chain, number, what) in enumerate(audit_trail.faults(read.connection)):
        if i == MOST_FAULTS:
            return
        yield Fault("audit trail", f"{chain} {number}", _("whole"), _(TRAIL_WORDS[what]))


def _file(read: Read) -> Iterator[Fault]:
    """The database file itself is sound, and no row refers to one that is gone."""
    if not read.is_sqlite:
        return
    for row in read.connection.exec_driver_sql(f"PRAGMA quick_check({MOST_FAULTS})"):
        if row[0] != "ok":
            yield Fault("file", str(row[0]), "ok", _("damaged"))
    for table, rowid, *_rest in read.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(
        MOST_FAULTS
    ):
        yield Fault("reference", f"{table} {rowid}", _("an existing row"), _("a row that is gone"))
