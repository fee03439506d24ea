"""Where the parts of the windows are joined; start and stop order."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.basics.i18n import N_
from desktop.basics.paths import data_folder
from desktop.commands.places import chosen_place
from desktop.commands.say import Problem
from desktop.views.common.garbage import GuiGarbage
from desktop.views.common.theme import theme

log = logging.getLogger("zhanggui.app")


def run(arguments: argparse.Namespace) -> int:
    """Open the window, the kiosk, or tour them."""
    if arguments.command == "tour":
        from desktop.app.tour import prepare_screen

        prepare_screen()
    _need_display()
    start_logging()
    application = make_application()
    if arguments.command == "tour":
        from desktop.app.tour import tour

        return tour(arguments, application)
    if arguments.command == "kiosk":
        from desktop.app.kiosk import open_kiosk

        return open_kiosk(arguments, application)
    from desktop.app.program import Program

    place = chosen_place(arguments.database)
    program = Program(place, asked=bool(arguments.database), keep_time=True)
    program.start()
    return int(application.exec())


def _need_display() -> None:
    seen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not seen:
        raise Problem(
            N_(
                "There is no display here. Start it on a desktop, or see every screen with: zhanggui tour --to FOLDER"
            )
        )


def start_logging() -> None:
    """Keep a small log in the user's data folder; personal data never goes there."""
    folder = data_folder() / "log"
    try:
        folder.mkdir(exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            folder / "zhanggui.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("zhanggui").setLevel(logging.INFO)


def make_application() -> QApplication:
    """The one QApplication, with our look; whoever raises an unexpected error meets the crash window."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(["zhanggui"])
    application.setApplicationName("zhanggui")
    application.setDesktopFileName("zhanggui")
    theme.install(application)
    GuiGarbage(application)
    sys.excepthook = _crashed
    return application


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        QApplication.quit()
        return
    from desktop.views.common import say
    from desktop.views.common.background import place

    log.error("unexpected: %s at %s", kind.__name__, place(error))
    say.crash(error)
