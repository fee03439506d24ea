"""`zhanggui import`: orders, goods, members, counts and prices from files."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.basics.i18n import N_, _
from desktop.commands.places import chosen_place, opened
from desktop.commands.say import WrongUse, answer, progress

if TYPE_CHECKING:
    from desktop.services.imports.report import Report

SHOWN = 20  # refused rows said to people; machines get all


def run(arguments: argparse.Namespace) -> int:
    """Bring the files in; 1 when rows were refused."""
    paths = [Path(name) for name in arguments.files]
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise WrongUse(N_("There is no file {place}. Check the name and the folder."), place=missing[0])
    given = _mapping(arguments.map)
    report = _bring(arguments, paths, given)
    progress(arguments, "")
    answer(arguments, _facts(report), *_lines(report))
    return 1 if report.bad else 0


def _mapping(pairs: list[str]) -> dict[str, str]:
    given = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not equals or not column:
            raise WrongUse(
                N_("“{pair}” is not a mapping. Write it as COLUMN=FIELD, such as 品名=name."), pair=pair
            )
        given[column] = field
    return given


def _bring(arguments: argparse.Namespace, paths: list[Path], given: dict[str, str]) -> Report:
    from desktop.services.imports.desk import bring_in
    from desktop.services.imports.runs import ALL, GOOD

    def told(done: int, total: int) -> bool:
        progress(arguments, _("{done} of {total} rows").format(done=f"{done:,}", total=f"{total:,}"))
        return True

    mode = ALL if arguments.all_or_nothing else GOOD
    with opened(chosen_place(arguments.database)) as shop:
        return bring_in(
            shop, arguments.kind, paths, given=given, dry=arguments.dry_run, mode=mode, progress=told
        )


def _facts(report: Report) -> dict[str, Any]:
    return {
        "ok": not report.bad,
        "kind": report.kind,
        "dry_run": report.dry,
        "state": report.state,
        "run": report.run_id,
        "made": report.made,
        "changed": report.changed,
        "same": report.same,
        "refused": report.refused,
        "files": report.files,
        "remarks": dict(report.remarks),
        "bad": [asdict(row) for row in report.bad],
    }


def _lines(report: Report) -> list[str]:
    from desktop.services.imports.desk import said_of

    lines = list(report.files)
    lines.append(said_of(report))
    lines += [f"  {count:,} × {remark}" for remark, count in report.remarks.most_common()]
    for row in report.bad.first(SHOWN):
        lines.append(
            _("  {file}, line {line}: {reason}").format(file=row.file, line=row.line, reason=row.reason)
        )
    if report.refused > SHOWN:
        more = _("  … and {count} more; --json lists them all.")
        lines.append(more.format(count=f"{report.refused - SHOWN:,}"))
    return lines
