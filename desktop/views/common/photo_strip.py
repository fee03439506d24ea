"""A row of photos: added by file, dropping or pasting while they may be, looked at large by a click."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from desktop.basics.i18n import _
from desktop.views.common.buttons import Button, link, secondary
from desktop.views.common.cards import clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import ErrorLine
from desktop.views.common.file_dialog import choose_files
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.common.photo_files import PICTURE_FILES, from_clipboard, read_picture
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.theme import theme

SIZE = 52


class PhotoTile(ProductPicture):
    """One photo; a click or Enter asks for it."""

    asked = Signal()

    def __init__(self, data: bytes, words: str) -> None:
        super().__init__("box", SIZE, name=words)
        self.data = data
        self.show_image(data)
        self.setToolTip(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def focusInEvent(self, event: object) -> None:
        ring_on_focus(self, event)  # type: ignore[arg-type]

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.asked.emit()
            return
        super().keyPressEvent(event)


class PhotoSheet(Sheet):
    """One photo as large as it was kept; where it may, it can be taken out."""

    def __init__(self, parent: QWidget, data: bytes, words: str, remove: Callable[[], None] | None) -> None:
        picture = QPixmap()
        picture.loadFromData(data)
        room = parent.window().size() * 0.7
        shown = picture.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        if picture.width() <= room.width() and picture.height() <= room.height():
            shown = picture
        super().__init__(
            parent, words, width=max(320, round(shown.width() / max(theme.px(100) / 100, 0.1)) + 44)
        )
        label = Label("", align="center")
        label.setPixmap(shown)
        label.setAccessibleName(words)
        self.add(label)
        if remove is not None:
            out = link(_("Take this photo out"))
            out.clicked.connect(remove)
            out.clicked.connect(self.accept)
            self.add_left(out)


class PhotoStrip(QWidget):
    """`photos` are small JPEGs; `added(bytes)` and `removed(int)` after the person did so, `most` limits them."""

    added = Signal(object)
    removed = Signal(int)

    def __init__(self, context: Context, most: int, may: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._most, self._may = context, most, may
        self.photos: list[bytes] = []
        self._can_remove = may
        column = vbox(self, gap=4)
        row = hbox(gap=8)
        self._tiles = hbox(gap=8)
        self.add_button: Button = secondary(_("Add photo"), "image-add-line", size=28)
        self.add_button.setToolTip(_("Choose a file, drag it here or paste it"))
        self.add_button.clicked.connect(self._choose)
        row.addLayout(self._tiles)
        row.addWidget(self.add_button)
        row.addStretch(1)
        self._trouble = ErrorLine()
        column.addLayout(row)
        column.addWidget(self._trouble)
        self.setAcceptDrops(may)
        if not may:
            self.add_button.hide()

    def show_photos(self, photos: list[bytes], *, can_remove: bool) -> None:
        """Show these; kept ones can't be taken out again."""
        self.photos, self._can_remove = list(photos), can_remove
        clear(self._tiles)
        for place, data in enumerate(self.photos):
            tile = PhotoTile(data, _("Photo {number}").format(number=place + 1))
            tile.asked.connect(partial(self._look, place))
            self._tiles.addWidget(tile)
        self.add_button.setEnabled(len(self.photos) < self._most)

    def _look(self, place: int) -> None:
        words = _("Photo {number}").format(number=place + 1)
        remove = partial(self._remove, place) if self._can_remove else None
        PhotoSheet(self.window(), self.photos[place], words, remove).open()

    def _remove(self, place: int) -> None:
        self.show_photos(self.photos[:place] + self.photos[place + 1 :], can_remove=True)
        self.removed.emit(place)

    def _choose(self) -> None:
        kinds = _("Pictures") + f" ({PICTURE_FILES})"
        choose_files(self.window(), _("Choose photos"), kinds, self._take_all)

    def _take_all(self, paths: list[str]) -> None:
        for path in paths[: self._most]:
            self.take(path)

    def take(self, path: str) -> None:
        """Make the file small apart from everything else, then add it."""
        self._make(read_picture, path)

    def _make(self, make: Callable[..., bytes], what: object) -> None:
        self._trouble.say("")
        task = self._context.of(self).device(make, what).busy(self.add_button)
        task.then(self._made).otherwise(lambda error: self._trouble.say(str(error)))

    def _made(self, small: bytes) -> None:
        if len(self.photos) < self._most:
            self.show_photos([*self.photos, small], can_remove=self._can_remove)
            self.added.emit(small)

    def paste(self) -> bool:
        """Take the picture or the picture files that were copied; False when there are none."""
        return self._take_from(QApplication.clipboard().mimeData())

    def _take_from(self, what: QMimeData | None) -> bool:
        if what is None or not self._may:
            return False
        files = [url.toLocalFile() for url in what.urls() if url.isLocalFile()][: self._most]
        for path in files:
            self.take(path)
        if not files and what.hasImage():
            image = what.imageData()
            self._make(from_clipboard, image if isinstance(image, QImage) else QImage(image))
            return True
        return bool(files)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._take_from(event.mimeData()):
            event.acceptProposedAction()
