"""The owner's terminal: what each command answers, in words and as JSON, with its exit code, on both databases."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from desktop.__main__ import main
from desktop.basics.clock import HandClock
from desktop.basics.i18n import speaking
from desktop.commands.doctor import examine
from desktop.commands.places import hidden
from desktop.storage import migrate, schema
from desktop.storage.engine import open_storage
from tests.helpers.sample import PICTURED

ROOT = Path(__file__).parents[1]
SHORT = "goods,price\n牛奶,16.90\n"


class Told:
    """Exit code and what was printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@pytest.fixture
def shop_terminal(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command line in this process."""

    def run(*words: str) -> Told:
        code = main([*words, "--lang", "en"])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Told(code, out, err)

    return run


def by_itself(home: Path, *words: str, stdin: str = "") -> Told:
    """The command as a process of its own."""
    env = os.environ | {"ZHANGGUI_HOME": str(home), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "desktop", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=env, input=stdin, text=True, encoding="utf-8", capture_output=True, check=False
    )
    return Told(done.returncode, done.stdout, done.stderr)


@pytest.mark.req("R9")
def test_a_shop_is_set_up_verified_and_listed(shop_url: str, tmp_path: Path) -> None:
    words = ("init", "--name", "青禾杂货铺", "--owner", "王掌柜", "--user", "wang", "--password-stdin")
    made = by_itself(tmp_path, *words, "--json", "--database", shop_url, stdin="lang-genug\n")
    assert made.code == 0, made.err
    assert made.json["user"] == "wang"
    again = by_itself(tmp_path, *words, "--database", shop_url, "--lang", "en", stdin="lang-genug\n")
    assert again.code == 1
    assert "already holds a shop" in again.err
    whole = by_itself(tmp_path, "--json", "verify", "--database", shop_url)
    assert (whole.code, whole.json["ok"], whole.json["faults"]) == (0, True, [])


@pytest.mark.req("A2")
def test_verify_says_what_differs(shop_terminal: Any, sample_url: str) -> None:
    assert shop_terminal("verify", "--database", sample_url).code == 0
    storage = open_storage(sample_url)
    with storage.write.begin() as connection:
        connection.execute(text("UPDATE member SET points = points + 7 WHERE code = 'M-000318'"))
    storage.close()
    told = shop_terminal("verify", "--json", "--database", sample_url)
    assert told.code == 1
    assert [fault["kind"] for fault in told.json["faults"]] == ["points"]
    assert "M-000318" in shop_terminal("verify", "--database", sample_url).out


@pytest.mark.req("P7", "M5")
@pytest.mark.parametrize("kind", ["goods", "orders", "members", "payments"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_lists_are_written_whole(
    shop_terminal: Any, sample_file: str, tmp_path: Path, kind: str, ending: str
) -> None:
    path = tmp_path / f"{kind}.{ending}"
    told = shop_terminal("export", kind, "--to", str(path), "--json", "--database", sample_file)
    assert told.code == 0
    assert told.json["rows"] > 400
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert sum(1 for _row in csv.reader(file)) == told.json["rows"] + 1
    else:
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True)
        assert sum(1 for _row in book.active.iter_rows()) == told.json["rows"] + 1
        book.close()


@pytest.mark.req("P7", "O12")
def test_what_was_exported_can_be_imported_again(
    shop_terminal: Any, sample_file: str, tmp_path: Path
) -> None:
    path = tmp_path / "goods.csv"
    path.write_text(
        "条码,商品名称,售价\n6901234567892,新来的饼干,12.50\n690,坏价钱,abc\n", encoding="gb18030"
    )
    dry = shop_terminal("import", "goods", str(path), "--dry-run", "--json", "--database", sample_file)
    assert (dry.code, dry.json["made"], dry.json["refused"], dry.json["dry_run"]) == (1, 1, 1, True)
    real = shop_terminal("import", "goods", str(path), "--database", sample_file)
    assert real.code == 1
    assert "line 3" in real.out
    again = shop_terminal("import", "goods", str(path), "--json", "--database", sample_file)
    assert (again.json["made"], again.json["same"]) == (0, 1)


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"], ["export", "goods"], ["export", "goods", "--to", "x.pdf"], ["export", "hats", "--to", "x.csv"],
        ["import", "goods", "nowhere.csv"], ["import", "goods", "x.csv", "--map", "nonsense"], ["verify", "--what"],
        ["verify", "--database", "mysql://root@host/shop"], ["init"], ["init", "--name", "A", "--owner", "B"],
        ["kiosk", "--portrait", "--landscape"], ["tour"], ["export", "goods", "--to", "no-such-folder/x.csv"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use_is_one_sentence_and_code_two(
    shop_terminal: Any, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text(SHORT)
    told = shop_terminal(*words)
    assert told.code == 2
    assert told.out == ""
    assert len(told.err.strip().splitlines()) == 1
    assert told.err.strip().endswith((".", ")"))
    as_json = shop_terminal("--json", *words)
    assert (as_json.code, as_json.json["ok"]) == (2, False)


@pytest.mark.parametrize("command", [["verify"], ["export", "goods", "--to", "x.csv"]], ids=" ".join)
def test_a_shop_that_is_not_there_is_a_problem_not_a_new_file(
    shop_terminal: Any, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = shop_terminal(*command, "--database", "sqlite:///nowhere.db")
    assert told.code == 1
    assert "zhanggui init" in told.err
    assert not (tmp_path / "nowhere.db").exists()


def test_a_failed_setup_leaves_no_file(tmp_path: Path) -> None:
    words = (
        "init",
        "--name",
        "A",
        "--owner",
        "B",
        "--password-stdin",
        "--database",
        f"sqlite:///{tmp_path}/a.db",
    )
    told = by_itself(tmp_path, *words, stdin="kurz\n")
    assert told.code == 1
    assert list(tmp_path.glob("a.db*")) == []


def test_the_window_needs_a_display(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    env["ZHANGGUI_HOME"] = str(tmp_path)
    command = [sys.executable, "-m", "desktop", "--lang", "en"]
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, check=False)
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux may lack a display")
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "zhanggui tour" in done.stderr


@pytest.mark.req("A5")
def test_doctor_names_each_finding(shop_terminal: Any, sample_url: str) -> None:
    told = shop_terminal("doctor", "--json", "--database", sample_url)
    names = {finding["name"]: finding["state"] for finding in told.json["findings"]}
    assert {"Python", "Qt", "SQLite", "Fonts", "Disk", "Keyring", "Database", "Schema"} <= names.keys()
    if sample_url.startswith("sqlite"):
        assert names["Durable writes"] == "ok"
        assert names["File"] == "ok"
    else:  # the throw-away cluster runs without fsync: just what the doctor is for
        assert names["fsync"] == "problem"
        assert told.code == 1
        assert all(f["next"] for f in told.json["findings"] if f["state"] == "problem")


@pytest.mark.req("A5")
def test_doctor_names_the_page_where_a_printer_is_chosen(sample_file: str) -> None:
    from desktop.views.settings.screen import ENTRIES

    with speaking("en"):
        said = {f.name: f.next for f in examine(sample_file, HandClock(PICTURED))}["Receipt printer"]
    assert f"Settings › {next(e.words for e in ENTRIES if e.key == 'printer')} " in said


@pytest.mark.req("A5")
def test_doctor_sees_a_clock_that_was_put_back(sample_file: str) -> None:
    def time(clock: HandClock) -> str:
        return {f.name: f.state for f in examine(sample_file, clock)}["Time"]

    from datetime import timedelta

    assert time(HandClock(PICTURED)) == "ok"
    assert time(HandClock(PICTURED - timedelta(days=2))) == "problem"


def test_the_known_schema_is_the_newest_migration(sqlite_url: str) -> None:
    assert schema.newest() == migrate.newest()
    storage = open_storage(sqlite_url)
    assert schema.current(storage) == schema.newest()
    storage.close()


def test_opening_a_current_shop_loads_neither_migrations_nor_windows(
    sample_file: str, tmp_path: Path
) -> None:
    program = (
        "import sys; from desktop.__main__ import main; code = main(['verify', '--database', sys.argv[1]]);"
        "print(sorted(m for m in ('alembic', 'PySide6', 'uvicorn', 'pyqtgraph', 'xlsxwriter') if m in sys.modules));"
        "sys.exit(code)"
    )
    env = os.environ | {"ZHANGGUI_HOME": str(tmp_path)}
    command = [sys.executable, "-c", program, sample_file]
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_passwords_in_addresses_are_not_shown() -> None:
    assert hidden("postgresql://wang:geheim@db.example/shop") == "postgresql://wang@db.example/shop"
    assert hidden("sqlite:///a.db") == "sqlite:///a.db"
