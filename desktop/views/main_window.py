"""The window of the desktop: shows one page after another and remembers where it stood."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common import remember, shortcuts

SMALLEST = QSize(1024, 640)
USUAL = QSize(1440, 900)
FRAME = QSize(8, 40)  # about what the system's title bar and edges take


class MainWindow(QWidget):
    """Pages follow each other: opening, first start or trouble, sign-in, workspace."""

    closing = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.page: QWidget | None = None
        self._pages = QStackedLayout(self)
        self.setWindowTitle(_("Zhanggui"))
        self.setMinimumSize(SMALLEST)
        self.resize(self._fitting(USUAL))
        shortcuts.on(self, "F11", self.toggle_full_screen, _("Full screen"))

    def _fitting(self, size: QSize) -> QSize:
        screen = QGuiApplication.primaryScreen()
        return size.boundedTo(screen.availableSize() - FRAME) if screen is not None else size

    def show_page(self, page: QWidget) -> None:
        """Show this page instead of the one before, which is thrown away."""
        before, self.page = self.page, page
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        if before is not None:
            self._pages.removeWidget(before)
            before.hide()
            before.deleteLater()

    def set_seal(self) -> None:
        """Give the window its icon; after the first paint, since it takes a font."""
        from desktop.views.common.seal import window_icon

        self.setWindowIcon(window_icon())

    def toggle_full_screen(self) -> None:
        """Full screen and back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def place_for(self, username: str) -> None:
        """Stand where this person left the window."""
        kept = remember.get(f"user/{username}/window", "")
        if kept:
            self.restoreGeometry(QByteArray.fromBase64(QByteArray(str(kept).encode("ascii"))))

    def keep_place(self, username: str) -> None:
        """Remember where the window stands."""
        if username:
            remember.put(
                f"user/{username}/window", bytes(self.saveGeometry().toBase64().data()).decode("ascii")
            )

    def say_title(self, shop_name: str) -> None:
        """Name the shop in the window's title."""
        self.setWindowTitle(f"{shop_name} — {_('Zhanggui')}" if shop_name else _("Zhanggui"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the program end in order; what is typed and not saved is asked about first."""
        ask = getattr(self.page, "may_leave", None)
        if ask is not None and not ask(self.close):
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)
