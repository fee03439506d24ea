"""The project's tool says plainly what is missing and what to type."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[1]
HELD_BACK = {"libnothing.so.9": "libnothing9"}


def _dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-S", "-E", "dev.py", *arguments]  # -S: the standard library and nothing else
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_alone_it_lists_what_it_can_do() -> None:
    done = _dev()
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("run", "test", "setup", "lint", "bench", "shot", "words"))


@pytest.mark.parametrize("wrong", [["dance"], ["shot"], ["run", "--fast"]])
def test_wrong_use_ends_with_2(wrong: list[str]) -> None:
    done = _dev(*wrong)
    assert done.returncode == 2
    assert "usage" in done.stderr


def test_once_set_up_it_costs_less_than_a_second() -> None:
    spans = []
    for _ in range(3):
        start = time.monotonic()
        assert _dev("setup").returncode == 0
        spans.append(time.monotonic() - start)
    assert min(spans) < 1


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="system packages are installed on Linux only"
)
def test_without_root_it_says_the_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "LIBRARIES", HELD_BACK)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(dev.Stop, match="sudo sh -c 'apt-get update && apt-get install .*libnothing9'"):
        dev.ensure_system("run")


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="system packages are installed on Linux only"
)
def test_without_apt_it_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(dev, "LIBRARIES", HELD_BACK)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(dev.Stop, match="no apt-get"):
        dev.ensure_system("run")
    assert "missing: libnothing9" in capsys.readouterr().err


def test_control_nothing_is_missing_here() -> None:
    assert dev.missing_packages("dev") == {}


@pytest.mark.parametrize(
    "display, platform, seen", [(":0", "", True), ("", "", False), (":0", "offscreen", False)]
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_it_knows_whether_anybody_would_see_a_window(
    monkeypatch: pytest.MonkeyPatch, display: str, platform: str, seen: bool
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert dev.has_display() is seen


def test_the_stamp_follows_the_locks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text("[project]\n")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    before = {level: dev.fingerprint(level) for level in dev.LOCKS}
    assert before == {level: dev.fingerprint(level) for level in dev.LOCKS}
    (tmp_path / "requirements-dev.lock").write_text("y")
    assert dev.fingerprint("run") == before["run"]
    assert dev.fingerprint("dev") != before["dev"]
