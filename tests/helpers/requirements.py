"""A pytest plugin: `--requirements FILE` fails the run when the file claims what no passing test shows.

The file is a Markdown table `| ID | promise | state | tests |`, one row for each promise;
a state is `done`, `part` or `later`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

STATES = ("done", "part", "later")
ROW = re.compile(r"^\|\s*([A-Z]{1,2}\d+)\s*\|(.*)\|(.*)\|(.*)\|\s*$")
FILE = re.compile(r"tests/[\w/]+\.py")


@dataclass(frozen=True)
class Promise:
    """One row of the list of promises."""

    id: str
    state: str
    tests: tuple[str, ...]


def read_promises(text: str) -> list[Promise]:
    """The rows of the table, in their order."""
    rows = (ROW.match(line) for line in text.splitlines())
    return [Promise(r[1], r[3].strip().lower(), tuple(FILE.findall(r[4]))) for r in rows if r]


def broken_claims(promises: Iterable[Promise], shown: dict[str, set[str]], root: Path) -> list[str]:
    """Sentences about rows that say more than the tests show; `shown` maps an ID to its passing tests."""
    rows = list(promises)
    known = [row.id for row in rows]
    found = [f"{row.id} stands in the table twice" for n, row in enumerate(rows) if row.id in known[:n]]
    found += [
        f"{row.id}: the state “{row.state}” is none of {', '.join(STATES)}"
        for row in rows
        if row.state not in STATES
    ]
    found += [
        f"{row.id} is said to be done, but no passing test is marked with it"
        for row in rows
        if row.state == "done" and not shown.get(row.id)
    ]
    found += [
        f"{row.id} names {file}, which does not exist"
        for row in rows
        for file in row.tests
        if not (root / file).exists()
    ]
    found += [
        f"{row.id} names {file}, where no passing test is marked with it"
        for row in rows
        for file in row.tests
        if (root / file).exists() and not any(test.startswith(file) for test in shown.get(row.id, ()))
    ]
    found += [
        f"a test shows {promise}, which the table does not know"
        for promise in sorted(set(shown) - set(known))
    ]
    return found if rows else ["the table of promises holds no row"]


class Claims:
    """Gathers which promises passing tests show, in one process or from all workers."""

    def __init__(self, file: Path, root: Path) -> None:
        self.file = file
        self.root = root
        self.shown: dict[str, set[str]] = {}
        self.broken: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a passing test's promises; the report comes from this process or a worker."""
        if report.when == "call" and report.passed:
            for name, value in report.user_properties:
                if name == "req":
                    self.shown.setdefault(str(value), set()).add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Compare the table with what was shown."""
        if self.file.exists():
            self.broken = broken_claims(
                read_promises(self.file.read_text(encoding="utf-8")), self.shown, self.root
            )
        else:
            self.broken = [f"{self.file} does not exist"]
        if self.broken and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say it where the person looks."""
        for sentence in self.broken:
            terminalreporter.write_line(f"requirement: {sentence}", red=True)
        if not self.broken:
            terminalreporter.write_line(f"requirements: {len(self.shown)} promises shown by passing tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--requirements FILE`, given by `dev.py test` only: a part of the tests cannot show everything."""
    parser.addoption(
        "--requirements",
        metavar="FILE",
        default=None,
        help="compare this table of promises with the passing tests",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Compare in the process that hears of all tests."""
    file = config.getoption("--requirements")
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Claims(config.rootpath / file, config.rootpath), "requirements-claims")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each report carry the promises of its test, also from a worker."""
    for item in items:
        for mark in item.iter_markers("req"):
            item.user_properties.extend(("req", promise) for promise in mark.args)
