"""Choosing files without looking into them.

A file dialog opens what it shows to guess its kind. On Linux closing a file gives up every lock this program has on it,
SQLite's too: in the folder of the shop's database that would let two programs write at once. So the dialog here shows
names and goes by them, and on Linux it is always this one, since the desktop's own also looks into files.
"""

import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QFileInfo, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QWidget

_IconType = QFileIconProvider.IconType


class NamesOnly(QFileIconProvider):
    """Icons and kinds by what the folder says, never by what a file holds; asked on the dialog's own thread."""

    def __init__(self) -> None:
        super().__init__()
        self._folder, self._file = super().icon(_IconType.Folder), super().icon(_IconType.File)

    def icon(self, what: Any) -> QIcon:
        if isinstance(what, QFileInfo):
            return QIcon(self._folder if what.isDir() else self._file)
        return super().icon(what)

    def type(self, info: QFileInfo) -> str:
        return "" if info.isDir() else info.suffix().upper()


def _dialog(parent: QWidget, title: str, start: str, kinds: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, start, kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if sys.platform.startswith("linux"):
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.names_only = NamesOnly()  # type: ignore[attr-defined]  # Qt does not keep it
    dialog.setIconProvider(dialog.names_only)  # type: ignore[attr-defined]
    return dialog


def choose_files(parent: QWidget, title: str, kinds: str, then: Callable[[list[str]], object]) -> QFileDialog:
    """Ask for files that exist; returns at once."""
    dialog = _dialog(parent, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(then)
    dialog.open()
    return dialog


def choose_place(
    parent: QWidget, title: str, start: str, kinds: str, then: Callable[[str], object]
) -> QFileDialog:
    """Ask where to save; returns at once."""
    dialog = _dialog(parent, title, start, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.fileSelected.connect(then)
    dialog.open()
    return dialog
