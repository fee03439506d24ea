"""Several chosen things as chips in one field, with a list to tick them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.basics.i18n import _
from desktop.queries.checkout import Goods, search_goods
from desktop.rules.parameters import Parameter
from desktop.views.common import icons
from desktop.views.common.cards import vbox
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.inputs import SearchInput
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme
from desktop.views.common.toggle import draw_check
from desktop.views.rules.offers import Offers

Index = QModelIndex | QPersistentModelIndex
SEARCH_FROM = 9  # choices before a search field helps
MOST_SEEN = 8
WIDEST = 300  # px of one field; what does not fit is counted


class PickedField(QWidget):
    """Chips painted one behind the other; Enter, Space or a click opens the list."""

    changed = Signal()

    def __init__(self, parameter: Parameter, offers: Offers) -> None:
        super().__init__()
        self._parameter, self._offers = parameter, offers
        self.values: list[Any] = []
        self._bad = False
        self.popup: PickList | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def show_values(self, values: Sequence[Any]) -> None:
        """Show what is chosen without telling."""
        self.values = list(values or ())
        self.setAccessibleDescription(", ".join(self.words()) or _("Nothing chosen"))
        self.updateGeometry()
        self.update()

    def options(self) -> list[tuple[Any, str]]:
        """What may be chosen; goods are looked for by typing."""
        if self._parameter.kind == "choices":
            return [(key, _(words)) for key, words in self._parameter.options.items()]
        return self._offers.options(self._parameter.kind)

    def words(self) -> list[str]:
        """What is chosen, in words."""
        return [self._word(value) for value in self.values]

    def _word(self, value: Any) -> str:
        if self._parameter.kind == "choices":
            return _(self._parameter.options.get(value, str(value)))
        return self._offers.names.get((self._parameter.kind, value), _("no longer there"))

    def gone(self) -> list[Any]:
        """What is chosen but no longer exists."""
        kind, names = self._parameter.kind, self._offers.names
        return [] if kind == "choices" else [value for value in self.values if (kind, value) not in names]

    def mark(self, bad: bool) -> None:
        """Give it the red edge of an error, or take it away."""
        self._bad = bad
        self.update()

    def open_list(self) -> None:
        """Open the list to tick in."""
        self.popup = PickList(self, self._parameter, self._offers)
        self.popup.ticked.connect(self._tick)
        self.popup.open_under(self)

    def _tick(self, value: Any, words: str, on: bool) -> None:
        self._offers.names[self._parameter.kind, value] = words
        kept = [v for v in self.values if v != value]
        self.show_values([*kept, value] if on else kept)
        self.changed.emit()

    # Look

    def _chips(self) -> list[tuple[str, bool]]:
        """The chips that fit, the rest counted; each with whether it is gone."""
        gone, chips, width = self.gone(), list[tuple[str, bool]](), 0.0
        for number, value in enumerate(self.values):
            word = self._word(value)
            width += text_width("small_m", word) + theme.px(26)
            if chips and width > theme.px(WIDEST - 70):
                return [*chips, (f"+{len(self.values) - number}", False)]
            chips.append((word, value in gone))
        return chips

    def sizeHint(self) -> QSize:
        chips = self._chips()
        width = sum(
            min(text_width("small_m", word), theme.px(WIDEST - 60)) + theme.px(26) for word, _gone in chips
        )
        width = width - theme.px(6) if chips else text_width("small_m", _("Choose…")) + theme.px(40)
        return QSize(round(width + 1), theme.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        px, area = theme.px, QRectF(self.rect())
        with painting(self) as painter:
            chips = self._chips()
            if not chips:
                edge = theme.color("danger" if self._bad else "border_input")
                box(painter, area, 8, theme.color("surface"), edge, 2 if self._bad else 1)
                words = area.adjusted(px(10), 0, -px(24), 0)
                draw_text(painter, words, _("Choose…"), "small_m", theme.color("text3"))
                spot = QRectF(area.right() - px(24), 0, px(18), area.height())
                icons.draw(painter, spot, "arrow-down-s-line", "text2", px(15))
                return
            x = 0.0
            for word, gone in chips:
                width = min(text_width("small_m", word), float(px(WIDEST - 60))) + px(20)
                chip = QRectF(x, 0, width, area.height())
                wrong = gone or self._bad
                fill, ink = ("danger_bg", "danger_fg") if wrong else ("primary_subtle", "primary_text")
                box(
                    painter,
                    chip,
                    8,
                    theme.color(fill),
                    theme.color("danger" if wrong else "primary_border"),
                )
                draw_text(painter, chip.adjusted(px(10), 0, -px(9), 0), word, "small_m", theme.color(ink))
                x += width + px(6)

    # Keys and mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.open_list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Down):
            self.open_list()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.values:
            self.show_values(self.values[:-1])
            self.changed.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)


class TickedLine(QStyledItemDelegate):
    """A line of the list with the kit's tick box."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(180), theme.px(32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place: Any = option
        area, size = QRectF(place.rect), theme.px(16)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if place.state & QStyle.StateFlag.State_Selected:
            box(painter, area.adjusted(1, 1, -1, -1), 6, theme.color("hover"))
        tick = QRectF(area.left() + theme.px(8), area.center().y() - size / 2, size, size)
        draw_check(painter, tick, Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)))
        words = area.adjusted(theme.px(34), 0, -theme.px(8), 0)
        draw_text(painter, words, index.data(), "small", theme.color("text"))
        painter.restore()

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click anywhere on the line ticks it."""
        flips = event.type() == QEvent.Type.MouseButtonRelease
        if isinstance(event, QKeyEvent):
            flips = event.key() == Qt.Key.Key_Space
        if not flips:
            return False
        on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
        return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)


class PickList(QFrame):
    """The list under a field: tick by click, Space or Enter; Esc closes."""

    ticked = Signal(object, str, bool)

    def __init__(self, field: PickedField, parameter: Parameter, offers: Offers) -> None:
        super().__init__(field, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._field, self._offers, self._goods = field, offers, parameter.kind == "goods"
        self._shown: list[tuple[Any, str]] = []
        self._scope = offers.of(self)
        column = vbox(self, margins=(7, 7, 7, 7), gap=6)
        self.search = SearchInput(
            _("Goods: name, pinyin, code") if self._goods else _("Search"), key="", parent=self
        )
        self.list = QListWidget(self)
        self.list.setAccessibleName(_(parameter.label))
        self.list.setItemDelegate(TickedLine(self.list))
        self.none = Label(_("Nothing to choose here yet"), "small", "text2")
        for part in (self.search, self.list, self.none):
            column.addWidget(part)
        self.search.searched.connect(self._search)
        self.search.leads_to = self.list
        self.search.returnPressed.connect(self._first)
        self.list.itemChanged.connect(self._changed)
        self.list.itemActivated.connect(self._flip)
        self.list.installEventFilter(self)
        if not self._goods and len(field.options()) < SEARCH_FROM:
            self.search.hide()
        self._search("")

    def open_under(self, field: QWidget) -> None:
        """Open below a field."""
        self.move(field.mapToGlobal(QPoint(0, field.height() + theme.px(4))))
        self.show()
        (self.list if self.search.isHidden() else self.search).setFocus()

    def _search(self, text: str) -> None:
        chosen = [(value, self._field._word(value)) for value in self._field.values]
        if self._goods:
            self._scope.ask_latest("goods", search_goods, text).then(lambda found: self._found(text, found))
            return
        offered = self._field.options()
        known = {value for value, _words in offered}
        both = [*offered, *((value, words) for value, words in chosen if value not in known)]
        self._show([(value, words) for value, words in both if text.strip().lower() in words.lower()])

    def _found(self, text: str, goods: Sequence[Goods]) -> None:
        found = {hit.sku_id: " ".join(part for part in (hit.name, hit.pack) if part) for hit in goods}
        chosen = {} if text.strip() else {v: self._field._word(v) for v in self._field.values}
        self._show([*chosen.items(), *((v, words) for v, words in found.items() if v not in chosen)])

    def _show(self, shown: list[tuple[Any, str]]) -> None:
        self._shown = shown
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for value, words in shown:
            item = QListWidgetItem(words)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = value in self._field.values
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(blocked)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(shown))
        self.none.setVisible(not shown)
        if self.search.text():
            self.none.setText(_("Nothing found"))
        row = theme.px(32) if shown else 0
        self.list.setFixedHeight(row * min(len(shown), MOST_SEEN) + theme.px(6))
        widest = max((text_width("small", words) for _value, words in shown), default=0)
        self.list.setMinimumWidth(min(theme.px(340), max(theme.px(180), round(widest) + theme.px(56))))
        self.adjustSize()

    def _changed(self, item: QListWidgetItem) -> None:
        value, words = self._shown[self.list.row(item)]
        self.ticked.emit(value, words, item.checkState() == Qt.CheckState.Checked)

    def _flip(self, item: QListWidgetItem) -> None:
        on = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def _first(self) -> None:
        item = self.list.item(0)
        if item is not None and self.search.text():
            self._flip(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            item = self.list.currentItem()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
                self._flip(item)
                return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("surface"))
            box(painter, QRectF(self.rect()), 0, theme.color("surface"), theme.color("border_strong"))
