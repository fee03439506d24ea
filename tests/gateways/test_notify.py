"""Messages to phones, in the sample shop written to a file that says so."""

import json
import stat
import sys
from pathlib import Path

import pytest

from desktop.basics.errors import Unavailable
from desktop.gateways.notify import FileNotify, notify_at


def test_messages_are_lines_only_this_user_reads(tmp_path: Path) -> None:
    path = tmp_path / "phones.jsonl"
    notify = FileNotify(path)
    notify.send("13805716621", "验证码 123456")
    notify.send("13900000000", "two\nlines")
    assert [row["to"] for row in notify.messages()] == ["13805716621", "13900000000"]
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert "instead of being sent" in first["note"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        FileNotify(tmp_path / "missing" / "phones.jsonl").send("1", "x")


def test_the_machine_setting_chooses(tmp_path: Path) -> None:
    assert notify_at("") is None
    assert isinstance(notify_at(f"file://{tmp_path}/x"), FileNotify)
