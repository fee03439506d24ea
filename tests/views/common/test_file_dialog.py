"""Choosing a file beside the shop's database leaves SQLite its locks."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QFileSystemModel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from desktop.storage.engine import open_storage
from desktop.views.common.file_dialog import choose_files

LOCKS = Path("/proc/locks")
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not LOCKS.exists(), reason="only Linux gives locks up so"
)


def locks(file: Path) -> int:
    """How many locks this program has on a file and its neighbours."""
    nodes = {str(part.stat().st_ino) for part in file.parent.iterdir()}
    rows = (line.split() for line in LOCKS.read_text().splitlines())
    return sum(
        row[4] == str(os.getpid()) and row[5].rpartition(":")[2] in nodes for row in rows if row[1] == "POSIX"
    )


def look_around(qtbot: QtBot, dialog: QFileDialog, folder: Path) -> None:
    """Let the dialog list a folder to the end, and each file's kind."""
    dialog.setNameFilter("*")
    dialog.setDirectory(str(folder))
    model = dialog.findChild(QFileSystemModel)
    assert model is not None
    place = model.index(str(folder))
    qtbot.waitUntil(lambda: model.rowCount(place) >= 3)
    rows = [model.index(row, 0, place) for row in range(model.rowCount(place))]
    qtbot.waitUntil(lambda: all(model.type(row) for row in rows))


@pytest.mark.req("Q6")
def test_choosing_a_file_leaves_the_shops_locks(qtbot: QtBot, tmp_path: Path) -> None:
    file, window = tmp_path / "shop.db", QWidget()
    qtbot.addWidget(window)
    storage = open_storage(f"sqlite:///{file}")
    with storage.write.begin() as connection:
        connection.execute(text("CREATE TABLE thing (id INTEGER)"))
    had = locks(file)
    assert had >= 2
    dialog = choose_files(window, "Choose", "All (*)", lambda names: None)
    look_around(qtbot, dialog, tmp_path)
    assert locks(file) == had
    open_storage(f"sqlite:///{file}").close()  # the look at its first bytes
    assert locks(file) == had
    dialog.close()
    plain = QFileDialog(window)  # control: the ordinary dialog looks into the files
    plain.setOption(QFileDialog.Option.DontUseNativeDialog)
    plain.open()
    look_around(qtbot, plain, tmp_path)
    assert locks(file) < had
    storage.close()
