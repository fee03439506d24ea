"""The one painter of table cells."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from desktop.views.common import icons
from desktop.views.common.avatar import draw_avatar
from desktop.views.common.badges import badge_width, draw_badge
from desktop.views.common.cells import (
    BadgeCell,
    Column,
    IconCell,
    NameCell,
    StockCell,
    Toned,
    TwoLine,
    cell_text,
)
from desktop.views.common.paged_table import CELL
from desktop.views.common.paint import box, draw_text, text_width
from desktop.views.common.product_picture import draw_product
from desktop.views.common.stock_bar import draw_stock, stock_tone
from desktop.views.common.theme import theme
from desktop.views.common.toggle import draw_check

if TYPE_CHECKING:
    from desktop.views.common.table_view import TableView

PAD = 8
EDGE = 16
INKS = {"": "text", "muted": "text3", "text": "text", "primary": "primary_text"}


def _ink(tone: str) -> str:
    return INKS.get(tone, f"{tone}_fg")


class RowDelegate(QStyledItemDelegate):
    """Paints a row's ground, line and focus bar, then its cell by kind; override `draw_cell` for own kinds."""

    def __init__(self, view: "TableView") -> None:
        super().__init__(view)
        self.view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, self.view.row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = QRectF(option.rect)
        row = index.row()
        self._ground(painter, rect, row, index.column())
        column = self.view.paged.columns[index.column()]
        left = EDGE if self.view.first_visible() == index.column() else PAD
        area = rect.adjusted(left, 0, -(EDGE if self.view.last_visible() == index.column() else PAD), -1)
        if area.width() > 4:
            self.draw_cell(painter, area, column, index.data(CELL))

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Tell the whole text of a cell that is cut."""
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        if event.type() == QEvent.Type.ToolTip and text_width("small", text) > option.rect.width() - 2 * PAD:
            QToolTip.showText(event.globalPos(), text, view)
            return True
        return super().helpEvent(event, view, option, index)

    def _ground(self, painter: QPainter, rect: QRectF, row: int, column: int) -> None:
        view = self.view
        chosen = view.is_chosen(row)
        if chosen:
            painter.fillRect(rect, theme.color("selected"))
        elif row == view.hover_row:
            painter.fillRect(rect, theme.color("hover"))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), theme.color("divider"))
        if column == view.first_visible() and row == view.currentIndex().row() and view.shows_focus():
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("focus"))

    def draw_cell(self, painter: QPainter, area: QRectF, column: Column, value: Any) -> None:
        """Draw one cell inside its padding."""
        if column.kind == "tick":
            size = theme.px(16)
            spot = QRectF(area.left(), area.center().y() - size / 2, size, size)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_check(painter, spot, Qt.CheckState.Checked if value else Qt.CheckState.Unchecked)
            return
        match value:
            case None | "":
                draw_text(painter, area, "—", "small", theme.color("text3"), column.side())
            case TwoLine():
                self._two_lines(painter, area, value)
            case BadgeCell():
                self._badge(painter, area, value, column)
            case NameCell():
                self._name(painter, area, value)
            case StockCell():
                self._stock(painter, area, value)
            case IconCell():
                spot = QRectF(area.left(), area.top(), theme.px(16), area.height())
                icons.draw(painter, spot, value.icon, value.token, theme.px(16))
                room = area.adjusted(theme.px(24), 0, 0, 0)
                draw_text(painter, room, value.text, "small", theme.color("text"))
            case Toned():
                self._toned(painter, area, value, column)
            case _:
                self._plain(painter, area, cell_text(value), column)

    def _plain(self, painter: QPainter, area: QRectF, text: str, column: Column) -> None:
        style = "small_m" if column.kind in ("strong", "money", "link") else "small"
        token = {"muted": "text2", "link": "primary_text", "text": "text2", "number": "text2"}.get(
            column.kind, "text"
        )
        draw_text(painter, area, text, style, theme.color(token), column.side())

    def _toned(self, painter: QPainter, area: QRectF, value: Toned, column: Column) -> None:
        style = "small_b" if value.strong else "small_m" if column.kind in ("strong", "money") else "small"
        ink = theme.color(_ink(value.tone))
        if not value.unit:
            draw_text(painter, area, value.text, style, ink, column.side())
            return
        unit = text_width("cap", value.unit) + theme.px(4)
        x = area.right() - unit - text_width(style, value.text) if column.side() == "right" else area.left()
        x += draw_text(painter, QRectF(x, area.top(), area.width(), area.height()), value.text, style, ink)
        room = QRectF(x + theme.px(4), area.top(), unit + 2, area.height())
        draw_text(painter, room, value.unit, "cap", theme.color("text2"))

    def _two_lines(self, painter: QPainter, area: QRectF, value: TwoLine) -> None:
        x, middle = area.left(), area.center().y()
        if value.picture:
            size = theme.px(38)
            tile = QRectF(x, round(middle - size / 2), size, size)
            draw_product(painter, tile, value.picture, value.product_id)
            x += size + theme.px(10)
        elif value.icon:
            size = theme.px(26)
            tile = QRectF(x, round(middle - size / 2), size, size)
            _main, fill, ink = theme.tone(value.tone)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box(painter, tile, 6, fill)
            icons.draw(painter, tile, value.icon, ink, theme.px(15))
            x += size + theme.px(10)
        width, high = area.right() - x, theme.px(18)
        if not value.caption:
            draw_text(
                painter,
                QRectF(x, area.top(), width, area.height()),
                value.title,
                "small_m",
                theme.color("text"),
            )
            return
        top = middle - theme.px(19)
        draw_text(painter, QRectF(x, top, width, theme.px(20)), value.title, "small_m", theme.color("text"))
        room = QRectF(x, top + theme.px(20), width, high)
        draw_text(painter, room, value.caption, "cap", theme.color("text2"))

    def _badge(self, painter: QPainter, area: QRectF, value: BadgeCell, column: Column) -> None:
        x = area.left()
        if column.side() == "right":
            x = area.right() - badge_width(value.text, value.pip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_badge(painter, x, area.center().y(), value.text, value.tone, value.pip)

    def _name(self, painter: QPainter, area: QRectF, value: NameCell) -> None:
        size = theme.px(22)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tile = QRectF(area.left(), round(area.center().y() - size / 2), size, size)
        draw_avatar(painter, tile, value.name, value.guest)
        x = area.left() + size + theme.px(8)
        chip = badge_width(value.tier, "", True) + theme.px(8) if value.tier else 0
        room = QRectF(x, area.top(), max(0.0, area.right() - x - chip), area.height())
        x += draw_text(painter, room, value.name, "small", theme.color("text2" if value.guest else "text"))
        if value.tier:
            draw_badge(painter, x + theme.px(7), area.center().y(), value.tier, value.tier_tone, "", True)

    def _stock(self, painter: QPainter, area: QRectF, value: StockCell) -> None:
        middle = area.center().y()
        top = QRectF(area.left(), middle - theme.px(20), area.width(), theme.px(20))
        tone = stock_tone(value.now, value.least, value.safety)
        ink = theme.color("text" if tone == "primary" else f"{tone}_fg")
        width = draw_text(painter, top, value.now_text, "small_b", ink)
        unit = top.adjusted(width + theme.px(5), 0, 0, 0)
        width += draw_text(painter, unit, value.unit, "cap", theme.color("text2")) + theme.px(14)
        hint = theme.color("info_fg" if value.incoming else "text2")
        draw_text(painter, top.adjusted(width, 0, 0, 0), value.hint, "cap", hint, "right")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(area.left(), middle + theme.px(3), area.width(), theme.px(14))
        draw_stock(painter, bar, value.now, value.least, value.safety, value.full)
