"""F1: the manual page of a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
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


class ManualSheet(Sheet):
    """The manual over the window; links lead to its other pages, nowhere else."""

    def __init__(self, parent: QWidget, screen: str, title: str) -> None:
        super().__init__(parent, title or _("Manual"), icon="question-line", width=720)
        self.reader = _Reader()
        self.reader.setOpenLinks(False)
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

    def _follow(self, link: QUrl) -> None:
        name = link.path()
        if link.isRelative() and name.endswith(".md") and "/" not in name:
            self.show_page(name.removesuffix(".md"))
