"""One import from the chosen files to the written rows: the wizard and the terminal walk the same steps."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_, _
from desktop.basics.ids import new_key
from desktop.services.imports import goods
from desktop.services.imports.buying_fields import SUPPLIER_NAMES, SUPPLIER_PRICES, SUPPLIERS, TELLING
from desktop.services.imports.drafts import Draft, gather, given_for, recognise
from desktop.services.imports.fields import COUNTS, GOODS, MEMBERS, PRICES, TableKind, guess, missing
from desktop.services.imports.reading import (
    Progress,
    calm,
    checked_rows,
    import_setting,
    mapped,
    never_stop,
    open_tables,
    remembered_mapping,
    shape,
)
from desktop.services.imports.report import (
    DONE,
    NEW,
    NOT_WRITTEN,
    REFUSED,
    SAME,
    STOPPED,
    BadRow,
    BadRows,
    Halted,
    Report,
    Verdict,
)
from desktop.services.imports.runs import (
    ALL,
    GOOD,
    Cancelled,
    Columns,
    begin_run,
    finish_run,
    weigh_rows,
    write_rows,
    write_whole,
)
from desktop.services.imports.spool import Spool
from desktop.services.imports.table import Table
from desktop.shop.shop import Shop

BATCH = 250
ONE_TABLE: dict[str, TableKind] = {
    "goods": GOODS, "members": MEMBERS, "stock": COUNTS, "prices": PRICES, "suppliers": SUPPLIERS,
    "supplier-prices": SUPPLIER_PRICES,
}  # fmt: skip
WORDS = {
    "orders": N_("Orders"), "goods": N_("Goods"), "members": N_("Members"), "stock": N_("Counted stock"),
    "prices": N_("Prices"), "suppliers": N_("Suppliers"), "supplier-prices": N_("Suppliers’ prices"),
}  # fmt: skip
IGNORED = ""  # a column the person leaves out


@dataclass
class Desk:
    """The files of one import and what is known of them; close it when done."""

    shop: Shop
    spool: Spool = field(default_factory=Spool)
    tables: list[Table] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    kind: str = ""
    chosen: dict[str, str] = field(default_factory=dict)  # column → field

    def open(self, paths: Sequence[Path], sheet: str = "", progress: Progress | None = None) -> None:
        """Read the files; nothing is checked yet. Raises `Malformed` for one that can't be read, `Halted`."""
        self.close()
        self.spool = Spool()
        self.paths = list(paths)
        with calm():
            self.tables = open_tables(paths, self.spool, sheet, progress)

    def close(self) -> None:
        """Delete what was kept of the files."""
        self.spool.close()
        self.tables = []

    # -- what is what -----------------------------------------------------------------------------------------

    def likely_kinds(self) -> list[str]:
        """The kinds of data the headings fit, the best first."""
        scores = {}
        for key, kind in ONE_TABLE.items():
            if len(self.tables) == 1:
                found = guess(kind, self.tables[0].columns, {})
                if not missing(kind, found) and self._named(key, found):
                    scores[key] = len(found)
        if "supplier-prices" in scores:
            scores.pop("suppliers", None)  # what each supplier sells, with the supplier beside it
        with contextlib.suppress(Malformed):
            for table in self.tables:
                recognise(table, {})
            scores["orders"] = max(len(guess(recognise(t, {}), t.columns, {})) for t in self.tables) + 1
        return sorted(scores, key=lambda key: -scores[key])

    def _named(self, key: str, found: Mapping[str, int]) -> bool:
        """Whether the rows of this kind would say what they are about."""
        if key == "suppliers":
            heading = self.tables[0].columns[found["name"]].strip().lower()
            return heading in SUPPLIER_NAMES or bool(TELLING & found.keys())
        needs_goods = key in ("stock", "prices", "supplier-prices")
        return not needs_goods or bool({"code", "barcode", "name"} & found.keys())

    def choose(self, kind: str, given: Mapping[str, str] | None = None) -> None:
        """Say what the files hold; columns are taken as last time, else by their headings."""
        if kind not in WORDS:
            raise Malformed(
                N_("“{kind}” can’t be imported. Use one of: {known}."), kind=kind, known=", ".join(WORDS)
            )
        self.kind, self.chosen = kind, {}
        for table in self.tables:
            remembered = self.shop.ask(remembered_mapping, table.columns, kind)
            self.chosen |= {column: key for column, key in remembered.items() if column in table.columns}
        self.chosen |= dict(given or {})

    def kind_of(self, table: Table) -> TableKind:
        """Which table of fields a file is. Raises `Malformed` when it is none."""
        return ONE_TABLE[self.kind] if self.kind in ONE_TABLE else recognise(table, self.chosen)

    def mapping(self, table: Table) -> dict[str, int]:
        """Field → column of a file, as chosen."""
        return guess(self.kind_of(table), table.columns, self._given(table))

    def _given(self, table: Table) -> dict[str, str]:
        kind = self.kind_of(table)
        ignored = {c: k for c, k in self.chosen.items() if k == IGNORED and c in table.columns}
        known = given_for(kind, self.chosen, table) if len(self.tables) > 1 else self._here(table)
        return known | ignored

    def _here(self, table: Table) -> dict[str, str]:
        """All that was said of the only file; what does not fit it is refused with words."""
        return {c: k for c, k in self.chosen.items() if k != IGNORED}

    # -- check ------------------------------------------------------------------------------------------------

    def check(self, *, dry: bool = True, progress: Progress = never_stop) -> Report:
        """Read every row by its field and keep the good ones; with `dry` also weigh them against the shop."""
        self.spool.forget_checks()
        report = Report(self.kind, BadRows(self.spool), self.spool, dry)
        report.remarks.update(remark for table in self.tables for remark in table.remarks)
        setting = self.shop.ask(import_setting)
        kinds = [self.kind_of(table) for table in self.tables]
        pairs = [
            (kind, mapped(table, kind, self._given(table), report))
            for kind, table in zip(kinds, self.tables, strict=True)
        ]
        lines = sum(table.count for table in self.tables)
        report.told, report.lines = progress, lines
        if self.kind == "orders":
            rows: Iterator[Any] = gather(self.tables, pairs, setting, report)
        else:
            kind, mapping = pairs[0]
            rows = self._one_by_one(kind, mapping, setting, report)
        try:
            with calm():
                if self._keep(rows, report, lines, progress) and dry:
                    self._weigh(report, lines, progress)
        except Halted:
            report.state = STOPPED
        report.told = None
        return report

    def _one_by_one(
        self, kind: TableKind, mapping: dict[str, int], setting: Any, report: Report
    ) -> Iterator[Any]:
        for table in self.tables:
            if table is not self.tables[0]:
                mapping = mapped(table, kind, self._given(table), report)
                report.files.pop()
            for _line, values in checked_rows(table, kind, mapping, setting, report):
                if kind is GOODS:
                    code = values.get("barcode", "")
                    goods.remark(values, report.remarks, not code or self.spool.first_time(f"barcode {code}"))
                yield values

    def _keep(self, rows: Iterator[Any], report: Report, lines: int, progress: Progress) -> bool:
        waiting: list[Any] = []
        for row in rows:
            waiting.append(row)
            if len(waiting) == BATCH:
                self.spool.put_batch(waiting)
                waiting = []
                if not progress(min(report.rows, lines), lines):
                    report.state = STOPPED
                    return False
        if waiting:
            self.spool.put_batch(waiting)
        report.unread = report.refused
        return True

    def _weigh(self, report: Report, lines: int, progress: Progress) -> None:
        done, report.weighed = 0, True
        for rows in self.spool.batches():
            verdicts = self.shop.ask(weigh_rows, self.kind, rows)
            for row, verdict in zip(rows, verdicts, strict=True):
                again = self.kind == "goods" and not self.spool.first_time(goods.identity(row))
                report.count(Verdict(SAME) if verdict.deed == NEW and again else verdict)
            self._refuse(rows, verdicts, report)
            done += len(rows)
            if not progress(min(done, lines), lines):
                report.state = STOPPED
                return

    def _refuse(self, rows: Sequence[Any], verdicts: Sequence[Verdict], report: Report) -> None:
        for row, verdict in zip(rows, verdicts, strict=True):
            if verdict.deed == REFUSED:
                file, line = row.at if isinstance(row, Draft) else row["_at"]
                cells = self.spool.cells(file, line)
                report.bad.append(BadRow(self.tables[file].name, line, verdict.reason, cells))

    # -- write ------------------------------------------------------------------------------------------------

    def write(self, report: Report, mode: str = GOOD, progress: Progress = never_stop) -> Report:
        """Write what was checked: the good rows batch by batch, or all rows in one transaction or none.

        A stopped import of good rows keeps the batches before; one of all rows leaves nothing.
        """
        if mode == ALL and report.refused:
            report.state = NOT_WRITTEN
            return report
        written = Report(self.kind, report.bad, self.spool, rows=report.rows, files=report.files)
        written.remarks, written.unread, written.weighed = report.remarks, report.unread, report.weighed
        with calm():
            (self._write_whole if mode == ALL else self._write_good)(written, progress)
        return written

    def _columns(self) -> list[Columns]:
        found = []
        for table in self.tables:
            named = {table.columns[index]: key for key, index in self.mapping(table).items()}
            named |= {c: IGNORED for c, k in self.chosen.items() if k == IGNORED and c in table.columns}
            found.append(Columns(table.name, named, shape(table.columns)))
        return found

    def _total(self) -> int:
        return max(1, sum(len(rows) for rows in self.spool.batches()))

    def _write_whole(self, report: Report, progress: Progress) -> None:
        total = self._total()
        told: Callable[[int], bool] = lambda done: progress(done, total)  # noqa: E731 - one short line
        try:
            run_id, sums = self.shop.do(
                write_whole, self.kind, self._columns(), self.spool.batches, told, new_key()
            )
        except Cancelled:
            report.state = STOPPED
        else:
            report.run_id = run_id
            report.made, report.changed, report.same = sums

    def _write_good(self, report: Report, progress: Progress) -> None:
        report.run_id = self.shop.do(begin_run, self.kind, self._columns(), GOOD, report.unread)
        done, total, state = 0, self._total(), STOPPED
        try:
            for rows in self.spool.batches():
                verdicts = self.shop.do(write_rows, report.run_id, self.kind, rows, new_key())
                for verdict in verdicts:
                    report.count(verdict)
                if not report.weighed:
                    self._refuse(rows, verdicts, report)
                done += len(rows)
                if not progress(done, total):
                    break
            else:
                state = DONE
        finally:
            report.state = state
            self.shop.do(finish_run, report.run_id, state)


