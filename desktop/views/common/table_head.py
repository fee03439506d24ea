"""The head of a table: 34 px, sort arrow, tick for all, columns that move, hide and resize."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.paint import draw_text, text_width
from desktop.views.common.row_delegate import EDGE, PAD
from desktop.views.common.theme import theme
from desktop.views.common.toggle import draw_check

if TYPE_CHECKING:
    from desktop.views.common.table_view import TableView


class TableHead(QHeaderView):
    """Painted head of a `TableView`."""

    def __init__(self, view: "TableView") -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self.view = view
        self._pressed: tuple[int, int] | None = None
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(44)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.px(34))

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        area = QRectF(rect)
        painter.save()
        painter.fillRect(area, theme.color("subtle"))
        painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), theme.color("divider"))
        model = self.view.paged
        column = model.columns[logical]
        left = EDGE if self.view.first_visible() == logical else PAD
        right = EDGE if self.view.last_visible() == logical else PAD
        inner = area.adjusted(left, 0, -right, 0)
        if column.kind == "tick":
            size = theme.px(16)
            spot = QRectF(inner.left(), inner.center().y() - size / 2, size, size)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_check(painter, spot, model.checked_state())
        else:
            self._title(painter, inner, logical)
        painter.restore()

    def _title(self, painter: QPainter, inner: QRectF, logical: int) -> None:
        column = self.view.paged.columns[logical]
        sorted_by = column.sortable and self.view.paged.sort_key == column.key
        if not sorted_by:
            draw_text(painter, inner, column.title, "cap_m", theme.color("text2"), column.side())
            return
        arrow = theme.px(16)
        width = min(text_width("cap_b", column.title), inner.width() - arrow)
        x = inner.right() - width - arrow if column.side() == "right" else inner.left()
        room = QRectF(x, inner.top(), width + 1, inner.height())
        draw_text(painter, room, column.title, "cap_b", theme.color("text"))
        spot = QRectF(x + width + 2, inner.top(), arrow, inner.height())
        name = "arrow-down-line" if self.view.paged.descending else "arrow-up-line"
        icons.draw(painter, spot, name, "text", theme.px(13))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        self._pressed = (self.logicalIndexAt(place), place.x())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        logical = self.logicalIndexAt(place)
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton or logical < 0:
            return
        began, x = self._pressed
        self._pressed = None
        if began != logical or abs(x - place.x()) > 4 or self.cursor().shape() == Qt.CursorShape.SplitHCursor:
            return
        model = self.view.paged
        if model.columns[logical].kind == "tick":
            model.check_all(model.checked_state() != Qt.CheckState.Checked)
        elif model.columns[logical].sortable:
            down = not model.descending if model.sort_key == model.columns[logical].key else True
            model.sort(logical, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.columns_menu().popup(event.globalPos())

    def columns_menu(self) -> QMenu:
        """Return the menu that shows and hides columns and sets the density."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for logical, column in enumerate(self.view.paged.columns):
            if column.kind == "tick" or not column.title:
                continue
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(logical))
            action.toggled.connect(lambda on, which=logical: self.view.show_column(which, on))
        menu.addSeparator()
        for key, label in (
            ("compact", _("Compact rows")),
            ("standard", _("Standard rows")),
            ("relaxed", _("Relaxed rows")),
        ):
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(self.view.density == key)
            action.triggered.connect(lambda _on, which=key: self.view.set_density(which))
        menu.addSeparator()
        menu.addAction(_("Reset columns")).triggered.connect(self.view.reset_columns)
        return menu
