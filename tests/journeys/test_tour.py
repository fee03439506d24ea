"""The tour really happens: every screen, and a sale at the kiosk confirmed on a phone, each step checked."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from tests.helpers.sample import sample_at
from tests.simulators.fixture import open_pay_office

ROOT = Path(__file__).parents[2]
SCREENS = ("dashboard", "orders", "products", "inventory", "payments", "members", "settings")
PAID = (
    "idle", "bill", "code", "paid", "password", "paid_by_code", "declined", "paid_otherwise", "unclear", "paid_after_all",
)  # fmt: skip
SALE = ("idle", "scan", "member", "bill", "confirm", "wait", "pin", "staff", "receipt")


def run(home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    env |= {"ZHANGGUI_HOME": str(home), "PYTHONUTF8": "1", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "desktop", *words, "--json", "--lang", "zh_CN"]
    done = subprocess.run(
        command, cwd=ROOT, env=env, text=True, encoding="utf-8", capture_output=True, timeout=280, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.req("R4", "Q1", "Q2", "Q3", "Q5", "M1", "M11")
def test_the_tour_sees_every_screen_and_whole_sales(tmp_path: Path) -> None:
    """By cash, and by phone against simulated providers, whose ledger the tour holds against each bill."""
    address, folder = f"sqlite:///{tmp_path}/sample.db", str(tmp_path / "tour")
    with open_pay_office() as office:
        code, told = run(
            tmp_path, "tour", "--to", folder, "--database", address, "--simulated-pay", office.base
        )
        taken = [one.net for one in office.standing()]
    assert told["missed"] == []
    assert code == 0
    names = [name[3:-4] for name in told["pictures"]]
    assert set(SCREENS) <= set(names)
    by_phone = [name.removeprefix("kiosk_pay_") for name in names if name.startswith("kiosk_pay_")]
    assert by_phone == list(PAID)
    by_hand = [name for name in names if name.startswith("kiosk_") and "_pay_" not in name]
    assert by_hand == [f"kiosk_{page}" for page in SALE]
    assert [net for net in taken if net] == [5680] * 4
    for name in told["pictures"]:
        image = QImage(str(tmp_path / "tour" / name))
        colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
        assert len(colours) > 12, f"{name} shows nothing"
    code, whole = run(tmp_path, "verify", "--database", address)
    assert (code, whole["faults"]) == (0, [])


@pytest.mark.req("Q2")
def test_a_tour_that_can_not_happen_says_which_step(tmp_path: Path, sqlite_url: str) -> None:
    from desktop.queries.products import ProductFilter, products_page
    from desktop.services.products import set_on_shelf

    shop = sample_at(sqlite_url)
    tea = shop.ask(products_page, ProductFilter(text="明前龙井 罐装")).rows[0]
    shop.do(set_on_shelf, [tea.product_id], False)
    shop.news.close()
    shop.storage.close()
    code, told = run(tmp_path, "tour", "--to", str(tmp_path / "tour"), "--database", sqlite_url)
    assert code == 1
    assert any("明前龙井" in step for step in told["missed"])


@pytest.mark.req("M11")
@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://openapi.alipay.com"])
def test_a_tour_without_its_simulator_does_not_begin(tmp_path: Path, address: str) -> None:
    """Nobody there, or not on this machine: nothing is sent anywhere, no picture is taken."""
    code, told = run(tmp_path, "tour", "--to", str(tmp_path / "tour"), "--simulated-pay", address)
    assert (code, told["ok"]) == (1, False)
    assert not (tmp_path / "tour").exists()
