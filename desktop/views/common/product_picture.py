"""Product tiles: a real image when there is one, else a painted motif."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common.paint import box, painting, repaint_on_change
from desktop.views.common.picture_shapes import SHAPES, Shape
from desktop.views.common.theme import theme
from desktop.views.common.thumbs import thumbs
from desktop.views.common.tokens import PICTURES

UNITS = 38
LONGEST_SIDE = 4096
_tiles: dict[tuple[str, str, int], QPixmap] = {}


def keys() -> list[str]:
    """Return the names of the painted motifs."""
    return list(PICTURES)


def draw_product(painter: QPainter, area: QRectF, picture: str, product_id: int = 0) -> None:
    """Draw the photo of a product, else the tile of its picture key; an unknown key shows a box."""
    photo = thumbs.of(product_id) if product_id else None
    key = picture if picture in PICTURES else "box"
    name = key if photo is None else f"photo {photo.cacheKey()}"
    scale = min(4.0, max(1.0, painter.deviceTransform().m11()))
    pixels = round(area.width() * scale)
    tile = _tiles.get((name, theme.mode, pixels))
    if tile is None:
        if len(_tiles) > 200:
            _tiles.clear()
        tile = _render(key, pixels) if photo is None else _rounded(photo, pixels)
        _tiles[name, theme.mode, pixels] = tile
    painter.drawPixmap(area, tile, QRectF(tile.rect()))


def _rounded(photo: QPixmap, pixels: int) -> QPixmap:
    """A square photo with the corners of the tiles."""
    tile = QPixmap(pixels, pixels)
    tile.fill(Qt.GlobalColor.transparent)
    mode = Qt.TransformationMode.SmoothTransformation
    size = photo.scaled(pixels, pixels, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
    with painting(tile) as painter:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(size))
        radius = 8 * pixels / UNITS
        painter.drawRoundedRect(QRectF(0, 0, pixels, pixels), radius, radius)
    return tile


def _render(key: str, pixels: int) -> QPixmap:
    tile = QPixmap(pixels, pixels)
    tile.fill(Qt.GlobalColor.transparent)
    light, dark, inks = PICTURES[key]
    with painting(tile) as painter:
        painter.scale(pixels / UNITS, pixels / UNITS)
        box(painter, QRectF(0, 0, UNITS, UNITS), 8, QColor(dark if theme.mode == "dark" else light))
        shade = QColor(inks["b"])
        shade.setAlpha(46)
        painter.setBrush(shade)
        painter.drawEllipse(QRectF(10, 29.6, 18, 3.2))
        for shape in SHAPES[key]:
            _draw(painter, shape, QColor(inks[shape[2]]))
    return tile


def _draw(painter: QPainter, shape: Shape, ink: QColor) -> None:
    kind, n, _name = shape
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    if kind == "round":
        painter.drawRoundedRect(QRectF(*n[:4]), n[4], n[4])
    elif kind == "ellipse":
        painter.drawEllipse(QRectF(*n[:4]))
    elif kind == "poly":
        painter.drawPolygon(QPolygonF([QPointF(n[i], n[i + 1]) for i in range(0, len(n), 2)]))
    else:
        pen = QPen(ink, n[4])
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(n[0], n[1]), QPointF(n[2], n[3]))


class ProductPicture(QWidget):
    """A product's tile at any size; `show_image` replaces the motif by a real picture."""

    def __init__(
        self, key: str = "box", size: int = 38, *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key, self._size = key, size
        self._image: QPixmap | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def show_key(self, key: str) -> None:
        """Show a motif."""
        self._key, self._image = key, None
        self.update()

    def show_image(self, data: bytes) -> bool:
        """Show an image file's bytes; False (and the motif) when they are no image or too large."""
        image = QPixmap()
        if not image.loadFromData(data) or max(image.width(), image.height()) > LONGEST_SIDE:
            self._image = None
            self.update()
            return False
        self._image = image
        self.update()
        return True

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._size), theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect())
            if self._image is None:
                draw_product(painter, area, self._key)
                return
            path = QPainterPath()
            path.addRoundedRect(area, 8, 8)
            painter.setClipPath(path)
            side = min(self._image.width(), self._image.height())
            x, y = (self._image.width() - side) / 2, (self._image.height() - side) / 2
            painter.drawPixmap(area, self._image, QRectF(x, y, side, side))
