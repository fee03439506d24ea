"""The list of promises may not claim more than the tests show."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.requirements import broken_claims, read_promises

ROOT = Path(__file__).resolve().parents[2]
BARE = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
HEAD = "| ID | promise | state | tests |\n|---|---|---|---|\n"


def test_a_row_is_read_with_its_state_and_files() -> None:
    (row,) = read_promises(
        HEAD + "| O4 | No order is lost \\| doubled. | Done | tests/a/test_b.py, tests/c.py |\n"
    )
    assert (row.id, row.state, row.tests) == ("O4", "done", ("tests/a/test_b.py", "tests/c.py"))


@pytest.mark.parametrize(
    "table, shown, complaint",
    [
        ("| O4 | x | done | |", {}, "O4 is said to be done"),
        ("| O4 | x | nearly | |", {"O4": {"t"}}, "state “nearly”"),
        ("| O4 | x | part | |\n| O4 | y | part | |", {}, "twice"),
        ("| O4 | x | done | tests/nowhere.py |", {"O4": {"t"}}, "does not exist"),
        ("| O4 | x | done | tests/conftest.py |", {"O4": {"tests/other.py::t"}}, "where no passing test"),
        ("| O4 | x | part | |", {"O5": {"t"}}, "does not know"),
        ("nothing", {}, "holds no row"),
    ],
)
def test_a_claim_without_proof_is_found(table: str, shown: dict[str, set[str]], complaint: str) -> None:
    (sentence,) = broken_claims(read_promises(HEAD + table), shown, ROOT)
    assert complaint in sentence


def test_proven_and_modest_rows_are_fine() -> None:
    rows = read_promises(
        HEAD + "| O4 | x | done | tests/conftest.py |\n| O5 | y | part | |\n| O6 | z | later | |"
    )
    assert broken_claims(rows, {"O4": {"tests/conftest.py::t"}, "O5": {"u"}}, ROOT) == []


@pytest.mark.parametrize("outcome, code", [("assert True", 0), ("assert False", 1), ("pytest.skip('no')", 1)])
@pytest.mark.parametrize("workers", ["0", "2"])
def test_only_a_passing_test_proves_a_promise(tmp_path: Path, outcome: str, code: int, workers: str) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers = req: promise\naddopts = -p tests.helpers.requirements\n"
    )
    (tmp_path / "test_it.py").write_text(
        f"import pytest\n@pytest.mark.req('O4')\ndef test_it():\n    {outcome}\ndef test_other(): pass\n"
    )
    (tmp_path / "claims.md").write_text(HEAD + "| O4 | x | done | |\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "xdist",
        "-n",
        workers,
        "--requirements",
        "claims.md",
        "--rootdir",
        str(tmp_path),
        ".",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=BARE, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("O4 is said to be done" in done.stdout) is (code == 1)
