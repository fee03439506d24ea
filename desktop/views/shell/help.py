"""F1: the manual page of a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from desktop.basics.i18n import _, language
from desktop.basics.paths import resources
from desktop.views.common.buttons import plain
from desktop.views.common.dialogs import Sheet
from desktop.views.common.theme import theme

MANUAL = resources().parent / "docs" / "manual"


def manual_page(screen: str) -> Path | None:
    """The manual's file for a screen in the present language, else in English, else None."""
    for code in (language(), language().split("_")[0], "en"):
        path = MANUAL / code / f"{screen}.md"
        if path.is_file():
            return path
    return None


class _Reader(QTextBrowser):
    """Shows our own files only: no link leaves the page, nothing else is loaded."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Pictures of the manual's own folder, nothing else."""
        url = QUrl(name) if isinstance(name, str) else name
        path = (MANUAL / url.path()).resolve()
        if not url.isRelative() or not path.is_relative_to(MANUAL.resolve()) or not path.is_file():
            return None
        return path.read_bytes()


def _dress(page: QTextDocument) -> None:
    """Give headings our type and every block some air."""
    cursor = QTextCursor(page)
    block = page.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        cursor.setPosition(block.position())
        shape = block.blockFormat()
        if cursor.currentTable() is None:
            shape.setTopMargin(theme.px(16 if level > 1 else 0))
            shape.setBottomMargin(theme.px(6))
        shape.setLineHeight(theme.px(4), QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value)
        cursor.setBlockFormat(shape)
        if level:
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            letters = QTextCharFormat()
            letters.setFont(theme.font("h1" if level == 1 else "h2"))
            cursor.mergeCharFormat(letters)
        block = block.next()


class ManualSheet(Sheet):
    """The manual over the window; links lead to its other pages, nowhere else."""

    def __init__(self, parent: QWidget, screen: str, title: str) -> None:
        super().__init__(parent, _("Manual"), text=title, icon="question-line", width=720)
        self.reader = _Reader()
        self.reader.setOpenLinks(False)
        self.reader.setStyleSheet("QTextBrowser { border: 0; padding: 0; }")
        self.reader.anchorClicked.connect(self._follow)
        self.reader.setMinimumHeight(min(theme.px(560), max(theme.px(240), parent.height() - theme.px(240))))
        self.reader.setAccessibleName(self.title.text())
        contents = plain(_("Contents"), "list-unordered")
        contents.clicked.connect(lambda: self.show_page("index"))
        self.add(self.reader)
        self.add_left(contents)
        self.show_page(screen)

    def show_page(self, screen: str) -> None:
        """Show the page of this name, or say that there is none."""
        page = manual_page(screen)
        if page is None:
            self.reader.setPlainText(_("This screen has no manual page yet."))
        else:
            self.reader.setMarkdown(page.read_text(encoding="utf-8"))
            _dress(self.reader.document())

    def _follow(self, link: QUrl) -> None:
        name = link.path()
        if link.isRelative() and name.endswith(".md") and "/" not in name:
            self.show_page(name.removesuffix(".md"))
