"""The photos of one product: added by file, dragging or pasting, put in order, removed with undo."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from desktop.basics.i18n import _
from desktop.queries.product_detail import PhotoRow, photo_data, product_photos
from desktop.services.pictures import (
    MOST_PHOTOS,
    add_photo,
    order_photos,
    remove_photo,
)
from desktop.views.common import icons
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.file_dialog import choose_files
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.photo_files import PICTURE_FILES, from_clipboard, read_picture
from desktop.views.common.product_picture import ProductPicture

SIZE = 52


class Tile(ProductPicture):
    """One photo; its menu puts it in order or removes it."""

    asked = Signal(object)  # where the menu opens

    def __init__(self, photo: PhotoRow, words: str) -> None:
        super().__init__("box", SIZE, name=words)
        self.show_image(photo.thumb)
        self.setToolTip(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def focusInEvent(self, event: QFocusEvent) -> None:
        ring_on_focus(self, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.asked.emit(event.globalPosition().toPoint())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()  # the release that follows opens it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.asked.emit(self.mapToGlobal(self.rect().bottomLeft()))
            return
        super().keyPressEvent(event)


class Photos(QWidget):
    """A row of photos, the main one first; `changed` after every change that was kept."""

    changed = Signal()

    def __init__(self, context: Context, may: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._may, self._product = context, may, 0
        self.photos: tuple[PhotoRow, ...] = ()
        self._row = hbox(self, gap=8)
        self._tiles = hbox(gap=8)
        self.add = icon_button(
            "image-add-line", _("Add photo: choose a file, drag it here or paste it"), size=34
        )
        self.add.clicked.connect(self._choose)
        self._row.addLayout(self._tiles)
        self._row.addWidget(self.add)
        self._row.addStretch(1)
        self.setAcceptDrops(may)
        if not may:
            self.add.hide()

    def show_product(self, product_id: int) -> None:
        """Show the photos of this product."""
        if product_id != self._product:
            self._product = product_id
            self._show(())
        self._context.of(self).ask_latest("photos", product_photos, product_id).then(self._show)

    def _show(self, photos: tuple[PhotoRow, ...]) -> None:
        if photos == self.photos and self._tiles.count() == len(photos):
            return
        self.photos = photos
        clear(self._tiles)
        for place, photo in enumerate(photos):
            words = _("Main photo") if not place else _("Photo {number}").format(number=place + 1)
            tile = Tile(photo, words)
            if self._may:
                tile.asked.connect(partial(self._menu, place))
            self._tiles.addWidget(tile)
        self.add.setEnabled(len(photos) < MOST_PHOTOS)

    def _menu(self, place: int, spot: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def offer(words: str, icon: str, deed: Callable[[], None], on: bool = True) -> None:
            action = menu.addAction(icons.icon(icon), words)
            action.setEnabled(on)
            action.triggered.connect(lambda _checked: deed())

        last = len(self.photos) - 1
        offer(_("Make it the main photo"), "star-line", partial(self.move_photo, place, 0), place > 0)
        offer(_("Move left"), "arrow-left-line", partial(self.move_photo, place, place - 1), place > 0)
        offer(_("Move right"), "arrow-right-line", partial(self.move_photo, place, place + 1), place < last)
        menu.addSeparator()
        offer(_("Remove photo"), "delete-bin-line", partial(self.remove, place))
        menu.popup(spot)

    # Adding

    def _choose(self) -> None:
        kinds = _("Pictures") + f" ({PICTURE_FILES})"
        choose_files(self.window(), _("Choose photos"), kinds, self._take_all)

    def _take_all(self, paths: list[str]) -> None:
        for path in paths[:MOST_PHOTOS]:
            self.take(path)

    def take(self, path: str) -> None:
        """Make the file small apart from everything else, then keep it."""
        self._keep(read_picture, path)

    def paste(self) -> bool:
        """Take the picture or the picture files that were copied; False when there are none."""
        return self._take_from(QApplication.clipboard().mimeData())

    def _take_from(self, what: QMimeData | None) -> bool:
        if what is None or not self._may or not self._product:
            return False
        files = [url.toLocalFile() for url in what.urls() if url.isLocalFile()][:MOST_PHOTOS]
        for path in files:
            self.take(path)
        if not files and what.hasImage():
            image = what.imageData()
            self._keep(from_clipboard, image if isinstance(image, QImage) else QImage(image))
            return True
        return bool(files)

    def _keep(self, make: Callable[..., bytes], what: object) -> None:
        product_id, scope = self._product, self._context.of(self)
        if not product_id:
            return
        task = scope.device(make, what).busy(self.add)
        task.then(lambda small: scope.do(add_photo, product_id, small).then(self._kept))

    def _kept(self, photo_id: int) -> None:
        window = self.window()

        def undo() -> None:
            self._context.of(window).do(remove_photo, photo_id)

        self._context.toast(self, _("Photo saved"), undo=undo)
        self._again()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._take_from(event.mimeData()):
            event.acceptProposedAction()

    # Order, removing

    def move_photo(self, place: int, to: int) -> None:
        """Put a photo in another place."""
        ids = [photo.id for photo in self.photos]
        ids.insert(to, ids.pop(place))
        self._context.of(self).do(order_photos, self._product, ids).then(lambda _none: self._again())

    def remove(self, place: int) -> None:
        """Take a photo away; the toast brings it back to its place."""
        photo, product_id, scope = self.photos[place], self._product, self._context.of(self.window())
        kept: list[bytes] = []

        def undo() -> None:
            scope.do(add_photo, product_id, kept[0], place)

        def removed(_none: object) -> None:
            self._context.toast(self, _("Photo removed"), undo=undo)
            self._again()

        def remember(data: bytes | None) -> None:
            if data is not None:
                kept.append(data)
                scope.do(remove_photo, photo.id).then(removed)

        scope.ask(photo_data, photo.id).then(remember)

    def _again(self) -> None:
        self.changed.emit()
        self.show_product(self._product)