def bring_in(
    shop: Shop,
    kind: str,
    paths: Sequence[Path],
    *,
    given: Mapping[str, str] | None = None,
    dry: bool = False,
    mode: str = GOOD,
    progress: Progress = never_stop,
) -> Report:
    """Import files from first to last; `given` maps columns to fields, `dry` only says what would happen.

    Raises `Malformed` for a file that can't be read or recognised; bad rows are listed.
    """
    desk = Desk(shop)
    desk.open(paths)
    desk.choose(kind, given)
    report = desk.check(dry=dry or mode == ALL, progress=progress if dry else never_stop)
    if dry:
        return report
    return desk.write(report, mode, progress)


def said_of(report: Report) -> str:
    """The outcome in one sentence."""
    sums = {
        "made": f"{report.made:,}", "changed": f"{report.changed:,}", "same": f"{report.same:,}",
        "refused": f"{report.refused:,}",
    }  # fmt: skip
    if report.state == NOT_WRITTEN:
        return _("Nothing was taken in: {refused} rows were refused, and it was all or nothing.").format(
            **sums
        )
    if report.dry:
        said = _("Would be: {made} new, {changed} brought up to date, {same} unchanged, {refused} refused.")
        return said.format(**sums)
    return _("{made} new, {changed} brought up to date, {same} unchanged, {refused} refused.").format(**sums)
