"""`zhanggui tour`: the program driven for real, every screen and a whole sale at the kiosk, with pictures."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QApplication

from desktop.app.tour.album import Album
from desktop.basics.clock import Clock, HandClock
from desktop.basics.i18n import _
from desktop.commands.say import answer

PICTURED = datetime(2026, 11, 21, 15, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
SCREEN = {
    "synchronousWindowSystemEvents": False,
    "windowFrameMargins": True,
    "screens": [
        {"name": "tour", "x": 0, "y": 0, "width": 3840, "height": 2160, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    ],
}  # fmt: skip


def prepare_screen() -> None:
    """Without a display, give Qt an offscreen one that is large enough; before the first use of Qt."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    seen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if platform == "offscreen" or (sys.platform.startswith("linux") and not seen and not platform):
        handle, name = tempfile.mkstemp(prefix="zhanggui-screen-", suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(SCREEN, file)
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={name}"


def tour(arguments: argparse.Namespace, application: QApplication) -> int:
    """Walk through everything; 0 only when every step really happened."""
    if arguments.simulated_pay:
        from desktop.app.tour.simulator import Simulator

        Simulator(arguments.simulated_pay).call("account")  # raises when nobody answers there
    folder = Path(arguments.to)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhanggui-tour-") as place:
        os.environ["ZHANGGUI_HOME"] = place  # habits and messages of the tour are nobody's
        address, clock = _shop(arguments.database, Path(place))
        album = Album(folder, application)
        try:
            _walk(album, address, clock, Path(place), arguments)
        finally:
            album.close()
    return _report(arguments, album)


def _shop(wanted: str | None, place: Path) -> tuple[str, Clock | None]:
    """The sample shop to tour; one made for the tour stands at the moment of the pictures."""
    from desktop.commands.init import fill_sample
    from desktop.commands.places import NoShop, connect

    address = wanted or f"sqlite:///{(place / 'sample.db').as_posix()}"
    try:
        connect(address).close()
    except NoShop:
        clock = HandClock(PICTURED)
        fill_sample(address, clock)
        return address, clock
    return address, None


def _walk(
    album: Album, address: str, clock: Clock | None, place: Path, arguments: argparse.Namespace
) -> None:
    from desktop.app.tour.checkout import walk_kiosk
    from desktop.app.tour.desk import Desk
    from desktop.app.tour.paying import walk_paying

    desk = Desk(album, address, clock)
    try:
        desk.sign_in()
        if not desk.signed_in:
            return
        desk.walk()
        walk_kiosk(album, desk, address, clock, place)
        if arguments.simulated_pay:
            walk_paying(album, desk, address, clock, place, arguments.simulated_pay)
        desk.books()
        if arguments.matrix:
            desk.matrix()
    finally:
        desk.close()


def _report(arguments: argparse.Namespace, album: Album) -> int:
    facts = {"ok": not album.missed, "pictures": album.taken, "missed": album.missed}
    words = _("{count} pictures in {folder}.").format(count=len(album.taken), folder=arguments.to)
    if not album.missed:
        answer(arguments, facts, words)
        return 0
    heading = _("{count} steps did not happen:").format(count=len(album.missed))
    answer(arguments, facts, words, heading, *(f"  {line}" for line in album.missed))
    return 1
