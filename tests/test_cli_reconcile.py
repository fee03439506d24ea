"""`zhanggui reconcile`: what machines are answered, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop import cli
from desktop.services.opening import NewShop, open_shop
from desktop.shop.shop import Shop
from tests.helpers.bills import Line, wechat_csv


@pytest.fixture
def address(sqlite_shop: Shop) -> str:
    """A shop that is open."""
    open_shop(sqlite_shop, NewShop("青禾杂货铺", "王掌柜", "owner", "a long password"))
    return f"sqlite:///{sqlite_shop.storage.url.database}"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    """The exit code and the object printed."""
    arguments = cli.read([*words, "--json"])
    code = arguments if isinstance(arguments, int) else cli.guarded(cli.run, arguments)
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.req("M12")
def test_a_bill_is_tried_taken_and_known_again(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bill.csv"
    file.write_bytes(wechat_csv([Line("A", "42A", 8660, fee=33)]))
    words = ("reconcile", str(file), "--database", address, "--provider", "wechat", "--day", "2026-11-20")
    code, tried = run(capsys, *words, "--dry-run")
    assert (code, tried["dry_run"], tried["states"]) == (1, True, {"provider_only": 1})
    code, taken = run(capsys, *words)
    assert (code, taken["same"], taken["paid_minor"], taken["open"]) == (1, False, 8660, 1)
    assert run(capsys, *words)[1]["same"] is True
    file.write_bytes(wechat_csv([], end=True))
    assert run(capsys, *words)[0] == 1, "what waits on that day still waits"


@pytest.mark.req("M12")
def test_wrong_files_and_wrong_words_have_codes_of_their_own(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bill.csv"
    file.write_bytes(wechat_csv([]))
    fine = ("reconcile", str(file), "--database", address, "--day", "2026-11-20")
    assert run(capsys, *fine)[0] == 0
    file.write_bytes(b"nothing of it")
    code, said = run(capsys, *fine)
    assert (code, said["ok"]) == (1, False)
    assert run(capsys, "reconcile", str(tmp_path / "none.csv"), "--database", address)[0] == 2
    assert run(capsys, *fine[:-1], "20.11.2026")[0] == 2
    assert run(capsys, *fine, "--provider", "stripe")[0] == 2
