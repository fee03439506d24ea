"""Photos of goods as lists show them: asked for off the GUI thread when a row is painted, kept while there is room."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from desktop.queries.product_detail import thumbs as small_photos
from desktop.views.common.background import Background
from desktop.views.common.refresh import News

AT_ONCE = 60  # products of one question
MOST = 600  # products kept, with a photo or without; a photo is at most 96 px, so about 20 MB


def _squares(shop: Any, product_ids: Sequence[int]) -> dict[int, QImage]:
    """The photos, unpacked and cut square; runs on a reading thread."""
    found = {}
    for product_id, data in shop.ask(small_photos, product_ids).items():
        image = QImage.fromData(data)
        if image.isNull():
            continue
        side = min(image.width(), image.height())
        square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
        found[product_id] = square.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return found


class Thumbs(QObject):
    """The photos at hand; `came` says that lists may be painted again."""

    came = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._background: Background | None = None
        self._kept: OrderedDict[int, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._round = 0  # answers of an earlier round are about another shop, or too old
        self._asking = False

    def use(self, background: Background, news: News) -> None:
        """Ask through this door from now on; photos of another shop are forgotten."""
        if background is self._background:
            return
        self._background = background
        self._forget()
        news.changed.connect(self._hear)

    def of(self, product_id: int) -> QPixmap | None:
        """The photo of a product, square; None while there is none, and then it is asked for."""
        if product_id in self._kept:
            self._kept.move_to_end(product_id)
            return self._kept[product_id]
        if self._background is not None and product_id not in self._wanted:
            self._wanted[product_id] = None
            if len(self._wanted) == 1 and not self._asking:
                QTimer.singleShot(0, self, self._ask)
        return None

    def stamp(self, product_id: int) -> int:
        """What differs when the photo does; for whoever keeps what was painted."""
        photo = self.of(product_id) if product_id else None
        return 0 if photo is None else photo.cacheKey()

    def _ask(self) -> None:
        if self._background is None or self._asking or not self._wanted:
            return
        asked = [
            self._wanted.popitem()[0] for _ in range(min(AT_ONCE, len(self._wanted)))
        ]  # the newest first
        self._asking, begun = True, self._round
        task = self._background.read(_squares, self._background.shop, asked)
        task.then(lambda found: self._take(begun, asked, found)).otherwise(
            lambda _error: self._take(begun, asked, {})  # who may not look at goods sees drawn ones
        )

    def _take(self, begun: int, asked: Sequence[int], found: dict[int, QImage]) -> None:
        if begun != self._round:
            return
        self._asking = False
        for product_id in asked:
            image = found.get(product_id)
            self._kept[product_id] = None if image is None else QPixmap.fromImage(image)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        if found:
            self.came.emit()
        self._ask()

    def _hear(self, changes: Any) -> None:
        if "photo" in changes.touched:
            self._forget()
            self.came.emit()

    def _forget(self) -> None:
        self._round += 1
        self._asking = False
        self._kept.clear()
        self._wanted.clear()


thumbs = Thumbs()
