"""The first step: which file, and what is in it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QScrollArea, QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.services.imports.desk import WORDS
from desktop.views.common import icons
from desktop.views.common.buttons import Button, secondary
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, hbox, vbox
from desktop.views.common.file_dialog import choose_files
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.imports.words import HINTS, ICONS, kind_word

FILES = "XLSX, CSV (*.xlsx *.xlsm *.csv *.tsv *.txt *.gz)"


class DropZone(QWidget):
    """A place to drop files on, or to press."""

    chosen = Signal(object)  # the paths

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = False
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(176))
        column = vbox(self, margins=(16, 20, 16, 20), gap=6)
        column.addStretch(1)
        column.addWidget(
            IconTile("upload-cloud-2-line", "primary", 44), alignment=Qt.AlignmentFlag.AlignHCenter
        )
        column.addSpacing(4)
        column.addWidget(Label(_("Drop a file here, or press to choose one"), "h3", align="center"))
        hint = _("XLSX or CSV, in UTF-8 or GB18030; several files when orders come in parts")
        column.addWidget(Label(hint, "small", "text2", align="center"))
        column.addStretch(1)
        self.setAccessibleName(_("Drop a file here, or press to choose one"))

    def browse(self) -> None:
        """Open the dialog."""
        choose_files(
            self, _("Choose files"), FILES, lambda names: self.chosen.emit([Path(name) for name in names])
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.browse()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.browse()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self._over = True
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        self.update()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.chosen.emit(paths)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            fill, edge = ("primary_subtle", "primary") if self._over else ("surface", "border_strong")
            box(painter, area, 10, theme.color(fill), theme.color(edge), 1.4)


class FilesStep(QWidget):
    """Drop a file; below it, what can be imported and a template for each."""

    chosen = Signal(object, str)  # paths, kind or ""
    template = Signal(str, str)  # kind, ending

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        inside = QWidget()
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        vbox(self).addWidget(area)
        column = vbox(inside, margins=(5, 5, 6, 4), gap=12)  # room for the focus ring
        self.zone = DropZone()
        self.zone.chosen.connect(lambda paths: self.chosen.emit(paths, self._kind))
        column.addWidget(self.zone)
        card = Card(margins=(0, 14, 0, 6))
        head = hbox(margins=(16, 0, 16, 8))
        hint = _("The kind is told by the columns; a template shows which ones there may be")
        head.addWidget(CardHead(_("What can be imported"), hint))
        card.body.addLayout(head)
        for number, kind in enumerate(WORDS):
            if number:
                card.body.addWidget(Divider())
            card.body.addWidget(self._row(kind))
        column.addWidget(card)
        column.addStretch(1)

    def prefer(self, kind: str) -> None:
        """Take the next file for this kind unless its columns say otherwise."""
        self._kind = kind

    def _row(self, kind: str) -> QWidget:
        widget = QWidget()
        row = hbox(widget, margins=(16, 8, 12, 8), gap=12)
        row.addWidget(IconTile(ICONS[kind], "neutral", 34))
        row.addWidget(TwoLines(kind_word(kind), _(HINTS[kind]), style="small_b"), 1)
        button: Button = secondary(_("Template"), "download-2-line", size=30)
        button.setAccessibleName(f"{_('Template')} {kind_word(kind)}")
        button.clicked.connect(partial(self._menu, kind, button))
        row.addWidget(button)
        return widget

    def _menu(self, kind: str, button: QWidget, _checked: bool = False) -> None:
        menu = QMenu(self)
        words = {"xlsx": _("Spreadsheet with explanations (XLSX)"), "csv": _("Plain table (CSV)")}
        for ending, text in words.items():
            go: Callable[..., object] = partial(self.template.emit, kind, ending)
            menu.addAction(icons.icon("file-excel-2-line", "text2", 16), text).triggered.connect(
                lambda _on=False, run=go: run()
            )
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
